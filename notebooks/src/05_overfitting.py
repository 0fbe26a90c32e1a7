# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 5 · Overfitting
#
# A network that knows its training data by heart may know nothing else. This lesson teaches the diagnosis, and then the
# remedies.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing yet. **Ask:** who has passed an exam by learning old exams by heart, and what happened
# when the questions were new? **Usual mistake:** "the loss is low, so the model is good."
# **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - take a table from its file to an honest score: read, remove twins, seal a test set, split, look, scale, train, compare;
# - tell underfitting from overfitting by two curves, and bias from variance by three numbers;
# - treat overfitting with early stopping, L1, L2 and dropout, and speed training up with batch normalisation;
# - get more out of little data: augmentation, K-fold, fewer inputs;
# - diagnose a training that goes wrong, in the right order.
#
# Plan 100 to 130 minutes for reading, dragging and the exercises. All cells together run in about 130 seconds.

# %% slideshow={"slide_type": "skip"}
import tempfile
import textwrap
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lessons_lib import datasets, nn, optimizers, panels, plots
from lessons_lib.lessons.overfitting import ask, check, curves, hint, pictures, progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Before the wines come, three answers from your own memory: which constant is best for the absolute error, how the slopes of
# two parts of a loss add up, and how slowly an average forgets. The first is today's baseline, the second is how a penalty works, and the
# third is what batch normalisation keeps.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slide, and let everyone write three answers on paper. **Ask:** five wines of quality 5, 5, 6, 7, 9, one answer for all of
# them: how far off at best? (1.2, with the median.) The slope of (3w − 5)² + ½w² at 1? (−11.) Steps of an average with 0.99 until it
# is halfway? (69.) **Usual mistake:** reading lesson 4 again in the place of trying; half a minute of silence is the exercise.
# **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:median_error"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:median_error"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:two_pulls"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:two_pulls"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:half_way_there"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:half_way_there"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From a file to a table
#
# Data come as a file, often as **CSV** (逗號分隔值), one row a line. The first trap is the
# sign between the columns: here it is a semicolon.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shape after reading with the wrong separator: one column for 1,599 wines. **Ask:** what would
# you print first after reading any file? (Its shape.) **Usual mistake:** not looking: pandas reports no
# error, and the trouble starts many cells later. **Time:** 2 minutes.
#
# </details>

# %%
wine = datasets.fetch_wine_quality()
path = Path(tempfile.mkdtemp(), "wine.csv")  # in your own work: the file that you were given
wine.frame.to_csv(path, sep=";", index=False)
print("read with commas:    ", pd.read_csv(path).shape)
wines = pd.read_csv(path, sep=";")
print("read with semicolons:", wines.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The table has twins
#
# Some rows stand there twice, or more often. If one twin goes to the training set and the other to the validation set,
# the model has seen the exam question: a **leak** (資料洩漏).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two numbers: 1,599 rows, 240 of them repeat another. **Ask:** how well can a model do that
# only remembers? (On twins perfectly; the next slide measures it.) **Usual mistake:** splitting first and
# looking for twins later, or never. **Time:** 3 minutes.
#
# </details>

# %%
table = wines.drop_duplicates()
print("rows:", len(wines), "| rows that repeat another:", int(wines.duplicated().sum()))
print("different wines:", len(table))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a leak does to a score
#
# A **nearest neighbour** (最近鄰) model answers with the most similar wine it remembers. Split *with* the twins, and
# look at its error on those validation wines that have a twin in the training set.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the remembering model makes no error at all on the twins. **Ask:** which of the two scores
# would the wine grower see? (The one on the others: a new wine has no twin.) **Usual mistake:** blaming the
# model; it is the split that leaks. **Time:** 4 minutes.
#
# </details>

# %%
from sklearn.neighbors import KNeighborsRegressor

old_train, old_val, old_y_train, old_y_val = datasets.train_val_split(wine.X, wine.y, seed=0)
remembered = {tuple(row) for row in old_train}
twins = np.array([tuple(row) in remembered for row in old_val])
neighbour = KNeighborsRegressor(1).fit(old_train, old_y_train)
errors = np.abs(neighbour.predict(old_val) - old_y_val)
print(f"validation wines with a twin in training: ≈ {twins.mean():.2f} of them")
print("mean error on these:", errors[twins].mean())
print(f"mean error on the others: ≈ {errors[~twins].mean():.2f}")
print("with twins the score looks better:", errors.mean() < errors[~twins].mean())

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:leaked_rows"]
# ### Your turn: `leaked_rows`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** on the board two training rows, (1, 2) and (3, 4), and the validation rows (1, 2), (1, 4), (1,
# 2): the call returns 2. **Ask:** how do you notice quickly that you have seen a whole row before?
# **Usual mistake:** comparing single columns: (1, 4) shares a value with both rows and is no twin.
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:leaked_rows"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Seal a test set, then split
#
# - **Test set** (測試集): 15 % of the wines go into an envelope. It is opened once, at the end of this lesson, to judge
#   the one model that was chosen.
# - **Training set** (訓練集), 70 % of the rest: to look at, and to learn from.
# - **Validation set** (驗證集), the other 30 %: to *choose* with. When to stop? Which model?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a real envelope, and close it. **Ask:** why is the validation set not enough? (Whoever takes the best of
# twenty models on it takes the luckiest one, too.) **Usual mistake:** looking at the whole table first, and
# splitting afterwards: then the test rows have already helped to choose. **Time:** 4 minutes.
#
# </details>

# %%
# `sample` draws rows at random, `drop` leaves the others.
sealed = table.sample(frac=0.15, random_state=0)  # the envelope
rest = table.drop(sealed.index)
train = rest.sample(frac=0.7, random_state=0)
val = rest.drop(train.index)
print("test set, sealed:", len(sealed), "| training set:", len(train), "| validation set:", len(val))

# %% [markdown] slideshow={"slide_type": "skip"}
# The rows are drawn at random, because a file may be in some order, for example with the best wines first. (Rows in the order of *time* are an
# exception: there, the sets must follow each other as past and future do.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look before you train
#
# We look at the training set alone. Each column has its own unit and its own shape. Choose one. Its **correlation** (相關係數)
# with quality lies between −1 and 1: positive where both rise together, negative where one falls as the other rises.
# (The dots are moved a little up and down, so that they do not hide each other.)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** residual sugar: a long tail, and hardly a relation with quality. **Ask** for a guess before each
# column: does quality rise or fall with it? **Usual mistake:** reading a correlation as a cause.
# **Time:** 4 minutes.
#
# </details>

# %%
# Choose a measurement: how is it distributed, and does quality go with it?
shape = partial(pictures.distribution, table=train)
relation = partial(pictures.against_target, table=train, target="quality")
panels.explore(shape, relation, column=panels.Choice(wine.feature_names, start="alcohol"))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What goes with quality?
#
# The correlation of each of the eleven measurements with quality, in the training set.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two ends: alcohol, and volatile acidity, which smells of vinegar. **Ask:** which two
# would you keep if you could measure only two? (As a first guess these: the length of the bar counts, not its sign.)
# **Usual mistake:** dropping an input because its correlation is small: together with another one it may
# matter. **Time:** 3 minutes.
#
# </details>

# %%
correlations = train.corr()["quality"].drop("quality").sort_values(ascending=False)
fig, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
print(pictures.signed_bars(ax, correlations.to_dict(), xlabel="correlation with quality").sentence)

# %% slideshow={"slide_type": "skip"}
counts = train["quality"].value_counts().sort_index()
print("wines with each quality:", ", ".join(f"{key}: ≈ {count}" for key, count in counts.items()))
print(f"fraction of 5 and 6: ≈ {(counts[5] + counts[6]) / len(train):.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Most wines are a 5 or a 6. Remember it: whoever always says 5 or 6 is seldom far off, and knows nothing of wine.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Scale with the training set
#
# **Min-max scaling** (最小最大正規化):
#
# $$z = \frac{x - x_{\min}}{x_{\max} - x_{\min}}$$
#
# with minimum and maximum of the **training set** only, for all sets. Features and target are separated here, too.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that validation values leave the range 0 to 1. **Ask:** why not scale first, and split then? (The
# validation rows would have a say in the scale.) **Usual mistake:** one scaler for each set: then equal
# wines get different numbers. **Time:** 4 minutes.
#
# </details>

# %%
columns = list(wine.feature_names)
raw_train, raw_val = train[columns].to_numpy("float32"), val[columns].to_numpy("float32")
y_train, y_val = train["quality"].to_numpy("float32"), val["quality"].to_numpy("float32")
scale = datasets.min_max(raw_train)
X_train, X_val = scale(raw_train), scale(raw_val)
print("training set:", X_train.shape, "| validation set:", X_val.shape)
print("training inputs from", X_train.min(), "to", X_train.max())
print("validation inputs stay inside 0 to 1:", bool((X_val >= 0).all() and (X_val <= 1).all()))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:scale_both"]
# ### Your turn: `scale_both`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the starter returns two arrays, training set first. Write the columns 10, 20, 30 and 25, 40
# on the board. **Ask:** what do they become, and which set gives the minimum? (0, 0.5, 1 and 0.75, 1.5;
# the training set.) **Usual mistake:** scaling each set with its own numbers. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:scale_both"]

# %% slideshow={"slide_type": "skip"}
for name in ("alcohol", "total sulfur dioxide"):
    print(f"{name} runs from ≈ {train[name].min():g} to ≈ {train[name].max():g}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why scale at all?
#
# Alcohol has a range of a few units, total sulfur dioxide one of more than a hundred. So the loss rises steeply with the second
# weight and gently with the first: over the two weights it is a long, narrow valley (dark is low). Choose *as measured*: the
# largest step that is safe **across** the valley is tiny **along** it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** "as measured" with step size 0.9: the path swings up and down across the valley, and hardly moves
# to the right, along it. Then 0.5: one step to the floor, and no further. **Ask**, before you choose
# "standardised": where will the path be after 40 steps? (At the star.) **Usual mistake:** turning up the
# learning rate: above 1 on this scale the swings grow. **Time:** 5 minutes.
#
# </details>

# %%
# Choose how the inputs are scaled. The step size is a fraction of the largest that does not diverge.
pair = raw_train[:, [columns.index("alcohol"), columns.index("total sulfur dioxide")]]
valley = partial(pictures.descent_map, X=pair, y=y_train, names=("alcohol", "sulfur dioxide"))
heights = partial(pictures.descent_losses, X=pair, y=y_train)
panels.explore(valley, heights, inputs=["as measured", "min-max", "standardised"], step_size=(0.05, 0.95))

# %% [markdown] slideshow={"slide_type": "skip"}
# The map has equal units on both axes, and all paths make 40 steps from the same start, both weights 0.1. As measured, the path
# goes down the valley's wall, and the loss with it: in one step at 0.5, in many at 0.05, swinging from wall to wall at 0.9. Then the loss
# stands nearly still, whatever the step size, because the way that is left leads along the floor. Scaled, the
# valley is nearly round: the path arrives, at 0.05 nearly, and at 0.9 after some swings that shrink.
#
# The largest stable learning rate is $2/\lambda$, with $\lambda$ the curvature of the steepest direction (lesson 4). Scaling makes
# the directions curve much more alike, so one learning rate suits all of them. **Standardising** (標準化),
# mean 0 and standard deviation 1, does the same, and a single far-off value spoils it less. From the second network on we
# use it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Build, compile, fit
#
# A large network on purpose: three hidden layers of 512 ReLU units, written 512-512-512-1. Its loss is the mean
# absolute error, its optimizer Adam.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the line with the output layer: its bias is given. Before the number of parameters is
# shown, **Ask** for a guess (531,969, for 808 wines). **Usual mistake:** "more parameters than data cannot
# work." It can; watch how. **Time:** 3 minutes.
#
# </details>

# %%
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras
from keras import layers

middle = keras.initializers.Constant(float(np.median(y_train)))


def large_network():
    """A fresh 512-512-512-1, compiled, whose output begins near the median quality."""
    keras.utils.set_random_seed(0)
    hidden = [layers.Dense(512, activation="relu") for _ in range(3)]
    output = layers.Dense(1, bias_initializer=middle)
    network = keras.Sequential([keras.Input((11,)), *hidden, output])
    network.compile(optimizer="adam", loss="mae")
    return network

# %% slideshow={"slide_type": "skip"}
print(f"{large_network().count_params():,} parameters for {len(X_train)} wines")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before you train
#
# The three checks of lesson 1:
#
# - **expected first loss**: that of always saying the **median** (中位數), the quality in the middle;
# - **output bias**: it starts there, so that training does not begin with a climb from 0 to 6;
# - **overfit one batch**: 32 wines, learned until the loss is near 0.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two numbers beside each other. **Ask:** why the median here, and the mean in lesson 1? (The
# median is the best constant for the absolute error, the mean for the squared one.) **Usual mistake:** a long
# run first, and the search for a mistake afterwards. **Time:** 3 minutes.
#
# </details>

# %%
trial = large_network()
expected = np.mean(np.abs(y_train - np.median(y_train)))
first = trial.evaluate(X_train, y_train, verbose=0)
print(f"expected first loss ≈ {expected:.2f}, measured ≈ {first:.2f}")
print("they agree within a fifth:", bool(abs(first - expected) < 0.2 * expected))
for _ in range(200):  # one batch of 32 wines, again and again
    trial.train_on_batch(X_train[:32], y_train[:32])
by_heart = trial.evaluate(X_train[:32], y_train[:32], verbose=0)
print(f"loss on that batch after 200 steps ≈ {by_heart:.2f}")
print("it is below a third of the first loss:", by_heart < first / 3)

# %% [markdown] slideshow={"slide_type": "skip"}
# The classic workflow scales the whole table, the target too, and separates features and target after that. Then quality runs from 0 to 1,
# no output has far to climb, and each prediction must be scaled back: $y = z\,(y_{\max} - y_{\min}) + y_{\min}$. We leave the
# target as it is and start the output bias at its median. Both spare the network the climb; ours keeps loss and predictions in
# quality points, where an error of 0.5 can be understood.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The first run
#
# Batches of 256, 30 epochs, and for each set its **learning curve** (學習曲線): the loss, in quality
# points, epoch by epoch.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that both curves fall from the baseline, and that a small gap opens. **Ask:** which of the two would
# you show to the wine grower? (The dashed one.) **Usual mistake:** reading the training loss as the result.
# **Time:** 3 minutes.
#
# </details>

# %%
model = large_network()
history = model.fit(
    X_train, y_train, validation_data=(X_val, y_val), batch_size=256, epochs=30, verbose=0
).history
fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
_ = plots.learning_curves(ax, history)
print("training ends below four fifths of the baseline:", history["loss"][-1] < 0.8 * expected)

# %% [markdown] slideshow={"slide_type": "skip"}
# These curves are the picture to learn in this lesson: blue is the loss on the training set, orange on the validation set.
# Here both fall, the gap between them is small, and nothing is wrong yet. (In the first epochs the orange curve may lie *below* the blue one: Keras
# averages the training loss over the epoch, while the network is still getting better; the validation loss is measured at
# the epoch's end.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who wins?
#
# Two kinds of rivals, on the validation set: **always the median**, which knows nothing of the wine at hand; and
# classical models, among them a **random forest** (隨機森林): 200 trees of yes-or-no questions, averaged.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that half a million parameters and a straight line are close together here. Be honest about it: this
# is a small table of good measurements. Before running it, **Ask** for bets. **Usual mistake:** comparing with
# nothing: off by half a point says little until one knows by how much the median is off.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

forest = RandomForestRegressor(n_estimators=200, random_state=0, n_jobs=2)
guesses = {
    "always the median": np.full(len(y_val), np.median(y_train)),
    "linear regression": LinearRegression().fit(X_train, y_train).predict(X_val),
    "random forest": forest.fit(X_train, y_train).predict(X_val),
    "512-512-512-1": model.predict(X_val, verbose=0)[:, 0],
}
scores = {name: float(np.mean(np.abs(guess - y_val))) for name, guess in guesses.items()}

# %%
for name, score in scores.items():
    print(f"{name}: off by ≈ {score:.3f} quality points")
print("lowest error here:", min(scores, key=scores.get))
large = scores["512-512-512-1"]
print("the network beats the median:", large < scores["always the median"])

# %% [markdown] slideshow={"slide_type": "skip"}
# The large network has learnt something, and so have models that train in a second: no great distance lies between them. That is common
# on small tables of good measurements. The rest of this lesson is about getting more out of a network; it is not a promise
# that it wins.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Too stiff, too free
#
# Forget wine for a while. One input, some noisy points, and polynomials: the **degree** (次數) says how
# freely the curve may bend.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** with a hand in the air what degree 0, 1 and 3 look like: level, straight, two bends. **Ask:**
# which degree would you take for 20 noisy points, if nobody told you the truth? **Usual mistake:** "the
# more freely it bends, the better it fits", without saying fits what. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def true_curve(x):
    """The curve without noise."""
    return 4 * x**3 - 3 * x


x_poly, y_poly = datasets.make_polynomial(200, noise=0.25, coefficients=[0, -3, 0, 4], seed=5)
x_new, y_new = datasets.make_polynomial(400, noise=0.25, coefficients=[0, -3, 0, 4], seed=6)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then drag
#
# The question is in the next cell: answer it before you go on.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question, and take a vote for each answer; then drag the degree slowly from 0 to 15, and look
# at the left edge at degree 12. At 12, drag the points up to 200. **Ask:** what does the curve follow at
# degree 15 that new points do not have? (The noise of these 20.) **Usual mistake:** taking the lowest
# *training* error for the best model. **Time:** 8 minutes.
#
# </details>

# %% tags=["exercise:more_degrees"]

# %% slideshow={"slide_type": "subslide"} tags=["answers:more_degrees"]
# Drag the degree. Then, at degree 12, drag the number of points.
fit = partial(pictures.polynomial_fit, x=x_poly, y=y_poly, truth=true_curve)
gap = partial(pictures.errors_by_degree, x=x_poly, y=y_poly, x_val=x_new, y_val=y_new)
panels.explore(fit, gap, degree=panels.Slider(0, 15, 3), points=panels.Slider(17, 200, 20))

# %% slideshow={"slide_type": "skip"} tags=["answers:more_degrees"]
reveal.more_degrees()

# %% [markdown] slideshow={"slide_type": "skip"}
# Two words for what you have seen. **Underfitting** (乏適, also 欠擬合): the model is bad already on its training set, for it
# cannot bend enough. **Overfitting** (過適, also 過擬合): it is good there, and much worse on new data, for it has learnt the noise
# as well. Which degrees do which, and what do more points change? Look for it in the panel.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Bias and variance
#
# Train the same model on many small training sets.
#
# - **Bias** (偏誤): how far their *mean* lies from the truth.
# - **Variance** (變異數): how far they are spread about that mean, squared and averaged.
#
# expected squared error on new data = bias² + variance + variance of the noise (Geman et al., 1992)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** degree 1 (all fits alike, all wrong) and degree 12 (right on average, each one wild). **Ask:**
# which of the two does more data reduce? (Variance; a straight line stays too stiff.) **Usual mistake:**
# mixing this bias up with a neuron's b; in Chinese they are two words, 偏誤 and 偏差. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
x_fixed, grid = np.linspace(-1, 1, 20), np.linspace(-1, 1, 101)
noisy_sets = true_curve(x_fixed) + 0.25 * np.random.default_rng(0).normal(size=(200, 20))
fits = np.array([
    [np.polynomial.Polynomial.fit(x_fixed, y_set, degree)(grid) for y_set in noisy_sets]
    for degree in range(13)
])
print("degrees, training sets, points:", fits.shape)

# %% slideshow={"slide_type": "subslide"}
mean_fits = fits.mean(axis=1)
bias_squared = np.mean((mean_fits - true_curve(grid)) ** 2, axis=1)
variance = np.mean(fits.var(axis=1), axis=1)
for degree in (1, 3, 12):
    print(f"degree {degree:2}: bias² {bias_squared[degree]:.3f}, variance {variance[degree]:.3f}")
new_data = true_curve(grid) + 0.25 * np.random.default_rng(1).normal(size=(200, 101))
measured = np.mean((fits - new_data) ** 2, axis=(1, 2))
print("with the noise they add up to the squared error on new data:",
      np.allclose(measured, bias_squared + variance + 0.25**2, rtol=0.05))

# %% slideshow={"slide_type": "subslide"}
# Drag the degree: which of the two is the larger part of the error?
many = partial(pictures.many_fits, x=grid, fits=fits, truth=true_curve(grid))
sources = partial(pictures.bias_variance, bias_squared=bias_squared, variance=variance, noise=0.25**2)
panels.explore(many, sources, degree=panels.Slider(0, 12, 1))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:squared_bias_and_variance"]
# ### Your turn: `squared_bias_and_variance`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** three curves and their mean, drawn on the board: the call returns two numbers. **Ask:** for which
# of the two do you need the truth, and for which not? (Only bias² needs it.) **Usual mistake:** squaring
# the errors before taking the mean prediction: that is bias² and variance in one. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:squared_bias_and_variance"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Without many training sets
#
# In real life there is one training set and no truth. Then read the two off the errors:
#
# - training error − achievable error = avoidable bias
# - validation error − training error ≈ what variance costs
#
# *Achievable* is what people, or the best other models, reach on new data.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 8 % and 10 % twice: once where people reach 1 %, once where they reach 7.5 %. **Ask:** which gap
# is the larger one in each case? (7 against 2; 0.5 against 2.) **Usual mistake:** calling every gap
# overfitting, without asking what is achievable. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:bias_or_variance"]
# ### Your turn: `bias_or_variance`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that a call returns a word: `bias_or_variance(0.01, 0.08, 0.1)` is "bias". **Ask:** which two
# differences does the word depend on, and what if they are equal? **Usual mistake:** leaving out what is
# achievable and comparing the training error itself with the gap. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:bias_or_variance"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Diagnose first
#
# Do as a good doctor does: first the diagnosis, then the remedy. "It overfits" is a diagnosis, not an excuse.
# **Look at the training error first.**

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the first box of the chart: it asks for the training error. **Ask:** a 56-layer network is worse
# than a 20-layer one on new pictures. Overfitting? (It was worse on the *training* pictures too, He et al.,
# 2016: badly trained.) **Usual mistake:** the remedy before the diagnosis, such as dropout for every
# network. **Time:** 5 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(9, 3.9), layout="constrained")
print(textwrap.fill(pictures.diagnosis_chart(ax).sentence, 95))

# %% [markdown] slideshow={"slide_type": "skip"}
# Bad on the training data: another activation, learning rate or optimizer, a bigger model. Good on the training data and bad on the
# validation data: make sure that both were prepared alike; then more data, early stopping, L1 and L2, dropout, a smaller model. The
# remedies of the second list do not help
# against underfitting: more data change little there, and the others leave the model even less freedom. A remedy that keeps a model
# from learning noise is called **regularisation** (正則化, also 正規化). You need not know all these words yet: the rest of the
# lesson takes up the remedies one by one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Capacity: wider and deeper
#
# **Capacity** (模型容量) is how many different functions a model can represent. More units and more layers give more of it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** on the board a network of 1 × 2 units and one of 3 × 32, with their parameters: 7 and 2,209. **Ask:** for 20
# points, which of them underfits, which overfits, and how would you see it? (By the training loss; by the gap to the validation
# loss.) **Usual mistake:** "more parameters are worse." A network that cannot bend enough is worse, too.
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
# Inputs from −3 to 3 in place of −1 to 1: there tanh bends without large weights.
few = (3 * x_poly[:20].astype(float), y_poly[:20, None].astype(float))
others = (3 * x_new.astype(float), y_new[:, None].astype(float))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two ways to a good size
#
# **Start small and grow**: one hidden layer of 2 units, until the training loss stands still; then more units, then more layers. A network
# that gets another layer **goes on with the weights that it can keep**.
#
# **Or overfit on purpose**, to see how low the training loss can come, and then apply the remedies.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel on the next slide: play with 2 units until both curves are level, then turn *width* to 8, then to 32, then *hidden
# layers* to 2 and 3, while it plays. **Ask** before each turn: which of the two curves will fall? (At first both; from 8 units on
# the training loss alone.) Then *Reset* and *Play*: the large network from its beginning, beside the one that has grown.
# **Usual mistake:** turning two knobs at once. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Width up, step by step; then hidden layers. Which curve falls?
keras.utils.set_random_seed(1)
hidden = [layers.Dense(32, activation="tanh") for _ in range(3)]
flexible = keras.Sequential([keras.Input((1,)), *hidden, layers.Dense(1)])
flexible.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
panels.live(flexible, *few, validation_data=others, batch_size=20, views=("fit", "curves"),
            layers=1, width=2, knobs=["width", "layers", "learning_rate"])

# %% [markdown] slideshow={"slide_type": "skip"}
# The same by code: both are knobs of the trainer. Three sizes, each from its beginning, 1,500 steps.

# %% slideshow={"slide_type": "skip"}
sized = live.LiveTrainer(flexible, *few, validation_data=others, batch_size=20)
ends = {}
for width, depth in [(2, 1), (32, 1), (32, 3)]:
    sized.layers, sized.width = depth, width
    sized.reset()
    sized.step(1500)
    losses = sized.history["loss"], sized.history["val_loss"]
    ends[width, depth] = [np.mean(losses[0][-10:]), np.mean(losses[1][-10:]), min(losses[1])]
    train_end, val_end, val_best = ends[width, depth]
    print(f"{depth} × {width} units, {sized.to_keras().count_params():,} parameters: training ≈ "
          f"{train_end:.3f}, validation ≈ {val_end:.3f}, at its best ≈ {val_best:.3f}")
smallest, *_, largest = ends.values()
print("the smallest has the highest training loss:", smallest[0] == max(end[0] for end in ends.values()))
print("the largest ends above its best by more than a quarter:", bool(largest[1] > 1.25 * largest[2]))

# %% [markdown] slideshow={"slide_type": "skip"}
# The smallest underfits: its training loss stays high, and so does the validation loss. The largest comes lowest on the 20 points, and its
# validation loss has risen from its best: it overfits. At the end both may be off by about as much on new points, for opposite
# reasons. The second way, overfitting on purpose, is common in practice: a network
# that *can* overfit has at least enough capacity.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Overfit the wine on purpose
#
# Two layers of 64 units, standardised inputs, 100 epochs. The output's bias starts at the median of the training targets, as above.
# Watch the two curves move apart.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the training error goes on falling where validation has turned, and gives no sign of it.
# **Ask** for the epoch at which they would have stopped. **Usual mistake:** "just a little longer."
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
standard = datasets.standardize(raw_train)
Z_train, Z_val = standard(raw_train), standard(raw_val)


def off_by(network, Z, y):
    """Return the plain mean absolute error: all units on, no penalty."""
    return float(np.mean(np.abs(network.predict(Z)[:, 0] - y)))

# %% slideshow={"slide_type": "skip"}
def wine_network(penalty=None):
    """Two hidden layers of 64 ReLU units, each followed by dropout, which is off at first."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((11,))])
    for _ in range(2):
        network.add(layers.Dense(64, activation="relu", kernel_regularizer=penalty))
        network.add(layers.Dropout(0.0))
    network.add(layers.Dense(1, bias_initializer=middle))
    network.compile(optimizer=keras.optimizers.Adam(0.003), loss="mae")
    return network

# %% slideshow={"slide_type": "skip"}
free = live.LiveTrainer(wine_network(), Z_train, y_train, validation_data=(Z_val, y_val))
epoch = -(-len(Z_train) // 32)  # steps: batches of 32, the last one smaller
record = {"loss": [], "val_loss": []}
for _ in range(100):
    free.step(epoch)
    record["loss"].append(off_by(free, Z_train, y_train))
    record["val_loss"].append(off_by(free, Z_val, y_val))

# %%
fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
_ = plots.learning_curves(ax, record)
lowest = min(record["val_loss"])
print(f"at the end: training error ≈ {record['loss'][-1]:.2f}, validation ≈ {record['val_loss'][-1]:.2f}")
print("training error is less than half of validation's:", record["loss"][-1] < record["val_loss"][-1] / 2)
print("validation error has risen by more than 5 %:", record["val_loss"][-1] > 1.05 * lowest)

# %% [markdown] slideshow={"slide_type": "skip"}
# Here both errors are measured after each epoch, with the same weights. The history of Keras's `fit` compares otherwise: its
# training loss is the *average over the epoch*, while the weights still improve, and with dropout on; the validation loss is
# measured at the end of the epoch, with all units on. So in a history the validation curve may lie *below* the training curve, as at
# the beginning of a run. That is no leak.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Early stopping
#
# **Early stopping** (提前停止): watch the validation loss, and stop when it has not improved for some epochs.
#
# - **patience** (耐心值): after how many epochs in a row without improvement it stops;
# - **min_delta**: how much lower counts as improved;
# - **restore the best weights**, or you keep those of the last epoch.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** patience 1: a single unlucky epoch ends everything. Then min_delta at its high end. **Ask:** you
# stop ten epochs after the best one; which weights do you want? (The best epoch's.) **Usual mistake:**
# forgetting `restore_best_weights`. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# The run above. Where would it have stopped, and which weights come back?
stop = partial(pictures.early_stopping, **record)
panels.explore(stop, patience=panels.Slider(1, 40, 10), size=(8.4, 3.6),
               min_delta=panels.Slider(0.0, 0.05, 0.0, step=0.001))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In Keras
#
# A **callback** (回呼) is called after each epoch and may look at the training, or end it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the restored model's loss equals the best epoch's in the history, and not the last one's.
# **Ask:** is that loss an honest score? (No: this set chose the epoch. The sealed test set is for the end.)
# **Usual mistake:** calling the best validation loss the result. **Time:** 3 minutes.
#
# </details>

# %%
stopper = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=8, min_delta=0.001, restore_best_weights=True
)
stopped = wine_network()
log = stopped.fit(Z_train, y_train, validation_data=(Z_val, y_val), batch_size=32, epochs=100,
                  callbacks=[stopper], verbose=0).history
restored = stopped.evaluate(Z_val, y_val, verbose=0)
print("stopped before the 100 epochs were over:", len(log["loss"]) < 100)
print("the restored weights are the best epoch's:",
      np.isclose(restored, log["val_loss"][stopper.best_epoch], atol=1e-4))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Early stopping is going back
#
# This network has trained too long. The sentence below the picture says near which step its validation loss was lowest.
# Drag **step** back to there: the network is what it was then.
#
# Early stopping does two things: it stops, and then it goes back. `restore_best_weights` is the going back.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel as it stands, overtrained; let somebody drag *step* to where the sentence says that validation was
# lowest, then turn *dropout* to 0.3 and press *Play*: a new run begins there, the old one stays. **Ask:** which of the three
# would you hand over: the end, the end with dropout, or the place gone back to? (Here the last.) **Usual mistake:** taking the
# lowest validation loss for an honest score: the validation set has chosen the step. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def trained_too_long():
    """A panel whose network has made 2,000 steps without any remedy."""
    panel = panels.live(wine_network(), Z_train, y_train, validation_data=(Z_val, y_val),
                        views=("curves",), learning_rate=0.001)
    panel.step(2000)
    return panel

# %% tags=["nbval-ignore-output"]
# Drag step back to where validation was lowest: see the sentence. Then turn dropout to 0.3, and press Play.
trained_too_long()

# %% [markdown] slideshow={"slide_type": "skip"}
# Where a knob is turned, or Play pressed, a new run begins: with the weights of the best step, and here with dropout, the
# remedy of lesson 0 that is explained below. The same by code. (The panel averages neighbouring values before it says where
# the lowest is; the cell takes the single lowest, which is a little lower.)

# %% slideshow={"slide_type": "subslide"}
by_code = trained_too_long()
whole = by_code.trainer.history
best_step = whole["step"][int(np.argmin(whole["val_loss"]))]
print(f"validation loss: lowest ≈ {min(whole['val_loss']):.3f} at step ≈ {best_step}")
by_code.rewind(best_step)  # the same as dragging step back
gone_back = off_by(by_code.trainer, Z_val, y_val)
print("gone back, the network is the best step's:",
      np.isclose(gone_back, min(whole["val_loss"]), atol=1e-4))

# %% [markdown] slideshow={"slide_type": "skip"}
# Now with dropout from there, as far as the first run went:

# %% slideshow={"slide_type": "subslide"}
by_code.trainer.dropout = 0.3
by_code.step(2000 - best_step)  # a new run begins
untreated_end = np.mean(whole["val_loss"][-10:])
treated_end = np.mean(by_code.trainer.history["val_loss"][-10:])
print(f"at step 2,000 ≈ {untreated_end:.3f}, gone back ≈ {gone_back:.3f}")
print(f"gone back, and then with dropout to step 2,000 ≈ {treated_end:.3f}")
print("with dropout it ends lower than without:", bool(treated_end < untreated_end))
print("going back alone gained more than dropout added:",
      bool(untreated_end - gone_back > gone_back - treated_end))

# %% [markdown] slideshow={"slide_type": "skip"}
# On the real wines dropout slows the rise; it does not undo it. The network that you went back to is still the best of the
# three: going back *was* the remedy.
#
# `EarlyStopping` looks once an epoch, and spares you the steps after its patience has run out; whoever goes back has made
# them, and knows that nothing better came in these 2,000 steps. Both keep the weights with which the validation loss was
# lowest, and for both this loss is a little too good for a score: the validation set has chosen them.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:stop_early"]
# ### Your turn: `stop_early`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** seven losses on the board, 1.0, 0.8, 0.7, 0.75, 0.72, 0.6, 0.9, with patience 2 and min_delta 0:
# the call returns 5 and 3. **Ask:** what must you remember from epoch to epoch? (Best loss, its epoch, how
# long you have waited.) **Usual mistake:** comparing with the loss before, not with the best: then 0.72
# counts as better. **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:stop_early"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Weights that cost something
#
# Add to the loss what the weights cost, an **L1 penalty** (L1 正則化) or an **L2 penalty** (L2 正則化). From here on, $\lambda$ is the
# price.
#
# $$L + \lambda \sum |w| \quad (\text{L1}) \qquad\qquad L + \lambda \sum w^2 \quad (\text{L2})$$
#
# Their gradients: $\lambda\,\mathrm{sign}(w)$, and $2\lambda w$. L1 pulls all weights alike: at the lowest point of the sum, many are
# exactly zero. L2 pulls large ones more and small ones less: they become small, and hardly any zero.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** on the panel that L1 leaves the three inputs that matter (at 0.6), and L2 leaves all twelve,
# smaller. **Ask:** how strongly is a weight of 0.01 pulled, by each? (L1: λ, as any other; L2: 0.02 λ, next
# to nothing.) **Usual mistake:** penalising the biases as well. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
rng = np.random.default_rng(3)
many_inputs = rng.normal(size=(60, 12))  # twelve inputs, and only the first three matter
target = many_inputs[:, :3] @ [2.0, -1.5, 1.0] + rng.normal(size=60)
target -= target.mean()

# %% slideshow={"slide_type": "subslide"}
# Drag the strength of the penalty (Tibshirani, 1996; Hoerl and Kennard, 1970).
l1, l2 = (
    partial(pictures.penalised_weights, X=many_inputs, y=target, penalty=name) for name in ("L1", "L2")
)
panels.explore(l1, l2, strength=panels.Slider(0.0, 3.0, 0.6))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:penalised_gradient"]
# ### Your turn: `penalised_gradient`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what comes in: the weights, the gradient of the loss alone, two prices; one array comes out.
# **Ask:** what is the slope of |w| at −3, and of w² at −3? (−1 and −6.) **Usual mistake:** leaving out the
# 2 of w². **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:penalised_gradient"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In a network
#
# The same network three times, side by side: without a penalty, with L1, with L2. In Keras the penalty is an argument of the layer; in
# a trainer, `l1` and `l2` are knobs. The panel above solved for the lowest point; a network goes there in steps, and a step
# that reaches zero goes a little beyond it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# Before the panel plays, **Ask:** of which network will most weights be below 0.01? And how many will be exactly 0? (Of L1's; none
# or hardly any: the steps go beyond zero and back.) **Show** the left picture while it plays: a mark to the left means ten times
# smaller. Then *strength* at 0.003, and *Play*. Whoever wants true zeros cuts weights below a threshold off afterwards.
# **Usual mistake:** comparing losses that contain different penalties; the right picture has the plain errors. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def penalised(strength):
    """The same network three times: without a penalty, with L1, with L2."""
    model = wine_network(keras.regularizers.L1(0.0))  # costs nothing until l1 is turned
    three = {
        name: live.LiveTrainer(model, Z_train, y_train, validation_data=(Z_val, y_val))
        for name in ("no penalty", "L1", "L2")
    }
    three["L1"].l1 = three["L2"].l2 = strength
    return three

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play: what becomes of the weights? Then another strength.
strengths = panels.Choice([0.0001, 0.0003, 0.001, 0.003], start=0.001)
panels.together(penalised, pictures.sizes_in_training, "val_loss", strength=strengths, knobs=[],
                updates_per_frame=50, size=(9.4, 4.0))

# %% [markdown] slideshow={"slide_type": "skip"}
# The same by code, 3,000 steps each.

# %% slideshow={"slide_type": "skip"}
weights, dead = {}, {}
for name, trainer in penalised(0.001).items():
    trainer.step(3000)
    weights[name] = pictures.all_weights(trainer)
    outputs = np.concatenate(trainer.hidden(Z_train), axis=1)
    dead[name] = np.mean(outputs.max(axis=0) == 0)  # units that are 0 for every wine
for name, values in weights.items():
    print(f"{name}: ≈ {100 * np.mean(np.abs(values) < 0.01):.0f} % of the weights are below 0.01")

# %% slideshow={"slide_type": "skip"}
small_ones = {name: np.mean(np.abs(values) < 0.01) for name, values in weights.items()}
print("most weights below 0.01:", max(small_ones, key=small_ones.get))
print("exactly zero are fewer than 1 % of L1's weights:", bool(np.mean(weights["L1"] == 0) < 0.01))
mean_size = {name: np.mean(np.abs(values)) for name, values in weights.items()}
print("each penalty more than halves the mean size:",
      bool(max(mean_size["L1"], mean_size["L2"]) < mean_size["no penalty"] / 2))
print("more dead units than without a penalty:", bool(min(dead["L1"], dead["L2"]) > dead["no penalty"]))

# %% [markdown] slideshow={"slide_type": "skip"}
# The scale is logarithmic, so that small weights can be seen. L1 leaves a few large weights and many that hover far below 0.01. L2
# makes all weights smaller, and leaves most of them above 0.01. What stands at the left edge, 10⁻⁶ or less, are weights of units that
# have died (lesson 2): where a unit is 0 for every wine, the loss does not pull at its weights any more, and L2 lets them fade.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Dropout
#
# In each training step, and for each sample anew, every hidden unit is switched **off** with probability *rate*: **dropout**
# (丟棄法; Srivastava et al., 2014). No unit can rely on another one.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the steps one by one: another network each time. Then switch `inverted` off: the mean in training
# and the value at test time differ. **Ask:** half of the units are off; how much reaches the next layer? (About
# half; hence the division.) **Usual mistake:** thinking the rate is the fraction that stays.
# **Time:** 6 minutes.
#
# </details>

# %%
# Drag the step, then the rate. Then switch "inverted" off.
rng = np.random.default_rng(0)
thinned = partial(pictures.thinned_network, units=[4, 8, 8, 1])
sums = partial(pictures.dropout_sums, a=rng.uniform(0, 2, 40), w=rng.normal(0.3, 0.5, 40))
panels.explore(thinned, sums, rate=(0.0, 0.9, 0.05), step=(1, 50), inverted=True)

# %% [markdown] slideshow={"slide_type": "skip"}
# With half of the units off, the next layer receives half as much on average. There are two ways to make up for it: multiply by
# $1 - \text{rate}$ **at test time** (the first papers), or divide by $1 - \text{rate}$ **in training**: **inverted dropout**
# (反轉丟棄法), as Keras does. Then nothing has to be done at test time. Some texts and libraries give the **keep probability**
# instead, which is $1 - \text{rate}$. Inputs can be dropped, too, with a small rate: a `Dropout` layer right after the input.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:inverted_dropout"]
# ### Your turn: `inverted_dropout`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the noise is given, so everybody's result is the same: outputs 1, 1 with noise 0.2, 0.9 and
# rate 0.5 become 0, 2. **Ask:** ten units of 1 with rate 0.5: what must the survivors be, so that the mean
# stays 1? **Usual mistake:** dividing by the rate instead of by what stays; at rate 0.5 nobody notices.
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:inverted_dropout"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Off at test time, in Keras

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two calls: they differ only in `training`. **Ask:** what does `predict` do with the dropout
# layers? (Nothing: they pass everything on.) **Usual mistake:** judging the training loss, measured with
# units off, against the validation loss, measured with all on. **Time:** 3 minutes.
#
# </details>

# %%
thin = layers.Dropout(0.4, seed=1)
ones = np.ones((1, 100_000), dtype="float32")
in_training = np.asarray(thin(ones, training=True))
print("at test time nothing changes:", bool(np.all(np.asarray(thin(ones, training=False)) == ones)))
print("off in training:", round(float(np.mean(in_training == 0)), 1))
print("what stays is divided by 0.6:", np.allclose(in_training[in_training > 0], 1 / 0.6))
print("the mean stays:", abs(in_training.mean() - 1) < 0.02)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Many networks in one
#
# Each step trains other thinned networks, all with shared weights. With all units on at test time, they answer together, much like
# an **ensemble** (集成).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the mean of 50 thinned networks is better than one of them, and all units on about as good.
# **Ask:** how many thinned networks are there with 10 units? (The exercise that follows.)
# **Usual mistake:** taking the ensemble for exact; it is an approximation. **Time:** 4 minutes.
#
# </details>

# %%
free.reset()
free.dropout, free.l2 = 0.3, 0.0
free.step(3000)
thinned = free.to_keras()
answers = np.array([np.asarray(thinned(Z_val, training=True))[:, 0] for _ in range(50)])
single = np.mean(np.abs(answers - y_val), axis=1).mean()
together = np.mean(np.abs(answers.mean(axis=0) - y_val))
all_on = np.mean(np.abs(thinned.predict(Z_val, verbose=0)[:, 0] - y_val))
print(f"one thinned network: ≈ {single:.3f}, 50 together: ≈ {together:.3f}, all units on: ≈ {all_on:.3f}")
print("together they beat one of them:", bool(together < single))
print("all units on comes close to it:", bool(abs(all_on - together) < 0.03))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:ensemble_size"]
# ### Your turn: `ensemble_size`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the networks of two units on the board, four of them, the empty one included; the answer wanted
# is one number. **Ask:** what does a third unit do to this count? **Usual mistake:** adding instead of
# multiplying: 2 + 2 + ... = 20. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:ensemble_size"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Dropout and penalties, live
#
# The network on the wine that overfits. **Apply the remedies while it trains.** Beside each histogram stands which fraction of the
# layer's weights is below 0.01. The two curves are the plain errors, training and validation: look at their distance. What l1 and l2 add
# to the loss is a thin line of its own, the **penalty**. (In Keras's history it is part of the loss.)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey curves, 2,000 steps without any remedy: validation rises. Now dropout 0.3, Play. Then l2 0.003; then l1 0.001 in its place. **Ask:** which of the three changes the histograms most, and
# which least? (With l1 nearly all weights gather at zero, with l2 they shrink; dropout makes them a little
# smaller.) **Usual mistake:** expecting a lower *training* loss: a remedy leaves the network less freedom. **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Turn dropout to 0.3, later l2 to 0.003, or l1 to 0.001: what do curves and weights do?
ready_for_l1 = wine_network(keras.regularizers.L1(0.0))  # costs nothing until l1 is turned
remedies = panels.live(ready_for_l1, Z_train, y_train, validation_data=(Z_val, y_val),
                       views=("curves", "weights"))
remedies.start_over(after=2000)  # the grey curves: no remedy
remedies

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four runs, one number each
#
# The same network, 3,000 steps each, measured by the plain error on the validation wines, without the penalty.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# Before running it, **Ask** for bets. **Show** that each remedy helps, and that they differ little: the best
# of the four may be another one on other data, so try. **Usual mistake:** comparing losses of Keras's history,
# of which one contains a penalty. **Time:** 3 minutes.
#
# </details>

# %%
final, networks, mean_weight = {}, {}, {}
for rate, l2 in [(0.0, 0.0), (0.3, 0.0), (0.0, 3e-3), (0.3, 3e-4)]:
    free.reset()  # the same initial weights each time
    free.dropout, free.l2 = rate, l2
    free.step(3000)
    name = f"dropout {rate}, l2 {l2}"
    networks[name], final[name] = free.to_keras(), off_by(free, Z_val, y_val)
    mean_weight[name] = np.mean([np.abs(kernel).mean() for kernel in free.kernels().values()])
    print(f"{name}: off by ≈ {final[name]:.3f}, mean size of a weight ≈ {mean_weight[name]:.2f}")
untreated, *treated_runs = final.values()
print("each remedy beats none:", max(treated_runs) < untreated)
print("dropout alone makes weights smaller, too:",
      bool(mean_weight["dropout 0.3, l2 0.0"] < mean_weight["dropout 0.0, l2 0.0"]))

# %% [markdown] slideshow={"slide_type": "skip"}
# Dropout suits wide layers of ReLU (or Maxout) units, and it is not the first thing to try: first the training error, then more
# data and early stopping. It also makes training slower, and a network with dropout may need more units. Dropout and a penalty
# can be used **together**; but then take less of each, for too much of a remedy makes a network underfit.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:treated"]
# ### Your turn: `treated`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the answer is a whole model, compared by its layers and not by training it. Read the task
# aloud, line by line. **Ask:** which of the two remedies is a layer, and which an argument of a layer?
# (Dropout; the penalty.) **Usual mistake:** dropout after the output, which sets whole answers to 0.
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:treated"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Batch normalisation
#
# For each unit: subtract the mean of the **batch**, divide by its standard deviation. Then $\gamma$ and $\beta$, which
# are learnt, set spread and mean anew (Ioffe and Szegedy, 2015):
#
# $$\hat z = \frac{z - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}, \qquad \tilde z = \gamma \hat z + \beta$$
#
# This is **batch normalisation** (批次正規化).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two formulas, and let the class read the first aloud: what is subtracted, what is divided by, over which samples?
# **Ask:** the layer below doubles all its weights; what does the next layer notice? (Nothing, but for the tiny ε.)
# **Usual mistake:** mean over the units instead of over the batch. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:batch_of_four"]
# ### First guess, then drag a sum
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question, and let everyone write down four numbers; then the panel on the next slide, where sample 4 stands at 4: drag
# it to 8. **Ask:** why does nothing move below? (It is doubled, and so are mean and spread.) Then drag sample 1 to −8: all four move below, though
# three of them stayed above. **Usual mistake:** taking batch norm for something that happens to each sample by itself.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:batch_of_four"]

# %% slideshow={"slide_type": "subslide"} tags=["answers:batch_of_four"]
# Drag the dots above: one unit's sums for four samples. Then gamma and beta.
sums_of_four = {name: panels.Slider(-10.0, 10.0, start) for name, start in
                {"z1": 0.0, "z2": 0.0, "z3": 0.0, "z4": 4.0}.items()}
panels.explore(pictures.normalised_batch, **sums_of_four, size=(8.6, 3.2),
               gamma=panels.Slider(0.2, 4.0, 1.0), beta=panels.Slider(-5.0, 5.0, 0.0))

# %% [markdown] slideshow={"slide_type": "skip"}
# What the layer below adds to all sums, or multiplies them by, is gone behind batch norm: a deep layer no longer has to follow every
# change of those before it. And each sample's value depends on who else is in its batch: move one dot, and all move below.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:batch_norm"]
# ### Your turn: `batch_norm`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a batch on the board as a table, samples down, units across: the call returns a table of the same
# shape. **Ask:** along which direction do you take the mean, and how many means are there? (Down the
# samples; one for each unit.) **Usual mistake:** `axis=1`; and next, epsilon outside of the root.
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:batch_norm"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In training and at test time
#
# At test time there may be a single sample, and no batch to take a mean of. So the layer keeps **moving averages** (移動平均) of
# the means and variances that it sees in training (the averages of lesson 4, which forget), and uses them at test time.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that one batch moves the average by 1 % of the way only. **Ask:** what would the layer answer to a single
# sample in training mode? (Always beta.) **Usual mistake:** too few steps of training, so that the averages
# are not there yet. **Time:** 4 minutes.
#
# </details>

# %%
norm = layers.BatchNormalization()  # momentum 0.99
z = np.random.default_rng(4).normal(size=(400, 1))  # one unit's sums in a batch
batch = (5 + 2 * (z - z.mean()) / z.std()).astype("float32")  # mean 5, spread 2
for step in range(1, 501):
    norm(batch, training=True)
    if step in (1, 100, 500):
        print(f"moving mean after step {step:3}: {float(norm.moving_mean[0]):.2f}")
sample = np.array([[9.0]], dtype="float32")
print("one sample, as at test time:", round(float(norm(sample, training=False)[0, 0]), 1))
print("one sample, as in training:", abs(round(float(norm(sample, training=True)[0, 0]), 2)))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### With and without, side by side
#
# Between $z$ and $a$, as in the paper, or after $a$: both are in use. Here is one network three times: five hidden layers of sigmoid
# units, which hardly learn (lesson 2), on two rings of points. **First guess:** which of the three will leave ln 2 ≈ 0.69, the loss of a coin?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the left picture before the first step: of two different samples, less and less is left from layer to layer. Then *Play*.
# **Ask:** why does the network without it not move? (All samples look alike to its last layer; and gradients vanish on the way back, lesson
# 2.) Then turn *activation* to relu. **Usual mistake:** expecting as much in a shallow ReLU network on scaled inputs: there is
# little to repair. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def deep_network(place):
    """Five hidden layers of 16 sigmoid units, with batch normalisation or without."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((2,))])
    for _ in range(5):
        network.add(layers.Dense(16))
        if place == "before":
            network.add(layers.BatchNormalization())
        network.add(layers.Activation("sigmoid"))
        if place == "after":
            network.add(layers.BatchNormalization())
    network.add(layers.Dense(1, activation="sigmoid"))
    network.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return network

# %% slideshow={"slide_type": "skip"}
circles, classes = datasets.make_circles(400, noise=0.1, seed=1)


def three_networks():
    """The same network without batch norm, with it before the activation, and after."""
    places = ("without", "before", "after")
    return {place: live.LiveTrainer(deep_network(place), circles, classes) for place in places}

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Who leaves 0.69? Then turn the activation to relu.
panels.together(three_networks, partial(pictures.spread_by_layer, X=circles), "loss",
                knobs=["learning_rate", "activation"], size=(9.4, 4.0))

# %% [markdown] slideshow={"slide_type": "skip"}
# The same by code, 1,500 steps each. (The panel draws the loss batch by batch, so its curves jump; here is the mean of the
# last hundred.)

# %% slideshow={"slide_type": "skip"}
last_loss, last_spread = {}, {}
for place, trainer in three_networks().items():
    trainer.step(1500)
    last_loss[place] = np.mean(trainer.history["loss"][-100:])
    last_spread[place] = trainer.hidden(circles)[-1].std(axis=0).mean()
    print(f"{place}: loss ≈ {last_loss[place]:.2f}, spread in the last hidden layer ≈ {last_spread[place]:.2g}")
print("without it, the loss stays near ln 2 = 0.69:", bool(abs(last_loss["without"] - np.log(2)) < 0.02))
print("with it, it falls below half of that:", bool(max(last_loss["before"], last_loss["after"]) < 0.35))
print("without it, two samples look alike to the last layer:", bool(last_spread["without"] < 0.01))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Switched on while it trains
#
# Batch norm and depth as knobs: let the deep network stand still at 0.69 for a while, then tick **batch norm**. Then turn the **depth** up.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*, wait until everyone believes that nothing will happen, then tick *batch norm*; later *depth* from 4 to 8. **Ask** before you
# untick it: will it go on to learn without? (No: it falls back to 0.69. The weights were learnt for sums that are normalised.)
# **Usual mistake:** taking batch norm for a help at the start only. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play, wait, then tick batch norm. What becomes of the gradient in the first layer? And when it is off again?
keras.utils.set_random_seed(0)
levels = live.DenseStack(depth=4, most=8, activation="sigmoid")  # like four Dense layers of 16 units
switched = keras.Sequential([keras.Input((2,)), layers.Dense(16, activation="sigmoid"), levels, layers.Dense(1, activation="sigmoid")])
switched.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
panels.live(switched, circles, classes, views=("boundary", "curves", "gradients"),
            knobs=["batch_norm", "depth", "activation", "learning_rate"])

# %% [markdown] slideshow={"slide_type": "skip"}
# The same by code: 500 steps without, 1,000 with, 1,000 without again.

# %% slideshow={"slide_type": "skip"}
trainer = live.LiveTrainer(switched, circles, classes)
reached = []
for on, steps in [(False, 500), (True, 1000), (False, 1000)]:
    trainer.batch_norm = on
    trainer.step(steps)
    reached.append(np.mean(trainer.history["loss"][-50:]))
print("batch norm off, on, off again: loss ≈ " + ", ".join(f"{loss:.2f}" for loss in reached))
print("it learns only while batch norm is on:", bool(reached[1] < 0.4 < 0.6 < min(reached[0], reached[2])))

# %% [markdown] slideshow={"slide_type": "skip"}
# When to use it: in deep networks, and wherever training is slow or sensitive to the learning rate. It needs batches that are not too
# small, it brings a little noise (each batch has another mean), and so it also regularises a little.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## More data
#
# The surest remedy against overfitting. How much would it help? Train on growing subsets of what you have, and look.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** where the dashed line bends: steep up to 200 images, then nearly level. **Ask:** would ten times
# more data help here? (Read it off the gap: a little.) **Usual mistake:** collecting data for a model that
# underfits. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# We look at small pictures: handwritten digits, 8 × 8 pixels each. A softmax layer gives ten probabilities (lesson 2); the loss that
# belongs to it, cross-entropy, comes in lesson 6.

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.overfitting.digits import augmented, blurred, fraction_wrong, rotated, scaled, train_digits

digits = datasets.load_digits()  # its test set stays closed in this lesson
images, val_images, labels, val_labels = datasets.train_val_split(digits.X_train, digits.y_train, 0.2)
one_hot = np.eye(10)[labels]  # the wanted probabilities

# %% slideshow={"slide_type": "skip"}
def digit_errors(amount):
    """Train 64-32-10 on the first images; return the fraction of wrong answers in both sets."""
    epochs = max(10, 12_000 // amount)  # about as many updates with each amount
    network = train_digits(
        images[:amount], one_hot[:amount], units=[32], epochs=epochs, learning_rate=0.01
    )
    sets = (images[:amount], labels[:amount]), (val_images, val_labels)
    return [fraction_wrong(network, X, y) for X, y in sets]

# %%
amounts = [50, 100, 200, 400, 800, len(images)]
train_errors, val_errors = zip(*map(digit_errors, amounts), strict=True)
fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
both = {"training": (amounts, train_errors), "validation": (amounts, val_errors)}
words = {"xlabel": "training images", "ylabel": "fraction of wrong answers"}
_ = pictures.compare_runs(ax, both, **words)
print("with 50 images more than one in ten is wrong:", val_errors[0] > 0.1)
print("with all of them fewer than one in fifteen:", val_errors[-1] < 1 / 15)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Make more of what you have
#
# **Data augmentation** (資料增強): change training images so that the label stays true. Rotate, scale, blur, add noise to
# the pixels, mix two images and their labels (Zhang et al., 2018).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the six images: which of them still read as a 3? **Ask:** which changes would be wrong for
# digits? (Mirroring; and turning a 6 upside down.) **Usual mistake:** augmenting the validation set.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
changes = {
    "rotated": lambda image, rng: rotated(image, rng.uniform(-20, 20)),
    "scaled": lambda image, rng: scaled(image, rng.uniform(0.8, 1.2)),
    "blurred": lambda image, rng: blurred(image, rng.uniform(0.2, 0.7)),
    "noisy": lambda image, rng: image + rng.normal(0, 0.2, image.shape),
}

# %%
rng = np.random.default_rng(2)
one, other = (int(np.flatnonzero(labels == digit)[0]) for digit in (3, 7))
image, second = images[one].reshape(8, 8), images[other].reshape(8, 8)
gallery = {"original": image} | {name: change(image, rng) for name, change in changes.items()}
gallery["mixed"] = 0.6 * image + 0.4 * second
fig, ax = plt.subplots(figsize=(9, 2.2), layout="constrained")
print(plots.image_row(ax, gallery).sentence)
print(f"label of the mixed one: 60 % {labels[one]}, 40 % {labels[other]}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What does it bring?
#
# 150 training images, and ten times as many after augmentation; both networks make the same number of steps. We judge twice, on the
# validation images: **clean** as they are, and **messy**, as a bad camera gives them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four lines in pairs: clean first, then messy. Before running it, **Ask** for a bet on both
# tests. **Usual mistake:** promising a gain everywhere; on images as clean as the training ones it is small
# or nothing. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
few_images, few_labels = images[:150], one_hot[:150]
more_images, more_labels = augmented(few_images, few_labels, changes, copies=9, seed=0)
wide = {"units": [64], "learning_rate": 0.003}
plain = train_digits(few_images, few_labels, epochs=200, **wide)
enriched = train_digits(more_images, more_labels, epochs=20, **wide)

# %%
rng = np.random.default_rng(3)
messy = np.array([  # each validation image in four messy versions
    change(image.reshape(8, 8), rng).ravel() for change in changes.values() for image in val_images
])
views = {"clean": (val_images, val_labels), "messy": (messy, np.tile(val_labels, 4))}
right = {}
for name, reader in [("plain", plain), ("augmented", enriched)]:
    for view, (X, y) in views.items():
        right[name, view] = 1 - fraction_wrong(reader, X, y)
        print(f"{name} network, {view} images: ≈ {100 * right[name, view]:.0f} % right")
print("augmentation helps on messy images:", right["augmented", "messy"] > right["plain", "messy"])

# %% [markdown] slideshow={"slide_type": "skip"}
# Where new images are as clean as the training ones, there is little to gain, and perhaps a little to lose; where they are messier,
# augmentation helps: above all here, where the messy images are changed in the same ways as the augmented ones. Whole new
# images can come from **generative models** (生成模型): variational autoencoders, generative adversarial networks,
# diffusion models. They too must not be trained on validation or test images.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## With very little data
#
# 60 wines only. What then?
#
# - a smaller model: fewer layers, down to none;
# - fewer inputs: those that go most with the target, chosen anew among the wines of each training;
# - **K-fold** cross-validation (K 折交叉驗證): each of K equal folds is the validation set once, so that every wine is used for
#   both.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the ± behind each mean: it is about as large as the distance between the rivals. **Ask:** how
# sure is a score measured on 12 wines? **Usual mistake:** trusting one split of a small table.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from sklearn.model_selection import KFold

from lessons_lib.lessons.overfitting.few_rows import small_network_error

rivals = {  # hidden layers, number of inputs
    "three layers of 64, 11 inputs": ((64, 64, 64), 11),
    "no hidden layer, 11 inputs": ((), 11),
    "no hidden layer, 3 inputs": ((), 3),
}


def strongest(rows, count):
    """The inputs that go most with quality in these rows."""
    return list(rows.corr()["quality"].drop("quality").abs().nlargest(count).index)

# %% slideshow={"slide_type": "skip"}
def error(rival, learn, judge):
    """Train the rival on some wines; return its mean absolute error on others."""
    units, count = rivals[rival]
    kept = [*strongest(learn, count), "quality"]  # chosen among the wines that it learns from
    return small_network_error(units, learn[kept], judge[kept], target="quality")

# %%
draws = [train.sample(60, random_state=seed) for seed in range(5)]
sixty, elsewhere = draws[0], {}
folds = list(KFold(5, shuffle=True, random_state=0).split(sixty))
for name in rivals:
    five = [error(name, sixty.iloc[learn], sixty.iloc[judge]) for learn, judge in folds]
    elsewhere[name] = np.mean([error(name, draw, val) for draw in draws])
    print(f"{name}: ≈ {np.mean(five):.2f} ± ≈ {np.std(five):.2f} in the folds, "
          f"≈ {elsewhere[name]:.2f} on the validation set (mean of five draws)")
deep, _, few_inputs = elsewhere.values()
print("few inputs and no hidden layer beat three layers:", bool(few_inputs < deep))

# %% [markdown] slideshow={"slide_type": "skip"}
# Look at the ±, too: it is the spread (standard deviation) of the five scores. Each was measured on 12 wines, so none of them is
# worth much alone. Their mean is worth more, but it is not sure either: the five trainings share most of their wines. Compare rivals
# on the *same* folds, as here.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Six diagnoses
#
# Six trainings on the same kind of data, from 20 to 400 noisy points. The dotted line is what is achievable on new data: the noise.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the pictures one by one and let the class vote with the chart of this lesson. Each time, **Ask**
# first: has the training loss come down to the dotted line? (In A, E and F. In B, C and D it has not: there
# the training itself is to be mended first.) **Usual mistake:** "it is overfitting", said of a model that
# underfits. **Time:** 10 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
fig, axes = plt.subplots(2, 3, figsize=(10, 5), layout="constrained")
cases = [
    pictures.case_curves(ax, curves(name), title=f"Case {name}").sentence
    for ax, name in zip(axes.flat, "ABCDEF", strict=True)
]
lines = axes[0, 0].get_legend_handles_labels()
_ = fig.legend(*lines, loc="outside lower center", ncols=3)
print(f"{len(cases)} cases: training and validation loss, step by step, and the noise")

# %% [markdown] slideshow={"slide_type": "skip"}
# The same in words, for those who cannot see the curves well:

# %% slideshow={"slide_type": "skip"}
print(*cases, sep="\n")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:six_diagnoses"]
# ### Your turn: `six_diagnoses`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the seven words, then go back to the pictures. **Ask:** for which case did you disagree, and what
# settles it? (Where the training loss ends; then when the two curves separate.) **Usual mistake:** taking F
# for overfitting: its training loss is on the dotted line, not below it. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:six_diagnoses"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Open the envelope
#
# All trainings are over. First the **validation set** chooses one of the networks of this lesson. Then the sealed wines
# say, once, how good it is.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the name that was chosen, and let the class bet on its test error before the next slide opens
# the envelope: better or worse than on the validation set? (Worse is likelier: it was chosen because it did well there.)
# **Ask:** what may we still change after this look? (Nothing; or we need a new envelope.) **Usual mistake:**
# looking, changing something, looking again. **Time:** 4 minutes.
#
# </details>

# %%
candidates = {name: (network, standard) for name, network in networks.items()}
candidates |= {"early stopping": (stopped, standard), "512-512-512-1": (model, scale)}


def misses(name, wines):
    """How far off the network is on each of the wines."""
    network, scaler = candidates[name]
    guesses = network.predict(scaler(wines[columns].to_numpy("float32")), verbose=0)[:, 0]
    return np.abs(guesses - wines["quality"].to_numpy())


on_validation = {name: misses(name, val).mean() for name in candidates}
chosen = min(on_validation, key=on_validation.get)
print("chosen, for the lowest error here:", chosen)
print(f"its error on the validation set: ≈ {on_validation[chosen]:.3f} quality points")

# %% slideshow={"slide_type": "subslide"}
y_test = sealed["quality"].to_numpy()
judged = {
    "always the median": np.abs(np.median(y_train) - y_test),
    "random forest": np.abs(forest.predict(scale(sealed[columns].to_numpy("float32"))) - y_test),
    "the chosen network": misses(chosen, sealed),
}
print("mean errors on the sealed wines:")
judged["forest − network, wine by wine"] = judged["random forest"] - judged["the chosen network"]
for name, off in judged.items():
    print(f"{name}: ≈ {off.mean():.3f} ± ≈ {off.std() / len(off) ** 0.5:.3f} quality points")
most = max(judged[name].mean() for name in ("random forest", "the chosen network"))
print("forest and network beat the median:", bool(most < judged["always the median"].mean()))

# %% [markdown] slideshow={"slide_type": "skip"}
# What one look means:
#
# - **This** is the number for the wine grower. The validation error of the chosen network was the lowest of several, so luck
#   had a part in it; the test set has chosen nothing.
# - It has a ±: the standard error of a mean over so few wines. Look at the difference between forest and network: where it is
#   nearer to 0 than about twice its own ±, this test set does not tell the two apart.
# - There is no second look. If you now change something because of what you saw, the test set has become a second validation
#   set, and you need a new envelope.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:find_leaks"]
# ### Your turn: `find_leaks`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the eight steps, and let the class raise a hand at each one that is not clean. **Ask** at every step: which rows have
# a say here, and may they? **Usual mistake:** taking step 7 for a leak; choosing when to stop is what the
# validation set is for. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:find_leaks"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The clinic: two networks to save
#
# Two more sick networks. Look first, at the curves and at what is turned on; then turn one knob at a time. A
# network is saved when its goal is reached, and then wants to be **named**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the chart of this lesson once more, before the first case is brought in. **Ask:** which two questions are asked, and in
# which order? **Usual mistake:** turning before looking. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 7
#
# 40 noisy points of a curve, two hidden layers of 32 units. In grey: 600 updates in which hardly anything has moved.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two grey curves, one upon the other, and the first updates of a new run. **Ask:** is the training error near what is
# achievable? So which of the chart's two lists is it, and which knobs of the other list are turned up? **Usual mistake:** other units, or
# longer steps.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Look first. Then turn, and Play.
from lessons_lib.lessons.overfitting import patients

case_7 = patients.patient_7()
case_7.start_over(after=600)  # what it does by itself, in grey
case_7

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_7"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_7"]

# %% [markdown] slideshow={"slide_type": "skip"}
# What was wrong here you will have seen from the chart's first question: the training error was no better than the other one. So nothing of
# the second list could help it, and something of that list was what it suffered from.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 8
#
# It learns rents from six columns of a table. On the left its losses, on the right what it says of each contract, over the
# rent. It looks as healthy as a network can look.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey dashed curve near 0; then *Play*, and the dots come to lie on the diagonal. **Ask:** would you buy this network? Which of the six columns does
# one know before a flat is let? **Usual mistake:** looking for what is wrong in the network; it is in the table.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Its validation loss is the best in town. Play, and switch columns off and on.
case_8 = patients.patient_8()
case_8.start_over(after=600)  # what it does by itself, in grey
case_8

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_8"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_8"]

# %% [markdown] slideshow={"slide_type": "skip"}
# No curve shows this, for training and validation set both come from the same table. What shows it is a score that is too good to be
# true, and the question that finds it is asked of each column: **is it known at the moment at which the answer is wanted?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Read, remove twins, seal a test set, split, look, scale with the training set, check the first loss, train, **compare**; at
#   the end open the test set, once.
# - Diagnosis first: a training error far above what is achievable is bias. Then the gap to validation: that is variance.
# - Remedies against bias: another learning rate, optimizer or activation, a bigger model. Against variance: more data, early
#   stopping (stop, and go back to the best step), L1 and L2, dropout, a smaller model.
# - Batch normalisation steadies and speeds up deep networks.
# - With little data: few inputs, small models, K-fold.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list only after the class has answered. **Ask** for the two questions of the chart, in order;
# then for one remedy against each diagnosis. **Usual mistake:** the wrong order. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Numbers first, then letters in quotes, each in the place of the dots. Wrong answers tell you what they stand for.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_pull"]
# **L1 against L2.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_pull"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_single_wine"]
# **One single wine.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_single_wine"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_more_data"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_dropout"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_augmentation"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | CSV | 逗號分隔值 | a table as text, one row a line |
# | correlation | 相關係數 | how much two columns go together, −1 to 1 |
# | leak | 資料洩漏 | the model has seen what it is judged on |
# | training set, validation set | 訓練集、驗證集 | to learn from; to choose with |
# | test set | 測試集 | sealed; opened once, at the end |
# | learning curve | 學習曲線 | the loss on a set, epoch by epoch |
# | nearest neighbour | 最近鄰 | answers with the most similar row it remembers |
# | min-max scaling | 最小最大正規化 | to the range 0 to 1 |
# | standardising | 標準化 | to mean 0 and standard deviation 1 |
# | random forest | 隨機森林 | many trees of yes-or-no questions, averaged |
# | median | 中位數 | half lie below it; the best constant guess for the mean absolute error |
# | degree | 次數 | the highest power in a polynomial |
# | underfitting | 乏適 | bad on what it was trained on |
# | overfitting | 過適 | good on that, bad on anything new |
# | bias (of an estimator) | 偏誤 | distance of its mean answer from the truth |
# | variance | 變異數 | spread of its answers over training sets |
# | capacity | 模型容量 | how many different functions a model can represent |
# | early stopping | 提前停止 | end when validation no longer improves |
# | patience | 耐心值 | epochs in a row without improvement, then stop |
# | callback | 回呼 | what Keras calls after each epoch |
# | L1 penalty, L2 penalty | L1 正則化、L2 正則化 | weights pay for their size: sparse, or small |
# | regularisation | 正則化 | remedies that keep a model from learning noise |
# | dropout | 丟棄法 | units are off at random in each training step |
# | inverted dropout | 反轉丟棄法 | divide by 1 − rate in training, nothing at test time |
# | ensemble | 集成 | many models answer together |
# | batch normalisation | 批次正規化 | mean 0, spread 1 in each batch, then γ and β |
# | moving average | 移動平均 | a mean that slowly forgets |
# | data augmentation | 資料增強 | changed copies whose label stays true |
# | generative model | 生成模型 | makes new data like those it saw |
# | K-fold cross-validation | K 折交叉驗證 | each fold is the validation set once |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** in [lesson 6](06_classification.ipynb) the answer is a class and not a number. What should a network lose when it is sure, and wrong?
