"""The command `doctor`: what is installed, what is missing, and the command that mends it.

It starts with the standard library alone, because it is asked when something is missing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lessons_lib import __version__
from lessons_lib._ground import backend, folders, memory, programs, registry
from lessons_lib.commands import _course, _environment, _workspace
from lessons_lib.commands._course import Problem

__all__ = ["BROWSERS", "OK", "OPTIONAL", "WRONG", "Finding", "doctor"]

OK = "ok"
WRONG = "missing"
OPTIONAL = "optional"

_GIGABYTE = 1e9
_DISK_FOR_PACKAGES = 4.0  # GB, while they are unpacked
_DISK_FOR_LESSONS = 0.5  # GB: downloads and notebooks
_MEMORY = 2.0  # GB: JupyterLab, one kernel with TensorFlow, the browser's page
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Finding(NamedTuple):
    """One thing `doctor` has looked at.

    ``state`` is `OK`, `WRONG` (needed, and not as it must be) or `OPTIONAL` (the course
    runs without it); ``mend`` is the command or the advice, empty where all is well.
    """

    state: str
    what: str
    mend: str = ""


def doctor(arguments: list[str]) -> int:
    """Print what was found; the exit status is 1 when something needed is missing."""
    if arguments:
        raise Problem(f"doctor takes no arguments, and got {' '.join(arguments)}.")
    # The packages are looked for where the lessons run: in .venv, if there is a whole one.
    _environment.enter(["doctor"], make=False)
    wrong = 0
    for title, findings in _examinations():
        print(title)
        mend = ""
        for finding in findings:
            # One command that mends several findings is written once, under the last of them.
            if mend not in ("", finding.mend):
                _print_mend(mend)
            print(f"  {finding.state.ljust(8)}  {finding.what}", flush=True)
            mend = finding.mend
            wrong += finding.state == WRONG
        if mend:
            _print_mend(mend)
    if wrong:
        print(f"\n{wrong} needed {'thing is' if wrong == 1 else 'things are'} missing: see above.")
        return 1
    print("\nEverything the lessons need is here.")
    return 0


def _print_mend(mend: str) -> None:
    print(f"  {' ' * 8}  -> {mend}", flush=True)


def _examinations() -> list[tuple[str, Iterator[Finding]]]:
    """Return each part's title and its findings, found when they are asked for."""
    return [
        ("Python", _python()),
        ("Packages of the course", _packages()),
        ("Packages for `test` and for contributors", _packages("test")),
        ("Packages for `present` and `deck`", _packages("slides")),
        ("Data", _data()),
        ("Room", _room()),
        ("Your copies of the lessons", _copies()),
        ("Keras and TensorFlow", _keras()),
        ("Compiled networks", _compiled()),
        ("Browser", _browser()),
    ]


def _python() -> Iterator[Finding]:
    yield Finding(OK, f"Python {platform.python_version()} at {sys.executable}")
    yield Finding(OK, f"lessons_lib {__version__} in {folders.REPOSITORY}")


def _fits(version: str, ranges: str) -> bool:
    """Tell whether a version lies in a range such as ``>=2.0,<3``."""
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # it comes with JupyterLab: before that, what is there is not judged
        return True
    return SpecifierSet(ranges).contains(version, prereleases=True)


def _packages(extra: str | None = None) -> Iterator[Finding]:
    course = _course.requirements()
    wanted = _course.requirements([extra]) if extra else course
    lacking = OPTIONAL if extra else WRONG
    for name, ranges in wanted.items():
        if extra and name in course:
            continue
        version = _course.installed(name)
        if version is None:
            yield Finding(lacking, f"{name} ({ranges}) is not installed", _mend_packages())
        elif _fits(version, ranges):
            yield Finding(OK, f"{name} {version} ({ranges})")
        else:
            what = f"{name} {version} is outside the range the course needs ({ranges})"
            yield Finding(lacking, what, _mend_packages())


def _mend_packages() -> str:
    """Return the command that installs the packages for the running interpreter."""
    # Where every package of the course can be imported, `lab` starts here and installs nothing.
    if _environment.is_inside() or not (_is_conda() or _course.missing_packages()):
        return _environment.pip_advice()
    if _is_conda():
        file = folders.REPOSITORY / "environment.yml"
        # The file's own name is another environment's where the learner has chosen one.
        return f'conda env update --file "{file}" --prefix "{sys.prefix}"'
    return "python3 -m lessons_lib lab   (its first start installs them)"


def _is_conda() -> bool:
    return os.environ.get("CONDA_PREFIX") == sys.prefix


# What downloads each file; a lesson does the same when it first needs it.
_FETCHERS = {"winequality-red.csv": "fetch_wine_quality", "mnist.npz": "fetch_mnist"}


def _data() -> Iterator[Finding]:
    try:
        sources = registry.sources()
    except (OSError, ValueError) as error:
        what = f"{registry.registry_file()}, the list of data files, cannot be read ({error})"
        yield Finding(WRONG, what, "download or clone the whole course again")
        return
    for name, source in sources.items():
        yield _data_file(folders.data() / name, source.sha256)


def _data_file(path: Path, expected: str) -> Finding:
    """Compare a data file with the SHA-256 that the registry gives."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        what = f"{path.name} is not downloaded yet; the lesson that needs it does that"
        return Finding(OPTIONAL, what, _mend_data(path.name))
    except OSError as error:
        what = f"{path} cannot be read ({error.strerror or error}); lessons use a stand-in"
        mend = "mend its permissions, or name another folder in LESSONS_DATA_DIR"
        return Finding(WRONG, what, mend)
    if hashlib.sha256(content).hexdigest() != expected:
        what = f"{path} is damaged: its SHA-256 is not the one in registry.txt"
        return Finding(WRONG, what, f'delete it; the next lesson downloads it again: "{path}"')
    return Finding(OK, f"{path.name}, {len(content) / 1e6:.1f} MB, verified")


def _mend_data(name: str) -> str:
    fetcher = _FETCHERS.get(name)
    if fetcher is None:
        return ""
    code = f"from lessons_lib import datasets; datasets.{fetcher}()"
    return f'"{sys.executable}" -c "{code}"'


def _room() -> Iterator[Finding]:
    free = shutil.disk_usage(folders.REPOSITORY).free / _GIGABYTE
    here = not _course.missing_packages()
    needed = _DISK_FOR_LESSONS if here else _DISK_FOR_PACKAGES
    mend = "" if free >= needed else f"make room in {folders.REPOSITORY}"
    what = f"disk: {free:.1f} GB free, {needed:.1f} GB needed"
    yield Finding(WRONG if mend else OK, what, mend)
    lessons = _open_lessons()
    if lessons:
        listed = ", ".join(f"{name} {size:.2f} GB" for name, size in lessons)
        yield Finding(OK, f"memory that open lessons use: {listed}")
    free = memory.free()
    if free is None:
        yield Finding(OPTIONAL, "memory: not known before the packages are installed")
        return
    mend = ""
    if free < _MEMORY and lessons:
        mend = f"{memory.CLOSE}, {lessons[0][0]} first; then other programs and browser tabs"
    elif free < _MEMORY:
        mend = "close other programs, above all browser tabs"
    what = f"memory: {free:.1f} GB free, {_MEMORY:.1f} GB needed"
    yield Finding(WRONG if mend else OK, what, mend)


def _open_lessons() -> list[tuple[str, float]]:
    """Return each notebook with a running kernel of this course, and the memory it uses, in GB.

    The largest comes first. What is counted is what its end would free.
    """
    try:
        import psutil
    except ImportError:
        return []
    found = []
    for process in psutil.process_iter():
        try:
            if not any("ipykernel" in word for word in process.cmdline()):
                continue
            variables = process.environ()
            size = process.memory_full_info().uss / _GIGABYTE
        except psutil.Error:  # it has ended meanwhile, or is somebody else's
            continue
        notebook = variables.get("JPY_SESSION_NAME")  # by Jupyter's server
        library = variables.get("PYTHONPATH", "").split(os.pathsep)[0]
        if notebook and library == str(folders.REPOSITORY):
            found.append((Path(notebook).name, size))
    return sorted(found, key=lambda lesson: lesson[1], reverse=True)


def _copies() -> Iterator[Finding]:
    folder = folders.workspace()
    try:
        course = _workspace.lessons()
    except Problem as problem:
        yield Finding(WRONG, str(problem))
        return
    # Where the folder is still to be made, the nearest one above it counts.
    place = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not os.path.isdir(place):
        mend = "rename it, or name another folder in LESSONS_WORKSPACE"
        yield Finding(WRONG, f"{place} is no folder, so your copies have no place", mend)
    elif not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        mend = "mend its permissions, or name another folder in LESSONS_WORKSPACE"
        yield Finding(WRONG, f"{place} cannot be written to", mend)
    elif place != folder:
        yield Finding(OK, f"none of {len(course)} yet: `lab` makes them in {folder}")
    else:
        copied = [lesson for lesson in course if (folder / lesson.name).exists()]
        yield Finding(OK, f"{len(copied)} of {len(course)} in {folder}")
        yield from _old_and_damaged_copies(folder)


def _old_and_damaged_copies(folder: Path) -> Iterator[Finding]:
    for lesson in _workspace.newer_lessons():
        what = f"{lesson.stem} has a newer version in the course; your copy is as you left it"
        yield Finding(OPTIONAL, what, _workspace.reset_command(lesson))
    for lesson in _workspace.damaged_copies():
        what = f"{folder / lesson.name} is not a complete notebook; a reset sets it aside"
        yield Finding(WRONG, what, _workspace.reset_command(lesson))


def _keras() -> Iterator[Finding]:
    chosen = backend.configured()
    if os.environ.get(backend.VARIABLE):
        where, mend = f"the environment variable {backend.VARIABLE}", f"unset {backend.VARIABLE}"
    else:
        where = backend.settings_file()
        mend = f'write "backend": "{backend.WANTED}" in {where}'
    if chosen == backend.WANTED:
        yield Finding(OK, "Keras is set to the TensorFlow backend")
    else:
        what = (
            f"Keras is set to the backend {chosen} in {where}, and the lessons need tensorflow "
            "(`lab` and `test` see to that, a JupyterLab started by hand does not)"
        )
        yield Finding(WRONG, what, mend)
    if "tensorflow" in _course.missing_packages():
        yield Finding(OPTIONAL, "TensorFlow is not installed, so XLA was not tried")
    else:
        yield _compiler()


def _compiler() -> Finding:
    """Try in a process of its own whether TensorFlow starts and compiles."""
    code = (
        "import tensorflow as tf\n"
        "print('started', flush=True)\n"
        "square = tf.function(lambda x: x * x, jit_compile=True)\n"
        "assert float(square(tf.constant(3.0))) == 9.0\n"
    )
    variables = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=180,
            env=variables,
        )
    except subprocess.TimeoutExpired:
        mend = "close other programs and try again"
        return Finding(WRONG, "TensorFlow did not start within three minutes", mend)
    if done.returncode == 0:
        return Finding(OK, "XLA works: live panels run compiled")
    last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    if "started" in done.stdout:
        return Finding(
            OPTIONAL, f"XLA does not work: live panels run as a plain graph, slower ({last})"
        )
    return Finding(WRONG, f"TensorFlow does not start: {last}", _mend_packages())


def _compiled() -> Iterator[Finding]:
    folder, used, most = programs.kept(), programs.size() / 1e6, programs.MOST_BYTES / 1e6
    what = f"{used:.1f} MB of at most {most:.0f} MB in {folder}; it may be deleted at any time"
    # Where there is nothing yet, the nearest folder above it counts.
    place = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if os.path.isdir(place) and os.access(place, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(OK, what)
    else:
        what = f"{place} cannot be written to, so each kernel compiles its networks for itself"
        yield Finding(OPTIONAL, what, "mend it, or name another folder in LESSONS_CACHE_DIR")


def _browser() -> Iterator[Finding]:
    for name in BROWSERS:
        if found := shutil.which(name):
            yield Finding(OK, f"{found}: `test` can drive the lessons in it")
            return
    what = "no Chromium or Chrome is found: `test` leaves the browser tests out"
    yield Finding(OPTIONAL, what, "install one; on Debian and Ubuntu: sudo apt install chromium")
