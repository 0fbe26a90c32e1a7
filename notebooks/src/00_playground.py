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
# this page after it. Plan 45 minutes for playing. All cells together run in about 60 seconds.
#
# **How to use it.** Run a cell with Shift+Enter. In a panel, press **Play** and drag. Every button and slider
# works with the keyboard too: Tab to reach it, arrow keys to move it, Home and End for its ends.

# %% slideshow={"slide_type": "skip"}
from lessons_lib import datasets, live, panels  # live loads TensorFlow, the engine under Keras
import keras

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A network
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
PUZZLES = [datasets.make_circles, datasets.make_xor, datasets.make_moons, datasets.make_spirals]
KNOBS = ["learning_rate", "width", "activation", "optimizer", "dropout", "l2"]


def play(data, model, *more_knobs, **settings):
    """A live panel; data makes 500 points: half to train on, half to judge by, never seen."""
    return panels.live(model, data=data, knobs=[*more_knobs, *KNOBS], **settings)


def accuracy(panel):
    """The fraction of the unseen points that the network gets right at this moment."""
    return panel.trainer.history["val_accuracy"][-1]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Four puzzles
#
# One panel, four kinds of points. Choose them at **data**, press **Reset**, then **Play**.
#
# 1. **circles**: can a network separate a ring from its middle?
# 2. **xor**: which corners belong together? Try **width** 1, *Reset*, *Play*; then drag it up, one by one. How
#    many units are enough?
# 3. **moons**: nearly one straight line, but not quite. When the curve looks flat, tick **loss on a log scale**. Is it?
# 4. **spirals**: stuck for thousands of steps. Which knobs would you turn?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the untrained picture of the circles; after the question press *Play*, say nothing for half a minute, then point
# at one hidden unit at a time. Then xor with width 1. **Ask** before Play: where will the boundary go? (Round the middle.)
# And can one straight line do xor? (No: with one unit a layer it stays one line, however long it runs.) Take bets on the
# spirals: section 5 has the answer. **Usual mistake:** reading the small pictures as data; they are what one unit answers
# at every place. **Time:** 6 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Press Play, then drag everything.
play(PUZZLES, network(), "data", "noise")

# %% [markdown] slideshow={"slide_type": "skip"}
# - **The plane with the points.** Colour is the probability at each place. The line is the
#   **decision boundary** (決策邊界): there the probability is one half.
# - **The curves** show the **loss** (損失), one number for how wrong the network is: on the points it trains on
#   (training), and on points it has never seen, its **validation** (驗證). A dotted line marks every knob you turn.
# - **The hidden units.** Each small square is the whole plane as one unit sees it: orange where its output is
#   positive, blue where it is negative, the stronger the farther from 0.
#
# **Reset** begins again from the same weights, **New start** from others. Without either, the network goes on with the
# weights that it has, on other **data** too. **noise** moves the points farther, up to where nobody can tell the classes
# apart.
#
# **Below the pictures.** **points** says what a press on the map does: add a point of a class, move one, or wipe one out;
# the network trains on the points as they are then, at once. **validation points** also shows the points it has never
# seen, smaller and with a dark rim. **discretised output** leaves the soft shades out: each place has the colour of
# the class that the network decides on, however sure it is.
#
# **What was before** stays as thin lines, the first run in grey, so you can compare. **Runs** shows a table of them: how far
# each came, its losses, and every knob that was turned, with its step. There the eye hides a curve, **Go back** takes up a
# run again, and a click on its name renames it. Six runs are kept; then the oldest goes to which you gave no name.
#
# **Show the code** gives you your run as code that makes it again, every turn included; experiment 2 uses it.

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
# **Show** the panel above once more and let somebody name the knobs. **Ask** for a guess before each
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
ring = play(datasets.make_circles, network(layers=1, units=6), width=2, learning_rate=0.5)
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
# Moons. Play with a **learning rate** (學習率) of 0.001; press **Reset**, and take 0.3; press **Reset**, and take 10, the
# slider's end. Which of the three gets it?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 0.001, *Reset*, 0.3, *Reset*, 10. **Ask:** is a larger rate always faster? **Usual mistake:** trying 0.3, then
# 0.31. What counts is a factor of ten, so the slider is logarithmic. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
reached = {}
for rate in (10, 0.001, 0.3):
    moons = play(datasets.make_moons, network(), learning_rate=rate)
    moons.step(500)
    reached[rate] = moons.trainer.history["val_loss"][-1]
    print(f"learning rate {rate}: loss on unseen points ≈ {reached[rate]:.2f}")
print("too small crawls, too large fails:", reached[0.3] < 0.1 < reached[0.001] < 0.7 < reached[10])
moons.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# In grey: the last run of the cell above, with 0.3. Take another rate, and press Play.
moons

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Spoilt? Go back
#
# This run goes well, until at step 300 the learning rate **jumps to 10**: the panel below turns it by itself.
#
# 1. Press **Play**, and watch what becomes of it. Take 0.1: does that mend it?
# 2. If not, **go back:** drag **step**, below the pictures, to the left of the jump. There is your network as it was!
# 3. Take 0.1 **there**, and press **Play**. A new run begins; the spoilt one stays, as a thin curve.
# 4. Press **Runs**. From which step of run 1 does run 2 go on?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *Play*; after the jump 0.1: it stays spoilt. Drag *step* back to before 300, take 0.1, *Play*; press *Runs*.
# **Ask:** does a smaller rate mend what a larger one has spoilt? (Hardly. Going back does.) **Usual mistake:** pressing
# *Play* after the drag without another rate: then 10 comes again at step 300. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play, and wait for step 300. Then drag step back, take another learning rate, and press Play.
jumps = {"learning_rate": 0.3, "turns": [(300, "learning_rate", 10)]}
by_itself = play(datasets.make_moons, network(), **jumps)
by_itself

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
by_code = play(datasets.make_moons, network(), **jumps)
by_code.step(400)
by_code.trainer.learning_rate = 0.1  # too late?
by_code.step(400)
turned_down = by_code.trainer.history["val_loss"][-1]
by_code.rewind(250)  # the same as dragging step
by_code.trainer.learning_rate = 0.1
by_code.step(550)  # a new run begins
gone_back = by_code.trainer.history["val_loss"][-1]
print(f"at step 800, turned down: loss ≈ {turned_down:.2f}, gone back: ≈ {gone_back:.2f}")
print("turning down does not mend it, going back does:", gone_back < 0.1 < 0.2 < turned_down)

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
corners = play(datasets.make_xor, network(activation="linear"))
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
# Moons again, but only 50 of the 500 points are trained on, with three times the noise, and 32 units in each layer. The
# panel begins with **dropout** (丟棄法) 0: press **Play**, and watch the two curves part. Then dropout 0.3, **Reset**,
# **Play**, and compare with your runs before.

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
noisy = {"noise": 0.3, "share": 0.1, "learning_rate": 0.3}
few = play(datasets.make_moons, network(units=32), "share", "noise", **noisy)
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
# **Why.** Noise cannot be learned, only remembered, and a large network has room to remember 50 points.
# Dropout switches off about 30 % of the units at random in every step, so no single unit can be the memory of
# a single point. Try **l2** instead, with 0.003, or a **width** of 2: they do it in other ways. Best of all are more
# points: drag **training fraction** up to 0.5, with dropout 0.
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
spiral = play(datasets.make_spirals, network(units=32))
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
# hands, better examples, or better eyes? Try each: **more units**, **more points**, **other inputs**.

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
more = play(datasets.make_spirals, network(units=32), width=4, seed=4, **as_in_5)
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
# With four units a layer, hardly two thirds of the unseen points are right, and it stays so. A thousand
# steps after the drag nearly all of them are. (From another *New start* it may take a few thousand.)
#
# **Why.** Four `relu` units fold the plane along four lines, and the second layer can fold what comes of it four times more.
# Arms that go round nearly twice need more folds than that. It costs: 32 units in two layers have more than 1,000
# weights to learn, four have 37.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Second way: a point where it hurts
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

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Third way: other inputs
#
# Again four units, now with `tanh`, and Adam at 0.03. But between the two numbers and the units stands a layer that can
# also give them squares, a product, and **sines**: those with a cross are off. Let it train. Then press **sin 5x₁** and
# **sin 5x₂** in the drawing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the drawing of the network: the crossed inputs are switched off. *Play*, wait, then press the two sines while it
# runs. **Ask:** what does a wave know about a spiral? (On a way outwards the classes take turns, again and again.)
# **Usual mistake:** switching on everything; which input did it? Switch off one at a time. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["answers"]
every_knob = ["data", "noise", "samples", "share", "layers", *KNOBS]
eyes = panels.live(
    network(first=[live.InputFeatures()]), data=PUZZLES[::-1], views=["boundary", "network"],
    knobs=every_knob, width=4, optimizer="adam", learning_rate=0.03,
)
eyes.step(1000)
two_inputs = accuracy(eyes)
eyes.trainer.sin_x1 = eyes.trainer.sin_x2 = True  # the same as a press on them
eyes.step(3000)
print(f"x₁ and x₂ ≈ {two_inputs:.0%}, with two sines ≈ {accuracy(eyes):.0%} of the unseen points")
print("the same four units, stuck and not:", two_inputs < 0.75 < 0.85 < accuracy(eyes))
eyes.start_over()

# %% slideshow={"slide_type": "subslide"} tags=["answers", "nbval-ignore-output"]
# Press Play; later press sin 5x₁ and sin 5x₂. Lines are weights: thick is strong, orange positive, blue negative.
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
# </details>
#
# **Everything at once.** This panel has all knobs of the page, and some more. It is the one to come back to.
#
# - Press a **unit**: it is switched off, while the others train on. Press it again: it goes on where it was. Drag a **line**
#   up or down: that one weight changes. (By keyboard: Tab to the drawing, arrow keys, Enter.)
# - **samples** are all points that are made; **training fraction** says how many of them the network trains on. The
#   others are its validation points.
# - **hidden layers** adds a layer, or takes the last one away. The others keep their weights: the sentence says which.
# - The list `every_knob` takes more: write `"draw"` for other points of the same kind, `"batch_size"`, or `"activation_1"`
#   and `"activation_2"`, one for each layer.
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
