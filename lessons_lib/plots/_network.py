"""The picture of a network: what each unit puts out, and how strongly the units are connected."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from lessons_lib.plots._fit import span
from lessons_lib.plots._look import BLUE, FAINT, GREY, INK, VERMILLION, Look
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._plane import plane
from lessons_lib.plots._units import Tiling, draw_curves, draw_maps

_MOST = 10  # units drawn of a layer: more would be too small to see
_GAP = 0.2  # between units, at least, as a fraction of one
_FARTHEST = 1.9  # from unit to unit of a layer, at most
_BETWEEN = 1.2  # layers, at least
_LARGEST = 0.22  # of the picture's height: a unit
_THINNEST, _WIDEST = 0.3, 5.0  # lines, in points; the widest is a third of a unit at most
_LETTERS = 9  # points
_CLOSE = 50  # pixels from layer to layer: less has no room for "layer 2"
_CROSS = ([[0, 0], [1, 1]], [[0, 1], [1, 0]])


class Parts(NamedTuple):
    """What is drawn of a network, in the order in which the picture has it.

    Attributes
    ----------
    units : list of tuple (layer, unit)
        Layer 0 are the inputs, the last one the outputs; units count from 1.
    edges : list of tuple (layer, source, unit)
        From which unit of the layer before to which unit of this one.
    """

    units: list[tuple[int, int]]
    edges: list[tuple[int, int, int]]


def network_parts(kernels: Sequence[np.ndarray]) -> Parts:
    """Return which unit each box of `network_maps` shows, and which weight each of its lines.

    Parameters
    ----------
    kernels : sequence of ndarray of shape (n_in, n_out)
        As `network_maps` takes them.
    """
    counts = _drawn(kernels)
    units = [(layer, n) for layer, count in enumerate(counts) for n in range(1, count + 1)]
    edges = [
        (layer, source, unit)
        for layer in range(1, len(counts))
        for source in range(1, counts[layer - 1] + 1)
        for unit in range(1, counts[layer] + 1)
    ]
    return Parts(units, edges)


def network_maps(
    ax: Place,
    ask: Callable[[np.ndarray], list[np.ndarray]],
    kernels: Sequence[np.ndarray],
    X: np.ndarray,
    *,
    inputs: Sequence[str],
    on: Sequence[np.ndarray] | None = None,
    inputs_on: np.ndarray | None = None,
    off: Collection[tuple[int, int]] = (),
    silent: Sequence[np.ndarray] | None = None,
    middle: float = 0.0,
    picks: bool = False,
    title: str = "Network",
) -> Picture:
    """Draw a network: each unit as a map of its output over the inputs, each weight as a line.

    Maps are orange where the output is positive and blue where it is negative, each on a scale
    of its own as in `hidden_units`; with one input they are curves. Lines are orange for positive
    weights and blue for negative ones, as thick as the weight is strong. Of a layer of more than
    10 units as many are drawn. The sentence counts the units, and names the strongest
    weight.

    Parameters
    ----------
    ask : callable
        Takes points of shape (n, n_inputs), and returns what each layer puts out, of shape
        (n, units) each: inputs, hidden layers, outputs; as `LiveTrainer.chain().ask`.
    kernels : sequence of ndarray of shape (n_in, n_out)
        The weights from each layer to the next.
    X : ndarray of shape (n_samples, n_inputs)
        Points to cover; one or two inputs.
    inputs : sequence of str
        What the inputs of the first layer are called.
    on : sequence of ndarray of bool, shape (units,), optional
        Which units of each hidden layer take part; by default all.
    inputs_on : ndarray of bool, optional
        Which of them take part; by default all.
    off : collection of tuple (layer, unit)
        Hidden units that were switched off, which are crossed out; layers and units count from 1.
        Others that take no part are faint.
    silent : sequence of ndarray of bool, shape (units,), optional
        Which units of each hidden layer put out 0 at the place that is looked at: they vanish from
        the drawing, with their lines.
    middle : float
        Output in the middle of the colours: 0.5 for a probability.
    picks : bool
        Whether the panel is told which unit is pressed, and how far a line is dragged upwards.
    title : str
        Title of the picture.

    Raises
    ------
    ValueError
        If the data has neither one nor two inputs.
    """
    X = np.asarray(X)
    if X.ndim != 2 or X.shape[1] not in (1, 2):
        raise ValueError(
            "What the units of a network put out can be drawn over one or two inputs; this data "
            f"has the shape {X.shape}."
        )
    names = list(inputs)
    alive = [np.ones(len(names), bool) if inputs_on is None else np.asarray(inputs_on)]
    alive += [np.ones(k.shape[1], bool) for k in kernels[:-1]] if on is None else list(on)
    alive.append(np.ones(kernels[-1].shape[1], bool))
    if silent is not None:
        alive[1:-1] = [
            layer & ~np.asarray(quiet) for layer, quiet in zip(alive[1:-1], silent, strict=True)
        ]
    crossed = {(0, n) for n in range(1, len(names) + 1) if not alive[0][n - 1]} | set(off)

    pen = Pen(ax, title)
    counts = _drawn(kernels)
    more = [len(layer) - count for layer, count in zip(alive, counts, strict=True)]
    tiling, side = _tile(pen, counts, names, any(more), X.shape[1] == 2)
    pen.frame(xlim=(0, tiling.width), ylim=(0, 1), equal="top", bare=True)

    parts, corners = network_parts(kernels), np.concatenate(tiling.corners)
    strongest = _draw_edges(pen, tiling, kernels, parts, names, alive, picks)
    one = np.linspace(*span(X), 60, dtype=np.float32)[:, None]
    points = one if X.shape[1] == 1 else plane(X, side)[0]
    layers = [np.reshape(layer, (len(points), -1))[:, :_MOST] for layer in ask(points)]
    layers[-1] = layers[-1] - middle
    if silent is not None:
        layers[1:-1] = [
            np.where(quiet[:_MOST], 0, layer)
            for layer, quiet in zip(layers[1:-1], silent, strict=True)
        ]
    if X.shape[1] == 1:
        draw_curves(pen, tiling, layers)
    else:
        for number, (spots, layer) in enumerate(zip(tiling.corners, layers, strict=True)):
            left = float(spots[0, 0])
            column = Tiling([spots - [left, 0]], tiling.size, 1.0, tiling.size)
            draw_maps(pen, column, [layer], side, f"units {number}", left)
    _draw_frames(pen, parts, corners, tiling.size, alive, crossed)
    said = [_said(unit, names, alive, crossed, silent) for unit in parts.units]
    boxes = corners[:, [0, 0, 1, 1]] + tiling.size * np.array([0, 1, 0, 1])
    pen.lens("unit", boxes, said, **({"picks": True} if picks else {}))
    _name(pen, tiling, names, more)
    return pen.done(_sentence(alive[1:-1], strongest, picks))


def _drawn(kernels: Sequence[np.ndarray]) -> list[int]:
    """Return how many units of each layer are drawn, the inputs first."""
    return [min(_MOST, n) for n in (len(kernels[0]), *(kernel.shape[1] for kernel in kernels))]


def _tile(
    pen: Pen, counts: list[int], names: list[str], more: bool, maps: bool
) -> tuple[Tiling, int]:
    """Arrange the layers beside each other, in a picture of height 1, with room for words.

    Of maps, whose pixels along a side are returned too, pixels and frames fall together.
    """
    letter = _LETTERS * pen.point / pen.pixels[1]
    width, above, below = (
        pen.pixels[0] / pen.pixels[1],
        1.5 * letter,
        (1.4 if more else 0.3) * letter,
    )
    left, free = 0.6 * letter * max(map(len, names)) + letter, 1 - above - below
    across = (width - left) / (1.1 + (len(counts) - 1) * (1 + _BETWEEN))
    size = max(0.02, min(across, free / (max(counts) * (1 + _GAP)), _LARGEST))
    side = int(np.clip(size * pen.pixels[1] / 1.5, 18, 32))
    grid = size / side if maps else 1e-6
    corners = []
    columns = np.linspace(left, width - 1.1 * size, len(counts))
    for column, count in zip(columns, counts, strict=True):
        pitch = np.floor(min(free / count, _FARTHEST * size) / grid) * grid
        middles = below + free / 2 + pitch * (0.5 * (count - 1) - np.arange(count))
        spots = np.column_stack([np.full(count, column), middles - size / 2])
        corners.append(np.rint(spots / grid) * grid)
    return Tiling(corners, width, 1.0, size), side


def _draw_edges(pen, tiling, kernels, parts, names, alive, picks) -> str:
    """Draw a line for each weight; return in words which one of those in use is the strongest."""
    weights = np.array([kernels[k - 1][i - 1, j - 1] for k, i, j in parts.edges], dtype=float)
    used = np.array(
        [alive[k - 1][i - 1] and alive[k][j - 1] for k, i, j in parts.edges], dtype=bool
    )
    sizes = np.where(used, np.abs(weights), 0.0)
    most = sizes.max(initial=0.0) or 1.0
    widest = np.clip(tiling.size * pen.pixels[1] / pen.point / 3, 1, _WIDEST)
    widths = np.round(_THINNEST + (widest - _THINNEST) * sizes / most, 1)
    colors = np.where(used, np.where(weights < 0, BLUE, VERMILLION), FAINT)
    left, right = tiling.size * np.array([[0, 0.5], [1, 0.5]])
    ends = [
        [tiling.corners[k - 1][i - 1] + right, tiling.corners[k][j - 1] + left]
        for k, i, j in parts.edges
    ]
    words = [
        f"{_edge(edge, names, alive)}: {_number(weight)}"
        for edge, weight in zip(parts.edges, weights, strict=True)
    ]
    look: Look = {"color": colors.tolist(), "width": widths.tolist(), "alpha": 0.8, "zorder": -1}
    if picks:
        look["moves"] = "y"
    pen.segments("edges", np.array(ends), words, **look)
    return words[int(np.argmax(sizes))] if used.any() else ""


def _draw_frames(
    pen: Pen, parts: Parts, corners: np.ndarray, size: float, alive: list, crossed: set
) -> None:
    """Frame the units, and cross out those that were switched off."""
    box = size * np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    colors = [
        GREY if alive[layer][unit - 1] or (layer, unit) in crossed else FAINT
        for layer, unit in parts.units
    ]
    pen.segments("frames", box + corners[:, None], color=colors, width=0.8, zorder=4)
    out = [c for unit, c in zip(parts.units, corners, strict=True) if unit in crossed]
    lines = [size * np.array(line) + corner for corner in out for line in _CROSS]
    pen.segments("off", lines, color=INK, width=1.2, zorder=4)


def _name(pen: Pen, tiling: Tiling, names: list[str], more: list[int]) -> None:
    """Write what the layers and inputs are called, and how many units are not drawn."""
    columns = [corners[0, 0] + tiling.size / 2 for corners in tiling.corners]
    close = (columns[1] - columns[0]) * pen.pixels[1] < _CLOSE
    gap = 0.2 * _LETTERS * pen.point / pen.pixels[1]
    hidden = [str(n) if close else f"layer {n}" for n in range(1, len(columns) - 1)]
    words = ["in", *hidden, "out"] if close else ["inputs", *hidden, "output"]
    for number, (x, corners, rest) in enumerate(zip(columns, tiling.corners, more, strict=True)):
        pen.text(f"layer {number}", x, 1 - gap, words[number], anchor="top", size=_LETTERS)
        if rest:
            pen.text(
                f"more {number}", x, corners[-1, 1] - gap, f"+ {rest}", anchor="top", size=_LETTERS
            )
    for number, (left, low) in enumerate(tiling.corners[0]):
        place = left - 2 * gap, low + tiling.size / 2
        pen.text(f"input {number}", *place, names[number], anchor="right", size=_LETTERS)


def _unit(layer: int, unit: int, names: list[str], alive: list) -> str:
    """Return what a unit is called."""
    if layer == 0:
        return names[unit - 1]
    if layer < len(alive) - 1:
        return f"unit {unit}"
    return f"output {unit}" if len(alive[-1]) > 1 else "output"


def _edge(edge: tuple[int, int, int], names: list[str], alive: list) -> str:
    """Return what a weight is called: ``unit 2 → unit 3 of layer 2``."""
    layer, source, unit = edge
    place = f" of layer {layer}" if layer < len(alive) - 1 else ""
    return f"{_unit(layer - 1, source, names, alive)} → {_unit(layer, unit, names, alive)}{place}"


def _said(
    unit: tuple[int, int], names: list[str], alive: list, crossed: set, silent: Sequence | None
) -> str:
    """Return what a pointer is told of a unit."""
    layer, number = unit
    name = _unit(layer, number, names, alive)
    name = f"layer {layer}, {name}" if 0 < layer < len(alive) - 1 else name
    if unit in crossed:
        return f"{name}: off"
    if silent is not None and 0 < layer < len(alive) - 1 and silent[layer - 1][number - 1]:
        return f"{name}: 0 at the dot"
    return name if alive[layer][number - 1] else f"{name}: not in use"


def _number(weight: float) -> str:
    return f"{weight:.2f}".replace("-", "−")


def _sentence(hidden: list[np.ndarray], strongest: str, picks: bool) -> str:
    """Say how many units there are, which weight is the strongest, what can be done."""
    total, used = sum(map(len, hidden)), sum(int(np.sum(layer)) for layer in hidden)
    units = f"{used} of {total} hidden units on" if hidden else "No hidden layer"
    strong = f"; the strongest weight: {strongest}" if strongest else ""
    do = " Press a unit to switch it off, drag a line up or down." if picks else ""
    return f"{units}{strong}.{do}"
