"""docs/CURRICULUM.md and the exercises speak of the same concepts."""

import re
from pathlib import Path

import pytest

from lessons_lib import lessons as rooms

DOCUMENT = Path(__file__).parents[2] / "docs" / "CURRICULUM.md"


def concepts(text):
    """Return ``{lesson's number: {id: how it is seen}}`` of a curriculum."""
    found, number = {}, None
    for line in text.splitlines():
        if heading := re.match(r"## (\d\d) ", line):
            number = heading[1]
            found[number] = {}
        elif row := re.match(r"\| ([A-Z]\d+) \|.*\| (.*) \|$", line):
            assert not any(row[1] in rows for rows in found.values()), f"{row[1]} stands twice"
            found[number][row[1]] = row[2]
    return found


def with_exercise(rows):
    """Return the ids whose concept is seen in an exercise."""
    return {name for name, seen in rows.items() if re.search(r"\bex\b", seen)}


CONCEPTS = concepts(DOCUMENT.read_text(encoding="utf-8"))
LESSONS = {lesson.number: lesson for lesson in rooms.lessons()}


@pytest.mark.parametrize("number", LESSONS)
def test_exercises_name_concepts_of_their_lesson_or_an_earlier_one(number):
    """What a later lesson teaches cannot be practised yet."""
    taught = {name for other, rows in CONCEPTS.items() if other <= number for name in rows}
    for question in LESSONS[number].questions.values():
        assert set(question.concepts) <= taught, question.name


@pytest.mark.parametrize("number", LESSONS)
def test_each_concept_with_an_exercise_is_named_by_one(number):
    """The document promises no exercise that the lesson does not have."""
    named = {c for question in LESSONS[number].questions.values() for c in question.concepts}
    assert with_exercise(CONCEPTS[number]) <= named


def test_the_document_is_read():
    """Ids, lessons and exercises, as they stand in a table."""
    text = "## 01 neuron\n| N1 | a | b | live: ex |\n| N2 | x | next |\n## 02 more\n| A1 | y | ex |"
    assert concepts(text) == {"01": {"N1": "live: ex", "N2": "next"}, "02": {"A1": "ex"}}
    assert with_exercise({"N1": "live: w · ex", "N2": "next"}) == {"N1"}
    with pytest.raises(AssertionError, match="twice"):
        concepts("## 01 a\n| N1 | a | ex |\n| N1 | b | ex |")
