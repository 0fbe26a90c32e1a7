"""Pictures of a model with two inputs: what it says at every point of the plane."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    DIVERGING,
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
