# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 2 · Activations
#
# A stack of a thousand linear layers is still one linear layer. One small bend between them changes everything.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the first sentence of the slide, and let it stand. **Ask:** what did a single neuron draw in
# lesson 1? (A straight line.) Can many of them do better? Collect guesses. **Usual mistake:** "Many lines
# make a curve." Not as long as nothing bends between the layers. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - say why a network needs activations, and prove it by folding two layers into one;
# - choose among ReLU, sigmoid, tanh and their relatives, and read their slopes;
# - turn scores into probabilities with softmax, without overflow;
# - build a network in Keras layer by layer, count its parameters, and check it before it trains;
# - see what each hidden unit sees and how a layer bends space, and choose width, depth and activation for a task;
# - explain vanishing and exploding gradients, dead units, and how weights should begin.
#
# Plan 75 to 90 minutes for reading, dragging and the exercises. All cells together run in about 60 seconds.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lessons_lib import datasets, nn, optimizers, panels, plots
from lessons_lib.lessons.activations import check, hint, progress, reveal, solution
from lessons_lib.lessons.activations import experiments, patients, pictures

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Before anything new, three things from lesson 1, without looking back: which side of a line a neuron says yes to, how its
# sigmoid is shaped, and what one step of gradient descent does. The first page asks for the line, the slopes for the curve, and
# deep networks for the step.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide, notebooks closed; everyone writes three answers on paper. **Ask:** weights 2 and −1, bias −1: on which
# side is (2, 2)? (Sum 1: above ½.) The sigmoid says 0.8 to z: what to −z? (0.2.) A weight at 2, slope −4, rate 0.1: where
# next? (2.4.) **Usual mistake:** a step *with* the slope, to 1.6. What is fetched from memory stays longer than what is
# read again (Roediger and Karpicke, 2006). **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:which_side"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:which_side"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:opposite_sum"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:opposite_sum"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:one_step_on"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:one_step_on"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Four sets of points, each with two classes, and the controls of the first picture:

# %% slideshow={"slide_type": "skip"}
sets = {
    "clouds": datasets.make_gaussians(200, noise=0.25, seed=3),
    "circles": datasets.make_circles(200, seed=0),
    "XOR": datasets.make_xor(200, seed=0),
    "spirals": datasets.make_spirals(200, seed=0),
}
line = {
    "points": panels.Choice(tuple(sets), "circles"),
    "turn": panels.Slider(-180.0, 175.0, 30.0, step=5.0, label="angle"),
    "shift": panels.Slider(-1.2, 1.2, 0.2, step=0.05),
}

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Can a line separate these?
#
# Blue points should lie on blue ground, orange points on orange ground. You have one straight line: drag
# it, to turn it and to shift it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the circles and let somebody drag; then XOR, then the spirals. **Ask** for the best percentage on
# the circles. (About 65 %; the cell below finds no line above 66 %.) **Usual mistake:** "With more training
# it would work." There is no better line to be found. **Time:** 5 minutes.
#
# </details>

# %%
# Choose points, then drag the line: its round dot shifts it, the other one turns it. How many can you get right?
panels.explore(partial(pictures.dividing_line, sets=sets), size=(8, 3.6), **line)

# %% [markdown] slideshow={"slide_type": "skip"}
# Did you come near two thirds on the circles? The computer tries 180 directions, and in each of them every place
# for the line. Only the clouds can be separated:

# %% slideshow={"slide_type": "skip"}
for name, (X, y) in sets.items():
    print(f"{name}: the best line has {experiments.best_line(X, y):.0%} right")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two lines in a row are one line
#
# Let one linear layer feed another:
#
# $$(X W_1 + b_1)\, W_2 + b_2 = X \underbrace{W_1 W_2}_{W} + \underbrace{b_1 W_2 + b_2}_{b}$$
#
# That is one layer again, with $W$ and $b$. The two have **collapsed** (塌縮) into one.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the bracket being multiplied out, slowly. **Ask:** and a hundred layers? (One again: fold two at
# a time.) **Usual mistake:** forgetting that the first bias passes through the second layer.
# **Time:** 4 minutes.
#
# </details>

# %%
rng = np.random.default_rng(0)
W1, b1 = rng.normal(size=(2, 50)), rng.normal(size=50)  # 2 inputs, 50 units
W2, b2 = rng.normal(size=(50, 1)), rng.normal(size=1)  # 50 inputs, 1 unit
inputs = rng.normal(size=(1000, 2))

two_layers = (inputs @ W1 + b1) @ W2 + b2
one_layer = inputs @ (W1 @ W2) + (b1 @ W2 + b2)
print("parameters:", W1.size + b1.size + W2.size + b2.size, "in two layers, 3 in one")
print("largest difference:", np.abs(two_layers - one_layer).max().round(9))

# %% [markdown] slideshow={"slide_type": "skip"}
# 201 parameters did the work of 3. **Your turn.** Fold any two linear layers into one. Replace the `...`, run the cell;
# `hint.collapse()` helps a little, again and again, and `solution.collapse()` shows one way.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:collapse"]
# ### Your turn: `collapse`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the starter: it returns two things, `W` and `b`. **Ask** for the shapes of both before anyone
# writes code, with 2 inputs, 50 units, 1 output. ((2, 1) and (1,).) **Usual mistake:** adding the two
# biases; here that makes 50 numbers where one belongs. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:collapse"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The bend
#
# Put something that is **not** a line between the layers: an **activation function** (激勵函數) $g$, or activation
# for short, applied to every number by itself.
#
# $$A = g(X W + b)$$
#
# The usual first choice is **ReLU** (線性整流函數): below 0 it gives 0, above 0 it changes nothing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two printed rows: only the negative numbers have changed. **Ask:** why does the collapse fail
# now? (g stands between W₁ and W₂, and the bracket cannot be multiplied out.) **Usual mistake:** putting g
# before the weights. **Time:** 3 minutes.
#
# </details>

# %%
Z = np.array([[-2.0, -0.5, 0.0, 0.5, 3.0]])
print("before:", Z)
print("after: ", np.maximum(0, Z))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three shapes and their slopes
#
# **Sigmoid** (S 型函數) squeezes into 0…1, **tanh** (雙曲正切) into −1…1. On the right is the
# **derivative** (導數), the slope at each place.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** z = 4 for all three. **Ask:** who still has a slope there? (ReLU; the others are nearly flat.)
# And where is the sigmoid steepest, and how steep? (At z = 0: ¼.) **Usual mistake:** taking a large output
# for a large slope. **Time:** 5 minutes.
#
# </details>

# %%
# Drag z: the line touches the curve; its slope is the point on the right.
three = panels.Choice(("ReLU", "sigmoid", "tanh"), label="activation")
z = panels.Slider(-4.0, 4.0, 1.0, step=0.1)
both = (pictures.activation, pictures.activation_slope)
panels.explore(*both, size=(8.8, 3.2), name=three, z=z)

# %% [markdown] slideshow={"slide_type": "skip"}
# | | formula | range | derivative |
# |---|---|---|---|
# | ReLU | $\max(0, z)$ | $0 \dots \infty$ | 0 below, 1 above |
# | sigmoid | $a = 1 / (1 + e^{-z})$ | $0 \dots 1$ | $a(1 - a)$, at most ¼ |
# | tanh | $a = \tanh z$ | $-1 \dots 1$ | $1 - a^2$, at most 1 |
#
# Exactly at 0 ReLU has a kink and no derivative. Keras takes 0 there, and so do we; a sum of exactly 0 is rare. Do the
# formulas hold? Move $z$ a little to both sides and measure:

# %% slideshow={"slide_type": "skip"}
places = np.array([-3.0, -1.0, 0.5, 2.0])
for name in ("ReLU", "sigmoid", "tanh"):
    formula, function, derivative = pictures.ACTIVATIONS[name]
    measured = (function(places + 1e-5) - function(places - 1e-5)) / 2e-5
    agree = np.allclose(measured, derivative(places), atol=1e-8)
    print(f"{name}: slopes {derivative(places).round(3)}, measured the same: {agree}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:relu_layer"]
# ### Your turn: `relu_layer`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what a call returns: one row for each sample, one column for each unit. **Ask:** can there be a
# negative number in it? (No; if there is, the bend is missing or came too early.) **Usual mistake:**
# bending first and adding the bias afterwards. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:relu_layer"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:sigmoid_slope"]
# ### Your turn: `sigmoid_slope`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one value to test with: at z = 0 the function returns 0.25. **Ask:** you know only the *output*,
# say 0.99: is the slope there large or small? (Small: it can be read off the output.) **Usual mistake:**
# writing z(1 − z). **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:sigmoid_slope"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The relatives
#
# Four activations that are like ReLU to the right of 0, and go on otherwise to the left. **Leaky ReLU** is flat nowhere:
# there its slope is 0.2. **ELU** flattens softly towards −1. **GELU** dips a little below 0 and comes back. **Softplus**
# has no corner and stays above 0.
#
# **Guess first:** drag the four dots to where you think the curve passes; only then compare.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one relative after the other: somebody drags the dots, the others call out higher or lower, then *compare*. **Ask**
# for each: which trouble of ReLU does it cure? (Leaky ReLU the flat side; the others the corner or the loss of everything
# below 0, but far to the left they are nearly flat, too.) **Usual mistake:** looking for the one best activation: that depends
# on the task. **Time:** 5 minutes.
#
# </details>

# %%
# Choose a relative, drag the dots, then compare.
relatives = panels.Choice(("leaky ReLU", "ELU", "GELU", "softplus"), label="activation")
heights = {f"at_{z}": panels.Slider(-1.5, 1.5, 0.0, step=0.05, label=f"at z = −{z}") for z in (3, 2, 1)}
heights["at_0"] = panels.Slider(-1.5, 1.5, 0.0, step=0.05, label="at z = 0")
panels.explore(pictures.guessed_activation, size=(8, 3.6), name=relatives, **heights, compare=False)

# %% [markdown] slideshow={"slide_type": "skip"}
# (Leaky ReLU: Maas et al., 2013. ELU: Clevert et al., 2016. GELU: Hendrycks and Gimpel, 2016. Softplus: Dugas
# et al., 2001.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Maxout: learn the shape itself
#
# A **Maxout** (最大輸出) unit computes several lines and passes on the largest one:
# $\max(w_1 x + b_1,\; w_2 x + b_2)$. All of them are learned, so the unit learns its own activation.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three dots, and the sentence below the picture: it says which shape the unit has now. **Ask** three
# volunteers for |x|, a leaky ReLU, and a bend at x = 1; a fourth for a hill. (There is none: pull the kink up, and the larger
# line makes a valley above it.) **Usual mistake:** adding the lines; only the larger one counts. **Time:** 5 minutes.
#
# </details>

# %%
# It starts as a ReLU. Drag its dots: make |x|, then a leaky ReLU, then a bend at x = 1. Can you make a hill?
dots = {
    "left": panels.Slider(-2.5, 3.0, 0.0, step=0.1, label="left end"),
    "kink_x": panels.Slider(-2.0, 2.0, 0.0, step=0.1, label="kink, across"),
    "kink_y": panels.Slider(-2.0, 2.0, 0.0, step=0.1, label="kink, up"),
    "right": panels.Slider(-2.5, 3.0, 2.5, step=0.1, label="right end"),
}
panels.explore(pictures.maxout, size=(8, 3.6), **dots)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Learned pieces
#
# Give the unit more pieces and let gradient descent place them. Each piece learns only from those
# points where it is the largest.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 1, 2, 3 pieces. **Ask:** which curves can Maxout never follow? (Those that bend downwards: a
# maximum of lines never bends downwards.) **Usual mistake:** "With enough pieces it can draw anything." No
# single unit can draw a hill. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
x = np.linspace(-1, 1, 101)
learned = {pieces: experiments.learn_pieces(x, x**2, pieces) for pieces in range(1, 7)}
fitted_parabola = partial(pictures.maxout_fit, x=x, y=x**2, learned=learned)

# %%
# How near does each further piece come to the parabola?
panels.explore(fitted_parabola, size=(8, 3.6), pieces=panels.Slider(1, 6, 2))

# %% [markdown] slideshow={"slide_type": "skip"}
# Each further piece comes nearer to this curve. ReLU is the special case with the pieces $0$ and $x$ (Goodfellow et al., 2013). The
# price: with $k$ pieces a Maxout unit has $k$ times the parameters.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Softmax: from scores to probabilities
#
# For several classes a network gives one **score** (分數) $z_k$ per class; such scores are also called **logits**
# (未正規化分數). **Softmax** makes probabilities $p_k = e^{z_k / T} \big/ \sum_j e^{z_j / T}$ of them. $T$,
# usually 1, is the **temperature** (溫度).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one score growing: the other two probabilities fall, though their scores stay. Then the
# temperature: low is decided, high is undecided. **Ask:** what happens if all three scores get one point
# more? (Nothing.) **Usual mistake:** dividing the scores themselves by their sum; what about negative ones?
# **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
stages = (pictures.scores, pictures.exponentials, pictures.probabilities)
sliders = {
    "z1": panels.Slider(-5.0, 5.0, 2.0, step=0.1),
    "z2": panels.Slider(-5.0, 5.0, 1.0, step=0.1),
    "z3": panels.Slider(-5.0, 5.0, 0.0, step=0.1),
    "temperature": panels.Slider(0.1, 10.0, 1.0, log=True, label="T"),
}

# %%
# Drag the scores, then the temperature from end to end.
panels.explore(*stages, size=(9.4, 3.2), **sliders)

# %% [markdown] slideshow={"slide_type": "skip"}
# **Exponentials stretch.** A class with one point more of score than another is always $e^{1/T}$ times as probable as
# that other class. And exponentials overflow: NumPy's usual numbers end near $10^{308}$, and $e^{1000}$ lies far above. Take the
# largest score away from all first, as the middle picture does: the factor $e^{-\max z / T}$ stands above and below the
# fraction line and drops out. (`np.errstate` only keeps NumPy from warning us of what we do on purpose. `nn` is this course's
# own small library of layers in NumPy.)

# %% slideshow={"slide_type": "subslide"}
# Too large for NumPy, unless the largest score is taken away first.
small_scores = np.array([0.0, 1.0, 2.0])
with np.errstate(over="ignore", invalid="ignore"):
    naive = np.exp(small_scores + 1000) / np.exp(small_scores + 1000).sum()
print("naive, scores 1000, 1001, 1002:", naive)
print("shifted by the maximum:        ", nn.softmax(small_scores + 1000).round(3))
print("the same as for 0, 1, 2:       ", nn.softmax(small_scores).round(3))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:softmax"]
# ### Your turn: `softmax`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the starter with one row, then with two: now both rows *together* sum to 1. **Ask:** which shape
# does `E.sum()` have, and which should it have? (One number; one for each row.) **Usual mistake:** `axis=0`
# for `axis=1`. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:softmax"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Layer by layer in Keras
#
# `keras.Sequential` takes layers in the order in which the data meet them. Each `Dense` layer
# is told its activation. `binary_crossentropy` is the cross-entropy (交叉熵) of lesson 1, a loss for
# probabilities.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the list reads like the picture, from left to right. The import takes a few seconds.
# **Ask:** why is the last activation another one than in the hidden layers? (It has to give a probability.)
# **Usual mistake:** thinking that `Dense` bends by itself; without `activation=` it is linear.
# **Time:** 4 minutes.
#
# </details>

# %%
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras


def network(*hidden, activation="tanh", learning_rate=0.02):
    """Return a compiled classifier for points with two inputs and two classes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    adam = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer=adam, loss="binary_crossentropy")
    return model

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:count_parameters"]
# ### Your turn: `count_parameters`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the first layer together: (2 + 1) · 8; then let the group go on. **Ask:** how many numbers does a
# unit of the second hidden layer read? (8.) **Usual mistake:** weights without biases, which gives 88.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:count_parameters"]

# %% slideshow={"slide_type": "subslide"} tags=["answers:count_parameters"]
# Keras counts the same network.
fig, ax = plt.subplots(figsize=(8, 3.3))
_ = plots.network(ax, [2, 8, 8, 1])
for layer in network(8, 8).layers:
    n_in, units = layer.kernel.shape
    print(f"({n_in} + 1) · {units} = {layer.count_params()}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:two_hidden_layers"]
# ### Your turn: `two_hidden_layers`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** only the task; the code above has all the parts. **Ask:** how can you tell from the number of
# parameters whether it is right, and what does that number *not* tell? (105; the activations.)
# **Usual mistake:** leaving out the activations, so that everything collapses. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:two_hidden_layers"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before you train
#
# The three checks of lesson 1, here for two classes of equal size:
#
# 1. **Expected first loss**: who knows nothing says ½ for each point, and that costs ln 2.
# 2. **Output bias**: a fraction p of class 1 asks for log(p / (1 − p)); for p = ½ that is 0, where Keras starts.
# 3. **Overfit one batch**: on 32 points the loss must come near 0.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three numbered lines that are printed. **Ask** before running: what should the first loss be, and what would
# it be for four classes? (ln 2; ln 4.) **Usual mistake:** starting a long run first. A first loss of 5, or one
# batch that cannot be learned, tells of a mistake in seconds. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
circles = datasets.make_circles(250, seed=0)
xor = datasets.make_xor(250, noise=0.03, seed=0)
spirals = datasets.make_spirals(250, seed=0)
views = ("boundary", "curves", "units")

# %% [markdown] slideshow={"slide_type": "skip"}
# `live.LiveTrainer` is what trains inside the panels: `step(n)` makes n updates. It trains a copy of the model, so the
# model itself keeps its first weights.

# %%
# Three checks that take seconds.
model, (X_circles, y_circles) = network(8), circles
first_loss = model.evaluate(X_circles, y_circles, verbose=0)
print(f"1. expected first loss ≈ {np.log(2):.3f}, measured ≈ {first_loss:.3f}")
print("   about the same:", abs(first_loss - np.log(2)) < 0.3)

p, bias = y_circles.mean(), model.layers[-1].bias.numpy()[0]
print(f"2. output bias: wanted {np.log(p / (1 - p)):.1f}, found {bias:.1f}")

one_batch = live.LiveTrainer(model, X_circles[::8], y_circles[::8])
one_batch.step(2000)
last_loss = one_batch.history["loss"][-1]
print(f"3. loss on {len(one_batch.X)} points after 2,000 steps ≈ {last_loss:.3f}")
print("   near 0:", last_loss < 0.1)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does each hidden unit see?
#
# Four tanh units look at the circles. Each **hidden unit** (隱藏單元) draws one soft line of its own; the
# output unit can join them to a closed curve.
#
# In the next panel the network is untrained: press *Play*, and watch the units turn. The grey curve is the same
# network, trained for 800 steps by the cell: a run to compare yours with.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*; then drag the width to 3, 2, 1 while it trains. **Ask:** how many lines does it
# take to enclose a disc? (Three; but from some starts three units stay at 80 %: *New start*.) **Usual mistake:**
# thinking that a hidden unit already knows the classes. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Change the width while it trains. The grey curve has had 800 steps at width 4.
circle_panel = panels.live(network(4), *circles, views=views)
circle_panel.start_over(after=800)
circle_panel

# %% [markdown] slideshow={"slide_type": "skip"}
# The small pictures are heat maps: over the same plane, orange where a unit's output is positive, blue where it is
# negative. A network bends space in this way: it replaces the coordinates $x_1, x_2$ by what its hidden units see. In
# these new coordinates the output unit makes **one straight cut**, and where the network has solved its task, that is enough.
# ("The bent space", below, lets you watch it.)
#
# The sentence below the pictures may count a unit that does not react to the input: three lines can enclose the
# disc, so one of the four can end up with nothing to do.
#
# 1. *Reset* with width 3 and give it 2,000 steps. Three lines are enough, though not from every start: if it stays near
#    80 %, press *New start*. With 2 no start helps: two soft lines never close.
# 2. Width 4 again, and the activation `linear`; *Reset*, *Play*. What happens to the boundary, and why? (You proved it
#    above.)
# 3. Now `relu`; *Reset*, *Play*: the boundary has corners.

# %% slideshow={"slide_type": "subslide"}
# How many soft lines does it take to enclose a disc? The best of three starts:
def fraction_right(trainer, X, y):
    """Return the fraction of the points on the right side."""
    return np.mean((trainer.predict(X)[:, 0] > 0.5) == (y > 0.5))


trainer, best = live.LiveTrainer(network(8), *circles), {1: 0, 2: 0, 3: 0, 8: 0}
for width in best:
    trainer.width = width
    for seed in range(3):
        trainer.reset(seed)
        trainer.step(1000)
        best[width] = max(best[width], fraction_right(trainer, *circles))
    print(f"width {width}: ≈ {best[width]:.0%} of the points on the right side")
print("more units help:", best[1] < best[2] < best[3])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### XOR: one of the two, but not both
#
# Class 1 is where exactly one coordinate is positive: **XOR** (互斥或). No line can do it. A book on what a single
# layer cannot do (Minsky and Papert, 1969) is often named among the reasons why few people worked on neural networks
# in the years that followed.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *New start* a few times, then with width 2: other units, the same task, another end.
# **Ask:** why does the result depend on the start? (What the units are at first decides where they end.)
# **Usual mistake:** taking one run for the truth. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Then try New start several times; then width 2, then 8. The grey curve: 1,000 steps at width 4.
xor_panel = panels.live(network(8), *xor, width=4, views=views)
xor_panel.start_over(after=1000)
xor_panel

# %% [markdown] slideshow={"slide_type": "skip"}
# With four units nearly every start leads to the goal within 1,000 steps. With two, some starts come much further than
# others, and we have seen none that has every point right: what the units are at first decides where they end. With
# eight there are more units than the task needs.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Spirals: more units, more layers
#
# The first layer draws lines, the second joins them to shapes with bends, and so on: each layer works with what the one
# before has made.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play* until the loss is down: the two groups of units, half-planes above, smaller regions below. Then drag
# the width down until it fails. **Ask:** more units or more layers? (Try both; here two layers do with fewer parameters.) **Usual mistake:**
# adding both and forgetting the bend: 12 + 12 linear units fail here. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Where does it fail? Try width 4, then another activation. The grey curve: relu, 12 + 12 units, 1,500 steps.
deep = network(12, 12, activation="relu")
spiral_panel = panels.live(deep, *spirals, views=views)
spiral_panel.start_over(after=1500)
spiral_panel

# %% slideshow={"slide_type": "subslide"}
# Two layers of 12 units on the spirals, 1,500 steps: what does the activation decide?
right = {}
for activation in ("linear", "tanh", "relu"):
    trainer = live.LiveTrainer(network(12, 12, activation=activation), *spirals)
    trainer.step(1500)
    right[activation] = fraction_right(trainer, *spirals)
    print(f"{activation}: ≈ {right[activation]:.0%} of the points on the right side")
print("solved by relu, not by linear:", right["linear"] < 0.8 < 0.95 < right["relu"])

# %% [markdown] slideshow={"slide_type": "skip"}
# So when a problem is not linear there are three things to try: **a non-linear activation** (without it,
# nothing else helps), **more units** and **more layers**. Which activation is best depends on the task: after these 1,500
# steps with learning rate 0.02 tanh has not found the spirals, and ReLU has. (tanh can find them, too, when its weights
# begin larger: how weights should begin comes below.) What depth does to the gradient comes further down.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The bent space
#
# To the output unit each point is what the hidden units say of it: three units, three new coordinates. There it can make
# only **one straight cut**. So the hidden layer has to bend the plane until one cut is enough.
#
# **Guess first:** think of the plane as a cloth with a disc and a ring painted on it. How would you move the cloth,
# without tearing it, so that one straight cut takes off the disc?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a handkerchief with a ring drawn on it, if you have one, and collect guesses. Then the panel: *Play*, and when the
# middle has come out, drag *bent* slowly to 0 and back. **Ask:** the straight line on the right and the closed curve on the
# left, are those two lines or one? (One.) **Usual mistake:** thinking that the line bends. The line stays straight, and the
# plane bends. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play, and watch the grid on the right. Then drag "bent" to 0, the plane as we know it, and back.
panels.live(network(3), *circles, views=("boundary", "space"))

# %% [markdown] slideshow={"slide_type": "skip"}
# On the right are the same points and a grid of the plane, as the output unit gets them; each piece of the grid has the
# colour of the class that is chosen there. To the right lies what the output unit looks at, the score; upwards what else
# is spread most. Three coordinates do not fit on a flat picture: the sentence says how much of the spread you see. (Olah,
# 2014, drew networks in this way.)
#
# 1. *Play*, with *bent* at 1. What does the middle do, what does the rim?
# 2. While it trains, drag *bent* to 0. What becomes of the straight line?
# 3. The activation `linear`; *Reset*, *Play*. What does the grid look like, and how many points are on the right side?

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# 1. At first the grid is nearly flat: close to 0, tanh is nearly a line. Then the middle is pulled out to the right, the
#    rim stays behind: a cloth lifted in its middle, seen from the side. The disc is the tip, and the cut takes it off.
# 2. It closes to the curve round the disc, the one in the left picture. Both are one and the same line.
# 3. The grid is tilted and pressed together, and stays flat: its lines stay straight. On a flat cloth no straight cut goes
#    between a disc and the ring around it.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# In numbers: the best line in the plane itself, and the cut in the bent space before and after 1,500 steps.

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
# Three moments of the same training.
bending, cuts = live.LiveTrainer(network(3), *circles), []
fig, axes = plt.subplots(1, 3, figsize=(9.4, 2.8))
for ax, more in zip(axes, (0, 100, 1400), strict=True):
    bending.step(more)
    title = f"after {bending.updates:,} steps"
    plots.bent_space(ax, bending.bent, *circles, title=title, legend="above")
    H, kernel, bias = bending.bent(X_circles)  # 3 coordinates for each point; the cut
    cuts.append((H @ kernel[:, 0] + bias > 0) == y_circles)

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
line = experiments.best_line(*circles)
print(f"best line in the plane: {line:.0%}")
print(f"cut in the bent space: before ≈ {cuts[0].mean():.0%}, after ≈ {cuts[-1].mean():.0%}")
print("one cut of the bent space beats every line of the plane:", line < 0.75 < 0.9 < cuts[-1].mean())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A thinner network
#
# A ReLU unit can do two things only: pass on its sum, or give 0. At any one place of the plane each unit has decided. Those
# that give 0 drop out. What is left is a thinner network without any bend, and linear layers fold into one:
#
# $$\text{score} = w_1 x_1 + w_2 x_2 + b$$
#
# **Guess first:** how far around this place does the formula hold?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel: *Play* until the border is closed, pause, and drag the green dot slowly across a grey line. **Ask:** which
# unit has left the drawing, and did the score jump? (No: on the line that unit gives 0 in both formulas.) **Usual mistake:**
# taking the formula for an approximation. Within its piece it *is* the network. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play, then Pause. Drag the green dot: what becomes of the formula, and which units leave the drawing?
panels.live(network(6, activation="relu"), *circles, views=("pieces", "network"))

# %% [markdown] slideshow={"slide_type": "skip"}
# Along each grey line one unit switches on or off. Between the lines lie the pieces of the plane, and each has a formula of
# its own. Green is what belongs to the dot: the piece around it, and dashed the places where its formula is 0. The formula
# stands above; on the right are the units that have a part in it. (Montúfar et al., 2014, count such pieces; they are also
# called linear regions.)
#
# 1. Train until the border is closed. Drag the dot about in one piece, then across a grey line. What changes?
# 2. Lead the dot all the way round, along the black border. Where is the dashed line?
# 3. Turn the width to 3, *Reset* and *Play*. Read below how many pieces there are, and press *New start* a few times.
# 4. Turn the activation to `tanh`. Why are there no pieces?

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# 1. Within a piece only the score changes, and the formula stays. Across a line one unit comes or goes, and so the formula is
#    another one. Yet the score does not jump, for on the line itself that unit gives 0.
# 2. In each piece the dashed line lies on the border. So the closed curve is put together from straight parts, one for each
#    piece that it goes through.
# 3. Never more than a certain number. The second question below asks for it.
# 4. A tanh unit gives exactly 0 along one line only, and bends everywhere. No unit ever drops out.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:thin_network"]
# ### Your turn: `thin_network`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** `collapse` again: the same two lines, for the units that are on. **Ask:** what has `W1 * on` in the columns of the
# other units? (Zeros.) **Usual mistake:** forgetting that with a unit its bias goes, too. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:thin_network"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Is the formula really the network? A trained one, asked at a thousand places, each with the formula of its own piece:

# %% slideshow={"slide_type": "skip"} tags=["answers:thin_network"]
pieced = live.LiveTrainer(network(6, activation="relu"), *circles)
pieced.step(1000)
kernel1, bias1, kernel2, bias2 = pieced.to_keras().get_weights()
spots = np.random.default_rng(0).uniform(-1.5, 1.5, (1000, 2)).astype("float32")

passing = spots @ kernel1 + bias1 > 0  # a row for each place, a column for each unit
w_thin = (kernel1 * passing[:, None]) @ kernel2  # a formula for each place
b_thin = (bias1 * passing) @ kernel2 + bias2
scores = np.sum(spots * w_thin[..., 0], axis=1) + b_thin[:, 0]
off_by = np.abs(1 / (1 + np.exp(-scores)) - pieced.predict(spots)[:, 0]).max()
print("formulas in use: ≈", len(np.unique(passing, axis=0)))
print(f"largest difference from the network: {off_by:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:most_pieces"]
# ### Your turn: `most_pieces`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:most_pieces"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Depth: what becomes of the gradient?
#
# Learning sends a gradient back through all layers, from the last to the first. **Each layer multiplies it**, by
# its weights and by the slopes of its activation. After many layers that is a product of many factors.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the sentence in bold. **Ask:** a factor of 0.9 fifty times over, and a factor of 1.1 fifty times over: about
# how much? (0.005, and 117.) **Usual mistake:** adding where factors multiply. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess: `ten_sigmoids`
#
# Answer before you go on. The next panel shows what is true.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four answers and enter the letter that most hands chose; the next panel answers, then
# `reveal.ten_sigmoids()`. **Ask:** how steep is a sigmoid at most, and how many are on the way?
# **Usual mistake:** "a tenth, for ten layers." **Time:** 3 minutes.
#
# </details>

# %% tags=["exercise:ten_sigmoids"]

# %% [markdown] slideshow={"slide_type": "skip"}
# How do we measure it? We send points forward through a deep network of 16 units in each layer, then a gradient back
# (lesson 3 shows how), and note its **norm** (範數), the length of the arrow, in each layer.

# %% slideshow={"slide_type": "skip"}
X_deep, _ = datasets.make_circles(64, seed=0)
gradients = partial(pictures.gradients_at_depth, X=X_deep)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Vanishing and exploding
#
# Each curve is one real way back, each point one layer. Left: the first layer, where the gradient arrives last. The
# weights of a layer with $n$ inputs are random, with standard deviation gain / √n.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** depth 2, 10, 24 at gain 1.4: the sigmoid's gradient fades in every layer, ReLU's and tanh's hold. Then gain
# 2.5 and 0.5: exponential in depth, up or down. **Ask:** at which gain does the linear network neither fade nor
# explode? (Near 1.) **Usual mistake:** looking at the slopes alone; the weights are the other factor.
# **Time:** 6 minutes.
#
# </details>

# %% tags=["answers:ten_sigmoids"]
# Drag the depth first, then the gain of the weights.
depth, gain = panels.Slider(2, 24, 10), panels.Slider(0.5, 2.5, 1.4, step=0.1)
panels.explore(gradients, size=(8, 3.6), depth=depth, gain=gain)

# %% [markdown] slideshow={"slide_type": "skip"}
# Read each layer's factor as a product of two:
#
# - **the weights**: a random layer of this kind makes the gradient about *gain* times as long;
# - **the slopes**: 1 for a linear unit; for ReLU 1 where the unit is on and 0 where it is off, and with half of the units
#   off that is √½; for tanh and sigmoid at most their largest slope, and less the further their sums are from 0.
#
# A product below 1 in layer after layer leaves next to nothing: the **vanishing gradient** (梯度消失). The first layers
# then hardly learn. A product above 1 grows exponentially with depth: the **exploding gradient** (梯度爆炸). Which of the
# four does which, at which gain? Look again, then at your prediction:

# %% slideshow={"slide_type": "skip"} tags=["answers:ten_sigmoids"]
reveal.ten_sigmoids()

# %% slideshow={"slide_type": "subslide"} tags=["answers:ten_sigmoids"]
# By what does one layer multiply the gradient, on average over 24 layers?
gains = (0.7, 1.0, 1.4, 2.5)
print("gain    ", *(f"{gain:7}" for gain in gains))
for name in experiments.ACTIVATIONS:
    factors = []
    for each in gains:
        norms = experiments.gradient_norms(X_deep, name, 24, each)
        factors.append((norms[0] / norms[-1]) ** (1 / 23))
    print(f"{name:8}", *(f"{factor:7.1f}" for factor in factors))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How should weights begin?
#
# Random, so that units differ; and of the right size, so that neither signal nor gradient fades or
# explodes: **initialisation** (初始化).
#
# | | standard deviation | derived for |
# |---|---|---|
# | Glorot | $\sqrt{2 / (n_{in} + n_{out})}$ | units that are linear around 0, with slope 1, as tanh is |
# | He | $\sqrt{2 / n_{in}}$ | ReLU, which cuts half of the signal's mean square |

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that for layers of equal size He is √2 times Glorot. Sources: Glorot and Bengio (2010), He et al.
# (2015). **Ask** what happens with weights of zero before showing it. (No signal, and no gradient for any weight;
# only the output's bias can learn.) **Usual mistake:** "Glorot fits the sigmoid, too." Its slope around 0 is ¼, and
# its outputs lie around ½. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
initialisations = {
    "zeros": "zeros",
    "too small": nn.normal(0.01),
    "too large": nn.normal(1.0),
    "Glorot": "glorot_uniform",
    "He": "he_normal",
}
X_ring, y_ring = datasets.make_circles(100, seed=0)

# %% [markdown] slideshow={"slide_type": "skip"}
# A network with eight hidden layers of 16 units now trains from each of these starts, for 150 steps. This tells us what a
# beginning is worth:

# %% slideshow={"slide_type": "skip"}
losses = {"tanh": {}, "ReLU": {}}
for activation, curves in losses.items():
    for name, initialiser in initialisations.items():
        deep_model = experiments.deep_network(activation, initialiser)
        curves[name] = experiments.losses_while_training(deep_model, X_ring, y_ring, steps=150)
    learnt = [name for name, curve in curves.items() if curve[-1] < 0.3]
    print(f"{activation} learns the circles from: {', '.join(learnt)}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Zeros, too small, too large, Glorot, He
#
# Left: how large the signal and the gradient are in each layer at the start. Read the gradient from right to left.
# Right: the loss when the network trains from there. Both on a log scale.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** all five with tanh, then with ReLU. Flat lines on the left mean a healthy start. **Ask:** which curves on the
# right belong to nearly flat lines on the left? (Those that fall soonest.) **Usual mistake:** "Training repairs a bad
# start." Of the six bad ones here only tanh from too large learns within these steps, and later than from Glorot and
# He. **Time:** 5 minutes.
#
# </details>

# %%
# Choose a start and an activation. (Grey: the other starts.)
start = panels.Choice(tuple(initialisations), "too small", label="start")
sizes = partial(pictures.sizes_at_start, starts=initialisations, points=(X_ring, y_ring))
curves = partial(pictures.losses_from, losses=losses)
panels.explore(sizes, curves, initialisation=start, activation=list(losses))

# %% [markdown] slideshow={"slide_type": "skip"}
# Walk through the list, first with tanh, then with ReLU:
#
# - **zeros**: nothing goes forward, and no gradient comes back to any weight. Only the output unit's bias can learn, and
#   all that a bias alone can learn is the fraction of class 1. Here that is one half, which it says from the start: the
#   loss stays at ln 2. The next cell shows what happens with other fractions.
# - **too small**: both fade from layer to layer, and in these 150 steps the loss stays where it is.
# - **too large**: ReLU's signal grows from layer to layer. The score at the output is then so far from 0 that its
#   probability is 0 or 1 to all digits that our loss looks at, and for such points no gradient comes back: the network
#   learns little or nothing. (Lesson 6 computes the loss from the score, and then a gradient comes back.) tanh's signal
#   cannot explode, because each output lies in −1…1; it does learn, but it begins with a larger loss and takes longest.
# - **Glorot** and **He**: the lines stay much flatter, and all four networks learn (Glorot and Bengio, 2010; He et al.,
#   2015). With ReLU, Glorot's fall by about √½ in each layer: that is the half of the mean square that ReLU cuts, and
#   that He makes up for. With eight layers this hardly matters, with 24 it does: the second cell below counts. Keras
#   begins with Glorot unless you say otherwise; for deep ReLU networks say `kernel_initializer="he_normal"`.

# %% slideshow={"slide_type": "skip"}
# All weights begin at 0, and 30 % of the points are of class 1: what can be learned?
some = np.concatenate([np.flatnonzero(y_ring == 0)[:35], np.flatnonzero(y_ring == 1)[:15]])
zeros = experiments.deep_network("tanh", "zeros")
curve = experiments.losses_while_training(zeros, X_ring[some], y_ring[some], steps=1000)
fractions_only = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7))
print(f"the loss goes from ≈ {curve[0]:.3f} to ≈ {curve[-1]:.3f}")
print(f"who knows only the fractions has ≈ {fractions_only:.3f}")
print("all points get the same answer:", bool(np.ptp(zeros.predict(X_ring)) < 1e-6))

# %% slideshow={"slide_type": "skip"}
# ReLU with 24 hidden layers, three times each: after how many steps is the loss below 0.3?
needed = {"Glorot": [], "He": []}
for name, steps in needed.items():
    for seed in range(3):
        deeper = experiments.deep_network("ReLU", initialisations[name], 24, seed=seed)
        curve = experiments.losses_while_training(deeper, X_ring, y_ring, steps=150)
        steps.append(np.sum(curve >= 0.3))
    print(f"{name}: ≈ {np.mean(steps):.0f} steps")
print("He learns sooner:", bool(np.mean(needed["He"]) < np.mean(needed["Glorot"])))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Equal units stay equal
#
# Two units of a layer with the same bias and the same weights, those that come in and those that go out, give the same
# output, get the same gradient and make the same step. So they stay the same. Random weights **break the symmetry** (打破對稱).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed lines for zeros and ½: all six units are one and the same. **Ask** before that: how many of the
# six will differ? **Usual mistake:** "Training makes them differ." Equal units get equal gradients in every step.
# **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# How many different units are left after training on XOR?
def halves(n_in, units, rng):
    """An initialiser: every weight ½."""
    return np.full((n_in, units), 0.5)


for name, begin in {"zeros": "zeros", "all ½": halves, "random": "glorot_uniform"}.items():
    first, last = nn.Dense(2, 6, begin, seed=0), nn.Dense(6, 1, begin, seed=1)
    six = nn.Sequential([first, nn.Tanh(), last, nn.Sigmoid()])
    six.fit(*xor, nn.BinaryCrossentropy(), optimizers.Adam(0.05), epochs=60)
    different = len(np.unique(first.W.round(6), axis=1).T)
    solved = bool(fraction_right(six, *xor) > 0.95)
    print(f"{name}: {different} different among 6 hidden units, solved: {solved}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Dead ReLUs
#
# A step that is too long can push a ReLU unit to the side where it is 0 **for every sample**. There its slope is 0,
# so its weights get no gradient any more: it is **dead** (死亡神經元). Where there are layers before it, these may still
# wake it, by changing what it reads.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the crosses in the picture below. **Ask:** what did the dead units cost? (The network has only
# the others left, and all are computed.) **Usual mistake:** calling a unit dead that is only off for some samples.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Twelve ReLU units learn the circles: with short steps, and with far too long ones.
def active_after(learning_rate, epochs):
    """Train, and return for each unit the fraction of the samples for which it is on."""
    dense, relu = nn.Dense(2, 12, "he_normal", seed=3), nn.ReLU()
    twelve = nn.Sequential([dense, relu, nn.Dense(12, 1, seed=4), nn.Sigmoid()])
    sgd = optimizers.SGD(learning_rate)
    twelve.fit(X_ring, y_ring, nn.BinaryCrossentropy(), sgd, batch_size=10, epochs=epochs)
    return np.mean(relu.forward(dense.forward(X_ring)) > 0, axis=0)


on = {"short steps": active_after(0.5, 20), "long steps": active_after(4.0, 20)}
dead = {name: np.sum(fractions == 0) for name, fractions in on.items()}
print(f"dead after short steps: ≈ {dead['short steps']} of 12, after long: ≈ {dead['long steps']}")
print("long steps leave more dead:", bool(dead["long steps"] > dead["short steps"]))

# %% slideshow={"slide_type": "subslide"}
# A cross marks the dead: units that are on for no sample at all.
fig, ax = plt.subplots(figsize=(8, 3.4))
_ = pictures.active_units(ax, on)

# %% [markdown] slideshow={"slide_type": "skip"}
# What helps: shorter steps (after which a unit may still die, but fewer do), or a relative of ReLU that is not flat on
# the left, such as leaky ReLU.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:dead_units"]
# ### Your turn: `dead_units`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one column of A with zeros only, and one with some zeros; the answer has one `True` or `False`
# for each column. **Ask:** which of the two units is dead, and what is the other one doing? (Its job.)
# **Usual mistake:** `any` for `all`. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:dead_units"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your network: as small as you can
#
# Solve the spirals with **at most 105 parameters**. Then with fewer. Choose layers, width and activation, let
# it train, look at its units, and take away those that do nothing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how to change the first line, run the cell, press *Play*; the smallest number of parameters wins.
# **Ask:** which has more parameters, one layer of 26 or two of 8? (Both have 105.) **Usual mistake:**
# giving up after one start: from some, 8 + 8 tanh units stay near 65 %. *New start*, more steps, or another
# activation. **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Change this line, run the cell, press Play. New start is another try.
my_design = network(8, 8, activation="tanh")
panel = panels.live(my_design, *spirals, batch_size=50, views=views)
panel

# %% slideshow={"slide_type": "skip"} tags=["answers:count_parameters"]
print("parameters of your design:", my_design.count_params(), "of at most 105")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:smallest_network"]
# ### Your turn: `smallest_network`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how a trained network leaves the panel: `panel.trainer.to_keras()`. **Ask:** which units of your
# panel do the same work, or none? **Usual mistake:** handing in the design, which has not been trained: the
# panel trains a copy. **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:smallest_network"]

# %% [markdown] slideshow={"slide_type": "skip"}
# The panel trains a copy of your design. To hand in what you see, write
# `smallest_network = panel.trainer.to_keras()`; it has exactly the units in use. A model that you have trained with
# `fit` counts as well.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The clinic: two networks to save
#
# In lessons 2 to 6 ten sick networks wait, two in each. Save each of them, **and** say what it had. Its panel
# is live, and any knob may be turned. Look first, then turn: who turns everything does not know what helped.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the rule on the slide, and act it: hands off, eyes on the drawing. **Ask:** what would you look at first in a
# network that does not learn? Collect, do not judge. (The training loss, the units, the weights, the data.)
# **Usual mistake:** turning the learning rate, because that is what one can always turn. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# How the clinic works. A cell makes a panel, and the run in grey is what happens if nobody does anything. The text below it
# gives the goal and a budget of updates. When your run is there, stop, and hand in two things: the panel, and its
# diagnosis in quotes. The check says first whether it is saved, then whether the name is right, and what speaks against a
# wrong one.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 1: the ring
#
# Eight hidden units, and a loss that has not moved since update 200.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the drawing, before *Play*: six squares are white, two have colours. Then *Play*: the lines into the white ones do
# not change. Turn what the room wants first, a larger learning rate, then 16 units; then leaky ReLU. **Ask:** what does a white
# square say? (0 for every point.) **Usual mistake:** more units. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Look at the drawing on the right before you press Play. In grey: 1,000 updates, with nothing turned.
case_1 = patients.patient_1()
case_1.start_over(after=1000)
case_1

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_1"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_1"]

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What was wrong, and how one sees it</b></summary>
#
# A white square is a unit that says 0 everywhere, and the lines that lead into it stand still while all others move. Its slope
# is 0 for each point, so it gets no gradient, and no learning rate makes something of nothing. Whatever gives it
# a slope wakes it: an activation that is flat nowhere, or a hand that drags one weight far enough.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 2: the ring again
#
# The same points, and the same complaint: the loss has stopped falling.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two drawings one after the other: no white square among the units in use here. Press on a unit while it trains:
# the loss rises, so it has worked. **Ask:** two units are at work in both cases; why did more units not help in case 1? (There
# they joined asleep.) **Usual mistake:** more layers, as narrow as before. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Look, then turn. In grey: 1,000 updates, with nothing turned.
case_2 = patients.patient_2()
case_2.start_over(after=1000)
case_2

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_2"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_2"]

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What was wrong, and how one sees it</b></summary>
#
# The same data, the same activation, a loss like that of case 1, and two units at work in both: only the drawing tells
# them apart. Here nobody is idle. Each unit folds the plane once, and two folds leave a strip or a wedge; a third
# closes it. More layers of the same width do not help: they can only fold what the first one has left.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Without an activation any stack of layers is one linear layer.
# - In hidden layers try ReLU first, then its relatives; for probabilities sigmoid or softmax at the output.
# - Hidden units draw, later layers join and bend: more units and more layers can draw more shapes.
# - With ReLU the plane falls into pieces, and on each of them the network is a thinner, linear one.
# - Depth multiplies: gradients keep their size only if slopes times weights stay near 1.
# - Begin random and of the right size: Glorot for tanh, He for ReLU.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the six lines, and for each let somebody name the panel that proved it. **Ask** for the three
# things to try on a non-linear problem. (A bend, more units, more layers.) Who has the smallest network?
# **Usual mistake:** "ReLU everywhere." At the output it gives no probability. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes, or with a number, in the place of the dots. Wrong answers tell you what they stand for.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_linear_stack"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_maxout"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_zeros"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_dead"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_temperature"]
# ### `quiz_temperature`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_temperature"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_chain"]
# ### `quiz_chain`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_chain"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_he"]
# ### `quiz_he`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_he"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | activation function | 激勵函數 | what a unit does with its weighted sum |
# | to collapse | 塌縮 | linear layers in a row fold into one |
# | ReLU, rectified linear unit | 線性整流函數 | max(0, z) |
# | sigmoid | S 型函數 | 1 / (1 + e⁻ᶻ), between 0 and 1 |
# | tanh, hyperbolic tangent | 雙曲正切 | like a sigmoid, between −1 and 1 |
# | derivative, slope | 導數、斜率 | how fast the output changes with the input |
# | leaky ReLU, ELU, GELU, softplus | 帶洩漏的 ReLU 等 | relatives of ReLU, softer or not quite flat |
# | Maxout | 最大輸出 | the largest of several learned lines |
# | score | 分數 | what a network gives each class before softmax |
# | logits | 未正規化分數 | another word for these scores |
# | softmax |  | turns scores into probabilities that sum to 1 |
# | temperature | 溫度 | divides the scores: low is decided, high undecided |
# | XOR, exclusive or | 互斥或 | true if exactly one of two is |
# | hidden unit | 隱藏單元 | a unit whose output only other units see |
# | width, depth | 寬度、深度 | units per layer, number of layers |
# | piece, linear region |  | a part of the plane on which a ReLU network has one linear formula |
# | norm | 範數 | the length of an arrow, or of an array's numbers together |
# | cross-entropy | 交叉熵 | a loss for probabilities; lesson 6 builds it |
# | vanishing gradient | 梯度消失 | next to nothing arrives in the first layers |
# | exploding gradient | 梯度爆炸 | far too much arrives there |
# | initialisation | 初始化 | how weights begin: Glorot, He |
# | symmetry breaking | 打破對稱 | random weights make units differ |
# | dead unit | 死亡神經元 | a ReLU that is 0 for every sample |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** gradients went backwards through every layer in this lesson, and you took them on trust. In [lesson 3](03_backprop.ipynb) you
# compute them yourself, layer by layer, and check each one.
