"""The exercises in the notebooks: all placed, asked in words written once, solvable in place."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lessons_lib.checks import Choice
from lessons_lib.lessons import lessons

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
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


@every_lesson
def test_a_questions_text_stands_once(lesson, path):
    """No sentence that a question says is written in the lesson's text a second time."""
    source = (path.parent / "src" / f"{path.stem}.py").read_text("utf-8")
    prose = " ".join(re.sub(r"^# ?", "", source, flags=re.M).split())
    for question in lesson.questions.values():
        sentences = re.split(r"(?<=[.:?!])\s+", " ".join(question.text.split()))
        assert not [s for s in sentences if len(s) > 25 and s in prose], question.name


@every_lesson
def test_notebook_with_all_solutions_runs_green(lesson, path, tmp_path, monkeypatch):
    """With each starter replaced by its solution, every cell runs and all questions are done."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    for name, cell in tagged(notebook, "exercise").items():
        cell.source = lesson.questions[name].solution_cell
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, resources=folder).execute()
    (table,) = [c for c in notebook.cells if c.source == "progress()"]
    count = len(lesson.questions)
    text = "".join(output.get("data", {}).get("text/plain", "") for output in table.outputs)
    assert f"{count} of {count} questions done" in text, text
