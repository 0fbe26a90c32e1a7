"""Limits of axes that nobody has given: all marks inside, and a margin around them."""

import math
from collections.abc import Iterable

import numpy as np

from lessons_lib.plots._scene import Item

_MARGIN = 0.05  # of the range, as matplotlib leaves it
_ALONE = 0.05  # of a number on both sides, where there is only one


def limits_of(items: Iterable[Item], axis: int, base: float) -> tuple[float, float]:
    """Return first and last number of an axis.

    Curves, points, bars, boxes and images count. An image ends where the picture ends, and bars
    stand on its edge.

    Parameters
    ----------
    items : iterable of Item
        All marks.
    axis : int
        0 for x, 1 for y.
    base : float
        Base of a logarithmic axis, on which only positive numbers count; else 0.
    """
    spans = [_span(item, axis, base) for item in items]
    ends = [span for span in spans if span is not None]
    if not ends:
        return (1.0, float(base)) if base else (0.0, 1.0)
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    edges = [edge for end in ends for edge in end[2]]
    if low == high:
        low, high = _around(low, base)
    if base:
        margin = (high / low) ** _MARGIN
        limits = low / margin, high * margin
    else:
        margin = _MARGIN * (high - low)
        limits = low - margin, high + margin
    return (
        low if any(math.isclose(edge, low, abs_tol=1e-9) for edge in edges) else limits[0],
        high if any(math.isclose(edge, high, abs_tol=1e-9) for edge in edges) else limits[1],
    )


def _span(item: Item, axis: int, base: float) -> tuple[float, float, Iterable[float]] | None:
    """Return the lowest and highest number of a mark, and where it keeps to the edge."""
    data, edges = item.data, ()
    if item.kind == "image":
        values = edges = np.array(data["extent"][2 * axis : 2 * axis + 2])
    elif item.kind == "curve":
        values = data["y" if axis else "x"]
    elif item.kind == "points":
        values = data["xy"][np.isfinite(data["xy"]).all(axis=1), axis]
    elif item.kind == "box":
        values = np.array([data["corner"][axis], data["corner"][axis] + data["size"][axis]])
    elif item.kind == "bars" and axis == 0:
        values = data["edges"]
    elif item.kind == "bars":
        values, edges = np.append(data["heights"], data["base"]), (data["base"],)
    else:
        return None
    values = values[np.isfinite(values)]
    values = values[values > 0] if base else values
    return (float(values.min()), float(values.max()), edges) if values.size else None


def _around(value: float, base: float) -> tuple[float, float]:
    """Return two numbers around a lonely one."""
    if base:
        power = math.log(value, base)
        return base ** math.floor(power - 1e-9), base ** math.ceil(power + 1e-9)
    room = _ALONE * abs(value) or _ALONE
    return value - room, value + room
