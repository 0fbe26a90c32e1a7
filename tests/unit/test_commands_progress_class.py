"""progress --class: what thirty learners have handed in is read, counted and shown."""

import contextlib
import csv
import io
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import hypothesis
import pytest
from class_of_thirty import NAMES, PLAN, hand_in
from hypothesis import strategies as st

from lessons_lib.commands import _class, _collect, _handed_in
from lessons_lib.commands._course import Problem
from lessons_lib.commands.progress import progress
from lessons_lib.lessons import lessons

IDS = [f"{lesson.name}.{q.id}" for lesson in lessons() for q in lesson.questions.values()]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The thirty files, as they are handed in; not to be changed."""
    folder = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch:
        hand_in(folder, patch)
    return folder


@pytest.fixture
def folder(written, tmp_path, monkeypatch):
    """A copy of them, in the folder where the command is typed."""
    target = tmp_path / "handed-in"
    target.mkdir()
    for path in written.glob("*.csv"):
        shutil.copy(path, target)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path / "workspace"))
    return target


def collected(*patterns):
    """Return (files counted, from the name of each other file to the reason)."""
    counted, left_out = _collect.collected(_collect.found(map(str, patterns)), IDS)
    return counted, {Path(path).name: reason for path, reason in left_out}


def asked(counted):
    """Return what the class has done, by the questions' names."""
    found = _class.lessons_of_class(lessons(), counted)
    return {one.question.name: one for lesson in found for one in lesson.asked}


# --- what is counted -------------------------------------------------------------------------


def test_every_learner_is_counted_once(folder):
    """Whatever script the name is in."""
    counted, left_out = collected(folder)
    assert left_out == {}
    assert [file.name for file in counted] == [name.casefold() for name in NAMES]


def test_solved_tried_tries_and_hints(folder):
    """Medians are those of whoever has solved it."""
    found = asked(collected(folder)[0])
    by_hand = found["by_hand"]
    assert (by_hand.learners, by_hand.tried, by_hand.solved) == (30, 28, 22)
    assert (by_hand.tries, by_hand.hints) == (1.5, 0)  # of 3 × 8, 2 × 3 and 1 × 11
    assert (found["mse"].tried, found["mse"].solved, found["mse"].seen) == (22, 2, 20)
    assert set(found) == set(PLAN)


def test_named_mistakes_by_frequency(folder):
    """Whoever makes one twice is one learner; what was not recognised has a count of its own."""
    by_hand = asked(collected(folder)[0])["by_hand"]
    assert [(m.name, m.learners) for m in by_hand.mistakes] == [
        ("forgot_bias", 14),
        ("wrong_sign", 3),
    ]
    assert by_hand.others == 8
    assert "The bias is still to be added" in by_hand.mistakes[0].sentence


def test_votes_at_first_and_before_the_reveal(folder):
    """Of each option, and which one is right."""
    votes = asked(collected(folder)[0])["huge_learning_rate"].votes
    assert [(v.letter, v.first, v.last, v.is_right) for v in votes] == [
        ("a", 14, 5, False),
        ("b", 0, 3, False),
        ("c", 13, 19, True),
        ("d", 0, 0, False),
    ]


def test_what_concerns_most_learners_comes_first(folder):
    """Unsolved by 20; one mistake by 14; a prediction open to 5; a slip of 4 that is mended."""
    found = _class.lessons_of_class(lessons(), collected(folder)[0])
    (lesson,) = found
    assert [(one.question.name, one.concerned) for one in lesson.asked] == [
        ("mse", 20),
        ("by_hand", 14),
        ("huge_learning_rate", 5),
        ("quiz_bias", 4),
    ]
    assert {q.name for q in lesson.untried} == set(lesson.lesson.questions) - set(PLAN)


def test_each_lesson_counts_those_who_handed_it_in(folder):
    """Who hands in lesson 02 alone is not missing in lesson 01."""
    progress(["02", "--csv", str(folder / "second.csv"), "--name", "Late"])
    counted, _ = collected(folder)
    assert len(counted) == 31
    assert asked(counted)["by_hand"].learners == 30


# --- as spreadsheets save it -----------------------------------------------------------------


def saved_again(path, separator=",", encoding="utf-8-sig", cell=lambda column, text: text):
    """Write a file as a spreadsheet would that has opened it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        columns, *rows = csv.reader(file)
    text = io.StringIO(newline="")
    lines = [columns, *([cell(c, t) for c, t in zip(columns, row, strict=True)] for row in rows)]
    csv.writer(text, delimiter=separator).writerows(lines)
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))


def german(column, text):
    """Dates and numbers as a German Excel writes them."""
    if column in ("first", "last") and text:
        year, month, day, hour, minute = re.findall(r"\d+", text)[:5]
        return f"{day}.{month}.{year} {hour}:{minute}"
    return f"{text},0" if column in ("tries", "hints") else text


def american(column, text):
    """Dates as an American Excel writes them."""
    if column in ("first", "last") and text:
        year, month, day, hour, minute = map(int, re.findall(r"\d+", text)[:5])
        half = "AM" if hour < 12 else "PM"
        return f"{month}/{day}/{year % 100} {hour % 12 or 12}:{minute:02} {half}"
    return text


AGAIN = [
    {"separator": ";", "encoding": "cp1252"},
    {"separator": ";", "encoding": "cp1252", "cell": german},
    {"separator": "\t", "encoding": "utf-16"},
    {"separator": ",", "encoding": "utf-8", "cell": american},
    {"separator": ",", "encoding": "cp950"},
    {"separator": ";", "encoding": "utf-8-sig"},
]


def name_of(form):
    """Return how a file was saved, as the name of a test."""
    return " ".join(getattr(value, "__name__", repr(value)) for value in form.values())


@pytest.mark.parametrize("form", AGAIN, ids=name_of)
def test_a_file_that_was_saved_again_says_the_same(folder, form):
    """Other separators, encodings and dates change no count."""
    before = [(file.path, file.answers) for file in collected(folder)[0]]
    for path, _ in before:
        saved_again(path, **form)
    counted, left_out = collected(folder)
    assert left_out == {}
    assert [(file.path, file.answers) for file in counted] == before


@pytest.mark.parametrize("form", AGAIN, ids=name_of)
def test_handed_in_twice_counts_once(folder, form):
    """The second one is named, also where it was saved again in between."""
    for path in sorted(folder.glob("*.csv")):
        copy = path.with_name(f"{path.stem} (2).csv")
        shutil.copy(path, copy)
        saved_again(copy, **form)
    counted, left_out = collected(folder)
    assert len(counted) == 30
    assert len(left_out) == 30
    assert all(
        re.search(r"is by the learner of .*, which has the same", r) for r in left_out.values()
    )


def test_of_two_files_the_later_one_counts(folder, written):
    """Who goes on after handing in, and hands in again, is counted as far as they are now."""
    text = (folder / "learner-12.csv").read_text(encoding="utf-8-sig")
    wanted = [
        "neuron.by_hand,01_neuron,by_hand,array,not yet,2",
        "neuron.by_hand,01_neuron,by_hand,array,right,3",
    ]
    assert text.count(wanted[0]) == 1
    (folder / "again.csv").write_text(text.replace(*wanted), encoding="utf-8")
    counted, left_out = collected(folder)
    assert list(left_out) == ["learner-12.csv"]
    assert "which has more in it" in left_out["learner-12.csv"]
    assert asked(counted)["by_hand"].solved == 23


def test_two_of_the_same_name_are_two(folder):
    """Nobody's work is taken for another's because both are called Ann."""
    for number in (0, 1):
        path = folder / f"learner-{number:02}.csv"
        saved_again(path, cell=lambda column, text: "Ann" if column == "name" else text)
    assert len(collected(folder)[0]) == 30


def test_a_row_in_one_cell_is_read(folder):
    """A comma file opened where semicolons are expected has each line in one cell, saved so."""
    path = folder / "learner-00.csv"
    before = _handed_in.read(path).answers
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([line] for line in lines)
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    assert text.getvalue() != "\r\n".join(lines)
    assert _handed_in.read(path).answers == before


def test_empty_ends_may_be_left_out(folder):
    """As Excel does in some lines, and adds empty lines at the end."""
    path = folder / "learner-00.csv"
    before = _handed_in.read(path).answers
    lines = [line.rstrip(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
    path.write_text("\n".join([*lines, ",,,", "", ""]), encoding="utf-8")
    assert _handed_in.read(path).answers == before


# --- what is left out ------------------------------------------------------------------------

HEAD = "id,state,tries,hints,solution_seen,mistakes,predictions,first,last\n"
ROW = "neuron.mse,right,1,0,no,,,,\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n;;;\r\n", "is empty"),
        (b"PK\x03\x04\x14", "is a spreadsheet's own file"),
        (b'{"version": 2, "answers": {}}', "is no CSV"),
        (b"\x00\x01\x02", "is no text"),
        (b"\xff\xfe\x00", "is no text"),
        ("a,b\n1,2\n", "has other columns"),
        ("lesson,question,kind,state\n01,mse,function,right\n", "older version of the course"),
        (HEAD.replace("hints,", "") + ROW, "has no column hints"),
        (HEAD, "has no line below"),
        (HEAD + ROW + "neuron.mae,right,1", "is cut off in line 3"),
        (HEAD + ROW + "neuron.mae,right,1,0,no,,,,,,,more\n", "more cells in line 3"),
        (HEAD + ROW + ROW, "'neuron.mse' twice, the second time in line 3"),
        (HEAD + ROW.replace(",1,", ",many,"), "'many' in line 2, column tries; expected: a number"),
        (HEAD + ROW.replace(",1,", ",-1,"), "'-1' in line 2, column tries"),
        (
            HEAD + ROW.replace("right", "wright"),
            "'wright' in line 2, column state; expected: right,",
        ),
        (HEAD + ROW.replace(",no,", ",nein,"), "'nein' in line 2, column solution_seen"),
        (HEAD + ROW.replace("neuron", "geometry"), "has none of the questions"),
        (
            "name," + HEAD + "Ann," + ROW + "Ben," + ROW,
            "more than one learner in it, 'Ann' and 'Ben'",
        ),
        (HEAD + "x" * 2_500_000, "has 3 MB"),
        (HEAD + ROW + '"' + "x" * 200_000, "is no CSV"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_damaged_and_foreign_files_are_named(folder, content, reason):
    """Each is left out with the reason, and all others are counted."""
    content = content.encode() if isinstance(content, str) else content
    (folder / "other.csv").write_bytes(content)
    counted, left_out = collected(folder)
    assert len(counted) == 30
    assert list(left_out) == ["other.csv"]
    assert reason in left_out["other.csv"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions there")
def test_a_file_that_cannot_be_read_is_named(folder, monkeypatch):
    """As the system says it."""

    def locked(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(type(folder), "read_bytes", locked)
        counted, left_out = collected(folder / "learner-00.csv")
    assert (counted, left_out) == ([], {"learner-00.csv": "cannot be read: Permission denied"})


@hypothesis.given(
    begin=st.integers(0, 600),
    length=st.integers(0, 50),
    instead=st.one_of(st.binary(max_size=20), st.text('",;\t\r\n 0', max_size=20).map(str.encode)),
)
@hypothesis.settings(
    max_examples=300, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_to_a_file_it_is_read_or_named(written, tmp_path, begin, length, instead):
    """Bytes that are lost or changed anywhere end in no traceback."""
    content = (written / "learner-08.csv").read_bytes()
    path = tmp_path / "changed.csv"
    path.write_bytes(content[:begin] + instead + content[begin + length :])
    with contextlib.suppress(_handed_in.NoProgress):
        assert _handed_in.read(path).answers


@pytest.mark.parametrize(
    "content", ['" "', "'", "\ufeff\ufeff", '"\r"', "\x85", HEAD + '"a,\rb"\n']
)
def test_small_files_of_odd_letters_are_named(tmp_path, content):
    """They have no cell, or none that counts."""
    (tmp_path / "odd.csv").write_bytes(content.encode())
    with pytest.raises(_handed_in.NoProgress):
        _handed_in.read(tmp_path / "odd.csv")


# --- the command -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "patterns",
    [
        ["handed-in"],
        ["handed-in/"],
        ["handed-in/*.csv"],
        ["*"],
        ["handed-in/learner-[01]*.csv", "handed-in/learner-2?.csv"],
        ["handed-in", "handed-in/learner-00.csv"],
    ],
    ids=" ".join,
)
def test_files_folders_and_patterns(folder, patterns, capsys):
    """Each file is counted once, also where the shell does not expand a pattern."""
    assert progress(["--class", *patterns]) == 0
    assert capsys.readouterr().out.startswith("30 learners counted.\n")


def test_a_folder_of_folders(folder, capsys):
    """As learning platforms hand them out, one for each learner; hidden files are none."""
    for path in [*folder.glob("*.csv")]:
        (folder / path.stem).mkdir()
        path.rename(folder / path.stem / "mine.CSV")
    (folder / "._mine.csv").write_bytes(b"\x00")
    progress(["--class", "handed-in"])
    assert capsys.readouterr().out.startswith("30 learners counted.\n")


def test_what_is_printed(folder, capsys):
    """Who is left out, what to talk about first, and a line for each question."""
    (folder / "empty.csv").touch()
    progress(["--class", "handed-in"])
    printed = capsys.readouterr().out
    words = " ".join(printed.split())
    assert (
        f"30 learners counted, one file left out: {folder.name}{os.sep}empty.csv is empty." in words
    )
    assert "1. `mse` of lesson 01 neuron 20 of 22 who tried have not solved it yet." in words
    assert "14 of 28 made the same mistake, `forgot_bias`: These are the products" in words
    assert re.search(r"by_hand +28 +22 +1\.5 +0 +14 × forgot_bias", printed)
    assert "a 14→5, b 0→3, c✓ 13→19, d 0→0" in printed
    assert "Lesson 02" not in printed
    assert "class.html shows all of it" in words


def test_one_lesson_of_a_class(folder, capsys):
    """Files that do not have it are left out; where nobody has begun it, that is said."""
    assert progress(["01", "--class", "handed-in"]) == 0
    assert "Lesson 01 neuron, 30 learners" in capsys.readouterr().out
    progress(["02", "--csv", str(folder / "second.csv")])
    assert progress(["02", "--class", "handed-in"]) == 0
    printed = capsys.readouterr().out
    assert "1 learner counted, 30 files left out" in printed
    assert "Nobody has tried any of the questions." in printed


class _Page(HTMLParser):
    """What a page asks for, its ids, where its links lead, and its words."""

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.asked, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if tag == "a" else []
        self.asked += [tag] if tag in ("script", "link", "img", "iframe") else []

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_stands_by_itself(folder, capsys):
    """One file, without scripts; links lead to places in it; learners' names are not in it."""
    (folder / "<b>&.csv").touch()
    progress(["--class", "handed-in", "--html", "page.html"])
    text = (folder.parent / "page.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.asked == []
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.links) <= {f"#{one}" for one in page.ids}
    assert "neuron.mse" in page.ids
    words = " ".join(" ".join(page.words).split())
    assert "<b>&.csv" in words
    assert "<b>&" not in text
    assert "28 of 30 tried, 22 solved it (median: 1.5 tries, 0 hints)" in words
    assert not [name for name in NAMES if len(name) > 4 and name in words]


@pytest.mark.skipif(os.name == "nt", reason="there is no such encoding there")
def test_a_file_name_from_another_encoding(folder, capsys):
    """Bytes that are no letters end neither the list nor the page."""
    Path(os.fsdecode(os.fsencode(folder) + b"/Zo\xeb.csv")).touch()
    progress(["--class", "handed-in"])
    name = "Zo\N{REPLACEMENT CHARACTER}.csv"
    assert name in capsys.readouterr().out
    assert name in Path("class.html").read_text(encoding="utf-8")


def test_the_page_without_a_file(folder, capfdbinary):
    """`--html -` prints it, and nothing else."""
    progress(["--class", "handed-in", "--html", "-"])
    printed = capfdbinary.readouterr().out
    assert printed.startswith(b"<!doctype html>")
    assert printed.rstrip().endswith(b"</html>")
    assert not list(folder.parent.glob("*.html"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class", "nowhere/*.csv"], "nowhere/*.csv is not there, and no file matches it"),
        (["--class", "no.csv"], "no.csv is not there"),
        (["--class", "handed-in/empty"], "has no CSV file"),
        (["--class"], "expected at least one argument"),
        (["--html", "x.html"], "--class FILE, which is missing"),
        (["--class", "handed-in", "--csv", "x.csv"], "one at a time"),
        (["--class", "handed-in", "--name", "Ann"], "--csv FILE"),
        (
            ["--class", "handed-in", "--html", "."],
            "is a folder; name a file in it: --html class.html",
        ),
        (["--class", "handed-in", "--html", "no/where.html"], "cannot be written"),
        (["--class", "other"], "None of the files can be counted: other/a.csv is empty"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_one_sentence(folder, arguments, words):
    """Wrong arguments end in a Problem, which the command line prints."""
    (folder / "empty").mkdir()
    (folder.parent / "other").mkdir()
    (folder.parent / "other" / "a.csv").touch()
    with pytest.raises(Problem) as caught:
        progress(arguments)
    assert words in str(caught.value).replace(os.sep, "/")
    assert "\n" not in str(caught.value)
