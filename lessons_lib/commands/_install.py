"""Making ``.venv`` and keeping it in step with the course.

Standard library only. A folder is trusted when it holds the stamp, which is written last,
or when somebody made it by hand and everything can be imported. While pip works, a mark
lies in it; a start that finds the mark knows that the former one was cut off.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import importlib.util
import json
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lessons_lib.commands import environment
from lessons_lib.commands.environment import Problem

__all__ = [
    "Progress",
    "State",
    "examine",
    "explain",
    "fingerprint",
    "interpreter",
    "mend_running",
    "prepare",
]

_STAMP = "lessons-complete"
_MARK = "lessons-unfinished"
_EXTRA = "test"
_START_AGAIN = "start again with the same command"


class State(enum.Enum):
    """What is found in the place of ``.venv``."""

    ABSENT = "there is none"
    READY = "complete"
    OUTDATED = "made for an earlier version of the course"
    INCOMPLETE = "complete once, but packages were removed since"
    INTERRUPTED = "the first installation was interrupted"
    BROKEN = "its Python does not start, or has been replaced by another version"


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
    digest.update((environment.REPOSITORY / "constraints.txt").read_bytes())
    return digest.hexdigest()


def _missing_inside(python: Path) -> list[str] | None:
    """Return the packages an environment lacks, or ``None`` where its Python does not start.

    ``pip`` is among them where there is none: it is needed for mending, not for running.
    """
    code = (
        "import sys, importlib.util as u\n"
        "ok = lambda n: (s := u.find_spec(n)) is not None and s.origin is not None\n"
        "print(*[n for n in sys.argv[1:] if not ok(n)])\n"
    )
    modules = {module: name for name, module in environment.needed_imports([_EXTRA]).items()}
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
    if (folder / _MARK).exists():
        return State.INTERRUPTED
    missing = _missing_inside(interpreter())
    stamp = _stamp()
    if stamp is None:
        # Complete without a stamp: somebody made it by hand, and it is theirs to keep.
        return State.READY if _is_complete(missing) else State.INTERRUPTED
    if stamp == fingerprint() and _is_complete(missing):
        return State.READY
    # Without pip it cannot be mended. So it looks, too, after an upgrade of the system's
    # Python: the new one does not look into the old one's folder of packages.
    if missing is None or "pip" in missing:
        return State.BROKEN
    return State.INCOMPLETE if stamp == fingerprint() else State.OUTDATED


def _stamp() -> str | None:
    """Return what `_finish` wrote into the environment, if it did."""
    try:
        return (environment.ENVIRONMENT / _STAMP).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def prepare() -> Path:
    """Make or mend ``.venv`` where needed and return its interpreter.

    Raises
    ------
    Problem
        When that was not possible; nothing half-made is left behind.
    """
    with _only_one_at_a_time():
        state = examine()
        if state is State.READY:
            return interpreter()
        if state in (State.OUTDATED, State.INCOMPLETE):
            _update(interpreter(), state)
            return interpreter()
        if state is not State.ABSENT:
            print(f"The folder .venv cannot be used ({state.value}); it is made anew.", flush=True)
            with _told_when_not_writable():
                _remove(environment.ENVIRONMENT)
        _make()
        return interpreter()


def mend_running(extras: Sequence[str]) -> None:
    """Bring the environment that runs this very process up to date, where it is not."""
    folder = environment.ENVIRONMENT
    missing = environment.missing_packages(extras)
    outdated = _stamp() not in (None, fingerprint())
    if not missing and not outdated and not (folder / _MARK).exists():
        return
    with _only_one_at_a_time():
        _update(Path(sys.executable), State.OUTDATED if outdated else State.INCOMPLETE)
    importlib.invalidate_caches()


@contextlib.contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Hold a lock that the system drops by itself when this process ends, however it ends.

    ``pyproject.toml`` is what is locked: it is there, and no lock file is left lying about.
    """
    descriptor = os.open(environment.REPOSITORY / "pyproject.toml", os.O_RDONLY)
    try:
        told = False
        while not _lock(descriptor):
            if not told:
                print(
                    "Another start of the course is installing its packages; "
                    "waiting for it to finish.",
                    flush=True,
                )
                told = True
            time.sleep(0.5)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Try to lock an open file; True also on file systems that know no locks."""
    if os.name == "nt":
        import msvcrt

        # Windows refuses others even to read what is locked: take a byte far past the end.
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@contextlib.contextmanager
def _stop_signals_raise() -> Iterator[None]:
    """Let a terminated installation clean up as one stopped with Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number, frame):
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # One that is ignored stays so: that is what nohup asks for.
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


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


def _remove(folder: Path) -> None:
    """Delete ``.venv``, its mark last: a deletion cut short is then still recognised."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    with contextlib.suppress(OSError):
        (folder / _MARK).touch()
    for entry in folder.iterdir():
        if entry.name == _MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    shutil.rmtree(folder)


def _undo(removals: Sequence[Path]) -> None:
    """Delete what a failed installation made, and let no second Ctrl-C stop that."""
    main = threading.current_thread() is threading.main_thread()
    former = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        for path in removals:
            with contextlib.suppress(OSError):
                _remove(path)
    finally:
        if main:
            signal.signal(signal.SIGINT, former)


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
        (folder / _MARK).touch()
    except OSError as error:
        _undo([folder] if folder.is_dir() else [])
        raise Problem(_not_writable(error)) from error
    made = [folder]
    built = environment.REPOSITORY / "lessons_lib.egg-info"
    if not built.exists():
        made.append(built)
    try:
        with _stop_signals_raise():
            _create_environment(folder)
            _install(interpreter())
            _finish()
    except KeyboardInterrupt:
        _undo(made)
        raise Problem(
            f"Interrupted: nothing half-made is left; {_START_AGAIN} to go on.", status=130
        ) from None
    except BaseException:
        _undo(made)
        raise


def _create_environment(folder: Path) -> None:
    """Run ``python -m venv``."""
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True
    )
    if done.returncode != 0:
        output = done.stdout + done.stderr
        raise Problem(
            explain(output)
            or f"Python could not make an environment in {folder}: {output.strip()[-500:]}"
        )


def _finish() -> None:
    """Check that everything can be imported, then write the stamp and take the mark away."""
    missing = _missing_inside(interpreter())
    if not _is_complete(missing):
        what = "its Python does not start" if missing is None else ", ".join(missing)
        raise Problem(
            f"pip has finished, yet something is missing ({what}); {_START_AGAIN}, and if that "
            "does not help, report it together with the output of: "
            "python3 -m lessons_lib doctor"
        )
    folder = environment.ENVIRONMENT
    try:
        (folder / _STAMP).write_text(fingerprint() + "\n", encoding="utf-8")
        (folder / _MARK).unlink(missing_ok=True)
    except OSError as error:
        raise Problem(_not_writable(error)) from error


def _update(python: Path, state: State) -> None:
    """Bring a complete environment up to date; offline, go on with what is there."""
    if state is State.OUTDATED:
        print("The course has been updated or moved: bringing its packages up to date.", flush=True)
    else:
        print("Some of the course's packages are missing: installing them.", flush=True)
    mark = environment.ENVIRONMENT / _MARK
    try:
        mark.touch()
    except OSError as error:
        raise Problem(_not_writable(error)) from error
    try:
        with _stop_signals_raise():
            _install(python)
            _finish()
    except (Problem, KeyboardInterrupt) as trouble:
        # pip puts back what it had begun to replace, so what is there is whole.
        mark.unlink(missing_ok=True)
        if isinstance(trouble, KeyboardInterrupt):
            raise Problem(
                f"Interrupted while packages were brought up to date; {_START_AGAIN} to go on.",
                status=130,
            ) from None
        if not _is_complete(_missing_inside(python)):
            raise
        print(f"{trouble}\nGoing on with the packages as they were.", file=sys.stderr, flush=True)


def _pip_variables() -> dict[str, str]:
    """Return pip's environment: a learner's own settings, and short waits where none are set."""
    variables = dict(os.environ)
    # Folders of packages that are not this environment's, and levels of output that hide
    # the lines `Progress` reads.
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_QUIET", "PIP_USER"):
        variables.pop(name, None)
    variables.setdefault("PIP_RETRIES", "2")
    variables.setdefault("PIP_DEFAULT_TIMEOUT", "15")
    return {
        **variables,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _install(python: Path) -> None:
    """Run pip with readable progress; raise a `Problem` that names the cause."""
    command = [str(python), "-m", "pip", "install", "--constraint", "constraints.txt"]
    command += ["--editable", f".[{_EXTRA}]"]
    began = time.monotonic()
    descriptor, name = tempfile.mkstemp(prefix="lessons-install-", suffix=".log")
    log = Path(name)
    keep = False
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            progress = Progress(_expected_packages(), _count_installed)
            status = _run_pip(command, file, progress)
        if status != 0:
            output = log.read_text(encoding="utf-8")
            cause = explain(output)
            if cause is None:
                keep = True
                tail = "\n".join("    " + line for line in output.splitlines()[-15:])
                cause = (
                    f"pip could not install the course's packages. Its last words were:\n{tail}\n"
                    f"All it said is in {log}."
                )
            raise Problem(cause)
    finally:
        if not keep:
            log.unlink(missing_ok=True)
    print(f"{_count_installed()} packages are installed ({_duration(began)}).", flush=True)


def _run_pip(command: Sequence[str], log, progress: Progress) -> int:
    """Start pip, feed its lines to the log and the progress, and show the latter."""
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
            log.write(line)
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
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        reader.join(5)


def _expected_packages() -> int:
    """Count the packages in the constraints; a few are for other systems only."""
    lines = (environment.REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
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
        elif match := re.match(r"(?:Downloading|Using cached|Processing) (\S+\.whl)(.*)", line):
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
            f"make room and {_START_AGAIN}."
        )
    if says(
        r"connection broken|NewConnectionError|Max retries exceeded|ConnectTimeout|"
        r"ReadTimeout|Read timed out|name resolution|getaddrinfo failed|ProxyError|SSLError|"
        r"Network is unreachable|Connection (?:refused|reset|aborted)"
    ):
        return (
            "The package index cannot be reached, so the course's packages could not be "
            "installed; check the network (behind a proxy, set HTTPS_PROXY) and "
            f"{_START_AGAIN}."
        )
    if says(r"ensurepip|No module named '?(?:venv|pip)\b"):
        major, minor = sys.version_info[:2]
        return (
            f"This Python {major}.{minor} cannot make environments with pip in them; on Debian "
            f"and Ubuntu install what is missing with: sudo apt install python{major}.{minor}-venv"
        )
    if match := says(r"No matching distribution found for ([^\s;]+)"):
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
