"""python -m lessons_lib progress: what is shown, and what is written for handing in."""

import csv
import locale
import os

import pytest

from lessons_lib.commands._course import Problem
from lessons_lib.commands.progress import progress as command
from lessons_lib.lessons import lessons, neuron

pytestmark = pytest.mark.usefixtures("workspace")


def test_table(capsys):
    """All lessons by default."""
    assert command([]) == 0
    printed = capsys.readouterr().out
    for lesson in lessons():
        assert all(name in printed for name in lesson.questions)


@pytest.mark.parametrize("name", ["01", "1", "neuron", "Neuron"])
def test_one_lesson(capsys, name):
    """By number or by name."""
    assert command([name]) == 0
    assert "linear_unit" in capsys.readouterr().out


def test_csv(workspace, capsys):
    """One row for each question, without a name unless it is given."""
    neuron.check.undecided(3)
    path = workspace / "me.csv"
    assert command(["01", "--csv", str(path)]) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["question"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(neuron.lesson.questions)
    assert rows["undecided"]["state"] == "right"
    assert "name" not in rows["undecided"]


def test_csv_with_a_name(workspace):
    """The name is what the learner typed, in any script."""
    path = workspace / "me.csv"
    command(["--csv", str(path), "--name", "王小明, 3A"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert {row["name"] for row in csv.DictReader(file)} == {"王小明, 3A"}


@pytest.mark.parametrize("file", [[], ["-"]])
def test_csv_without_a_file_is_printed(workspace, capsys, file, monkeypatch):
    """Bare, or with the usual name of standard output: no file of that name is made."""
    monkeypatch.chdir(workspace)
    assert command(["01", "--name", "Ann", "--csv", *file]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("name,")
    assert all(line.startswith("Ann,") for line in lines[1:])
    assert list(workspace.iterdir()) == []


def test_csv_holds_what_was_tried_and_predicted(workspace):
    """Mistakes by name, in order, and the letters of a prediction; the lesson's number stays 01."""
    for answer in ([3, 5, 7], [0, 0, 0], [1, 3, 5]):
        neuron.check.by_hand(answer)
    for letter in "ac":
        neuron.check.huge_learning_rate(letter)
    command(["--csv", str(workspace / "me.csv")])
    with (workspace / "me.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    row = rows["neuron.by_hand"]
    assert (row["lesson"], row["question"]) == ("01_neuron", "by_hand")
    assert (row["state"], row["tries"], row["mistakes"]) == ("right", "3", "wrong_sign, ?")
    assert rows["neuron.huge_learning_rate"]["predictions"] == "a, c"


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("=1+1", "'=1+1"),
        ("+49 170", "'+49 170"),
        ("-", "'-"),
        ("@ann", "'@ann"),
        ("\t=1+1", "'=1+1"),
        ("＝1", "'＝1"),
        ("Ann\r\nB.", "Ann B."),
        ("Ann-Kathrin =", "Ann-Kathrin ="),
    ],
)
def test_a_name_is_no_formula(workspace, name, stands):
    """Whoever opens the file has a spreadsheet compute nothing that a learner typed."""
    command(["01", "--csv", str(workspace / "me.csv"), f"--name={name}"])
    with (workspace / "me.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["name"] for row in csv.DictReader(file)} == {stands}


@pytest.mark.parametrize(
    ("name", "separator"), [(",", ","), (";", ";"), ("tab", "\t"), ("TAB", "\t"), ("\t", "\t")]
)
def test_separator(workspace, name, separator):
    """What some spreadsheets expect; a name that holds one stays whole."""
    path = workspace / "me.csv"
    command(["01", "--csv", str(path), "--name", "A, B; C", "--separator", name])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    assert {row["name"] for row in rows} == {"A, B; C"}
    assert {row["lesson"] for row in rows} == {"01_neuron"}


@pytest.mark.parametrize(("point", "separator"), [(",", ";"), (".", ",")])
def test_separator_of_the_system(workspace, monkeypatch, point, separator):
    """A semicolon where numbers are written 0,5; and the process keeps its own settings."""
    before = locale.setlocale(locale.LC_NUMERIC)
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": point})
    command(["01", "--csv", str(workspace / "me.csv"), "--separator", "system"])
    first = (workspace / "me.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert first.startswith(f"id{separator}lesson{separator}")
    assert locale.setlocale(locale.LC_NUMERIC) == before


def test_settings_of_a_system_that_cannot_be_read(monkeypatch):
    """Nothing is guessed: which separator it is, is asked for."""
    given = locale.setlocale

    def not_installed(category, name=None):
        if name == "":
            raise locale.Error("unsupported locale setting")
        return given(category, name)

    monkeypatch.setattr(locale, "setlocale", not_installed)
    with pytest.raises(Problem, match="say which separator you want"):
        command(["01", "--csv", "--separator", "system"])


@pytest.mark.skipif(os.name == "nt", reason="there is no such encoding there")
def test_csv_with_a_name_from_another_encoding(workspace):
    """Bytes that were no letters for the terminal end neither the command nor the file."""
    command(["--csv", str(workspace / "me.csv"), "--name", os.fsdecode(b"Zo\xeb")])
    with (workspace / "me.csv").open(encoding="utf-8-sig") as file:
        assert {row["name"] for row in csv.DictReader(file)} == {"Zo\N{REPLACEMENT CHARACTER}"}
    assert [path.name for path in workspace.iterdir()] == ["me.csv"]


@pytest.mark.parametrize("name", ["3", "Backprop", "03_backprop", "03_backprop.ipynb"])
def test_a_lesson_has_the_names_it_has_elsewhere(name, capsys):
    """What `lab` and `reset` take, `progress` takes."""
    assert command([name]) == 0
    assert "lesson 03" in capsys.readouterr().out


def test_csv_in_the_place_of_a_folder(workspace):
    """A folder is not replaced, and nothing half-written stays beside it."""
    (workspace / "me.csv").mkdir()
    with pytest.raises(Problem, match=r"me\.csv is a folder; name a file in it"):
        command(["--csv", str(workspace / "me.csv")])
    assert [path.name for path in workspace.iterdir()] == ["me.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["99"], "no lesson `99`"),
        (["00"], "00_playground has no questions"),
        (["--name", "x"], "--csv FILE"),
        (["--separator", ";"], "--csv FILE"),
        (["--csv", "--separator", "|"], "'|' is none of them"),
        (["--nonsense"], "--nonsense"),
        (["--csv", "/nowhere/at/all/x.csv"], "cannot be written"),
        (["--csv", "."], "is a folder"),
        (["--csv="], "is a folder"),
        (["--csv", "new/"], "is a folder"),
    ],
)
def test_mistakes_are_one_sentence(arguments, words):
    """Wrong arguments end in a Problem, which the command line prints."""
    with pytest.raises(Problem) as caught:
        command(arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_help(capsys):
    """--help tells the arguments and is no error."""
    assert command(["--help"]) == 0
    assert "--csv" in capsys.readouterr().out
