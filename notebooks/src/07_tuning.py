# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 7 · Tuning
#
# Search without fooling yourself: hundreds of networks, the best of them, and what that is worth.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a coin and let everyone in the room toss one five times. **Ask** whoever got five heads, or the
# most, to stand up: is this person good at tossing? Whom should we send to the championship? **Usual mistake:**
# believing that choosing the best finds skill; it finds luck as well. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# A network has weights, which training finds. It also has numbers that nobody trains: the learning rate, the penalty, the
# width. They are **hyperparameters** (超參數), and to search for good ones is **tuning** (調校). Computers search fast. So
# fast that they find things that are not there. There are three ways to fool yourself:
#
# 1. **the split:** a score depends on *which* rows were kept for it, and rows that know each other tell on each other;
# 2. **the many tries:** among hundreds of networks one is lucky, and the luckiest looks like the best;
# 3. **the test set, opened twice:** what has been used to choose can no longer judge.
#
# **After this lesson you will be able to**
#
# - split a table so that its score can be believed, a series in time as well, and say how sure the score is;
# - say whose error it is: too stiff, too free, or trained on other data than it is used on;
# - search on the right rulers, by hand, at random, from coarse to fine and with a library, within a budget;
# - train hundreds of networks at once, read the map they make, and stop the worst early;
# - say how much of a winner's score is luck, and let several networks vote;
# - test a rule of thumb instead of believing it;
# - leave a run card with which somebody else gets your result.
#
# Plan 90 to 120 minutes for reading, dragging and the exercises. All cells together run in about 70 seconds.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lessons_lib import datasets, nn, panels, plots
from lessons_lib.lessons.tuning import check, hint, progress, reveal, solution
from lessons_lib.lessons.tuning import habit_pictures, pictures, search_pictures, whose_error

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Fetch three things from memory, without looking them up: where gradient descent leaves the bowl, how long momentum
# remembers, and what a score is compared with. What has been fetched stays longer than what has been read again (Roediger
# and Karpicke, 2006), and this lesson needs all three.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide, and let everyone write three answers on paper. **Ask:** the limit of the learning rate for
# a second derivative of 8 (0.25); the window of β = 0.99 (100 steps); the score of knowing nothing (always
# saying the training mean). Do not collect the papers. **Usual mistake:** telling the answer as soon as the
# room is silent; half a minute of silence is the exercise. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:last_stable_rate"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:last_stable_rate"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:remembered_steps"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:remembered_steps"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:baseline_rmse"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:baseline_rmse"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How sure is a score?
#
# The first way to fool yourself is the split. A network has an accuracy of 0.93 on the validation set. How sure is that
# number? Take another seed of the split, and other rows are in the validation set: the table is the same, the kind of model
# is the same, and the score is another one. Every score has luck in it. Before you compare two scores, look how wide the luck is.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the number 0.93 alone, large, on the board. **Ask:** two teams report 91 % and 95 % on 45 validation samples; who
# is better? Vote, and keep the votes for the next slide. **Usual mistake:** reading a score as a property of the
# model alone. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# A small clinic has measured 150 tumours (drawn from the table of lesson 6). A linear model learns from 70 % of them and is judged
# on the other 30 %, 45 tumours. We do so with a hundred seeds of the split, and for each seed with K-fold as well, of which
# more in a moment.

# %% slideshow={"slide_type": "skip"}
from functools import partial

from lessons_lib.lessons.tuning import split_pictures, splits

tumours = datasets.load_breast_cancer()
clinic = np.random.default_rng(0).permutation(len(tumours.X))[:150]
X_clinic, y_clinic = tumours.X[clinic], tumours.y[clinic]
clinic_scores = splits.split_scores(X_clinic, y_clinic, n_seeds=100, folds=(2, 5, 10))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Drag the seed
#
# Left: one score for each seed. Right: the *mean* of K scores for each seed, of K-fold.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel with the seed at 1 and drag it slowly to the right: the histogram grows. **Ask:** and the two teams,
# now? (Nobody knows: one team alone gets both, with another seed.) **Usual mistake:** trying seeds until the score
# is good, and reporting that one. **Time:** 2 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Drag the seed of the split, slowly. Then another number of folds.
one_split = partial(split_pictures.split_histogram, scores=clinic_scores)
k_folds = partial(split_pictures.fold_histogram, scores=clinic_scores)
panels.explore(one_split, k_folds, seed=panels.Slider(1, 100, 20), folds=panels.Choice((2, 5, 10), start=5))

# %% [markdown] slideshow={"slide_type": "skip"}
# Drag the seed. On the left each seed adds one score. On the right each seed adds the *mean* of five scores, on the same
# scale. Then try 2 and 10 folds: which of the three is the narrowest?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### K-fold: every row judges once
#
# **K-fold cross-validation** (K 折交叉驗證; Stone, 1974): cut the rows into K **folds** (折). Train K times, each time without one fold,
# and judge on that fold. Every row has judged once, so the luck of the cut nearly cancels. What remains is the luck of *these*
# 150 tumours; no cutting can take that away. The price is K trainings.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** K = 2, 5, 10 in the panel, then the printed spreads. **Ask:** why do ten folds help
# hardly more than five? (The luck of the cut is nearly gone; that of the 150 tumours stays.) **Usual mistake:** keeping the best of the K models; K-fold judges a
# recipe, and the model for use is trained once more, on all rows. **Time:** 3 minutes.
#
# </details>

# %%
spread = {k: float(scores.std()) for k, scores in clinic_scores.items()}
one = clinic_scores[1]
print(f"one split of 70/30: from ≈ {one.min():.2f} to ≈ {one.max():.2f}, a spread of ≈ {spread[1]:.3f}")
for k in (2, 5, 10):
    print(f"mean of {k} folds: a spread of ≈ {spread[k]:.3f}")
print("five folds vary less than half as much as one split:", spread[5] < 0.5 * spread[1])

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:k_fold_scores"]
# ### Your turn: `k_fold_scores`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** four rows in two folds on the board: which rows judge in the first turn, which in the second? **Ask:** after
# both turns, how often has each row judged, and how often has it taught? (Once, and once.) **Usual mistake:** judging
# on the rows that have just taught. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:k_fold_scores"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How large is large enough?
#
# Small tables are cut **70/30** or, with a test set, **60/20/20**. With a million rows 1 % is enough: **98/1/1**. Not the percentage
# counts, but the *number* of rows in the test set. With accuracy $p$ on $n$ independent rows the **standard error** (標準誤) is
#
# $$\sqrt{p\,(1-p)/n}$$
#
# (the binomial distribution; Mitchell, 1997, chapter 5). Two of them to each side hold about 95 of 100 such test sets.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the formula with p = 0.9: the root of 0.09/n is 0.3 over the root of n. **Ask:** how many more rows halve it?
# (Four times as many.) **Usual mistake:** looking for the size of the table in the formula; only the test set's
# stands there. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From a thousand rows to a million
#
# The band is two standard errors of a test set of 1 %, for a model whose true accuracy is 0.9.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slider from end to end, and stop at 10,000. **Ask:** two models are 1 point apart: which table can tell
# them apart with a test set of 1 %? **Usual mistake:** "1 % is too little". Of a million rows it is 10,000.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
error_bar = partial(split_pictures.score_error_bar, accuracy=0.9)
table_sizes = [(f"{n_rows:,}", n_rows) for n_rows in (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)]
table_slider = panels.Choice(table_sizes, start=10_000, slider=True)

# %%
# How long is the error bar of a test set of 1 %? Slide, or drag the dot.
panels.explore(split_pictures.split_sizes, error_bar, rows=table_slider, size=(9.4, 3.8))

# %% [markdown] slideshow={"slide_type": "skip"}
# On the left: how many rows the three usual splits give to each set. On the right the small dots are 100 test sets of 1 %, drawn at
# random. Watch how the error bar in the sentence shrinks while the slider moves.

# %% slideshow={"slide_type": "skip"}
for n_rows in (10**3, 10**4, 10**5, 10**6):
    bar = 2 * splits.standard_error(0.9, n_rows // 100)
    print(f"{n_rows:>9,} rows, {n_rows // 100:>6,} in the test set: 90 % ± {100 * bar:.1f} points")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who may be in which set?
#
# Four rules, each with a number beside it:
#
# 1. **One source for validation and test.** They are the target that you aim at, and then the target that is scored.
# 2. **Every class in every set.** Shuffle, and **stratify** (分層抽樣): the same fraction of each class.
# 3. **No twins.** A row that is in two sets tells its answer.
# 4. **Time is not shuffled.** The future is not known when the model is used.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three printed blocks one after the other; let the class guess each number first. **Ask:** where in your
# own data could twins hide? (The same patient twice, frames of one film, a photo that was cropped.) **Usual mistake:**
# looking for identical rows alone. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **Rule 1.** Somebody sends the table of wines sorted by alcohol. Cut as it stands, the three sets hold different wines:

# %% slideshow={"slide_type": "skip"}
bottles = datasets.fetch_wine_quality().frame
by_alcohol = bottles.sort_values("alcohol", kind="stable")
crates = {"as sorted": by_alcohol, "shuffled": by_alcohol.sample(frac=1, random_state=0)}
for order, crate in crates.items():
    cuts = np.split(crate["quality"].to_numpy(), [round(0.6 * len(crate)), round(0.8 * len(crate))])
    print(f"{order:>9}: mean quality", ", ".join(f"≈ {part.mean():.1f}" for part in cuts), "in the three sets")

# %% [markdown] slideshow={"slide_type": "skip"}
# **Rule 2.** Wines of quality 3, the worst, are rare. A validation set of 10 % should hold one of them all the same. Drawn without
# looking at the classes, how often does it hold none?

# %% slideshow={"slide_type": "skip"}
from sklearn.model_selection import train_test_split

quality = bottles["quality"].to_numpy()
print(f"wines of quality 3: ≈ {np.sum(quality == 3)} of ≈ {len(quality):,}")
for words, classes in {"at random": None, "stratified": quality}.items():
    drawn = [train_test_split(quality, test_size=0.1, random_state=s, stratify=classes)[1] for s in range(200)]
    print(f"{words}: ≈ {sum(3 not in held for held in drawn)} of 200 validation sets hold no wine of quality 3")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Twins
#
# **Rule 3.** The table of wines holds twins: rows that repeat another one exactly. How well does a **random forest** (隨機森林, lesson 5) do on
# validation wines that have a twin in the training set, and on those that have none?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three errors in the order with twins, without, in all. **Ask:** which of the three would have stood in
# the report, and which will the next bottle get? **Usual mistake:** "identical rows are the same wine": perhaps, perhaps
# not; either way the forest has seen the answer. **Time:** 2 minutes.
#
# </details>

# %%
from sklearn.ensemble import RandomForestRegressor

measured = bottles.drop(columns="quality").to_numpy()
met, unmet, y_met, y_unmet = train_test_split(measured, quality, test_size=0.3, random_state=0)
twins_forest = RandomForestRegressor(n_estimators=100, random_state=0, n_jobs=2).fit(met, y_met)
off = np.abs(twins_forest.predict(unmet) - y_unmet)
twin = splits.has_twin(met, unmet)
print("rows that repeat another row:", int(bottles.duplicated().sum()))
print(f"off by ≈ {off[twin].mean():.2f} with a twin, by ≈ {off[~twin].mean():.2f} without, by ≈ {off.mean():.2f} in all")
print("with a twin less than half as much:", off[twin].mean() < 0.5 * off[~twin].mean())

# %% [markdown] slideshow={"slide_type": "skip"}
# The number *in all* is what one would have reported. The forest has not become better at wine; it has met some of the wines before.
# So from here on this lesson uses every wine once. Such a **leak** (資料洩漏) is common, also in published work (Kapoor and Narayanan, 2023).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A series must not be shuffled
#
# **Rule 4.** The level of a lake on 730 days (made up by us). A model predicts a day by the three nearest days that it knows.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shuffled split first, and let the class praise the model. Then choose "chronological". **Ask:** which of the
# two is the exam that the model will sit in use? **Usual mistake:** "time series need another model": the same
# model is judged twice here, only the exam differs. **Time:** 2 minutes.
#
# </details>

# %%
# First shuffled, then chronological: the same model, judged twice.
days, level = splits.lake_levels()
lake = partial(split_pictures.series_split, days=days, level=level)
panels.explore(lake, split=panels.Choice(("shuffled", "chronological")), size=(8.6, 3.8))

# %% [markdown] slideshow={"slide_type": "skip"}
# The lake follows a yearly wave, and weather that changes slowly. Which days are set aside decides how good the model looks:

# %% slideshow={"slide_type": "skip"}
lake_error = {}
for how in ("shuffled", "chronological"):
    late = splits.validation_days(len(days), how)
    guess = splits.nearest_days(days[~late], level[~late], days[late])
    lake_error[how] = np.abs(guess - level[late]).mean()
    print(f"{how}: off by {lake_error[how]:.2f} m on average")
print(f"the shuffled score is {lake_error['chronological'] / lake_error['shuffled']:.0f} times too good")

# %% [markdown] slideshow={"slide_type": "skip"}
# Shuffled, the model knows yesterday and tomorrow of nearly every day that it is asked about. In use it knows no tomorrow. A **chronological split**
# (依時間切分) asks what will be asked: learn from the past, predict what comes after. With several cuts, each one later than the one before, there
# is a K-fold for series as well (`TimeSeriesSplit` in scikit-learn).

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:chronological_split"]
# ### Your turn: `chronological_split`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the rows may come in any order: the times say which are the latest. **Ask:** which days would a network
# that is used tomorrow never have seen? **Usual mistake:** taking the last rows of the table for the latest days.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:chronological_split"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Whose error?
#
# A score that can be believed can still be misunderstood. A network misreads 10 % of its digits. Is that much? The number
# alone does not say. Digits that a bad camera has blurred may be beyond anybody. So first ask how many *people* misread: the
# **human level** (人類水準). It stands in for the lowest error that is possible at all, which nobody knows (Ng, 2018). What
# the training error has above it is **avoidable bias** (可避免偏誤).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing yet. **Ask:** a network misses 8 % of the tumours on X-ray images; good or bad? Let the room
# find the question that must come first: how many do doctors miss, and which doctors, one or a team?
# **Usual mistake:** comparing every error with 0. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four sets, two sources
#
# - The **training set**: digits from wherever there are many.
# - The **training-dev set** (訓練開發集): other digits from the *same* source, not trained on.
# - The **dev set** (開發集), short for development, is the validation set: from the source on which the network will be used.
# - The **test set**: from the *same* source as the dev set. Who aims at one target and is judged at another has aimed in vain.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** two columns on the board, *where training comes from* and *where it will be used*, and let the
# class put the four names into them. **Ask:** why is the training-dev set needed, if there is a dev set? (Between
# training and dev two things change at once: new digits, and another source.) **Usual mistake:** filling the
# dev set with what is easy to get. **Time:** 2 minutes.
#
# </details>

# %%
BLUR = 2.5  # pixels, about the width of a stroke: how bad the camera is
sharp = datasets.load_digits(enlarged=True)
division = {"stratify": True, "seed": 6}  # by chance, the new sets are about equally hard
D_train, D_rest, d_train, d_rest = datasets.train_val_split(sharp.X_train, sharp.y_train, 0.4, **division)
D_near, D_dev, d_near, d_dev = datasets.train_val_split(D_rest, d_rest, 0.5, **division)
digit_sets = {"training": (D_train, d_train), "training-dev": (D_near, d_near),
              "dev": (D_dev, d_dev), "test": (sharp.X_test, sharp.y_test)}
twenty = whose_error.photographed(D_dev[:20], BLUR)  # these are for you
print({name: len(d) for name, (D, d) in digit_sets.items()})

# %% slideshow={"slide_type": "skip"}
def taught(units, rows, blur=BLUR):
    """Train a network on the first rows of the training set; return what reads photographs."""
    seen = whose_error.photographed(D_train[:rows], blur)
    scale = datasets.standardize(seen)
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(units, activation="relu")
    model = keras.Sequential([keras.Input((784,)), hidden, keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy")
    model.fit(scale(seen), d_train[:rows], batch_size=rows // 15, epochs=10, verbose=0)  # 15 updates an epoch
    return lambda images: np.asarray(model(scale(images))).argmax(axis=1)


rows_of_readers = {"64 units": len(D_train), "4 units": len(D_train), "64 units, 90 digits": 90}
readers = {name: taught(int(name.split()[0]), rows) for name, rows in rows_of_readers.items()}

# %% slideshow={"slide_type": "skip"}
from functools import cache


@cache
def misread(name, part, turn=0):
    """Let a network read a set that is photographed by a turned camera; count its mistakes."""
    last = rows_of_readers[name] if part == "training" else None
    D, d = (rows[:last] for rows in digit_sets[part])
    said = readers[name](whose_error.photographed(D, BLUR, turn))
    return pictures.Counted(int(np.sum(said != d)), len(d))


for name in readers:
    errors = {part: misread(name, part) for part in digit_sets}
    print(f"{name}:", *(f"{part} ≈ {wrong / count:.3f}" for part, (wrong, count) in errors.items()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Your error is the bar
#
# Read twenty digits of the dev set. Click on the picture once; then keys 0 to 9 answer, and Backspace takes back. Do not
# think long: one second for each. *Enough* shows your error before the last digit.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how the first three are read, by keys, and let everyone read all twenty at their own place. Collect
# the numbers of mistakes on the board, as a histogram. **Ask:** which of these is *the* human level, the mean, the
# best of us, or all of us together? (For what is possible at all, the lowest.) **Usual mistake:** taking one's
# own 2 of 20 for exactly 10 %. **Time:** 4 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Read twenty digits: click on the picture, then press the keys 0 to 9.
def digit_now(ax, read):
    return pictures.digit_to_read(ax, twenty, d_dev, readers["64 units"](twenty), read=read)


def your_bar(ax, read):
    errors = {part: misread("64 units", part) for part in digit_sets}
    errors["human"] = pictures.human_error(read, d_dev)
    return pictures.whose_error(ax, errors, title="A network of 64 units, and you")


reading = panels.explore(digit_now, your_bar, widths=(1, 1.5), read=panels.Labels(20, tuple("0123456789"), "read"))
reading

# %% [markdown] slideshow={"slide_type": "skip"}
# Twenty digits are few. The thin lines in the picture say between which ends an error lies, 95 times in a hundred. They are
# those of Wilson (1927): where nothing was misread, two standard errors would be 0, and nobody is that sure after twenty
# digits. To halve a line takes about four times as many.

# %% slideshow={"slide_type": "skip"}
for wrong, count in ((0, 20), (2, 20), (8, 80), (32, 320)):
    low, high = whose_error.interval(wrong, count)
    print(f"{wrong:2} of {count:3} misread: {wrong / count:4.0%}, between {low:.0%} and {high:.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which gap says what
#
# Put the five errors below each other. Each step up has its name, and its own remedies:
#
# - human → training: avoidable **bias** (偏誤). More units, longer or better training, less regularisation.
# - training → training-dev: **variance** (變異數). More data, regularisation, early stopping.
# - training-dev → dev: **data mismatch** (資料不匹配). Train on digits like those of the dev set, real ones or made ones.
# - dev → test: overfitting to dev. A new and larger dev set, and fewer tries on it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list line by line, and for each the step in the picture above. **Ask:** we have 1 %, 9 %, 10 %,
# 10 %, 10 %; somebody offers ten times as much data. Do we buy it? (No: the step is bias. More data closes the gap
# between training and training-dev, which is 1 point.) **Usual mistake:** one remedy for all. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Turn the camera
#
# The dev digits now come from a second camera, which hangs askew. Drag the slider: which of the errors jump, and which
# stay? Then let the other two networks read.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 0° first, then 20°. **Ask** before you drag: will the training-dev error move? (No: its digits come
# from the first camera.) Put *test digits* to *upright*: the network is tuned for one camera and judged by another.
# **Usual mistake:** calling what happens at 20° overfitting; more data of the first camera would not help.
# **Time:** 3 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Drag the turn: which errors jump?
def two_cameras(ax, turn):
    first, second = (whose_error.photographed(D[:12], BLUR, t) for D, t in ((D_near, 0), (D_dev, turn)))
    return pictures.sets_of_digits(ax, {"training, training-dev": first, f"dev, turned by {turn}°": second})


def five_errors(ax, network, turn, test_digits):
    turns = {"dev": turn, "test": turn if test_digits == "as dev" else 0}
    human = {"human": pictures.human_error(reading.values["read"], d_dev)}
    errors = human | {part: misread(network, part, turns.get(part, 0)) for part in digit_sets}
    return pictures.whose_error(ax, errors, title=f"{network}; test digits {test_digits}")


choices = {"turn": panels.Slider(-45, 45, 0, step=3, label="dev turned by (degrees)"), "network": list(readers)}
panels.explore(two_cameras, five_errors, widths=(1, 1.5), **choices, test_digits=["as dev", "upright"])

# %% slideshow={"slide_type": "skip"}
dev_errors = [misread("64 units", "dev", turn).wrong / len(d_dev) for turn in (0, 21)]
print(f"dev error: upright ≈ {dev_errors[0]:.3f}, turned by 21° ≈ {dev_errors[1]:.3f}")
print("it has grown to more than three times as much:", dev_errors[1] > 3 * dev_errors[0])

# %% [markdown] slideshow={"slide_type": "skip"}
# - **4 units** misread many digits that they were trained on: bias. Whether it can be avoided, your own error says.
# - **64 units, 90 digits** know their 90 by heart and misread new ones of the same camera: variance.
# - **Any of them, turned**, meets digits of another source: data mismatch. Your own error was measured on upright digits: would
#   it be much higher on the turned ones on the left?
# - No bar stands for *overfitting to dev*: nobody has tuned on these dev digits. Later in this lesson somebody will.
#
# Where the network's training error is *below* yours, there is no bias to avoid, and nobody can say how much lower it could be.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Blur is a source as well
#
# The same network, trained once on sharp digits and once on those of the bad camera. Both read the same dev digits, from
# sharp to badly blurred. You read yours where the mark *you* stands.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 0 pixels, then 2.5. **Ask:** the network that was trained on blurred digits has seen the harder ones; why
# does it fail on sharp ones? (It has never seen any.) **Usual mistake:** thinking that what is easier for us is
# easier for a network. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
blurs = np.linspace(0, 4, 9)
sources = {"trained on sharp digits": taught(64, len(D_train), blur=0), "trained on blurred ones": readers["64 units"]}
photographs = [whose_error.photographed(D_dev, blur) for blur in blurs]
blur_rates = {name: np.array([np.mean(read(D) != d_dev) for D in photographs]) for name, read in sources.items()}
sharp_reader, blurred_reader = blur_rates.values()
print("each is the better one on digits as it was trained on:",
      bool(sharp_reader[0] < blurred_reader[0] and blurred_reader[5] < sharp_reader[5]))

# %% tags=["nbval-ignore-output"]
# Drag the blur. Where is each of the two networks good?
def what_they_read(ax, blur):
    shown = whose_error.photographed(D_dev[:24], blur)
    return pictures.sets_of_digits(ax, {f"dev, blur {blur:.1f} pixels": shown})


def both_networks(ax, blur):
    human = pictures.human_error(reading.values["read"], d_dev)
    return pictures.blur_errors(ax, blurs, blur_rates, human, BLUR, blur=blur)


panels.explore(what_they_read, both_networks, widths=(1, 1.5), blur=panels.Slider(0.0, 4.0, BLUR, step=0.5))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:seven_diagnoses"]
# ### Your turn: `seven_diagnoses`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the seven rows, and let every table of the room write seven words before anyone writes code. **Ask**
# where the tables differ. Most do on the water-damaged files and on the smeared postmarks. **Usual mistake:**
# looking for the largest error instead of the largest step. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:seven_diagnoses"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Grow the map
#
# The sets are clean and the errors have names: the search may begin. A learning rate and a penalty have to be chosen. Each pair of numbers is a place, and at each place a network can be
# trained. So there is a map, and on it a valley. Before you walk, look at the rulers along its edges.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** an empty map on the board: the learning rate along the bottom, the penalty up the side. **Ask:** which
# learning rates would you write along the bottom, if you may write five? (Most write 0.001, 0.01, 0.1 and so on,
# without being told: they have a log ruler in mind.) **Usual mistake:** 0.2, 0.4, 0.6, 0.8, 1. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two rulers
#
# A good learning rate may lie anywhere between 0.0001 and 1. Drop 200 points evenly on a **linear ruler** (線性尺), and 200 on
# a **log ruler** (對數尺), on which equal distances mean equal ratios: from 0.0001 to 0.001 it is as far as from 0.1 to 1.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the right picture: the numbers over the dots count each decade. **Ask:** before the cell runs, how many of
# 200 points on the linear ruler lie below 0.01? (About 2.) **Usual mistake:** judging by the left picture, where the
# linear ruler looks fair; that axis cannot show what is missing. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Let more points fall, then throw them again. Where does the linear ruler never look?
seen_linear = partial(search_pictures.dropped_points, log=False)
points = panels.Slider(10, 300, 200, step=10)
throw = panels.Slider(0, 30, 0, label="throw number")
panels.explore(seen_linear, search_pictures.dropped_points, points=points, throw=throw)

# %% [markdown] slideshow={"slide_type": "skip"}
# The fraction of points in each decade can be computed without any drawing:

# %% slideshow={"slide_type": "skip"}
decades = np.array([1e-4, 1e-3, 1e-2, 1e-1, 1])
on_linear = np.diff(decades) / (1 - 1e-4)
on_log = np.diff(np.log10(decades)) / 4
for first, last, a, b in zip(decades, decades[1:], on_linear, on_log):
    print(f"{first:6g} to {last:<5g}: linear ruler {a:6.1%}, log ruler {b:.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### For β, a ruler of 1 − β
#
# Momentum with β averages over about $1/(1-\beta)$ updates, its memory. From 0.9 to 0.9005 hardly anything changes: 10
# updates or 10.05. From 0.999 to 0.9995 the memory doubles, from 1,000 to 2,000. So not β belongs on a log ruler, and not
# $\log \beta$, but $1 - \beta$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the middle of both rulers: on one β is 0.9495, a memory of 20; on the other 0.99, a memory of 100.
# **Ask:** how far along the linear ruler do you have to go for a memory of 100? (To 91%.) **Usual mistake:** a log
# ruler of β itself, which from 0.9 to 0.999 is nearly linear. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag the dots along both rulers. Right: 200 values of β, by their memory.
place = panels.Slider(0.0, 1.0, 0.5, step=0.01, label="place on the ruler")
more_betas = panels.Slider(0, 30, 0, label="throw number")
panels.explore(search_pictures.beta_rulers, search_pictures.dropped_betas, place=place, throw=more_betas)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:log_uniform"]
# ### Your turn: `log_uniform`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** `log_uniform(0.0001, 1, 5, rng)` with a finished answer: five numbers, most with zeros behind the point.
# **Ask:** which number stands in the middle of the ruler from 0.0001 to 1? (0.01.) **Usual mistake:** natural
# logarithms there, and powers of 10 back. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:log_uniform"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:sample_beta"]
# ### Your turn: `sample_beta`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:sample_beta"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 256 networks
#
# Two rings of points, mixed at the border. 200 points to train, only 60 to choose by, 3,000 for the test. The networks are
# alike: 8 and 8 tanh units, and one output. What differs is the learning rate and the **L2 penalty** (L2 正則化): 16 values of
# each, on log rulers.
#
# The targets are −1 and +1, the output is linear and the loss is the squared error. Lesson 6 advises cross-entropy, and it is
# right. Here the squared error has a purpose: no ceiling stops it, so where the learning rate is too large, you see it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that one model is built and compiled as ever; `Population` makes 256 of it. **Ask:** from which learning
# rate on will training diverge? Write the guesses on the board. **Usual mistake:** thinking that 256 networks need 256
# times as long: they are trained as one, in one compiled program. **Time:** 1 minute.
#
# </details>

# %%
X_train, y_train = datasets.make_circles(200, noise=0.2, seed=0)
X_val, y_val = datasets.make_circles(60, noise=0.2, seed=19)
X_test, y_test = datasets.make_circles(3000, noise=0.2, seed=2)
y_train, y_val, y_test = (2 * y - 1 for y in (y_train, y_val, y_test))  # −1 and +1
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh")])
model.add(keras.layers.Dense(8, activation="tanh"))
model.add(keras.layers.Dense(1))
model.compile(optimizer=keras.optimizers.SGD(0.03), loss="mse")

# %% slideshow={"slide_type": "subslide"}
rates, penalties = np.geomspace(1e-4, 3, 16), np.geomspace(1e-6, 1, 16)


def grow():
    """Return 256 untrained networks, one for each learning rate and penalty."""
    return live.Population(model, X_train, y_train, validation_data=(X_val, y_val), batch_size=10,
                           learning_rate=rates, l2=penalties)


population = grow()
population.step(4000)
val_table = population.val_loss.reshape(16, 16)  # a row for each learning rate
print(f"{len(population)} networks, {len(population) * 4000:,} updates in all")
print(f"of them have diverged ≈ {population.diverged.mean():.0%}")
print(f"validation loss of the best ≈ {val_table.min():.3f}; who always says 0 has {np.mean(y_val**2):.0f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### You first, in the dark
#
# The networks are trained, and the map is covered. Each pixel is one of them. A click, or the arrow keys and Enter, opens it:
# its loss, its boundary and its curves. You have **16 tries**. Find the lowest validation loss you can, and look at the map
# below only when you are done. You will be compared with four machines.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the covered map and let the class name the pixels, one after the other, aloud: "the third from the left, in
# the middle". Write down each loss. **Ask** before each try: why there? The reasons are the lesson: they learn from
# what they have opened, as only some of the machines will. **Usual mistake:** spending all tries near the first good
# pixel. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# The map is covered. Open 16 networks, one after the other, and find the lowest validation loss.
in_the_dark = grow()
in_the_dark.step(4000)
yours = panels.map(in_the_dark, x="learning_rate", y="l2", covered=True)
yours

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The map, open
#
# Here is the whole map: a pixel for each network, bright is good, and black has diverged. Where were your tries? Press
# **Restart**, then **Play**: 256 networks learn before your eyes. Then walk over the map and open some: at the left end, at the
# top, in the bright bay, and one beside the black.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** Restart and Play, in silence, for ten seconds. Then open four pixels, one in each country. **Ask:** what
# do the curves of the left end look like, and would more updates help there? Why do all rows at the bottom look
# alike? **Usual mistake:** calling everything dark "bad settings": on the left they are only late. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Click a pixel, or go to it with the arrow keys and press Enter.
in_the_light = grow()
in_the_light.step(4000)
panels.map(in_the_light, x="learning_rate", y="l2")

# %% [markdown] slideshow={"slide_type": "skip"}
# What you find there, country by country:
#
# - **left: too slow.** The curves still fall when the others have long arrived. More time would help, and time is money.
# - **top: too strict.** The penalty outweighs the data, all weights go to 0, and the network says 0 to everything: loss 1.
# - **right: black.** The steps grow and grow, as in the bowl of lesson 4. The edge is almost upright: the penalty hardly
#   matters to it.
# - **the bright bay.** It reaches nearly to the black: good learning rates are often not far below those that break. In the
#   lower half all rows are nearly the same: a penalty that is too weak to be felt is no knob at all. Remember that for the
#   searchers.
#
# Draw a rectangle to zoom: as many networks again are trained within it. Along the edge of divergence new edges appear inside
# the old one; there it is a fractal (Sohl-Dickstein, 2024).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Five searchers, one budget
#
# Each may train 16 networks and has to name the best.
#
# - **Grid search** (網格搜尋): four learning rates times four penalties.
# - **Random search** (隨機搜尋): 16 places by chance, on log rulers (Bergstra and Bengio, 2012).
# - **Coarse to fine** (由粗到細): 8 at random, then 8 in a small square around the best of them.
# - **Optuna**: a library that learns from what it has tried.
# - **You**: what you have opened in the dark.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the five names and take bets: who is first, who is last? **Ask:** which of them can train all 16 networks at
# the same time? (Grid and random; the others wait for answers.) **Usual mistake:** betting against chance: random
# search looks careless. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 200 repeats in no time
#
# One game says little: luck decides. Two hundred games would be 3,200 trainings for each searcher. But the networks of the map are
# trained already, so the searchers **look up** (查表) the nearest one. Nobody is trained again.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that a searcher is a function: it gets a budget and a random generator and returns places. **Ask:** what does
# a look-up leave out? (Collect; the list stands at the end of this section.) **Usual mistake:** judging a searcher by
# one game. **Time:** 1 minute.
#
# </details>

# %%
import optuna

from lessons_lib.lessons.tuning import searchers

look_up = searchers.LookUp(rates, penalties, val_table)
tries = {
    "grid": searchers.repeats(searchers.grid, look_up, budget=16, times=200),
    "random": searchers.repeats(searchers.random, look_up, budget=16, times=200),
    "coarse to fine": searchers.repeats(searchers.coarse_to_fine, look_up, budget=16, times=200),
}
print("look-ups:", *(f"{name} {found.losses.size:,}" for name, found in tries.items()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Optuna
#
# You write the **objective** (目標函數): it asks for settings, trains, and returns the loss. Optuna (Akiba et al., 2019) runs it
# again and again. After ten tries at random its sampler **TPE** splits the tries into good and bad ones, and suggests what looks
# more like the good ones (Bergstra et al., 2011).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** `log=True`: it is the log ruler from before. The last line of `objective` looks up; in a project a model is
# built, fitted and evaluated there. **Ask:** why the seed? **Usual mistake:** an objective that returns the test loss:
# then the library tunes on the test set. **Time:** 3 minutes.
#
# </details>

# %%
optuna.logging.set_verbosity(optuna.logging.WARNING)  # else a line for each try


def objective(trial):
    """Return the validation loss with the settings that the trial suggests."""
    learning_rate = trial.suggest_float("learning_rate", rates[0], rates[-1], log=True)
    l2 = trial.suggest_float("l2", penalties[0], penalties[-1], log=True)
    return look_up(learning_rate, l2)


study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(objective, n_trials=16)
print(f"Optuna's best of {len(study.trials)}: validation loss ≈ {study.best_value:.3f}, "
      f"learning rate ≈ {study.best_params['learning_rate']:.3g}, l2 ≈ {study.best_params['l2']:.1g}")

# %% [markdown] slideshow={"slide_type": "skip"}
# To repeat that, it becomes a searcher like the others. It thinks before each try, so it gets 100 repeats and not 200.

# %% slideshow={"slide_type": "skip"}
def by_optuna(look_up, budget, rng):
    """Return the places that Optuna tries, one row each."""
    seed = int(rng.integers(2**31))
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n_trials=budget)
    return look_up.places([[t.params["learning_rate"], t.params["l2"]] for t in study.trials])


tries["Optuna"] = searchers.repeats(by_optuna, look_up, budget=16, times=100)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One game at a time

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** Optuna with the number of models from 1 to 16, slowly: ten by chance, then it gathers in the bay. Then "coarse to
# fine" with several repeats. **Ask:** find a repeat in which coarse to fine gathers in the wrong place. Why? (Its first
# half had bad luck.) **Usual mistake:** reading the order from the colour; it stands in the dots. **Time:** 2 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Choose a searcher and let the number of models grow. The large blue dot is its best so far.
def everybody():
    """Return the tries of all five; yours are the first 16 that you have opened."""
    return tries | {"you": searchers.opened(look_up, yours.opened[:16])}


def game(ax, searcher, repeat, models):
    return search_pictures.searched_map(ax, look_up, everybody()[searcher], repeat=repeat, models=models)


panels.explore(game, searcher=panels.Choice((*tries, "you"), start="Optuna"),
               repeat=panels.Slider(1, 100, 1), models=panels.Slider(1, 16, 16), size=(7, 4.4))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All games
#
# Left: the median (中位數) of the best loss so far. Right: each game is a dot, so you see the luck as well.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 4 models, 8, then 16: before the tenth, Optuna is random search under another name. **Ask:** the medians
# differ little, the clouds are wide; how many games would you have needed to see a difference? **Usual mistake:** "my
# search is better than Optuna" after one game. **Time:** 3 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Drag the line. When you have opened pixels in the dark, you stand beside the others.
def medians(ax, models):
    return search_pictures.best_so_far(ax, everybody(), models=models, lowest=val_table.min())


def clouds(ax, models):
    return search_pictures.spread_of_best(ax, everybody(), models=models, lowest=val_table.min())


panels.explore(medians, clouds, models=panels.Slider(1, 16, 16))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### When one knob hardly matters
#
# In the lower half of the map the penalty is too weak to be felt. Nobody told the searchers. A grid of 16 then tests only **four**
# learning rates, each of them four times. Random search tests sixteen.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the right picture, which looks along the penalty: the grid's 16 dots stand on 4 lines. **Ask:** with six
# knobs of which two matter, how many different values of each does a grid of 729 try? (Three.) **Usual mistake:** "a
# grid is thorough". It is thorough in directions that do not matter. **Time:** 2 minutes.
#
# </details>

# %%
weak = searchers.LookUp(rates, penalties[:8], val_table[:, :8])  # penalties up to 0.0006
weak_tries = {"grid": searchers.repeats(searchers.grid, weak), "random": searchers.repeats(searchers.random, weak)}
at_the_end = {name: found.best[:, -1] for name, found in weak_tries.items()}
print("median of the best of 16:", *(f"{name} ≈ {np.median(best):.3f}" for name, best in at_the_end.items()))
print(f"random search is better in ≈ {np.mean(at_the_end['random'] < at_the_end['grid']):.0%} of the games")
print(f"the grid is better in ≈ {np.mean(at_the_end['random'] > at_the_end['grid']):.0%}")

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Compare grid and random: how many different learning rates does each see?
def weak_game(ax, searcher, repeat):
    return search_pictures.searched_map(ax, weak, weak_tries[searcher], repeat=repeat)


def shadow(ax, searcher, repeat):
    return search_pictures.knob_shadow(ax, weak, weak_tries[searcher], repeat=repeat)


panels.explore(weak_game, shadow, searcher=panels.Choice(tuple(weak_tries)), repeat=panels.Slider(1, 200, 1))

# %% [markdown] slideshow={"slide_type": "skip"}
# **What the look-up leaves out.** Between two pixels it answers with the nearer one, so nobody can be better than the best of 256.
# All networks began with the same weights and saw the same batches; with other ones the map would be a little different. A try
# in the black country costs as much as a good one here, and in truth it can be stopped early (next section). Grid and random
# search could train all 16 at once; Optuna and coarse to fine have to wait. And there are only two knobs: with six, a grid of
# four values each needs 4,096 trainings.
#
# **And one thing more:** all five searched by the loss on 60 points. Whether the best of them is the best on new points is
# another question. The winner's curse, below, asks it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One search, many workers
#
# Optuna has to wait for answers, but it need not be alone. Start the search as often as you have processors, and let all of
# these *workers* write to one place: a file, or a database server if they run on several machines. Each asks there what all of
# them have tried, trains one network, and writes down what came of it.
#
# Nobody is in charge, so nobody is missed. A worker that dies takes along only the try that it was at, and somebody tries that
# again.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** two terminals side by side with the command of the cell, then close one of them in the middle. **Ask:** what do
# the others notice? (That it is silent; after a while they give its try up, and one of them takes it over.)
# **Usual mistake:** the same seed for each worker: then all of them try the same. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# A worker is a command, for as many terminals as you like: `python3 -m lessons_lib search search.db --tries 12`. It searches on
# the rulers of the map, with networks in NumPy that make 1,000 updates. Here the notebook starts two of them.

# %% slideshow={"slide_type": "skip"}
import subprocess
import sys
import tempfile
import time

from lessons_lib import workers

drawer = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # in your own work: a folder that stays
storage = f"{drawer.name}/search.db"
shared = workers.open_study(storage, silence=2)  # whoever says nothing for 2 seconds is taken for dead
command = [sys.executable, "-m", "lessons_lib", "search", storage, "--tries", "12"]
first, second = (subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2))

# %%
while len(workers.finished(shared)) < 4 and first.poll() is None:
    time.sleep(0.05)
first.kill()  # as a power cut would
before = {trial.number: trial.value for trial in workers.finished(shared)}
second.wait()
after = {trial.number: trial.value for trial in workers.finished(shared)}
print(f"finished when the first worker was killed: ≈ {len(before)}")
print("all of these are still there:", before.items() <= after.items())
print("the other worker went on to 12:", len(after) >= 12)

# %% [markdown] slideshow={"slide_type": "skip"}
# One try is left that nobody has finished. Whoever comes next finds it, and a search that is done goes on whenever you like, from
# what is in the file. This time the notebook itself is the worker.

# %% slideshow={"slide_type": "skip"}
time.sleep(3)  # until the silence is long enough
workers.work(shared, tries=16)
given_up = [trial for trial in shared.trials if trial.state.name == "FAIL"]
retried = [trial for trial in workers.finished(shared) if "retry_history" in trial.system_attrs]
print(f"left half done ≈ {len(given_up)}, tried again ≈ {len(retried)}")
print("finished, all in all, 16:", len(workers.finished(shared)) >= 16)
print(f"the best of them: validation loss ≈ {shared.best_value:.3f}, "
      f"learning rate ≈ {shared.best_params['learning_rate']:.3g}, l2 ≈ {shared.best_params['l2']:.1g}")

# %% [markdown] slideshow={"slide_type": "skip"}
# For a search of your own, write an objective as above and start `workers.work(workers.open_study("mine.db"), objective)` in
# several programs. In the place of the file may stand the URL of a database server, and then the workers may be anywhere;
# the course's `docs/HUB.md` says how a class does that. Who answers first is a matter of chance, so the same search tries
# other settings the next time. What you can get again is its winner: by its settings, on a run card.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Panda and caviar
#
# A panda has one young and watches over it day and night. A sturgeon lays a million eggs, the *caviar*, and looks after
# none of them. Networks can be brought up in both ways (Ng, 2017): *one*, watched and steered by hand, where one alone
# takes days; or *many side by side*, of which the best is kept, where they are cheap.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panda: start it, it crawls; raise the learning rate until the loss falls fast, lower it when the loss
# jumps. **Ask:** how many networks can one person watch like this? (One, and only awake.) **Usual mistake:**
# believing that one way is the modern one; which to take is a question of what a network costs. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.tuning import caviar, caviar_pictures

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# The panda: press Play and steer its learning rate. How far down do you bring the validation loss in 4,000 updates?
panda = keras.models.clone_model(model)
panda.compile(keras.optimizers.SGD(0.001), loss="mse")
panels.live(panda, X_train, y_train, validation_data=(X_val, y_val), batch_size=10)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Stop the worse half
#
# The caviar is cheap, and most of it is wasted: a network that is among the worst after a hundred updates is rarely the
# best after four thousand. **Successive halving** (逐次減半) does what a tournament does: all train a little; the worse half
# stops; the others go on; and so on, until one is left.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the map while it plays: every 200 updates half of what is left goes pale. **Ask** before each halving:
# which corner goes next? **Usual mistake:** thinking that stopped networks get worse; they only stop where they
# are. Set the halving to 0 and begin again for comparison. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play: every 200 updates, the worse half of those that still train stops before your eyes.
eggs = grow()
eggs.turn("halving", 200)
panels.map(eggs, x="learning_rate", y="l2")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it costs, and whom it stops wrongly
#
# The networks of the first map have all trained to the end, and stopping one changes no other. So we can look up in their
# curves what halving would have done, and what it would have cost: the price is the number of updates, summed over all
# networks. Where a curve *ends* is the mean of its last tenth, for a single point of a curve that jumps is luck.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slider at 50, then at 400, then the switch. **Ask:** what do the dashed curves have in common? (They
# start slowly: a smaller learning rate.) **Usual mistake:** judging halving by whether it finds *the* best; what
# counts is how near it comes for a tenth of the price. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Drag the first round longer, then switch: what does it cost, and whom does it stop too early (dashed)?
egg_steps, egg_losses = caviar.curves(population)


def halved_curves(ax, every, longer):
    return caviar_pictures.halved_curves(ax, egg_steps, egg_losses, every=every, longer=longer)


first_round = panels.Slider(50, 500, 50, step=50, label="first round, updates")
panels.explore(halved_curves, every=first_round, longer=panels.Switch(False, label="each round twice as long"))

# %% slideshow={"slide_type": "subslide"}
egg_ends = caviar.ends(egg_losses)
print(f"all of them, to the end: updates ≈ {population.model_updates:,}, the best ends at ≈ {egg_ends.min():.3f}")
for every in (100, 200, 400):
    for longer, words in ((False, "all rounds alike"), (True, "each twice as long")):
        halved = caviar.halve(egg_steps, egg_losses, every, longer=longer)
        print(f"first round {every} updates, {words}: of that ≈ {halved.cost / halved.whole:.0%},"
              f" what is left over ends at ≈ {egg_ends[halved.winner]:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# With short rounds halving costs next to nothing, and stops the wrong ones: the *slow starters*. A large learning rate is ahead
# in the first rounds and jumps about later; a smaller one falls behind, and ends lower. Rounds that grow, each twice as long as
# the one before, cost the same each, because half as many train, and judge later. That is halving as Jamieson and Talwalkar
# (2016) have it. Whoever does not know how long the first round must be tries several at once (Hyperband; Li and others,
# 2018).

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:halving"]
# ### Your turn: `halving`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** four rows of losses on the board and do the first round by hand. **Ask:** the second column: which rows of it
# may we look at? (Only those that still train.) **Usual mistake:** taking a place among the survivors for the number of a
# model. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:halving"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The edge of divergence
#
# Where the learning rate is too large, the map is black: these networks have **diverged** (發散). In a bowl the limit is
# sharp, $2/\lambda$ (lesson 4). In a network $\lambda$ changes while it trains. How sharp is the edge there? A map of its own
# shows it: one hidden layer, 12 points, all in one batch, no chance anywhere.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the whole map first. **Ask:** is the edge a line? How will it look ten times as large? Collect guesses, then
# zoom. **Usual mistake:** explaining the crumbs by chance: nothing is drawn at random here; the same map comes out each
# time. **Time:** 2 minutes.
#
# </details>

# %%
X_dozen, y_dozen = datasets.make_moons(12, noise=0.1, seed=0)
X_dozen, y_dozen = datasets.standardize(X_dozen)(X_dozen), 2 * y_dozen - 1
keras.utils.set_random_seed(3)  # the first weights
tiny = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
tiny.compile(keras.optimizers.SGD(0.1), loss="mse")
whole = caviar.VIEWS[0]  # 32 scales of the first weights, 32 learning rates
edge = live.Population(tiny, X_dozen, y_dozen, batch_size=12, **whole)
edge.step(300)
print(f"{len(edge):,} networks, 300 updates each; of them have diverged ≈ {edge.diverged.mean():.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### As far as theory goes
#
# Look at the *output layer alone*, with the hidden units as they are at first. Its squared error **is** a bowl, with a
# $\lambda$ that can be computed, and $2/\lambda$ is a line on the map. With tiny first weights only the output's bias counts:
# its curvature is 2, so the limit is 1. Larger first weights make the hidden units larger, and the bowl steeper.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how closely the line follows the outer edge, though it knows nothing of how the hidden layer trains. **Ask:**
# what does it not tell? (The black crumbs on the near side.) **Usual mistake:** reading the line as a promise; below
# it some diverge all the same. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
edge_limits = caviar.last_layer_limit(tiny.get_weights()[0], X_dozen, whole["init_scale"])
edge_loss = edge.loss.reshape(32, 32)  # a row for each scale
fig, ax = plt.subplots(figsize=(6.5, 4.6))
_ = caviar_pictures.edge_and_limit(ax, edge_loss, **whole, limits=edge_limits)
still, beyond = np.isfinite(edge_loss), whole["learning_rate"] > edge_limits[:, None]
print(f"beyond 2/λ of the output layer there still train ≈ {still[beyond].mean():.0%}")
print(f"on the near side of it there diverge ≈ {1 - still[~beyond].mean():.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Closer, and closer
#
# Take a small window on the edge, train 1,024 networks *there*, then again, and again. A smooth line would look straighter
# each time. Count the pairs of neighbours of which one diverges and the other does not: an upright line through the map
# has 32 of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the five maps from left to right; each is the rectangle of the one before. **Ask:** which of them is the
# coarsest? (Without the numbers at the axes nobody can tell.) **Usual mistake:** waiting for the edge to become smooth.
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
fig, axes = plt.subplots(1, 5, figsize=(16, 3.5), layout="constrained")
for ax, view, closer in zip(axes, caviar.VIEWS, (*caviar.VIEWS[1:], None)):
    edge.vary(**view)
    edge.step(300)
    edge_loss = edge.loss.reshape(32, 32)
    _ = caviar_pictures.edge_window(ax, edge_loss, **view, closer=closer)
    print(f"pairs of neighbours at the edge ≈ {caviar.crossings(np.isinf(edge_loss))}")
width = [np.log(view["learning_rate"][-1] / view["learning_rate"][0]) for view in caviar.VIEWS]
print(f"the last map is {width[0] / width[-1]:.0f} times as large as the first")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Now you
#
# Press Play until the edge stands still. Then drag a rectangle over a piece of it (or span one with Shift and the arrow keys)
# and press "Zoom in": as many networks again, all of them inside. Do it three times, each time at the edge.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how a click on a crumb opens its curve: one that lives swings for a long time, and is caught again. **Ask:**
# would you choose a learning rate beside the edge? (Next to it a grain more is enough.) **Usual mistake:** taking the
# *largest* learning rate that still trains. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play; then drag a rectangle over the edge and zoom in. Three times!
panels.map(live.Population(tiny, X_dozen, y_dozen, batch_size=12, **whole), x="learning_rate", y="init_scale")

# %% [markdown] slideshow={"slide_type": "skip"}
# At every scale there are islands and crumbs: the edge between learning and divergence is a **fractal** (碎形), like a coast.
# Sohl-Dickstein (2024) followed it over more than ten powers of ten and found no end. It is no wonder: the famous Mandelbrot
# set, too, is a map of where a repeated step diverges, and a step of training is a step that is repeated.
#
# For the one who tunes, it says two things. Look for a learning rate on the log scale, and stay clearly away from the edge. And
# do not ask for the exact limit: there is none.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The winner's curse
#
# The second way to fool yourself is the many tries. You have tried hundreds of networks and kept the best. How good is it? Its validation score is the highest of all, but *why*
# is it the highest? Partly because the network is good, partly because it was lucky on these rows. To choose the best is
# to choose luck as well. This is the **winner's curse** (贏家詛咒; Capen, Clapp and Campbell, 1971, on oil companies: who
# wins an auction has paid too much).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the coins of the first slide again: whoever got the most heads tosses five more. **Ask:** what does
# the class expect now? **Usual mistake:** "the test came out lower, so the network has overfitted": it may
# simply have been lucky before. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:luck_on_test"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:luck_on_test"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Search two hundred times
#
# With points that we make ourselves we can do what nobody can do with a real table: draw 4,000 fresh points, let some of
# them be the validation set and all others the test set, search, and then do it again with others, 200 times. Nothing is trained
# anew. Which of the 256 networks of the map is right about which point is looked up, and 256 coins play as well.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two tables: one row a network (or a coin), one column a point. **Ask:** why may we look up, and
# need not train 200 times? (The networks do not change; only the points that judge them do.)
# **Usual mistake:** thinking that the test set of the lesson is opened here; these points are fresh.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.tuning import curse

# %% slideshow={"slide_type": "skip"} tags=["answers:luck_on_test"]
X_fresh, y_fresh = datasets.make_circles(4000, noise=0.2, seed=5)
y_fresh = 2 * y_fresh - 1
right_about = {
    "256 networks": curse.right_answers(population.predict(X_fresh), y_fresh),
    "256 coins": curse.coins(256, y_fresh),
}
validation_sizes = (20, 50, 100, 200, 500, 1000)
searches = {
    (name, rows): curse.search_again_and_again(right, rows)
    for name, right in right_about.items() for rows in validation_sizes
}

# %% tags=["nbval-ignore-output", "answers:luck_on_test"]
# Begin with the coins. How does the gap change with the number tried, and with the number of rows?
def scores_of_winners(ax, who, tried, rows):
    return habit_pictures.winners_scores(ax, searches[who, rows], tried=tried)


def growing_gap(ax, who, tried, rows):
    return habit_pictures.curse_grows(ax, searches[who, rows], tried=tried)


controls = {"who": panels.Choice(("256 coins", "256 networks"), label="who is tried")}
controls["tried"] = panels.Choice([2**k for k in range(9)], start=64, label="number tried", slider=True)
controls["rows"] = panels.Choice(validation_sizes, start=50, label="validation rows", slider=True)
panels.explore(scores_of_winners, growing_gap, **controls)

# %% [markdown] slideshow={"slide_type": "skip"}
# Try this:
#
# 1. 256 coins: try 1, then 2, 16, 256. Where does the winner's test accuracy stay?
# 2. 256 networks: the test accuracy climbs, too, because there is skill to find. Does the gap close?
# 3. Take 1,000 validation rows instead of 50. What is left of the gap?

# %% slideshow={"slide_type": "skip"} tags=["answers:luck_on_test"]
def gap(who, tried, rows):
    """Return by how much the winner's validation accuracy exceeds its test accuracy, on average."""
    return searches[who, rows].gap[tried - 1]


for who in right_about:
    by_number = ", ".join(f"{tried} tried ≈ {gap(who, tried, 50):.3f}" for tried in (1, 16, 256))
    print(f"{who}, gap by 50 rows: {by_number}; 256 by 1,000 rows ≈ {gap(who, 256, 1000):.3f}")
    print("  it grows with the number tried:  ", bool(gap(who, 1, 50) < gap(who, 16, 50) < gap(who, 256, 50)))
    print("  and shrinks with more rows:      ", bool(gap(who, 256, 1000) < 0.5 * gap(who, 256, 50)))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The winner of the map
#
# You, the grid, Optuna: all were after the lowest validation loss of the map, and 60 points told them which it is. Nothing is left
# to choose, so the test set is opened: once, for the winner.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two losses, then how many networks are better on fresh points. **Ask:** may we now take one of those? (Then the
# fresh points have chosen, and we need others to judge.) **Usual mistake:** looking for a reason why this network is
# special; among 256, one had to be the luckiest. **Time:** 2 minutes.
#
# </details>

# %%
winner = int(np.argmin(population.val_loss))
opened_once = population.evaluate(X_test, y_test, models=[winner])[0]
learning_rate, penalty = population.settings.loc[winner, ["learning_rate", "l2"]]
print(f"the winner: learning rate ≈ {learning_rate:.2g}, l2 ≈ {penalty:.1g}")
print(f"validation loss ≈ {population.val_loss[winner]:.3f}, test loss ≈ {opened_once:.3f}")
print("the test is worse: ", bool(opened_once > population.val_loss[winner]))
on_fresh = population.evaluate(X_fresh, y_fresh)
print(f"on the 4,000 fresh points ≈ {np.sum(on_fresh < on_fresh[winner])} of the other networks are better")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What to do about it
#
# - **Open the test set once** (to open it twice is the third way to fool yourself), for the winner, when nothing is left to choose. Report that number.
# - **Choose by more rows.** Luck shrinks with the square root of their number; K folds let every training row judge.
# - **Say how many you tried.** "0.95, the best of 400" is another result than "0.95".
# - **Too few rows for a test set?** Then search inside each fold: for every outer fold the whole search runs on the others, and
#   only its winner meets the fold. This is **nested cross-validation** (巢狀交叉驗證).
#
# Cawley and Talbot (2010) show that this bias can be as large as the differences between methods that papers report.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four lines one by one. **Ask:** a public leaderboard shows the test score after each of 200
# submissions; what is its first place worth? **Usual mistake:** opening the test set again after a
# disappointing look. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:repaired_search"]
# ### Your turn: `repaired_search`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the starter and let the class read it line by line. **Ask:** in which lines do test rows change what
# is computed? **Usual mistake:** repairing the loop and leaving the scaler; or reporting the error that has
# chosen. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:repaired_search"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Twenty vote
#
# Instead of choosing one of many networks, keep them all and let them vote: an **ensemble** (集成). Here are twenty of one
# kind, trained on the same 100 points. Only the seed differs: the first weights, and the order of the batches.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slider at 1, 2, 3: each new voter pulls the line somewhere else. Then 20: it hardly moves. **Ask:** where
# do the thin lines agree? (Where there are points.) Where not? **Usual mistake:** looking for the best voter.
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.tuning import rules, vote_pictures, votes

# %%
X_arms, y_arms = datasets.make_spirals(100, noise=0.05, seed=1)
X_arms_new, y_arms_new = datasets.make_spirals(2000, noise=0.05, seed=2)
voter = keras.Sequential([keras.Input((2,)), keras.layers.Dense(12, activation="relu")])
voter.add(keras.layers.Dense(12, activation="relu"))
voter.add(keras.layers.Dense(1, activation="sigmoid"))
voter.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
voters = live.Population(voter, X_arms, y_arms, batch_size=20, seeds=20, same_batches=False)
voters.step(1500)
council = votes.council(voters.predict, X_arms, y_arms, X_arms_new, y_arms_new)

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Drag from one voter to twenty: thin are the boundaries of the single ones, bold is that of the vote.
def boundary_of_vote(ax, voters, vote):
    return vote_pictures.council_boundary(ax, council, voters=voters, vote=vote)


panels.explore(boundary_of_vote, voters=panels.Slider(1, 20, 1), vote=panels.Choice(votes.KINDS))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How to count votes
#
# There are two ways. The **majority vote** (多數決) takes the class that most of them name. The **mean** of their
# probabilities also hears how sure each of them is, and knows no ties.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the worst, the mean and the best of the twenty, then the vote. **Ask:** could we have picked the best one
# beforehand? (On a validation set, with the luck of the last section.) **Usual mistake:** taking the mean of class
# numbers. **Time:** 1 minute.
#
# </details>

# %%
alone = council.alone
by_mean, by_majority = council.right(), council.right(kind="majority")
print(f"alone: worst ≈ {alone.min():.3f}, mean ≈ {alone.mean():.3f}, best ≈ {alone.max():.3f}")
print(f"together: mean of probabilities ≈ {by_mean:.3f}, majority ≈ {by_majority:.3f}")
print("the vote beats their mean by more than 0.02:", bool(by_mean > alone.mean() + 0.02))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:majority_vote"]
# ### Your turn: `majority_vote`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** on the board three voters and one picture: 0, 2, 2. The majority says 2; the mean of the numbers, 1.33, says
# nothing. **Ask:** what to do with 0, 1, 2? (Decide it beforehand: here the smallest.) **Usual mistake:** counting along
# the wrong axis. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:majority_vote"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## First guess, then run

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question only. **Ask** for hands, answer by answer. **Usual mistake:** "what counts is the number of
# voters". **Time:** 1 minute.
#
# </details>

# %% tags=["exercise:copies_vote"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Twenty seeds, and twenty copies

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines. The dots on the left are the twenty alone. **Ask:** why does the real vote stay below the
# dotted line? (Their mistakes are not independent: all have seen the same 100 points.) **Usual mistake:** expecting that
# more and more voters reach 100 %. **Time:** 2 minutes.
#
# </details>

# %% tags=["nbval-ignore-output", "answers:copies_vote"]
# Drag: the accuracy of a vote on 2,000 new points, by the number of voters.
def accuracy_of_vote(ax, voters):
    return vote_pictures.council_accuracy(ax, council, voters=voters)


panels.explore(accuracy_of_vote, voters=panels.Slider(1, 20, 1))

# %% tags=["answers:copies_vote"]
copies = np.repeat(council.on_new[:1], 20, axis=0)
copies_right = np.mean((copies.mean(axis=0) > 0.5) == (y_arms_new > 0.5))
print("twenty copies of one, minus the one:", round(float(copies_right - alone[0]), 3))

# %% slideshow={"slide_type": "skip"} tags=["answers:copies_vote"]
reveal.copies_vote()

# %% [markdown] slideshow={"slide_type": "skip"}
# A vote mends a mistake where only a few make it. Were the mistakes of the voters **independent** of each other, the dotted
# line would be reached (Dietterich, 2000). Networks from different seeds come near it (Lakshminarayanan, Pritzel and
# Blundell, 2017), because each falls into another valley of the loss (Fort, Hu and Lakshminarayanan, 2019). What *all* do
# wrong, such as a wrong label or a gap in the data, no vote mends. And the price is real: twenty networks to train, to keep
# and to ask.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Rules of thumb, tested
#
# *"Dropout for deep networks, weight penalties for shallow ones." "The more parameters, the worse."* Such rules are handed
# on. They come from somebody's networks on somebody's data. With many networks at hand they need not be believed: they can
# be tested, on the data that you have. Here these are 80 points of two noisy moons, few enough to learn by heart.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question only, and let everyone write down a letter. **Ask:** who has heard the rule? From whom, and for
# which networks? **Usual mistake:** trusting a rule the more, the more often one has heard it. **Time:** 2 minutes.
#
# </details>

# %% tags=["exercise:rule_of_thumb"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Depth and remedy
#
# One, two and four hidden layers of 16 ReLU units; nine remedies and none; eight seeds of each. That is 240 networks. Of each
# kind of remedy the strength is chosen on the **validation set** (framed), and the number in the frame comes from the
# **test set**. Behind ± stands the **standard error** (標準誤) of the mean over the seeds.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slider of seeds at 1: every cell has a number, and no ±. Then 8. **Ask:** which differences would you have
# believed with one seed? Then choose "accuracy": where has the large difference gone? **Usual mistake:** comparing the best
# of five strengths with the best of one (the winner's curse). **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output", "answers:rule_of_thumb"]
# Bright blue is good. Drag the number of seeds to 1 and back: which differences would you believe?
tried = {depth: rules.tried(depth) for depth in rules.DEPTHS}


def depth_and_remedy(ax, seeds, measure):
    return vote_pictures.depth_and_remedy(ax, tried, seeds=seeds, measure=measure)


panels.explore(depth_and_remedy, seeds=panels.Slider(1, 8, 8), measure=panels.Choice(rules.MEASURES), size=(10, 3.6))

# %% slideshow={"slide_type": "subslide"} tags=["answers:rule_of_thumb"]
for depth, one in tried.items():
    means, errors, accuracies = one.mean("loss", 8), one.error("loss", 8), one.mean("accuracy", 8)
    print(f"hidden layers: {depth}")
    for kind, n in one.chosen(8).items():
        print(f"  {kind:8} loss ≈ {means[n]:.3f}, ± ≈ {errors[n]:.3f}, accuracy ≈ {accuracies[n]:.3f}")

# %% slideshow={"slide_type": "skip"} tags=["answers:rule_of_thumb"]
reveal.rule_of_thumb()

# %% [markdown] slideshow={"slide_type": "skip"}
# The rule sends the deepest network to dropout, and there the penalty has by far the lower loss. In accuracy they are much
# closer: a bare or a dropped-out network is not so much more often wrong as *surer* where it is wrong, and only the loss
# sees that. Is the rule false, then? It is a rule without its conditions. Dropout was made for wide networks with millions
# of weights (Srivastava and others, 2014); here a layer has 16 units and cannot spare many. One experiment refutes "always".
# It does not prove the opposite for your data.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The more parameters, the worse?
#
# The same 80 points, two hidden layers of 2 to 64 units: the largest network has fifty times as many parameters as there
# are points. Without a remedy, and with a weight penalty of 0.003.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two curves; the bars are two standard errors to each side. **Ask:** which of the two has the person seen who
# made the rule? **Usual mistake:** making the network smaller against overfitting, before trying a penalty.
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output", "answers:rule_of_thumb"]
# Drag the seeds; compare loss and accuracy. Is more worse?
by_width, sizes = rules.by_width(), rules.parameters()


def loss_by_parameters(ax, seeds, measure):
    return vote_pictures.loss_by_parameters(ax, sizes, by_width, seeds=seeds, measure=measure)


panels.explore(loss_by_parameters, seeds=panels.Slider(1, 8, 8), measure=panels.Choice(rules.MEASURES))

# %% slideshow={"slide_type": "skip"}
bare, penalised = (one.mean("loss", 8) for one in by_width.values())
print(f"smallest and largest network: {sizes[0]} and {sizes[-1]:,} parameters")
print("without a penalty, the largest has more than twice the loss of the best:", bool(bare[-1] > 2 * bare.min()))
print("with it, the largest is within 10 % of the best:", bool(penalised[-1] < 1.1 * penalised.min()))

# %% [markdown] slideshow={"slide_type": "skip"}
# True without a penalty, false with one: a large network with a penalty beats the small one without, and nobody has to
# guess the right size. (With very many parameters the loss can fall again even without a remedy; Belkin and others, 2019.)
# A rule of thumb is a good *first guess*. Say for which data and networks it was found, and test it on yours.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The run card
#
# The last section is about habits: what to tune first, which loss, when the learning rate should fall, how large a batch can
# be, and what to write down, so that somebody else, or you in a year, gets the same result.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing. **Ask:** who has a result of last year that could be computed again today, to the last
# digit? What is missing? Write the answers down; the run card at the end should hold them all.
# **Usual mistake:** "the code is in the repository, that is enough." **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from lessons_lib import run_card
from lessons_lib.lessons.tuning import losses, plateau, prepared

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What to tune first
#
# A good order to begin with (after Ng, 2017, and Bengio, 2012):
#
# 1. the **learning rate**: at a wrong one nothing else can be judged;
# 2. how steps are made: **momentum, batch size**, and the number of **units**;
# 3. the number of **layers**, decay of the learning rate, weight penalty.
#
# Is it so here? We train 256 networks on a grid of four hyperparameters and ask how much of the variance of their validation
# losses each one explains *alone*: the variance of its levels' means, divided by the whole variance (Fisher, 1925; Hutter and
# others, 2014, do it for any search).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question before the bars, and take a vote on the longest one. **Ask:** what would happen to the
# bar of the learning rate if only rates from 0.05 to 0.1 were tried? (It would shrink: the answer belongs to
# the ranges as well.) **Usual mistake:** taking the order for a law. **Time:** 2 minutes.
#
# </details>

# %%
four = {"learning_rate": np.geomspace(1e-3, 1, 8), "momentum": [0, 0.5, 0.8, 0.9], "width": [2, 4, 6, 8],
        "l2": [0, 1e-3]}
tuned = live.Population(model, X_train, y_train, validation_data=(X_val, y_val), batch_size=10, **four)
tuned.step(300)
log_losses = np.log(np.minimum(tuned.val_loss, 2)).reshape(8, 4, 4, 2)  # what has diverged counts as 2


def explained_by(table, *axes):
    """Return the fraction of the table's variance that the means over all other axes have."""
    others = tuple(axis for axis in range(4) if axis not in axes)
    return np.var(table.mean(axis=others)) / np.var(table)


by_itself = {name.replace("_", " "): explained_by(log_losses, axis) for axis, name in enumerate(four)}

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(8, 2.6))
_ = habit_pictures.knobs_matter(ax, by_itself)
together = explained_by(log_losses, 0, 1) - by_itself["learning rate"] - by_itself["momentum"]
among_good = {name: explained_by(log_losses[3:6], axis) for axis, name in enumerate(by_itself)}  # 0.02 to 0.14
for where_from, parts in {"all rates": by_itself, "good rates only": among_good}.items():
    print(f"{where_from}:", ", ".join(f"{name} ≈ {part:.2f}" for name, part in parts.items()))
rate_first = bool(by_itself["learning rate"] > sum(by_itself.values()) / 2)
print("of all rates, the learning rate explains more than the others together:", rate_first)
less = bool(among_good["learning rate"] < 0.5 * by_itself["learning rate"])
print("among good ones it explains less than half of that:                    ", less)
print(f"learning rate and momentum together, on top of each alone ≈ {together:.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Bars that do not add up to 1 leave room for what works *together*. Learning rate and momentum do: with momentum β a steady slope
# moves the weights $1/(1-β)$ times as far (lesson 4), so a rate that is good without momentum is too large with it. Who changes
# the momentum must look for the learning rate again. And the bars belong to these ranges: once the learning rate is about right,
# others matter more. That is the reason for the order.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The loss is a choice as well
#
# The squared error takes large errors seriously, so a single wrong row can turn the whole line. The absolute error
# lets it count by its size only. The **Huber loss** (Huber, 1964) is squared for errors up to δ, and straight
# beyond. A point far from all others is an **outlier** (離群值): a slip of the pen, or the most important
# row of all. Which, you must know yourself.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how the orange line follows the diamond when you drag it to the bottom right, and the green one does not. Then δ from
# 0.1 to 8: the blue line goes from the green to the orange one. **Ask:** when is the outlier the point that
# matters most? **Usual mistake:** comparing losses of different kinds as numbers. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
points_rng = np.random.default_rng(4)
x_line = np.sort(points_rng.uniform(0.5, 9.5, 15))
y_line = 1 + 0.9 * x_line + points_rng.normal(0, 0.5, 15)

# %% tags=["nbval-ignore-output"]
# Drag the diamond, down to the right corner. Which line follows it? Then turn δ.
def best_lines(ax, **outlier):
    return habit_pictures.three_lines(ax, x_line, y_line, **outlier)


def prices(ax, **outlier):
    return habit_pictures.price_of_an_error(ax, x_line, y_line, **outlier)


outlier = {"place": panels.Slider(0.0, 10.0, 9.0, step=0.1, label="outlier x")}
outlier["height"] = panels.Slider(-2.0, 14.0, 6.0, step=0.1, label="outlier y")
panels.explore(best_lines, prices, **outlier, delta=panels.Slider(0.1, 8.0, 1.0, label="δ", log=True))

# %% slideshow={"slide_type": "skip"}
def slopes_with(height):
    """Return the slopes of the three lines when one more point stands at x = 9."""
    x, y = np.append(x_line, 9.0), np.append(y_line, height)
    lines = losses.squared_line(x, y), losses.absolute_line(x, y), losses.huber_line(x, y, 1.0)
    return np.array([slope for slope, _ in lines])


near, far = slopes_with(9.0), slopes_with(-40.0)
print("slopes with a point in line:      MSE, MAE, Huber ≈", " ≈ ".join(f"{slope:.2f}" for slope in near))
print("slopes with one at −40:           MSE, MAE, Huber ≈", " ≈ ".join(f"{slope:.2f}" for slope in far))
moved = np.abs(far - near)
print("the line of the squared error moves most, ten times as far as the others:", bool(moved[0] > 10 * moved[1:].max()))

# %% [markdown] slideshow={"slide_type": "skip"}
# In Keras: `loss="mse"`, `loss="mae"`, `loss=keras.losses.Huber(delta=1.0)`. Choose the loss by what errors cost *you*, and compare
# models by one and the same measure, whatever each was trained on.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A learning rate that falls by itself
#
# A large learning rate comes far and then dances around the lowest place; a small one would have gone to it, if it ever came
# near. Lesson 4 had schedules for that. Here the training decides: when the validation loss has not become better for some
# epochs, the **patience** (耐心值), the learning rate is multiplied by 0.3.
#
# One linear neuron, batches of 4, a long valley. It is trained anew for each patience.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** patience 20 first: the rate never falls, orange lies on grey. Then 1: it falls at every hiccup, and training freezes
# far above. Then look for the best. **Ask:** what does patience 1 mistake for a plateau? (Noise.) **Usual mistake:** to
# take the same patience as for early stopping; that one must be longer, or it ends what this one would rescue.
# **Time:** 3 minutes.
#
# </details>

# %%
patiences = (1, 2, 3, 4, 6, 8, 12, 20)
plateau_runs = {patience: plateau.train_neuron(patience) for patience in patiences}
rate_stays = plateau.train_neuron(patience=1000)["above_floor"]
ends = {patience: run["above_floor"][-1] for patience, run in plateau_runs.items()}
print("loss at the end, above the floor, patience 1 ≈ {:.3f}, 8 ≈ {:.3f}, 20 ≈ {:.3f}".format(*map(ends.get, (1, 8, 20))))
print("too little patience freezes early:     ", bool(ends[1] > 2 * ends[8]))
print("too much keeps dancing:                ", bool(ends[20] > 1.3 * ends[8]))

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Turn the patience, from 20 down to 1. Each dotted line is a fall.
def stalled_losses(ax, patience):
    return habit_pictures.plateau_losses(ax, plateau_runs, rate_stays, patience=patience)


def falling_steps(ax, patience):
    return habit_pictures.plateau_rates(ax, plateau_runs, patience=patience)


panels.explore(stalled_losses, falling_steps, patience=panels.Choice(patiences, start=20, slider=True))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same in Keras
#
# A callback does it. It looks at the validation loss after each epoch. What has become better by less than `min_delta` does not count.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the learning rate stands in the history beside the losses. **Ask:** which loss should be watched, and why
# not the training loss? (It goes on falling when the network learns by heart.) **Usual mistake:** watching a
# score that must grow, without `mode="max"`. **Time:** 2 minutes.
#
# </details>

# %%
X_valley, y_valley, _ = plateau.long_valley(400, seed=0)
X_valley_val, y_valley_val, _ = plateau.long_valley(400, seed=1)
keras.utils.set_random_seed(1)
neuron = keras.Sequential([keras.Input((20,)), keras.layers.Dense(1)])
neuron.compile(optimizer=keras.optimizers.SGD(0.6), loss="mse")
falls = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.3, patience=2, min_delta=0.01)
told = neuron.fit(X_valley, y_valley, epochs=20, batch_size=20, verbose=0, callbacks=[falls],
                  validation_data=(X_valley_val, y_valley_val)).history
expected_rates = plateau.falling_rates(told["val_loss"], 0.6, patience=2, min_delta=0.01)[:-1]
print(f"learning rate: first {told['learning_rate'][0]:.1f}, last ≈ {told['learning_rate'][-1]:.5f}")
print("it fell at least once:                   ", bool(told["learning_rate"][-1] < 0.2))
print("our rule says the same for every epoch:  ", np.allclose(told["learning_rate"], expected_rates, rtol=1e-4))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How large can a batch be?
#
# As large as the memory allows. What lies there while training, at 4 bytes a number:
#
# - for each **parameter**: its value, its gradient, and what the optimizer remembers of it (Adam: two averages; momentum: one);
# - for each **row of the batch**: its inputs and the outputs of all layers, which the way back needs (lesson 3).
#
# Let us do it by hand for the classic of lesson 6, and ask Keras whether we are right.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two columns on the board: "for each parameter" and "for each row". **Ask:** which grows with the batch,
# which with the width? **Usual mistake:** counting the parameters only, and wondering why images of 1,000 × 1,000
# pixels do not fit: there the outputs of the layers are nearly everything. **Time:** 3 minutes.
#
# </details>

# %%
widths = [784, 500, 500, 10]
parameters = sum(n * m + m for n, m in zip(widths[:-1], widths[1:], strict=True))
classic = keras.Sequential([keras.Input((784,))])
for units in widths[1:]:
    classic.add(keras.layers.Dense(units, activation="relu"))
adam = keras.optimizers.Adam()
adam.build(classic.trainable_variables)
remembered = sum(int(np.prod(v.shape)) for v in adam.variables)
every_output = keras.Model(classic.inputs[0], [layer.output for layer in classic.layers])
outputs = [np.asarray(output) for output in every_output(np.zeros((32, 784), "float32"))]
print(f"parameters: by hand {parameters:,}, Keras {classic.count_params():,}")
print(f"Adam remembers {remembered / parameters:.2f} numbers for each of them")
print(f"outputs for 32 rows: by hand {32 * sum(widths[1:]):,}, Keras {sum(output.size for output in outputs):,}")

# %% slideshow={"slide_type": "subslide"}
fixed = 4 * parameters * (1 + 1 + 2)  # bytes: value, gradient, two averages
per_row = 4 * sum(widths)  # bytes: the inputs and the outputs of all layers
print(f"whatever the batch: {fixed / 1e6:.1f} MB")
for batch in (32, 256, 2048, 60_000):
    print(f"batch {batch:6,}: {batch * per_row / 1e6:7.1f} MB more")
print(f"rows that fit into 8 GB: {(8e9 - fixed) / per_row:,.0f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Real programs need some more: copies, workspace, the data. So in practice one doubles the batch until the memory is full, and goes
# one step back. Powers of two are a habit and no law. A larger batch is not better by itself: it makes fewer updates in an epoch
# (lesson 4), and often wants a larger learning rate (Goyal and others, 2017).

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Prepare once, save, load
#
# A search trains hundreds of times on the same table. Prepare it once, from the raw data, by a function that stays in your
# project; save what comes out; load it from then on.
#
# - **CSV**: text that everybody can read; forgets the kinds of the columns.
# - **Parquet**: a table in binary form, keeps the kinds; `table.to_parquet(...)`, once `pyarrow` is installed (the course
#   does not need it). NumPy's `.npz`, used here, keeps them, too.
# - **A database** in one file (SQLite): load only the rows you ask for.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the function's name and what it returns: eleven columns, ten distances and the digit. **Ask:** what goes
# wrong when the preparing function changes and the file does not? (Old data, silently; so the name of the file, or the
# run card, says by what it was made.) **Usual mistake:** saving what was scaled with all rows. **Time:** 2 minutes.
#
# </details>

# %%
handwritten = datasets.load_digits()
shelf = tempfile.TemporaryDirectory()
at = {kind: Path(shelf.name, f"digits.{kind}") for kind in ("csv", "npz", "db")}


def prepare():
    """Return how far each training image is from the nearest other one of each digit."""
    return prepared.distances_to_digits(handwritten.X_train, handwritten.y_train)


digit_table = prepare()
digit_table.to_csv(at["csv"], index=False)
np.savez(at["npz"], **digit_table)
with closing(sqlite3.connect(at["db"])) as database:
    digit_table.to_sql("digits", database, index=False)

# %% slideshow={"slide_type": "skip"}
def from_database(query):
    """Return what the database answers."""
    with closing(sqlite3.connect(at["db"])) as database:
        return pd.read_sql(query, database)


def unpack():
    """Return the table that lies in the npz file, column by column."""
    with np.load(at["npz"]) as kept:
        return pd.DataFrame(dict(kept))


# %% slideshow={"slide_type": "subslide"}
loads = {
    "CSV": lambda: pd.read_csv(at["csv"]),
    "npz": unpack,
    "database": lambda: from_database("SELECT * FROM digits"),
    "only the fours": lambda: from_database("SELECT * FROM digits WHERE digit = 4"),
}
anew = prepared.seconds(prepare, times=1)
print(f"prepared anew: ≈ {1000 * anew:.0f} ms")
for name, load in loads.items():
    loaded, taken = load(), prepared.seconds(load)
    print(f"{name:15} {len(loaded):4} rows, to_0 is {loaded['to_0'].dtype}, ≈ {1000 * taken:.1f} ms;",
          "quicker than preparing:", taken < anew)
shelf.cleanup()

# %% [markdown] slideshow={"slide_type": "skip"}
# CSV and SQLite give back float64 where float32 was saved: the values survive, the kinds do not. Which file is quickest
# depends on the table. Against preparing, all of them win.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A run card
#
# A **run card** (執行紀錄卡) says what it takes to get this result again:
#
# - the **data**: a **fingerprint** (指紋), the SHA-256 of all their bytes. One changed number, and it is another one;
# - the **seeds**: of the split, of the weights, of the batches;
# - the **settings**: every hyperparameter, chosen or left as it was;
# - the **versions** of Python and the packages, the machine, the date;
# - the **scores**, on which set, and *of how many tried*.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the card, then the replay from the *file*, not from the notebook. **Ask:** which line of the card would you
# miss first? **Usual mistake:** a seed for the weights and none for the split. Another: expecting the last digit to
# agree on another processor. **Time:** 3 minutes.
#
# </details>

# %%
def train_by(card):
    """Train as a card says: nothing but the card decides."""
    chosen, seeds = card["settings"], card["seeds"]
    keras.utils.set_random_seed(seeds["weights and batches"])
    layers = [keras.layers.Dense(units, activation="tanh") for units in chosen["units"]]
    network = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    network.compile(optimizer=keras.optimizers.SGD(chosen["learning_rate"]), loss="mse")
    X, y = datasets.make_circles(200, noise=0.2, seed=seeds["training points"])
    network.fit(X, 2 * y - 1, epochs=chosen["epochs"], batch_size=chosen["batch_size"], verbose=0)
    return network


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
plan = {
    "settings": {"learning_rate": 0.1, "batch_size": 10, "epochs": 10, "units": [8, 8], "optimizer": "SGD"},
    "seeds": {"training points": 0, "validation points": 19, "weights and batches": 3},
}
trained = train_by(plan)
reached = {"validation loss": round(trained.evaluate(X_val, y_val, verbose=0), 6)}
note = "one network, nothing chosen; the test set is closed"
card = run_card.make((X_train, y_train, X_val, y_val), **plan, scores=reached, note=note)
where = run_card.keep(card, "run_card.json")
print(f"kept as {where.name}, in the folder of your notebooks:")
print(where.read_text(encoding="utf-8"))

# %% slideshow={"slide_type": "subslide"}
kept_card = json.loads(where.read_text(encoding="utf-8"))  # a year later, or at somebody else's desk
same_data = run_card.fingerprint(X_train, y_train, X_val, y_val) == kept_card["data"]["sha256"]
again = train_by(kept_card).evaluate(X_val, y_val, verbose=0)
changed = X_train.copy()
changed[0, 0] += 1e-3
print("the data are those of the card:          ", same_data)
print("one number changed, and it is noticed:   ", run_card.fingerprint(changed) != run_card.fingerprint(X_train))
print(f"validation loss then ≈ {kept_card['scores']['validation loss']:.3f}, now ≈ {again:.3f}")
print("they agree to 0.01:                      ", bool(abs(again - kept_card["scores"]["validation loss"]) < 0.01))

# %% [markdown] slideshow={"slide_type": "skip"}
# To the last digit they agree on one machine only: another processor, or another number of threads, adds in another order and
# rounds differently. And a seed is not a method: a result that holds for one seed only is luck (see the winner's
# curse). Report several seeds and their spread. What a card for data or for a trained model should say besides: Gebru and
# others (2021), Mitchell and others (2019).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Beat the forest
#
# Now all of it at once: clean sets, a budget, your own search, one look at the test set. One run, steered by you. The
# opponent is the random forest, which needs no steering at all and is hard to beat on small tables of good measurements (Grinsztajn, Oyallon and Varoquaux, 2022). Every wine is in one set alone, and the test set is sealed.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two printed losses, and leave the forest's on the board. **Ask:** which knobs would you turn
# first, and in which order? (The order of the run card.) **Usual mistake:** expecting that a network always beats a
# forest. **Time:** 2 minutes.
#
# </details>

# %%
from lessons_lib.lessons.tuning.wine import contest_panel, open_test, wine_contest

wines = wine_contest()
print(f"{len(wines.y_train)} wines to train on, {len(wines.y_val)} to validate, {wines.n_test} in the sealed test set")
know_nothing = float(np.mean((wines.y_val - wines.y_train.mean()) ** 2))
print(f"validation loss of always the mean ≈ {know_nothing:.3f}, of the forest ≈ {wines.forest_loss:.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Steer
#
# Below the forest's validation loss, with at most 3,000 updates. Grey: nobody steers.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey curves, and let the class call out the turns: one hand on the mouse, all eyes on the dashed curve.
# **Ask** at every turn: why this knob, and why now? **Usual mistake:** turning several knobs at once, so that nobody
# knows which one helped. **Time:** 4 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Play, and turn while it plays. The grey curves are the run without steering.
wine_panel = contest_panel(wines)
wine_panel.start_over(after=3000)
wine_panel

# %% [markdown] slideshow={"slide_type": "skip"}
# The grey curves are 3,000 updates without steering: the training loss falls and falls, and the dashed one, validation, rises again. Aim
# below the forest's validation loss, printed above; the sentence below the pictures says where you are. Turn a knob while it runs,
# or before. A start with other knobs costs nothing; after "Reset" the whole budget is there again.
#
# When you are there, press Pause, and run the next cell. It opens the test set for the network as it stands, and for no other.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One look at the test set
#
# It is opened for the network as it stands now, once.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two losses, and the error of their difference. **Ask** before the cell is run: will it be ahead there too,
# and by how much? **Usual mistake:** opening the test set to see whether one may stop. **Time:** 2 minutes.
#
# </details>

# %%
open_test(wine_panel)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:steer_wine"]
# ### Your turn: `steer_wine`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:steer_wine"]

# %% [markdown] slideshow={"slide_type": "skip"}
# What decides here is the validation set, by which you have steered; the test set says what that is worth. It has so few wines that a small
# lead lies within its error bar, on either side. That is no reason to look again: it is the honest end of a search.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A score has an error bar. Ask how many samples it rests on, which ones they were, and whether any of them knows another.
# - Name the error before you treat it: people's, training, training-dev, validation, test; each gap has its own remedy.
# - Search the learning rate on a log ruler, and $\beta$ on a log ruler of $1 - \beta$.
# - With one budget for all: a grid repeats values, random tries new ones, from coarse to fine and Optuna use what was seen.
# - Many networks at once make a map. Stop the worse half early, and the budget goes where it is worth something.
# - The best of many is partly luck. The more you try, the more of the winner's score is.
# - Twenty voters help because they are wrong in different places. Twenty copies do not.
# - A rule of thumb is a guess by somebody with other data. Test it on yours.
# - Learning rate first. Keep a run card. Open the test set once, at the end.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list only after the class has answered. **Ask:** in which three ways can a search fool you, and which
# of them has already happened to you? **Usual mistake:** leaving with a best learning rate, and without the
# habit that found it. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes or with a number, in the place of the dots.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_opened_twice"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_sixteen_tries"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_error_bar"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_error_bar"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_halving"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_halving"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_majority"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_majority"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_order"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_order"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | hyperparameter | 超參數 | a number that is chosen before training, and not trained |
# | tuning | 調校 | the search for good hyperparameters |
# | K-fold cross-validation | K 折交叉驗證 | each of K parts of the rows judges once; the mean of the K scores |
# | fold | 折 | one of these K parts |
# | standard error | 標準誤 | how far a score typically lies from the true one, by chance |
# | stratified | 分層抽樣 | with the same fraction of each class in every set |
# | random forest | 隨機森林 | many decision trees answer together |
# | random search | 隨機搜尋 | values drawn by chance |
# | leak | 資料洩漏 | the training learns something of what it will be judged on |
# | chronological split | 依時間切分 | train on the past, judge on what came after |
# | human level | 人類水準 | the error of people on the same task |
# | avoidable bias | 可避免偏誤 | training error above the human level |
# | training-dev set | 訓練開發集 | from the source of the training set, and not trained on |
# | dev set | 開發集 | the validation set, from the source of later use |
# | data mismatch | 資料不匹配 | training and use have different sources |
# | linear ruler | 線性尺 | equal distances are equal differences |
# | log ruler | 對數尺 | equal distances are equal ratios |
# | L2 penalty | L2 正則化 | what large weights cost |
# | grid search | 網格搜尋 | all combinations of a few values |
# | coarse to fine | 由粗到細 | widely at first, then around the best |
# | look up | 查表 | take a result that was computed before |
# | objective | 目標函數 | what a search makes as small as possible |
# | winner's curse | 贏家詛咒 | the best of many was also lucky |
# | nested cross-validation | 巢狀交叉驗證 | the whole search again in each outer fold |
# | outlier | 離群值 | a point far from all others |
# | patience | 耐心值 | how many epochs to wait for something better |
# | run card | 執行紀錄卡 | all that it takes to get a result again |
# | fingerprint | 指紋 | a short text that only these data have |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** no search finds what the network cannot know. In [lesson 8](08_beyond.ipynb) you write what *you* know about the
# data into its structure, and count what that saves.
