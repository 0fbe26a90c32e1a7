"""Finding, or making, the environment in which the course runs.

Where the running interpreter finds the course's packages, as in a conda environment, nothing
is made. Otherwise there is ``.venv``: ``venv`` makes it, ``pip`` fills it and says how far it
is, and a stamp in it says what it holds. The stamp is empty until all is installed, so a start
that was cut short is known by it and made anew by the next. A ``.venv`` without a stamp is
somebody else's: it is used where it has everything, and never changed or deleted.

Of two first starts at once the later makes ``.venv`` anew under the earlier, whose pip then
ends in an error; no start ever uses what is half-made. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from lessons_lib._ground import files, folders
from lessons_lib.commands import _course
from lessons_lib.commands._course import Problem

__all__ = [
    "ENVIRONMENT",
    "enter",
    "fingerprint",
    "is_inside",
    "pip_advice",
]

ENVIRONMENT = folders.REPOSITORY / ".venv"
STAMP = "lessons-complete"
_AGAIN = "start again with the same command"


def is_inside() -> bool:
    """Tell whether the running interpreter is that of the course's ``.venv``."""
    return os.path.realpath(sys.prefix) == os.path.realpath(ENVIRONMENT)


def enter(command_line: Sequence[str], extras: Iterable[str] = (), make: bool = True) -> None:
    """Return in a process that has the course's packages, or do not return.

    Parameters
    ----------
    command_line : sequence of str
        The command and its arguments, as given to ``python3 -m lessons_lib``.
    extras : iterable of str
        Optional groups of packages the command needs.
    make : bool
        False: use the ``.venv`` that is there, if it is of use, and change nothing.

    Raises
    ------
    Problem
        When the packages could not be installed.
    """
    if is_inside():
        if make:
            _bring_up_to_date(extras)
        return
    if not _course.missing_packages(extras):
        return
    if not _is_usable():
        if not make:
            return
        _make(extras)
    # What it lacks, or an update has changed, is seen to inside: see above.
    command = [str(_interpreter()), "-m", "lessons_lib", *command_line]
    _course.replace_process(command, {"PYTHONPATH": _course.variables()["PYTHONPATH"]})


def _interpreter() -> Path:
    scripts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return ENVIRONMENT.joinpath(*scripts)


def _stamp() -> list[str] | None:
    """Return the words of the stamp: a fingerprint and extras; none in a half-made environment.

    ``None`` where the course has not made ``.venv``; what a link leads to is somebody else's.
    """
    if ENVIRONMENT.is_symlink():
        return None
    try:
        return (ENVIRONMENT / STAMP).read_text(encoding="utf-8").split()
    except OSError:
        return None


def fingerprint() -> str:
    """Return a hash of everything that decides what is installed, and where."""
    keys = ("name", "dependencies", "optional-dependencies", "requires-python")
    deciding = [str(folders.REPOSITORY), {key: _course.project().get(key) for key in keys}]
    text = json.dumps(deciding, sort_keys=True) + _course.read("constraints.txt")
    return hashlib.sha256(text.encode()).hexdigest()


def _is_usable() -> bool:
    """Tell whether a command can start in ``.venv``; what it lacks can be mended there."""
    stamp = _stamp()
    if stamp == []:
        return False
    code = "import sys, lessons_lib.__main__ as m; sys.exit(m.wrong_python(sys.version_info))"
    if stamp is not None:
        # An upgrade of the system's Python does not look where the former one has its pip.
        code = f"import pip; {code}"
    try:
        answer = subprocess.run(
            [_interpreter(), "-c", code], cwd=folders.REPOSITORY, capture_output=True
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    return answer.returncode <= 0  # killed by a signal, it has not said no


def _foreign(why: str, cure: str = "") -> Problem:
    return Problem(
        f"{ENVIRONMENT} was not made by the course, which leaves it as it is, and {why}; {cure}"
        f"rename it and {_AGAIN}."
    )


def _not_writable(error: OSError) -> Problem:
    return Problem(
        f"The course's packages are installed into {ENVIRONMENT}, and that folder cannot be "
        f"written to ({error.strerror or error}); make room there, or copy the course to a "
        "folder of your own and start it there."
    )


def _make(extras: Iterable[str]) -> None:
    """Make ``.venv`` from nothing, or in the place of one of ours that is of no use."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        major, minor = sys.version_info[:2]
        raise Problem(
            f"This Python {major}.{minor} cannot make environments, because its modules `venv` "
            "and `ensurepip` are packed separately; on Debian and Ubuntu install them with: "
            f"sudo apt install python{major}.{minor}-venv"
        )
    if os.path.lexists(ENVIRONMENT) and _stamp() is None:
        raise _foreign("has no Python that starts and is a version the course runs on")
    try:
        if ENVIRONMENT.exists():
            print("The folder .venv is half-made, or of no use; it is made anew.", flush=True)
            _remove(ENVIRONMENT)
        ENVIRONMENT.mkdir()
        (ENVIRONMENT / STAMP).touch()
    except OSError as error:
        raise _not_writable(error) from error
    print(
        "First start: installing the course's packages into .venv. This takes a few minutes "
        "and up to 3 GB, once.",
        flush=True,
    )
    _run([sys.executable, "-m", "venv", str(ENVIRONMENT)])
    _install(_interpreter(), extras)


def _remove(folder: Path) -> None:
    """Delete a ``.venv`` of ours, its stamp last: cut short, it is still known by it."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != STAMP:
            path.unlink()
    shutil.rmtree(folder)


def _bring_up_to_date(extras: Iterable[str]) -> None:
    """Let pip see to the running ``.venv`` where that is not what the course wants today."""
    stamp, missing = _stamp(), _course.missing_packages(extras)
    if stamp is None:
        if missing:
            cure = f"install what it lacks ({pip_advice()}), or "
            raise _foreign(f"lacks {', '.join(missing)}", cure)
        return
    current = stamp[:1] == [fingerprint()]
    if current and not missing and set(extras) <= set(stamp):
        return
    if current:
        print("Some of the course's packages are missing: installing them.", flush=True)
    else:
        print("The course has been updated or moved: bringing its packages up to date.", flush=True)
    try:
        _install(Path(sys.executable), {*stamp[1:], *extras})
    except Problem as problem:
        if _course.missing_packages(extras):
            raise
        # pip puts back what it had begun to replace: a learner without a network can go on.
        print(f"{problem}\nGoing on with the packages as they were.", file=sys.stderr, flush=True)


def _install(python: Path, extras: Iterable[str]) -> None:
    """Let pip install what the course needs, and write the stamp."""
    extras = sorted(extras)
    what = f".[{','.join(extras)}]" if extras else "."
    pip = [str(python), "-m", "pip", "install", "--constraint", "constraints.txt"]
    _run([*pip, "--editable", what])
    try:
        files.write_whole(ENVIRONMENT / STAMP, " ".join([fingerprint(), *extras]))
    except OSError as error:
        raise _not_writable(error) from error


def _run(command: Sequence[str]) -> None:
    """Run ``venv`` or pip in the course's folder; raise a `Problem` where it does not succeed."""
    # Folders of packages that are not this environment's.
    hidden = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX"}
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    environ.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    environ.setdefault("PIP_RETRIES", "2")  # so that a start without a network goes on soon
    # A terminated start would leave pip at work behind it; an interrupted one sees to its end.
    # Where a shell's background job has SIGINT switched off, pip must still hear it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    with subprocess.Popen(command, cwd=folders.REPOSITORY, env=environ) as process:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            # After Ctrl-C it has been told already, and clears its own folders away.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
            raise
    if status != 0:
        raise Problem(
            "The course's packages could not be installed, for the reason above; often it is the "
            "network (behind a proxy, set HTTPS_PROXY) or the disk (up to 3 GB in "
            f"{folders.REPOSITORY}, and 1 GB for a moment in {tempfile.gettempdir()}): mend that "
            f"and {_AGAIN}."
        )


def pip_advice() -> str:
    """Return what a learner types to install all packages for the running interpreter."""
    pip = f'"{sys.executable}" -m pip install -c constraints.txt -e ".[test,slides]"'
    return f'cd "{folders.REPOSITORY}" && {pip}'
