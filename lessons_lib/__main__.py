"""The commands of the course: ``python3 -m lessons_lib COMMAND``.

This module alone must run on every Python a learner may have, so that a wrong one gets a
sentence instead of a traceback: it uses nothing newer than Python 3.7 and imports the
rest of the library only after it has looked at the version.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from lessons_lib import __version__

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)


class Command(NamedTuple):
    """What one command is and what it needs; ``lessons_lib.commands`` has a module for each.

    ``needs`` names the extras of ``pyproject.toml`` to be installed beside the course's
    packages before the command starts; ``None`` means that the standard library is enough.
    """

    help: str
    usage: str
    needs: Sequence[str] | None = None


COMMANDS = {
    "lab": Command(
        "open the lessons in JupyterLab (`lab 03` opens lesson 03)",
        usage="lab [LESSON] [JupyterLab's own options, such as --port 8890 or --no-browser]",
        needs=(),
    ),
    "test": Command(
        "run every test and compare every notebook with its stored results",
        usage="test [pytest's own options and paths]",
        needs=("test", "slides", "hub"),
    ),
    "reset": Command(
        "set your copy of a lesson aside and bring the course's own",
        usage="reset LESSON, for example: reset 03",
    ),
    "doctor": Command(
        "say what is installed, what is missing and the command that mends it",
        usage="doctor",
    ),
    "progress": Command(
        "show what is solved, write that to a file (`--csv mine.csv`), read a class's (`--class`)",
        usage="progress [LESSON] [--csv [FILE]] [--name NAME] [--separator SEPARATOR]\n"
        "       python3 -m lessons_lib progress [LESSON] --class FILE ... [--html FILE]",
        needs=(),
    ),
    "present": Command(
        "teach a lesson with live slides (`present 03 --plan 45`: those of the plan)",
        usage="present LESSON [--plan MINUTES] [--no-browser] [JupyterLab's own options]",
        needs=("slides",),
    ),
    "deck": Command(
        "write a lesson's slides as one HTML file (`deck 03 --out talk.html`)",
        usage="deck [LESSON] [--plan MINUTES] [--out FILE]",
        needs=("slides",),
    ),
    "search": Command(
        "be one of many workers that search for lesson 07 (`search search.db`)",
        usage="search STORAGE [--tries N], for example: search search.db, or the URL of a database",
        needs=(),
    ),
    "bench": Command(
        "measure how fast the live panels train (`bench --quick`: in half a minute)",
        usage="bench [--quick]",
        needs=(),
    ),
}


def usage() -> str:
    """Return the text of ``--help``."""
    width = max(map(len, [*COMMANDS, "--version"]))
    lines = [
        "usage: python3 -m lessons_lib COMMAND [arguments]",
        "",
        "The first start installs the course's packages into .venv; later starts take seconds.",
        "",
        *(f"  {name.ljust(width)}  {command.help}" for name, command in COMMANDS.items()),
        "",
        f"  {'--help'.ljust(width)}  this text, or a command's: python3 -m lessons_lib lab --help",
        f"  {'--version'.ljust(width)}  the version of the course",
    ]
    return "\n".join(lines)


def supported_pythons() -> list[str]:
    """Return the versions of Python the course runs on, as in ``python3.12``."""
    major, oldest = OLDEST_PYTHON
    return [f"{major}.{minor}" for minor in range(oldest, NEWEST_PYTHON[1] + 1)]


def _answers(interpreter: list[str]) -> bool:
    """Tell whether an interpreter found on the path really starts."""
    try:
        subprocess.run([*interpreter, "-c", ""], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def interpreters_found() -> list[str]:
    """Return the commands on this machine that start a Python the course runs on."""
    start = "py -" if os.name == "nt" else "python"
    candidates = [start + version for version in supported_pythons()]
    return [c for c in candidates if shutil.which(c.split()[0]) and _answers(c.split())]


def wrong_python(version: Sequence[int], command_line: Sequence[str] = ("lab",)) -> str | None:
    """Return one sentence when the course does not run on this Python, else ``None``.

    Parameters
    ----------
    version : sequence of int
        Major, minor and micro, as in ``sys.version_info``.
    command_line : sequence of str
        What the learner typed, repeated in the advice.
    """
    if OLDEST_PYTHON <= tuple(version[:2]) <= NEWEST_PYTHON:
        return None
    found = interpreters_found()
    if found:
        advice = "start it with: {} -m lessons_lib {}".format(found[-1], " ".join(command_line))
    else:
        advice = "install one of them from https://www.python.org/downloads/ and start it with that"
    supported = supported_pythons()
    return "The course runs on Python {} or {}, and this is Python {}; {}".format(
        ", ".join(supported[:-1]), supported[-1], ".".join(map(str, version[:3])), advice
    )


def unknown_command(name: str) -> str:
    """Return one sentence for a command that does not exist, with the nearest that does."""
    nearest = difflib.get_close_matches(name.lower(), COMMANDS, n=1, cutoff=0.5)
    if nearest:
        hint = f"did you mean `{nearest[0]}`?"
    else:
        hint = "there are {}.".format(", ".join(COMMANDS))
    return f"There is no command `{name}`: {hint}"


def _start(command: Command, arguments: Sequence[str]) -> int:
    """Run a command where its packages are, and tell a learner's mistake in a sentence."""
    from lessons_lib._ground import folders
    from lessons_lib.commands import _course, _environment

    os.environ.update(folders.for_kernels())
    try:
        if command.needs is not None:
            _environment.enter(arguments, command.needs)
        module = importlib.import_module("lessons_lib.commands." + arguments[0])
        return getattr(module, arguments[0])(arguments[1:])
    except _course.Problem as problem:
        print(problem, file=sys.stderr)
        return problem.status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command and its arguments; those of the process by default.

    Returns
    -------
    int
        0 when all went well, 2 for a command that does not exist, 130 after Ctrl-C, and
        otherwise what the command returned.
    """
    if sys.stdout is None:  # `reset 03 >&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- to the end
    try:
        status = _answer(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except OSError as error:
        if error.errno == errno.ENOSPC:
            print("Stopped: there is no space left on the disk.", file=sys.stderr)
        elif not isinstance(error, BrokenPipeError):
            raise
        # `doctor | head`: the reader has seen enough. What Python still holds goes nowhere,
        # or it would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _answer(arguments: Sequence[str] | None) -> int:
    """Do what `main` says, which sees to the ends that are none of the command's."""
    # A folder's name, or a "·", need not exist in the encoding of a log file.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    name = arguments[0] if arguments else "--help"
    if name in ("--help", "-h", "help"):
        print(usage())
        return 0
    if name in ("--version", "-V"):
        print(f"lessons_lib {__version__}")
        return 0
    if name not in COMMANDS:
        print(unknown_command(name), file=sys.stderr)
        return 2
    command = COMMANDS[name]
    # Answered here, for a command's own module may need packages that are not installed yet.
    # JupyterLab and pytest keep their own `--help` behind a lesson or a path.
    if {"--help", "-h"} & set(arguments[1 : 2 if name in ("lab", "test") else None]):
        print(f"usage: python3 -m lessons_lib {command.usage}\n\n{command.help}")
        return 0
    sentence = wrong_python(sys.version_info, arguments)
    if sentence:
        print(sentence, file=sys.stderr)
        return 1

    return _start(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
