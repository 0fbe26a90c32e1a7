"""Pictures of backpropagation: a graph number by number, shapes, and gradients that are judged."""

import itertools

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._diagrams import _places
from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LINESTYLES,
    MARKERS,
    ORANGE,
    PALETTE,
    VERMILLION,
    Pen,
    Picture,
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


def computation_graph(ax: Axes, *, step: int, w: float, x: float, b: float, y: float) -> Picture:
    """Draw one neuron and its loss as a graph, and walk through it, forward and then back.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    step : int
        How far the walk has come: 0 shows the inputs, 5 the loss, 11 all gradients.
    w, x, b, y : float
        Weight, input, bias and target.

    Returns
    -------
    Picture
        Its sentence is the rule of this step with its numbers.
    """
    v = neuron_values(w, x, b, y)
    forward = {*_INPUTS, *itertools.chain(*_STEPS[: step + 1])}
    backward = set(itertools.chain(*_BACK_STEPS[: max(0, step - len(_STEPS) + 1)]))
    pen = Pen(ax, xlim=(-0.45, 11.75), ylim=(-2.35, 1.45))
    ax.set_axis_off()

    places = {name: place for name, (_, place) in _OPERATIONS.items()} | _INPUTS
    ends, colors = [], []
    for name, (target, *_) in _EDGES.items():
        here = places[name]
        ends.append([here, places[target] if target else (11.6, 0.0)])
        back = f"d{name}" in backward
        colors.append(VERMILLION if back else BLUE if name in forward else GREY)
    pen.segments("edges", ends, colors=colors, linewidths=2.2, zorder=1)

    active = [places[name[-1]] for name in _active(step)]
    pen.points("active", active, s=1150, color=ORANGE, alpha=0.55, zorder=2, linewidths=0)
    nodes = [place for _, place in _OPERATIONS.values()]
    pen.points("operations", nodes, s=760, color="white", edgecolors=BLACK, zorder=3)
    pen.points("inputs", list(_INPUTS.values()), s=520, color="#FBE7C0", zorder=3, linewidths=0)
    middle = {"ha": "center", "va": "center", "zorder": 4}
    for name, (symbol, place) in _OPERATIONS.items():
        pen.text(f"operation {name}", *place, symbol, fontsize=15, **middle)
    for name, place in _INPUTS.items():
        pen.text(f"input {name}", *place, name, fontsize=14, **middle)

    for name, (_, above, below) in _EDGES.items():
        side = "left" if name in _INPUTS else "center"
        look = {"ha": side, "va": "center", "fontsize": 11.5}
        value = f"{name} = {_signed(v[name])}" if name in forward else ""
        slope = f"d{name} = {_signed(v[f'd{name}'])}" if f"d{name}" in backward else ""
        pen.text(f"value {name}", *above, value, color=BLUE, **look)
        pen.text(f"slope {name}", *below, slope, color=VERMILLION, **look)

    rule = _rule(step, v)
    pen.text("rule", 5.6, -2.2, rule, ha="center", va="bottom", fontsize=13.5)
    pen.text("legend value", -0.4, 1.42, "values", color=BLUE, fontsize=12, va="top")
    words = "gradients, dw for dL/dw"
    pen.text("legend slope", 0.75, 1.42, words, color=VERMILLION, fontsize=12, va="top")
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


def notation(ax: Axes, units: list[int], *, samples: str = "m") -> Picture:
    """Draw a network with the letters of each layer, and the shape of what they stand for.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    units : list of int
        n[0], n[1], …: the number of inputs, then the units of each layer.
    samples : str
        The letter for the number of samples.

    Returns
    -------
    Picture
        Its sentence counts layers and units.
    """
    if len(units) < 2 or min(units) < 1:
        raise ValueError(
            f"A network needs the inputs and at least one layer of units, received {units}."
        )
    last = len(units) - 1
    pen = Pen(ax, xlim=(-0.5, last + 0.5), ylim=(-0.95, 0.95))
    ax.set_axis_off()
    places = [_places(column, count, 8) for column, count in enumerate(units)]
    pairs = itertools.pairwise(places)
    ends = [[here, there] for left, right in pairs for here in left for there in right]
    pen.segments("weights", ends, colors=GREY, linewidths=0.8, zorder=1)
    centred = {"ha": "center", "fontsize": 13}
    for layer, (spots, count) in enumerate(zip(places, units, strict=True)):
        color = ORANGE if layer == 0 else GREEN if layer == last else BLUE
        pen.points(f"layer {layer}", spots, s=330, color=color, edgecolors="white", zorder=2)
        words = f"$n^{{[{layer}]}} = {count}$"
        pen.text(f"units {layer}", layer, 0.95, words, va="top", **centred)
        name = {0: "a^{[0]} = X"}.get(layer, f"z^{{[{layer}]}},\\ a^{{[{layer}]}}")
        name += r" = \hat{y}" if layer == last else ""
        words = f"${name}$\n({samples}, {count})"
        pen.text(f"values {layer}", layer, -0.93, words, va="bottom", **centred)
    for layer, (before, now) in enumerate(itertools.pairwise(units), start=1):
        words = f"$W^{{[{layer}]}}$ ({before}, {now})\n$b^{{[{layer}]}}$ ({now},)"
        pen.text(
            f"parameters {layer}", layer - 0.5, 0.78, words, va="top", color=VERMILLION, **centred
        )
    counts = ", ".join(f"n[{layer}] = {count}" for layer, count in enumerate(units))
    return pen.done(
        f"A network of L = {last} layers, the input not counted: {counts}. W[l] has the shape "
        "(n[l−1], n[l]), b[l] the shape (n[l],)."
    )


def layer_shapes(ax: Axes, *, samples: int, inputs: int, units: int) -> Picture:
    """Draw the three matrix products of one layer as rectangles of their true proportions.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    samples : int
        Rows of X, m.
    inputs, units : int
        n[l−1] and n[l].

    Returns
    -------
    Picture
        Its sentence gives the shapes.
    """
    m, before, n = samples, inputs, units
    pen = Pen(ax)
    # Equal scales: a matrix with more columns than rows has to look wider than high.
    pen.frame(xlim=(-0.2, 29.5), ylim=(0.8, 9.2), equal=True)
    ax.set_axis_off()
    products = [
        ("forward", [("A", m, before, BLUE), ("W", before, n, GREEN), ("Z", m, n, BLUE)]),
        ("weights", [("Aᵀ", before, m, BLUE), ("dZ", m, n, VERMILLION), ("dW", before, n, GREEN)]),
        ("back", [("dZ", m, n, VERMILLION), ("Wᵀ", n, before, GREEN), ("dA", m, before, BLUE)]),
    ]
    scale = 2.1 / max(m, before, n)
    for column, (product, matrices) in enumerate(products):
        left = 10 * column
        title = "   ".join(["Z = A W + b", "dW = Aᵀ dZ", "dA = dZ Wᵀ"][column : column + 1])
        pen.text(f"{product} title", left + 4.5, 9.0, title, ha="center", va="top", fontsize=15)
        for place, (name, rows, columns, color) in enumerate(matrices):
            middle = left + 1.4 + 3.1 * place
            width, height = scale * columns, scale * rows
            x = middle + width / 2 * np.array([-1, 1, 1, -1, -1])
            y = 5.4 + height / 2 * np.array([-1, -1, 1, 1, -1])
            pen.line(f"{product} {place}", x, y, color=color, lw=2.5)
            words = f"{name}\n({rows}, {columns})"
            pen.text(f"{product} name {place}", middle, 3.7, words, ha="center", va="top",
                     fontsize=12, color=color)  # fmt: skip
            if place < 2:
                sign = "@" if place == 0 else "="
                pen.text(f"{product} sign {place}", middle + 1.55, 5.4, sign, ha="center",
                         va="center", fontsize=14)  # fmt: skip
    return pen.done(
        f"With m = {m} samples, {before} inputs and {n} unit{'s' * (n > 1)}: "
        f"Z and dZ are ({m}, {n}), W and dW are ({before}, {n}), A and dA are ({m}, {before}); "
        f"b and db are ({n},)."
    )


def difference_quotients(f, x, epsilon: float, dtype=np.float64) -> tuple[float, float]:
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


def secants(ax: Axes, f, slope: float, *, x: float, epsilon: float) -> Picture:
    """Draw a function, its tangent, and the chords whose slopes the difference quotients are.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    f : callable
        Takes and returns an array of any shape.
    slope : float
        The true derivative at x.
    x : float
        Where the derivative is measured.
    epsilon : float
        Size of the nudge.

    Returns
    -------
    Picture
        Its sentence gives the three slopes.
    """
    reach = 1.15
    grid = np.linspace(x - reach, x + reach, 201)
    heights = f(grid)
    pad = 0.25 * np.ptp(heights)
    pen = Pen(
        ax,
        "Slope, measured",
        "weight w",
        "loss L(w)",
        (grid[0], grid[-1]),
        (heights.min() - pad, heights.max() + pad),
    )
    pen.line("function", grid, heights, color=GREY, lw=2.5)
    one, two = difference_quotients(f, x, epsilon)
    ends = np.array([-reach, reach])
    here, down = float(f(x)), float(f(x - epsilon))
    tangent, chord = here + slope * ends, here + one * ends
    through = down + two * (ends + epsilon)
    pen.line("tangent", x + ends, tangent, color=BLACK, lw=1.5, ls=":", label="tangent (true)")
    pen.line("one-sided", x + ends, chord, color=VERMILLION, lw=2, ls="--", label="one-sided")
    pen.line("two-sided", x + ends, through, color=BLUE, lw=2, label="two-sided")
    spots = np.array([x - epsilon, x, x + epsilon])
    pen.points("nudges", np.column_stack([spots, f(spots)]), color=BLACK, s=34, zorder=4)
    pen.legend(loc="upper right")
    return pen.done(
        f"At w = {x:g} the true slope is {slope:.4f}; with ε = {epsilon:.1e} the two-sided "
        f"difference gives {two:.4f}, the one-sided one {one:.4f}.".replace(" -", " −")
    )


_EPSILONS = np.logspace(-12, 0, 121)


def epsilon_errors(
    ax: Axes, f, slope: float, *, x: float, epsilon: float, precision: str = "float64"
) -> Picture:
    """Draw the relative error of difference quotients against ε, on logarithmic axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
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

    Returns
    -------
    Picture
        Its sentence gives the errors at this ε, and says where rounding has taken over.
    """
    pen = Pen(ax, "Error against ε", "ε", "relative error", (1e-12, 1.0), (1e-12, 3.0))
    if ax.get_xscale() != "log":
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlim(1e-12, 1.0)
        ax.set_ylim(1e-12, 3.0)
    curves = np.array([_errors(f, slope, x, e, precision) for e in _EPSILONS])
    one, two = _errors(f, slope, x, epsilon, precision)
    pen.line("threshold", [1e-12, 1], [1e-6, 1e-6], color=BLACK, lw=1, ls=":",
             label="right below this")  # fmt: skip
    pen.line("one-sided", _EPSILONS, curves[:, 0], color=VERMILLION, lw=2, ls="--",
             label="one-sided")  # fmt: skip
    pen.line("two-sided", _EPSILONS, curves[:, 1], color=BLUE, lw=2, label="two-sided")
    here = {"marker": "o", "ms": 9, "mec": "white", "ls": "", "zorder": 5}
    pen.line("one here", epsilon, one, mfc=VERMILLION, **here)
    pen.line("two here", epsilon, two, mfc=BLUE, **here)
    pen.legend(loc="upper left", fontsize=9)
    if _errors(f, slope, x, min(1.0, 10 * epsilon), precision)[1] < two:
        why = "Rounding has taken over: a larger ε would be better."
    else:
        why = "Truncation decides: a smaller ε would be better."
    return pen.done(
        f"In {precision} the error is {two:.1e} two-sided and {one:.1e} one-sided. {why}"
    )


def _errors(f, slope: float, x: float, epsilon: float, precision: str) -> tuple[float, float]:
    """Return the relative errors of both quotients, at least 1e-17 to stay on the page."""
    quotients = difference_quotients(f, x, epsilon, np.dtype(precision))
    return tuple(max(abs(q - slope) / ((abs(q) + abs(slope)) or 1.0), 1e-17) for q in quotients)


def relu_kink(ax: Axes, *, z: float, epsilon: float) -> Picture:
    """Draw ReLU and the two-sided difference at z, which is wrong where it crosses the kink.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    z : float
        Where the derivative is measured.
    epsilon : float
        Size of the nudge.

    Returns
    -------
    Picture
        Its sentence compares the measured derivative with the true one.
    """
    pen = Pen(ax, "ReLU and a nudge", "z", "max(0, z)", (-2.0, 2.0), (-0.45, 2.0))
    ends = np.array([z - epsilon, z + epsilon])
    heights = np.maximum(0, ends)
    measured = (heights[1] - heights[0]) / (2 * epsilon)
    true = float(z > 0)
    pen.line("relu", [-2, 0, 2], [0, 0, 2], color=GREY, lw=3, label="ReLU")
    pen.line("tangent", [z - 0.6, z + 0.6], max(0.0, z) + true * np.array([-0.6, 0.6]),
             color=BLACK, lw=1.5, ls=":", label="true slope")  # fmt: skip
    pen.line("chord", ends, heights, color=BLUE, lw=2.5, label="measured slope")
    pen.points("ends", np.column_stack([ends, heights]), color=BLUE, s=40, zorder=4)
    pen.points("here", [[z, max(0.0, z)]], color=VERMILLION, s=60, zorder=5)
    pen.legend(loc="upper left")
    crosses = ends[0] < 0 < ends[1]
    verdict = "The nudge crosses the kink" if crosses else "The nudge stays on one side"
    return pen.done(f"{verdict}: measured slope {measured:.2f}, true slope {true:.0f}.")


def gradient_agreement(ax: Axes, rows, *, room: str | None = None) -> Picture:
    """Draw each gradient from backward against the measured one: right ones lie on the diagonal.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    rows : sequence
        Objects with ``name``, ``analytic`` and ``numeric`` (arrays of one shape), such as the
        rows of a gradient check; or a dict of such sequences.
    room : str, optional
        Which entry of the dict to draw.

    Returns
    -------
    Picture
        Its sentence names the arrays that leave the diagonal, and their common factor if any.
    """
    rows = rows if room is None else rows[room]
    pen = Pen(ax, "Each dot is one parameter", "measured gradient", "gradient from backward")
    pairs = [(np.ravel(row.numeric), np.ravel(row.analytic)) for row in rows]
    reach = 1.12 * max(float(np.abs(pair).max()) for pair in pairs) or 1.0
    pen.frame(xlim=(-reach, reach), ylim=(-reach, reach))
    pen.line("right", [-reach, reach], [-reach, reach], color=GREY, lw=1.5, label="right")
    for i, (row, (numeric, analytic)) in enumerate(zip(rows, pairs, strict=True)):
        color, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
        pen.points(
            f"gradient {row.name}",
            np.column_stack([numeric, analytic]),
            color=color,
            marker=marker,
            s=34,
            alpha=0.85,
            label=row.name,
            linewidths=0,
            zorder=3,
        )
    pen.legend(loc="upper left", fontsize=8, ncols=2)
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
    how = f"by a factor of {_plain(factors[0])}" if common else "by no common factor"
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


def _plain(factor: float) -> str:
    return f"{factor:.3g}".replace("-", "−")


def gradient_errors(ax: Axes, rows, *, room: str | None = None) -> Picture:
    """Draw the relative error of each array of gradients, and where right and wrong begin.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    rows : sequence
        Objects with ``name`` and ``relative_error``; or a dict of such sequences.
    room : str, optional
        Which entry of the dict to draw.

    Returns
    -------
    Picture
        Its sentence gives the largest error.
    """
    rows = rows if room is None else rows[room]
    pen = Pen(ax, "Relative error", "", "", (-0.6, len(rows) + 0.9), (1e-13, 30.0))
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
        ax.set_ylim(1e-13, 30.0)
        ax.set_xticks(range(len(rows)), [row.name for row in rows])
    errors = [min(max(float(row.relative_error), 2e-13), 1.0) for row in rows]
    wide = [-0.6, len(rows) + 0.9]
    for name, height, words in [("right", 1e-6, "right ↓"), ("wrong", 1e-3, "wrong ↑")]:
        pen.line(name, wide, [height, height], color=GREY, lw=1.2, ls=LINESTYLES[1])
        up = name == "wrong"
        pen.text(f"{name} words", len(rows) - 0.55, height * (1.4 if up else 0.7), words,
                 va="bottom" if up else "top", color="#555555", fontsize=9)  # fmt: skip
    stems = [[(i, 1e-13), (i, error)] for i, error in enumerate(errors)]
    colors = [VERMILLION if error >= 1e-3 else BLUE for error in errors]
    pen.segments("errors", stems, colors=colors, linewidths=14)
    for i, row in enumerate(rows):
        large = row.relative_error >= 1e-6
        words = f"{row.relative_error:.2g}" if large else ""
        pen.text(f"error {row.name}", i, 1.6 * errors[i], words, ha="center", va="bottom",
                 fontsize=9)  # fmt: skip
    largest = max(row.relative_error for row in rows)
    # Equal errors differ in their last digits only; the first of them is named.
    worst = next(row for row in rows if row.relative_error >= 0.999 * largest)
    if largest < 1e-6:
        return pen.done("Every relative error is below 1e-6.")
    return pen.done(f"The largest relative error is {worst.relative_error:.2g}, of {worst.name}.")
