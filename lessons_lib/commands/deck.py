"""The command `deck`: a lesson's slides in one HTML file."""

import os
from pathlib import Path

import nbformat

from lessons_lib._ground.files import write_whole
from lessons_lib.commands import _options, _plans, _workspace
from lessons_lib.commands._course import Problem
from lessons_lib.commands._output import STANDARD_OUTPUT, print_file
from lessons_lib.commands._slides import render

__all__ = ["deck"]


def deck(arguments: list[str]) -> int:
    """Write a lesson as one HTML file; every lesson when none is named.

    Parameters
    ----------
    arguments : list of str
        ``[LESSON] [--plan MINUTES] [--out FILE]``; without a lesson, ``--out`` names a folder.
        ``--out -`` prints one lesson's file.

    Returns
    -------
    int
        0.
    """
    arguments, minutes = _options.taken(arguments, "--plan", _plans.NEEDS)
    names, out = _lesson_and_out(arguments)
    lessons = [_workspace.find_lesson(name) for name in names] or _workspace.lessons()
    for lesson in lessons:
        notebook, plan = nbformat.read(lesson, as_version=4), _plans.plan(lesson, minutes)
        page = render(_plans.kept(notebook, plan), timed=True) if plan else render(notebook)
        if out in STANDARD_OUTPUT:
            print_file(page)
            continue
        target = Path(out or ".").expanduser()
        if not (out and names) or target.is_dir() or out.endswith(("/", os.sep)):
            target = target / f"{lesson.stem}.html"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, page)
        except OSError as error:
            raise Problem(
                f"The slides cannot be written to {target} ({error.strerror}): "
                "name another file with --out."
            ) from None
        print(
            f"{target}: {len(page.encode()) / 1e6:.1f} MB, opens in any browser without a network"
        )
    return 0


def _lesson_and_out(arguments: list[str]) -> tuple[list[str], str | None]:
    """Return the lesson named, if any, and what follows ``--out``."""
    rest, out = _options.taken(
        arguments, "--out", "the name of a file after it, such as --out talk.html"
    )
    unknown = [word for word in rest if word.startswith("-")] or rest[1:]
    if unknown:
        raise Problem(
            f"`deck` does not know {unknown[0]!r}; usage: python3 -m lessons_lib deck [LESSON] "
            "[--plan MINUTES] [--out FILE]"
        )
    if out in STANDARD_OUTPUT and not rest:
        raise Problem(f"`--out {out}` prints one lesson; name it, for example: deck 03 --out {out}")
    return rest, out
