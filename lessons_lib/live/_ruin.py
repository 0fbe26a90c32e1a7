"""What is wrong with a run, in a sentence: why it has ended, or why it learns nothing.

A loss that is no number is the end. The weights are useless before that, and may be so without
it: grown by orders of magnitude, pulled to zero, or such that the output is the same for every
input. What saves them is not guessed, but tried (`_rescue`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lessons_lib.live._rescue import (
    Look,
    Rescue,
    Trials,
    aside,
    in_words,
    knobs_in_words,
    look,
    values_of,
)

_LARGE_DATA = 50
_SOME, _MUCH = 0.1, 0.5  # of the loss

# --- a loss that is no number -----------------------------------------------------------------


def end_of(trainer: Any, step: int) -> tuple[str, Rescue | None]:
    """Return why a run has ended whose update `step`, counted from 1, met no number.

    And what saves it, where something was found.
    """
    at = f"Diverged at step {step:,}"
    data = _large_data(trainer)
    with aside(trainer) as now:
        trials = Trials(trainer, now)
        first = trials.start.loss
        rescue = trials.rescue() if np.isfinite(first) else None
    rate = (rescue.tries or rescue.leaves).get("learning_rate") if rescue else 0.0
    if data and (rescue is None or (rate is not None and rate <= 1e-3 and not rescue.leaves)):
        return (
            f"{at} with learning rate {in_words(trainer.learning_rate)}: the {data}, which makes "
            f"the gradients huge; scale the {data.split()[0]} to about -1 ... 1 and run the cell "
            "again."
        ), None
    if not np.isfinite(first):
        return (
            f"{at}, before any weight was changed: the loss of the initial weights is not a finite "
            "number; look at the loss function, or begin with smaller weights."
        ), None
    if rescue is None:
        return (
            f"{at}: no smaller learning rate or penalty that was tried from the start trains "
            "either; look at the loss function and at the data."
        ), None
    if rescue.back is None:
        return (
            f"{at} with {knobs_in_words(rescue.guilty)}: such steps overshoot; the weights before "
            f"them are kept. {rescue.words}"
        ), rescue
    return (
        f"{at}: the weights are ruined, by {knobs_in_words(rescue.guilty)}. {rescue.words}",
        rescue,
    )


def _large_data(trainer: Any) -> str:
    """Return that inputs or targets are far from 1, or ""."""
    X, *y = (float(np.abs(v.astype("float64")).max()) for v in (trainer.X, *trainer._data.targets))
    y = max(y)
    if max(X, y) <= _LARGE_DATA or trainer._embeds:
        return ""
    return f"targets reach {y:.3g}" if y > X else f"inputs reach {X:.3g}"


# --- a run that goes on, but learns nothing ---------------------------------------------------


class Trouble(NamedTuple):
    """One thing that keeps a network from learning.

    Attributes
    ----------
    fact : callable
        Takes the trainer, how it stands and how it stood at the start; returns what is so, in
        words, or "".
    rescue : callable
        Takes `Trials`; returns what saves, or None.
    alone : bool
        Whether the fact says enough where nothing was found that saves. What does not is also
        looked for where something has been learned.
    """

    fact: Callable[[Any, Look, Look], str]
    rescue: Callable[[Trials], Rescue | None]
    alone: bool = True


def _shrunk(now: Look, start: Look) -> bool:
    """Tell whether small weights have made the output the same for every input."""
    return start.reacts and not now.reacts and now.norm <= 0.15 * start.norm


def _collapsed(trainer, now, start) -> str:
    pulls = {name: getattr(trainer, name) for name in ("l2", "l1") if getattr(trainer, name)}
    if not (pulls and _shrunk(now, start)):
        return ""
    pull = "pulls" if len(pulls) == 1 else "pull"
    return (
        f"{knobs_in_words(pulls)} {pull} all weights to zero: the output is the same for every "
        "input."
    )


def _collapsed_by_itself(trainer, now, start) -> str:
    own = [getattr(layer, "kernel_regularizer", None) for layer in trainer._network.layers.values()]
    prices = [price for penalty in own if penalty for price in penalty.get_config().values()]
    decay = getattr(trainer._network.optimizer, "weight_decay", None)
    pays = any(isinstance(price, float) and price > 0 for price in (*prices, decay))
    if not (pays and _shrunk(now, start)):
        return ""
    return (
        "The penalty that the model was built with pulls all weights to zero: the output is the "
        "same for every input. Build it with a smaller one."
    )


def _dead(trainer, now, start) -> str:
    if trainer.activation not in ("relu", "mixed", None):
        return ""  # others put out 0 because weights are 0, and have a slope there
    for number, outputs in enumerate(_hidden(trainer), 1):
        if outputs.size and not outputs.any():
            return f"All units of hidden layer {number} are dead: they give 0 for every input."
    return ""


def _saturated(trainer, now, start) -> str:
    ends = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}.get(trainer.activation)
    if ends is None or now.loss <= start.loss:
        return ""
    for number, outputs in enumerate(_hidden(trainer), 1):
        near = np.minimum(abs(outputs - ends[0]), abs(outputs - ends[1])) < 0.01
        if outputs.size and near.mean() > 0.9:
            return (
                f"The units of hidden layer {number} are saturated: {trainer.activation} stands "
                f"at {ends[0]:g} or {ends[1]:g} for nearly every input."
            )
    return ""


def _worse(trainer, now, start) -> str:
    latest = trainer._run.history.as_dict()["loss"][-1]
    if min(now.loss, latest) <= start.loss + 0.5 * abs(start.loss):
        return ""
    return f"The loss stays above that of the start, {start.loss:.3g}."


def _constant(trainer, now, start) -> str:
    return "" if now.reacts or not start.reacts else "The output is the same for every input."


def _resting(trainer, now, start) -> str:
    return "" if trainer.learning_rate else "With learning rate 0 no weight moves."


def _slow(trainer, now, start) -> str:
    rate, steps = trainer.learning_rate, trainer.updates
    if steps < 500 or rate > 0.01 or abs(now.loss - start.loss) > 0.02 * abs(start.loss):
        return ""
    return f"With learning rate {in_words(rate)} the loss has hardly changed in {steps:,} steps."


def _starved(trainer, now, start) -> str:
    if trainer.updates < 500 or trainer.dropout < 0.5:
        return ""
    return f"Dropout {in_words(trainer.dropout)} switches off so many units that little is learned."


def _narrow(trainer, now, start) -> str:
    if trainer.updates < 500 or not trainer.can_change_width or trainer.width > 1:
        return ""
    return "With width 1 all of the input has to pass through one unit, and little is learned."


def _more(name: str, values: tuple) -> Callable[[Trials], Rescue | None]:
    def better(trials: Trials) -> Rescue | None:
        trainer = trials.trainer
        now = trials.values[name]
        most = trainer.max_width if name == "width" else max(values)
        return trials.better(name, [v for v in values if now < v <= most])

    return better


TROUBLES = (
    Trouble(_collapsed, Trials.rescue),
    Trouble(_collapsed_by_itself, lambda trials: None),
    Trouble(_dead, Trials.rescue),
    Trouble(_saturated, Trials.rescue),
    Trouble(_worse, Trials.rescue),
    Trouble(_constant, Trials.rescue),
    Trouble(_resting, _more("learning_rate", (0.001, 0.01, 0.1))),
    Trouble(
        _starved,
        lambda trials: trials.better("dropout", trials.lower("dropout", trials.values["dropout"])),
        alone=False,
    ),
    Trouble(_slow, _more("learning_rate", (0.001, 0.01, 0.1)), alone=False),
    Trouble(_narrow, _more("width", (2, 4, 8)), alone=False),
)


class Watch:
    """Says what is wrong with a run; searches for help no more often than needed.

    Attributes
    ----------
    rescue : Rescue or None
        What saves, as it was said last.
    """

    def __init__(self):
        self.rescue: Rescue | None = None
        self._end: tuple | None = None  # at which step, with which knobs
        self._sentence = ""  # on the end, or just after it was taken back
        self._back_at: int | None = None
        self._known: dict[tuple, Rescue | None] = {}
        self._start: Look | None = None
        self._fine: tuple = (None, 0)  # with which knobs it has learned, and until when that holds

    def ended(self, trainer: Any, failed: int | None) -> str | None:
        """Return why a run has ended that failed at this step, or None where it has not."""
        if failed is None:
            return None
        end = (failed, *values_of(trainer).values())
        if end != self._end:
            self._sentence, self.rescue = end_of(trainer, failed)
            self._end = end
        return self._sentence

    def went_back(self, step: int, rescue: Rescue) -> None:
        """Say what was advised, until the next update."""
        self._back_at, self._sentence = step, f"Back at step {step:,}. Now {rescue.then}."

    def trouble(self, trainer: Any) -> str:
        """Return what is wrong with a run that goes on, or ""."""
        if self._back_at == trainer.updates:
            return self._sentence
        now = None
        if self._end is not None:  # it has ended, and a knob was turned since
            if self.rescue is not None and self.rescue.back is not None:
                now = look(trainer)
                if not now.learned > _SOME:
                    return f"A turned knob does not mend ruined weights. {self.rescue.words}"
            self._end = None
        sentence, self.rescue = self._trouble(trainer, now) or ("", None)
        return sentence

    def _trouble(self, trainer: Any, now: Look | None) -> tuple[str, Rescue | None] | None:
        knobs = (*values_of(trainer).values(),)
        if trainer.updates < 100 or (knobs == self._fine[0] and trainer.updates < self._fine[1]):
            return None
        now = now or look(trainer)
        self._fine = knobs, 1.1 * trainer.updates  # a look takes time: not again at once
        if now.learned > _MUCH or not np.isfinite(now.loss):
            return None
        if self._start is None:
            self._start = _look_at_start(trainer)
        for trouble in TROUBLES:
            if now.learned > (_SOME if trouble.alone else _MUCH):
                continue
            if fact := trouble.fact(trainer, now, self._start):
                self._fine = None, 0
                # Anew for other knobs, and when the run has become twice as long.
                key = (trouble, knobs, trainer.updates.bit_length())
                if key not in self._known:
                    with aside(trainer) as here:
                        self._known = {key: trouble.rescue(Trials(trainer, here))}
                if (rescue := self._known[key]) is not None:
                    return rescue.after(fact), rescue
                if trouble.alone:
                    return fact, None
        return None


def _look_at_start(trainer: Any) -> Look:
    with aside(trainer) as now:
        trainer.restore(now.moments[0])
        return look(trainer)


def _hidden(trainer: Any) -> list[np.ndarray]:
    """Return the hidden units' outputs; none where a layer of the learner's own gives none."""
    try:
        return trainer._views.hidden(trainer._views.probe)
    except Exception:  # whatever a model answers
        return []
