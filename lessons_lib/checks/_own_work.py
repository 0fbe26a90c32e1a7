"""Questions about the learner's own work, whose solution is computed from what is handed in."""

import functools
import inspect
import textwrap
from collections.abc import Callable

import numpy as np

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import MISFITS, Answer
from lessons_lib.checks._blocks import Text
from lessons_lib.checks._limits import Limit
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import has_dots, kind_of, usable
from lessons_lib.checks._show import describe
from lessons_lib.checks._source import function_code, value_code
from lessons_lib.checks._value import direction, no_number, no_value


class OwnWork(Question):
    """A question about a record of the learner's own work, such as a project on their own table.

    ``solution`` takes the record. Where it returns a value, the learner writes that value into the
    record under the question's name, ``project.baseline = 0.63``. Where it returns nothing, it is
    work to be done, and the record's state is the answer. ``accept`` takes the record and returns
    what is still wrong, or an empty text; without it a number is compared with the solution's.

    Wrong answers are functions of the record as well. One with ``when(record)`` is recognised by
    that alone; what it tells may be a function of the record.
    """

    kind = "own work"
    time_limit: float = 30.0
    about: type  # what the record is
    start: Callable  # returns a record as the notebook hands it out
    solution: Callable
    accept: Callable | None = None
    expected: Callable | None = None  # of the record, where its solution would change it
    needs: Callable | None = None  # of the record: what must be done before, or an empty text
    rtol: float = 1e-3
    atol: float = 0.0

    @property
    def work_name(self) -> str:
        """What the notebook calls the record."""
        return next(iter(inspect.signature(self.solution).parameters))

    @property
    def says_a_value(self) -> bool:
        """Whether the learner writes a value into the record."""
        return "\n    return " in function_code(self.solution, self.name)

    @property
    def starter_code(self) -> str:
        """Where the value is to be written; nothing where work is to be done."""
        return f"{self._place} = ..." if self.says_a_value else ""

    @property
    def solution_code(self) -> str:
        """The solution as code that writes the value, or does the work."""
        if self.says_a_value:
            return value_code(self.solution, self._place)
        return textwrap.dedent(function_code(self.solution, self.name).partition("\n")[2])

    @property
    def _place(self):
        return f"{self.work_name}.{self.name}"

    def _cell(self, code):
        return f"{code}\ncheck.{self.name}({self.work_name})".lstrip()

    def handed_in(self, answer: Callable) -> object:
        """Return a record in which a value was written, or work was done, as an answer says."""
        work = self.start()
        value = answer(work) if callable(answer) else answer
        if self.says_a_value:
            setattr(work, self.name, value)
        return work

    def _written(self, work):
        if self.says_a_value:
            return describe(getattr(work, self.name))
        return repr(work)

    def _invitation(self):
        if self.says_a_value:
            return super()._invitation()
        hint = f"`hint.{self.name}()` gives a hint."
        return (Text(f"Nothing has been done yet. Do it, and run this cell again. {hint}"),)

    def _judge(self, work):
        if not issubclass(type(work), self.about):
            return self._no_answer(
                f"`check.{self.name}({self.work_name})` takes your {self.about.__name__}; this is "
                f"{kind_of(work)}."
            )
        limit = Limit(self.time_limit)
        # In a function of nothing: what is handed to the sandbox is copied, and a panel cannot be.
        judged = _sandbox.run(functools.partial(self._verdict, work), limit=limit)
        if judged.timed_out:
            return self._not_yet(f"Looking at it took longer than {judged.timed_out}.")
        if judged.mishap:
            return self._no_answer(
                f"This cannot be judged: looking at it ended in `{judged.mishap.kind}`. Run the "
                f"cells from the one that makes `{self.work_name}` on once more."
            )
        return judged.value

    def _verdict(self, work):
        said = getattr(work, self.name) if self.says_a_value else None
        if said is ...:
            return self._not_attempted()
        missing = self.needs(work) if self.needs is not None else ""
        if missing:
            return self._no_answer(missing)
        for name, known in self.wrong.items():
            if known.resembles(work):
                return self._told(name, known, work)
        if self.accept is not None:
            return self._accepted(work)
        return self._compared(work, said)

    def _accepted(self, work):
        problem = self.accept(work)
        if problem is ...:
            return self._not_attempted()
        return self._not_yet(problem) if problem else self._right(self.takeaway)

    def _compared(self, work, said):
        found = self.expected or self.solution
        expected = np.asarray(found(work), dtype=float)
        run = _sandbox.run(lambda: usable(said, expected))
        if has_dots(run.value):
            return self._not_attempted()
        if unread := no_value("A number", said, run):
            return self._no_answer(unread)
        if problem := no_number(run.value):
            return self._not_yet(problem)
        number, expected = float(run.value.reshape(())), float(expected)

        def close_to(value):
            return abs(number - value) <= self.atol + self.rtol * abs(value)

        if close_to(expected):
            return self._right(f"{describe(number)} is right.", self.takeaway)
        for name, known in self.wrong.items():
            if known.when is None and close_to(_value_of(known, work)):
                return self._told(name, known, work)
        return self._not_yet(direction(number, expected))

    def _told(self, name, known, work):
        return self._not_yet(known.tell(work), wrong=name)


def _value_of(known: Answer, work: object) -> float:
    """Return the value of a wrong answer for this record; NaN where it has none there."""
    try:
        return float(known.answer(work) if callable(known.answer) else known.answer)
    except MISFITS:
        return np.nan
