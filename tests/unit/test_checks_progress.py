"""Progress is kept in one file, whole or not at all, and never in the way of a check."""

import csv
import json
import linecache
import os

import pytest

from lessons_lib.checks import Outcome, _progress
from lessons_lib.commands._course import Problem
from lessons_lib.commands.progress import progress as command
from lessons_lib.lessons import lessons, neuron
from lessons_lib.lessons.neuron import exercises


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of the test's own, and a lesson that has told nothing yet."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.setenv("LESSONS_WORKSPACE", str(folder))
    monkeypatch.setattr(neuron.lesson, "_told", set())
    return folder


def stored(folder):
    """The answers in the file."""
    return json.loads((folder / "progress.json").read_text(encoding="utf-8"))["answers"]


def test_answers_are_kept(workspace):
    """Outcome, tries and times of each answer."""
    neuron.check.undecided(9)
    neuron.check.undecided(3)
    entry = stored(workspace)["neuron.undecided"]
    assert (entry["outcome"], entry["tries"]) == ("right", 2)
    assert entry["first"] <= entry["last"]


def test_right_stays_right(workspace):
    """A later wrong try does not take a right answer away."""
    neuron.check.undecided(3)
    neuron.check.undecided(9)
    assert stored(workspace)["neuron.undecided"]["outcome"] == "right"


def tries(folder, name):
    """How many tries are counted for a question of lesson 01."""
    path = folder / "progress.json"
    return stored(folder).get(f"neuron.{name}", {}).get("tries", 0) if path.exists() else 0


NO_ANSWERS = {
    "undecided": [..., None, "", "many", (2, 9), [...], len, 3j, object()],
    "quiz_bias": [..., None, "", " ", "…", "...", "z", "ab", 2, ["a"]],
    "huge_learning_rate": [..., None, "", "z", 2],
    "mse": [..., None, "", 3.0, exercises.mse.starter],
    "three_input_unit": [..., None, "", 3.0, lambda: ...],
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_is_no_try(workspace, name):
    """Nothing is counted, nothing recorded."""
    pytest.importorskip("keras")
    for answer in NO_ANSWERS[name]:
        getattr(neuron.check, name)(answer)
        getattr(neuron.check, name)(answer, answer)
    assert list(workspace.iterdir()) == []


def cell(name, source):
    """What a cell's run makes of a source: each time a new function or model."""
    namespace = dict(vars(exercises))
    lines = source.splitlines(keepends=True)
    linecache.cache[f"<{source}>"] = (len(source), None, lines, f"<{source}>")
    exec(compile(source, f"<{source}>", "exec"), namespace)
    return namespace[name]


MODEL = """\
import keras
three_input_unit = keras.Sequential([keras.Input((3,)), keras.layers.Dense({}, {!r})])
"""
TWO_ANSWERS = {
    "undecided": ("undecided = 9", "undecided = 8"),
    "quiz_bias": ("quiz_bias = 'a'", "quiz_bias = 'c'"),
    "huge_learning_rate": ("huge_learning_rate = 'a'", "huge_learning_rate = 'c'"),
    # Both are the same mistake and get the same words.
    "mse": ("def mse(t, p): return abs(t - p).sum()", "def mse(t, p): return sum(abs(t - p))"),
    "three_input_unit": (MODEL.format(1, "tanh"), MODEL.format(2, "tanh")),
}


@pytest.mark.parametrize("name", TWO_ANSWERS)
def test_an_unchanged_answer_is_no_further_try(workspace, name, monkeypatch):
    """Run All twice, or in a new kernel, counts each answer once; a changed one counts."""
    pytest.importorskip("keras")
    one, other = TWO_ANSWERS[name]
    for source, expected in [(one, 1), (one, 1), (other, 2), (one, 2), (other, 2)]:
        getattr(neuron.check, name)(cell(name, source))
        assert tries(workspace, name) == expected


def test_another_verdict_is_another_try(workspace):
    """A function that is unchanged and calls one that is not, is tried again."""
    source = "def mse(t, p): return helper(t, p)"
    for helper in (lambda t, p: 0 * t.sum(), lambda t, p: ((t - p.ravel()) ** 2).mean()):
        mse = cell("mse", source)
        mse.__globals__["helper"] = helper
        neuron.check.mse(mse)
    assert tries(workspace, "mse") == 2
    assert stored(workspace)["neuron.mse"]["outcome"] == "right"


def test_untouched_starters_leave_no_file(workspace):
    """Only answers are recorded."""
    neuron.check.undecided(...)
    neuron.check.quiz_bias(...)
    assert list(workspace.iterdir()) == []


def test_missing_workspace_is_made(workspace, monkeypatch):
    """The first answer makes the folder."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(workspace / "a" / "b"))
    neuron.check.undecided(3)
    assert stored(workspace / "a" / "b")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"answers": 3}',
        b'{"answers": {"x": 1}}',
        b'{"answers": {"neuron.mse": {"tries": "many"}}}',
        b"[" * 100_000,
    ],
)
def test_damaged_file_is_set_aside_and_said_so(workspace, content):
    """The damaged file is kept under a dated name, and the answer is recorded in a new one."""
    (workspace / "progress.json").write_bytes(content)
    feedback = neuron.check.undecided(3)
    assert feedback.outcome is Outcome.RIGHT
    (aside,) = workspace.glob("progress-damaged-20*.json")
    assert aside.read_bytes() == content
    assert aside.name in feedback.text.replace("\n", " ")
    assert stored(workspace)["neuron.undecided"]["outcome"] == "right"


def test_two_damaged_files_are_both_kept(workspace):
    """The second within a second does not replace the first."""
    for content in ("one", "two"):
        (workspace / "progress.json").write_text(content)
        _progress.read()
    kept = {path.read_text() for path in workspace.glob("progress-damaged-*.json")}
    assert kept == {"one", "two"}


def test_folder_that_cannot_be_written(workspace, monkeypatch):
    """One sentence, once; the check works."""
    blocked = workspace / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("LESSONS_WORKSPACE", str(blocked / "workspace"))
    feedback = neuron.check.undecided(3)
    assert feedback.outcome is Outcome.RIGHT
    assert "Your progress is not kept" in " ".join(feedback.text.split())
    assert "progress" not in neuron.check.undecided(3).text


def test_file_that_cannot_be_read_just_now_is_not_replaced(workspace, monkeypatch):
    """What was answered before is still there when the file can be read again."""
    neuron.check.undecided(3)
    before = stored(workspace)

    def locked(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(type(workspace), "read_text", locked)
        feedback = neuron.check.count_updates(exercises.count_updates.solution)
    assert feedback.outcome is Outcome.RIGHT
    assert "cannot be read (Permission denied)" in " ".join(feedback.text.split())
    assert stored(workspace) == before


@pytest.mark.parametrize("verb", ["check", "reveal"])
def test_damaged_file_is_told_by_predictions_too(workspace, monkeypatch, verb):
    """Predictions look into the file before they write it; the note is not lost on the way."""
    monkeypatch.setattr(neuron.lesson, "_predictions", {})
    (workspace / "progress.json").write_text("{")
    answers = ("a",) if verb == "check" else ()
    feedback = getattr(neuron, verb).huge_learning_rate(*answers)
    (aside,) = workspace.glob("progress-damaged-20*.json")
    assert aside.name in feedback.text.replace("\n", " ")


def test_interrupted_write_leaves_the_former_file(workspace, monkeypatch):
    """The file is replaced as a whole: a failure on the way changes nothing."""
    neuron.check.undecided(9)
    before = stored(workspace)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    feedback = neuron.check.undecided(3)
    assert "No space left on device" in feedback.text
    assert stored(workspace) == before
    assert [path.name for path in workspace.iterdir()] == ["progress.json"]


def test_table_in_the_notebook(workspace):
    """progress() lists every question of its lesson with its state."""
    neuron.check.undecided(3)
    neuron.check.huge_learning_rate("a")
    lines = neuron.progress().text.splitlines()
    assert "1 of" in lines[1]
    assert any("undecided" in line and "right" in line for line in lines)
    assert any("huge_learning_rate" in line and "predicted" in line for line in lines)
    assert len(lines) == len(neuron.lesson.questions) + 3


def test_revealed_prediction_is_done(workspace):
    """Nobody can predict twice, so a wrong prediction does not stay open for ever."""
    neuron.check.huge_learning_rate("a")
    neuron.reveal.huge_learning_rate()
    assert "1 of" in neuron.progress().text


class TestCommand:
    """python -m lessons_lib progress."""

    def test_table(self, capsys):
        """All lessons by default."""
        assert command([]) == 0
        printed = capsys.readouterr().out
        for lesson in lessons():
            assert all(name in printed for name in lesson.questions)

    @pytest.mark.parametrize("name", ["01", "1", "neuron", "Neuron"])
    def test_one_lesson(self, capsys, name):
        """By number or by name."""
        assert command([name]) == 0
        assert "linear_unit" in capsys.readouterr().out

    def test_csv(self, workspace, capsys):
        """One row for each question, without a name unless it is given."""
        neuron.check.undecided(3)
        path = workspace / "me.csv"
        assert command(["01", "--csv", str(path)]) == 0
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = {row["question"]: row for row in csv.DictReader(file)}
        assert set(rows) == set(neuron.lesson.questions)
        assert rows["undecided"]["state"] == "right"
        assert "name" not in rows["undecided"]

    def test_csv_with_a_name(self, workspace):
        """The name is what the learner typed, in any script."""
        path = workspace / "me.csv"
        command(["--csv", str(path), "--name", "王小明, 3A"])
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert {row["name"] for row in csv.DictReader(file)} == {"王小明, 3A"}

    @pytest.mark.parametrize("file", [[], ["-"]])
    def test_csv_without_a_file_is_printed(self, workspace, capsys, file, monkeypatch):
        """Bare, or with the usual name of standard output: no file of that name is made."""
        monkeypatch.chdir(workspace)
        assert command(["01", "--name", "Ann", "--csv", *file]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("name,")
        assert all(line.startswith("Ann,") for line in lines[1:])
        assert list(workspace.iterdir()) == []

    @pytest.mark.skipif(os.name == "nt", reason="there is no such encoding there")
    def test_csv_with_a_name_from_another_encoding(self, workspace):
        """Bytes that were no letters for the terminal end neither the command nor the file."""
        command(["--csv", str(workspace / "me.csv"), "--name", os.fsdecode(b"Zo\xeb")])
        with (workspace / "me.csv").open(encoding="utf-8-sig") as file:
            assert {row["name"] for row in csv.DictReader(file)} == {"Zo\N{REPLACEMENT CHARACTER}"}
        assert [path.name for path in workspace.iterdir()] == ["me.csv"]

    @pytest.mark.parametrize("name", ["3", "Backprop", "03_backprop", "03_backprop.ipynb"])
    def test_a_lesson_has_the_names_it_has_elsewhere(self, name, capsys):
        """What `lab` and `reset` take, `progress` takes."""
        assert command([name]) == 0
        assert "lesson 03" in capsys.readouterr().out

    def test_csv_in_the_place_of_a_folder(self, workspace):
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
            (["--nonsense"], "--nonsense"),
            (["--csv", "/nowhere/at/all/x.csv"], "cannot be written"),
            (["--csv", "."], "is a folder"),
            (["--csv="], "is a folder"),
            (["--csv", "new/"], "is a folder"),
        ],
    )
    def test_mistakes_are_one_sentence(self, arguments, words):
        """Wrong arguments end in a Problem, which the command line prints."""
        with pytest.raises(Problem) as caught:
            command(arguments)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_help(self, capsys):
        """--help tells the arguments and is no error."""
        assert command(["--help"]) == 0
        assert "--csv" in capsys.readouterr().out
