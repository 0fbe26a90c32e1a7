# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 6 · Classification
#
# Benign or malignant, a 4 or a 9: a network that chooses, says how sure it is, and is sometimes sure and wrong.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing yet; write two columns on the board, *false alarm* and *miss*. **Ask:** when did a
# machine last put you or your message into the wrong drawer, and what did it cost? Sort the answers into
# the columns. **Usual mistake:** counting all mistakes alike. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - say where cross-entropy comes from, and why neither accuracy nor the squared error takes its place;
# - train a classifier on real data, for two classes and for ten;
# - choose a threshold by what mistakes cost, and read a confusion matrix, precision, recall, F1 and a ROC curve;
# - see through a high accuracy on unbalanced classes;
# - measure whether a network's confidence can be trusted;
# - look at mistakes and decide which of them is worth mending.
#
# Plan 75 to 90 minutes for reading, dragging and the exercises. All cells together run in about 45 seconds.
#
# Wherever you see `...`, it is your turn; `hint.<name>()` helps a little, again and again.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from lessons_lib import datasets, nn, optimizers, panels, plots
from lessons_lib.lessons.classification import check, hint, pictures, progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Which probability fits the facts?
#
# Ten patients, seven recover. **Classification** (分類) asks for a probability $p$. Under a given $p$, these ten
# results together have the probability
#
# $$p \cdot p \cdot (1-p) \cdot p \cdots = p^7 (1-p)^3$$
#
# the **likelihood** (概似度) of what happened. The best $p$ makes it as large as possible.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the top of the left hill and the lowest point of the right valley lie at the same p, 0.7.
# Before dragging, **Ask:** which p would you bet on? **Usual mistake:** reading the height of the left
# curve as a probability of p. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag p until the likelihood is as large as it gets.
labels = np.array([1, 1, 0, 1, 1, 0, 1, 1, 1, 0])
hills = [partial(draw, y=labels) for draw in (pictures.likelihood, pictures.label_loss)]
panels.explore(*hills, p=panels.Slider(0.05, 0.95, 0.5, step=0.01))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From likelihood to cross-entropy
#
# Products of many small numbers vanish, so take the (natural) logarithm. Turn the sign, so that small is good. Take the mean
# over the $m$ samples, each with its own label $y_i$ and its own $p_i$:
#
# $$L = -\frac1m \sum_i \left[\, y_i \log p_i + (1-y_i) \log(1-p_i) \,\right]$$
#
# This is the **binary cross-entropy** (二元交叉熵). Largest likelihood and smallest cross-entropy are the same wish.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** with a finger that y picks one of the two terms: the one that came true. In words: the mean of
# −log of the probability given to the truth. **Ask:** what does a sample cost that was given 1, and one
# that was given nearly 0? (Nothing; without limit.) **Usual mistake:** forgetting that samples with y = 0
# count too. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
y_few = np.array([1, 0, 1, 1])
p_few = np.array([0.9, 0.2, 0.6, 0.7])
of_the_truth = np.where(y_few == 1, p_few, 1 - p_few)
print("probability given to what came true:", of_the_truth)
print(f"likelihood, their product:    {np.prod(of_the_truth):.4f}")
print(f"cross-entropy, mean of −log:  {np.mean(-np.log(of_the_truth)):.4f}")
print(f"−log(likelihood) / 4:         {-np.log(np.prod(of_the_truth)) / 4:.4f}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:binary_crossentropy"]
# ### Your turn: `binary_crossentropy`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the labels 1, 0, 1, 1 and the probabilities 0.9, 0.2, 0.6, 0.7 of the cell above: the call
# returns 0.299. **Ask:** the second sample got 0.2; which probability was given to what came true?
# **Usual mistake:** leaving out the samples with y = 0. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:binary_crossentropy"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why not accuracy, why not MSE?
#
# **Accuracy** (準確率), the share of right answers, is what we want in the end. The squared error we know. Both are
# poor *teachers*: look at the slope $\frac{dL}{dz}$ that reaches the weights, where $p = \sigma(z)$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** p = 0.01 with y = 1: sure and wrong. Left, cross-entropy climbs out of the picture; right, its
# slope is nearly −1, and the squared error's is nearly 0. **Ask:** what does accuracy's slope say at any p?
# (Nothing.) **Usual mistake:** looking at the height of the loss instead of its slope. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag p to 0.01: the truth is 1, so the neuron is sure and wrong. Which loss still pulls?
chance = panels.Slider(0.01, 0.99, 0.3, step=0.01)
truth = panels.Choice((1, 0), label="truth y")
panels.explore(pictures.loss_of_probability, pictures.slope_of_loss, p=chance, y=truth)

# %% [markdown] slideshow={"slide_type": "skip"}
# - The **counted error**, 1 for a wrong answer and 0 for a right one, is what accuracy counts. It is flat: a tiny change
#   of a weight changes no answer, so nothing says which way to go.
# - The **squared error** goes flat at both ends. Its slope is $2(p-y)\,p(1-p)$, and $p(1-p)$ is nearly 0 where the
#   neuron is sure, *also when it is wrong*.
# - **Cross-entropy** has the slope $p - y$: the error itself. The more wrong, the harder it pulls.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:loss_slopes"]
# ### Your turn: `loss_slopes`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the starter has two gaps, one for each loss. Write the chain rule on the board, one factor
# at a time. **Ask:** what can be cancelled in the case of cross-entropy, and what in the other?
# **Usual mistake:** stopping at dL/dp: the sigmoid's own slope is missing. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:loss_slopes"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then run
#
# A neuron is sure and wrong. How long does each loss need to wake it up?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question only, with its four answers. **Ask** for hands, answer by answer: where is p after a
# hundred steps, with each loss? **Usual mistake:** "a hundred steps with a learning rate of 1 are plenty."
# **Time:** 3 minutes.
#
# </details>

# %% tags=["exercise:surely_wrong"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The experiment

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that only one line differs between the two runs. **Ask:** how many steps would the squared error
# need? (Try it: about fifteen hundred.) **Usual mistake:** thinking that a larger learning rate is the
# cure; it helps here and blows up elsewhere. **Time:** 3 minutes.
#
# </details>

# %%
slopes = {
    "cross-entropy": lambda p: p - 1,
    "squared error": lambda p: 2 * (p - 1) * p * (1 - p),
}
for name, slope in slopes.items():
    z = -8.0  # the label is 1, and the neuron says σ(−8) = 0.0003
    for _ in range(100):
        z -= 1.0 * slope(nn.sigmoid(z))
    print(f"{name}: after 100 steps p = {float(nn.sigmoid(z)):.2f}")

# %% slideshow={"slide_type": "skip"}
reveal.surely_wrong()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A border that bends, live
#
# Two half moons, cross-entropy, a few hidden units: the border is where the network says exactly one half.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Reset*, then *Play*. Drag the width down to 1: what is left is one straight line. **Ask:** what
# do the pale colours along the border say? (The network is unsure there, and it is right to be.)
# **Usual mistake:** taking a sharper border for a better one. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras


def network(n_inputs, hidden, outputs, activation):
    """Return a Keras network; hidden lists the units of its hidden layers."""
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(outputs, activation=activation))
    return model


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Reset, then Play. Drag the width to 1 and back.
keras.utils.set_random_seed(1)
moon_model = network(2, [16], 1, "sigmoid")
moon_model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
moon_panel = panels.live(moon_model, *datasets.make_moons(250, seed=0), views=("boundary", "curves"))
_ = moon_panel.step(600)
moon_panel

# %% slideshow={"slide_type": "skip"}
moon_points, moon_classes = datasets.make_moons(500, seed=1)  # others than those of the training
moon_said = np.ravel(moon_panel.trainer.predict(moon_points)) > 0.5
print("more than 95 % of 500 new points are right:", bool(np.mean(moon_said == moon_classes) > 0.95))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A real question: is it malignant?
#
# 569 breast tumours; of the cell nuclei of each, 30 measurements under the microscope (Wolberg et al., 1995). What we
# look for, *malignant*, is class 1.
#
# Half of the tumours are for **training**, a quarter for **validation** (驗證: choices, such as the threshold), a
# quarter for a final **test** (測試), touched once. The split is **stratified** (分層抽樣): each part gets the same share of
# malignant ones.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three sizes, and the 37 % malignant that is the same in each part. **Ask:** why three parts?
# (A number that was used to choose is too good to be true.) **Usual mistake:** computing the scaling on all
# rows. **Time:** 4 minutes.
#
# </details>

# %%
tumours = datasets.load_breast_cancer()
malignant = 1 - tumours.y
split = partial(datasets.train_val_split, val_fraction=0.5, seed=3, stratify=True)
X_train, X_rest, y_train, y_rest = split(tumours.X, malignant)
X_val, X_test, y_val, y_test = split(X_rest, y_rest)
scale = datasets.standardize(X_train)
print("training, validation, test:", len(X_train), len(X_val), len(X_test))
print("malignant in each:", *(f"{part.mean():.0%}" for part in (y_train, y_val, y_test)))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:tumour_model"]
# ### Your turn: `tumour_model`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the model is to be built *and* compiled; nothing is trained here. Before anyone types,
# **Ask:** how many outputs does a yes-or-no question need, and between which numbers must they lie?
# **Usual mistake:** no sigmoid at the end, so that the output is no probability. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:tumour_model"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From build to test, in Keras

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** loss and metric side by side: one is for the optimizer, the other for us. **Ask:** what does the
# mean label tell about the baseline? (Always saying benign is right for 63 %.) **Usual mistake:**
# celebrating 90 % before looking at the baseline. **Time:** 5 minutes.
#
# </details>

# %%
keras.utils.set_random_seed(0)
detector = network(30, [16], 1, "sigmoid")
adam = keras.optimizers.Adam(0.003)
detector.compile(optimizer=adam, loss="binary_crossentropy", metrics=["binary_accuracy"])
history = detector.fit(scale(X_train), y_train, epochs=25, batch_size=32, verbose=0,
                       validation_data=(scale(X_val), y_val)).history
p_val = detector.predict(scale(X_val), verbose=0)[:, 0]
print("the training loss fell:", history["loss"][-1] < 0.5 * history["loss"][0])
print(f"accuracy on the validation part ≈ {history['val_binary_accuracy'][-1]:.3f}")

# %% slideshow={"slide_type": "skip"}
fig, ax = plt.subplots(figsize=(8, 3.2))
_ = plots.learning_curves(ax, history, quantity="binary_accuracy")
baseline = max(y_val.mean(), 1 - y_val.mean())
print(f"always saying benign: {baseline:.2f}")
val_accuracy = history["val_binary_accuracy"][-1]
print("the network beats that by more than 0.2:", bool(val_accuracy > baseline + 0.2))

# %% [markdown] slideshow={"slide_type": "skip"}
# A table of 569 rows is home ground for classical models. **Logistic regression** (邏輯迴歸) is one sigmoid neuron
# without hidden layers. Scikit-learn finds its best weights, with a light L2 penalty:

# %% slideshow={"slide_type": "skip"}
classical = LogisticRegression(max_iter=1000).fit(scale(X_train), y_train)
classical_accuracy = classical.score(scale(X_val), y_val)
print(f"logistic regression ≈ {classical_accuracy:.3f}, the network ≈ {val_accuracy:.3f}")
print("they are within five points:", bool(abs(classical_accuracy - val_accuracy) < 0.05))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The threshold is your decision
#
# The network gives a probability. *You* decide from which **threshold** (門檻) on to call it malignant. Missing a tumour
# and alarming a healthy person are different mistakes, with different costs.
#
# - **precision** (精確率): of those called malignant, how many are?
# - **recall** (召回率): of the malignant, how many are called so?
# - **F1**: their harmonic mean, $2PR/(P+R)$; near the smaller one.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three words on a 2 × 2 table on the board: precision divides by the column of those *called*
# malignant, recall by the row of those that *are*. **Ask:** which is worse here, a false alarm or a miss?
# How many false alarms is a miss worth? Set that number before touching the threshold. **Usual mistake:**
# mixing up precision and recall. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Everything moves with the threshold
#
# The **confusion matrix** (混淆矩陣) counts the four cases. The **ROC curve** (接收者操作特徵曲線) shows all thresholds at once:
# upwards the recall, to the right the share of the benign that are called malignant.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two ends first: at 0.01 hardly a tumour is missed, at many false alarms; at 0.99 it is the
# reverse. Then set the cost of a miss to 1 and to 50. **Ask:** to which side does the lowest point of the
# dotted curve move, and why? (To lower thresholds: a dear miss is worth many alarms.) **Usual mistake:**
# believing that the threshold belongs at one half. **Time:** 8 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# First say what a miss costs, in false alarms. Then look for the threshold with the lowest cost.
matrix = partial(pictures.confusion_matrix, y=y_val, p=p_val, classes=("benign", "malignant"))
others = [partial(draw, y=y_val, p=p_val) for draw in (pictures.threshold_scores, pictures.roc_curve)]
sliders = {"threshold": panels.Slider(0.01, 0.99, 0.5, step=0.01), "miss_cost": panels.Slider(1, 50, 10)}
panels.explore(matrix, *others, size=(9.6, 3.5), **sliders)

# %% [markdown] slideshow={"slide_type": "skip"}
# Try this:
#
# 1. Lower the threshold as far as it goes. How many more are found, and how many false alarms does that cost?
#    (One tumour may still be missed: of that one the network is sure, and wrong.)
# 2. Set the cost of a miss to 1, then to 50. Where is the lowest point of the dotted curve in each case?
# 3. Watch the point on the ROC curve (receiver operating characteristic): it walks along the curve and
#    never leaves it. Only a better model moves the curve.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:precision_recall_f1"]
# ### Your turn: `precision_recall_f1`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a 2 × 2 table with 3 found, 1 false alarm, 2 missed, 4 right: the call returns 0.75, 0.6 and
# 0.67. **Ask:** by which of these counts do you divide in each case, and what if that is 0?
# **Usual mistake:** precision and recall the wrong way round; and next, 0 divided by 0.
# **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:precision_recall_f1"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The reference: scikit-learn
#
# **AUC** (曲線下面積), the area under the ROC curve, has a plain meaning: take one malignant and one benign tumour at random; how often
# does the malignant one get the higher probability? (Hanley & McNeil, 1982)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that all pairs can simply be compared: one line of NumPy. **Ask:** what is the AUC of guessing?
# (One half.) **Usual mistake:** reading an AUC as an accuracy. **Time:** 4 minutes.
#
# </details>

# %%
yes, no = p_val[y_val == 1], p_val[y_val == 0]
pairs = np.mean(yes[:, None] > no[None, :]) + 0.5 * np.mean(yes[:, None] == no[None, :])
print("pairs agree with roc_auc_score:", np.isclose(pairs, metrics.roc_auc_score(y_val, p_val)))
said = p_val >= 0.5
found = np.sum(said & (y_val == 1))
precision, recall = found / said.sum(), found / y_val.sum()
print("precision agrees:", np.isclose(precision, metrics.precision_score(y_val, said)))
print("recall agrees:   ", np.isclose(recall, metrics.recall_score(y_val, said)))
print("F1 agrees:       ", np.isclose(2 * precision * recall / (precision + recall),
                                      metrics.f1_score(y_val, said)))

# %% [markdown] slideshow={"slide_type": "skip"}
# Now the threshold: chosen on the validation part for a miss that costs ten false alarms, then used once on the test part.

# %% slideshow={"slide_type": "skip"}
def cost(y, p, threshold, miss_cost=10):
    """Return false alarms plus miss_cost times the missed."""
    called = p >= threshold
    return np.sum(called & (y == 0)) + miss_cost * np.sum(~called & (y == 1))


thresholds = np.linspace(0.01, 0.99, 99)
best = thresholds[np.argmin([cost(y_val, p_val, place) for place in thresholds])]
p_test = detector.predict(scale(X_test), verbose=0)[:, 0]
print(f"cheapest threshold on the validation part ≈ {best:.2f}, and it is below one half:", bool(best < 0.5))
print(f"cost on the test part: at one half ≈ {cost(y_test, p_test, 0.5)}, there ≈ {cost(y_test, p_test, best)}")
print(f"test accuracy at one half ≈ {np.mean((p_test >= 0.5) == y_test):.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Was it worth it? On a part this small luck is large: one miss more or less moves the cost by ten. That is what the test
# part is for. It tells what to expect, and it is not asked again until we like the answer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When one class is rare
#
# 3,060 points, and only 60 of them belong to class 1: an **unbalanced** (不平衡) set. Always saying *no* is right for 98
# per cent of them, and finds nothing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed line: accuracy 0.980, and not one found. **Ask:** an advert says "98 % accurate".
# What do you ask? (How rare is it, and how many of the rare ones are found?) **Usual mistake:** comparing
# accuracies of two detectors of something rare. **Time:** 3 minutes.
#
# </details>

# %%
def rare_set(seed, common=3000, rare=60):
    """Return points of two clouds that overlap, with few of class 1."""
    points, classes = datasets.make_gaussians(2 * common, noise=0.8, seed=seed)
    rows = np.r_[np.flatnonzero(classes == 0), np.flatnonzero(classes == 1)[:rare]]
    return points[rows], classes[rows]


X_rare, y_rare = rare_set(seed=1)
X_new, y_new = rare_set(seed=2)
print(f"always no: accuracy {np.mean(y_new == 0):.3f}, recall {0:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# One remedy is to let each sample of the rare class count for more: its loss is multiplied by a **weight**. How large should
# the weights be?

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:class_weights"]
# ### Your turn: `class_weights`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the call returns a dict: eight samples of class 0 and two of class 1 give
# `{0: 0.625, 1: 2.5}`. **Ask:** 98 of one class and 2 of the other; what must the two together weigh, if
# both classes are to weigh alike? (As much as the 98: half of the whole.) **Usual mistake:** weights that
# balance the classes but make the whole loss larger or tiny. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:class_weights"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Class weights
#
# `class_weight` (類別權重) multiplies the loss of each sample by the weight of its class. Here both classes get the same
# total weight.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table line by line. Accuracy *falls* with class weights, recall rises by far, and AUC stays.
# **Ask:** what has the network learnt that it did not know before? (Nothing: the weights moved the
# threshold, not the knowledge.) **Usual mistake:** calling that "a better model". **Time:** 5 minutes.
#
# </details>

# %%
counts = np.bincount(y_rare.astype(int))
weights = {kind: len(y_rare) / (2 * count) for kind, count in enumerate(counts.tolist())}
p_new = {}
for name, weight in [("plain", None), ("class weights", weights)]:
    keras.utils.set_random_seed(0)
    model = network(2, [8], 1, "sigmoid")
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(X_rare, y_rare, epochs=10, batch_size=64, class_weight=weight, verbose=0)
    p_new[name] = model.predict(X_new, verbose=0)[:, 0]

# %% slideshow={"slide_type": "subslide"}
# The same two networks, seen by five measures.
table = {}
for name, p in p_new.items():
    scores = metrics.precision_recall_fscore_support(y_new, p >= 0.5, average="binary")[:3]
    table[name] = [np.mean((p >= 0.5) == y_new), *scores, metrics.roc_auc_score(y_new, p)]
    words = ("accuracy", "precision", "recall", "F1", "AUC")
    print(f"{name:13}", "  ".join(f"{w} ≈ {v:.2f}" for w, v in zip(words, table[name], strict=True)))
plain, weighted = table.values()
print("with class weights accuracy falls:", bool(weighted[0] < plain[0]))
print("and recall rises by more than 0.3:", bool(weighted[2] > plain[2] + 0.3))
print("AUC stays within 0.02:            ", bool(abs(weighted[4] - plain[4]) < 0.02))

# %% [markdown] slideshow={"slide_type": "skip"}
# Which network is better? Neither. The AUC is the same, so both rank the points alike; class weights only moved the
# operating point, as a lower threshold would have done. **Balanced** classes: accuracy and AUC say enough.
# **Unbalanced** ones: look at precision, recall and F1 of the rare class, and decide by the costs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## More than two classes
#
# One output for each class, and **softmax** makes them probabilities: $p_k = e^{z_k} / \sum_j e^{z_j}$. The loss asks
# only how probable the true class was:
#
# $$L = -\sum_k y_k \log p_k \qquad\qquad \frac{dL}{dz_k} = p_k - y_k$$
#
# This is **categorical cross-entropy** (類別交叉熵); $y$ is 1 for the true class and 0 elsewhere, **one-hot** (獨熱編碼). With
# no hidden layer it is **softmax regression** (softmax 迴歸).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that y picks one term of the sum. **Ask:** where have we seen p − y before? (With the sigmoid:
# the same slope.) **Usual mistake:** ten sigmoids for ten classes that exclude each other.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
z = np.array([2.0, 0.5, -1.0])  # three scores; the true class is number 1, counted from 0
one_hot = np.array([0.0, 1.0, 0.0])
p = nn.softmax(z[None])[0]


def loss_of(scores):
    """Return the cross-entropy for these scores; the true class is number 1."""
    return float(-np.log(nn.softmax(scores[None])[0, 1]))


print("softmax:          ", p.round(3), "with the sum", p.sum().round(6))
print("p − y:            ", (p - one_hot).round(3))
print("measured gradient:", nn.numerical_gradient(loss_of, z).round(3))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:softmax_gradients"]
# ### Your turn: `softmax_gradients`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shapes on the board: (n, features) and (n, classes) are given; dW is (features, classes), db
# is (classes,). **Ask:** which product of the two arrays has the shape of W, and which axis must vanish for
# db? **Usual mistake:** forgetting that L is a mean: both are too large by the number of samples.
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:softmax_gradients"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Softmax regression by hand
#
# Two lines of gradient, two lines of update: that is the whole training.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the borders are straight lines and meet in a point. **Ask:** what would it take to bend
# them? (A hidden layer.) **Usual mistake:** expecting three separate yes-or-no lines; each border is where
# two classes are equally probable. **Time:** 4 minutes.
#
# </details>

# %%
X_three, y_three = datasets.make_gaussians(240, noise=0.45, seed=4, classes=3)
Y_three = np.eye(3)[y_three.astype(int)]
W, b = np.zeros((2, 3)), np.zeros(3)
for _ in range(300):
    dZ = (nn.softmax(X_three @ W + b) - Y_three) / len(X_three)
    W -= 1.0 * X_three.T @ dZ
    b -= 1.0 * dZ.sum(axis=0)

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(6, 3.6))
_ = plots.class_regions(ax, lambda X: nn.softmax(X @ W + b), X_three, y_three)
print("more than 85 % in their regions:", bool(np.mean((X_three @ W + b).argmax(1) == y_three) > 0.85))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three classes, live
#
# With hidden layers before the softmax, the borders bend. Three spirals, three colours; pale means unsure. (The loss is
# called *sparse* because the labels come as 0, 1, 2 and not one-hot.)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Reset* and *Play*: first three pieces of cake, then the arms. Drag the width down to 3. **Ask:**
# where is the network unsure, and where is it sure without any point near? **Usual mistake:** trusting the
# strong colours in the empty corners; keep that in mind for later. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Reset, then Play. What happens first, and what last?
keras.utils.set_random_seed(2)
spiral_model = network(2, [24, 24], 3, "softmax")
spiral_model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
spirals = datasets.make_spirals(300, seed=0, classes=3)
spiral_panel = panels.live(spiral_model, *spirals, views=("boundary", "curves"))
_ = spiral_panel.step(1500)
spiral_panel

# %% slideshow={"slide_type": "skip"}
spiral_points, spiral_classes = datasets.make_spirals(600, seed=5, classes=3)
spiral_said = spiral_panel.trainer.predict(spiral_points).argmax(axis=1)
print("more than 90 % of 600 new points are right:", bool(np.mean(spiral_said == spiral_classes) > 0.9))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ten classes: handwritten digits
#
# MNIST: 70,000 digits of 28×28 pixels (LeCun et al., 1998). Where it cannot be downloaded, 1,797 digits of 8×8
# pixels that ship with scikit-learn take its place. Each pixel is one input, so the *picture* becomes a row of numbers.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the row of one of each, and the line that says which data came: MNIST or the small stand-in.
# **Ask:** which two digits will be mixed up most? Write the bets down; error analysis will settle them.
# **Usual mistake:** thinking that the network sees neighbouring pixels as neighbours. A dense layer does
# not: convolution does. **Time:** 3 minutes.
#
# </details>

# %%
digits = datasets.fetch_mnist()
X_digits, y_digits = digits.X_train[:2000], digits.y_train[:2000]
X_exam, y_exam = digits.X_test[:1000], digits.y_test[:1000]
Y_digits, Y_exam = np.eye(10)[y_digits], np.eye(10)[y_exam]
height, width = digits.image_shape
print("one-hot:", Y_digits.shape[1], "columns, and every row sums to 1:", bool((Y_digits.sum(1) == 1).all()))

# %% slideshow={"slide_type": "subslide"}
# One of each digit.
firsts = [np.flatnonzero(y_digits == digit)[0] for digit in range(10)]
fig, ax = plt.subplots(figsize=(9.5, 1.6))
_ = plots.image_row(ax, {f"{y_digits[i]}": X_digits[i].reshape(height, width) for i in firsts})

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:digit_parameters"]
# ### Your turn: `digit_parameters`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four sizes on the board, 784-500-500-10; one whole number is wanted. **Ask:** how many
# numbers does one unit of the first hidden layer hold? (784 weights and a bias.) **Usual mistake:** leaving
# out the biases, or the 500 · 500 between the hidden layers. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:digit_parameters"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The classic: 784-500-500-10
#
# `compile`, `fit`, `evaluate`, `predict`: four verbs, and digits are read. (Of 8×8 pixels there are 64 inputs, in place
# of 784.)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that of the network's four numbers only the two 500s were decided by us. **Ask:** which of the
# four verbs sees the test images? (evaluate and predict only.) **Usual mistake:** a sigmoid at the end,
# from habit. **Time:** 5 minutes.
#
# </details>

# %%
keras.utils.set_random_seed(0)
reader = network(height * width, [500, 500], 10, "softmax")
reader.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
reader.fit(X_digits, Y_digits, epochs=8, batch_size=32, verbose=0)
exam_loss, exam_accuracy = reader.evaluate(X_exam, Y_exam, verbose=0)
p_exam = reader.predict(X_exam, verbose=0)
print(f"accuracy on new images ≈ {exam_accuracy:.3f}, above 0.8:", exam_accuracy > 0.8)
print("predict gives ten probabilities for each image:", p_exam.shape[1])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### MSE against cross-entropy
#
# The same network, the same start, the same plain gradient descent. Only the loss differs. And once more MSE, with
# Adam.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the last line, which is the honest one: a good optimizer repairs much of what a poor loss spoils.
# Before running it, **Ask** for a guess at the three accuracies. **Usual mistake:** concluding that MSE
# "cannot" classify. **Time:** 4 minutes.
#
# </details>

# %%
runs = {}
for name, loss, optimizer in [("cross-entropy, SGD", "categorical_crossentropy", "sgd"),
                              ("MSE, SGD", "mse", "sgd"), ("MSE, Adam", "mse", "adam")]:
    keras.utils.set_random_seed(0)
    model = network(height * width, [500, 500], 10, "softmax")
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    if optimizer == "sgd":
        model.optimizer.learning_rate = 0.1
    model.fit(X_digits, Y_digits, epochs=8, batch_size=32, verbose=0)
    runs[name] = model.evaluate(X_exam, Y_exam, verbose=0)[1]
    print(f"{name}: accuracy on new images ≈ {runs[name]:.3f}")
print("with plain SGD, cross-entropy is ahead:", runs["cross-entropy, SGD"] > runs["MSE, SGD"])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Draw a digit
#
# Paint on the left picture with the mouse or a finger, or walk there with the arrow keys and press Space. Blue is what
# you paint, grey what the network sees of it. It answers at once. When does it change its mind?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how a 3 becomes an 8, cell by cell, and stop where the network hesitates. **Ask:** what will it
# say to a letter? (A digit, and often a sure one.) Let somebody draw one. **Usual mistake:** blaming the
# network for digits drawn small in a corner: it has never seen any there. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def as_input(drawing):
    """Turn an 8×8 drawing into an image of the size that the network knows."""
    padded = np.pad(drawing, 1)
    beside = padded[1:-1, :-2] + padded[1:-1, 2:]
    above = padded[:-2, 1:-1] + padded[2:, 1:-1]
    soft = np.clip(drawing + 0.35 * beside + 0.2 * above, 0, 1)  # a pen is wider than its line
    factor = height // 8
    return np.pad(np.kron(soft, np.ones((factor, factor))), (height - 8 * factor) // 2)


def read(drawing):
    """Return the ten probabilities for a drawing."""
    return np.asarray(reader(as_input(drawing).reshape(1, -1).astype("float32")))[0]


rows = ["00111000", "01000100", "00000100", "00011000"]
rows += ["00000100", "00000100", "01000100", "00111000"]
three = np.array([[int(cell) for cell in row] for row in rows])

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Paint: drag with the mouse, or arrow keys and Space. Make an 8 of the 3.
eye = partial(pictures.seen_image, prepare=as_input)
answer = partial(pictures.class_bars, answer=read)
panels.explore(eye, answer, widths=(1, 1.5), drawing=panels.Grid(8, 8, start=three))

# %% slideshow={"slide_type": "skip"}
drawn = read(three)
print("ten probabilities with the sum 1:", len(drawn), bool(np.isclose(drawn.sum(), 1)))
print(f"the drawn 3 is taken for a ≈ {drawn.argmax()}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How sure is sure?
#
# If a network says "90 %" a hundred times, it should be right ninety times. Then it is **calibrated** (校準). To see
# when it is not, we train a network on too little: **a hundred images**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two numbers: right, and sure on average; the second is the larger one. **Ask:** would you
# rather be told 60 % and it is 60 %, or 99 % and it is 86 %? **Usual mistake:** believing that a good
# accuracy implies a good confidence. **Time:** 3 minutes.
#
# </details>

# %%
few = 100
X_judged, y_judged = X_digits[few:], y_digits[few:]  # not used for training this one
keras.utils.set_random_seed(0)
pupil = network(height * width, [500, 500], 10, None)  # its outputs are the logits, before the softmax
pupil.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy(from_logits=True))
pupil.fit(X_digits[:few], Y_digits[:few], epochs=100, batch_size=32, verbose=0)
logits = pupil.predict(X_judged, verbose=0)
p_judged = nn.softmax(logits)
right = p_judged.argmax(axis=1) == y_judged
print(f"right ≈ {right.mean():.3f}, sure on average ≈ {p_judged.max(axis=1).mean():.3f}")
print("more sure than right:", bool(p_judged.max(axis=1).mean() > right.mean() + 0.02))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A reliability diagram, and one number that mends it
#
# Left, the **reliability diagram** (可靠度圖): for each level of confidence, how often was it right? Dividing the
# **logits** (對數機率), the numbers before the softmax, by a **temperature** (溫度) $T > 1$ makes all answers less sure.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that most of the points lie below the dashed line at T = 1, and drag to the lowest point on the
# right. **Ask:** does any answer change? (No: the largest logit stays the largest.) **Usual mistake:**
# hoping that calibration improves accuracy. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Drag the temperature to the lowest point on the right. What happens to the points on the left?
trust = [partial(draw, logits=logits, y=y_judged) for draw in (pictures.reliability, pictures.temperature_loss)]
panels.explore(*trust, temperature=panels.Slider(0.25, 4.0, 1.0, log=True))

# %% slideshow={"slide_type": "skip"}
crossentropy = nn.CategoricalCrossentropy(from_logits=True)
temperatures = np.geomspace(0.25, 4, 33)
losses = [crossentropy(y_judged, logits / T) for T in temperatures]
best_T = temperatures[np.argmin(losses)]
mended = nn.softmax(logits / best_T)
print(f"best temperature ≈ {best_T:.2f}, above 1:", bool(best_T > 1))
print("accuracy is the same:", bool(np.mean(mended.argmax(axis=1) == p_judged.argmax(axis=1)) > 0.999))
gaps = [abs(p.max(axis=1).mean() - right.mean()) for p in (p_judged, mended)]
print("confidence and accuracy are nearer to each other:", bool(gaps[1] < gaps[0]))

# %% [markdown] slideshow={"slide_type": "skip"}
# This is **temperature scaling** (Guo et al., 2017): one number, found on images that were not used for training.
# To be strict, it should then be judged on a third set; with one number and hundreds of images, little can go wrong.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Confident nonsense
#
# What does the good network of before say to pictures that are no digits at all? It has ten answers, and they must sum
# to 1.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four pictures on the next slide, with digit and per cent below each. Before that, **Ask:**
# what *should* it say to a plus sign? (There is no unit for "none of these".) **Usual mistake:** using
# confidence as a test for unknown inputs. **Time:** 4 minutes.
#
# </details>

# %%
plus, frame, cross = np.zeros((8, 8)), np.ones((8, 8)), np.eye(8)
plus[3:5], plus[:, 3:5], frame[1:-1, 1:-1] = 1, 1, 0
noise = (np.random.default_rng(0).random((8, 8)) > 0.6).astype(float)
strange = {"plus": plus, "frame": frame, "X": np.maximum(cross, cross[::-1]), "noise": noise}
names, most_sure = {}, 0.0
for name, image in strange.items():
    probabilities = read(image)
    names[f"{name}: {probabilities.argmax()}, {probabilities.max():.0%}"] = as_input(image)
    most_sure = max(most_sure, float(probabilities.max()))

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(8, 2.3))
_ = plots.image_row(ax, names)
print("at least one of them is a digit with more than 90 % confidence:", most_sure > 0.9)

# %% [markdown] slideshow={"slide_type": "skip"}
# Calibration does not help here: it was measured on *digits*. On inputs unlike the training set, a confidence is a number
# without a meaning (Nguyen et al., 2015, made pictures of pure noise that a network took for a cheetah with more than
# 99 %). Who uses a classifier must keep strange inputs away from it, or teach it to refuse.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look at the mistakes
#
# **Error analysis** (錯誤分析): take the mistakes one by one, name their *kinds*, count. The count tells the **ceiling**
# (上限) of each fix: what you would gain at most. Do this before spending a month on one of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that mending even the commonest pair completely gains only a point or two. **Ask:** what would
# you try first to improve the reader? Write the ideas down, and judge them after tagging.
# **Usual mistake:** starting with the fix that is most fun. **Time:** 3 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
wrong = np.flatnonzero(~right)
mixed = [tuple(sorted(pair)) for pair in zip(y_judged[wrong], p_judged[wrong].argmax(axis=1), strict=True)]
kinds, times = np.unique(mixed, axis=0, return_counts=True)
print(f"{len(wrong)} mistakes among {len(y_judged)} images; the pairs mixed up most:")
for place in np.argsort(-times, kind="stable")[:5]:
    ceiling = (right.sum() + times[place]) / len(right)
    first, second = kinds[place]
    print(f"{first} and {second}: {times[place]:3} times; mended, accuracy {right.mean():.3f} -> {ceiling:.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Browse and tag
#
# Twenty are enough for a first picture. By keyboard: arrow keys on the slider, Tab to a kind, Space.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** three together and let the class call out the kind; then everyone tags twenty. **Ask** for the
# counts, table by table: who agrees? (Few do, and that is a result too.) **Usual mistake:** making a kind
# for each image. **Time:** 8 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Tag twenty mistakes. Which fix has the highest ceiling?
wrong_images = X_judged[wrong].reshape(-1, height, width)
tags = ("I could not tell either", "unusual way of writing", "too thick or too thin", "plainly readable")
shown = partial(pictures.misread_image, images=wrong_images, truth=y_judged[wrong], answers=p_judged[wrong])
ceilings = partial(pictures.fix_ceilings, n_images=len(right), kinds=tags)
panels.explore(shown, ceilings, widths=(1, 1.5), browse=panels.Tags(len(wrong), tags, label="mistake"))

# %% [markdown] slideshow={"slide_type": "skip"}
# *Plainly readable* is the network's fault: more or better training may mend it. *I could not tell either* is a floor:
# nobody reads those. For this network the simplest fix is known: it has seen only a hundred images.

# %% slideshow={"slide_type": "skip"}
p_more = reader.predict(X_exam, verbose=0)
pupil_exam = pupil.predict(X_exam, verbose=0)
accuracies = [np.mean(p.argmax(axis=1) == y_exam) for p in (pupil_exam, p_more)]
print(f"100 images: accuracy ≈ {accuracies[0]:.3f}; all: ≈ {accuracies[1]:.3f}")
print("more data mends at least a third of the mistakes:",
      bool(1 - accuracies[1] < 2 / 3 * (1 - accuracies[0])))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:fix_ceilings"]
# ### Your turn: `fix_ceilings`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the call returns a dict from kind to accuracy. On the board: 90 of 100 right, 4 of the 10
# mistakes are blurred. **Ask:** how many are right if every blurred one is mended? (94, so 0.94.)
# **Usual mistake:** giving the share of the mistakes, 0.4, instead of an accuracy. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:fix_ceilings"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Wrong labels
#
# Real labels are made by tired people. What if a part of the training labels is wrong, at random? This is **label noise**
# (標籤雜訊). The test labels stay right.
#
# In the panel a wrong label carries a “!”. *Labels repeated* is the share of the training labels, wrong ones included,
# that the network gives back.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *short* first, with the noise at one half, then *long*: the labels repeated rise, the accuracy
# falls. Before dragging, **Ask:** with half of the labels wrong, what accuracy? (Most guess one half; short
# training reaches well over that.) **Usual mistake:** confusing "labels repeated" with "right".
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def small_network(X, y, units, epochs, seed=0):
    """Train a NumPy network with one hidden ReLU layer and return it."""
    first = nn.Dense(X.shape[1], units, "he_normal", seed=seed)
    made = nn.Sequential([first, nn.ReLU(), nn.Dense(units, 10, seed=seed + 1)])
    made.fit(X, y, nn.CategoricalCrossentropy(from_logits=True), optimizers.Adam(0.01), 32, epochs)
    return made


def accuracy(made, X, y):
    """Return the share of images that a network answers as the labels say."""
    return float(np.mean(made.predict(X).argmax(axis=1) == y))


# %% slideshow={"slide_type": "skip"}
X_noisy, y_right = X_digits[:1000], y_digits[:1000]
rng = np.random.default_rng(1)
turn = rng.random(len(y_right))  # a label is wrong once the noise exceeds this
y_wrong = (y_right + rng.integers(1, 10, len(y_right))) % 10
levels = np.linspace(0, 0.8, 9)
test, repeated = {"short": [], "long": []}, {"short": [], "long": []}
for noise in levels:
    told = np.where(turn < noise, y_wrong, y_right)
    for training, epochs in [("short", 5), ("long", 40)]:
        made = small_network(X_noisy, told, 64, epochs)
        test[training].append(accuracy(made, X_exam, y_exam))
        repeated[training].append(accuracy(made, X_noisy, told))

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Drag the noise, then train long. When does it begin to learn the wrong labels by heart?
noise_picture = partial(pictures.noise_curves, levels=levels, test=test, labels=repeated)
sheet = {"images": X_noisy[:24].reshape(-1, height, width), "truth": y_right[:24]}
told_picture = partial(pictures.labelled_images, **sheet, labels=y_wrong[:24], turn=turn[:24])
controls = {"noise": panels.Slider(0.0, 0.8, 0.3, step=0.1), "training": panels.Choice(("short", "long"))}
panels.explore(noise_picture, told_picture, **controls)

# %% slideshow={"slide_type": "skip"}
for noise in (0, 3, 5, 8):
    print(f"{levels[noise]:.0%} wrong: test accuracy short ≈ {test['short'][noise]:.3f}, long ≈ {test['long'][noise]:.3f}")
print("half of the labels wrong, more than half recognised:", test["short"][5] > 0.5)
print("long training repeats more of what it is told:       ", repeated["long"][5] > repeated["short"][5])
print("and recognises fewer new images:                     ", test["long"][5] < test["short"][5])

# %% [markdown] slideshow={"slide_type": "skip"}
# Random errors spread over nine wrong answers, and the right one stays the most common: it wins, as long as training stops
# before each label is learnt by heart (Rolnick et al., 2017; Zhang et al., 2017, on memorising). This is early stopping
# from lesson 5 at work. Do not rest on it: errors that are *not* random, such as every 7 with a bar labelled 1, are
# learnt faithfully.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Many classes need more capacity
#
# How many hidden units does it take to tell two digits apart? And ten? Each point is the mean of three starts, because
# narrow networks depend on luck.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the line for two classes is nearly flat, and the one for ten is not. Before running it,
# **Ask** for a guess: how many hidden units for two digits, how many for ten? **Usual mistake:** counting
# outputs only; the hidden layer must carry the difference of every pair of classes. **Time:** 4 minutes.
#
# </details>

# %%
units, reached = [4, 8, 16, 32], {}
for classes in (2, 5, 10):
    some, exam = y_right < classes, y_exam < classes
    reached[classes] = []
    for count in units:
        fits = [small_network(X_noisy[some], y_right[some], count, 30, seed) for seed in (0, 10, 20)]
        reached[classes].append(np.mean([accuracy(made, X_exam[exam], y_exam[exam]) for made in fits]))

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(8, 3.2))
print(pictures.capacity_by_classes(ax, units, reached).sentence)
print("4 units are enough for two digits:   ", bool(reached[2][0] > 0.95))
lost = {classes: values[-1] - values[0] for classes, values in reached.items()}
print("and lose more on ten than on two:    ", bool(lost[10] > lost[2] + 0.03))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Cross-entropy is the mean of −log of the probability given to the truth; its slope is $p - y$.
# - A threshold is a decision about costs. Precision and recall tell what it does.
# - On rare classes accuracy lies. Class weights move the threshold, not the knowledge.
# - Softmax and categorical cross-entropy for one of many classes.
# - Confidence must be measured, and means nothing on strange inputs.
# - Look at the mistakes, count their kinds, mend the kind with the highest ceiling.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list only after the class has answered. **Ask** each table for the sentence that surprised
# them. **Usual mistake:** leaving with "99 % sure" as a fact. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes, in the place of the dots.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_likelihood"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_accuracy_loss"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_threshold"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_unbalanced"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_outputs"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_confidence"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_ceiling"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_noise"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | classification | 分類 | choose one of several classes |
# | likelihood | 概似度 | probability of what happened, under a model |
# | binary cross-entropy | 二元交叉熵 | mean of −log of the probability given to the truth, two classes |
# | accuracy | 準確率 | share of right answers |
# | stratified | 分層抽樣 | with the same share of each class in every part |
# | validation, test part | 驗證集、測試集 | for choices; for one final judgement |
# | logistic regression | 邏輯迴歸 | one sigmoid neuron, fitted to labels |
# | threshold | 門檻 | probability from which on the answer is yes |
# | confusion matrix | 混淆矩陣 | counts of truth against answer |
# | precision | 精確率 | of those called yes, the share that are |
# | recall | 召回率 | of those that are yes, the share called so |
# | F1 | F1 分數 | harmonic mean of precision and recall |
# | ROC curve | 接收者操作特徵曲線 | recall against false alarms, for all thresholds |
# | AUC | 曲線下面積 | chance that a yes gets a higher score than a no |
# | unbalanced classes | 類別不平衡 | one class is much rarer |
# | class weight | 類別權重 | how much a sample of the class counts in the loss |
# | one-hot | 獨熱編碼 | a 1 in the column of the class, 0 elsewhere |
# | softmax regression | softmax 迴歸 | linear scores, softmax, cross-entropy |
# | categorical cross-entropy | 類別交叉熵 | −log of the true class's probability |
# | logits | 對數機率 | the scores before sigmoid or softmax |
# | temperature | 溫度 | what logits are divided by |
# | calibration | 校準 | being right as often as being sure |
# | reliability diagram | 可靠度圖 | accuracy for each level of confidence |
# | error analysis | 錯誤分析 | look at mistakes and count their kinds |
# | ceiling | 上限 | accuracy if a kind of mistake were gone |
# | label noise | 標籤雜訊 | wrong labels in the training data |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** take a question of your own. You have everything it needs: a baseline, a network, a validation
# part, and the habit of looking at the mistakes. For trying things out there is the [playground](00_playground.ipynb).
