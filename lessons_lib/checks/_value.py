"""Questions answered by a number or by an array."""

from collections.abc import Callable

import numpy as np

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import Case
from lessons_lib.checks._blocks import Facts
from lessons_lib.checks._compare import alike, difference, told_apart
from lessons_lib.checks._limits import Limit
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import Unusable, has_dots, usable
from lessons_lib.checks._sandbox import Run
from lessons_lib.checks._show import describe
from lessons_lib.checks._source import value_code
from lessons_lib.checks._words import misfit


class Value(Question):
    """A question whose answer is a value; ``solution`` takes nothing and returns it."""

    solution: Callable
    _what = "A value"

    @property
    def solution_code(self) -> str:
        """The solution as code that assigns the answer to the question's name."""
        return value_code(self.solution, self.name)

    def handed_in(self, answer: object) -> object:
        """Return a value, computed now where it is given by a function."""
        return answer() if callable(answer) else answer

    def _written(self, answer):
        found = usable(answer, self.solution())
        return found.tobytes() if isinstance(found, np.ndarray) else str(found)

    def _judge(self, answer):
        expected = np.asarray(self.solution())
        run = _sandbox.run(lambda: usable(answer, expected), limit=Limit(self.time_limit))
        if has_dots(run.value):
            return self._not_attempted()
        problem = no_value(self._what, answer, run)
        return self._no_answer(problem) if problem else self._compared(run.value, expected)

    def _compared(self, received, expected):
        """Return the verdict on an array of any form."""
        raise NotImplementedError

    def _recognised(self, alike, case, *facts):
        """Return what is said of the wrong answer that this one is, or None."""
        for name, known in self.wrong.items():
            if alike(self.handed_in(known.answer)):
                return self._not_yet(known.tell(case), *facts, wrong=name)
        return None


class Number(Value):
    """A number to be found, by hand or by code.

    It may differ from the solution's by ``rtol`` and ``atol``.
    """

    kind = "number"
    rtol: float = 1e-6
    atol: float = 0.0
    _what = "A number"

    def _compared(self, received, expected):
        problem = no_number(received)
        if problem:
            return self._not_yet(problem)
        number, expected = float(received.reshape(())), float(expected)

        def close_to(value):
            return abs(number - value) <= self.atol + self.rtol * abs(value)

        if close_to(expected):
            return self._right(f"{describe(number)} is right.", self.takeaway)
        case = Case({}, np.float64(expected), np.float64(number))
        return self._recognised(close_to, case) or self._not_yet(direction(number, expected))


class Array(Value):
    """An array to be found, by hand or by code.

    ``rtol``, ``atol`` and ``exact_shape`` as for a function.
    """

    kind = "array"
    rtol: float | None = None
    atol: float | None = None
    exact_shape: bool = False
    _what = "An array"

    def _compared(self, received, expected):
        settings = {"rtol": self.rtol, "atol": self.atol, "exact_shape": self.exact_shape}
        found = difference(received, expected, place="Your answer", **settings)
        if found is None:
            return self._right("All values are right.", self.takeaway)
        facts = Facts((("received", describe(received)),))

        def same(value):
            return alike(received, usable(value, expected), **settings)

        # The expected values stay untold: they are the answer.
        return self._recognised(same, Case({}, expected, received), facts) or self._not_yet(
            found.reason_without_values, facts
        )


def no_value(what: str, answer: object, run: Run) -> str:
    """Return what is said of an answer that is no value at all, or an empty text.

    Parameters
    ----------
    what : str
        What is expected: "A number".
    answer : object
    run : Run
        In which `usable` has read the answer.
    """
    expected = f"{what} is expected; "
    if answer is None:
        return expected + "your answer is None. `print` shows a value and gives back None."
    if isinstance(run.value, Unusable):
        return f"{expected}your answer {run.value.reason}."
    if run.mishap or run.timed_out:
        return expected + "what was given cannot be read as one."
    return ""


def no_number(received: np.ndarray) -> str:
    """Return why an array is not one finite number, or an empty text."""
    if received.size != 1:
        return f"Your answer has another form: {misfit(received.shape, ())}."
    if received.dtype.kind == "b":
        return "A number is expected; your answer is True or False."
    if not np.isfinite(received).all():
        return f"A finite number is expected; your answer is {float(received.reshape(())):g}."
    return ""


def direction(number: float, expected: float) -> str:
    """Return in which way a number is not the expected one, which stays untold."""
    # As many digits as it takes to see that it is another number.
    text = f"{told_apart(number, expected)[0]} is not the answer yet: "
    if expected and np.isclose(number, -expected):
        return text + "the size is right, the sign is not."
    for factor in (10, 100, 1000):
        if expected and (
            np.isclose(number, expected * factor) or np.isclose(number, expected / factor)
        ):
            return text + f"it is out by a factor of {factor}."
    return text + ("it is too large." if number > expected else "it is too small.")
