"""Pictures of lesson 02: what activations do to a sum, and what reaches the layers behind it."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lessons_lib.lessons.activations import experiments
from lessons_lib.plots import (
    BLUE,
    DIVERGING,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    VERMILLION,
    Pen,
    Picture,
    Place,
    class_points,
    series,
    span,
)

_Z = np.linspace(-4, 4, 401)
_LEAK = 0.2  # Keras's default for the activation "leaky_relu"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Activation(NamedTuple):
    """An activation, its derivative, and how to write it.

    Attributes
    ----------
    formula : str
        g(z), as a text of a picture takes it.
    function, derivative : callable
        Work element by element on arrays of any shape.
    """

    formula: str
    function: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]


def _sigmoid(z):
    """Return 1 / (1 + e⁻ᶻ), computed by tanh, which cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def _normal_cdf(z):
    """Return Φ(z), the chance that a standard normal number lies below z."""
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(np.asarray(z) / math.sqrt(2)))


def _normal_density(z):
    """Return φ(z) = dΦ/dz."""
    return np.exp(-0.5 * np.square(z)) / math.sqrt(2 * math.pi)


# The kink at 0 has no derivative; as in Keras the left-hand one is taken there.
ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation("$z$", lambda z: np.asarray(z, float), lambda z: np.ones(np.shape(z))),
    "ReLU": Activation(
        r"$\max(0, z)$", lambda z: np.maximum(0, z), lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0)
    ),
    "sigmoid": Activation(
        r"$1 / (1 + e^{-z})$", _sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))
    ),
    "tanh": Activation(r"$\tanh z$", np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    # Maas, Hannun & Ng (2013)
    "leaky ReLU": Activation(
        rf"$z$, but ${_LEAK}\,z$ below 0",
        lambda z: np.where(np.asarray(z) > 0, z, _LEAK * np.asarray(z)),
        lambda z: np.where(np.asarray(z) > 0, 1.0, _LEAK),
    ),
    # Clevert, Unterthiner & Hochreiter (2016), eq. 15, with α = 1
    "ELU": Activation(
        r"$z$, but $e^z - 1$ below 0",
        lambda z: np.where(np.asarray(z) > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.where(np.asarray(z) > 0, 1.0, np.exp(np.minimum(z, 0))),
    ),
    # Hendrycks & Gimpel (2016): z times the chance that a standard normal number is below z
    "GELU": Activation(
        r"$z\,\Phi(z)$",
        lambda z: z * _normal_cdf(z),
        lambda z: _normal_cdf(z) + z * _normal_density(z),
    ),
    # Dugas et al. (2001)
    "softplus": Activation(r"$\log(1 + e^z)$", lambda z: np.logaddexp(0, z), _sigmoid),
}
_GUESSED = {"at_3": -3.0, "at_2": -2.0, "at_1": -1.0, "at_0": 0.0}  # controls, and where they are
_ENDS = (-2.5, 2.5)  # where the handles of a Maxout's pieces are


def activation(ax: Place, *, name: str, z: float) -> Picture:
    """Draw an activation with its tangent at one point.

    The sentence gives the value.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    z : float
        What goes in, from −4 to 4.
    """
    chosen = _named(name)
    labels = (f"{name}: {chosen.formula}", "z = w·x + b", "a = g(z)")
    # Equal units: a slope of 1 is to look like one.
    pen = Pen(ax, *labels, (-4, 4), (-1.7, 4.2), equal=True)
    _draw_axes(pen)
    pen.curve("function", _Z, chosen.function(_Z), color=BLUE, width=2.5, zorder=3)
    value, slope = float(chosen.function(z)), float(chosen.derivative(z))
    # One unit to each side along the tangent, however steep it is.
    reach = np.array([-1, 1]) / math.hypot(1, slope)
    tangent = value + slope * reach
    pen.curve("tangent", z + reach, tangent, color=VERMILLION, width=2, zorder=4)
    pen.here(z, value, size=9, zorder=5, sets=("z", ""))
    return pen.done(f"{name} turns z = {z:.1f} into {value:.3f}.")


def activation_slope(ax: Place, *, name: str, z: float) -> Picture:
    """Draw the derivative of an activation, with one point marked on it.

    The sentence gives the slope, and the largest one there is, outside of the picture too.

    Parameters
    ----------
    name, z
        As for `activation`.
    """
    chosen = _named(name)
    pen = Pen(ax, "its slope: the derivative", "z", "g′(z)", (-4, 4), (-0.2, 1.3))
    _draw_axes(pen)
    pen.curve("slope", _Z, chosen.derivative(_Z), color=GREEN, width=2.5, zorder=3)
    largest = chosen.derivative(10 * _Z).max()  # softplus comes near 1 far to the right only
    slope = float(chosen.derivative(z))
    pen.mark_x("drop", z, reach=(0, slope), color=VERMILLION, dash="--", zorder=4)
    pen.here(z, slope, size=9, zorder=5, sets=("z", ""))
    return pen.done(f"Its slope there is {slope:.3f}; nowhere is it above {largest:.2f}.")


def guessed_activation(
    ax: Place, *, name: str, at_3: float, at_2: float, at_1: float, at_0: float, compare: bool
) -> Picture:
    """Draw a guess of how a relative of ReLU goes on to the left of 0, and then the truth.

    The sentence says what is to be drawn; with `compare`, how far off the guess is, and the slope
    at z = -3.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    at_3, at_2, at_1, at_0 : float
        The guesses at z = -3, -2, -1 and 0, which can be dragged.
    compare : bool
        Whether the activation itself is drawn.
    """
    chosen = _named(name)
    title = f"{name}: {chosen.formula}" if compare else f"{name}: your guess"
    pen = Pen(ax, title, "z = w·x + b", "a = g(z)", (-4, 2), (-1.5, 2))
    _draw_axes(pen)
    pen.curve("ReLU", _Z, ACTIVATIONS["ReLU"].function(_Z), color=GREY, dash="--", label="ReLU")
    z, guess = np.array(list(_GUESSED.values())), np.array([at_3, at_2, at_1, at_0])
    if compare:
        look = {"color": BLUE, "width": 2.5, "zorder": 3, "label": name}
        pen.curve("function", _Z, chosen.function(_Z), **look)
    pen.curve("guess", z, guess, color=VERMILLION, dash=":", width=2, label="your guess", zorder=4)
    for control, place, height in zip(_GUESSED, z, guess, strict=True):
        pen.dot(control, place, height, color=VERMILLION, size=9, zorder=5, sets=("", control))
    pen.legend("upper left", size=9)
    if not compare:
        return pen.done(f"Drag the four dots to where you think {name} passes, then compare.")
    off = np.abs(guess - chosen.function(z)).max()
    slope = float(chosen.derivative(z[0]))
    return pen.done(
        f"Your guess is off by {off:.2f} at most. At z = {z[0]:.0f} the slope of {name} is "
        f"{slope:.3f}, and ReLU's is 0."
    )


def _named(name: str) -> Activation:
    """Return the activation of that name, or say which names there are."""
    if name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"There is no activation {name!r} here. Expected one of {known}.")
    return ACTIVATIONS[name]


def _draw_axes(pen: Pen) -> None:
    """Draw the lines z = 0 and g = 0."""
    pen.mark_y("level", 0, width=0.8, dash="-", zorder=0)
    pen.mark_x("upright", 0, color=GREY, width=0.8, dash="-", zorder=0)


def maxout(ax: Place, *, left: float, kink_x: float, kink_y: float, right: float) -> Picture:
    """Draw a Maxout unit with two pieces, which are dragged by their crossing and their ends.

    Goodfellow et al. (2013), section 3: the unit's output is the maximum of k linear
    functions of its input, and all of their weights and biases are learned. The sentence names
    the activation that this Maxout is, where it is a known one.

    Parameters
    ----------
    left : float
        Height of piece 1 at x = -2.5.
    kink_x, kink_y : float
        Where both pieces meet.
    right : float
        Height of piece 2 at x = 2.5.
    """
    pen = Pen(ax, "Maxout with two pieces", "input x", "output", (-3, 3), (-2.5, 3.5))
    x = np.linspace(-3, 3, 301)
    ends = zip((left, right), _ENDS, strict=True)
    slopes = [0.0 + (height - kink_y) / (end - kink_x) for height, end in ends]  # 0.0 + -0.0 is 0.0
    lines = [kink_y + slope * (x - kink_x) for slope in slopes]
    pieces = [_line(slope, kink_y - slope * kink_x) for slope in slopes]
    pen.curve("first", x, lines[0], color=GREEN, dash="--", label=f"piece 1: {pieces[0]}")
    pen.curve("second", x, lines[1], color=ORANGE, dash="-.", label=f"piece 2: {pieces[1]}")
    look = {"color": BLUE, "width": 3.5, "alpha": 0.8, "zorder": 3, "label": "the larger one"}
    pen.curve("unit", x, np.maximum(*lines), **look)
    for name, at, height, color, sets in (
        ("left", _ENDS[0], left, GREEN, ("", "left")),
        ("right", _ENDS[1], right, ORANGE, ("", "right")),
        ("kink", kink_x, kink_y, VERMILLION, ("kink_x", "kink_y")),
    ):
        pen.dot(name, at, height, color=color, size=10, edge=PAPER, zorder=5, sets=sets)
    pen.legend("above")
    return pen.done(_which_maxout(*slopes, kink_x, kink_y))


def _line(slope: float, height: float) -> str:
    """Write a straight line over x."""
    sign = "−" if height < -0.005 else "+"
    return f"{slope:.2f} x {sign} {abs(height):.2f}".replace("-", "−")


def _which_maxout(first: float, second: float, kink_x: float, kink_y: float) -> str:
    """Say what the larger of two straight lines is that meet in a kink."""
    if math.isclose(first, second, abs_tol=1e-9):
        return "Both pieces are the same line, so the unit is linear: a line without a bend."
    flat, steep = sorted([first, second])
    words = f"The unit bends at x = {kink_x:.2f}, from slope {flat:.2f} to slope {steep:.2f}."
    if first > second:
        return words + " Its dots stand on a hill, but the larger of two lines is a valley."
    if not np.allclose([kink_x, kink_y], 0, atol=1e-9):
        return words
    if np.allclose([flat, steep], [0, 1], atol=1e-9):
        return words + " This is ReLU."
    if np.allclose([flat, steep], [-1, 1], atol=1e-9):
        return words + " This is the absolute value |x|."
    if math.isclose(steep, 1) and 0 < flat < 1:
        return words + " This is a leaky ReLU."
    return words


def maxout_fit(
    ax: Place,
    x: np.ndarray,
    y: np.ndarray,
    learned: dict[int, tuple[np.ndarray, np.ndarray]],
    *,
    pieces: int,
) -> Picture:
    """Draw a curve and the Maxout unit that has learned it.

    The sentence gives the root mean squared error.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,)
        The curve to be learned, x from left to right.
    learned : dict of int to (slopes, intercepts)
        For each number of pieces k two arrays of shape (k,).
    pieces : int
        Which of them to draw.
    """
    slopes, intercepts = (np.asarray(part, float) for part in learned[pieces])
    low, high = span(y, 0.35)
    pen = Pen(ax, "Learned pieces", "input x", "output", span(x, 0.02), (low - 0.2, high))
    lines = x[:, None] * slopes + intercepts
    for number in range(pieces):
        look = series(number + 1) | {"width": 1.2, "alpha": 0.9}
        pen.curve(f"piece {number}", x, lines[:, number], **look)
    unit = lines.max(axis=1)
    pen.curve("target", x, y, color=INK, width=4, alpha=0.3, label="target")
    pen.curve("unit", x, unit, color=BLUE, width=2.5, label="Maxout", zorder=3)
    pen.legend("upper center", columns=2, size=9)
    rmse = float(np.sqrt(np.mean((unit - y) ** 2)))
    s = "s" if pieces > 1 else ""
    return pen.done(f"{pieces} piece{s}: off by {rmse:.3f} in the root mean square.")


def scores(ax: Place, *, z1: float, z2: float, z3: float) -> Picture:
    """Draw the scores `z1`, `z2` and `z3` of three classes, before softmax; dots set them."""
    pen = Pen(ax, "scores z", "class", "score", (0.4, 3.6), (-5.8, 5.8), xticks=(1, 2, 3))
    _three_bars(pen, (z1, z2, z3), BLUE, digits=1, gap=0.035)
    for number, z in enumerate((z1, z2, z3), start=1):
        end = {"color": BLUE, "edge": PAPER, "size": 9, "zorder": 5}
        pen.dot(f"end {number}", number, z, sets=("", f"z{number}"), **end)
    return pen.done("")


def exponentials(ax: Place, *, z1: float, z2: float, z3: float, temperature: float) -> Picture:
    """Draw e^((z − max z) / T) of three scores z.

    The largest score is taken away first, which gives the same probabilities and cannot
    overflow. Arguments as for `probabilities`.
    """
    labels = ("$e^{(z - \\max z)/T}$", "class", "exponential")
    pen = Pen(ax, *labels, (0.4, 3.6), (0, 1.18), xticks=(1, 2, 3))
    _three_bars(pen, _exponentials((z1, z2, z3), temperature), ORANGE)
    return pen.done("")


def probabilities(ax: Place, *, z1: float, z2: float, z3: float, temperature: float) -> Picture:
    """Draw the softmax of three scores: each exponential, divided by the sum of all three.

    The sentence gives the probabilities, and what one point of score is worth.

    Parameters
    ----------
    z1, z2, z3 : float
        The scores of three classes.
    temperature : float
        T, by which the scores are divided first; above 0.
    """
    parts = _exponentials((z1, z2, z3), temperature)
    shares = parts / parts.sum()
    labels = ("softmax: divided by their sum", "class", "probability")
    pen = Pen(ax, *labels, (0.4, 3.6), (0, 1.18), xticks=(1, 2, 3))
    _three_bars(pen, shares, GREEN)
    worth = math.exp(1 / temperature)
    times = f"{worth:.2f}" if worth < 1000 else power_of_ten(worth)
    return pen.done(
        f"Probabilities {', '.join(f'{p:.2f}' for p in shares)}, together 1. At temperature "
        f"{temperature:.2f} a class with one point more of score than another is {times} times as "
        "probable as the other."
    )


def _exponentials(scores: Sequence[float], temperature: float) -> np.ndarray:
    """Return e^((z − max z) / T)."""
    return np.exp((np.array(scores) - max(scores)) / temperature)


def _three_bars(
    pen: Pen, heights: Sequence[float], color: str, digits: int = 2, gap: float = 0.01
) -> None:
    """Draw a bar for each class, from 0, and beyond a gap, a part of the picture, its number."""
    low, high = pen.ylim
    for place, height in enumerate(heights, start=1):
        pen.bars(f"bar {place}", [height], [place - 0.32, place + 0.32], color=color, alpha=0.85)
        end, side = (gap, "bottom") if height >= 0 else (-gap, "top")
        beyond = height + end * (high - low)
        pen.text(f"value {place}", place, beyond, f"{height:.{digits}f}", anchor=side)
    pen.mark_y("zero", 0, color=INK, width=0.8, dash="-")


_GRIP = 0.6  # from the middle of a dividing line to where it is turned


def dividing_line(
    ax: Place,
    sets: dict[str, tuple[np.ndarray, np.ndarray]],
    *,
    points: str,
    turn: float,
    shift: float,
) -> Picture:
    """Draw a straight line that is to keep two classes apart.

    The round dot on the line shifts it, the other one turns it. The sentence gives the percentage
    of the points on the right side.

    Parameters
    ----------
    sets : dict of str to (X, y)
        Points of shape (n_samples, 2) and their classes, 0 or 1, by name.
    points : str
        Which of them to draw.
    turn : float
        Angle of the line's normal in degrees: class 1 is said on the side to which it points.
    shift : float
        Distance of the line from the origin, in the direction of the normal.
    """
    X, y = sets[points]
    limits = (-1.3, 1.3)
    pen = Pen(ax, "Blue on blue, orange on orange", "x₁", "x₂", limits, limits, equal=True)
    normal = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn))])
    axis = np.linspace(*limits, 80)
    side = (normal[0] * axis[None, :] + normal[1] * axis[:, None] > shift).astype(float)
    look = {"colors": DIVERGING, "limits": (-0.4, 1.4), "alpha": 0.6}
    pen.image("sides", side, (*limits, *limits), **look)
    foot, along = shift * normal, np.array([-normal[1], normal[0]])
    pen.curve("line", *np.array([foot - 4 * along, foot + 4 * along]).T, color=INK, width=2.5)
    class_points(pen, X, y)
    pen.handle("middle", foot, "shift", shift, normal)
    way = math.radians(1) * (shift * along - _GRIP * normal)
    pen.handle("grip", foot + _GRIP * along, "turn", turn, way, marker="D")
    right = np.mean((X @ normal > shift) == (y > 0.5))
    return pen.done(f"{points}: {right:.0%} of the points are on the right side of the line.")


def gradients_at_depth(ax: Place, *, depth: int, gain: float, X: np.ndarray) -> Picture:
    """Draw `gradient_by_layer` for one backward pass through networks of each activation.

    Parameters
    ----------
    depth : int
        Number of layers, 24 at most.
    gain : float
        Of their random weights, as `experiments.gradient_norms` takes it.
    X : ndarray of shape (n_samples, n_features)
        What goes into the networks.
    """
    names = experiments.ACTIVATIONS
    norms = {name: experiments.gradient_norms(X, name, depth, gain) for name in names}
    return gradient_by_layer(ax, norms, deepest=24)


def gradient_by_layer(ax: Place, norms: dict[str, np.ndarray], *, deepest: int = 30) -> Picture:
    """Draw how much of the gradient arrives in each layer on the way back, on a log scale.

    The sentence compares the first layer with the last, for each network.

    Parameters
    ----------
    norms : dict of str to ndarray of shape (depth,)
        For each network the norm of its gradient by layer, the first layer first. They are
        drawn as multiples of the last layer's norm.
    deepest : int
        Where the horizontal axis ends.
    """
    labels = ("layer (1 = next to the input)", "gradient, relative to the last layer")
    pen = Pen(ax, "", *labels, (0.5, deepest + 0.5), (1e-24, 1e14), ylog=True, yticks=7)
    pen.mark_y("one", 1, width=0.8, dash="-", zorder=0)
    words, depth = [], 0
    for number, (name, values) in enumerate(norms.items()):
        multiples = _multiples_of_last(values)
        depth = len(multiples)
        look = series(number) | {"marker": "o", "size": 4, "width": 2, "label": name}
        # A zero has no place on a logarithmic scale; it leaves the picture at the bottom.
        pen.curve(name, np.arange(1, depth + 1), np.maximum(multiples, 1e-30), **look)
        words.append(f"{name} {_factor(multiples[0])}")
    pen.legend("above")
    return pen.done(
        f"{depth} layers. First layer's gradient, as a multiple of the last layer's: "
        f"{', '.join(words)}."
    )


def _multiples_of_last(norms: np.ndarray) -> np.ndarray:
    """Return norms divided by the last one; zeros where that is zero."""
    norms = np.asarray(norms, dtype=float)
    return norms / norms[-1] if norms[-1] > 0 else np.zeros_like(norms)


def _factor(value: float) -> str:
    """Write a factor in as few signs as it needs."""
    if value == 0:
        return "0"
    if 0.01 <= value < 1000:
        return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"
    return power_of_ten(value)


def power_of_ten(value: float) -> str:
    """Write the power of ten that is nearest to a positive number, with raised digits."""
    return "10" + str(round(math.log10(value))).translate(_RAISED)


def sizes_at_start(
    ax: Place,
    *,
    activation: str,
    initialisation: str,
    starts: dict[str, str | Callable],
    points: tuple[np.ndarray, np.ndarray],
) -> Picture:
    """Draw `signal_sizes` of a deep network before any training.

    Parameters
    ----------
    activation : str
        That of its hidden layers.
    initialisation : str
        A key of `starts`.
    starts : dict of str to (str or callable)
        Initialisers by name, as `nn.Dense` takes them.
    points : tuple (X, y)
        What goes in, of shape (n_samples, 2), and the classes, 0 or 1.
    """
    fresh = experiments.deep_network(activation, starts[initialisation])
    return signal_sizes(ax, *experiments.sizes_by_layer(fresh, *points))


def signal_sizes(ax: Place, forward: np.ndarray, backward: np.ndarray) -> Picture:
    """Draw the size of the signal in each layer on the way forward, and of the gradient back.

    The sentence compares the first and the last layer in both directions.

    Parameters
    ----------
    forward, backward : ndarray of shape (depth,)
        For each hidden layer, the first one first, the root mean square of what its units put
        out, and of the loss's gradient with respect to that.
    """
    forward, backward = np.asarray(forward, float), np.asarray(backward, float)
    labels, xlim = ("hidden layer", "size (root mean square)"), (0.6, len(forward) + 0.4)
    pen = Pen(ax, "", *labels, xlim, (1e-15, 1e10), ylog=True, yticks=7)
    layers = np.arange(1, len(forward) + 1)
    for name, sizes, color, marker, dash in (
        ("signal forward", forward, BLUE, "o", "-"),
        ("gradient back", backward, VERMILLION, "s", "--"),
    ):
        look = {"color": color, "marker": marker, "dash": dash, "width": 2, "label": name}
        pen.curve(name, layers, np.maximum(sizes, 1e-30), **look)
    pen.legend("above")
    if not forward[-1]:
        return pen.done("No signal goes forward, and no gradient comes back to these layers.")
    signal = (
        f"From the first hidden layer to the last the signal changes by a factor of "
        f"{_factor(forward[-1] / forward[0])}"
    )
    if not backward[0]:
        return pen.done(f"{signal}; no gradient comes back.")
    return pen.done(
        f"{signal}; back to the first, the gradient by a factor of "
        f"{_factor(backward[0] / backward[-1])}."
    )


def losses_from(
    ax: Place,
    *,
    activation: str,
    initialisation: str,
    losses: dict[str, dict[str, np.ndarray]],
) -> Picture:
    """Draw the losses of several runs on a log scale, one in colour and the others faintly.

    The sentence says where the chosen curve begins and ends.

    Parameters
    ----------
    activation : str
        A key of `losses`: whose runs are drawn.
    initialisation : str
        The start of the run that is drawn strongly.
    losses : dict of str to dict of str to ndarray of shape (n_steps,)
        By activation and initialisation; what is not a finite number is left out.
    """
    curves = losses[activation]
    length = max(len(curve) for curve in curves.values())
    pen = Pen(ax, "", "step", "loss", (0, length - 1), (1e-5, 20), ylog=True)
    for name, curve in curves.items():
        pen.curve(f"faint {name}", np.arange(len(curve)), curve, color=GREY, width=1, alpha=0.6)
    curve = np.asarray(curves[initialisation], float)
    pen.curve("chosen", np.arange(len(curve)), curve, color=VERMILLION, width=3, zorder=4)
    finite = curve[np.isfinite(curve)]
    return pen.done(f"{initialisation}: the loss goes from {finite[0]:.2f} to {finite[-1]:.2f}.")


def active_units(ax: Place, shares: dict[str, np.ndarray]) -> Picture:
    """Draw for how many samples each ReLU unit is on, at several moments beside each other.

    The sentence counts the dead units: those that are never on.

    Parameters
    ----------
    shares : dict of str to ndarray of shape (units,)
        By moment, the fraction of the samples for which each unit's output is above 0.
    """
    labels = ("hidden unit", "fraction of samples it is on for")
    pen = Pen(ax, "", *labels, None, (-0.02, 1.12), xticks=10, whole_x=True)
    wide = 0.8 / len(shares)
    words = []
    for number, (moment, share) in enumerate(shares.items()):
        share = np.asarray(share, float)
        left = np.arange(1, len(share) + 1) - 0.4 + number * wide
        color = series(number)["color"]
        edges = np.column_stack([left, left + wide]).ravel()
        heights = np.column_stack([share, np.zeros_like(share)]).ravel()[:-1]
        pen.bars(moment, heights, edges, color=color, alpha=0.85, label=moment)
        dead = np.flatnonzero(share == 0)
        marks = np.column_stack([left[dead] + wide / 2, np.full(len(dead), 0.02)])
        pen.points(f"dead {moment}", marks, marker="x", color=color, size=6.7, zorder=4)
        words.append(f"{moment} {len(dead)} of {len(share)}")
    pen.legend("above")
    return pen.done(f"Dead units (marked with a cross): {'; '.join(words)}.")
