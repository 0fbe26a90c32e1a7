"""`doctor` sees what is wrong, says how to mend it, and fails only for what is needed."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lessons_lib._ground import folders, memory
from lessons_lib.commands import _course, _environment, _workspace, doctor
from lessons_lib.commands.doctor import OK, OPTIONAL, WRONG

REPOSITORY = Path(__file__).parents[2]


def packages(extra=None):
    """Return the findings on packages."""
    return list(doctor._packages(extra))


def test_every_package_of_the_course_is_looked_at():
    """Each package has a line with its version and its range; all are right here."""
    findings = packages()
    assert [finding.state for finding in findings] == [OK] * len(_course.requirements())
    for finding, (name, ranges) in zip(findings, _course.requirements().items(), strict=True):
        assert re.fullmatch(rf"{name} \S+ \({re.escape(ranges)}\)", finding.what)


@pytest.mark.parametrize(
    ("extra", "state"), [(None, WRONG), ("test", OPTIONAL), ("slides", OPTIONAL)]
)
def test_a_missing_package_is_named_with_the_command(monkeypatch, extra, state):
    """The course needs its packages; those of other commands are optional."""
    monkeypatch.setattr(_course, "installed", lambda name: None)
    findings = packages(extra)
    assert {finding.state for finding in findings} == {state}
    assert all("is not installed" in finding.what for finding in findings)
    assert all(finding.mend for finding in findings)


def test_a_package_outside_its_range_is_wrong(monkeypatch):
    """An old version is named with the range the course needs."""
    monkeypatch.setattr(_course, "installed", lambda name: "0.0.1")
    assert {finding.state for finding in packages()} == {WRONG}
    assert "numpy 0.0.1 is outside the range the course needs (>=2.0,<3)" in {
        finding.what for finding in packages()
    }


def test_without_the_packaging_library_no_version_is_judged(monkeypatch):
    """It comes with JupyterLab: where it is missing, so is more, and the report goes on."""
    monkeypatch.setattr(_course, "installed", lambda name: "0.0.1")
    monkeypatch.setitem(sys.modules, "packaging.specifiers", None)
    assert {finding.state for finding in packages()} == {OK}


def test_conda_users_are_sent_to_conda(monkeypatch):
    """Inside a conda environment the command is conda's."""
    monkeypatch.setattr(_environment, "is_inside", lambda: False)
    monkeypatch.setenv("CONDA_PREFIX", sys.prefix)
    command = doctor._mend_packages()
    assert command.startswith("conda env update --file")
    assert command.endswith(f'--prefix "{sys.prefix}"')


@pytest.mark.parametrize(
    ("missing", "command"), [(["numpy"], "lessons_lib lab"), ([], "-m pip install")]
)
def test_the_advice_installs_something(monkeypatch, missing, command):
    """`lab` installs only where a package is missing; one outside its range needs pip."""
    monkeypatch.setattr(_environment, "is_inside", lambda: False)
    monkeypatch.setattr(_course, "missing_packages", lambda: missing)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert command in doctor._mend_packages()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A course that registers one data file; returns where it belongs."""
    (tmp_path / "data").mkdir()
    digest = hashlib.sha256(b"7;8\n").hexdigest()
    line = f"# a comment\nwinequality-red.csv sha256:{digest} https://example.org/x\n"
    (tmp_path / "data" / "registry.txt").write_text(line)
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    monkeypatch.setenv("LESSONS_DATA_DIR", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine" / "winequality-red.csv"


def test_data_that_is_there_is_verified(data):
    """A file with the registered SHA-256 is right."""
    data.write_bytes(b"7;8\n")
    (finding,) = doctor._data()
    assert finding.state == OK


def test_data_that_is_absent_is_optional(data):
    """Lessons download what they need, so an absent file is no fault; the command is given."""
    (finding,) = doctor._data()
    assert finding.state == OPTIONAL
    assert "datasets.fetch_wine_quality()" in finding.mend


def test_damaged_data_is_wrong(data):
    """A file with another SHA-256 is named with its path, to be deleted."""
    data.write_bytes(b"7;9\n")
    (finding,) = doctor._data()
    assert finding.state == WRONG
    assert str(data) in finding.mend


def test_data_that_cannot_be_read_is_wrong(data):
    """No permission, or (here) a folder of that name: one finding with the path, no traceback."""
    data.mkdir()
    (finding,) = doctor._data()
    assert finding.state == WRONG
    assert f"{data} cannot be read" in finding.what


def test_every_registered_file_has_a_function_that_fetches_it():
    """The advice for each file of the real registry is a function the library has."""
    from lessons_lib import datasets

    registry = (REPOSITORY / "data" / "registry.txt").read_text()
    names = [line.split()[0] for line in registry.splitlines() if line and line[0] != "#"]
    assert names
    assert all(hasattr(datasets, doctor._FETCHERS[name]) for name in names)


def test_a_full_disk_is_wrong(monkeypatch):
    """Too little room on the disk is a fault with both figures."""
    usage = doctor.shutil.disk_usage("/")._replace(free=10**8)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
    disk, *_ = doctor._room()
    assert (disk.state, disk.what) == (WRONG, "disk: 0.1 GB free, 0.5 GB needed")
    assert disk.mend


@pytest.mark.parametrize(("free", "state"), [(0.5, WRONG), (8.0, OK), (None, OPTIONAL)])
def test_too_little_memory_is_wrong(monkeypatch, free, state):
    """Memory is compared with what a lesson takes; unknown memory is no fault."""
    monkeypatch.setattr(memory, "free", lambda: free)
    *_, finding = doctor._room()
    assert finding.state == state


def test_open_lessons_are_named_before_others_where_memory_is_short(monkeypatch):
    """The largest is the first to be closed."""
    lessons = [("05_overfitting.ipynb", 0.61), ("03_backprop.ipynb", 0.1)]
    monkeypatch.setattr(doctor, "_open_lessons", lambda: lessons)
    monkeypatch.setattr(memory, "free", lambda: 0.5)
    _, used, free = doctor._room()
    assert used.what.endswith("05_overfitting.ipynb 0.61 GB, 03_backprop.ipynb 0.10 GB")
    assert (used.state, used.mend) == (OK, "")
    assert "Close and Shut Down Notebook), 05_overfitting.ipynb first" in free.mend


def test_the_kernels_of_this_course_are_found_and_no_others():
    """By the notebook's name, with what each takes; another course's kernels are not ours."""
    script = "import sys; held = bytearray(50_000_000); print(flush=True); sys.stdin.read()"
    started = []
    try:
        for library, notebook in [
            (REPOSITORY, "lessons/small.ipynb"),
            (REPOSITORY, ""),
            (REPOSITORY.parent, "lessons/other.ipynb"),
        ]:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-c", script, "ipykernel"],
                    env={**os.environ, "PYTHONPATH": str(library), "JPY_SESSION_NAME": notebook},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            started[-1].stdout.readline()
        found = dict(doctor._open_lessons())  # perhaps with kernels of other tests
        assert 0.05 < found["small.ipynb"] < 0.1
        assert not {"other.ipynb", ""} & found.keys()
    finally:
        for process in started:
            process.communicate()


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """An empty folder of Keras settings; TensorFlow is not started."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "_compiler", lambda: doctor.Finding(OK, "compiled"))
    return tmp_path


def test_keras_without_settings_uses_tensorflow(keras_home):
    """Keras's own default is TensorFlow."""
    assert next(doctor._keras()).state == OK


def test_another_backend_in_the_settings_is_named(keras_home):
    """The file is named in which another project has set another backend."""
    (keras_home / "keras.json").write_text(json.dumps({"backend": "jax"}))
    finding = next(doctor._keras())
    assert finding.state == WRONG
    assert "backend jax" in finding.what
    assert str(keras_home / "keras.json") in finding.mend


def test_another_backend_in_the_environment_is_named(keras_home, monkeypatch):
    """KERAS_BACKEND outweighs the file, as it does in Keras."""
    (keras_home / "keras.json").write_text(json.dumps({"backend": "tensorflow"}))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    finding = next(doctor._keras())
    assert (finding.state, finding.mend) == (WRONG, "unset KERAS_BACKEND")


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_settings_that_keras_cannot_read_do_not_stop_the_doctor(keras_home, content):
    """A damaged or empty keras.json means Keras's default."""
    (keras_home / "keras.json").write_text(content)
    assert next(doctor._keras()).state == OK


@pytest.mark.parametrize(
    ("script", "state", "words"),
    [
        ("print('started')", OK, "run compiled"),
        ("print('started'); raise SystemExit('no XLA here')", OPTIONAL, "as a plain graph, slower"),
        ("raise SystemExit('no AVX here')", WRONG, "does not start: no AVX here"),
    ],
)
def test_xla_is_judged_by_how_far_tensorflow_comes(monkeypatch, script, state, words):
    """TensorFlow that starts without XLA is slower; TensorFlow that does not start is a fault."""
    real = subprocess.run
    monkeypatch.setattr(
        doctor.subprocess, "run", lambda command, **rest: real([*command[:2], script], **rest)
    )
    finding = doctor._compiler()
    assert finding.state == state
    assert words in finding.what


def test_a_missing_browser_is_optional(monkeypatch):
    """Without Chromium only the browser tests are left out."""
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    (finding,) = doctor._browser()
    assert finding.state == OPTIONAL
    assert "apt install chromium" in finding.mend


def test_newer_lessons_are_listed_with_their_command(tmp_path, monkeypatch):
    """The doctor sees what `lab` would notice, and makes no copies itself."""
    (tmp_path / "notebooks").mkdir()
    lesson = tmp_path / "notebooks" / "01_neuron.ipynb"
    lesson.write_text('{"cells": []}')
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path / "copies"))
    assert [finding.state for finding in doctor._copies()] == [OK]
    assert not (tmp_path / "copies").exists()
    _workspace.make_copies()
    lesson.write_text('{"cells": [], "metadata": {}}')
    state, newer = doctor._copies()
    assert state.what.startswith("1 of 1 in")
    assert newer.mend == "python3 -m lessons_lib reset 01"


def copies(monkeypatch, folder):
    """Return the findings on this _workspace."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(folder))
    return list(doctor._copies())


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_in_the_place_of_the_workspace_is_wrong(tmp_path, monkeypatch, place):
    """`lab` could not make the folder, so the doctor must not say that all is well."""
    (tmp_path / "file").touch()
    (finding,) = copies(monkeypatch, tmp_path / place)
    assert finding.state == WRONG
    assert f"{tmp_path / 'file'} is no folder" in finding.what


def test_a_workspace_that_may_not_be_looked_into_is_wrong(tmp_path, monkeypatch):
    """Without permissions there is one finding, and no traceback."""
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    (finding,) = copies(monkeypatch, tmp_path)
    assert (finding.state, finding.what) == (WRONG, f"{tmp_path} cannot be written to")


def test_a_damaged_copy_is_named_with_the_reset_that_keeps_it(tmp_path, monkeypatch):
    """A copy that JupyterLab could not open is a fault, and stays where it is."""
    (tmp_path / "01_neuron.ipynb").write_text('{"cells": [')
    count, damaged = copies(monkeypatch, tmp_path)
    assert (count.state, damaged.state) == (OK, WRONG)
    assert damaged.mend == "python3 -m lessons_lib reset 01"
    assert (tmp_path / "01_neuron.ipynb").read_text() == '{"cells": ['


def examine(monkeypatch, *findings):
    """Make the doctor find exactly this."""
    monkeypatch.setattr(doctor, "_examinations", lambda: [("Things", iter(findings))])


def test_what_is_optional_does_not_fail(monkeypatch, capsys):
    """The exit status is 0 when only optional things are missing."""
    examine(monkeypatch, doctor.Finding(OPTIONAL, "a browser", "get one"))
    assert doctor.doctor([]) == 0
    assert "Everything the lessons need is here." in capsys.readouterr().out


def test_what_is_needed_fails_and_a_shared_remedy_is_written_once(monkeypatch, capsys):
    """The exit status is 1, and one command for two faults stands under the second."""
    examine(
        monkeypatch,
        doctor.Finding(WRONG, "numpy", "install"),
        doctor.Finding(WRONG, "keras", "install"),
        doctor.Finding(OK, "pandas"),
    )
    assert doctor.doctor([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:5]] == ["numpy", "keras", "install", "pandas"]
    assert lines[-1] == "2 needed things are missing: see above."


def test_the_real_command_starts_where_no_package_is_installed(tmp_path):
    """With a Python that has no packages at all, the doctor still gives its whole report."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _WITHOUT_PACKAGES, str(REPOSITORY)],
        env={**os.environ, "LESSONS_WORKSPACE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert "numpy (>=2.0,<3) is not installed" in done.stdout
    assert "-> python3 -m lessons_lib lab" in done.stdout
    for title in ("Python", "Data", "Room", "Your copies of the lessons", "Browser"):
        assert title in done.stdout.splitlines()


# -S leaves site-packages out; the environment is looked for where there is none.
_WITHOUT_PACKAGES = """
import pathlib, sys
sys.path.insert(0, sys.argv.pop())
from lessons_lib import __main__
from lessons_lib.commands import _environment
_environment.ENVIRONMENT = pathlib.Path("no such folder")
sys.exit(__main__.main(["doctor"]))
"""


def test_folder_and_size_of_compiled_networks_are_named(tmp_path, monkeypatch):
    """Where they cannot be kept the course runs too, and it is said what to do."""
    monkeypatch.setenv(folders.CACHE, str(tmp_path / "cache"))
    (finding,) = doctor._compiled()
    assert finding.state == OK
    assert f"0.0 MB of at most 100 MB in {tmp_path / 'cache'}" in finding.what
    folder = tmp_path / "cache" / "programs" / "kind"
    folder.mkdir(parents=True)
    (folder / "one.pb").write_bytes(bytes(1_500_000))
    (finding,) = doctor._compiled()
    assert finding.what.startswith("1.5 MB")
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(folders.CACHE, str(tmp_path / "file"))
    (finding,) = doctor._compiled()
    assert finding.state == OPTIONAL
    assert "LESSONS_CACHE_DIR" in finding.mend
