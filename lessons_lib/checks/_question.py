"""What all questions share: their parts, their text, and a judge that never raises."""

import hashlib
import inspect

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import Answer
from lessons_lib.checks._blocks import Code, Text
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._read import decimal_comma

_MUST_BE_GIVEN = object()


class Question:
    """A question of a lesson. Subclass one of its kinds; see the package's docstring.

    Parameters
    ----------
    number : str
        The lesson's number, "01".
    """

    kind = ""  # in words

    # What a question may say: each kind declares its own, by name, type and default. What has no
    # default must be said. Functions are plain ones, without `self`.
    id: str = ""  # the class's name, or what it was called first: progress is kept under it
    concepts: tuple = ()  # the ids of docs/CURRICULUM.md
    hints: tuple = ()
    takeaway: str = ""
    time_limit: float = 5.0  # s of computing, for all of the learner's code that one check runs

    def __init__(self, number: str):
        self.number = number
        self.name = type(self).__name__
        self.text = inspect.cleandoc(type(self).__doc__ or "")
        self.wrong = {}  # the `wrong` answers by name
        if not vars(type(self)).get("__doc__"):
            raise TypeError(f"Question {self.name} has no docstring; its docstring is its text.")
        fields = self._fields()
        for name, value in vars(type(self)).items():
            if isinstance(value, Answer):
                self.wrong[name] = value
            elif name in fields:
                setattr(self, name, value)  # on the instance, so that no `self` is bound to it
            elif not name.startswith("_"):
                raise TypeError(
                    f"Question {self.name} ({self.kind}) says `{name}`, which no such question "
                    f"has. It may say {', '.join(fields)}."
                )
        for name, default in fields.items():
            if getattr(self, name, default) is _MUST_BE_GIVEN:
                raise TypeError(f"Question {self.name} ({self.kind}) has no `{name}`.")
        self.id = self.id or self.name

    @classmethod
    def _fields(cls):
        """Return from the name of each field to its default."""
        fields = {}
        for base in reversed(cls.__mro__):
            for name in inspect.get_annotations(base):
                fields[name] = vars(base).get(name, _MUST_BE_GIVEN)
        return fields

    # What the notebook's cells hold.

    @property
    def cell_tag(self) -> str:
        """The tag of the question's cell in its notebook."""
        return f"exercise:{self.name}"

    @property
    def starter_cell(self) -> str:
        """The source of the question's cell as learners receive it."""
        return self._cell(self.starter_code)

    @property
    def solution_cell(self) -> str:
        """The source of the question's cell, solved."""
        return self._cell(self.solution_code)

    def _cell(self, code):
        return f"{code}\ncheck.{self.name}({self.name})"

    @property
    def starter_code(self) -> str:
        """The part of the cell that learners change."""
        return f"{self.name} = ..."

    @property
    def solution_code(self) -> str:
        """The same part as the solution has it."""
        raise NotImplementedError

    def handed_in(self, answer: object) -> object:
        """Return what a learner would hand in for an answer as it is written in a question."""
        return answer

    def sentence_on(self, mistake: str) -> str:
        """Return what is said of a mistake, for somebody who has not made it.

        Parameters
        ----------
        mistake : str
            The name of a wrong answer, as feedback has it.

        Returns
        -------
        str
            Empty for a mistake that is not known, and where what is said is made for one answer.
        """
        known = self.wrong.get(mistake)
        return "" if known is None or callable(known.why) else known.why

    # What learners are told.

    def ask(self) -> Feedback:
        """Return the question itself."""
        return Feedback(self.name, (Text(self.text),), label="Question")

    def explain(self) -> Feedback:
        """Return the solution, shown as code."""
        after = (Text(self.takeaway),) if self.takeaway else ()
        return Feedback(self.name, (Code(self.solution_code), *after), label="Solution")

    def judge(self, *answers: object) -> Feedback:
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

    def trace(self, answer: object, feedback: Feedback) -> str:
        """Return a short text by which the same answer, given again, is known to be the same.

        Parameters
        ----------
        answer : object
        feedback : Feedback
            What was said of it; another verdict makes it another answer.
        """
        written = _sandbox.run(lambda: self._written(answer)).value
        told = feedback.outcome, feedback.wrong, written
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

    def _not_yet(self, *blocks, wrong=None):
        blocks = tuple(Text(b) if isinstance(b, str) else b for b in blocks)
        return Feedback(self.name, blocks, Outcome.NOT_YET, wrong=wrong)

    def _right(self, *blocks):
        blocks = tuple(Text(b) if isinstance(b, str) else b for b in blocks if b)
        return Feedback(self.name, blocks, Outcome.RIGHT)

    def __repr__(self):
        return f"<question {self.number}.{self.name}, {self.kind}>"
