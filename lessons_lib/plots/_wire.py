"""What has changed in scenes since the last message, for a hand at the other end of a wire.

A picture states everything each time it is drawn, but most of it is as before. So a message holds
only what differs: numbers as bytes, and the rest as JSON.
"""

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from lessons_lib.plots._scene import Item, Scene

_SHADES = 33  # of a colour map that has a name: between them the others lie
_LAST = 254  # the byte of the highest number; 255 says that there is none
_NEW = object()  # equals nothing
_TYPES = {"f4": np.float32, "i4": np.int32, "u1": np.uint8}


class Wire:
    """What the other end knows of some scenes; says what has changed since."""

    def __init__(self) -> None:
        self._known: list[_Known] = []

    def forget(self) -> None:
        """Let the next message be whole, for an other end that knows nothing."""
        self._known = []

    def message(self, scenes: Sequence[Scene]) -> tuple[dict[str, Any], list[bytes]] | None:
        """Return what has changed since the last message, or None if nothing has.

        Returns
        -------
        message : dict
            ``"whole"``: whether the other end shall forget what it knew. ``"scenes"``: for each
            those of ``"frame"``, ``"legend"``, ``"order"`` (of the items' names) and ``"items"``
            that differ; an item has its ``"look"``, if that differs, and of its ``"data"`` what
            differs: None what is no longer there.
        buffers : list of bytes
            To which ``{"buffer": 0, "type": "f4", "shape": [7, 2]}`` in an item's data refers.
        """
        whole = len(self._known) != len(scenes)
        if whole:
            self._known = [_Known() for _ in scenes]
        buffers: list[bytes] = []
        news = [
            known.news(scene, buffers) for known, scene in zip(self._known, scenes, strict=True)
        ]
        return ({"whole": whole, "scenes": news}, buffers) if whole or any(news) else None


class _Sent(NamedTuple):
    """An item as it was stated, and its data as they have travelled."""

    item: Item
    data: dict[str, Any]  # plain values, and (type, shape, bytes) for arrays


class _Known:
    """What the other end knows of one scene."""

    def __init__(self) -> None:
        self._frame: dict[str, Any] | None = None
        self._legend: dict[str, Any] | None = None
        self._order: list[str] = []
        self._items: dict[str, _Sent] = {}

    def news(self, scene: Scene, buffers: list[bytes]) -> dict[str, Any]:
        """Return what is new in a scene, from now on known."""
        news: dict[str, Any] = {}
        if scene.frame != self._frame:
            self._frame = scene.frame
            news["frame"] = _plain(scene.frame)
        if scene.legend != self._legend:
            self._legend = scene.legend
            news["legend"] = _plain(scene.legend)
        sent, items = {}, []
        for name, item in scene.items.items():
            old = self._items.get(name)
            sent[name], changed = _changed(item, old, buffers)
            if changed:
                items.append({"name": name, "kind": item.kind, **changed})
        self._items = sent  # what has gone has to travel again when it comes back
        if items:
            news["items"] = items
        order = list(sent)
        if order != self._order:
            news["order"] = self._order = order
        return news


def _changed(item: Item, old: _Sent | None, buffers: list[bytes]) -> tuple[_Sent, dict[str, Any]]:
    """Return an item as the other end will know it, and what of it has to travel."""
    if old is not None and old.item.kind != item.kind:
        old = None
    news: dict[str, Any] = {}
    if old is None or old.item.look != item.look:
        news["look"] = _plain(item.look)
    data = {}
    for key, value in item.data.items():
        if not isinstance(value, np.ndarray):
            data[key] = _plain(value)
        elif old is not None and not news and _is_kept(value, old.item.data.get(key)):
            data[key] = old.data[key]
        else:
            data[key] = _packed(item, key, value)
    before = {} if old is None else old.data
    fresh = {key: value for key, value in data.items() if before.get(key, _NEW) != value}
    fresh |= dict.fromkeys(before.keys() - data.keys())
    if fresh:
        news["data"] = {key: _loaded(value, buffers) for key, value in fresh.items()}
    return _Sent(item, data), news


def _is_kept(array: np.ndarray, before: Any) -> bool:
    """Tell whether an array is the one before, and nobody can have written into it."""
    return array is before and not array.flags.writeable


def _packed(item: Item, key: str, array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    """Return type, shape and bytes of an array."""
    if key == "values":
        kind, array = "u1", _bytes(array, item.look.get("limits"))
    else:
        kind = "i4" if key == "counts" else "f4"
    with np.errstate(over="ignore"):  # what is too large for a float32 lies outside as infinity
        return kind, array.shape, array.astype(_TYPES[kind], copy=False).tobytes()


def _bytes(values: np.ndarray, limits: tuple[float, float] | None) -> np.ndarray:
    """Return numbers as bytes from 0 to 254, lowest to highest, and 255 where there is none.

    Colours, shape (rows, columns, 3 or 4), become bytes as they are, from 0 to 255.
    """
    if values.dtype == np.uint8:
        return values
    if values.ndim == 3:
        return np.rint(255 * values).astype(np.uint8)
    if limits is None:
        known = values[np.isfinite(values)]
        limits = (known.min(), known.max()) if known.size else (0.0, 1.0)
    low, high = float(limits[0]), float(limits[1])
    shades = np.subtract(values, low, dtype=np.float32)
    shades *= _LAST / (high - low) if high > low else 0.0
    np.clip(shades, 0, _LAST, out=shades)
    shades += 0.5
    shades[np.isnan(shades)] = 255
    return shades.astype(np.uint8)


def _loaded(value: Any, buffers: list[bytes]) -> Any:
    """Return a plain value, or where the bytes of an array are."""
    if not isinstance(value, tuple):
        return value
    kind, shape, content = value
    buffers.append(content)
    return {"buffer": len(buffers) - 1, "type": kind, "shape": list(shape)}


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: no tuples, no numpy, None where a number is missing."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {
            key: _color_list(part) if key == "colors" else _plain(part)
            for key, part in value.items()
        }
    if isinstance(value, np.generic):
        return _plain(value.item())
    return [_plain(part) for part in value]


def _color_list(colors: str | Sequence[str]) -> list[str]:
    """Return colours between which the others lie, also of a map that has a name."""
    return list(_map(colors)) if isinstance(colors, str) else list(colors)


@functools.cache
def _map(name: str) -> list[str]:
    return [to_hex(color) for color in colormaps[name](np.linspace(0, 1, _SHADES))]
