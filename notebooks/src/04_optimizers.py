# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 4 · Optimizers
#
# Every network learns by walking downhill in fog. This lesson is about one thing: the rule for the
# next step. You will race eight such rules, and write four of them yourself.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing yet but the title. **Ask:** you stand on a mountain in fog and feel only the slope under
# your feet. What do you do? Two or three rules; most of this lesson's will come up. **Usual mistake:**
# assuming that one sees the whole mountain; only the slope underfoot is known. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this lesson you will be able to**
#
# - say when gradient descent crawls, arrives, hops and diverges, and compute the limit exactly;
# - choose a batch size, and say what its noise does;
# - explain momentum, AdaGrad, RMSprop, AdaDelta, Adam and their relatives by what they remember;
# - write momentum, AdaGrad, RMSprop and Adam, and show that they equal Keras's;
# - find a learning rate by a range test, compare rates from one place, and let a rate fall by a schedule;
# - look at a slice of your own network's loss, and say what it cannot show;
# - tell by curve and path what a sick network has, and save it.
#
# Plan 90 to 115 minutes for reading, dragging and the exercises. All cells together run in about 45 seconds.
#
# As before: drag every slider you see, and replace `...` where it is your turn. Where there is a Play
# button, press it, and turn the knobs *while it runs*.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lessons_lib import datasets, nn, optimizers, panels
from lessons_lib.lessons.optimizers import check, experiments, hint, patients, pictures
from lessons_lib.lessons.optimizers import progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# This lesson is about the step that follows a gradient. So first fetch from memory what a gradient is: one update of one
# weight, what two small moves do to the loss, and the gradient of a batch. Do not look them up; the checks help.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide, and let everyone write three answers on paper. **Ask:** where does w = 1 go for x = 3, y = 6 and the
# learning rate 0.1 (2.8)? What do moves of −0.1 and +0.2 do where the gradient is (3, −1)? (About −0.5.) The gradients of
# three samples are 4, −1 and 3; that of the batch? (2.) **Usual mistake:** a lost sign: let them say first in which
# direction the loss falls. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:stepped_weight"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:stepped_weight"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:small_move"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:small_move"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:batch_gradients"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:batch_gradients"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One step: against the slope
#
# Take a curve, $f(x) = 5x^2 - 2x + 4$. Where it rises, go left; where it falls, go right: always
# **against the slope**. That is **gradient descent** (梯度下降):
#
# $$x \leftarrow x - \eta\, f'(x)$$
#
# $\eta$ (eta) is the **learning rate** (學習率).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the learning rates 0.03, 0.1, 0.15, 0.2 and 0.21, one after another; the class names what it
# sees. **Ask** before dragging: what will 0.1 do here? (Arrive in one step.) **Usual mistake:** "larger is
# faster": true up to 0.1 only. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag the learning rate slowly from end to end.
rate = panels.Slider(0.005, 0.24, 0.03, step=0.005)
start = panels.Slider(-2.2, 2.6, 2.0, step=0.1)
panels.explore(pictures.descent, pictures.descent_distance, learning_rate=rate, start=start, steps=(0, 30))

# %% [markdown] slideshow={"slide_type": "skip"}
# Five things can happen. Find each of them:
#
# 1. at 0.01 it **crawls**;
# 2. at 0.1 it **arrives** in a single step;
# 3. at 0.15 it **hops** from side to side and closes in;
# 4. at 0.2 it hops **for ever**;
# 5. at 0.21 it **diverges** (發散): each hop is longer than the one before.
#
# The right picture has a logarithmic scale: a straight line there means that each step multiplies
# the distance by the same number.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A slide says …
#
# An old slide has this curve too, and says $f'(x) = 10x + 2$. Is it right? We do not have to
# believe it. Step a little to both sides and **measure**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the measured slope at 0 is negative, −2, where the formula says +2. **Ask** before you run
# it: who trusts the slide? **Usual mistake:** taking the formula of a source on trust. **Time:** 3 minutes.
#
# </details>

# %%
def f(x):
    return 5 * x**2 - 2 * x + 4


for x in (-1.0, 0.0, 0.2, 1.0):
    print(f"at x = {x:4.1f} the slope is {nn.numerical_gradient(f, x):6.2f}; 10x + 2 = {10 * x + 2:6.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:slope"]
# ### Your turn: `slope`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that `slope(x)` takes a number or an array, and go back to the measured slopes to compare.
# **Ask:** what does each of the three terms of f add to the slope at x = 0? **Usual mistake:** the plus
# sign of the old slide. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:slope"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:descend"]
# ### Your turn: `descend`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the starter: the loop is there, one line is missing. `descend(1.2, 0.15, 2)` returns 0.45.
# **Ask:** you stand at x = 1, where f rises. Must the next x be larger or smaller? **Usual mistake:**
# adding the step instead of subtracting it. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:descend"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The exact limit: 2/λ
#
# Near its lowest place $x^*$ a smooth curve looks, as a rule, like a parabola, with second derivative
# $\lambda = f''$ (lambda). There $f'(x) = \lambda (x - x^*)$, so one step does this to the distance:
#
# $$x - x^* \;\leftarrow\; (1 - \eta\lambda)\,(x - x^*)$$
#
# It shrinks as long as $|1 - \eta\lambda| < 1$, that is, for $0 < \eta < 2/\lambda$.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the algebra on the board, one line. Go back to the panel: λ = 10, so 1/λ = 0.1 and 2/λ = 0.2.
# **Ask:** what is the factor at 0.15? (−0.5.) **Usual mistake:** taking 1/λ for the limit; it is the
# fastest rate. **Time:** 4 minutes.
#
# </details>

# %%
lam = 10.0  # the second derivative of 5x² − 2x + 4
for rate_tried in (0.01, 0.1, 0.15, 0.2, 0.21):
    print(f"learning rate {rate_tried:.2f}: each step multiplies the distance by {1 - rate_tried * lam:5.2f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The steepest direction decides
#
# With many weights there is a $\lambda$ for every direction, and one learning rate for all. The largest
# $\lambda$ sets the limit, and along the smallest one has to crawl. A valley in which the two differ much is a
# **ravine** (峽谷).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how SGD goes down the wall at once and then creeps along the floor: press Play, then drag the
# learning rate across 0.05 while it runs. **Ask** before you cross it: the walls have λ = 40. What is the
# limit? (2/40 = 0.05.) **Usual mistake:** blaming the floor's small gradient; it is the wall that forbids a
# larger rate. **Time:** 5 minutes.
#
# </details>

# %%
# Press Play. The walls have λ = 40, the floor has λ = 1: what is the limit?
panels.race("ravine", ["SGD"], steps=40)

# %% [markdown] slideshow={"slide_type": "skip"}
# This panel is new: it **runs**. Play lets the optimizer walk on and on; what you turn acts from
# the next step on, in the middle of the run, just as in a training. Restart takes it back to the
# start, and the two *start* sliders place the start anywhere on the map. (The darker the ground, the
# higher it is; the star is the lowest place.) The limit is $2/40 = 0.05$: try 0.045 and 0.055. If the walk leaves the
# valley, drag **step**, the slider below the pictures, back to before it did, turn the learning rate down, and press Play.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:largest_rate"]
# ### Your turn: `largest_rate`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that a single number is asked for, and that an expression will do. **Ask:** which direction is
# the steep one, and what is the second derivative along it? **Usual mistake:** forgetting that 12y² has the
# second derivative 24. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:largest_rate"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How many samples for one step?
#
# The loss is a mean over $m$ samples, and so is its gradient. Three ways to take a step:
#
# - **full batch** (全批次): all $m$ samples; the exact direction, and a slow step;
# - **mini-batch** (小批次): a few dozen or hundred;
# - **stochastic** (隨機): a single one; a quick step in a noisy direction.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines, and where your own class would stand: one opinion, thirty, or everybody's.
# **Ask:** who needs the opinion of all customers to know whether the soup is too salty? (Thirty will do,
# and thirty thousand cost more than they tell.) **Usual mistake:** believing that a mini-batch's gradient
# is wrong; it is right on average. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Noise against cost

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 256, then 16, then 1, at a learning rate of 0.1; then 1 at 0.5. **Ask:** which one would you take
# home? **Usual mistake:** reading the fewer updates of the full batch as "faster"; look at the horizontal
# axis: all have seen the same samples. **Time:** 5 minutes.
#
# </details>

# %%
# Drag the batch size: the way, the loss, the speed.
sizes = panels.Choice((1, 2, 4, 8, 16, 32, 64, 128, 256), start=16, slider=True)
how_far = panels.Slider(0.01, 1.0, 0.1, log=True)
panels.explore(pictures.batch_path, pictures.batch_loss, batch_size=sizes, learning_rate=how_far)

# %% [markdown] slideshow={"slide_type": "skip"}
# A linear unit learns a line from 256 points, and all runs see every point four times. (On this map dark is
# *low*, other than in the ravine above.) With 256 in a batch
# that makes 4 updates, straight and far too few; with 1 it makes 1,024, and the way trembles: near the
# lowest place every sample still pulls in a direction of its own, and the loss never settles. Turn the
# learning rate up to 0.5 and the trembling grows, until at 1.0 it diverges; turn it down and it fades.
# Remember that: it is the reason for *decay*, further down.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a step costs
#
# A batch is one matrix product, and up to a point a computer does a large one nearly as quickly as a
# small one: that is **vectorisation** (向量化). So an update with 256 samples costs far less than 256 updates with one.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the last column, samples per second: it grows with the batch. **Ask:** what is the best of both?
# (The middle.) **Usual mistake:** comparing updates per second only, or samples per second only.
# **Time:** 4 minutes.
#
# </details>

# %%
for batch_size in (1, 32, 256, 2048):
    speed = experiments.updates_per_second(batch_size)  # makes one update again and again, and takes the time
    print(f"batch {batch_size:4}: ≈ {speed:.0f} updates/s ≈ {speed * batch_size:.0f} samples/s")

# %% [markdown] slideshow={"slide_type": "skip"}
# A rule of thumb says: below 2,000 samples take the **full batch**; above, mini-batches of **64 to 512**, a
# power of two, as many as fit into the memory (Andrew Ng in his online course, 2017). It is about cost: with so
# few samples even the exact gradient is cheap. It is no law, and this course trains on a thousand wines with
# batches of 32, Keras's default. Further down we measure on these wines who is right. Whatever you choose,
# the samples are shuffled anew for each epoch.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## An average that forgets
#
# Noise can be averaged out. The **exponentially weighted average** (指數加權平均) needs one number of
# memory, $v$, and forgets slowly:
#
# $$v \leftarrow \beta v + (1 - \beta)\,x_t$$
#
# Today's temperature $x_t$ has the weight $1 - \beta$, that of yesterday $\beta$ times as much, and so on. It averages
# over about $1/(1-\beta)$ days: they carry nearly two thirds of all the weight.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** at β = 0.98 how smooth the curve is, and how late. Then `days` at 60, with correction and
# without. **Ask:** β = 0.9, how many days? (10.) And 0.98? (50.) **Usual mistake:** thinking that a larger
# β follows the data more closely. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
days = np.arange(365)
season = 14 - 9 * np.cos(2 * np.pi * (days - 25) / 365)  # °C; coldest in late January
temperature = season + 3 * np.random.default_rng(7).normal(size=365)

# %% slideshow={"slide_type": "subslide"}
# Drag β. Then look at the first twenty days, without and with correction.
average = partial(pictures.moving_average, values=temperature)
controls = {"beta": panels.Slider(0.0, 0.99, 0.9, step=0.01), "days": panels.Slider(20, 365, 365)}
panels.explore(average, pictures.moving_weights, correction=panels.Switch(), **controls)

# %% [markdown] slideshow={"slide_type": "skip"}
# The right picture shows how much each day counts; the dashed line stands at $1/(1-\beta)$ days, the average's *window*. Set
# $\beta$ to 0.98, `days` to 60, and look at the start: the average begins near 0 °C, because $v$ began
# at 0. On the first day the weights sum to $1 - \beta$ = 0.02 only, after $t$ days to $1 - \beta^t$. So divide by
# that sum:
#
# $$\hat v_t = \frac{v_t}{1 - \beta^t}$$
#
# This is **bias correction** (偏誤修正). After a few windows $\beta^t$ is nearly 0 and the correction does nothing.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:weighted_average"]
# ### Your turn: `weighted_average`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a call: `weighted_average([10, 20], 0.5)` returns 10 and 16.67. **Ask:** what must the corrected
# average of the very first day be? **Usual mistake:** leaving out the correction, or carrying the corrected
# value on to the next day. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:weighted_average"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:window"]
# ### Your turn: `window`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that a single number is asked for: `window = ...` **Ask:** β = 0.9 averages over 10 days: how did
# you come from 0.9 to 10? Now walk back from 200. **Usual mistake:** answering 1 − β, the weight of the
# newest day. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:window"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Momentum: a ball with friction
#
# Let the gradient push a ball instead of moving the place itself. The ball keeps the fraction $\mu$ of its
# **velocity** $v$ (速度), friction takes the rest (Polyak, 1964). This is **momentum** (動量):
#
# $$v \leftarrow \mu v - \eta g \qquad w \leftarrow w + v$$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** with your hands: the push −ηg each step, and what friction leaves of the roll, μv. **Ask:** what
# does μ = 0 mean? (Plain gradient descent.) And μ = 1? (No friction: it never comes to rest.)
# **Usual mistake:** reading μ as the learning rate's rival; η still sets the push. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three on the ravine

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the race: press Play, then Restart with the momentum at 0: all three run alike. Then 0.95. (The walls
# have λ = 40: with a learning rate above 2/40 = 0.05 SGD is thrown off.)
# **Ask:** what becomes of gradients that alternate across, and agree along the floor? (They cancel; they
# add up, to 1/(1 − μ) times a step.) **Usual mistake:** thinking that momentum changes the direction of
# downhill. **Time:** 5 minutes.
#
# </details>

# %%
# Press Play, and turn the momentum while they run.
panels.race("ravine", ["SGD", "momentum", "Nesterov"], steps=40)

# %% [markdown] slideshow={"slide_type": "skip"}
# Along the floor all gradients point the same way, and the velocity grows up to $1/(1-\mu)$ times a plain
# step: ten times with $\mu = 0.9$. Across, they alternate and cancel. With $\mu = 0.99$ there is too little
# friction, and the ball swings for a long time. Choose the *turned ravine* as well: momentum does not
# care how the valley lies.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:momentum_step"]
# ### Your turn: `momentum_step`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a call: `momentum_step(1.0, 2.0, 0.5, 0.1, 0.9)` returns (1.25, 0.25). **Ask:** does the ball
# roll with the velocity from before the push, or after it? **Usual mistake:** moving before the velocity is
# brought up to date. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:momentum_step"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Nesterov: look first, then push
#
# The ball is about to roll to $w + \mu v$ anyway. So measure the gradient **there** (Nesterov, 1983), and brake
# before the slope turns up: **Nesterov momentum**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that both coloured arrows start at the same green point; only where the gradient was measured
# differs. Each stands at a right angle to the line of equal height where it was measured. **Ask:** on which side of the floor is the place that Nesterov looks at? (Beyond it: so the
# gradient there already brakes, while momentum is pushed on.) **Usual mistake:** thinking that Nesterov
# makes two steps. **Time:** 3 minutes.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(8, 3.5))
moment = {"at": (-0.4, 0.25), "velocity": (0.2, -0.5), "learning_rate": 0.03, "momentum": 0.9}
print(pictures.look_ahead(ax, optimizers.surfaces["ravine"], **moment).sentence)

# %% [markdown] slideshow={"slide_type": "skip"}
# Keras, and this course, keep the place that was looked ahead to in $w$: the same rule, written so that the
# gradient is needed only at $w$. So the Nesterov that you see in a race is the green point, one glance ahead.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## AdaGrad: a rate for every weight
#
# Some weights see steep gradients, others gentle ones. **AdaGrad** (Duchi et al., 2011) divides
# each weight's step by the root of the sum of all its squared gradients so far:
#
# $$G \leftarrow G + g^2 \qquad w \leftarrow w - \frac{\eta\, g}{\sqrt{G + \varepsilon}}$$
#
# $\varepsilon$ keeps the division safe; $G$ begins at a small number, in Keras at 0.1. But $G$ only ever grows.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** G in the formula: each weight has its own, and only squares are ever added to it. **Ask** before
# the next panel: what becomes of the step when G only grows? **Usual mistake:** thinking that a large G
# comes from the present gradient alone. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Who forgets a steep beginning?
#
# What becomes of the step? The first 60 gradients are `burst` times as steep as all the others. Drawn is how far a
# step goes, for a gradient of 1. RMSprop and AdaDelta come next; $\rho$ (rho) says how long they remember.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** `burst` at 10: AdaGrad's line drops and never comes back, RMSprop's recovers within a few
# windows. AdaDelta begins tiny and grows. **Ask** before you drag ρ to 0.99: how long will RMSprop need
# now? (A few windows of 1/(1 − ρ) = 100 steps.) **Usual mistake:** reading the picture as a loss; it shows
# how far a step reaches. **Time:** 5 minutes.
#
# </details>

# %%
# Drag the burst, then ρ (rho).
panels.explore(pictures.reaches, burst=panels.Slider(1.0, 10.0, 4.0), rho=panels.Slider(0.5, 0.99, 0.9))

# %% [markdown] slideshow={"slide_type": "skip"}
# AdaGrad never forgets: after a steep stretch its steps never grow again. Even without a burst (set it to 1)
# they shrink like one over the root of the number of steps: **the step dies**. On problems with rare features,
# such as words, a rate of its own for each weight is welcome; in the long training of a network the dying is not.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:adagrad_step"]
# ### Your turn: `adagrad_step`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a call: `adagrad_step(1.0, 3.0, 16.0, 0.1, 0.0)` returns (0.94, 25). **Ask:** is the present
# gradient part of the sum that it is divided by? **Usual mistake:** dividing by the old G, or forgetting
# the root. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:adagrad_step"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## RMSprop: forget old squares
#
# Replace the sum by an average that forgets, and the steps stay alive. This is **RMSprop**
# (Tieleman & Hinton, 2012), which was only ever published in a lecture:
#
# $$s \leftarrow \rho s + (1 - \rho)\, g^2 \qquad w \leftarrow w - \frac{\eta\, g}{\sqrt{s + \varepsilon}}$$
#
# You know this average: it is the temperatures again, with squares in their place. In the panel above
# you saw what it does: after the burst the reach recovers.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel "Who forgets a steep beginning?" again: RMSprop's recovery, now with the formula.
# **Ask:** what does ρ = 0.9 mean as a window? (10 steps.) **Usual mistake:** averaging the gradients
# instead of their squares. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:rmsprop_step"]
# ### Your turn: `rmsprop_step`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a call: `rmsprop_step(1.0, 3.0, 23.0, 0.1, 0.5, 0.0)` returns (0.925, 16). **Ask:** if every g²
# were 9, where should s settle? **Usual mistake:** adding the new square in full, so that s is too
# large, a sum again. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:rmsprop_step"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### AdaDelta: no learning rate at all
#
# **AdaDelta** (Zeiler, 2012) notices that units do not match: a gradient is not a distance. Beside RMSprop's $s$ it
# keeps a second average, $D$, of the squares of its own past steps $\Delta w$, in the place of the learning rate:
#
# $$\Delta w = -\frac{\sqrt{D + \varepsilon}}{\sqrt{s + \varepsilon}}\; g \qquad
# w \leftarrow w + \Delta w \qquad D \leftarrow \rho D + (1 - \rho)\, \Delta w^2$$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** where η stood in RMSprop: there is the root of D now. **Ask:** if the loss is in squared points,
# which units do $g$ and $\Delta w$ have? (Squared points per unit of w; units of w. The two roots put that
# right.) **Usual mistake:** taking Keras's default learning rate, 0.001, for the paper's rule, whose factor
# is one. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### On flat ground

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that AdaDelta ignores the learning-rate slider: press Play, and turn it. It starts slowly: its
# first steps come from ε alone. **Ask:** why does SGD stand still? (Its step is the tiny gradient, times
# the rate.) And AdaGrad, which divides by the gradients' size? (Its G begins at 0.1, far above the squares of
# these gradients, so that it hardly divides at all.) **Usual mistake:** waiting for the learning rate to
# change AdaDelta. **Time:** 4 minutes.
#
# </details>

# %%
# A plateau: nearly flat ground. Who gets going? (AdaDelta does not hear the learning rate.)
panels.race("plateau", ["SGD", "AdaGrad", "RMSprop", "AdaDelta"], steps=150)

# %% [markdown] slideshow={"slide_type": "skip"}
# SGD's step is the gradient times the learning rate, and the gradient is tiny here: it hardly moves. AdaGrad's $G$
# begins at 0.1, far above the squares of such gradients, so it hardly divides at all. RMSprop's $s$ begins at 0, and
# so divides by the size of these very gradients: its first steps are even longer than the learning rate, as $s$ has
# hardly begun. AdaDelta's first steps come from $\varepsilon$ alone; each makes the next one a little longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Adam: momentum and RMSprop together
#
# **Adam** (Kingma & Ba, 2015) keeps both averages, of $g$ and of $g^2$, and corrects both for their start:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g \qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2$$
#
# $$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad
# w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# Usual: $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\varepsilon = 10^{-7}$ (Keras). **Tune $\eta$ first**; start at 0.001.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** where momentum is in the formulas and where RMSprop is; then the cell with another first
# gradient. **Ask:** how long is Adam's very first step? (η, whatever the gradient.) **Usual mistake:**
# tuning the betas before the learning rate. **Time:** 6 minutes.
#
# </details>

# %%
g, m, v = 4.0, 0.0, 0.0  # a first gradient; try others
m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
print(f"first step, uncorrected: {m / np.sqrt(v):.2f} learning rates")
print(f"first step, corrected:   {(m / 0.1) / np.sqrt(v / 0.001):.2f} learning rates")

# %% [markdown] slideshow={"slide_type": "skip"}
# Without correction the first step would be too *long*, more than three times: $v$ forgets more slowly than
# $m$, so it is even further behind, and it stands in the denominator.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Adam's first steps
#
# The same gradient again and again: how long is each step, without the correction and with it?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the steps without correction, then turn it on: every step is one learning rate long. Then without it
# again, and β₂ from 0.999 down to 0.9. **Ask:** why does β₂ = 0.9 make the first steps too *short*? (m and v are
# equally far behind, but v stands under a root.) **Usual mistake:** thinking that the correction is a detail of
# the first step: β₂ = 0.999 needs it for thousands. **Time:** 4 minutes.
#
# </details>

# %%
# Turn the correction on and off; then drag β₂ (without correction).
beta_2 = panels.Slider(0.9, 0.999, 0.999, step=0.001, label="β₂")
panels.explore(pictures.first_steps, correction=panels.Switch(), beta_2=beta_2)

# %% [markdown] slideshow={"slide_type": "skip"}
# The longest step comes when $m$ has nearly arrived and $v$ has hardly begun. $\hat m$ needs its correction for some
# tens of steps, $\hat v$ for thousands. What remains after it: where the gradients keep their sign and size, a step
# is one learning rate long; where they change their sign, it is shorter.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:adam_step"]
# ### Your turn: `adam_step`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a call: `adam_step(1.0, 4.0, 0.0, 0.0, 1, 0.1, 0.9, 0.999, 1e-7)` returns about (0.9, 0.4,
# 0.016). Pairs: one reads the formulas, one types. **Ask:** which of m, m̂, v and v̂ does the next step
# begin with? **Usual mistake:** returning the corrected averages. **Time:** 8 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:adam_step"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### AdamW: decay, decoupled
#
# Weights can be kept small by adding $c\,w$, a fraction of the weight itself, to its gradient: an **L2 penalty**
# (lesson 5 says what for). Inside Adam that is divided by $\sqrt{\hat v}$: weights with large gradients hardly
# shrink. **AdamW** (Loshchilov & Hutter, 2019) shrinks $w$ directly: **decoupled weight decay** (解耦權重衰減).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two pairs of lines: with AdamW both weights shrink alike, with L2 the busy one hardly does.
# **Ask:** why does L2 spare the busy weight? (Its c·w is divided by the root of its large squares.)
# **Usual mistake:** "weight decay and L2 are the same": true for plain SGD only. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
# Two weights that begin at 1; the gradients of "busy" are twenty times those of "quiet".
with_l2 = experiments.shrink(optimizers.Adam(0.003), l2=0.1)
decoupled = experiments.shrink(optimizers.AdamW(0.003, weight_decay=0.3))
kinds = ("Adam + L2, busy", "Adam + L2, quiet", "AdamW, busy", "AdamW, quiet")
pairs = dict(zip(kinds, [*with_l2, *decoupled], strict=True))

# %%
fig, ax = plt.subplots(figsize=(8, 3.2))
print(pictures.curves(ax, pairs, ylabel="mean weight", ylim=(0, 1.05)).sentence)
gap_l2, gap_w = (np.abs(busy - quiet).max() for busy, quiet in (with_l2, decoupled))
print("AdamW treats both alike, L2 inside Adam does not:", gap_w < 0.1 < 0.3 < gap_l2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The race
#
# All eight, on eight surfaces. Turn everything while they run: learning rate, momentum, $\beta_2$; and place
# the start where it hurts.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** first the ravine, then the turned ravine, then one or two more; press Play, and hold a bet before
# each. **Ask** on every surface: who leads, who is stuck, and would another learning rate change that?
# **Usual mistake:** naming a winner for all surfaces. There is none. **Time:** 8 minutes.
#
# </details>

# %%
# Press Play; then turn knobs, move the start, change the surface.
panels.race("ravine", steps=25)

# %% [markdown] slideshow={"slide_type": "skip"}
# Where two go the same way, both are seen: the thin dashes of AdamW lie on the wide line of Adam, whose way it
# shares here, because its decay is small. Things to find out (who is within a thousandth of the starting height has
# *arrived*):
#
# 1. On the **ravine** RMSprop is among the first: it has a rate for every direction. Choose the
#    **turned ravine**, the same valley at an angle, and see what is left of that.
# 2. **Beale** and **Rosenbrock**: one learning rate for all is not a fair race. At Rosenbrock's 0.001 the
#    adaptive ones crawl, because their steps are about as long as the learning rate. Turn it up to 0.05
#    and press Restart: SGD, momentum and Nesterov are thrown off, and Adam arrives.
# 3. **Himmelblau** has four equally low places. From the start given there, not all end in the same
#    one. Move the start a little and see who ends where.
# 4. Turn the momentum to 0.99 on the **bowl**: momentum swings and swings, Nesterov brakes.
# 5. Leave the **ravine** running for a thousand steps. RMSprop, long at home, jumps out again: where all gradients
#    are tiny it forgets the old squares and divides by nearly nothing. Drag **step** back to before the jump, turn
#    the learning rate down, and press Play: it jumps later now, and less far.

# %% [markdown] slideshow={"slide_type": "skip"}
# The first of these in numbers. So that nothing differs but the angle, the start is turned with the valley.

# %% slideshow={"slide_type": "skip"}
turn = np.deg2rad(35)
beside = (-1.8 * np.cos(turn) - 0.6 * np.sin(turn), -1.8 * np.sin(turn) + 0.6 * np.cos(turn))
for surface, begin in (("ravine", (-1.8, 0.6)), ("turned ravine", beside)):
    race = optimizers.Race(surface, ["SGD", "momentum", "Nesterov", "RMSprop", "Adam"], start=begin)
    race.step(600)
    print(surface, "| steps to arrive:", ", ".join(f"{who} {when}" for who, when in race.arrivals.items()))

# %% [markdown] slideshow={"slide_type": "skip"}
# SGD, momentum and Nesterov need exactly as many steps as before: they do not care how a valley lies. Adam needs
# more than twice as many and RMSprop ten times as many, since their rates belong to the axes. A surface along the
# axes flatters the adaptive rules: ask for both before you believe a picture of a race.
#
# There is no best optimizer for all surfaces. What makes Adam the usual first choice is that its steps are seldom
# longer than the learning rate, whatever the size of the gradients. So the same rates suit many tasks,
# and 0.001 is a sensible first try.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Saddles and plateaus
#
# Where the gradient is 0 there need not be a minimum. On a **saddle point** (鞍點) it goes up one way and down
# another; a **plateau** (高原) is flat for a long way; a **local minimum** (局部最小值) is a low place that is not
# the lowest.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three with your hands or on the board: up one way and down another; flat; a dip beside a
# deeper one. **Ask** for everyday pictures: a horse's saddle, a mountain pass, a tabletop.
# **Usual mistake:** "gradient zero means we have arrived." **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Over the saddle

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how SGD comes in along the ridge, slows down at the saddle, and leaves late: press Play. Then
# choose the plateau. **Ask:** why is RMSprop among the first to leave? (It divides the tiny sideways
# gradient by its own small root.) **Usual mistake:** calling whoever is slow "stuck in a minimum".
# **Time:** 6 minutes.
#
# </details>

# %%
# Press Play. Then choose the plateau. Who gets stuck, and for how long?
panels.race("saddle", steps=100)

# %% [markdown] slideshow={"slide_type": "skip"}
# SGD comes in along a ridge, slows down where the ground is level, and leaves late: sideways the slope is small
# near the saddle, and so are its steps. RMSprop is the first to leave, since it divides the small sideways slope by
# its own size. On the plateau SGD and AdaGrad stay for hundreds of steps; there all directions are nearly level.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then run
#
# A start that nobody would choose, and a question about it: answer before you go on. (On the map the ridge runs from left
# to right; for whoever walks along it, left is above and right is below.)

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four answers, a show of hands for each; only then the panel before this slide, with "start, up"
# at 0. **Ask:** exactly on the ridge, how large is the part of the gradient that points to the side?
# **Usual mistake:** "momentum rolls over it." **Time:** 4 minutes.
#
# </details>

# %% tags=["exercise:on_the_ridge"]

# %% slideshow={"slide_type": "skip"} tags=["answers:on_the_ridge"]
ridge = optimizers.Race("saddle", start=(-1.6, 0.0))
ridge.step(2000)
for name, y_end in zip(ridge.runners, ridge.paths[-1, :, 1], strict=True):
    print(f"{name:9} ends at y = {y_end:.1f}")
reveal.on_the_ridge()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### In high dimension, saddles are the trouble
#
# For a minimum **every** direction must curve upwards. Take random curvatures, as many below 0 as above (symmetric
# random matrices): a model of a place high up. How often are all $n$ of them positive?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how quickly the percentage falls, faster than with coins, and that near the bottom nearly all are minima
# (Dauphin et al., 2014, make this argument for networks). **Ask:** with one direction it is one half. With two?
# (Not a quarter: about one in seven.) With ten? **Usual mistake:** fearing local minima most.
# **Time:** 4 minutes.
#
# </details>

# %%
rng = np.random.default_rng(0)
for n in range(1, 7):
    matrices = rng.normal(size=(20_000, n, n))
    smallest = np.linalg.eigvalsh(matrices + matrices.swapaxes(1, 2))[:, 0]  # of the n curvatures
    high_up, low_down = np.mean(smallest > 0), np.mean(smallest + 3 * np.sqrt(n) > 0)
    print(f"n = {n}: minima high up {high_up:6.1%} (n coins: {0.5**n:6.1%}), low down {low_down:4.0%}")

# %% [markdown] slideshow={"slide_type": "skip"}
# A coin for each direction would promise too much, 25 % for two directions: the curvatures of one matrix are not
# independent. They **repel** each other: two nearly equal ones are rare, so they spread out, and some are pushed below
# 0. (For two directions the exact number is $(2-\sqrt 2)/4 \approx 14.6\,\%$; for many it falls like
# $e^{-0.27 n^2}$, Dean & Majumdar, 2006.)
#
# So in a network with a million weights, a place with a gradient of 0 **and a high loss** is nearly always a saddle
# (Bray & Dean, 2007, for random landscapes; Dauphin et al., 2014, for small networks). Low down it is the other way
# round: there the curvatures are larger, in the last column by $3\sqrt n$ each, most places are minima, and these are
# nearly as good as the lowest. What costs time is the neighbourhood of saddles, and plateaus: there the gradient is
# small and learning is **slow**. Momentum, RMSprop and Adam shorten that wait.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Let the learning rate fall
#
# Large steps travel fast, small steps settle: so begin large and end small. **Learning-rate decay** (學習率衰減)
# by steps, exponentially, like $1/t$, or along a cosine: the rate follows a **schedule** (學習率排程). Often it begins
# with a **warm-up** (預熱).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** constant first: the distance falls and then stays, the noise floor. Then cosine: it goes on
# falling. Then 1/t with a large rate. **Ask:** a constant 0.3 stays near 0.43; what will 0.1 do? (Arrive
# later, and tremble less, near 0.23.) **Usual mistake:** letting it fall so early that the travel is not
# over yet. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
cosine = optimizers.CosineDecay(0.3, decay_steps=400)  # a function: from the step to its learning rate
print("the rate at steps 0, 100, … 400:", [round(cosine(step), 3) for step in (0, 100, 200, 300, 400)])

# %% [markdown] slideshow={"slide_type": "skip"}
# An optimizer takes a schedule where it takes a number: `optimizers.SGD(cosine)`. To see what that brings, we make a
# noisy valley: the gradient of $x^2/2$ is $x$, and each step adds a random shake to it. 300 copies walk down; the
# right picture shows how far from the lowest place they typically are.

# %%
# Choose a schedule, and drag its dot: up and down is the first rate, sideways the warm-up.
kind = panels.Choice(tuple(experiments.SCHEDULES), start="cosine")
first_rate = panels.Slider(0.02, 1.0, 0.3, step=0.02, label="first rate")
warmup = panels.Slider(0, 100, 0, step=5, label="warm-up")
panels.explore(pictures.schedule, pictures.settling, kind=kind, learning_rate=first_rate, warmup=warmup)

# %% [markdown] slideshow={"slide_type": "skip"}
# With a constant rate the distance stops falling: that is the noise of the gradients, the trembling you saw with
# small batches, and the larger the rate, the larger it is. A schedule goes lower, provided that its first rate is
# large enough to arrive before it has fallen (try 0.02 with $1/t$). Robbins & Monro (1951) proved that with $1/t$
# the distance goes to 0 in the end; the cosine (Loshchilov & Hutter, 2017) is what large networks are often trained
# with. With a first rate of 0.3 or more, warm-up does not help in this simple valley. It helps large networks, whose first gradients
# are wild (Goyal et al., 2017).

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:warm_cosine"]
# ### Your turn: `warm_cosine`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the curve on the board, with `warm_cosine(step, 1, 100, 400)`: 0.5 at step 50, 1 at 100, 0.5 at
# 300, 0 from 500 on. **Ask:** at the moment when the glide begins, how many of its own steps are done?
# **Usual mistake:** counting the glide from step 0. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:warm_cosine"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same objects train a network
#
# The optimizers of the race know nothing of surfaces. They take a list of arrays and their gradients: so give
# them a network's. It predicts the quality of red wines from eleven measurements (lesson 1).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what is new: in the race an optimizer moved two numbers, here four arrays with 209. **Ask:** who
# will win here? Bets on the board. **Usual mistake:** carrying the race's ranking over.
# **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
wine = datasets.fetch_wine_quality()
table = wine.frame.drop_duplicates()
features = table[list(wine.feature_names)].to_numpy("float32")
quality = table["quality"].to_numpy("float32")
X_train, X_val, y_train, y_val = datasets.train_val_split(features, quality, seed=0)
scale = datasets.standardize(X_train)
X_train, X_val = scale(X_train), scale(X_val)
mse = nn.MeanSquaredError()

# %% slideshow={"slide_type": "skip"}
def wine_network():
    network = nn.Sequential([nn.Dense(11, 16, seed=0), nn.ReLU(), nn.Dense(16, 1, seed=1)])
    network.layers[-1].b[:] = y_train.mean()  # the first guess is the mean quality, not 0
    return network

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Before you train
#
# The three checks of lesson 1, before the first run:
#
# 1. **Expected first loss:** a guess that is always the mean has the variance of the targets as its loss. (The
#    random first weights add something of their own: compare roughly.)
# 2. **Output bias:** it starts at the target's mean, so that training does not begin with a climb from 0 to 5.6.
# 3. **Overfit one batch:** 32 wines, learned until the loss is near 0.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines, and what the first loss would be without the output bias. **Ask:** if training began
# near 32, what would a race of optimizers measure? (Mostly who climbs fastest to 5.6.) **Usual mistake:** taking the
# fall from 32 to 1 for learning: "always the mean" is already there. **Time:** 4 minutes.
#
# </details>

# %%
first = wine_network().predict(X_train)[:, 0]
expected, measured = y_train.var(), np.mean((first - y_train) ** 2)
print(f"expected first loss ≈ {expected:.2f}, measured ≈ {measured:.2f}; near:", measured < 4 * expected)
print(f"with an output bias of 0 it would be ≈ {np.mean((first - y_train.mean() - y_train) ** 2):.1f}")

network, adam = wine_network(), optimizers.Adam(0.01)
for _ in range(500):
    loss = network.train_on_batch(X_train[:32], y_train[:32, None], mse, adam)
print(f"one batch, 500 updates: loss ≈ {loss:.4f}; near 0:", loss < 0.1 * expected)

# %% [markdown] slideshow={"slide_type": "skip"}
# Now the first run, as advised: Adam with 0.001. Does it beat the baseline of lesson 1, *always the mean*?

# %%
run = wine_network().fit(X_train, y_train, mse, optimizers.Adam(0.001), epochs=15,
                         validation_data=(X_val, y_val))
always_mean = np.mean((y_val - y_train.mean()) ** 2)
print(f"validation loss: always the mean ≈ {always_mean:.2f}, Adam at 0.001 ≈ {run['val_loss'][-1]:.2f}")
print("at least a tenth better than the mean:", run["val_loss"][-1] < 0.9 * always_mean)

# %% [markdown] slideshow={"slide_type": "skip"}
# Is it also the best? `trials.learn` trains the network anew, with one optimizer and one learning rate, for fifteen
# epochs, and returns the validation loss. We let it try ten rates for each of the eight.

# %% slideshow={"slide_type": "skip"}
trials = experiments.Trials(wine_network, X_train, y_train, X_val, y_val)
grid = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
losses = {name: {tried: trials.learn(name, tried) for tried in grid} for name in experiments.OPTIMIZERS}
best = {name: min(grid, key=losses[name].get) for name in losses}
ends = {name: losses[name][best[name]] for name in losses}
limit = 1.25 * min(ends.values())  # "works": within a quarter of the lowest

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each with its best learning rate
#
# One learning rate for all would be unfair. Try several for each optimizer, and compare the best runs.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table row by row: where does each begin to work, and what happens at the right edge of its blue?
# **Ask:** when somebody reports "Adam beats SGD", what do you want to know first? (How each one's rate was
# chosen.) **Usual mistake:** comparing optimizers at one rate. **Time:** 5 minutes.
#
# </details>

# %%
# The validation loss after fifteen epochs. Blue: within a quarter of the lowest. ×: above 10, or diverged.
fig, ax = plt.subplots(figsize=(9, 3.6))
_ = pictures.rate_table(ax, losses, limit=limit)

# %% slideshow={"slide_type": "subslide"}
for name in losses:
    print(f"{name:9} best rate ≈ {best[name]:g}, validation loss ≈ {ends[name]:.3f}")
print("each at its best rate, all eight end close together:", max(ends.values()) < limit)
print("their best rates differ at least tenfold:", max(best.values()) >= 10 * min(best.values()))
serves_all = [tried for tried in grid if all(losses[name][tried] < limit for name in losses)]
print("a rate that serves all eight:", serves_all or "none of the ten")

# %% [markdown] slideshow={"slide_type": "skip"}
# Once each has its own rate, they end close together (we chose the rates by the same wines that we compare on, so
# take the last digits lightly). What differs is *which* rates work. Adam works at 0.001 already, a safe first try if
# not the best, and up to about a hundred times as much; AdaGrad, whose steps die, needs larger ones. At the right edge SGD, momentum and Nesterov
# **diverge**, from one rate to the next: that is the limit 2/λ. The adaptive rules get worse step by step, since
# their steps are hardly longer where the gradient is steep. (AdaDelta has a rate here because Keras gives it one, a
# factor before each step; the rule above is the factor 1.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A rule of thumb, tested
#
# "Below 2,000 samples the full batch": our training set is that small. Fifteen epochs of SGD, with batches of several
# sizes.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the column at 0.03, then that of the best rates. **Ask:** why is the full batch so far behind at the same
# rate? (15 updates against 450.) And why does it bear a larger one? (Its gradient is exact: no noise to be
# averaged out.) **Usual mistake:** comparing batch sizes at one learning rate. **Time:** 4 minutes.
#
# </details>

# %%
whole, some_rates = len(X_train), (0.01, 0.03, 0.1, 0.3)
by_size = {}
for size in (8, 32, 128, whole):
    by_size[size] = [trials.learn("SGD", tried, batch_size=size) for tried in some_rates]
    lowest, updates = min(by_size[size]), 15 * int(np.ceil(whole / size))
    where = some_rates[by_size[size].index(lowest)]
    print(f"batch {size:3}: {updates:4} updates; at 0.03 ≈ {by_size[size][1]:.3f}, best ≈ {lowest:.3f} at ≈ {where:g}")
lowest_of_each = [min(found) for found in by_size.values()]
print("at the same rate the full batch is behind 32:", by_size[whole][1] > 1.1 * by_size[32][1])
print("each at its best rate, all are close:", max(lowest_of_each) < 1.2 * min(lowest_of_each))

# %% [markdown] slideshow={"slide_type": "skip"}
# So the full batch *is* possible here, as the rule says, and each of its few updates is cheap. But it needs a
# rate several times as large, close to where it diverges, or many more epochs. Batches of 32 learn well at several
# rates within few epochs, and so we stay with them. (Masters & Luschi, 2018, found their best results on images with
# batches of 32 or fewer.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## And they equal Keras's
#
# Same first weights, same batches, 100 steps: our eight optimizers in NumPy, and Keras's own.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that every line says True: the formulas of this lesson are what Keras does. The first import
# takes some seconds. **Ask:** equal to the last digit? (No: float32 has 7 digits, and the sums are added in
# another order.) **Usual mistake:** taking a difference in the seventh digit for a wrong formula.
# **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras

def keras_network(optimizer):
    """Return the same network in Keras, with the same first weights and biases, compiled."""
    hidden = keras.layers.Dense(16, activation="relu", name="hidden")
    model = keras.Sequential([keras.Input((11,)), hidden, keras.layers.Dense(1, name="output")])
    model.set_weights(wine_network().parameters)
    model.compile(optimizer=optimizer, loss="mse")
    return model

# %%
# After 100 steps on the same batches: how far has a weight moved, and how far are the two networks apart?
for name in experiments.OPTIMIZERS:
    moved, apart = trials.beside_keras(name, 1.0 if name == "AdaDelta" else 0.01, keras_network)
    print(f"{name:9} moved: {moved > 0.05}   equal to Keras: {apart < 1e-3 * moved}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the learning rate: the range test
#
# Start with a tiny learning rate and let it grow a little **with every batch**, until the loss explodes (Smith,
# 2017). Choose where the loss falls fastest, well before it rises: the **range test** (學習率範圍測試).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** SGD, then AdaGrad and momentum: other rates, the same method. Move the chosen rate into the fall, to its
# bottom, beyond: the right picture answers. **Ask:** which rate would you take for SGD? (Near the dashed line,
# well before the rise.) **Usual mistake:** choosing the lowest point of the left curve: that is already the
# edge. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
growing = optimizers.ExponentialDecay(1e-4, decay_steps=200, decay_rate=1e5)  # above 1 it grows: up to 10
rates = np.array([growing(step) for step in range(200)])

# %%
# Move the chosen learning rate to where the loss falls fastest; see it train on the right.
chosen = panels.Slider(1e-4, 10.0, 0.01, log=True, label="chosen rate")
smoothing = panels.Slider(0.0, 0.98, 0.9, step=0.02, label="smoothing β")
names = list(experiments.OPTIMIZERS)
range_test = partial(pictures.range_test_of, trials=trials, growing=growing)
run_at_rate = partial(pictures.run_at_rate, trials=trials)
panels.explore(range_test, run_at_rate, optimizer=names, learning_rate=chosen, beta=smoothing)

# %% [markdown] slideshow={"slide_type": "skip"}
# The thick curve is your bias-corrected average again. (The batches have 128 wines here: with fewer, their noise
# would hide the fall.) Does the test find rates that work? Compare with the table above.

# %% slideshow={"slide_type": "subslide"}
falls = {name: pictures.fastest_fall(rates, trials.batch_losses(name, growing)) for name in names}
for name in names:
    print(f"{name:9} range test ≈ {falls[name]:.3g}, best of the ten ≈ {best[name]:g}")
print("momentum below SGD below AdaGrad below AdaDelta:",
      falls["momentum"] < falls["SGD"] < falls["AdaGrad"] < falls["AdaDelta"])
print("all eight work there:", all(trials.learn(name, falls[name]) < limit for name in names))

# %% [markdown] slideshow={"slide_type": "skip"}
# It does: for 200 updates, and not for ten trainings, it finds a rate that works, different for each optimizer. It
# is not the best to the last digit, so take it for the place where a search begins.
#
# In Keras the same test is a loop over `learning_rate`; with the live trainer it reads like this:

# %% slideshow={"slide_type": "skip"}
trainer = live.LiveTrainer(keras_network("sgd"), X_train, y_train, batch_size=128)
seen = []
for step in range(200):
    trainer.learning_rate = growing(step)
    if trainer.step(1) == 0 or trainer.diverged:
        break
    seen.append(trainer.history["loss"][-1])
print("it fell to less than half of its start:", min(seen) < 0.5 * seen[0])
print("and rose again before the rate reached 10:", bool(trainer.diverged) or seen[-1] > 2 * min(seen))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Live, in Keras
#
# Now with everything: a Keras network on the wines. Change the **optimizer** and the **learning rate** while it
# trains; every turn leaves a mark on the curve.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** Play with SGD at 0.2: the validation curve trembles. Turn the rate down to 0.01: it calms at once, and lies
# lower. Then Adam at the same rate: it trembles a little again, its steps are longer. Reset keeps the runs before as
# thin curves. **Ask:** why is the training curve less calm than the validation curve, at 0.01 too? (Each of its points is
# the mean of a few batches, and every time of other wines.) **Usual mistake:** turning two knobs at once and
# crediting the wrong one. **Time:** 6 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Press Play. Turn the learning rate down; then change the optimizer. The grey curves are 300 steps of SGD at 0.2.
panel = panels.live(keras_network(keras.optimizers.SGD(0.2)), X_train, y_train,
                    validation_data=(X_val, y_val), views=("curves", "gradients"))
panel.start_over(after=300)
panel

# %% [markdown] slideshow={"slide_type": "skip"}
# At 0.2 the validation curve trembles: each update is as large as its batch's accident says. Turn the learning rate down
# to 0.01: the curve calms at once, and lies lower, the decay of above by hand. (The training curve stays
# uneven: each of its points is measured on other batches.) Then give **Adam** the same 0.01: its steps are longer, and
# the curve trembles a little again. (Play for long, and the validation curve rises while the training curve falls:
# that is for lesson 5.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three rates from one place
#
# Two runs that begin with other weights differ in two things: the weights and the rate. To compare rates alone, let all
# runs go on from **one place**. Here one run goes 600 steps at 0.2; from its step 300 two more go on, at 0.03 and at 0.003.
# Which of the three ends lowest?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the numbers, then the panel: press *Runs*, hide a curve and show it again; then drag *step* back to 10, take
# 0.003, and press *Play*; the same with 0.03. **Ask** before the cell: at 0.003 every step is tiny; is that an advantage
# here? (At step 300 it calms most; at step 10, where there is still a way to go, it crawls.) **Usual mistake:** comparing
# rates by runs that began with other weights. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
wine_sgd = keras_network(keras.optimizers.SGD(0.2))


def level(panel):
    """The mean validation loss of the last hundred steps or so: single values tremble."""
    return np.mean(panel.trainer.history["val_loss"][-8:])

# %%
def from_one_place(place, *rates):
    """A run of 600 steps at 0.2; from one of its steps another goes on at each rate."""
    panel = panels.live(wine_sgd, X_train, y_train, validation_data=(X_val, y_val),
                        views=("curves",), knobs=["learning_rate"])
    panel.step(600)
    levels = {0.2: level(panel)}
    for lower in rates:
        panel.rewind(place)  # the same as dragging step back
        panel.trainer.learning_rate = lower
        panel.step(600 - place)  # a new run begins there
        levels[lower] = level(panel)
    return panel, levels

# %% slideshow={"slide_type": "subslide"}
one_place, levels = from_one_place(300, 0.03, 0.003)
for rate_now, height in levels.items():
    print(f"from step 300 at {rate_now}: validation loss ≈ {height:.3f}")
print("turned down they end lower than at 0.2:", bool(max(levels[0.03], levels[0.003]) < levels[0.2]))
print("0.03 and 0.003 end about alike:", bool(abs(levels[0.03] - levels[0.003]) < 0.01))

# %% [markdown] slideshow={"slide_type": "skip"}
# Up to step 300 the three are one run. From there they see the same batches in the same order; only the learning rate
# differs. By then the network had come down; what was left was trembling, and both smaller rates calm it.

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Runs. Drag step back to 10, take 0.003, press Play; then the same with 0.03. Do they still end alike?
one_place

# %% [markdown] slideshow={"slide_type": "skip"}
# "Best so far" below the picture is the single lowest value, and single values tremble: compare means, as here. When you
# have looked, here are those from step 10. Where there is still a way to go, 0.003 crawls:

# %% slideshow={"slide_type": "skip"}
_, early = from_one_place(10, 0.03, 0.003)
print(f"from step 10 at 0.03: ≈ {early[0.03]:.3f}, at 0.003: ≈ {early[0.003]:.3f}")
print("at 0.003 it ends higher:", bool(early[0.003] > early[0.03] + 0.01))

# %% [markdown] slideshow={"slide_type": "skip"}
# `recipe` gives you the run that the panel shows as code. Paste it into a new cell: the same curve comes again.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
print(one_place.recipe())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A rate that falls by itself
#
# A schedule is nothing but turns of one knob that are decided beforehand; here a decay by **steps**. A panel takes it as a
# list, `turns`: at which step, which knob, to which value. It begins with the weights of the runs above.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*, hands off: at step 300 and at 600 the slider moves by itself, and the curve calms. **Ask:** how would you
# choose the two steps? (Where the curve has stopped falling.) **Usual mistake:** letting the rate fall while the loss is
# still falling fast. **Time:** 3 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Press Play, and leave the knob alone: at steps 300 and 600 it turns by itself.
by_steps = [(300, "learning_rate", 0.03), (600, "learning_rate", 0.003)]
panels.live(wine_sgd, X_train, y_train, validation_data=(X_val, y_val), views=("curves",),
            knobs=["learning_rate"], turns=by_steps, updates_per_frame=2)

# %% [markdown] slideshow={"slide_type": "skip"}
# Whoever turns the knob, or goes back and presses Play, takes over: the turns still to come are not made. Run the cell
# again to have them back. In Keras such a schedule is a `keras.optimizers.schedules.PiecewiseConstantDecay`, in the place of
# the learning rate.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:glide"]
# ### Your turn: `glide`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what is asked for: layers, loss, optimizer, compiled; new are where the output's bias begins, and what
# goes in the place of the rate. **Ask:** how many epochs are 500 steps with batches of 32? (`500 * 32 / len(X_train)`: about
# 17.) **Usual mistake:** counting the decay in epochs. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:glide"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The valley of your own network
#
# The race ran over two numbers. A network's loss lies over all its weights: 17 for four tanh units on the circles of
# lesson 2. Nobody can draw 17 directions, so we take a **slice**: two directions through the place where the weights
# stand, those along which they have moved most, and the loss on that plane (Li et al., 2018).
#
# **Guess first:** if each batch has only 4 points, who shakes: the walker, or the valley?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*: the path grows, and the valley with it. Then *valley of* the next batch, and the batch size down to 4: the
# ground itself shakes; at 250 it lies still. Last *Reset*, the rate at 5, one step per frame: from wall to wall. **Ask:** what does one see here, of 17
# directions? (Two. What looks like a wall may have a way round in the other 15.) **Usual mistake:** taking the picture for
# the whole loss. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
ring = datasets.make_circles(250, seed=0)


def ring_network():
    """Return four tanh units for points with two inputs and two classes, compiled with SGD."""
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(4, activation="tanh")
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy")
    return model

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Then "valley of": the next batch, and turn the batch size from 4 to 250. Last, the rate to 5.
panels.live(ring_network(), *ring, views=("landscape", "curves"),
            knobs=["learning_rate", "batch_size", "width", "l2"])

# %% [markdown] slideshow={"slide_type": "skip"}
# Dark is low here, and along a thin line the loss is the same everywhere. The plane is chosen anew as the weights move on, so the
# ground changes while you watch; the path always comes from the left.
#
# 1. *Play* for 1,500 steps. Where does the path go steeply down, and where along the valley?
# 2. *valley of* the next batch, at batch size 4; then 32; then 250.
# 3. All training points again, batch size 32. *Reset*, the learning rate at 5, **steps per frame** at 1, *Play*; *Pause* near
#    step 60. Then the rate back to 1, and *Play*.
# 4. **Steps per frame** at 10, *Reset*, *Play*, and turn *l2* up to 0.01. Then the width to 2.

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# 1. First down the slope, then along the bottom of a valley with steep walls, where it gets slow: the ravine of the race.
# 2. At 4 the valley shakes: each step goes down in a valley of its own, and the walker sees no other. At 32 it shakes less.
#    At 250 the next batch *is* all points: the valley lies still.
# 3. The step is too long for the steep walls: the path hops from wall to wall across the valley, and hardly comes on along
#    it. This is the limit 2/λ again, with the steepest λ. At rate 1 it goes down. (Of a long path the picture keeps only
#    every second, fourth, eighth ... step, so the hops are seen best at its beginning.)
# 4. l2 adds to the loss what large weights cost (lesson 5 says what for): far from zero the ground rises. With width 2
#    the loss cannot come down so far: two soft lines do not close round the disc.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# The shaking in numbers. A step against a batch's gradient is downhill for this batch. For all points together it is
# uphill if the two gradients point apart. How often is that so, among the next hundred batches?

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
# Of the next hundred batches: how many would lead uphill for all points together?
valley = live.LiveTrainer(ring_network(), *ring)
valley.keep_path()
valley.step(2000)
of_all, uphill = valley.gradient(), {}
for size in (4, 32, 250):
    valley.batch_size = size
    batches = [valley.batch_indices(valley.updates + k) for k in range(100)]
    uphill[size] = sum(valley.gradient(batch) @ of_all < 0 for batch in batches)
    print(f"batches of {size:3}: ≈ {uphill[size]} of 100")
print("small batches lead uphill more often:", bool(uphill[4] > uphill[250]))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What a slice cannot show
#
# Walk from the first weights to the last, straight ahead: a slice with **one** direction. What is the highest loss on the
# way? And on the path that the weights have really gone?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed heights. **Ask** before: must a straight way between two places of a valley be free? (No: valleys
# have bends.) **Usual mistake:** "The slice shows a wall, so the network is locked in." Who sees one direction more
# sees a way round. **Time:** 3 minutes.
#
# </details>

# %% tags=["answers"]
# 2,000 steps of SGD at rate 1: the straight way and the real one.
_, path = valley.path
straight = np.linspace(path[0], path[-1], 41)
ahead, gone = (experiments.losses_at(valley, places) for places in (straight, path))
print(f"start ≈ {gone[0]:.2f}, end ≈ {gone[-1]:.2f}")
print(f"highest straight ahead ≈ {ahead.max():.2f}, highest on the path ≈ {gone.max():.2f}")
print("a wall straight ahead, none on the path:", bool(ahead.max() > 1.03 * gone.max()))

spread = np.linalg.svd(path - path[-1], compute_uv=False) ** 2  # by direction, largest first
held = spread[:2].sum() / spread.sum()
print(f"two of {path.shape[1]} directions hold ≈ {held:.1%} of the path's movement")

# %% [markdown] slideshow={"slide_type": "skip"}
# The straight way meets a wall, the path never did: it bent. In the panel's picture, with two directions, you see the bend.
# In the same way a wall in *that* picture may have a way round in one of the other 15 directions, which it does not show.
# And that the plane holds nearly all of the path's movement says where the weights have gone, not what lies beside it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The clinic: two networks to save
#
# Two more sick networks of the ten. Both are to tell the middle from the ring, both have the same knobs, and each is ill in
# its own way. Look first: at the curve, at the numbers on the map's axes, at the path in the landscape. Then turn.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide only, and collect what one can look at before one turns anything: curve, map, axes, path. **Ask:** which
# of the ten diagnoses would you see in a path? **Usual mistake:** turning the first knob at hand, and learning nothing from
# it. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 5

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey curve, then *steps per frame* at 1 and *Play* for ten steps. **Ask:** does the path go along a valley, or
# across it? Then hand the knobs to a table. **Usual mistake:** turning the knob after 200 updates and waiting: by then the
# weights lie where tanh is flat, so *Reset* first. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Look first: the grey curve, the map, and the path at one step per frame. Then turn.
case_5 = patients.patient_5()
case_5.start_over(after=400)  # what it does by itself, in grey
case_5

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_5"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_5"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Case 6

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the numbers on the two axes of the map, and the landscape while it plays. **Ask:** which surface of the race is
# this? (The ravine.) What did one do there? (A rate for each weight; a momentum.) And what could one do to the valley itself?
# **Usual mistake:** looking for the one learning rate that suits both columns; there is none. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Look first: the numbers on the axes, the grey curve, the path. Then turn.
case_6 = patients.patient_6()
case_6.start_over(after=400)  # what it does by itself, in grey
case_6

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:patient_6"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:patient_6"]

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What was wrong with the two</b>: open it when both are saved</summary>
#
# Two curves that do not come down, and two reasons. In case 5 the steps were too long for every direction, and shorter ones
# were all it needed, in time. In case 6 no rate was right: the steepest direction decides what is too large, the flattest
# one what is too small, and a column in centimetres beside one in metres drives the two apart. There one makes the valley
# rounder, or gives each weight a step of its own.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Gradient descent steps against the slope; it converges for $\eta < 2/\lambda$, with the **steepest** $\lambda$.
# - Mini-batches trade exactness for many quick steps; their noise asks for **decay**.
# - Momentum averages gradients; AdaGrad, RMSprop, AdaDelta scale each weight; **Adam** does both, corrected.
# - Saddles and plateaus slow learning; where the loss is high, a place with gradient 0 is nearly always a saddle.
# - Tune the **learning rate** first: range test, then a schedule. Compare rates from **one place** of one run.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the third line, covered until the class has answered. **Ask** for each optimizer's memory in
# three words: "velocity"; "sum of squares"; "average of squares"; "both, corrected". **Usual mistake:**
# remembering names and not what is remembered. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# First four with numbers, then four to be answered with a letter in quotes, in the place of the dots. Wrong answers
# tell you what they stand for.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:hopping_rate"]
# **1 · `hopping_rate`** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:hopping_rate"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:two_days"]
# **2 · `two_days`** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:two_days"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:first_step"]
# **3 · `first_step`** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:first_step"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:four_runs"]
# **4 · `four_runs`** {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:four_runs"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_batches"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_adagrad"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_saddle"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_adamw"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | gradient descent | 梯度下降 | step against the gradient, again and again |
# | learning rate η | 學習率 | how far a step goes for a gradient of 1 |
# | diverge | 發散 | get farther away with every step |
# | ravine | 峽谷 | a valley much steeper across than along |
# | full batch | 全批次 | all samples for one step |
# | mini-batch | 小批次 | a few dozen or hundred samples for one step |
# | stochastic | 隨機 | with one random sample, or a few, for a step |
# | vectorisation | 向量化 | one matrix product in the place of a loop |
# | exponentially weighted average | 指數加權平均 | an average in which old values fade |
# | bias correction | 偏誤修正 | divide by 1 − βᵗ, because the average began at 0 |
# | momentum | 動量 | keep a fraction of the last step's velocity |
# | velocity | 速度 | the step that momentum carries on |
# | Nesterov momentum | Nesterov 動量 | momentum with the gradient of where it is about to be |
# | AdaGrad | – | divide by the root of the sum of squared gradients |
# | RMSprop | – | divide by the root of their average |
# | AdaDelta | – | RMSprop with past steps in place of a learning rate |
# | Adam | – | momentum and RMSprop, both corrected |
# | decoupled weight decay | 解耦權重衰減 | shrink weights apart from the gradient |
# | saddle point | 鞍點 | gradient 0, up one way and down another |
# | plateau | 高原 | nearly flat for a long way |
# | local minimum | 局部最小值 | lower than all around it, but not the lowest |
# | learning-rate decay, schedule | 學習率衰減、學習率排程 | let the learning rate fall |
# | warm-up | 預熱 | let it rise first |
# | range test | 學習率範圍測試 | let it grow until the loss explodes, then choose |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** in [lesson 5](05_overfitting.ipynb) the optimizer works only too well: the network learns its training wines by heart.
# How do you notice, and what do you do?
