"""What the notebook calls the things that a panel was given, so that the code shown runs there.

A name counts only while it holds the very object: one that means something else by now, or an
array that has been changed since, is not used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lessons_lib.panels._cells import shell

if TYPE_CHECKING:
    from lessons_lib.panels._live import LivePanel

_MOST = 1000  # parts of one thing that are looked at


class Given(NamedTuple):
    """What a panel was made of."""

    model: Any
    X: Any
    y: Any
    validation_data: Any
    data: Any = None


class Called(NamedTuple):
    """How that is written in the notebook: the model, two arrays, the validation data.

    ``names`` has all names of the notebook, which mean something already.
    """

    model: str = "model"
    data: str = "X, y"
    validation_data: str = "(X_val, y_val)"
    names: Mapping[str, Any] = MappingProxyType({})


_NOTES = {
    "this_panel": "give the panel this name, as in this_panel = panels.live(...)",
    "your_maker": "the function that makes this panel's data; give it a name of its own",
    "this_model": "the model of this panel; give it a name of its own",
}


def called(panel: LivePanel, given: Given, now: bool) -> Called:
    """Return what a notebook calls the things that its panel was made of.

    Data without a name come out of the panel itself. Outside of a notebook all have the names
    that they have in a book.

    Parameters
    ----------
    panel : LivePanel
        The panel.
    given : Given
        What it was made of.
    now : bool
        Whether the data are meant that a hand has left, and not those that were given.
    """
    trainer, names = panel.trainer, notebook_names()
    made = given.data is not None
    if not (names or made):
        return Called()
    named = {name: value for name, value in names.items() if name != "Out"}
    this = name_of(panel, names) or "this_panel"
    if now and (made or getattr(trainer, "painted", ())):
        data = (f"{this}.data",)
    elif made:
        data = (f"data={_makers(given.data, named)}",)
    else:
        data = pair_name((given.X, given.y), trainer.given, named)
        data = data or (f"{this}.data" if now else f"{this}.trainer.given",)
    checked = ()
    if trainer.validation_data is not None and (now or not made):
        checked = pair_name(given.validation_data, trainer.validation_data, named)
        checked = checked or (f"{this}.trainer.validation_data",)
    return Called(
        name_of(given.model, named) or "this_model",
        ", ".join(data) if len(data) == 2 or "=" in data[0] else f"*{data[0]}",
        f"({', '.join(checked)})" if len(checked) == 2 else "".join(checked),
        names,
    )


def with_notes(code: str) -> str:
    """Return code below comments on the names in it that the notebook does not have."""
    missing = [what for what in _NOTES.items() if re.search(rf"\b{what[0]}\b", code)]
    return "".join(f"# {name}: {note}.\n" for name, note in missing) + code


def code_for_notebook(panel: LivePanel, given: Given) -> str:
    """Return the panel's settings as Keras code for a cell of the notebook in which it stands.

    The code gives no new meaning to a name that the notebook has.
    """
    model, data, validation_data, names = called(panel, given, now=True)
    return with_notes(panel.trainer.code(data, validation_data, model, names))


def notebook_names() -> dict[str, Any]:
    """Return what the notebook's cells have named, and ``Out``; nothing outside of a notebook."""
    names = getattr(shell(), "user_ns", {})
    return {
        name: value
        for name, value in list(names.items())
        if not name.startswith("_") and name != "In"
    }


def name_of(value: Any, names: Mapping[str, Any]) -> str | None:
    """Return an expression for this very object, such as ``circles``, ``circles[0]``, ``wine.X``.

    Parameters
    ----------
    value : object
        What is looked for.
    names : dict of str to object
        Where.
    """
    for name, held in names.items():
        if held is value:
            return name
    for name, held in names.items():
        for place, part in _parts(held):
            if part is value:
                return name + place
    return None


def pair_name(
    given: Sequence[Any] | None, used: Sequence[Any], names: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Return expressions for two arrays, or one for the pair; None where one has no name.

    Parameters
    ----------
    given : sequence of two objects
        What has a name, perhaps.
    used : sequence of two ndarrays, or lists or dicts of some
        What the trainer has made of them; where Keras would make something else, there is no name.
    names : dict of str to object
        Where it is looked for.
    """
    if given is None or not all(map(_is_still, given, used)):
        return None
    each = tuple(_written(array, names) for array in given)
    if None in each:
        return None
    if not all(map(str.isidentifier, each)):
        for name, held in names.items():
            pair = isinstance(held, tuple) and len(held) == 2
            if pair and held[0] is given[0] and held[1] is given[1]:
                return (name,)
    return each


def _written(value: Any, names: Mapping[str, Any]) -> str | None:
    """Return an expression for an object, or for a list or dict of objects with names."""
    if (name := name_of(value, names)) is not None or isinstance(value, np.ndarray):
        return name
    pairs = _parts(value) if isinstance(value, list | tuple | dict) else ()
    inner = [name_of(part, names) for _, part in pairs]
    if not inner or None in inner:
        return None
    if isinstance(value, dict):
        inner = [f"{key!r}: {word}" for key, word in zip(value, inner, strict=True)]
        return f"{{{', '.join(inner)}}}"
    return f"[{', '.join(inner)}]"


def _makers(data: Any, names: Mapping[str, Any]) -> str:
    """Return an expression for what makes the data: one function, or several."""
    if (name := name_of(data, names)) is not None:
        return name
    if isinstance(data, Mapping):
        pairs = [(json.dumps(key), _makers(maker, names)) for key, maker in data.items()]
        return f"{{{', '.join(f'{key}: {maker}' for key, maker in pairs)}}}"
    if isinstance(data, list | tuple):
        return f"[{', '.join(_makers(maker, names) for maker in data)}]"
    for name, held in names.items():
        if isinstance(held, ModuleType) and getattr(held, data.__name__, None) is data:
            return f"{name}.{data.__name__}"
    ours = data.__module__.startswith("lessons_lib.datasets.")
    return f"datasets.{data.__name__}" if ours else "your_maker"


def _is_still(given: Any, used: Any) -> bool:
    """Tell whether these are still the numbers that the trainer has, in the same shape."""
    if isinstance(used, list | tuple | dict):  # targets of several outputs
        if isinstance(given, dict) and isinstance(used, dict):
            return given.keys() == used.keys() and all(_is_still(given[k], used[k]) for k in used)
        listed = isinstance(given, list | tuple) and isinstance(used, list | tuple)
        return listed and len(given) == len(used) and all(map(_is_still, given, used))
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "biuf":
        return False
    return given.shape == used.shape and np.array_equal(given.astype(used.dtype), used)


def _parts(held: Any) -> list[tuple[str, Any]]:
    """Return what is inside something, each with what is written behind the thing's name."""
    if isinstance(held, list | tuple):
        return [(f"[{place}]", part) for place, part in enumerate(held[:_MOST])]
    if isinstance(held, dict):
        keys = [key for key in [*held][-_MOST:] if isinstance(key, str | int)]
        return [(f"[{key!r}]", held[key]) for key in keys]
    inside = getattr(held, "__dict__", {}) if not isinstance(held, type) else {}
    return [(f".{key}", part) for key, part in [*inside.items()][:_MOST] if key[:1] != "_"]
