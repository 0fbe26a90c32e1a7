"""``python -m lessons_lib progress``: what has been answered, shown or written for handing in."""

import argparse
import os
import sys
from pathlib import Path

from lessons_lib import checks
from lessons_lib import lessons as rooms
from lessons_lib._ground.files import write_whole
from lessons_lib.commands import _sheet, _workspace
from lessons_lib.commands._course import Problem
from lessons_lib.commands._output import STANDARD_OUTPUT, print_file


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(f"{message}; `progress --help` shows what there is.", status=2)


def progress(arguments: list[str]) -> int:
    """Show a table of the questions and how far the learner is, or write it as CSV.

    Parameters
    ----------
    arguments : list of str
        ``[LESSON] [--csv [FILE]] [--name NAME] [--separator SEPARATOR]``; without a file, or
        with ``-``, the table is printed.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    lessons_lib.commands._course.Problem
        For a lesson that does not exist, and for a file that cannot be written.
    """
    parser = _Parser(
        prog="python3 -m lessons_lib progress",
        description="Show which questions are answered. Everything stays on this machine.",
    )
    parser.add_argument("lesson", nargs="?", help="a lesson's number or name: 01, 1 or neuron")
    parser.add_argument(
        "--csv", metavar="FILE", nargs="?", const="-", help="write the table to a file, or here"
    )
    parser.add_argument("--name", help="your name, as the first column of the file")
    parser.add_argument(
        "--separator",
        metavar="SEPARATOR",
        help='between two cells of the file: "," (which it is without this), ";", tab, or system',
    )
    try:
        given = parser.parse_args(arguments)
    except SystemExit as end:  # after --help
        return end.code or 0
    for option in ("name", "separator"):
        if getattr(given, option) is not None and given.csv is None:
            raise Problem(f"--{option} is for the file of --csv FILE, which is missing.", status=2)
    lessons = _chosen(given.lesson)
    if given.csv is None:
        print(checks.progress_summary(lessons).text)
        return 0
    return _hand_in(given.csv, lessons, given.name, _sheet.separator_named(given.separator or ","))


def _hand_in(file_name, lessons, name, separator):
    rows, note = checks.progress_rows(lessons)
    if note:
        print(note, file=sys.stderr)
    columns = checks.PROGRESS_COLUMNS
    if name is not None:
        # What another encoding than the terminal's has left unread is no letter for a file.
        name = " ".join(os.fsencode(name).decode(errors="replace").split())
        columns = ("name", *columns)
        rows = [{"name": name, **row} for row in rows]
    if file_name in STANDARD_OUTPUT:
        print_file(_sheet.written(rows, columns, separator, end_of_line=os.linesep))
    else:
        _write(file_name, _sheet.written(rows, columns, separator))
        print(f"{len(rows)} questions written to {file_name}.")
    return 0


def _chosen(name):
    lessons = rooms.lessons()
    if name is None:
        return lessons
    stem = _workspace.find_lesson(name).stem
    chosen = [lesson for lesson in lessons if stem.startswith(lesson.number)]
    if not chosen:
        raise Problem(f"Lesson {stem} has no questions.")
    return chosen


def _write(file_name, table):
    path = Path(file_name).expanduser()
    if path.is_dir() or not path.name or file_name.endswith(("/", os.sep)):
        raise Problem(f"{path} is a folder; name a file in it: --csv {path / 'progress.csv'}")
    try:
        # Without the mark Excel shows names in Chinese as other characters.
        write_whole(path, "\N{BOM}" + table)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}.") from error
