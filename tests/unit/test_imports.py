"""The parts of the library import each other only in the agreed directions."""

import ast
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "lessons_lib"

# part: the parts of the library it may import from
MAY_IMPORT = {
    "_ground": set(),
    "datasets": {"_ground"},
    "nn": {"_ground"},
    "optimizers": {"_ground"},
    "live": {"_ground"},
    "plots": {"_ground"},
    "panels": {"_ground", "live", "nn", "optimizers", "plots"},
    "checks": {"_ground"},
    "lessons": {"checks", "datasets", "nn", "optimizers", "plots"},
    "__main__": {"commands"},
    "__init__": set(),
}
# `commands` may import what the command needs; these run before anything is installed.
STANDARD_LIBRARY_ALONE = [
    *(f"_ground/{path.name}" for path in (LIBRARY / "_ground").glob("*.py")),
    "__init__.py",
    "__main__.py",
    "commands/__init__.py",
    "commands/_guard.py",
    "commands/_install.py",
    "commands/_pip.py",
    "commands/doctor.py",
    "commands/environment.py",
    "commands/workspace.py",
]
# A command imports what it needs.
MODULES = sorted(set(LIBRARY.rglob("*.py")) - set((LIBRARY / "commands").rglob("*.py")))


def part_of(path):
    """Return the part a file belongs to: its folder or, at the top, its own name."""
    relative = path.relative_to(LIBRARY)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported_modules(path):
    """Return the absolute dotted name of everything a file imports, at any depth."""
    package = ("lessons_lib", *path.relative_to(LIBRARY).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module]))
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def parts_imported(path):
    """Return the other parts of the library that a file imports from."""
    names = (name.split(".") for name in imported_modules(path))
    inside = {name[1] for name in names if name[0] == "lessons_lib" and len(name) > 1}
    # `from lessons_lib import __version__` is the package itself, not a part of it.
    return {name for name in inside if (LIBRARY / name).exists() or name in MAY_IMPORT}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_follow_the_agreed_directions(path):
    """A part imports only from the parts it may know."""
    part = part_of(path)
    assert part in MAY_IMPORT, f"{part} is a new part: say in this table what it may import"
    crossing = parts_imported(path) - MAY_IMPORT[part] - {part}
    assert not crossing, f"{part} must not import from {', '.join(sorted(crossing))}"


def test_the_check_sees_an_import_wherever_it_stands(tmp_path, monkeypatch):
    """The check finds absolute, relative and local imports (else it could never fail)."""
    monkeypatch.setattr(f"{__name__}.LIBRARY", tmp_path)
    for part in ("nn", "live", "plots", "checks"):
        (tmp_path / part).mkdir()
    path = tmp_path / "checks" / "_x.py"
    path.write_text(
        "import lessons_lib.nn\n"
        "from ..live import LiveTrainer\n"
        "def f():\n    from lessons_lib import plots\n"
        "from . import _y\n"
    )
    assert parts_imported(path) == {"nn", "live", "plots", "checks"}


@pytest.mark.parametrize("name", STANDARD_LIBRARY_ALONE)
def test_what_runs_before_the_installation_needs_nothing_installed(name):
    """These modules import the standard library and each other, and psutil only if it is there."""
    top = {module.split(".")[0] for module in imported_modules(LIBRARY / name)}
    allowed = {"lessons_lib", *sys.stdlib_module_names}
    if name == "commands/doctor.py":
        allowed.add("psutil")
    assert top <= allowed
    within = {module for module in imported_modules(LIBRARY / name) if "lessons_lib." in module}
    assert all(
        module.startswith(
            ("lessons_lib._ground", "lessons_lib.commands", "lessons_lib.__version__")
        )
        for module in within
    )
