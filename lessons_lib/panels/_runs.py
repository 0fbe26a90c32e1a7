"""The table of runs: how far each came, what was turned in it and when, and its losses."""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np

from lessons_lib.plots import loss_in_words

_LOSSES = {"loss": "training loss", "val_loss": "validation loss"}
_NONE = "–"


class Record(NamedTuple):
    """What is kept of a run.

    Attributes
    ----------
    name : str
        What it is called: ``"this run"``.
    history : dict of str to list of float
        As `lessons_lib.live.LiveTrainer.history`.
    marks : sequence of lessons_lib.live.Mark
        The turns of its knobs.
    """

    name: str
    history: dict[str, list]
    marks: Sequence[Any]


def runs_of(trainer: Any) -> list[Record]:
    """Return the present run of a trainer, and the one before where there is one."""
    runs = [Record("this run", trainer.history, trainer.marks)]
    if (before := trainer.previous_history) is not None:
        runs.append(Record("run before", before, trainer.previous_marks))
    return runs


def table_of(runs: Sequence[Record]) -> str:
    """Return runs as an HTML table, one in a row."""
    losses = {name: words for name, words in _LOSSES.items() if name in runs[0].history}
    ends = [head for words in losses.values() for head in (_head(words), _lowest(words))]
    rows = [[_head("run"), _head("steps"), *ends, _head("turned at step")]]
    rows += [
        [
            _head(run.name, "row"),
            _cell(f"{(run.history['step'] or [0])[-1]:,}"),
            *(_cell(words) for name in losses for words in _ends(run.history[name])),
            f"<td>{_turns(run.marks)}</td>",
        ]
        for run in runs
    ]
    lines = ["".join(cells) for cells in rows]
    return f"<table><tr>{'</tr><tr>'.join(lines)}</tr></table>"


def _head(words: str, of: str = "col") -> str:
    return f'<th scope="{of}">{words}</th>'


def _lowest(words: str) -> str:
    """Return the head beside that of a loss, which who hears it alone has to hear in full."""
    return f'<th scope="col" aria-label="lowest {words}">lowest</th>'


def _cell(words: str) -> str:
    return f'<td class="lessons-number">{words}</td>'


def _ends(losses: Sequence[float]) -> tuple[str, str]:
    """Return the last and the lowest of some losses in words."""
    finite = [loss for loss in losses if np.isfinite(loss)]
    return (
        loss_in_words(losses[-1]) if losses else _NONE,
        loss_in_words(min(finite)) if finite else _NONE,
    )


def _turns(marks: Sequence[Any]) -> str:
    """Return all turns in words; those before the first step are where the run began."""
    turns = [f"{f'{mark.step:,}' if mark.step else 'start'}: {mark.change}" for mark in marks]
    return "; ".join(f"<span>{html.escape(turn)}</span>" for turn in turns) or _NONE


def runs_box() -> widgets.HTML:
    """Return a place for the table, which takes no room while it is empty."""
    # It scrolls, so a keyboard must come to it; _controls.js names it.
    return widgets.HTML(tabbable=True).add_class("lessons-runs")
