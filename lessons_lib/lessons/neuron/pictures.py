"""Pictures that only the lesson on the neuron shows."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lessons_lib.plots._boundary import _draw_plane
from lessons_lib.plots._fit import _span
from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    Pen,
    Picture,
)


def linear_unit(ax: Axes, x: np.ndarray, y: np.ndarray, *, w: float, b: float) -> Picture:
    """Draw the line y = wx + b, the points it should meet, and the error at each of them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : ndarray of shape (n_samples,) or (n_samples, 1)
        Inputs and targets.
    w, b : float
        Weight and bias of the unit.

    Returns
    -------
    Picture
        Its sentence gives the mean squared error.
    """
    x, y = np.ravel(x), np.ravel(y)
    xlim, ylim = _span(x), _span(y, 0.6)
    pen = Pen(ax, "The unit y = wx + b", "input x", "output y", xlim, ylim)
    prediction = w * x + b
    errors = [[(u, v), (u, p)] for u, v, p in zip(x, y, prediction, strict=True)]
    pen.segments("errors", errors, colors=GREY, linewidths=1.0, linestyles=":")
    pen.points("data", np.column_stack([x, y]), color=BLUE, s=22, label="data", zorder=3)
    ends = np.array(xlim)
    pen.line("unit", ends, w * ends + b, color=VERMILLION, lw=2.5, label="the unit", zorder=4)
    pen.legend(loc="upper left")
    loss = np.mean((prediction - y) ** 2)
    return pen.done(f"With w = {w:.2f} and b = {b:.2f} the mean squared error is {loss:.3f}.")


def logistic_unit(
    ax: Axes, X: np.ndarray, y: np.ndarray, *, w1: float, w2: float, b: float
) -> Picture:
    """Draw the probability σ(w₁x₁ + w₂x₂ + b) over the plane, with the weight vector as an arrow.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Their classes, 0 or 1.
    w1, w2, b : float
        Weights and bias.

    Returns
    -------
    Picture
        Its sentence gives accuracy and cross-entropy.
    """
    X, y = np.asarray(X), np.ravel(y)
    weights, length = np.array([w1, w2]), float(np.hypot(w1, w2))
    pen = Pen(ax, "Probability of class 1")
    right = _draw_plane(pen, lambda points: _sigmoid(points @ weights + b), X, y)
    if length < 1e-9:
        return pen.done(f"Without weights every point gets the probability {_sigmoid(b):.2f}.")
    direction = weights / length
    # The arrow stands on the point of the decision line that is nearest to the data's middle.
    middle = np.mean(X, axis=0)
    foot = middle - (weights @ middle + b) / length * direction
    tip = foot + 0.4 * min(length, 4.0) * direction
    pen.line("arrow", *np.array([foot, tip]).T, color=BLACK, lw=2.5, zorder=4)
    pen.line("tip", *tip[:, None], color=BLACK, marker="D", ms=7, zorder=4, ls="")
    z = X @ weights + b
    # log(1 + e^z) − yz is cross-entropy written so that a large z cannot overflow.
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return pen.done(
        f"The decision line has {right:.0%} of the points on the right side; "
        f"the cross-entropy is {loss:.3f}."
    )


def probability(ax: Axes, *, z: float) -> Picture:
    """Draw the sigmoid σ(z) = 1 / (1 + e⁻ᶻ) with one point marked on it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    z : float
        The linear unit's output.

    Returns
    -------
    Picture
        Its sentence gives the probability.
    """
    pen = Pen(ax, "The sigmoid", "z = w·x + b", "probability σ(z)", (-8, 8), (-0.05, 1.05))
    grid = np.linspace(-8, 8, 200)
    pen.line("half", [-8, 8], [0.5, 0.5], color=GREY, lw=1, ls=":")
    pen.line("sigmoid", grid, _sigmoid(grid), color=BLUE, lw=2.5)
    pen.line("drop", [z, z], [-0.05, _sigmoid(z)], color=VERMILLION, lw=1.5, ls="--")
    pen.line("here", z, _sigmoid(z), color=VERMILLION, marker="o", ms=10, ls="", zorder=4)
    return pen.done(f"z = {z:.1f} becomes the probability {_sigmoid(z):.3f}.")


def _sigmoid(z):
    """Return 1 / (1 + e⁻ᶻ), computed by tanh, which cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


_STATIONS = [
    ("input X", 0.0, 0.75, ORANGE),
    ("layers\n(weights)", 1.45, 0.75, BLUE),
    ("prediction ŷ", 2.9, 0.75, GREEN),
    ("loss(y, ŷ)", 2.9, 0.0, VERMILLION),
    ("optimizer", 1.45, 0.0, BLUE),
    ("target y", 4.35, 0.0, ORANGE),
]


_WAYS = [(0, 1, ""), (1, 2, ""), (2, 3, ""), (5, 3, ""), (3, 4, "gradient"), (4, 1, "update")]


def training_loop(ax: Axes) -> Picture:
    """Draw the loop of training: layers, prediction, loss, optimizer, update, again.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    Picture
        Its sentence goes round the loop.
    """
    pen = Pen(ax, xlim=(-0.5, 4.85), ylim=(-0.32, 1.07))
    ax.set_axis_off()
    half_width, half_height = 0.42, 0.17
    for words, x, y, color in _STATIONS:
        corner = (x - half_width, y - half_height)
        pen.patch(
            f"box {words}",
            lambda corner=corner, **style: FancyBboxPatch(
                corner, 2 * half_width, 2 * half_height, **style
            ),
            boxstyle="round,pad=0.02,rounding_size=0.06",
            facecolor=color,
            edgecolor="none",
            alpha=0.22,
        )
        pen.text(f"words {words}", x, y, words, ha="center", va="center", fontsize=12)
    for start, end, words in _WAYS:
        (x0, y0), (x1, y1) = _STATIONS[start][1:3], _STATIONS[end][1:3]
        dx, dy = np.sign(x1 - x0), np.sign(y1 - y0)
        a = (x0 + dx * (half_width + 0.03), y0 + dy * (half_height + 0.03))
        b = (x1 - dx * (half_width + 0.03), y1 - dy * (half_height + 0.03))
        pen.patch(
            f"way {start} {end}",
            lambda a=a, b=b, **style: FancyArrowPatch(a, b, **style),
            arrowstyle="-|>",
            mutation_scale=18,
            lw=2,
            color=BLACK,
        )
        if words:
            beside = {"ha": "center", "va": "bottom"} if dy == 0 else {"ha": "left", "va": "center"}
            pen.text(
                f"label {words}",
                (a[0] + b[0]) / 2 + 0.05 * (dy != 0),
                (a[1] + b[1]) / 2 + 0.03 * (dy == 0),
                words,
                fontsize=11,
                style="italic",
                **beside,
            )
    return pen.done(
        "Inputs go through the layers and become predictions; the loss compares them with the "
        "targets; the optimizer uses its gradient to update the weights; then the next batch comes."
    )


def scores(
    ax: Axes, values: dict[str, float], *, xlabel: str, lower_is_better: bool = True
) -> Picture:
    """Compare a few models by one number each, best on top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : dict of str to float
        The number of each model.
    xlabel : str
        What the number is, with its unit.
    lower_is_better : bool
        Which end is on top.

    Returns
    -------
    Picture
        Its sentence names the best model.
    """
    order = sorted(values, key=values.get, reverse=lower_is_better)
    pen = Pen(ax, "", xlabel)
    numbers = np.array([values[name] for name in order])
    rows = np.arange(len(order))
    span = float(np.ptp(numbers)) or 1.0
    left = float(np.min(numbers)) - 0.15 * span
    pen.segments(
        "rows", [[(left, r), (v, r)] for r, v in zip(rows, numbers, strict=True)], colors=GREY
    )
    pen.line("scores", numbers, rows, marker="o", ms=11, ls="", color=BLUE, zorder=3)
    for row, value in zip(rows, numbers, strict=True):
        pen.text(f"value {row}", value + 0.04 * span, row, f"{value:.3f}", va="center")
    ax.set_yticks(rows, order)
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlim(left, float(np.max(numbers)) + 0.25 * span)
    return pen.done(f"Best: {order[-1]}.")
