"""What one student may use of the machine: Linux's control groups, of both versions.

A group is a folder, and its settings are files in it. Version 1 has a tree for each of memory and
processors, version 2 one for all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

__all__ = ["ControlGroups"]

_PERIOD = 100_000  # microseconds
_SWAP = "memory.swap.max"
_GROUP = "students"
_TRIES, _PAUSE = 50, 0.1  # a process ends soon after it is told so; seconds


class ControlGroups:
    """The groups of all students, inside the one in which the hub runs.

    Parameters
    ----------
    mount : Path
        Where the trees are mounted.
    own : str
        The text of ``/proc/self/cgroup``: in which groups the hub is.

    Attributes
    ----------
    unavailable : str
        Why nothing can be limited, in words; empty where it can.
    """

    def __init__(self, mount: Path = Path("/sys/fs/cgroup"), own: str | None = None):
        if own is None:
            own = Path("/proc/self/cgroup").read_text()
        self._places: dict[str, Path] = {}  # of "memory" and "cpu"
        self._version = 2
        self.unavailable = ""
        try:
            self._find(mount, own)
        except OSError as error:
            self._places = {}
            self.unavailable = str(error)

    def _find(self, mount: Path, own: str) -> None:
        lines = [line.split(":", 2) for line in own.splitlines()]
        trees = {name: path for _, names, path in lines for name in names.split(",")}
        if "memory" in trees:
            self._version = 1
            for tree in ("memory", "cpu"):
                self._places[tree] = mount / tree / trees[tree].lstrip("/") / _GROUP
                self._places[tree].mkdir(exist_ok=True)
            return
        place = mount / trees[""].lstrip("/")
        # Only a group without processes of its own can share out what it has.
        if place.name == "hub":
            place = place.parent
        else:
            (place / "hub").mkdir(exist_ok=True)
            for process in (place / "cgroup.procs").read_text().split():
                (place / "hub" / "cgroup.procs").write_text(process)
        (place / _GROUP).mkdir(exist_ok=True)
        for folder in (place, place / _GROUP):
            (folder / "cgroup.subtree_control").write_text("+memory +cpu")
        self._places = dict.fromkeys(("memory", "cpu"), place / _GROUP)

    def set(self, name: str, memory: int | None, cpus: float | None) -> None:
        """Make a student's group, or give it other limits.

        Parameters
        ----------
        name : str
            The student's account.
        memory : int or None
            Bytes; `None` for no limit.
        cpus : float or None
            Processors; `None` for no limit.
        """
        quota = round(cpus * _PERIOD) if cpus else None
        if self._version == 1:
            values = {
                "memory": {"memory.limit_in_bytes": memory or -1},
                "cpu": {"cpu.cfs_period_us": _PERIOD, "cpu.cfs_quota_us": quota or -1},
            }
        else:
            values = {
                "memory": {"memory.max": memory or "max", _SWAP: 0},
                "cpu": {"cpu.max": f"{quota or 'max'} {_PERIOD}"},
            }
        for tree, place in self._places.items():
            (place / name).mkdir(exist_ok=True)
            for file, value in values[tree].items():
                try:
                    (place / name / file).write_text(str(value))
                except OSError:
                    if file != _SWAP:  # which a machine may lack
                        raise

    def entrance(self, name: str) -> Callable[[], None]:
        """Return what a process calls to enter a student's group."""
        files = [str(place / name / "cgroup.procs") for place in self._places.values()]

        def enter() -> None:
            for file in files:
                with open(file, "w") as opened:
                    opened.write("0")  # the process that writes

        return enter

    def processes(self, name: str) -> list[int]:
        """Return the processes in a student's group."""
        place = self._places.get("memory")
        if place is None or not (place / name).exists():
            return []
        return [int(number) for number in (place / name / "cgroup.procs").read_text().split()]

    async def end(self, name: str) -> None:
        """End what still runs in a student's group, such as programs of a terminal; remove it."""
        for _ in range(_TRIES):
            for process in self.processes(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            try:
                return self.remove(name)
            except OSError:  # a process has not ended yet
                await asyncio.sleep(_PAUSE)

    def remove(self, name: str) -> None:
        """Remove a student's group, in which no process is left."""
        for place in set(self._places.values()):
            with contextlib.suppress(FileNotFoundError):
                (place / name).rmdir()
