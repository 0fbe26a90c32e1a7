"""The command `present`: a lesson as slides that are alive."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import webbrowser
from pathlib import Path

from lessons_lib._ground import folders
from lessons_lib.commands import _options, _plans, _workspace, lab
from lessons_lib.commands._course import Problem
from lessons_lib.commands._rehearse import open_here, run_all
from lessons_lib.commands._stage import NOTES, copy_lesson, furnish

# JupyterLab's settings that a presentation has of its own, with the reason.
_NOT_ON_STAGE = {
    "--ServerApp.root_dir": "shows a copy of the lesson in a folder of its own",
    "--ServerApp.certfile": "serves this machine without encryption",
    "--ServerApp.keyfile": "serves this machine without encryption",
    "--ServerApp.sock": "needs a port that a browser can open",
}
_HOW_TO = """\
Start:  the browser opens on the first slide; if not, open {slides}
Move:   Space for the next slide, Shift-Space back; → the next topic, ↓ more of this one
Run:    click a cell, then Ctrl-Enter; sliders and buttons work as they are, Esc leaves them
Stop:   close the browser window, press Ctrl-C here. Speaker notes that follow: {notes}"""


def present(arguments: list[str]) -> int:
    """Open a lesson as live slides, all cells run; return when the server has stopped.

    Parameters
    ----------
    arguments : list of str
        ``LESSON [--plan MINUTES] [--no-browser]`` and JupyterLab's own options.

    Returns
    -------
    int
        JupyterLab's exit status.
    """
    arguments, minutes = _options.taken(arguments, "--plan", _plans.NEEDS)
    name, options = lab.lesson_and_options("present", arguments)
    if name is None:
        raise Problem("`present` needs a lesson, for example: python3 -m lessons_lib present 03")
    lesson, settings = _workspace.find_lesson(name), lab.settings_in(options)
    for setting, words in settings:
        if setting in _NOT_ON_STAGE:
            raise Problem(
                f"`present` {_NOT_ON_STAGE[setting]}; leave {' '.join(words)} out, or open the "
                "lesson with `lab`."
            )
    plan = _plans.plan(lesson, minutes)
    browser = dict(settings).get("--ServerApp.open_browser", ["=True"])[-1]
    with_browser = browser.partition("=")[2].lower() == "true"
    # JupyterLab itself opens none: the slides are opened when they are ready.
    options = [w for name, words in settings if name != "--ServerApp.open_browser" for w in words]
    folder = folders.workspace() / "presenting"
    try:
        notebook = copy_lesson(lesson, folder, plan)
    except OSError as error:
        raise Problem(
            f"The slides cannot be prepared in {folder} ({error.strerror}): "
            "set LESSONS_WORKSPACE to a folder that can be written to."
        ) from None
    # A terminated process would leave its server behind; an interrupted one tidies up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="lessons-present-") as scratch:
        variables = furnish(Path(scratch), notebook, timed=plan is not None)
        runtime, log = Path(variables["JUPYTER_RUNTIME_DIR"]), folder / ".jupyterlab.log"
        process = _start(folder, variables, options, log)
        try:
            url, token = _address(process, runtime, log)
            if not token:
                raise Problem(
                    "`present` needs a token, without which JupyterLab lets nobody start a lesson; "
                    "leave out the option that takes it away, such as --ServerApp.token=''."
                )
            run_all(url, token, notebook, Path(variables["JUPYTER_DATA_DIR"]), runtime)
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
            _stop(process)


def _start(
    folder: Path, variables: dict[str, str], options: list[str], log: Path
) -> subprocess.Popen:
    """Start JupyterLab, on a free port of this machine where no other is asked for."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {
        "--ServerApp.open_browser": "False",
        "--ExtensionApp.open_browser": "False",
        "--ServerApp.ip": "127.0.0.1",
        "--ServerApp.port": str(port),
        "--ServerApp.root_dir": str(folder),
        "--MappingKernelManager.cull_idle_timeout": "0",  # a talk keeps its kernel
    }
    # Through the environment, so that other users of the machine cannot read it from a list.
    surroundings = {**os.environ, **variables, "JUPYTER_TOKEN": secrets.token_hex(24)}
    with log.open("w", encoding="utf-8") as stream:
        return subprocess.Popen(
            lab.jupyter_command(ours, options),
            env=surroundings,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )


def _address(process: subprocess.Popen, runtime: Path, log: Path) -> tuple[str, str]:
    """Wait until the server answers; return its address and token.

    They stand in a file that the server writes: the options, or another program on the port
    that was asked for, may have led to others than ours.
    """
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):
            for file in runtime.glob("jpserver-*.json"):
                server = json.loads(file.read_text(encoding="utf-8"))
                host = server["hostname"]
                host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
                host = f"[{host}]" if ":" in host else host
                url = f"http://{host}:{server['port']}{server['base_url'].rstrip('/')}"
                open_here(f"{url}/api/status?token={server['token']}", timeout=2).close()
                return url, server["token"]
        time.sleep(0.25)
    said = log.read_text(encoding="utf-8", errors="replace").split("\n")
    words = [re.sub(r"^\[.*?\] ", "", line).strip() for line in said]
    last = next(filter(None, reversed(words)), "nothing")
    raise Problem(f"JupyterLab did not start. Its last words: {last} (all of them are in {log})")


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
