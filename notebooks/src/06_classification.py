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
# - say where cross-entropy comes from, and compare it as a loss with accuracy and the squared error;
# - compute it so that no number overflows;
# - train a classifier on real data, for two classes and for ten;
# - choose a threshold by what mistakes cost, and read a confusion matrix, precision, recall, F1 and a ROC curve;
# - see through a high accuracy on unbalanced classes, and say what class weights change;
# - measure whether a network's confidence can be trusted;
# - look at mistakes and decide which of them is worth mending;
# - keep a test set closed until everything is chosen;
# - tell a loss that asks for something else from a network that cannot learn.
#
# Plan 95 to 115 minutes for reading, dragging and the exercises. All cells together run in about 115 seconds.
#
# Wherever you see `...`, it is your turn; `hint.<name>()` helps a little, again and again.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

from lessons_lib import datasets, nn, panels, plots
from lessons_lib.lessons.classification import check, experiments, hint, patients, pictures
from lessons_lib.lessons.classification import progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# A classifier ends in a sigmoid, is trained through its slope, and is fed with scaled columns. Three short questions ask
# for what you know of each. Answer from memory first; where it fails, the lesson is named.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide; two minutes of paper and silence. **Ask:** what does the sigmoid make of −ln 4 (0.2)? How steep is it
# where it says 0.5, 0.9 and 0.99 (0.25, 0.09, 0.0099)? A column runs from 10 to 20 in the training set and is scaled to
# 0…1; what becomes of 25? (1.5.) **Usual mistake:** cutting 25 off at 1, as if new rows had to fit. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:four_to_one"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:four_to_one"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:sure_slopes"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:sure_slopes"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:new_row_scaled"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:new_row_scaled"]

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
recovered = np.array([1, 1, 0, 1, 1, 0, 1, 1, 1, 0])
hill = partial(pictures.likelihood, y=recovered)
valley = partial(pictures.label_loss, y=recovered)
panels.explore(hill, valley, p=panels.Slider(0.05, 0.95, 0.5, step=0.01))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From likelihood to cross-entropy
#
# Products of many small numbers vanish, so take the (natural) logarithm. Turn the sign, so that small is good. Take the mean
# over the $m$ samples, each with its own label $y_i$ and its own $p_i$:
#
# $$L = -\frac1m \sum_i \left[\, y_i \log p_i + (1-y_i) \log(1-p_i) \,\right]$$
#
# This is the **binary cross-entropy** (二元交叉熵). The $p$ that makes the likelihood largest makes the cross-entropy
# smallest.

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
# ## First guess, then run
#
# One neuron, one sample, two losses: cross-entropy and the squared error of earlier lessons.

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
# **Show** that only the loss differs between the two runs. **Ask:** how many steps would the squared error
# need? (Try it: about fifteen hundred.) **Usual mistake:** thinking that a larger learning rate is the
# cure; it helps here and blows up elsewhere. **Time:** 3 minutes.
#
# </details>

# %% tags=["answers:surely_wrong"]
def after_hundred_steps(loss_of_z):
    """Let gradient descent turn z; the label is 1, and at first p = σ(−8) = 0.0003."""
    z = np.array([-8.0])
    for _ in range(100):
        z -= 1.0 * nn.numerical_gradient(loss_of_z, z)
    return nn.sigmoid(z)[0]


crossed = after_hundred_steps(lambda z: float(-np.log(nn.sigmoid(z[0]))))
squared = after_hundred_steps(lambda z: float((nn.sigmoid(z[0]) - 1) ** 2))
print(f"after 100 steps: with cross-entropy p = {crossed:.2f}, with the squared error p = {squared:.2f}")

# %% slideshow={"slide_type": "skip"} tags=["answers:surely_wrong"]
reveal.surely_wrong()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Why not accuracy, why not MSE?
#
# **Accuracy** (準確率), the fraction of right answers, is what we want in the end. The squared error we know. To judge
# them as *losses*, look at the slope $\frac{dL}{dz}$ that reaches the weights, where $p = \sigma(z)$.

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
# - The **counted error**, 1 for a wrong answer and 0 for a right one, is what accuracy counts. It is flat nearly
#   everywhere: a tiny change of a weight changes no answer, so nothing says which way to go.
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
# ### The loss from logits
#
# The number $z$ before the sigmoid (or softmax) is called a **logit**. Cross-entropy asks for $\log p$ and $\log(1-p)$. But
# a computer keeps about 16 digits: from $z = 37$ on, $p = \sigma(z)$ rounds to exactly 1, and $\log(1-p)$ is $-\infty$. With the
# 7 digits in which Keras trains, that begins near $z = 17$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the third column: "infinitely wrong" where the true loss is 40, and 1000. **Ask:** in which line of
# the sum do the digits get lost? (In p itself, when it rounds to 1; no later line can bring them back.)
# **Usual mistake:** clipping p, which makes the loss finite and its slope 0. **Time:** 4 minutes.
#
# </details>

# %%
with np.errstate(divide="ignore"):  # NumPy would warn of the logarithm of 0
    for z_wrong in (5.0, 40.0, 1000.0):  # the label is 0, so every one of them is wrong
        p_wrong = nn.sigmoid(z_wrong)
        print(f"z = {z_wrong:6.0f}: 1 − p = {1 - p_wrong:.4f}, −log(1 − p) = {-np.log(1 - p_wrong):.4f}")
safe = nn.BinaryCrossentropy(from_logits=True)
print("from the logits:", [safe(np.zeros(1), np.array([z])).__round__(4) for z in (5.0, 40.0, 1000.0)])

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:loss_from_logits"]
# ### Your turn: `loss_from_logits`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the softmax of lesson 2, from which the largest score was subtracted first: the same idea.
# **Ask:** for which z is e^z harmless? What is log(1 + e^z) for z = 1000, without a computer? (1000.)
# **Usual mistake:** computing p first. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:loss_from_logits"]

# %% [markdown] slideshow={"slide_type": "skip"}
# In Keras: no activation in the last layer, and `loss=keras.losses.BinaryCrossentropy(from_logits=True)`. If there is a
# sigmoid, `fit` and `evaluate` go back behind it and use the logits all the same. Only where you hand over finished
# probabilities, Keras keeps them $10^{-7}$ away from 0 and 1: no loss is much above 16 then, and the slope there is 0.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A real question: is it malignant?
#
# 569 breast tumours; of the cell nuclei of each, 30 measurements under the microscope (Wolberg et al., 1995). What we
# look for, *malignant*, is class 1.
#
# Half of the tumours are the **training set** (訓練集). A quarter is the **validation set** (驗證集), for all choices and
# comparisons, such as the threshold. A quarter is the **test set** (測試集): it is looked at once, when nothing is left to
# choose. The split is **stratified** (分層抽樣): each set has the same fraction of malignant ones.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three sizes, and the 37 % malignant that is the same in each set. **Ask:** why three sets?
# (A number that was used to choose is too good to be true.) **Usual mistake:** computing the scaling on all
# rows. **Time:** 4 minutes.
#
# </details>

# %%
tumours = datasets.load_breast_cancer()
malignant = 1 - tumours.y
half = {"val_fraction": 0.5, "seed": 3, "stratify": True}
X_train, X_rest, y_train, y_rest = datasets.train_val_split(tumours.X, malignant, **half)
X_val, X_test, y_val, y_test = datasets.train_val_split(X_rest, y_rest, **half)
scale = datasets.standardize(X_train)
print("training, validation, test:", len(X_train), len(X_val), len(X_test))
print("malignant in each:", *(f"{y.mean():.0%}" for y in (y_train, y_val, y_test)))

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras

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

# %% slideshow={"slide_type": "skip"}
def network(n_inputs, hidden, outputs, activation):
    """Return a Keras network; hidden lists the units of its hidden layers."""
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(outputs, activation=activation))
    return model


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before you train
#
# As in lesson 1. **Expected first loss:** two balanced classes give $\ln 2 \approx 0.693$. Here a fraction $q$ of 37 % is
# malignant, and always saying $q$ costs $-q \ln q - (1-q) \ln(1-q)$. **Output bias:** it starts at $\ln\frac{q}{1-q}$,
# since $\sigma$ of that is $q$. **Overfit one batch:** 32 tumours, until the loss is near 0.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three printed lines, in the order in which one would do them with any network. **Ask:** what
# would the bias be for a disease that one in a thousand has? (ln 0.001, about −6.9; with a bias of 0 the
# first epochs would only climb down to that.) **Usual mistake:** expecting the first loss to the last digit:
# large first weights move it. **Time:** 3 minutes.
#
# </details>

# %%
def fresh_detector():
    """Return the untrained network, its output bias at the log-odds of malignant."""
    keras.utils.set_random_seed(0)
    model = network(30, [16], 1, "sigmoid")
    model.layers[-1].bias.assign([np.log(q / (1 - q))])
    adam = keras.optimizers.Adam(0.003)
    model.compile(optimizer=adam, loss="binary_crossentropy", metrics=["binary_accuracy"])
    return model


q = y_train.mean()
expected = -q * np.log(q) - (1 - q) * np.log(1 - q)

# %% slideshow={"slide_type": "subslide"}
trial = fresh_detector()
measured = trial.evaluate(scale(X_train), y_train, verbose=0)[0]
one_batch = trial.fit(scale(X_train[:32]), y_train[:32], epochs=200, verbose=0).history["loss"][-1]
print(f"output bias ≈ {np.log(q / (1 - q)):.2f}")
print(f"expected first loss ≈ {expected:.3f}, measured ≈ {measured:.3f}")
print("within a third of it:", bool(abs(measured - expected) < expected / 3))
print(f"loss on one batch, overfitted ≈ {one_batch:.4f}, near 0:", one_batch < 0.05)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### From build to predict, in Keras

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** loss and metric side by side: one is for the optimizer, the other for us. **Ask:** what does the
# mean label tell about the baseline? (Always saying benign is right for 63 %.) **Usual mistake:**
# celebrating 90 % before looking at the baseline. **Time:** 5 minutes.
#
# </details>

# %%
detector = fresh_detector()
history = detector.fit(scale(X_train), y_train, epochs=25, batch_size=32, verbose=0,
                       validation_data=(scale(X_val), y_val)).history
p_val = detector.predict(scale(X_val), verbose=0)[:, 0]
print("the training loss fell:", history["loss"][-1] < 0.5 * history["loss"][0])
print(f"accuracy on the validation set ≈ {history['val_binary_accuracy'][-1]:.3f}")

# %% slideshow={"slide_type": "skip"}
fig, ax = plt.subplots(figsize=(8, 3.2))
_ = plots.learning_curves(ax, history, quantity="binary_accuracy")
baseline = max(y_val.mean(), 1 - y_val.mean())
print(f"always saying benign: {baseline:.2f}")
val_accuracy = history["val_binary_accuracy"][-1]
print("the network beats that by more than 0.2:", bool(val_accuracy > baseline + 0.2))

# %% [markdown] slideshow={"slide_type": "skip"}
# A table of 569 rows is home ground for classical models. **Logistic regression** (邏輯斯迴歸) is one sigmoid neuron
# without hidden layers. Scikit-learn finds the weights with the lowest loss, with a light L2 penalty:

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
# upwards the recall (also true-positive rate), to the right the **false-positive rate** (偽陽性率), the fraction of the
# benign that are called malignant.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two ends first: at 0.01 hardly a tumour is missed, with the most false alarms; at 0.99 it is
# the reverse. Then set the cost of a miss to 1 and to 50. **Ask:** to which side does the lowest point of the
# dotted curve move, and why? (To lower thresholds: a costly miss is worth many alarms.) **Usual mistake:**
# believing that the threshold belongs at one half. **Time:** 8 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# First say what a miss costs, in false alarms. Then look for the threshold with the lowest cost.
judged = {"y": y_val, "p": p_val}
matrix = partial(pictures.confusion_matrix, **judged)
scores = partial(pictures.threshold_scores, **judged)
roc = partial(pictures.roc_curve, **judged)
sliders = {"threshold": panels.Slider(0.01, 0.99, 0.5, step=0.01), "miss_cost": panels.Slider(1, 50, 10)}
panels.explore(matrix, scores, roc, size=(10.4, 3.6), **sliders)

# %% [markdown] slideshow={"slide_type": "skip"}
# Try this:
#
# 1. Lower the threshold as far as it goes. How many more are found, and how many false alarms does that cost?
#    (One tumour may still be missed: of that one the network is sure, and wrong.)
# 2. Set the cost of a miss to 1, then to 50. Where is the lowest point of the dotted curve in each case?
# 3. Watch the point on the ROC curve (receiver operating characteristic): it walks along the curve and
#    never leaves it. Only another model has another curve.

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
# **AUC** (曲線下面積), the area under the ROC curve, has a plain meaning: take one malignant and one benign tumour at random;
# how often does the malignant one get the higher probability? (Hanley & McNeil, 1982)

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
called = p_val >= 0.5
print(f"precision ≈ {metrics.precision_score(y_val, called):.3f}")
print(f"recall    ≈ {metrics.recall_score(y_val, called):.3f}")
print(f"F1        ≈ {metrics.f1_score(y_val, called):.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# Your `precision_recall_f1(y_val, called)` must say the same.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:calling_threshold"]
# ### Your turn: `calling_threshold`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** two bars on the board, one for calling and one for not calling, for p = 0.05 and for p = 0.5.
# **Ask:** where are they equal? **Usual mistake:** 1/10, by forgetting that calling costs nothing where the
# patient is ill. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:calling_threshold"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The test set, once
#
# Everything is chosen: the network, and the threshold, which is the cheapest one on the validation set for a miss that
# costs ten false alarms. Now, and only now, the test set.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the threshold is fixed in one cell and judged in the next. **Ask:** and if the cost on the
# test set disappoints, may we try another threshold? (Then the test set becomes a validation set, and there is
# none left.) **Usual mistake:** reading much into one miss more or less among 142 tumours. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["answers:calling_threshold"]
def cost(y, p, threshold, miss_cost=10):
    """Return false alarms plus miss_cost times the missed."""
    called = p >= threshold
    return np.sum(called & (y == 0)) + miss_cost * np.sum(~called & (y == 1))


thresholds = np.linspace(0.01, 0.99, 99)
chosen = thresholds[np.argmin([cost(y_val, p_val, place) for place in thresholds])]
print(f"cheapest threshold on the validation set ≈ {chosen:.2f}, below one half:", bool(chosen < 0.5))
print(f"where probabilities can be trusted, it would be 1/11 = {1 / 11:.2f}")

# %%
p_test = detector.predict(scale(X_test), verbose=0)[:, 0]
per_hundred = 100 * cost(y_test, p_test, chosen) / len(y_test)
never_calling = 100 * cost(y_test, p_test, 1.1) / len(y_test)
print(f"cost for 100 tumours of the test set ≈ {per_hundred:.0f}, without any detector ≈ {never_calling:.0f}")
print("the detector saves more than half:", bool(per_hundred < never_calling / 2))

# %% [markdown] slideshow={"slide_type": "skip"}
# On sets this small luck is large: one miss more or less moves the cost by ten, and the cheapest threshold with it. This
# is why the number that counts comes from tumours that took part in no choice, and why we do not ask
# them again until we like the answer.

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
X_rare, y_rare = experiments.rare_points(seed=1)
X_new, y_new = experiments.rare_points(seed=2)  # to judge; nothing is chosen on them
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
# total weight. The third line is the *plain* network with a lower threshold, $w_0/(w_0+w_1)$: with such weights a
# sample is called rare from there on.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table line by line. Accuracy *falls* with class weights, recall rises by far, and AUC stays.
# Then the last lines: a lower threshold does the same to the plain network, but the mean probability of the
# weighted one is seven times too high. **Ask:** which of the two may tell a patient "12 per cent"?
# **Usual mistake:** calling more recall "a better model". **Time:** 6 minutes.
#
# </details>

# %%
balanced = compute_class_weight("balanced", classes=np.array([0, 1]), y=y_rare)
weights = dict(enumerate(balanced.tolist()))  # as your class_weights(y_rare) says
p_new = {}
for name, weight in [("plain", None), ("class weights", weights)]:
    keras.utils.set_random_seed(0)
    model = network(2, [8], 1, "sigmoid")
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(X_rare, y_rare, epochs=10, batch_size=64, class_weight=weight, verbose=0)
    p_new[name] = model.predict(X_new, verbose=0)[:, 0]

# %% slideshow={"slide_type": "subslide"}
# Two networks, three ways to call: five measures of each.
low = weights[0] / (weights[0] + weights[1])
ways = {"plain": ("plain", 0.5), "weighted": ("class weights", 0.5), "plain, low": ("plain", low)}
table, said = {}, {}
for way, (name, threshold) in ways.items():
    said[way] = p_new[name] >= threshold
    three = metrics.precision_recall_fscore_support(y_new, said[way], average="binary")[:3]
    table[way] = [np.mean(said[way] == y_new), *three, metrics.roc_auc_score(y_new, p_new[name])]
    words = ("accuracy", "precision", "recall", "F1", "AUC")
    print(f"{way:10}", "  ".join(f"{w} ≈ {v:.2f}" for w, v in zip(words, table[way], strict=True)))

# %% slideshow={"slide_type": "subslide"}
print("with class weights accuracy falls:     ", bool(table["weighted"][0] < table["plain"][0]))
print("and recall rises by more than 0.3:     ", bool(table["weighted"][2] > table["plain"][2] + 0.3))
print("AUC stays within 0.02:                 ", bool(abs(table["weighted"][4] - table["plain"][4]) < 0.02))
same = np.mean(said["weighted"] == said["plain, low"])
print(f"a lower threshold says the same for ≈ {same:.2f} of all points, most of them:", bool(same > 0.9))
means = {name: p.mean() for name, p in p_new.items()}
print(f"mean probability: plain ≈ {means['plain']:.3f}, weighted ≈ {means['class weights']:.3f}; "
      f"really rare: {y_new.mean():.3f}")
print("the weighted one says far too much:    ", bool(means["class weights"] > 3 * y_new.mean()))

# %% [markdown] slideshow={"slide_type": "skip"}
# Which network is better? By AUC neither: both rank the points alike, and where to cut is decided by the costs. Class
# weights did two things here. They moved the operating point, the point on the ROC curve where one stands, as a lower
# threshold does. And they changed the
# **calibration** (校準), that is, how far probabilities can be trusted: the weighted network speaks of a world in which
# both classes are equally frequent. Where you need probabilities, take the plain network and move the threshold.
#
# In a *small* model they also change the fit. It cannot suit all points at once, and weights say whom it is to suit.
# Below, the rare class comes in two clouds; a single neuron has one straight line for them:

# %% slideshow={"slide_type": "skip"}
X_two, y_two = experiments.two_rare_kinds(seed=0)
X_two_new, y_two_new = experiments.two_rare_kinds(seed=1)
line = {}
for name, class_weight in [("plain", None), ("weighted", "balanced")]:
    neuron = LogisticRegression(class_weight=class_weight).fit(X_two, y_two)
    direction = np.degrees(np.arctan2(*neuron.coef_[0][::-1]))
    area = metrics.roc_auc_score(y_two_new, neuron.predict_proba(X_two_new)[:, 1])
    line[name] = direction, area
    print(f"{name:8} weights point to ≈ {direction:.0f}°, AUC on new points ≈ {area:.2f}")
print("the line turns by more than 10°:", bool(abs(line["plain"][0] - line["weighted"][0]) > 10))
print("and ranks the points better:   ", bool(line["weighted"][1] > line["plain"][1]))

# %% [markdown] slideshow={"slide_type": "skip"}
# Here the weights helped; they can also harm. **Balanced** classes: accuracy and AUC often say enough. **Unbalanced**
# ones: look at precision, recall and F1 of the rare class, and decide by the costs.

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
# **Show** *Play*: first three wedges, then the arms. Drag the width down to 3. **Ask:**
# where is the network unsure, and where is it sure without any point near? **Usual mistake:** trusting the
# strong colours in the empty corners; keep that in mind for later. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. What happens first, and what last? The grey curve is the same network, 1,500 steps long.
keras.utils.set_random_seed(2)
spiral_model = network(2, [24, 24], 3, "softmax")
spiral_model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
spirals = datasets.make_spirals(300, seed=0, classes=3)
spiral_panel = panels.live(spiral_model, *spirals, views=("boundary", "curves"))
spiral_panel.step(1500)
spiral_points, spiral_classes = datasets.make_spirals(600, seed=5, classes=3)  # new ones
spiral_said = spiral_panel.trainer.predict(spiral_points).argmax(axis=1)
spiral_panel.start_over()  # untrained again
spiral_panel

# %% slideshow={"slide_type": "skip"}
print("after these 1,500 steps more than 90 % of 600 new points were right:", bool(np.mean(spiral_said == spiral_classes) > 0.9))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ten classes: handwritten digits
#
# 1,797 digits of 8×8 pixels ship with scikit-learn (Alpaydin & Kaynak, 1998). We enlarge them to 28×28, the size of the
# famous **MNIST** (70,000 digits; LeCun et al., 1998), so that the classic network for MNIST can really run. They are
# larger now, and blurred, but know no more than 64 pixels do. Each pixel is one input: the *picture* becomes a row of numbers.
#
# **With a network connection**, write `True` in the first line below: then MNIST itself comes, once, 11 MB, and all that
# follows runs with 6,000 of its training images; that takes a few minutes. Without one, these digits stay.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the row of one of each, and the line that says which digits these are. **Ask:** which two digits will be
# mixed up most? Write the bets down; error analysis will settle them. **Usual mistake:** thinking that the
# network sees neighbouring pixels as neighbours. A dense layer does not: convolution (lesson 8) does. **Time:** 3 minutes.
#
# </details>

# %%
mnist = False
digits = datasets.fetch_mnist(verbose=False) if mnist else datasets.load_digits(enlarged=True)
print(digits.note)
parts = datasets.train_val_split(digits.X_train[:6000], digits.y_train[:6000], 0.2, stratify=True)
X_digits, X_check, y_digits, y_check = parts  # training and validation set
X_exam, y_exam = digits.X_test, digits.y_test  # the test set: closed until the end of the lesson
Y_digits, Y_check = np.eye(10)[y_digits], np.eye(10)[y_check]
print("one-hot:", Y_digits.shape[1], "columns, and every row sums to 1:", bool((Y_digits.sum(1) == 1).all()))

# %% slideshow={"slide_type": "subslide"}
# One of each digit.
firsts = [np.flatnonzero(y_digits == digit)[0] for digit in range(10)]
fig, ax = plt.subplots(figsize=(9.5, 1.6))
_ = plots.image_row(ax, {f"{y_digits[i]}": X_digits[i].reshape(28, 28) for i in firsts})

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before you train: ten classes
#
# **Expected first loss:** a network that knows nothing gives each of ten classes a tenth, so $-\ln \frac{1}{10} = \ln 10
# \approx 2.303$. **Output bias:** the ten digits are about equally frequent, so zeros are right. **Overfit one batch:** 32
# digits.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how near the first loss comes. **Ask:** what would you suspect if it were 12? (Targets that are not
# one-hot, inputs of 0 to 255, or logits taken for probabilities.) **Usual mistake:** finding such a mistake
# after an hour of training, not before. **Time:** 3 minutes.
#
# </details>

# %%
def classic():
    """Return the classic network for MNIST, compiled, always with the same first weights."""
    keras.utils.set_random_seed(0)
    model = network(784, [500, 500], 10, "softmax")
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


trial_reader = classic()
first_loss = trial_reader.evaluate(X_digits, Y_digits, verbose=0)[0]
one_batch = trial_reader.fit(X_digits[:32], Y_digits[:32], epochs=50, verbose=0).history["loss"][-1]
print(f"expected first loss ≈ {np.log(10):.3f}, measured ≈ {first_loss:.3f}")
print("within a tenth of it:", bool(abs(first_loss - np.log(10)) < 0.1 * np.log(10)))
print(f"loss on one batch, overfitted ≈ {one_batch:.4f}, near 0:", one_batch < 0.05)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The classic: 784-500-500-10
#
# `compile`, `fit`, `evaluate`, `predict`: four verbs, and digits are read.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that of the network's four numbers only the two 500s were decided by us. **Ask:** which of the
# four verbs may see the validation set? (evaluate and predict only.) **Usual mistake:** a sigmoid at the end,
# from habit. **Time:** 5 minutes.
#
# </details>

# %%
reader = classic()
reader.fit(X_digits, Y_digits, epochs=8, batch_size=32, verbose=0)
check_loss, check_accuracy = reader.evaluate(X_check, Y_check, verbose=0)
p_check = reader.predict(X_check, verbose=0)
print(f"accuracy on the validation set ≈ {check_accuracy:.3f}, above 0.8:", check_accuracy > 0.8)
print("predict gives ten probabilities for each image:", p_check.shape[1])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### MSE against cross-entropy
#
# The same network, five epochs of plain gradient descent, twice: from the usual start, and from one that is *sure and
# wrong*: the output bias of the 0 is 10, so that every image is called a 0. Keras's MSE is a mean over ten outputs, which
# makes its slopes ten times smaller; to be fair, it is also tried with ten times the learning rate. And with Adam.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two columns before running it, empty, on the board. **Ask** for a guess: which of the four
# recover from a bad start in five epochs? Then run, and ask why Adam does. (It divides by the slope's own size.)
# **Usual mistake:** concluding that MSE "cannot" classify. **Time:** 5 minutes.
#
# </details>

# %%
def accuracy_after(loss, optimizer, rate, wrong_bias):
    """Train on 1,000 digits for five epochs; return the accuracy on the validation set."""
    keras.utils.set_random_seed(0)
    model = network(784, [500, 500], 10, "softmax")
    model.layers[-1].bias.assign([wrong_bias] + 9 * [0.0])
    model.compile(optimizer=optimizer(rate), loss=loss, metrics=["accuracy"])
    model.fit(X_digits[:1000], Y_digits[:1000], epochs=5, batch_size=32, verbose=0)
    return model.evaluate(X_check, Y_check, verbose=0)[1]


# %% slideshow={"slide_type": "subslide"}
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
settings = {"cross-entropy, SGD 0.1": ("categorical_crossentropy", SGD, 0.1),
            "MSE, SGD 0.1": ("mse", SGD, 0.1), "MSE, SGD 1.0": ("mse", SGD, 1.0),
            "MSE, Adam 0.001": ("mse", Adam, 0.001)}
usual = {name: accuracy_after(*how, wrong_bias=0.0) for name, how in settings.items()}
sure = {name: accuracy_after(*how, wrong_bias=10.0) for name, how in settings.items()}
for name in settings:
    print(f"{name:23} usual start ≈ {usual[name]:.3f}, sure and wrong ≈ {sure[name]:.3f}")
entropy, mse, mse_fast, mse_adam = settings
print("usual start: with its own rate MSE comes near:", usual[mse_fast] > usual[entropy] - 0.2)
print("sure and wrong: cross-entropy is far ahead:   ", sure[entropy] > sure[mse_fast] + 0.2)
print("Adam helps MSE out of it:                     ", sure[mse_adam] > sure[mse] + 0.2)

# %% [markdown] slideshow={"slide_type": "skip"}
# From a good start, with a rate of its own, MSE is nearly as good: it *can* classify. Where the network is sure and wrong,
# its slope is almost gone, as for the one neuron above, and it loses many epochs until it wakes up. Adam divides by the
# slope's own size (lesson 4), and so pulls even MSE out. Cross-entropy does not need to be saved.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Draw a digit
#
# Paint on the left picture with the mouse or a finger, or walk there with the arrow keys and press Space. Blue is what
# you paint, grey what the network sees of it. A stroke that begins on a painted cell wipes. Close the left side of the 3,
# cell by cell: when does the network change its mind?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how a 3 becomes an 8, cell by cell, and stop where the network hesitates. **Ask:** what will it
# say to a letter? (A digit, and often a sure one.) Let somebody draw one. **Usual mistake:** blaming the
# network for digits drawn small in a corner: it has never seen any there. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def read(drawing):
    """Return the ten probabilities for a drawing of 8×8 cells."""
    pixels = experiments.pen_stroke(drawing).reshape(1, 784)  # enlarged like the digits
    return np.asarray(reader(pixels.astype("float32")))[0]


# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Paint: drag with the mouse, or arrow keys and Space. Make an 8 of the 3.
eye = partial(pictures.seen_image, prepare=experiments.pen_stroke)
answer = partial(pictures.class_bars, answer=read)
panels.explore(eye, answer, widths=(1, 1.5), drawing=panels.Grid(8, 8, start=experiments.THREE))

# %% slideshow={"slide_type": "skip"}
drawn = read(experiments.THREE)
print("ten probabilities with the sum 1:", len(drawn), bool(np.isclose(drawn.sum(), 1, atol=1e-4)))
print(f"the drawn 3 is taken for a ≈ {drawn.argmax()}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How sure is sure?
#
# If a network says "90 %" a hundred times, it should be right ninety times. Then it is **calibrated**. To see
# when it is not, we train a network on far too little: **thirty images**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two numbers: right, and sure on average; the second is the larger one. **Ask:** would you
# rather be told 75 % and it is 75 %, or 92 % and it is 77 %? **Usual mistake:** believing that a good
# accuracy implies a good confidence. **Time:** 3 minutes.
#
# </details>

# %%
few = 30
middle = (few + len(X_digits)) // 2
X_pick, y_pick = X_digits[few:middle], y_digits[few:middle]  # for choosing
X_judged, y_judged = X_digits[middle:], y_digits[middle:]  # for judging what was chosen
keras.utils.set_random_seed(0)
pupil = network(784, [500, 500], 10, None)  # no softmax: its outputs are the logits
pupil.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy(from_logits=True))
pupil.fit(X_digits[:few], Y_digits[:few], epochs=100, batch_size=32, verbose=0)
logits = pupil.predict(X_judged, verbose=0)
p_judged = nn.softmax(logits)
right = p_judged.argmax(axis=1) == y_judged
confidence = p_judged.max(axis=1)
print(f"right ≈ {right.mean():.3f}, sure on average ≈ {confidence.mean():.3f}")
print("more sure than right:", bool(confidence.mean() > right.mean() + 0.05))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A reliability diagram, and one number that mends it
#
# Left, the **reliability diagram** (可靠度圖): for each level of confidence, how often was it right? (The number in a bar
# counts its images.) Dividing the logits by a **temperature** (溫度) $T > 1$ makes all answers less sure. It is chosen at the right, by the cross-entropy on
# some of the images, and judged at the left, on others.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that most of the points lie below the dashed line at T = 1 (where a bar stands for few images,
# chance rules), and drag to the lowest point on the right. **Ask:** does any answer change? (No: the largest
# logit stays the largest.) **Usual mistake:** hoping that calibration improves accuracy. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Drag the temperature to the lowest point on the right. What happens to the points on the left?
pick_logits = pupil.predict(X_pick, verbose=0)
diagram = partial(pictures.reliability, logits=logits, y=y_judged)
choice = partial(pictures.temperature_loss, logits=pick_logits, y=y_pick)
panels.explore(diagram, choice, temperature=panels.Slider(0.25, 8.0, 1.0, log=True))

# %% slideshow={"slide_type": "skip"}
crossentropy = nn.CategoricalCrossentropy(from_logits=True)
temperatures = np.geomspace(0.25, 8, 41)
best_T = temperatures[np.argmin([crossentropy(y_pick, pick_logits / T) for T in temperatures])]
mended = nn.softmax(logits / best_T)
print(f"best temperature on the images for choosing ≈ {best_T:.2f}, above 1:", bool(best_T > 1))
print("on the others, no answer changes:", bool((mended.argmax(axis=1) == p_judged.argmax(axis=1)).mean() > 0.999))
before, after = (abs(p.max(axis=1).mean() - right.mean()) for p in (p_judged, mended))
print(f"from confidence to accuracy ≈ {before:.3f}, with the temperature ≈ {after:.3f}")
print("they come nearer to each other:", bool(after < before))

# %% [markdown] slideshow={"slide_type": "skip"}
# This is **temperature scaling** (Guo et al., 2017): one number, found on images that were not used for training, and
# judged on a third lot of images.

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
seen, most_sure = {}, 0.0
for name, drawing in experiments.strange_drawings().items():
    probabilities = read(drawing)
    seen[f"{name}: {probabilities.argmax()}, {probabilities.max():.0%}"] = experiments.pen_stroke(drawing)
    most_sure = max(most_sure, float(probabilities.max()))

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(8, 2.3))
_ = plots.image_row(ax, seen)
print("at least one of them is a digit with more than 80 % confidence:", most_sure > 0.8)

# %% [markdown] slideshow={"slide_type": "skip"}
# A good calibration does not promise anything here: it was measured on *digits*. On inputs unlike the training set, a
# confidence is a number without a meaning (Nguyen et al., 2015, made pictures, some like pure noise, that a network
# took for cheetahs and other things with more than 99 %). Who uses a classifier must keep strange inputs away from it,
# or teach it to refuse.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look at the mistakes
#
# **Error analysis** (錯誤分析): take the mistakes one by one, name their *kinds*, count. The count tells the **ceiling**
# (上限) of each fix: the accuracy it would bring at most. Do this before spending a month on one of them, and never on
# the test set: who looks at mistakes, chooses. These are the mistakes of the network with thirty images.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that mending even the commonest pair completely gains only a few points. **Ask:** what would
# you try first to improve the reader? Write the ideas down, and judge them after tagging.
# **Usual mistake:** starting with the fix that is most fun. **Time:** 3 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
wrong = np.flatnonzero(~right)
print(f"{len(wrong)} mistakes among {len(y_judged)} images; the pairs mixed up most:")
for first, second, times in experiments.mixed_up(y_judged, p_judged.argmax(axis=1))[:5]:
    ceiling = (right.sum() + times) / len(right)
    print(f"{first} and {second}: {times:3} times; mended, accuracy {right.mean():.3f} -> {ceiling:.3f}")

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
wrong_images = X_judged[wrong].reshape(-1, 28, 28)
tags = ("I could not tell either", "unusual way of writing", "too thick or too thin", "plainly readable")
mistakes = {"images": wrong_images, "truth": y_judged[wrong], "answers": p_judged[wrong]}
mistake = partial(pictures.misread_image, **mistakes)
ceilings = partial(pictures.fix_ceilings, n_images=len(right), kinds=tags)
panels.explore(mistake, ceilings, widths=(1, 1.5), browse=panels.Tags(len(wrong), tags, label="mistake"))

# %% [markdown] slideshow={"slide_type": "skip"}
# *Plainly readable* is the network's fault: more or better training may mend it. *I could not tell either* is a floor:
# at this size nobody reads those. For this network the simplest fix is known: it has seen only thirty images.

# %% slideshow={"slide_type": "skip"}
p_pupil = pupil.predict(X_check, verbose=0)
thirty = np.mean(p_pupil.argmax(axis=1) == y_check)
print(f"validation set: thirty images ≈ {thirty:.3f}, all ≈ {check_accuracy:.3f}")
print("more data mends at least half of the mistakes:", bool(1 - check_accuracy < 0.5 * (1 - thirty)))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:fix_ceilings"]
# ### Your turn: `fix_ceilings`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the call returns a dict from kind to accuracy. On the board: 90 of 100 right, 4 of the 10
# mistakes are blurred. **Ask:** how many are right if every blurred one is mended? (94, so 0.94.)
# **Usual mistake:** giving the fraction of the mistakes, 0.4, instead of an accuracy. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:fix_ceilings"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Wrong labels
#
# Real labels are made by tired people. What if some of the training labels are wrong, at random? This is **label noise**
# (標籤雜訊). The labels by which we judge stay right.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question only. **Ask** for hands, answer by answer. **Usual mistake:** taking the labels for the
# ceiling of what is achievable. **Time:** 3 minutes.
#
# </details>

# %% tags=["exercise:half_wrong"]

# %% slideshow={"slide_type": "skip"} tags=["answers:half_wrong"]
new, repeated = {"short": [], "long": []}, {"short": [], "long": []}
X_small, y_right = experiments.small_pictures(X_digits[:400]), y_digits[:400]
X_small_new = experiments.small_pictures(X_check, like=X_digits[:400])
y_wrong, turn = experiments.wrong_at_random(y_right)  # a label is wrong once the noise exceeds its turn
levels = np.linspace(0, 0.8, 9)
for noise in levels:
    told = np.where(turn < noise, y_wrong, y_right)
    for training, epochs in [("short", 4), ("long", 60)]:
        made = experiments.small_network(X_small, told, 64, epochs)
        new[training].append(experiments.accuracy(made, X_small_new, y_check))
        repeated[training].append(experiments.accuracy(made, X_small, told))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Short and long training
#
# In the panel a wrong label carries a “!”. *Labels repeated* is the fraction of the training labels, wrong ones included,
# that the network gives back.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *short* first, with the noise at one half, then *long*: the labels repeated rise, the accuracy
# falls. **Ask:** what would stop the training in time? (Early stopping, on right labels; lesson 5.)
# **Usual mistake:** confusing "labels repeated" with "right". **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output", "answers:half_wrong"]
# Drag the noise, then train long. When does it begin to learn the wrong labels by heart?
curves = partial(pictures.noise_curves, levels=levels, new=new, labels=repeated)
shown = {"images": X_digits[:24].reshape(-1, 28, 28), "truth": y_right[:24]}
told_labels = partial(pictures.labelled_images, **shown, labels=y_wrong[:24], turn=turn[:24])
controls = {"noise": panels.Slider(0.0, 0.8, 0.5, step=0.1), "training": panels.Choice(("short", "long"))}
panels.explore(curves, told_labels, **controls)

# %% slideshow={"slide_type": "skip"} tags=["answers:half_wrong"]
for place in (0, 3, 5, 8):
    print(f"{levels[place]:.0%} wrong: new images short ≈ {new['short'][place]:.3f}, long ≈ {new['long'][place]:.3f}")
print("half of the labels wrong, more than half recognised:", new["short"][5] > 0.5)
print("long training repeats more of what it is told:       ", repeated["long"][5] > repeated["short"][5])
print("and recognises fewer new images:                     ", new["long"][5] < new["short"][5])

# %% slideshow={"slide_type": "skip"} tags=["answers:half_wrong"]
reveal.half_wrong()

# %% [markdown] slideshow={"slide_type": "skip"}
# Training on noisy labels in this way was studied by Rolnick et al. (2017), and learning labels by heart by Zhang et
# al. (2017). To stop in time is early stopping from lesson 5. Do not rest on it: errors that are *not* random, such as
# every 7 with a bar labelled 1, are learnt faithfully.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Many classes need more capacity
#
# How many hidden units does it take to tell two digits apart? And ten? Narrow networks depend on luck, so each point is
# the best of three starts; the *training* loss says which is the best.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the line for two classes is nearly flat, and the one for ten is not. Before running it,
# **Ask** for a guess: how many hidden units for two digits, how many for ten? **Usual mistake:** counting
# outputs only; the hidden layer must carry the difference of every pair of classes. **Time:** 4 minutes.
#
# </details>

# %%
units, reached = [2, 4, 8, 16, 32], {}
for classes in (2, 5, 10):
    some, judged = y_right < classes, y_check < classes
    reached[classes] = []
    for count in units:
        made = experiments.best_of(X_small[some], y_right[some], count)
        reached[classes].append(experiments.accuracy(made, X_small_new[judged], y_check[judged]))

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(8, 3.2))
print(pictures.capacity_by_classes(ax, units, reached).sentence)
print("4 units are enough for two digits:   ", bool(reached[2][1] > 0.95))
lost = {classes: values[-1] - values[1] for classes, values in reached.items()}
print("and lose more on ten than on two:    ", bool(lost[10] > lost[2] + 0.03))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The test set, once more only once
#
# Nothing in this lesson was chosen or compared on the test digits, and the classic stays as it is. Nothing is left to choose,
# so the test set may be opened.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that `X_exam` stands in the first cell on digits and in this one, and nowhere between. **Ask:** is
# the number higher or lower than on the validation set, and does it matter? (By chance either; with a few
# hundred images a point or two is luck.) **Usual mistake:** going back to improve something now. **Time:** 2 minutes.
#
# </details>

# %%
p_exam = reader.predict(X_exam, verbose=0)
right_exam = p_exam.argmax(axis=1) == y_exam
print(f"test accuracy ≈ {right_exam.mean():.3f}, on the validation set it was ≈ {check_accuracy:.3f}")
print(f"sure on average ≈ {p_exam.max(axis=1).mean():.3f}")
print("the test agrees with the validation within eight points:", bool(abs(right_exam.mean() - check_accuracy) < 0.08))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The clinic: two networks to save
#
# The last two of the ten sick networks. The first one does well what it is told, the second one does nothing well. Each has a
# chest full of knobs, and for each most of them are of no use. Look first: which curve falls, and does it tell what you want
# to know?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide alone. **Ask:** eight networks have been saved in the lessons before; which of the ten names are left?
# (A guess is allowed, and the curves decide.) **Usual mistake:** naming by elimination, and not by what one sees.
# **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 9

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey curve, which looks fine; then *curves of* the rare loss. **Ask:** the accuracy is 98 %; who would buy this
# detector? And what was the network asked for? **Usual mistake:** turning the learning rate of a network that learns well.
# **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Look first: "curves of" shows each of the two losses by itself. Then turn.
case_9 = patients.patient_9()
case_9.start_over(after=400)  # what it does by itself, in grey
case_9

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_9"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_9"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 10

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the points on the map, before *Play*. **Ask:** who draws a border by hand? And where does the network draw one, after
# a thousand updates? (Round single points.) **Usual mistake:** looking at the curves only; the points say it at once.
# **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Look first: the points on the map, and the two grey curves. Then turn.
case_10 = patients.patient_10()
case_10.start_over(after=400)  # what it does by itself, in grey
case_10

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_10"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_10"]

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What was wrong with the two</b>: open it when both are saved</summary>
#
# Neither of them was ill as a network. In case 9 the loss asked for few mistakes among all points, and you wanted the rare
# ones found. In case 10 the labels belonged to other points, and there was nothing to be learnt. A network that does not do
# what you want has learnt what it was told: look at the loss and at the rows before you look for a better network.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Cross-entropy is the mean of −log of the probability given to the truth; its slope is $p - y$. Compute it from logits.
# - Before you train: $\ln 2$, or $\ln K$ for $K$ classes; a bias of $\ln\frac{q}{1-q}$; one batch by heart.
# - A threshold is a decision about costs. Precision and recall tell what it does.
# - On rare classes accuracy lies. Class weights move the operating point, and change what probabilities mean.
# - Softmax and categorical cross-entropy for one of many classes.
# - Confidence must be measured, and means nothing on strange inputs.
# - Look at the mistakes, count their kinds, mend the kind with the highest ceiling.
# - Choose on the validation set. Open the test set once.

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
# Answer with a letter in quotes or with a number, in the place of the dots.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_likelihood"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_likelihood"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_accuracy_loss"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_unbalanced"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_unbalanced"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_outputs"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_confidence"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_ceiling"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_ceiling"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | classification | 分類 | choose one of several classes |
# | likelihood | 概似度 | probability of what happened, under a model |
# | binary cross-entropy | 二元交叉熵 | mean of −log of the probability given to the truth, two classes |
# | accuracy | 準確率 | fraction of right answers |
# | stratified | 分層抽樣 | with the same fraction of each class in every set |
# | training set, validation set, test set | 訓練集、驗證集、測試集 | to learn from; for choices; for one final judgement |
# | logistic regression | 邏輯斯迴歸 | one sigmoid neuron, fitted to labels |
# | threshold | 門檻 | probability from which on the answer is yes |
# | confusion matrix | 混淆矩陣 | counts of truth against answer |
# | precision | 精確率 | of those called yes, the fraction that are |
# | recall | 召回率 | of those that are yes, the fraction called so |
# | false-positive rate | 偽陽性率 | of those that are no, the fraction called yes |
# | F1 | F1 分數 | harmonic mean of precision and recall |
# | ROC curve | 接收者操作特徵曲線 | recall against false-positive rate, for all thresholds |
# | AUC | 曲線下面積 | chance that a yes gets a higher score than a no |
# | unbalanced classes | 類別不平衡 | one class is much rarer |
# | class weight | 類別權重 | how much a sample of the class counts in the loss |
# | one-hot | 獨熱編碼 | a 1 in the column of the class, 0 elsewhere |
# | softmax regression | softmax 迴歸 | linear scores, softmax, cross-entropy |
# | categorical cross-entropy | 類別交叉熵 | −log of the true class's probability |
# | logits | 未正規化分數 | the scores before sigmoid or softmax |
# | temperature | 溫度 | what logits are divided by |
# | calibration | 校準 | being right as often as being sure |
# | reliability diagram | 可靠度圖 | accuracy for each level of confidence |
# | error analysis | 錯誤分析 | look at mistakes and count their kinds |
# | ceiling | 上限 | accuracy if a kind of mistake were gone |
# | label noise | 標籤雜訊 | wrong labels in the training data |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** in [lesson 7](07_tuning.ipynb) you train hundreds of networks at once and look for the best of them. Is it good, or
# only lucky?
