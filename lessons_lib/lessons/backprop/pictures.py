"""Pictures of backpropagation: a graph number by number, shapes, and gradients that are judged."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from lessons_lib.plots import (
    BLUE,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    PALETTE,
    PAPER,
    VERMILLION,
    Pen,
    Picture,
    Place,
    network_graph,
)

# The operations of one neuron and its loss, left to right: name, symbol, place.
_OPERATIONS = {
    "p": ("×", (1.9, 0.0)),
    "z": ("+", (3.9, 0.0)),
    "a": ("σ", (5.9, 0.0)),
    "e": ("−", (7.9, 0.0)),
    "L": ("( )²", (9.9, 0.0)),
}
_INPUTS = {"w": (0.0, 0.85), "x": (0.0, -0.85), "b": (3.9, -1.35), "y": (7.9, -1.35)}
# Where each quantity flows to, and where its value and its gradient are written.
_EDGES = {
    "w": ("p", (0.42, 1.08), (0.78, 0.78)),
    "x": ("p", (0.78, -0.76), (0.42, -1.08)),
    "p": ("z", (2.9, 0.3), (2.9, -0.3)),
    "b": ("z", (4.05, -0.55), (4.05, -0.9)),
    "z": ("a", (4.9, 0.3), (4.9, -0.3)),
    "a": ("e", (6.9, 0.3), (6.9, -0.3)),
    "y": ("e", (8.05, -0.55), (8.05, -0.9)),
    "e": ("L", (8.9, 0.3), (8.9, -0.3)),
    "L": (None, (10.9, 0.3), (10.9, -0.3)),
}
# What each step of the walk computes: forward values first, then gradients.
_STEPS = [(), ("p",), ("z",), ("a",), ("e",), ("L",)]
_BACK_STEPS = [("dL",), ("de",), ("da",), ("dz",), ("dp", "db"), ("dw", "dx")]
GRAPH_STEPS = len(_STEPS) + len(_BACK_STEPS) - 1


def neuron_values(w: float, x: float, b: float, y: float) -> dict[str, float]:
    """Compute L = (σ(w x + b) − y)² and its derivatives, node by node.

    Parameters
    ----------
    w, x, b, y : float
        Weight, input, bias and target of one neuron.

    Returns
    -------
    dict of str to float
        ``p = w x``, ``z = p + b``, ``a = σ(z)``, ``e = a − y``, ``L = e²``, and under ``"dp"``
        and the like dL/dp of each of them and of the inputs.
    """
    p = w * x
    z = p + b
    a = 0.5 * (1 + np.tanh(z / 2))  # σ(z), without overflow
    e = a - y
    dL = 1.0
    de = 2 * e * dL  # d(e²)/de = 2e
    da = de  # de/da = 1
    dz = da * a * (1 - a)  # σ′ = σ (1 − σ)
    values = {"w": w, "x": x, "b": b, "y": y, "p": p, "z": z, "a": a, "e": e, "L": e * e}
    slopes = {"dL": dL, "de": de, "da": da, "dz": dz, "dp": dz, "db": dz}
    return {k: float(v) for k, v in {**values, **slopes, "dw": dz * x, "dx": dz * w}.items()}


def computation_graph(ax: Place, *, step: int, w: float, x: float, b: float, y: float) -> Picture:
    """Draw one neuron and its loss as a graph, and walk through it, forward and then back.

    The sentence is the rule of this step with its numbers.

    Parameters
    ----------
    step : int
        How far the walk has come: 0 shows the inputs, 5 the loss, 11 all gradients.
    w, x, b, y : float
        Weight, input, bias and target.
    """
    v = neuron_values(w, x, b, y)
    forward = {*_INPUTS, *itertools.chain(*_STEPS[: step + 1])}
    backward = set(itertools.chain(*_BACK_STEPS[: max(0, step - len(_STEPS) + 1)]))
    pen = Pen(ax, xlim=(-0.45, 11.75), ylim=(-2.35, 1.45), bare=True)

    places = {name: place for name, (_, place) in _OPERATIONS.items()} | _INPUTS
    ends, colors = [], []
    for name, (target, *_) in _EDGES.items():
        ends.append([places[name], places[target] if target else (11.6, 0.0)])
        back = f"d{name}" in backward
        colors.append(VERMILLION if back else BLUE if name in forward else GREY)
    pen.segments("edges", ends, color=colors, width=2.2, zorder=1)

    active = [places[name[-1]] for name in _active(step)]
    pen.points("active", active, size=33.9, color=ORANGE, alpha=0.55, zorder=2, edge_width=0)
    nodes = [place for _, place in _OPERATIONS.values()]
    pen.points("operations", nodes, size=27.6, color=PAPER, edge=INK, zorder=3)
    inputs = list(_INPUTS.values())
    pen.points("inputs", inputs, size=22.8, color="#FBE7C0", zorder=3, edge_width=0)
    for name, (symbol, place) in _OPERATIONS.items():
        pen.text(f"operation {name}", *place, symbol, size=15, anchor="center", zorder=4)
    for name, place in _INPUTS.items():
        look = {"size": 14, "color": "#222222"}  # on a pale ground in every theme
        pen.text(f"input {name}", *place, name, anchor="center", zorder=4, **look)

    for name, (_, above, below) in _EDGES.items():
        look = {"anchor": "left" if name in _INPUTS else "center", "size": 11.5}
        value = f"{name} = {_signed(v[name])}" if name in forward else ""
        slope = f"d{name} = {_signed(v[f'd{name}'])}" if f"d{name}" in backward else ""
        pen.text(f"value {name}", *above, value, color=BLUE, **look)
        pen.text(f"slope {name}", *below, slope, color=VERMILLION, **look)

    rule = _rule(step, v)
    pen.text("rule", 5.6, -2.2, rule, anchor="bottom", size=13.5)
    look = {"size": 12, "anchor": "top left"}
    pen.text("legend value", -0.4, 1.42, "values", color=BLUE, **look)
    pen.text("legend slope", 0.75, 1.42, "gradients, dw for dL/dw", color=VERMILLION, **look)
    return pen.done(f"Step {step} of {GRAPH_STEPS}. {rule}.")


def _active(step: int) -> list[str]:
    """Return the quantities that a step computes; for a gradient, the node it flows through."""
    if step < len(_STEPS):
        return list(_STEPS[step])
    through = {"dL": "L", "de": "L", "da": "e", "dz": "a", "dp": "z", "dw": "p"}
    return [through[_BACK_STEPS[step - len(_STEPS)][0]]]


def _rule(step: int, v: dict[str, float]) -> str:
    """Return the rule of a step of the walk, with its numbers."""
    n = {name: _signed(value) for name, value in v.items()}
    bracketed = {k: f"({text})" if text.startswith("−") else text for k, text in n.items()}
    return [
        "Inputs: the weight w, the input x, the bias b and the target y",
        f"Forward: p = w · x = {n['w']} · {bracketed['x']} = {n['p']}",
        f"Forward: z = p + b = {n['p']} + {bracketed['b']} = {n['z']}",
        f"Forward: a = σ(z) = σ({n['z']}) = {n['a']}",
        f"Forward: e = a − y = {n['a']} − {bracketed['y']} = {n['e']}",
        f"Forward: L = e² = {bracketed['e']}² = {n['L']}",
        "Backward: it begins with dL/dL = 1",
        f"Backward: de = dL · 2e = 1 · 2 · {bracketed['e']} = {n['de']}",
        f"Backward: da = de · 1 = {n['da']}, because e = a − y",
        f"Backward: dz = da · a(1 − a) = {n['da']} · {_signed(v['a'] * (1 - v['a']))} = {n['dz']}",
        f"Backward: dp = dz · 1 and db = dz · 1, both {n['dz']}: a sum passes its gradient on",
        f"Backward: dw = dp · x = {n['dp']} · {bracketed['x']} = {n['dw']}, "
        f"and dx = dp · w = {n['dx']}",
    ][step]


def _signed(value: float) -> str:
    """Return a number with three decimals and a true minus sign, and no minus before zero."""
    text = f"{value:.3f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def notation(ax: Place, units: list[int]) -> Picture:
    """Draw a network with the letters of each layer, and the shape of what they stand for.

    The sentence counts layers and units.

    Parameters
    ----------
    units : list of int
        n[0], n[1], …: the number of inputs, then the units of each layer.
    """
    last = len(units) - 1
    pen = Pen(ax, xlim=(-0.5, last + 0.5), ylim=(-0.95, 0.95), bare=True)
    network_graph(pen, units, size=18.2)
    for layer, count in enumerate(units):
        words = f"$n^{{[{layer}]}} = {count}$"
        pen.text(f"units {layer}", layer, 0.95, words, anchor="top", size=13)
        name = {0: "a^{[0]} = X"}.get(layer, f"z^{{[{layer}]}},\\ a^{{[{layer}]}}")
        name += r" = \hat{y}" if layer == last else ""
        words = f"${name}$\n(m, {count})"
        pen.text(f"values {layer}", layer, -0.93, words, anchor="bottom", size=13)
    look = {"anchor": "top", "size": 13, "color": VERMILLION}
    for layer, (before, now) in enumerate(itertools.pairwise(units), start=1):
        words = f"$W^{{[{layer}]}}$ ({before}, {now})\n$b^{{[{layer}]}}$ ({now},)"
        pen.text(f"parameters {layer}", layer - 0.5, 0.78, words, **look)
    counts = ", ".join(f"n[{layer}] = {count}" for layer, count in enumerate(units))
    return pen.done(
        f"A network of L = {last} layers, the input not counted: {counts}. W[l] has the shape "
        "(n[l−1], n[l]), b[l] the shape (n[l],)."
    )


LARGEST = 8  # length of a matrix in `layer_shapes`
SHAPED = ("W", "Z", "dZ", "dW", "dA")  # those whose shape is guessed there
_PRODUCTS = {
    "W": ("Z = A W + b", ("A", "W", "Z")),
    "Z": ("Z = A W + b", ("A", "W", "Z")),
    "dZ": ("dW = Aᵀ dZ", ("Aᵀ", "dZ", "dW")),
    "dW": ("dW = Aᵀ dZ", ("Aᵀ", "dZ", "dW")),
    "dA": ("dA = dZ Wᵀ", ("dZ", "Wᵀ", "dA")),
}
_APART = 11.0  # from one matrix of a product to the next


def layer_shapes(
    ax: Place, *, array: str, rows: int, columns: int, samples: int, inputs: int, units: int
) -> Picture:
    """Draw a product of one layer in which the shape of one array is a guess, to be dragged.

    The two others have their true shapes, all on one scale. The sentence says which length does
    not fit.

    Parameters
    ----------
    array : str
        Which one is guessed, of `SHAPED`.
    rows, columns : int
        Its shape as it is guessed.
    samples : int
        Rows of X, m.
    inputs, units : int
        n[l−1] and n[l]; all five numbers at most `LARGEST`.
    """
    m, before, n = samples, inputs, units
    true = {"A": (m, before), "Aᵀ": (before, m), "W": (before, n), "Wᵀ": (n, before), "Z": (m, n)}
    true |= {"dZ": (m, n), "dW": (before, n), "dA": (m, before)}
    title, names = _PRODUCTS[array]
    left = -_APART * names.index(array)  # the corner to drag then is where its two numbers say
    limits = (left - 1.0, left + 3 * _APART - 1.5), (-1.8, LARGEST + 0.8)
    # Equal scales: a matrix with more columns than rows has to look wider than high.
    pen = Pen(ax, title, "", "", *limits, equal=True, bare=True)
    for number, name in enumerate(names):
        guessed = name == array
        height, width = (rows, columns) if guessed else true[name]
        x, color = left + _APART * number, VERMILLION if guessed else BLUE
        corners = x + np.array([0, width, width, 0, 0]), np.array([0, 0, height, height, 0])
        look = {"color": color, "width": 2.5, "dash": "--" if guessed else "-"}
        pen.curve(f"matrix {name}", *corners, **look)
        words, look = f"{name} ({height}, {width})", {"size": 13, "color": color}
        pen.text(f"name {name}", x, -0.6, words, anchor="top left", **look)
    for number, sign in enumerate("@="):
        x = left + _APART * (number + 1) - 1.4
        pen.text(f"sign {number}", x, 1.5, sign, anchor="center", size=15)
    pen.here(columns, rows, sets=("columns", "rows"))
    square = array == "dA" and before == n
    return pen.done(_fit_in_words(array, (rows, columns), true[array], names, square))


def _fit_in_words(array: str, guess: tuple, true: tuple, names: Sequence[str], square: bool) -> str:
    """Return whether a guessed shape fits into the product of two arrays, and where it does not."""
    first, second, result = names
    said = f"{array} of shape {guess}"
    if guess == true:
        also = " With a square W the shapes of dZ @ W fit as well, and cannot warn you."
        return f"{said} fits.{also * square}"
    if guess == true[::-1]:
        return f"{said} does not fit: it is turned round."
    if array == result:
        asked = (f"{first} says how many rows", f"{second} says how many columns")
    else:
        asked = (
            f"its rows do not meet the columns of {first}",
            f"{result} has another number of columns",
        )
    wrong = [words for words, a, b in zip(asked, guess, true, strict=True) if a != b]
    return f"{said} does not fit: {', and '.join(wrong)}."


def difference_quotients(
    f: Callable, x: float, epsilon: float, dtype: DTypeLike = np.float64
) -> tuple[float, float]:
    """Return the one-sided and the two-sided difference quotient of f at x.

    Parameters
    ----------
    f : callable
        Takes a number and returns a number, without leaving its precision.
    x : float
        Where to measure.
    epsilon : float
        Size of the nudge.
    dtype : dtype
        Precision of the computation.

    Returns
    -------
    tuple of float
        (f(x + ε) − f(x)) / ε and (f(x + ε) − f(x − ε)) / 2ε.
    """
    x, nudge = np.asarray(x, dtype)[()], np.asarray(epsilon, dtype)[()]
    up, here, down = f(x + nudge), f(x), f(x - nudge)
    return float((up - here) / nudge), float((up - down) / (2 * nudge))


def secants(
    ax: Place, f: Callable, slope: float, *, x: float, epsilon: float, precision: str = "float64"
) -> Picture:
    """Draw a function, its tangent, and the chords whose slopes the difference quotients are.

    The sentence gives the three slopes.

    Parameters
    ----------
    f : callable
        Takes and returns an array of any shape.
    slope : float
        The true derivative at x.
    x : float
        Where the derivative is measured.
    epsilon : float
        Size of the nudge.
    precision : str
        ``"float64"`` or ``"float32"``: in which the difference quotients are computed.
    """
    ends = np.array([-1.15, 1.15])
    grid = np.linspace(*(x + ends), 201)
    heights = f(grid)
    pad = 0.25 * np.ptp(heights)
    limits = (grid[0], grid[-1]), (heights.min() - pad, heights.max() + pad)
    pen = Pen(ax, "Slope, measured", "weight w", "loss L(w)", *limits)
    pen.curve("function", grid, heights, color=GREY, width=2.5)
    one, two = difference_quotients(f, x, epsilon, np.dtype(precision))
    here, down = float(f(x)), float(f(x - epsilon))
    tangent, chord, through = here + slope * ends, here + one * ends, down + two * (ends + epsilon)
    pen.curve("tangent", x + ends, tangent, color=INK, dash=":", label="tangent (true)")
    pen.curve("one-sided", x + ends, chord, label="one-sided", **_ONE_SIDED)
    pen.curve("two-sided", x + ends, through, label="two-sided", **_TWO_SIDED)
    spots = np.array([x - epsilon, x, x + epsilon])
    pen.points("nudges", np.column_stack([spots, f(spots)]), color=INK, size=5.8, zorder=4)
    pen.legend("upper right")
    return pen.done(
        f"At w = {x:g} the true slope is {slope:.4f}; with ε = {epsilon:.1e} the two-sided "
        f"difference gives {two:.4f}, the one-sided one {one:.4f}.".replace(" -", " −")
    )


_ONE_SIDED = {"color": VERMILLION, "width": 2, "dash": "--"}
_TWO_SIDED = {"color": BLUE, "width": 2}
_EPSILONS = np.logspace(-13, 0, 131)


def epsilon_errors(
    ax: Place,
    f: Callable,
    slope: float,
    *,
    x: float,
    epsilon: float,
    precision: str = "float64",
) -> Picture:
    """Draw the relative error of difference quotients against ε, on logarithmic axes.

    The sentence gives the errors at this ε, and says whether another one would be better.

    Parameters
    ----------
    f : callable
        Takes and returns a number, without leaving its precision.
    slope : float
        The true derivative at x.
    x : float
        Where the derivative is measured.
    epsilon : float
        The ε to mark.
    precision : str
        ``"float64"`` or ``"float32"``.
    """
    labels = ("nudge ε (log scale)", "relative error (log scale)")
    limits = (_EPSILONS[0], _EPSILONS[-1]), (1e-14, 3.0)
    pen = Pen(ax, "Error against ε", *labels, *limits, xlog=True, ylog=True)
    curves = np.array([_errors(f, slope, x, e, precision) for e in _EPSILONS])
    one, two = _errors(f, slope, x, epsilon, precision)
    pen.mark_y("threshold", 1e-6, color=INK, label="right below this")
    pen.curve("one-sided", _EPSILONS, curves[:, 0], label="one-sided", **_ONE_SIDED)
    pen.curve("two-sided", _EPSILONS, curves[:, 1], label="two-sided", **_TWO_SIDED)
    here = {"size": 9, "edge": PAPER, "zorder": 5, "sets": ("epsilon", "")}
    pen.dot("one here", epsilon, one, fill=VERMILLION, **here)
    pen.dot("two here", epsilon, two, fill=BLUE, **here)
    pen.legend("lower left", size=9)
    larger, smaller = (_errors(f, slope, x, k * epsilon, precision)[1] for k in (10, 0.1))
    if two <= min(larger, smaller):
        better = "Neither a ten times larger nor a ten times smaller ε would be better."
    else:
        better = f"A ten times {'larger' if larger < smaller else 'smaller'} ε would be better."
    return pen.done(
        f"In {precision} the error is {two:.1e} two-sided and {one:.1e} one-sided. {better}"
    )


def _errors(f, slope: float, x: float, epsilon: float, precision: str) -> tuple[float, float]:
    """Return the relative errors of both quotients, at least 1e-17 to stay on the page."""
    quotients = difference_quotients(f, x, epsilon, np.dtype(precision))
    return tuple(max(abs(q - slope) / ((abs(q) + abs(slope)) or 1.0), 1e-17) for q in quotients)


def relu_kink(ax: Place, *, z: float, epsilon: float) -> Picture:
    """Draw ReLU and the two-sided difference at z, which is wrong where it crosses the kink.

    The dot in the middle sets z, the right one how far the nudge reaches. The sentence compares
    the measured derivative with the true one.

    Parameters
    ----------
    z : float
        Where the derivative is measured.
    epsilon : float
        Size of the nudge.
    """
    # Equal scales: a slope of 1 has to rise at 45 degrees.
    labels, limits = ("z", "ReLU, max(0, z)"), ((-2.2, 2.2), (-0.7, 2.2))
    pen = Pen(ax, "ReLU and a nudge", *labels, *limits, equal=True)
    ends = np.array([z - epsilon, z + epsilon])
    heights = np.maximum(0, ends)
    measured = (heights[1] - heights[0]) / (2 * epsilon)
    true, value = float(z > 0), max(0.0, z)
    pen.curve("relu", [-2.2, 0, 2.2], [0, 0, 2.2], color=GREY, width=3, label="ReLU")
    reach = np.array([-0.6, 0.6])
    tangent = value + true * reach if z else np.full(2, np.nan)  # at the kink there is none
    pen.curve("tangent", z + reach, tangent, color=INK, dash=":", label="true slope")
    pen.curve("chord", ends, heights, color=BLUE, width=2.5, label="measured slope")
    pen.dot("left", ends[0], heights[0], color=BLUE, size=6.3, zorder=4)
    right = {"color": BLUE, "size": 8, "zorder": 4.5}
    pen.handle("right", (ends[1], heights[1]), "epsilon", epsilon, (1, 0), **right)
    pen.here(z, value, size=7.75, zorder=5, sets=("z", ""))
    pen.legend("upper left")
    crosses = ends[0] < 0 < ends[1]
    verdict = "The nudge crosses the kink" if crosses else "The nudge stays on one side"
    truth = f"true slope {true:.0f}" if z else "and at the kink itself there is no slope"
    return pen.done(f"{verdict}: measured slope {measured:.2f}, {truth}.")


def gradient_agreement(ax: Place, rooms: Mapping[str, Any], *, room: str) -> Picture:
    """Draw each gradient from backward against the measured one: right ones lie on the diagonal.

    The sentence names the arrays that leave the diagonal, and their common factor if any.

    Parameters
    ----------
    rooms : mapping of str to object
        Gradient checks: their ``rows`` have ``name``, ``analytic`` and ``numeric``, arrays of one
        shape.
    room : str
        Which of them is drawn.
    """
    rows = rooms[room].rows
    pairs = [(np.ravel(row.numeric), np.ravel(row.analytic)) for row in rows]
    reach = 1.12 * max(float(np.abs(pair).max()) for pair in pairs) or 1.0
    ends = (-reach, reach)
    labels = ("measured gradient", "gradient from backward")
    pen = Pen(ax, "Each dot is one parameter", *labels, ends, ends, equal=True)
    pen.curve("right", ends, ends, color=GREY, label="equal")
    for i, (row, (numeric, analytic)) in enumerate(zip(rows, pairs, strict=True)):
        pen.points(
            f"gradient {row.name}", np.column_stack([numeric, analytic]), label=row.name,
            color=PALETTE[i % len(PALETTE)], marker=MARKERS[i % len(MARKERS)], size=5.8,
            alpha=0.85, edge_width=0, zorder=3,
        )  # fmt: skip
    pen.legend("above", size=8, columns=4)
    return pen.done(_agreement_in_words(rows))


def _agreement_in_words(rows) -> str:
    wrong = [row for row in rows if not _agrees(row)]
    if not wrong:
        return "All gradients lie on the diagonal."
    names = ", ".join(row.name for row in wrong)
    lead = "All gradients leave" if len(wrong) == len(rows) else f"{names} leave"
    if len(wrong) == 1:
        lead = f"{names} leaves"
    factors = [_factor(row) for row in wrong]
    common = factors[0] is not None and all(
        f is not None and np.isclose(f, factors[0], rtol=1e-3) for f in factors
    )
    how = f"by a factor of {factors[0]:.3g}" if common else "by no common factor"
    return f"{lead} the diagonal, {how}."


def _agrees(row) -> bool:
    a, n = np.ravel(row.analytic), np.ravel(row.numeric)
    return bool(np.linalg.norm(a - n) <= 1e-6 * (np.linalg.norm(a) + np.linalg.norm(n)))


def _factor(row) -> float | None:
    """Return the one number that turns the measured gradient into the other, or None."""
    a, n = np.ravel(row.analytic), np.ravel(row.numeric)
    size = float(n @ n)
    if size == 0:
        return None
    factor = float(a @ n) / size
    return factor if np.linalg.norm(a - factor * n) <= 1e-4 * np.linalg.norm(a) else None


def gradient_errors(ax: Place, rooms: Mapping[str, Any], *, room: str) -> Picture:
    """Draw the relative error of each array of gradients, and where right and wrong begin.

    The sentence gives the largest error.

    Parameters
    ----------
    rooms : mapping of str to object
        Gradient checks: their ``rows`` have ``name`` and ``relative_error``.
    room : str
        Which of them is drawn.
    """
    rows = rooms[room].rows
    limits = (-0.6, len(rows) + 0.9), (1e-13, 30.0)
    ticks = {place: row.name for place, row in enumerate(rows)}
    labels = ("array of parameters", "relative error (log scale)")
    pen = Pen(ax, "Relative error", *labels, *limits, ylog=True, xticks=ticks)
    for name, height, words in [("right", 1e-6, "right ↓"), ("wrong", 1e-3, "wrong ↑")]:
        pen.mark_y(name, height, width=1.2, dash="--")
        beside, side = (1.4, "bottom left") if name == "wrong" else (0.7, "top left")
        look = {"anchor": side, "size": 9}
        pen.text(f"{name} words", len(rows) - 0.55, height * beside, words, **look)
    # Dots, not bars: a logarithmic axis has no 0 for a bar to stand on.
    errors = [max(float(row.relative_error), 2e-13) for row in rows]
    dots = np.column_stack([range(len(errors)), errors])
    is_wrong = dots[:, 1] >= 1e-3
    pen.points("errors", dots[~is_wrong], color=BLUE, size=9)
    pen.points("wrong errors", dots[is_wrong], color=VERMILLION, size=9)
    for i, row in enumerate(rows):
        words = f"{row.relative_error:.2g}" if row.relative_error >= 1e-6 else ""
        pen.text(f"error {row.name}", i, 2.5 * errors[i], words, anchor="bottom", size=9)
    largest = max(row.relative_error for row in rows)
    # Equal errors differ in their last digits only; the first of them is named.
    worst = next(row for row in rows if row.relative_error >= 0.999 * largest)
    if largest < 1e-6:
        return pen.done("Every relative error is below 1e-6.")
    return pen.done(f"The largest relative error is {worst.relative_error:.2g}, of {worst.name}.")
