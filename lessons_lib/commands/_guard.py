"""What keeps an installation whole: one at a time, and nothing left when it is stopped.

Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from lessons_lib.commands import environment

__all__ = ["only_one_at_a_time", "remove", "stop_signals_raise", "undo"]


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
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
def stop_signals_raise() -> Iterator[None]:
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


def remove(folder: Path, mark: str) -> None:
    """Delete ``.venv``, its mark last: a deletion cut short is then still recognised."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    with contextlib.suppress(OSError):
        (folder / mark).touch()
    for entry in folder.iterdir():
        if entry.name == mark:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    shutil.rmtree(folder)


def undo(removals: Sequence[Path], mark: str) -> None:
    """Delete what a failed installation made, and let no second Ctrl-C stop that."""
    main = threading.current_thread() is threading.main_thread()
    former = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        for path in removals:
            with contextlib.suppress(OSError):
                remove(path, mark)
    finally:
        if main:
            signal.signal(signal.SIGINT, former)
