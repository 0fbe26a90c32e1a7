"""A learner who begins in the middle of a notebook is told so in one sentence."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from lessons_lib._ground import memory
from lessons_lib.commands import _course

LESSONS = sorted((Path(__file__).parents[2] / "notebooks" / "src").glob("*.py"))


def imported(lesson):
    """The names that a lesson's first code cell imports."""
    cells = jupytext.read(lesson).cells
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    nodes = [node for node in ast.walk(ast.parse(first)) if hasattr(node, "names")]
    return {(alias.asname or alias.name).split(".")[0] for node in nodes for alias in node.names}


def outputs_of(cells, monkeypatch):
    """Run cells in a kernel as `lab` starts it, also behind errors."""
    for name, value in _course.variables().items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    NotebookClient(notebook, timeout=300, allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def test_tools_used_before_the_first_cell(monkeypatch):
    """Each name that the first cells import is told; other errors are Python's own."""
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    names = sorted(set.union(*map(imported, LESSONS)))
    cells = [f"({name})" for name in names]  # in brackets no name is one of IPython's commands
    cells += ["something_else", "1 / 0", "[n for n in dir() if 'prepare' in n]"]
    *told, mine, zero, left = outputs_of(cells, monkeypatch)
    for name, (output,) in zip(names, told, strict=True):
        assert output["traceback"] == [
            f"NameError: `{name}` is not there yet. Run the notebook's first code cell, which "
            "fetches the tools, and then this cell again."
        ]
    assert "name 'something_else' is not defined" in mine[0]["traceback"][-1]
    assert "not there yet" not in mine[0]["traceback"][-1]
    assert zero[0]["ename"] == "ZeroDivisionError"
    assert left[0]["data"]["text/plain"] == "[]"


def test_what_the_course_refuses_is_told_below_the_learners_own_line(monkeypatch):
    """One sentence, and no way through our code; a function of the learner's is on the way."""
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    cells = [
        "from lessons_lib import datasets\ndef mine(name):\n    return datasets.read_table(name)",
        "mine('nowhere.csv')",
        "datasets.train_val_split([1, 2], [1, 2], val_fraction='half')",
        "from lessons_lib.lessons.project import Project\nimport pandas\n"
        "Project(pandas.DataFrame({'a': [1]}), 'a').targt = 'a'",
        "int('x')",
        "import json; json.loads('{')",
    ]
    _, (file,), (fraction,), (name,), (own,), (other,) = outputs_of(cells, monkeypatch)
    said = "\n".join(file["traceback"])
    assert "There is no file nowhere.csv" in file["evalue"]
    assert "nowhere.csv" in file["traceback"][-1]
    assert "mine(" in said
    assert "read_table(" in said
    assert "Did you mean project.target?" in name["traceback"][-1]
    for output in (file, fraction, name):
        assert "lessons_lib/" not in "\n".join(output["traceback"])
    assert "val_fraction must be a number" in fraction["traceback"][-1]
    assert "invalid literal" in own["traceback"][-1]
    assert "decoder.py" in "\n".join(other["traceback"])


def test_an_array_for_which_there_is_no_room_is_told_below_the_learners_own_line(monkeypatch):
    """One sentence, and no way through NumPy's code or ours."""
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    cells = [
        "from lessons_lib import nn\ndef mine(n):\n    return nn.Dense(n, n)",
        "mine(10**8)",
    ]
    (output,) = outputs_of(cells, monkeypatch)[1]
    assert output["ename"] == "MemoryError"
    assert output["evalue"].startswith("There is no room for ")
    said = "\n".join(output["traceback"])
    assert re.search(r"In.*\[2\].*, line 1", said)
    assert re.search(r"In.*\[1\].*, line 3.*mine", said)
    assert ".py" not in said


@pytest.fixture
def one_processor():
    """Let a kernel have one processor: for each it may hold more, and more must be filled."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    yield
    os.sched_setaffinity(0, all_of_them)


@pytest.mark.skipif(sys.platform != "linux", reason="JupyterHub's students are on Linux")
@pytest.mark.usefixtures("one_processor")
@pytest.mark.parametrize("size", [16, 1000])
def test_who_has_filled_all_memory_is_told_and_goes_on(monkeypatch, size):
    """Nothing at all is left then, neither for the sentence nor for deleting what fills it."""
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    monkeypatch.setenv(memory.LIMIT, "400000000")
    fill = f"filled = []\nwhile True:\n    filled.append(bytearray({size}))"
    for outputs, shown in zip(
        outputs_of([fill, "1 + 1", "del filled", fill, "del filled\n2 + 2"], monkeypatch),
        ["There is no room for this", "2", None, "There is no room for this", "4"],
        strict=True,
    ):
        told = [one.get("evalue") or one.data["text/plain"] for one in outputs]
        assert [one.startswith(shown) for one in told] == [True] * (shown is not None)


def test_a_startup_file_of_the_learners_own_is_kept(monkeypatch):
    """Whoever has set one keeps it."""
    monkeypatch.setenv("PYTHONSTARTUP", "mine.py")
    assert _course.variables()["PYTHONSTARTUP"] == "mine.py"


def test_a_python_in_a_terminal_starts_in_silence(monkeypatch):
    """JupyterLab's terminals inherit the variable; their Python has no cells."""
    monkeypatch.delenv("PYTHONSTARTUP", raising=False)
    done = subprocess.run(
        [sys.executable, "-i", "-q", "-c", "pass"],
        env={**os.environ, **_course.variables()},
        input="print('_prepare' in globals())\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
    assert "Error" not in done.stderr
