"""The table of runs: what was turned in each and when, how far it came, and its losses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from lessons_lib.panels._page import module_of
from lessons_lib.plots import BLUE, INK, VERMILLION, loss_in_words, run_look, series

if TYPE_CHECKING:
    from lessons_lib.panels._memory import Memory
    from lessons_lib.panels._past import PastRun, Record
    from lessons_lib.plots._look import Look

_LOSSES = {"loss": "training loss", "val_loss": "validation loss"}
_CURVES: dict[str, Look] = {  # of the present run, as `Pen` draws them
    "loss": {"color": BLUE, "dash": "-"},
    "val_loss": {"color": VERMILLION, "dash": "--"},
}


def rows_of(memory: Memory) -> list[dict[str, Any]]:
    """Return the runs of a panel as plain dictionaries, such as pandas takes.

    Parameters
    ----------
    memory : Memory
        What the panel remembers.

    Returns
    -------
    list of dict
        One a run, oldest first; of several networks, which have a ``"network"`` each, one for
        each of them. The last value of each loss stands under its name in the history, the
        lowest under ``"lowest loss"`` and the like; None where there is none.
    """
    return [
        _row(memory, run, network, record)
        for run in memory.runs
        for network, record in memory.records(run).items()
    ]


def _row(memory: Memory, run: PastRun, network: str, record: Record) -> dict[str, Any]:
    history = record.history
    row: dict[str, Any] = {"run": run.name}
    if network:
        row["network"] = network
    row |= {
        "present": run is memory.present,
        "shown": run.shown,
        "from": _origin(run),
        "updates": _steps(history) if network else run.step,
        "seconds": round(run.seconds, 3),
        "turned": _turns(record.marks),
    }
    for name in losses_in(history):
        row[name], row[f"lowest {name}"] = _ends(history[name])
    return row


def _steps(history: Mapping[str, list]) -> int:
    """Return how far a network came; of several, one may have ended before the others."""
    return [0, *history.get("step", ())][-1]


def _origin(run: PastRun) -> str:
    """Return where a run was forked from; "" where it began by itself."""
    return "" if run.origin is None else f"{run.origin[0]} at step {run.origin[1]:,}"


def _turns(marks: Iterable[Any], since: int = 0, origin: str = "") -> str:
    """Return the turns from a step on in words, those of one step together.

    Before the first step is where a run began; one that was forked there has an ``origin``.
    """
    changes: dict[int, list[str]] = {since: []} if origin else {}
    for mark in marks:
        if mark.step >= since:
            changes.setdefault(mark.step, []).append(mark.change)
    places = {0: "start"} | ({since: f"from {origin}"} if origin else {})
    return "; ".join(
        ": ".join(filter(None, [places.get(step, f"{step:,}"), ", ".join(turned)]))
        for step, turned in changes.items()
    )


def losses_in(history: Mapping[str, list]) -> list[str]:
    """Return which entries of a history are compared: the losses, or how low a race came."""
    return [name for name in _LOSSES if name in history] or [
        name for name in history if name.endswith(("loss", "height"))
    ]


def _ends(losses: list[float]) -> tuple[float | None, float | None]:
    """Return the last and the lowest of some losses."""
    finite = [loss for loss in losses if np.isfinite(loss)]
    return (losses[-1] if losses else None), min(finite, default=None)


class RunsTable(anywidget.AnyWidget):
    """The table of runs in the page; ``_runs.js`` writes it.

    Parameters
    ----------
    memory : Memory
        The runs, and what can be done with them.
    changed : callable
        Takes a sentence on what was done, and whether another run is the present one now; draws
        the pictures anew, and has the table follow.
    later : callable
        As for `lessons_lib.panels._page.Page`: takes a function, and calls it when the kernel
        has time.

    Attributes
    ----------
    table : dict
        What stands in it; while it is empty there is no table, and it takes no room.
    """

    _esm = module_of(["_runs.js"], "strokes")
    table = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        memory: Memory,
        changed: Callable[[str, bool], None],
        later: Callable[[Callable[[], None]], None],
    ):
        self._memory, self._changed, self._later = memory, changed, later
        super().__init__()
        self.add_class("lessons-runs")  # the name by which _page.css arranges it
        self.on_msg(self._hear)

    def follow(self, shown: bool) -> None:
        """Write what the memory has now, or nothing; it is sent where it is something new."""
        self.table = _table(self._memory) if shown else {}

    def _hear(self, _, message: dict, buffers) -> None:
        self._later(partial(self._act, **message))

    def _act(self, act: str, run: str, to: Any = None) -> None:
        """Do with a run what its row was asked for; one that is gone by now is let be."""
        found = next((one for one in self._memory.runs if one.name == run), None)
        if found is None:
            return
        before = self._memory.present
        try:
            said = _ACTS[act](self._memory, found, to)
        except ValueError as error:
            said = str(error)
        self._changed(said, self._memory.present is not before)


def _shown(memory: Memory, run: PastRun, shown: bool) -> str:
    memory.show(run, shown)
    return f"The curve of {run.name} is {'shown' if shown else 'hidden'}."


def _gone_to(memory: Memory, run: PastRun, _: None) -> str:
    memory.go_to(run)
    return f"Back in {run.name}, at step {run.step:,}."


def _dropped(memory: Memory, run: PastRun, _: None) -> str:
    memory.drop(run)
    return f"Dropped {run.name}."


def _renamed(memory: Memory, run: PastRun, name: str) -> str:
    former = run.name
    memory.rename(run, name)
    return f"The name of {former} is {run.name} now."


_ACTS = {"show": _shown, "go_to": _gone_to, "drop": _dropped, "rename": _renamed}


# --- what the page writes -------------------------------------------------------------------------


def _table(memory: Memory) -> dict[str, list]:
    """Return heads of the losses, and the runs as lines of words."""
    histories = [one.history for run in memory.runs for one in memory.records(run).values()]
    losses = list(dict.fromkeys(name for history in histories for name in losses_in(history)))
    return {
        "losses": [_LOSSES.get(name, name.replace("_", " ")) for name in losses],
        "runs": [_run(memory, run, losses) for run in memory.runs],
    }


def _run(memory: Memory, run: PastRun, losses: list[str]) -> dict[str, Any]:
    """Return a run's line, and one for each of its networks where it has several."""
    look = None if run is memory.present else run_look(run.number)
    records = memory.records(run)
    history, marks = records.get("", ({}, ()))
    since = run.origin[1] if run.origin else 0  # what was before stands in the other run's line
    return {
        "key": run.number,
        "name": run.name,
        "present": look is None,
        "shown": run.shown,
        "looks": _looks(look, history, alone=memory.others == [run]),
        "numbers": [f"{run.step:,}", _seconds(run.seconds), *_numbers(history, losses)],
        "turned": _turns(marks, since, _origin(run)),
        "networks": [
            {
                "name": name,
                "looks": [series(number) | ({"dash": look["dash"]} if look else {})],
                "numbers": [f"{_steps(record.history):,}", "", *_numbers(record.history, losses)],
                "turned": _turns(record.marks, since),
            }
            for number, (name, record) in enumerate(records.items())
            if name
        ],
    }


def _looks(look: Look | None, history: Mapping[str, list], alone: bool) -> list[Look]:
    """Return how a run's curves are drawn, with its look if it is not the present one.

    Training and validation are both drawn of the present run, and of one that is alone beside it.
    Of several networks, which have no common history, each has a colour of its own.
    """
    curves = [_CURVES[name] for name in _CURVES if name in history]
    if look is None:
        return curves
    if alone and curves:
        return [curve | {"color": look["color"]} for curve in curves]
    return [look if history else look | {"color": INK}]


def _seconds(seconds: float) -> str:
    return f"{seconds:,.{2 if seconds < 10 else 0}f}"


def _numbers(history: Mapping[str, list], losses: list[str]) -> list[str]:
    """Return the last and the lowest of each loss in words; nothing of one that it has not."""
    return [
        "" if name not in history else "–" if end is None else loss_in_words(end)
        for name in losses
        for end in _ends(history.get(name, []))
    ]
