"""Painting on a map of the plane: points are added, moved and wiped out while a network trains."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib.panels._controls import Choice
from lessons_lib.panels._furniture import small
from lessons_lib.panels._pick import Pick

if TYPE_CHECKING:
    from ipywidgets import Widget

    from lessons_lib.panels._views import NetworkViews

_KNOB = "painted"  # the row in which a trainer keeps what was painted
_SPRAY = 0.05  # of the picture's width, at least between two points that one drag adds
_EVERY = 0.1  # seconds between two turns of a point that is dragged: each is kept
_ADDS = "add "  # before what a point is added as


def hand_control(seen: NetworkViews) -> Widget:
    """Return what a press on the map does: nothing, add a point of a class or value, move, wipe."""
    words = "class" if seen.classes else "value"
    adds = [(f"add {words} {y:.3g}", f"{_ADDS}{y}") for y in _targets(seen)]
    options = [("leave as they are", ""), *adds, ("move", "move"), ("wipe out", "wipe")]
    control = small(Choice(tuple(options), "").widget("points"))
    control.tooltip = (
        "what a press on the map does: add points to the training data, move some, or wipe some out"
    )
    return control


def can_paint(seen: NetworkViews) -> bool:
    """Whether points of the data can be painted."""
    return _KNOB in getattr(seen.trainer, "more_knobs", {})


def tool(seen: NetworkViews) -> str:
    """Return which of "add", "move", "wipe" a press does, or ""."""
    chosen = seen.controls["hand"].value if "hand" in seen.controls else ""
    return "add" if chosen.startswith(_ADDS) else chosen


def painted(seen: NetworkViews, pick: Pick) -> tuple[str, Any] | None:
    """Return the turn that a press on the map is: the edits of the data, one more among them."""
    edits = {entry[0]: entry for entry in seen.trainer.painted}
    place = float(np.float32(pick.x)), float(np.float32(pick.y))
    doing = tool(seen)
    if doing == "add" and pick.kind == "image":
        if pick.phase == "end" or (pick.phase == "move" and _is_near(seen, place)):
            return None
        number = min([0, *edits]) - 1
        target = seen.controls["hand"].value.removeprefix(_ADDS)
        edits[number] = (number, *place, int(target) if seen.classes else float(target))
    elif doing in ("move", "wipe") and pick.kind == "points":
        at = seen.samples_of(pick.item)[pick.index]
        number = int(seen.trainer.numbers[at])
        if doing == "move":
            if pick.phase == "move" and time.monotonic() - seen.kept.get("moved", 0.0) < _EVERY:
                return None
            seen.kept["moved"] = time.monotonic()  # the hand's clock
            edits[number] = (number, *place, _target(seen, at))
        elif number < 0:
            del edits[number]
        else:
            edits[number] = (number,)
    else:
        return None
    return _KNOB, tuple(edits[number] for number in sorted(edits))


def _targets(seen: NetworkViews) -> list:
    """Return what a point can be added as: each class, or three numbers from low to high."""
    if seen.classes:
        return list(range(seen.classes))
    low, high = float(np.min(seen.trainer.y)), float(np.max(seen.trainer.y))
    return [low, (low + high) / 2, high] if low < high else [low]


def _target(seen: NetworkViews, at: int) -> int | float:
    """Return the class, or the number, of the sample at a place."""
    return int(seen.labels[at]) if seen.classes else float(np.ravel(seen.trainer.y)[at])


def _is_near(seen: NetworkViews, place: tuple[float, float]) -> bool:
    """Whether a point was painted in that close by."""
    reach = _SPRAY * float(np.ptp(seen.points, axis=0).max())
    return any(
        number < 0 and math.dist(where[:2], place) < reach
        for number, *where in seen.trainer.painted
    )
