"""Pictures of activations: what turns a weighted sum into a unit's output."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.lessons.activations._depth import (  # noqa: F401
    active_units,
    chosen_curve,
    dividing_line,
    gradient_by_layer,
    power_of_ten,
    signal_sizes,
)
from lessons_lib.plots._fit import _span
from lessons_lib.plots._history import style
from lessons_lib.plots._pen import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION, Pen, Picture

_Z = np.linspace(-4, 4, 401)
_LEAK = 0.2  # Keras's default for the activation "leaky_relu"


class Activation(NamedTuple):
    """An activation, its derivative, and how to write it.

    Attributes
    ----------
    formula : str
        g(z), in matplotlib's mathematical text.
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
    """Return Φ(z), the part of a standard normal distribution that lies below z."""
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


def activation(ax: Axes, *, name: str, z: float, compare: str = "") -> Picture:
    """Draw an activation with its tangent at one point.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    name : str
        A key of `ACTIVATIONS`.
    z : float
        What goes in, from −4 to 4.
    compare : str
        Another key, drawn faintly behind.

    Returns
    -------
    Picture
        Its sentence gives the value.
    """
    chosen = _named(name)
    pen = Pen(ax, f"{name}: {chosen.formula}", "z = w·x + b", "a = g(z)", (-4, 4), (-1.7, 4.2))
    _draw_axes(pen, -1.7, 4.2)
    if compare:
        pen.line("compare", _Z, _named(compare).function(_Z), color=GREY, lw=1.5, ls="--")
    pen.line("function", _Z, chosen.function(_Z), color=BLUE, lw=2.5, zorder=3)
    value, slope = float(chosen.function(z)), float(chosen.derivative(z))
    # One unit to each side along the tangent, however steep it is.
    reach = np.array([-1, 1]) / math.hypot(1, slope)
    pen.line("tangent", z + reach, value + slope * reach, color=VERMILLION, lw=2, zorder=4)
    pen.line("here", z, value, color=VERMILLION, marker="o", ms=9, ls="", zorder=5)
    return pen.done(f"{name} turns z = {z:.1f} into {value:.3f}.")


def activation_slope(ax: Axes, *, name: str, z: float, compare: str = "") -> Picture:
    """Draw the derivative of an activation, with one point marked on it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    name : str
        A key of `ACTIVATIONS`.
    z : float
        Where the slope is marked, from −4 to 4.
    compare : str
        Another key, whose derivative is drawn faintly behind.

    Returns
    -------
    Picture
        Its sentence gives the slope, and the largest one there is.
    """
    chosen = _named(name)
    pen = Pen(ax, "its slope: the derivative", "z", "g′(z)", (-4, 4), (-0.2, 1.3))
    _draw_axes(pen, -0.2, 1.3)
    if compare:
        pen.line("compare", _Z, _named(compare).derivative(_Z), color=GREY, lw=1.5, ls="--")
    slopes = chosen.derivative(_Z)
    pen.line("slope", _Z, slopes, color=GREEN, lw=2.5, zorder=3)
    slope = float(chosen.derivative(z))
    pen.line("drop", [z, z], [0, slope], color=VERMILLION, lw=1.5, ls="--", zorder=4)
    pen.line("here", z, slope, color=VERMILLION, marker="o", ms=9, ls="", zorder=5)
    return pen.done(f"Its slope there is {slope:.3f}; nowhere is it above {slopes.max():.2f}.")


def _named(name: str) -> Activation:
    """Return the activation of that name, or say which names there are."""
    if name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"There is no activation {name!r} here. Expected one of {known}.")
    return ACTIVATIONS[name]


def _draw_axes(pen: Pen, low: float, high: float) -> None:
    """Draw the lines z = 0 and g = 0."""
    pen.line("level", [-4, 4], [0, 0], color=GREY, lw=0.8, zorder=0)
    pen.line("upright", [0, 0], [low, high], color=GREY, lw=0.8, zorder=0)


def maxout(ax: Axes, *, w1: float, b1: float, w2: float, b2: float) -> Picture:
    """Draw a Maxout unit with two pieces: the larger of w₁x + b₁ and w₂x + b₂.

    Goodfellow et al. (2013), section 3: the unit's output is the maximum of k linear
    functions of its input, and all of their weights and biases are learned.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    w1, b1, w2, b2 : float
        Weights and biases of the two pieces.

    Returns
    -------
    Picture
        Its sentence names the activation that this Maxout is, where it is a known one.
    """
    pen = Pen(ax, "Maxout with two pieces", "input x", "output", (-3, 3), (-2.5, 3.5))
    x = np.linspace(-3, 3, 301)
    first, second = w1 * x + b1, w2 * x + b2
    pen.line("first", x, first, color=GREEN, lw=1.5, ls="--", label="piece 1")
    pen.line("second", x, second, color=ORANGE, lw=1.5, ls="-.", label="piece 2")
    larger = np.maximum(first, second)
    pen.line("unit", x, larger, color=BLUE, lw=3.5, alpha=0.8, label="the larger one", zorder=3)
    pen.legend(loc="upper center", ncols=3, fontsize=9)
    return pen.done(_which_maxout(w1, b1, w2, b2))


def _which_maxout(w1: float, b1: float, w2: float, b2: float) -> str:
    """Say what the larger of two straight lines is."""
    if math.isclose(w1, w2, abs_tol=1e-9):
        return "Both pieces have the same slope, so the unit is linear: a line without a bend."
    (flat, b_flat), (steep, b_steep) = sorted([(w1, b1), (w2, b2)])
    bend = (b_flat - b_steep) / (steep - flat)
    words = f"The unit bends at x = {bend:.2f}, from slope {flat:.2f} to slope {steep:.2f}."
    if not np.allclose([b_flat, b_steep], 0, atol=1e-9):
        return words
    if np.allclose([flat, steep], [0, 1], atol=1e-9):
        return words + " This is ReLU."
    if np.allclose([flat, steep], [-1, 1], atol=1e-9):
        return words + " This is the absolute value |x|."
    if math.isclose(steep, 1) and 0 < flat < 1:
        return words + " This is a leaky ReLU."
    return words


def maxout_fit(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    learned: dict[int, tuple[np.ndarray, np.ndarray]],
    *,
    pieces: int,
) -> Picture:
    """Draw a curve and the Maxout unit that has learned it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : ndarray of shape (n_samples,)
        The curve to be learned, x from left to right.
    learned : dict of int to (slopes, intercepts)
        For each number of pieces k two arrays of shape (k,).
    pieces : int
        Which of them to draw.

    Returns
    -------
    Picture
        Its sentence gives the root mean squared error.
    """
    slopes, intercepts = (np.asarray(part, float) for part in learned[pieces])
    low, high = _span(y, 0.35)
    pen = Pen(ax, "Learned pieces", "input x", "output", _span(x, 0.02), (low - 0.2, high))
    lines = x[:, None] * slopes + intercepts
    for number in range(max(learned)):
        if number < pieces:
            pen.line(f"piece {number}", x, lines[:, number], lw=1.2, alpha=0.9, **style(number + 1))
    pen.line("target", x, y, color=BLACK, lw=4, alpha=0.3, label="target")
    pen.line("unit", x, lines.max(axis=1), color=BLUE, lw=2.5, label="Maxout", zorder=3)
    pen.legend(loc="upper center", ncols=2, fontsize=9)
    rmse = float(np.sqrt(np.mean((lines.max(axis=1) - y) ** 2)))
    s = "s" if pieces > 1 else ""
    return pen.done(f"{pieces} piece{s}: off by {rmse:.3f} in the root mean square.")


_STAGES = {
    "scores": ("scores z", BLUE),
    "exponentials": ("$e^{(z - \\max z)/T}$", ORANGE),
    "probabilities": ("softmax: parts of the sum", GREEN),
}


def softmax(
    ax: Axes, *, z1: float, z2: float, z3: float, temperature: float, stage: str = "probabilities"
) -> Picture:
    """Draw one stage on the way from three scores to probabilities.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    z1, z2, z3 : float
        The scores of three classes.
    temperature : float
        T, by which the scores are divided first; above 0.
    stage : {"scores", "exponentials", "probabilities"}
        What the bars show. The exponentials are those of the scores minus the largest,
        which gives the same probabilities and cannot overflow.

    Returns
    -------
    Picture
        At the last stage its sentence gives the probabilities.
    """
    scores = np.array([z1, z2, z3])
    exponentials = np.exp((scores - scores.max()) / temperature)
    probabilities = exponentials / exponentials.sum()
    heights = dict(zip(_STAGES, (scores, exponentials, probabilities), strict=True))[stage]
    title, color = _STAGES[stage]
    ylim = (-5.8, 5.8) if stage == "scores" else (0, 1.18)
    pen = Pen(ax, title, "class", "", (0.4, 3.6), ylim)
    if not pen.artists and list(ax.get_xticks()) != [1, 2, 3]:
        ax.set_xticks([1, 2, 3])
    for place, height in enumerate(heights, start=1):
        edges = [place - 0.32, place + 0.32]
        pen.bars(f"bar {place}", [height], edges, color=color, alpha=0.85)
        room = (0.02 if height >= 0 else -0.02) * (ylim[1] - ylim[0])
        side = {"ha": "center", "va": "center"}
        digits = 1 if stage == "scores" else 2
        pen.text(f"value {place}", place, height + 2 * room, f"{height:.{digits}f}", **side)
    pen.line("zero", [0.4, 3.6], [0, 0], color=BLACK, lw=0.8)
    return pen.done(_softmax_words(stage, probabilities, temperature))


def _softmax_words(stage: str, probabilities: np.ndarray, temperature: float) -> str:
    """Say the probabilities, and what one point of score is worth at this temperature."""
    if stage != "probabilities":
        return ""
    shares = ", ".join(f"{p:.2f}" for p in probabilities)
    worth = math.exp(1 / temperature)
    times = f"{worth:.2f}" if worth < 1000 else power_of_ten(worth)
    return (
        f"Probabilities {shares}, together 1. At temperature {temperature:.2f} one point more of "
        f"score makes a class {times} times as probable."
    )
