# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 0 · Playground
#
# The whole course in one panel: a real Keras network that keeps training while you turn its knobs.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the sentence on the slide; promise that the network on the next pages is a real one, not a film.
# **Ask:** who has seen a network learn, and what did they see? (Mostly a number that falls.)
# **Usual mistake:** "I have to understand every knob first." Each knob gets its own lesson; today is for
# playing. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **After this you will be able to**
#
# - run, pause, reset and steer the training of a network, and go back in it when something went wrong;
# - read its decision boundary, its loss curves and what its hidden units see;
# - say what learning rate, width, activation function, dropout and optimizer do, because you have seen it;
# - name the usual reason when a network does not learn, and what to turn.
#
# Nothing here has to be understood completely. Each knob gets a lesson of its own later; come back to
# this page after it. Plan 45 minutes for playing. All cells together run in about 45 seconds.
#
# **How to use it.** Run a cell with Shift+Enter. In a panel, press **Play** and drag. Every button and slider
# works with the keyboard too: Tab to reach it, arrow keys to move it, Home and End for its ends.

# %% slideshow={"slide_type": "skip"}
from lessons_lib import datasets, live, panels  # live loads TensorFlow, the engine under Keras
import keras

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network and four puzzles
#
# Two numbers go in, one probability comes out: does the point belong to class 1? Between them stand
# **hidden layers** (隱藏層). Nothing here is special: it is Keras as in every other notebook.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** that the model is plain Keras, nothing else. **Ask:** where in these lines is the number of
# hidden units, and where the length of a step? (`units`; `learning_rate`.) **Usual mistake:** thinking that
# the panel only works with this model. It works with the learner's own. **Time:** 2 minutes.
#
# </details>

# %%
def network(layers=2, units=8, activation="tanh", first=()):
    """An ordinary compiled Keras model; first: layers before all others."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), *first])
    for _ in range(layers):
        model.add(keras.layers.Dense(units, activation=activation))
        model.add(keras.layers.Dropout(0.0))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    sgd = keras.optimizers.SGD(learning_rate=0.1)
    model.compile(optimizer=sgd, loss="binary_crossentropy")
    return model


print("parameters to learn:", network().count_params())

# %% slideshow={"slide_type": "skip"}
PUZZLES = {
    "circles": (datasets.make_circles, 0.1),  # who makes the points, and how much noise is in them
    "xor": (datasets.make_xor, 0.1),
    "moons": (datasets.make_moons, 0.1),
    "spirals": (datasets.make_spirals, 0.03),
}
print("puzzles:", ", ".join(PUZZLES))

# %% slideshow={"slide_type": "skip"}
def play(puzzle, model, n_samples=250, **settings):
    """A live panel: the model on one of the puzzles; settings are where its knobs start."""
    make, noise = PUZZLES[puzzle]
    X, y = make(n_samples, noise=noise, seed=1)
    unseen = make(250, noise=noise, seed=2)  # for the validation curve: never trained on
    return panels.live(model, X, y, validation_data=unseen, **settings)


def accuracy(panel):
    """The fraction of the 250 unseen points that the network gets right at this moment."""
    return panel.trainer.history["val_accuracy"][-1]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The panel
#
# Press **Play**. Can a network separate a ring from its middle?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the untrained picture first; after the question press *Play*, say nothing for half a minute, then
# point at one hidden unit at a time. **Ask** before Play: where will the boundary go? (Round the middle.)
# **Usual mistake:** reading the small pictures as data; they are what one unit answers at every place.
# **Time:** 5 minutes.
#
# </details>

# %%
# Circles: press Play, then drag everything.
play("circles", network())

# %% [markdown] slideshow={"slide_type": "skip"}
# - **The plane with the points.** Colour is the probability at each place. The line is the
#   **decision boundary** (決策邊界): there the probability is one half.
# - **The curves** show the **loss** (損失), one number for how wrong the network is: on the points it trains on
#   (training), and on points it has never seen, its **validation** (驗證). A dotted line marks every knob you turn.
# - **The hidden units.** Each small square is the whole plane as one unit sees it: orange where its output is
#   positive, blue where it is negative, the stronger the farther from 0.
#
# **Below the pictures.** **points** says what a press on the map does: add a point of a class, move one, or wipe one out;
# the network trains on the points as they are then, at once. **validation points** also shows the points it has never
# seen, smaller and with a dark rim. **discretised output** leaves the soft shades out: each place has the colour of
# the class that the network decides on, however sure it is.
#
# **Reset** begins again from the same weights, **New start** from others. The runs before stay as thin lines, so you can
# compare, the first one in grey. **Runs** shows a table of them: how far each came, its losses, and every knob that was
# turned, with its step. There the eye hides a curve, **Go back** takes up a run again, and a click on its name renames it.
# Six runs are kept; then the oldest goes to which you gave no name.
#
# **Something went wrong? Go back.** Drag **step**, the slider below the pictures: they show the network as it was at that
# step. **Play**, or a turned knob, lets a new run begin there, and the old one stays.
#
# **Show the code** gives you your run as code that makes it again, every turn included; experiment 2 uses it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### XOR: which corners belong together?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** width 1, *Reset*, *Play*; then drag the width up, one unit at a time, while it runs. **Ask:** can one
# straight line do it? (No: it always leaves a corner on the wrong side.) **Usual mistake:** "It only needs more time." With
# one unit a layer the boundary stays one line, however long it runs. **Time:** 3 minutes.
#
# </details>

# %%
# XOR: one straight line is not enough. How many units are?
play("xor", network())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Moons: two hooks

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the loss on a log scale once the curve has gone flat: the training loss still falls. **Ask:** how
# much would one straight line get right? (Most of the points, but not the tips of the hooks.)
# **Usual mistake:** taking a curve that looks flat for one that has ended. **Time:** 2 minutes.
#
# </details>

# %%
# Moons: nearly a straight line, but not quite.
play("moons", network())

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Spirals: the hard one

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play* and leave it alone for a minute: the boundary hardly curls. **Ask** for bets: who gets
# below a loss of 0.1 first, and with which knobs? The answer comes at the end of this page.
# **Usual mistake:** "More units!" It has 32 in each layer already; what it lacks is something else.
# **Time:** 5 minutes.
#
# </details>

# %%
# Spirals: this network stays stuck for thousands of steps. Which knobs would you turn?
play("spirals", network(units=32))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Six things to try
#
# First guess, then look. Each cell below does the experiment by code, so that its numbers can be checked. The
# panel under it has the same network, **untrained again**: do the experiment yourself, with the mouse. What the code has
# run is drawn **thin** there: can you reach it? Click on *What to expect, and why* when you have guessed and looked. It
# speaks of as many steps as the cell makes, 500 to 5,000, so leave **steps per frame** at 10.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one of the panels above once more and let somebody name the knobs. **Ask** for a guess before each
# of the six. **Usual mistake:** turning two knobs at once, and not knowing which one it was. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · How many units hold a ring?
#
# Circles, one hidden layer, **width** (寬度) 2: two units. Let it train until the boundary hardly moves. Then drag
# the width to 6 **while it runs**. The panel begins with width 2: press **Play**, and later drag.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel below: *Play*; when the boundary hardly moves, drag the width to 6 while it runs.
# **Ask:** what shape can two straight cuts make? And three? (An open strip or a wedge; a triangle.)
# **Usual mistake:** expecting a jump when units join. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
ring = play("circles", network(layers=1, units=6), width=2, learning_rate=0.5)
ring.step(1500)
with_two = accuracy(ring)
places = datasets.make_circles(50, seed=3)[0]
before = ring.trainer.predict(places)
ring.trainer.width = 6  # the same as dragging the slider
jump = abs(ring.trainer.predict(places) - before).max()
ring.step(1500)
print(f"two units ≈ {with_two:.0%}, six units ≈ {accuracy(ring):.0%} of the unseen points")
print("two are not enough, six are:", with_two < 0.85 < 0.93 < accuracy(ring))
print("the answer jumped when units joined:", bool(jump > 1e-5))
ring.start_over()  # untrained again; what the cell has done is drawn in grey, as run 1

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# In grey: the cell above, where four units joined at step 1,500. Press Play, and let them join when you like.
ring

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# With two units the loss stops falling early, and the boundary does not close round the middle.
# As soon as more units join, the loss falls again, without a jump.
#
# **Why.** One unit of the first layer bends the plane along one straight line. Two lines leave a strip or a wedge
# open, three can close a triangle round the middle. Units that join begin with outgoing weights of zero: they change
# nothing at first, and learn from there.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2 · How long should a step be?
#
# Moons. Play with a **learning rate** (學習率) of 0.001; press **Reset**, and take 0.3. When the loss has fallen, take 10, the
# slider's end, in the same run. Then 0.1: does that mend it?
#
# If not, **go back:** drag **step**, below the pictures, to before 10, take 0.1 there, and press **Play**. A new run begins
# there. **Runs** shows you all of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 0.001, *Reset*, 0.3; when it has fallen, 10 in the same run, then 0.1: it stays spoilt. Drag *step* back to before
# 10, take 0.1, *Play*; press *Runs*. **Ask:** is a larger rate always faster? And does a smaller one mend what a larger one
# has spoilt? **Usual mistake:** trying 0.3, then 0.31. What counts is a factor of ten, so the slider is logarithmic.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
reached = {}
for rate in (10, 0.001, 0.3):
    moons_model = network()
    moons = play("moons", moons_model, learning_rate=rate)
    moons.step(500)
    reached[rate] = moons.trainer.history["val_loss"][-1]
    print(f"learning rate {rate}: loss on unseen points ≈ {reached[rate]:.2f}")
print("too small crawls, too large fails:", reached[0.3] < 0.1 < reached[0.001] < 0.7 < reached[10])

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
moons.trainer.learning_rate = 10  # in the run with 0.3
moons.step(100)
moons.trainer.learning_rate = 0.1  # too late?
moons.step(400)
turned_down = moons.trainer.history["val_loss"][-1]
moons.rewind(500)  # the same as dragging step back
moons.trainer.learning_rate = 0.1
moons.step(500)  # a new run begins
gone_back = moons.trainer.history["val_loss"][-1]
print(f"turned down after 10: ≈ {turned_down:.2f}, gone back to before 10: ≈ {gone_back:.2f}")
print("in 400 steps turning down does not mend it, going back does:",
      gone_back < 0.1 < 0.5 < turned_down)
moons.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# Thin are the two runs of the last cell: turned down, and gone back. Press Play, and make both yourself.
moons

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# With 0.001 the curve hardly falls, with 0.3 it drops at once, with 10 it jumps about and
# ends worse than it began. What 10 has spoilt a smaller rate hardly mends, at best after a long time; gone back to before,
# the network learns on at once. (Where the panel sees ruined weights it says so, and offers a button that goes back, too.)
#
# When you like your run, press **Show the code** and **Copy the run**, paste it into a new cell, and run that: the same
# curve comes again. `moons.film("moons.gif")` in a cell writes it as a film, for a slide or a friend.
#
# **Why.** Each step goes down the slope of the loss, and the learning rate says how far. Steps that are too
# long land on the other side of the valley, higher up. That is also why the slider is logarithmic: what counts is
# whether the rate is ten times too large, not whether it is 0.01 too large. A few steps of 10 make the weights so large
# that nearly every `tanh` unit says plain 1 or −1: look at the small squares, there is hardly a soft shade left between
# orange and blue. Where a unit says plain 1 or −1 its slope is next to nothing, so small steps hardly lead back.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · Take the bend away
#
# XOR with the **activation function** (激勵函數, also 激活函數) `linear`: 16 hidden units in two layers, and none of
# them bends. After a while, switch to `tanh`. The panel begins with `linear`: press **Play**, and later choose `tanh`.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play* with `linear` until everyone is sure that nothing more will come, then `tanh`
# in the same run. **Ask:** would more layers help? (No: a line of a line is a line.) **Usual mistake:**
# believing that depth alone makes a network powerful. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
corners = play("xor", network(activation="linear"))
corners.step(1500)
straight = accuracy(corners)
corners.trainer.activation = "tanh"
corners.step(1500)
print(f"linear ≈ {straight:.0%}, tanh ≈ {accuracy(corners):.0%} of the unseen points")
print("linear is guessing:", abs(straight - 0.5) < 0.1)
print("with tanh the same weights learn:", accuracy(corners) > 0.9)
corners.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# In grey: the cell above. Where it begins to fall, at step 1,500, the units began to bend.
corners

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# As long as the activation is linear, the boundary is one straight line, and about half of the
# points are wrong. With `tanh` the loss falls within a few hundred steps.
#
# **Why.** A line of a line is a line: however many linear layers stand behind each other, together they
# compute one linear function. Lesson 2 shows it with two matrices.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Learn it by heart, and how to stop that
#
# Moons again, but only 60 points, three times the noise, and 32 units in each layer. The panel begins with **dropout**
# (丟棄法) 0: press **Play**, and watch the two curves part. Then dropout 0.3, **Reset**, **Play**, and compare with your
# runs before.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel below with dropout 0, *Play*: the boundary becomes sharp and bends round single
# points, and the dashed curve (unseen points) climbs; then *Reset* with 0.3. **Ask** when the training should
# have been stopped.
# (Where the dashed curve was lowest.) **Usual mistake:** looking at the training curve only.
# **Time:** 5 minutes.
#
# </details>

# %% tags=["answers"]
PUZZLES["noisy moons"] = (datasets.make_moons, 0.3)
few = play("noisy moons", network(units=32), n_samples=60, learning_rate=0.3)
few.step(5000)
by_heart = few.trainer.history
few.reset()
few.trainer.dropout = 0.3
few.step(5000)
calm = few.trainer.history["val_loss"][-1]
best, last = min(by_heart["val_loss"]), by_heart["val_loss"][-1]
print(f"on unseen points: best ≈ {best:.2f}, at the end ≈ {last:.2f}, with dropout ≈ {calm:.2f}")
print("the training points are learned by heart:", by_heart["loss"][-1] < 0.1)
print("and the unseen ones get worse:", last > 2 * best)
print("with dropout they do not:", calm < 0.6 * last)
print("best of all, run 1 where it was lowest:", best < calm)
few.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# Thin are the validation curves of the last cell: run 1 without dropout, run 2 with 0.3. Press Play.
few

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# Without dropout the training loss goes to nearly nothing while the validation loss (dashed)
# first falls and then climbs: **overfitting** (過適, also 過擬合). The boundary becomes sharp and bends round single
# points. With dropout both curves stay together, higher than the training loss was, and the boundary stays softer
# and rounder. (Train on much longer, and the validation loss climbs here, too: later, and less.)
#
# The panel calls run 1 the best: it means its lowest point, before the network began to learn by heart. Stopped there, it
# would be better than with dropout at the end. Drag **step** back to the lowest place of your own run without dropout: that
# is **early stopping** (提前停止), lesson 5.
#
# **Why.** Noise cannot be learned, only remembered, and a large network has room to remember 60 points.
# Dropout switches off about 30 % of the units at random in every step, so no single unit can be the memory of
# a single point. Try **l2** instead, with 0.003, or a **width** of 2: they do it in other ways.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · The spiral
#
# With `tanh` and plain gradient descent (SGD) the network is stuck for thousands of steps. Turn three knobs:
# activation `relu`, **optimizer** (優化器, also 最佳化器) `Adam`, learning rate 0.01. Then press **Reset** and **Play**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the hidden units before and after: soft slopes against sharp folds. **Ask:** which of the three
# knobs did it? Let the class find out: turn one of them back, *Reset*, *Play*. (With SGD it is stuck again; so
# it is with tanh at 0.01.) **Usual mistake:** naming a winner after three knobs were turned together.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
spiral = play("spirals", network(units=32))
spiral.step(3000)
stuck = accuracy(spiral)
spiral.trainer.activation = "relu"
spiral.trainer.optimizer = "adam"
spiral.trainer.learning_rate = 0.01
spiral.reset()
spiral.step(3000)
print(f"tanh with SGD ≈ {stuck:.0%}, relu with Adam ≈ {accuracy(spiral):.0%} of the unseen points")
print("stuck before, solved now:", stuck < 0.8 and accuracy(spiral) > 0.95)
spiral.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# Thin are the runs of the last cell: run 1 with tanh and SGD, run 2 with all three turned. Turn them, press Play.
spiral

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# With `tanh` and SGD the curve stays flat for 3,000 steps; with the three knobs turned (run 2) the
# network is through after a few hundred. Then the units of layer 1 have sharp folds, and layer 2 puts them together to
# patches along the arms.
#
# **Why.** With its first, small weights a `tanh` unit is nearly straight where the points lie; its weights have to grow
# before it bends sharply. `relu` has a sharp fold from the beginning. Adam gives every weight its own step length,
# so it gets away from flat places where plain gradient descent crawls. Now turn one of the three knobs back and
# press **Reset**: would two of them have been enough?
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · The spiral, three ways
#
# Section 5 had 32 units in each layer. Now there are **four**, and they are not enough. What would you give them: more
# hands, better eyes, or better examples? Try each: **more units**, **other inputs**, **more points**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three words and let the class vote. **Ask:** which of the three does most work in practice? (Better data,
# very often.) **Usual mistake:** believing that a network which fails must be made larger. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First way: more units
#
# `relu` with Adam at 0.01, as in section 5, but **width** 4. Press **Play**; when nothing more comes, drag the width to 32
# **while it trains**. How long does it take then?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel below: *Play*, wait until the boundary hardly moves, then drag the width to its right end.
# **Ask** first: how many straight folds does one arm need? (About ten: it goes round nearly twice.) **Usual mistake:**
# pressing *Reset* before the drag. It is not needed; the four go on where they are. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
as_in_5 = {"activation": "relu", "optimizer": "adam", "learning_rate": 0.01}
more = play("spirals", network(units=32), width=4, **as_in_5)
more.step(1500)
with_four = accuracy(more)
more.trainer.width = 32
more.step(1500)
print(f"four units ≈ {with_four:.0%}, then 32 ≈ {accuracy(more):.0%} of the unseen points")
print("four are not enough, 32 are:", with_four < 0.9 < accuracy(more))
more.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# In grey: the cell above, with 28 more units a layer from step 1,500 on. Press Play, then drag the width.
more

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# With four units a layer, about two thirds to four fifths of the unseen points are right, and it stays so. A few
# hundred steps after the drag nearly all of them are.
#
# **Why.** Four `relu` units fold the plane along four lines, and the second layer can fold what comes of it four times more.
# Arms that go round nearly twice need more folds than that. It costs: 32 units in two layers have more than 1,000
# weights to learn, four have 37.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Second way: other inputs
#
# Again four units, now with `tanh`, and Adam at 0.03. But between the two numbers and the units stands a layer that can
# also give them squares, a product, and **sines**. Let it train. Then switch on **sin 5x₁** and **sin 5x₂**, by their
# boxes, or by a press on them in the drawing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the drawing of the network: the crossed inputs are switched off. *Play*, wait, then switch the two sines on while it
# runs. **Ask:** what does a wave know about a spiral? (On a way outwards the classes take turns, again and again.)
# **Usual mistake:** switching on everything; which input did it? Switch off one at a time. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
sines = network(units=4, first=[live.InputFeatures()])
eyes = play(
    "spirals", sines, optimizer="adam", learning_rate=0.03, views=["boundary", "network"]
)
eyes.step(1000)
two_inputs = accuracy(eyes)
eyes.trainer.sin_x1 = eyes.trainer.sin_x2 = True  # the same as ticking their boxes
eyes.step(3000)
print(f"x₁ and x₂ ≈ {two_inputs:.0%}, with two sines ≈ {accuracy(eyes):.0%} of the unseen points")
print("the same four units, stuck and not:", two_inputs < 0.75 < 0.85 < accuracy(eyes))
eyes.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# Press Play; later switch on sin 5x₁ and sin 5x₂. Lines are weights: thick is strong, orange positive, blue negative.
eyes

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# With x₁ and x₂ alone hardly more than half of the points are right. With the two sines the same four units get nearly
# all, within one or two thousand steps.
#
# **Why.** The sines bring the waves along which four `tanh` units would have to make first. Whoever knows something
# about the data can put it into the inputs; lesson 1 asks when that is worth more than a network. Here it took a person
# who has seen that the arms alternate, and who chose the 5.
#
# **What else the drawing can do.** Press a unit in it: it is switched **off**, while the others train on. Press it again:
# it goes on where it was. Drag a line up or down: that one weight changes. Which unit would the network miss most?
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Third way: a point where it hurts
#
# Somebody forgot to measure a stretch of one arm, and the network, with all its 32 units, cuts the arm off there. Tick
# **validation points**: where are they on the wrong side? Choose **add class 1** at **points**, and press there **while it
# trains**: one point first, then a few along the arm.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*, then tick *validation points*, choose *add class 1*, and paint one point into the gap; then a short stroke
# along it. **Ask** before: will one point be enough? (It makes a small island; a few close the arm.) **Usual mistake:**
# painting a hundred. And: who has looked at the validation points has used them. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
def is_right(panel, points, classes):
    """For each point, whether the network says its class."""
    return (panel.trainer.predict(points)[:, 0] > 0.5) == classes


X, y = datasets.make_spirals(250, noise=0.03, seed=1)
unseen = datasets.make_spirals(250, noise=0.03, seed=2)
exam = datasets.make_spirals(250, noise=0.03, seed=3)  # nobody looks at these while painting
radius = (X**2).sum(axis=1) ** 0.5
lost = (y == 1) & (radius > 0.48) & (radius < 0.72)
print("points that nobody has measured:", lost.sum())

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
gap = panels.live(network(units=32), X[~lost], y[~lost], validation_data=unseen, **as_in_5)
gap.step(1000)
wrong = ~is_right(gap, *unseen)
hurts = zip(unseen[0][wrong], unseen[1][wrong])
points = [(-1 - k, *place, kind) for k, (place, kind) in enumerate(hurts)][::4]  # every fourth
reached = [is_right(gap, *exam).mean()]
for painted in ([points[len(points) // 2]], points):  # one in the middle, then all of them
    gap.trainer.painted = painted  # the same as pressing there
    gap.step(500)
    reached.append(is_right(gap, *exam).mean())
print(f"none ≈ {reached[0]:.0%}, one ≈ {reached[1]:.0%}, a few points ≈ {reached[2]:.0%}")
print("a few are enough:", len(points) < 15 and reached[0] < 0.93 < 0.95 < reached[2])
gap.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# In grey: the cell above. Press Play, tick "validation points", choose "add class 1", and press where it hurts.
gap

# %% [markdown] slideshow={"slide_type": "skip"}
# <details><summary><b>What to expect, and why</b></summary>
#
# Before, about nine in ten points are right; nearly all wrong ones lie in the gap. One point makes a small island of its
# class. A few along the arm close it, and nearly all points are right.
#
# **Why.** Where there are no points nothing tells the network what to say, so it says what its neighbours on both sides say.
# No more units and no other inputs would know better: what is missing is not in the network, but in the data.
#
# **An honest number.** Who has painted with an eye on the validation points has **used** them: they are no longer unseen. So
# the cell above counts on a third set, at which nobody has looked. Lesson 5 seals one in an envelope.
#
# `gap.data` gives you the points as they are now, as arrays.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Everything at once
#
# All knobs of this page in one panel, and new ones: choose the **data**, their **noise**, how many **samples** there are,
# and what fraction of them is trained on. Press an input or a unit in the drawing: on, or off.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** how the four puzzles are chosen while it trains, and one press on an input. **Ask** for bets on the three tasks
# in the text: who needs the fewest units? **Usual mistake:** turning ten knobs and learning from none. One at a time.
# **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# The whole playground: choose data, press Play, press inputs and units, drag lines.
puzzles = [datasets.make_circles, datasets.make_xor, datasets.make_moons, datasets.make_spirals]
panels.live(
    network(first=[live.InputFeatures()]), data=puzzles, views=["boundary", "network"],
    knobs=[
        *("data", "noise", "samples", "share", "layers", "width", "activation_1", "activation_2"),
        *("optimizer", "learning_rate", "l2"),
    ],
)

# %% [markdown] slideshow={"slide_type": "skip"}
# - **data** takes another puzzle; the network goes on with the weights that it has. **noise** moves its points farther, up
#   to where nobody can tell the classes apart.
# - **samples** are all points that are made; **training fraction** says how many of them the network trains on. The
#   others are its validation points. With few of them it learns by heart, as in experiment 4.
# - **hidden layers** adds a layer, or takes the last one away. The others keep their weights: the sentence says which.
#   Each of the first two has an **activation** of its own; a third begins with that of the second.
# - The list `knobs` in the cell takes more: write `"draw"` for other points of the same kind, `"batch_size"`, `"dropout"`.
# - **Inputs** with a cross are off. Press one, and it joins. **Units** go off and on by a press as well, and a **line**,
#   dragged up or down, is one weight that you set by hand. By keyboard: Tab to the drawing, arrow keys, Enter.
#
# Three tasks. Guess first: which inputs make it easy?
#
# 1. Circles with **width** 1. With x₁ and x₂ alone it cannot be done.
# 2. XOR with **width** 1.
# 3. Spirals with as few units as you can.
#
# <details><summary><b>What to expect, and why</b></summary>
#
# For the circles press x₁² and x₂²: their sum says how far a point is from the middle, and one unit is enough to say
# "near" or "far". For XOR press x₁x₂: it is positive where both have the same sign. The spirals need the sines,
# and a few units more.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - The learning rate is the knob to turn first: a factor of ten matters.
# - Spoilt? Go back: drag **step** to before it, turn the knob there, and compare the runs.
# - Width and depth are what a network *could* do; a bend in the activation is what makes them count.
# - Look at both curves: the training curve says whether it learns, the validation curve whether that is any use.
# - Stuck: other learning rate, other optimizer, `relu`. Overfitting: more data, dropout, l2, fewer units.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the five lines, and for each let somebody name the puzzle it came from. **Ask** everyone for one
# thing that surprised them, and say which lesson explains it. **Usual mistake:** "ReLU with Adam is always
# best." It was so on these spirals; lesson 4 races the optimizers. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Your own model
#
# `panels.live(model, X, y)` takes a compiled Keras model of your own: other layers, other losses, more
# numbers in, several classes. Where there is no plane to draw, it shows weights and gradients instead. Two examples
# to begin with: three arms, and a curve.

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(1)
hidden = [keras.layers.Dense(24, activation="relu"), keras.layers.Dense(24, activation="relu")]
arms = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(3, activation="softmax")])
arms.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
points, classes = datasets.make_spirals(n_samples=300, seed=1, classes=3)
panels.live(arms, points, classes, views=("boundary", "units", "weights"))

# %% slideshow={"slide_type": "skip"}
keras.utils.set_random_seed(1)
hidden = [keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(12, activation="tanh")]
curve = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
curve.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
x, targets = datasets.make_polynomial(n_samples=60, noise=0.1, seed=1, degree=5)
panels.live(curve, x, targets, views=("fit", "curves", "units", "gradients"))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this page
#
# | English | 中文 | in one line |
# |---|---|---|
# | hidden layer | 隱藏層 | units between input and output |
# | decision boundary | 決策邊界 | where the probability is one half |
# | loss | 損失 | one number for how wrong the predictions are |
# | learning rate | 學習率 | length of each step |
# | width | 寬度 | units in use in every hidden layer |
# | activation function | 激勵函數 | what a unit does with its sum: the bend |
# | overfitting | 過適 | learning the noise of the training points |
# | dropout | 丟棄法 | random units off in every step |
# | optimizer | 優化器 | how a gradient becomes a step |
# | validation | 驗證 | judging on points that were never trained on |
#
# **Next:** [lesson 1](01_neuron.ipynb) takes one single unit out of these networks and
# looks at it closely.
