"""What it means for a panel's controls that somebody has pressed on a picture."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import ipywidgets as widgets

from lessons_lib.panels._controls import nearest, next_value, pairs_of, same
from lessons_lib.plots import Scene


class Pick(NamedTuple):
    """A press on something in a picture, a move with it, or its end.

    Attributes
    ----------
    view : int
        Which picture, counted from the left.
    item, kind : str
        Name and kind of what was picked, as the picture has stated it.
    index : int or list of int
        Which of its points or bars; row and column of a cell.
    x, y : float
        Where it is now, in the picture's numbers.
    phase : str
        "start", "move" or "end"; what is only pressed has "end" alone.
    value : int, optional
        Of a painted image: 1 where the cell gets painted, 0 where it gets wiped.
    to : list of int, optional
        Row and column of the cell to which a rectangle reaches that was spanned from the other.
    by : sequence of two float
        How far it has been moved to the right and upwards since the pick before, as parts of the
        picture's width and height.
    way : sequence of two int
        With an arrow key, whether x and y become larger, 1, or smaller, -1.
    """

    view: int
    item: str
    kind: str
    index: int | Sequence[int]
    x: float
    y: float
    phase: str
    value: int | None = None
    to: Sequence[int] | None = None
    by: Sequence[float] = (0, 0)
    way: Sequence[int] = (0, 0)


def keep_settable(scenes: Sequence[Scene], controls: Mapping[str, widgets.Widget]) -> None:
    """Let pictures offer only what this panel can set: its own controls."""
    for scene in scenes:
        for name, item in scene.items.items():
            look = _settable(item.look, controls)
            if look != item.look:
                for entry in scene.legend["entries"] if scene.legend else ():
                    if entry["look"] == item.look:
                        entry["look"] = look
                scene.items[name] = item._replace(look=look)


def _settable(look: dict[str, Any], controls: Mapping[str, widgets.Widget]) -> dict[str, Any]:
    """Return a look that sets none but these controls."""
    picks = look.get("picks")
    if isinstance(picks, str) and picks != "each" and picks not in controls:
        look = {key: value for key, value in look.items() if key != "picks"}
    sets = look.get("sets", "")
    if isinstance(sets, str):
        kept = sets if sets in controls else ""
    else:
        kept = tuple(one if one in controls else "" for one in sets)
    rest = {key: value for key, value in look.items() if key != "sets"}
    return rest | {"sets": kept} if any(kept) else rest


def choose(control: widgets.Widget, index: int) -> None:
    """Let a list have the value that stands there where a picked item stands among its like."""
    control.value = pairs_of(control)[index][1]


def set_controls(
    controls: Mapping[str, widgets.Widget], look: Mapping[str, Any], pick: Pick
) -> None:
    """Set what an item of this look sets, as far as the controls can have it.

    A key moves a control by one of its values at least, however far apart they are.
    """
    if isinstance(sets := look["sets"], str):
        if pick.value is not None and hasattr(control := controls[sets], "paint"):
            control.paint(*pick.index, pick.value)
        return
    zeros, ones = look.get("zero", (0, 0)), look.get("one", (1, 1))
    for name, place, way, zero, one in zip(
        sets, (pick.x, pick.y), pick.way, zeros, ones, strict=True
    ):
        if name:
            control = controls[name]
            way = way if one > zero else -way
            value, now = nearest(control, (place - zero) / (one - zero)), control.value
            short = way and (same(value, now) or (value > now) != (way > 0))
            control.value = next_value(control, way) if short else value
