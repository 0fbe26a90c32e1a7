"""Pictures of a training that is still going on: its curves, and what was turned when."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import Formatter, MaxNLocator, NullFormatter

from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREY,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    legend_above,
)

_LABELS = 8  # labels of knob turns that are written at a time; every turn keeps its line
_ROWS = (0.985, 0.915, 0.845)  # heights of the labels, as a part of the Axes
_HEADROOM = 1.28  # keeps the curves below the labels
_FARTHEST = 50  # times the first loss: beyond that a curve may leave the picture
_LABEL_SIZE = 8.5  # points
_NICE = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])


class _Steps(Formatter):
    """Writes 500, 1,500, 20k: tick labels that stay narrow in a run of a million steps."""

    def __call__(self, value, position=None):
        if abs(value) >= 1e6:
            return f"{value / 1e6:g}M"
        return f"{value / 1e3:g}k" if abs(value) >= 1e4 else f"{value:,.0f}"


class _Short(Formatter):
    """Writes at most three digits."""

    def __call__(self, value, position=None):
        return f"{value:.3g}"


def training_curves(
    ax: Axes,
    history: dict[str, list[float]],
    *,
    marks: Sequence[tuple] = (),
    ghost: dict[str, list[float]] | None = None,
    quantity: str = "loss",
    log: bool = False,
    title: str = "",
) -> Picture:
    """Draw a quantity over the steps made so far, with a mark wherever a knob was turned.

    The limits grow in leaps, so that in most frames of a running training only the curves move.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    history : dict of str to list of float
        ``"step"`` and the quantities at those steps, as `LiveTrainer.history`; a quantity's
        validation twin is named ``val_`` and the same. The lists may be empty.
    marks : sequence of (step, name, words)
        When something was turned, what, and the few words that say to what: ``"lr 0.1"``.
    ghost : dict of str to list of float, optional
        History of an earlier run, drawn thin for comparison.
    quantity : str
        Which entry of the history.
    log : bool
        Whether equal distances mean equal ratios.
    title : str
        Title of the picture.

    Returns
    -------
    Picture
        Its sentence says where each curve stands and where validation was lowest.
    """
    if quantity not in history:
        known = ", ".join(sorted(set(history) - {"step"}))
        raise ValueError(f"This history has no {quantity!r}. It has: {known}.")
    runs = [(history, "train", "val", 2.0)]
    if ghost is not None and len(ghost.get(quantity, ())):
        runs.insert(0, (ghost, "ghost", "ghost val", 1.2))
    pen = Pen(ax, title)
    _scale(ax, log)
    xlim, ylim = _limits([run for run, *_ in runs], quantity, log)
    pen.frame("step", quantity.replace("_", " "), xlim, ylim)
    for run, name, twin, width in runs:
        live = run is history
        steps = np.asarray(run["step"], dtype=float)
        above = 3 if live else 2
        color = BLUE if live else GREY
        values = np.asarray(run[quantity], dtype=float)
        pen.line(name, steps, values, color=color, lw=width, zorder=above)
        if (val := _twin(run, quantity)) is not None:
            color = VERMILLION if live else GREY
            pen.line(twin, steps, val, color=color, lw=width, ls="--", zorder=above)
    _draw_marks(pen, marks, xlim, ylim)
    _legend(ax, _twin(history, quantity) is not None, len(runs) > 1)
    return pen.done(_sentence(history, quantity, runs[0][0] if len(runs) > 1 else None))


def _twin(history: dict, quantity: str):
    """Return the validation values of a quantity, or None where there are none."""
    values = history.get(f"val_{quantity}")
    return None if values is None else np.asarray(values, dtype=float)


def _scale(ax: Axes, log: bool) -> None:
    """Choose the scale of the y axis, and narrow tick labels, once."""
    if not isinstance(ax.xaxis.get_major_formatter(), _Steps):
        ax.xaxis.set_major_formatter(_Steps())
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.yaxis.labelpad = 1
    if ax.get_yscale() != ("log" if log else "linear"):
        ax.set_yscale("log" if log else "linear")
    if not log and not isinstance(ax.yaxis.get_major_formatter(), _Short):
        ax.yaxis.set_major_formatter(_Short())
        ax.yaxis.set_major_locator(MaxNLocator(5))
    if log:
        ax.yaxis.set_minor_formatter(NullFormatter())


def _limits(runs: list[dict], quantity: str, log: bool):
    """Return limits of both axes that change seldom while the runs go on."""
    last = max((run["step"][-1] for run in runs if len(run["step"])), default=0)
    xlim = (0.0, nice_ceiling(max(last, 100)))
    columns = [run[name] for run in runs for name in (quantity, f"val_{quantity}") if name in run]
    values = [np.asarray(column, dtype=float) for column in columns if len(column)]
    values = [column[np.isfinite(column)] for column in values]
    values = [column for column in values if len(column)]
    if not values:
        return xlim, ((1e-3, 10.0) if log else (0.0, 1.0))
    everything = np.concatenate(values)
    if log:
        positive = everything[everything > 0]
        low, high = (positive.min(), positive.max()) if len(positive) else (0.1, 1.0)
        # One decade more on top keeps the labels of the marks free.
        return xlim, (10.0 ** np.floor(np.log10(low)), 10.0 ** (np.floor(np.log10(high)) + 1.3))
    # A short spike may leave the picture. Where the curves begin and stand now may not, unless
    # the run is on its way to infinity.
    begin = max(abs(column[0]) for column in values)
    ends = max(begin, min(max(abs(column[-1]) for column in values), _FARTHEST * begin))
    top = min(float(everything.max()), 2 * ends) if ends > 0 else float(everything.max())
    low = float(everything.min())
    top = nice_ceiling(_HEADROOM * top) if top > 0 else 0.0
    bottom = -nice_ceiling(-1.05 * max(low, -2 * ends)) if low < 0 else 0.0
    return xlim, (bottom, top if top > bottom else bottom + 1.0)


def nice_ceiling(value: float) -> float:
    """Return the next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten, upwards."""
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(_NICE[np.searchsorted(_NICE, value / power - 1e-9)] * power)


def _draw_marks(pen: Pen, marks, xlim, ylim) -> None:
    """Draw a line at every knob turn, and write what was turned wherever there is room."""
    marks = _merged([mark for mark in marks if mark[0] > 0], 0.02 * (xlim[1] - xlim[0]))
    lines = [[(step, ylim[0]), (step, ylim[1])] for step, *_ in marks]
    pen.segments("marks", lines, colors=PURPLE, linewidths=1.2, linestyles=":", zorder=1)
    style = {
        "fontsize": _LABEL_SIZE,
        "color": BLACK,
        "va": "top",
        "transform": pen.ax.get_xaxis_transform(),
        "zorder": 4,
        "clip_on": True,
        "bbox": {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
    }
    for number, (x, row, words) in enumerate(_placed(pen.ax, marks, xlim)):
        pen.text(f"turned {number}", x, _ROWS[row], words, **style)


def _merged(marks, distance: float) -> list[tuple]:
    """Join neighbouring turns of one knob, as a dragged slider leaves them, into their last."""
    kept: list[tuple] = []
    for mark in marks:
        if kept and kept[-1][1] == mark[1] and mark[0] - kept[-1][0] <= distance:
            kept.pop()
        kept.append(tuple(mark))
    return kept


def _placed(ax: Axes, marks, xlim) -> list[tuple[float, int, str]]:
    """Return (x, row, words) of the labels that fit beside each other, the latest turns first."""
    figure = ax.figure
    pixels = ax.get_position(original=True).width * figure.get_figwidth() * figure.dpi
    # A character of a wide word takes 0.62 em in matplotlib's font; 9 pixels between labels.
    character = 0.62 * _LABEL_SIZE * figure.dpi / 72
    unit = (xlim[1] - xlim[0]) / max(pixels, 1)
    taken: list[list[tuple[float, float]]] = [[] for _ in _ROWS]
    placed = []
    for step, _, words in reversed(marks):
        width = (len(words) * character + 9) * unit
        left = min(step + 3 * unit, xlim[1] - width)
        for row, others in enumerate(taken):
            if all(left + width <= a or left >= b for a, b in others):
                others.append((left, left + width))
                placed.append((left, row, words))
                break
        if len(placed) == _LABELS:
            break
    return placed


def _legend(ax: Axes, validation: bool, ghost: bool) -> None:
    """Put a legend above the Axes; it is made anew only when a kind of line comes or goes."""
    handles = [Line2D([], [], color=BLUE, lw=2, label="training")]
    if validation:
        handles.append(Line2D([], [], color=VERMILLION, lw=2, ls="--", label="validation"))
    if ghost:
        handles.append(Line2D([], [], color=GREY, lw=1.2, label="run before"))
    old = ax.get_legend()
    wanted = [handle.get_label() for handle in handles]
    if old is not None and [text.get_text() for text in old.get_texts()] == wanted:
        return
    legend_above(ax, handles=handles)


def _sentence(history: dict, quantity: str, ghost: dict | None) -> str:
    """Say where the curves stand."""
    if not len(history["step"]):
        return "No step has been made yet."
    words, val = quantity.replace("_", " "), _twin(history, quantity)
    steps, values = np.asarray(history["step"]), np.asarray(history[quantity], dtype=float)
    text = f"Step {steps[-1]:,.0f}: training {words} {values[-1]:.3g}"
    if val is not None and np.isfinite(val).any():
        best = int(np.nanargmin(val) if quantity == "loss" else np.nanargmax(val))
        text += f", validation {words} {val[-1]:.3g}"
        rises = quantity == "loss" and val[best] > 0 and np.isfinite(val[-1])
        rise = val[-1] / val[best] - 1 if rises else 0.0
        # Less than that, or only for a moment, is the noise of mini-batches.
        if rise >= 0.02 and steps[-1] - steps[best] >= 0.1 * steps[-1]:
            change = f"has risen {rise:.0%} since" if rise < 2 else f"is {rise + 1:.3g} times that"
            text += f"; it was lowest at step {steps[best]:,.0f} and {change}"
    if ghost is not None:
        before = np.interp(steps[-1], ghost["step"], ghost[quantity])
        text += f". The run before had {before:.3g} here"
    return text + "."
