"""The rooms of the library import each other only in the agreed directions."""

import ast
import re
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "lessons_lib"

GROUND = {"datasets", "nn", "optimizers", "plots", "checks", "live", "run_card"}
# room: the rooms it may import from, besides `_ground`, which every room may
MAY_IMPORT = {
    "_ground": {"__init__"},  # the version of the course
    **{room: set() for room in GROUND},
    "workers": {"datasets", "nn", "optimizers"},
    "panels": {"live", "nn", "optimizers", "plots"},
    "lessons": GROUND | {"panels", "workers"},
    "commands": {*GROUND, "panels", "workers", "lessons", "__init__"},  # what the command needs
    "__main__": {"commands", "__init__"},
    "__init__": set(),
}
# Commands that run before anything is installed, on the standard library and `_ground` alone.
BEFORE_THE_INSTALLATION = [
    "__init__.py",
    "__main__.py",
    "commands/__init__.py",
    "commands/_course.py",
    "commands/_environment.py",
    "commands/_output.py",
    "commands/_workspace.py",
    "commands/bench.py",
    "commands/doctor.py",
    "commands/lab.py",
    "commands/reset.py",
    "commands/test.py",
]
# What is used where it is installed, and done without where it is not.
IF_THERE = {"commands/doctor.py": {"packaging", "psutil"}, "_ground/memory.py": {"psutil"}}
MODULES = sorted(LIBRARY.rglob("*.py"))


def name_of(path):
    """Return the dotted name of a module of the library."""
    parts = ("lessons_lib", *path.relative_to(LIBRARY).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path):
    """Return the room a module belongs to: its folder or, at the top, its own name."""
    relative = path.relative_to(LIBRARY)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported_names(path, tree=None):
    """Return the absolute dotted name of everything a module imports, at any depth.

    What stands under ``if TYPE_CHECKING:`` counts too: also who names a type knows its room.
    """
    package = ("lessons_lib", *path.relative_to(LIBRARY).parent.parts)
    for node in ast.walk(tree or ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module]))
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def inside(path):
    """Return what a module imports from the library, split at the points, without its head."""
    names = (name.split(".") for name in imported_names(path))
    return [name[1:] for name in names if name[0] == "lessons_lib" and len(name) > 1]


def crossings(path):
    """Say what a module imports against the table."""
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is a new room: say in this table what it may import"
    for name in inside(path):
        # `from lessons_lib import __version__` is the package itself.
        to = name[0] if name[0] in MAY_IMPORT else "__init__"
        if to not in MAY_IMPORT[room] | {room, "_ground"}:
            yield f"{room} must not import from {to}"
        if room != "lessons":
            continue
        if to == "lessons":
            own = path.relative_to(LIBRARY).parts[1]
            if len(name) > 1 and len(path.relative_to(LIBRARY).parts) > 2 and name[1] != own:
                yield f"the lesson {own} must not know {name[1]}"
        elif any(part.startswith("_") for part in name):
            yield f"a lesson must not know {'.'.join(name)}, which is no public name"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_follow_the_table(path):
    """A room imports only from the rooms it may know; a lesson, only what tools make public."""
    assert list(crossings(path)) == []


def written(folder, monkeypatch, modules):
    """Make a small library of ``{"room/module": text}``, and return their paths."""
    monkeypatch.setattr(f"{__name__}.LIBRARY", folder)
    paths = {}
    for name, text in modules.items():
        paths[name] = folder / f"{name}.py"
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_text(text)
    return paths


def test_the_table_sees_an_import_wherever_it_stands(tmp_path, monkeypatch):
    """Absolute, relative and local imports (else the test above could never fail)."""
    paths = written(
        tmp_path,
        monkeypatch,
        {
            "checks/x": "import lessons_lib.nn\n"
            "from ..live import LiveTrainer\n"
            "def f():\n    from lessons_lib import plots, __version__\n"
            "from . import _y\n"
            "from lessons_lib._ground.files import free_name\n",
            "_ground/x": "from lessons_lib import nn",
            "lessons/neuron/x": "from lessons_lib import commands\n"
            "from lessons_lib.lessons.backprop import pictures\n"
            "from lessons_lib.lessons.neuron import pictures\n"
            "from lessons_lib.nn import Dense, _layers\n"
            "from lessons_lib.nn._layers import Layer\n"
            "from lessons_lib.lessons import lessons\n",
        },
    )
    said = {name: "\n".join(crossings(path)) for name, path in paths.items()}
    assert [line.split()[-1] for line in said["checks/x"].splitlines()] == [
        *("nn", "live", "plots", "__init__")
    ]
    assert said["_ground/x"] == "_ground must not import from nn"
    lesson = said["lessons/neuron/x"]
    assert "must not import from commands" in lesson
    assert "neuron must not know backprop" in lesson
    assert "know nn._layers," in lesson
    assert "know nn._layers.Layer" in lesson
    assert lesson.count("\n") == 4


def needs_installing(path):
    """Return what a module imports that is neither Python's own nor the library's."""
    tops = {name.split(".")[0] for name in imported_names(path)}
    return tops - {"lessons_lib", *sys.stdlib_module_names}


@pytest.mark.parametrize(
    "name", [*(f"_ground/{path.name}" for path in (LIBRARY / "_ground").glob("*.py"))]
)
def test_the_ground_needs_nothing_installed(name):
    """Every room may stand on it, also what runs before the installation."""
    assert needs_installing(LIBRARY / name) <= IF_THERE.get(name, set())


@pytest.mark.parametrize("name", BEFORE_THE_INSTALLATION)
def test_what_runs_before_the_installation_needs_nothing_installed(name):
    """These modules import the standard library and each other; the doctor, more if it is there."""
    assert needs_installing(LIBRARY / name) <= IF_THERE.get(name, set())
    allowed = {"_ground", "commands", "__version__"}
    assert {first for first, *_ in inside(LIBRARY / name)} <= allowed


class WithoutTypes(ast.NodeTransformer):
    """Leaves out what a module imports for its annotations alone."""

    def visit_If(self, node):
        """Drop what only a reader of types runs."""
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)


def graph(paths):
    """Return ``{module: modules of the library it imports}``, at once or when it is used."""
    names = {name_of(path): path for path in paths}
    edges = {}
    for name, path in names.items():
        tree = WithoutTypes().visit(ast.parse(path.read_text(encoding="utf-8")))
        found = {n if n in names else n.rpartition(".")[0] for n in imported_names(path, tree)}
        edges[name] = (found & set(names)) - {name}
    return edges


def circles(edges):
    """Return the modules from which a way of imports leads back to themselves."""

    def reached(start):
        seen, todo = set(), [start]
        while todo:
            new = edges[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    return sorted(name for name in edges if name in reached(name))


def test_no_imports_go_in_a_circle():
    """Modules can be read one after another, and imported in any order."""
    assert circles(graph(MODULES)) == []


def test_a_circle_is_seen(tmp_path, monkeypatch):
    """Through the room's own name and inside functions too; what stands for types makes none."""
    paths = written(
        tmp_path,
        monkeypatch,
        {
            "nn/__init__": "from lessons_lib.nn.a import A",
            "nn/a": "from lessons_lib.nn.b import B\nA = 1",
            "nn/b": "from lessons_lib import nn\nB = 1",
            "nn/c": "if TYPE_CHECKING:\n    from lessons_lib.nn.d import D",
            "nn/d": "from lessons_lib.nn.c import C\nclass D: pass",
            "nn/e": "def f():\n    from lessons_lib.nn.f import F",
            "nn/f": "try:\n    from lessons_lib.nn.e import E\nexcept ImportError: pass",
        },
    )
    expected = ["lessons_lib.nn", *(f"lessons_lib.nn.{name}" for name in "abef")]
    assert circles(graph(paths.values())) == expected


DOCUMENT = LIBRARY.parent / "docs" / "ARCHITECTURE.md"


def files_named(text):
    """Return the files that a document names between backquotes, a lesson's word filled in."""
    names = re.findall(r"`([\w./<>]+\.(?:py|md|txt|ipynb))", text)
    return {n.replace("NN_<word>", "01_neuron").replace("<word>", "neuron") for n in names}


def test_the_plan_of_the_house_is_true():
    """docs/ARCHITECTURE.md names files that are there, and every room of the table."""
    text = DOCUMENT.read_text(encoding="utf-8")
    own = LIBRARY / "lessons" / "neuron"
    for name in files_named(text):
        places = [LIBRARY.parent / name, LIBRARY / name, own / name, DOCUMENT.parent / name]
        assert any(place.exists() for place in places), name
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    rooms = {room for row in rows for room in re.findall(r"`(\w+)", row)}
    assert set(MAY_IMPORT) - {"__main__", "__init__"} <= rooms
    assert files_named("`panels/_x.py`: `NN_<word>.py`") == {"panels/_x.py", "01_neuron.py"}
