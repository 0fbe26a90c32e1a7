"""What the notebook calls the things that a panel was given, so that the code shown runs there.

A name counts only while it holds the very object: one that means something else by now, or an
array that has been changed since, is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib.panels._cells import shell

if TYPE_CHECKING:
    from lessons_lib.panels._live import LivePanel

_MOST = 1000  # parts of one thing that are looked at


def code_for_notebook(panel: LivePanel, model: Any, X: Any, y: Any, validation_data: Any) -> str:
    """Return the panel's settings as code for a cell of the notebook in which it stands.

    The code gives no new meaning to a name that the notebook has. Data without a name come out
    of the panel itself.

    Parameters
    ----------
    panel : LivePanel
        The panel.
    model, X, y, validation_data
        What it was made of.
    """
    trainer, names = panel.trainer, notebook_names()
    if not names:
        return trainer.code()
    named = {name: value for name, value in names.items() if name != "Out"}
    this = name_of(panel, names) or "this_panel"
    data = pair_name((X, y), (trainer.X, trainer.y), named)
    data = data or (f"{this}.trainer.X", f"{this}.trainer.y")
    checked = ()
    if validation_data is not None:
        checked = pair_name(validation_data, trainer.validation_data, named)
        checked = checked or (f"{this}.trainer.validation_data",)
    code = trainer.code(
        data=", ".join(data) if len(data) == 2 else f"*{data[0]}",
        validation_data=f"({', '.join(checked)})" if len(checked) == 2 else "".join(checked),
        model=name_of(model, named) or "this_model",
        taken=names,
    )
    notes = {
        "this_panel": "give the panel this name, as in this_panel = panels.live(...)",
        "this_model": "the model of this panel; give it a name of its own",
    }
    missing = [f"# {name}: {what}.\n" for name, what in notes.items() if f"{name}." in code]
    return "".join(missing) + code


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
    given: Sequence[Any], used: Sequence[Any], names: Mapping[str, Any]
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
    if not all(map(_is_still, given, used)):
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
