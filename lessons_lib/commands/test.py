"""The command `test`: every test, and every notebook against its stored results."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lessons_lib._ground import folders
from lessons_lib.commands import _course

__all__ = ["pytest_command", "test"]


def test(arguments: list[str]) -> int:
    """Run the tests in the place of this process; pytest's exit status is the command's."""
    command = pytest_command(arguments, _usable_cpus(), Path.cwd())
    # Debug-adapter warnings about frozen modules would be a notebook's stderr.
    variables = {**_course.variables(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return _course.replace_process(command, variables, folders.REPOSITORY) or 0


def _usable_cpus() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pytest_command(arguments: Sequence[str], cpus: int, folder: Path) -> list[str]:
    """Return the command that runs the tests.

    Parameters
    ----------
    arguments : sequence of str
        pytest's own options and paths; with a path, only what it names is run.
    cpus : int
        Processors to use; each worker holds a kernel with TensorFlow, so four at most.
    folder : Path
        The folder in which the learner typed the paths; pytest runs in the course's.

    Returns
    -------
    list of str
        Program and arguments.
    """
    passed = []
    for argument in arguments:
        path, separator, rest = argument.partition("::")
        if not argument.startswith("-") and (folder / path).exists():
            argument = f"{folder / path}{separator}{rest}"
        passed.append(argument)
    # pytest-xdist refuses a debugger; loadfile keeps the cells of a notebook together. In their
    # own order the long files, those with a browser, come first and none is left to run alone.
    debugging = {"--pdb", "--trace"} & set(arguments)
    sharing = ["-n", str(min(4, cpus)), "--dist", "loadfile", "--no-loadscope-reorder"]
    workers = [] if debugging else sharing
    return [
        *(sys.executable, "-m", "pytest", "--nbval"),
        *("--nbval-sanitize-with", str(Path("tests", "notebooks", "sanitize.cfg"))),
        *workers,
        *passed,
    ]
