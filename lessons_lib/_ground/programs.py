"""Compiled programs on disk: a network that was compiled once is ready sooner in the next kernel.

TensorFlow writes and reads the files, one for each program, about 700 kB. It writes a file whole
or not at all, and then believes it: from a damaged one a program fails, or runs wild. So each file
gets a seal beside it, a checksum, and what has no seal that fits goes away before TensorFlow
starts. Programs are for one kind of processor, one TensorFlow and one set of its flags, so each
such set has a folder of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zlib
from collections.abc import MutableMapping
from importlib import metadata
from pathlib import Path

from lessons_lib import __version__
from lessons_lib._ground import folders

FLAGS = "TF_XLA_FLAGS"
MOST_BYTES = 100 * 10**6  # of all programs together, those of other versions too
_LEAST_FREE = 300 * 10**6  # bytes on the disk: with less, nothing is written there
_SEAL = ".sum"
_DIRECTORY = "--tf_xla_persistent_cache_directory="


class Store:
    """The programs for one kind of processor, in one folder; several kernels may use it at once.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._known = {path.name for path in _programs(folder)}

    def seal(self) -> None:
        """Seal what was written since the store was opened, so that the next kernel trusts it."""
        for path in _programs(self.folder):
            if path.name not in self._known:
                self._known.add(path.name)
                with contextlib.suppress(OSError):  # another kernel took it away; a full disk
                    _seal(path).write_text(_checksum(path), "utf-8")


def kept() -> Path:
    """Return the folder of all programs, those of other versions too."""
    return folders.cache() / "programs"


def size() -> int:
    """Return how many bytes the programs take."""
    with contextlib.suppress(OSError):
        return sum(path.stat().st_size for path in _everything())
    return 0


def opened(environment: MutableMapping[str, str]) -> Store | None:
    """Let TensorFlow, which has not started yet, keep its programs in the folder made for them.

    Whoever has named a folder in ``TF_XLA_FLAGS`` is obeyed. None, too, where the folder cannot be
    written, or the disk is nearly full: then each kernel compiles for itself.
    """
    flags = environment.get(FLAGS, "")
    try:
        folder = kept() / _kind(environment.get("XLA_FLAGS", ""))
    except metadata.PackageNotFoundError:  # TensorFlow under another name
        return None
    ours = f'{_DIRECTORY}"{folder.as_posix()}"'
    if _DIRECTORY in flags and ours not in flags:
        return None
    # TensorFlow would end the name at such a mark; without a home there is no place for it.
    if any(mark in folder.as_posix() for mark in "\"'\\") or not folder.is_absolute():
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < _LEAST_FREE or not os.access(folder, os.W_OK):
            return None
        _tidy(folder)
        store = Store(folder)
    except OSError:
        return None
    if ours not in flags:  # a process that was started by this one has them already
        types = "--tf_xla_persistent_cache_device_types=CPU"
        environment[FLAGS] = f"{flags} {ours} {types}".strip()
    return store


def _kind(flags: str) -> str:
    """Return a name for all that a program depends on besides the network."""
    parts = (__version__, metadata.version("tensorflow"), sys.platform, flags, _processor())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _processor() -> str:
    """Return the processor's model and what it can do, as far as the system tells."""
    parts = [platform.machine(), platform.processor()]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "linux":
            # Of the first of them; its present speed does not count.
            first = Path("/proc/cpuinfo").read_text("utf-8").split("\n\n")[0].splitlines()
            names = ("model", "stepping", "vendor", "flags", "CPU ", "Features", "isa", "uarch")
            parts += [line for line in first if line.startswith(names)]
        elif sys.platform == "darwin":
            command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            parts.append(subprocess.run(command, capture_output=True, text=True, timeout=5).stdout)
    return "\n".join(parts)


def _programs(folder: Path) -> list[Path]:
    return list(folder.glob("*.pb"))


def _everything() -> list[Path]:
    return [path for path in kept().glob("*/*") if path.is_file()]


def _seal(path: Path) -> Path:
    return path.with_name(path.name + _SEAL)


def _checksum(path: Path) -> str:
    content = path.read_bytes()
    return f"{len(content)} {zlib.crc32(content)}"


def _tidy(folder: Path) -> None:
    """Take away what is damaged in a folder, and the oldest programs where they are too many."""
    for path in _programs(folder):
        with contextlib.suppress(FileNotFoundError):  # another kernel tidies too
            if not _seal(path).is_file() or _seal(path).read_text("utf-8") != _checksum(path):
                path.unlink()
    ages = []
    for path in _everything():
        with contextlib.suppress(FileNotFoundError):
            ages.append((path.stat().st_mtime, path.stat().st_size, path))
    room = MOST_BYTES
    for _, size_of_it, path in sorted(ages, reverse=True):
        room -= size_of_it
        if room < 0:
            path.unlink(missing_ok=True)
