"""The command `lab`: a lesson in JupyterLab; and how JupyterLab's options are read.

Standard library only.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path

from lessons_lib._ground import folders
from lessons_lib.commands import _course, _workspace
from lessons_lib.commands._course import Problem

__all__ = [
    "JUPYTER_CONFIG",
    "JUPYTER_DATA",
    "jupyter_command",
    "lab",
    "lab_command",
    "lab_variables",
    "lesson_and_options",
    "settings_in",
]

_FIRST_LESSON = "01"  # 00 is a playground for those who have been here before
_TAKES_NO_VALUE = "--no-browser"  # the only such option that the help names
JUPYTER_CONFIG = Path(__file__).with_name("jupyter_config")
JUPYTER_DATA = Path(__file__).with_name("jupyter_data")
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


def lab(arguments: list[str]) -> int:
    """Open a lesson in JupyterLab, in the place of this process."""
    named, options = lesson_and_options("lab", arguments)
    notebook = _notebook_to_open(named)
    for notice in [
        *_workspace.make_copies(),
        *map(_workspace.damage_notice, _workspace.damaged_copies()),
    ]:
        print(notice, flush=True)
    command = lab_command(notebook, folders.workspace(), options)
    return _course.replace_process(command, lab_variables(), folders.workspace()) or 0


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
    asks a question and covers the controls; the server's settings there end a kernel of whose
    notebook no tab has been open for an hour, and let no picture wait on its way (`_websocket`).
    A learner's own configuration stands before both.
    The extension in ``jupyter_data/`` shows stored panels; this copy of it stands before the one
    that was installed with the course, perhaps an older one.
    """
    # JUPYTER_CONFIG_PATH as a whole would win over the folder in which learners have theirs.
    own = os.environ.get("JUPYTER_CONFIG_DIR") or str(Path.home() / ".jupyter")
    configuration = [os.environ.get("JUPYTER_CONFIG_PATH", ""), own, str(JUPYTER_CONFIG)]
    data = [str(JUPYTER_DATA), os.environ.get("JUPYTER_PATH", "")]
    return {
        **_course.variables(),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, configuration)),
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
    }


def _notebook_to_open(name: str | None) -> str:
    """Return the name, inside the workspace, of the notebook a learner asked for."""
    if name is None:
        return _workspace.find_lesson(_FIRST_LESSON).name
    own = Path(name).name
    if re.search(r"\.ipynb$", own) and (folders.workspace() / own).exists():
        return own
    return _workspace.find_lesson(name).name


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
