"""Finding, or making, the environment in which the course runs; and the command `test`.

Standard library only: this runs before anything is installed. What makes and mends
``.venv`` is in `_install`, which is imported only when there is something to do.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = [
    "ENVIRONMENT",
    "REPOSITORY",
    "STANDARD_OUTPUT",
    "Problem",
    "course_file",
    "course_variables",
    "enter",
    "import_name",
    "learner_folders",
    "missing_packages",
    "print_file",
    "project",
    "pytest_command",
    "replace_process",
    "requirements",
    "test",
]

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENT = REPOSITORY / ".venv"
STANDARD_OUTPUT = ("-", "/dev/stdout")  # what a file is called that is to be printed
KERNEL_STARTUP = Path(__file__).with_name("kernel_startup.py")

# Where the name to import is not the name to install with "_" for "-".
_IMPORT_NAMES = {
    "pillow": "PIL",
    "pytest-xdist": "xdist",
    "pyyaml": "yaml",
    "scikit-learn": "sklearn",
}
# A program for contributors: no lesson and no test imports it, and some distributions
# install it without a Python module.
_PROGRAMS = frozenset({"ruff"})
_WHOLE_COURSE_AGAIN = "download or clone the whole course again and start it there"


class Problem(Exception):
    """Something the learner can mend, said in one sentence with the fix.

    Parameters
    ----------
    sentence : str
        What is wrong, what was expected and what to do.
    status : int
        Exit status of the command.
    """

    def __init__(self, sentence: str, status: int = 1):
        super().__init__(sentence)
        self.status = status


def course_file(name: str) -> str:
    """Return the text of a file that belongs to the course's folder.

    Raises
    ------
    Problem
        When it cannot be read: the library was copied away from the course's folder.
    """
    try:
        return (REPOSITORY / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        fault = f"{name} is missing in {REPOSITORY}"
    except (OSError, UnicodeDecodeError) as error:
        fault = f"{name} in {REPOSITORY} cannot be read ({error})"
    raise Problem(f"The course's folder is not complete: {fault}; {_WHOLE_COURSE_AGAIN}.")


@functools.cache
def project() -> dict:
    """Return ``pyproject.toml`` as a dictionary.

    Raises
    ------
    Problem
        When the file is missing or damaged, for example by an update that met a conflict.
    """
    try:
        return tomllib.loads(course_file("pyproject.toml"))
    except tomllib.TOMLDecodeError as error:
        raise Problem(
            f"The course's folder is damaged: pyproject.toml in {REPOSITORY} is no valid TOML "
            f"({error}); undo what was changed in it, or {_WHOLE_COURSE_AGAIN}."
        ) from None


def requirements(extras: Iterable[str] = ()) -> dict[str, str]:
    """Return the packages the course needs and the range of versions of each.

    Parameters
    ----------
    extras : iterable of str
        Optional groups of ``pyproject.toml`` to add, such as ``"test"``.

    Returns
    -------
    dict of str to str
        For example ``{"numpy": ">=2.0,<3"}``.
    """
    metadata = project()["project"]
    lines = list(metadata["dependencies"])
    for extra in extras:
        lines += metadata["optional-dependencies"][extra]
    found = (re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", line) for line in lines)
    return {match[1].lower(): match[2] for match in found if match}


def import_name(package: str) -> str:
    """Return the name under which a package is imported."""
    return _IMPORT_NAMES.get(package, package.replace("-", "_"))


def needed_imports(extras: Iterable[str] = ()) -> dict[str, str]:
    """Return ``{package: import name}`` of what must be importable."""
    return {name: import_name(name) for name in requirements(extras) if name not in _PROGRAMS}


def _is_importable(name: str) -> bool:
    """Look for a top-level module without importing it."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    # A namespace package has no origin: an empty folder that an uninstalled package left.
    return spec is not None and spec.origin is not None


def missing_packages(extras: Iterable[str] = ()) -> list[str]:
    """Return the packages that the running interpreter cannot import."""
    needed = needed_imports(extras).items()
    return [package for package, module in needed if not _is_importable(module)]


def is_inside() -> bool:
    """Tell whether the running interpreter is that of the course's ``.venv``."""
    return os.path.realpath(sys.prefix) == os.path.realpath(ENVIRONMENT)


def enter(command_line: Sequence[str], extras: Iterable[str] = (), make: bool = True) -> None:
    """Return in a process that can import the course's packages, or do not return.

    Where the running interpreter finds them (a conda environment, for example), nothing is
    made. Otherwise ``.venv`` is made or mended and the command starts again inside it.

    Parameters
    ----------
    command_line : sequence of str
        The command and its arguments, as given to ``python3 -m lessons_lib``.
    extras : iterable of str
        Optional groups of packages the command needs.
    make : bool
        False: use the ``.venv`` that is there, if its Python starts, and change nothing.

    Raises
    ------
    Problem
        When the packages could not be installed.
    """
    extras = tuple(extras)
    if is_inside():
        if make:
            from lessons_lib.commands import _install

            _install.mend_running(extras)
        return
    if not missing_packages(extras):
        return
    from lessons_lib.commands import _install

    if make:
        interpreter = _install.prepare()
    elif _install.examine() in _install.USABLE:
        interpreter = _install.interpreter()
    else:
        return
    replace_process(
        [str(interpreter), "-m", "lessons_lib", *command_line],
        {"PYTHONPATH": course_variables()["PYTHONPATH"]},
    )


def course_variables() -> dict[str, str]:
    """Return the environment variables under which kernels and tests run.

    - ``PYTHONPATH``: kernels find this copy of ``lessons_lib`` from any folder, also where
      the environment was made for another copy or the folder has been moved since.
    - ``KERAS_BACKEND``: the lessons train with TensorFlow whatever another project has
      written into ``~/.keras/keras.json``.
    - ``JUPYTER_PREFER_ENV_PATH``: the kernel "python3" is that of this environment and not
      one that another course registered for the user.
    - ``PYTHONSTARTUP``: a learner who begins in the middle of a notebook is told so in a
      sentence; a startup file of the learner's own is kept.
    - ``PYTHONUTF8``: files and pipes are UTF-8 on Windows too, also those that a learner opens.
    - those of `learner_folders`.
    """
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    if paths[1].split(os.pathsep)[0] == paths[0]:
        del paths[0]
    return {
        **learner_folders(),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "KERAS_BACKEND": "tensorflow",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONSTARTUP": os.environ.get("PYTHONSTARTUP") or str(KERNEL_STARTUP),
        "PYTHONUTF8": "1",
    }


def learner_folders() -> dict[str, str]:
    """Return the variables that name folders of the learner's own, with absolute paths.

    A kernel works in another folder, where a relative path would mean another place; and not
    every shell expands a ``~``.
    """
    names = ("LESSONS_WORKSPACE", "LESSONS_DATA_DIR")
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    return {name: os.path.abspath(os.path.expanduser(path)) for name, path in given.items()}


def replace_process(
    command: Sequence[str], variables: dict[str, str], folder: Path | None = None
) -> None:
    """Run a program in the place of this one; do not return.

    Parameters
    ----------
    command : sequence of str
        The program's path and its arguments.
    variables : dict of str to str
        Environment variables to set besides the present ones.
    folder : Path, optional
        Working folder of the program.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    environ = {**os.environ, **variables}
    if folder is not None:
        os.chdir(folder)
    if os.name != "nt":
        os.execve(command[0], list(command), environ)
    # On Windows exec returns to the prompt at once while the program goes on behind it.
    with subprocess.Popen(command, env=environ) as process:
        while True:
            try:
                sys.exit(process.wait())
            except KeyboardInterrupt:
                continue  # the program has got the same Ctrl-C and decides


def print_file(content: str) -> None:
    """Print what is to become a file: UTF-8 whatever the terminal, and no letter replaced."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode())
    sys.stdout.buffer.flush()


def usable_cpus() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pytest_command(arguments: Sequence[str], cpus: int, folder: Path) -> list[str]:
    """Return the command that runs the tests.

    Parameters
    ----------
    arguments : sequence of str
        pytest's own options and paths; with a path, only what it names is run.
    cpus : int
        Processors to use; each worker holds a kernel with TensorFlow, so four at most.
    folder : Path
        The folder in which the learner typed the paths; pytest runs in the course's.

    Returns
    -------
    list of str
        Program and arguments.
    """
    passed = []
    for argument in arguments:
        path, separator, rest = argument.partition("::")
        if not argument.startswith("-") and (folder / path).exists():
            argument = f"{folder / path}{separator}{rest}"
        passed.append(argument)
    # pytest-xdist refuses a debugger; loadfile keeps the cells of a notebook together. In their
    # own order the long files, those with a browser, come first and none is left to run alone.
    debugging = {"--pdb", "--trace"} & set(arguments)
    sharing = ["-n", str(min(4, cpus)), "--dist", "loadfile", "--no-loadscope-reorder"]
    workers = [] if debugging else sharing
    return [
        *(sys.executable, "-m", "pytest", "--nbval"),
        *("--nbval-sanitize-with", str(Path("tests", "notebooks", "sanitize.cfg"))),
        *workers,
        *passed,
    ]


def test(arguments: list[str]) -> int:
    """Run the tests in the place of this process; pytest's exit status is the command's."""
    command = pytest_command(arguments, usable_cpus(), Path.cwd())
    # Debug-adapter warnings about frozen modules would be a notebook's stderr.
    variables = {**course_variables(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return replace_process(command, variables, REPOSITORY) or 0
