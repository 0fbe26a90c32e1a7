"""The knobs of what a trainer trains on: its points, painted by a hand."""

from collections.abc import Sequence
from typing import Any

from lessons_lib._ground.turns import Turn
from lessons_lib.live._knob import Knob
from lessons_lib.live._training_set import ROOM

_PAINTED = f"""Edits of the training points, as a tuple; () for the points as they were given.

    An entry ``(number, x1, x2, y)`` gives the point of that number this place and this target: the
    number of its class, or that of a regression. ``(number,)`` wipes it out. Numbers from 0 on are
    those of the samples as they were given, -1, -2, ... of points painted in, for {ROOM} of which
    there is room; `numbers` tells them. They count from the next update on.
    """


def knobs_of_data(trainer: Any) -> list[Knob]:
    """Return the rows for what can be changed in the data of a trainer."""
    rows = []
    if trainer._set.brush is not None and not trainer._embeds:
        rows.append(_painted())
    return rows


def data_first(trainer: Any, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns with which a run begins in an order in which each can be made.

    Edits suit the data as they are by now, and the batch size their number.
    """
    later = {turn.name: turn for turn in turns}
    rows = reversed(knobs_of_data(trainer))
    first = [
        later.pop(knob.name)._replace(value=knob.read(trainer))
        for knob in rows
        if knob.name in later
    ]
    if not first:
        return tuple(turns)
    last = [later.pop("batch_size")] if "batch_size" in later else []
    return (*first, *later.values(), *last)


def _painted() -> Knob:
    return Knob(
        name="painted",
        words="paint",
        short="",
        meaning=_PAINTED,
        tooltip="training points painted in, moved and wiped out",
        read=lambda trainer: trainer._set.painted,
        check=lambda trainer, value: trainer._set.checked(value),
        apply=_paint,
        values=lambda trainer: (),
        control="",
        say=_in_words,
        keep=lambda trainer: trainer._set.setting,
        bring_back=_bring_back,
    )


def _paint(trainer: Any, painted: tuple) -> None:
    trainer._set.paint(painted)
    trainer._use_data()


def _bring_back(trainer: Any, setting: Any) -> None:
    """Return to data as a snapshot has kept them."""
    if trainer._set.setting != setting:
        trainer._set.bring_back(setting)
        trainer._use_data()


def _in_words(painted: tuple) -> str:
    """Return how many points are painted in, moved and wiped out."""
    counts = {
        "painted": sum(number < 0 for number, *_ in painted),
        "moved": sum(number >= 0 and bool(point) for number, *point in painted),
        "wiped": sum(not point for _, *point in painted),
    }
    said = [f"{count} {what}" for what, count in counts.items() if count]
    if not said:
        return "points as given"
    first, *rest = said
    count, what = first.split()
    return ", ".join([f"{count} point{'s' * (count != '1')} {what}", *rest])
