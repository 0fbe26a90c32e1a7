"""What saves a run whose weights are ruined: found by trying it from a moment before.

Which knob did it is not guessed. From the latest moment that was healthy the network is trained
again for a while, first with the suspected knobs turned down, then with all but one as they were,
and advice is given only if the training that follows it has lowered the loss. What is tried
leaves no trace in the trainer.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from lessons_lib._ground.turns import said
from lessons_lib._ground.values import listed
from lessons_lib.live._knobs import row_of
from lessons_lib.live._moments import Snapshot

# Knobs that can stop a network from learning where they stand higher.
_SAFE = {"l2": 1e-3, "l1": 1e-4, "dropout": 0.2}
_FINEST = 1e-4  # learning rate
_LONGEST, _SHORTEST = 2000, 60  # updates of a trial
_WORK = 2e8  # multiplications in a trial: for a small network the longest, a tenth of a second
_HUGE = 100  # times the largest weight of the start, or 1
_FLAT = 1e-3  # of the targets' range


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
            return f"try {knobs_in_words(self.tries)}"
        if len(self.leaves) > 2:
            return "keep the knobs of that moment"
        return f"leave {listed(_knob_in_words(n, v, ' at ') for n, v in self.leaves.items())}"

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
        if all(row_of(name).words in fact.lower() for name in self.guilty):
            return f"{fact} {self.words}"
        did = knobs_in_words(self.guilty)
        return f"{fact} {did[0].upper()}{did[1:]} did it. {self.words}"


def knobs_in_words(values: dict[str, Any]) -> str:
    """Return knobs with their values in words: "learning rate 10 and l2 0.3"."""
    return listed(_knob_in_words(name, value) for name, value in values.items())


def _knob_in_words(name: str, value: Any, between: str = " ") -> str:
    """Return a knob with its value; edits of a picture say themselves what they are of."""
    row = row_of(name)
    if isinstance(value, tuple):
        return row.say(value)
    return f"{row.words}{between}{in_words(value)}"


def in_words(value: Any) -> str:
    """Return a knob's value as a sentence writes it."""
    return said(value) if isinstance(value, float | bool) else str(value)


def look(trainer: Any) -> Look:
    """Return how the trainer's network stands."""
    outputs = trainer._views.probed()
    with np.errstate(all="ignore"):  # ruined weights overflow
        same = [np.broadcast_to(o.mean(axis=0, keepdims=True), o.shape) for o in outputs]
        reacts = any(map(_reacts, outputs, trainer._data.targets))
        weights = [np.ravel(kernel).astype("float64") for kernel in trainer.kernels().values()]
        weights = np.concatenate([np.zeros(1), *weights])
        return Look(
            loss=trainer._views.loss(outputs),
            same=trainer._views.loss(same),
            reacts=reacts,
            largest=float(np.abs(weights).max()),
            norm=float(np.linalg.norm(weights)),
        )


def _reacts(outputs: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether an output differs from input to input, beside the range of its targets."""
    spread = float(np.ptp(outputs, axis=0).max(initial=0))
    least = _FLAT * max(float(np.ptp(y.astype("float64"))), 1e-6)
    return bool(np.isfinite(spread) and spread > least)


def values_of(trainer: Any) -> dict[str, Any]:
    """Return what all knobs that the model has are turned to."""
    return {name: knob.read(trainer) for name, knob in trainer._rows.items() if knob.has(trainer)}


@contextlib.contextmanager
def aside(trainer: Any) -> Iterator[Snapshot]:
    """Let things be tried with a trainer, which then stands as it stood."""
    now = trainer.snapshot()
    names = ("notice", "_traces", "_moments", "_run", "_spent", "_watch", "_restarts")
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
        self.trainer, self.now = trainer, now
        self.values = values_of(trainer)
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
        self.trainer.restore(moment)
        return look(self.trainer)

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
        trainer = self.trainer
        trainer.restore(moment)
        trainer._run.failed = None
        try:
            for name, value in changes.items():
                trainer.turn(name, value)
        except ValueError:  # edits of data, or of units, that were others then
            return None
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
        self.trainer.restore(moment)
        then = values_of(self.trainer)
        changed = {name: v for name, v in self.values.items() if v != then.get(name, v)}
        back = None if moment.step == self.now.step and not changed else moment
        turned = self._turned(moment, then) or changed
        if turned and self.saves(moment, {}):
            return self._blame(moment, then, turned)
        if (tries := self._safest(moment, then)) is None:
            return None
        return Rescue(back, {name: then[name] for name in tries}, tries, {})

    def _turned(self, moment: Snapshot, then: dict) -> dict[str, Any]:
        """Return the knobs turned from a healthy moment on, as long as the weights were of use.

        Each has the worst of its values: it may have been turned back since, too late.
        """
        ruined = [m.step for m in self.now.moments if m.step > moment.step and not self.healthy(m)]
        until = min(ruined, default=np.inf)
        turned: dict[str, Any] = {}
        for step, name, _, value in self.now.run.marks:
            if moment.step <= step < until and value != then.get(name, value):
                high = name in ("learning_rate", *_SAFE)
                turned[name] = max(value, turned.get(name, value)) if high else value
        return turned

    def _blame(self, moment: Snapshot, then: dict, turned: dict) -> Rescue:
        """Return which of the knobs turned since a healthy moment did it.

        Those are innocent, with which all goes well as long as the others stay where they were.
        """
        innocent: dict[str, Any] = {}
        for name, value in turned.items() if len(turned) > 1 else ():
            if self.saves(moment, innocent | {name: value}):
                innocent[name] = value
        guilty = {name: v for name, v in turned.items() if name not in innocent} or turned
        if len(guilty) == 1:
            name = next(iter(guilty))
            for value in self.lower(name, guilty[name]):
                if value <= then[name]:
                    break
                if self.saves(moment, {name: value}):
                    return Rescue(moment, guilty, {name: value}, {})
        return Rescue(moment, guilty, {}, {name: then[name] for name in guilty})

    def _safest(self, moment: Snapshot, then: dict) -> dict[str, Any] | None:
        """Return the fewest changes of the knobs as they stood that save; None without any."""
        lower = {name: safe for name, safe in _SAFE.items() if then.get(name, 0) > safe}
        rate = then["learning_rate"]
        for value in (rate, *self.lower("learning_rate", rate)):
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

    def lower(self, name: str, value: Any) -> list:
        """Return values below a knob's that its slider has, from the nearest on."""
        if name == "dropout":
            return [v for v in (0.5, 0.2) if v < value]
        if name not in ("learning_rate", *_SAFE):
            return []
        offered = [float(v) for v in row_of(name).values(self.trainer) if v >= _FINEST / 10]
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
                return Rescue(None, {name: self.values[name]}, {name: value}, {})
        return None
