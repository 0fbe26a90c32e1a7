"""The kernel service: kernels that begin as copies of one process are kernels like any other."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

from deploy.hub import kernels

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="a hub runs on Linux"),
    pytest.mark.usefixtures("no_loop_of_a_browser"),
]
HUB = Path(kernels.__file__).parent
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Start a service for these tests; give its socket."""
    path = tmp_path_factory.mktemp("kernels") / "socket"
    process = subprocess.Popen([sys.executable, HUB / "kernels.py", path])
    until(lambda: path.exists() or process.poll() is not None)
    assert process.poll() is None
    yield path
    process.terminate()
    process.wait()


@pytest.fixture
def kernel(service, tmp_path, monkeypatch):
    """Start a kernel through the service, as a student's server does."""
    monkeypatch.setenv("LESSONS_HUB_KERNELS", str(service))
    with running(tmp_path, monkeypatch) as kernel:
        yield kernel


class running:
    """A kernel of a student's server, and what cells in it print."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.setenv("JUPYTER_PATH", str(HUB / "jupyter_data"))
        monkeypatch.setenv("OWN", "a student's own")
        monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)  # the service has it
        self.folder = folder

    def __enter__(self):
        self.manager, self.client = start_new_kernel(cwd=self.folder)
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def prints(self, code):
        """Return what a cell prints, or the name of its error."""
        said = []

        def hear(message):
            said.append(message["content"].get("text") or message["content"].get("ename") or "")

        self.client.execute_interactive(code, output_hook=hear, timeout=PATIENCE)
        return "".join(said).strip()

    @property
    def process(self):
        """The kernel's own process."""
        return int(self.prints("import os; print(os.getpid())"))


def until(condition):
    """Wait for something that comes soon."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_kernel_begins_loaded_and_with_what_the_student_has(kernel):
    """TensorFlow is there; variables, folder and arguments are those of the student's server."""
    said = kernel.prints(
        "import os, sys\n"
        "print('tensorflow' in sys.modules, os.environ['OWN'], os.getcwd(), sys.argv[1])\n"
        "print('TF_CPP_MIN_LOG_LEVEL' in os.environ)"
    )
    assert said.splitlines() == [f"True a student's own {kernel.folder} -f", "False"]


def test_most_of_its_memory_is_common(kernel):
    """What the kernel and the service have in common takes more than what is its own."""
    memory = psutil.Process(kernel.process).memory_full_info()
    assert memory.uss < memory.rss / 2


def test_two_kernels_draw_different_numbers(kernel, tmp_path, monkeypatch):
    """Copies of one process would be copies of its random numbers too."""
    code = "import random, numpy as np; print(random.random(), np.random.random())"
    with running(tmp_path, monkeypatch) as other:
        ones, others = kernel.prints(code).split(), other.prints(code).split()
    assert not set(ones) & set(others)


def test_it_is_interrupted_and_goes_on(kernel):
    """The stop button reaches it through what stands for it."""
    kernel.prints("kept = 1")
    threading.Timer(1, kernel.manager.interrupt_kernel).start()
    assert kernel.prints("import time; time.sleep(30)") == "KeyboardInterrupt"
    assert kernel.prints("print(kept)") == "1"


def test_a_kernel_that_is_restarted_is_gone_with_all_it_started(kernel):
    """It is killed as a kernel that hangs is."""
    child = int(kernel.prints("import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"))
    former = kernel.process
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.process != former
    until(lambda: not psutil.pid_exists(former))
    until(
        lambda: (
            not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        )
    )


def test_that_a_kernel_has_died_is_seen(kernel):
    """As the kernel of a student who has come to the limit."""
    os.kill(kernel.process, signal.SIGKILL)
    until(lambda: not kernel.manager.is_alive())


def test_where_no_service_answers_the_kernel_is_an_ordinary_one(tmp_path, monkeypatch):
    """It was stopped, or has no room."""
    monkeypatch.setenv("LESSONS_HUB_KERNELS", str(tmp_path / "nobody"))
    with running(tmp_path, monkeypatch) as kernel:
        said = kernel.prints(
            "import os, sys; print('tensorflow' in sys.modules, os.environ['OWN'])"
        )
    assert said == "False a student's own"


def test_a_machine_that_is_full_ends_no_service(tmp_path, monkeypatch):
    """The student's side hears that there will be no copy, at once."""

    def full():
        raise BlockingIOError

    service = kernels.Service(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as student:
        student.connect(str(tmp_path / "socket"))
        monkeypatch.setattr(os, "fork", full)
        service._answer()
        assert student.recv(100) == b""


def test_a_socket_that_cannot_be_made_is_named(tmp_path):
    """As in a folder whose name is longer than Linux lets a socket's be."""
    with pytest.raises(OSError, match=r"cannot make its socket .*xxx .*LESSONS_HUB_FOLDER"):
        kernels.Service(tmp_path / ("x" * 108))


AS_A_STUDENT = r"""
import os, signal, socket, sys, time
from deploy.hub import kernels

NOBODY = 65534
door = socket.socket(socket.AF_UNIX)
door.bind("\0" + sys.argv[1])  # a name that needs no folder
door.listen()
if not (student := os.fork()):
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    socket.socket(socket.AF_UNIX).connect("\0" + sys.argv[1])
    time.sleep(10)
    os._exit(0)
kernels.become_student(door.accept()[0])
print(os.getresuid(), os.getresgid(), os.getgroups() in ([], [NOBODY]))
print(os.access("/proc/self/environ", os.R_OK))
os.kill(student, signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may")
def test_a_copy_is_the_students_before_anything_of_the_student_is_read(tmp_path):
    """User and groups are theirs for good, and /proc/self can be read, as after any start."""
    command = [sys.executable, "-c", AS_A_STUDENT, f"lessons-{os.getpid()}"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    user = "(65534, 65534, 65534)"
    assert run.stdout.splitlines() == [f"{user} {user} True", "True"], run.stderr


VERSION_1 = "9:cpu,cpuacct:{0}\n4:memory:{0}\n3:pids:/elsewhere\n0::/other{0}\n"


@pytest.mark.parametrize(
    ("theirs", "own", "files"),
    [
        ("0::/a/students/x\n", "0::/a/kernels\n", ["a/students/x"]),
        ("0::/a\n", "0::/a\n", []),
        (VERSION_1.format("/x"), VERSION_1.format("/"), ["memory/x", "cpu/x"]),
    ],
    ids=["version 2", "the same group", "version 1"],
)
def test_a_kernel_enters_the_groups_of_its_student(theirs, own, files):
    """As of the two versions of control groups; pids and others are not the hub's."""
    found = kernels.group_files(theirs, own)
    assert [str(file) for file in found] == [
        f"/sys/fs/cgroup/{name}/cgroup.procs" for name in files
    ]
