"""Progress is kept under a question's id, so an id that has been given away stays.

python tests/unit/test_question_ids.py    # adds the ids of new questions to the list
"""

from pathlib import Path

import pytest

from lessons_lib.checks import Array, Lesson
from lessons_lib.lessons import lessons

LIST = Path(__file__).with_name("question_ids.txt")


def listed():
    """Return the ids of the list."""
    return LIST.read_text(encoding="utf-8").split()


def asked():
    """Return the ids of all questions, in the lessons' order."""
    return [f"{lesson.name}.{q.id}" for lesson in lessons() for q in lesson.questions.values()]


def add_new():
    """Write the ids of all questions, and those that no question has any more, at the end."""
    ids = asked()
    gone = [line for line in listed() if line not in ids]
    LIST.write_text("".join(f"{line}\n" for line in (*ids, *gone)), encoding="utf-8")


def test_no_id_is_lost():
    """A question that is renamed says what it was called first."""
    gone = sorted(set(listed()) - set(asked()))
    assert not gone, (
        f"{', '.join(gone)}: the progress that learners have there would be lost. Renamed? Write "
        "id = 'the former name' in the question. Left out for good? Take its line out of "
        f"tests/unit/{LIST.name}."
    )


def test_every_id_is_listed():
    """A new question's id is in the list from its first day."""
    new = [line for line in asked() if line not in listed()]
    assert not new, f"{', '.join(new)}: new? Run `python tests/unit/{Path(__file__).name}`."


def lesson_of(**ids):
    """Return a lesson with one question of each name, which has the id given, "" for none."""
    lesson = Lesson("99", "ids")
    for name, given in ids.items():
        said = {"__doc__": "Three?", "solution": lambda: 3, **({"id": given} if given else {})}
        lesson.question(type(name, (Array,), said))
    return lesson


def test_an_id_is_the_name_or_what_it_was_called_first():
    """By default it need not be said."""
    questions = lesson_of(count="", renamed="first_name").questions
    assert (questions["count"].id, questions["renamed"].id) == ("count", "first_name")


def test_two_questions_do_not_share_an_id():
    """A new question of a name that another one had first would count the answers of that."""
    with pytest.raises(ValueError, match=r"two questions whose id is 'count': give count one"):
        lesson_of(counted="count", count="")


if __name__ == "__main__":
    add_new()
