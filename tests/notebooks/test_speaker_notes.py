"""What a speaker is told: on every slide the same four things, and plans that fit the time."""

from pathlib import Path

import nbformat
import pytest

from lessons_lib.commands import _plans, _slides

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
PARTS = ("**Show", "**Ask", "**Usual mistake:**", "**Time:**")
LIMITS = {"45 minutes": (30, 38), "90 minutes": (70, 83)}  # the rest goes where people arrive

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def notes_of(lesson):
    """Return the notes of a lesson as (title of the slide, text)."""
    cells = _plans.titled(nbformat.read(lesson, as_version=4))
    return [(title, cell.source) for title, cell in cells if _slides.slide_type(cell) == "notes"]


@every_lesson
def test_every_slide_says_what_to_show_and_ask_what_goes_wrong_and_how_long(lesson):
    """No notes leave out one of the four."""
    lacking = [
        (title, [part for part in PARTS if part not in text])
        for title, text in notes_of(lesson)
        if not all(part in text for part in PARTS)
    ]
    assert lacking == []


@every_lesson
def test_notes_stand_before_the_code_of_their_slide(lesson):
    """A notes cell behind a code cell leaves the live screen blank when the code is run."""
    late, code = [], False
    for cell in nbformat.read(lesson, as_version=4).cells:
        kind = _slides.slide_type(cell)
        if kind == "notes" and code:
            late.append(cell.source)
        if kind != "skip":
            code = cell.cell_type == "code"
    assert late == []


@every_lesson
def test_the_guides_plans_fit_their_time(lesson):
    """The slides that a plan names exist, and the minutes of their notes add up."""
    minutes = _plans.minutes(nbformat.read(lesson, as_version=4))
    plans = _plans.plans(lesson)
    assert [title for titles in plans.values() for title in titles if title not in minutes] == []
    for name in LIMITS.keys() & plans.keys():
        least, most = LIMITS[name]
        assert least <= sum(minutes[title] for title in plans[name]) <= most, name
    assert set(plans["45 minutes"]) <= set(plans.get("90 minutes", minutes))
