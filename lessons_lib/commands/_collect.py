"""Collects what a class has handed in: which files are meant, and which of them count."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from lessons_lib.commands._course import Problem
from lessons_lib.commands._handed_in import HandedIn, NoProgress, read


def found(patterns: Iterable[str]) -> list[Path]:
    """Return the files that are meant, each once.

    Parameters
    ----------
    patterns : iterable of str
        Files; folders, of which all CSV files count, those in folders inside as well; and
        patterns such as ``handed-in/*.csv``, which not every shell expands.

    Raises
    ------
    lessons_lib.commands._course.Problem
        For a pattern that no file matches.
    """
    paths = {}
    for pattern in patterns:
        given = Path(pattern).expanduser()
        meant = [given] if given.exists() else map(Path, glob.glob(str(given), recursive=True))
        files = sorted(file for path in meant for file in _files_of(path))
        if not files:
            what = "has no CSV file" if given.is_dir() else "is not there, and no file matches it"
            raise Problem(f"{pattern} {what}; --class takes what learners have handed in.")
        paths |= {file.resolve(): file for file in files}
    return list(paths.values())


def _files_of(path):
    if not path.is_dir():
        return [path]
    # A name with a point in front is the system's own.
    return [
        file
        for file in path.rglob("*")
        if file.suffix.lower() == ".csv" and not file.name.startswith(".")
    ]


def collected(
    paths: Iterable[Path], ids: Iterable[str]
) -> tuple[list[HandedIn], list[tuple[str, str]]]:
    """Read files, and leave out what cannot be counted.

    Parameters
    ----------
    paths : iterable of Path
    ids : iterable of str
        Those of the course's questions.

    Returns
    -------
    counted : list of HandedIn
        One for each learner.
    left_out : list of (str, str)
        The paths of other files, each with the reason: "is empty".
    """
    ids = frozenset(ids)
    counted, left_out = [], []
    for path in paths:
        try:
            handed_in = read(path)
            if ids.isdisjoint(handed_in.answers):
                raise NoProgress("has none of the questions that are asked for")
        except NoProgress as reason:
            left_out.append((_shown(path), str(reason)))
            continue
        twin = next((other for other in counted if handed_in.is_by_the_learner_of(other)), None)
        if twin is None:
            counted.append(handed_in)
            continue
        more, less = (handed_in, twin) if handed_in.amount > twin.amount else (twin, handed_in)
        counted[counted.index(twin)] = more
        has = "has more in it" if more.amount > less.amount else "has the same in it"
        left_out.append(
            (_shown(less.path), f"is by the learner of {_shown(more.path)}, which {has}")
        )
    return counted, left_out


def _shown(path):
    # A name from another encoding holds what no page can.
    return os.fsencode(path).decode(errors="replace")
