# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 1 · The neuron
#
# One **neuron** (神經元) is a line you can tilt and lift. By the end of this lesson it will judge red
# wines that it has never met.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the title and the promise: wines that the neuron has never met. **Ask:** who has fitted a
# straight line through points before? Everyone who has, has met a neuron. **Usual mistake:** "A neuron is a
# little brain." It is one multiplication for each input, and a sum. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - say what a neuron computes, and write it in NumPy and in Keras;
# - measure how wrong it is, in the unit of the thing you predict;
# - turn its output into a probability;
# - say what `fit` does, batch by batch, and count its updates;
# - say what the loss should be before any training, and test a network on one batch first;
# - judge a network honestly: against a baseline, and against a classical model.
#
# Plan 75 to 90 minutes for reading, dragging and the exercises. All cells together run in about 45 seconds.
#
# **How to use it.** Run a cell with Shift+Enter and go on to the next one. Wherever you see
# a slider, drag it: the picture follows. Wherever you see `...`, it is your turn. Your work stays in your own
# copy of this notebook, and an update of the course never touches it. The first cell fetches the tools.

# %% slideshow={"slide_type": "skip"}
import math
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lessons_lib import datasets, panels, plots
from lessons_lib.lessons.neuron import check, hint, pictures, progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One number in, one number out
#
# A neuron takes a number $x$, multiplies it by its **weight** $w$ (權重) and adds its
# **bias** $b$ (偏差):
#
# $$y = wx + b$$
#
# This is the **linear unit** (線性單位). $w$ tilts the line, $b$ lifts it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the dot at x = 1 dragged up and down, then that at x = 0; then let somebody bring the dot of the map to the
# star. **Ask** before dragging: which number tilts, which one lifts? **Usual mistake:** "w moves the line to the right."
# **Time:** 6 minutes.
#
# </details>

# %%
# Take the line by its dots, and drag it until it meets the points.
x, y = datasets.make_line(n_samples=30, noise=0.3, seed=1)
line = partial(pictures.linear_unit, x=x, y=y)
loss_map = partial(plots.loss_map, x=x, y=y)
panels.explore(line, loss_map, w=panels.Slider(-3.0, 3.0, 0.0), b=panels.Slider(-3.0, 3.0, 0.0))

# %% [markdown] slideshow={"slide_type": "skip"}
# On the left, the dotted lines are the neuron's errors. Drag the line by its dots: that at $x = 0$ stands at the height
# $b$, and that at $x = 1$ is $w$ higher. On the right is a map: every place on it is a
# pair $(w, b)$, and dark means small error. You are the dot there, and it can be dragged, too. The sentence
# below the pictures gives one number for all errors together; the next section says how it is made. Try this:
#
# 1. Leave the line level, and move it only up and down. The number is smallest where $b$ is the mean of all $y$: the
#    best answer of a neuron that looks at nothing.
# 2. Now tilt it, too. Your dot walks over the map; the star is the place where the error is smallest.
# 3. Reach the star. You have just done by hand what all of deep learning does by machine:
#    **change the numbers until the error is small.**

# %% [markdown] slideshow={"slide_type": "skip"}
# **Your turn.** Replace each `...` by your own code and run the cell. If you are stuck, `hint.by_hand()` in a
# cell of your own helps a little, again and again; `solution.by_hand()` shows one way. It is the same for
# every exercise.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:by_hand"]
# ### Your turn: `by_hand`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question only: three inputs, a list of three answers. Everyone does it on paper first.
# **Ask:** from x = 1 to x = 2, by how much does the answer grow? (By w.) **Usual mistake:** adding before
# multiplying, which gives 0, 2, 4. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:by_hand"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How wrong is a line?
#
# The **loss** (損失) is one number for all errors together, smaller is better. A **sample** (樣本) is an
# input and its **target** (目標) $y_i$, the right answer; the neuron predicts $\hat y_i$. With $m$ samples:
#
# - mean absolute error (平均絕對誤差): $\mathrm{MAE} = \frac1m \sum |\hat y_i - y_i|$
# - mean squared error (均方誤差): $\mathrm{MSE} = \frac1m \sum (\hat y_i - y_i)^2$
# - its root (均方根誤差): $\mathrm{RMSE} = \sqrt{\mathrm{MSE}}$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** each formula from the inside out: error, absolute value or square, mean. **Ask:** two errors, +5
# and −5: what is their plain mean, what are MAE and MSE? (0; 5 and 25.) **Usual mistake:** leaving out the
# absolute value, so that errors cancel. **Time:** 5 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In which unit?
#
# Say a neuron guesses people's heights in cm. Squared centimetres are hard to feel. The root brings
# the loss back to **the target's own unit**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three units in the output: cm, cm², cm. **Ask** what 19.5 square centimetres of error would
# look like. (Nobody can say; 4.42 cm can be shown with two fingers.) **Usual mistake:** comparing an MSE
# with a height. **Time:** 3 minutes.
#
# </details>

# %%
heights = np.array([160.0, 172.0, 181.0, 168.0])  # cm
guesses = np.array([165.0, 170.0, 174.0, 168.0])  # cm
errors = guesses - heights
print(f"MAE  {np.mean(np.abs(errors)):.2f} cm")
print(f"MSE  {np.mean(errors**2):.2f} cm²")
print(f"RMSE {np.sqrt(np.mean(errors**2)):.2f} cm")

# %% [markdown] slideshow={"slide_type": "skip"}
# RMSE is never smaller than MAE: squaring makes the one large error (7 cm) count for more than the
# others together. Choose MSE or RMSE when large errors are what hurts, and MAE when a few wild
# points should not decide everything.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:mse"]
# ### Your turn: `mse`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what a call returns: two arrays go in, one number comes out. **Ask:** what must it be for the
# errors +1, −1 and 0? (Two thirds; whoever says 0 took the mean too early.) **Usual mistake:** squaring the
# mean instead of averaging the squares. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:mse"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:mae"]
# ### Your turn: `mae`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that only one step differs from `mse`. **Ask** for the MAE of the errors +1 and −1. (1.)
# **Usual mistake:** leaving out the absolute value, or taking it after the mean: the errors have cancelled
# by then. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:mae"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:rmse"]
# ### Your turn: `rmse`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shape of `y_true - y_pred` when one is (3,) and the other (3, 1). **Ask:** how many numbers
# should there be, and how many are there? (3; 9.) **Usual mistake:** (n,) minus (n, 1) silently makes an n
# × n table. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:rmse"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:millimetres"]
# ### Your turn: `millimetres`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two units, cm² and mm². **Ask** first for the RMSE in cm, then in mm. (5 and 50.)
# **Usual mistake:** a factor of 10, as for a length. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:millimetres"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Many inputs
#
# With several inputs every input gets its own weight:
#
# $$y = w_0 x_0 + w_1 x_1 + w_2 x_2 + b = \mathbf{w} \cdot \mathbf{x} + b$$
#
# A sum of products is a **dot product** (內積). For many samples at once, one per row of $X$
# (NumPy writes the product as `X @ w`):
#
# $$\mathbf{y} = X \mathbf{w} + b$$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shapes: (5, 3) times (3,) gives (5,). **Ask:** a wine has eleven measurements: which shape
# does its `w` have, and which shape does `X` have for 100 wines? ((11,) and (100, 11).) **Usual mistake:** `X * w`
# multiplies but does not add up. **Time:** 4 minutes.
#
# </details>

# %%
rng = np.random.default_rng(0)
X = rng.normal(size=(5, 3)).astype("float32")  # five samples, three inputs
w = np.array([0.5, -1.0, 2.0], dtype="float32")
b = np.float32(0.1)

row_by_row = [w[0] * row[0] + w[1] * row[1] + w[2] * row[2] + b for row in X]
as_dot_product = X @ w + b
print("shapes:", X.shape, "@", w.shape, "->", as_dot_product.shape)
print("the same numbers:", np.allclose(row_by_row, as_dot_product))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:linear_unit"]
# ### Your turn: `linear_unit`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what a call returns: one answer for each row of `X`. **Ask** for the shapes before the code:
# which lengths have to meet? (The features of `X` and of `w`.) **Usual mistake:** `X * w` without the sum
# over features. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:linear_unit"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same neuron in Keras
#
# **Keras** is the library in which we build networks from now on. A **layer** (層) is a row of units side by
# side. A `Dense` layer with one unit *is* the linear unit; `Input((3,))` says that three numbers come in. Give it
# our weights: does it give our answers?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that nothing is hidden: put our weights in, get our numbers out. The first import takes a few
# seconds; say why. **Ask:** why is `w` reshaped to (3, 1)? (A layer may have many units, one column for
# each.) **Usual mistake:** `Dense(3)` for three inputs: it has three *outputs*. **Time:** 5 minutes.
#
# </details>

# %%
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras

unit = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
unit.set_weights([w.reshape(3, 1), b.reshape(1)])
from_keras = unit.predict(X, verbose=0)[:, 0]
print("largest difference:", np.abs(from_keras - as_dot_product).max().round(6))

# %% [markdown] slideshow={"slide_type": "skip"}
# No difference in six decimals: a `Dense(1)` layer computes $X\mathbf{w} + b$. Keras keeps $\mathbf{w}$ as a matrix of
# shape (inputs, units), here (3, 1), because a layer may have many units.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:three_input_unit"]
# ### Your turn: `three_input_unit`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the starter: one name, to which a Keras model is to be given. **Ask** which number in Keras
# counts neurons and which counts inputs, and how many parameters there must be. (Four.) **Usual mistake:**
# `Dense(3)`, because there are three inputs. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:three_input_unit"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A neuron that says how sure it is
#
# A line can give any number, but a probability lies between 0 and 1. The **sigmoid** (S 型函數)
# squeezes every number into that range:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad z = \mathbf{w}\cdot\mathbf{x} + b$$
#
# A linear unit followed by a sigmoid is a **logistic unit** (邏輯斯單元). What follows the linear unit is called
# its **activation function** (激勵函數), or activation.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** z from −8 to 8, slowly, and stop where the curve is steepest. **Ask:** which z gives exactly one
# half? And can σ ever be exactly 1? (z = 0; no, only nearly.) **Usual mistake:** taking z itself for the
# probability. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag z: a large positive z means "almost surely yes".
panels.explore(pictures.probability, z=panels.Slider(-8.0, 8.0, 1.0, step=0.1))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Its decision line
#
# With two inputs, the places where the unit cannot decide, $\sigma(z) = \tfrac12$, form a straight line:
# $w_1 x_1 + w_2 x_2 + b = 0$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the arrow (the weight vector) always stands at a right angle to the line; then double all
# three sliders. **Ask:** can one line ever separate a ring from its middle? That question opens lesson 2.
# **Usual mistake:** "Larger weights make it right more often." Same line, same points: only surer.
# **Time:** 6 minutes.
#
# </details>

# %%
# Drag the arrow's tip, then the dot on the line: turn the line, move it, make the neuron surer.
points, classes = datasets.make_gaussians(n_samples=120, noise=0.6, seed=3)
logistic = partial(pictures.logistic_unit, X=points, y=classes)
panels.explore(
    logistic,
    w1=panels.Slider(-5.0, 5.0, 1.0),
    w2=panels.Slider(-5.0, 5.0, -1.0),
    b=panels.Slider(-5.0, 5.0, 0.0),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# The arrow is the weight vector $(w_1, w_2)$. It always stands at a right angle to the line and points
# to where the probability grows. Its tip sets both weights, the dot on the line sets $b$. Try this:
#
# 1. Turn the arrow and move the line until nearly all points are on the right side.
# 2. Now double $w_1$, $w_2$ and $b$, by their sliders. The line stays, and so does the fraction of points on the right
#    side. The colours get stronger: the neuron is *surer*, not more often right.
# 3. Change the signs of all three. Now it is sure and mostly wrong, and the **cross-entropy** (交叉熵) below the
#    picture shoots up. It is a loss for probabilities: smaller is better, and sure and wrong costs most.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:sigmoid"]
# ### Your turn: `sigmoid`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that `np.exp` takes a whole array, whatever its shape. **Ask** for three values that can be
# checked by hand: at 0, far to the right, far to the left. (½, nearly 1, nearly 0.) **Usual mistake:**
# `1 / 1 + np.exp(-z)`: the denominator needs brackets. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:sigmoid"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:undecided"]
# ### Your turn: `undecided`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel of the decision line above, and that each point on the line has z = 0. **Ask:** what must
# z be there? (0.) **Usual mistake:** setting z to ½; it is the probability that is ½. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:undecided"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Many units make a network
#
# Join many logistic units, and you have a **network** (神經網路). The outputs of one layer are the inputs of the
# next: **input layer** (輸入層), **hidden layers** (隱藏層), **output layer** (輸出層). All weights and biases
# together are the **parameters** $\theta$ (參數).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the picture, and that the 23 lines and the 8 circles after the inputs make 31. **Ask** before
# that: how many lines go into the first hidden layer? (8.) **Usual mistake:** forgetting the biases.
# **Time:** 4 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(8, 3.6))
print(plots.network(ax, [2, 4, 3, 1]).sentence)

# %% [markdown] slideshow={"slide_type": "skip"}
# Each line is one weight; each circle after the inputs is one unit, and has one bias.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Deep learning in three steps
#
# 1. **Choose a set of functions**: the structure of the network. Each setting of $\theta$ is one function.
# 2. **Say how good a function is**: the loss.
# 3. **Pick the best one**: optimise (優化), step by step. What does this is the **optimizer** (優化器).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the loop and walk round it twice with a finger, the second time faster. **Ask:** which of the
# three steps did you do by hand in the first panel? (The third.) **Usual mistake:** taking the optimizer
# for the judge. The loss says how good a function is; the optimizer only uses it. **Time:** 4 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(8.5, 3.2))
print(pictures.training_loop(ax).sentence)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What `fit` does
#
# `fit` goes round that loop. It takes the samples in small groups, **batches** (批次). Each batch gives a
# **gradient** (梯度): the slopes of the loss for all parameters, which point to where it grows fastest. The
# parameters take one step the other way: one **update**. When every sample has been used once, one **epoch**
# (訓練週期) is over. Before, `compile` says which loss and which optimizer; `SGD` is the plain step just described.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed count: 8 updates in each of 5 epochs, 40. **Ask** before running: 250 samples in
# batches of 32, how many updates in one epoch? (8; many say 7.8, but the last batch is simply smaller.)
# **Usual mistake:** "One epoch is one update." **Time:** 5 minutes.
#
# </details>

# %%
many_x, many_y = datasets.make_line(n_samples=250, noise=0.3, seed=2)
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
history = model.fit(many_x, many_y, batch_size=32, epochs=5, verbose=0).history
print("updates:", int(model.optimizer.iterations), "in", len(history["loss"]), "epochs")
print("the loss fell in every epoch:", bool(np.all(np.diff(history["loss"]) < 0)))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:count_updates"]
# ### Your turn: `count_updates`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what goes in: three whole numbers; one comes out. **Ask:** 10 samples, batches of 4: how large is
# each batch of one epoch? (4, 4 and 2.) **Usual mistake:** rounding down: the last, smaller batch counts
# too. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:count_updates"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then run
#
# How long a step is depends on the **learning rate** (學習率): step = learning rate × gradient. In the next
# experiment it is made a hundred times as large. Answer first; then comes the experiment.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four answers and enter the letter that most hands chose. **Ask:** if 0.1 walks down into a
# valley, where does a step a hundred times as long end? Collect reasons, and leave it open.
# **Usual mistake:** choosing by taste; ask for a reason with each vote. **Time:** 3 minutes.
#
# </details>

# %% tags=["exercise:huge_learning_rate"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The experiment
#
# **Gradient descent** (梯度下降) on one linear unit, in NumPy: take the slope of the loss and step against it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two lines that step; run the cell, then the next one, and let the class explain what came.
# **Ask:** why does the loss grow although every step goes against the slope? (It lands on the other
# side, farther away than before.) **Usual mistake:** "More steps will repair it." Shorter ones do.
# **Time:** 4 minutes.
#
# </details>

# %% tags=["answers:huge_learning_rate"]
def descend(learning_rate, steps=20):
    """Return the loss before each step of a unit that learns y = 3x − 2."""
    x = np.linspace(-1, 1, 50)
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        error = w * x + b - (3 * x - 2)
        losses.append(np.mean(error**2))
        w -= learning_rate * np.mean(2 * error * x)  # dMSE/dw
        b -= learning_rate * np.mean(2 * error)  # dMSE/db
    return losses


for learning_rate in (0.1, 10):
    losses = descend(learning_rate)
    print(f"learning rate {learning_rate}: first loss ≈ {losses[0]:.2f}, last ≈ {losses[-1]:.2g}")

# %% [markdown] slideshow={"slide_type": "skip"}
# What did you predict? (Python writes 2 · 10³ as `2e+03`.)

# %% slideshow={"slide_type": "skip"} tags=["answers:huge_learning_rate"]
reveal.huge_learning_rate()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A real question: how good is this wine?
#
# 1,599 red *vinho verde* wines from Portugal: eleven measurements from the laboratory, and the quality that
# tasters gave each, from 3 to 8 (Cortez et al., 2009).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the eleven names and the number of different rows: 1,359 of 1,599. **Ask:** which measurement
# would you trust most? Collect guesses on the board for later. **Usual mistake:** keeping the double rows:
# then a wine can be learned from and judged on. **Time:** 3 minutes.
#
# </details>

# %%
wine = datasets.fetch_wine_quality()
table = wine.frame.drop_duplicates()
print("measurements:", ", ".join(wine.feature_names))
worst, best = table["quality"].min(), table["quality"].max()
print(f"{len(table):,} different rows, quality from {worst} to {best}")

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
table.sample(4, random_state=0)  # four wines, to look at

# %% [markdown] slideshow={"slide_type": "skip"}
# Some rows of the table are there more than once. `drop_duplicates` keeps one of each: a wine that is among those
# the neuron learns from *and* among those it is judged on would be an exam question seen before. Lesson 5 comes
# back to this.
#
# Now a **split**: the neuron learns from 70 % of the wines, the **training set** (訓練集), and is judged on the
# other 30 %, the **validation set** (驗證集), which it has never seen. Then all inputs are brought to a similar
# size: each measurement minus its mean, divided by its standard deviation, both taken *from the training set only*.

# %% slideshow={"slide_type": "skip"}
features = table[list(wine.feature_names)].to_numpy("float32")
quality = table["quality"].to_numpy("float32")
X_train, X_val, y_train, y_val = datasets.train_val_split(features, quality, seed=0)
scale = datasets.standardize(X_train)
X_train, X_val = scale(X_train), scale(X_val)
print("inputs per wine:", X_train.shape[1], "| fraction for validation:", round(len(X_val) / len(features), 2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The baseline: know nothing
#
# Before any model, ask how well we do **without** one: always say the mean quality. This is the **baseline**
# (基準). A model that does not beat it has learnt nothing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed error, about 0.8 of a point, and write it on the board. **Ask** before that: how far
# off is someone who always says the mean? **Usual mistake:** skipping the baseline, so that any number
# looks good. **Time:** 3 minutes.
#
# </details>

# %%
errors_of = {}


def judge(name, predictions):
    """Print and remember a model's root mean squared error on the validation wines."""
    errors_of[name] = float(np.sqrt(np.mean((np.ravel(predictions) - y_val) ** 2)))
    print(f"{name}: off by ≈ {errors_of[name]:.3f} quality points")


judge("always the mean", np.full(len(y_val), y_train.mean()))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Before you train
#
# A long run tells you at its end that something is wrong. Three checks tell you before it begins:
#
# 1. **Expected first loss** (預期的初始損失): what should the loss be while the network knows nothing?
# 2. **Output bias** (輸出偏差的起點): it starts at the target's mean, so that training does not begin with a climb.
# 3. **Overfit one batch** (讓一個批次過適): a few samples, learned by heart. If that fails, look for the mistake first.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three checks, and that later lessons begin their first run with them. **Ask:** who has
# waited for a long computation, and found at its end that it was wrong from the start?
# **Usual mistake:** "If it trains, it is right." A wrong setup often trains too, only badly. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 1 · Expected first loss
#
# A neuron whose weights are 0 gives every wine the same answer: its bias. The best such answer is the mean, and
# its mean squared error is the **variance** (變異數) of the targets: the baseline, before anything was learned.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two numbers of the first line, expected and measured, then the third. **Ask:** what is the
# first loss of a neuron that says 0 to every wine of about 5.6? (A little more than 5.6², about 32.)
# **Usual mistake:** starting a long run without having looked at the first loss. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def new_neuron(n_inputs, bias, first_weights="zeros", activation=None):
    """A unit, compiled but not trained, whose bias starts where we say."""
    start = keras.initializers.Constant(bias)
    unit = keras.layers.Dense(
        1, activation, kernel_initializer=first_weights, bias_initializer=start
    )
    neuron = keras.Sequential([keras.Input((n_inputs,)), unit])
    neuron.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return neuron


def loss_of(neuron, X, y):
    """Its mean squared error; a model can be called like a function."""
    return float(np.mean((np.ravel(neuron(X)) - y) ** 2))

# %%
mean, variance = float(y_train.mean()), float(y_train.var())
keras.utils.set_random_seed(0)
at_mean = loss_of(new_neuron(11, bias=mean), X_train, y_train)
at_zero = loss_of(new_neuron(11, bias=0.0), X_train, y_train)
at_random = loss_of(new_neuron(11, mean, first_weights="glorot_uniform"), X_train, y_train)
print(f"bias at the mean: expected first loss ≈ {variance:.2f}, measured ≈ {at_mean:.2f}")
print(f"bias at 0: expected variance + mean² ≈ {variance + mean**2:.1f}, measured ≈ {at_zero:.1f}")
print(f"bias at the mean, Keras's random first weights: ≈ {at_random:.2f}")
print("as expected:", abs(at_mean / variance - 1) < 0.01 and at_zero > 20 * variance)

# %% [markdown] slideshow={"slide_type": "skip"}
# Keras does not begin with weights of 0 but with small random ones (lesson 2 says why a network needs them).
# They add something of their own to the first loss, so with them compare roughly: a few times the expected loss
# is no alarm, fifty times is one.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 2 · Output bias
#
# Keras starts every bias at 0, far below any wine. Training then begins with a climb: for many epochs the loss
# shows little else than the output's way up to the mean. The same neuron twice, only the start of its bias differs:

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** where each curve meets the dotted line, the baseline. **Ask:** Adam moves a parameter by hardly
# more than its learning rate, 0.01, in each update. How many updates to 5.6? (560 at least: 19 epochs of 30.)
# **Usual mistake:** reading the steep fall of the first curve as learning: down to the dotted line it has
# only found the mean. **Time:** 4 minutes.
#
# </details>

# %%
curves = {}
for name, bias in {"bias starts at 0": 0.0, "bias starts at the mean": mean}.items():
    keras.utils.set_random_seed(0)  # the same batches for both
    neuron = new_neuron(11, bias)
    first = loss_of(neuron, X_train, y_train)
    fit = neuron.fit(X_train, y_train, batch_size=32, epochs=30, verbose=0)
    curves[name] = [first, *fit.history["loss"]]
    print(f"{name}: first loss ≈ {first:.2f}, in epoch 5 ≈ {curves[name][5]:.2f}")
from_zero, from_mean = curves.values()
print("ten epochs from 0 do not reach the baseline:", from_zero[10] > variance)
print("two epochs from the mean are below it:", from_mean[2] < variance)

# %% slideshow={"slide_type": "subslide"}
# The same neuron, the same batches: only the start of the bias differs.
fig, ax = plt.subplots(figsize=(8, 3.4))
_ = pictures.two_starts(ax, curves, baseline=variance)

# %% [markdown] slideshow={"slide_type": "skip"}
# A target far from 0 can be met in three ways:
#
# - **centre the target**: subtract the mean, and add it to every prediction;
# - **scale it with the rest of the table**: then the loss is in scaled units, and predictions must be scaled back;
# - **start the output's bias at the mean**.
#
# All three begin at the baseline or near it. This course takes the third: predictions stay in quality points,
# nothing can be forgotten on the way back, and the first loss is the baseline's. Where the loss is the mean
# absolute error, the bias starts at the **median**: there the mean distance is least.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:before_training"]
# ### Your turn: `before_training`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that two numbers are asked for, the bias first. **Ask** for both when the targets are 4, 6 and 8.
# (6, and 8/3.) **Usual mistake:** giving the root: a mean squared error stays squared. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:before_training"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### And with classes?
#
# A logistic neuron whose weights and bias are 0 says one half to everything. Its cross-entropy is $-\ln p$, where
# $p$ is the probability it gives to the right class: $-\ln\tfrac12 = \ln 2$. With $K$ classes a network that
# knows nothing gives each of them $1/K$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the number, and that it needs no data: it is the same for every wine, e-mail or picture. **Ask:** a
# network for two classes begins at 5: what does that say? (It is sure of itself, and mostly wrong.)
# **Usual mistake:** taking 0.69 for a fraction of right answers. **Time:** 3 minutes.
#
# </details>

# %%
knows_nothing = np.full(len(classes), 0.5)  # the probability of class 1, for every point
of_right_class = np.where(np.ravel(classes) == 1, knows_nothing, 1 - knows_nothing)
print(f"cross-entropy before training: {-np.log(of_right_class).mean():.3f}")
print(f"ln 2: {np.log(2):.3f}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:ten_digits"]
# ### Your turn: `ten_digits`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question; everyone writes the probability down first, then the loss. **Ask:** is the answer
# larger or smaller than for two classes? (Larger: the right one of ten is harder to guess.)
# **Usual mistake:** giving the probability, 0.1, for the loss. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:ten_digits"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:rare_class"]
# ### Your turn: `rare_class`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel of the sigmoid: which z gives 0.2? It can be read there, and then be computed.
# **Ask:** is the bias positive or negative? (Negative: the neuron is to say less than one half.)
# **Usual mistake:** setting the bias to 0.2; the sigmoid comes after it. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:rare_class"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### 3 · Overfit one batch
#
# Take a few samples and train on them alone, until the loss is near 0. If the network has room for them and cannot
# even do that, there is a mistake. Our neuron has twelve numbers to set: room for 8 wines, not for 32.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three losses. **Ask** why the third neuron must fail. (It ends in a sigmoid: it never says more than
# 1, and no wine has less than 3.) **Usual mistake:** training longer where the one batch has failed.
# **Time:** 4 minutes.
#
# </details>

# %%
def overfit(neuron, n_wines):
    """Train on the first wines only, again and again; return the loss on them."""
    batch, targets = X_train[:n_wines], y_train[:n_wines]
    for _ in range(600):
        neuron.train_on_batch(batch, targets)  # one batch, one update
    return loss_of(neuron, batch, targets)


eight, many = overfit(new_neuron(11, mean), 8), overfit(new_neuron(11, mean), 32)
broken = overfit(new_neuron(11, mean, activation="sigmoid"), 8)
print(f"8 wines ≈ {eight:.3f}, 32 wines ≈ {many:.3f}, 8 wines and a sigmoid at the end ≈ {broken:.1f}")
print("8 wines are learned by heart:", eight < 0.05)
print("12 numbers are too few for 32 wines:", many > 0.1)
print("with the sigmoid something is broken:", broken > 5)

# %% [markdown] slideshow={"slide_type": "skip"}
# **What it needs**: few enough samples for the network. How much a network could learn by heart is its **capacity**
# (模型容量); the networks of the later lessons have enough of it for a few dozen samples.
#
# **What it tells**: that the output can reach the targets, that the loss fits them, and that the optimizer moves the
# parameters the right way. If the batch is not learned, look for the mistake; a longer run will not mend it.
#
# **What it does not tell**: anything about wines outside the batch. And it would learn wrong targets by heart
# just as well, so it cannot say whether inputs and targets belong together.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One neuron, one input: alcohol
#
# The smallest model that can learn: one linear unit, and all that it is told is the alcohol. Its bias starts at the
# mean quality. Its optimizer, Adam, fits the length of the steps to each parameter; lesson 4 opens it up.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed error beside the baseline on the board: about 0.70 against 0.82. **Ask:** the neuron
# gives stronger wines better marks; is that cause or company? **Usual mistake:** "0.70 is less than 1, so
# it is good." Compare it with the baseline, not with 1. **Time:** 4 minutes.
#
# </details>

# %%
def fit_one_neuron(X, y):
    """Train one linear unit on inputs X of shape (n_samples, n_features)."""
    keras.utils.set_random_seed(0)
    neuron = new_neuron(X.shape[1], bias=float(y.mean()))
    neuron.fit(X, y, batch_size=32, epochs=30, verbose=0)
    return neuron


alcohol = [wine.feature_names.index("alcohol")]
alcohol_neuron = fit_one_neuron(X_train[:, alcohol], y_train)
judge("one neuron, alcohol", alcohol_neuron.predict(X_val[:, alcohol], verbose=0))

# %% [markdown] slideshow={"slide_type": "skip"}
# Is that better than the baseline? A picture says more. The neuron knows only scaled alcohol, so we scale before
# we ask it:

# %% slideshow={"slide_type": "skip"}
def quality_of(percent):
    """Predict quality from alcohol in % by volume, shape (n, 1)."""
    scaled = (percent - scale.offset[alcohol]) / scale.scale[alcohol]
    return alcohol_neuron.predict(scaled, verbose=0)[:, 0]


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What it has learnt from alcohol
#
# Each point is a wine of the validation set; the line is what the neuron says.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the line rises and that the points lie far around it. **Ask** what a point on the far right
# and far below would be. (A strong wine that the tasters disliked.) **Usual mistake:** expecting the points
# to lie on the line. **Time:** 2 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(8, 3.6))
percent = scale.inverse(X_val)[:, alcohol]
labels = {"xlabel": "alcohol in % by volume", "ylabel": "quality (0–10)"}
_ = plots.fitted_curve(ax, quality_of, percent, y_val, jitter=0.5, **labels)

# %% [markdown] slideshow={"slide_type": "skip"}
# (The points are shaken up and down a little, because quality comes in whole numbers and they would hide each
# other.) The line rises with alcohol, and the points are spread far around it: one measurement is not enough.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One neuron, all eleven inputs
#
# Now the same unit with eleven weights. Each says by how much the prediction moves when this measurement alone
# grows by one standard deviation.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** which measurement raises the prediction most, which lowers it most, and compare with the guesses
# on the board. **Ask:** why may we compare the eleven weights at all? (The inputs are scaled alike.)
# **Usual mistake:** reading a weight as a cause: the measurements go up and down together. **Time:** 3 minutes.
#
# </details>

# %%
wine_neuron = fit_one_neuron(X_train, y_train)
judge("one neuron, all eleven", wine_neuron.predict(X_val, verbose=0))

weights = dict(zip(wine.feature_names, wine_neuron.get_weights()[0][:, 0], strict=True))
print("raises the prediction most:", max(weights, key=weights.get))
print("lowers the prediction most:", min(weights, key=weights.get))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Is a network the right tool?
#
# Deep learning shines where **people cannot state the features** (特徵): in pixels, sound, text it learns them
# from the data. Here a chemist has measured them already. On small tables like this one, classical models often
# win. So we ask two: **least squares**, the formula for the best linear unit, and a **random forest**, the mean
# of many decision trees (Breiman, 2001).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the picture below and be honest about it; a course that only shows wins teaches nothing. **Ask**
# before running: who bets on the neuron? **Usual mistake:** making a victory of a hundredth of a point:
# look at how near the best ones are to each other, and how far all are from 0. **Time:** 4 minutes.
#
# </details>

# %%
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

judge("least squares, exact", LinearRegression().fit(X_train, y_train).predict(X_val))
forest = RandomForestRegressor(n_estimators=200, random_state=0, n_jobs=2)
judge("random forest", forest.fit(X_train, y_train).predict(X_val))

# %% slideshow={"slide_type": "subslide"}
# All models in one picture: the further left, the better.
fig, ax = plt.subplots(figsize=(8, 3.2))
_ = pictures.scores(ax, errors_of, xlabel="root mean squared error on unseen wines, in quality points")
eleven, exact = errors_of["one neuron, all eleven"], errors_of["least squares, exact"]
one, none = errors_of["one neuron, alcohol"], errors_of["always the mean"]
print("the neuron found nearly what least squares computes exactly:", abs(eleven - exact) < 0.02)
print("eleven inputs beat one, and one beats none:", eleven < one < none)

# %% [markdown] slideshow={"slide_type": "skip"}
# Three honest findings. The neuron, trained in small steps, ends very near least squares: for one linear unit
# the formula would have done. All models leave a large error: two likely reasons are that tasters disagree, and
# that eleven numbers do not hold all of a wine. And look where the forest stands. If it is ahead, it is by a
# little, and what it has that one neuron lacks is that it can bend. **Bending** is what the next lesson is about.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A neuron computes $\mathbf{w}\cdot\mathbf{x} + b$; with a sigmoid behind it, a probability.
# - The loss says how wrong it is; RMSE says so in the target's own unit.
# - `fit` repeats: batch → prediction → loss → gradient → update.
# - Before you train: expected first loss, output bias, overfit one batch.
# - Always compare with a baseline, and with a classical model.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the five lines, and return to the first panel for the third. **Ask** for the three steps from
# memory. (Functions, loss, optimise.) **Usual mistake:** "The loss is low, so the model is good." Low
# compared with which baseline? **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes, in the place of the dots. Wrong answers tell you what they stand for.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_bias"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_three_steps"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_baseline"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_tables"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | neuron, unit | 神經元、單位 | computes w·x + b, then perhaps an activation |
# | linear unit | 線性單位 | a neuron without an activation |
# | weight | 權重 | how much an input counts |
# | bias | 偏差 | what is added whatever the inputs are |
# | sample | 樣本 | one input together with its target |
# | target | 目標 | the right answer to an input |
# | dot product | 內積 | sum of products of matching entries |
# | logistic unit | 邏輯斯單元 | a linear unit followed by a sigmoid |
# | sigmoid | S 型函數 | 1 / (1 + e⁻ᶻ), squeezes into 0…1 |
# | activation function | 激勵函數 | what follows the linear unit, such as a sigmoid |
# | loss | 損失 | one number for how wrong the predictions are |
# | mean absolute error, MAE | 平均絕對誤差 | average size of the error |
# | mean squared error, MSE | 均方誤差 | average squared error |
# | root mean squared error, RMSE | 均方根誤差 | its root, in the target's unit |
# | cross-entropy | 交叉熵 | a loss for probabilities; sure and wrong costs most |
# | network | 神經網路 | units joined, layer after layer |
# | layer: input, hidden, output | 輸入層、隱藏層、輸出層 | units that work side by side |
# | parameters θ | 參數 | all weights and biases |
# | gradient | 梯度 | direction in which the loss grows fastest |
# | batch | 批次 | the samples used for one update |
# | epoch | 訓練週期 | one pass over all samples |
# | learning rate | 學習率 | the factor in: step = learning rate × gradient |
# | gradient descent | 梯度下降 | step against the gradient, again and again |
# | optimise, optimizer | 優化、優化器 | change the parameters so that the loss falls |
# | training set, validation set | 訓練集、驗證集 | samples to learn from; samples to be judged on |
# | baseline | 基準 | what you reach without a model |
# | variance | 變異數 | mean squared distance from the mean |
# | expected first loss | 預期的初始損失 | what the loss should be before any training |
# | output bias | 輸出偏差的起點 | where the output's bias starts: at the target's mean |
# | overfit one batch | 讓一個批次過適 | learn a few samples by heart, to test the network |
# | capacity | 模型容量 | how much a network could learn by heart |
# | feature | 特徵 | something measured that a model takes as an input |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** in [lesson 2](02_activations.ipynb) the neuron learns to bend. Can a line
# separate a ring from its middle? You will find out by dragging.
