"""Questions of lesson 02: activations, softmax, deep networks and how they begin."""

import functools

import numpy as np

from lessons_lib import datasets, nn, optimizers
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
    is_linear,
    leaves,
    right,
    share_right,
    steers,
    wrong,
)
from lessons_lib.lessons.activations import patients

lesson = Lesson("02", "activations")

# --- three things to remember ----------------------------------------------------------------


@lesson.question
class which_side(Array):
    """**From lesson 1.** A logistic neuron has the weights 2 for x₁ and −1 for x₂, and the bias −1.
    Four points (x₁, x₂): (1, 0), (1, 2.5), (0, −0.5) and (2, 2). Give a list with a 1 for each
    point whose probability is above ½, and a 0 for each other one, in this order.
    """

    concepts = ("N4",)
    hints = (
        "The probability is above ½ where the weighted sum, with its bias, is above 0.",
        "For (1, 0) the sum is 2 − 1 = 1. Three more sums, and only their signs count.",
    )
    takeaway = (
        "The sums are 1, −1.5, −0.5 and 1. Where the sum is 0 runs a straight line, and this "
        "lesson begins with what such a line cannot do."
    )

    def solution():
        points = np.array([(1, 0), (1, 2.5), (0, -0.5), (2, 2)])
        return (points @ [2, -1] - 1 > 0).astype(int)

    forgot_bias = wrong(
        [1, 0, 1, 1],
        "Without the bias the line runs through the origin. Here 1 goes from each sum.",
    )
    bias_turned = wrong([1, 1, 1, 1], "The bias is −1: each sum is 1 less than w·x, not 1 more.")
    swapped = wrong([0, 1, 0, 1], "The two weights have changed places: 2 belongs to x₁, −1 to x₂.")
    lost_a_minus = wrong(
        [1, 1, 0, 1], "The weight of x₂ is −1: a large x₂ makes the sum smaller, not larger."
    )
    turned_round = wrong(
        [0, 1, 1, 0], "The sides are turned round: above ½ is where the sum is *above* 0."
    )


@lesson.question
class opposite_sum(Number):
    """**From lesson 1.** For a weighted sum z a logistic neuron gives the probability 0.8. Which
    probability does it give for −z?
    """

    concepts = ("N4",)
    hints = (
        "What does the sigmoid give at z = 0, and how does the curve look to the left and right of "
        "that point?",
        "At 0 it is ½, and it climbs as far above ½ to the right as it falls below ½ to the left.",
    )
    takeaway = (
        "1 − 0.8 = 0.2, for 1 / (1 + e⁻ᶻ) and 1 / (1 + eᶻ) make 1 together. This lesson asks how "
        "steep that curve is."
    )

    def solution():
        z = np.log(0.8 / 0.2)
        return 1 / (1 + np.exp(z))

    turned_sign = wrong(
        -0.8, "A probability has no minus. The sigmoid is symmetric about ½, not about 0."
    )
    unchanged = wrong(
        0.8, "Then the sign of the sum would not matter, and there would be no two classes."
    )
    half = wrong(0.5, "½ is what z = 0 gives. If z gives 0.8, −z lies as far on the other side.")
    the_inverse = wrong(
        1.25, "This is 1 / 0.8, and no probability: the sigmoid stays between 0 and 1."
    )


@lesson.question
class one_step_on(Number):
    """**From lesson 1.** A weight stands at 2. The slope of the loss with respect to it is −4, and
    the learning rate is 0.1. Where does the weight stand after one step of gradient descent?
    """

    concepts = ("N6",)
    hints = (
        "A step is as long as the learning rate times the gradient. In which direction does it go?",
        "The slope is negative: the loss falls to the right. So the weight must grow.",
    )
    takeaway = (
        "2 − 0.1 · (−4) = 2.4. A slope of 0 would have made a step of 0, whatever the learning "
        "rate: in this lesson that happens to whole networks."
    )

    def solution():
        return 2 - 0.1 * -4

    uphill = wrong(1.6, "This goes with the slope, uphill. Gradient descent steps against it.")
    no_rate = wrong(6, "This step has the length of the slope. The learning rate makes it shorter.")
    the_step = wrong(0.4, "This is the step alone. It starts from where the weight stands, at 2.")
    only_the_rate = wrong(
        2.1, "The right direction, but a step's length depends on the slope, too: 0.1 · 4."
    )


# --- what bends ------------------------------------------------------------------------------


def _two_layers(rng, n_in, hidden, units):
    """Draw the weights and biases of two linear layers."""
    return (
        rng.normal(size=(n_in, hidden)),
        rng.normal(size=hidden),
        rng.normal(size=(hidden, units)),
        rng.normal(size=units),
    )


@lesson.question
class collapse(Function):
    """Two linear layers: the first computes `H = X @ W1 + b1`, the second `Y = H @ W2 + b2`.
    Write `collapse(W1, b1, W2, b2)`, which returns the `W` and `b` of **one** layer that gives
    the same `Y` for every `X`.
    """

    concepts = ("A1",)
    parts = ("W", "b")
    hints = (
        "Put the first formula into the second one and multiply out the bracket.",
        "(X W1 + b1) W2 + b2. Which part stands behind X? Which part has no X in it?",
        "`b1` goes through the second layer as well: `b1 @ W2`.",
    )
    takeaway = (
        "However many linear layers you stack, you can fold them into one, two at a time. Depth "
        "alone adds nothing: something that bends has to stand between the layers."
    )

    def solution(W1, b1, W2, b2):
        W = W1 @ W2
        b = b1 @ W2 + b2
        return W, b

    def starter(W1, b1, W2, b2):
        W = ...
        b = ...
        return W, b

    def inputs(rng):
        for sizes in ((2, 4, 1), (3, 3, 3), (2, 2, 2), (1, 5, 2), (4, 1, 3), (1, 1, 1)):
            yield _two_layers(rng, *sizes)
        W1, b1, W2, b2 = _two_layers(rng, 3, 3, 3)
        yield W1, np.zeros(3), W2, b2
        yield W1, b1, W2, np.zeros(3)

    lost_bias = wrong(
        lambda W1, b1, W2, b2: (W1 @ W2, b2),
        "`W` is right. But `b1` is lost: it is added before the second layer, so the second "
        "layer multiplies it too.",
    )
    added_biases = wrong(
        lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
        "`W` is right. But `b1` cannot simply be added to `b2`: on its way out it passes through "
        "the second layer, which multiplies it by `W2`.",
    )
    wrong_order = wrong(
        lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
        "The order is turned round. X meets `W1` first, so `W1` stands on the left: X W1 W2. "
        "Matrices may not change places.",
    )
    number_by_number = wrong(
        lambda W1, b1, W2, b2: (W1 * W2, b1 * W2 + b2),
        "`*` multiplies number by number. A layer's inputs go through `@`, so two layers are "
        "joined by `@` as well.",
    )


@lesson.question
class relu_layer(Function):
    """Write `relu_layer(X, W, b)`: one whole layer, activation(X W + b), with ReLU as its
    activation. `X` has shape (n_samples, n_in), `W` (n_in, units), `b` (units,); the result has
    shape (n_samples, units).
    """

    concepts = ("A2", "A3")
    hints = (
        "Two steps. First the linear unit that you know from lesson 1, for all units at once.",
        "Call that Z. Now every number of Z below 0 becomes 0; the others stay.",
        "`np.maximum` compares number by number; `np.max` looks for the largest of all.",
    )
    takeaway = 'This is what `keras.layers.Dense(units, activation="relu")` computes.'

    def solution(X, W, b):
        Z = X @ W + b
        return np.maximum(0, Z)

    def starter(X, W, b):
        return ...

    def inputs(rng):
        for n_samples, n_in, units in ((5, 2, 3), (1, 1, 1), (4, 4, 4), (32, 3, 8), (3, 5, 1)):
            shape = (n_in, units)
            yield rng.normal(size=(n_samples, n_in)), rng.normal(size=shape), rng.normal(size=units)
        yield rng.normal(size=(6, 2)), rng.normal(size=(2, 3)), np.array([-50.0, 0.0, 50.0])

    no_activation = wrong(
        lambda X, W, b: X @ W + b,
        "The activation is missing: there are negative numbers in your result.",
    )
    bias_after_activation = wrong(
        lambda X, W, b: np.maximum(0, X @ W) + b,
        "ReLU came too early, before the bias was added. The order is: weigh, add the bias, then "
        "activate.",
    )
    activated_inputs = wrong(
        lambda X, W, b: np.maximum(0, X) @ W + b,
        "ReLU was applied to the inputs. It belongs behind the weighted sum: activation(X W + b).",
    )
    forgot_bias = wrong(
        lambda X, W, b: np.maximum(0, X @ W),
        "The bias is missing: the units compute activation(X W) and leave out b.",
    )
    minimum = wrong(
        lambda X, W, b: np.minimum(0, X @ W + b),
        "This keeps the negative half and cuts the positive one: `minimum` for `maximum`.",
    )


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@lesson.question
class sigmoid_slope(Function):
    """Write `sigmoid_slope(z)`: the derivative of the sigmoid σ(z) = 1 / (1 + e^−z), for arrays
    of any shape. The check nudges z a little to both sides and measures the true slope.
    """

    concepts = ("A2", "A8")
    rtol = 1e-5
    atol = 1e-9
    single_precision = False
    hints = (
        "The table above writes the slope with the sigmoid's own output, a.",
        "Compute a = σ(z) first. At z = 0, where a is ½, the slope is ¼.",
        "Where a is 0 or 1 the curve is flat. Which product of a and something else is 0 at both "
        "ends, and ¼ in the middle?",
    )
    takeaway = (
        "Never above ¼, and that only at z = 0. Remember this number for the section on depth."
    )

    def solution(z):
        a = 1 / (1 + np.exp(-z))
        return a * (1 - a)

    def starter(z):
        return ...

    def inputs(rng):
        yield (np.array([0.0, 1.0, -1.0, 3.0]),)
        yield (rng.normal(size=5),)
        yield (rng.normal(0, 3, size=(3, 4)),)
        yield (np.array([0.3]),)

    def accept(case):
        z, epsilon = case["z"], 1e-5
        measured = (_sigmoid(z + epsilon) - _sigmoid(z - epsilon)) / (2 * epsilon)
        if np.shape(case.received) != z.shape:
            return f"z has shape {z.shape}, and each of its numbers needs a slope of its own."
        if np.allclose(case.received, measured, rtol=1e-5, atol=1e-9):
            return ""
        worst = np.unravel_index(np.argmax(np.abs(case.received - measured)), z.shape)
        return (
            f"At z = {z[worst]:.3g} the measured slope is {measured[worst]:.4g}; "
            f"yours is {case.received[worst]:.4g}."
        )

    the_sigmoid = wrong(
        lambda z: 1 / (1 + np.exp(-z)), "This is the sigmoid itself, not its slope."
    )
    z_for_a = wrong(
        lambda z: z * (1 - z),
        "You put z into a · (1 − a). The letter a stands for the *output*, a = σ(z): compute that "
        "first.",
    )

    @wrong(
        why="The sign is wrong: the sigmoid rises everywhere, so its slope is never negative. The "
        "minus of e^−z meets the minus of the power −1."
    )
    def lost_a_sign(z):
        a = 1 / (1 + np.exp(-z))
        return -a * (1 - a)

    of_tanh = wrong(
        lambda z: 1 - (1 / (1 + np.exp(-z))) ** 2,
        "This is the slope of tanh, 1 − a². The sigmoid's is a · (1 − a).",
    )


@lesson.question
class softmax(Function):
    """**Find the bugs.** This softmax works on a single row of small scores. Give it a whole
    batch, `Z` of shape (n_samples, n_classes), and the rows no longer sum to 1. Give it the
    scores 1000, 1001, 1002, and it answers `nan`. Repair both.
    """

    concepts = ("A5",)
    hints = (
        "First bug: over which numbers does `E.sum()` run? Each *row* is to have the sum 1.",
        "`sum(axis=1, keepdims=True)` gives one sum for each row, of shape (n_samples, 1).",
        "Second bug: e^1000 is more than NumPy can hold. The same number taken from every "
        "score of a row changes nothing in the result. Which number makes the largest score 0?",
    )
    takeaway = (
        "Shift by the maximum, always: it costs next to nothing, the result stays the same, and it "
        "saves you from `nan`. Keras does the same inside."
    )

    def solution(Z):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)

    def starter(Z):
        E = np.exp(Z)
        return E / E.sum()

    def inputs(rng):
        for shape in ((4, 3), (2, 5), (3, 3), (1, 4), (6, 2)):
            yield (rng.normal(size=shape),)
        yield (np.array([[1000.0, 1001.0, 1002.0], [0.0, 1.0, 2.0], [-3.0, 0.0, 3.0]]),)
        yield (np.array([[-1000.0, -1001.0], [2.0, 2.0]]),)
        # Scores far apart, the largest in each place: only the maximum is enough to take away.
        yield (np.array([[2000.0, 1000.0, 0.0], [-50.0, 900.0, -900.0], [0.0, 0.0, 3000.0]]),)

    @wrong(
        why="The rows sum to 1 now. But large scores still end in `nan`, because e^1000 is too "
        "large for NumPy: take the row's maximum from the scores first."
    )
    def still_overflows(Z):
        E = np.exp(Z)
        return E / E.sum(axis=1, keepdims=True)

    @wrong(
        why="Another number than the row's *maximum* is taken away, so in rows whose scores lie "
        "far apart something is left above 0, and e to it still overflows.",
        when=lambda case: np.ptp(case["Z"], axis=1).max() > 700,
    )
    def not_the_maximum(Z):
        E = np.exp(Z - Z.mean(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)

    @wrong(
        why="Each row has its own sum, but the maximum that is taken away is that of the whole "
        "batch. A row whose scores all lie far below it becomes 0 / 0: take each *row's* "
        "maximum."
    )
    def maximum_of_all(Z):
        E = np.exp(Z - Z.max())
        return E / E.sum(axis=1, keepdims=True)

    @wrong(
        why="This takes the whole batch for one row: one maximum and one sum for all its numbers. "
        "Each row needs its own: `axis=1`, `keepdims=True`, in both places."
    )
    def as_one_row(Z):
        E = np.exp(Z - Z.max())
        return E / E.sum()

    @wrong(
        why="Nothing overflows now. But the sum still runs over all rows together, so it is the "
        "whole batch that sums to 1, not each sample."
    )
    def one_sum_for_all(Z):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum()

    @wrong(
        why="`axis=0` runs down the columns, over the samples. The classes of one sample stand "
        "beside each other in a row: `axis=1`."
    )
    def down_the_columns(Z):
        E = np.exp(Z - Z.max(axis=0))
        return E / E.sum(axis=0)

    @wrong(
        why="Each row has its own sum now, but without `keepdims=True` the sums have shape "
        "(n_samples,), and NumPy lines them up with the *columns*."
    )
    def lost_the_column(Z):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1)


@lesson.question
class count_parameters(Number):
    """How many parameters does a network with 2 inputs, two hidden layers of 8 units each and one
    output unit have, all layers dense? Count by hand: weights and biases, layer by layer.
    """

    concepts = ("A7",)
    hints = (
        "A dense layer has one weight for each pair of input and unit, and one bias per unit.",
        "First hidden layer: 2 · 8 weights and 8 biases. Its 8 outputs are the next one's inputs.",
    )
    takeaway = "(n_in + 1) · units, summed over the layers. The next cell lets Keras count."

    def solution():
        return (2 + 1) * 8 + (8 + 1) * 8 + (8 + 1) * 1

    without_biases = wrong(
        2 * 8 + 8 * 8 + 8, "These are the weights alone. Each of the 17 units has a bias, too."
    )
    biases_for_inputs = wrong(
        105 + 2, "The inputs compute nothing, so they have no biases: 17 units, 17 biases."
    )
    one_hidden_layer = wrong(
        (2 + 1) * 8 + (8 + 1) * 1,
        "This counts only one hidden layer, 2–8–1. Between the two there are 8 · 8 weights.",
    )
    units = wrong(
        2 + 8 + 8 + 1,
        "This counts units. Parameters are the numbers on the connections, and the biases.",
    )
    always_two_inputs = wrong(
        3 * 8 + 3 * 8 + 9,
        "You gave the second hidden layer 2 inputs. It reads the 8 outputs of the first.",
    )


@lesson.question
class two_hidden_layers(KerasModel):
    """Build it in Keras: two inputs, two hidden layers of 8 **tanh** units each, and one output
    unit that gives a probability. No `compile` needed.
    """

    concepts = ("A3", "A7", "A12")
    hints = (
        "`keras.Sequential` takes a list: what comes in, then layer after layer.",
        "Each hidden layer is a `keras.layers.Dense`, which is told two things: how many units, "
        "and by its name the activation.",
        "Which activation gives a number between 0 and 1? The output unit needs that one.",
    )
    takeaway = "105 parameters, as you counted. Each hidden unit bends; the output joins them."
    input_shape = (2,)
    output_shape = (1,)
    parameters = 105

    def solution(keras):
        return keras.Sequential(
            [
                keras.Input((2,)),
                keras.layers.Dense(8, activation="tanh"),
                keras.layers.Dense(8, activation="tanh"),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )

    linear_hidden_layers = wrong(
        lambda keras: _dense_model(keras, (8, None), (8, None), (1, "sigmoid")),
        "The hidden layers have no activation, so the three layers collapse to a single logistic "
        'unit. Give both hidden layers `activation="tanh"`.',
    )
    linear_output = wrong(
        lambda keras: _dense_model(keras, (8, "tanh"), (8, "tanh"), (1, None)),
        "The output unit has no activation, so it gives any number. A probability needs "
        '`activation="sigmoid"`.',
    )
    tanh_output = wrong(
        lambda keras: _dense_model(keras, (8, "tanh"), (8, "tanh"), (1, "tanh")),
        "tanh lies between −1 and 1, and a probability between 0 and 1: the output unit needs the "
        "sigmoid.",
    )
    one_hidden_layer = wrong(
        lambda keras: _dense_model(keras, (8, "tanh"), (1, "sigmoid")),
        "There is one hidden layer here; the task asks for two.",
    )
    relu_layers = wrong(
        lambda keras: _dense_model(keras, (8, "relu"), (8, "relu"), (1, "sigmoid")),
        "The hidden layers use ReLU. A good choice as well, but here it is to be tanh.",
    )


def _dense_model(keras, *layers, n_in=2):
    """Return a Keras model of dense layers, each given as (units, activation)."""
    dense = [keras.layers.Dense(units, activation=name) for units, name in layers]
    return keras.Sequential([keras.Input((n_in,)), *dense])


@lesson.question
class thin_network(Function):
    """A network with one hidden layer of ReLU units computes `np.maximum(0, x @ W1 + b1) @ W2 + b2`
    for an `x` of shape (n_in,). Write `thin_network(W1, b1, W2, b2, x)`: it returns `w` and `b` of
    the linear formula `x @ w + b` that holds at this `x` and close to it. No unit's sum is exactly
    0 there.
    """

    concepts = ("A1", "A13")
    parts = ("w", "b")
    hints = (
        "Which units give something else than 0 at `x`? Look at the signs of their sums.",
        "Those units are linear at `x`, and the others are gone: fold what is left as in "
        "`collapse`.",
        "`W1 * on` keeps the columns for which `on` is `True` and makes zeros of the others; "
        "`b1 * on` does the same for the biases.",
    )
    takeaway = (
        "The number that you get from `x @ w + b` is exactly that of the network. Near `x` the "
        "formula stays the same, until some unit switches on or off."
    )

    def solution(W1, b1, W2, b2, x):
        on = x @ W1 + b1 > 0
        w = (W1 * on) @ W2
        b = (b1 * on) @ W2 + b2
        return w, b

    def starter(W1, b1, W2, b2, x):
        w = ...
        b = ...
        return w, b

    def inputs(rng):
        for sizes in ((2, 6, 1), (3, 3, 3), (2, 2, 2), (4, 8, 1), (1, 5, 2)):
            W1, b1, W2, b2 = _two_layers(rng, *sizes)
            x = rng.normal(size=sizes[0])
            # One unit is on and one is off, whatever was drawn; both have a bias that counts.
            b1[0], b1[1] = 0.5 + abs(x @ W1[:, 0]), -0.5 - abs(x @ W1[:, 1])
            yield W1, b1, W2, b2, x
        W1, b1, W2, b2 = _two_layers(rng, 3, 4, 2)
        yield W1, -np.abs(b1) - 20, W2, b2, rng.normal(size=3)  # no unit is on
        yield W1, np.abs(b1) + 20, W2, b2, rng.normal(size=3)  # all are

    all_units = wrong(
        lambda W1, b1, W2, b2, x: (W1 @ W2, b1 @ W2 + b2),
        "This folds all units, as if none of them had a bend. Those whose sum at `x` is below 0 "
        "give 0, so they have no part in the formula.",
    )
    turned_round = wrong(
        lambda W1, b1, W2, b2, x: (
            (W1 * (x @ W1 + b1 < 0)) @ W2,
            (b1 * (x @ W1 + b1 < 0)) @ W2 + b2,
        ),
        "You kept the units that give 0, and left out those that are on.",
    )
    without_bias = wrong(
        lambda W1, b1, W2, b2, x: (
            (W1 * (x @ W1 > 0)) @ W2,
            (b1 * (x @ W1 > 0)) @ W2 + b2,
        ),
        "Whether a unit is on is decided by its whole sum, `x @ W1 + b1`: the bias counts, too.",
    )
    kept_all_biases = wrong(
        lambda W1, b1, W2, b2, x: (
            (W1 * (x @ W1 + b1 > 0)) @ W2,
            b1 @ W2 + b2,
        ),
        "`w` is right. But a unit that is off gives 0, and so its bias is gone as well.",
    )
    lost_biases = wrong(
        lambda W1, b1, W2, b2, x: ((W1 * (x @ W1 + b1 > 0)) @ W2, b2),
        "`w` is right. But the units that are on have biases, which go through the second layer: "
        "`b1` is lost.",
    )
    the_output = wrong(
        lambda W1, b1, W2, b2, x: (
            (W1 * (x @ W1 + b1 > 0)) @ W2,
            np.maximum(0, x @ W1 + b1) @ W2 + b2,
        ),
        "`w` is right. But your `b` is what the network gives at `x`: `x @ w` is in it already.",
    )


@lesson.question
class most_pieces(Number):
    """One hidden layer of **three** ReLU units reads two inputs. Into how many pieces, each with a
    formula of its own, can it cut the plane at most?
    """

    concepts = ("A13",)
    hints = (
        "Each unit switches on or off along one straight line. Draw three lines on paper.",
        "The second line crosses the first, so it goes through two pieces and makes two of each. "
        "How many pieces can the third line go through?",
    )
    takeaway = (
        "1 + 1 + 2 + 3: a new line meets all lines before it and cuts one piece more than those. "
        "A hundred units make up to 5,051 pieces, and layers behind them cut these again."
    )

    def solution():
        return 1 + 1 + 2 + 3

    all_patterns = wrong(
        2**3,
        "Three units can be on and off in 8 ways. But three lines never make all of them: one is "
        "missing. Draw them and count.",
    )
    through_one_point = wrong(
        6, "So many it is where all three lines go through one point. Move one of them a little."
    )
    side_by_side = wrong(4, "So many it is where the lines never cross each other. Let them cross.")
    units = wrong(3, "This is the number of lines. Count the pieces between them.")


@lesson.question
class ten_sigmoids(Prediction):
    """Before you move a slider: a network with 10 hidden layers of sigmoid units begins with
    random weights as Keras draws them. On the way back the gradient goes from the last hidden
    layer to the first. How much of it arrives there, compared with the last?
    """

    concepts = ("A8",)
    hints = (
        "What is the largest slope that a sigmoid has anywhere?",
        "On the way back there is one factor for each layer: its slopes and its weights together.",
    )
    takeaway = "This is the **vanishing gradient**. The panel shows it for any depth."
    options = (
        wrong(
            "About as much.",
            "That would need a factor near 1 in every layer. A sigmoid's slope is never above ¼, "
            "and weights of this size do not make up for it.",
        ),
        wrong(
            "About a tenth of it: there are ten layers.",
            "Factors of layers are multiplied, not added: ten factors of a tenth would be "
            "0.0000000001.",
        ),
        wrong(
            "Many times more: every layer adds some.",
            "On the way back each layer *multiplies* the gradient, and here by a number far "
            "below 1.",
        ),
        right(
            "Less than a thousandth.",
            "Each layer multiplies by the slopes of its sigmoids, at most ¼, and by its weights. "
            "Such weights change the gradient's length only a little, so about a quarter is left "
            "of it in each layer, and a quarter of that in the next: the first layers hardly "
            "learn. Larger weights make up for some of it, but they also drive the sums away from "
            "0, to where the slope is smaller still.",
        ),
    )

    def experiment():
        X, y = datasets.make_xor(100, seed=0)
        layers = [nn.Dense(2, 16)]
        for number in range(10):
            layers += [nn.Sigmoid(), nn.Dense(16, 16 if number < 9 else 1, seed=number + 1)]
        model, loss = nn.Sequential([*layers, nn.Sigmoid()]), nn.BinaryCrossentropy()
        loss.forward(y, model.forward(X))
        model.backward(loss.backward())
        norms = [np.linalg.norm(layer.dW) for layer in layers if isinstance(layer, nn.Dense)]
        left = norms[0] / norms[-2]
        return "d" if left < 1e-3 else "b" if left < 0.3 else "a" if left < 3 else "c"


@lesson.question
class dead_units(Function):
    """Write `dead_units(A)`. `A` has shape (n_samples, units) and holds what a ReLU layer put out
    for all the training samples. Return an array of shape (units,): `True` for each unit that
    is dead, because it is 0 for *every* sample.
    """

    concepts = ("A11",)
    exact_shape = True
    hints = (
        "Ask each number first: is it 0? Then look at one unit, that is one column of A.",
        "`np.all` and `np.any` take an `axis`, like `sum`. Which of the two means *every*?",
        "Samples stand below each other: `axis=0` runs over them and leaves one answer per unit.",
    )
    takeaway = (
        "A dead unit has slope 0 for all samples, so the gradient of its weights is 0 and no "
        "update of its own wakes it. Shorter steps kill fewer units; a leaky ReLU is flat nowhere."
    )

    def solution(A):
        return (A == 0).all(axis=0)

    def starter(A):
        return ...

    def inputs(rng):
        for n_samples, units, dead in ((6, 4, 2), (3, 3, 1), (20, 5, 0), (1, 4, 2), (5, 2, 2)):
            A = np.maximum(0, rng.normal(0.3, 1, size=(n_samples, units)))
            A[0, :] = np.maximum(A[0, :], 0.1)  # alive at least for the first sample
            A[:, rng.permutation(units)[:dead]] = 0
            yield (A,)
        A = np.zeros((4, 3))
        A[1, 1] = 1e-9  # hardly alive, but alive
        yield (A,)
        yield (np.array([[0.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 2.0, 0.0]]),)

    sometimes_off = wrong(
        lambda A: (A == 0).any(axis=0),
        "A unit that is 0 for *some* samples is alive: to be off now and then is its job. It is "
        "dead only if it is off for all of them.",
    )
    per_sample = wrong(
        lambda A: (A == 0).all(axis=1),
        "You looked along the rows and found one answer for each *sample*. Units stand beside "
        "each other, in columns: `axis=0`.",
    )
    alive = wrong(
        lambda A: (A > 0).any(axis=0),
        "It is the other way round: `True` now marks the units that are alive.",
    )
    whole_layer = wrong(
        lambda A: np.array([bool((A == 0).all())]),
        "This is one answer for the whole layer. Each unit needs one of its own.",
    )


MOST_PARAMETERS = 105
ENOUGH = 0.95


def _made_once(function):
    """Keep what a function returns: a model that has been trained need not be trained again."""
    made = []

    @functools.wraps(function)
    def once(keras):
        if not made:
            made.append(function(keras))
        return made[0]

    return once


def _new_spirals_right(model):
    """Return the fraction of 500 new points on the spirals that a model has right."""
    import keras

    X, y = datasets.make_spirals(500, seed=99)
    (outputs,) = keras.tree.flatten(model.predict(X, verbose=0))
    return share_right(outputs, y)


def _is_untrained(model):
    """Whether all biases are 0, as before the first update, and no update has been counted."""
    biases = [getattr(leaf, "bias", None) for leaf in leaves(model)]
    sizes = [np.abs(np.asarray(bias)).max() for bias in biases if bias is not None]
    counted = model.compiled and int(model.optimizer.iterations) > 0
    return bool(sizes) and max(sizes) < 1e-9 and not counted


def _on_the_spirals(keras, sizes, initializer="he_normal", seed=0, steps=3000):
    """Return a Keras ReLU model with weights that `nn` has found, which is quick."""
    X, y = datasets.make_spirals(250, seed=0)
    layers = []
    for number, (n_in, units) in enumerate(zip([2, *sizes], [*sizes, 1], strict=True)):
        layers += [nn.Dense(n_in, units, initializer, seed=seed + number), nn.ReLU()]
    network = nn.Sequential([*layers[:-1], nn.Sigmoid()])
    network.fit(X, y, nn.BinaryCrossentropy(), optimizers.Adam(0.02), 50, steps // 5)
    model = _dense_model(keras, *((units, "relu") for units in sizes), (1, "sigmoid"))
    model.set_weights(network.parameters)
    return model


@lesson.question
class smallest_network(KerasModel):
    """Which is the smallest network that solves the spirals? Hand in a Keras model that has
    already been **trained**. It counts as solved when it has at least 95 % of 500 *new* points
    on the right side, with at most 105 parameters. Then make it smaller.
    """

    concepts = ("A6", "A12")
    same_function = False
    input_shape = (2,)
    output_shape = (1,)
    hints = (
        "Watch the units while you train: are some of them doing the same work, or none?",
        "Two hidden layers usually need fewer parameters here than one. A smooth relative of ReLU "
        "may need fewer than ReLU itself.",
        "Count the parameters of two small hidden layers before you train. Small networks often "
        "need a larger learning rate than Adam's usual 0.001 and some hundred epochs, and another "
        "seed is another try.",
    )
    takeaway = "Can you go lower? 37 parameters have been seen to be enough."

    @_made_once
    def solution(keras):
        from lessons_lib import datasets

        X, y = datasets.make_spirals(250, seed=0)
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((2,)),
                keras.layers.Dense(6, activation="gelu"),
                keras.layers.Dense(6, activation="gelu"),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile(optimizer=keras.optimizers.Adam(0.04), loss="binary_crossentropy")
        model.fit(X, y, batch_size=50, epochs=160, verbose=0)
        return model

    def accept(model):
        score = _new_spirals_right(model)
        if score < ENOUGH:
            return (
                f"On 500 new points the model is right for {score:.0%}; {ENOUGH:.0%} is asked "
                "for. Train longer, or give it one unit more."
            )
        if model.count_params() > MOST_PARAMETERS:
            return f"At most {MOST_PARAMETERS} parameters are allowed."
        return ""

    linear_layers = wrong(
        lambda keras: _dense_model(keras, (8, None), (8, None), (1, "sigmoid")),
        "Without an activation in the hidden layers the whole model is one line, and a line "
        "cannot follow a spiral, however many units there are.",
        when=is_linear,
    )
    untrained = wrong(
        lambda keras: _dense_model(keras, (8, "tanh"), (8, "tanh"), (1, "sigmoid")),
        "All biases are still 0, as before the first update: this model has not been trained. "
        "Call `fit`, or take the trained one out of the panel with `panel.trainer.to_keras()`.",
        when=lambda model: _is_untrained(model) and not is_linear(model),
    )
    too_large = wrong(
        lambda keras: _on_the_spirals(keras, (14, 14), steps=1000),
        lambda model: (
            f"It solves the spirals, but with {model.count_params()} parameters; "
            f"{MOST_PARAMETERS} must do. Take units away and train again."
        ),
        when=lambda model: (
            model.count_params() > MOST_PARAMETERS and _new_spirals_right(model) >= ENOUGH
        ),
    )
    too_small = wrong(
        lambda keras: _on_the_spirals(keras, (3,), steps=500),
        "This model is probably too small: each unit of the first layer gives one fold, and there "
        "are too few of them for spirals that turn one and a half times.",
        when=lambda model: (
            model.count_params() <= 20 and not is_linear(model) and not _is_untrained(model)
        ),
    )


# --- the clinic ------------------------------------------------------------------------------


_OF_STEPS = ("learning_rate", "optimizer", "batch_size")
_OF_SIZE = ("width", "layers")
_OF_PRESSURE = ("l2", "dropout")


def _activations(run):
    """Return what the hidden layers' activations were turned to, in order."""
    return [turn.new for turn in run.turns if turn.name.startswith("activation")]


@lesson.question
class patient_1(Patient):
    """Case 1 is to tell the middle from the ring, with eight hidden units. After 200 updates its
    loss stopped falling, and 800 more changed nothing: run 1, in grey. Look at its drawing first,
    and ask each unit what it sees. Then bring the validation loss of `case_1` below 0.2 within
    3,000 updates. Everything may be turned, also while it trains: the knobs, and the lines of the
    drawing. "Reset" begins a new run with a whole budget.
    """

    concepts = ("A11",)
    diagnosis = "dead ReLUs"
    budget = 3_000
    goals = (Goal("val_loss", below=0.2),)
    hints = (
        "In the drawing the square of a unit shows where its output is above 0. What does a white "
        "square say? And the lines that lead into it: do they move while it trains?",
        "A unit that puts out 0 for every point has the slope 0 for every point, and no step, long "
        "or short, reaches its weights. What would give it a slope again?",
        "One way is another activation: which relatives of ReLU are flat nowhere? Another is your "
        "own hand: drag a line that leads into a white unit far up, several times, until it "
        "has colours.",
    )
    takeaway = (
        "Six of the eight units were 0 for every point: their biases stood at −4, and no point "
        "of the ring lifts their sums above 0. They cost what the others cost, and did nothing. "
        "The usual way into this state is one step that was far too long."
    )

    def start():
        return patients.patient_1()

    def solution(case_1):
        case_1.trainer.activation = "leaky_relu"
        case_1.step(800)

    longer_steps = wrong(
        steers(300, learning_rate=0.1),
        "Learning rate, optimizer and batches decide what is made of a gradient. Some units here "
        "get the gradient 0, from every point, and whatever is made of 0 is 0.",
        when=lambda run: run.turned_in_vain(*_OF_STEPS),
    )
    more_units = wrong(
        steers(300, width=16),
        "More units, more layers: those that join come into the world like the others, most of "
        "them white in the drawing. Before you ask for more, look at what those do that are there.",
        when=lambda run: run.turned_in_vain(*_OF_STEPS, *_OF_SIZE),
    )
    pressed = wrong(
        steers(300, l2=0.01),
        "Dropout and l2 hold a network back, and this one does too little as it is: its training "
        "loss is as bad as its validation loss.",
        when=lambda run: run.turned_in_vain(*_OF_STEPS, *_OF_SIZE, *_OF_PRESSURE),
    )
    no_bend = wrong(
        steers(300, activation="linear"),
        "With `linear` every unit has a slope, and none has a bend: what is left is one straight "
        "line.",
        when=lambda run: not run.reached and _activations(run)[-1:] == ["linear"],
    )
    still_white = wrong(
        steers(300, edge=(1, 1, 1, 2.0)),
        "You have drawn a line. Is the unit at its end still white? Its bias is near −4, and "
        "x₁ and x₂ hardly leave −1…1: a weight of 2 lifts no sum above 0, one of 8 does: drag "
        "again. Where "
        "it shows colours: train on, or wake one more.",
        when=lambda run: (
            not run.reached
            and any(turn.name == "edge" for turn in run.turns)
            and not _activations(run)
        ),
    )
    turned_nothing = wrong(
        steers(300),
        'Waiting has been tried: that is run 1. And "New start" draws other weights, but begins '
        "the biases where they began before.",
    )
    over_budget = wrong(
        steers(3_100, activation="elu"),
        "An early look saves updates: what is wrong can be seen before the first step.",
    )
    not_reached = wrong(
        steers(20, activation="elu"),
        "Do the white squares show colours by now? Then train on.",
    )
    too_small = wrong(
        "too small a network",
        "It looked like that, for only two of its units worked. But more units did not help, and "
        "these eight were enough as soon as they were awake.",
    )
    saturated = wrong(
        "saturated sigmoids",
        "Near: a saturated sigmoid is flat, too. It is flat near 0 *and* near 1, and hardly ever "
        "quite flat. These units were ReLUs, 0 for every point, with a slope of exactly 0.",
    )
    zero_start = wrong(
        "a zero start",
        "The white units gave the same output, 0. But the lines that lead into them were all "
        "different from the start: their weights had been drawn at random.",
    )


@lesson.question
class patient_2(Patient):
    """Case 2 complains of the same: the same points, and a loss that falls a little and then stands
    (run 1, in grey). The knobs are those of case 1. Look at the drawing, then bring the
    validation loss of `case_2` below 0.1 within 2,000 updates.
    """

    concepts = ("A12", "A6")
    diagnosis = "too small a network"
    budget = 2_000
    goals = (Goal("val_loss", below=0.1),)
    hints = (
        "Is a unit white, as in case 1? Press on one of them: what becomes of the boundary without "
        "it?",
        "Every unit works, and the training loss itself is bad: the network says all that it can "
        "say. How many folds does it take to go round the middle, and how many has it got?",
        "Give the layer more units: three are the least, eight make it easy. A further layer would "
        "only read what two units tell it.",
    )
    takeaway = (
        "Nothing was wrong with it except its size. When the *training* loss ends too high and all "
        "units work, ask for more units first. What one does when only the validation loss is "
        "bad is the matter of lesson 5."
    )

    def start():
        return patients.patient_2()

    def solution(case_2):
        case_2.trainer.width = 8
        case_2.step(800)

    other_steps = wrong(
        steers(300, learning_rate=0.1),
        "Learning rate, optimizer and batches change how it walks. Run 1 had arrived: it stood "
        "where two units are best, or nearly.",
        when=lambda run: run.turned_in_vain(*_OF_STEPS),
    )
    pressed = wrong(
        steers(300, l2=0.01),
        "Dropout and l2 work against a network that knows its training points too well. This one "
        "does not know them: its training loss is bad.",
        when=lambda run: run.turned_in_vain(*_OF_STEPS, *_OF_PRESSURE),
    )
    other_bend = wrong(
        steers(300, activation="tanh"),
        "Another activation makes another kind of fold, and there are two of them as before, "
        "which do not go all the way round. (GELU, with its dip below 0, comes nearest.)",
        when=lambda run: (
            not run.reached and bool(_activations(run)) and not any(map(run.turned, _OF_SIZE))
        ),
    )
    deeper_only = wrong(
        steers(300, layers=3),
        "Deeper, and as narrow as before: what two units do not see, no later layer can know. "
        "The first layer needs more units.",
        when=lambda run: not run.reached and bool(run.turned("layers")) and not run.turned("width"),
    )
    turned_nothing = wrong(
        steers(300), "Waiting has been tried: that is run 1. Which knob lets it say more?"
    )
    over_budget = wrong(
        steers(2_100, width=8), "Turn before the first step, and most of the budget is left."
    )
    not_reached = wrong(
        steers(20, width=8),
        "Does the loss fall since you turned? Then train on. Does it stand again? Then it needs "
        "more still.",
    )
    dead = wrong(
        "dead ReLUs",
        "That was case 1. Here every unit shows colours, and without any of them the loss is "
        "worse.",
    )
    large_rate = wrong(
        "too large a learning rate",
        "Then the loss would jump about, and smaller steps would mend it. It was calm, and high.",
    )
    regularised = wrong(
        "too much regularisation",
        "That looks alike: a training loss as bad as the validation loss. But l2 and dropout stood "
        "at 0 from the start: there was no pressure to be taken away.",
    )


@lesson.question
class quiz_linear_stack(Choice):
    """Five `Dense` layers without activations, each with 100 units. What can this network do that
    one `Dense` layer cannot?
    """

    concepts = ("A1",)
    hints = (
        "Fold the first two layers into one. What is left?",
        "And again, and again: how many layers remain?",
    )
    options = (
        wrong(
            "Draw curved borders, because it has many parameters.",
            "Many parameters are not many shapes: 40,000 of them still make one linear map.",
        ),
        right(
            "Nothing: it is one linear map.",
            "Each pair of layers folds into one. What bends is the activation, and there is none.",
        ),
        wrong(
            "Learn features step by step, because it is deep.",
            "Depth builds features only if something bends between the layers.",
        ),
        wrong(
            "Draw five lines at once.",
            "The lines of one layer go straight through the next one and come out as one line.",
        ),
    )


@lesson.question
class quiz_chain(Number):
    """A chain with one sigmoid unit in each layer, and nothing else. Suppose that z = 0 in every
    unit, and all units have the same positive weight. How large is it, if the gradient neither
    shrinks nor grows on its way back?
    """

    concepts = ("A8", "A9")
    hints = (
        "On the way back each unit multiplies the gradient by two numbers. Which ones?",
        "Slope times weight is to be 1. How steep is a sigmoid at z = 0?",
    )
    takeaway = (
        "¼ · 4 = 1. But with weights as large as this the sums do not stay at 0 when inputs "
        "differ, and anywhere else the slope is smaller. That is why deep stacks of sigmoids "
        "are hard to begin well."
    )

    def solution():
        slope = 0.5 * (1 - 0.5)
        return 1 / slope

    weight_alone = wrong(
        1, "With weight 1 there is still the slope, ¼ at z = 0: each unit leaves a quarter."
    )
    the_slope = wrong(
        0.25, "This is the slope itself. The weight has to make up for it: slope · weight = 1."
    )
    the_output = wrong(
        2, "This makes up for the *output*, ½ at z = 0. The slope there is ½ · (1 − ½)."
    )
    of_relu = wrong(
        np.sqrt(2),
        "√2 is the gain that suits a layer of ReLU units, half of which are on. Here it is a "
        "single sigmoid.",
    )


@lesson.question
class quiz_temperature(Number):
    """Class A's score is 3 points above class B's, and the temperature is 2. How many times as
    probable as B is A after the softmax?
    """

    concepts = ("A5",)
    rtol = 5e-3  # two digits are enough
    hints = (
        "Divide the two probabilities: the sum below the fraction line drops out.",
        "What is left is e to the difference of the two scores, each divided by T first.",
    )
    takeaway = (
        "e^(3/2) ≈ 4.48. Only the *difference* of scores counts, so adding 7 to both changes "
        "nothing: that is why the maximum may be taken away first."
    )

    def solution():
        return np.exp(3 / 2)

    forgot_temperature = wrong(
        np.exp(3), "This is for temperature 1. The scores are divided by T before the exponential."
    )
    times_temperature = wrong(
        np.exp(6), "You multiplied by T. The scores are *divided* by it: a high T is undecided."
    )
    divided_after = wrong(
        np.exp(3) / 2, "T divides the scores, inside of the exponential, not its result."
    )
    no_exponential = wrong(
        1.5, "This is the difference divided by T. Softmax takes e to that power."
    )
    the_difference = wrong(3, "This is the difference of the scores. Softmax makes a factor of it.")


@lesson.question
class quiz_maxout(Choice):
    """A Maxout unit learns two pieces, each with its weight and bias. Which pieces make it ReLU?"""

    concepts = ("A4",)
    hints = ("ReLU is max(0, x). Write both pieces as w·x + b.", "0 = 0·x + 0. And x?")
    options = (
        wrong(
            "Slopes −1 and 1.",
            "The larger of −x and x is the absolute value |x|: it does not go flat on the left.",
        ),
        wrong(
            "Slopes 1 and 1, biases 0 and 1.",
            "Two parallel lines: the upper one always wins, so the unit is linear.",
        ),
        wrong(
            "None: ReLU has no weights to learn.",
            "As pieces they can be learned, and then they may take the values that make a ReLU.",
        ),
        right(
            "Slopes 0 and 1, biases 0.",
            "max(0·x + 0, 1·x + 0) = max(0, x). ReLU is one of the shapes that Maxout can learn.",
        ),
    )


@lesson.question
class quiz_zeros(Choice):
    """All weights of a network begin at the same value. Why is that a bad start?"""

    concepts = ("A10",)
    hints = (
        "Two hidden units with the same weights: what do they answer? Which gradients do they get?",
        "If they get the same gradients, what are they after the update?",
    )
    options = (
        wrong(
            "The loss is not defined then.",
            "It is: the network gives an answer, and the answer has a loss.",
        ),
        wrong(
            "It only takes longer; in the end the units differ.",
            "There is nothing that could make them differ: same weights, same gradient, for ever.",
        ),
        right(
            "Units of a layer stay equal for ever, so a hundred of them are worth one.",
            "Equal weights give equal outputs and equal gradients. Random weights break the "
            "symmetry.",
        ),
        wrong(
            "The gradients explode.",
            "They may be small or large. The trouble is that they are *equal*.",
        ),
    )


@lesson.question
class quiz_he(Number):
    """A layer of 200 ReLU units reads 50 inputs. Which standard deviation do its weights begin with
    after He et al.?
    """

    concepts = ("A10",)
    rtol = 2e-3
    hints = (
        "The table says on which of the two sizes it depends.",
        "The number of inputs: a unit's sum has one term for each of them.",
    )
    takeaway = (
        "√(2 / 50) = 0.2. Without the 2 a linear layer keeps the size of its signal; ReLU cuts "
        "half of the mean square, and the 2 makes up for that half."
    )

    def solution():
        return np.sqrt(2 / 50)

    variance = wrong(2 / 50, "This is the variance. The standard deviation is its square root.")
    without_the_two = wrong(
        np.sqrt(1 / 50),
        "This keeps the size of the signal in a *linear* layer. ReLU cuts half of the mean square: "
        "what makes up for it?",
    )
    glorot = wrong(
        np.sqrt(2 / 250),
        "This is Glorot's, a compromise between both directions. He uses n_in alone.",
    )
    by_units = wrong(
        np.sqrt(2 / 200),
        "You divided by the number of units. The sum of one unit has as many terms as there are "
        "inputs.",
    )


@lesson.question
class quiz_dead(Choice):
    """A ReLU unit puts out 0 for every training sample. What will gradient descent do to it?"""

    concepts = ("A11",)
    hints = (
        "What is the slope of ReLU to the left of 0?",
        "The gradient of its weights has this slope as a factor, for each sample.",
    )
    options = (
        right(
            "Nothing: its gradient is 0, and it stays as it is.",
            "Slope 0 for every sample, so no update reaches its weights. It can only wake up if "
            "the layers *before* it change what it reads.",
        ),
        wrong(
            "Push its weights up until it works again.",
            "To push, it would need a gradient, and the slope left of 0 is 0.",
        ),
        wrong(
            "Remove it from the network.",
            "Nothing is removed. The unit is still computed, for nothing.",
        ),
        wrong(
            "Make its bias more negative still.",
            "The bias gets the gradient 0, too. It stays exactly where it is.",
        ),
    )
