"""The course's folder, the packages it needs, and how its programs are started.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from lessons_lib._ground import backend, folders

__all__ = [
    "AGAIN",
    "Problem",
    "installed",
    "missing_packages",
    "project",
    "read",
    "replace_process",
    "requirements",
    "variables",
]

AGAIN = "download or clone the whole course again and start it there"
KERNEL_STARTUP = Path(__file__).with_name("kernel_startup.py")


class Problem(Exception):
    """Something the learner can mend, said in one sentence with the fix.

    Parameters
    ----------
    sentence : str
        What is wrong, what was expected and what to do.
    status : int
        Exit status of the command.
    """

    def __init__(self, sentence: str, status: int = 1):
        super().__init__(sentence)
        self.status = status


def read(name: str) -> str:
    """Return the text of a file that belongs to the course's folder.

    Raises
    ------
    Problem
        When it cannot be read: the library was copied away from the course's folder.
    """
    try:
        return (folders.REPOSITORY / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        fault = f"{name} is missing in {folders.REPOSITORY}"
    except (OSError, UnicodeDecodeError) as error:
        fault = f"{name} in {folders.REPOSITORY} cannot be read ({error})"
    raise Problem(f"The course's folder is not complete: {fault}; {AGAIN}.")


@functools.cache
def project() -> dict:
    """Return the table ``project`` of ``pyproject.toml``; an update's conflict is a `Problem`."""
    try:
        return tomllib.loads(read("pyproject.toml"))["project"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise Problem(
            f"The course's folder is damaged: pyproject.toml in {folders.REPOSITORY} is no valid "
            f"TOML ({error}); undo what was changed in it, or {AGAIN}."
        ) from None


def requirements(extras: Iterable[str] = ()) -> dict[str, str]:
    """Return ``{package: range of versions}`` of what the course, with these extras, needs."""
    lines = list(project()["dependencies"])
    for extra in extras:
        lines += project()["optional-dependencies"][extra]
    found = (re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", line) for line in lines)
    return {match[1].lower(): match[2] for match in found if match}


def installed(package: str) -> str | None:
    """Return the version of a package that the running interpreter has, if it has it."""
    try:
        return importlib.metadata.version(package)
    except (importlib.metadata.PackageNotFoundError, KeyError):
        return None


def missing_packages(extras: Iterable[str] = ()) -> list[str]:
    """Return the packages that the running interpreter does not have."""
    return [package for package in requirements(extras) if installed(package) is None]


def variables() -> dict[str, str]:
    """Return the environment variables under which kernels and tests run.

    - ``PYTHONPATH``: kernels find this copy of ``lessons_lib`` from any folder, also where
      the environment was made for another copy or the folder has been moved since.
    - ``KERAS_BACKEND``: the lessons train with TensorFlow whatever another project has
      written into ``~/.keras/keras.json``.
    - ``JUPYTER_PREFER_ENV_PATH``: the kernel "python3" is that of this environment and not
      one that another course registered for the user.
    - ``PYTHONSTARTUP``: a learner who begins in the middle of a notebook is told so in a
      sentence; a startup file of the learner's own is kept.
    - ``PYTHONUTF8``: files and pipes are UTF-8 on Windows too, also those that a learner opens.
    - the learner's own folders.
    """
    paths = [str(folders.REPOSITORY), os.environ.get("PYTHONPATH", "")]
    if paths[1].split(os.pathsep)[0] == paths[0]:
        del paths[0]
    return {
        **folders.for_kernels(),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        backend.VARIABLE: backend.WANTED,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONSTARTUP": os.environ.get("PYTHONSTARTUP") or str(KERNEL_STARTUP),
        "PYTHONUTF8": "1",
    }


def replace_process(
    command: Sequence[str], more: dict[str, str], folder: Path | None = None
) -> None:
    """Run a program in the place of this one; do not return.

    Parameters
    ----------
    command : sequence of str
        The program's path and its arguments.
    more : dict of str to str
        Environment variables to set besides the present ones.
    folder : Path, optional
        Working folder of the program.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    environ = {**os.environ, **more}
    if folder is not None:
        os.chdir(folder)
    if os.name != "nt":
        os.execve(command[0], list(command), environ)
    # On Windows exec returns to the prompt at once while the program goes on behind it.
    with subprocess.Popen(command, env=environ) as process:
        while True:
            try:
                sys.exit(process.wait())
            except KeyboardInterrupt:
                continue  # the program has got the same Ctrl-C and decides
