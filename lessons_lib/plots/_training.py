"""Pictures of a training, over or still going on: its curves, and what was turned when."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib.plots._course import OtherRun, loss_in_words, sentence_of, until
from lessons_lib.plots._frame import short
from lessons_lib.plots._look import BLUE, GREEN, INK, PURPLE, VERMILLION, Look, run_look
from lessons_lib.plots._pen import Pen, Picture, Place

_HEADROOM = (0.22, 0.4)  # of the height, at least and at most, for the labels of knob turns
_SHORT = 0.01  # of the width: a run that is shorter is no line to be seen
_FARTHEST = 50  # times the first loss: beyond that a curve may leave the picture
LABEL_SIZE = 8.5  # points
_LABEL_ROW = 1.4  # letters from one row of labels to the next
_FEWEST_ROWS = 2  # where that is not too much of the height
_CHARACTER = 0.62  # letters: so wide is one of a wide word in matplotlib's font
_NICE = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])
# Of other runs, and of what weights cost: thin, and behind the run.
OTHER: Look = {"width": 1.2, "zorder": 2}
_PENALTY: Look = {"color": GREEN, "width": 1.2, "dash": "-.", "zorder": 2.5}
_TURNED: Look = {"color": PURPLE, "width": 1.2, "dash": ":", "zorder": 1}


def learning_curves(
    ax: Place, history: dict[str, list[float]], *, quantity: str = "loss", log: bool = False
) -> Picture:
    """Draw a quantity over the epochs, for training and, where known, for validation.

    The sentence says where each curve ends and where validation was best: lowest, or highest
    where the quantity is an accuracy.

    Parameters
    ----------
    history : dict of str to list of float
        As Keras's ``fit(...).history``.
    quantity : str
        Which entry; its validation twin is named ``val_`` and the same.
    log : bool
        Whether equal distances mean equal ratios.
    """
    check_history(history, quantity)
    words = quantity.replace("_", " ")
    pen = Pen(ax, "", "epoch", words, ylog=log or None)
    train = np.asarray(history[quantity], dtype=float)
    epochs = np.arange(1, len(train) + 1)
    pen.training(epochs, train)
    ends = " to ".join(loss_in_words(train[end]) for end in (0, -1))
    sentence = f"Training {words} goes from {ends}"
    if (val := _twin(history, quantity)) is not None:
        pen.validation(epochs, val)
        if np.isfinite(val).any():
            word, where = (
                ("highest", np.nanargmax) if "acc" in quantity else ("lowest", np.nanargmin)
            )
            best = int(where(np.where(np.isfinite(val), val, np.nan)))
            sentence += f"; validation is {word} at epoch {best + 1} with {short(val[best])}"
    pen.legend()
    return pen.done(sentence + ".")


def training_curves(
    ax: Place,
    history: dict[str, list[float]],
    *,
    marks: Sequence[tuple] = (),
    others: Sequence[OtherRun] = (),
    now: int | None = None,
    quantity: str = "loss",
    log: bool = False,
    title: str = "",
) -> Picture:
    """Draw a quantity over the steps made so far, with a mark wherever a knob was turned.

    The limits grow in leaps, so that in most frames of a running training only the curves move.
    The sentence says where each curve stands and, where validation has risen for more than noise,
    since when; where another run was then, or which of several was best so far.

    Parameters
    ----------
    history : dict of str to list of float
        ``"step"`` and the quantities at those steps, as `LiveTrainer.history`; a quantity's
        validation twin is named ``val_`` and the same. Beside a loss, ``"penalty"`` has its own
        thin line. The lists may be empty.
    marks : sequence of (step, name, words)
        When something was turned, what, and the few words that say to what: ``"lr 0.1"``. The
        words are written where there is room, the latest first.
    others : sequence of OtherRun
        Runs to compare with, drawn thin: of a single one training and validation, of several
        validation alone, or training where there is none.
    now : int, optional
        The step that the run has been taken back to; its curves go on beyond.
    quantity : str
        Which entry of the history.
    log : bool
        Whether equal distances mean equal ratios.
    title : str
        Title of the picture.
    """
    check_history(history, quantity)
    others = [other for other in others if len(other.history.get(quantity, ()))]
    pen = Pen(
        ax, title, "step", quantity.replace("_", " "), ylog=log, xticks=6, yticks=5,
        xformat="steps", yformat=None if log else "short", label_gap=1,
    )  # fmt: skip
    headroom = float(np.clip(_FEWEST_ROWS * _label_row(pen), *_HEADROOM))
    xlim, ylim = _limits(history, others, quantity, log, 1 - headroom)
    pen.frame(xlim=xlim, ylim=ylim)
    _draw_run(pen, history, quantity, "", "", {"zorder": 3})
    if now is not None:
        pen.mark_x("now", now, color=INK, dash="-", width=1)
        _draw_ends(pen, until(history, now), quantity)
    elif (rows := len(history["step"])) and (rows == 1 or history["step"][-1] < _SHORT * xlim[1]):
        _draw_ends(pen, history, quantity)
    if quantity == "loss" and "penalty" in history:
        pen.curve("penalty", history["step"], history["penalty"], label="penalty", **_PENALTY)
    _draw_marks(pen, marks, now, headroom)
    _draw_others(pen, others, quantity)
    pen.legend("above")
    return pen.done(sentence_of(history, others, quantity, log, now))


def _draw_run(pen: Pen, run: dict, quantity: str, name: str, when: str, look: Look) -> None:
    """Draw training and validation of one run."""
    train = np.asarray(run[quantity], dtype=float)
    pen.training(run["step"], train, name or "train", label=f"training{when}", **look)
    if (val := _twin(run, quantity)) is not None:
        pen.validation(run["step"], val, f"{name} val".strip(), label=f"validation{when}", **look)


def _draw_others(pen: Pen, others: Sequence[OtherRun], quantity: str) -> None:
    """Draw the runs beside this one; each is told by its colour, of several by its dash too."""
    for number, other in enumerate(others):
        name, run = f"other {number}", other.history
        look = run_look(other.number) | OTHER
        if len(others) == 1:
            look.pop("dash")  # that tells training and validation apart
            _draw_run(pen, run, quantity, name, f", {other.label}", look)
        else:
            column = f"val_{quantity}" if f"val_{quantity}" in run else quantity
            pen.curve(name, run["step"], run[column], label=other.label, **look)


def _draw_ends(pen: Pen, run: dict, quantity: str) -> None:
    """Draw where a run stands, where that is not seen as the end of a line."""
    for name, color in ((quantity, BLUE), (f"val_{quantity}", VERMILLION)):
        if len(run.get(name, ())) and np.isfinite(run[name][-1]):
            pen.dot(f"now {name}", run["step"][-1], run[name][-1], color=color, size=6)


def draw_now(pen: Pen, now: int) -> None:
    """Draw the step that all have been taken back to, and write it where there is room."""
    pen.mark_x("now", now, color=INK, dash="-", width=1)
    side = "left" if now < sum(pen.xlim) / 2 else "right"
    look: Look = {"size": LABEL_SIZE, "anchor": f"top {side}", "parts": "y", "backdrop": True}
    pen.text("label", now, 0.98, f" step {now:,} ", **look)


def check_history(history: Mapping, quantity: str, this: str = "This history") -> None:
    """Say what there is where a quantity is not."""
    if quantity not in history:
        known = ", ".join(sorted(set(history) - {"step"}))
        raise ValueError(f"{this} has no {quantity!r}. It has: {known}.")


def _twin(history: dict, quantity: str):
    """Return the validation values of a quantity, or None where there are none."""
    values = history.get(f"val_{quantity}")
    return None if values is None else np.asarray(values, dtype=float)


# --- limits -----------------------------------------------------------------------------------


def _limits(history: dict, others: Sequence[OtherRun], quantity: str, log: bool, part: float):
    """Return limits of both axes that change seldom while the runs go on.

    The curves have that part of the height, from below; above are the labels of the marks. Where
    the curves begin has a place, and where the run stands now. A short spike may leave the
    picture, and so may what is on its way to infinity.
    """
    runs = [history, *(other.history for other in others)]
    last = max((run["step"][-1] for run in runs if len(run["step"])), default=0)
    xlim = (0.0, nice_ceiling(max(last, 100)))
    now, *earlier = (_columns(run, quantity) for run in runs)
    before = [column for columns in earlier for column in columns]
    paid = finite(history.get("penalty", ())) if quantity == "loss" else np.empty(0)
    return xlim, height_limits(now, before, paid, log, part)


def height_limits(
    now: list[np.ndarray], before: list[np.ndarray], paid: np.ndarray, log: bool, part: float
) -> tuple[float, float]:
    """Return the limits for curves that go on, for those that are over, and for what is paid.

    Parameters
    ----------
    now, before : list of ndarray
        The finite numbers of each curve, from the first step on; no list is empty inside.
    paid : ndarray
        Numbers that are small where they can be neglected.
    log : bool
        Whether equal distances mean equal ratios.
    part : float
        Of the height, from below, that the curves have.
    """
    if not (columns := now + before):
        return (1e-3, 10.0) if log else (0.0, 1.0)
    begin = max(abs(column[0]) for column in columns)
    curves = np.concatenate(columns)
    if log:
        curves = curves[curves > 0]
        paid = paid[paid > 0.1 * curves.min(initial=np.inf)]  # a tiny price makes no decades
        return _powers(np.append(curves, paid), _FARTHEST**2 * begin, part)
    ends = max((abs(column[-1]) for column in now), default=0.0)
    size = max(begin, min(ends, _FARTHEST * begin))
    return _heights(np.append(curves, paid), size, part)


def _columns(run: dict, quantity: str) -> list[np.ndarray]:
    """Return training and validation of a run, what is finite of them, where there is any."""
    columns = [finite(run.get(name, ())) for name in (quantity, f"val_{quantity}")]
    return [column for column in columns if len(column)]


def finite(column: Sequence[float]) -> np.ndarray:
    """Return the finite numbers of a column."""
    values = np.asarray(column, dtype=float)
    return values[np.isfinite(values)]


def _powers(values: np.ndarray, most: float, part: float) -> tuple[float, float]:
    """Return the limits of a logarithmic axis for positive values, up to `most` of them."""
    low, high = (values.min(), min(values.max(), most)) if len(values) else (0.1, 1.0)
    low, high = np.floor(np.log10(low)), np.log10(high)
    top = np.ceil(2 * (low + (high - low) / part) + 0.2) / 2  # by half powers: it changes seldom
    return 10.0**low, 10.0 ** max(top, low + 1)


def _heights(values: np.ndarray, size: float, part: float) -> tuple[float, float]:
    """Return the limits of an axis with equal distances, for curves of about that size."""
    low, high = float(values.min()), float(values.max())
    high = min(high, 2 * size) if size > 0 else high
    top = nice_ceiling(high / part) if high > 0 else 0.0
    bottom = -nice_ceiling(-1.05 * max(low, -2 * size)) if low < 0 else 0.0
    return bottom, top if top > bottom else bottom + 1.0


def nice_ceiling(value: float) -> float:
    """Return the next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten, upwards."""
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(_NICE[np.searchsorted(_NICE, value / power - 1e-9)] * power)


# --- what was turned --------------------------------------------------------------------------


def _label_row(pen: Pen) -> float:
    """Return which part of the height a row of labels takes."""
    return _LABEL_ROW * LABEL_SIZE * pen.point / max(pen.pixels[1], 1)


def _draw_marks(pen: Pen, marks: Sequence[tuple], now: int | None, headroom: float) -> None:
    """Draw a line at every knob turn, and write what was turned wherever there is room.

    The step that the run has been taken back to is written before all others.
    """
    marks = [mark for mark in marks if mark[0] > 0]
    lines = [[(step, end) for end in pen.ylim] for step, *_ in marks]
    label: Look = {"label": "turned knob"} if lines else {}
    pen.segments("marks", lines, **(_TURNED | label))
    look: Look = {
        "size": LABEL_SIZE, "color": INK, "anchor": "top left", "parts": "y", "zorder": 4,
        "clip": True, "backdrop": True,
    }  # fmt: skip
    here = [] if now is None else [(now, "step", f"step {now:,}")]
    for number, (x, y, words) in enumerate(_placed(pen, [*marks, *here], headroom)):
        pen.text(f"label {number}", x, y, words, **look)


def _placed(pen: Pen, marks: Sequence[tuple], headroom: float) -> list[tuple[float, float, str]]:
    """Return (x, height, words) of the labels that fit beside and below each other."""
    letter = LABEL_SIZE * pen.point
    unit = (pen.xlim[1] - pen.xlim[0]) / max(pen.pixels[0], 1)
    row = _label_row(pen)
    rows = max(1, int(headroom / row + 1e-6))
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    placed = []
    for step, _, words in reversed(marks):  # the latest are what is looked for
        width = (_CHARACTER * len(words) * letter + 9) * unit
        left = min(step + 3 * unit, pen.xlim[1] - width)
        if left < pen.xlim[0]:
            continue
        for number, others in enumerate(taken):
            if all(left + width <= a or left >= b for a, b in others):
                others.append((left, left + width))
                placed.append((left, 1 - (number + 0.15) * row, words))
                break
    return placed
