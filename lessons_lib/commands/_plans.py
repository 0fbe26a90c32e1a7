"""The plans of ``notebooks/INSTRUCTORS.md``, and a lesson cut down to one of them."""

import re
from collections import Counter
from copy import deepcopy
from pathlib import Path

import nbformat

from lessons_lib.commands import _course
from lessons_lib.commands._course import Problem
from lessons_lib.commands._slides import minutes_in, slide_type, title_in

GUIDE = "notebooks/INSTRUCTORS.md"
NEEDS = "a number of minutes after it, such as --plan 45"


def plans(lesson: Path) -> dict[str, list[str]]:
    """Return the lines of the guide that plan a lesson.

    Parameters
    ----------
    lesson : Path
        The course's notebook.

    Returns
    -------
    dict of str to list of str
        From a line's name, such as "45 minutes" or "At home", to the titles of its slides.
    """
    section = re.search(
        rf"^### {lesson.stem[:2]} · .*?(?=^#|\Z)", _course.read(GUIDE), re.MULTILINE | re.DOTALL
    )
    lines = re.findall(r"^- \*\*(.*?):\*\* (.*?)\.?$", section[0] if section else "", re.MULTILINE)
    return {name: titles.split("; ") for name, titles in lines if name != "Park"}


def plan(lesson: Path, minutes: str | None) -> list[str] | None:
    """Return the titles of the slides in a lesson's plan for so many minutes.

    Parameters
    ----------
    lesson : Path
        The course's notebook.
    minutes : str or None
        As typed; None where no plan is asked for.

    Raises
    ------
    Problem
        When there is no such plan; the sentence names those there are.
    """
    if minutes is None:
        return None
    known = {name.split()[0]: t for name, t in plans(lesson).items() if name.endswith(" minutes")}
    wanted = re.sub(r" ?min(utes)?$", "", minutes.strip())
    if wanted not in known:
        there = f"for {' and '.join(known)} minutes" if known else "not at all"
        raise Problem(
            f"Lesson {lesson.stem} has no plan for {minutes!r}; {GUIDE} plans it {there}. "
            "Without --plan all slides are shown."
        )
    return known[wanted]


def titled(notebook: nbformat.NotebookNode) -> list[tuple[str, nbformat.NotebookNode]]:
    """Return each cell behind the title of the slide that it belongs to.

    A slide that begins with code belongs to the one above it.
    """
    found, title = [], ""
    for cell in notebook.cells:
        if slide_type(cell) in ("slide", "subslide") and cell.cell_type == "markdown":
            title = title_in(cell.source) or title
        found.append((title, cell))
    return found


def minutes(notebook: nbformat.NotebookNode) -> Counter:
    """Return from each title to the minutes that the notes below it give."""
    counted = Counter()
    for title, cell in titled(notebook):
        if slide_type(cell) == "notes":
            counted[title] += minutes_in(cell.source)
    return counted


def kept(notebook: nbformat.NotebookNode, titles: list[str]) -> nbformat.NotebookNode:
    """Return a copy of a lesson that shows the slides of a plan; all other cells are skipped.

    Parameters
    ----------
    notebook : NotebookNode
        Its cells carry slide types.
    titles : list of str
        Those of the slides that are shown.
    """
    copy, opens = deepcopy(notebook), False
    for title, cell in titled(copy):
        kind = slide_type(cell)
        opens = opens or kind == "slide"
        if title not in titles:
            cell.metadata["slideshow"] = {"slide_type": "skip"}
        elif kind in ("slide", "subslide"):
            # The first one of a topic is reached by →, though the topic's own first is skipped.
            cell.metadata["slideshow"] = {"slide_type": "slide" if opens else "subslide"}
            opens = False
    return copy
