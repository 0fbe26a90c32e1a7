"""Pictures of models with two inputs that give one of many classes, or a number."""

from collections.abc import Callable

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from lessons_lib.plots._boundary import class_points, plane
from lessons_lib.plots._pen import BLACK, BLUE, PALETTE, VERMILLION, Pen, Picture

# As in class_points, so that a region has the colour of its points.
_COLORS = np.array([to_rgb(c) for c in (BLUE, VERMILLION, *PALETTE[2:])])


def class_regions(
    ax: Axes,
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    *,
    resolution: int = 50,
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Colour the plane by the most probable of several classes, and draw their borders.

    Each place has the colour of its class, the paler the less sure the model is.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    predict : callable
        Takes points of shape (n, 2) and returns a probability, or any score, for each class,
        shape (n, n_classes). Scores that are not probabilities are put through a softmax.
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Their classes 0, 1, ..., or one-hot rows.
    resolution : int
        Points along each side of the grid on which ``predict`` is asked.
    title : str
        Title of the picture.
    legend : str
        Where the legend is: "above" the picture, or a place inside it as matplotlib names it.

    Returns
    -------
    Picture
        Its sentence gives the part of the points in the region of their class.
    """
    X, y = np.asarray(X), np.asarray(y)
    y = np.argmax(y, axis=1) if y.ndim == 2 and y.shape[1] > 1 else np.ravel(y).astype(int)
    grid, x_axis, y_axis = plane(X, resolution)
    answers = _as_probabilities(predict(np.concatenate([grid, X.astype(grid.dtype)])))
    over_plane, at_points = answers[: len(grid)], answers[len(grid) :]
    n_classes = answers.shape[1]
    extent = (x_axis[0], x_axis[-1], y_axis[0], y_axis[-1])
    pen = Pen(ax, title)
    pen.frame("x₁", "x₂", extent[:2], extent[2:], equal=True)
    sure = (over_plane.max(axis=1, keepdims=True) - 1 / n_classes) / (1 - 1 / n_classes)
    color = _COLORS[np.argmax(over_plane, axis=1) % len(_COLORS)]
    shade = 1 - 0.75 * np.clip(sure, 0.08, 1) * (1 - color)
    pen.image("regions", shade.reshape(resolution, resolution, 3).astype(np.float32), extent)
    borders = _borders(over_plane.reshape(resolution, resolution, n_classes), x_axis, y_axis)
    pen.segments("borders", borders, colors=BLACK, linewidths=1.8)
    class_points(pen, X, y)
    pen.legend(legend)
    right = float(np.mean(np.argmax(at_points, axis=1) == y))
    return pen.done(f"{right:.0%} of the points lie in the region of their class.")


def _as_probabilities(scores: np.ndarray) -> np.ndarray:
    """Return rows that are positive and sum to one; logits go through a softmax."""
    scores = np.asarray(scores, dtype=np.float64)
    if (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _borders(probabilities: np.ndarray, x_axis, y_axis) -> list[np.ndarray]:
    """Return the lines on which a class is exactly as probable as the best of the others."""
    lines = []
    for number in range(probabilities.shape[-1] - 1):  # the last class borders on the others
        others = np.delete(probabilities, number, axis=-1).max(axis=-1)
        lead = probabilities[..., number] - others
        if lead.max() > 0 > lead.min():
            lines += contourpy.contour_generator(x_axis, y_axis, lead).lines(0.0)
    return lines


def value_map(
    ax: Axes,
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    *,
    resolution: int = 50,
    title: str = "",
) -> Picture:
    """Draw a number predicted from two inputs as colours, and the targets as points on them.

    A point that cannot be told from its surroundings is predicted well.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    predict : callable
        Takes points of shape (n, 2) and returns numbers of shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Targets.
    resolution : int
        Points along each side of the grid on which ``predict`` is asked.
    title : str
        Title of the picture.

    Returns
    -------
    Picture
        Its sentence gives the root mean squared error in the target's unit.
    """
    X, y = np.asarray(X), np.ravel(y).astype(float)
    grid, x_axis, y_axis = plane(X, resolution)
    answers = np.ravel(predict(np.concatenate([grid, X.astype(grid.dtype)])))
    extent = (x_axis[0], x_axis[-1], y_axis[0], y_axis[-1])
    scale = {"vmin": float(y.min()), "vmax": float(y.max()), "cmap": "cividis"}
    pen = Pen(ax, title)
    pen.frame("x₁", "x₂", extent[:2], extent[2:], equal=True)
    pen.image("values", answers[: len(grid)].reshape(resolution, resolution), extent, **scale)
    pen.points("targets", X, c=y, s=30, edgecolors="white", linewidths=0.8, zorder=3, **scale)
    rmse = np.sqrt(np.mean((answers[len(grid) :] - y) ** 2))
    return pen.done(f"The model is off by {rmse:.3g} in the root mean square.")
