"""The commands `present` and `deck`: slides that are alive, and slides in one file."""

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

from lessons_lib.commands import workspace
from lessons_lib.commands._deck import render
from lessons_lib.commands._rehearse import run_all
from lessons_lib.commands._stage import NOTES, copy_lesson, furnish
from lessons_lib.commands.environment import Problem

_HOW_TO = """\
Start:  the browser opens on the first slide; if not, open {slides}
Move:   Space for the next slide, Shift-Space back; → the next topic, ↓ more of this one
Run:    click a cell, then Ctrl-Enter; sliders and buttons work as they are, Esc leaves them
Stop:   close the browser window, press Ctrl-C here. Speaker notes that follow: {notes}"""


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
        notebook = copy_lesson(lesson, folder)
    except OSError as error:
        raise Problem(
            f"The slides cannot be prepared in {folder} ({error.strerror}): "
            "set LESSONS_WORKSPACE to a folder that can be written to."
        ) from None
    # A terminated process would leave its server behind; an interrupted one tidies up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="lessons-present-") as scratch:
        variables = furnish(Path(scratch), notebook)
        url, token, process = _serve(folder, variables, [o for o in options if o != "--no-browser"])
        try:
            folders = (variables["JUPYTER_DATA_DIR"], variables["JUPYTER_RUNTIME_DIR"])
            run_all(url, token, notebook, *map(Path, folders))
            slides = f"{url}/lab/workspaces/slides/tree/{notebook.name}?token={token}&reset=1"
            notes = f"{url}{NOTES}?token={token}"
            print(_HOW_TO.format(slides=slides, notes=notes), flush=True)
            if with_browser:
                webbrowser.open(notes, new=1)
                webbrowser.open(slides, new=1)
            return process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            process.terminate()
            process.wait(20)


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
