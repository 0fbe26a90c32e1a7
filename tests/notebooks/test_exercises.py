"""The exercises in the notebooks: all placed, asked in words written once, solvable in place."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lessons_lib.checks import Choice, Prediction
from lessons_lib.commands import _workspace
from lessons_lib.lessons import lessons

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SANITIZE = Path(__file__).with_name("sanitize.cfg")
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers
UNSOLVED = r"the lesson's own, until (yours passes its check|you have trained yours)"
LESSONS = [(lesson, NOTEBOOKS / f"{lesson.number}_{lesson.name}.ipynb") for lesson in lessons()]

every_lesson = pytest.mark.parametrize(
    ("lesson", "path"), LESSONS, ids=[path.stem for _, path in LESSONS]
)


def tagged(notebook, part):
    """Return the cells whose tag begins with this part, by the question's name."""
    found = {}
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith(f"{part}:"):
                found[tag.partition(":")[2]] = cell
    return found


@every_lesson
def test_every_question_has_its_cell(lesson, path):
    """Each question is asked in the notebook, above its cell unless it shows its text itself."""
    notebook = nbformat.read(path, as_version=4)
    shown = {n for n, q in lesson.questions.items() if isinstance(q, Choice)}
    assert set(tagged(notebook, "exercise")) == set(lesson.questions)
    assert set(tagged(notebook, "question")) == set(lesson.questions) - shown


def parts_of(cell):
    """Return a cell's tags as (part, name of the question)."""
    return [tag.partition(":")[::2] for tag in cell.metadata.get("tags", [])]


@every_lesson
def test_answers_stand_below_their_questions(lesson, path):
    """What a learner does not see yet is marked: at least one cell for each prediction."""
    asked, answered = set(), set()
    for cell in nbformat.read(path, as_version=4).cells:
        for part, name in parts_of(cell):
            if part == "exercise":
                asked.add(name)
            elif part == "answers" and name:
                assert cell.cell_type == "code", name
                assert name in asked, f"{name} is not asked above the cell that answers it"
                answered.add(name)
    predictions = {n for n, q in lesson.questions.items() if isinstance(q, Prediction)}
    assert predictions <= answered


def test_learners_copies_hold_no_notes_and_no_answers(tmp_path, monkeypatch):
    """Every copy is a valid notebook without them, and nothing else is missing in it."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    _workspace.make_copies()
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        copy = nbformat.read(tmp_path / path.name, as_version=4)
        nbformat.validate(copy)
        whole = nbformat.read(path, as_version=4).cells
        whole = [c for c in whole if c.metadata.get("slideshow") != {"slide_type": "notes"}]
        for cell, before in zip(copy.cells, whole, strict=True):
            if "answers" in dict(parts_of(cell)):
                assert (cell.outputs, cell.execution_count) == ([], None)
                before = before | {"outputs": [], "execution_count": None}
            assert cell == before


@every_lesson
def test_a_questions_text_stands_once(lesson, path):
    """No sentence that a question says is written in the lesson's text a second time."""
    source = (path.parent / "src" / f"{path.stem}.py").read_text("utf-8")
    prose = " ".join(re.sub(r"^# ?", "", source, flags=re.M).split())
    for question in lesson.questions.values():
        sentences = re.split(r"(?<=[.:?!])\s+", " ".join(question.text.split()))
        assert not [s for s in sentences if len(s) > 25 and s in prose], question.name


# What a lesson has taken so far, in kB: asked by the cell that loads TensorFlow.
SPARING = """\
read = __import__("re").search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
assert int(read[1]) < 250_000
"""


def kept_small(notebook):
    """Let a lesson fail whose cells before Keras take a quarter of a gigabyte."""
    first = next(cell for cell in notebook.cells if "from lessons_lib import live" in cell.source)
    first.source = SPARING + first.source


def solved(lesson, path):
    """Return a lesson's notebook with all solutions, and what is stored changed accordingly."""
    notebook = nbformat.read(path, as_version=4)
    exercises = tagged(notebook, "exercise")
    for name, cell in exercises.items():
        cell.source = lesson.questions[name].solution_cell
    for cell in notebook.cells:
        if cell in exercises.values() or "reveal." in cell.source:
            cell.metadata.setdefault("tags", []).append("nbval-ignore-output")
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = re.sub(UNSOLVED, "yours", output.text)
    (table,) = [cell for cell in notebook.cells if cell.source == "progress()"]
    count = len(lesson.questions)
    table.source = f'assert "{count} of {count} questions done" in repr(progress())'
    table.outputs = []
    return notebook


@every_lesson
def test_notebook_with_all_solutions_runs_green_without_data_and_network(lesson, path, tmp_path):
    """With each starter replaced by its solution, all questions are done, and every other cell
    prints what is stored: on the stand-ins, of an empty data folder and no way out, too.
    """
    notebook, data = tmp_path / path.name, tmp_path / "data"
    whole = solved(lesson, path)
    if sys.platform == "linux" and path.stem[:2] <= "04":  # 05 and 06 use scikit-learn before
        kept_small(whole)
    nbformat.write(whole, notebook)
    data.mkdir()
    environment = os.environ | {
        "LESSONS_DATA_DIR": str(data),
        "LESSONS_WORKSPACE": str(tmp_path),
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "no_proxy": "",
    }
    options = ["-q", "--nbval", f"--nbval-sanitize-with={SANITIZE}", "-p", "no:cacheprovider"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(notebook)],
        cwd=NOTEBOOKS,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]
    assert not list(data.iterdir())
