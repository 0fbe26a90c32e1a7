"""The curves of several runners over their steps, beside those of the runs before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessons_lib import plots
from lessons_lib._ground.values import listed, shortened
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._past import Record

_Histories = dict[str, Mapping[str, list]]


class Curves:
    """A picture of one quantity of several runners.

    Parameters
    ----------
    quantity : str, optional
        An entry of their histories, of those that have it. Without it the loss of each, that of
        validation where all have one; or all losses that they have.
    """

    def __init__(self, quantity: str | None = None):
        self.quantity = quantity

    def __call__(self, ax: plots.Place, memory: Memory, log: bool = False) -> plots.Picture:
        """Draw the whole present run and the others; ``log`` for equal distances as ratios."""
        present = _histories(memory.records(memory.present))
        quantity = self.quantity or _loss_of(present)
        return plots.compared_curves(
            ax,
            _with(quantity, present),
            others=[
                plots.OtherRun(run.name, _with(quantity, _histories(run.records)), run.number)
                for run in memory.others
            ],
            now=memory.now,
            quantity=quantity or "loss",
            log=log,
        )

    def check(self, runners: Mapping[str, Any]) -> None:
        """Raise where none of the runners has the quantity, and say what there is."""
        histories = [getattr(runner, "history", None) for runner in runners.values()]
        there = dict.fromkeys(
            name for one in histories if isinstance(one, Mapping) for name in one if name != "step"
        )
        if self.quantity is not None and self.quantity not in there:
            has = f"these have {listed(map(repr, there))}" if there else "these keep no history"
            raise ValueError(
                "The name of a picture is that of a quantity in the runners' histories, and "
                f"{has}; received {shortened(self.quantity)}."
            )


def _histories(records: Mapping[str, Record]) -> _Histories:
    return {name: record.history for name, record in records.items()}


def _loss_of(histories: _Histories) -> str:
    """Return which loss all of them have; "" where they have several each, by other names."""
    shared = (
        name
        for name in ("val_loss", "loss")
        if all(name in history for history in histories.values())
    )
    return next(shared, "")


def _with(quantity: str, histories: _Histories) -> _Histories:
    """Return those histories that have a quantity; without one a history for each loss."""
    if quantity:
        return {name: history for name, history in histories.items() if quantity in history}
    losses = {
        f"{name} {column.removesuffix('_loss')}".strip(): {"step": history["step"], "loss": values}
        for name, history in histories.items()
        for column, values in history.items()
        if column == "loss" or column.endswith("_loss")
    }
    return losses or histories
