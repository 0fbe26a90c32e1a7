"""Pictures of what each hidden unit makes of the input."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lessons_lib.plots._fit import span
from lessons_lib.plots._look import BLUE, DIVERGING, FAINT, GREY
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._plane import plane

_MOST = 64  # tiles per layer: more would be too small to see
_GAP = 0.12  # between tiles, as a fraction of a tile
_FAINT = 0.2  # of the strongest unit's output: below that a tile no longer gets the full colour
_BETWEEN = 0.55  # between layers, as a fraction of a tile; their names stand there


class Tiling(NamedTuple):
    """Where the tiles of all layers stand."""

    corners: list[np.ndarray]  # per layer (n_tiles, 2): left and lower edge
    width: float
    height: float
    size: float = 1.0  # of a tile


def hidden_units(
    ax: Place,
    hidden: Callable[[np.ndarray], list[np.ndarray]],
    X: np.ndarray,
    *,
    units: list[int] | None = None,
    title: str = "Hidden units",
) -> Picture:
    """Draw the output of every hidden unit over the inputs: one small picture for each unit.

    With two inputs each unit is a heat map of the plane: orange positive, blue negative, pale
    zero, on a scale of its own; units much weaker than their layer's strongest are paler. With
    one input it is a curve. The sentence says how many units are in use and how many do not
    react to the input.

    Parameters
    ----------
    hidden : callable
        Takes points of shape (n, n_inputs) and returns for each hidden layer an array of
        shape (n, units), as `LiveTrainer.hidden`.
    X : ndarray of shape (n_samples, n_inputs)
        Points to cover; one or two inputs.
    units : list of int, optional
        Units that each layer could have: places for those not in use stay empty, so
        that the tiles keep their places when units come and go.
    title : str
        Title of the picture.

    Raises
    ------
    ValueError
        If the data has neither one nor two inputs, or the model no hidden layer.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] not in (1, 2):
        raise ValueError(
            "What a hidden unit sees can be drawn over one or two inputs; this data has the "
            f"shape {X.shape}."
        )
    pen = Pen(ax, title)
    width, height = pen.pixels
    if X.shape[1] == 1:
        layers = hidden(np.linspace(*span(X), 60, dtype=np.float32)[:, None])
        side = None
    else:
        side = _resolution(width, units or [])
        layers = hidden(plane(X, side)[0])
    layers = [np.reshape(layer, (-1, np.shape(layer)[-1]))[:, :_MOST] for layer in layers]
    if not layers:
        raise ValueError("This model has no hidden layer: there are no hidden units to show.")
    counts = [min(_MOST, n) for n in units or [layer.shape[1] for layer in layers]]
    tiling = _tile(counts, height / width)
    _frame(pen, tiling)
    used = [layer.shape[1] for layer in layers]
    _draw_outlines(pen, tiling, used)
    _name_tiles(pen, tiling, used)
    if side is None:
        draw_curves(pen, tiling, layers)
    else:
        draw_maps(pen, tiling, layers, side)
    return pen.done(_sentence(layers))


def _resolution(pixels: float, units: list[int]) -> int:
    """Return points along a tile's side: about one for two pixels of the picture's width."""
    tiles = max(1.0, np.sqrt(sum(min(_MOST, n) for n in units) or 16.0))
    return int(np.clip(pixels / tiles / 2.5, 10, 32))


def _tile(counts: list[int], aspect: float) -> Tiling:
    """Arrange the layers' tiles below each other so that they are as large as possible."""

    def size(columns):
        rows = sum(-(-count // columns) for count in counts)
        width = columns * (1 + _GAP) + _BETWEEN
        height = rows * (1 + _GAP) + (len(counts) - 1) * _BETWEEN
        return width, height

    best = min(range(1, max(counts) + 1), key=lambda c: max(size(c)[0], size(c)[1] / aspect))
    width, height = size(best)
    corners, top = [], height
    for count in counts:
        number = np.arange(count)
        left = _BETWEEN + (number % best) * (1 + _GAP)
        low = top - 1 - (number // best) * (1 + _GAP)
        corners.append(np.column_stack([left, low]))
        top = low[-1] - _GAP - _BETWEEN
    return Tiling(corners, width, height)


def _frame(pen: Pen, tiling: Tiling) -> None:
    """Fit the Axes to the tiles and name the layers on the left of them."""
    ylim = (_GAP / 2, tiling.height + _GAP / 2)
    pen.frame(xlim=(0, tiling.width), ylim=ylim, equal="top", bare=True)
    for number, corners in enumerate(tiling.corners, start=1):
        middle = (corners[0, 1] + 1 + corners[-1, 1]) / 2
        name = f"layer {number}"
        pen.text(name, _BETWEEN - 0.12, middle, name, turn=90, anchor="right", size=9, zorder=-1)


def _draw_outlines(pen: Pen, tiling: Tiling, used: list[int]) -> None:
    """Frame the tiles; those of units not in use are crossed out."""
    box = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    boxes = box + np.concatenate(tiling.corners)[:, None]
    pen.segments("frames", boxes, color=GREY, width=0.8, zorder=4)
    empty = [c for corners, n in zip(tiling.corners, used, strict=True) for c in corners[n:]]
    crosses = [np.array(line) + c for c in empty for line in ([[0, 0], [1, 1]], [[0, 1], [1, 0]])]
    pen.segments("unused", crosses, color=FAINT, width=0.8, zorder=-1)


def _name_tiles(pen: Pen, tiling: Tiling, used: list[int]) -> None:
    """Let each unit in use be looked at in large, under the name of its place."""
    corners = np.concatenate([c[:n] for c, n in zip(tiling.corners, used, strict=True)])
    left, low = corners.T
    words = [
        f"layer {layer}, unit {unit}"
        for layer, count in enumerate(used, start=1)
        for unit in range(1, count + 1)
    ]
    pen.lens("unit", np.column_stack([left, left + 1, low, low + 1]), words)


def draw_maps(
    pen: Pen, tiling: Tiling, layers: list[np.ndarray], side: int, name: str = "units",
    left: float = 0.0,
) -> None:  # fmt: skip
    """Draw all heat maps as one image from ``left`` on: one artist costs a fraction of many."""
    pixel = tiling.size / side
    rows, columns = (int(np.ceil(n / pixel - 1e-6)) for n in (tiling.height, tiling.width))
    canvas = np.full((rows, columns), np.nan, dtype=np.float32)
    for corners, layer in zip(tiling.corners, layers, strict=True):
        strength = np.abs(layer).max(axis=0)
        scale = np.maximum(np.maximum(strength, _FAINT * strength.max()), 1e-9)
        with np.errstate(invalid="ignore"):  # what a ruined unit puts out is no number
            tiles = np.reshape((layer / scale).T, (-1, side, side))
        for (first, low), tile in zip(np.rint(corners / pixel).astype(int), tiles, strict=False):
            canvas[max(low, 0) : low + side, first : first + side] = tile
    extent = (left, left + columns * pixel, 0, rows * pixel)
    pen.image(name, canvas, extent, colors=DIVERGING, limits=(-1, 1), smooth=False)


def draw_curves(pen: Pen, tiling: Tiling, layers: list[np.ndarray]) -> None:
    """Draw each unit's output over the input as a curve in its tile, with its zero line."""
    curves, zeros = [], []
    for corners, layer in zip(tiling.corners, layers, strict=True):
        low, high = min(0.0, float(layer.min())), max(0.0, float(layer.max()))
        scale = 0.9 / max(high - low, 1e-9)
        x = np.linspace(0, 1, len(layer))
        for corner, values in zip(corners, layer.T, strict=False):
            curve = np.column_stack([x, 0.05 + (values - low) * scale])
            zero = np.array([[0, 0.05 - low * scale], [1, 0.05 - low * scale]])
            curves.append(tiling.size * curve + corner)
            zeros.append(tiling.size * zero + corner)
    pen.segments("zeros", zeros, color=GREY, width=0.6, dash=":")
    pen.segments("curves", curves, color=BLUE, width=1.6, zorder=3)


def _sentence(layers: list[np.ndarray]) -> str:
    """Say how many units there are, and how many say the same whatever the input is."""
    used = sum(layer.shape[1] for layer in layers)
    silent = 0
    for layer in layers:
        spread = np.ptp(layer, axis=0)
        silent += int(np.sum(spread < 1e-3 * max(float(np.abs(layer).max()), 1e-9)))
    units = f"{used} hidden unit{'s' if used != 1 else ''} in use"
    if not silent:
        return f"{units}."
    if silent == used:
        return f"{units}, none of which reacts to the input."
    return f"{units}, {silent} of them without any reaction to the input."
