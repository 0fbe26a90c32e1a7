"""How much memory is free, and giving back what a process keeps for nothing."""

from __future__ import annotations

import ctypes
import re
import sys
import threading
from pathlib import Path

CLOSE = "close other lessons (File → Close and Shut Down Notebook)"
_GIGABYTE = 1e9
_LITTLE = 0.5  # GB: training a small network for the first time takes 0.2, its page as much
_CONTAINER = Path("/sys/fs/cgroup")  # a container's own limit, in cgroup v2


def free() -> float | None:
    """Return the memory that may still be used here, in GB; ``None`` where it is not known."""
    candidates = []
    try:
        import psutil

        candidates.append(psutil.virtual_memory().available)
    except ImportError:
        if match := re.search(r"MemAvailable:\s+(\d+) kB", _read(Path("/proc/meminfo"))):
            candidates.append(int(match[1]) * 1024)
    # A container's limit is not in the machine's figures.
    limit = _read(_CONTAINER / "memory.max").strip()
    used = _read(_CONTAINER / "memory.current").strip()
    if limit.isdigit() and used.isdigit():
        # Files that were read long ago count as used, and give way as soon as room is wanted.
        old = re.search(r"^inactive_file (\d+)$", _read(_CONTAINER / "memory.stat"), re.MULTILINE)
        candidates.append(int(limit) - int(used) + (int(old[1]) if old else 0))
    return min(candidates) / _GIGABYTE if candidates else None


def warning() -> str:
    """Return a sentence that says what to do where little memory is left; else an empty one."""
    left = free()
    if left is None or left >= _LITTLE:
        return ""
    return f"Only {left:.1f} GB of memory is free: {CLOSE}."


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def give_back() -> threading.Thread | None:
    """Let the system have what this process has freed, on another thread, which is returned.

    The C library of Linux keeps freed memory for later: 75 MB after XLA has compiled a small
    network's loop. Other systems give it back by themselves, and nothing is done there.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return None
    # It takes 70 ms, in which Python goes on.
    thread = threading.Thread(target=trim, args=(0,), name="lessons-give-back", daemon=True)
    thread.start()
    return thread
