"""The places that name packages and versions of Python agree, and importing is cheap."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lessons_lib import __main__ as command_line
from lessons_lib.commands import _course

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = {
    requirement.name: requirement
    for requirement in map(
        Requirement,
        chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()),
    )
}


def pins():
    """Return the constraints as {name: [requirement, ...]}; some differ between Pythons."""
    found = {}
    for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            found.setdefault(Requirement(line).name, []).append(Requirement(line))
    return found


def conda():
    """Return environment.yml's conda packages and its lines for pip."""
    listed = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    packages = [entry for entry in listed["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in listed["dependencies"] if isinstance(entry, dict)]
    return packages, pip


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_package_is_pinned_inside_its_range(name):
    """constraints.txt pins each package of pyproject.toml to a version its range allows."""
    versions = [next(iter(pin.specifier)).version for pin in pins()[name]]
    assert all(REQUIREMENTS[name].specifier.contains(version) for version in versions)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_conda_users_get_the_same_range(name):
    """environment.yml names each package of pyproject.toml once, with the same range."""
    packages, pip = conda()
    lines = [Requirement(line) for line in [*packages, *pip] if not line.startswith("-")]
    ranges = [line.specifier for line in lines if line.name == name]
    assert ranges == [REQUIREMENTS[name].specifier]


def test_conda_has_no_package_that_the_project_does_not_name():
    """environment.yml holds nothing beyond Python, pip and the project's packages."""
    packages, pip = conda()
    lines = [Requirement(line).name for line in [*packages, *pip] if not line.startswith("-")]
    assert set(lines) == {"python", "pip", *REQUIREMENTS}


def test_conda_installs_the_library_itself():
    """A kernel started by hand finds the library from any folder."""
    assert "-e .[test,slides,hub]" in conda()[1]


def test_one_range_of_pythons():
    """pyproject.toml, environment.yml and the commands name the same versions of Python."""
    declared = SpecifierSet(PROJECT["requires-python"])
    (line,) = [entry for entry in conda()[0] if entry.startswith("python ")]
    assert Requirement(line).specifier == declared
    minors = [f"3.{minor}" for minor in range(8, 20)]
    assert [minor for minor in minors if minor in declared] == command_line.supported_pythons()


def workflow(name):
    """Return what starts a workflow, its matrix and its commands: (condition, command)."""
    path = REPOSITORY / ".github" / "workflows" / f"{name}.yml"
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    job = read["jobs"]["test"]
    assert job["runs-on"] == "${{ matrix.os }}"
    steps = [(step.get("if"), step["run"]) for step in job["steps"] if "run" in step]
    return read[True], job["strategy"]["matrix"], steps  # YAML 1.1 reads `on` as a boolean


@pytest.mark.parametrize("name", ["tests", "newest"])
def test_the_workflows_run_every_python_on_every_system(name):
    """A Python or a system that the README names and nothing tries would be a promise."""
    matrix = workflow(name)[1]
    assert matrix["python"] == command_line.supported_pythons()
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]


def test_each_change_is_tested_with_the_pinned_versions():
    """On Linux by the one script, elsewhere by the command alone: Windows has no bash for it."""
    triggers, _, steps = workflow("tests")
    assert set(triggers) == {"push", "pull_request"}
    assert steps == [
        ("runner.os == 'Linux'", ".ci/run"),
        ("runner.os != 'Linux'", "python -m lessons_lib test --ignore=tests/browser"),
    ]


def test_the_newest_versions_are_tried_every_week_without_constraints():
    """All that the commands need is installed first, so that they make no pinned environment."""
    triggers, _, steps = workflow("newest")
    (when,) = triggers["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"])
    (_, install), *_, (_, test) = steps
    assert install.startswith("python -m pip install ")
    assert "constraint" not in install
    (extras,) = re.findall(r"\.\[(.*)\]", install)
    assert set(extras.split(",")) == set(command_line.COMMANDS["test"].needs)
    assert test.startswith("python -m lessons_lib test")


def test_the_ci_script_ends_in_the_test_command():
    """.ci/run can be executed, is valid bash and runs what the README names."""
    script = REPOSITORY / ".ci" / "run"
    assert os.access(script, os.X_OK)
    if os.name != "nt":  # where `bash` may be that of a Linux which is not installed
        assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
    last = script.read_text(encoding="utf-8").splitlines()[-1]
    assert last == 'exec python3 -m lessons_lib test "$@"'


def test_the_commands_read_the_same_requirements_as_pip():
    """The small parser of the commands agrees with the packaging library."""
    read = _course.requirements(["test", "slides", "hub"])
    assert {name: SpecifierSet(ranges) for name, ranges in read.items()} == {
        name: requirement.specifier for name, requirement in REQUIREMENTS.items()
    }


def test_the_oldest_supported_python_is_the_oldest_the_pins_were_made_for():
    """The comment in constraints.txt names the oldest Python, as the resolver needs it."""
    text = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"--python-version (\S+)", text)
    assert Version(version).release == command_line.OLDEST_PYTHON


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_an_old_python_can_read_what_tells_it_that_it_is_old(name):
    """The files Python 3.8 meets before the check of the version are valid in 3.8."""
    source = (REPOSITORY / "lessons_lib" / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


def names_no_encoding(call):
    """Tell whether this call reads or writes text in whatever encoding the system has."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return False
    if name in ("read_text", "write_text"):  # where it may be the argument behind the text
        return len(call.args) <= (name == "write_text")
    mode = (
        call.args[1].value if len(call.args) > 1 and isinstance(call.args[1], ast.Constant) else ""
    )
    return isinstance(call.func, ast.Name) and name == "open" and "b" not in mode


def test_every_text_file_is_read_and_written_in_a_named_encoding():
    """Windows would take its own: "≈" and Chinese would break there, and there alone."""
    paths = [*(REPOSITORY / "lessons_lib").rglob("*.py"), REPOSITORY / "notebooks" / "build.py"]
    unnamed = [
        f"{path.name}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and names_no_encoding(node)
    ]
    assert unnamed == []


@pytest.mark.parametrize("build", ["build_editable", "build_wheel"])
def test_an_installation_brings_the_extension_of_jupyterlab(build, tmp_path):
    """Also an editable one, which setuptools by itself leaves without data files."""
    pytest.importorskip("setuptools", minversion="77")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, tmp_path)
    package = Path("lessons_lib", "commands")
    shutil.copytree(REPOSITORY / package, tmp_path / package)
    shutil.copy(REPOSITORY / "lessons_lib" / "__init__.py", tmp_path / "lessons_lib")
    code = f"from setuptools import build_meta; build_meta.{build}('.')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = [name.partition(".data/data/share/jupyter/")[2] for name in ZipFile(wheel).namelist()]
    data = REPOSITORY / package / "jupyter_data"
    wanted = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    assert set(filter(None, names)) == wanted


def run(code):
    """Run code in a fresh interpreter of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_importing_the_library_loads_nothing_heavy():
    """`import lessons_lib` loads no module outside the standard library but itself."""
    code = (
        "import sys; before = set(sys.modules); import lessons_lib; "
        "print(*sorted({n.split('.')[0] for n in set(sys.modules) - before}))"
    )
    assert run(code).split() == ["lessons_lib"]
