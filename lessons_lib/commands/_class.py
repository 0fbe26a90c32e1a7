"""What a class has understood: of each question, who has solved it and which mistakes were made."""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lessons_lib.checks import Lesson, Prediction, Question
from lessons_lib.commands._handed_in import Answered, HandedIn


@dataclass(frozen=True)
class Mistake:
    """One mistake that has a name, and how many learners made it at least once."""

    name: str
    learners: int
    sentence: str


@dataclass(frozen=True)
class Vote:
    """One option of a prediction, and how many chose it at first and at last."""

    letter: str
    option: str
    first: int
    last: int
    is_right: bool


class Asked:
    """One question, and what the class has done with it.

    Parameters
    ----------
    question : Question
    answers : list of Answered
        One for each learner whose file has this question.

    Attributes
    ----------
    learners, tried, solved, seen : int
        How many have the question in their file, tried it, answered it rightly, and read the
        solution before.
    """

    def __init__(self, question: Question, answers: list[Answered]):
        self.question = question
        self.is_prediction = isinstance(question, Prediction)
        tried = [answer for answer in answers if answer.is_tried]
        self._tried = tried
        self._solved = [answer for answer in tried if answer.state == "right"]
        self.learners, self.tried, self.solved = len(answers), len(tried), len(self._solved)
        self.seen = sum(answer.solution_seen for answer in tried)

    @property
    def tries(self) -> float:
        """The median over those who solved it of their tries, the right one included."""
        return statistics.median(answer.tries for answer in self._solved)

    @property
    def hints(self) -> float:
        """The median over those who solved it of the hints before."""
        return statistics.median(answer.hints for answer in self._solved)

    @cached_property
    def mistakes(self) -> list[Mistake]:
        """The mistakes that have a name, those of most learners first."""
        # Who makes a mistake twice is one learner all the same.
        made = Counter(name for answer in self._tried for name in set(answer.mistakes) if name)
        sentence = self.question.sentence_on
        return [Mistake(name, learners, sentence(name)) for name, learners in _most_first(made)]

    @property
    def others(self) -> int:
        """How many learners made a mistake that was not recognised."""
        return sum("" in answer.mistakes for answer in self._tried)

    @cached_property
    def votes(self) -> list[Vote]:
        """The options of a prediction; none of any other question."""
        if not self.is_prediction:
            return []
        known = self.question.lettered
        given = [[p for p in answer.predictions if p in known] for answer in self._tried]
        first = Counter(letters[0] for letters in given if letters)
        last = Counter(letters[-1] for letters in given if letters)
        return [
            Vote(letter, option.answer, first[letter], last[letter], option.is_right)
            for letter, option in known.items()
        ]

    @property
    def voters(self) -> int:
        """How many learners made the prediction."""
        return sum(vote.first for vote in self.votes)

    @property
    def open(self) -> int:
        """How many learners have tried it in vain so far; of a revealed prediction all know."""
        if not self.is_prediction:
            return self.tried - self.solved
        right = self.question.right_letter
        return sum(a.state == "predicted" and a.predictions[-1:] != (right,) for a in self._tried)

    @property
    def concerned(self) -> int:
        """How many learners it would help to talk about it: by this, questions are sorted."""
        return max([self.open, *(mistake.learners for mistake in self.mistakes[:1])])

    @property
    def reasons(self) -> list[str]:
        """Why to talk about it, in sentences as questions have them."""
        said = []
        if self.open and self.is_prediction:
            said.append(f"{self.open} of {self.tried} predict otherwise and have not seen it yet.")
        elif self.open:
            said.append(f"{self.open} of {self.tried} who tried have not solved it yet.")
        for mistake in self.mistakes[:1]:
            told = f"{mistake.learners} of {self.tried} made the same mistake, `{mistake.name}`"
            said.append(f"{told}: {mistake.sentence}" if mistake.sentence else f"{told}.")
        return said


@dataclass(frozen=True)
class LessonOfClass:
    """One lesson's questions that somebody has tried, most urgent first, and the others."""

    lesson: Lesson
    learners: int
    asked: list[Asked]
    untried: list[Question]


def lessons_of_class(lessons: Iterable[Lesson], files: list[HandedIn]) -> list[LessonOfClass]:
    """Return what a class has done with the lessons that somebody has begun.

    Parameters
    ----------
    lessons : iterable of Lesson
    files : list of HandedIn
        One for each learner.
    """
    found = (_of_class(lesson, files) for lesson in lessons)
    return [lesson for lesson in found if lesson.asked]


def _of_class(lesson, files):
    asked = []
    for question in lesson.questions.values():
        key = f"{lesson.name}.{question.id}"
        asked.append(Asked(question, [f.answers[key] for f in files if key in f.answers]))
    return LessonOfClass(
        lesson,
        max(one.learners for one in asked),
        by_urgency(one for one in asked if one.tried),
        [one.question for one in asked if not one.tried],
    )


def by_urgency(asked: Iterable[Asked]) -> list[Asked]:
    """Return questions sorted by how many learners it would help to talk about them."""
    return sorted(asked, key=lambda one: (-one.concerned, -one.open))


def _most_first(counter):
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))
