"""Lesson 09 with its one cell changed: the scaffold on a table that a learner brings."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from nbclient import NotebookClient

from lessons_lib.lessons.project import lesson

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "09_project.ipynb"
CHANGED = """\
file = "my.csv"
target = "kind"
question = "Which fruit comes next?"
look_by = "place"
"""


def written(path):
    """Write a file with three classes, words in two scripts, gaps, dates and a decimal comma."""
    rng, n = np.random.default_rng(0), 240
    table = pd.DataFrame({"day": pd.date_range("2024-01-13", periods=n).strftime("%d.%m.%Y")})
    table["place"] = rng.choice(["Köln", "台北", None], n, p=[0.5, 0.4, 0.1])
    table["weight"] = rng.normal(5, 1, n).round(2)
    table["length"] = (0.2 * table["weight"] + rng.normal(0, 0.2, n)).round(2)
    table["kind"] = np.array(["pear", "plum", "fig"])[np.digitize(table["weight"], [4.5, 5.5])]
    table.loc[::9, "weight"] = np.nan
    table.to_csv(path, sep=";", decimal=",", index=False)


def test_one_changed_cell_makes_it_a_project_on_another_table(tmp_path, monkeypatch):
    """All cells run, each solution is right for this table, and the run card tells of it."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    written(tmp_path / "my.csv")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.source.startswith("# Yours: file")]
    cell.source = CHANGED
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("exercise:"):
                cell.source = lesson.questions[tag.partition(":")[2]].solution_cell
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    told = "\n".join(output.get("data", {}).get("text/plain", "") for output in outputs)
    assert f"{len(lesson.questions)} of {len(lesson.questions)} questions done" in told
    card = (tmp_path / "project_card.html").read_text("utf-8")
    for part in ("Which fruit comes next?", "3 classes: fig, pear, plum", "台北", "in order of"):
        assert part in card, part
