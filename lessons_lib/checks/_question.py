"""What all questions share: their parts, their text, and a judge that never raises."""

import hashlib
import inspect
import types
from dataclasses import dataclass

import numpy as np

from lessons_lib.checks import _sandbox
from lessons_lib.checks._feedback import Code, Feedback, Outcome, Table, Text
from lessons_lib.checks._read import decimal_comma

# What a question's own predicate or sentence may raise: it assumes an answer of the right form.
MISFITS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


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
    def ratio(self):
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
class Mistake:
    """An executable wrong solution with its message; made by `mistake`."""

    function: object
    message: object
    when: object = None

    def resembles(self, case):
        """Whether ``when`` holds for a case (a model for a `KerasModel`); False without one."""
        if self.when is None:
            return False
        try:
            with np.errstate(all="ignore"):
                return bool(self.when(case))
        except MISFITS:
            return False  # what has another form is no such case

    def tell(self, case):
        """Return the message, made for this case if it is a function."""
        if not callable(self.message):
            return self.message
        with np.errstate(all="ignore"):
            return self.message(case)


@dataclass(frozen=True)
class Variant:
    """A right answer written in another way; made by `variant`."""

    function: object


def mistake(message, *, when=None):
    """Mark a function in a question as a wrong solution with a message of its own.

    Parameters
    ----------
    message : str or callable
        What the learner reads, or a function of a `Case` that makes it; the case is the first
        on which the learner differs.
    when : callable, optional
        A function of a `Case` that recognises the mistake in answers which do not equal this
        one; it must hold in each case that is wrong. For a `KerasModel` it is a function of the
        model and decides alone: that models are built alike says nothing of their training.

    Returns
    -------
    callable
        A decorator.
    """
    return lambda function: Mistake(function, message, when)


def variant(function):
    """Mark a function in a question as another right solution, for the tests."""
    return Variant(function)


class Question:
    """A question of a lesson. Subclass one of its kinds; see the package's docstring.

    Parameters
    ----------
    number : str
        The lesson's number, "01".
    """

    kind = ""
    concepts = ()
    hints = ()
    takeaway = ""
    time_limit = 5.0  # s of computing, for all of the learner's code that one check runs
    required = ()  # the functions that a question of this kind must have

    _PARTS = ("solution", "starter", "inputs", "accept", "experiment", "table")
    table = None

    def __init__(self, number):
        own = vars(type(self))
        self.number = number
        self.name = type(self).__name__
        self.text = inspect.cleandoc(own.get("__doc__") or "")
        self.mistakes = {n: part for n, part in own.items() if isinstance(part, Mistake)}
        self.variants = {n: part for n, part in own.items() if isinstance(part, Variant)}
        for part in self._PARTS:
            value = own.get(part)
            value = value.__func__ if isinstance(value, staticmethod) else value
            if isinstance(value, types.FunctionType):
                setattr(self, part, value)  # on the instance, so that no `self` is bound to it
        if self.table is not None:
            self.text += f"\n\n```\n{Table(*self.table(self.solution)).plain()}\n```"
        if not self.text:
            raise TypeError(f"Question {self.name} has no docstring; its docstring is its text.")
        missing = [part for part in self.required if part not in own]
        if missing:
            raise TypeError(f"Question {self.name} ({self.kind}) has no `{missing[0]}`.")

    # What the notebook's cells hold.

    @property
    def cell_tag(self):
        """The tag of the question's cell in its notebook."""
        return f"exercise:{self.name}"

    @property
    def starter_cell(self):
        """The source of the question's cell as learners receive it."""
        return f"{self.starter_code}\ncheck.{self.name}({self.name})"

    @property
    def solution_cell(self):
        """The source of the question's cell, solved."""
        return f"{self.solution_code}\ncheck.{self.name}({self.name})"

    @property
    def starter_code(self):
        """The part of the cell that learners change."""
        return f"{self.name} = ..."

    @property
    def right_answers(self):
        """From a name to an answer that must be found right."""
        return {n: part.function for n, part in self.variants.items()}

    @property
    def wrong_answers(self):
        """From a mistake's name to an answer that must be recognised as that mistake."""
        return {n: part.function for n, part in self.mistakes.items()}

    # What learners are told.

    def ask(self):
        """Return the question itself."""
        return Feedback(self.name, (Text(self.text),), label="Question")

    def explain(self):
        """Return the solution, shown as code."""
        after = (Text(self.takeaway),) if self.takeaway else ()
        return Feedback(self.name, (Code(self.solution_code), *after), label="Solution")

    def judge(self, *answers):
        """Judge an answer, whatever it is.

        Parameters
        ----------
        *answers : object
            One answer; none, or ``...``, counts as not attempted.

        Returns
        -------
        Feedback
            Always: no exception of the answer's leaves this method.
        """
        try:
            if not answers or (len(answers) == 1 and answers[0] is ...):
                return self._not_attempted()
            if len(answers) > 1:
                text = f"`check.{self.name}` takes one answer and received {len(answers)}"
                return self._no_answer(
                    "; ".join(filter(None, (text, decimal_comma(answers)))) + "."
                )
            return self._judge(answers[0])
        except BaseException as error:  # the last net, also for an interrupt by the learner
            return self._no_answer(
                f"This answer could not be judged: looking at it ended in a "
                f"`{type(error).__name__}`. Is it of the kind that the question asks for?"
            )

    def trace(self, answer, feedback):
        """Return a short text by which the same answer, given again, is known to be the same.

        Parameters
        ----------
        answer : object
        feedback : Feedback
            What was said of it; another verdict makes it another answer.

        Returns
        -------
        str
        """
        written = _sandbox.run(lambda: self._written(answer)).value
        told = feedback.outcome, feedback.mistake, written
        return hashlib.sha256(repr(told).encode()).hexdigest()[:12]

    def _written(self, answer):
        """Return what the learner has written, as text or bytes."""
        raise NotImplementedError

    def _judge(self, answer):
        raise NotImplementedError

    def _not_attempted(self, *blocks):
        return Feedback(self.name, blocks or self._invitation(), Outcome.NOT_ATTEMPTED)

    def _no_answer(self, *blocks):
        """Return what is said of that which cannot be read as an answer, and so is no try."""
        blocks = tuple(Text(b) if isinstance(b, str) else b for b in blocks)
        return Feedback(self.name, blocks, Outcome.NOT_ATTEMPTED, label="No answer yet")

    def _invitation(self):
        text = f"Replace the dots and run this cell again. `hint.{self.name}()` gives a hint."
        return (Text(text),)

    def _not_yet(self, *blocks, mistake=None):
        blocks = tuple(Text(b) if isinstance(b, str) else b for b in blocks)
        return Feedback(self.name, blocks, Outcome.NOT_YET, mistake=mistake)

    def _right(self, *blocks):
        blocks = tuple(Text(b) if isinstance(b, str) else b for b in blocks if b)
        return Feedback(self.name, blocks, Outcome.RIGHT)

    def __repr__(self):
        return f"<question {self.number}.{self.name}, {self.kind}>"
