"""A picture of the plane as a network of ReLU units cuts it: on each piece it is a linear one.

Pascanu et al. (2013) and Montúfar et al. (2014) count such pieces.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lessons_lib.plots._look import DIVERGING, GREEN, INK, PAPER
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._plane import class_points, plane

_SIDE = 60  # points along each side of the coloured ground


class Piece(NamedTuple):
    """A part of the plane on which the same units are on, and one linear formula holds.

    Attributes
    ----------
    corners : ndarray of shape (k, 2)
        Its corners, one after the other round it.
    w : ndarray of shape (2,)
        The network's score there is ``place @ w + b``.
    b : float
    on : ndarray of bool, shape (units,)
        Which hidden units give something else than 0 there, one layer after the other.
    """

    corners: np.ndarray
    w: np.ndarray
    b: float
    on: np.ndarray


def pieces_of(
    corners: np.ndarray, kernels: Sequence[np.ndarray], biases: Sequence[np.ndarray]
) -> list[Piece]:
    """Return the pieces of a convex part of the plane, of which a network of ReLU units makes it.

    Parameters
    ----------
    corners : ndarray of shape (k, 2)
        The part's corners, one after the other round it.
    kernels : sequence of ndarray of shape (n_in, n_out)
        The weights from each layer to the next, the last ones to the one output.
    biases : sequence of ndarray of shape (n_out,)
    """
    found = [(np.asarray(corners, float), np.eye(2), np.zeros(2), np.zeros(0, bool))]
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        parts = []
        for outline, W, b, on in found:
            U, c = W @ kernel, b @ kernel + bias  # the layer's sums, in the plane's coordinates
            for part in _cut_by_all(outline, U, c):
                passes = part.mean(axis=0) @ U + c > 0
                parts.append((part, U * passes, c * passes, np.concatenate([on, passes])))
        found = parts
    kernel, bias = kernels[-1][:, 0], float(biases[-1][0])
    return [Piece(part, W @ kernel, float(b @ kernel + bias), on) for part, W, b, on in found]


def _cut_by_all(outline: np.ndarray, U: np.ndarray, c: np.ndarray) -> list[np.ndarray]:
    """Cut a convex part along the lines ``place @ U + c = 0`` that cross it."""
    heights = outline @ U + c
    least = 1e-9 * (np.abs(heights).max(axis=0) + 1e-30)
    crossing = np.flatnonzero((heights.min(axis=0) < -least) & (heights.max(axis=0) > least))
    parts = [outline]
    for unit in crossing:
        parts = [half for part in parts for half in _cut(part, part @ U[:, unit] + c[unit])]
    return parts


def _cut(outline: np.ndarray, heights: np.ndarray) -> list[np.ndarray]:
    """Cut a convex part where the heights of its corners change their sign."""
    least = 1e-9 * np.abs(heights).max()
    heights = np.where(np.abs(heights) <= least, 0, heights)
    if heights.min() >= 0 or heights.max() <= 0:
        return [outline]
    after = _from_second(heights)
    crosses = heights * after < 0
    way = np.where(crosses, heights / np.where(crosses, heights - after, 1), 0)
    points = outline + way[:, None] * (_from_second(outline) - outline)
    # Corners and crossings in turn; each side keeps its own corners, and both the crossings.
    both = np.concatenate([outline, points], axis=1).reshape(-1, 2)
    kept = np.repeat(crosses, 2)
    parts = []
    for side in (1, -1):
        kept[::2] = side * heights >= 0
        parts.append(both[kept])
    return parts


def _from_second(row: np.ndarray) -> np.ndarray:
    """Return what goes round once more, from the second on."""
    return np.concatenate([row[1:], row[:1]])


def linear_pieces(
    ax: Place,
    kernels: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    *,
    place: Sequence[float],
    score: float,
    sets: Sequence[str] = (),
    legend: str = "upper right",
) -> Picture:
    """Draw the pieces into which ReLU units cut the plane, and the formula at one place.

    On each piece the same units give 0, and the others make one linear formula of the score. The
    piece of the place is framed, its formula is the title, and dashed is where that formula is 0:
    within the piece this is the border between the classes. The sentence counts pieces and units,
    and compares the formula with the network.

    Parameters
    ----------
    kernels : sequence of ndarray of shape (n_in, n_out)
        The weights from each layer to the next, the last ones to the one score.
    biases : sequence of ndarray of shape (n_out,)
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Their classes, 0 or 1.
    place : sequence of two float
        Where the formula is asked for.
    score : float
        What the network itself computes there.
    sets : sequence of two str
        The controls that are turned by dragging the place.
    legend : str
        Where the legend is, as `Pen.legend` takes it.
    """
    grid, *axes = plane(X, _SIDE)
    sides = [(float(axis[0]), float(axis[-1])) for axis in axes]
    pieces = pieces_of(grid[[0, _SIDE - 1, -1, -_SIDE]], kernels, biases)
    piece = _around(pieces, np.asarray(place, float))
    w, b, on = piece.w, piece.b, piece.on
    pen = Pen(ax, f"score = {_written(w, b)}", "x₁", "x₂", *sides, equal=True)
    scores = _scores(grid, kernels, biases).reshape(_SIDE, _SIDE)
    probabilities = 0.5 * (1 + np.tanh(0.5 * scores))
    look = {"colors": DIVERGING, "limits": (0, 1), "alpha": 0.75}
    pen.image("probability", probabilities, (*sides[0], *sides[1]), **look)
    pen.segments("pieces", [_closed(one) for one in pieces], color=INK, width=1.0, alpha=0.5)
    pen.level("border", *axes, scores, 0.0, width=2.0)
    ends = np.array(sides)
    straight = np.add.outer(w[1] * ends[1], w[0] * ends[0]) + b
    look = {"color": GREEN, "zorder": 3.5}
    pen.level("formula", *ends, straight, 0.0, dash="--", width=2.0, label="formula = 0", **look)
    pen.segments("piece", [_closed(piece)], width=3.0, label="its piece", **look)
    class_points(pen, X, y)
    pen.here(*place, color=GREEN, edge=PAPER, zorder=5, **({"sets": tuple(sets)} if sets else {}))
    pen.legend(legend)
    number = float(np.asarray(place) @ w + b)
    return pen.done(
        f"At the dot {on.sum()} of {len(on)} hidden units are on. The formula gives "
        f"{number:.3f} there, the network {score:.3f}. Pieces in the picture: {len(pieces)}."
    )


def _around(pieces: Sequence[Piece], place: np.ndarray) -> Piece:
    """Return the piece that a place lies in, or on the edge of."""

    def depth(piece: Piece) -> float:
        """Return how far inside a piece the place lies, below 0 outside."""
        along = _from_second(piece.corners) - piece.corners
        (x, y), (dx, dy) = (place - piece.corners).T, along.T
        return float((dx * y - dy * x).min())  # corners go round to the left

    return max(pieces, key=depth)


def _scores(
    points: np.ndarray, kernels: Sequence[np.ndarray], biases: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the score at points of shape (n, 2)."""
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        points = np.maximum(points @ kernel + bias, 0)
    return (points @ kernels[-1] + biases[-1])[:, 0]


def _closed(piece: Piece) -> np.ndarray:
    """Return the line round a piece."""
    return np.concatenate([piece.corners, piece.corners[:1]])


def _written(w: np.ndarray, b: float) -> str:
    """Write a formula of x₁ and x₂."""
    signs = ["−" if number < 0 else "+" for number in (*w, b)]
    sizes = [f"{abs(number):.2f}" for number in (*w, b)]
    first = sizes[0] if signs[0] == "+" else f"−{sizes[0]}"
    return f"{first} x₁ {signs[1]} {sizes[1]} x₂ {signs[2]} {sizes[2]}"
