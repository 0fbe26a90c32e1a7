"""Questions of lesson 04: steps, averages, and the rules of the optimizers."""

import math

import numpy as np

from lessons_lib import optimizers
from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    Goal,
    KerasModel,
    Lesson,
    Number,
    Patient,
    Prediction,
    is_adam,
    loss_is,
    rates,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.optimizers import patients

lesson = Lesson("04", "optimizers")


# --- three things to remember ----------------------------------------------------------------


@lesson.question
class stepped_weight(Number):
    """**From lessons 1 and 3.** A linear unit without a bias, ŷ = wx, has w = 1. It sees one
    sample, x = 3 and y = 6, and its loss is (ŷ − y)². It makes one update with the learning rate
    0.1. What is w now?
    """

    concepts = ("N8", "B4")
    hints = (
        "The chain: how does the loss change with ŷ, and how does ŷ change with w? Multiply the "
        "two slopes.",
        "Twice the error, ŷ − y, times x is the slope. Then go against it.",
    )
    takeaway = (
        "The slope is 2 · (−3) · 3 = −18, so w becomes 1 + 0.1 · 18 = 2.8, beyond the best weight, "
        "2. How long a step may be is the first question of this lesson."
    )

    def solution():
        return 1 - 0.1 * 2 * (3 - 6) * 3

    uphill = wrong(
        1 + 0.1 * 2 * (3 - 6) * 3,
        "You went with the slope. It is negative here, so the loss falls where w grows.",
    )
    without_the_input = wrong(
        1 - 0.1 * 2 * (3 - 6),
        "This is the slope with respect to ŷ. On the way to w stands one more factor: how much ŷ "
        "changes when w does.",
    )
    without_the_two = wrong(
        1 - 0.1 * (3 - 6) * 3, "The slope of a square is twice what stands in it. A 2 is missing."
    )
    without_the_rate = wrong(
        1 - 2 * (3 - 6) * 3, "You went the whole slope. The learning rate says how much of it."
    )


@lesson.question
class small_move(Number):
    """**From lesson 3.** At the present weights the gradient of the loss is (3, −1). You move the
    first weight by −0.1 and the second one by +0.2. By about how much does the loss change?
    """

    concepts = ("B4", "B7")
    hints = (
        "A slope is the change of the loss for each unit that one weight is moved by, the other "
        "one held still.",
        "Multiply each slope by its own move, signs included, and add the two.",
    )
    takeaway = (
        "3 · (−0.1) + (−1) · 0.2 = −0.5, and only about: on the way the slope changes. All rules "
        "of this lesson trust a slope for one step."
    )

    def solution():
        return 3 * -0.1 + -1 * 0.2

    other_sign = wrong(0.5, "Both moves go against their slopes. Does the loss rise or fall then?")
    lost_sign = wrong(
        3 * -0.1 + 1 * 0.2,
        "The second slope is −1: where that weight grows, the loss falls.",
    )
    largest_only = wrong(
        3 * -0.1, "This is what the first weight brings. The second one is moved as well."
    )
    not_multiplied = wrong(3 - 1, "This is the sum of the slopes. How far is each weight moved?")


@lesson.question
class batch_gradients(Array):
    """**From lesson 3.** The loss is a mean over samples. For one weight the three samples of a
    batch have, each alone, the gradients 4, −1 and 3. What is the gradient of the whole batch, and
    what that of a batch of the first two? Give an array of two numbers.
    """

    concepts = ("N8", "B6")
    hints = (
        "The slope of a mean is the mean of the slopes.",
        "Divide each sum by how many samples there are in that batch. Signs stay.",
    )
    takeaway = (
        "2 and 1.5: a part of the batch points nearly where all of it points. How many samples a "
        "step needs is a question of this lesson."
    )

    def solution():
        return [(4 - 1 + 3) / 3, (4 - 1) / 2]

    summed = wrong([6, 3], "These are sums. The loss is a mean, and so is its gradient.")
    without_signs = wrong(
        [8 / 3, 5 / 2], "Gradients that point apart take from each other: keep the signs."
    )
    one_divisor = wrong([2, 1], "Both are divided by 3. The second batch has two samples.")


# --- steps -----------------------------------------------------------------------------------


@lesson.question
class slope(Function):
    """Write `slope(x)`, the derivative of f(x) = 5x² − 2x + 4. It must work for a number and
    for an array of numbers.
    """

    concepts = ("O1",)
    hints = (
        "Take the three terms one by one: what is the derivative of a square, of a multiple of "
        "x, and of a constant?",
        "x² has the derivative 2x, and x has 1. Factors and signs in front stay where they are, "
        "and a constant has no slope.",
    )
    takeaway = "So the lowest place is where 10x = 2, at x = 0.2. A measurement beats a slide."

    def solution(x):
        return 10 * x - 2

    def starter(x):
        return ...

    def inputs(rng):
        for x in (0.0, 1.0, -2.5, 0.2):
            yield (x,)
        yield (rng.normal(size=5),)

    wrong_sign = wrong(
        lambda x: 10 * x + 2,
        "This is the formula of the old slide, with a plus. At x = 0 it says that f rises; but f "
        "falls there, by 2 for each unit: the minus sign of −2x stays. (10x − 2 + 4 leads here "
        "too, but a constant has no slope.)",
    )
    forgot_exponent = wrong(
        lambda x: 5 * x - 2, "The exponent 2 of x² must come down as a factor: 5x² becomes 5 · 2x."
    )
    forgot_linear_term = wrong(
        lambda x: 10 * x, "The term −2x has a slope too, −2, the same everywhere."
    )
    height = wrong(
        lambda x: 5 * x**2 - 2 * x + 4, "This is f itself, its height. The derivative is its slope."
    )


@lesson.question
class descend(Function):
    """Write `descend(x, learning_rate, steps)`: start at `x`, make `steps` steps of gradient
    descent on f(x) = 5x² − 2x + 4, with the slope that you found above, and return where you end.
    """

    concepts = ("O1", "O2")
    hints = (
        "One step: look at the slope where you are, and go the other way.",
        "The new x is the old one minus the learning rate times the slope. Repeat with `for`.",
        "The slope belongs inside the loop: it changes with every step.",
    )
    takeaway = "Three lines, and the heart of all that follows: a network only has more numbers."

    def solution(x, learning_rate, steps):
        for _ in range(steps):
            x = x - learning_rate * (10 * x - 2)
        return x

    def starter(x, learning_rate, steps):
        for _ in range(steps):
            x = ...
        return x

    def inputs(rng):
        yield 2.0, 0.05, 1
        yield float(rng.normal()), 0.03, 2
        yield float(rng.normal()), 0.15, 7
        yield float(rng.normal()), 0.21, 10
        yield 1.5, 0.1, 0

    @wrong(why="You go up: the gradient points uphill, so the step is subtracted.")
    def uphill(x, learning_rate, steps):
        for _ in range(steps):
            x = x + learning_rate * (10 * x - 2)
        return x

    @wrong(
        why="All steps use the slope of the start. The slope changes on the way, so it is computed "
        "anew, inside the loop."
    )
    def slope_of_the_start(x, learning_rate, steps):
        here = 10 * x - 2
        for _ in range(steps):
            x = x - learning_rate * here
        return x

    @wrong(why="The learning rate is missing: each step is as long as the slope is steep.")
    def forgot_learning_rate(x, learning_rate, steps):
        for _ in range(steps):
            x = x - (10 * x - 2)
        return x

    @wrong(why="You make one step too many; with `steps = 0` nothing must move.")
    def one_too_many(x, learning_rate, steps):
        for _ in range(steps + 1):
            x = x - learning_rate * (10 * x - 2)
        return x

    @wrong(why="You return after the first step: `return` stands inside the loop.")
    def returned_early(x, learning_rate, steps):
        for _ in range(steps):
            return x - learning_rate * (10 * x - 2)
        return x

    @wrong(why="The slope has the wrong sign in its second term: it is 10x − 2.")
    def slide_formula(x, learning_rate, steps):
        for _ in range(steps):
            x = x - learning_rate * (10 * x + 2)
        return x


@lesson.question
class largest_rate(Number):
    """For f(x, y) = 3x² + 12y²: below which learning rate does gradient descent converge, from
    any start? Give that limit as a number, to three digits or as an expression.
    """

    concepts = ("O2",)
    rtol = 5e-3
    hints = (
        "In each direction the limit is 2 divided by the second derivative. Which of the two "
        "directions gives way first?",
        "The second derivative of 3x² is 6. What is that of 12y²?",
    )
    takeaway = (
        "The steepest direction sets the limit for all. With the rate just below it, the flat "
        "direction, whose second derivative is 6, has to crawl: momentum will help."
    )

    def solution():
        return 2 / 24

    flattest = wrong(
        2 / 6,
        "This is the limit of the flat direction, x. At that rate y has long diverged: the "
        "steepest direction decides.",
    )
    forgot_factor = wrong(
        2 / 12, "12y² has the second derivative 24, not 12: differentiating twice brings a 2 down."
    )
    fastest = wrong(
        1 / 24, "With 1/λ the steep direction arrives in one step. It still converges up to 2/λ."
    )
    summed = wrong(2 / 30, "The directions do not add up: each shrinks by its own factor 1 − ηλ.")
    inverted = wrong(
        24 / 2, "Upside down: the steeper the valley, the *smaller* the limit. It is 2 / λ."
    )


def _no_power(beta, t):
    """Return 1 − βᵗ as an array, so that a division by 0 gives nan and no error."""
    return 1 - np.power(float(beta), t)


def _steps(gradients, names, step):
    """Return headings and rows of what an optimizer does to one weight that begins at 1.

    ``step(t, g, w, *state)`` returns the new w and state, which begins at 0.
    """
    now = (1.0, *(0.0 for _ in names))
    rows = [("", "", *(f"{value:g}" for value in (*now[1:], now[0])))]
    for t, g in enumerate(gradients, start=1):
        now = step(t, g, *now)
        rows.append((str(t), str(g), *(f"{value:.4f}" for value in (*now[1:], now[0]))))
    return ("step", "g", *names, "w"), rows


@lesson.question
class weighted_average(Function):
    """Write `weighted_average(values, beta)`: the exponentially weighted average of `values`,
    shape (n,), after each of them, corrected for its start. The table shows four days with
    β = 0.9: the memory v, which begins at 0, and in the last column what is returned.
    """

    concepts = ("O4",)
    hints = (
        "Two things go on: v is carried from day to day, and each day a corrected copy of it is "
        "written down.",
        "The weights of all values so far sum to less than 1: on the first day to 0.1 in the "
        "table, on the second to 0.19. Divide the copy by that sum.",
        "What is missing from 1 is 0.9, 0.81, 0.729: a power of β. `enumerate(values, start=1)` "
        "counts the days from 1.",
    )
    takeaway = "Adam holds two of these averages for every weight of a network."

    def solution(values, beta):
        averages, v = [], 0.0
        for t, value in enumerate(values, start=1):
            v = beta * v + (1 - beta) * value
            averages.append(v / (1 - beta**t))
        return np.array(averages)

    def table(solution):
        values, beta = np.array([10.0, 20.0, 30.0, 20.0]), 0.9
        results = solution(values, beta)
        rows = [
            (str(t), f"{value:g}", f"{result * (1 - beta**t):.4f}", f"{result:.4f}")
            for t, (value, result) in enumerate(zip(values, results, strict=True), start=1)
        ]
        return ("day t", "value", "v", "average"), rows

    def starter(values, beta):
        return ...

    def inputs(rng):
        for n, beta in ((6, 0.9), (1, 0.5), (12, 0.75), (40, 0.98)):
            yield 15 + rng.normal(size=n), beta
        yield np.full(5, 20.0), 0.9

    @wrong(
        why="The correction is missing: the average begins near 0, because v did. Divide what you "
        "write down by 1 − βᵗ."
    )
    def no_correction(values, beta):
        averages, v = [], 0.0
        for value in values:
            v = beta * v + (1 - beta) * value
            averages.append(v)
        return np.array(averages)

    @wrong(
        why="β and 1 − β have changed places. β is the fraction of the *old* average that is kept: "
        "close to 1 means a long memory."
    )
    def swapped(values, beta):
        averages, v = [], 0.0
        for t, value in enumerate(values, start=1):
            v = (1 - beta) * v + beta * value
            averages.append(v / (1 - (1 - beta) ** t))
        return np.array(averages)

    @wrong(
        why="The corrected average is carried on to the next day. Only what is written down is "
        "corrected; v goes on as it is."
    )
    def carried_corrected(values, beta):
        averages, v = [], 0.0
        for t, value in enumerate(values, start=1):
            v = (beta * v + (1 - beta) * value) / (1 - beta**t)
            averages.append(v)
        return np.array(averages)

    @wrong(
        why="The correction counts t one too high: on the first day it must divide by 1 − β, so "
        "that the average is the first value itself."
    )
    def late_correction(values, beta):
        averages, v = [], 0.0
        for t, value in enumerate(values, start=2):
            v = beta * v + (1 - beta) * value
            averages.append(v / (1 - beta**t))
        return np.array(averages)

    @wrong(
        why="v begins with the first value. That hides the bias in another way: the first value "
        "then counts far more than any other. Begin with 0 and correct."
    )
    def began_with_first(values, beta):
        averages, v = [], values[0]
        for value in values:
            v = beta * v + (1 - beta) * value
            averages.append(v)
        return np.array(averages)

    @wrong(why="This is the average after the last day alone. Write down one for each day.")
    def last_day(values, beta):
        v = 0.0
        for value in values:
            v = beta * v + (1 - beta) * value
        return v / (1 - beta ** len(values))

    @wrong(
        why="This is v after the last day alone, uncorrected. Write down one average for each day, "
        "and correct it."
    )
    def last_day_uncorrected(values, beta):
        v = 0.0
        for value in values:
            v = beta * v + (1 - beta) * value
        return v

    plain_mean = wrong(
        lambda values, beta: np.cumsum(values) / np.arange(1, len(values) + 1),
        "This is the plain mean of all days so far: old days must count less and less.",
    )


@lesson.question
class window(Number):
    """Which β averages over about 200 days?"""

    concepts = ("O4",)
    rtol = 5e-4
    hints = (
        "The window is about 1 / (1 − β). What is it for 0.9, and for 0.99?",
        "The newest day has a weight of one over the window; β is what is left of 1.",
    )
    takeaway = "The last digits decide: 0.9 are 10 days, 0.995 are 200, 0.999 are 1,000."

    def solution():
        return 1 - 1 / 200

    weight_of_new_day = wrong(
        1 / 200, "This is 1 − β, the weight of the newest day. β is the fraction that is kept."
    )
    days = wrong(200, "This is the window itself; β lies between 0 and 1.")
    half_the_window = wrong(0.99, "β = 0.99 averages over about 1 / 0.01 = 100 days: half of it.")
    ten_times_less = wrong(
        0.95, "β = 0.95 averages over about 1 / 0.05 = 20 days: a zero is missing."
    )


@lesson.question
class momentum_step(Function):
    """Write one step with momentum. `w` is the weights, `g` their gradient, `v` the velocity, all
    of one shape. Return `(w, v)`, both new. The table shows three steps of one weight, with a
    learning rate of 0.1 and a momentum of 0.9: each line is what the step made of the line above.
    """

    concepts = ("O5",)
    parts = ("w", "v")
    hints = (
        "Two lines, in this order: what happens to the velocity, then what it does to the place.",
        "The new velocity keeps the fraction `momentum` of the old one, and is pushed downhill: "
        "look at the second step of the table, where both come together.",
        "How far w moves from line to line is the v of the new line. Make new arrays: `v *= ...` "
        "would change the caller's.",
    )
    takeaway = "Where gradients agree, v grows up to 1 / (1 − μ) times a plain step; where they "
    takeaway += "alternate, they cancel."

    def solution(w, g, v, learning_rate, momentum):
        v = momentum * v - learning_rate * g
        w = w + v
        return w, v

    def table(solution):
        return _steps((2, 2, -1), ("v",), lambda t, g, w, v: solution(w, g, v, 0.1, 0.9))

    def starter(w, g, v, learning_rate, momentum):
        v = ...
        w = ...
        return w, v

    def inputs(rng):
        for shape in ((3,), (2, 4), (1,)):
            yield *(rng.normal(size=shape) for _ in range(3)), 0.1, 0.9
        yield rng.normal(size=3), rng.normal(size=3), np.zeros(3), 0.02, 0.5
        yield rng.normal(size=3), np.zeros(3), rng.normal(size=3), 0.5, 0.8

    moved_first = wrong(
        lambda w, g, v, learning_rate, momentum: (w + v, momentum * v - learning_rate * g),
        "w moved before the velocity was brought up to date: it uses the v of the step before. "
        "First v, then w.",
    )

    @wrong(why="The gradient was added to the velocity: the ball rolls uphill.")
    def uphill(w, g, v, learning_rate, momentum):
        v = momentum * v + learning_rate * g
        return w + v, v

    @wrong(
        why="The gradient was also multiplied by 1 − μ, as in an average. Some books do so, with a "
        "learning rate ten times as large; this rule, and Keras's, does not."
    )
    def averaged(w, g, v, learning_rate, momentum):
        v = momentum * v - (1 - momentum) * learning_rate * g
        return w + v, v

    @wrong(
        why="This is PyTorch's velocity: v ← μ v + g, and the learning rate comes in when w moves. "
        "As long as η stays the same it goes the same way, with another v; here the velocity "
        "is a step already, as in Keras: η is in it, and it points downhill."
    )
    def pytorch(w, g, v, learning_rate, momentum):
        v = momentum * v + g
        return w - learning_rate * v, v

    @wrong(
        why="The velocity is an average of gradients, v ← μ v + (1 − μ) g, and the learning rate "
        "comes in when w moves. Some courses do so. Here the velocity is a step already, as in "
        "Keras: the gradient counts η times, and v points downhill."
    )
    def average_of_gradients(w, g, v, learning_rate, momentum):
        v = momentum * v + (1 - momentum) * g
        return w - learning_rate * v, v

    @wrong(
        why="Your velocity points uphill, v ← μ v + η g, and w moves against it. That goes the "
        "same way, but here v is the step that is added to w, as in Keras: it points downhill."
    )
    def points_uphill(w, g, v, learning_rate, momentum):
        v = momentum * v + learning_rate * g
        return w - v, v

    @wrong(why="The old velocity is forgotten: this is plain gradient descent, without a memory.")
    def no_memory(w, g, v, learning_rate, momentum):
        v = -learning_rate * g
        return w + v, v

    @wrong(
        why="Nothing brakes the velocity: all of the old one is kept. Without the factor μ the "
        "ball has no friction and never comes to rest."
    )
    def no_friction(w, g, v, learning_rate, momentum):
        v = v - learning_rate * g
        return w + v, v

    old_velocity = wrong(
        lambda w, g, v, learning_rate, momentum: (w + momentum * v - learning_rate * g, v),
        "The new place is right, but the velocity that you return is the old one, so the next "
        "step will not know of this one.",
    )

    @wrong(
        why="The velocity was multiplied by the learning rate a second time. η belongs to the "
        "gradient alone: w ← w + v."
    )
    def rate_twice(w, g, v, learning_rate, momentum):
        v = momentum * v - learning_rate * g
        return w + learning_rate * v, v


@lesson.question
class adagrad_step(Function):
    """Write one step of AdaGrad. `G` is the sum of all squared gradients so far, for each weight.
    Return `(w, G)`, both new. The table shows three steps of one weight, with a learning rate of
    0.5 and ε = 1, large enough to be seen: each line is what the step made of the line above.
    """

    concepts = ("O6",)
    parts = ("w", "G")
    hints = (
        "Each weight keeps its own account of how steep it has been so far.",
        "`g**2` squares each element. The new G is what stands under the root.",
        "The first step of the table: 0.5 · 3, divided by the root of 9 and 1 together.",
    )
    takeaway = "G never shrinks, so the steps only ever become shorter."

    def solution(w, g, G, learning_rate, epsilon):
        G = G + g**2
        w = w - learning_rate * g / np.sqrt(G + epsilon)
        return w, G

    def table(solution):
        return _steps((3, 1, -2), ("G",), lambda t, g, w, G: solution(w, g, G, 0.5, 1))

    def starter(w, g, G, learning_rate, epsilon):
        G = ...
        w = ...
        return w, G

    def inputs(rng):
        for shape in ((3,), (2, 4), (1,)):
            yield rng.normal(size=shape), rng.normal(size=shape), rng.random(shape), 0.1, 1e-7
        yield rng.normal(size=3), rng.normal(size=3), np.full(3, 2.0), 0.3, 0.1
        yield rng.normal(size=2), np.zeros(2), np.zeros(2), 0.1, 1e-3

    used_old_sum = wrong(
        lambda w, g, G, learning_rate, epsilon: (
            w - learning_rate * g / np.sqrt(G + epsilon),
            G + g**2,
        ),
        "G was updated after it was used: the first step would be divided by almost nothing. "
        "First G, then w.",
    )

    @wrong(
        why="The root is missing: dividing by G itself makes steps ever shorter than they should."
    )
    def no_root(w, g, G, learning_rate, epsilon):
        G = G + g**2
        return w - learning_rate * g / (G + epsilon), G

    @wrong(
        why="ε stands beside the root. That is a rule too (and Adam's), but here, as in Keras, it "
        "stands inside, next to G."
    )
    def epsilon_outside(w, g, G, learning_rate, epsilon):
        G = G + g**2
        return w - learning_rate * g / (np.sqrt(G) + epsilon), G

    @wrong(
        why="The old sum is forgotten: G is only this step's square, so every step has length η, "
        "whatever the gradient."
    )
    def forgot_the_sum(w, g, G, learning_rate, epsilon):
        G = g**2
        return w - learning_rate * g / np.sqrt(G + epsilon), G

    @wrong(why="The gradient is not squared, so gradients of opposite sign cancel in G.")
    def not_squared(w, g, G, learning_rate, epsilon):
        G = G + np.abs(g) * g
        return w - learning_rate * g / np.sqrt(np.abs(G) + epsilon), G

    @wrong(why="You step uphill: the step is subtracted.")
    def uphill(w, g, G, learning_rate, epsilon):
        G = G + g**2
        return w + learning_rate * g / np.sqrt(G + epsilon), G


@lesson.question
class rmsprop_step(Function):
    """Write one step of RMSprop. `s` is the average of squared gradients, for each weight.
    Return `(w, s)`, both new. The table shows three steps of one weight, with a learning rate of
    0.1, ρ = 0.9 and ε = 1, large enough to be seen: each line is what the step made of the line
    above.
    """

    concepts = ("O7",)
    parts = ("w", "s")
    hints = (
        "The temperatures again: the same kind of average, this time of squares.",
        "ρ is the weight of the old average, 1 − ρ that of the new square.",
        "The first step of the table: 0.1 · 3, divided by the root of 0.9 and 1 together.",
    )
    takeaway = "Two factors apart from AdaGrad: the old squares fade, so the steps need not die."

    def solution(w, g, s, learning_rate, rho, epsilon):
        s = rho * s + (1 - rho) * g**2
        w = w - learning_rate * g / np.sqrt(s + epsilon)
        return w, s

    def table(solution):
        return _steps((3, 1, -2), ("s",), lambda t, g, w, s: solution(w, g, s, 0.1, 0.9, 1))

    def starter(w, g, s, learning_rate, rho, epsilon):
        s = ...
        w = ...
        return w, s

    def inputs(rng):
        for shape, rho in (((3,), 0.9), ((2, 4), 0.75), ((1,), 0.99)):
            yield rng.normal(size=shape), rng.normal(size=shape), rng.random(shape), 0.1, rho, 1e-7
        yield rng.normal(size=3), rng.normal(size=3), np.full(3, 2.0), 0.3, 0.9, 0.1
        yield rng.normal(size=3), rng.normal(size=3), np.zeros(3), 0.1, 0.9, 1e-7

    @wrong(
        why="The new square is added in full. Then the weights sum to 1 / (1 − ρ) and not to 1, "
        "and s becomes that much too large: give the new square the weight 1 − ρ."
    )
    def grows(w, g, s, learning_rate, rho, epsilon):
        s = rho * s + g**2
        return w - learning_rate * g / np.sqrt(s + epsilon), s

    @wrong(
        why="Nothing is forgotten: this is AdaGrad. Keep only the fraction ρ of the old average."
    )
    def adagrad(w, g, s, learning_rate, rho, epsilon):
        s = s + g**2
        return w - learning_rate * g / np.sqrt(s + epsilon), s

    @wrong(
        why="ρ and 1 − ρ have changed places: with ρ = 0.9 this keeps a tenth of the past instead "
        "of nine tenths."
    )
    def swapped(w, g, s, learning_rate, rho, epsilon):
        s = (1 - rho) * s + rho * g**2
        return w - learning_rate * g / np.sqrt(s + epsilon), s

    used_old_average = wrong(
        lambda w, g, s, learning_rate, rho, epsilon: (
            (
                w - learning_rate * g / np.sqrt(s + epsilon),
                rho * s + (1 - rho) * g**2,
            )
        ),
        "w moved before s was brought up to date. First s, then w.",
    )

    @wrong(why="ε stands beside the root. Here, as in Keras, it stands inside, next to s.")
    def epsilon_outside(w, g, s, learning_rate, rho, epsilon):
        s = rho * s + (1 - rho) * g**2
        return w - learning_rate * g / (np.sqrt(s) + epsilon), s

    @wrong(why="The root is missing: RMS is the *root* of the mean of squares.")
    def no_root(w, g, s, learning_rate, rho, epsilon):
        s = rho * s + (1 - rho) * g**2
        return w - learning_rate * g / (s + epsilon), s


@lesson.question
class adam_step(Function):
    """Write step number `t` of Adam (t = 1 is the first), with two averages for each weight: `m`
    of the gradients and `v` of their squares. Return `(w, m, v)`, all new, with the averages
    *un*corrected. The table shows three steps of one weight, with a learning rate of 0.1,
    β₁ = 0.8, β₂ = 0.9 and ε = 1, large enough to be seen: each line is what the step made of the
    line above.
    """

    concepts = ("O9",)
    parts = ("w", "m", "v")
    hints = (
        "Five lines: two averages, a corrected copy of each, and one step.",
        "m and v are carried on as they are; the corrected copies get names of their own. As with "
        "the temperatures, each is divided by what the weights so far sum to.",
        "The first step of the table: the corrected copies are 4 and 16, so w moves by 0.1 · 4, "
        "divided by √16 and ε together.",
    )
    takeaway = (
        "You have written the optimizer that most networks are trained with. On its first step "
        "every weight moves by about η, however steep it is."
    )

    def solution(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat = m / (1 - beta_1**t)
        v_hat = v / (1 - beta_2**t)
        w = w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
        return w, m, v

    def table(solution):
        rule = (0.1, 0.8, 0.9, 1)
        return _steps((4, 4, -2), ("m", "v"), lambda t, g, w, m, v: solution(w, g, m, v, t, *rule))

    def starter(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = ...
        v = ...
        w = ...
        return w, m, v

    def inputs(rng):
        for shape, t in (((3,), 1), ((2, 4), 5), ((1,), 1000)):
            w, g, m = (rng.normal(size=shape) for _ in range(3))
            m, v = (np.zeros(shape), np.zeros(shape)) if t == 1 else (m, rng.random(shape))
            yield w, g, m, v, t, 0.01, 0.9, 0.999, 1e-7
        w, g, m = (rng.normal(size=3) for _ in range(3))
        yield w, g, m, rng.random(3), 3, 0.1, 0.8, 0.95, 0.1

    @wrong(
        why="There is no bias correction: m and v begin at 0 and are too small at first, m much "
        "less so than √v. Divide by 1 − β₁ᵗ and 1 − β₂ᵗ."
    )
    def no_correction(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        return w - learning_rate * m / (np.sqrt(v) + epsilon), m, v

    @wrong(why="ε is inside the root. Adam adds it to the root: √v̂ + ε.")
    def epsilon_inside(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        return w - learning_rate * m_hat / np.sqrt(v_hat + epsilon), m, v

    @wrong(
        why="The gradients are averaged with β₂ and their squares with β₁: β₁ belongs to m, β₂ to "
        "v."
    )
    def wrong_betas(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_2 * m + (1 - beta_2) * g
        v = beta_1 * v + (1 - beta_1) * g**2
        m_hat, v_hat = m / (1 - beta_2**t), v / (1 - beta_1**t)
        return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    @wrong(
        why="w moved before the averages were brought up to date: it uses those of the step "
        "before. First m and v, then w."
    )
    def moved_first(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        w = w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
        return w, beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2

    @wrong(
        why="You return the corrected averages. They would be corrected once more in the next "
        "step; only w uses them, m and v are carried on as they are."
    )
    def returned_corrected(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = (beta_1 * m + (1 - beta_1) * g) / (1 - beta_1**t)
        v = (beta_2 * v + (1 - beta_2) * g**2) / (1 - beta_2**t)
        return w - learning_rate * m / (np.sqrt(v) + epsilon), m, v

    @wrong(why="Only m is corrected. v begins at 0 as well, and is forgotten even more slowly.")
    def corrected_m_only(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        return w - learning_rate * m / (1 - beta_1**t) / (np.sqrt(v) + epsilon), m, v

    @wrong(why="The step goes along the newest gradient g; it goes along the average m̂.")
    def newest_gradient(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        return w - learning_rate * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v

    @wrong(why="The root of v̂ is missing.")
    def no_root(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        return w - learning_rate * m_hat / (v_hat + epsilon), m, v

    @wrong(
        why="The correction counts t from 0: with t − 1 it divides by 1 − β⁰ = 0 in the first "
        "step. t = 1 is the first step, so take t as it comes."
    )
    def counted_from_zero(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / _no_power(beta_1, t - 1), v / _no_power(beta_2, t - 1)
        return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    @wrong(
        why="The correction counts one step too many, t + 1. Keras counts its steps from 0 and "
        "adds 1; here t = 1 is the first step already."
    )
    def counted_one_more(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1 ** (t + 1)), v / (1 - beta_2 ** (t + 1))
        return w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    @wrong(
        why="This is Keras's form, with the correction in the learning rate, so that ε is in "
        "effect another number. Nobody will see it with ε = 1e-7; but the lesson's formulas "
        "correct v before the root is taken."
    )
    def keras_form(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        return w - rate * m / (np.sqrt(v) + epsilon), m, v


@lesson.question
class on_the_ridge(Prediction):
    """Before you run it: all eight optimizers start on the saddle, exactly on its ridge, at
    y = 0. To the left and to the right of the ridge it goes down. Who finds the way down?
    """

    concepts = ("O12",)
    hints = (
        "An optimizer knows nothing but the gradient, where it is, and what it remembers.",
        "Exactly on the ridge, how large is the part of the gradient that points to the side?",
    )
    takeaway = (
        "In a network the noise of the mini-batches gives the nudge that is missing here, and "
        "random first weights never lie exactly on a ridge. So a saddle slows learning; it does "
        "not end it."
    )
    options = (
        wrong(
            "Those with momentum: they roll over it.",
            "Momentum keeps a direction that it has had. Sideways it has never had any.",
        ),
        wrong(
            "Adam and RMSprop: they divide by a tiny gradient and so take a large step.",
            "They would, if it were tiny. It is exactly 0, and 0 divided by anything is 0.",
        ),
        wrong(
            "All of them, some later than others.",
            "Later never comes: at each step the sideways gradient is exactly 0.",
        ),
        right(
            "Nobody.",
            "The gradient along the ridge has no sideways part at all, and every rule makes a "
            "step of 0 out of a gradient that has always been 0.",
        ),
    )

    def experiment():
        race = optimizers.Race("saddle", start=(-1.6, 0.0))
        race.step(2000)
        left = [n for i, n in enumerate(race.runners) if abs(race.paths[-1, i, 1]) > 1e-3]
        if not left:
            return "d"
        if len(left) == len(race.runners):
            return "c"
        return "a" if "momentum" in left else "b"


@lesson.question
class warm_cosine(Function):
    """Write `warm_cosine(step, peak, warmup_steps, decay_steps)`, the learning rate of a step,
    counted from 0. During the first `warmup_steps` it rises in a straight line from 0 to
    `peak`. Then, within `decay_steps` more, it glides to 0 along half a cosine: level at first,
    steepest in the middle, level at the end. After that it stays 0. The table has a peak of 1,
    4 steps of warm-up and 8 of the glide.
    """

    concepts = ("O11",)
    single_precision = False
    hints = (
        "Three stretches, so two questions: is the rise still on? Is the glide already over?",
        "After the rise, count the steps of the glide from 0, as a fraction of all its steps. "
        "`min` holds that fraction at 1 when the glide is over.",
        "On the way from 0 to π the cosine falls from 1 to −1. What must be added, and then "
        "divided, to make it fall from 1 to 0?",
    )
    takeaway = "A common choice for large networks: careful at first, fast, then fine."

    def solution(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        done = min((step - warmup_steps) / decay_steps, 1)
        return peak * (1 + np.cos(np.pi * done)) / 2

    def table(solution):
        steps = (0, 1, 2, 4, 6, 8, 10, 12, 14)
        rates = (f"{solution(step, 1, 4, 8):.4f}" for step in steps)
        return ("step", *map(str, steps)), [("rate", *rates)]

    def starter(step, peak, warmup_steps, decay_steps):
        return ...

    def inputs(rng):
        peak = float(rng.uniform(0.01, 1))
        for step in (0, 5, 10, 30, 50, 80, 105, 110, 111, 160, 500):
            yield step, peak, 10, 100
        for step in (7, 19, 35, 50, 59, 75):
            yield step, peak, 20, 40

    @wrong(why="The warm-up is missing: at step 0 the learning rate is to be 0, not the peak.")
    def no_warm_up(step, peak, warmup_steps, decay_steps):
        done = min(max(step - warmup_steps, 0) / decay_steps, 1)
        return peak * (1 + np.cos(np.pi * done)) / 2

    @wrong(
        why="The glide counts from the very first step, so the rate jumps down where the rise "
        "ends. Count from there: `step - warmup_steps`."
    )
    def not_shifted(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        return peak * (1 + np.cos(np.pi * min(step / decay_steps, 1))) / 2

    @wrong(
        why="After its end the cosine goes up again, and the rate with it. Hold `done` at 1: `min`."
    )
    def comes_back(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        return peak * (1 + np.cos(np.pi * (step - warmup_steps) / decay_steps)) / 2

    @wrong(why="The glide ends too early: `decay_steps` counts from the end of the warm-up.")
    def ends_early(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        done = min((step - warmup_steps) / (decay_steps - warmup_steps), 1)
        return peak * (1 + np.cos(np.pi * done)) / 2

    @wrong(
        why="The half is missing: 1 + cos is 2 at its top, so the rate would reach twice the peak."
    )
    def twice(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        done = min((step - warmup_steps) / decay_steps, 1)
        return peak * (1 + np.cos(np.pi * done))

    @wrong(why="It falls in a straight line; the glide follows half a cosine.")
    def straight(step, peak, warmup_steps, decay_steps):
        if step < warmup_steps:
            return peak * step / warmup_steps
        return peak * (1 - min((step - warmup_steps) / decay_steps, 1))


def _half_a_cosine(step):
    """Return the learning rate that `glide` asks for."""
    return 0.01 * (1 + math.cos(math.pi * min(step / 500, 1))) / 2


def _falls_evenly(model):
    """Whether the learning rate falls in a straight line to 0 at step 500."""
    return all(
        abs(rate - 0.01 * max(1 - step / 500, 0)) < 1e-5 for step, rate in rates(model).items()
    )


def _falls_by_a_factor(model):
    """Whether the learning rate is multiplied by the same factor in equal times, below 1."""
    first, *others = list(rates(model).items())
    factors = [(rate / first[1]) ** (1 / step) for step, rate in others]
    return np.allclose(factors, factors[0], rtol=1e-4) and factors[0] < 0.9999


def _is_constant(model):
    return np.allclose(list(rates(model).values()), 0.01, rtol=1e-3)


def _begins_at_the_mean(model):
    """Whether the average wine, all of whose scaled inputs are 0, is given about 5.6."""
    return abs(float(np.ravel(model(np.zeros((1, 11), "float32")))[0]) - 5.6) < 0.5


def _glide_model(keras, optimizer=None, first_guess=5.6):
    """Return the network of `glide`, compiled where there is an optimizer."""
    bias = keras.initializers.Constant(first_guess)
    model = keras.Sequential([keras.Input((11,)), keras.layers.Dense(16, activation="relu")])
    model.add(keras.layers.Dense(1, bias_initializer=bias))
    if optimizer is not None:
        model.compile(optimizer=optimizer, loss="mse")
    return model


@lesson.question
class glide(KerasModel):
    """Build and compile a model for the wines: eleven inputs, a hidden layer of 16 ReLU units, a
    linear output whose bias begins at 5.6, the mean quality, loss `"mse"`, and Adam with a
    learning rate that begins at 0.01 and glides to 0 along half a cosine within 500 steps. Name
    the model `glide`.
    """

    concepts = ("O9", "O11")
    input_shape = (11,)
    output_shape = (1,)
    hints = (
        "An optimizer takes a schedule wherever it takes a learning rate.",
        "The schedules live in `keras.optimizers.schedules`; one of them has the cosine in its "
        "name.",
        "The schedule is told two things: where it begins, and within how many steps it falls. It "
        "then stands where `keras.optimizers.Adam` takes a number.",
        "A layer is told by `bias_initializer` where its biases begin; "
        "`keras.initializers.Constant` gives all the same number.",
    )
    takeaway = "The schedule counts updates and not epochs: 500 steps are over after 500 batches."

    def solution(keras):
        schedule = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=500)
        mean = keras.initializers.Constant(5.6)
        model = keras.Sequential([keras.Input((11,)), keras.layers.Dense(16, activation="relu")])
        model.add(keras.layers.Dense(1, bias_initializer=mean))
        model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
        return model

    def accept(model):
        if not model.compiled:
            return "The model is not compiled: call `model.compile(...)`."
        if not is_adam(model):
            return f"Its optimizer is {type(model.optimizer).__name__}; Adam is expected."
        if not loss_is(model, "mse", among=(-3, 8)):
            return 'Its loss is not the mean squared error: `loss="mse"` is asked for.'
        found = rates(model)
        worst = max(found, key=lambda step: abs(found[step] - _half_a_cosine(step)))
        if abs(found[worst] - _half_a_cosine(worst)) > 1e-5:
            return (
                f"At step {worst} its learning rate is {found[worst]:.2g}; expected is "
                f"{_half_a_cosine(worst):.2g}."
            )
        if not _begins_at_the_mean(model):
            return "Its first guess for the average wine is far from 5.6."
        return ""

    constant = wrong(
        lambda keras: _glide_model(keras, keras.optimizers.Adam(0.01)),
        "The learning rate is a plain number, the same at every step. Put a schedule in its place.",
        when=lambda model: model.compiled and is_adam(model) and _is_constant(model),
    )
    bias_at_zero = wrong(
        lambda keras: _glide_model(
            keras, keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 500)), 0.0
        ),
        "The output's bias begins at 0: training would begin with a climb to 5.6. Here the rate "
        "falls before the climb is over, and the network ends no better than always the mean.",
        when=lambda model: model.compiled and is_adam(model) and not _begins_at_the_mean(model),
    )
    another_optimizer = wrong(
        lambda keras: _glide_model(
            keras, keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.01, 500))
        ),
        "The optimizer is not Adam. The schedule works with every one of them; asked for is Adam.",
        when=lambda model: model.compiled and not is_adam(model),
    )
    not_compiled = wrong(
        lambda keras: _glide_model(keras),
        "The model is built but not compiled: the optimizer is told to it by `model.compile`.",
        when=lambda model: not model.compiled,
    )

    @wrong(
        why="The rate falls, but it has not reached 0 at step 500: an exponential decay never "
        "does. Take the cosine.",
        when=lambda model: model.compiled and is_adam(model) and _falls_by_a_factor(model),
    )
    def exponential(keras):
        rate = keras.optimizers.schedules.ExponentialDecay(0.01, 500, 0.1)
        return _glide_model(keras, keras.optimizers.Adam(rate))

    @wrong(
        why="The rate falls in a straight line. Half a cosine begins and ends more gently, and is "
        "steepest in between.",
        when=lambda model: model.compiled and is_adam(model) and _falls_evenly(model),
    )
    def straight_line(keras):
        rate = keras.optimizers.schedules.PolynomialDecay(0.01, 500, end_learning_rate=0.0)
        return _glide_model(keras, keras.optimizers.Adam(rate))


# --- the clinic ------------------------------------------------------------------------------


@lesson.question
class patient_5(Patient):
    """Case 5 is to tell the middle from the ring. What it does by itself is run 1, in grey: in 400
    updates its loss has never come below that of a coin, 0.69, and it is different at every look.
    Look at the curve and at the path in the landscape first. Then bring the validation loss of
    `case_5` below 0.2 within 1,000 updates. Everything may be turned, also while it trains.
    "Reset" begins a new run with a whole budget.
    """

    concepts = ("O2",)
    diagnosis = "too large a learning rate"
    budget = patients.BUDGET
    goals = (Goal("val_loss", below=0.2),)
    hints = (
        'Set "steps per frame" to 1 and press Play: does the path go down into a valley, or from '
        "one wall to another?",
        "The network could learn this, and the direction of each step is right. What is wrong with "
        "a step whose direction is right?",
        "After a hundred such steps the weights are far away, where tanh is flat. So press Reset, "
        "and turn the learning rate before the first step: 1, or 0.3.",
    )
    takeaway = (
        "The same network, the same data, steps twenty times shorter: nothing else was wrong. Come "
        "too late, and the weights lie where no gradient leads back: then go back first."
    )

    def start():
        return patients.patient_5()

    def solution(case_5):
        case_5.trainer.learning_rate = 1.0
        case_5.step(800)

    turned_nothing = wrong(steers(200), "It has been jumping for 400 updates, and goes on to jump.")
    even_longer = wrong(
        steers(100, learning_rate=50.0),
        "You made the steps longer. Where each one overshoots the valley, a longer one overshoots "
        "it by more.",
        when=lambda run: (
            run.turned_in_vain("learning_rate", "batch_size")
            and max((turn.new for turn in run.turned("learning_rate")), default=0) > 20
        ),
    )
    too_late = wrong(
        steers(300, before=200, learning_rate=1.0),
        lambda run: (
            "The rate came down at step "
            f"{run.turned('learning_rate')[0].step:,}. By then the long steps had thrown the "
            "weights so far that tanh is flat there, and short steps do not lead back. Reset, or "
            "drag step back to 0, and turn first."
        ),
        when=lambda run: (
            not run.reached
            and bool(run.turned("learning_rate"))
            and run.turned("learning_rate")[0].step >= 50
            and run.knobs["learning_rate"] < 20
        ),
    )
    too_short = wrong(
        steers(400, learning_rate=0.01),
        "Calm now, and hardly any faster than standing still: with steps as short as these 1,000 "
        "updates are not enough. Between 20 and here lie more than two powers of ten.",
        when=lambda run: (
            run.turned_in_vain("learning_rate", "batch_size")
            and 0 < run.knobs["learning_rate"] <= 0.05
        ),
    )
    other_rule = wrong(
        steers(200, optimizer="Adam"),
        "Another rule, with the same rate. Adam's steps are about as long as the rate says, "
        "whatever the gradient, and here it says 20.",
        when=lambda run: run.turned_in_vain("optimizer") and run.knobs["learning_rate"] >= 20,
    )
    not_the_inputs = wrong(
        steers(200, standardise=True),
        "Both columns lie between −1.5 and 1.5 already: look at the axes of the map. To "
        "standardise them changes next to nothing.",
        when=lambda run: run.turned_in_vain("standardise"),
    )
    another_build = wrong(
        steers(200, width=6),
        "You turned what the network is, or what holds it back. It is able to do this, and is "
        "thrown about as before: how far does it go with each step?",
        when=lambda run: run.turned_in_vain(
            "width", "activation", "l1", "l2", "dropout", "standardise"
        ),
    )
    saturated = wrong(
        "saturated sigmoids",
        "Its units are flat after a hundred steps, and were not when it began: the steps have "
        "thrown them there.",
    )
    unscaled = wrong(
        "unscaled inputs", "Both of its columns lie between −1.5 and 1.5: look at the map's axes."
    )


@lesson.question
class patient_6(Patient):
    """Case 6 has the same rings, measured by two people: x₁ in metres, x₂ in centimetres. Run 1, in
    grey, is what it does by itself: its loss falls a little, and then for 400 updates hardly at
    all. With a learning rate ten times as large it breaks. Bring the validation loss of `case_6`
    below 0.15 within 1,000 updates. "Reset" begins a new run with a whole budget.
    """

    concepts = ("O2", "O6", "O9")
    diagnosis = "unscaled inputs"
    budget = patients.BUDGET
    goals = (Goal("val_loss", below=0.15),)
    hints = (
        "Look at the numbers on the two axes of the map. A weight's gradient has its input as a "
        "factor: for which of the two columns are the gradients large?",
        "Steep in one direction, nearly flat in another: which surface of this lesson is that? The "
        "steepest direction sets the limit of the learning rate.",
        "Make the valley round: standardise the inputs. Then no direction is steep any more, and "
        "the steps may be longer. Or take a rule with a rate for every weight.",
    )
    takeaway = (
        "The larger column makes the walls of a ravine, and their 2/λ forbids the steps that the "
        "smaller one needs. Standardised, the valley is rounder. A rule with a rate for each "
        "weight gets along as well. Lesson 5 standardises before the first step."
    )

    def start():
        return patients.patient_6()

    def solution(case_6):
        case_6.trainer.standardise = True
        case_6.trainer.learning_rate = 0.3
        case_6.step(900)

    turned_nothing = wrong(
        steers(300), "Along the floor of this valley it creeps, as run 1 has shown."
    )
    ruined = wrong(
        steers(200, learning_rate=0.5),
        "The walls throw it out: their 2/λ lies far below this rate, as long as the columns are "
        "as they are.",
    )
    faster_only = wrong(
        steers(100, learning_rate=0.03),
        "The walls of this valley allow no such steps, and the floor would need far longer ones. "
        "No rate suits both: change the valley, or take a rule that has a rate for each weight.",
        when=lambda run: not run.ended and run.turned_in_vain("learning_rate", "batch_size"),
    )
    no_longer_steps = wrong(
        steers(900, standardise=True),
        "The valley is round now, and the steps are still those that the old walls allowed: 0.01. "
        "They may be much longer.",
        when=lambda run: (
            not run.reached
            and bool(run.turned("standardise"))
            and run.knobs["standardise"]
            and run.knobs["optimizer"] == "SGD"
            and run.knobs["learning_rate"] < 0.1
        ),
    )
    another_build = wrong(
        steers(200, activation="tanh"),
        "You turned what the network is, or what holds it back. The valley stays as narrow as it "
        "is: what makes its walls so steep stands on the axes of the map.",
        when=lambda run: run.turned_in_vain("width", "activation", "l1", "l2", "dropout"),
    )
    too_large = wrong(
        "too large a learning rate",
        "With a smaller rate it is slower still, and 0.01 is calm. The limit is low because one "
        "column is a hundred times as large as the other.",
    )
    too_small = wrong(
        "too small a network",
        "Its sixteen units have done it, as you have seen. What was in their way was the valley.",
    )


# --- quiz ------------------------------------------------------------------------------------


@lesson.question
class hopping_rate(Number):
    """In a valley with the second derivative λ = 4, each step of gradient descent lands on the
    other side of the lowest place, at 0.6 times the distance. Which learning rate is that?
    """

    concepts = ("O2",)
    rtol = 1e-3
    hints = (
        "Each step multiplies the distance, with its sign, by 1 − ηλ. Which sign has a hop to the "
        "other side?",
        "The factor is −0.6.",
    )
    takeaway = "Between 1/λ and 2/λ the factor lies between 0 and −1: across, but nearer."

    def solution():
        return (1 + 0.6) / 4

    same_side = wrong(
        0.1, "With 0.1 the factor is 1 − 0.4 = +0.6: it closes in, but stays on its side."
    )
    arrives = wrong(0.25, "With 1/λ the factor is 0: it arrives in a single step.")
    for_ever = wrong(0.5, "With 2/λ the factor is −1: the hops never become shorter.")
    forgot_curvature = wrong(1.6, "This is ηλ, the rate times 4. Divide it by λ.")
    shortfall = wrong(0.15, "This is 0.6 / λ. The factor is 1 − ηλ: the 1 counts too.")


@lesson.question
class quiz_batches(Choice):
    """You train on 1,000,000 samples. Why not one full-batch step after another?"""

    concepts = ("O3",)
    hints = (
        "Compare what one step costs with how much better its direction is.",
        "A batch of 256 already points in nearly the right direction.",
    )
    options = (
        wrong(
            "The full gradient points in a wrong direction.",
            "It is the exact gradient of the loss; no batch points better.",
        ),
        wrong(
            "A million samples at once do not fit the formula of the mean.",
            "The formula takes any number of samples; memory is a practical limit, and one can "
            "add up.",
        ),
        right(
            "In the time of that one step, mini-batches make thousands of steps, nearly as good.",
            "The noise of a mini-batch's gradient falls only like one over the root of its size, "
            "while its cost grows with the size itself.",
        ),
        wrong(
            "Because noise always makes the result better.",
            "Noise can help to leave a saddle, and it also keeps the weights from settling.",
        ),
    )


@lesson.question
class two_days(Number):
    """β = 0.99, and v begins at 0. On the first two days it has 20 °C. How large is v after the
    second day, *without* correction?
    """

    concepts = ("O4",)
    rtol = 5e-5
    hints = (
        "v ← β v + (1 − β) · 20, twice. What is v after the first day?",
        "0.2 after the first day. The second keeps 0.99 of it, and adds another 0.2.",
    )
    takeaway = "0.398 is 20 times 1 − 0.99²: divided by that, it is 20 again."

    def solution():
        return 20 * (1 - 0.99**2)

    corrected = wrong(20, "This is the *corrected* average. Uncorrected, most of v is still the 0.")
    first_day = wrong(0.2, "This is v after the first day. One more day is to come.")
    nothing_fades = wrong(
        0.4, "Twice 0.2: on the second day the first one fades a little, to 0.99 of it."
    )
    swapped = wrong(
        20 * (1 - 0.01**2),
        "β and 1 − β have changed places: the new value has the weight 1 − β = 0.01.",
    )
    swapped_first_day = wrong(
        0.99 * 20, "β and 1 − β have changed places, and one more day is to come."
    )


@lesson.question
class quiz_adagrad(Choice):
    """After long training with AdaGrad hardly anything moves, though the gradient is not 0. Why?"""

    concepts = ("O6",)
    hints = (
        "Look at what the step is divided by, and whether it can ever become smaller.",
        "A sum of squares only grows.",
    )
    options = (
        wrong(
            "The momentum is used up.",
            "AdaGrad has no momentum; it remembers squares, not directions.",
        ),
        wrong(
            "The gradient has become too large to be stored.",
            "The gradient is of ordinary size; what has grown is the sum of its squares.",
        ),
        wrong(
            "It is caught in a local minimum.",
            "In a minimum the gradient would be 0, and here it is not.",
        ),
        right(
            "The sum of squares has grown, and each step is divided by its root.",
            "G only grows, so the steps only shrink. RMSprop forgets old squares.",
        ),
    )


@lesson.question
class first_step(Number):
    """Adam begins with a learning rate of 0.002 and its usual β₁ and β₂. The first gradient of a
    weight is −50. By how much does this weight change in the first step, with its sign?
    """

    concepts = ("O9",)
    rtol = 1e-3
    hints = (
        "Corrected for their start, what are m̂ and v̂ after a single gradient g?",
        "m̂ = g and √v̂ = |g|. Which way is downhill where the gradient is negative?",
    )
    takeaway = (
        "The first step is one learning rate long, whatever the gradient. So the learning rate is "
        "what to tune first: it sets the length of the steps, the betas and ε only smooth them."
    )

    def solution():
        return 0.002

    uphill = wrong(-0.002, "The length is right. A step goes against the gradient, and it is −50.")
    like_sgd = wrong(0.1, "This is η times 50, a step of SGD. Adam divides by √v̂, which is 50.")
    like_sgd_uphill = wrong(-0.1, "This is η times g: Adam divides by √v̂, and goes against g.")
    uncorrected = wrong(
        0.002 * 0.1 / math.sqrt(0.001),
        "Without bias correction it would be 3.16 learning rates. Correct both averages.",
    )
    only_m = wrong(
        0.002 / math.sqrt(0.001),
        "m is corrected here and v is not: √v is still too small, so the step is too long.",
    )
    a_learning_rate = wrong(0.001, "This is Keras's usual learning rate; here it is 0.002.")


@lesson.question
class quiz_saddle(Choice):
    """A network with a million weights has a high loss, and its gradient is 0. Where is it, most
    likely?
    """

    concepts = ("O12",)
    hints = (
        "For a minimum *every* one of a million directions must curve upwards.",
        "High up, about half of the directions curve downwards.",
    )
    options = (
        wrong(
            "In a local minimum.",
            "That needs a million directions that all curve upwards. With a high loss this is "
            "rarer than a million heads in a row.",
        ),
        right(
            "At a saddle point.",
            "Some directions go up, some go down. Minima become likely where the loss is low.",
        ),
        wrong(
            "In the lowest place of all.",
            "There the loss is not high.",
        ),
        wrong(
            "On a maximum.",
            "That needs a million directions that all curve downwards: as rare as a minimum.",
        ),
    )


@lesson.question
class quiz_adamw(Choice):
    """What does AdamW do differently from Adam with an L2 penalty?"""

    concepts = ("O10",)
    hints = (
        "Follow the penalty's gradient through Adam: what is it divided by?",
        "Decoupled: apart from the averages.",
    )
    options = (
        right(
            "It shrinks every weight by the same fraction, apart from the gradient's averages.",
            "So the decay is not divided by the root of v̂, and reaches busy weights too.",
        ),
        wrong(
            "It warms the learning rate up.",
            "The W stands for weight decay. Warm-up is a schedule, good for both.",
        ),
        wrong(
            "It has no momentum.",
            "It is Adam in all else: β₁ and β₂ are as before.",
        ),
        wrong(
            "It penalises the absolute values of the weights.",
            "That would be an L1 penalty. Both shrink weights in proportion to themselves.",
        ),
    )


@lesson.question
class four_runs(Array):
    """Four trainings, each with one learning rate from beginning to end, and their losses. In each
    the lowest loss there is is 0.

    ```
    step        0     20     40    100    200    400
    run 0      30   29.7   29.4   28.5   27.1   24.5
    run 1      30     64    137   1300  57000    1e8
    run 2      30    1.3    0.9    1.4    1.0    1.2
    run 3      30    4.2    0.6  0.002   0.00   0.00
    ```

    What does each learning rate need? Give an array of four numbers: **1** raise it; **−1** lower
    it from the first step on; **2** keep it, but let it fall towards the end; **0** leave it.
    """

    concepts = ("O11", "O3", "O2")
    hints = (
        "Which run goes away, which has hardly begun, which has arrived?",
        "One run came down quickly and has trembled since. What makes a loss tremble, and what "
        "calms it without making the way down slow?",
    )
    takeaway = (
        "Crawling, diverging, trembling, arriving: the curve tells which. A gradient from a "
        "mini-batch still pushes at the lowest place, and a falling rate makes the pushes small."
    )

    def solution():
        return np.array([1, -1, 2, 0])

    turned_round = wrong(
        [-1, 1, 2, 0],
        "Runs 0 and 1 the other way round: who crawls needs longer steps, who diverges shorter "
        "ones.",
    )
    lowered_at_once = wrong(
        [1, -1, -1, 0],
        "Run 2 came down quickly: a lower rate from the first step on would lose that. Let it fall "
        "at the end.",
    )
    left_trembling = wrong(
        [1, -1, 0, 0],
        "Run 2 has trembled near 1 since step 20, and 0 is possible. That is the noise of the "
        "batches, and it falls with the rate.",
    )
    raised_the_trembling = wrong(
        [1, -1, 1, 0], "Run 2 trembles: the larger the rate, the more it will."
    )
    mended_what_works = wrong(
        [1, -1, 2, 2], "Run 3 has arrived, and nothing trembles there: leave it as it is."
    )
    decayed_all = wrong(
        [2, 2, 2, 2],
        "Decay helps one of them. Run 0 would crawl even more, and run 1 is lost before it falls.",
    )
