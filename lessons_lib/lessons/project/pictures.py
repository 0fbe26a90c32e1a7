"""The pictures of the lesson on a project of one's own."""

import numpy as np

from lessons_lib.lessons.project.record import FEWEST, Project
from lessons_lib.plots import BLUE, GREY, INK, VERMILLION, Pen, Picture, Place


def counted(rows: float) -> str:
    """Return "1 row", or "30 rows"."""
    return "1 row" if rows == 1 else f"{rows:.0f} rows"


def group_errors(ax: Place, project: Project) -> Picture:
    """Draw the network's error in each group of validation rows, and on all of them.

    Groups of fewer than ten rows are grey: their error says little. The sentence names the worst
    of the others. A group whose script the font of print does not have stands there by its number.

    Parameters
    ----------
    project : Project
        With a network that has been trained.
    """
    groups, data = project.by_group(), project.prepared
    whole = project.error(data.X_val, data.y_val)
    top = 1.25 * max(float(groups["error"].max()), whole, 1e-9)
    names = [_in_print(str(name), f"group {i + 1}") for i, name in enumerate(groups.index)]
    pen = Pen(
        *(ax, "", _in_print(str(project.look_by), "groups, in the order of the table"), "error"),
        *((-0.6, len(groups) - 0.4), (0, top)),
        xticks=dict(enumerate(names)),
    )
    worst = project.worst_group
    for i, (name, row) in enumerate(groups.iterrows()):
        color = GREY if row["rows"] < FEWEST else VERMILLION if name == worst else BLUE
        height, edges = row["error"], np.array([i - 0.35, i + 0.35])
        pen.bars(f"bar {i}", np.array([height]), edges, color=color, alpha=0.85)
        words = counted(row["rows"])
        pen.text(f"rows {i}", i, height + 0.02 * top, words, anchor="bottom", size=10)
    pen.mark_y("all", whole, color=INK, dash="--", label="all rows")
    pen.legend()
    return pen.done(
        f"The error is {groups.loc[worst, 'error']:.3g} in the group “{worst}” of "
        f"{counted(groups.loc[worst, 'rows'])}, and {whole:.3g} on all {len(data.y_val)} "
        "validation rows."
    )


def _in_print(text, otherwise):
    """Return a text if matplotlib's font has its script: Chinese, Thai and many more it has not."""
    lacks = any(0x0900 <= ord(letter) < 0x1E00 or ord(letter) >= 0x2E80 for letter in text)
    return otherwise if lacks else text
