"""The first start: `.venv` made once, whole or not at all, with a sentence when it fails.

Most tests run the real command with the real pip in a small copy of the project that needs
one package, which lies as a wheel in a folder: no network is used.
"""

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from lessons_lib.commands import _guard, _install, _pip, environment

REPOSITORY = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals, locks or shell scripts")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "lessons-lib"
version = "0.1.0"
requires-python = ">=3.11,<3.14"
dependencies = ["jupyterlab-tiny>=1,<2"]

[project.optional-dependencies]
test = ["pytest-tiny>=1"]
slides = []
"""
# Builds the editable wheel without a build tool from the network.
BACKEND = '''
import os, zipfile

METADATA = """Metadata-Version: 2.1
Name: lessons-lib
Version: 0.1.0
Requires-Dist: jupyterlab-tiny>=1,<2
Provides-Extra: test
Requires-Dist: pytest-tiny>=1; extra == "test"
Provides-Extra: slides
"""

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "lessons_lib-0.1.0-py3-none-any.whl"
    info = "lessons_lib-0.1.0.dist-info/"
    wheel = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("lessons_lib.pth", os.getcwd())
        archive.writestr(info + "METADATA", METADATA)
        archive.writestr(info + "WHEEL", wheel)
        archive.writestr(info + "RECORD", "")
    return name
'''


def make_wheel(folder, name, version="1.0"):
    """Write a wheel of one empty module."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info/"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{module}.py", "")
        archive.writestr(
            info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(info + "RECORD", "")


class Course:
    """A small copy of the project, and how to start its commands."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = folder / ".venv"
        # pip splits its list of folders at spaces; the course's own folder may have one.
        self.wheels = folder.parent / "wheels"
        self.wheels.mkdir()
        for name in ("jupyterlab-tiny", "pytest-tiny"):
            make_wheel(self.wheels, name)
        library = folder / "lessons_lib"
        (library / "commands").mkdir(parents=True)
        for name in ("__init__.py", "__main__.py"):
            shutil.copy(REPOSITORY / "lessons_lib" / name, library)
        for path in (REPOSITORY / "lessons_lib" / "commands").glob("*.py"):
            shutil.copy(path, library / "commands")
        # A command that needs the packages and says where it runs.
        (library / "commands" / "progress.py").write_text(
            "import sys\n"
            "def progress(arguments):\n"
            "    print('runs in', sys.prefix, arguments)\n"
            "    return 3\n"
        )
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "backend.py").write_text(BACKEND)
        (folder / "constraints.txt").write_text("jupyterlab-tiny==1.0\npytest-tiny==1.0\n")

    def variables(self, **more):
        """Return an environment in which pip sees the folder of wheels and nothing else."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTEST", "PYTHON"))
        }
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return {**kept, "PIP_CONFIG_FILE": os.devnull, **offline, **more}

    def start(self, *arguments, python=sys.executable, folder=None, variables=None):
        """Run a command to its end."""
        return subprocess.run(
            [python, "-m", "lessons_lib", *arguments],
            cwd=folder or self.folder,
            env=variables or self.variables(),
            capture_output=True,
            text=True,
        )

    def begin(self, variables):
        """Start a command that needs the packages, and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "lessons_lib", "progress"],
            cwd=self.folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def files(self):
        """Return the names in the course's folder, without caches of bytecode."""
        return {path.name for path in self.folder.iterdir()} - {"__pycache__"}


@pytest.fixture
def course(tmp_path):
    """A small project on which nothing is installed."""
    return Course(tmp_path / "a course")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A small project after its first start; its tests leave it as they found it."""
    course = Course(tmp_path_factory.mktemp("installed") / "a course")
    course.first = course.start("progress", "--all")
    return course


def test_the_first_start_installs_and_runs_the_command(installed):
    """From a bare Python: the packages come, and the command runs inside `.venv`."""
    first = installed.first
    assert first.stderr == ""
    assert first.stdout.splitlines()[-1] == f"runs in {installed.environment} ['--all']"
    assert first.returncode == 3


def test_the_first_start_says_what_it_does(installed):
    """Without a terminal (in a log) progress is plain lines: what, how many, how long."""
    lines = installed.first.stdout.splitlines()
    assert lines[0].startswith("First start: installing the course's packages into .venv.")
    assert any(re.fullmatch(r"  installing packages: \d of 3, \d+ s", line) for line in lines)
    assert re.fullmatch(r"\d packages are installed \(\d+ s\)\.", lines[-2])
    assert "\r" not in installed.first.stdout


def test_the_second_start_goes_straight_on(installed):
    """What is complete is not touched: the command's own line is all that is printed."""
    again = installed.start("progress")
    assert again.stdout == f"runs in {installed.environment} []\n"
    assert (again.returncode, again.stderr) == (3, "")


def test_the_interpreter_of_the_environment_makes_nothing(installed):
    """Started with `.venv`'s own Python from another folder, the command runs at once."""
    python = installed.environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    again = installed.start("progress", python=str(python), folder=installed.wheels)
    assert again.stdout == f"runs in {installed.environment} []\n"


def test_a_python_that_has_the_packages_makes_nothing(course):
    """As in a conda environment: where everything can be imported there is no `.venv`."""
    (course.folder / "jupyterlab_tiny.py").touch()
    done = course.start("progress")
    assert done.stdout == f"runs in {sys.prefix} []\n"
    assert not course.environment.exists()


def test_an_updated_course_brings_its_packages_up_to_date(installed):
    """New pins are installed at the next start, with a notice, and only once."""
    make_wheel(installed.wheels, "jupyterlab-tiny", "1.1")
    pins = installed.folder / "constraints.txt"
    former = pins.read_text()
    pins.write_text(former.replace("jupyterlab-tiny==1.0", "jupyterlab-tiny==1.1"))
    updated, again = installed.start("progress"), installed.start("progress")
    pins.write_text(former)
    back = installed.start("progress")
    assert "bringing its packages up to date" in updated.stdout
    assert again.stdout == f"runs in {installed.environment} []\n"
    assert back.returncode == 3


def test_an_update_without_a_network_goes_on_with_what_is_there(installed):
    """A learner on a train who has pulled an update can still work."""
    pins = installed.folder / "constraints.txt"
    former = pins.read_text()
    pins.write_text(former.replace("jupyterlab-tiny==1.0", "jupyterlab-tiny==1.2"))
    done = installed.start("progress", variables=unreachable(installed))
    pins.write_text(former)
    assert done.returncode == 3
    assert "The package index cannot be reached" in done.stderr
    assert "Going on with the packages as they were." in done.stderr
    assert installed.start("progress").stdout == f"runs in {installed.environment} []\n"


@posix
def test_two_starts_wait_for_each_other(installed):
    """While another start holds the lock this one says so, and goes on when it is free."""
    import fcntl

    with open(installed.folder / "pyproject.toml") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = installed.begin(installed.variables())
        assert process.stdout.readline().startswith("Another start of the course is installing")
        assert process.poll() is None
    out, _ = process.communicate(timeout=60)
    assert out == f"runs in {installed.environment} []\n"


def unreachable(course):
    """Return an environment whose package index is a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}/simple"
    variables = course.variables(PIP_INDEX_URL=address, PIP_RETRIES="0")
    del variables["PIP_NO_INDEX"], variables["PIP_FIND_LINKS"]
    return variables


def test_an_unreachable_index_leaves_nothing(course):
    """Offline: one sentence with the fix, a failing status, and no `.venv`."""
    before = course.files()
    done = course.start("progress", variables=unreachable(course))
    assert done.returncode == 1
    assert done.stderr.startswith("The package index cannot be reached")
    assert done.stderr.count("\n") == 1
    assert course.files() == before


def test_a_package_without_a_build_is_named(course):
    """An index that answers but has no fitting build gets another sentence, with the name."""
    (course.wheels / "jupyterlab_tiny-1.0-py3-none-any.whl").unlink()
    done = course.start("progress")
    assert done.returncode == 1
    assert "The package index has no build of jupyterlab-tiny" in done.stderr
    assert not course.environment.exists()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_an_installation_leaves_nothing(course, number):
    """Ctrl-C, and a container that is stopped, while pip waits: no `.venv`, status 130."""
    before = course.files()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        variables = course.variables(PIP_INDEX_URL=address)
        del variables["PIP_NO_INDEX"], variables["PIP_FIND_LINKS"]
        process = course.begin(variables)
        silent.settimeout(60)
        connection, _ = silent.accept()  # pip asks, and nobody answers
        with connection:
            if number == signal.SIGINT:
                os.killpg(process.pid, number)  # as a terminal does
            else:
                process.send_signal(number)
            _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.startswith("Interrupted: nothing half-made is left")
    assert course.files() == before


def test_what_an_interrupted_start_left_is_made_anew(course):
    """After a power cut: the half-made `.venv` goes, with a sentence, and a whole one comes."""
    course.environment.mkdir()
    (course.environment / _install.MARK).touch()
    (course.environment / "half").write_text("made")
    done = course.start("progress")
    assert "its installation was interrupted" in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[-1] == f"runs in {course.environment} []"
    assert not (course.environment / "half").exists()


def test_an_environment_made_by_hand_is_mended_and_not_replaced(course):
    """What a learner has put into a `.venv` of their own stays; what the course lacks comes."""
    made = [sys.executable, "-m", "venv", str(course.environment)]
    subprocess.run(made, check=True, env=course.variables())
    (course.environment / "mine").write_text("my work")
    done = course.start("progress")
    assert done.stdout.startswith("Some of the course's packages are missing: installing them.")
    assert done.stdout.splitlines()[-1] == f"runs in {course.environment} []"
    assert (course.environment / "mine").read_text() == "my work"


# ------------------------------------------------- what is found in the place of .venv


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Pretend that ``tmp_path / ".venv"`` is the course's environment."""
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path / ".venv")
    return tmp_path / ".venv"


def pretend(folder, script, stamp=None):
    """Make an environment whose interpreter is a shell script."""
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    if stamp:
        (folder / _install.STAMP).write_text(stamp)


ALL_THERE, NUMPY_AWAY, NOTHING_THERE, DEAD = "echo", "echo numpy", "echo numpy pip", "exit 1"


@posix
@pytest.mark.parametrize(
    ("script", "stamp", "state"),
    [
        (ALL_THERE, "current", "READY"),
        (ALL_THERE, "older", "OUTDATED"),
        (NUMPY_AWAY, "current", "INCOMPLETE"),
        (NOTHING_THERE, "current", "BROKEN"),
        (DEAD, "current", "BROKEN"),
        (DEAD, "older", "BROKEN"),
        (ALL_THERE, None, "READY"),
        (NUMPY_AWAY, None, "INCOMPLETE"),
        (NOTHING_THERE, None, "FOREIGN"),
        (DEAD, None, "FOREIGN"),
    ],
)
def test_each_state_of_the_environment_is_recognised(found, script, stamp, state):
    """The stamp and what the interpreter finds decide; one made by hand is kept and mended."""
    pretend(found, script, _install.fingerprint() if stamp == "current" else stamp)
    assert _install.examine() is _install.State[state]


def test_an_absent_environment_is_absent(found):
    """Without a folder there is nothing to mend."""
    assert _install.examine() is _install.State.ABSENT


@posix
def test_an_unfinished_environment_is_not_trusted(found):
    """The mark of a running installation outweighs everything that can be imported."""
    pretend(found, ALL_THERE, _install.fingerprint())
    (found / _install.MARK).touch()
    assert _install.examine() is _install.State.INTERRUPTED


def test_an_empty_folder_is_no_environment(found):
    """A `.venv` without an interpreter is of no use."""
    found.mkdir()
    assert _install.examine() is _install.State.BROKEN


@pytest.mark.parametrize("others", [">=3.8,<3.11", ">=3.14,<3.15"])
def test_an_environment_of_another_python_is_broken(monkeypatch, others):
    """One made by hand with a Python that the course does not run on cannot be mended."""
    assert _install._missing_inside(Path(sys.executable)) is not None
    monkeypatch.setitem(environment.project()["project"], "requires-python", others)
    assert _install._missing_inside(Path(sys.executable)) is None


def test_an_environment_made_by_hand_and_of_no_use_is_left_alone(course):
    """One without pip, as some tools make them, is named and not deleted."""
    made = [sys.executable, "-m", "venv", "--without-pip", str(course.environment)]
    subprocess.run(made, check=True, env=course.variables())
    (course.environment / "mine").write_text("my work")
    done = course.start("progress")
    assert (done.returncode, done.stdout) == (1, "")
    assert "was not made by the course" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (course.environment / "mine").read_text() == "my work"


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_something_else_in_the_place_of_the_environment_is_left_alone(found, make):
    """A file, or a link that leads nowhere, is named and stays."""
    try:
        make(found)
    except OSError:
        pytest.skip("this system allows no links")
    with pytest.raises(environment.Problem, match="something else has that name; rename it"):
        _install._make()
    assert os.path.lexists(found)


def test_the_fingerprint_follows_packages_and_pins_only(monkeypatch, tmp_path):
    """Another pin or package means an update; another lint rule does not."""
    monkeypatch.setattr(environment, "REPOSITORY", tmp_path)
    prints = []
    for dependency, pin, rule in [
        ("a", "1", "x"),
        ("a", "1", "y"),
        ("b", "1", "x"),
        ("a", "2", "x"),
    ]:
        settings = (
            f'[project]\nname = "n"\ndependencies = ["{dependency}"]\n[tool.ruff]\nq = "{rule}"\n'
        )
        (tmp_path / "pyproject.toml").write_text(settings)
        (tmp_path / "constraints.txt").write_text(f"a=={pin}\n")
        environment.project.cache_clear()
        prints.append(_install.fingerprint())
    environment.project.cache_clear()
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_python_without_venv_gets_the_package_to_install(found, monkeypatch):
    """Debian packs `ensurepip` separately: the sentence names its package; nothing is made."""
    find_spec = _install.importlib.util.find_spec
    monkeypatch.setattr(
        _install.importlib.util,
        "find_spec",
        lambda name: None if name == "ensurepip" else find_spec(name),
    )
    version = ".".join(map(str, sys.version_info[:2]))
    with pytest.raises(environment.Problem, match=rf"sudo apt install python{version}-venv"):
        _install._make()
    assert not found.exists()


def test_a_read_only_folder_gets_one_sentence(monkeypatch, tmp_path, capsys):
    """Where `.venv` cannot be made, the folder is named; a file stands for what is read-only."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path / "file" / ".venv")
    with pytest.raises(environment.Problem, match=r"cannot be written to .* folder of your own"):
        _install._make()


def test_a_failing_installation_removes_what_it_made(found, monkeypatch):
    """Whatever goes wrong after `.venv` was begun, it is gone afterwards."""

    def fail(folder):
        (folder / "lib").mkdir()
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(_install, "_create_environment", fail)
    with pytest.raises(RuntimeError, match="unforeseen"):
        _install._make()
    assert not found.exists()


def test_a_deletion_cut_short_is_recognised(tmp_path, monkeypatch):
    """Files go before the mark, so that what remains is never taken for an environment."""
    (tmp_path / "venv" / "lib").mkdir(parents=True)

    def cut(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(_guard.shutil, "rmtree", cut)
    with pytest.raises(KeyboardInterrupt):
        _guard.remove(tmp_path / "venv", "mark")
    assert (tmp_path / "venv" / "mark").exists()


def test_a_link_in_the_place_of_the_environment_is_not_followed(tmp_path):
    """Removing a linked `.venv` removes the link, not the folder of somebody else."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").touch()
    try:
        (tmp_path / ".venv").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("this system allows no links")
    _guard.remove(tmp_path / ".venv", "mark")
    assert (tmp_path / "elsewhere" / "file").exists()
    assert not (tmp_path / ".venv").exists()


# --------------------------------------------------------------- pip's words, and ours

OFFLINE = """
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by
'NewConnectionError('<pip._vendor...>: Failed to establish a new connection:
[Errno -3] Temporary failure in name resolution')': /simple/numpy/
ERROR: Could not find a version that satisfies the requirement numpy<3 (from versions: none)
ERROR: No matching distribution found for numpy<3
"""
NO_BUILD = """
ERROR: Could not find a version that satisfies the requirement tensorflow<2.22,>=2.20
ERROR: No matching distribution found for tensorflow<2.22,>=2.20
"""


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (OFFLINE, "The package index cannot be reached"),
        ("ReadTimeoutError: HTTPSConnectionPool: Read timed out.", "index cannot be reached"),
        (NO_BUILD, "The package index has no build of tensorflow"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full"),
        ("The virtual environment was not created because ensurepip is not available", "-venv"),
        ("ERROR: Could not install packages: [Errno 13] Permission denied: '/c'", "written to"),
        ("[Errno 30] Read-only file system: '/course/.venv'", "cannot be written to"),
        ("Refusing to create a venv in /a:b because it contains the PATH separator :.", "move"),
    ],
)
def test_each_cause_has_its_sentence(output, sentence):
    """What pip says at length is told in one sentence with a way out."""
    explained = _pip.explain(output)
    assert sentence in explained
    assert "\n" not in explained


def test_a_full_disk_is_not_taken_for_a_broken_network():
    """The disk can fill during a download that was retried before."""
    assert "disk is full" in _pip.explain(OFFLINE + "No space left on device")


def test_an_unknown_cause_stays_unknown():
    """What is not understood is not explained away."""
    assert _pip.explain("ERROR: something entirely new") is None


@posix
def test_an_unknown_failure_shows_the_end_of_the_log(course):
    """Then, and only then, pip's last lines are shown, and the log is kept and named."""
    (course.folder / "backend.py").write_text("raise SystemExit('the moon is full')")
    done = course.start("progress")
    assert done.returncode == 1
    assert "the moon is full" in done.stderr
    log = Path(re.search(r"All it said is in (.+\.log)\.", done.stderr)[1])
    assert "the moon is full" in log.read_text()
    log.unlink()
    assert not course.environment.exists()


PIP_23 = [
    "Obtaining file:///course",
    "  Installing build dependencies: started",
    "Collecting numpy<3,>=2.0 (from lessons-lib==0.1.0)",
    "  Downloading numpy-2.4.6-cp312-cp312-manylinux_2_28_x86_64.whl (17.5 MB)",
    "Collecting Scikit_Learn",
    "  Using cached scikit_learn-1.9.1-cp312-cp312-manylinux.whl (9.1 MB)",
    "Collecting keras (from lessons-lib==0.1.0)",
    "  Downloading keras-3.15.1-py3-none-any.whl.metadata (5.9 kB)",
]


def test_progress_counts_what_is_fetched():
    """Wheels count, metadata does not; the newest is named with its size."""
    progress = _pip.Progress(3, lambda: 0)
    for line in PIP_23:
        progress.feed(line)
    assert progress.sentence() == "fetching packages: 2 of about 3 (scikit_learn, 9.1 MB)"


def test_progress_counts_versions_chosen_where_only_metadata_comes_first():
    """Newer pips read every package's metadata before they fetch the first wheel."""
    progress = _pip.Progress(147, lambda: 0)
    progress.feed("Collecting numpy<3,>=2.0 (from lessons-lib==0.1.0)")
    progress.feed("  Downloading numpy-2.4.6-cp312-cp312-manylinux.whl.metadata (6.6 kB)")
    assert progress.sentence() == "choosing versions: 1 of about 147 packages"


def test_progress_counts_what_pip_installs_in_silence():
    """While pip unpacks without a word, the folders that appear are counted."""
    there = [2]  # the environment's own pip and setuptools
    progress = _pip.Progress(3, lambda: there[0])
    progress.feed("Installing collected packages: numpy, scikit-learn, keras")
    assert progress.sentence() == "installing packages: 0 of 3"
    there[0] = 4
    assert progress.sentence() == "installing packages: 2 of 3"


class Terminal(io.StringIO):
    """A terminal that remembers what was written."""

    def isatty(self):
        """Say that it is one."""
        return True


def test_a_terminal_shows_one_line_that_changes(monkeypatch):
    """On a terminal progress rewrites its line and clears it at the end."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    progress = _pip.Progress(3, lambda: 0)
    display = _pip._Display()
    display.update(progress)
    progress.feed("Installing collected packages: numpy, keras")
    display.update(progress)
    display.end()
    assert "\n" not in terminal.getvalue()
    assert "installing packages: 0 of 2" in terminal.getvalue()
    assert terminal.getvalue().split("\r")[-2].strip() == ""


def test_pip_waits_briefly_unless_the_learner_says_otherwise(monkeypatch):
    """Short time-outs by default; a slow mirror's own settings stay."""
    monkeypatch.delenv("PIP_RETRIES", raising=False)
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")
    variables = _pip._pip_variables()
    assert (variables["PIP_RETRIES"], variables["PIP_DEFAULT_TIMEOUT"]) == ("2", "180")


def test_expected_packages_are_those_of_the_constraints():
    """Packages pinned twice, for two Pythons, count once; comments do not count."""
    names = {
        line.split("==")[0]
        for line in (REPOSITORY / "constraints.txt").read_text().splitlines()
        if re.match(r"[a-z0-9._-]+==", line)
    }
    assert _pip._expected_packages() == len(names) > 100


@posix
def test_signals_are_as_before_after_an_installation():
    """The handlers that let an installation clean up are put back."""
    assert threading.current_thread() is threading.main_thread()
    former = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with contextlib.suppress(KeyboardInterrupt), _guard.stop_signals_raise():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            pytest.fail("the signal was not turned into an interruption")
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, former)


def test_the_doctor_looks_into_an_environment_that_lacks_a_package(installed):
    """The report is that of `.venv`, with what is missing there, and mends nothing by itself."""
    (module,) = installed.environment.glob("[Ll]ib/**/jupyterlab_tiny.py")
    (metadata,) = installed.environment.glob("[Ll]ib/**/jupyterlab_tiny-*.dist-info")
    module.unlink()
    shutil.rmtree(metadata)
    try:
        done = installed.start("doctor")
        assert done.returncode == 1
        assert f"at {installed.environment}" in done.stdout
        assert "jupyterlab-tiny (>=1,<2) is not installed" in done.stdout
        assert not module.exists()
    finally:
        mended = installed.start("progress")
    assert mended.stdout.startswith("Some of the course's packages are missing")
    assert mended.returncode == 3
