"""What a speaker is told: on every slide the same four things, and plans that fit the time."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
GUIDE = (NOTEBOOKS / "INSTRUCTORS.md").read_text(encoding="utf-8")
PARTS = ("**Show", "**Ask", "**Usual mistake:**", "**Time:**")
LIMITS = {"45 minutes": (35, 45), "90 minutes": (75, 90)}

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def notes_of(lesson):
    """Return the notes of a lesson as (title of the slide, text)."""
    found, title = [], ""
    for cell in nbformat.read(lesson, as_version=4).cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind in ("slide", "subslide") and cell.cell_type == "markdown":
            heading = re.search(r"^#+\s+(.*)$", cell.source, re.MULTILINE)
            title = re.sub(r"[*`$]", "", heading[1])
        elif kind == "notes":
            found.append((title, cell.source))
    return found


def minutes_of(lesson):
    """Return the minutes that the notes give to each title."""
    minutes = {}
    for title, text in notes_of(lesson):
        minutes[title] = minutes.get(title, 0) + int(re.search(r"Time:\*\* (\d+) min", text)[1])
    return minutes


def plans_of(lesson):
    """Return the plans of a lesson from the instructors' guide: name -> titles."""
    section = re.search(rf"^### {lesson.stem[:2]} · .*?(?=^#|\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^- \*\*(.*?):\*\* (.*?)\.?$", section[0], re.MULTILINE)
    return {name: titles.split("; ") for name, titles in lines if name != "Park"}


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
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind == "notes" and code:
            late.append(cell.source)
        if kind != "skip":
            code = cell.cell_type == "code"
    assert late == []


@every_lesson
def test_the_guides_plans_fit_their_time(lesson):
    """The slides that a plan names exist, and the minutes of their notes add up."""
    minutes, plans = minutes_of(lesson), plans_of(lesson)
    assert [title for titles in plans.values() for title in titles if title not in minutes] == []
    for name in LIMITS.keys() & plans.keys():
        least, most = LIMITS[name]
        assert least <= sum(minutes[title] for title in plans[name]) <= most, name
    assert set(plans["45 minutes"]) <= set(plans.get("90 minutes", minutes))
