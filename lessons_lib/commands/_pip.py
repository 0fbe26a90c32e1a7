"""Running pip so that a learner can follow it, and saying in a sentence why it failed.

Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lessons_lib.commands import environment
from lessons_lib.commands.environment import Problem

__all__ = ["EXTRAS", "START_AGAIN", "Progress", "explain", "install"]

EXTRAS = ("test", "slides")  # the optional packages that .venv always holds
START_AGAIN = "start again with the same command"

_WHEEL = r"(?:Downloading|Using cached|Processing) (\S+\.whl)(?!\.)(.*)"  # not .whl.metadata
_UNREACHABLE = re.compile(
    r"connection broken|connection error|NewConnectionError|Max retries exceeded|ConnectTimeout|"
    r"ReadTimeout|Read timed out|name resolution|getaddrinfo failed|ProxyError|SSLError|"
    r"Network is unreachable|Connection (?:refused|reset|aborted)",
    re.IGNORECASE,
)
_NOTHING_FITS = (
    r"No matching distribution found for ([^\s;]+)",
    r"The user requested \(constraint\) ([^\s;]+)",
)


def _pip_variables() -> dict[str, str]:
    """Return pip's environment: a learner's own settings, and short waits where none are set."""
    variables = dict(os.environ)
    # Folders of packages that are not this environment's, and levels of output that hide
    # the lines `Progress` reads.
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_QUIET"):
        variables.pop(name, None)
    variables.setdefault("PIP_RETRIES", "2")
    variables.setdefault("PIP_DEFAULT_TIMEOUT", "15")
    return {
        **variables,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        "PIP_NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def install(python: Path) -> None:
    """Run pip with readable progress; raise a `Problem` that names the cause."""
    command = [str(python), "-m", "pip", "install", "--constraint", "constraints.txt"]
    command += ["--editable", f".[{','.join(EXTRAS)}]"]
    began = time.monotonic()
    lines: list[str] = []
    status = _run_pip(command, lines, Progress(_expected_packages(), _count_installed))
    if status != 0:
        output = "".join(lines)
        raise Problem(explain(output + _ask_again(python, output)) or _last_words(output))
    print(f"{_count_installed()} packages are installed ({_duration(began)}).", flush=True)


def _last_words(output: str) -> str:
    """Say what pip said last, for a cause nobody foresaw, and keep all of it in a file."""
    tail = "\n".join("    " + line for line in output.splitlines()[-15:])
    said = f"pip could not install the course's packages. Its last words were:\n{tail}"
    try:
        descriptor, name = tempfile.mkstemp(prefix="lessons-install-", suffix=".log")
        with open(descriptor, "w", encoding="utf-8") as log:
            log.write(output)
    except OSError:
        return said
    return f"{said}\nAll it said is in {name}."


def _ask_again(python: Path, output: str) -> str:
    """Return what pip says in detail about the index, where it has found no package to fit.

    Without retries pip does not mention that it got no answer at all: it says the same as
    when the index has no fitting package.
    """
    if not any(re.search(pattern, output) for pattern in _NOTHING_FITS):
        return ""
    command = [str(python), "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps"]
    try:
        done = subprocess.run(
            [*command, "-vv", "setuptools"],
            env=_pip_variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return "Read timed out."
    # Where the index answers, what it says about setuptools is not the cause.
    return done.stdout + done.stderr if _UNREACHABLE.search(done.stdout + done.stderr) else ""


def _run_pip(command: Sequence[str], lines: list[str], progress: Progress) -> int:
    """Start pip, collect its lines, and show the progress that they tell of."""
    process = subprocess.Popen(
        command,
        cwd=environment.REPOSITORY,
        env=_pip_variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )

    def read() -> None:
        for line in process.stdout:
            lines.append(line)
            progress.feed(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    show = _Display()
    try:
        while reader.is_alive():
            reader.join(0.25)
            show.update(progress)
        return process.wait()
    finally:
        show.end()
        _end(process)
        reader.join(5)


def _end(process: subprocess.Popen) -> None:
    """Let an interrupted pip clear its temporary folders away, then see that it is gone."""
    patience = contextlib.suppress(subprocess.TimeoutExpired)
    if process.poll() is None:
        with patience:
            process.wait(3)  # after Ctrl-C it has been told by the terminal already
    if process.poll() is None:
        process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        with patience:
            process.wait(10)
    if process.poll() is None:
        process.kill()
        process.wait()


def _expected_packages() -> int:
    """Count the packages in the constraints; a few are for other systems only."""
    lines = environment.course_file("constraints.txt").splitlines()
    return len({line.split("==")[0] for line in lines if "==" in line and line[0] != "#"})


def _count_installed() -> int:
    """Count the packages in ``.venv``."""
    folder = environment.ENVIRONMENT
    patterns = ("lib/python3*/site-packages/*.dist-info", "Lib/site-packages/*.dist-info")
    return len({path for pattern in patterns for path in folder.glob(pattern)})


def _duration(began: float) -> str:
    """Return the time since ``began`` in words."""
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


class Progress:
    """What pip has done so far, read from its plain output.

    Parameters
    ----------
    expected : int
        About how many packages there will be.
    installed : callable
        Counts the packages that are in place: pip says nothing while it unpacks.
    """

    def __init__(self, expected: int, installed: Callable[[], int]):
        self._expected = expected
        self._installed = installed
        self._already = installed()
        self._chosen: set[str] = set()
        self._fetched: set[str] = set()
        self._to_install = 0
        self._now = ""
        self.phase = "preparing"

    def feed(self, line: str) -> None:
        """Take one line of pip's output."""
        line = line.strip()
        if match := re.match(r"Collecting ([A-Za-z0-9._-]+)", line):
            self._chosen.add(_canonical(match[1]))
            if self.phase == "preparing":
                self.phase = "choosing"
        elif match := re.match(_WHEEL, line):
            name = re.split(r"[/\\]", match[1])[-1].split("-")[0]
            self._fetched.add(_canonical(name))
            size = match[2].strip(" ()")
            self._now = ", ".join(filter(None, [name, size]))
            self.phase = "fetching"
        elif line.startswith("Installing collected packages:"):
            self._to_install = line.count(",") + 1
            self._already = self._installed()
            self.phase = "installing"

    def sentence(self) -> str:
        """Return where pip stands, in a few words."""
        total = max(self._expected, len(self._chosen))
        if self.phase == "choosing":
            return f"choosing versions: {len(self._chosen)} of about {total} packages"
        if self.phase == "fetching":
            return f"fetching packages: {len(self._fetched)} of about {total} ({self._now})"
        if self.phase == "installing":
            done = min(max(self._installed() - self._already, 0), self._to_install)
            return f"installing packages: {done} of {self._to_install}"
        return "asking the package index"


def _canonical(name: str) -> str:
    """Return a package's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


class _Display:
    """Shows progress: one line that changes on a terminal, else a line now and then."""

    EVERY = 10.0  # seconds between lines where nobody can rewrite one

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._shown = ""
        self._phase = ""
        self._last = 0.0

    def update(self, progress: Progress) -> None:
        now = time.monotonic()
        text = f"  {progress.sentence()}, {_duration(self._began)}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            text = text[:width].ljust(min(len(self._shown), width))
            print("\r" + text, end="", flush=True)
            self._shown = text.rstrip()
        elif progress.phase != self._phase or now - self._last >= self.EVERY:
            print(text, flush=True)
            self._phase, self._last = progress.phase, now

    def end(self) -> None:
        if self._terminal and self._shown:
            print("\r" + " " * len(self._shown) + "\r", end="", flush=True)


def explain(output: str) -> str | None:
    """Return one sentence on why pip, or ``python -m venv``, failed; ``None`` when unknown.

    Parameters
    ----------
    output : str
        Everything the program printed.
    """

    def says(pattern: str) -> re.Match | None:
        return re.search(pattern, output, re.IGNORECASE)

    if says(r"no space left on device|not enough space on the disk|disk quota exceeded"):
        return (
            "The disk is full: the course's packages need up to 3 GB in "
            f"{environment.REPOSITORY} and about 1 GB for a moment in {tempfile.gettempdir()}; "
            f"make room and {START_AGAIN}."
        )
    if _UNREACHABLE.search(output):
        return (
            "The package index cannot be reached, so the course's packages could not be "
            "installed; check the network (behind a proxy, set HTTPS_PROXY) and "
            f"{START_AGAIN}."
        )
    if says(r"ensurepip|No module named '?(?:venv|pip)\b"):
        major, minor = sys.version_info[:2]
        return (
            f"This Python {major}.{minor} cannot make environments with pip in them; on Debian "
            f"and Ubuntu install what is missing with: sudo apt install python{major}.{minor}-venv"
        )
    if says(r"contains the PATH separator"):
        return (
            f"The path of the course's folder {environment.REPOSITORY} has a `{os.pathsep}` in "
            "it, and Python makes no environments in such places; rename or move the folder and "
            f"{START_AGAIN}."
        )
    if match := next(filter(None, map(says, _NOTHING_FITS)), None):
        return (
            f"The package index has no build of {match[1]} for Python "
            f"{platform.python_version()} on {platform.system()} {platform.machine()}; "
            "the course runs on 64-bit Linux, Windows and macOS (Apple silicon), with Python "
            f"3.11, 3.12 or 3.13."
        )
    if says(r"read-only file system|permission denied|access is denied"):
        return (
            f"The course's folder {environment.REPOSITORY} cannot be written to; copy the "
            "course to a folder of your own and start it there."
        )
    return None
