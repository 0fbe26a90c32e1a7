"""The kernel service of a class: a process that has TensorFlow loaded, and copies itself.

Each student's kernel begins as such a copy. Linux keeps what two copies have in common in memory
once, so a kernel takes about 200 MB less, and it need not wait for TensorFlow. `start.py kernels`
runs it as root; a copy becomes the student's before it reads what the student has sent. The other
end is `jupyter_data/kernels/python3/kernel.py`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pwd
import select
import signal
import socket
import struct
import sys
import traceback
from pathlib import Path

# Not `ipywidgets`, which looks for its kernel as it is imported, nor the course, whose settings
# of TensorFlow are each student's own.
LOADED = (
    *("keras", "matplotlib.pyplot", "numpy", "pandas", "sklearn", "tensorflow"),
    *("ipykernel.ipkernel", "ipykernel.kernelapp"),
)
_CONTROL_GROUPS = Path("/sys/fs/cgroup")
_DUMPABLE = 4  # PR_SET_DUMPABLE, of <linux/prctl.h>
_PEER = struct.Struct("3i")  # process, user, group: `struct ucred` of <sys/socket.h>


class Service:
    """Makes kernels for those who ask at a socket, and ends each whose server has ended it.

    Parameters
    ----------
    path : Path
        Where the socket is made; everybody may ask there.

    Raises
    ------
    OSError
        When it cannot be made there.
    """

    def __init__(self, path: Path):
        self._door = socket.socket(socket.AF_UNIX)
        try:
            path.unlink(missing_ok=True)
            self._door.bind(str(path))
        except OSError as error:
            self._door.close()
            raise OSError(
                f"The kernel service cannot make its socket {path} ({error}). It needs a folder "
                "that it may write to, and in all less than 108 characters: choose another "
                "LESSONS_HUB_FOLDER."
            ) from None
        path.chmod(0o666)
        self._door.listen(64)
        self._poll = select.poll()
        self._poll.register(self._door, select.POLLIN)
        self._kernels: dict[int, tuple[socket.socket, int]] = {}  # by the connection's number

    def serve(self) -> None:
        """Answer, until a signal ends this process; the kernels go on."""
        while True:
            for number, _ in self._poll.poll():
                if number == self._door.fileno():
                    self._answer()
                else:
                    self._end(number)

    def _answer(self) -> None:
        connection, _ = self._door.accept()
        try:
            process = os.fork()
        except OSError:  # the machine is full; the other end makes an ordinary kernel, or tries to
            traceback.print_exc()
            connection.close()
            return
        if process == 0:
            self._be_kernel(connection)
        # Nothing is read here: it would be read as root.
        self._poll.register(connection, select.POLLRDHUP)
        self._kernels[connection.fileno()] = connection, process

    def _end(self, number: int) -> None:
        """End a kernel whose other end is gone, with all that it has started."""
        connection, process = self._kernels.pop(number)
        self._poll.unregister(connection)
        connection.close()
        for kill in (os.killpg, os.kill):  # it has no group yet, or none any more
            with contextlib.suppress(ProcessLookupError):
                kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

    def _be_kernel(self, connection: socket.socket) -> None:
        """Be a kernel from here on; never returns."""
        try:
            self._door.close()
            for other, _ in self._kernels.values():
                other.close()
            os.setsid()
            become_student(connection)
            arguments = take_over(connection)
        except Exception:
            traceback.print_exc()
            connection.shutdown(socket.SHUT_RDWR)  # the other end makes an ordinary kernel
            os._exit(1)
        with connection:
            connection.sendall(str(os.getpid()).encode())
        run_kernel(arguments)
        sys.exit()


def become_student(connection: socket.socket) -> None:
    """Become a process of whoever is at the other end, in their control groups."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    process, user, group = _PEER.unpack(peer)
    for file in group_files(Path(f"/proc/{process}/cgroup").read_text()):
        file.write_text("0")  # the process that writes
    if os.stat(f"/proc/{process}").st_uid != user:
        raise PermissionError(f"process {process} is another user's by now")
    if user != os.getuid():
        os.initgroups(pwd.getpwuid(user).pw_name, group)
        os.setgid(group)
        os.setuid(user)
        # As after an ordinary start: else the student could not read /proc/self.
        ctypes.CDLL(None).prctl(_DUMPABLE, 1, 0, 0, 0)


def group_files(groups: str, own: str | None = None) -> list[Path]:
    """Return the files through which a process enters control groups.

    Parameters
    ----------
    groups : str
        The text of ``/proc/<process>/cgroup`` of a process in these groups.
    own : str, optional
        The same of this process: what both are in needs no entering.
    """
    theirs, ours = (
        {
            tree: path
            for _, trees, path in (line.split(":", 2) for line in text.splitlines())
            for tree in trees.split(",")
        }
        for text in (groups, Path("/proc/self/cgroup").read_text() if own is None else own)
    )
    # Version 1 has a tree for each of what the hub limits, version 2 one without a name.
    trees = ("memory", "cpu") if "memory" in theirs else ("",)
    return [
        _CONTROL_GROUPS / tree / theirs[tree].lstrip("/") / "cgroup.procs"
        for tree in trees
        if theirs[tree] != ours[tree]
    ]


def take_over(connection: socket.socket) -> list[str]:
    """Read what a kernel is started with, and go by it; return its arguments."""
    _, outputs, *_ = socket.recv_fds(connection, 1, 2)
    streams = [os.open(os.devnull, os.O_RDONLY), *outputs]
    for number, output in zip(range(3), streams, strict=True):  # never into the service's own log
        os.dup2(output, number)
        os.close(output)
    with connection.makefile("rb") as sent:
        request = json.loads(sent.readline())
    os.environ.clear()
    os.environ.update(request["variables"])
    os.environ.pop("JPY_PARENT_PID", None)  # the kernel's parent is the service
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    os.chdir(request["folder"])
    return request["arguments"]


def run_kernel(arguments: list[str]) -> None:
    """Run a kernel, as `ipykernel_launcher` would."""
    import numpy as np
    from ipykernel.kernelapp import launch_new_instance

    # Else all students had the same numbers; Python's own random numbers begin anew by themselves.
    np.random.seed()  # noqa: NPY002 - the generator that a kernel has
    sys.argv[1:] = arguments
    launch_new_instance()


def main() -> None:
    """Load what the kernels have in common, and serve."""
    del sys.path[0]  # the folder of this file
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a copy writes to no object of before: it stays common
    try:
        service = Service(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(str(error))
    service.serve()


if __name__ == "__main__":
    main()
