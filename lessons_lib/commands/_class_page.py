"""What a class has understood, as text for the terminal and as a page for a browser."""

import importlib.resources
import textwrap
from datetime import datetime

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from lessons_lib.checks import Table, Text
from lessons_lib.commands._class import Asked, LessonOfClass, by_urgency

FIRST = 5  # questions to talk about first


def to_talk_about(lessons: list[LessonOfClass]) -> list[tuple[LessonOfClass, Asked]]:
    """Return the questions to talk about first, each with its lesson."""
    lesson_of = {one: lesson for lesson in lessons for one in lesson.asked}
    chosen = [one for one in by_urgency(lesson_of) if one.concerned][:FIRST]
    return [(lesson_of[one], one) for one in chosen]


def as_text(lessons: list[LessonOfClass], learners: int, left_out: list[tuple[str, str]]) -> str:
    """Return the class in plain text.

    Parameters
    ----------
    lessons : list of LessonOfClass
    learners : int
        How many files are counted.
    left_out : list of (str, str)
        The paths of the other files, each with the reason.
    """
    parts = [_counted(learners, left_out)]
    parts += [f"  {path} {reason}." for path, reason in left_out]
    first = to_talk_about(lessons)
    if first:
        parts.append("\nTalk about these first:")
    for number, (lesson, one) in enumerate(first, start=1):
        reasons = textwrap.indent(Text(" ".join(one.reasons)).plain(), "     ")
        parts.append(f"  {number}. `{one.question.name}` of lesson {_title(lesson)}\n{reasons}")
    if not lessons:
        parts.append("\nNobody has tried any of the questions.")
    for lesson in lessons:
        parts.append(
            f"\nLesson {_title(lesson)}, {_learners(lesson.learners)}; tries and hints: medians"
        )
        parts.append(_table(lesson).plain())
        if lesson.untried:
            names = ", ".join(question.name for question in lesson.untried)
            parts.append(Text(f"Nobody has tried {names}.").plain())
    return "\n".join(parts)


def _table(lesson):
    rows = []
    for one in lesson.asked:
        middle = (f"{one.tries:g}", f"{one.hints:g}") if one.solved else ("", "")
        mistake = next((f"{m.learners} × {m.name}" for m in one.mistakes), "")
        if one.votes:
            mistake = _votes_in_line(one)
        rows.append((one.question.name, str(one.tried), str(one.solved), *middle, mistake))
    headings = ("question", "tried", "solved", "tries", "hints", "most frequent mistake, or votes")
    return Table(headings, tuple(rows))


def _votes_in_line(one):
    counted = (f"{v.letter}{'✓' if v.is_right else ''} {v.first}→{v.last}" for v in one.votes)
    return ", ".join(counted)


def as_page(lessons: list[LessonOfClass], learners: int, left_out: list[tuple[str, str]]) -> str:
    """Return the class as one HTML page that asks the network for nothing.

    The arguments are those of `as_text`.
    """
    folder = importlib.resources.files("lessons_lib.commands")
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page.filters["prose"] = lambda text: Markup(Text(text).html())
    page.filters["number"] = lambda number: f"{number:g}"
    page.filters["title_of"] = _title
    template = page.from_string((folder / "class.html.j2").read_text("utf-8"))
    return template.render(
        counted=_counted(learners, left_out),
        written=f"{datetime.now():%Y-%m-%d %H:%M}",
        first=to_talk_about(lessons),
        lessons=lessons,
        left_out=left_out,
    )


def _title(lesson):
    return f"{lesson.lesson.number} {lesson.lesson.name}"


def _learners(count):
    return f"{count} learner{'' if count == 1 else 's'}"


def _counted(learners, left_out):
    told = f"{_learners(learners)} counted"
    files = "one file" if len(left_out) == 1 else f"{len(left_out)} files"
    return f"{told}, {files} left out:" if left_out else f"{told}."
