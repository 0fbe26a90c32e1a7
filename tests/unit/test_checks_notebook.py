"""The questions in a real kernel: cells as learners have them, stopped loops, errors at a line."""

import nbformat
import pytest
from nbclient import NotebookClient

from lessons_lib.lessons.neuron import exercises as neuron

IMPORTS = (
    "import math\n"
    "import numpy as np\n"
    "from lessons_lib.lessons.neuron import ask, check, hint, progress, reveal, solution\n"
    "from lessons_lib.lessons.neuron import exercises as neuron"
)
ENDLESS = """\
def linear_unit(X, w, b):
    while True:
        try:
            while True:
                X.sum()
        except:
            print("never")

neuron.linear_unit.time_limit = 0.3
check.linear_unit(linear_unit)"""
BROKEN = """\
def sigmoid(z):
    total = 0
    return 1 / total

check.sigmoid(sigmoid)"""


def run_notebook(cells, folder):
    """Run cells in a kernel and return the outputs of each."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell.outputs for cell in notebook.cells]


def text_of(outputs):
    """The plain text of a cell's only output."""
    (output,) = outputs
    return output["data"]["text/plain"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Outputs of all starters, all solutions, an endless loop and an error, in one kernel."""
    folder = tmp_path_factory.mktemp("kernel")
    questions = list(neuron.lesson.questions.values())
    cells = [f"import os; os.environ['LESSONS_WORKSPACE'] = {str(folder)!r}\n{IMPORTS}"]
    cells += [q.starter_cell for q in questions]
    cells += [q.solution_cell for q in questions]
    cells += [ENDLESS, BROKEN, "1 + 1", "reveal.huge_learning_rate()", "progress()"]
    outputs = run_notebook(cells, folder)
    n = len(questions)
    names = [q.name for q in questions]
    return {
        "starters": dict(zip(names, outputs[1 : n + 1], strict=True)),
        "solutions": dict(zip(names, outputs[n + 1 : 2 * n + 1], strict=True)),
        "endless": outputs[-5],
        "broken": outputs[-4],
        "after": outputs[-3],
        "reveal": outputs[-2],
        "progress": outputs[-1],
    }


@pytest.mark.parametrize("name", list(neuron.lesson.questions))
def test_starter(ran, name):
    """An untouched cell runs without an error and counts as not attempted."""
    assert text_of(ran["starters"][name]).startswith("○ Not attempted")


@pytest.mark.parametrize("name", list(neuron.lesson.questions))
def test_solution(ran, name):
    """A solved cell is right, and gives nothing but its feedback."""
    last = ran["solutions"][name][-1]["data"]["text/plain"]
    assert last.startswith(("✓ Right", "· Recorded"))
    assert "text/html" in ran["solutions"][name][-1]["data"]


def test_endless_loop_is_stopped_and_the_kernel_lives(ran):
    """The loop ends with a sentence, and the next cells run."""
    assert "had not finished after 0.3 seconds" in text_of(ran["endless"])
    assert text_of(ran["after"]) == "2"


def test_error_at_the_line_of_the_cell(ran):
    """The learner's own line of the cell, with its number in the cell."""
    text = text_of(ran["broken"])
    assert "ZeroDivisionError: division by zero" in text
    assert "at line 3 of your code" in text
    assert "\n    return 1 / total\n" in text


def test_reveal_and_progress(ran):
    """The prediction is revealed, and all is in the table."""
    assert text_of(ran["reveal"]).startswith("✓ Right")
    total = len(neuron.lesson.questions)
    assert f"{total} of {total} questions done." in text_of(ran["progress"])
