"""A picture of the input plane as a network bends it, until the border between classes is straight.

Olah (2014), "Neural Networks, Manifolds, and Topology", draws networks so.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from lessons_lib.plots._frame import percent
from lessons_lib.plots._look import INK
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._plane import CLASS_COLORS, borders, class_numbers, class_points, plane

Bend = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]

_SIDE = 45  # points along each side of the grid ...
_EVERY = 4  # ... of which every fourth begins a line: 12 lines
_EDGE = 1.04  # where the picture ends; the grid of the input plane ends at 1 ...
_FARTHEST = 0.92  # ... and the points of the bent space here
_STRETCHED = 0.25  # the reach of one axis counts at least as that part of the other's
_HUGE = 1e30  # stands for what has overflowed
_TURNS = 4  # of the power method, from one picture to the next


class Sight:
    """From where a space of many dimensions is seen; it turns smoothly while the space changes.

    Attributes
    ----------
    axes : ndarray of shape (width, 2) or None
        Directions to the right and upwards, of length 1 and at right angles.
    """

    def __init__(self) -> None:
        self.axes: np.ndarray | None = None

    def turn(self, H: np.ndarray, kernel: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Look at points so that the borders of their classes are straight; return the `axes`.

        The score of two classes grows to the right, and upwards lies the direction in which the
        points are spread most otherwise. Of more classes the axes lie in the main plane of the
        differences between their weights.

        Parameters
        ----------
        H : ndarray of shape (n_samples, width)
            The points.
        kernel : ndarray of shape (width, 1) or (width, n_classes)
            Weights of the score, or of each class's.
        X : ndarray of shape (n_samples, 2)
            Where the points lie in the input plane: at first upwards is what is upwards there, so
            that the way from one to the other does not turn everything over.
        """
        at_first = self.axes is None or len(self.axes) != len(kernel)
        if at_first:
            self.axes = np.zeros((len(kernel), 2))
        if kernel.shape[1] == 1:
            right = _main(kernel @ kernel.T, self.axes[:, :1])
            rest = H - H.mean(axis=0)
            rest = rest - rest @ right @ right.T
            up = self.axes[:, 1:] - right @ right.T @ self.axes[:, 1:]
            right *= np.copysign(1.0, right.T @ kernel)
            self.axes = np.hstack([right, _main(rest.T @ rest, up)])
        else:
            differences = kernel - kernel.mean(axis=1, keepdims=True)
            self.axes = _main(differences @ differences.T, self.axes)
        if at_first:
            along = np.sum((H @ self.axes) * (X - X.mean(axis=0)), axis=0)
            turned = along < 0 if kernel.shape[1] > 1 else [False, along[1] < 0]  # the score stays
            self.axes = np.where(turned, -self.axes, self.axes)
        return self.axes


def _main(spread: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return main directions of a spread, as many as `near` has, each close to one of those.

    Those in which nothing is spread are zeros.

    Parameters
    ----------
    spread : ndarray of shape (width, width)
        Symmetric, without negative eigenvalues.
    near : ndarray of shape (width, n)
        Orthogonal directions; zeros where there are none yet.
    """
    count, found, least = near.shape[1], near, 1e-6 * np.trace(spread) + 1e-12
    for _ in range(_TURNS):
        found, lengths = np.linalg.qr(spread @ found)
        if np.abs(np.diag(lengths)).min() < least:  # there is nothing to go on from
            values, vectors = np.linalg.eigh(spread)
            found = (vectors * (values > least))[:, ::-1][:, :count]
            break
    found = np.pad(found, ((0, 0), (0, count - found.shape[1])))
    if not near.any():
        return found
    left, _, right = np.linalg.svd(found.T @ near)
    return found @ left @ right


def bent_space(
    ax: Place,
    bend: Bend,
    X: np.ndarray,
    y: np.ndarray,
    *,
    morph: float = 1.0,
    sight: Sight | None = None,
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Draw points and a grid of the input plane where the border between classes is straight.

    That is in the space of the units that a classifier's last layer reads. It is seen along the
    weights of the score or, of several classes, in the plane of the differences between their
    weights. Each part of the grid has the colour of the class that is chosen there. The sentence
    gives the fraction of the points on the right side, and how much of their spread is seen.

    Parameters
    ----------
    bend : callable
        Takes points of shape (n, 2); returns what the last layer reads of them, shape (n, width),
        its kernel and its bias, as `LiveTrainer.bent`.
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Their classes 0, 1, ..., or one-hot rows.
    morph : float
        From 0, the input plane, to 1, the bent space; between them all goes straight from one
        place to the other.
    sight : Sight, optional
        From where the same network was seen before; it goes on turning from there.
    title, legend
        As for `decision_boundary`.
    """
    X, y = np.asarray(X), class_numbers(y)
    pen = Pen(ax, title)
    grid = plane(X, _SIDE)[0]
    P = np.concatenate([grid, X.astype(grid.dtype)])
    # The square of a ruined weight overflows otherwise, and a sum of them already has.
    H, kernel, bias = (np.nan_to_num(part.astype(float), posinf=_HUGE, neginf=-_HUGE)
                       for part in bend(P))  # fmt: skip
    if kernel.shape[1] == 2:  # what counts is by how much the second score is the larger one
        kernel, bias = np.diff(kernel, axis=1), np.diff(bias)
    axes = (sight or Sight()).turn(H[len(grid) :], kernel, X)
    room = _room(pen)
    middle, scale = _fit(H[len(grid) :] @ axes, room, axes.T @ kernel, bias)
    flat = P - (grid[0] + grid[-1]) / 2
    flat = flat / np.abs(flat / room).max()
    places = (1 - morph) * flat + morph * (H @ axes - middle) / scale
    scores = _scores(H @ kernel + bias)
    chosen = np.argmax(scores, axis=1)
    _frame(pen, room, morph, kernel.shape[1])
    sheet = places[: len(grid)].reshape(_SIDE, _SIDE, 2)
    _draw_grid(pen, sheet, chosen[: len(grid)].reshape(_SIDE, _SIDE))
    _draw_straight(pen, morph, (middle, scale), axes.T @ kernel, bias)
    _draw_border(pen, sheet, scores[: len(grid)].reshape(_SIDE, _SIDE, -1))
    class_points(pen, places[len(grid) :], y)
    pen.legend(legend)
    right = float(np.mean(chosen[len(grid) :] == y))
    return pen.done(_sentence(right, H[len(grid) :], axes, kernel.shape[1], morph))


def _scores(scores: np.ndarray) -> np.ndarray:
    """Return a score for each class; the first of two has 0."""
    return scores if scores.shape[1] > 1 else np.pad(scores, ((0, 0), (1, 0)))


def _room(pen: Pen) -> np.ndarray:
    """Return half the width and half the height of the picture; the smaller one is 1."""
    pixels = np.array(pen.pixels, dtype=float)
    return pixels / pixels.min()


def _fit(
    seen: np.ndarray, room: np.ndarray, weights: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what stands in the middle of the picture, and the scale of both axes.

    The middle is that of the points; between two classes it is on the border if that lies among
    the points, so that the line stands still while the space is bent. There the axes have scales
    of their own, since one of them is that of the score; `weights` are those along both.
    """
    low, high = seen.min(axis=0), seen.max(axis=0)
    middle = (low + high) / 2
    two = weights.shape[1] == 1
    if two and weights[0, 0] > 0:
        middle[0] = np.clip(-bias[0] / weights[0, 0], low[0], high[0])
    reach = np.maximum(np.abs(seen - middle).max(axis=0), 1e-9) / _FARTHEST
    if two:
        return middle, np.maximum(reach, _STRETCHED * reach.max()) / room
    return middle, np.full(2, (reach / room).max())


def _frame(pen: Pen, room: np.ndarray, morph: float, outputs: int) -> None:
    """Name the axes; numbers along them would say nothing on the way from one to the other."""
    names = ("1st difference", "2nd difference")
    if morph < 0.5:
        names = ("x₁", "x₂")
    elif outputs == 1:
        names = ("score", "other spread")
    ends = [(-_EDGE * part, _EDGE * part) for part in room]
    pen.frame(*names, *ends, equal=True, xticks=(), yticks=())


def _draw_grid(pen: Pen, sheet: np.ndarray, chosen: np.ndarray) -> None:
    """Draw lines of the grid, shape (side, side, 2), each part in the colour of its class."""
    pieces, colors = [], []
    for line, classes in zip(
        [*sheet[::_EVERY], *sheet.swapaxes(0, 1)[::_EVERY]],
        [*chosen[::_EVERY], *chosen.T[::_EVERY]],
        strict=True,
    ):
        ends = [0, *np.flatnonzero(np.diff(classes)) + 1, len(line)]
        for start, stop in pairwise(ends):
            pieces.append(line[start : stop + 1])  # up to where the next one begins
            colors.append(CLASS_COLORS[classes[start] % len(CLASS_COLORS)])
    pen.segments("grid", pieces, color=colors, width=0.9, alpha=0.55, zorder=1)


def _draw_border(pen: Pen, sheet: np.ndarray, scores: np.ndarray) -> None:
    """Draw where two classes have the same score, shape (side, side, n_classes)."""
    places = np.arange(_SIDE)
    lines = [_on_sheet(sheet, line) for line in borders(scores, places, places)]
    pen.segments("border", lines, width=2.2)


def _on_sheet(sheet: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Return where points of a line, counted in columns and rows of the grid, are seen.

    They lie on the edges of its squares, and so on a straight line where the sheet says so.
    """
    low = np.clip(line.astype(int), 0, _SIDE - 2)
    (across, along), (column, row) = (line - low).T[:, :, None], low.T
    lower = (1 - across) * sheet[row, column] + across * sheet[row, column + 1]
    upper = (1 - across) * sheet[row + 1, column] + across * sheet[row + 1, column + 1]
    return (1 - along) * lower + along * upper


def _draw_straight(
    pen: Pen,
    morph: float,
    fit: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    bias: np.ndarray,
) -> None:
    """Draw the whole border of two or three classes; it comes with the bent space.

    `fit` is what stands in the middle, and the scale; `weights` are those of the scores along
    both axes, shape (2, 1) or (2, n_classes).
    """
    if morph == 0 or weights.shape[1] > 3:  # of more classes, other directions count as well
        return
    middle, scale = fit
    across, along = (np.linspace(*ends, 41) for ends in (pen.xlim, pen.ylim))
    places = np.stack(np.meshgrid(across, along), axis=-1) * scale + middle
    scores = _scores((places @ weights + bias).reshape(-1, weights.shape[1]))
    lines = borders(scores.reshape(*places.shape[:2], -1), across, along)
    pen.segments("straight", lines, color=INK, width=1.2, dash="--", alpha=0.8 * morph**2)


def _sentence(right: float, H: np.ndarray, axes: np.ndarray, outputs: int, morph: float) -> str:
    """Say how many points are on the right side, and what of their space is seen."""
    spread = H - H.mean(axis=0)
    seen = float(np.sum((spread @ axes) ** 2) / max(np.sum(spread**2), 1e-12))
    where = "on the right side of the straight line" if outputs == 1 else "in their class's region"
    how = {
        1: "",
        3: ", in the plane of the differences between the classes' weights, with straight borders",
    }.get(outputs, ", in a plane onto which the borders, straight in all dimensions, are projected")
    width = H.shape[1]
    units = f"{width} unit{'s' if width != 1 else ''}"
    words = (
        f"{percent(right)} of the points lie {where}. Of their spread over {units}, "
        f"{percent(seen)} is seen{how}."
    )
    if morph == 0:
        return f"{words} Now it is the input plane that is shown."
    return words if morph == 1 else f"{words} It is bent {percent(morph)} of the way now."
