"""The learner's own copies of the lessons.

Standard library only. The course's notebooks are never edited: `lab` opens copies in
``workspace/``, made once and never overwritten, so that an update of the course cannot
touch anybody's work. A learner's copy has no speaker notes, and no stored outputs where they
would answer a question that is still open. A small file beside the copies remembers what each
was when it was made.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from lessons_lib._ground import files, folders
from lessons_lib.commands._course import Problem

__all__ = [
    "damage_notice",
    "damaged_copies",
    "find_lesson",
    "lessons",
    "make_copies",
    "newer_lessons",
    "reset_command",
    "saved_last",
    "set_aside",
]

_ORIGINS = ".origins.json"


def lessons() -> list[Path]:
    """Return the course's notebooks in the order of their numbers.

    Raises
    ------
    Problem
        When there are none.
    """
    folder = folders.REPOSITORY / "notebooks"
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise Problem(
            f"There are no lessons in {folder}; the course's folder is not complete: "
            "download or clone the whole course again."
        )
    return found


def find_lesson(name: str) -> Path:
    """Return the course's notebook for what a learner typed.

    Parameters
    ----------
    name : str
        ``03``, ``3``, ``03_backprop``, ``03_backprop.ipynb`` or ``backprop``.

    Raises
    ------
    Problem
        When there is no such lesson; the sentence lists those there are.
    """
    # NFKC makes ordinary letters and digits of full-width ones.
    wanted = unicodedata.normalize("NFKC", Path(name.strip()).name).lower().removesuffix(".ipynb")
    if wanted.isdigit():
        wanted = wanted.zfill(2)
    known = lessons()
    for path in known:
        stem = path.stem.lower()
        number, _, title = stem.partition("_")
        if wanted in (stem, number, title):
            return path
    listed = ", ".join(path.stem for path in known)
    raise Problem(f"There is no lesson `{name}`; the lessons are {listed}.")


def _content(lesson: Path) -> bytes:
    """Return the course's own notebook as it is stored."""
    try:
        return lesson.read_bytes()
    except OSError as error:
        raise Problem(
            f"The course's own {lesson} cannot be read ({error.strerror or error}); download or "
            "clone the whole course again."
        ) from error


def _for_learners(content: bytes) -> bytes:
    """Return a notebook without speaker notes, and without what cells tagged `answers` show."""
    notebook = _read_notebook(content)
    if notebook is None:
        return content  # a damaged one is told of where the copies are looked at
    cells = [cell for cell in notebook["cells"] if _slide_type(cell) != "notes"]
    for cell in cells:
        tags = cell.get("metadata", {}).get("tags", [])
        if "outputs" in cell and any(tag.partition(":")[0] == "answers" for tag in tags):
            cell.update(outputs=[], execution_count=None)
    written = json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1)
    return f"{written}\n".encode()


def _slide_type(cell: dict) -> str | None:
    return cell.get("metadata", {}).get("slideshow", {}).get("slide_type")


def _read_notebook(content: bytes) -> dict | None:
    """Return a notebook's content, None where it is not a complete notebook."""
    try:
        notebook = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    whole = isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)
    return notebook if whole else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_equal(copy: Path, digest: str) -> bool:
    """Tell whether a copy holds the content of this SHA-256; one that cannot be read does not."""
    try:
        return _digest(copy.read_bytes()) == digest
    except OSError:
        return False


def _read_origins(folder: Path) -> dict[str, str]:
    """Return ``{name of a copy: SHA-256 of the copy when it was made}``."""
    try:
        origins = json.loads((folder / _ORIGINS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return origins if isinstance(origins, dict) else {}


def _write_origins(folder: Path, origins: dict[str, str]) -> None:
    content = json.dumps(origins, indent=1, sort_keys=True) + "\n"
    files.write_whole(folder / _ORIGINS, content)


def _put(content: bytes, target: Path) -> bool:
    """Write a file that does not exist yet, whole or not at all; False where one exists."""
    with files.written_beside(target, content) as file:
        try:
            os.link(file, target)  # unlike a rename, refuses to replace
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            if target.exists():
                return False
            os.replace(file, target)
    return True


@contextlib.contextmanager
def _told_when_not_writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if os.path.exists(folder) and not os.path.isdir(folder):
            raise Problem(
                f"Your copies of the lessons belong in a folder {folder}, and there is a file of "
                "that name; rename the file, or name another folder for your copies in the "
                "environment variable LESSONS_WORKSPACE."
            ) from error
        raise Problem(
            f"Your copies of the lessons belong in {folder}, and nothing can be written there "
            f"({error.strerror or error}); copy the course to a folder of your own, or name one "
            "for your copies in the environment variable LESSONS_WORKSPACE."
        ) from error


def make_copies() -> list[str]:
    """Copy the lessons that are not in the workspace yet; touch nothing that is.

    Returns
    -------
    list of str
        A sentence for each lesson of which the course has a newer version than the copy.

    Raises
    ------
    Problem
        When there are no lessons, or the workspace cannot be written to.
    """
    course = {lesson: _for_learners(_content(lesson)) for lesson in lessons()}
    folder = folders.workspace()
    with _told_when_not_writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        former = _read_origins(folder)
        origins = dict(former)
        for lesson, content in course.items():
            digest = _digest(content)
            copy = folder / lesson.name
            made = not copy.exists() and _put(content, copy)
            if made or _is_equal(copy, digest):
                origins[lesson.name] = digest
            else:
                # A copy of unknown origin counts as one of today's: better silent than wrong.
                origins.setdefault(lesson.name, digest)
        if origins != former:
            _write_origins(folder, origins)
    return [_newer_notice(lesson) for lesson in newer_lessons()]


def newer_lessons() -> list[Path]:
    """Return the course's notebooks that have changed since the learner's copies were made."""
    folder = folders.workspace()
    origins = _read_origins(folder)

    def is_newer(lesson: Path) -> bool:
        content = _content(lesson)
        # Former versions of the course gave learners the whole notebook, notes included.
        same = (None, *map(_digest, (_for_learners(content), content)))
        return origins.get(lesson.name) not in same

    return [path for path in lessons() if (folder / path.name).exists() and is_newer(path)]


def damaged_copies() -> list[Path]:
    """Return the course's notebooks of which the learner's copy is not a complete notebook."""
    copies = {lesson: folders.workspace() / lesson.name for lesson in lessons()}
    return [
        lesson
        for lesson, copy in copies.items()
        if os.path.lexists(copy) and not _is_notebook(copy)
    ]


def _is_notebook(path: Path) -> bool:
    try:
        return _read_notebook(path.read_bytes()) is not None
    except OSError:
        return False


def saved_last() -> str | None:
    """Return the name of the notebook in the workspace that was saved last.

    ``None`` where every lesson is as it was when it was copied.
    """
    folder = folders.workspace()
    origins = _read_origins(folder)
    worked_on = [
        notebook
        for notebook in folder.glob("*.ipynb")
        if not _is_equal(notebook, origins.get(notebook.name, ""))
    ]
    latest = max(worked_on, key=lambda notebook: notebook.stat().st_mtime, default=None)
    return latest.name if latest else None


def reset_command(lesson: Path) -> str:
    """Return what a learner types to set a copy aside."""
    return f"python3 -m lessons_lib reset {lesson.stem.partition('_')[0]}"


def _newer_notice(lesson: Path) -> str:
    return (
        f"Lesson {lesson.stem} has a newer version. Your copy is as you left it; to set it aside "
        f"and get the new one: {reset_command(lesson)}"
    )


def damage_notice(lesson: Path) -> str:
    return (
        f"Your copy of lesson {lesson.stem} is not a complete notebook, so JupyterLab cannot open "
        f"it; to set it aside and get the course's own: {reset_command(lesson)}"
    )


def set_aside(lesson: Path, now: datetime.datetime) -> Path | None:
    """Bring the course's notebook into the workspace and keep the old copy under a dated name.

    Parameters
    ----------
    lesson : Path
        The course's notebook.
    now : datetime.datetime
        Moment to name the old copy by.

    Returns
    -------
    Path or None
        The old copy's new place; ``None`` where there was no copy, or one without any work in
        it: then nothing is kept.
    """
    content = _for_learners(_content(lesson))
    folder = folders.workspace()
    kept = None
    with _told_when_not_writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / lesson.name
        # The new one is written in full before the old one moves: a full disk loses nothing.
        with files.written_beside(copy, content) as file:
            untouched = _is_equal(copy, _digest(content)) or _is_equal(
                copy, _read_origins(folder).get(lesson.name, "")
            )
            if os.path.lexists(copy) and not untouched:  # a link that leads nowhere is kept too
                kept = files.free_name(folder / f"{lesson.stem}_{now:%Y-%m-%d_%H%M%S}.ipynb")
                os.rename(copy, kept)
            os.replace(file, copy)
        _write_origins(folder, {**_read_origins(folder), lesson.name: _digest(content)})
    return kept
