"""What the students' processes take of the machine."""

import contextlib
import os
import pwd
import signal
from pathlib import Path
from typing import NamedTuple

import psutil

from deploy.hub.accounts import account_name

COUNTS = ("/sys/fs/cgroup/memory{}/memory.usage_in_bytes", "/sys/fs/cgroup{}/memory.current")
MEGABYTE = 2**20


class Taken(NamedTuple):
    """What one student takes.

    Attributes
    ----------
    share : float
        Memory in MB; of a page that several processes have, each its share (PSS).
    own : float
        Memory in MB that no other process has.
    counted : float
        What the student's control group counts, in MB; 0 without one.
    seconds : float
        Of a processor, so far.
    """

    share: float
    own: float
    counted: float
    seconds: float


def taken(names: list[str]) -> dict[str, Taken]:
    """Return what each student takes: server, kernels, and what these have started."""
    return {name: _sum(_processes_of(name)) for name in names}


def memory_of_hub() -> float:
    """Return the memory of what this process has started for all students, in MB."""
    return sum(
        process.memory_full_info().pss / MEGABYTE
        for process in psutil.Process().children(recursive=True)
        if process.uids().real == os.getuid()
    )


def kill(name: str) -> None:
    """End all processes of a student at once, as a machine does that has no memory left."""
    for process in _processes_of(name):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def _processes_of(name: str) -> list[psutil.Process]:
    # By their owner: a kernel's environment is that of the process of which it is a copy.
    number = pwd.getpwnam(account_name(name)).pw_uid
    return [one for one in psutil.process_iter(["uids"]) if one.info["uids"].real == number]


def _sum(processes: list[psutil.Process]) -> Taken:
    share = own = seconds = counted = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            memory, times = process.memory_full_info(), process.cpu_times()
            share += memory.pss / MEGABYTE
            own += memory.uss / MEGABYTE
            seconds += times.user + times.system
            counted = _counted(process.pid)
    return Taken(share, own, counted, seconds)


def _counted(process: int) -> float:
    """Return what the control group of a process counts, in MB."""
    for line in Path(f"/proc/{process}/cgroup").read_text().splitlines():
        _, tree, group = line.split(":", 2)
        if tree in ("memory", ""):
            file = Path(COUNTS[tree == ""].format(group))
            if file.exists():
                return int(file.read_text()) / MEGABYTE
    return 0.0
