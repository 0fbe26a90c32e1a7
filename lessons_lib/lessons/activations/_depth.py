"""Pictures of what reaches the layers of a deep network: signals, gradients, silence."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from lessons_lib.plots._boundary import class_points
from lessons_lib.plots._history import style
from lessons_lib.plots._pen import BLACK, BLUE, DIVERGING, GREY, VERMILLION, Pen, Picture

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def dividing_line(
    ax: Axes,
    sets: dict[str, tuple[np.ndarray, np.ndarray]],
    *,
    points: str,
    turn: float,
    shift: float,
) -> Picture:
    """Draw a straight line that is to keep two classes apart.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    sets : dict of str to (X, y)
        Points of shape (n_samples, 2) and their classes, 0 or 1, by name.
    points : str
        Which of them to draw.
    turn : float
        Angle of the line's normal in degrees: class 1 is said on the side to which it points.
    shift : float
        Distance of the line from the origin, in the direction of the normal.

    Returns
    -------
    Picture
        Its sentence gives the part of the points on the right side.
    """
    X, y = sets[points]
    pen = Pen(ax, "Blue on blue, orange on orange")
    limit = 1.3
    extent = (-limit, limit, -limit, limit)
    pen.frame("x₁", "x₂", extent[:2], extent[2:], equal=True)
    normal = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn))])
    axis = np.linspace(-limit, limit, 80)
    side = (normal[0] * axis[None, :] + normal[1] * axis[:, None] > shift).astype(float)
    pen.image("sides", side, extent, cmap=DIVERGING, vmin=-0.4, vmax=1.4, alpha=0.6)
    along = 4 * np.array([-normal[1], normal[0]])
    foot = shift * normal
    pen.line("line", *np.array([foot - along, foot + along]).T, color=BLACK, lw=2.5, zorder=4)
    class_points(pen, X, y)
    right = np.mean((X @ normal > shift) == (y > 0.5))
    return pen.done(f"{points}: {right:.0%} of the points are on the right side of the line.")


def gradient_by_layer(ax: Axes, norms: dict[str, np.ndarray], *, deepest: int = 30) -> Picture:
    """Draw how much of the gradient arrives in each layer on the way back, on a log scale.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    norms : dict of str to ndarray of shape (depth,)
        For each network the norm of its gradient by layer, the first layer first. They are
        drawn as parts of the last layer's norm.
    deepest : int
        Where the horizontal axis ends.

    Returns
    -------
    Picture
        Its sentence compares the first layer with the last, for each network.
    """
    labels = ("layer (1 = next to the input)", "gradient, relative to the last layer")
    _make_log(ax)
    pen = Pen(ax, "", *labels, (0.5, deepest + 0.5), (1e-16, 1e8))
    pen.line("one", [0, deepest + 1], [1, 1], color=GREY, lw=0.8, zorder=0)
    words, depth = [], 0
    for number, (name, values) in enumerate(norms.items()):
        parts = _parts_of_last(values)
        depth = len(parts)
        look = {"marker": "o", "ms": 4, "lw": 2, "label": name} | style(number)
        # A zero has no place on a logarithmic scale; it leaves the picture at the bottom.
        pen.line(name, np.arange(1, depth + 1), np.maximum(parts, 1e-300), **look)
        words.append(f"{name} {_factor(parts[0])}")
    pen.legend("above")
    return pen.done(
        f"{depth} layers. First layer's gradient, as a multiple of the last layer's: "
        f"{', '.join(words)}."
    )


def _parts_of_last(norms: np.ndarray) -> np.ndarray:
    """Return norms divided by the last one; zeros where that is zero."""
    norms = np.asarray(norms, dtype=float)
    return norms / norms[-1] if norms[-1] > 0 else np.zeros_like(norms)


def _factor(value: float) -> str:
    """Write a factor in as few signs as it needs."""
    if value == 0:
        return "0"
    if 0.01 <= value < 1000:
        return f"{value:.2g}"
    return power_of_ten(value)


def power_of_ten(value: float) -> str:
    """Write the power of ten that is nearest to a positive number, with raised digits."""
    return "10" + str(round(math.log10(value))).translate(_RAISED)


def _make_log(ax: Axes) -> None:
    """Give an Axes a logarithmic vertical scale with few ticks, once."""
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(numticks=7))
        ax.yaxis.set_minor_formatter(NullFormatter())


def signal_sizes(ax: Axes, forward: np.ndarray, backward: np.ndarray) -> Picture:
    """Draw the size of the signal in each layer on the way forward, and of the gradient back.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    forward, backward : ndarray of shape (depth,)
        For each hidden layer, the first one first, the root mean square of what its units put
        out, and of the loss's gradient with respect to that.

    Returns
    -------
    Picture
        Its sentence compares the first and the last layer in both directions.
    """
    forward, backward = np.asarray(forward, float), np.asarray(backward, float)
    _make_log(ax)
    labels = ("hidden layer", "root mean square")
    pen = Pen(ax, "", *labels, (0.6, len(forward) + 0.4), (1e-11, 1e9))
    layers = np.arange(1, len(forward) + 1)
    for name, sizes, color, mark, line in (
        ("signal forward", forward, BLUE, "o", "-"),
        ("gradient back", backward, VERMILLION, "s", "--"),
    ):
        shown = np.maximum(sizes, 1e-300)
        pen.line(name, layers, shown, color=color, marker=mark, ls=line, lw=2, label=name)
    pen.legend("above")
    if not forward[-1]:
        return pen.done("No signal goes forward and no gradient comes back.")
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


def chosen_curve(
    ax: Axes,
    curves: dict[str, np.ndarray],
    *,
    chosen: str,
    title: str = "",
    xlabel: str = "step",
    ylabel: str = "loss",
    ylim: tuple[float, float] | None = None,
) -> Picture:
    """Draw several curves, one of them in colour and the others faintly.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    curves : dict of str to ndarray of shape (n_steps,)
        The curves by name; what is not a finite number is left out.
    chosen : str
        Which curve is drawn strongly.
    title, xlabel, ylabel : str
        Texts of the picture.
    ylim : tuple of float, optional
        Limits of the vertical axis.

    Returns
    -------
    Picture
        Its sentence says where the chosen curve begins and ends.
    """
    length = max(len(curve) for curve in curves.values())
    pen = Pen(ax, title, xlabel, ylabel, (0, length - 1), ylim)
    for name, curve in curves.items():
        pen.line(f"faint {name}", np.arange(len(curve)), curve, color=GREY, lw=1, alpha=0.6)
    curve = np.asarray(curves[chosen], float)
    pen.line("chosen", np.arange(len(curve)), curve, color=VERMILLION, lw=3, zorder=4)
    finite = curve[np.isfinite(curve)]
    return pen.done(f"{chosen}: the {ylabel} goes from {finite[0]:.2f} to {finite[-1]:.2f}.")


def active_units(ax: Axes, shares: dict[str, np.ndarray]) -> Picture:
    """Draw for how many samples each ReLU unit is on, at several moments beside each other.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    shares : dict of str to ndarray of shape (units,)
        By moment, the part of the samples for which each unit's output is above 0.

    Returns
    -------
    Picture
        Its sentence counts the dead units: those that are never on.
    """
    pen = Pen(ax, "", "hidden unit", "part of samples it reacts to", None, (-0.02, 1.12))
    if not pen.artists and not ax.get_legend():
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    wide = 0.8 / len(shares)
    words = []
    for number, (moment, share) in enumerate(shares.items()):
        share = np.asarray(share, float)
        left = np.arange(1, len(share) + 1) - 0.4 + number * wide
        color = style(number)["color"]
        edges = np.column_stack([left, left + wide]).ravel()
        heights = np.column_stack([share, np.zeros_like(share)]).ravel()[:-1]
        pen.bars(moment, heights, edges, color=color, alpha=0.85, label=moment)
        dead = np.flatnonzero(share == 0)
        marks = np.column_stack([left[dead] + wide / 2, np.full(len(dead), 0.02)])
        pen.points(f"dead {moment}", marks, marker="x", color=color, s=45, zorder=4)
        words.append(f"{moment} {len(dead)} of {len(share)}")
    pen.legend("above")
    return pen.done(f"Dead units (marked with a cross): {'; '.join(words)}.")
