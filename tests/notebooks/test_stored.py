"""What is stored in the notebooks: complete, executed, clean, and in step with their text."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
SOURCES = sorted((REPOSITORY / "notebooks" / "src").glob("[0-9]*.py"))

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    """Return the code cells of a notebook that are not empty."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def outputs(path):
    """Return all stored outputs of a notebook."""
    return [output for cell in code_cells(path) for output in cell.outputs]


def load_build():
    """Return notebooks/build.py as a module; it is a tool and not part of the package."""
    spec = importlib.util.spec_from_file_location("build", REPOSITORY / "notebooks" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_has_a_notebook_and_the_other_way_round():
    """notebooks/ and notebooks/src/ hold the same lessons."""
    assert NOTEBOOKS
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in SOURCES]


@every_notebook
def test_notebook_agrees_with_its_text(path):
    """Cells, in kind, text and metadata, are those of notebooks/src."""
    assert load_build().in_step(path.parent / "src" / f"{path.stem}.py")


@every_notebook
def test_execution_counts_run_from_one(path):
    """Each code cell was executed, once, in order: nbval skips cells without a count."""
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_there_are_outputs_to_compare(path):
    """At least a third of the code cells leave text that nbval compares."""
    compared = [
        cell
        for cell in code_cells(path)
        if "nbval-ignore-output" not in cell.metadata.get("tags", [])
        and any(
            o.output_type == "stream" or "text/plain" in o.get("data", {}) for o in cell.outputs
        )
    ]
    assert len(compared) >= len(code_cells(path)) / 3


@every_notebook
def test_no_stderr_and_no_error_is_stored(path):
    """No red output."""
    kinds = [(o.output_type, o.get("name")) for o in outputs(path)]
    assert not [kind for kind in kinds if kind[0] == "error" or kind[1] == "stderr"]


@every_notebook
def test_no_widget_state_is_stored(path):
    """Stored widget state would hide the stored pictures on a web page."""
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


@every_notebook
def test_every_panel_stores_its_picture_and_sentence(path):
    """A widget's output has a picture and words for readers without a kernel."""
    view = "application/vnd.jupyter.widget-view+json"
    for output in outputs(path):
        data = output.get("data", {})
        if view in data:
            assert "image/png" in data
            assert len(data["text/plain"].split()) > 3


@every_notebook
def test_no_path_of_a_machine_is_stored(path):
    """Nothing tells where the notebook was executed."""
    text = json.dumps([o for o in outputs(path)], ensure_ascii=False)
    text = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not re.search(r"/(home|root|tmp|Users)/|[A-Z]:\\\\|site-packages", text)


@every_notebook
def test_links_to_other_lessons_lead_somewhere(path):
    """Each link to a notebook or a picture names a file that exists."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target


@every_notebook
def test_no_imported_name_gets_another_meaning(path):
    """A cell that assigns to ``pictures`` takes the lesson's pictures from all later cells."""
    code = re.sub(r"^%.*$", "", "\n".join(cell.source for cell in code_cells(path)), flags=re.M)
    nodes = list(ast.walk(ast.parse(code)))
    imported = {
        alias.asname or alias.name.split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert not imported & stored


@every_notebook
def test_cells_are_short(path):
    """A cell holds one idea: at most 15 lines of code."""
    long = [cell.source for cell in code_cells(path) if cell.source.count("\n") >= 15]
    assert not long
