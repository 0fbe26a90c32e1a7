"""A class's hub on this machine alone, for tests: students log in with tokens.

It needs root, for each student gets an account; all of it is gone afterwards.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from deploy.hub import accounts, limits, student_server

REPOSITORY = Path(__file__).parents[1]
START = REPOSITORY / "deploy" / "hub" / "start.py"
# Python lies in a folder that is closed to students, as root's home is: the hub sees another
# folder in that place, with nothing but Python in it.
OPENED = """
mkdir -p "$0" && mount --bind "$1" "$0" && mount -t tmpfs -o mode=755 none "$2" &&
mkdir -p "$1" && mount --bind "$0" "$1" && shift 2 && exec "$@"
"""


def reason_to_skip() -> str:
    """Return what a hub lacks here, empty where it lacks nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a hub makes accounts for students, which only root can"
    if not shutil.which("useradd"):
        return "a hub makes accounts for students, and useradd is not there"
    programs = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.prefix, "bin"))])
    if not shutil.which("configurable-http-proxy", path=programs):
        return "the hub's proxy, configurable-http-proxy, is not installed (npm has it)"
    with tempfile.TemporaryDirectory() as free:
        if subprocess.run(_wrapped(["true"], Path(free)), capture_output=True).returncode:
            return "students cannot reach this Python, nor can it be mounted elsewhere"
    return ""


def _wrapped(command, free):
    """Return a command that runs where students can reach this Python."""
    python = Path(sys.base_prefix).resolve()
    closed = accounts.closed_folder(python)
    if closed is None:
        return command
    return ["unshare", "--mount", "sh", "-c", OPENED, str(free), str(python), str(closed), *command]


class ClassHub:
    """A hub that runs.

    Attributes
    ----------
    url : str
        Where it is.
    tokens : dict of str to str
        What each student logs in with.
    folder : Path
        Its folder: students' homes, data, the hub's own.
    """

    def __init__(self, folder: Path, students: list[str], **settings: str):
        self.folder = folder
        self.tokens = {name: secrets.token_hex(8) for name in students}
        port = _free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self._environ = {
            **os.environ,
            "LESSONS_HUB_FOLDER": str(folder),
            "LESSONS_HUB_LOGIN": "tokens",
            "LESSONS_HUB_TOKENS": ",".join(map("=".join, self.tokens.items())),
            "LESSONS_HUB_PORT": str(port),
            "LESSONS_HUB_MORE": str(folder / "more.py"),
            **{f"LESSONS_HUB_{name.upper()}": value for name, value in settings.items()},
        }
        # What a test run has set for itself is not the students'.
        for name in ("LESSONS_WORKSPACE", "LESSONS_DATA_DIR", "LESSONS_CACHE_DIR"):
            self._environ.pop(name, None)
        self._running: dict[str, subprocess.Popen] = {}

    @property
    def log(self) -> str:
        """What proxy, kernel service and hub have said."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self, part: str) -> None:
        """Start ``"proxy"``, ``"kernels"`` or ``"hub"``."""
        command = _wrapped([sys.executable, str(START), part], self.folder / "python")
        with (self.folder / "log").open("a") as log:
            self._running[part] = subprocess.Popen(
                command, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, part: str) -> None:
        """End one of them; students' servers go on."""
        process = self._running.pop(part)
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """End the hub and start it again, as an instructor who has changed a setting."""
        self.stop("hub")
        self.start("hub")
        self.wait()

    def wait(self) -> None:
        """Wait until the hub answers, and the kernel service.

        Raises
        ------
        RuntimeError
            When it ends instead, or not within a minute; with the end of its log.
        """
        for _ in range(240):
            if any(process.poll() is not None for process in self._running.values()):
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/hub/api", timeout=2).close()
                if (self.folder / "kernels.socket").exists():
                    return
            time.sleep(0.25)
        raise RuntimeError(f"The hub does not answer:\n{self.log[-3000:]}")

    def __enter__(self) -> "ClassHub":
        """Start the proxy, the kernel service and the hub."""
        for part in ("proxy", "kernels", "hub"):
            self.start(part)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End everything, students' servers too, and remove their accounts."""
        for part in list(self._running):
            self.stop(part)
        for name in map(accounts.account_name, self.tokens):
            with contextlib.suppress(KeyError):
                user = pwd.getpwnam(name).pw_uid
                _end_all_of(user)
                for left in Path(tempfile.gettempdir()).glob(f"{student_server.SOCKETS}*"):
                    if _owner(left) == user:
                        shutil.rmtree(left, ignore_errors=True)
                subprocess.run(["userdel", name], capture_output=True, check=True)
            limits.ControlGroups().remove(name)


def _end_all_of(user):
    """End all processes of a user, those that begin meanwhile too."""
    for _ in range(100):
        numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _owner(path) == user]
        if not numbers:
            return
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.1)


def _owner(path):
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_uid


def _free_ports(count):
    """Return the first of so many free ports in a row."""
    while True:
        first = 20000 + secrets.randbelow(20000)
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
