"""Pictures of a model with two inputs: what it says at every point of the plane."""

from collections.abc import Callable

import numpy as np

from lessons_lib.plots._frame import percent, short
from lessons_lib.plots._look import BLUE, DIVERGING, MARKERS, PALETTE, VERMILLION, Look, rgb
from lessons_lib.plots._pen import Pen, Picture, Place, level_lines

Predict = Callable[[np.ndarray], np.ndarray]
# Classes 0 and 1 are the two ends of DIVERGING.
CLASS_COLORS = (BLUE, VERMILLION, *PALETTE[2:])
_RIM = "#FFFFFF"  # of points on coloured ground
_UNSEEN: Look = {"size": 3.9, "edge": "#222222", "edge_width": 0.9, "zorder": 2.8}
_UNSEEN_LABEL = "validation"
# What a hand can do: to the points, and to the ground.
_TO_POINTS: dict[str, Look] = {
    "": {}, "add": {}, "move": {"moves": "xy"}, "wipe": {"picks": True}
}  # fmt: skip
_TO_GROUND: dict[str, Look] = {"": {}, "add": {"picks": "each"}, "move": {}, "wipe": {}}
_STEPS = 5  # shades of a discretised number
_SLENDER = 5  # times as high as wide, or wide as high: with equal units one would see a thread
_MARGIN = 0.15  # around the points, as a fraction of their range
_ROOMY = 1.5  # times as wide as needed: so far a frame stays as it is when points have moved
_CLASS_BYTES = np.rint([[255 * part for part in rgb(c)] for c in CLASS_COLORS]).astype(np.uint8)


def plane(
    X: np.ndarray, resolution: int = 50, margin: float = _MARGIN
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a grid that covers the points ``X``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 2)
        Points to cover.
    resolution : int
        Points along each side.
    margin : float
        Border around the points, as a fraction of their range.

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


def class_points(
    pen: Pen,
    X: np.ndarray,
    y: np.ndarray,
    unseen: tuple[np.ndarray, np.ndarray] | None = None,
    hand: str = "",
) -> None:
    """Draw points of shape (n_samples, 2) by class: colour and marker both say which.

    Those that are `unseen` are smaller and have a dark rim.
    """
    for label in np.unique(y):
        number = int(label) % len(CLASS_COLORS)
        pen.points(
            f"class {label}", X[y == label], color=CLASS_COLORS[number], marker=MARKERS[number],
            size=5.1, edge=_RIM, edge_width=0.6, zorder=3, label=f"class {int(label)}",
            **_TO_POINTS[hand],
        )  # fmt: skip
    if unseen is None:
        return
    X, y = unseen
    for place, label in enumerate(np.unique(y)):
        number = int(label) % len(CLASS_COLORS)
        named: Look = {} if place else {"label": _UNSEEN_LABEL}
        look: Look = {"color": CLASS_COLORS[number], "marker": MARKERS[number]}
        pen.points(f"unseen class {label}", X[y == label], **look, **_UNSEEN, **named)


def _ask(pen: Pen, predict: Predict, X: np.ndarray):
    """Fit the frame to a plane around points, and return what a model says on it and at them.

    Returns
    -------
    over_plane, at_points : ndarray of shape (n_y, n_x, outputs) and (n_samples, outputs)
        Its answers, the plane's row by row from the lowest.
    x_axis, y_axis : ndarray of shape (n_x,) and (n_y,)
        Coordinates of the plane's columns and rows.
    """
    grid, *axes = _plane_for(pen, X)
    # One question for grid and points: a network answers two only after two fixed costs.
    answers = np.asarray(predict(np.concatenate([grid, X.astype(grid.dtype)])))
    answers = answers.reshape(len(grid) + len(X), -1)
    sizes = [axis[-1] - axis[0] for axis in axes]
    equal = bool(max(sizes) <= _SLENDER * min(sizes))
    pen.frame("x₁", "x₂", *((axis[0], axis[-1]) for axis in axes), equal=equal)
    over_plane = answers[: len(grid)].reshape(len(axes[1]), len(axes[0]), -1)
    return over_plane, answers[len(grid) :], *axes


def _plane_for(pen: Pen, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a grid that covers points: the one before, where it still suits them.

    So a point that is dragged to the edge does not drag the frame along.
    """
    before = pen.before.get("xlim"), pen.before.get("ylim")
    if pen.before.get("xlabel") == "x₁" and all(before):  # and not another picture's
        low, high = np.transpose(before)
        size, needed = high - low, np.ptp(X, axis=0)
        inside = (low <= X.min(axis=0)).all() and (X.max(axis=0) <= high).all()
        if inside and (size <= _ROOMY * (1 + 2 * _MARGIN) * needed).all():
            return plane(np.array([low, high]), margin=0.0)
    return plane(X)


def decision_boundary(
    ax: Place,
    predict: Predict,
    X: np.ndarray,
    y: np.ndarray,
    *,
    unseen: tuple[np.ndarray, np.ndarray] | None = None,
    discrete: bool = False,
    hand: str = "",
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Draw a binary classifier's probability over the plane, and its decision line.

    The sentence gives the fraction of the points on the right side of the line.

    Parameters
    ----------
    predict : callable
        Takes points of shape (n, 2) and returns the probability of class 1, shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Their classes, 0 or 1.
    unseen : tuple (X_val, y_val), optional
        Points that the model does not train on, drawn smaller.
    discrete : bool
        Whether each place has the plain colour of its class, however sure the model is.
    hand : {"", "add", "move", "wipe"}
        What a press in the picture can do, which it tells a panel.
    title : str
        Title of the picture.
    legend : str
        Where the legend is, as `Pen.legend` takes it.
    """
    X, y = np.asarray(X), np.ravel(y)
    pen = Pen(ax, title)
    values, at_points, *axes = _ask(pen, predict, X)
    values = values[..., 0]
    look = {"colors": DIVERGING, "limits": (0, 1), "alpha": 0.75, "smooth": not discrete}
    shown = (values > 0.5).astype(float) if discrete else values
    pen.image("probability", shown, (*pen.xlim, *pen.ylim), **look, **_TO_GROUND[hand])
    pen.level("boundary", *axes, values, 0.5, width=2.0)
    class_points(pen, X, y, unseen, hand)
    pen.legend(legend)
    right = float(np.mean((at_points[:, 0] > 0.5) == (y > 0.5)))
    return pen.done(f"The decision line has {percent(right)} of the points on the right side.")


def class_regions(
    ax: Place,
    predict: Predict,
    X: np.ndarray,
    y: np.ndarray,
    *,
    unseen: tuple[np.ndarray, np.ndarray] | None = None,
    discrete: bool = False,
    hand: str = "",
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Colour the plane by the most probable of several classes, and draw their borders.

    Each place has the colour of its class, the paler the less sure the model is. The sentence
    gives the fraction of the points in the region of their class.

    Parameters
    ----------
    predict : callable
        Takes points of shape (n, 2) and returns a probability, or any score, for each class,
        shape (n, n_classes). Scores that are not probabilities are put through a softmax.
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Their classes 0, 1, ..., or one-hot rows.
    unseen, discrete, hand, title, legend
        As for `decision_boundary`.
    """
    X, y = np.asarray(X), class_numbers(y)
    pen = Pen(ax, title)
    over_plane, at_points, *axes = _ask(pen, lambda P: _as_probabilities(predict(P)), X)
    n_classes = over_plane.shape[-1]
    sure = (over_plane.max(axis=-1, keepdims=True) - 1 / n_classes) / (1 - 1 / n_classes)
    # As in class_points, so that a region has the colour of its points.
    color = _CLASS_BYTES[np.argmax(over_plane, axis=-1) % len(_CLASS_BYTES)]
    sure = np.ones_like(sure) if discrete else np.clip(sure, 0.08, 1)
    strength = np.rint(255 * 0.75 * sure).astype(np.uint8)
    shade = np.concatenate([color, strength], axis=-1)
    pen.image("regions", shade, (*pen.xlim, *pen.ylim), smooth=not discrete, **_TO_GROUND[hand])
    pen.segments("borders", borders(over_plane, *axes), width=1.8)
    unseen = None if unseen is None else (unseen[0], class_numbers(unseen[1]))
    class_points(pen, X, y, unseen, hand)
    pen.legend(legend)
    right = float(np.mean(np.argmax(at_points, axis=1) == y))
    return pen.done(f"{percent(right)} of the points lie in the region of their class.")


def class_numbers(y: np.ndarray) -> np.ndarray:
    """Return class numbers of shape (n_samples,), also of one-hot rows."""
    y = np.asarray(y)
    return np.argmax(y, axis=1) if y.ndim == 2 and y.shape[1] > 1 else np.ravel(y).astype(int)


def _as_probabilities(scores: np.ndarray) -> np.ndarray:
    """Return rows that are positive and sum to one; logits go through a softmax."""
    scores = np.asarray(scores, dtype=np.float64)
    if (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        return scores
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def borders(probabilities: np.ndarray, x_axis: np.ndarray, y_axis: np.ndarray) -> list[np.ndarray]:
    """Return the lines on which a class is exactly as probable as the best of the others."""
    lines = []
    for number in range(probabilities.shape[-1] - 1):  # the last class borders on the others
        others = np.delete(probabilities, number, axis=-1).max(axis=-1)
        lead = probabilities[..., number] - others
        if lead.max() > 0 > lead.min():
            lines += level_lines(x_axis, y_axis, lead, 0.0)
    return lines


def value_map(
    ax: Place,
    predict: Predict,
    X: np.ndarray,
    y: np.ndarray,
    *,
    unseen: tuple[np.ndarray, np.ndarray] | None = None,
    discrete: bool = False,
    hand: str = "",
    title: str = "",
) -> Picture:
    """Draw a number predicted from two inputs as colours, and the targets as points on them.

    A point that cannot be told from its surroundings is predicted well. Where targets are two
    numbers only, a line goes where the prediction is halfway between them. The sentence says which
    numbers the colours mean, and gives the root mean squared error in the target's unit.

    Parameters
    ----------
    predict : callable
        Takes points of shape (n, 2) and returns numbers of shape (n,) or (n, 1).
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Targets.
    discrete : bool
        Whether a few shades stand for all numbers.
    unseen, hand, title
        As for `decision_boundary`.
    """
    X, y = np.asarray(X), np.ravel(y).astype(float)
    pen = Pen(ax, title)
    values, at_points, *axes = _ask(pen, predict, X)
    low, high = float(y.min()), float(y.max())
    look: Look = {"limits": (low, high), "colors": "cividis"}
    shown, extent = values[..., 0], (*pen.xlim, *pen.ylim)
    if discrete:
        shown = _in_steps(shown, low, high)
    pen.image("values", shown, extent, smooth=not discrete, **look, **_TO_GROUND[hand])
    if len(np.unique(y)) == 2:
        pen.level("halfway", *axes, values[..., 0], (low + high) / 2, width=2.0)
    if unseen is not None:
        X_val, y_val = unseen
        pen.points("unseen", X_val, np.ravel(y_val), label=_UNSEEN_LABEL, **look, **_UNSEEN)
    look |= {"size": 5.5, "edge": _RIM, "edge_width": 0.8, "zorder": 3, "label": "target"}
    pen.points("targets", X, y, **look, **_TO_POINTS[hand])
    rmse = np.sqrt(np.mean((at_points[:, 0] - y) ** 2))
    return pen.done(
        f"The model is off by {short(rmse)} in the root mean square. Colours go from {short(low)}, "
        f"dark, to {short(high)}, bright."
    )


def _in_steps(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return each number as the middle of the step that it lies in, of a few from low to high."""
    part = np.clip((values - low) / max(high - low, 1e-9), 0, 1 - 1e-9)
    return low + (np.floor(part * _STEPS) + 0.5) / _STEPS * (high - low)
