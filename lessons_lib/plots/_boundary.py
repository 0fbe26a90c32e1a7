"""Pictures of a model with two inputs: what it says at every point of the plane."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    DIVERGING,
    GREY,
    MARKERS,
    PALETTE,
    VERMILLION,
    Pen,
    Picture,
)


def plane(X: np.ndarray, resolution: int = 50, margin: float = 0.15):
    """Return a grid that covers the points ``X``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 2)
        Points to cover.
    resolution : int
        Points along each side.
    margin : float
        Border around the points, as a part of their range.

    Returns
    -------
    grid : ndarray of shape (resolution**2, 2)
        Points, row by row from the lowest.
    x_axis, y_axis : ndarray of shape (resolution,)
        Coordinates of columns and rows.
    """
    low, high = np.min(X, axis=0), np.max(X, axis=0)
    pad = margin * np.maximum(high - low, 1e-6)
    x_axis, y_axis = (
        np.linspace(a, b, resolution, dtype=np.float32)
        for a, b in zip(low - pad, high + pad, strict=True)
    )
    grid = np.stack(np.meshgrid(x_axis, y_axis), axis=-1).reshape(-1, 2)
    return grid, x_axis, y_axis


def class_points(pen: Pen, X: np.ndarray, y: np.ndarray, size: float = 26) -> None:
    """Draw points by class: colour and marker both say which."""
    for label in np.unique(y):
        index = int(label) % len(PALETTE)
        color = (BLUE, VERMILLION, *PALETTE[2:])[index]
        style = {"color": color, "marker": MARKERS[index], "s": size, "edgecolors": "white"}
        pen.points(
            f"class {label}",
            X[y == label],
            linewidths=0.6,
            zorder=3,
            label=f"class {int(label)}",
            **style,
        )


def decision_boundary(
    ax: Axes,
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    *,
    resolution: int = 50,
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Draw a binary classifier's probability over the plane, and its decision line.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    predict : callable
        Takes points of shape (n, 2) and returns the probability of class 1, shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Their classes, 0 or 1.
    resolution : int
        Points along each side of the grid on which ``predict`` is asked.
    title : str
        Title of the picture.
    legend : str
        Where the legend is: "above" the picture, or a place inside it as matplotlib names it.

    Returns
    -------
    Picture
        Its sentence gives the part of the points on the right side of the line.
    """
    pen = Pen(ax, title)
    right = _draw_plane(pen, predict, np.asarray(X), np.ravel(y), resolution, legend)
    return pen.done(f"The decision line has {right:.0%} of the points on the right side.")


def _draw_plane(pen: Pen, predict, X, y, resolution=50, legend="upper right") -> float:
    """Draw probabilities, the line where they are ½, and points; return the accuracy."""
    grid, x_axis, y_axis = plane(X, resolution)
    # One question for grid and points: a network answers two only after two fixed costs.
    answers = np.ravel(predict(np.concatenate([grid, X.astype(grid.dtype)])))
    values = answers[: len(grid)].reshape(resolution, resolution)
    extent = (x_axis[0], x_axis[-1], y_axis[0], y_axis[-1])
    pen.frame("x₁", "x₂", extent[:2], extent[2:], equal=True)
    pen.image("probability", values, extent, cmap=DIVERGING, vmin=0, vmax=1, alpha=0.75)
    pen.level("boundary", x_axis, y_axis, values, 0.5, colors=BLACK, linewidths=2.0)
    class_points(pen, X, y)
    pen.legend(legend)
    return float(np.mean((answers[len(grid) :] > 0.5) == (y > 0.5)))


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
