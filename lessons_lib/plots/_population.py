"""The map of many models: a pixel for each, at its settings, in the colour of its loss."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.plots._course import loss_in_words
from lessons_lib.plots._frame import percent, short
from lessons_lib.plots._look import COOL, FAINT, PAPER, Look
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._ruler import Ruler

# Low to high: matplotlib's "inferno" from the bright end on, and no darker than that the black of
# what has diverged can be told from it. Bright is good for every eye: brightness falls steadily.
GLOW = (
    "#F3F68A", "#F9CB35", "#FB9D07", "#F1731D", "#DB503B", "#BC3754", "#972766", "#71196E",
    "#561878",
)  # fmt: skip
DIVERGED = "#000000"
_MOST_KEYS = 8  # of the legend in a row
_KEYS = (0, 3, 6, 8)  # of GLOW: colours that the legend names
_FARTHEST = 100  # times the median: what is higher has the last colour
_STEPS = 6  # into about so many the range of colours is divided; its ends are ends of these
_SMALLEST = 7  # pixels of the screen: what is smaller gets no strokes and no gaps
_STATES = ("", "diverged", "no model", "stopped", "not opened")
_MOST_TICKS = (6, 9)  # along x and y
_MOSTLY = 0.8  # of those that have diverged: so many lie beyond an edge that is told


class Cells:
    """Where each model is drawn: a cell for each pair of settings, a pixel in it for each seed.

    Parameters
    ----------
    rows, columns, seeds : int
        How many.
    """

    def __init__(self, rows: int, columns: int, seeds: int):
        self.shape = (rows, columns, seeds)
        self.up = max(n for n in range(1, math.isqrt(seeds) + 1) if seeds % n == 0)
        self.across = seeds // self.up

    def image(self, values: np.ndarray) -> np.ndarray:
        """Return an image of values of shape (rows, columns, seeds), row 0 at the bottom."""
        rows, columns, _ = self.shape
        parts = values.reshape(rows, columns, self.up, self.across)
        return parts.transpose(0, 2, 1, 3).reshape(rows * self.up, columns * self.across)

    def model(self, row: int, column: int) -> tuple[int, int, int]:
        """Return row, column and seed of a pixel of the image."""
        seed = (row % self.up) * self.across + column % self.across
        return row // self.up, column // self.across, seed

    def pixel(self, row: int, column: int, seed: int) -> tuple[int, int]:
        """Return row and column of a model's pixel in the image."""
        return row * self.up + seed // self.across, column * self.across + seed % self.across

    def box(self, row: int, column: int, seed: int) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of a model's pixel in the picture."""
        y, x = self.pixel(row, column, seed)
        left, bottom = x / self.across - 0.5, y / self.up - 0.5
        return left, left + 1 / self.across, bottom, bottom + 1 / self.up


def population_map(
    ax: Place,
    loss: ArrayLike,
    x: ArrayLike | Ruler,
    y: ArrayLike | Ruler | None = None,
    *,
    xlabel: str,
    ylabel: str = "",
    stopped: ArrayLike | None = None,
    hidden: ArrayLike | None = None,
    chosen: Sequence[int] | None = None,
    box: tuple[int, int, int, int] | None = None,
    seeds: Sequence[int] | None = None,
    quantity: str = "validation loss",
    title: str = "",
    legend: str = "above",
    picks: bool = False,
) -> Picture:
    """Draw a pixel for each of many models, at its two settings, in the colour of its loss.

    Equal steps of colour mean equal ratios, and bright is low. Black is a model that has diverged.
    The map counts the values of both settings: 0 is the first, and `Ruler` says where others lie.
    The sentence says which model is the best, how many have diverged, and where the edge runs.

    Parameters
    ----------
    loss : array-like of shape (n_y, n_x) or (n_y, n_x, n_seeds)
        Loss of each model, row by row from that of the first ``y``: infinite where it has
        diverged, no number where there is no model. Models that differ by their seed alone share
        a cell.
    x : array-like of shape (n_x,) or Ruler
        Values of one setting, each larger than the one before.
    y : array-like of shape (n_y,) or Ruler, optional
        Values of the other one; without it there is one row.
    xlabel, ylabel : str
        What the settings are called.
    stopped : array-like of bool, shape as loss, optional
        Which models train no longer; they are pale.
    hidden : array-like of bool, shape as loss, optional
        Which models nobody has looked at yet; they have no colour, and nothing is said of them.
    chosen : sequence of int, optional
        Row, column and, where there are seeds, seed of a model that is marked.
    box : tuple of int, optional
        First and last row, first and last column of a rectangle that is drawn.
    seeds : sequence of int, optional
        The seeds; 0, 1, 2, ... if not given.
    quantity : str
        What the loss is called.
    title : str
        Title of the picture.
    legend : str
        Where the legend is, as `Pen.legend` takes it; "" for none.
    picks : bool
        Whether a press on a pixel tells the panel that shows the map.

    Raises
    ------
    ValueError
        If shapes do not fit each other, or the values of a setting do not grow.
    """
    across, up = _ruler(x), _ruler([0.0] if y is None else y)
    loss = _shaped("loss", loss, (len(up.values), len(across.values)))
    masks = [
        np.zeros(loss.shape, bool) if mask is None else _shaped(name, mask, loss.shape[:2]) > 0
        for name, mask in (("stopped", stopped), ("hidden", hidden))
    ]
    for name, mask in zip(("stopped", "hidden"), masks, strict=True):
        if mask.shape != loss.shape:
            raise ValueError(f"{name} needs the shape of loss, {loss.shape}; it has {mask.shape}.")
    stopped, hidden = masks
    known = np.where(hidden, np.nan, loss)
    cells = Cells(*loss.shape)
    pen = Pen(
        ax, title, xlabel, ylabel, (-0.5, len(across.values) - 0.5),
        (-0.5, len(up.values) - 0.5), xticks=across.ticks(_MOST_TICKS[0]), xreads=across.words,
        yticks={} if y is None else up.ticks(_MOST_TICKS[1]),
        yreads=None if y is None else up.words, label_gap=1,
    )  # fmt: skip
    limits = _limits(known)
    look: dict = {"picks": True} if picks else {}
    if chosen is not None:
        chosen = (*chosen, 0)[:3]
        look["at"] = cells.pixel(*chosen)
    seeds = range(loss.shape[2]) if seeds is None else seeds
    words, states = _said(known, stopped, hidden, seeds)
    look |= {"said": words, "states": cells.image(states).ravel()}
    _draw_pixels(pen, cells, known, limits, quantity, look)
    _draw_states(pen, cells, known, stopped, hidden)
    if box is not None:
        low, high, left, right = box
        ends = (left - 0.5, right + 0.5, low - 0.5, high + 0.5)
        _draw_ring(pen, "box", ends, "--")
    if chosen is not None:
        _draw_ring(pen, "chosen", cells.box(*chosen), "-")
    # Of a halved map the one to look at is among those that go on.
    going = np.where(stopped, np.nan, known)
    best = _best(going if np.isfinite(going).any() else known)
    if best is not None and np.isfinite(known).sum() > 1:
        left, right, low, high = cells.box(*best)
        place = ((left + right) / 2, (low + high) / 2)
        pen.star("best", *place, fill="#FFFFFF", edge="#222222", size=11, zorder=3, label="best")
    if legend:
        _name_colours(pen, limits, known, stopped, hidden, best)
        pen.legend(legend, columns=_MOST_KEYS, sample=1.2)
    names = [(xlabel, across), *([] if y is None else [(ylabel, up)])]
    return pen.done(_sentence(known, stopped, hidden, best, names, seeds, quantity))


def _ruler(values: ArrayLike | Ruler) -> Ruler:
    return values if isinstance(values, Ruler) else Ruler(values)


def _shaped(name: str, values: ArrayLike, shape: tuple[int, int]) -> np.ndarray:
    """Return values as an array of shape (rows, columns, seeds)."""
    array = np.asarray(values, dtype=float)
    if array.ndim == 1 and shape[0] == 1:
        array = array[None]
    if array.ndim not in (2, 3) or array.shape[:2] != shape:
        raise ValueError(
            f"{name} needs the shape ({shape[0]}, {shape[1]}), a row for each y and a column for "
            f"each x, or one axis more for seeds; received {np.shape(values)}."
        )
    return array.reshape(*shape, -1)


# --- what is drawn ----------------------------------------------------------------------------


def _limits(loss: np.ndarray) -> tuple[float, float]:
    """Return the logarithms of the losses with the first and last colour; they change in leaps."""
    finite = loss[np.isfinite(loss) & (loss > 0)]
    if not finite.size:
        return -1.0, 0.0
    low, high = float(finite.min()), float(min(finite.max(), _FARTHEST * np.median(finite)))
    low, high = math.log10(low), math.log10(high)
    unit = 2.0 ** math.floor(math.log2(max(high - low, 1e-3) / _STEPS))
    low = unit * math.floor(low / unit)
    return low, max(unit * math.ceil(high / unit), low + unit)


def _draw_pixels(pen, cells, loss, limits, quantity, look) -> None:
    """Draw the losses that are known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(loss)
    powers = np.where(np.isposinf(powers), np.nan, np.maximum(powers, limits[0] - 1))
    pen.cells(
        "models", cells.image(powers), (*pen.xlim, *pen.ylim), label=quantity, colors=GLOW,
        limits=limits, **look,
    )  # fmt: skip


def _draw_states(pen, cells, loss, stopped, hidden) -> None:
    """Draw what has diverged, what was stopped and what is hidden over the losses."""
    frame = (*pen.xlim, *pen.ylim)
    for name, where, color, alpha in (
        ("diverged", np.isposinf(loss), DIVERGED, 1.0),
        ("stopped", stopped & ~hidden & np.isfinite(loss), FAINT, 0.72),
        ("hidden", hidden, COOL, 1.0),
    ):
        if where.any():
            flat = np.where(cells.image(where), 0.0, np.nan)
            look: Look = {"colors": (color, color), "smooth": False, "alpha": alpha}
            pen.image(name, flat, frame, zorder=0.1, **look)
    high, wide = cells.image(loss).shape
    size = min(pen.pixels[0] / wide, pen.pixels[1] / high)
    if size < _SMALLEST:
        return
    rows, columns = np.nonzero(cells.image(stopped & ~hidden & np.isfinite(loss)))
    left, low = columns / cells.across - 0.5, rows / cells.up - 0.5
    ends = [[left, low], [left + 1 / cells.across, low + 1 / cells.up]]
    if len(rows):
        strokes = np.transpose(np.array(ends), (2, 0, 1))
        pen.segments("strokes", strokes, color="#8A8A8A", width=0.7, zorder=0.2)
    if cells.across > 1 and size * cells.across >= 2 * _SMALLEST:
        lines = [[(at - 0.5, end) for end in pen.ylim] for at in range(1, cells.shape[1])]
        lines += [[(end, at - 0.5) for end in pen.xlim] for at in range(1, cells.shape[0])]
        pen.segments("between", lines, color=PAPER, width=1.2, zorder=0.3)


def _draw_ring(pen: Pen, name: str, ends: tuple[float, float, float, float], dash: str) -> None:
    """Draw a rectangle that is seen on every colour."""
    left, right, low, high = ends
    ring = [[(left, low), (right, low), (right, high), (left, high), (left, low)]]
    pen.segments(f"{name} rim", ring, color="#FFFFFF", width=4, zorder=2.6, clip=False)
    pen.segments(name, ring, color="#222222", width=1.8, dash=dash, zorder=2.7, clip=False)


def _said(loss: np.ndarray, stopped: np.ndarray, hidden: np.ndarray, seeds) -> tuple:
    """Return what can be said of a model beside its settings and its loss, and which is of each."""
    states = np.where(np.isposinf(loss), 1, np.where(np.isnan(loss), 2, 0))
    states = np.where(stopped & np.isfinite(loss), 3, states)
    states = np.where(hidden, 4, states)
    if loss.shape[2] == 1:
        return _STATES, states
    named = [", ".join(filter(None, [f"seed {s}", state])) for s in seeds for state in _STATES]
    return named, states + len(_STATES) * np.arange(loss.shape[2])


def _name_colours(pen, limits, loss, stopped, hidden, best) -> None:
    """Name colours by their losses, and what else a pixel can be."""
    if np.isfinite(loss).any():
        last = len(GLOW) - 1
        for number in _KEYS:
            value = 10 ** (limits[0] + number / last * (limits[1] - limits[0]))
            more = " or more" if number == last and _is_cut(loss, limits) else ""
            pen.swatch(_two_digits(value, limits) + more, GLOW[number])
    if np.isposinf(loss).any():
        pen.swatch("diverged", DIVERGED)
    if (stopped & ~hidden).any():
        pen.key("stopped", color="#8A8A8A", width=1.5)
    if hidden.any():
        pen.swatch("not opened", COOL)
    if best is not None and np.isfinite(loss).sum() > 1:
        pen.key("best", marker="*", dash="", fill="#FFFFFF", edge="#222222", size=9)


def _is_cut(loss: np.ndarray, limits: tuple[float, float]) -> bool:
    finite = loss[np.isfinite(loss)]
    return bool(finite.max() > 1.0001 * 10 ** limits[1])


def _two_digits(value: float, limits: tuple[float, float]) -> str:
    """Write a loss in as many digits as tell the colours apart."""
    digits = max(2, math.ceil(-math.log10((limits[1] - limits[0]) / (len(_KEYS) - 1))) + 1)
    return short(float(f"{value:.{digits}g}")) if digits <= 3 else f"{value:.{digits}g}"


# --- what is said -----------------------------------------------------------------------------


def _best(loss: np.ndarray) -> tuple[int, int, int] | None:
    """Return row, column and seed of the lowest loss; None where there is none."""
    if not np.isfinite(loss).any():
        return None
    place = np.unravel_index(int(np.nanargmin(loss)), loss.shape)
    return tuple(int(at) for at in place)


def _sentence(loss, stopped, hidden, best, names, seeds, quantity) -> str:
    """Return what the map shows."""
    count, there = int((~hidden & ~np.isnan(loss)).sum()), int(hidden.sum())
    if there and not count:
        return f"None of {there:,} pixels is open yet."
    sentences = []
    if there:
        words = "pixel is" if count == 1 else "pixels are"
        sentences.append(f"{count:,} of {count + there:,} {words} open.")
    if best is not None:
        lowest = "The lowest" if count > 1 else "Its"
        of = " of those that still train" if stopped.any() and not stopped[best] else ""
        places = zip(names, best[1::-1], strict=False)
        at = " and ".join(f"{name} {ruler.words[place]}" for (name, ruler), place in places)
        seed = f" (seed {seeds[best[2]]})" if loss.shape[2] > 1 else ""
        sentences.append(f"{lowest} {quantity}{of} is {loss_in_words(loss[best])}, at {at}{seed}.")
    if (ended := int((stopped & ~hidden & np.isfinite(loss)).sum())) and best is not None:
        going = int(np.isfinite(loss).sum()) - ended
        had, train = "was" if ended == 1 else "were", "train" if going > 1 else "trains"
        sentences.append(f"{ended:,} {had} stopped, {going or 'none'} still {train}.")
    diverged = np.isposinf(loss)
    share = diverged.sum() / count
    if share == 1:
        sentences.append("All have diverged." if count > 1 else "This one has diverged.")
    elif share == 0:
        sentences.append("None has diverged.")
    else:
        edge = "" if there else _edge(loss, diverged, names)
        sentences.append(f"{percent(share)} have diverged{edge}.")
    return " ".join(sentences)


def _edge(loss: np.ndarray, diverged: np.ndarray, names: list) -> str:
    """Return from where on models diverge, in a row or two; "" where it is not so simple."""
    with np.errstate(invalid="ignore"):
        gone = diverged.sum(axis=2) > 0.5 * (~np.isnan(loss)).sum(axis=2)
    ways = [(gone, 0, 1), (gone[:, ::-1], 0, -1)]
    if len(names) > 1:
        ways += [(gone.T, 1, 1), (gone.T[:, ::-1], 1, -1)]
    told = [_told(lines) for lines, *_ in ways]
    most = max(range(len(ways)), key=told.__getitem__)
    if told[most] < _MOSTLY * gone.sum():
        return ""
    lines, axis, way = ways[most]
    firsts = _firsts(lines)
    (name, ruler), toward = names[axis], "on" if way == 1 else "down"
    ends = [number for number, first in enumerate(firsts) if first < lines.shape[1]]
    starts = [ruler.words[::way][firsts[number]] for number in ends]
    if len(names) == 1:
        return f", from {name} {starts[0]} {toward}"
    other, marks = names[1 - axis]
    if len(ends) == len(firsts) and len(set(starts)) == 1:
        return f", from {name} {starts[0]} {toward}, whatever the {other}"
    if len(ends) > 1 and starts[0] == starts[-1]:
        return f", from about {name} {starts[0]} {toward}"
    first = f": from {name} {starts[0]} {toward} at {other} {marks.words[ends[0]]}"
    if len(ends) == 1:
        return first
    return f"{first}, from {starts[-1]} {toward} at {other} {marks.words[ends[-1]]}"


def _firsts(lines: np.ndarray) -> list[int]:
    """Return where in each line it begins to be true up to the end; its length if nowhere."""
    ended = np.pad(lines[:, ::-1], ((0, 0), (0, 1)))
    return (lines.shape[1] - np.argmin(ended, axis=1)).tolist()


def _told(lines: np.ndarray) -> int:
    """Return how many are told of by where in each line they begin."""
    return sum(lines.shape[1] - first for first in _firsts(lines) if first)
