"""Questions of lesson 03: gradients by hand, by measuring, and by a backward pass of one's own."""

import itertools

import numpy as np

from lessons_lib import nn
from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    Goal,
    Lesson,
    Number,
    Outcome,
    Patient,
    Prediction,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.backprop import patients
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


def _disagreement_of_pass(case):
    """Return how a backward pass differs from the measured gradients, or an empty text."""
    y, X = np.asarray(case["y"], dtype=float), np.asarray(case["cache"][0][0], dtype=float)
    parameters = _as_double(case["parameters"])

    def loss(_):
        return cross_entropy(y, forward.solution(X, parameters)[0])

    return _first(
        _disagreement(f"d{letter}[{number}]", gradient, x, loss)
        for number, (pair, received) in enumerate(zip(parameters, case.received, strict=True), 1)
        for letter, x, gradient in zip("Wb", pair, received, strict=True)
    )


def _network(rng, units, m):
    """Return X of m samples and the parameters of a network."""
    X = rng.normal(size=(m, units[0]))
    shapes = itertools.pairwise(units)
    return X, [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in shapes]


def _one_pass(rng, units, m):
    """Return (y_pred, y, cache, parameters) of a network on m samples."""
    X, parameters = _network(rng, units, m)
    y = (rng.random((m, 1)) < 0.5).astype(float)
    y_pred, cache = forward.solution(X, parameters)
    return y_pred, y, cache, parameters


_NETWORKS = (([2, 3, 1], 5), ([3, 3, 3, 1], 4), ([1, 1], 1), ([2, 4, 2, 1], 7))


# --- from earlier lessons ---------------------------------------------------------------------


@lesson.question
class one_step(Number):
    """A weight is 0.5, the learning rate 0.1, and the slope of the loss for this weight is −4.
    Where is the weight after one step of gradient descent?
    """

    concepts = ("N8",)
    hints = (
        "The slope is negative: in which direction does the loss fall?",
        "A step is learning rate times gradient. It goes *against* the slope.",
    )
    takeaway = "This lesson finds the slope; what is done with it you have just done."

    def solution():
        return 0.5 - 0.1 * -4

    uphill = wrong(0.1, "This is a step along the slope, uphill. The loss falls to the other side.")
    forgot_rate = wrong(4.5, "The whole slope is too long a step: the learning rate shortens it.")
    both = wrong(-3.5, "Along the slope, and without the learning rate.")
    the_step = wrong(0.4, "This is how far the weight moves. Where was it before?")


@lesson.question
class layer_by_hand(Array):
    """One sample, x = (2, 1), goes through a ReLU layer of two units, `relu(x @ W + b)`, with
    `W = [[1, -2], [3, 1]]` and `b = [-1, 1]`. What do the two units put out? Give a list of two
    numbers.
    """

    concepts = ("A3",)
    hints = (
        "Unit 1 has the first *column* of W as its weights: 2 times the upper number plus 1 times "
        "the lower one.",
        "The bias comes next, and what is below 0 then becomes 0.",
    )
    takeaway = "Four such products and a max: the whole of a layer on the way forward."

    def solution():
        return np.maximum(np.array([2, 1]) @ np.array([[1, -2], [3, 1]]) + [-1, 1], 0)

    forgot_relu = wrong(np.array([4, -2]), "These are the sums. ReLU makes 0 of what is below 0.")
    forgot_bias = wrong(np.array([5, 0]), "The bias is missing: unit 1 has −1 on top of its sum.")
    rows_for_columns = wrong(
        np.array([0, 8]),
        "You went along the rows of W. The weights of a unit stand in its column.",
    )
    bias_after = wrong(
        np.array([4, 1]), "You added the bias after ReLU. It belongs to the sum, inside of it."
    )


@lesson.question
class slope_from_output(Number):
    """A sigmoid unit puts out 0.9. How steep is the sigmoid at that place? You need no z for it."""

    concepts = ("A2",)
    hints = (
        "Which derivative of the sigmoid in lesson 2 is written with the sigmoid's own value?",
        "It is the output, times what the output lacks to 1.",
    )
    takeaway = "What went forward is enough for the way back. This lesson keeps it for that."

    def solution():
        return 0.9 * (1 - 0.9)

    steepest = wrong(0.25, "That steep it is where it puts out 0.5. At 0.9 it is flatter.")
    of_tanh = wrong(0.19, "This is 1 − a², the slope of tanh.")
    rest = wrong(0.1, "This is 1 − a. One factor is missing.")
    squared = wrong(0.81, "This is a². The second factor is what a lacks to 1.")


@lesson.question
class first_gradient(Number):
    """A unit without an activation: L = (w·x + b − y)², with w = 2, x = 3, b = 1 and y = 2.
    How large is dL/dw?
    """

    concepts = ("B4",)
    hints = (
        "Walk forward first: what is w·x + b − y?",
        "Call that e. Then L = e², and dL/de = 2e. How fast does e change when w does?",
    )
    takeaway = "If w grows by 0.01, L grows by about 0.3. That is all a gradient says."

    def solution():
        e = 2 * 3 + 1 - 2
        return 2 * e * 3

    forgot_input = wrong(
        10, "This is dL/de. One link is missing: e changes by x = 3 when w changes by 1."
    )
    forgot_two = wrong(15, "The 2 is missing: the derivative of e² is 2e.")
    used_weight = wrong(20, "The last link is x and not w: when w changes by 1, w·x changes by x.")
    forgot_error = wrong(6, "The slope of e² is 2e, and not 2: what is e here?")
    the_loss = wrong(25, "This is L itself; the question is how fast it changes.")
    turned_round = wrong(-30, "The sign is turned round: e = w·x + b − y, so it grows when w does.")


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
class count_paths(Number):
    """A larger network: 2 inputs, three hidden layers of 10 units each, and one output. By how
    many paths does the blame come from the loss to one weight of the **first** layer?
    """

    concepts = ("B4",)
    hints = (
        "Begin at the weight: it leads into one unit of the first hidden layer, and no other.",
        "From that unit a path goes on through any unit of the second hidden layer, and from there "
        "through any of the third. Then only the output is left.",
    )
    takeaway = (
        "With ten such layers it would be 10⁹ paths. Nobody walks them one by one: a gradient that "
        "has come to a node is used for all that lies before it, so each line is passed only once."
    )

    def solution():
        return 10 * 10

    one = wrong(1, "So it is with one hidden layer. Here two more lie between the weight and L.")
    first_layer_too = wrong(
        1000, "The weight leads into **one** unit of the first hidden layer; only in the second "
        "and in the third a path can choose."
    )  # fmt: skip
    added = wrong(20, "Each of 10 units of one layer can be followed by each of 10 units: times.")
    all_added = wrong(
        30, "Layers one after another: their choices multiply, and the first has one."
    )


@lesson.question
class product_node(Function):
    """Write `product_node(a, b)` for two numbers. Return three: the product, how fast it grows
    with `a`, and how fast with `b`.
    """

    concepts = ("B4",)
    parts = ("value", "slope_a", "slope_b")
    hints = (
        "It is the first slide of this lesson: p = w · x, and p grows x times as much as w.",
        "Try numbers: from 2 · 5 to 2.01 · 5 the product grows by 0.05, five times the nudge of a.",
    )
    takeaway = "A node knows no more than this: its value, and a slope for each of its parts."

    def solution(a, b):
        return a * b, b, a

    def starter(a, b):
        value = ...
        slope_a = ...
        slope_b = ...
        return value, slope_a, slope_b

    def inputs(rng):
        for _ in range(3):
            yield tuple(float(x) for x in rng.normal(size=2))
        yield 0.0, 3.0
        yield -2.0, 0.5

    own_values = wrong(
        lambda a, b: (a * b, a, b),
        "The slopes are turned round: with `a` it grows `b` times as fast.",
    )
    as_a_sum = wrong(
        lambda a, b: (a * b, 1.0, 1.0), "Slopes of 1 belong to a sum. A product grows `b` times as "
        "fast as `a` does.",
    )  # fmt: skip
    the_product = wrong(
        lambda a, b: (a * b, a * b, a * b), "These are the product itself. Asked is by how much it "
        "grows where one of the two grows by 1, and the other stays.",
    )  # fmt: skip
    sum_of_both = wrong(
        lambda a, b: (a + b, b, a), "The slopes are right; the value is a sum and not a product."
    )


def _small_graphs(rng):
    """Yield (order, graph): a chain, two paths, a short beside a long one, and one at random."""
    yield list("bweL"), {"L": [("e", 2.0)], "e": [("w", 3.0), ("b", 1.0)], "w": [], "b": []}
    square = {"s": [("u", 2.0), ("u", 2.0)], "t": [("u", 3.0)], "u": []}
    yield list("ustL"), {"L": [("s", 1.0), ("t", 1.0)]} | square
    short = {"L": [("m", 2.0), ("p", -1.0)], "m": [("x", 0.5)], "p": [("m", 4.0)], "x": []}
    yield list("xmpL"), short
    names = list("xwpqsL")
    graph = {"x": [], "w": []}
    for at, node in enumerate(names[2:], 2):
        earlier = rng.choice(names[:at], size=2)
        graph[node] = [(str(part), float(np.round(rng.normal(), 2))) for part in earlier]
    yield names, {str(node): graph[node] for node in rng.permutation(names)}


@lesson.question
class in_order(Function):
    """Write `in_order(graph)`. Under the name of each node, `graph` holds the list of what it was
    made of, as pairs `(part, slope)`; for a number that was given it is empty. Return a list of
    all names in which each node stands **after** all of its parts.
    """

    concepts = ("B4",)
    single_precision = False
    hints = (
        "Which nodes may come first? Those without parts. And then? Those whose parts are all "
        "there already.",
        "In each round look at every node: is it missing in `order`, and is each of its parts in "
        "it? `all(... for part, slope in parts)` asks this of all parts at once.",
        "A node without parts needs no rule of its own: `all` of nothing is True.",
    )
    takeaway = (
        "Forward goes through this order from its beginning, and back from its end: so no gradient "
        "is handed on before all of it has come in."
    )

    def solution(graph):
        order = []
        for _ in graph:
            for node, parts in graph.items():
                if node not in order and all(part in order for part, slope in parts):
                    order.append(node)
        return order

    def starter(graph):
        order = []
        for _ in graph:  # each round finds one more at least
            for node, parts in graph.items():
                ...
        return order

    def inputs(rng):
        for _, graph in _small_graphs(rng):
            yield (graph,)

    def accept(case):
        order, graph = case.received, case["graph"]
        missing = [node for node in graph if node not in order]
        early = [
            (node, part)
            for node in order
            for part, _ in graph[node]
            if part in order and order.index(part) > order.index(node)
        ]
        if missing:
            return f"`{missing[0]}` is missing."
        if early:
            return f"`{early[0][0]}` stands before its part `{early[0][1]}`."
        return ""

    as_written = wrong(
        lambda graph: list(graph),
        "This is the order in which the graph was written down. Nobody has sorted it yet.",
    )
    backwards = wrong(
        lambda graph: list(graph)[::-1],
        "The graph is only turned round. That goes well for a chain; but where a node is reached "
        "by a short path and by a long one, it stands before one of its parts.",
    )
    by_number = wrong(
        lambda graph: sorted(graph, key=lambda node: len(graph[node])),
        "The number of parts says nothing: a node with two parts can be a part of one with one.",
    )
    by_name = wrong(sorted, "The alphabet knows nothing of what a node was made of.")

    @wrong(why="All are sorted, but the other way round: each node stands *before* its parts.")
    def turned_round(graph):
        order = []
        for _ in graph:
            for node, parts in graph.items():
                if node not in order and all(part in order for part, slope in parts):
                    order.append(node)
        return order[::-1]


@lesson.question
class walk_back(Function):
    """Write `walk_back(order, graph)`. `graph` is as before, and in `order` each node stands after
    its parts, the loss last. Return a dict with the gradient of every node: how fast the
    loss grows with it.
    """

    concepts = ("B4",)
    single_precision = False
    hints = (
        "The loss grows as fast as itself: where does the walk begin, and with which number?",
        "Along a path slopes multiply: what comes to a part is the gradient of its node, times "
        "the slope.",
        "By how many paths a part is reached does not matter, if each of them adds its own: `+=`.",
    )
    takeaway = (
        "This is backpropagation, for any computation that is made of nodes. With matrices it is "
        "the same walk, many nodes at a time."
    )

    def solution(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] += gradients[node] * slope
        return gradients

    def starter(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = ...
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] = ...
        return gradients

    def inputs(rng):
        yield from _small_graphs(rng)

    @wrong(
        why="Where two paths come to one node, the second has overwritten the first. Gradients "
        "are **added**: `+=`."
    )
    def overwritten(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] = gradients[node] * slope
        return gradients

    @wrong(
        why="This walk goes forward, so a node hands its gradient on before it has come. Begin at "
        "the loss: `reversed(order)`."
    )
    def forwards(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in order:
            for part, slope in graph[node]:
                gradients[part] += gradients[node] * slope
        return gradients

    @wrong(
        why="The walk follows the graph as it was written down. A node can be reached by a second "
        "path later, and then it has handed on too little: walk through `order`, from its end."
    )
    def as_written(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in graph:
            for part, slope in graph[node]:
                gradients[part] += gradients[node] * slope
        return gradients

    @wrong(why="All gradients are 0. The walk begins with dL/dL, and that is 1.")
    def began_with_0(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] += gradients[node] * slope
        return gradients

    @wrong(why="The slopes are added up, but never multiplied by the gradient that comes back.")
    def only_slopes(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] += slope
        return gradients

    @wrong(why="The gradient of a node goes on to its parts without the slope of that step.")
    def forgot_slope(order, graph):
        gradients = dict.fromkeys(order, 0.0)
        gradients[order[-1]] = 1.0
        for node in reversed(order):
            for part, slope in graph[node]:
                gradients[part] += gradients[node]
        return gradients


@lesson.question
class layer_shapes(Function):
    """Write down the shapes in one layer before you write its code. `m` samples come in as rows,
    with `n_prev` numbers each; the layer has `n` units. Return a dict from each name to its shape,
    a tuple. `b` and `db` have one axis.
    """

    concepts = ("B2",)
    hints = (
        "Samples are rows everywhere: what has a row for each sample, has m rows.",
        "A gradient has the shape of what it is the gradient of: so half of the answers follow "
        "from the other half.",
        "Z = A_prev @ W + b: inner lengths must meet, outer ones remain.",
    )
    takeaway = "No parameter has m in its shape, and no gradient of one: m is summed away."

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
    takeaway = (
        "Predicting can forget each A once the next one is there. Training must keep them all, so "
        "it needs more memory."
    )

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
        for units, m in _NETWORKS:
            yield _network(rng, units, m)

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
    takeaway = "One line that knows nothing of derivatives: the judge of all that follows."

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
        "Twice as steep as it is: from x − ε to x + ε it is 2ε.",
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
        "There is a factor ŷ(1 − ŷ) too many. It would be right for half the squared error; in the "
        "cross-entropy it cancels.",
    )
    summed = wrong(
        lambda y_pred, y: np.mean(y_pred - y),
        "The m errors were averaged into one number. Each sample's Z has a slope of its own: shape "
        "(m, 1).",
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
    takeaway = "Three lines, the same ones for every dense layer, however large it is."

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
        for units, m in _NETWORKS:
            yield _one_pass(rng, units, m)

    def accept(case):
        return _disagreement_of_pass(case)

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
        "How many of their 16 digits do f(x + ε) and f(x − ε) share?",
        "Two things are inexact: the chord is not the tangent, and numbers are rounded. Which of "
        "them does a smaller ε help?",
    )
    takeaway = (
        "Truncation falls with ε: like ε² two-sided, like ε one-sided. Rounding rises like 1/ε. In "
        "float64 the two-sided error is smallest near ε = 10⁻⁵, so `nn.numerical_gradient` takes "
        "that. One-sided it is smallest near 10⁻⁸, and hundreds of times larger."
    )
    options = (
        wrong(
            "It becomes about 10¹⁶ times smaller: the error falls like ε².",
            "That is the error of the formula, and it does fall like ε². But the two values are "
            "rounded to 16 digits, and that error is divided by 2ε.",
        ),
        wrong(
            "It stays about the same: ten digits are good enough already.",
            "Rounding does not stay the same: it is divided by 2ε, a hundred million times "
            "smaller now.",
        ),
        right(
            "It becomes much larger: only a few digits are right.",
            "Two nearly equal numbers are subtracted, so the digits that they share are lost, and "
            "what is left, mostly rounding, is divided by 2ε.",
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


@lesson.question
class safe_epsilon(Function):
    """A ReLU unit sees m samples, with z = w·x + b for each: `z` and `x` are arrays of shape (m,),
    and no number in `x` is 0. Nudging w by ε moves each z by ε·x, up or down. Write
    `safe_epsilon(z, x)`: the largest ε for which no z is carried across the kink at 0.
    """

    concepts = ("B7",)
    hints = (
        "Take one sample first: z = −0.6 and x = 2. How far is z from the kink, and how far does a "
        "nudge of ε carry it?",
        "Each sample allows an ε of its own. Which of them decides for the batch?",
    )
    takeaway = (
        "The more samples and units, the nearer is the nearest kink: check a few rows only. A z "
        "that is exactly 0 has no safe ε."
    )

    def solution(z, x):
        return np.min(np.abs(z) / np.abs(x))

    def starter(z, x):
        return ...

    def inputs(rng):
        for m in (5, 1, 8, 3):
            yield rng.normal(size=m), rng.normal(size=m)
        yield np.array([-0.6, 3.0, 0.9]), np.array([2.0, -0.5, -4.0])

    forgot_input = wrong(
        lambda z, x: np.min(np.abs(z)),
        "This is the smallest distance from the kink. But a nudge of ε moves z by ε·x, so where x "
        "is large the kink is reached sooner.",
    )
    forgot_sides = wrong(
        lambda z, x: np.min(z / x),
        "Distances have no sign: z may lie left of the kink, x may be negative, and the nudge goes "
        "to both sides.",
    )
    largest = wrong(
        lambda z, x: np.max(np.abs(z) / np.abs(x)),
        "For this ε one sample is still on its side; all others have crossed their kink.",
    )
    average = wrong(
        lambda z, x: np.mean(np.abs(z) / np.abs(x)),
        "On average is not enough: each sample that crosses its kink spoils the measured slope.",
    )
    too_careful = wrong(
        lambda z, x: np.min(np.abs(z)) / np.max(np.abs(x)),
        "No kink is crossed, but this is not the largest such ε: the sample nearest to its kink "
        "and the sample with the largest x need not be the same one.",
    )
    multiplied = wrong(
        lambda z, x: np.min(np.abs(z) * np.abs(x)),
        "A larger x carries z further, so it allows a smaller ε: divide by it.",
    )


@lesson.question
class bug_of_room(Array):
    """Which bug stands in which room? Give a list of eight numbers, so that `bug_of_room[3]`
    belongs to room 3; it begins with a 0 for the entrance. One of the eight bugs in the list above
    is in no room.
    """

    concepts = ("B11",)
    hints = (
        "First sort the rooms by which arrays are wrong: all, the biases only, or the first layers "
        "only. Which bugs can do that?",
        "A bug on the step from layer 3 to layer 2 spoils layers 2 and 1; a bug on the step from "
        "layer 2 to layer 1 spoils layer 1 only.",
        "Then the factor: the number of samples, its reciprocal, −1, or none.",
        "Two rooms spoil layers 1 and 2. In one of them backward's gradients are far too large, in "
        "the other they lie near the diagonal. What becomes of a product if a "
        "factor below 1 is forgotten? And if a weight has moved by one step?",
    )
    takeaway = (
        "Room 1: `dZ3 = y_pred - y` lacks its `/ len(y)`. Room 2: `dZ1 = (dZ2 @ W2) * …` needs "
        "`W2.T`; W[2] is square, so the shapes did not complain. Room 3: `dZ3 = (y - y_pred) / "
        "len(y)`, so training would climb. Room 4: `dZ.mean(axis=0)` should be a sum. Room 5: "
        "`dZ2 = dZ3 @ W3.T` lacks `1 - A2**2`, and `dZ1` lacks `1 - A1**2`. Room 6: `W3` was "
        "updated above the line that goes back through it. Room 7: `(y_pred - y) * y_pred * "
        "(1 - y_pred)` belongs to half the squared error; with cross-entropy ŷ(1 − ŷ) cancels."
    )

    def solution():
        return np.array([0, 4, 6, 7, 2, 8, 3, 1])

    five_for_six = wrong(
        np.array([0, 4, 6, 7, 2, 3, 8, 1]),
        "Rooms 5 and 6 are the other way round. Slopes of tanh are below 1, so without them the "
        "gradients are much too large; a weight that was updated too early is nearly the weight "
        "that it should be.",
    )
    one_for_seven = wrong(
        np.array([0, 1, 6, 7, 2, 8, 3, 4]),
        "Rooms 1 and 7 are the other way round. A forgotten division by m makes one factor, 12, "
        "for all arrays; the slope ŷ(1 − ŷ) is another number for each sample.",
    )
    two_for_five = wrong(
        np.array([0, 4, 8, 7, 2, 6, 3, 1]),
        "Rooms 2 and 5 are the other way round. A forgotten slope of tanh spoils layer 2 as well; "
        "in room 2, layer 2 is right.",
    )
    four_of_the_weights = wrong(
        np.array([0, 4, 6, 7, 5, 8, 3, 1]),
        "In room 4 the weights' gradients are right: look at which arrays are wrong.",
    )
    one_for_three = wrong(
        np.array([0, 7, 6, 4, 2, 8, 3, 1]),
        "Rooms 1 and 3 are the other way round: look at the factors. Which one is negative?",
    )


def _partly_repaired(*, slope=True, transpose=True, total=True):
    """Return a backward pass of three layers in which each bug is mended that is True."""

    def attempt(y_pred, y, cache, parameters):
        (X, _), (A1, _), (A2, _) = cache
        (_, _), (W2, _), (W3, _) = parameters
        dZ3 = (y_pred - y) / len(y)
        dZ2 = (dZ3 @ W3.T) * (1 - (A2 if slope else A1) ** 2)
        dZ1 = (dZ2 @ (W2.T if transpose else W2)) * (1 - A1**2)
        added = np.sum if total else np.mean
        return [(A.T @ dZ, added(dZ, axis=0)) for A, dZ in [(X, dZ1), (A1, dZ2), (A2, dZ3)]]

    return attempt


@lesson.question
class repaired(Function):
    """Repair this backward pass of a network with three layers. There are three bugs in it,
    and none raises an error as long as the input and both hidden layers have the same width.
    `check_backward(forward_pass, repaired, *museum_data())` shows which arrays are wrong; mend the
    one nearest to the loss first, and look again.
    """

    concepts = ("B11", "B5")
    hints = (
        "All biases are wrong, those of layer 3 too, while W[3] is right. So dZ3 is right. How is "
        "db made of it?",
        "Then layer 2. The way from Z of layer 3 to Z of layer 2 leads through tanh of layer 2, "
        "whose output is A2.",
        "Then layer 1. Write down the shapes on the step from dZ2 to dZ1 as if all lengths "
        "differed.",
    )
    takeaway = "From the loss backwards: the first array that is wrong tells where the bug sits."

    def solution(y_pred, y, cache, parameters):
        (X, _), (A1, _), (A2, _) = cache
        (_, _), (W2, _), (W3, _) = parameters
        dZ3 = (y_pred - y) / len(y)
        dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
        dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
        pairs = [(X, dZ1), (A1, dZ2), (A2, dZ3)]
        return [(A.T @ dZ, dZ.sum(axis=0)) for A, dZ in pairs]

    def starter(y_pred, y, cache, parameters):
        (X, _), (A1, _), (A2, _) = cache
        (_, _), (W2, _), (W3, _) = parameters
        dZ3 = (y_pred - y) / len(y)
        dZ2 = (dZ3 @ W3.T) * (1 - A1**2)
        dZ1 = (dZ2 @ W2) * (1 - A1**2)
        pairs = [(X, dZ1), (A1, dZ2), (A2, dZ3)]
        return [(A.T @ dZ, dZ.mean(axis=0)) for A, dZ in pairs]

    def inputs(rng):
        for units, m in (([3, 3, 3, 1], 6), ([4, 4, 4, 1], 9), ([2, 2, 2, 1], 4)):
            yield _one_pass(rng, units, m)

    def accept(case):
        return _disagreement_of_pass(case)

    biases_only = wrong(
        _partly_repaired(slope=False, transpose=False),
        "The biases are right now, and layer 3 is. On the way to layer 2 and 1 two bugs remain.",
    )
    transpose_left = wrong(
        _partly_repaired(transpose=False),
        "Layers 3 and 2 are right now, layer 1 is not. W[2] is square, so that its shape fits "
        "both ways round; which one leads back?",
    )
    slope_left = wrong(
        _partly_repaired(slope=False),
        "Layer 3 is right, layer 2 is not: the slope of tanh is taken at another layer's "
        "output. What goes from layer 3 to layer 2 passes through tanh of layer 2.",
    )
    mean_left = wrong(
        _partly_repaired(total=False),
        "All weights are right, all biases too small by the same factor, the number of "
        "samples. The mean is in dZ already.",
    )


@lesson.question
class is_parameter(Array):
    """Which of these are parameters? Give a list of eight numbers, 1 for a parameter and 0 for a
    hyperparameter, in this order: learning rate; weights of the first layer; number of hidden
    units; bias of the output unit; batch size; the small slope of leaky ReLU, left of 0; the slopes
    of the pieces of a Maxout unit; number of epochs. (For two of them, think of lesson 2.)
    """

    concepts = ("B10",)
    hints = (
        "A parameter is changed by the optimizer, with the help of its gradient.",
        "For which of the eight does the backward pass return an array?",
    )
    takeaway = (
        "Backward gives parameters their gradients. All else you choose; lesson 7 is about that."
    )

    def solution():
        return np.array([0, 1, 0, 1, 0, 0, 1, 0])

    turned_round = wrong(
        np.array([1, 0, 1, 0, 1, 1, 0, 1]),
        "The other way round: 1 stands for what training finds, 0 for what you choose.",
    )
    weights_only = wrong(
        np.array([0, 1, 0, 0, 0, 0, 0, 0]),
        "Weights are not all that is learned: what does backward return beside dW? And what does a "
        "Maxout unit learn?",
    )
    all_numbers = wrong(
        np.ones(8),
        "Not each number is a parameter: no gradient changes the learning rate, the batch size, "
        "the number of units or of epochs.",
    )
    with_rate = wrong(
        np.array([1, 1, 0, 1, 0, 0, 1, 0]),
        "The learning rate says how far the parameters move; you choose it, and no gradient "
        "of it is computed.",
    )
    with_leak = wrong(
        np.array([0, 1, 0, 1, 0, 1, 1, 0]),
        "The slope of leaky ReLU was chosen before training, and training leaves it as it is.",
    )
    without_maxout = wrong(
        np.array([0, 1, 0, 1, 0, 0, 0, 0]),
        "Maxout learns its shape: the slopes of its pieces are weights like others.",
    )


# --- the clinic -------------------------------------------------------------------------------


def _kinds_of_units(run):
    """Return how many hidden units differ, of which a mirrored one is no other, and none is 0."""
    chain = run.runner.chain()
    found = []
    for unit in chain.kernels[0].T[chain.on[0]]:
        size = np.abs(unit).max(initial=0)
        near = (np.abs(unit - s * other).max() < 0.05 * size for other in found for s in (1, -1))
        if size > 1e-3 and not any(near):
            found.append(unit)
    return len(found)


def _sets(updates, *edges, **knobs):
    """Return what sets weights and knobs of a panel, and plays."""

    def steer(panel):
        for edge in edges:
            panel.trainer.edge = edge
        steers(updates, **knobs)(panel)

    return steer


@lesson.question
class patient_3(Patient):
    """Two rings, six tanh units, and a loss that has stood at 0.69 for 400 updates: that of a coin.
    The gradient of the first layer is 0, to the last digit. Bring the validation loss of
    `case_3` below 0.25 within 1,500 updates. Knobs may be turned, units pressed, and each line
    of the drawing may be dragged up or down. "Reset" begins anew, with a whole budget.
    """

    concepts = ("A10", "B5")
    diagnosis = "a zero start"
    budget = patients.BUDGET
    goals = (Goal("val_loss", below=0.25),)
    hints = (
        "Point at some lines of the drawing: how large are the weights? Then take one of the first "
        "layer and go back from the loss to it: which factors do you meet?",
        "dW of the last layer needs what the units put out, dW of the first layer needs the last "
        "layer's weights. Which of them can you make other than 0, with your own hand?",
        "Two units with equal weights stay equal, and a ring needs at least three different ones. "
        "So drag lines of at least three units, each to another height.",
    )
    takeaway = (
        "With W = 0 in both layers every path of the blame has a 0 in it, and only the output's "
        "bias learns. That is why weights begin at random: not to be good, but to differ."
    )

    def start():
        return patients.patient_3()

    def solution(case_3):
        for unit, weight in enumerate((0.9, 0.6, -0.3, 1.2, -0.5, 0.4), start=1):
            case_3.trainer.edge = (1, 1 + unit % 2, unit, weight)
        case_3.step(1_000)

    turned_nothing = wrong(
        lambda panel: panel.step(600),
        "What is 0 stays 0. Waiting is no help, however long.",
    )
    larger_steps = wrong(
        _sets(300, learning_rate=3.0),
        "You made the steps longer, or formed them otherwise. A step is made of the gradient, and "
        "here that is 0, whatever you multiply it with.",
        when=lambda run: run.turned_in_vain("learning_rate", "optimizer", "batch_size"),
    )
    more_zeros = wrong(
        _sets(300, width=3),
        "Units that leave or join change nothing here: a unit joins with the weights that it was "
        "drawn with, and these are 0 as well.",
        when=lambda run: run.turned_in_vain("width") and not _kinds_of_units(run),
    )
    all_alike = wrong(
        _sets(800, activation="sigmoid", optimizer="Adam", learning_rate=0.03),
        "Something moves now, but as one: the hidden units that are awake are copies of one unit, "
        "or its mirror image, and get the same gradient for ever. Each needs a weight that no "
        "other one has.",
        when=lambda run: not run.reached and _kinds_of_units(run) == 1,
    )
    too_few = wrong(
        _sets(600, (1, 1, 1, 1.0), (1, 2, 2, 0.6)),
        "You woke two units. Two can cut a strip out of the plane, and a ring is closed on all "
        "sides: wake more of them, each with other weights.",
        when=lambda run: not run.reached and run.updates >= 100 and _kinds_of_units(run) == 2,
    )
    dead = wrong(
        "dead ReLUs",
        "These are tanh units, and at 0 tanh is as steep as it can be. A dead ReLU has weights, "
        "but no slope.",
    )
    saturated = wrong(
        "saturated sigmoids",
        "A saturated unit stands at one of its ends, where it is flat. These stand at 0, in the "
        "middle, where tanh is steepest.",
    )
    too_small = wrong(
        "too small a network",
        "Its six units are enough, as you have seen. At the start not one of them did anything.",
    )


@lesson.question
class patient_4(Patient):
    """The same rings, six sigmoid units, and again 400 updates at a loss of about 0.7. The units
    cut the plane in two with hard edges, and the gradient of the first layer is tiny, though
    not 0. Bring the validation loss of `case_4` below 0.2 within 1,500 updates. "Reset"
    begins anew, with a whole budget; "New start" draws other weights by the same rule.
    """

    concepts = ("A8", "A10")
    diagnosis = "saturated sigmoids"
    budget = patients.BUDGET
    goals = (Goal("val_loss", below=0.2),)
    hints = (
        "Point at the thickest line. A sigmoid of a sum of 100 is flat: what is the slope there, "
        "and what becomes of everything that goes back through it?",
        "Either the sums have to become smaller, or something else has to stand in the place of "
        "the sigmoid, or the steps must not depend on how large the gradient is.",
        "l2 takes a part of each weight in every update, whatever the gradient says. Turn it up "
        "until the edges of the units become soft, and then take it away in time.",
    )
    takeaway = (
        "Where a unit is flat, no blame comes through. With first weights of the size that Glorot "
        "gives, the sums stay where the sigmoid has a slope."
    )

    def start():
        return patients.patient_4()

    def solution(case_4):
        case_4.trainer.l2 = 0.01
        case_4.step(120)
        case_4.trainer.l2 = 0.0
        case_4.step(1_000)

    turned_nothing = wrong(
        lambda panel: panel.step(400),
        "A gradient that is nearly 0 needs nearly for ever. What would make it larger?",
    )
    larger_steps = wrong(
        _sets(400, learning_rate=10.0),
        "Only the learning rate was turned. The last layer, whose gradient is not small, now leaps "
        "about, and the first one still hardly moves: one rate cannot suit both.",
        when=lambda run: run.turned_in_vain("learning_rate"),
    )
    still_pressed = wrong(
        _sets(900, l2=0.01),
        "The pressure of l2 is still on, and it presses on the weights that are needed as well. It "
        "has done its work as soon as the edges are soft: take it away then.",
        when=lambda run: (
            not run.reached and run.updates >= 500 and run.value("l2", run.updates) > 0.0005
        ),
    )
    pressed_flat = wrong(
        lambda panel: (_sets(500, l2=0.03)(panel), _sets(100, l2=0.0)(panel)),
        "You took the pressure away too late. All weights are nearly 0 by now, and stay "
        "there. Begin anew, and let go of l2 earlier.",
        when=lambda run: (
            not run.reached
            and bool(run.turned("l2"))
            and np.abs(run.runner.chain().kernels[0]).max() < 0.1
        ),
    )
    other_ends = wrong(
        _sets(400, activation="tanh"),
        "tanh is flat at its ends too, and with such weights every unit stands at an end.",
        when=lambda run: run.turned_in_vain("activation") and run.knobs["activation"] == "tanh",
    )
    zero = wrong(
        "a zero start",
        "Its weights are anything but 0: they are far too large. With weights of 0 all units would "
        "show the same map, and these show six.",
    )
    dead = wrong(
        "dead ReLUs",
        "There was no ReLU in it. What the two have in common is the flat place, where no gradient "
        "comes through.",
    )
    too_small = wrong("too small a network", "Six units are enough, once they have slopes again.")
    rate = wrong(
        "too large a learning rate",
        "Smaller steps would have made it slower still. What was far too large is the weights.",
    )


# --- quiz -------------------------------------------------------------------------------------


@lesson.question
class quiz_fork(Number):
    """A value u = 4 goes into two nodes, p = u² and q = 5u, and both go into L = p·q. How large is
    dL/du? Walk through the graph.
    """

    concepts = ("B4",)
    hints = (
        "Forward first: p, q and L. Then back through the product: dL/dp is q. And dL/dq?",
        "u reaches L by two paths. Follow each of them back, and then put the two gradients "
        "together.",
    )
    takeaway = "Along a path slopes multiply; where paths part, what comes back is added."

    def solution():
        u = 4
        p, q = u**2, 5 * u
        by_p, by_q = q * 2 * u, p * 5
        return by_p + by_q

    one_path = wrong(160, "This is what comes back by p. A nudge of u is felt in q, too.")
    other_path = wrong(80, "This is what comes back by q. A nudge of u is felt in p, too.")
    multiplied = wrong(
        12_800, "You multiplied the two paths. Slopes multiply along a path; paths add up."
    )
    averaged = wrong(120, "Each path has its full effect: their gradients are added, not averaged.")
    local_slopes = wrong(
        13, "These are the slopes of p and q alone. What comes back to p is q, and to q it is p."
    )
    own_values = wrong(228, "Turned round at the product: for L = p·q, dL/dp is q, and dL/dq is p.")
    the_loss = wrong(320, "This is L itself; the question is how fast it changes with u.")


@lesson.question
class quiz_cache(Number):
    """How many numbers does the cache of your `forward` hold for one batch of 64 tumours in the
    network 30-16-8-1? (A_prev and Z of each layer; count an array once for each time it is kept.)
    """

    concepts = ("B3", "B5")
    hints = (
        "Three layers, two arrays for each. Which shapes do they have?",
        "Each of the six arrays has a row for each sample. How many numbers stand in a row of all "
        "six together?",
    )
    takeaway = (
        "The network itself has only 641 numbers. The cache grows with the batch, the parameters "
        "do not: it is the cache that fills the memory when a batch is too large."
    )

    def solution():
        columns = 30 + 16 + 16 + 8 + 8 + 1
        return 64 * columns

    one_sample = wrong(79, "This is one sample's row. There are 64 rows.")
    inputs_only = wrong(3456, "This is A_prev of each layer. Z is kept as well.")
    sums_only = wrong(1600, "This is Z of each layer. A_prev is kept as well.")
    the_parameters = wrong(641, "This is the number of parameters; the cache holds A_prev and Z.")


@lesson.question
class quiz_cost(Number):
    """A network has 50,000 parameters. One forward pass takes 2 ms, one backward pass 4 ms. How
    many times as long as one forward and one backward pass does it take to measure the whole
    gradient, two-sided? A rounded answer will do.
    """

    concepts = ("B8",)
    rtol = 0.01
    hints = (
        "How many forward passes does the two-sided difference need for one parameter?",
        "Measuring needs no backward pass. How many milliseconds is that altogether?",
        "Backpropagation needs both passes, once each. Divide.",
    )
    takeaway = "More than three minutes against 6 ms. Nobody trains with the judge."

    def solution():
        measuring = 2 * 50_000 * 2
        return measuring / (2 + 4)

    one_sided = wrong(
        16667, "This is the one-sided difference, with one nudge for each parameter instead of two."
    )
    passes = wrong(
        100_000, "This is the number of forward passes; the question is how many times as long."
    )
    milliseconds = wrong(
        200_000, "These are milliseconds. Compare them with the 6 ms of both passes."
    )
    without_forward = wrong(
        50_000, "Compared with backward alone. It needs the cache, so a forward pass comes first."
    )


@lesson.question
class quiz_factor(Number):
    """A gradient check gives the relative error 0.6 in every array, and all dots lie on one rising
    line, steeper than the diagonal. So each gradient from backward is k times the measured one. How
    large is k?
    """

    concepts = ("B7", "B11")
    rtol = 0.01
    hints = (
        "Put g = k·ĝ into the formula of the relative error; ‖ĝ‖ cancels.",
        "(k − 1) / (k + 1) is to be 0.6. Solve for k.",
    )
    takeaway = (
        "Perhaps four samples, and a forgotten mean? One factor for all arrays narrows it down."
    )

    def solution():
        error = 0.6
        return (1 + error) / (1 - error)

    too_small = wrong(
        0.25,
        "The relative error would be 0.6 as well, but the line would be flatter than the diagonal.",
    )
    added = wrong(1.6, "This is relative to ĝ alone. The formula divides by ‖g‖ + ‖ĝ‖.")
    one_over = wrong(2.5, "This is relative to g alone. The formula divides by ‖g‖ + ‖ĝ‖.")
    negative = wrong(-4, "A negative factor makes a falling line, and a relative error of 1.")


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
