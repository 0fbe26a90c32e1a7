"""The table of runs says how far each came, what was turned when, and its losses."""

import re
from types import SimpleNamespace

import pytest

from lessons_lib.panels._runs import Record, table_of


def mark(step, change):
    """Return a turn of a knob."""
    return SimpleNamespace(step=step, change=change)


def history(losses, **others):
    """Return a history with a row at every tenth step."""
    return {"step": [10 * (n + 1) for n in range(len(losses))], "loss": losses} | others


def cells(table):
    """Return the words of each cell, by row."""
    rows = re.findall("<tr>(.*?)</tr>", table)
    return [[re.sub("<[^>]*>", "", c) for c in re.split("(?=<t[hd])", row)[1:]] for row in rows]


def test_each_run_has_a_row_with_its_steps_losses_and_turns():
    """Last and lowest loss of training and validation, and every turn, the first steps' too."""
    runs = [
        Record("this run", history([0.5, 0.25], val_loss=[0.5, 0.75]), [mark(0, "width 8 → 4")]),
        Record(
            "run before",
            history([0.5] * 200, val_loss=[0.625] * 200),
            [mark(10, "l2 0 → 0.1"), mark(1500, "<b>")],
        ),
    ]
    assert cells(table_of(runs)) == [
        ["run", "steps", "training loss", "lowest", "validation loss", "lowest", "turned at step"],
        ["this run", "20", "0.25", "0.25", "0.75", "0.5", "start: width 8 → 4"],
        ["run before", "2,000", "0.5", "0.5", "0.625", "0.625", "10: l2 0 → 0.1; 1,500: &lt;b&gt;"],
    ]  # fmt: skip


def test_every_head_says_of_what_it_is():
    """Of a column, or of a row, for those who hear the table."""
    table = table_of(
        [Record("this run", history([1.0]), []), Record("run before", history([]), [])]
    )
    heads = re.findall('<th scope="(col|row)"[^>]*>([^<]*)<', table)
    assert [words for scope, words in heads if scope == "row"] == ["this run", "run before"]
    assert [words for scope, words in heads if scope == "col"] == cells(table)[0]
    assert 'aria-label="lowest training loss"' in table


@pytest.mark.parametrize(
    ("losses", "last", "lowest"),
    [
        ([], "–", "–"),
        ([2.0, float("inf")], "infinite", "2"),
        ([2.0, 1e30], "1e30", "2"),
        ([float("nan")], "undefined", "–"),
    ],
)
def test_losses_that_are_no_ordinary_numbers_are_words(losses, last, lowest):
    """Before the first step, and after a divergence."""
    table = table_of([Record("this run", history(losses), [])])
    assert cells(table)[1][2:4] == [last, lowest]
