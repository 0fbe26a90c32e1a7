"""The first start: `.venv` made once, known as half-made until it is whole.

Most tests run the real command with the real pip in a small copy of the project that needs
one package, which lies as a wheel in a folder: no network is used.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lessons_lib._ground import folders
from lessons_lib.commands import _course, _environment

REPOSITORY = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals or shell scripts")

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
slides = ["slides-tiny>=1"]
hub = ["hub-tiny>=1"]
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
Requires-Dist: slides-tiny>=1; extra == "slides"
Provides-Extra: hub
Requires-Dist: hub-tiny>=1; extra == "hub"
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
# Commands that say where they run; the first needs the packages, the second extras as well.
COMMAND = """
import sys
def {name}(arguments):
    print("runs in", sys.prefix, arguments)
    return 3
"""
TINY = ("jupyterlab-tiny", "pytest-tiny", "slides-tiny", "hub-tiny")


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
        self.stamp = self.environment / _environment.STAMP
        self.pins = folder / "constraints.txt"
        # pip splits its list of folders at spaces; the course's own folder may have one.
        self.wheels = folder.parent / "wheels"
        self.wheels.mkdir()
        for name in TINY:
            make_wheel(self.wheels, name)
        for path in ["__init__.py", "__main__.py", "_ground", "commands"]:
            source, target = REPOSITORY / "lessons_lib" / path, folder / "lessons_lib" / path
            copy = shutil.copytree if source.is_dir() else shutil.copy
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(source, target)
        for name in ("progress", "test"):
            path = folder / "lessons_lib" / "commands" / f"{name}.py"
            path.write_text(COMMAND.format(name=name))
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "backend.py").write_text(BACKEND)
        self.pins.write_text("".join(f"{name}==1.0\n" for name in TINY))

    def variables(self, **more):
        """Return an environment in which pip sees the folder of wheels and nothing else."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTEST", "PYTHON"))
        }
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        scratch = {"TMPDIR": str(self.folder.parent)}  # where a pip that is stopped leaves things
        return {**kept, "PIP_CONFIG_FILE": os.devnull, **offline, **scratch, **more}

    def asking(self, port):
        """Return an environment in which pip asks a port of this machine for packages."""
        index = f"http://127.0.0.1:{port}/simple"
        variables = self.variables(PIP_INDEX_URL=index, PIP_RETRIES="1")
        del variables["PIP_NO_INDEX"], variables["PIP_FIND_LINKS"]
        return variables

    def start(self, *arguments, python=sys.executable, folder=None, variables=None):
        """Run a command to its end."""
        return subprocess.run(
            [python, "-m", "lessons_lib", *arguments],
            cwd=folder or self.folder,
            env=variables or self.variables(),
            capture_output=True,
            text=True,
        )

    def runs(self, done):
        """Tell whether a start ended in its command, run inside `.venv`."""
        last = done.stdout.splitlines()[-1]
        return last.startswith(f"runs in {self.environment} [") and done.returncode == 3

    def goes_straight_on(self, *arguments):
        """Tell whether a start prints the command's own line and nothing else."""
        done = self.start(*arguments)
        return self.runs(done) and done.stdout.count("\n") == 1 and done.stderr == ""


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


@pytest.fixture
def nobody():
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_first_start_installs_and_runs_the_command(installed):
    """From a bare Python: a word, pip's own words, and the command inside `.venv`."""
    lines = installed.first.stdout.splitlines()
    assert lines[0].startswith("First start: installing the course's packages into .venv.")
    assert any(line.startswith("Successfully installed jupyterlab-tiny") for line in lines)
    assert lines[-1] == f"runs in {installed.environment} ['--all']"
    assert installed.first.returncode == 3


def test_the_second_start_goes_straight_on(installed):
    """What is complete is not touched: the command's own line is all that is printed."""
    assert installed.goes_straight_on("progress")


def test_the_interpreter_of_the_environment_makes_nothing(installed):
    """Started with `.venv`'s own Python from another folder, the command runs at once."""
    python = installed.environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    again = installed.start("progress", python=str(python), folder=installed.wheels)
    assert again.stdout == f"runs in {installed.environment} []\n"


def pretend_installed(folder, name):
    """Put what tells of an installed package into a folder that Python searches."""
    (folder / f"{name.replace('-', '_')}-1.0.dist-info").mkdir(parents=True)
    metadata = folder / f"{name.replace('-', '_')}-1.0.dist-info" / "METADATA"
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")


def test_a_python_that_has_the_packages_makes_nothing(course):
    """As in a conda environment: where all packages are there is no `.venv`."""
    pretend_installed(course.folder, "jupyterlab-tiny")
    done = course.start("progress")
    assert done.stdout == f"runs in {sys.prefix} []\n"
    assert not course.environment.exists()


def test_an_updated_course_brings_its_packages_up_to_date(installed):
    """New pins are installed at the next start, with a notice, and only once."""
    make_wheel(installed.wheels, "jupyterlab-tiny", "1.1")
    former = installed.pins.read_text()
    installed.pins.write_text(former.replace("jupyterlab-tiny==1.0", "jupyterlab-tiny==1.1"))
    updated = installed.start("progress")
    assert "bringing its packages up to date" in updated.stdout
    assert "Successfully installed jupyterlab-tiny-1.1" in updated.stdout
    assert installed.runs(updated)
    assert installed.goes_straight_on("progress")
    installed.pins.write_text(former)
    assert installed.runs(installed.start("progress"))


def test_an_update_without_a_network_goes_on_with_what_is_there(installed, nobody):
    """A learner on a train who has pulled an update can still work."""
    former = installed.pins.read_text()
    installed.pins.write_text(former.replace("jupyterlab-tiny==1.0", "jupyterlab-tiny==1.2"))
    done = installed.start("progress", variables=installed.asking(nobody))
    installed.pins.write_text(former)
    assert installed.runs(done)
    assert "The course's packages could not be installed" in done.stderr
    assert "Going on with the packages as they were." in done.stderr
    assert installed.goes_straight_on("progress")


def test_a_command_with_needs_of_its_own_gets_them_once(course):
    """`lab` installs no tests; `test` adds what it needs, and updates keep that too."""
    assert "pytest-tiny" not in course.start("progress").stdout
    added = course.start("test")
    assert course.runs(added)
    assert "pytest-tiny-1.0" in added.stdout
    assert course.goes_straight_on("test")
    assert course.goes_straight_on("progress")
    make_wheel(course.wheels, "pytest-tiny", "1.1")
    course.pins.write_text(course.pins.read_text().replace("pytest-tiny==1.0", "pytest-tiny==1.1"))
    assert "pytest-tiny-1.1" in course.start("progress").stdout
    assert course.goes_straight_on("test")


def test_an_unreachable_index_ends_in_one_sentence(course, nobody):
    """Offline: pip's words, our sentence, a failing status; the next start makes it anew."""
    done = course.start("progress", variables=course.asking(nobody))
    assert done.returncode == 1
    *pips, ours = done.stderr.splitlines()
    assert any("Retrying" in line for line in pips)
    assert ours.startswith("The course's packages could not be installed, for the reason above")
    assert course.stamp.read_text() == ""
    (course.environment / "half").write_text("made")
    again = course.start("progress")
    assert again.stdout.startswith("The folder .venv is half-made, or of no use; it is made anew.")
    assert course.runs(again)
    assert not (course.environment / "half").exists()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_installation_is_known_as_half_made(course, number):
    """Ctrl-C, and a container that is stopped, while pip waits: pip ends too, status 130."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen(
            [sys.executable, "-m", "lessons_lib", "progress"],
            cwd=course.folder,
            env=course.asking(silent.getsockname()[1]),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        silent.settimeout(60)
        connection, _ = silent.accept()  # pip asks, and nobody answers
        with connection:
            if number == signal.SIGINT:
                os.killpg(process.pid, number)  # as a terminal does
            else:
                process.send_signal(number)
            _, err = process.communicate(timeout=60)  # returns when pip, too, has ended
    assert process.returncode == 130
    assert "Stopped.\n" in err
    assert "Operation cancelled" in err  # pip's last words
    assert course.stamp.read_text() == ""


def test_an_environment_whose_python_is_gone_is_made_anew(installed):
    """After an upgrade of the system the new Python does not find the old one's packages."""
    for pip in installed.environment.glob("[Ll]ib/**/site-packages/pip"):
        shutil.rmtree(pip)
    again = installed.start("progress")
    assert "is made anew" in again.stdout
    assert installed.runs(again)


# ------------------------------------------------- a .venv that the course did not make


def by_hand(course, *options):
    """Make a `.venv` as a learner would, with work in it; return its folder of packages."""
    made = [sys.executable, "-m", "venv", *options, str(course.environment)]
    subprocess.run(made, check=True, env=course.variables())
    (course.environment / "mine").write_text("my work")
    (packages,) = course.environment.glob("[Ll]ib/**/site-packages")
    return packages


def test_one_that_has_everything_is_used_as_it_is(course):
    """Also without pip, as some tools make them."""
    pretend_installed(by_hand(course, "--without-pip"), "jupyterlab-tiny")
    assert course.goes_straight_on("progress")


def test_one_that_lacks_something_is_left_alone_and_named(course):
    """The sentence says what it lacks and both ways out; nothing is installed into it."""
    packages = by_hand(course, "--without-pip")
    before = sorted(packages.iterdir())
    done = course.start("progress")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{course.environment} was not made by the course" in done.stderr
    assert "lacks jupyterlab-tiny" in done.stderr
    assert "rename it and start again" in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(packages.iterdir()) == before
    assert (course.environment / "mine").read_text() == "my work"


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Pretend that ``tmp_path / ".venv"`` is the course's environment."""
    monkeypatch.setattr(_environment, "ENVIRONMENT", tmp_path / ".venv")
    return tmp_path / ".venv"


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_something_else_in_its_place_is_left_alone_and_named(found, make):
    """A file, an empty folder, or a link that leads nowhere stays."""
    try:
        make(found)
    except OSError:
        pytest.skip("this system allows no links")
    assert not _environment._is_usable()
    with pytest.raises(_course.Problem, match=r"not made by the course.* rename it"):
        _environment._make(())
    assert os.path.lexists(found)


@posix
def test_one_of_another_python_is_of_no_use(found):
    """A version that the course does not run on would only send the learner round in circles."""
    (found / "bin").mkdir(parents=True)
    python = found / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    assert _environment._is_usable()
    older = "import sys; sys.version_info = (3, 10, 1)\n"
    (found / "sitecustomize.py").write_text(older)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{found}" exec "{sys.executable}" "$@"\n')
    assert not _environment._is_usable()


@posix
@pytest.mark.parametrize(("script", "usable"), [("exit 1", False), ("kill -9 $$", True)])
def test_one_of_ours_is_made_anew_only_when_its_python_says_no(found, script, usable):
    """A machine short of memory must not cost a learner the whole environment."""
    (found / "bin").mkdir(parents=True)
    (found / _environment.STAMP).write_text("fingerprint")
    python = found / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    assert _environment._is_usable() is usable


def test_a_link_to_an_environment_is_not_followed(tmp_path, found):
    """What a linked `.venv` leads to is somebody else's, whatever lies in it."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / _environment.STAMP).touch()
    try:
        found.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("this system allows no links")
    with pytest.raises(_course.Problem, match="was not made by the course"):
        _environment._make(())
    assert (tmp_path / "elsewhere" / _environment.STAMP).exists()


# ------------------------------------------------------------------------------ its parts


def test_the_fingerprint_follows_packages_and_pins_only(monkeypatch, tmp_path):
    """Another pin or package means an update; another lint rule does not."""
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
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
        _course.project.cache_clear()
        prints.append(_environment.fingerprint())
    _course.project.cache_clear()
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_python_without_venv_gets_the_package_to_install(found, monkeypatch):
    """Debian packs `ensurepip` separately: the sentence names its package; nothing is made."""
    find_spec = _environment.importlib.util.find_spec
    monkeypatch.setattr(
        _environment.importlib.util,
        "find_spec",
        lambda name: None if name == "ensurepip" else find_spec(name),
    )
    version = ".".join(map(str, sys.version_info[:2]))
    with pytest.raises(_course.Problem, match=rf"sudo apt install python{version}-venv"):
        _environment._make(())
    assert not found.exists()


def test_a_read_only_folder_gets_one_sentence(monkeypatch, tmp_path):
    """Where `.venv` cannot be made, the folder is named; a file stands for what is read-only."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(_environment, "ENVIRONMENT", tmp_path / "file" / ".venv")
    with pytest.raises(_course.Problem, match=r"cannot be written to .* folder of your own"):
        _environment._make(())


def test_a_deletion_cut_short_is_recognised(found, monkeypatch):
    """All goes before the stamp, so that what remains is never taken for somebody else's."""
    (found / "lib").mkdir(parents=True)
    (found / _environment.STAMP).touch()

    def cut(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(_environment.shutil, "rmtree", cut)
    with pytest.raises(KeyboardInterrupt):
        _environment._remove(found)
    assert _environment._stamp() == []


def test_the_doctor_looks_into_an_environment_that_lacks_a_package(installed):
    """The report is that of `.venv`, with what is missing there, and mends nothing by itself."""
    (metadata,) = installed.environment.glob("[Ll]ib/**/jupyterlab_tiny-*.dist-info")
    shutil.rmtree(metadata)
    try:
        done = installed.start("doctor")
        assert done.returncode == 1
        assert f"at {installed.environment}" in done.stdout
        assert "jupyterlab-tiny (>=1,<2) is not installed" in done.stdout
    finally:
        mended = installed.start("progress")
    assert mended.stdout.startswith("Some of the course's packages are missing")
    assert installed.runs(mended)
