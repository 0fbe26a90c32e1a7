"""The tool that makes notebooks of the lessons' text, on lessons of two or three cells."""

import base64
import importlib.util
import io
import os
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from lessons_lib.lessons import neuron

REPOSITORY = Path(__file__).parents[2]
TEXT = """\
# %% [markdown]
# All cells together run in about 99 seconds.

# %%
import os
print(os.environ["LESSONS_DATA_DIR"], os.environ["LESSONS_WORKSPACE"])
"""


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """notebooks/build.py as a module, with two small lessons for its own."""
    spec = importlib.util.spec_from_file_location("build", REPOSITORY / "notebooks" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    (tmp_path / "src").mkdir()
    for name in ("01_one.py", "02_two.py"):
        (tmp_path / "src" / name).write_text(TEXT)
    return module


def type_in(tool, monkeypatch, *arguments):
    """Run the tool as it is typed; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["build.py", *arguments])
    return tool.main()


def pretend_built(tool, number, count):
    """Write the notebook of a lesson with this execution count."""
    (source,) = (tool.NOTEBOOKS / "src").glob(f"{number}_*.py")
    notebook = tool.read_source(source)
    notebook.cells[1].execution_count = count
    nbformat.write(notebook, tool.NOTEBOOKS / f"{source.stem}.ipynb")


def test_every_lesson_gets_the_contributors_data_and_no_workspace(tool, tmp_path, monkeypatch):
    """A data folder that is set serves all lessons, the workspace none, and both stay set."""
    monkeypatch.setenv("LESSONS_DATA_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path / "work"))
    assert type_in(tool, monkeypatch) == 0
    for name in ("01_one", "02_two"):
        cells = nbformat.read(tmp_path / f"{name}.ipynb", as_version=4).cells
        data, workspace = cells[1].outputs[0].text.split()
        assert data == str(tmp_path / "mine")
        assert workspace != str(tmp_path / "work")
        assert "99" not in cells[0].source  # the measured time stands there now
    assert os.environ["LESSONS_DATA_DIR"] == str(tmp_path / "mine")
    assert os.environ["LESSONS_WORKSPACE"] == str(tmp_path / "work")


def test_a_notebook_that_was_never_executed_is_out_of_step(tool, monkeypatch, capsys):
    """The same cells without execution counts, as jupytext alone writes them, are not enough."""
    pretend_built(tool, "01", 1)
    pretend_built(tool, "02", None)
    assert type_in(tool, monkeypatch, "--check") == 1
    assert capsys.readouterr().out == "02_two: the notebook is out of step with its text\n"


def test_check_of_one_lesson_judges_that_lesson(tool, monkeypatch, capsys):
    """A lesson in step is not called out of step because it was named."""
    pretend_built(tool, "01", 1)
    assert type_in(tool, monkeypatch, "--check", "01") == 0
    assert capsys.readouterr().out == ""
    assert type_in(tool, monkeypatch, "--check", "02") == 1


@pytest.mark.parametrize("typed", ["1", "one", "03"])
def test_an_unknown_lesson_is_told(tool, monkeypatch, capsys, typed):
    """A number that no lesson has does not pass for a lesson built."""
    with pytest.raises(SystemExit, match="2"):
        type_in(tool, monkeypatch, typed)
    assert f"there is no lesson {typed}; the lessons are 01, 02" in capsys.readouterr().err


def test_pictures_are_stored_smaller_and_look_the_same(tool):
    """A colourful map takes less than half the room, and no colour is far from what it was."""
    ramp = np.linspace(10, 245, 200)
    colours = np.stack([*np.meshgrid(ramp, ramp), np.full((200, 200), 90.0)], axis=-1)
    grain = np.random.default_rng(0).integers(-3, 4, colours.shape)
    pixels = (colours + grain).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    stored = base64.b64decode(tool._smaller(base64.b64encode(stream.getvalue()).decode()))
    assert len(stored) < len(stream.getvalue()) / 2
    shown = np.asarray(Image.open(io.BytesIO(stored)).convert("RGB")).astype(int)
    assert np.abs(shown - pixels).max() < 24


ASKED = """\
# %% [markdown] tags=["question:mae"]
# ### Your turn
#
# {question}

# %% tags=["exercise:mae"]

# %%
1 + 1
"""


@pytest.fixture
def asked(tool):
    """The text of a lesson that asks a question of lesson 01, with its notebook as built."""
    (tool.NOTEBOOKS / "src" / "01_one.py").unlink()
    source = tool.NOTEBOOKS / "src" / "01_neuron.py"
    source.write_text(ASKED)
    notebook = tool.read_source(source)
    for count, cell in enumerate(notebook.cells[1:], start=1):
        cell.execution_count = count
        cell.outputs = [nbformat.v4.new_output("stream", text=f"output {count}")]
    nbformat.write(notebook, tool.NOTEBOOKS / "01_neuron.ipynb")
    return source


def stored(source):
    """Return the cells of the notebook that belongs to a lesson's text."""
    return nbformat.read(source.parent.parent / f"{source.stem}.ipynb", as_version=4).cells


def test_a_question_is_put_where_its_tags_are(asked):
    """Text and starter come from the lesson's exercises."""
    text, starter, _ = stored(asked)
    assert text.source == f"### Your turn\n\n{neuron.lesson.questions['mae'].text}"
    assert starter.source == neuron.lesson.questions["mae"].starter_cell


def test_a_sentence_changed_in_an_exercise_reaches_the_notebook(tool, asked, monkeypatch):
    """One place is edited; nothing is run, and no output changes."""
    before = stored(asked)
    monkeypatch.setattr(neuron.lesson.questions["mae"], "text", "Another sentence.")
    assert not tool.in_step(asked)
    assert type_in(tool, monkeypatch, "--text", "01") == 0
    assert tool.in_step(asked)
    text, *code = stored(asked)
    assert text.source == "### Your turn\n\nAnother sentence."
    assert code == before[1:]


def test_prose_may_come_and_go_without_a_run(tool, asked, monkeypatch):
    """Outputs stay with their code."""
    asked.write_text(f"# %% [markdown]\n# First.\n\n{ASKED}")
    assert type_in(tool, monkeypatch, "--text") == 1  # 02 has no notebook yet
    assert stored(asked)[0].source == "First."
    assert [c.outputs[0].text for c in stored(asked)[2:]] == ["output 1", "output 2"]


def test_code_that_differs_is_named_and_left(tool, asked, monkeypatch, capsys):
    """Its outputs would not be its own."""
    asked.write_text(ASKED.replace("1 + 1", "1 + 2"))
    before = stored(asked)
    assert type_in(tool, monkeypatch, "--text", "01") == 1
    assert "01_neuron: code cell 2 (`1 + 2`) has changed: build this" in capsys.readouterr().out
    assert stored(asked) == before


@pytest.mark.parametrize(
    ("old", "new", "must"),
    [
        ("{question}", "Write `mae`.", "tagged question:mae must hold {question} once"),
        ('mae"]\n\n', 'mae"]\nmae = ...\n\n', "tagged exercise:mae must be empty"),
    ],
)
def test_a_text_written_twice_is_refused(tool, asked, old, new, must):
    """As it comes about when a paired notebook is saved."""
    asked.write_text(ASKED.replace(old, new))
    with pytest.raises(ValueError, match=must):
        tool.read_source(asked)
