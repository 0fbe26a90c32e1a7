"""Where the course lies, and where a learner's work and the data files go."""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WORKSPACE = "LESSONS_WORKSPACE"
DATA = "LESSONS_DATA_DIR"
CACHE = "LESSONS_CACHE_DIR"


def workspace() -> Path:
    """Return the learner's folder: ``LESSONS_WORKSPACE``, or ``workspace`` in the course's."""
    return chosen(WORKSPACE) or REPOSITORY / "workspace"


def data() -> Path:
    """Return the folder of data files: ``LESSONS_DATA_DIR``, or ``data`` in the course's."""
    return chosen(DATA) or REPOSITORY / "data"


def cache() -> Path:
    """Return the folder of what can be made again: ``LESSONS_CACHE_DIR``, or one of the user's."""
    if (named := chosen(CACHE)) is not None:
        return named
    # As in pooch and platformdirs, which are not there before the packages are installed.
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        place = chosen("LOCALAPPDATA") or home / "AppData" / "Local"
        return place / "lessons_lib" / "lessons_lib" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "lessons_lib"
    return (chosen("XDG_CACHE_HOME") or home / ".cache") / "lessons_lib"


def for_kernels() -> dict[str, str]:
    """Return the variables that name folders of the learner's own, with absolute paths."""
    named = {name: chosen(name) for name in (WORKSPACE, DATA, CACHE)}
    return {name: str(folder) for name, folder in named.items() if folder}


def chosen(variable: str) -> Path | None:
    """Return the folder that an environment variable names, as an absolute path.

    A kernel works in another folder, where a relative path would mean another place; and not
    every shell expands a ``~``.
    """
    given = os.environ.get(variable)
    return Path(os.path.abspath(os.path.expanduser(given))) if given else None
