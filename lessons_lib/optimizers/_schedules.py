"""Learning rates that change with the step. A schedule is a function: step → learning rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lessons_lib._ground.fields import not_negative, positive
from lessons_lib.optimizers._rules import Rate, hyperparameters


class Schedule:
    """A learning rate for every step; subclasses say which in `at`.

    Any other function ``step -> learning_rate`` serves an optimizer just as well.
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate of a step.

        Parameters
        ----------
        step : int
            How many updates were made before: 0 for the first.

        Returns
        -------
        float
            Infinite where a growing schedule leaves the range of a float.

        Raises
        ------
        ValueError
            If `step` is negative.
        """
        if step < 0:
            raise ValueError(
                f"step counts the updates made before. Expected 0 or more; received {step!r}."
            )
        try:
            return float(self.at(step))
        except OverflowError:  # a schedule that grows; an optimizer refuses infinity and says so
            return math.inf

    def at(self, step: int) -> float:
        """Return the learning rate of a step that is 0 or more."""
        raise NotImplementedError(f"{type(self).__name__} needs an at(step) of its own.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({hyperparameters(self)})"


@dataclass(eq=False, repr=False)
class _Decay(Schedule):
    """What the decaying schedules have in common: a beginning, a length, a rate."""

    initial_learning_rate: float = not_negative()
    decay_steps: float = positive()
    decay_rate: float = positive()


@dataclass(eq=False, repr=False)
class StepDecay(_Decay):
    """Multiply by `decay_rate` once every `decay_steps` steps: η = η₀ · rate^⌊step / steps⌋.

    Keras's ``ExponentialDecay(..., staircase=True)``.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        Steps from one drop to the next.
    decay_rate : float, default 0.5
        What is left after each drop.
    """

    decay_rate: float = positive(0.5)

    def at(self, step: int) -> float:
        """Return η₀ · rate^⌊step / steps⌋."""
        return self.initial_learning_rate * self.decay_rate ** math.floor(step / self.decay_steps)


class ExponentialDecay(_Decay):
    """Shrink by the same factor in every step: η = η₀ · rate^(step / steps).

    With a `decay_rate` above 1 it grows instead, as a learning-rate range test needs (after
    Smith 2017, section 3.3).

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        Steps after which the factor is `decay_rate`.
    decay_rate : float
    """

    def at(self, step: int) -> float:
        """Return η₀ · rate^(step / steps)."""
        return self.initial_learning_rate * self.decay_rate ** (step / self.decay_steps)


class InverseTimeDecay(_Decay):
    """Decay like 1 / t: η = η₀ / (1 + rate · step / steps).

    The kind of decay that Robbins & Monro (1951) showed to converge despite noise: its sum
    diverges, so any place can be reached, and the sum of its squares does not.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
    decay_rate : float
        With 1, the learning rate has halved after `decay_steps`.
    """

    def at(self, step: int) -> float:
        """Return η₀ / (1 + rate · step / steps)."""
        return self.initial_learning_rate / (1 + self.decay_rate * step / self.decay_steps)


@dataclass(eq=False, repr=False)
class CosineDecay(Schedule):
    """Glide from η₀ to α η₀ along half a cosine, then stay there (Loshchilov & Hutter 2017, eq. 5).

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : float
        Steps until the end is reached.
    alpha : float, default 0.0
        What is left at the end, as a fraction of `initial_learning_rate`.
    """

    initial_learning_rate: float = not_negative()
    decay_steps: float = positive()
    alpha: float = not_negative(0.0)

    def at(self, step: int) -> float:
        """Return η₀ ((1 − α) (1 + cos(π step / steps)) / 2 + α)."""
        done = min(step / self.decay_steps, 1)
        cosine = (1 + math.cos(math.pi * done)) / 2
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)


@dataclass(eq=False, repr=False)
class WarmUp(Schedule):
    """Rise in a straight line to where another schedule begins, then follow it.

    Large steps are risky while the weights are still random and averages are still short
    (Goyal et al. 2017, section 2.2). The same numbers as Keras's ``CosineDecay`` with
    ``warmup_target`` and ``warmup_steps``, but around any schedule.

    Parameters
    ----------
    schedule : callable or float
        What comes after: a schedule, whose step 0 is the end of the rise, or a constant.
    warmup_steps : float
        Steps that the rise takes.
    initial_learning_rate : float, default 0.0
        Where the rise begins. With 0 the very first update changes nothing, as in Keras.
    """

    schedule: Rate
    warmup_steps: float = positive()
    initial_learning_rate: float = not_negative(0.0)

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            self.schedule = not_negative().check(self.schedule, "schedule")

    def at(self, step: int) -> float:
        """Return a point on the rise, or what the schedule says after it."""
        if step >= self.warmup_steps:
            return self._after(step - self.warmup_steps)
        rise = self._after(0) - self.initial_learning_rate
        return self.initial_learning_rate + rise * step / self.warmup_steps

    def _after(self, step: float) -> float:
        return self.schedule(step) if callable(self.schedule) else self.schedule
