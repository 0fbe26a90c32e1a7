"""Where the course lies, and where a learner's work and the data files go."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WORKSPACE = "LESSONS_WORKSPACE"
DATA = "LESSONS_DATA_DIR"


def workspace() -> Path:
    """Return the learner's folder: ``LESSONS_WORKSPACE``, or ``workspace`` in the course's."""
    return chosen(WORKSPACE) or REPOSITORY / "workspace"


def data() -> Path:
    """Return the folder of data files: ``LESSONS_DATA_DIR``, or ``data`` in the course's."""
    return chosen(DATA) or REPOSITORY / "data"


def for_kernels() -> dict[str, str]:
    """Return the variables that name folders of the learner's own, with absolute paths."""
    named = {name: chosen(name) for name in (WORKSPACE, DATA)}
    return {name: str(folder) for name, folder in named.items() if folder}


def chosen(variable: str) -> Path | None:
    """Return the folder that an environment variable names, as an absolute path.

    A kernel works in another folder, where a relative path would mean another place; and not
    every shell expands a ``~``.
    """
    given = os.environ.get(variable)
    return Path(os.path.abspath(os.path.expanduser(given))) if given else None
