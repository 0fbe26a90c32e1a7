"""A lesson's questions, and the verbs by which a notebook uses them."""

import difflib

from lessons_lib.checks import _progress
from lessons_lib.checks._blocks import Text
from lessons_lib.checks._choice import Prediction
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._question import Question

MOST_KEPT = 50  # answers to one question, by which an unchanged one is known, and mistakes


class Lesson:
    """The questions of one lesson.

    Parameters
    ----------
    number : str
        "01".
    name : str
        The lesson's word, "neuron".

    Attributes
    ----------
    questions : dict of Question
        By name, in the order in which they were declared.
    verbs : tuple
        ``check, hint, solution, ask, reveal, progress``, for the notebook.
    """

    def __init__(self, number: str, name: str):
        self.number = number
        self.name = name
        self.questions = {}
        self._tried = set()
        self._hints_given = {}
        self._asked_to_try = set()
        self._predictions = {}  # in this kernel; None where the starter was left untouched
        self._told = set()  # notes are told once
        self.verbs = (
            _Verb("check", self, self._check),
            _Verb("hint", self, self._hint),
            _Verb("solution", self, self._solution),
            _Verb("ask", self, lambda question: question.ask()),
            _Verb("reveal", self, self._reveal, only=Prediction),
            self.progress,
        )

    def question(self, cls: type[Question]) -> Question:
        """Add a question to the lesson; a class decorator.

        Parameters
        ----------
        cls : type
            A subclass of one of the kinds of `Question`; its name is the question's.

        Returns
        -------
        Question
            The question itself, in the place of its class.
        """
        if cls.__name__ in self.questions:
            raise ValueError(f"Lesson {self.number} has two questions named {cls.__name__}.")
        question = cls(self.number)
        if question.id in (other.id for other in self.questions.values()):
            raise ValueError(
                f"Lesson {self.number} has two questions whose id is {question.id!r}: give "
                f'{question.name} one of its own, id = "...", under which no progress is kept yet.'
            )
        self.questions[question.name] = question
        return question

    def progress(self) -> Feedback:
        """Return a table of what has been answered in this lesson."""
        return _progress.summary([self])

    def _check(self, question, *answers):
        if isinstance(question, Prediction):
            return self._predict(question, *answers)
        feedback = question.judge(*answers)
        if feedback.outcome is Outcome.NOT_ATTEMPTED:
            return feedback

        self._tried.add(question.name)

        def count(entry):
            if _progress.state_of(entry) == Outcome.RIGHT.value:  # and it stays right
                return
            new = _count_try(entry, question.trace(answers[0], feedback))
            if new and feedback.outcome is Outcome.NOT_YET:
                _add(entry, "mistakes", feedback.wrong or "")
            entry["outcome"] = feedback.outcome.value

        return self._keep(question, count, feedback)

    def _predict(self, question, *answers):
        feedback = question.judge(*answers)
        letter = question.letter_of(answers[0]) if len(answers) == 1 else None
        if letter is None:
            self._predictions.setdefault(question.name, None)
            return feedback
        self._tried.add(question.name)
        entry, note = self._stored(question)
        first = _last_prediction(entry)
        if entry.get("revealed") and first in question.lettered and first != letter:
            self._predictions[question.name] = first
            return self._noted(question.too_late(first, letter), note)
        self._predictions[question.name] = letter

        def record(entry):
            _count_try(entry, letter)
            _predicted(entry, letter)
            entry.setdefault("outcome", Outcome.NOT_YET.value)

        return self._keep(question, record, self._noted(question.record(letter), note))

    def _reveal(self, question):
        if question.name in self._predictions:
            letter, note = self._predictions[question.name], ""
        else:  # made in an earlier kernel
            entry, note = self._stored(question)
            letter = _last_prediction(entry)
        letter = letter if letter in question.lettered else None
        feedback = self._noted(question.reveal(letter), note)
        if letter is None:
            return feedback

        def reveal(entry):
            _predicted(entry, letter)
            entry["revealed"] = True
            entry["outcome"] = feedback.outcome.value

        return self._keep(question, reveal, feedback)

    def _hint(self, question):
        given = self._hints_given.get(question.name, 0)
        total = len(question.hints)
        if total == 0:
            return Feedback(question.name, (Text("There is no hint for this one."),), label="Hint")
        number = min(given + 1, total)
        self._hints_given[question.name] = number
        more = f"`hint.{question.name}()` gives the next one."
        if number == total:
            more = f"That was the last one. `solution.{question.name}()` shows the solution."
        feedback = Feedback(
            question.name,
            (Text(question.hints[number - 1]), Text(more)),
            label=f"Hint {number} of {total}",
        )

        def count(entry):
            if not _progress.is_done(entry):
                entry["hints"] = max(entry.get("hints", 0), number)

        return self._keep(question, count, feedback)

    def _solution(self, question):
        untried = question.name not in self._tried
        if untried and question.name not in self._asked_to_try:
            self._asked_to_try.add(question.name)
            text = (
                "You have not tried this one since the notebook was started. A wrong try teaches "
                f"more than a right solution read. `hint.{question.name}()` helps; the same call "
                "again shows the solution."
            )
            return Feedback(question.name, (Text(text),), label="Try first?")

        def seen(entry):
            if not _progress.is_done(entry):
                entry["solution_seen"] = True

        return self._keep(question, seen, question.explain())

    def _key(self, question):
        return f"{self.name}.{question.id}"

    def _stored(self, question):
        entries, note = _progress.read()
        return entries.get(self._key(question), {}), note

    def _keep(self, question, change, feedback):
        return self._noted(feedback, _progress.update(self._key(question), change))

    def _noted(self, feedback, note):
        if note in self._told:
            return feedback
        self._told.add(note)
        return feedback.with_note(note)


class _Misnamed(AttributeError):
    """A name that is no question's: one sentence in a notebook, without a way through our code."""

    def _render_traceback_(self):  # what IPython shows in the place of a traceback
        return [f"AttributeError: {self}"]


class _Verb:
    """What can be done with each question: ``check.linear_unit(answer)``."""

    def __init__(self, name, lesson, act, only=object):
        self._name, self._lesson, self._act, self._only = name, lesson, act, only

    def __call__(self, *_, **__):
        """Say what is missing: the question's name."""
        first = next(iter(self.__dir__()), "name")
        text = (
            f"Which question? The name comes before the brackets, as in "
            f"`{self._name}.{first}(...)`. There are: {', '.join(self.__dir__())}."
        )
        return Feedback(self._name, (Text(text),), label="Question missing")

    def __setattr__(self, name, value):
        if not name.startswith("_"):  # an answer given so would hide the question from then on
            call = f"{self._name}.{name}"
            raise _Misnamed(f"{call} takes no `=`: an answer is given in brackets, {call}(...)")
        super().__setattr__(name, value)

    def __getattr__(self, name):
        if name.startswith("_"):  # what IPython asks every object for
            raise AttributeError(name)
        question = self._lesson.questions.get(name)
        if not isinstance(question, self._only) or question is None:
            raise _Misnamed(self._unknown(name))
        return _Bound(self._name, question, self._act)

    def __dir__(self):
        return [n for n, q in self._lesson.questions.items() if isinstance(q, self._only)]

    def __repr__(self):
        names = "\n".join(f"  {self._name}.{name}" for name in self.__dir__())
        return f"{self._name}: one for each question of lesson {self._lesson.number}\n{names}"

    def _unknown(self, name):
        names = self.__dir__()
        near = difflib.get_close_matches(name, names, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        return (
            f"Lesson {self._lesson.number} has no {self._name}.{name}.{meant} "
            f"There are: {', '.join(names)}."
        )


class _Bound:
    """One verb with its question; its docstring is the question's text."""

    def __init__(self, verb, question, act):
        self._verb, self._question, self._act = verb, question, act
        self.__doc__ = question.text

    def __call__(self, *answers, **named):
        # `check.linear_unit(answer=f)` means what it says; no verb has options of its own.
        answers = (*answers, *named.values())
        if self._verb != "check":
            return self._act(self._question)
        return self._act(self._question, *answers)

    def __repr__(self):
        return f"{self._verb}.{self._question.name}: call it, with brackets"


def _count_try(entry, trace):
    """Count a try, unless this very answer has been counted before; return whether it counts."""
    if trace in entry.get("answers", ()):
        return False
    _add(entry, "answers", trace)
    entry["tries"] = entry.get("tries", 0) + 1
    entry.setdefault("first", _progress.now())
    entry["last"] = _progress.now()
    return True


def _add(entry, field, item):
    entry[field] = [*entry.get(field, ()), item][-MOST_KEPT:]


def _last_prediction(entry):
    return next(reversed(entry.get("predictions", ())), None)


def _predicted(entry, letter):
    """Note a letter, unless it is the one that was given last."""
    if letter != _last_prediction(entry):
        _add(entry, "predictions", letter)
