"""Pictures of how well a model meets its targets, and of a curve through points."""

from collections.abc import Callable

import numpy as np

from lessons_lib.plots._frame import short
from lessons_lib.plots._look import BLUE, INK, VERMILLION
from lessons_lib.plots._pen import Pen, Picture, Place


def span(values: np.ndarray, margin: float = 0.08) -> tuple[float, float]:
    """Return the range of ``values`` with a margin, a fraction of that range, on both sides."""
    low, high = float(np.min(values)), float(np.max(values))
    pad = margin * (high - low) or 1.0
    return low - pad, high + pad


def loss_map(ax: Place, x: np.ndarray, y: np.ndarray, *, w: float, b: float) -> Picture:
    """Draw the mean squared error of y = wx + b over w and b from -3 to 3, and where we stand.

    The sentence says how far above the lowest possible error we are.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,) or (n_samples, 1)
        Inputs and targets.
    w, b : float
        The present weight and bias.
    """
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    pen = Pen(ax, "The loss over all w and b", "weight w", "bias b", (-3, 3), (-3, 3))
    axis = np.linspace(-3, 3, 61)
    # The root spreads the colours evenly over a parabola's heights.
    shade = np.sqrt(_mean_squared_error(x, y, *np.meshgrid(axis, axis)))
    pen.image("loss", shade, (-3, 3, -3, 3), colors="cividis")
    best_w, best_b = np.polyfit(x, y, 1)
    pen.star("best", best_w, best_b, fill="#FFFFFF", edge="#222222", label="lowest")
    # Below a way over the map; whoever drags it walks on the map.
    pen.here(w, b, edge="#FFFFFF", zorder=2, label="you", sets=("w", "b"))
    pen.legend("lower left")
    here = _mean_squared_error(x, y, w, b)
    lowest = _mean_squared_error(x, y, best_w, best_b)
    if here - lowest < 0.02 * max(lowest, 1e-3):
        return pen.done("You are at the lowest point of the map.")
    return pen.done(
        f"The lowest point of the map has {lowest:.3f}; you are {here - lowest:.3f} above it."
    )


def _mean_squared_error(x, y, w, b):
    """Return mean((wx + b − y)²), multiplied out so that it takes whole grids of w and b."""
    return (
        w * w * np.mean(x * x)
        + b * b
        + np.mean(y * y)
        + 2 * w * b * np.mean(x)
        - 2 * w * np.mean(x * y)
        - 2 * b * np.mean(y)
    )


def fitted_curve(
    ax: Place,
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    *,
    xlabel: str = "input x",
    ylabel: str = "output y",
    jitter: float = 0.0,
    legend: str = "best",
) -> Picture:
    """Draw points with one input and the curve that a model puts through them.

    The sentence gives the root mean squared error in the target's unit.

    Parameters
    ----------
    predict : callable
        Takes inputs of shape (n, 1) and returns outputs of shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, 1)
        Inputs.
    y : ndarray of shape (n_samples,)
        Targets.
    xlabel, ylabel : str
        What the two axes are, with units.
    jitter : float
        Spread added to the drawn targets, so that equal whole numbers do not hide each other.
    legend : str
        Where the legend is, as `Pen.legend` takes it.
    """
    X, y = np.reshape(X, (-1, 1)), np.ravel(y)
    noise = jitter * (np.random.default_rng(0).random(len(y)) - 0.5)
    pen = Pen(ax, "", xlabel, ylabel, span(X), span(y, 0.2))
    points = np.column_stack([X[:, 0], y + noise])
    alpha = 0.35 if len(y) > 400 else 0.8
    pen.points("data", points, color=BLUE, size=3.75, alpha=alpha, label="data", edge_width=0)
    grid = np.linspace(*pen.xlim, 200)[:, None]
    curve = np.ravel(predict(grid))
    pen.curve("model", grid[:, 0], curve, color=VERMILLION, width=2.5, label="model", zorder=4)
    pen.legend(legend)
    rmse = np.sqrt(np.mean((np.ravel(predict(X)) - y) ** 2))
    return pen.done(f"The model is off by {short(rmse)} in the root mean square.")


def predictions(
    ax: Place, predict: Callable[[np.ndarray], np.ndarray], X: np.ndarray, y: np.ndarray
) -> Picture:
    """Draw what a model predicts over what was measured; on the line both are equal.

    The sentence gives the root mean squared error in the target's unit.

    Parameters
    ----------
    predict : callable
        Takes inputs and returns outputs of shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, ...)
        Inputs.
    y : ndarray of shape (n_samples,)
        Targets.
    """
    y, predicted = np.ravel(y).astype(float), np.ravel(predict(X))
    pen = Pen(ax, "", "target", "prediction", span(y), span(y, 0.2))
    # Targets that are few values would hide their points behind each other.
    spread = 0.02 * (pen.xlim[1] - pen.xlim[0]) * (len(np.unique(y)) < len(y) / 4)
    places = y + spread * (np.random.default_rng(0).random(len(y)) - 0.5)
    pen.curve("equal", pen.xlim, pen.xlim, color=INK, width=1, label="prediction = target")
    alpha = 0.35 if len(y) > 400 else 0.8
    points = np.column_stack([places, predicted])
    pen.points("samples", points, color=BLUE, size=3.75, alpha=alpha, edge_width=0, label="sample")
    pen.legend("above")
    rmse = np.sqrt(np.mean((predicted - y) ** 2))
    return pen.done(f"The model is off by {short(rmse)} in the root mean square.")
