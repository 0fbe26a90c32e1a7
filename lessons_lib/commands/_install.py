"""Making ``.venv`` and keeping it in step with the course.

Standard library only. A folder is trusted when it holds the stamp, which is written last.
While pip works, a mark lies in it; a start that finds the mark knows that the former one was
cut off. A folder with neither was made by hand: it is kept, and what it lacks is added.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lessons_lib.commands import _guard, _pip, environment
from lessons_lib.commands.environment import Problem

__all__ = ["USABLE", "State", "examine", "fingerprint", "interpreter", "mend_running", "prepare"]

STAMP = "lessons-complete"
MARK = "lessons-unfinished"


class State(enum.Enum):
    """What is found in the place of ``.venv``."""

    ABSENT = "there is none"
    READY = "complete"
    OUTDATED = "made for an earlier version of the course"
    INCOMPLETE = "packages are missing"
    INTERRUPTED = "its installation was interrupted"
    FOREIGN = "somebody else's, and of no use to the course"
    BROKEN = "its Python does not start, has no pip, or is a version the course does not run on"


# A command that only looks on can run in these.
USABLE = frozenset({State.READY, State.OUTDATED, State.INCOMPLETE})


def interpreter() -> Path:
    """Return the path of the environment's Python."""
    if os.name == "nt":
        return environment.ENVIRONMENT / "Scripts" / "python.exe"
    return environment.ENVIRONMENT / "bin" / "python"


def fingerprint() -> str:
    """Return a hash of everything that decides what is installed, and where."""
    metadata = environment.project()
    deciding = {
        "project": {
            key: metadata["project"].get(key)
            for key in ("name", "dependencies", "optional-dependencies", "requires-python")
        },
        "folder": str(environment.REPOSITORY),
    }
    digest = hashlib.sha256(json.dumps(deciding, sort_keys=True).encode())
    digest.update(environment.course_file("constraints.txt").encode())
    return digest.hexdigest()


def _range_of_pythons() -> list[tuple[int, ...]]:
    """Return the oldest version of Python that the course runs on, and the first it does not."""
    versions = re.findall(r"\d+\.\d+", environment.project()["project"]["requires-python"])
    return [tuple(map(int, version.split("."))) for version in versions]


def _missing_inside(python: Path) -> list[str] | None:
    """Return the packages an environment lacks, or ``None`` where its Python is of no use.

    ``pip`` is among them where there is none: it is needed for mending, not for running.
    """
    oldest, beyond = _range_of_pythons()
    code = (
        "import sys, importlib.util as u\n"
        f"assert {oldest} <= sys.version_info[:2] < {beyond}\n"
        "ok = lambda n: (s := u.find_spec(n)) is not None and s.origin is not None\n"
        "print(*[n for n in sys.argv[1:] if not ok(n)])\n"
    )
    modules = {module: name for name, module in environment.needed_imports(_pip.EXTRAS).items()}
    modules["pip"] = "pip"
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", code, *modules],
            capture_output=True,
            text=True,
            timeout=120,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode != 0:
        return None
    return [modules[module] for module in done.stdout.split()]


def _is_complete(missing: list[str] | None) -> bool:
    """Tell whether the course runs with these packages missing."""
    return missing is not None and set(missing) <= {"pip"}


def examine() -> State:
    """Look at ``.venv`` and say what is to be done with it."""
    folder = environment.ENVIRONMENT
    if not folder.is_dir():
        return State.ABSENT
    if (folder / MARK).exists():
        return State.INTERRUPTED
    missing = _missing_inside(interpreter())
    # Without a stamp somebody made it by hand, and it is theirs to keep.
    up_to_date = _stamp() in (None, fingerprint())
    if up_to_date and _is_complete(missing):
        return State.READY
    # Without pip it cannot be mended. So it looks, too, after an upgrade of the system's
    # Python: the new one does not look into the old one's folder of packages.
    if missing is None or "pip" in missing:
        made_by_hand = _stamp() is None and any(folder.iterdir())
        return State.FOREIGN if made_by_hand else State.BROKEN
    return State.INCOMPLETE if up_to_date else State.OUTDATED


def _stamp() -> str | None:
    """Return what `_finish` wrote into the environment, if it did."""
    try:
        return (environment.ENVIRONMENT / STAMP).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def prepare() -> Path:
    """Make or mend ``.venv`` where needed and return its interpreter.

    Raises
    ------
    Problem
        When that was not possible; nothing half-made is left behind.
    """
    with _guard.only_one_at_a_time():
        state = examine()
        if state is State.READY:
            return interpreter()
        if state in (State.OUTDATED, State.INCOMPLETE):
            _update(interpreter(), state)
            return interpreter()
        if state is State.FOREIGN:
            raise Problem(
                f"The folder {environment.ENVIRONMENT} was not made by the course, and the course "
                f"cannot use it ({State.BROKEN.value}); rename it and {_pip.START_AGAIN}."
            )
        if state is not State.ABSENT:
            print(f"The folder .venv cannot be used ({state.value}); it is made anew.", flush=True)
            with _told_when_not_writable():
                _guard.remove(environment.ENVIRONMENT, MARK)
        _make()
        return interpreter()


def mend_running(extras: Sequence[str]) -> None:
    """Bring the environment that runs this very process up to date, where it is not."""
    if _what_to_mend(extras) is None:
        return
    with _guard.only_one_at_a_time():
        importlib.invalidate_caches()
        state = _what_to_mend(extras)  # another start may have done it meanwhile
        if state is not None:
            _update(Path(sys.executable), state)
    importlib.invalidate_caches()


def _what_to_mend(extras: Sequence[str]) -> State | None:
    """Return what is wrong with the running environment; ``None`` when nothing is."""
    if _stamp() not in (None, fingerprint()):
        return State.OUTDATED
    if environment.missing_packages(extras) or (environment.ENVIRONMENT / MARK).exists():
        return State.INCOMPLETE
    return None


@contextlib.contextmanager
def _told_when_not_writable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(_not_writable(error)) from error


def _not_writable(error: OSError) -> str:
    return (
        f"The course's packages are installed into {environment.ENVIRONMENT}, and that folder "
        f"cannot be written to ({error.strerror or error}); copy the course to a folder of "
        "your own and start it there."
    )


def _make() -> None:
    """Make ``.venv`` from nothing, or raise a `Problem` and leave nothing."""
    folder = environment.ENVIRONMENT
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        major, minor = sys.version_info[:2]
        raise Problem(
            f"This Python {major}.{minor} cannot make environments, because its modules `venv` "
            f"and `ensurepip` are packed separately; on Debian and Ubuntu install them with: "
            f"sudo apt install python{major}.{minor}-venv"
        )
    print(
        "First start: installing the course's packages into .venv. This takes a few minutes "
        "and up to 3 GB, once.",
        flush=True,
    )
    try:
        folder.mkdir()
        (folder / MARK).touch()
    except FileExistsError:
        raise Problem(
            f"The course's packages belong into a folder {folder}, and something else has that "
            f"name; rename it and {_pip.START_AGAIN}."
        ) from None
    except OSError as error:
        _guard.undo([folder] if folder.is_dir() else [], MARK)
        raise Problem(_not_writable(error)) from error
    made = [folder]
    built = environment.REPOSITORY / "lessons_lib.egg-info"
    if not built.exists():
        made.append(built)
    try:
        with _guard.stop_signals_raise():
            _create_environment(folder)
            _pip.install(interpreter())
            _finish()
    except KeyboardInterrupt:
        _guard.undo(made, MARK)
        raise Problem(
            f"Interrupted: nothing half-made is left; {_pip.START_AGAIN} to go on.", status=130
        ) from None
    except BaseException:
        _guard.undo(made, MARK)
        raise


def _create_environment(folder: Path) -> None:
    """Run ``python -m venv``."""
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True
    )
    if done.returncode != 0:
        output = done.stdout + done.stderr
        raise Problem(
            _pip.explain(output)
            or f"Python could not make an environment in {folder}: {output.strip()[-500:]}"
        )


def _finish() -> None:
    """Check that everything can be imported, then write the stamp and take the mark away."""
    missing = _missing_inside(interpreter())
    if not _is_complete(missing):
        what = "its Python does not start" if missing is None else ", ".join(missing)
        raise Problem(
            f"pip has finished, yet something is missing ({what}); {_pip.START_AGAIN}, and if that "
            "does not help, report it together with the output of: "
            "python3 -m lessons_lib doctor"
        )
    folder = environment.ENVIRONMENT
    try:
        (folder / STAMP).write_text(fingerprint() + "\n", encoding="utf-8")
        (folder / MARK).unlink(missing_ok=True)
    except OSError as error:
        raise Problem(_not_writable(error)) from error


def _update(python: Path, state: State) -> None:
    """Bring a complete environment up to date; offline, go on with what is there."""
    if state is State.OUTDATED:
        print("The course has been updated or moved: bringing its packages up to date.", flush=True)
    else:
        print("Some of the course's packages are missing: installing them.", flush=True)
    mark = environment.ENVIRONMENT / MARK
    try:
        mark.touch()
    except OSError as error:
        raise Problem(_not_writable(error)) from error
    try:
        with _guard.stop_signals_raise():
            _pip.install(python)
            _finish()
    except (Problem, KeyboardInterrupt) as trouble:
        # pip puts back what it had begun to replace, so what is there is whole.
        mark.unlink(missing_ok=True)
        if isinstance(trouble, KeyboardInterrupt):
            raise Problem(
                f"Interrupted while packages were brought up to date; {_pip.START_AGAIN} to go on.",
                status=130,
            ) from None
        if not _is_complete(_missing_inside(python)):
            raise
        print(f"{trouble}\nGoing on with the packages as they were.", file=sys.stderr, flush=True)
