"""Questions of lesson 03: gradients by hand, by measuring, and by a backward pass of one's own."""

import itertools

import numpy as np

from lessons_lib import nn
from lessons_lib.checks import (
    Choice,
    Function,
    KerasModel,
    Lesson,
    Number,
    Outcome,
    Prediction,
    right,
    wrong,
)
from lessons_lib.lessons.backprop._network import (
    EXHIBITS,
    check_backward,
    cross_entropy,
    museum_data,
)

lesson = Lesson("03", "backprop")

AGREES = 1e-5  # relative error; an answer in float32 stays well below it


def yours_or_ours(function):
    """Return your function where it passes its check, otherwise the lesson's; say which.

    Parameters
    ----------
    function : callable
        Named like its question, for example your `forward`.

    Returns
    -------
    callable

    Raises
    ------
    ValueError
        For a function, or anything else, that has no question's name.
    """
    question = lesson.questions.get(getattr(function, "__name__", None))
    if question is None:
        raise ValueError(
            "yours_or_ours needs a function that a question asks for, written with `def` under "
            f"the question's name, such as `forward`; received {function!r}. Run its cell again."
        )
    if question.judge(function).outcome is Outcome.RIGHT:
        print(f"{question.name}: yours")
        return function
    print(f"{question.name}: the lesson's own, until yours passes its check")
    return question.solution


def museum():
    """Check the backward pass in each room of the bug museum.

    Returns
    -------
    dict of nn.GradientCheck
        By the room's name; at the entrance stands a backward pass that is right.
    """
    X, y, parameters = museum_data()
    rooms = {"entrance: no bug": backward.solution, **EXHIBITS}
    return {
        room: check_backward(forward.solution, shown, X, y, parameters)
        for room, shown in rooms.items()
    }


def _disagreement(name, received, x, f):
    """Return how a gradient differs from the one measured on f at x, or an empty text."""
    # Not copied: a loss may look at the very array that is nudged.
    received, x = np.asarray(received, dtype=float), np.asarray(x, dtype=float)
    if received.shape != x.shape:
        return (
            f"`{name}` has shape {received.shape} instead of {x.shape}. A gradient has the shape "
            "of what it is the gradient of."
        )
    measured = nn.numerical_gradient(f, x)
    error = nn.relative_error(received, measured)
    if error < AGREES:
        return ""
    return f"`{name}` is not the slope that was measured: the relative error is {error:.2g}."


def _first(sentences):
    return next(filter(None, sentences), "")


def _as_double(parameters):
    return [tuple(np.array(x, dtype=float) for x in pair) for pair in parameters]


def _network_inputs(rng, with_pass):
    """Yield (X, parameters) or (y_pred, y, cache, parameters) for several networks."""
    for units, m in (([2, 3, 1], 5), ([3, 3, 3, 1], 4), ([1, 1], 1), ([2, 4, 2, 1], 7)):
        X = rng.normal(size=(m, units[0]))
        parameters = [
            (rng.normal(size=shape), rng.normal(size=shape[1]))
            for shape in itertools.pairwise(units)
        ]
        if not with_pass:
            yield X, parameters
            continue
        y = (rng.random((m, 1)) < 0.5).astype(float)
        y_pred, cache = lesson.questions["forward"].solution(X, parameters)
        yield y_pred, y, cache, parameters


@lesson.question
class first_gradient(Number):
    """A unit without an activation: L = (w·x + b − y)², with w = 2, x = 3, b = −1 and y = 4.
    How large is dL/dw?
    """

    concepts = ("B4",)
    hints = (
        "Walk forward first: what is w·x + b − y?",
        "Call that e. Then L = e², and dL/de = 2e. How fast does e change when w does?",
    )
    takeaway = "If w grows by 0.01, L grows by about 0.06. That is all a gradient says."

    def solution():
        e = 2 * 3 - 1 - 4
        return 2 * e * 3

    forgot_input = wrong(
        2, "This is dL/de. One link is missing: e changes by x = 3 when w changes by 1."
    )
    forgot_two = wrong(3, "The 2 is missing: the derivative of e² is 2e.")
    used_weight = wrong(4, "The last link is x and not w: when w changes by 1, w·x changes by x.")
    the_loss = wrong(1, "This is L itself; the question is how fast it changes.")
    turned_round = wrong(-6, "The sign is turned round: e = w·x + b − y, so it grows when w does.")


@lesson.question
class neuron_gradients(Function):
    """Write `neuron_gradients(w, x, b, y)` for the neuron of the graph,
    L = (σ(w·x + b) − y)². Return `dw` and `db`, that is dL/dw and dL/db. All four arguments are
    single numbers.
    """

    concepts = ("B4",)
    parts = ("dw", "db")
    hints = (
        "Go forward as the graph does, keeping each number, and then go back node by node.",
        "Back: from e² comes 2e, from the sigmoid comes a(1 − a), from the sum 1.",
        "dw and db share everything but the last link: for dw that is x, for db it is 1.",
    )
    takeaway = "dw = db · x. An input of 0 gives its weight no gradient: it cannot be to blame."

    def solution(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dz = 2 * (a - y) * a * (1 - a)
        return dz * x, dz

    def starter(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dw = ...
        db = ...
        return dw, db

    def inputs(rng):
        for _ in range(5):
            w, x, b = rng.normal(size=3)
            yield float(w), float(x), float(b), float(rng.random() < 0.5)
        yield 1.0, 0.0, 0.5, 1.0
        yield -2.0, 1.5, 0.5, 0.3

    def accept(case):
        w, x, b, y = (case[name] for name in "wxby")

        def loss(w, b):
            return (1 / (1 + np.exp(-(w * x + b))) - y) ** 2

        dw, db = case.received
        return _first(
            (
                _disagreement("dw", np.squeeze(dw), w, lambda nudged: float(loss(nudged, b))),
                _disagreement("db", np.squeeze(db), b, lambda nudged: float(loss(w, nudged))),
            )
        )

    @wrong(why="The sigmoid's own slope, a(1 − a), is missing from the chain.")
    def forgot_sigmoid(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        return 2 * (a - y) * x, 2 * (a - y)

    @wrong(why="You are half as steep as what was measured: the derivative of e² is 2e.")
    def forgot_two(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dz = (a - y) * a * (1 - a)
        return dz * x, dz

    @wrong(why="The sign is turned round: e = a − y, not y − a. Uphill has become downhill.")
    def turned_round(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dz = 2 * (y - a) * a * (1 - a)
        return dz * x, dz

    @wrong(why="`dw` lacks its last link: w is multiplied by x, so dw is x times as large as dp.")
    def forgot_input(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dz = 2 * (a - y) * a * (1 - a)
        return dz, dz

    @wrong(why="Both came out, but in the other order: first `dw`, then `db`.")
    def swapped(w, x, b, y):
        a = 1 / (1 + np.exp(-(w * x + b)))
        dz = 2 * (a - y) * a * (1 - a)
        return dz, dz * x

    @wrong(why="`z(1 − z)` should be `a(1 − a)`: the sigmoid's slope is made of its output.")
    def slope_of_z(w, x, b, y):
        z = w * x + b
        a = 1 / (1 + np.exp(-z))
        dz = 2 * (a - y) * z * (1 - z)
        return dz * x, dz


@lesson.question
class layer_shapes(Function):
    """Write down the shapes in one layer before you write its code. `m` samples come in as rows,
    with `n_prev` numbers each; the layer has `n` units. Return a dict from each name to its shape,
    a tuple. `b` and `db` have one axis.
    """

    concepts = ("B2",)
    hints = (
        "Samples are rows everywhere: what has a row for each sample, has m rows.",
        "A gradient has the shape of what it is the gradient of: that gives you half of them free.",
        "Z = A_prev @ W + b: inner lengths must meet, outer ones remain.",
    )
    takeaway = "m is in no parameter's shape, and in no parameter's gradient's: it is summed away."

    def solution(m, n_prev, n):
        return {
            "W": (n_prev, n),
            "b": (n,),
            "Z": (m, n),
            "dZ": (m, n),
            "dW": (n_prev, n),
            "db": (n,),
            "dA_prev": (m, n_prev),
        }

    def starter(m, n_prev, n):
        return {"W": ..., "b": ..., "Z": ..., "dZ": ..., "dW": ..., "db": ..., "dA_prev": ...}

    def inputs(rng):
        for _ in range(3):
            yield tuple(int(k) for k in rng.choice(np.arange(2, 40), 3, replace=False))
        yield 1, 5, 3

    @wrong(
        why="This is the column convention, W[l] of shape (n[l], n[l−1]) with samples in columns. "
        "Here and in Keras samples are rows, so every shape is turned round."
    )
    def columns(m, n_prev, n):
        shapes = {"W": (n, n_prev), "b": (n,), "Z": (n, m), "dZ": (n, m)}
        return shapes | {"dW": (n, n_prev), "db": (n,), "dA_prev": (n_prev, m)}

    @wrong(why="`W` is turned round: rows of W meet the columns of A_prev, so W is (n_prev, n).")
    def turned_weights(m, n_prev, n):
        shapes = {"W": (n, n_prev), "b": (n,), "Z": (m, n), "dZ": (m, n)}
        return shapes | {"dW": (n, n_prev), "db": (n,), "dA_prev": (m, n_prev)}

    @wrong(
        why="`db` still has a row for each sample. b was added to every row, so the rows of its "
        "gradient are summed: a gradient has the shape of what it is the gradient of."
    )
    def bias_for_each_sample(m, n_prev, n):
        shapes = {"W": (n_prev, n), "b": (n,), "Z": (m, n), "dZ": (m, n)}
        return shapes | {"dW": (n_prev, n), "db": (m, n), "dA_prev": (m, n_prev)}

    @wrong(
        why="`dA_prev` has the shape of A_prev, (m, n_prev), and not that of this layer's output."
    )
    def wrong_way_back(m, n_prev, n):
        shapes = {"W": (n_prev, n), "b": (n,), "Z": (m, n), "dZ": (m, n)}
        return shapes | {"dW": (n_prev, n), "db": (n,), "dA_prev": (m, n)}

    @wrong(why="`dW` is turned round. It is subtracted from W, so it needs the shape of W.")
    def turned_gradient(m, n_prev, n):
        shapes = {"W": (n_prev, n), "b": (n,), "Z": (m, n), "dZ": (m, n)}
        return shapes | {"dW": (n, n_prev), "db": (n,), "dA_prev": (m, n_prev)}


@lesson.question
class shape_bug(Function):
    """Find the bug. `shape_bug(y_pred, y)` should return (ŷ − y) / m in a column, shape (m, 1).
    `y_pred` comes out of a network, shape (m, 1); `y` comes out of a table, shape (m,). No error
    is raised, and yet the result is wrong. Write the shapes down, then repair it.
    """

    concepts = ("B2",)
    exact_shape = True
    hints = (
        "Print the shape of the result for m = 3. How many numbers should there be?",
        "A (3, 1) and a (3,) broadcast to (3, 3): each prediction meets each target.",
        "Turn y into a column before anything is subtracted: `reshape` takes the number of rows "
        "and of columns, and −1 for what it shall find out by itself.",
    )
    takeaway = (
        "Whenever a target meets a prediction, look at both shapes: this bug never complains."
    )

    def solution(y_pred, y):
        return (y_pred - y.reshape(-1, 1)) / len(y)

    def starter(y_pred, y):
        return (y_pred - y) / len(y)

    def inputs(rng):
        for m in (3, 8, 2):
            yield rng.random((m, 1)), (rng.random(m) < 0.5).astype(float)
        yield rng.random((5, 1)), np.array([0, 1, 1, 0, 1])

    flattened = wrong(
        lambda y_pred, y: (y_pred.ravel() - y) / len(y),
        "The numbers are right now, but they lie flat, shape (m,). The next layer back needs a "
        "column, (m, 1), like `y_pred`: flatten nothing, make `y` a column.",
    )
    averaged = wrong(
        lambda y_pred, y: (y_pred - y).mean(axis=1, keepdims=True) / len(y),
        "The shape is right, but the square of numbers is still computed and then averaged: "
        "each prediction meets the mean of all targets.",
    )
    lost_mean = wrong(
        lambda y_pred, y: y_pred - y.reshape(-1, 1),
        "The shapes are right. Now the mean is gone: the / m of the original was no bug.",
    )
    transposed = wrong(
        lambda y_pred, y: ((y_pred - y.T) / len(y)).T,
        "The square of numbers is turned round now, and still each prediction meets each target. "
        "`.T` does nothing to an array with one axis, such as `y`: give it a second one, with "
        "reshape.",
    )
    turned_round = wrong(
        lambda y_pred, y: (y.reshape(-1, 1) - y_pred) / len(y),
        "The shapes are right, but the sign has turned round: it is prediction minus target.",
    )


@lesson.question
class forward(Function):
    """Write the forward pass, a loop over layers. `parameters` is a list of pairs `(W, b)`. Hidden
    layers use tanh, the last layer the sigmoid (`nn.sigmoid`). Return `y_pred` and `cache`, a
    list with a pair `(A_prev, Z)` for each layer: what came in, and what was computed from it.
    """

    concepts = ("B3",)
    parts = ("y_pred", "cache")
    hints = (
        "In each round of the loop: compute Z, remember (A, Z), then make the next A from Z.",
        "What is remembered is the A that came *in*, so append before A is replaced.",
        "How do you know the last layer? Its number is `len(parameters)`.",
    )
    takeaway = "The cache is why training needs more memory than predicting: nothing may be let go."

    def solution(X, parameters):
        A, cache = X, []
        for l, (W, b) in enumerate(parameters, start=1):
            Z = A @ W + b
            cache.append((A, Z))
            A = nn.sigmoid(Z) if l == len(parameters) else np.tanh(Z)
        return A, cache

    def starter(X, parameters):
        A, cache = X, []
        for l, (W, b) in enumerate(parameters, start=1):
            Z = ...
            cache.append(...)
            A = ...
        return A, cache

    def inputs(rng):
        yield from _network_inputs(rng, with_pass=False)

    @wrong(why="The last layer has tanh too, so its output can be negative: no probability.")
    def tanh_everywhere(X, parameters):
        A, cache = X, []
        for W, b in parameters:
            Z = A @ W + b
            cache.append((A, Z))
            A = np.tanh(Z)
        return A, cache

    @wrong(why="The hidden layers have the sigmoid too. Only the last layer should.")
    def sigmoid_everywhere(X, parameters):
        A, cache = X, []
        for W, b in parameters:
            Z = A @ W + b
            cache.append((A, Z))
            A = nn.sigmoid(Z)
        return A, cache

    @wrong(why="The biases are missing from Z.")
    def forgot_bias(X, parameters):
        A, cache = X, []
        for i, (W, _) in enumerate(parameters, start=1):
            Z = A @ W
            cache.append((A, Z))
            A = nn.sigmoid(Z) if i == len(parameters) else np.tanh(Z)
        return A, cache

    @wrong(
        why="The cache holds what comes *out* of each layer. The gradient of W needs what came "
        "*in*: append before A is replaced."
    )
    def cached_output(X, parameters):
        A, cache = X, []
        for i, (W, b) in enumerate(parameters, start=1):
            Z = A @ W + b
            A = nn.sigmoid(Z) if i == len(parameters) else np.tanh(Z)
            cache.append((A, Z))
        return A, cache

    @wrong(why="There is no activation in the hidden layers: they collapse into one linear map.")
    def linear_hidden(X, parameters):
        A, cache = X, []
        for i, (W, b) in enumerate(parameters, start=1):
            Z = A @ W + b
            cache.append((A, Z))
            A = nn.sigmoid(Z) if i == len(parameters) else Z
        return A, cache

    @wrong(why="Each pair of the cache is turned round: first A_prev, then Z.")
    def swapped(X, parameters):
        A, cache = X, []
        for i, (W, b) in enumerate(parameters, start=1):
            Z = A @ W + b
            cache.append((Z, A))
            A = nn.sigmoid(Z) if i == len(parameters) else np.tanh(Z)
        return A, cache


@lesson.question
class two_sided(Function):
    """Write `two_sided(f, x, epsilon)`: the slope of the function `f` at the number `x`, measured
    by a nudge of `epsilon` to both sides.
    """

    concepts = ("B7",)
    single_precision = False
    hints = (
        "How much higher is f a little to the right than a little to the left?",
        "Divide by how far right and left lie apart. That is not epsilon.",
    )
    takeaway = "Two lines of code that know nothing of derivatives: the judge of all that follows."

    def solution(f, x, epsilon):
        return (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)

    def starter(f, x, epsilon):
        return ...

    def inputs(rng):
        for f in (np.sin, np.exp, lambda x: x**3 - x, lambda x: 3 * x + 1, np.tanh):
            yield f, float(rng.normal()), 0.1
        yield np.cos, 1.0, 1e-3
        yield np.exp, 0.5, 0.5

    one_sided = wrong(
        lambda f, x, epsilon: (f(x + epsilon) - f(x)) / epsilon,
        "This is the one-sided difference. Nudge to the left as well: f(x − ε).",
    )
    forgot_two = wrong(
        lambda f, x, epsilon: (f(x + epsilon) - f(x - epsilon)) / epsilon,
        "You are twice too steep: from x − ε to x + ε it is 2ε.",
    )
    only_rise = wrong(
        lambda f, x, epsilon: f(x + epsilon) - f(x - epsilon),
        "The rise is right; it is still to be divided by the distance, 2ε.",
    )
    lost_brackets = wrong(
        lambda f, x, epsilon: (f(x + epsilon) - f(x - epsilon)) / 2 * epsilon,
        "Python reads `/ 2 * epsilon` from left to right. Put brackets: `/ (2 * epsilon)`.",
    )
    lost_brackets_above = wrong(
        lambda f, x, epsilon: f(x + epsilon) - f(x - epsilon) / (2 * epsilon),
        "Only the second height is divided: `/` comes before `-`, so the difference needs "
        "brackets.",
    )
    turned_round = wrong(
        lambda f, x, epsilon: (f(x - epsilon) - f(x + epsilon)) / (2 * epsilon),
        "Left minus right: uphill has become downhill.",
    )
    left_sided = wrong(
        lambda f, x, epsilon: (f(x) - f(x - epsilon)) / epsilon,
        "This is the one-sided difference to the left. Nudge to the right as well: f(x + ε).",
    )


@lesson.question
class output_gradient(Function):
    """Begin at the end. Write `output_gradient(y_pred, y)`: dL/dZ of the last layer, where L is
    the mean binary cross-entropy and `y_pred` = σ(Z). Both arrays have shape (m, 1). It is
    judged by the measured gradient.
    """

    concepts = ("B5",)
    hints = (
        "dL/dŷ = (ŷ − y) / (ŷ(1 − ŷ)) / m, and the sigmoid's slope is ŷ(1 − ŷ). Multiply.",
        "Nearly everything cancels. What is left is the error, prediction minus target.",
        "The loss is a mean over m samples, so each sample counts one m-th.",
    )
    takeaway = "Sigmoid and cross-entropy are made for each other: what flows back is the error."

    def solution(y_pred, y):
        return (y_pred - y) / len(y)

    def starter(y_pred, y):
        return ...

    def inputs(rng):
        for m in (4, 1, 9):
            yield rng.uniform(0.1, 0.9, (m, 1)), (rng.random((m, 1)) < 0.5).astype(float)
        yield np.array([[0.2], [0.7], [0.95]]), np.array([[0.0], [1.0], [0.0]])

    def accept(case):
        p, y = (np.asarray(case[name], dtype=float) for name in ("y_pred", "y"))
        Z = np.log(p / (1 - p))
        loss = lambda Z: cross_entropy(y, nn.sigmoid(Z))  # noqa: E731
        return _disagreement("dZ", case.received, Z, loss)

    forgot_mean = wrong(
        lambda y_pred, y: y_pred - y,
        lambda case: (
            "The mean is missing. The loss is a mean over the batch, so what flows back "
            f"is divided by m, here {len(case['y'])}."
        ),
    )
    turned_round = wrong(
        lambda y_pred, y: (y - y_pred) / len(y),
        "The sign is turned round: too large a prediction must give a positive slope.",
    )
    stopped_early = wrong(
        lambda y_pred, y: (y_pred - y) / (y_pred * (1 - y_pred)) / len(y),
        "This is dL/dŷ. One link further back, to Z, it is multiplied by the slope ŷ(1 − ŷ).",
    )
    other_loss = wrong(
        lambda y_pred, y: (y_pred - y) * y_pred * (1 - y_pred) / len(y),
        "There is a factor ŷ(1 − ŷ) too many. It would be right for a squared error; in the "
        "cross-entropy it cancels.",
    )
    summed = wrong(
        lambda y_pred, y: np.mean(y_pred - y),
        "The m errors were summed. Each sample's Z has a slope of its own: shape (m, 1).",
    )


@lesson.question
class tanh_backward(Function):
    """One step back through an activation. Write `tanh_backward(dA, Z)`: from dL/dA to dL/dZ,
    where A = tanh(Z). Both arrays have the same shape. It is judged by the measured gradient.
    """

    concepts = ("B5",)
    hints = (
        "Each number of A depends on one number of Z only, so everything is element by element.",
        "The slope of tanh can be written with its own value: it is 1 where tanh is 0, and 0 where "
        "tanh is 1 or −1. What does the chain rule do with it and with dA?",
    )
    takeaway = "Where |Z| is large the slope is nearly 0, and little gets through."

    def solution(dA, Z):
        return dA * (1 - np.tanh(Z) ** 2)

    def starter(dA, Z):
        return ...

    def inputs(rng):
        for shape in ((4, 3), (1, 1), (5, 2), (2, 6)):
            yield rng.normal(size=shape), rng.normal(size=shape)
        yield rng.normal(size=(3, 3)), 2 * rng.normal(size=(3, 3))

    def accept(case):
        dA, Z = (np.asarray(case[name], dtype=float) for name in ("dA", "Z"))
        return _disagreement("dZ", case.received, Z, lambda Z: float(np.sum(dA * np.tanh(Z))))

    forgot_tanh = wrong(
        lambda dA, Z: dA * (1 - Z**2),
        "This is 1 − Z². The slope of tanh is 1 − A² with A = tanh(Z).",
    )
    forgot_incoming = wrong(
        lambda dA, Z: 1 - np.tanh(Z) ** 2,
        "This is the slope of tanh alone. It is to be multiplied with what comes in, dA.",
    )
    value_for_slope = wrong(
        lambda dA, Z: dA * np.tanh(Z),
        "You multiplied by tanh itself. Backward, it is tanh's slope that counts.",
    )

    @wrong(why="This is the slope of the sigmoid, A(1 − A). That of tanh is 1 − A².")
    def sigmoids_slope(dA, Z):
        A = np.tanh(Z)
        return dA * A * (1 - A)

    square_too_wide = wrong(
        lambda dA, Z: dA * (1 - np.tanh(Z)) ** 2,
        "The square belongs to tanh alone: 1 − tanh(Z)², not (1 − tanh(Z))².",
    )


@lesson.question
class dense_backward(Function):
    """One step back through a layer Z = A_prev @ W + b. Write `dense_backward(dZ, A_prev, W)`
    and return `dW`, `db` and `dA_prev`. The mean over samples is in `dZ` already. It is judged by
    the measured gradients.
    """

    concepts = ("B5",)
    parts = ("dW", "db", "dA_prev")
    hints = (
        "Let the shapes lead you: dW needs the shape of W, (n_prev, n), made of (m, n_prev) and "
        "(m, n).",
        "b was added to every row. Where a value goes several ways, its gradients add up.",
        "dA_prev needs (m, n_prev), made of dZ, (m, n), and W, (n_prev, n): one of them is turned.",
    )
    takeaway = "Three lines, and the same ones for every dense layer that was ever trained."

    def solution(dZ, A_prev, W):
        dW = A_prev.T @ dZ
        db = dZ.sum(axis=0)
        dA_prev = dZ @ W.T
        return dW, db, dA_prev

    def starter(dZ, A_prev, W):
        dW = ...
        db = ...
        dA_prev = ...
        return dW, db, dA_prev

    def inputs(rng):
        for m, n_prev, n in ((4, 3, 2), (6, 3, 3), (1, 2, 5), (3, 3, 3), (7, 4, 1)):
            yield (
                rng.normal(size=(m, n)),
                rng.normal(size=(m, n_prev)),
                rng.normal(size=(n_prev, n)),
            )

    def accept(case):
        dZ, A, W = (np.asarray(case[name], dtype=float) for name in ("dZ", "A_prev", "W"))
        dW, db, dA_prev = case.received
        b = np.zeros(W.shape[1])
        return _first(
            (
                _disagreement("dW", dW, W, lambda W: float(np.sum(dZ * (A @ W + b)))),
                _disagreement("db", db, b, lambda b: float(np.sum(dZ * (A @ W + b)))),
                _disagreement("dA_prev", dA_prev, A, lambda A: float(np.sum(dZ * (A @ W + b)))),
            )
        )

    averaged_bias = wrong(
        lambda dZ, A_prev, W: (A_prev.T @ dZ, dZ.mean(axis=0), dZ @ W.T),
        lambda case: (
            "`db` is the mean over the samples; the mean is in dZ already, so here it is "
            f"a sum. Yours is too small by a factor of {len(case['dZ'])}."
        ),
    )
    mean_twice = wrong(
        lambda dZ, A_prev, W: (A_prev.T @ dZ / len(dZ), dZ.sum(axis=0) / len(dZ), dZ @ W.T),
        "You divided by m once more, in `dW` and `db`. The loss has done that: dZ carries the "
        "mean already.",
    )
    not_summed = wrong(
        lambda dZ, A_prev, W: (A_prev.T @ dZ, dZ, dZ @ W.T),
        "`db` still has a row for each sample: b was added to all of them, so sum the rows.",
    )
    missing_transpose = wrong(
        lambda dZ, A_prev, W: (A_prev.T @ dZ, dZ.sum(axis=0), dZ @ W),
        "`dA_prev` needs W turned round. Where W is square, `dZ @ W` raises no error and is "
        "wrong all the same.",
    )
    turned_gradient = wrong(
        lambda dZ, A_prev, W: (dZ.T @ A_prev, dZ.sum(axis=0), dZ @ W.T),
        "`dW` has come out turned round: it needs the shape of W, A_prev.T @ dZ.",
    )
    wrong_axis = wrong(
        lambda dZ, A_prev, W: (A_prev.T @ dZ, dZ.sum(axis=1), dZ @ W.T),
        "`db` is summed over the units, `axis=1`. The samples are the rows: `axis=0`.",
    )


@lesson.question
class backward(Function):
    """Now the whole way back. Write `backward(y_pred, y, cache, parameters)`: a list with a pair
    `(dW, db)` for each layer, first layer first, as in `parameters`. `cache` holds the pairs
    `(A_prev, Z)` of your forward pass. It is judged by the measured gradient of every parameter.
    """

    concepts = ("B5",)
    hints = (
        "Begin with dZ of the last layer, then walk over the layers in reverse.",
        "In each round: dW and db from dZ and A_prev; then dZ of the layer before.",
        "On to the layer before, you have two steps already: back through the weights, as in "
        "`dense_backward`, and back through tanh. A_prev *is* tanh(Z) of that layer, so its slope "
        "can be written with A_prev.",
    )
    takeaway = "This is backpropagation: one walk back, each layer's work done once and handed on."

    def solution(y_pred, y, cache, parameters):
        gradients = []
        dZ = (y_pred - y) / len(y)
        for (W, b), (A_prev, Z) in zip(reversed(parameters), reversed(cache)):
            gradients.append((A_prev.T @ dZ, dZ.sum(axis=0)))
            dZ = (dZ @ W.T) * (1 - A_prev**2)
        return gradients[::-1]

    def starter(y_pred, y, cache, parameters):
        gradients = []
        dZ = ...
        for (W, b), (A_prev, Z) in zip(reversed(parameters), reversed(cache)):
            gradients.append((..., ...))
            dZ = ...
        return gradients[::-1]

    def inputs(rng):
        yield from _network_inputs(rng, with_pass=True)

    def accept(case):
        y, X = np.asarray(case["y"], dtype=float), np.asarray(case["cache"][0][0], dtype=float)
        parameters = _as_double(case["parameters"])

        def loss(_):
            return cross_entropy(y, forward.solution(X, parameters)[0])

        for number, (pair, received) in enumerate(zip(parameters, case.received, strict=True), 1):
            for letter, x, gradient in zip("Wb", pair, received, strict=True):
                problem = _disagreement(f"d{letter}[{number}]", gradient, x, loss)
                if problem:
                    return problem
        return ""

    turned_round = wrong(
        lambda y_pred, y, cache, parameters: backward.solution(-y_pred, -y, cache, parameters),
        "The sign is turned round: what flows back begins with ŷ − y, not y − ŷ.",
    )
    forgot_mean = wrong(
        lambda y_pred, y, cache, parameters: backward.solution(
            y_pred * len(y), y * len(y), cache, parameters
        ),
        "All gradients are m times too large: the loss is a mean, so begin with a division by m.",
    )
    last_first = wrong(
        lambda y_pred, y, cache, parameters: backward.solution(y_pred, y, cache, parameters)[::-1],
        "The gradients are right, but the last layer comes first. Turn the list round.",
    )

    @wrong(
        why="The last layer is right, the ones before it are not: on the way back through tanh its "
        "slope is missing, 1 − A_prev²."
    )
    def forgot_slope(y_pred, y, cache, parameters):
        gradients = []
        dZ = (y_pred - y) / len(y)
        for (W, _), (A_prev, _) in zip(reversed(parameters), reversed(cache), strict=True):
            gradients.insert(0, (A_prev.T @ dZ, dZ.sum(axis=0)))
            dZ = dZ @ W.T
        return gradients

    @wrong(
        why="The slope of tanh was taken at the wrong layer: `Z` in this round belongs to this "
        "layer. What goes back passes through the layer before, whose output is A_prev."
    )
    def slope_of_this_layer(y_pred, y, cache, parameters):
        gradients = []
        dZ = (y_pred - y) / len(y)
        for (W, _), (A_prev, Z) in zip(reversed(parameters), reversed(cache), strict=True):
            gradients.insert(0, (A_prev.T @ dZ, dZ.sum(axis=0)))
            dZ = (dZ * (1 - np.tanh(Z) ** 2)) @ W.T
        return gradients

    @wrong(why="`db` is averaged over the samples; the mean is in dZ already, so here it is a sum.")
    def averaged_bias(y_pred, y, cache, parameters):
        right_ones = backward.solution(y_pred, y, cache, parameters)
        return [(dW, db / len(y)) for dW, db in right_ones]


@lesson.question
class smaller_epsilon(Prediction):
    """The two-sided difference with ε = 10⁻⁵ agrees with the true slope to about ten digits. You
    make ε a hundred million times smaller, 10⁻¹³. What does the error do?
    """

    concepts = ("B7",)
    hints = (
        "f(x + ε) and f(x − ε) are numbers of 16 digits, and nearly equal. What is left when they "
        "are subtracted?",
        "What is left is then divided by a very small number, its rounding error too.",
    )
    options = (
        wrong(
            "It becomes about 10¹⁶ times smaller: the error falls like ε².",
            "That is the error of the formula, and it does fall like ε². But the two values are "
            "rounded to 16 digits, and that error is divided by ε.",
        ),
        wrong(
            "It stays the same: ten digits are good enough already.",
            "Rounding does not stay the same: it is divided by 2ε, a hundred million times "
            "smaller now.",
        ),
        right(
            "It becomes much larger: only a few digits are left.",
            "Two nearly equal numbers are subtracted, so their common digits are lost, and what "
            "is left, rounding, is divided by 2ε.",
        ),
        wrong(
            "Python raises an error, because ε is too small.",
            "x + 10⁻¹³ is still another number than x. Nothing complains, and that is the danger.",
        ),
    )

    def experiment():
        def error(epsilon):
            measured = (np.exp(1 + epsilon) - np.exp(1 - epsilon)) / (2 * epsilon)
            return abs(measured - np.exp(1)) / np.exp(1)

        before, after = error(1e-5), error(1e-13)
        if after > 100 * before:
            return "c"
        return "b" if after > before / 100 else "a"


# The bug museum: the same names everywhere, and what each would look like.
_BUGS = {
    "forgotten mean": (
        "The division by m is forgotten",
        "every gradient would be larger by the same factor, the number of samples, 12",
        "`dZ3 = y_pred - y` should be divided by `len(y)`. On a batch of twice the size every "
        "step would be twice as long.",
    ),
    "missing transpose": (
        "A transpose is missing on the way back through layer 2",
        "layers 3 and 2 would be right, and layer 1 wrong without any common factor",
        "`dZ1 = (dZ2 @ W2) * …` needs `W2.T`. W[2] is square, so the shapes did not complain.",
    ),
    "sign flip": (
        "A sign is turned round",
        "every gradient would be the measured one times −1, with relative error 1",
        "`dZ3 = (y - y_pred) / len(y)`: training would climb instead of descend.",
    ),
    "averaged bias": (
        "The gradients of the biases are averaged instead of summed",
        "all weights would be right, and all biases too small by the factor 12",
        "`db = dZ.mean(axis=0)` should be a sum: the mean is in dZ already.",
    ),
    "forgotten derivative": (
        "The slope of tanh is forgotten",
        "layer 3 would be right, and the layers before it larger than measured, the more so the "
        "further back, as a factor below 1 is missing for each tanh",
        "`dZ2 = dZ3 @ W3.T` should be multiplied by `1 - A2**2`, and `dZ1` by `1 - A1**2`.",
    ),
    "early update": (
        "The weights are updated before the way back is over",
        "layer 3 would be right, and the others nearly: close to the diagonal, but not on it",
        "`W3 = W3 - 0.5 * dW3` stood above the line that uses W3. First all gradients, then all "
        "updates. The smaller the learning rate, the better this bug hides.",
    ),
    "other loss": (
        "The derivative belongs to another loss",
        "every gradient would be too small, by factors near 1/4 that differ from sample to "
        "sample, so no common factor shows",
        "`(y_pred - y) * y_pred * (1 - y_pred)` is made for a squared error. With cross-entropy "
        "the factor ŷ(1 − ŷ) cancels.",
    ),
}


def _options(bug, *others):
    """Return the options of a room: in the order of the museum's list, one of them right."""
    chosen = [name for name in _BUGS if name in (bug, *others)]
    options = []
    for name in chosen:
        text, signature, found = _BUGS[name]
        if name == bug:
            options.append(right(f"{text}.", f"Found. {found}"))
        else:
            options.append(wrong(f"{text}.", f"Then {signature}. Compare with this room."))
    return tuple(options)


_WHICH, _HOW = (
    "Which arrays are wrong: all of them, all biases, or those of the first layers only?",
    "Do the wrong dots lie on a straight line through the middle? Its steepness is the factor.",
)


@lesson.question
class room_1(Choice):
    """Room 1 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, _HOW)
    options = _options("forgotten mean", "sign flip", "averaged bias", "other loss")


@lesson.question
class room_2(Choice):
    """Room 2 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, "Layers 2 and 3 are right. What stands between layer 2 and layer 1?")
    options = _options(
        "missing transpose", "forgotten mean", "forgotten derivative", "early update"
    )


@lesson.question
class room_3(Choice):
    """Room 3 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, _HOW)
    options = _options("sign flip", "forgotten mean", "missing transpose", "other loss")


@lesson.question
class room_4(Choice):
    """Room 4 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, _HOW)
    options = _options("averaged bias", "forgotten mean", "early update", "missing transpose")


@lesson.question
class room_5(Choice):
    """Room 5 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, "Is the error larger in layer 1 than in layer 2? Are the dots too far out?")
    options = _options("forgotten derivative", "missing transpose", "early update", "averaged bias")


@lesson.question
class room_6(Choice):
    """Room 6 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, "How large are the errors, compared with the other rooms?")
    options = _options("early update", "forgotten derivative", "missing transpose", "sign flip")


@lesson.question
class room_7(Choice):
    """Room 7 of the bug museum. Which bug is it?"""

    concepts = ("B11",)
    hints = (_WHICH, "All of them are too small. By one factor, or by many?")
    options = _options("other loss", "forgotten mean", "averaged bias", "forgotten derivative")


@lesson.question
class which_is_learned(Choice):
    """One of these four is a parameter. Which one?"""

    concepts = ("B10",)
    hints = (
        "A parameter is changed by the optimizer, with the help of its gradient.",
        "For which of the four does the backward pass give you a gradient?",
    )
    takeaway = "Hyperparameters are chosen by you, before training; lesson 7 is about choosing."
    options = (
        wrong(
            "The learning rate",
            "It says how far the parameters move, and no gradient changes it. You choose it.",
        ),
        wrong(
            "The number of hidden layers",
            "It is a whole number that you choose: nothing can be nudged by ε. It decides how many "
            "parameters there are.",
        ),
        right(
            "The bias of a hidden unit",
            "Backward gives dL/db, and the optimizer changes b. That makes it a parameter.",
        ),
        wrong(
            "The batch size",
            "It decides how many samples one gradient is made of. You choose it.",
        ),
    )


@lesson.question
class cancer_network(KerasModel):
    """Build the network of this lesson in Keras and name it `cancer_network`: 30 inputs, hidden
    layers of 16 and 8 tanh units, and one sigmoid unit at the end.
    """

    concepts = ("B9",)
    hints = (
        "A `Sequential` begins with an `Input`, which says how many numbers come in.",
        'The layers are `Dense`, and each takes the name of its activation: `activation="..."`.',
    )
    takeaway = "Keras holds the same W and b, in the same shapes, and finds the same gradients."
    input_shape = (30,)
    output_shape = (1,)

    def solution(keras):
        return keras.Sequential(
            [
                keras.Input((30,)),
                keras.layers.Dense(16, activation="tanh"),
                keras.layers.Dense(8, activation="tanh"),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )

    @wrong(why="The hidden layers have no activation, so they collapse into one linear map.")
    def linear_hidden(keras):
        model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(16)])
        model.add(keras.layers.Dense(8))
        model.add(keras.layers.Dense(1, activation="sigmoid"))
        return model

    @wrong(why="The last layer has no sigmoid: its output is z, not a probability.")
    def no_sigmoid(keras):
        model = keras.Sequential([keras.Input((30,))])
        model.add(keras.layers.Dense(16, activation="tanh"))
        model.add(keras.layers.Dense(8, activation="tanh"))
        model.add(keras.layers.Dense(1))
        return model

    @wrong(why="The hidden layers use ReLU. It would train too; here the gradients are to agree.")
    def relu_hidden(keras):
        model = keras.Sequential([keras.Input((30,))])
        model.add(keras.layers.Dense(16, activation="relu"))
        model.add(keras.layers.Dense(8, activation="relu"))
        model.add(keras.layers.Dense(1, activation="sigmoid"))
        return model

    @wrong(why="The hidden layers stand in the wrong order: 16 units first, then 8.")
    def wrong_order(keras):
        model = keras.Sequential([keras.Input((30,))])
        model.add(keras.layers.Dense(8, activation="tanh"))
        model.add(keras.layers.Dense(16, activation="tanh"))
        model.add(keras.layers.Dense(1, activation="sigmoid"))
        return model


@lesson.question
class quiz_fork(Choice):
    """A value u goes into two later nodes. What is dL/du?"""

    concepts = ("B4",)
    hints = (
        "Nudge u: both nodes feel it, and both pass it on to L.",
        "The bias of a layer goes to every sample. What did its gradient do?",
    )
    options = (
        wrong(
            "The larger of the two gradients that come back",
            "Taking the larger one ignores a way on which a nudge of u reaches L.",
        ),
        right(
            "The sum of the two gradients that come back",
            "A nudge reaches L on both ways, and the effects add up. That is why db is a sum over "
            "samples.",
        ),
        wrong(
            "Their product",
            "Products belong to links one after another. Ways side by side add up.",
        ),
        wrong(
            "Their mean",
            "Nothing is shared out: each way has its full effect. A mean appears only where the "
            "loss itself is one.",
        ),
    )


@lesson.question
class quiz_cache(Choice):
    """Why does the forward pass keep A_prev and Z of every layer?"""

    concepts = ("B3", "B5")
    hints = (
        "Look at the three lines of dense_backward: what do they need besides dZ?",
        "And the slope of tanh: at which place is it taken?",
    )
    options = (
        wrong(
            "So that the optimizer can undo a step",
            "The optimizer sees parameters and gradients only, never the cache.",
        ),
        wrong(
            "To show them in a picture later",
            "One may, but the backward pass needs them in any case.",
        ),
        wrong(
            "Because the weights change on the way back",
            "They must not: weights change after the backward pass. What is kept belongs to the "
            "slopes.",
        ),
        right(
            "Because the gradients are made of them: dW = A_prevᵀ dZ, and slopes are taken at Z",
            "Without the cache, each layer would have to be computed again on the way back.",
        ),
    )


@lesson.question
class quiz_cost(Choice):
    """A network has a million parameters. How much work is one backward pass?"""

    concepts = ("B8",)
    hints = (
        "How many matrix products has a dense layer forward, and how many backward?",
        "Does it need one walk for each parameter, or one for all?",
    )
    options = (
        right(
            "About as much as one or two forward passes",
            "Two matrix products a layer instead of one, whatever the number of parameters.",
        ),
        wrong(
            "About a million forward passes",
            "That is the price of one-sided differences, one pass for each parameter. Backward "
            "shares the work.",
        ),
        wrong(
            "Nearly nothing, since everything is in the cache",
            "The cache saves computing forward again, but the matrix products of the way back "
            "remain.",
        ),
        wrong(
            "About two million forward passes",
            "That is the price of two-sided differences, the judge. Nobody trains with the judge.",
        ),
    )


@lesson.question
class quiz_factor(Choice):
    """A gradient check gives relative error 1/3 in every array. What do you suspect?"""

    concepts = ("B7", "B11")
    hints = (
        "Put a = k·n into |a − n| / (|a| + |n|): what comes out for k = 2?",
        "|k − 1| / (k + 1) = 1/3 has two solutions for k.",
    )
    options = (
        wrong(
            "Rounding: ε is too small",
            "Rounding gives small, irregular errors and not the same large number everywhere.",
        ),
        wrong(
            "A sign is turned round",
            "Then a = −n, and the relative error is 1.",
        ),
        right(
            "A factor of 2, or of one half, for example from a squared error",
            "|2n − n| / (2|n| + |n|) = 1/3. The derivative of e² is 2e.",
        ),
        wrong(
            "A third of the parameters is wrong",
            "The error compares sizes of whole arrays; it does not count parameters.",
        ),
    )


@lesson.question
class quiz_kink(Choice):
    """Your network uses ReLU. The check fails for one single weight, by 0.2, and passes for 999.
    What do you suspect?
    """

    concepts = ("B7",)
    hints = (
        "What is special about ReLU at z = 0?",
        "Would a bug in a formula hit one weight of a thousand?",
    )
    options = (
        wrong(
            "One weight is a bug like a thousand: the backward pass is wrong.",
            "A wrong formula is wrong for whole arrays. One number points to something local.",
        ),
        wrong(
            "Make ε larger until it passes.",
            "A larger nudge crosses more kinks. Smaller helps, as far as rounding lets it.",
        ),
        wrong(
            "ReLU has no gradient, so it cannot be checked.",
            "It has one everywhere but at 0, and there any number from 0 to 1 will do.",
        ),
        right(
            "Perhaps a nudge crossed a kink: try a smaller ε or other samples.",
            "If the failure moves or goes away, the kink was the cause and not your formula.",
        ),
    )


@lesson.question
class quiz_optimizer(Choice):
    """Backpropagation and the optimizer: who does what?"""

    concepts = ("B8",)
    hints = (
        "One of the two knows the network, the other only sees arrays.",
        "Where did the learning rate stand in the training loop?",
    )
    options = (
        wrong(
            "Backpropagation changes the weights; the optimizer computes the gradient.",
            "The other way round: the backward pass computed gradients and changed nothing.",
        ),
        right(
            "Backpropagation computes the gradient; the optimizer uses it to change the weights.",
            "So every optimizer of lesson 4 works with the backward pass of this lesson.",
        ),
        wrong(
            "Both are names of the same thing, training.",
            "Training needs both, and each can be exchanged: Adam for SGD, measured slopes for "
            "backward.",
        ),
        wrong(
            "Backpropagation chooses the learning rate for the optimizer.",
            "The learning rate is a hyperparameter: you choose it.",
        ),
    )
