# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 3 · Backpropagation
#
# A network has thousands of parameters. One walk from the loss back to the input tells how much each of
# them is to blame.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the title only, and write 641 on the board: the parameters of this lesson's last network.
# **Ask:** which way should each of 641 numbers be turned? Two or three ideas; "try each one" is a good one,
# and comes back as the judge. **Usual mistake:** "the network knows the right answer for its hidden units."
# **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - walk through a computation forward and back, with real numbers;
# - follow the blame along its paths through a network, and let thirty lines of Python do it;
# - write the shape of every array in a network before you write its code;
# - write the forward and the backward pass of a whole network yourself;
# - judge any gradient by measuring it, and know when the judge is wrong;
# - recognise the most common bugs by what they do to the gradient;
# - train a network with a forward and a backward pass of your own.
#
# Plan 90 to 110 minutes for reading, dragging and the exercises. All cells together run in about 20 seconds.
#
# Wherever you see `...`, it is your turn. If an exercise is too much today, go on: where a later cell needs
# your function, it takes the lesson's own one until yours passes its check, and says so.

# %% slideshow={"slide_type": "skip"}
import timeit
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lessons_lib import datasets, nn, optimizers, panels, plots
from lessons_lib.lessons.backprop import (
    EXHIBITS, NUMBERS, PARAMETERS, as_matrices, check, check_backward, cross_entropy,
    graph_pictures, hint, make_parameters, museum, museum_data, patients, pictures,
    progress, reveal, solution, yours_or_ours,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Before anything new: a step against the slope, one layer on the way forward, and how steep a sigmoid is. The way back
# through a network is made of these three. Try each without leafing back; what had to be searched for is kept best.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the slide, and give two minutes of silence for three numbers on paper. **Ask:** the new weight after a step
# from 0.5 with rate 0.1 and slope −4 (0.9); relu(x @ W + b) for the sample of the second question (4 and 0); the
# slope of a sigmoid that puts out 0.9 (0.09). **Usual mistake:** stepping along the slope instead of against it.
# **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:one_step"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:one_step"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:layer_by_hand"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:layer_by_hand"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:slope_from_output"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:slope_from_output"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One multiplication
#
# $p = w \cdot x$. If $w$ grows a little, how much does $p$ grow? **$x$ times as much.** That factor is the
# derivative (導數), $\frac{dp}{dw} = x$. It says how a small change is passed on.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two printed lines after the bets: p goes from 2.00 to 2.02, and the ratio is x. **Ask**
# before you run it: w grows by 0.01, and x is 2. By how much does p grow? (0.02.) **Usual mistake:**
# answering with w: "the derivative of w·x is w." **Time:** 2 minutes.
#
# </details>

# %%
w, x = 1.0, 2.0
nudge = 0.01
before, after = w * x, (w + nudge) * x
print(f"p went from {before:.2f} to {after:.2f}")
print(f"change of p / change of w = {(after - before) / nudge:.2f}, and x = {x:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Links make a chain
#
# Where one step follows another, the factors multiply. This is the **chain rule** (鏈鎖律):
#
# $$\frac{dL}{dw} = \frac{dL}{dp} \cdot \frac{dp}{dw}$$
#
# So each step of a computation, a **node** (節點), needs to know only two things: the gradient (梯度) that comes
# back to it, and its own small derivative.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the step slider with the arrow keys, slowly: five steps forward, then six back. Stop at `dz`:
# here the sigmoid's own slope comes in. **Ask** at the last step, before you drag x to 0: what will dw be? (0: an
# input that is off cannot be to blame.) **Usual mistake:** reading dw as "the new w". **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Step through one neuron and its loss: first forward (blue), then back (orange).
panels.explore(
    pictures.computation_graph, size=(9.4, 3.9), step=panels.Slider(0, pictures.GRAPH_STEPS, 3),
    w=panels.Slider(-3.0, 3.0, 1.0, step=0.1), x=panels.Slider(-3.0, 3.0, 2.0, step=0.1),
    b=panels.Slider(-3.0, 3.0, -1.0, step=0.1), y=panels.Slider(0.0, 1.0, 0.0),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# This is a **computation graph** (計算圖). In this lesson `dw` is short for $\frac{dL}{dw}$: how much the
# loss changes when $w$ does. Try this:
#
# 1. Move *step* from 0 to 11 with the arrow keys and read each rule aloud. On the way back every gradient is the
#    one to its right, times the slope of the node between them. (There is one for the target $y$ too. Nobody needs
#    it, because nobody changes a target.)
# 2. At step 11 drag $x$ to 0. `dw` is 0 too: the weight of an input that is off cannot be to blame.
# 3. Drag $w$, $x$ and $b$ to 3 and leave $y$ at 0. The sigmoid is nearly flat there, and hardly anything gets back
#    through it, although the neuron is badly wrong.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:first_gradient"]
# **Your turn.** {question} Put the number in the place of the dots and run the cell.

# %% slideshow={"slide_type": "skip"} tags=["exercise:first_gradient"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:neuron_gradients"]
# Now with the sigmoid, and as a function. {question}
# `hint.neuron_gradients()` helps a little, again and again.

# %% slideshow={"slide_type": "skip"} tags=["exercise:neuron_gradients"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where paths part, gradients add up
#
# If $u$ reaches the loss by two paths, a nudge of $u$ is felt on both. The gradients that come back are
# **added**: below, $L = u^2 + 3u$, so $\frac{dL}{du} = 2u + 3$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two paths of u on the board, 2u = 4 and 3, before you run the cell. **Ask:** a bias is added
# to every sample of a batch. What will its gradient be? (The sum over the samples.) **Usual mistake:**
# keeping only one of the two paths, or multiplying them. **Time:** 3 minutes.
#
# </details>

# %%
u = 2.0
from_the_square, from_the_product = 2 * u, 3.0
rise = ((u + nudge) ** 2 + 3 * (u + nudge)) - (u**2 + 3 * u)
print(f"added up: {from_the_square + from_the_product:.2f}")
print(f"change of L / change of u = {rise / nudge:.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# The measured 7.01 is a little too large, because the nudge is not infinitely small and the curve bends. There is a
# better way to measure:

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A judge that knows no rules
#
# Is a derivative right? **Measure it.** Nudge to both sides by a small $\varepsilon$ and see how the loss answers:
#
# $$\frac{df}{dx} \approx \frac{f(x + \varepsilon) - f(x - \varepsilon)}{2\varepsilon}$$
#
# This is the two-sided **numerical gradient** (數值梯度). It will judge every gradient that you write in this lesson.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the judge needs no calculus at all, only the forward pass, twice. **Ask:** then why do we
# need backpropagation? (Two forward passes for each parameter. We come back to that.) **Usual mistake:**
# dividing by ε instead of 2ε. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
def loss_of(w):
    """Squared error of one neuron with x = 2, b = −1, y = 1, as a function of its weight."""
    return (nn.sigmoid(2 * w - 1) - 1) ** 2


def slope_at(w):
    """Its derivative, by the chain rule."""
    a = nn.sigmoid(2 * w - 1)
    return float(2 * (a - 1) * a * (1 - a) * 2)


print(f"chain rule {slope_at(0.5):.6f}, measured {nn.numerical_gradient(loss_of, 0.5):.6f}")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:two_sided"]
# **Your turn.** Build the judge. {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:two_sided"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network in numbers
#
# Two inputs, two hidden units with tanh, one sigmoid output, and again $L = (\hat y - y)^2$. A line is as thick as the
# gradient of what stands on it. How does the blame come from the loss to one weight? **Along a path, and slopes multiply.**

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the names in the picture: press w11, v1, then x1: there two paths meet, and their shares are added.
# **Ask** before you drag v1 to 0: which gradients become 0? (All that reach the loss through a1 alone:
# w11, w21, b1; v1 itself keeps its own.) **Usual mistake:** "a weight of 0 has the gradient 0."
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Press w11, then v1, then x1: which paths does the blame take?
turned = {"blame": panels.Choice(graph_pictures.PRESSED, label="blame of")}
for name in ("x1", "x2", "v1", "v2"):
    turned[name] = panels.Slider(-3.0, 3.0, NUMBERS[name], step=0.1)
turned["y"] = panels.Slider(0.0, 1.0, NUMBERS["y"])
panels.explore(graph_pictures.blame, size=(9.4, 4.5), **turned)

# %% [markdown] slideshow={"slide_type": "skip"}
# (`w12` leads from `x1` to the second hidden unit.) Try this, and guess before each:
#
# 1. Press `w11`, `w12` and `v1` in the picture. Which factors do their products share? What was computed for one of them
#    is used for the others.
# 2. Press `x1`. Two paths lead to it; their products are added.
# 3. Drag `v1` to 0. Four lines become thin, those of `w11`, `w21`, `b1` and `z1`: whatever reaches the loss only through
#    `a1` has no share in it now. `v1` itself has one.
# 4. Drag `v1` back to 1.2 and `x1` to 3, and press `w11`: tanh is nearly flat there, and `(1 − a1²)` lets only a tenth
#    through.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:count_paths"]
# Here each weight has one path. **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:count_paths"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Thirty lines that differentiate
#
# Let a number remember what it was made of, and the way back can be walked by a program: **automatic differentiation**
# (自動微分) (Griewank and Walther, 2008; Baydin and others, 2018). It needs
#
# 1. nodes: a value, and a slope for each of its parts;
# 2. an order in which each node comes after its parts;
# 3. a walk through that order from its end.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the picture of the network again and number its nodes on the board, inputs first: that is the order.
# (The three functions are for home, or for pairs.) **Ask:** why must all paths to a node have come in before the walk
# goes on from it? (What comes later would not be handed on.) **Usual mistake:** `=` in the place of `+=`: the
# second path overwrites the first. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:product_node"]
# **Your turn, first the nodes.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:product_node"]

# %% [markdown] slideshow={"slide_type": "skip"}
# With it, Python can write the graph down while it computes. Where it finds `a + b`, it calls `a.__add__(b)`; for `a * b`
# it calls `a.__mul__(b)`. So these two names are all it takes for numbers that remember:

# %% slideshow={"slide_type": "skip"}
product = yours_or_ours(product_node)


class Node:
    """A value, and what it was made of: pairs (part, slope)."""

    def __init__(self, value, parts=()):
        self.value, self.parts = value, list(parts)

    def __add__(self, other):
        return Node(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        value, slope, other_slope = product(self.value, other.value)
        return Node(value, [(self, slope), (other, other_slope)])

# %% slideshow={"slide_type": "skip"}
def tanh(node):
    """Return tanh of a node, as a node."""
    a = np.tanh(node.value)
    return Node(a, [(node, 1 - a**2)])


def sigmoid(node):
    """Return the sigmoid of a node, as a node."""
    a = nn.sigmoid(node.value)
    return Node(a, [(node, a * (1 - a))])


two = Node(2.0)
result = two * two + Node(3.0) * two
print("value:", result.value, "| values of its parts:", [part.value for part, _ in result.parts])

# %% [markdown] slideshow={"slide_type": "skip"}
# From the loss the whole graph can be found again, part by part. In which order, depends on the paths: where a short one and
# a long one lead to the same node, it is found by the short one, too early.

# %% slideshow={"slide_type": "skip"}
def graph_of(loss):
    """Return {node: its parts} of the loss and of all that it was made of, as they are found."""
    found, nodes = {}, [loss]
    for node in nodes:  # the list grows while we walk through it
        found[node] = node.parts
        nodes += [part for part, slope in node.parts if part not in found]
    return found

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:in_order"]
# **Your turn, the order.** To let you see what you do, the nodes of this exercise are plain names. For $L = u^2 + 3u$ at
# $u = 2$, with $s = u \cdot u$ and $t = 3u$:
#
# ```python
# {"L": [("s", 1.0), ("t", 1.0)], "s": [("u", 2.0), ("u", 2.0)], "t": [("u", 3.0)], "u": []}
# ```
#
# An order is `["u", "s", "t", "L"]`. {question} If there are several such orders, each is right. (In books it is called a
# topological order.)

# %% slideshow={"slide_type": "skip"} tags=["exercise:in_order"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:walk_back"]
# **Your turn, the walk.** {question} For the example above, `u` gets 7, as at the fork before.

# %% slideshow={"slide_type": "skip"} tags=["exercise:walk_back"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Now the network of the picture. Its forward pass is written down as a formula, and nothing else: who is to blame, your
# three functions find out.

# %% slideshow={"slide_type": "skip"}
def output(n):
    """Return ŷ of the network in the picture; n holds a node for each name."""
    a1 = tanh(n["x1"] * n["w11"] + n["x2"] * n["w21"] + n["b1"])
    a2 = tanh(n["x1"] * n["w12"] + n["x2"] * n["w22"] + n["b2"])
    return sigmoid(a1 * n["v1"] + a2 * n["v2"] + n["c"])


def squared_error(n):
    """Return (ŷ − y)² as a node."""
    error = output(n) + n["y"] * Node(-1.0)
    return error * error

# %% slideshow={"slide_type": "skip"}
nodes = {name: Node(number) for name, number in NUMBERS.items()}
in_their_order, back = yours_or_ours(in_order), yours_or_ours(walk_back)


def gradients_of(loss):
    """Return the gradient of every node that the loss was made of."""
    network_graph = graph_of(loss)
    return back(in_their_order(network_graph), network_graph)


def measured_slope(name):
    """Return the judge's dL/d(name): two forward passes, and no graph."""
    def loss_at(number):
        return squared_error(nodes | {name: Node(number)}).value
    return nn.numerical_gradient(loss_at, NUMBERS[name])

# %% slideshow={"slide_type": "subslide"}
# The gradients of the network in numbers, found by a program.
by_node = gradients_of(squared_error(nodes))
for name in PARAMETERS:
    print(f"d{name:3} = {by_node[nodes[name]]:6.3f}, measured {measured_slope(name):6.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# They are the numbers of the picture. Change the formula of `output` as you like: a third layer, one weight used twice. The
# gradients come along by themselves, and that is why nobody writes them by hand for a large network. What the lesson does
# from here on is the same walk with whole layers in the place of single numbers: fewer nodes, and much faster.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The letters
#
# Layers are counted **without** the input: this network has $L = 3$ layers. (Here $L$ is a number, not the loss.) Layer
# $l$ has $n^{[l]}$ units. It takes $a^{[l-1]}$, computes $z^{[l]}$ and from it its output $a^{[l]} = g(z^{[l]})$. At the
# ends: $a^{[0]} = X$ and $a^{[L]} = \hat y$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the columns with your finger and count aloud: 0 for the input, then 1, 2, 3. **Ask:** where does
# W[2] stand in the picture? (Between columns 1 and 2: it belongs to the layer it leads into.)
# **Usual mistake:** "this network has four layers." **Time:** 4 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(9, 3.8))
print(pictures.notation(ax, [3, 4, 4, 1]).sentence)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Shapes first
#
# Samples are **rows**, $m$ of them. For one layer, with $A$ short for $a^{[l-1]}$:
#
# $$Z = A\,W + b \qquad dW = A^\top dZ \qquad dA = dZ\,W^\top$$
#
# **A gradient has the shape of what it is the gradient of.** That rule alone finds many bugs.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel: the class calls out rows and columns of W, you drag the orange corner there, and the sentence
# judges; then Z, dZ, dW and dA. **Ask** before you drag the samples to 8: which of the five will not fit any more?
# (Z, dZ and dA. W and dW still do: m is summed away.) **Usual mistake:** expecting dW to have a row for
# each sample. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# The orange array: say how many rows and columns it needs, then drag its corner there.
panels.explore(
    pictures.layer_shapes, size=(9.4, 3.2), array=list(pictures.SHAPED),
    rows=(1, pictures.LARGEST), columns=(1, pictures.LARGEST),
    samples=panels.Slider(1, pictures.LARGEST, 6), inputs=panels.Slider(1, pictures.LARGEST, 3),
    units=panels.Slider(1, pictures.LARGEST, 4),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# The blue arrays have their shapes, the orange one has the shape that you give it. Before you drag, say how many rows and
# columns it will have:
#
# 1. Drag the corner of $W$ until it fits. Then choose $Z$, $dZ$, $dW$ and $dA$ under *array*, and do the same.
# 2. Which of the five will not fit any more when there are 8 samples instead of 6? Guess, then drag *samples* and go
#    through them.
# 3. Make *inputs* and *units* equal and look at $dA$. Now `dZ @ W`, without the transpose, has a fitting shape too: a
#    bug that no shape will show you.

# %% [markdown] slideshow={"slide_type": "skip"}
# NumPy and Keras keep samples in rows, and so does this course: $W^{[l]}$ has the shape $(n^{[l-1]}, n^{[l]})$. Many
# books keep samples in **columns** (Ng, 2017, for one). Each array is then the transpose of ours: $W^{[l]}$ is
# $(n^{[l]}, n^{[l-1]})$, and $Z = W A + b$ with $b$ as a column. If a formula in a book looks transposed, look first at
# where it keeps its samples.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:layer_shapes"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:layer_shapes"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:shape_bug"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:shape_bug"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The forward pass is a loop
#
# Each layer takes what the one before gives. The **forward pass** (前向傳播) keeps what it computes in a **cache**
# (快取), because the way back will need it. In this lesson: tanh in hidden layers, sigmoid at the end.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed shapes: what comes out of layer 1, (6, 4), is what comes into layer 2. (Writing
# `forward` is for home.) **Ask:** which two arrays of a layer will the way back need? (What came in, for dW,
# and Z, where the slope is taken.) **Usual mistake:** caching what comes out of the layer in the place of
# what came in. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:forward"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:forward"]

# %%
# From here on: your forward pass if it passes its check.
forward_pass = yours_or_ours(forward)
parameters = make_parameters([3, 4, 4, 1], seed=0)
rng = np.random.default_rng(0)
X = rng.normal(size=(6, 3))
y_pred, cache = forward_pass(X, parameters)
for l, (A_prev, Z) in enumerate(cache, start=1):
    print(f"layer {l}: A[{l - 1}] {A_prev.shape}, Z[{l}] {Z.shape}")
print("ŷ:", y_pred.shape, "between 0 and 1:", bool(np.all((y_pred > 0) & (y_pred < 1))))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All samples at once
#
# `A @ W` computes a layer for **all** samples in one go. A Python loop over the samples gives the same numbers,
# more slowly. This is why we write everything in matrices: it is **vectorised** (向量化).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the first printed line before the ratio: the numbers are the same. **Ask** for bets on the ratio
# before running. (Often hundreds; it depends on the machine.) **Usual mistake:** believing that the
# loop is more exact, or that the matrix product computes less: it multiplies and adds the same numbers,
# without Python in between. **Time:** 3 minutes.
#
# </details>

# %%
many = rng.normal(size=(2000, 3))


def one_by_one():
    """The same forward pass, one sample after the other."""
    return np.concatenate([forward_pass(row[None, :], parameters)[0] for row in many])


print("the same numbers:", np.allclose(one_by_one(), forward_pass(many, parameters)[0]))
loop = min(timeit.repeat(one_by_one, number=1, repeat=3))
at_once = min(timeit.repeat(lambda: forward_pass(many, parameters), number=1, repeat=20))
print(f"the loop takes ≈ {loop / at_once:.0f} times as long")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The way back begins at the loss
#
# The loss is the mean **cross-entropy** (交叉熵) of a sigmoid output: for each sample
# $-y \log \hat y - (1 - y) \log(1 - \hat y)$, which is small where $\hat y$ is near $y$. The two derivatives, of loss
# and sigmoid, cancel to something simple:
#
# $$dZ^{[L]} = \frac{\hat y - y}{m}$$
#
# What flows back into the network is the **error**, divided by the number of samples.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the cancelling on the board: (ŷ − y)/(ŷ(1 − ŷ)) times ŷ(1 − ŷ). **Ask:** where does the 1/m come
# from? (The loss is a mean.) It is divided once, here, and never again. **Usual mistake:** stopping at
# dL/dŷ. One more link, the sigmoid's slope, leads back to Z. **Time:** 5 minutes.
#
# </details>

# %%
z, y_true = 0.8, 1.0
p = float(nn.sigmoid(z))
loss_slope = (p - y_true) / (p * (1 - p))  # d loss / dŷ
sigmoid_slope = p * (1 - p)  # dŷ / dz
print(f"{loss_slope:.3f} · {sigmoid_slope:.3f} = {loss_slope * sigmoid_slope:.3f}")
print(f"ŷ − y = {p - y_true:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:output_gradient"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:output_gradient"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One layer back
#
# A layer does two things, so the way back has two steps:
#
# - through the activation, element by element ($\odot$): $\;dZ = dA \odot g'(Z)$, and for tanh $g' = 1 - \tanh^2$;
# - through $Z = A_{prev}\,W + b$: $\;dW = A_{prev}^\top dZ,\quad db = \textstyle\sum_{rows} dZ,\quad dA_{prev} = dZ\,W^\top$.
#
# Here $A$ is what comes out of the layer, and $A_{prev}$ what came in, the $A$ of "Shapes first".

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shapes: write (m, n), (m, n_prev) and (n_prev, n) under dZ, A_prev and W; only one order fits dW.
# **Ask:** why is db a sum? (b goes to every row: paths part, gradients add up.) And why no mean? (It is in
# dZ already.) **Usual mistake:** dividing by m a second time. **Time:** 6 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:tanh_backward"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:tanh_backward"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:dense_backward"]
# {question} If you forget a formula, let the shapes lead you: unless some sizes are equal, there is only one way in
# which they fit.

# %% slideshow={"slide_type": "skip"} tags=["exercise:dense_backward"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The whole way back
#
# **Backpropagation** (反向傳播) is these steps in a loop, last layer first (Rumelhart, Hinton and Williams, 1986):
#
# 1. begin with $dZ^{[L]}$;
# 2. at each layer compute $dW$ and $db$ from $dZ$ and the cache;
# 3. hand $dA_{prev}$ on, through the slope of tanh, to the layer before.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that each layer's dZ is computed once and used by all that lies before it: that is the whole
# trick. Then let pairs fill in the three lines of `backward`. **Ask:** which entry of the cache gives the
# slope of tanh on the way to the layer before? (A_prev.) **Usual mistake:** forgetting that slope, or
# changing W before dA_prev was computed with it. **Time:** 8 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:backward"]
# **Your turn.** {question} One shortcut is worth knowing: in the cache, `A_prev` *is* tanh of the layer before, so
# the slope there is `1 - A_prev**2`.

# %% slideshow={"slide_type": "skip"} tags=["exercise:backward"]

# %%
# The judge looks at every array of the network.
backward_pass = yours_or_ours(backward)
y = (X[:, :1] > 0).astype(float)
table = check_backward(forward_pass, backward_pass, X, y, parameters)
for row in table.rows:
    print(f"d{row.name}  shape {row.analytic.shape!s:7} {row.verdict}")
print("every gradient is right:", table.passed)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When is a gradient right?
#
# The **gradient check** (梯度檢查) compares $g$, from backward, with $\hat g$, measured, by their relative error (相對誤差):
#
# $$\text{error} = \frac{\lVert g - \hat g\rVert}{\lVert g\rVert + \lVert \hat g\rVert}$$
#
# Rules of thumb in float64: below $10^{-6}$ right, from $10^{-3}$ on wrong, and in between look again.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two ends: equal gradients give 0, opposite ones give 1. **Ask:** what does a factor of two
# give? (One third.) Then the last line: why does a right gradient fail here? (Both are nearly 0: the loss is
# so small that rounding hides the nudge.) **Usual mistake:** comparing absolute differences: a gradient of
# 1e-8 is always "close" to 0. **Time:** 3 minutes.
#
# </details>

# %%
truth = np.array([0.3, -0.2, 0.1])
for name, answer in [("equal", truth), ("twice as large", 2 * truth), ("opposite", -truth)]:
    print(f"{name:15} relative error {nn.relative_error(answer, truth):.3f}")
nearly_0 = nn.relative_error(slope_at(18.0), nn.numerical_gradient(loss_of, 18.0))
print(f"right, but nearly 0 (≈ {slope_at(18.0):.0e}): relative error {nearly_0:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# The last line is no bug. The neuron is so sure that its loss is about $10^{-31}$, and rounding hides the
# nudge. Where both gradients are nearly 0, the relative error says nothing: check at another place.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then look: how small should ε be?
#
# Answer before you go on. The next panel shows what is true.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four answers; read them aloud, and count the hands for each. **Ask:** how many of their 16
# digits do f(x + ε) and f(x − ε) share when ε is tiny? Collect votes, and say nothing yet.
# **Usual mistake:** "the smaller the better", which forgets that computers round. **Time:** 3 minutes.
#
# </details>

# %% tags=["exercise:smaller_epsilon"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Error against ε
#
# Two things are inexact. The chord is not the tangent: **truncation error** (截斷誤差). And a float64 number has only
# about 16 digits: **rounding error** (捨入誤差). Which of them rules, and where?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the right-hand picture: drag ε from 1 down and watch the blue dot run down its valley and up
# again. On the right truncation rules, and the branches have the steepness 2 and 1; on the left rounding,
# which rises like 1/ε. Then float32: there ε = 1e-5 is far on the wrong side. **Ask:** steepness 2 against
# 1: what does that buy? (For each digit of ε two digits instead of one.) **Usual mistake:** ε = 1e-12 "to
# be safe". **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers:smaller_epsilon"]
# Drag ε from 1 down to 1e-13: what becomes of the chords, and of their errors?
neuron = {"f": loss_of, "slope": slope_at(0.5), "x": 0.5}
chords = partial(pictures.secants, **neuron)
errors = partial(pictures.epsilon_errors, **neuron)
ε_slider = panels.Slider(1e-13, 1.0, 0.331, log=True, label="ε")
panels.explore(chords, errors, epsilon=ε_slider, precision=["float64", "float32"])

# %% [markdown] slideshow={"slide_type": "skip"}
# The same as numbers, one- and two-sided:

# %% slideshow={"slide_type": "skip"} tags=["answers:smaller_epsilon"]
def error_of(epsilon, two_sided):
    """Relative error of the measured slope at w = 0.5."""
    slope = nn.numerical_gradient(loss_of, 0.5, epsilon, two_sided=two_sided)
    return nn.relative_error(slope, slope_at(0.5))


for ε in (1e-1, 1e-2, 1e-3, 1e-5, 1e-8, 1e-11, 1e-13):
    print(f"ε = {ε:.0e}: two-sided ≈ {error_of(ε, True):.0e}, one-sided ≈ {error_of(ε, False):.0e}")
for name, two_sided in [("two-sided", True), ("one-sided", False)]:
    gain = error_of(1e-2, two_sided) / error_of(1e-3, two_sided)
    print(f"from ε = 1e-2 to 1e-3 the {name} error becomes {gain:.0f} times smaller")

# %% slideshow={"slide_type": "skip"} tags=["answers:smaller_epsilon"]
reveal.smaller_epsilon()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the judge is wrong: kinks
#
# ReLU has a **kink** (折點) at 0: there its slope jumps from 0 to 1. If the nudge reaches across it, the chord mixes two
# slopes, and the **measured** gradient is the wrong one. Your formula may be fine.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** z = 0.3, and drag ε from 0.5 down: the measured slope goes from 0.80 to 1. **Ask** before that:
# for which ε will the measured slope be right? (Up to 0.3.) Then z = 0: no ε helps, there is no slope to
# measure. **Usual mistake:** hunting for a bug in the formula when one weight of a thousand fails.
# **Time:** 3 minutes.
#
# </details>

# %%
# Drag the middle dot (z) and the right one (ε): when is the measured slope neither 0 nor 1?
z_slider = panels.Slider(-1.0, 1.0, 0.3, step=0.1)
kink_slider = panels.Slider(0.05, 1.0, 0.5, step=0.05, label="ε")
panels.explore(pictures.relu_kink, size=(6.2, 4.2), z=z_slider, epsilon=kink_slider)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:safe_epsilon"]
# A network has a kink for each ReLU unit and each sample. If one weight of a thousand fails the check, try a smaller ε or
# other samples: a failure that moves or goes away was a kink, a bug stays. **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:safe_epsilon"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where the judge is wrong: dropout
#
# **Dropout** (丟棄法) switches units off at random; lesson 5 will say why. Then each forward pass is *another function*: the
# slope of one is compared with what was measured on others. So check with the same mask in every pass, or with dropout off.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the backward pass is the same in both printed lines; only the masks differ. **Ask:** what
# else is random in training? (The order of samples; that is why the check uses one fixed batch.)
# **Usual mistake:** "the backward pass of dropout is wrong": it is right, for another mask.
# **Time:** 2 minutes.
#
# </details>

# %%
layers = [nn.Dense(3, 8, seed=1), nn.Tanh(), nn.Dropout(0.5, seed=2), nn.Dense(8, 1, seed=3)]
dropout_model = nn.Sequential(layers)
logits_loss = nn.BinaryCrossentropy(from_logits=True)  # the sigmoid is part of this loss
for same_masks in (True, False):
    found = nn.gradient_check(
        dropout_model, logits_loss, X, y, training=True, same_masks=same_masks
    )
    masks = "the same mask in every pass:" if same_masks else "a new mask in every pass:   "
    print(masks, found.passed)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The bug museum
#
# Seven backward passes, each with one bug. None raises an error. Ask the gradient check three questions:
#
# 1. **Which** arrays are wrong? All, only biases, only the first layers?
# 2. Is there **one factor**? Then the dots lie on a straight line, only a steeper, flatter or falling one.
# 3. **How far** off are they?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the entrance first: all dots on the diagonal. Then one room at a time; the class names the bug
# before you go on. **Ask:** layer 3 is right, layers 2 and 1 are wrong: where on the way back does the bug
# sit? (After layer 3's own gradients, on the step to layer 2.) **Usual mistake:** naming a bug in layer 3
# when layer 3 is right: what comes later on the way back cannot spoil what came before.
# **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Walk through the rooms: left, each parameter's gradient; right, the error of each array.
rooms = museum()
dots = partial(pictures.gradient_agreement, rooms=rooms)
relative_errors = partial(pictures.gradient_errors, rooms=rooms)
panels.explore(dots, relative_errors, room=list(rooms))

# %% slideshow={"slide_type": "skip"}
for room, found in rooms.items():
    wrong = [row.name for row in found.rows if row.verdict != "right"]
    print(f"{room:17} {'passes' if found.passed else 'fails, in ' + ' '.join(wrong)}")
print("samples in the batch:", len(museum_data()[0]))

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:bug_of_room"]
# **Your turn.** The network has three layers, 4-4-4-1, and the batch 12 samples. The bugs:
#
# 1. the derivative belongs to another loss, half the squared error;
# 2. the gradients of the biases are averaged instead of summed;
# 3. each layer's weights are updated before the way back has passed through them;
# 4. the division by $m$ is forgotten;
# 5. the gradients of the weights are averaged once more;
# 6. a transpose is missing on the way from layer 2 to layer 1;
# 7. a sign is wrong at the beginning;
# 8. the slope of tanh is forgotten.
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:bug_of_room"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:repaired"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:repaired"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does it cost?
#
# Measuring takes **two forward passes for each parameter**. Backward takes two matrix products for a layer where
# forward takes one: all in all about as much as **one or two forward passes**, whatever the number of parameters.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed counts: 41 parameters, 83 forward passes, one backward; then the wider network.
# **Ask** before running: a million parameters, a millisecond for a forward pass. How long does one measured
# gradient take? (Two million passes, over half an hour; backward a few milliseconds.) **Usual mistake:**
# training with the judge. **Time:** 4 minutes.
#
# </details>

# %%
calls = []


def counted_forward(X, parameters):
    """Your forward pass, which counts how often it is called."""
    calls.append(1)
    return forward_pass(X, parameters)


_ = check_backward(counted_forward, backward_pass, X, y, parameters)
count = sum(W.size + b.size for W, b in parameters)
print(f"{count} parameters: the judge went forward {len(calls)} times, backward once")

# %% [markdown] slideshow={"slide_type": "skip"}
# (One pass more than twice the parameters: the one that fills the cache for backward.) Now a wider network, timed. Of many
# runs the shortest counts, the one that was disturbed least.

# %% slideshow={"slide_type": "skip"}
wide = make_parameters([30, 64, 64, 1])
X_wide, y_wide = rng.normal(size=(256, 30)), np.ones((256, 1))
wide_pred, wide_cache = forward_pass(X_wide, wide)
jobs = {
    "forward": lambda: forward_pass(X_wide, wide),
    "backward": lambda: backward_pass(wide_pred, y_wide, wide_cache, wide),
}
shortest = {name: min(timeit.repeat(job, number=1, repeat=200)) for name, job in jobs.items()}

# %% slideshow={"slide_type": "subslide"}
# One backward pass against measuring, on the wider network.
wide_count = sum(W.size + b.size for W, b in wide)
print(f"{wide_count:,} parameters")
print(f"backward: ≈ {shortest['backward'] / shortest['forward']:.1f} forward passes")
print(f"measuring: {2 * wide_count:,} forward passes")

# %% [markdown] slideshow={"slide_type": "skip"}
# So there are two jobs. **Backpropagation computes the gradient**, and cheaply. **The optimizer uses it** to change the
# parameters. Each can be exchanged without touching the other: lesson 4 is about optimizers, and all of them work
# with the gradient of this lesson.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same gradients from TensorFlow
#
# On TensorFlow, Keras finds its gradients with `tf.GradientTape`: it records each operation on the way forward, as your cache does, and
# walks back over the record: automatic differentiation again, by a program that has been in use for years.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the shape of the code: the tape sees the forward pass only, and is then asked for gradients. The
# import takes a few seconds. **Ask:** so was our work useless? (No: now you know what the tape does, and
# what its errors mean.) **Usual mistake:** computing the loss outside the `with` block: the tape has not
# seen it, and every gradient is None. **Time:** 4 minutes.
#
# </details>

# %%
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its messages
import tensorflow as tf

variables = [tf.Variable(array) for pair in parameters for array in pair]
with tf.GradientTape() as tape:
    A = tf.constant(X)
    for W, b in zip(variables[0::2], variables[1::2], strict=True):
        Z = A @ W + b
        A = tf.tanh(Z)
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, Z))
from_tape = tape.gradient(loss, variables)

# %% slideshow={"slide_type": "subslide"}
# Your gradients and TensorFlow's, side by side.
gradients = backward_pass(y_pred, y, cache, parameters)
ours = [array for pair in gradients for array in pair]
names = [f"d{letter}[{l}]" for l in (1, 2, 3) for letter in "Wb"]
for name, mine, theirs in zip(names, ours, from_tape, strict=True):
    print(name, mine.shape, "agree to 1e-6:", bool(np.abs(mine - theirs).max() < 1e-6))

# %% [markdown] slideshow={"slide_type": "skip"}
# And your thirty lines? They walk through the network in numbers, this time with the cross-entropy of one sample with
# $y = 1$, that is $-\log \hat y$; your matrices do the same in two layers.

# %% slideshow={"slide_type": "skip"}
def log(node):
    """Return the logarithm of a node, as a node."""
    return Node(np.log(node.value), [(node, 1 / node.value)])


walked = gradients_of(log(output(nodes)) * Node(-1.0))
X_one, small = as_matrices(NUMBERS)
small_pred, small_cache = forward_pass(X_one, small)
pairs = backward_pass(small_pred, np.ones((1, 1)), small_cache, small)
in_matrices = np.concatenate([array.ravel() for pair in pairs for array in pair])
in_nodes = np.array([walked[nodes[name]] for name in PARAMETERS])
print("nodes and matrices agree to 1e-6:", bool(np.abs(in_nodes - in_matrices).max() < 1e-6))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your network learns to tell tumours apart
#
# 569 breast tumours, 30 measurements of cell nuclei each: benign or malignant (Wolberg and others, 1995)? Now train
# a network 30-16-8-1 with **your forward pass and your gradients**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines in the middle of the loop: forward, backward, update. The training of every
# network has these three. **Ask:** what is the baseline? (Always "benign": about 64 %.) **Usual mistake:**
# scaling with the validation set as well. **Time:** 6 minutes.
#
# </details>

# %%
tumours = datasets.load_breast_cancer()
raw_train, raw_val, y_train, y_val = datasets.train_val_split(
    tumours.X.astype(float), tumours.y.reshape(-1, 1).astype(float), seed=0
)
scale = datasets.standardize(raw_train)  # by the training set's mean and spread alone
X_train, X_val = scale(raw_train), scale(raw_val)
sets = {"loss": (X_train, y_train), "val_loss": (X_val, y_val)}
print(tumours.note)
print("training set:", X_train.shape, y_train.shape, "| validation set:", X_val.shape)

# %% slideshow={"slide_type": "subslide"}
# The whole of training: forward, backward, update.
def train(network, sets, epochs, backward=backward_pass, batch_size=32):
    """Learn from sets["loss"]; return the loss on each of the sets after each epoch."""
    arrays = [array for pair in network for array in pair]
    sgd, order = optimizers.SGD(learning_rate=0.1), np.random.default_rng(0)
    (X, y), history = sets["loss"], {name: [] for name in sets}
    for epoch in range(epochs):
        for batch in np.array_split(order.permutation(len(X)), max(1, len(X) // batch_size)):
            y_pred, cache = forward_pass(X[batch], network)
            pairs = backward(y_pred, y[batch], cache, network)
            sgd.update(arrays, [gradient for pair in pairs for gradient in pair])
        for name, (X_now, y_now) in sets.items():
            history[name].append(cross_entropy(y_now, forward_pass(X_now, network)[0]))
    return history


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Before you train
#
# As in lesson 1, three checks before a long run:
#
# 1. **Expected first loss**: a network that knows only the fraction $p$ of benign tumours has the loss
#    $-p \ln p - (1 - p) \ln(1 - p)$; with two equal classes that is $\ln 2 \approx 0.693$. (Compare roughly: the
#    random first weights move it somewhat.)
# 2. **Output bias**: it starts at $\ln \frac{p}{1 - p}$, so that $\hat y$ starts near $p$.
# 3. **Overfit one batch**: 32 tumours, learned until the loss is near 0.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed pair: expected and measured first loss are of the same size, not equal, because the
# first weights are random and the hidden units already say something. **Ask:** which bugs of the museum
# would the third check find? (A wrong sign at once; not the quiet ones, which still go downhill.)
# **Usual mistake:** skipping this, and looking for the bug after an hour of training. **Time:** 3 minutes.
#
# </details>

# %%
p_benign = y_train.mean()


def new_network():
    """A network 30-16-8-1 whose output starts near the fraction of benign tumours."""
    network = make_parameters([30, 16, 8, 1], seed=1)
    network[-1][1][:] = np.log(p_benign / (1 - p_benign))  # the output bias
    return network


expected = -p_benign * np.log(p_benign) - (1 - p_benign) * np.log(1 - p_benign)
measured = cross_entropy(y_train, forward_pass(X_train, new_network())[0])
print(f"expected first loss ≈ {expected:.2f}, measured ≈ {measured:.2f}")
print("within a factor of two:", bool(expected / 2 < measured < 2 * expected))

# %% slideshow={"slide_type": "subslide"}
# One batch of 32 tumours, again and again.
one_batch = {"loss": (X_train[:32], y_train[:32])}
losses = train(new_network(), one_batch, epochs=500)["loss"]
print(f"loss after 1 step ≈ {losses[0]:.2f}, after 500 steps ≈ {losses[-1]:.3f}")
print("one batch is learned by heart:", losses[-1] < 0.05)

# %% slideshow={"slide_type": "subslide"}
# Now the long run.
network, epochs = new_network(), 60
history = train(network, sets, epochs)
fig, ax = plt.subplots(figsize=(8, 3.4))
_ = plots.learning_curves(ax, history)
print("the loss fell:", bool(history["loss"][-1] < 0.3 * expected))

# %% [markdown] slideshow={"slide_type": "skip"}
# And on tumours from which no gradient was computed? To be compared with the answer "benign" for every one of them.
# (Nothing was chosen by looking at the validation set. Otherwise it could not judge the network fairly; lesson 5 comes
# back to this.)

# %% slideshow={"slide_type": "subslide"}
guesses = forward_pass(X_val, network)[0] > 0.5
accuracy, baseline = np.mean(guesses == y_val), np.mean(y_val)
print(f"right on the validation set: ≈ {100 * accuracy:.1f} %")
print(f"always 'benign':             ≈ {100 * baseline:.1f} %")
print("far better than the baseline:", accuracy > baseline + 0.2)

# %% [markdown] slideshow={"slide_type": "skip"}
# No library computed these gradients. The optimizer only subtracted what the backward pass handed it, times the
# learning rate. As in lesson 1, be honest: one logistic unit does about as well, because this is a small table of
# good features. For your code it is only a shorter list, 30-1:

# %% slideshow={"slide_type": "skip"}
unit = make_parameters([30, 1])
train(unit, sets, epochs)
unit_accuracy = np.mean((forward_pass(X_val, unit)[0] > 0.5) == y_val)
print(f"one logistic unit: ≈ {100 * unit_accuracy:.1f} %")
print("within four points of the network:", abs(unit_accuracy - accuracy) < 0.04)

# %% [markdown] slideshow={"slide_type": "skip"}
# And a warning. The same network, the same batches, but with the backward pass of the museum's **room 6**, which the
# gradient check finds wrong:

# %% slideshow={"slide_type": "skip"}
wrong_one = train(new_network(), sets, epochs, backward=EXHIBITS["room 6"])
print(f"last loss: right gradient ≈ {history['loss'][-1]:.3f}, room 6 ≈ {wrong_one['loss'][-1]:.3f}")
print("nearly the same:", abs(history["loss"][-1] - wrong_one["loss"][-1]) < 0.02)

# %% [markdown] slideshow={"slide_type": "skip"}
# **A loss that falls does not show that the gradient is right.** Only the check sees this bug.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Parameters and hyperparameters
#
# **Parameters** (參數): $W$ and $b$. Backward gives them a gradient, the optimizer changes them.
#
# **Hyperparameters** (超參數): learning rate, batch size, number of layers and units, activation, epochs. *You* choose
# them; backward computes no gradient of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed number: 641 numbers found by training. **Ask** the class to find the choices made by
# hand in the cells of the training. (Six: layers, units, tanh, learning rate, batch size, epochs.)
# **Usual mistake:** calling the learning rate a parameter because it is a number in the code.
# **Time:** 3 minutes.
#
# </details>

# %%
n_parameters = sum(array.size for pair in network for array in pair)
print("parameters, found by training:", n_parameters)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:is_parameter"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:is_parameter"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The clinic: two networks to save
#
# Two networks with the same task: tell an inner ring from an outer one. Both stand still, and for both the reason lies
# on the way back. Save them, then say what they had.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the title, and the rule of the clinic from lesson 2: look first, then turn. **Ask:** a loss stays at 0.69. Which
# pictures of the panel would you want to see? (What the units put out, and the gradient of each layer.)
# **Usual mistake:** turning up the learning rate as soon as nothing moves. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 3
#
# For 400 updates it has said about 0.5 to every point.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the empty maps, and point at a line: its weight is told. Let the class choose what to drag. **Ask:** why does a
# line of one unit alone not help the five others? (On each of their paths the 0 is still there.) **Usual mistake:**
# giving all units the same weight; they stay copies of each other. **Time:** 4 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# The grey curve is the past: 400 updates. Look at the units and the gradients, then turn or drag.
case_3 = patients.patient_3()
case_3.start_over(after=400)
case_3

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_3"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_3"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 4
#
# For 400 updates it has guessed, and its units have hard edges.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the maps of the units beside those of case 3, and the norm of the first layer's gradient. **Ask:** where is a
# sigmoid of such large sums steep? (Only on the edge itself, where hardly any point lies.) **Usual mistake:**
# leaving l2 on after it has done its work: then it presses everything to 0. **Time:** 4 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# The grey curve is the past: 400 updates. Look at the units and the gradients, then turn.
case_4 = patients.patient_4()
case_4.start_over(after=400)
case_4

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_4"]
# **Your turn.** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_4"]

# %% [markdown] slideshow={"slide_type": "skip"}
# On the way back, slopes and weights multiply along each path. In one of the two networks a factor of every path was
# too small because of the weights, in the other because of the slopes. From outside both looked alike: a loss that does
# not move. The difference shows in what the units put out, and in the gradient of each layer, so these are the first
# two things to look at.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Forward computes and remembers; backward multiplies slopes, from the loss to the input.
# - One after another: slopes multiply. Side by side: gradients add up.
# - A gradient has the shape of what it is the gradient of.
# - Measure before you trust: two-sided, in float64, without dropout, away from kinks, and with an ε that suits.
# - Backward costs about as much as one or two forward passes. Measuring costs two for each parameter.
# - Backward computes the gradient, the optimizer uses it. A falling loss does not show that the gradient is right.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the third line, and write beside it what one dense layer is given: A, W, dZ. **Ask** for the
# three lines of its backward from memory; the shapes help. (Better updates: lesson 4.) **Usual mistake:**
# "backpropagation changes the weights." It computes the gradient; the optimizer changes them.
# **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Put a number in the place of the dots; in the last question, a letter in quotes. Wrong answers tell you what they
# stand for.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_fork"]
# 1. {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_fork"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_cache"]
# 2. {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_cache"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_cost"]
# 3. {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_cost"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_factor"]
# 4. {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_factor"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_optimizer"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | derivative | 導數 | how a small change is passed on |
# | chain rule | 鏈鎖律 | slopes of steps one after another multiply |
# | computation graph, node | 計算圖、節點 | values as edges, operations as nodes |
# | gradient | 梯度 | dL/d(something), of the shape of that something |
# | numerical gradient | 數值梯度 | the slope, measured by a nudge |
# | gradient check | 梯度檢查 | compares backward with the measured gradient |
# | truncation error | 截斷誤差 | the chord is not the tangent |
# | rounding error | 捨入誤差 | a number has only about 16 digits |
# | kink | 折點 | where a slope jumps |
# | relative error | 相對誤差 | the difference, compared with the size |
# | forward pass | 前向傳播 | from the input to the loss |
# | cache | 快取 | what forward keeps for backward |
# | backpropagation, backward pass | 反向傳播 | from the loss back to every parameter |
# | cross-entropy | 交叉熵 | the loss that belongs to probabilities |
# | vectorised | 向量化 | all samples in one matrix product |
# | dropout | 丟棄法 | units switched off at random in training |
# | automatic differentiation | 自動微分 | backward, derived by the library |
# | parameter | 參數 | changed by training |
# | hyperparameter | 超參數 | chosen by you |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** in [lesson 4](04_optimizers.ipynb) the gradient is known, and the question is what to do with it. A ball will roll
# down ravines, with friction and without.
