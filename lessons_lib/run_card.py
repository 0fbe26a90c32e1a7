"""The run card: what somebody else needs to get the same result again."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("numpy", "pandas", "tensorflow", "keras")


def fingerprint(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of arrays: their kinds, shapes and numbers, in this order.

    Parameters
    ----------
    *arrays : ndarray

    Returns
    -------
    str
        64 hexadecimal digits; other data, be it in one number, have others.

    Raises
    ------
    TypeError
        If an array holds Python's objects, whose bytes say where they lie and not what they are.
    """
    sha = hashlib.sha256()
    for given in arrays:
        array = np.ascontiguousarray(given)
        if array.dtype.hasobject:
            raise TypeError(
                "A fingerprint needs arrays of numbers; received one of Python's objects, such as "
                f"{array.flat[0]!r}. Give each column of a mixed table as an array of its own: "
                "table[name].to_numpy(float)."
            )
        sha.update(f"{array.dtype.str}{array.shape}".encode())
        sha.update(array.tobytes())
    return sha.hexdigest()


def make(
    data: tuple[np.ndarray, ...],
    *,
    seeds: Mapping[str, int],
    settings: Mapping[str, Any],
    scores: Mapping[str, float],
    note: str = "",
) -> dict[str, Any]:
    """Return a run card.

    Parameters
    ----------
    data : tuple of ndarray
        Everything the run has seen; the card keeps its fingerprint.
    seeds : dict of str to int
        Each seed by what it is for: the split, the weights, the batches.
    settings : dict
        Hyperparameters, and whatever else somebody must set.
    scores : dict of str to float
        What came out, and on which set.
    note : str
        How many models were tried, say, or how often the test set was opened.

    Returns
    -------
    dict
        Of plain values, which `keep` can write.
    """
    card = {
        "date": date.today().isoformat(),
        "data": {
            "sha256": fingerprint(*data),
            "shapes": [list(np.shape(array)) for array in data],
        },
        "seeds": dict(seeds),
        "settings": dict(settings),
        "scores": dict(scores),
        "note": note,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}",
    }
    return json.loads(json.dumps(card, default=_plain))


def keep(card: Mapping[str, Any], name: str) -> Path:
    """Write a card into the learner's folder, and return where it is.

    It replaces a card of the same name.

    Parameters
    ----------
    card : dict
    name : str
        Of the file, such as ``"run_card.json"``.

    Returns
    -------
    pathlib.Path
    """
    path = place(name)
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in card.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def place(name: str) -> Path:
    """Return where a file of this name lies in the learner's folder, which is made if need be."""
    # A kernel works in the folder of its notebook, which for a learner is the workspace.
    path = Path(os.environ.get("LESSONS_WORKSPACE") or ".", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _plain(value: Any) -> Any:
    """Return NumPy's numbers and arrays as Python's."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(
        f"A card keeps numbers, texts, lists and dicts; received {value!r}. Write it as text: "
        "str(...)."
    )
