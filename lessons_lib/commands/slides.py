"""The commands `present` and `deck`: slides that are alive, and slides in one file."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

import nbformat

from lessons_lib.commands import environment, workspace
from lessons_lib.commands._deck import is_panel, notes_page, render
from lessons_lib.commands._rehearse import run_all
from lessons_lib.commands.environment import Problem

# Read by the extension jupyterlab-fonts; the default is too small for a projector.
_LARGE_TYPE = {
    "body[data-jp-deck-mode='presenting'] &": {
        "--jp-content-font-size1": "26px",
        "--jp-code-font-size": "20px",
        "--jp-widgets-font-size": "20px",
        "--jp-widgets-inline-height": "40px",
        "--jp-widgets-slider-handle-size": "26px",
    }
}
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "jupyterlab-slideshow:plugin": {"active": True},  # the deck starts as the page opens
}
_HOW_TO = """\
Start:  the browser opens on the first slide; if not, open {slides}
Move:   arrow keys (→ next idea, ↓ more of it), Space for the next slide, ← and ↑ back
Run:    click a cell, then Shift+Enter; sliders and buttons work on the slide as they are
Stop:   close the browser window and press Ctrl-C here. Speaker notes: {notes}"""


def deck(arguments: list[str]) -> int:
    """Write a lesson as one HTML file; every lesson when none is named.

    Parameters
    ----------
    arguments : list of str
        ``[LESSON] [--out FILE]``; without a lesson, ``--out`` names a folder.

    Returns
    -------
    int
        0.
    """
    names, out = _lesson_and_out(arguments)
    lessons = [workspace.find_lesson(name) for name in names] or workspace.lessons()
    for lesson in lessons:
        if out is None:
            target = Path(f"{lesson.stem}.html")
        else:
            target = out if names else out / f"{lesson.stem}.html"
        page = render(nbformat.read(lesson, as_version=4))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page, encoding="utf-8")
        except OSError as error:
            raise Problem(
                f"The slides cannot be written to {target} ({error.strerror}): "
                "name another file with --out."
            ) from None
        print(
            f"{target}: {len(page.encode()) / 1e6:.1f} MB, opens in any browser without a network"
        )
    return 0


def _lesson_and_out(arguments: list[str]) -> tuple[list[str], Path | None]:
    """Return the lesson named, if any, and what follows ``--out``."""
    rest, out = list(arguments), None
    for index, word in enumerate(rest):
        name, equals, value = word.partition("=")
        if name == "--out":
            following = rest[index + 1 : index + 2]
            if not value and not following:
                raise Problem("--out needs the name of a file after it, such as --out talk.html.")
            out = Path(value if equals else following[0])
            del rest[index : index + (1 if equals else 2)]
            break
    unknown = [word for word in rest if word.startswith("-")] or rest[1:]
    if unknown:
        raise Problem(
            f"`deck` does not know {unknown[0]!r}; usage: python3 -m lessons_lib deck [LESSON] "
            "[--out FILE]"
        )
    return rest, out


def present(arguments: list[str]) -> int:
    """Open a lesson as live slides, all cells run; return when the server has stopped.

    Parameters
    ----------
    arguments : list of str
        ``LESSON [--no-browser]`` and JupyterLab's own options.

    Returns
    -------
    int
        JupyterLab's exit status.
    """
    if not arguments or arguments[0].startswith("-"):
        raise Problem("`present` needs a lesson, for example: python3 -m lessons_lib present 03")
    lesson, options = workspace.find_lesson(arguments[0]), list(arguments[1:])
    with_browser = "--no-browser" not in options
    folder = workspace.workspace_folder() / "presenting"
    try:
        notebook, notes = _stage(lesson, folder)
    except OSError as error:
        raise Problem(
            f"The slides cannot be prepared in {folder} ({error.strerror}): "
            "set LESSONS_WORKSPACE to a folder that can be written to."
        ) from None
    # A terminated process would leave its server behind; an interrupted one tidies up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="lessons-present-") as scratch:
        variables = _variables(Path(scratch))
        url, token, process = _serve(folder, variables, [o for o in options if o != "--no-browser"])
        try:
            folders = (variables["JUPYTER_DATA_DIR"], variables["JUPYTER_RUNTIME_DIR"])
            run_all(url, token, notebook, *map(Path, folders))
            slides = f"{url}/lab/workspaces/slides/tree/{notebook.name}?token={token}&reset=1"
            print(_HOW_TO.format(slides=slides, notes=notes.as_uri()), flush=True)
            if with_browser:
                webbrowser.open(notes.as_uri(), new=1)
                webbrowser.open(slides, new=1)
            return process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            process.terminate()
            process.wait(20)


def _stage(lesson: Path, folder: Path) -> tuple[Path, Path]:
    """Make the presentation's own copy of the lesson, and the page of its speaker notes."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(lesson, as_version=4)
    notes = folder / f"{lesson.stem}_notes.html"
    notes.write_text(notes_page(notebook), encoding="utf-8")
    for cell in filter(is_panel, notebook.cells):
        # The call is folded to its first line, so that picture and controls fit the slide.
        cell.metadata["jupyter"] = {"source_hidden": True}
    notebook.metadata["@deathbeds/jupyterlab-fonts"] = {"styles": {"": _LARGE_TYPE}}
    copy = folder / lesson.name
    nbformat.write(notebook, copy)
    return copy, notes


def _variables(scratch: Path) -> dict[str, str]:
    """Return variables that keep a presentation apart from the user's own JupyterLab.

    Settings, open windows and the trust database are its own, so nothing is left over from
    the last talk and nothing of this one stays behind.
    """
    settings = scratch / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(_SETTINGS), encoding="utf-8")
    return {
        **environment.course_variables(),
        "JUPYTER_CONFIG_PATH": str(scratch),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
    }


def _serve(folder: Path, variables: dict[str, str], options: list[str]):
    """Start JupyterLab on a free loopback port; return its address, token and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(24)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--ServerApp.allow_root=True")
    # Through the environment, so that other users of the machine cannot read it from a list.
    surroundings = {**os.environ, **variables, "JUPYTER_TOKEN": token}
    log = folder / ".jupyterlab.log"
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [*command, *options], env=surroundings, stdout=stream, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api/status?token={token}", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
        else:
            return url, token, process
    process.terminate()
    raise Problem(f"JupyterLab did not start; its last words are in {log}")
