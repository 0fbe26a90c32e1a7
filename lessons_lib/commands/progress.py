"""``python -m lessons_lib progress``: what one has answered, to be handed in; what a class has."""

import os
import sys
from pathlib import Path

from lessons_lib import checks
from lessons_lib import lessons as rooms
from lessons_lib._ground.files import write_whole
from lessons_lib.commands import _class, _class_page, _collect, _options, _sheet, _workspace
from lessons_lib.commands._course import Problem
from lessons_lib.commands._output import STANDARD_OUTPUT, print_file


def progress(arguments: list[str]) -> int:
    """Show a table of the questions and how far the learner is, or write it as CSV.

    Parameters
    ----------
    arguments : list of str
        ``[LESSON] [--csv [FILE]] [--name NAME] [--separator SEPARATOR]``; without a file, or
        with ``-``, the table is printed. Or ``[LESSON] --class FILE ... [--html FILE]``: the
        tables of a class are read, and what it has understood is printed and written as a page.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    lessons_lib.commands._course.Problem
        For a lesson that does not exist, a file that cannot be written, and a class of which no
        file can be counted.
    """
    parser = _options.Parser(
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
    parser.add_argument(
        "--class",
        metavar="FILE",
        nargs="+",
        dest="handed_in",
        help="say what a class has understood: the files that it has handed in, or their folder",
    )
    parser.add_argument(
        "--html", metavar="FILE", help="where the page of --class is written: class.html"
    )
    try:
        given = parser.parse_args(arguments)
    except SystemExit as end:  # after --help
        return end.code or 0
    _refuse_misfits(given)
    lessons = _chosen(given.lesson)
    if given.handed_in is not None:
        return _read_class(given.handed_in, lessons, given.html or "class.html")
    if given.csv is None:
        print(checks.progress_summary(lessons).text)
        return 0
    return _hand_in(given.csv, lessons, given.name, _sheet.separator_named(given.separator or ","))


def _refuse_misfits(given):
    for option in ("name", "separator"):
        if getattr(given, option) is not None and given.csv is None:
            raise Problem(f"--{option} is for the file of --csv FILE, which is missing.", status=2)
    if given.html is not None and given.handed_in is None:
        raise Problem("--html is for the page of --class FILE, which is missing.", status=2)
    if given.csv is not None and given.handed_in is not None:
        raise Problem("--csv writes your own answers and --class reads others': one at a time.", 2)


def _read_class(patterns, lessons, page):
    ids = [f"{lesson.name}.{q.id}" for lesson in lessons for q in lesson.questions.values()]
    files, left_out = _collect.collected(_collect.found(patterns), ids)
    if not files:
        reasons = "; ".join(f"{path} {reason}" for path, reason in left_out)
        raise Problem(f"None of the files can be counted: {reasons}.")
    found = _class.lessons_of_class(lessons, files)
    content = _class_page.as_page(found, len(files), left_out)
    if page in STANDARD_OUTPUT:
        print_file(content)
        return 0
    _write(page, content, "--html class.html")
    print(_class_page.as_text(found, len(files), left_out))
    print(f"\n{page} shows all of it, with the mistakes' sentences, in any browser.")
    return 0


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
        # Without the mark Excel shows names in Chinese as other characters.
        table = _sheet.written(rows, columns, separator)
        _write(file_name, "\N{BOM}" + table, "--csv progress.csv")
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


def _write(file_name, content, example):
    path = Path(file_name).expanduser()
    if path.is_dir() or not path.name or file_name.endswith(("/", os.sep)):
        option, _, name = example.partition(" ")
        raise Problem(f"{path} is a folder; name a file in it: {option} {path / name}")
    try:
        write_whole(path, content)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}.") from error
