"""The exercises in the notebooks: all placed, untouched as stored, and solvable in place."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lessons_lib.lessons import lessons

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = [(lesson, NOTEBOOKS / f"{lesson.number}_{lesson.name}.ipynb") for lesson in lessons()]

every_lesson = pytest.mark.parametrize(
    ("lesson", "path"), LESSONS, ids=[path.stem for _, path in LESSONS]
)


def exercise_cells(notebook):
    """Return the cells that hold an exercise, by the question's name."""
    found = {}
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("exercise:"):
                found[tag.removeprefix("exercise:")] = cell
    return found


@every_lesson
def test_every_question_has_its_cell(lesson, path):
    """Each question of the lesson is asked in the notebook, and no other."""
    cells = exercise_cells(nbformat.read(path, as_version=4))
    assert set(cells) == set(lesson.questions)


@every_lesson
def test_every_exercise_is_stored_untouched(lesson, path):
    """What the learner finds is the question's starter."""
    cells = exercise_cells(nbformat.read(path, as_version=4))
    changed = [n for n, q in lesson.questions.items() if cells[n].source != q.starter_cell]
    assert not changed


@every_lesson
def test_every_exercise_is_asked_in_its_own_words(lesson, path):
    """The text above a cell is the question's, with its table as it is computed now."""
    notebook = nbformat.read(path, as_version=4)
    said = " ".join(" ".join(c.source.split()) for c in notebook.cells if "source" in c)
    asked = [q for q in lesson.questions.values() if q.kind not in ("choice", "prediction")]
    assert not [q.name for q in asked if " ".join(q.text.split()) not in said]


@every_lesson
def test_notebook_with_all_solutions_runs_green(lesson, path, tmp_path, monkeypatch):
    """With each starter replaced by its solution, every cell runs and all questions are done."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    for name, cell in exercise_cells(notebook).items():
        cell.source = lesson.questions[name].solution_cell
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    (table,) = [c for c in notebook.cells if c.source == "progress()"]
    count = len(lesson.questions)
    text = "".join(output.get("data", {}).get("text/plain", "") for output in table.outputs)
    assert f"{count} of {count} questions done" in text, text
