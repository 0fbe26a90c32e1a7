"""Progress is kept in one file, whole or not at all, and never in the way of a check."""

import json
import linecache
import os

import pytest

from lessons_lib.checks import Lesson, Number, Outcome, _progress
from lessons_lib.lessons import neuron
from lessons_lib.lessons.neuron import exercises

pytestmark = pytest.mark.usefixtures("workspace")


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
    """What is tried, asked and read after the right answer neither takes it away nor counts."""
    neuron.check.undecided(9)
    neuron.check.undecided(3)
    before = stored(workspace)
    neuron.check.undecided(8)
    neuron.hint.undecided()
    neuron.solution.undecided()
    assert stored(workspace) == before
    assert before["neuron.undecided"]["tries"] == 2


def test_hints_and_solution_before_the_right_answer_count(workspace, monkeypatch):
    """They tell what it took."""
    monkeypatch.setattr(neuron.lesson, "_hints_given", {})
    neuron.hint.undecided()
    neuron.hint.undecided()
    neuron.check.undecided(9)
    neuron.solution.undecided()
    neuron.check.undecided(3)
    entry = stored(workspace)["neuron.undecided"]
    assert (entry["hints"], entry["solution_seen"], entry["tries"]) == (2, True, 2)


def test_each_counted_try_keeps_its_mistake(workspace):
    """By name, and empty where it is none that the question knows; the right try has none."""
    for answer in ([3, 5, 7], [3, 5, 7], [0, 0, 0], [2, 4, 6], "no answer", [1, 3, 5]):
        neuron.check.by_hand(answer)
    entry = stored(workspace)["neuron.by_hand"]
    assert entry["mistakes"] == ["wrong_sign", "", "forgot_bias"]
    assert entry["tries"] == 4


def test_the_list_of_mistakes_ends_somewhere(workspace):
    """Whoever has a loop guess keeps a file that can be read."""
    for guess in range(60):
        neuron.check.undecided(100 + guess)
    entry = stored(workspace)["neuron.undecided"]
    assert entry["tries"] == 60
    assert len(entry["mistakes"]) == len(entry["answers"]) == 50


def test_predictions_are_kept_as_given(workspace, monkeypatch):
    """In their order, without what only repeats the last one, and none after the reveal."""
    monkeypatch.setattr(neuron.lesson, "_predictions", {})
    for letter in "aacab":
        neuron.check.huge_learning_rate(letter)
    neuron.reveal.huge_learning_rate()
    neuron.check.huge_learning_rate("c")
    entry = stored(workspace)["neuron.huge_learning_rate"]
    assert entry["predictions"] == ["a", "c", "a", "b"]
    assert (entry["tries"], entry.get("mistakes")) == (3, None)


@pytest.fixture
def renamed():
    """A lesson whose question `mse` was called `square` at first."""
    lesson = Lesson("01", "neuron")
    said = {"__doc__": "Nine?", "solution": lambda: 9, "id": "square"}
    lesson.question(type("mse", (Number,), said))
    return lesson


def test_a_renamed_question_finds_its_progress(workspace, renamed):
    """It goes on under its first name, and is shown under its present one."""
    entry = {"outcome": "not yet", "tries": 3, "answers": ["x"]}
    content = {"version": 1, "answers": {"neuron.square": entry}}
    (workspace / "progress.json").write_text(json.dumps(content))
    renamed.verbs[0].mse(9)
    assert stored(workspace)["neuron.square"]["tries"] == 4
    (row,), _ = _progress.rows([renamed])
    assert (row["id"], row["question"], row["state"]) == ("neuron.square", "mse", "right")


VERSION_1 = {
    "neuron.undecided": {
        **{"answers": ["0123456789ab"], "tries": 1, "outcome": "right", "hints": 2},
        **{"first": "2026-01-05T10:00:00+01:00", "last": "2026-01-05T10:00:00+01:00"},
    },
    "neuron.huge_learning_rate": {
        **{"answers": ["a", "c"], "tries": 2, "prediction": "c", "outcome": "not yet"},
        **{"first": "2026-01-05T10:05:00+01:00", "last": "2026-01-05T10:06:00+01:00"},
    },
}


def test_a_file_of_version_1_is_read_on(workspace, monkeypatch):
    """Nothing in it is lost: its last prediction is the only one that it knows."""
    monkeypatch.setattr(neuron.lesson, "_predictions", {})
    content = {"version": 1, "answers": VERSION_1}
    (workspace / "progress.json").write_text(json.dumps(content))
    table, note = _progress.rows([neuron.lesson])
    rows = {row["question"]: row for row in table}
    assert note == ""
    assert (rows["undecided"]["state"], rows["undecided"]["hints"]) == ("right", 2)
    assert rows["huge_learning_rate"]["predictions"] == ["c"]
    neuron.reveal.huge_learning_rate()
    neuron.check.huge_learning_rate("a")
    now = stored(workspace)
    assert now["neuron.undecided"] == VERSION_1["neuron.undecided"]
    assert now["neuron.huge_learning_rate"]["predictions"] == ["c"]
    assert [path.name for path in workspace.iterdir()] == ["progress.json"]


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
        b'{"answers": {"neuron.mse": {"mistakes": [3]}}}',
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
