"""The learner's own copies of the lessons, and the commands `lab` and `reset`.

Standard library only. The course's notebooks are never edited: `lab` opens copies in
``workspace/``, made once and never overwritten, so that an update of the course cannot
touch anybody's work. A small file beside the copies remembers from which state of the
course each was made.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import itertools
import json
import os
import re
import sys
import tempfile
import unicodedata
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lessons_lib.commands import _course
from lessons_lib.commands._course import Problem

__all__ = [
    "damaged_copies",
    "find_lesson",
    "jupyter_command",
    "lab",
    "lab_command",
    "lesson_and_options",
    "lessons",
    "make_copies",
    "newer_lessons",
    "reset",
    "reset_command",
    "set_aside",
    "settings_in",
    "workspace_folder",
]

_FIRST_LESSON = "01"  # 00 is a playground for those who have been here before
_ORIGINS = ".origins.json"
_TAKES_NO_VALUE = "--no-browser"  # the only such option that the help names
_JUPYTER_CONFIG = Path(__file__).with_name("jupyter_config")


def workspace_folder() -> Path:
    """Return the folder of the learner's copies: ``LESSONS_WORKSPACE``, or in the course's."""
    chosen = os.environ.get("LESSONS_WORKSPACE")
    return Path(chosen).absolute() if chosen else _course.REPOSITORY / "workspace"


def lessons() -> list[Path]:
    """Return the course's notebooks in the order of their numbers.

    Raises
    ------
    Problem
        When there are none.
    """
    folder = _course.REPOSITORY / "notebooks"
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise Problem(
            f"There are no lessons in {folder}; the course's folder is not complete: "
            "download or clone the whole course again."
        )
    return found


def find_lesson(name: str) -> Path:
    """Return the course's notebook for what a learner typed.

    Parameters
    ----------
    name : str
        ``03``, ``3``, ``03_backprop``, ``03_backprop.ipynb`` or ``backprop``.

    Raises
    ------
    Problem
        When there is no such lesson; the sentence lists those there are.
    """
    # NFKC makes ordinary letters and digits of full-width ones.
    wanted = unicodedata.normalize("NFKC", Path(name.strip()).name).lower().removesuffix(".ipynb")
    if wanted.isdigit():
        wanted = wanted.zfill(2)
    known = lessons()
    for path in known:
        stem = path.stem.lower()
        number, _, title = stem.partition("_")
        if wanted in (stem, number, title):
            return path
    listed = ", ".join(path.stem for path in known)
    raise Problem(f"There is no lesson `{name}`; the lessons are {listed}.")


def _content(lesson: Path) -> bytes:
    """Return the course's own notebook as it is stored."""
    try:
        return lesson.read_bytes()
    except OSError as error:
        raise Problem(
            f"The course's own {lesson} cannot be read ({error.strerror or error}); download or "
            "clone the whole course again."
        ) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_equal(copy: Path, digest: str) -> bool:
    """Tell whether a copy holds the content of this SHA-256; one that cannot be read does not."""
    try:
        return _digest(copy.read_bytes()) == digest
    except OSError:
        return False


def _read_origins(folder: Path) -> dict[str, str]:
    """Return ``{name of a copy: SHA-256 of the notebook it was made from}``."""
    try:
        origins = json.loads((folder / _ORIGINS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return origins if isinstance(origins, dict) else {}


def _write_origins(folder: Path, origins: dict[str, str]) -> None:
    content = json.dumps(origins, indent=1, sort_keys=True) + "\n"
    with _temporary(folder, content.encode()) as file:
        os.replace(file, folder / _ORIGINS)


@contextlib.contextmanager
def _temporary(folder: Path, content: bytes) -> Iterator[Path]:
    """Give a complete file of this content in this folder, to be put in its place at once."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner can read; a notebook is an ordinary one.
        os.chmod(name, 0o644)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _put(content: bytes, target: Path) -> bool:
    """Write a file that does not exist yet, whole or not at all; False where one exists."""
    with _temporary(target.parent, content) as file:
        try:
            os.link(file, target)  # unlike a rename, refuses to replace
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            if target.exists():
                return False
            os.replace(file, target)
    return True


@contextlib.contextmanager
def _told_when_not_writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if os.path.exists(folder) and not os.path.isdir(folder):
            raise Problem(
                f"Your copies of the lessons belong into a folder {folder}, and there is a file of "
                "that name; rename the file, or name another folder for your copies in the "
                "environment variable LESSONS_WORKSPACE."
            ) from error
        raise Problem(
            f"Your copies of the lessons belong into {folder}, and nothing can be written there "
            f"({error.strerror or error}); copy the course to a folder of your own, or name one "
            "for your copies in the environment variable LESSONS_WORKSPACE."
        ) from error


def make_copies() -> list[str]:
    """Copy the lessons that are not in the workspace yet; touch nothing that is.

    Returns
    -------
    list of str
        A sentence for each lesson of which the course has a newer version than the copy.

    Raises
    ------
    Problem
        When there are no lessons, or the workspace cannot be written to.
    """
    course = {lesson: _content(lesson) for lesson in lessons()}
    folder = workspace_folder()
    with _told_when_not_writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        former = _read_origins(folder)
        origins = dict(former)
        for lesson, content in course.items():
            digest = _digest(content)
            copy = folder / lesson.name
            made = not copy.exists() and _put(content, copy)
            if made or _is_equal(copy, digest):
                origins[lesson.name] = digest
            else:
                # A copy of unknown origin counts as one of today's: better silent than wrong.
                origins.setdefault(lesson.name, digest)
        if origins != former:
            _write_origins(folder, origins)
    return [_newer_notice(lesson) for lesson in newer_lessons()]


def newer_lessons() -> list[Path]:
    """Return the course's notebooks that have changed since the learner's copies were made."""
    folder = workspace_folder()
    origins = _read_origins(folder)
    return [
        lesson
        for lesson in lessons()
        if (folder / lesson.name).exists()
        and origins.get(lesson.name) not in (None, _digest(_content(lesson)))
    ]


def damaged_copies() -> list[Path]:
    """Return the course's notebooks of which the learner's copy is no whole notebook."""
    copies = {lesson: workspace_folder() / lesson.name for lesson in lessons()}
    return [
        lesson
        for lesson, copy in copies.items()
        if os.path.lexists(copy) and not _is_notebook(copy)
    ]


def _is_notebook(path: Path) -> bool:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)


def reset_command(lesson: Path) -> str:
    """Return what a learner types to set a copy aside."""
    return f"python3 -m lessons_lib reset {lesson.stem.partition('_')[0]}"


def _newer_notice(lesson: Path) -> str:
    return (
        f"Lesson {lesson.stem} has a newer version. Your copy is as you left it; to set it aside "
        f"and get the new one: {reset_command(lesson)}"
    )


def _damage_notice(lesson: Path) -> str:
    return (
        f"Your copy of lesson {lesson.stem} is no whole notebook, so JupyterLab cannot open it; "
        f"to set it aside and get the course's own: {reset_command(lesson)}"
    )


def set_aside(lesson: Path, now: datetime.datetime) -> Path | None:
    """Bring the course's notebook into the workspace and keep the old copy under a dated name.

    Parameters
    ----------
    lesson : Path
        The course's notebook.
    now : datetime.datetime
        Moment to name the old copy by.

    Returns
    -------
    Path or None
        The old copy's new place; ``None`` where there was no copy, or one without any work in
        it: then nothing is kept.
    """
    content = _content(lesson)
    folder = workspace_folder()
    kept = None
    with _told_when_not_writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / lesson.name
        # The new one is written in full before the old one moves: a full disk loses nothing.
        with _temporary(folder, content) as file:
            untouched = _is_equal(copy, _digest(content)) or _is_equal(
                copy, _read_origins(folder).get(lesson.name, "")
            )
            if os.path.lexists(copy) and not untouched:  # a link that leads nowhere is kept too
                kept = _free_name(folder, f"{lesson.stem}_{now:%Y-%m-%d_%H%M%S}")
                os.rename(copy, kept)
            os.replace(file, copy)
        _write_origins(folder, {**_read_origins(folder), lesson.name: _digest(content)})
    return kept


def _free_name(folder: Path, stem: str) -> Path:
    """Return a name that is not taken, counting up where two resets fall into one second."""
    path, count = folder / f"{stem}.ipynb", 1
    while path.exists():
        count += 1
        path = folder / f"{stem}_{count}.ipynb"
    return path


def reset(arguments: list[str]) -> int:
    """Set the copy of one lesson aside, if there is work in it, and bring the course's own."""
    if len(arguments) != 1:
        listed = ", ".join(path.stem for path in lessons())
        raise Problem(f"Name one lesson to reset, for example: reset 03. The lessons are {listed}.")
    lesson = find_lesson(arguments[0])
    fresh = workspace_folder() / lesson.name
    existed = os.path.lexists(fresh)
    kept = set_aside(lesson, datetime.datetime.now())
    if kept is not None:
        print(f"Your copy is kept as {kept}")
    elif existed:
        print("Your copy was as the course had made it, so nothing is set aside.")
    print(f"The course's {lesson.stem} is now {fresh}")
    return 0


# Other names of the settings that Jupyter takes once only, and refuses when they come twice.
_SAME = {
    "--ip": "--ServerApp.ip",
    "--port": "--ServerApp.port",
    "--notebook-dir": "--ServerApp.root_dir",
    "--ServerApp.notebook_dir": "--ServerApp.root_dir",
    "--ServerApp.default_url": "--LabApp.default_url",
    "--allow-root": "--ServerApp.allow_root",
    "--certfile": "--ServerApp.certfile",
    "--keyfile": "--ServerApp.keyfile",
    "--sock": "--ServerApp.sock",
    "--no-browser": "--ServerApp.open_browser",
}


def settings_in(options: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return JupyterLab's options one by one: the setting's full name, and the words as typed."""
    found: list[tuple[str, list[str]]] = []
    for word in options:
        if found and not word.startswith("-"):
            found[-1][1].append(word)  # the value of `--port 8890`
        else:
            name = word.partition("=")[0]
            found.append((_SAME.get(name, name), [word]))
    return found


def jupyter_command(ours: Mapping[str, str], extra: Sequence[str]) -> list[str]:
    """Return the command that starts JupyterLab, each setting given once: the last one counts.

    Parameters
    ----------
    ours : mapping of str to str
        What a command of the course sets, by the settings' full names.
    extra : sequence of str
        JupyterLab's own options as the learner typed them; they win over ours.

    Returns
    -------
    list of str
        Program and arguments. The token stays on: it is JupyterLab's default.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in many containers
        ours = {**ours, "--ServerApp.allow_root": "True"}
    chosen = [(name, [f"{name}={value}"]) for name, value in ours.items()] + settings_in(extra)
    last = {name: place for place, (name, _) in enumerate(chosen)}
    once = {*_SAME.values(), *ours}
    kept = [w for n, (name, w) in enumerate(chosen) if name not in once or last[name] == n]
    return [sys.executable, "-m", "jupyterlab", *itertools.chain(*kept)]


def lab_command(notebook: str, folder: Path, extra: Sequence[str]) -> list[str]:
    """Return the command that opens a notebook in JupyterLab.

    Parameters
    ----------
    notebook : str
        Name of the notebook to open, inside ``folder``.
    folder : Path
        The workspace: the only folder JupyterLab shows.
    extra : sequence of str
        JupyterLab's own options as the learner typed them.
    """
    ours = {
        "--ServerApp.ip": "127.0.0.1",
        "--ServerApp.root_dir": str(folder),
        "--LabApp.default_url": f"/lab/tree/{urllib.parse.quote(notebook)}",
    }
    return jupyter_command(ours, extra)


def lab_variables() -> dict[str, str]:
    """Return the environment variables under which JupyterLab starts.

    JupyterLab's settings override in ``jupyter_config/`` keeps its news pop-up away, which
    asks a question and covers the controls. A learner's own configuration stands before it.
    """
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), str(_JUPYTER_CONFIG)]
    return {
        **_course.variables(),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
    }


def _notebook_to_open(name: str | None) -> str:
    """Return the name, inside the workspace, of the notebook a learner asked for."""
    if name is None:
        return find_lesson(_FIRST_LESSON).name
    own = Path(name).name
    if re.search(r"\.ipynb$", own) and (workspace_folder() / own).exists():
        return own
    return find_lesson(name).name


def lesson_and_options(command: str, arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Return the lesson named first, if any, and JupyterLab's own options for this command."""
    named = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    options = list(arguments[len(named) :])
    # A bare word may be the value of the option before it: `--port 8890`. Elsewhere JupyterLab
    # would take it for a file, and end over one that is not there.
    for former, word in zip([_TAKES_NO_VALUE, *options], options, strict=False):
        stray = former == _TAKES_NO_VALUE or not former.startswith("-") or "=" in former
        if stray and not word.startswith("-"):
            raise Problem(
                f"`{command}` opens one lesson, named before all options, and cannot place "
                f"`{word}`; for example: {command} 03 --no-browser"
            )
    return (named[0] if named else None), options


def lab(arguments: list[str]) -> int:
    """Open a lesson in JupyterLab, in the place of this process."""
    named, options = lesson_and_options("lab", arguments)
    notebook = _notebook_to_open(named)
    for notice in [*make_copies(), *map(_damage_notice, damaged_copies())]:
        print(notice, flush=True)
    command = lab_command(notebook, workspace_folder(), options)
    return _course.replace_process(command, lab_variables(), workspace_folder()) or 0
