"""What has ruined a run, and what saves it: found by trying it from a moment before.

A loss that is no number is the end. The weights are useless before that, and may be so without
it: grown by orders of magnitude, pulled to zero, or such that the output is the same for every
input. Which knob did it is not guessed. From the latest moment that was healthy the network is
trained again for a while, first with the suspected knobs turned down, then with all but one as
they were, and advice is given only if the training that follows it has lowered the loss. What is
tried leaves no trace in the trainer.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from lessons_lib.live._knobs import KNOBS
from lessons_lib.live._moments import Snapshot

# Knobs that can stop a network from learning where they stand higher.
_SAFE = {"l2": 1e-3, "l1": 1e-4, "dropout": 0.2}
_FINEST = 1e-4  # learning rate
_LONGEST, _SHORTEST = 2000, 60  # updates of a trial
_WORK = 2e8  # multiplications in a trial: for a small network the longest, a tenth of a second
_HUGE = 100  # times the largest weight of the start, or 1
_FLAT = 1e-3  # of the targets' range
_LARGE_DATA = 50
_SOME, _MUCH = 0.1, 0.5  # of the loss


class Look(NamedTuple):
    """How a network stands, without dropout, on the trainer's probe.

    Attributes
    ----------
    loss, same : float
        The plain loss, and that of outputs that are the same for every input, their mean.
    reacts : bool
        Whether the outputs differ from input to input.
    largest, norm : float
        Of all weights, the largest absolute value and the Euclidean norm.
    """

    loss: float
    same: float
    reacts: bool
    largest: float
    norm: float

    @property
    def learned(self) -> float:
        """By which part the loss is lower than with the same answer to every input."""
        return (self.same - self.loss) / max(abs(self.same), 1e-9)


class Rescue(NamedTuple):
    """Advice that has been tried.

    Attributes
    ----------
    back : Snapshot or None
        The moment to go back to; None where the present one will do.
    guilty : dict
        The knobs that did it, with the values that they have now.
    tries : dict
        Values to try from there.
    leaves : dict
        Values to leave as they are there.
    """

    back: Snapshot | None
    guilty: dict[str, Any]
    tries: dict[str, Any]
    leaves: dict[str, Any]

    @property
    def then(self) -> str:
        """What to do after going back, in words."""
        if self.tries:
            return f"try {listed(self.tries)}"
        if len(self.leaves) > 2:
            return "keep the knobs of that moment"
        return (
            f"leave {_listed(f'{KNOBS[n].words} at {_value(v)}' for n, v in self.leaves.items())}"
        )

    @property
    def words(self) -> str:
        """What to do, in one sentence."""
        then = self.then
        if self.back is None:
            return f"{then[0].upper()}{then[1:]}."
        link = ", then" if self.tries else " and"
        return f"Go back to step {self.back.step:,}{link} {then}."

    def after(self, fact: str) -> str:
        """Return what is so, which knob did it, and what to do."""
        if all(KNOBS[name].words in fact.lower() for name in self.guilty):
            return f"{fact} {self.words}"
        did = listed(self.guilty)
        return f"{fact} {did[0].upper()}{did[1:]} did it. {self.words}"


def listed(values: dict[str, Any]) -> str:
    """Return knobs with their values in words: "learning rate 10 and l2 0.3"."""
    return _listed(f"{KNOBS[name].words} {_value(value)}" for name, value in values.items())


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def look(trainer: Any) -> Look:
    """Return how the trainer's network stands."""
    outputs, y = trainer._views.probed(), np.asarray(trainer.y).astype("float64")
    with np.errstate(all="ignore"):  # ruined weights overflow
        mean = np.broadcast_to(outputs.mean(axis=0, keepdims=True), outputs.shape)
        spread = float(np.ptp(outputs, axis=0).max(initial=0))
        weights = [np.ravel(kernel).astype("float64") for kernel in trainer.kernels().values()]
        weights = np.concatenate([np.zeros(1), *weights])
        return Look(
            loss=trainer._views.loss(outputs),
            same=trainer._views.loss(mean),
            reacts=bool(np.isfinite(spread) and spread > _FLAT * max(float(np.ptp(y)), 1e-6)),
            largest=float(np.abs(weights).max()),
            norm=float(np.linalg.norm(weights)),
        )


def values_of(trainer: Any) -> dict[str, Any]:
    """Return what all knobs that the model has are turned to."""
    return {name: knob.read(trainer) for name, knob in KNOBS.items() if knob.has(trainer)}


@contextlib.contextmanager
def aside(trainer: Any) -> Iterator[Snapshot]:
    """Let things be tried with a trainer, which then stands as it stood."""
    now = trainer.snapshot()
    names = ("notice", "_traces", "_moments", "_run", "_watch")
    kept = {name: getattr(trainer, name) for name in names}
    trainer._run = trainer._run.copy()  # going elsewhere turns knobs, which leaves marks
    try:
        yield now
    finally:
        trainer.restore(now)
        for name, value in kept.items():
            setattr(trainer, name, value)


class Trials:
    """What becomes of a run from one of its moments with other values of its knobs."""

    def __init__(self, trainer: Any, now: Snapshot):
        self._trainer, self.now = trainer, now
        self._values = values_of(trainer)
        moments = [*now.moments]
        self._looks = {id(m): self._look(m) for m in (*moments, now)}
        self.start = self._looks[id(moments[0])] if moments else self._looks[id(now)]
        losses = [self._looks[id(m)].loss for m in moments]
        self._best = min((loss for loss in losses if np.isfinite(loss)), default=self.start.loss)
        weights = sum(kernel.size for kernel in trainer.kernels().values())
        places = int(np.prod(trainer.X.shape[1:-1]))  # a convolution has its weights at each
        work = max(weights * places * trainer.batch_size, 1)
        self._updates = int(np.clip(_WORK / work, _SHORTEST, _LONGEST))

    def _look(self, moment: Snapshot) -> Look:
        self._trainer.restore(moment)
        return look(self._trainer)

    def healthy(self, moment: Snapshot) -> bool:
        """Whether a moment's weights are of use.

        Its loss is nearer to the best moment's than to the start's, its weights are not huge, and
        its outputs differ from input to input.
        """
        seen = self._looks[id(moment)]
        reach = (self._best + self.start.loss) / 2
        return bool(seen.loss <= reach and seen.reacts and self._bounded(seen))

    def _bounded(self, seen: Look) -> bool:
        """Whether all is finite, and the weights have the start's order of magnitude."""
        largest = _HUGE * max(self.start.largest, 1.0)
        return bool(np.isfinite(seen.loss) and seen.largest <= largest)

    def moments(self) -> list[Snapshot]:
        """Return where to go back to: the latest that is healthy, and the start in any case."""
        start, *later = self.now.moments or [self.now]
        later = [m for m in (*later, *([self.now] if later else [])) if self.healthy(m)]
        return [*later[:-3:-1], start]

    def after(self, moment: Snapshot, changes: dict[str, Any]) -> Look | None:
        """Return how it stands after a while; None if it goes wrong on the way."""
        trainer = self._trainer
        trainer.restore(moment)
        trainer._run.failed = None
        for name, value in changes.items():
            trainer.turn(name, value)
        few = self._updates // 8
        for updates in (few, self._updates - few):
            if trainer.step(updates) < updates:
                return None
            seen = look(trainer)
            if not (self._bounded(seen) and seen.loss < self.start.loss + abs(self.start.loss)):
                return None
        return seen

    def saves(self, moment: Snapshot, changes: dict[str, Any]) -> bool:
        """Whether training from a moment with these values lowers the loss, and learns."""
        seen = self.after(moment, changes)
        start = self.start.loss
        reach = min(start - 0.01 * abs(start), self._best + 0.25 * (start - self._best))
        return seen is not None and seen.reacts and seen.loss <= reach

    def rescue(self) -> Rescue | None:
        """Return what to do where the weights are ruined, or None if nothing saves them."""
        for moment in self.moments():
            if found := self._from(moment):
                return found
        return None

    def _from(self, moment: Snapshot) -> Rescue | None:
        self._trainer.restore(moment)
        then = values_of(self._trainer)
        turned = {name: v for name, v in self._values.items() if v != then[name]}
        back = None if moment.step == self.now.step and not turned else moment
        if turned and self.saves(moment, {}):
            return self._blame(moment, then, turned)
        if (tries := self._safest(moment, then)) is None:
            return None
        return Rescue(back, {name: self._values[name] for name in tries}, tries, {})

    def _blame(self, moment: Snapshot, then: dict, turned: dict) -> Rescue:
        """Return which of the knobs turned since a healthy moment did it."""
        guilty = turned
        if len(turned) > 1:
            for name in turned:
                others = {n: value for n, value in turned.items() if n != name}
                if self.saves(moment, others):
                    guilty = {name: turned[name]}
                    break
        if len(guilty) == 1:
            name = next(iter(guilty))
            for value in self._lower(name, guilty[name]):
                if value <= then[name]:
                    break
                if self.saves(moment, {name: value}):
                    return Rescue(moment, guilty, {name: value}, {})
        return Rescue(moment, guilty, {}, {name: then[name] for name in guilty})

    def _safest(self, moment: Snapshot, then: dict) -> dict[str, Any] | None:
        """Return the fewest changes of the knobs as they stood that save; None without any."""
        lower = {name: safe for name, safe in _SAFE.items() if then.get(name, 0) > safe}
        rate = then["learning_rate"]
        for value in (rate, *self._lower("learning_rate", rate)):
            tries = lower if value == rate else {"learning_rate": value, **lower}
            if self.saves(moment, tries):
                break
        else:
            return None
        for name in [*tries]:
            fewer = {n: value for n, value in tries.items() if n != name}
            if fewer and self.saves(moment, fewer):
                tries = fewer
        return tries or None

    def _lower(self, name: str, value: Any) -> list:
        """Return values below a knob's that its slider has, from the nearest on."""
        if name == "dropout":
            return [v for v in (0.5, 0.2) if v < value]
        if name not in ("learning_rate", *_SAFE):
            return []
        offered = [float(v) for v in KNOBS[name].values(self._trainer) if v >= _FINEST / 10]
        below = []
        while under := [v for v in offered if v <= 1.001 * value / 10]:
            below.append(value := max(under))
        return below

    def better(self, name: str, values: Iterable) -> Rescue | None:
        """Return the first value of a knob that helps from the present moment on.

        It helps if it lowers the loss by a fifth more than the same training without it.
        """
        control = self.after(self.now, {})
        as_it_is = self._looks[id(self.now)].loss if control is None else control.loss
        for value in values:
            seen = self.after(self.now, {name: value})
            if seen is not None and seen.reacts and seen.loss < as_it_is - 0.2 * abs(as_it_is):
                return Rescue(None, {name: self._values[name]}, {name: value}, {})
        return None


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
            f"{at} with learning rate {_value(trainer.learning_rate)}: the {data}, which makes "
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
            f"{at} with {listed(rescue.guilty)}: such steps overshoot; the weights before them "
            f"are kept. {rescue.words}"
        ), rescue
    return f"{at}: the weights are ruined, by {listed(rescue.guilty)}. {rescue.words}", rescue


def _large_data(trainer: Any) -> str:
    """Return that inputs or targets are far from 1, or ""."""
    X, y = (float(np.abs(values.astype("float64")).max()) for values in (trainer.X, trainer.y))
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


def _collapsed(trainer, now, start) -> str:
    pulls = {name: getattr(trainer, name) for name in ("l2", "l1") if getattr(trainer, name)}
    if now.reacts or not start.reacts or not pulls or now.norm > 0.15 * start.norm:
        return ""
    return (
        f"{listed(pulls)} pull{'s' if len(pulls) == 1 else ''} all weights to zero: the output is "
        "the same for every input."
    )


def _collapsed_by_itself(trainer, now, start) -> str:
    own = [getattr(layer, "kernel_regularizer", None) for layer in trainer._network.layers.values()]
    prices = [price for penalty in own if penalty for price in penalty.get_config().values()]
    decay = getattr(trainer._network.optimizer, "weight_decay", None)
    pays = any(isinstance(price, float) and price > 0 for price in (*prices, decay))
    if now.reacts or not start.reacts or not pays or now.norm > 0.15 * start.norm:
        return ""
    return (
        "The penalty that the model was built with pulls all weights to zero: the output is the "
        "same for every input. Build it with a smaller one."
    )


def _dead(trainer, now, start) -> str:
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
    return f"With learning rate {_value(rate)} the loss has hardly changed in {steps:,} steps."


def _starved(trainer, now, start) -> str:
    if trainer.updates < 500 or trainer.dropout < 0.5:
        return ""
    return f"Dropout {_value(trainer.dropout)} switches off so many units that little is learned."


def _narrow(trainer, now, start) -> str:
    if trainer.updates < 500 or not trainer.can_change_width or trainer.width > 1:
        return ""
    return "With width 1 all of the input has to pass through one unit, and little is learned."


def _more(name: str, values: tuple) -> Callable[[Trials], Rescue | None]:
    def better(trials: Trials) -> Rescue | None:
        trainer = trials._trainer
        now = trials._values[name]
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
        lambda trials: trials.better(
            "dropout", [v for v in (0.5, 0.2) if v < trials._values["dropout"]]
        ),
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
