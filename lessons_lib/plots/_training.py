"""Pictures of a training, over or still going on: its curves, and what was turned when."""

from collections.abc import Sequence

import numpy as np

from lessons_lib.plots._look import BLUE, GREY, INK, PURPLE, VERMILLION, Look
from lessons_lib.plots._pen import Pen, Picture, Place

_LABELS = 8  # labels of knob turns that are written at a time; every turn keeps its line
_ROWS = (0.985, 0.915, 0.845)  # heights of the labels, as a fraction of the Axes
_HEADROOM = 1.28  # keeps the curves below the labels
_FARTHEST = 50  # times the first loss: beyond that a curve may leave the picture
_LABEL_SIZE = 8.5  # points
_GHOST = ("ghost", "ghost val")
_NICE = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])


def learning_curves(
    ax: Place, history: dict[str, list[float]], *, quantity: str = "loss", log: bool = False
) -> Picture:
    """Draw a quantity over the epochs, for training and, where known, for validation.

    The sentence says where each curve ends and where validation was lowest.

    Parameters
    ----------
    history : dict of str to list of float
        As Keras's ``fit(...).history``.
    quantity : str
        Which entry; its validation twin is named ``val_`` and the same.
    log : bool
        Whether equal distances mean equal ratios.
    """
    _check(history, quantity)
    pen = Pen(ax, "", "epoch", quantity.replace("_", " "), ylog=log or None)
    train = np.asarray(history[quantity], dtype=float)
    epochs = np.arange(1, len(train) + 1)
    pen.training(epochs, train)
    sentence = f"Training {quantity} goes from {train[0]:.3g} to {train[-1]:.3g}"
    if (val := _twin(history, quantity)) is not None:
        pen.validation(epochs, val)
        best = int(np.argmin(val))
        sentence += f"; validation is lowest at epoch {best + 1} with {val[best]:.3g}"
    pen.legend()
    return pen.done(sentence + ".")


def training_curves(
    ax: Place,
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
    The sentence says where each curve stands and where validation was lowest.

    Parameters
    ----------
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
    """
    _check(history, quantity)
    runs = [history]
    if ghost is not None and len(ghost.get(quantity, ())):
        runs.insert(0, ghost)
    pen = Pen(
        ax, title, "step", quantity.replace("_", " "), *_limits(runs, quantity, log), ylog=log,
        xticks=6, yticks=5, xformat="steps", yformat=None if log else "short", label_gap=1,
    )  # fmt: skip
    thin: Look = {"color": GREY, "width": 1.2, "zorder": 2}
    for run in runs:
        names, look = (("train", "val"), {"zorder": 3}) if run is history else (_GHOST, thin)
        when = "" if run is history else ", run before"
        train = np.asarray(run[quantity], dtype=float)
        pen.training(run["step"], train, names[0], label=f"training{when}", **look)
        if (val := _twin(run, quantity)) is not None:
            pen.validation(run["step"], val, names[1], label=f"validation{when}", **look)
    _draw_marks(pen, marks)
    pen.key("training", color=BLUE, width=2)
    if _twin(history, quantity) is not None:
        pen.key("validation", color=VERMILLION, width=2, dash="--")
    if len(runs) > 1:
        pen.key("run before", color=GREY, width=1.2)
    pen.legend("above")
    return pen.done(_sentence(history, quantity, runs[0] if len(runs) > 1 else None))


def _check(history: dict, quantity: str) -> None:
    """Say what there is where a quantity is not."""
    if quantity not in history:
        known = ", ".join(sorted(set(history) - {"step"}))
        raise ValueError(f"This history has no {quantity!r}. It has: {known}.")


def _twin(history: dict, quantity: str):
    """Return the validation values of a quantity, or None where there are none."""
    values = history.get(f"val_{quantity}")
    return None if values is None else np.asarray(values, dtype=float)


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


def _draw_marks(pen: Pen, marks) -> None:
    """Draw a line at every knob turn, and write what was turned wherever there is room."""
    span = pen.xlim[1] - pen.xlim[0]
    marks = _merged([mark for mark in marks if mark[0] > 0], 0.02 * span)
    lines = [[(step, end) for end in pen.ylim] for step, *_ in marks]
    pen.segments("marks", lines, color=PURPLE, width=1.2, dash=":", zorder=1)
    look: Look = {
        "size": _LABEL_SIZE, "color": INK, "anchor": "top left", "parts": "y", "zorder": 4,
        "clip": True, "backdrop": True,
    }  # fmt: skip
    for number, (x, row, words) in enumerate(_placed(pen, marks)):
        pen.text(f"turned {number}", x, _ROWS[row], words, **look)


def _merged(marks, distance: float) -> list[tuple]:
    """Join neighbouring turns of one knob, as a dragged slider leaves them, into their last."""
    kept: list[tuple] = []
    for mark in marks:
        if kept and kept[-1][1] == mark[1] and mark[0] - kept[-1][0] <= distance:
            kept.pop()
        kept.append(tuple(mark))
    return kept


def _placed(pen: Pen, marks) -> list[tuple[float, int, str]]:
    """Return (x, row, words) of the labels that fit beside each other, the latest turns first."""
    # A character of a wide word takes 0.62 em in matplotlib's font; 9 pixels between labels.
    character = 0.62 * _LABEL_SIZE * pen.point
    unit = (pen.xlim[1] - pen.xlim[0]) / max(pen.pixels[0], 1)
    taken: list[list[tuple[float, float]]] = [[] for _ in _ROWS]
    placed = []
    for step, _, words in reversed(marks):
        width = (len(words) * character + 9) * unit
        left = min(step + 3 * unit, pen.xlim[1] - width)
        for row, others in enumerate(taken):
            if all(left + width <= a or left >= b for a, b in others):
                others.append((left, left + width))
                placed.append((left, row, words))
                break
        if len(placed) == _LABELS:
            break
    return placed


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
