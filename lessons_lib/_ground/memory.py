"""How much memory is free, and giving back what a process keeps for nothing."""

from __future__ import annotations

import ctypes
import functools
import mmap
import os
import re
import sys
import threading
from pathlib import Path

if sys.platform == "linux":
    import resource

CLOSE = "close other lessons (File → Close and Shut Down Notebook)"
_GIGABYTE = 1e9
LIMIT = "MEM_LIMIT"  # bytes for each student, as JupyterHub names it
_SERVER = 150_000_000  # bytes of a student's JupyterLab beside its kernels
# TensorFlow has about five threads for each processor, whose stacks count and are hardly used.
_STACKS = 5 * 2**23  # bytes
_LENT, _MOST_LOANS = 2**25, 4  # bytes: telling of an error and deleting a name take a few MB
_LOANS: list[tuple[int, int]] = []  # limits for a kernel that has met its own, the next one last
_LITTLE = 0.5  # GB: training a small network for the first time takes 0.2, its page as much
_GROUPS = Path("/sys/fs/cgroup")  # where a container's limit stands, or a student's on a server
_OWN_GROUPS = Path("/proc/self/cgroup")
_STATUS, _PAGES = Path("/proc/self/status"), Path("/proc/self/smaps_rollup")


def free() -> float | None:
    """Return the memory that may still be used here, in GB; ``None`` where it is not known."""
    candidates = []
    try:
        import psutil

        candidates.append(psutil.virtual_memory().available)
    except ImportError:
        if match := re.search(r"MemAvailable:\s+(\d+) kB", _read(Path("/proc/meminfo"))):
            candidates.append(int(match[1]) * 1024)
    # The limits of control groups are not in the machine's figures.
    candidates += filter(None, map(_free_in, _own_groups()))
    # Nor is what `limit_kernel` leaves to this process: more counts there than the groups see.
    if sys.platform == "linux":
        limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
        if limit != resource.RLIM_INFINITY:
            candidates.append(limit - _counted("VmData", _STATUS))
    return min(candidates) / _GIGABYTE if candidates else None


def _own_groups() -> set[Path]:
    """Return the folders of the control groups, of both versions, that this process is in."""
    groups = {_GROUPS}  # all that a container sees of its own, if it is one
    for line in _read(_OWN_GROUPS).splitlines():
        _, trees, path = line.split(":", 2)
        if "memory" in trees:
            groups.add(_GROUPS / "memory" / path.lstrip("/"))
        elif not trees:
            groups.add(_GROUPS / path.lstrip("/"))
    return groups


def _free_in(group: Path) -> int | None:
    """Return the bytes that may still be used in a control group, ``None`` without a limit."""
    for limit, used, old in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, used = _read(group / limit).strip(), _read(group / used).strip()
        if limit.isdigit() and used.isdigit():
            # Files read long ago count as used, and give way as soon as room is wanted.
            files = re.search(rf"^{old} (\d+)$", _read(group / "memory.stat"), re.MULTILINE)
            return int(limit) - int(used) + (int(files[1]) if files else 0)
    return None


def warning() -> str:
    """Return a sentence that says what to do where little memory is left; else an empty one."""
    left = free()
    if left is None or left >= _LITTLE:
        return ""
    return f"Only {left:.1f} GB of memory is free: {CLOSE}."


def shortage(error: BaseException) -> str:
    """Return a sentence for an error that says that there is no memory; else an empty one.

    A kernel behind a hub is lent some memory first, to say so and to free what it holds.

    Parameters
    ----------
    error : BaseException
        NumPy's and Python's own `MemoryError`, or TensorFlow's error of another name.
    """
    if not isinstance(error, MemoryError) and type(error).__name__ != "ResourceExhaustedError":
        return ""
    _lend()
    text = str(error)
    if array := re.search(r"Unable to allocate (.* shape .*?\))", text):  # NumPy's words
        wanted = array[1]
    elif tensor := re.search(r"tensor with shape\[([\d,]+)\]", text):  # TensorFlow's
        wanted = f"an array with shape ({tensor[1].replace(',', ', ')})"
    else:
        wanted = "this"
    left, allowed = free(), os.environ.get(LIMIT, "")
    there = "" if left is None else f": {max(left, 0):.1f} GB of memory is free"
    if allowed.isdigit():
        there = f" in the {int(allowed) / _GIGABYTE:.1f} GB that you have on this server{there}"
    return (
        f"There is no room for {wanted}{there}. Take fewer or smaller arrays, delete one that you "
        f"no longer need (`del name`), or {CLOSE}."
    )


def limit_kernel() -> None:
    """Let a kernel behind a hub end in a `MemoryError` just before its student's limit.

    At the limit itself Linux would end the kernel, and all that it holds. What was lent is taken
    back where the kernel can do without.
    """
    allowed = os.environ.get(LIMIT, "")
    if not allowed.isdigit() or sys.platform != "linux":
        return
    former, most = resource.getrlimit(resource.RLIMIT_DATA)
    stacks = _STACKS * len(os.sched_getaffinity(0))
    limit = max(int(allowed) - _SERVER, int(allowed) // 2) + stacks + _common()
    if most != resource.RLIM_INFINITY and limit >= most:
        return
    if former > limit and (trim := give_back()):  # it has met its limit, and perhaps freed much
        trim.join()
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    try:
        mmap.mmap(-1, 2 * _LENT, flags=mmap.MAP_PRIVATE).close()
    except OSError:  # so little is left that the next cell could not even be read
        resource.setrlimit(resource.RLIMIT_DATA, (former, most))
    else:
        higher = (limit + number * _LENT for number in range(_MOST_LOANS, 0, -1))
        _LOANS[:] = [(most, most)]  # the last: what Linux ends is told, what hangs is not
        _LOANS.extend((one, most) for one in higher if most == resource.RLIM_INFINITY or one < most)


@functools.cache
def _common() -> int:
    """Return the bytes that a kernel's own limit counts as it begins, and its student's does not.

    Stacks of threads, hardly used, and what it has in common with the service that it comes from.
    """
    return _counted("VmData", _STATUS) - _counted("Private_Dirty", _PAGES)


def _counted(name: str, file: Path) -> int:
    """Return the bytes that Linux counts of this process under a name; 0 where it does not."""
    found = re.search(rf"^{name}:\s+(\d+) kB", _read(file), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _lend() -> None:
    """Let a kernel that has met its limit hold a little more; nothing is made anew for it."""
    if _LOANS:
        resource.setrlimit(resource.RLIMIT_DATA, _LOANS.pop())


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
