"""Answers with what is said of them, and the case on which an answer shows what it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# What a question's own predicate or sentence may raise: it assumes an answer of the right form.
MISFITS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
_BELOW = object()  # stands for the function under a decorator


@dataclass(frozen=True)
class Case:
    """One input with what was expected and what came back; ``case["X"]`` is an argument.

    Parameters
    ----------
    arguments : dict
        From the parameter's name to its value.
    expected, received : object
        Numbers and arrays as arrays.
    """

    arguments: dict
    expected: object = None
    received: object = None

    def __getitem__(self, name):
        return self.arguments[name]

    @property
    def ratio(self) -> float | None:
        """Received over expected where that is one number for all values, else None."""
        try:
            if np.size(self.expected) != np.size(self.received):
                return None
            expected = np.asarray(self.expected, dtype=float).ravel()
            received = np.asarray(self.received, dtype=float).ravel()
            counts = np.isfinite(expected) & (expected != 0)
            if not counts.any():
                return None
            ratios = received[counts] / expected[counts]
        except (TypeError, ValueError):
            return None
        return float(ratios[0]) if np.allclose(ratios, ratios[0], rtol=1e-3) else None


@dataclass(frozen=True)
class Answer:
    """An answer and what is said to whoever gives it; made by `right` and `wrong`."""

    answer: object
    why: str | Callable[..., str]
    when: Callable[..., bool] | None = None
    is_right: bool = False

    def resembles(self, case: object) -> bool:
        """Whether ``when`` holds for a case (a model for a `KerasModel`); False without one."""
        if self.when is None:
            return False
        try:
            with np.errstate(all="ignore"):
                return bool(self.when(case))
        except MISFITS:
            return False  # what has another form is no such case

    def tell(self, case: object) -> str:
        """Return what is said, made for this case if it is a function."""
        if not callable(self.why):
            return self.why
        with np.errstate(all="ignore"):
            return self.why(case)


def right(answer: str, why: str) -> Answer:
    """Return the right option of a choice.

    Parameters
    ----------
    answer : str
        What the learner chooses.
    why : str
        Why it is right, told once it is chosen.
    """
    return Answer(answer, why, is_right=True)


def wrong(
    answer: object = _BELOW,
    why: str | Callable[..., str] = "",
    when: Callable[..., bool] | None = None,
) -> Answer | Callable[[Callable], Answer]:
    """Return a wrong answer that is recognised, and told what is wrong with it.

    Parameters
    ----------
    answer : object
        Of a choice the option's text; of a number or an array its value, or a function of
        nothing that computes it; of a function such a function; of a model a function of
        ``keras`` that builds it. Left out, it is the function below: ``@wrong(why="...")``.
    why : str or callable
        Names the thought that leads here and what is wrong with it. It may be a function of the
        `Case` (the model for a `KerasModel`) on which the learner's answer differs first.
    when : callable, optional
        A function of a `Case` that recognises the thought in answers which do not equal this
        one; it must hold in each case that is wrong. For a `KerasModel` it is a function of the
        model and decides alone: that models are built alike says nothing of their training.
    """
    if answer is _BELOW:
        return lambda function: Answer(function, why, when)
    return Answer(answer, why, when)
