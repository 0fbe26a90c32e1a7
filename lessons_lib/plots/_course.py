"""What the curves of a training say in words: where they stand, and since when validation rises."""

from typing import NamedTuple

import numpy as np

from lessons_lib._ground.values import listed
from lessons_lib.plots._frame import short

_WINDOW = 0.1  # of all rows: over so many the noise of mini-batches is averaged
_FEWEST = 20  # rows, before that a rise cannot be told from noise
_OF_LOWEST = 0.05  # so much of the lowest validation loss a rise must be ...
_OF_LOSS = 0.02  # ... and so much of the losses of this run ...
_OF_NOISE = 4.0  # ... and so many times the noise from row to row


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


def sentence_of(history: dict, before: dict, quantity: str, log: bool) -> str:
    """Return where the curves stand, and where those of the run before were then.

    Parameters
    ----------
    history : dict of str to list of float
        The run's.
    before : dict of str to list of float
        That of the run before, empty without one.
    quantity : str
        Which entry.
    log : bool
        Whether it is drawn on a logarithmic scale.
    """
    words = quantity.replace("_", " ")
    names = {quantity: f"training {words}", f"val_{quantity}": f"validation {words}"}
    names = {name: words for name, words in names.items() if name in history}
    if not len(history["step"]):
        return "No step has been made yet." + _ghost_alone(before, names)
    if quantity == "loss" and "penalty" in history:
        names["penalty"] = "penalty"
    now = [f"{words} {loss_in_words(history[name][-1])}" for name, words in names.items()]
    sentences = [f"Step {history['step'][-1]:,}: {', '.join(now)}."]
    if quantity == "loss" and "val_loss" in history and (rise := rise_of(history)):
        sentences.append(_risen(rise))
    if before:
        sentences.append(_compared(history["step"][-1], before, names))
    if log and any(history[name][-1] <= 0 for name in names):
        sentences.append("A loss of 0 has no place on a log scale.")
    return " ".join(sentences)


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


def _compared(step: int, before: dict, names: dict[str, str]) -> str:
    """Say where the run before was at that step, or where it ended before."""
    there = [
        loss_in_words(np.interp(step, before["step"], before[name]))
        for name in names
        if name != "penalty" and name in before
    ]
    had = listed(there)
    last = before["step"][-1]
    if step > last:
        return f"The run before ended at step {last:,} with {had}."
    return f"The run before had {had} here."


def _ghost_alone(before: dict, names: dict[str, str]) -> str:
    if not before:
        return ""
    ends = [f"{names[n]} {loss_in_words(before[n][-1])}" for n in names if n in before]
    lines = "lines are" if len(ends) > 1 else "line is"
    steps = before["step"][-1]
    return f" The grey {lines} the run before: {steps:,} steps, at its end {listed(ends)}."
