"""What the curves of a training say in words: where they stand, and since when validation rises."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lessons_lib._ground.values import listed, one_line
from lessons_lib.plots._frame import short

_LONGEST_NAME = 20  # letters of a run in the legend
_WINDOW = 0.1  # of all rows: over so many the noise of mini-batches is averaged
_FEWEST = 20  # rows, before that a rise cannot be told from noise
_OF_LOWEST = 0.05  # so much of the lowest validation loss a rise must be ...
_OF_LOSS = 0.02  # ... and so much of the losses of this run ...
_OF_NOISE = 4.0  # ... and so many times the noise from row to row


THIS_RUN = "this run"  # what the present one is called beside others


class OtherRun(NamedTuple):
    """A run that is drawn thin beside the present one.

    Attributes
    ----------
    name : str
        What the legend and the sentence call it: ``"run 1"``.
    history : mapping of str to list of float
        What was measured in it, as of the run that it stands beside.
    number : int
        Which look it has, see `run_look`.
    """

    name: str
    history: Mapping[str, Any]
    number: int

    @property
    def label(self) -> str:
        """The name as a legend has room for it."""
        return one_line(self.name, _LONGEST_NAME)


class Rise(NamedTuple):
    """Since when validation has risen, from where to where; averages over a tenth of the run."""

    step: int
    lowest: float
    now: float


def rise_of(history: dict[str, list[float]]) -> Rise | None:
    """Return the rise of the validation loss, where training alone has gone on to get better.

    What a run does in a moment is noise: each loss is the mean over a tenth of the rows, and the
    rise has to be large beside the noise from row to row, beside the lowest loss, and beside the
    losses of the whole run. Where the training loss rises with it, the steps are too long, and
    nothing is learned by heart.

    Parameters
    ----------
    history : dict of str to list of float
        With ``"step"``, ``"loss"`` and ``"val_loss"``.
    """
    steps, train, val = (np.asarray(history[name]) for name in ("step", "loss", "val_loss"))
    rows = len(steps)
    if rows < _FEWEST or not (np.isfinite(train).all() and np.isfinite(val).all()):
        return None
    width = round(_WINDOW * rows)
    train_mean, val_mean = (np.convolve(v, np.ones(width) / width, "valid") for v in (train, val))
    at = int(np.argmin(val_mean))
    lowest, now = float(val_mean[at]), float(val_mean[-1])
    noise = np.std(np.diff(val)) / np.sqrt(2)
    # A loss that begins huge says nothing of those that follow.
    size = min(val[0], 10 * float(np.median(val)))
    least = max(_OF_LOWEST * abs(lowest), _OF_LOSS * size, _OF_NOISE * noise)
    later = at + width <= len(val_mean) - 1  # the two tenths are apart
    alone = train_mean[-1] - train_mean[at] < (now - lowest) / 2
    if not (later and alone and now - lowest >= least):
        return None
    step = steps[at + int(np.argmin(val[at : at + width]))]
    return Rise(int(step), lowest, now)


def until(history: dict, step: int) -> dict:
    """Return the part of a history up to a step."""
    rows = int(np.searchsorted(history["step"], step, side="right"))
    return {name: column[:rows] for name, column in history.items()}


def sentence_of(
    history: dict, others: Sequence[OtherRun], quantity: str, log: bool, now: int | None = None
) -> str:
    """Return where the curves stand, where another run was then, and which of several is best.

    Parameters
    ----------
    history : dict of str to list of float
        The run's.
    others : sequence of OtherRun
        Those beside it, each with at least one row.
    quantity : str
        Which entry.
    log : bool
        Whether it is drawn on a logarithmic scale.
    now : int, optional
        The step that the run has been taken back to; its last one if not given.
    """
    words = quantity.replace("_", " ")
    names = {quantity: f"training {words}", f"val_{quantity}": f"validation {words}"}
    names = {name: words for name, words in names.items() if name in history}
    parts = _standing(history, quantity, names, now)
    steps = history["step"]
    if len(others) == 1 and len(steps):
        parts.append(_compared(steps[-1] if now is None else now, others[0], names))
    elif others and not len(steps):
        parts.append(_others_alone(others, names))
    if len(others) > 1:
        parts.append(_best_of(history, others, names))
    if log and any(min(history[name][-1:], default=1) <= 0 for name in names):
        parts.append("A loss of 0 has no place on a log scale.")
    return " ".join(filter(None, parts))


def _standing(history: dict, quantity: str, names: dict[str, str], now: int | None) -> list[str]:
    """Say where the curves stand at the end, or at an earlier step, and how they came there."""
    if not len(history["step"]):
        return ["No step has been made yet."]
    where = f"Step {history['step'][-1]:,}"
    if now is not None:
        where = f"Step {now:,} of {history['step'][-1]:,}"
        history = until(history, now)
        if not len(history["step"]):
            return [f"{where}: nothing has been measured yet."]
    measured = dict(names)
    if quantity == "loss" and "penalty" in history:
        measured["penalty"] = "penalty"
    ends = [f"{words} {loss_in_words(history[name][-1])}" for name, words in measured.items()]
    parts = [f"{where}: {', '.join(ends)}."]
    if quantity == "loss" and "val_loss" in history and (rise := rise_of(history)):
        parts.append(_risen(rise))
    return parts


def loss_in_words(value: float) -> str:
    """Write a loss, whatever number it is or is not."""
    if np.isfinite(value):
        return short(value)
    return "undefined" if np.isnan(value) else "infinite"


def _risen(rise: Rise) -> str:
    times = rise.now / rise.lowest if rise.lowest > 0 else np.inf
    change = f"has risen {times - 1:.0%} since" if times < 3 else f"is at {short(rise.now)} now"
    return (
        f"Validation was lowest near step {rise.step:,}, at {short(rise.lowest)}, and {change}: "
        "the network overfits."
    )


def _compared(step: int, other: OtherRun, names: dict[str, str]) -> str:
    """Say where another run was at that step, or where it ended before."""
    steps = other.history["step"]
    there = [
        loss_in_words(np.interp(step, steps, other.history[name]))
        for name in names
        if name in other.history
    ]
    had = f"{other.name} had {listed(there)}"
    return f"At its end, step {steps[-1]:,}, {had}." if step > steps[-1] else f"Here {had}."


def _others_alone(others: Sequence[OtherRun], names: dict[str, str]) -> str:
    """Say what the thin lines are, where there are no others."""
    if len(others) > 1:
        return f"The thin lines are {listed(other.name for other in others)}."
    name, history, _ = others[0]
    ends = [f"{names[n]} {loss_in_words(history[n][-1])}" for n in names if n in history]
    lines = "lines are" if len(ends) > 1 else "line is"
    return f"The thin {lines} {name}: {history['step'][-1]:,} steps, at its end {listed(ends)}."


def _best_of(history: dict, others: Sequence[OtherRun], names: dict[str, str]) -> str:
    """Say which of all runs was best, and when: of validation, where all have it."""
    runs = {THIS_RUN: history} | {other.name: other.history for other in others}
    column = [name for name in names if all(name in run for run in runs.values())][-1]
    sign = -1 if "acc" in column else 1
    found = lowest_of(
        {name: (run["step"], sign * np.asarray(run[column])) for name, run in runs.items()}
    )
    if found is None:
        return ""
    who, value, step = found
    return f"Best so far: {listed(who)}, {names[column]} {short(sign * value)} at step {step:,}."


def lowest_of(
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]],
) -> tuple[list[str], float, int] | None:
    """Return which curves come lowest, how low and at which step, or None where no number is.

    Runs that have begun as one can have their lowest place in common, so there may be several.

    Parameters
    ----------
    curves : mapping of str to (sequence of int, sequence of float)
        Steps and values by name.
    """
    ends = {}
    for name, (steps, column) in curves.items():
        values = np.asarray(column, dtype=float)
        if np.isfinite(values).any():
            at = int(np.argmin(np.where(np.isfinite(values), values, np.inf)))
            ends[name] = (float(values[at]), int(steps[at]))
    if not ends:
        return None
    lowest = min(ends.values())
    return [name for name, end in ends.items() if end == lowest], *lowest
