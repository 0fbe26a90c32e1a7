"""How the code of the library is written: one dialect, and classes that stand by themselves."""

import ast
import builtins
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "lessons_lib"
MODULES = sorted(LIBRARY.rglob("*.py"))
KNOBS = LIBRARY / "live" / "_knobs.py"
# What a question's body defines is shown to learners, who write no annotations.
ANNOTATED = [path for path in MODULES if path.name != "exercises.py"]


def parsed(path):
    """Return a module's tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path):
    """Return a module's name for test reports."""
    return str(path.relative_to(LIBRARY))


# --- dialect ---------------------------------------------------------------------------------


def relative_imports(tree):
    """Return the lines with a relative import."""
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return [node.lineno for node in froms if node.level]


def public_functions(body, owner=None):
    """Return the public functions of a module, and the methods of its public classes."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            node.name in ("__init__", "__call__") or not node.name.startswith("_")
        ):
            yield owner, node


def lacking(owner, function):
    """Return which arguments of a function have no annotation, and "return" if it has none."""
    decorators = {ast.unparse(decorator) for decorator in function.decorator_list}
    listed = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if owner and "staticmethod" not in decorators:
        del listed[0]  # self or cls
    listed += filter(None, [function.args.vararg, function.args.kwarg])
    missing = [argument.arg for argument in listed if argument.annotation is None]
    if function.returns is None and function.name != "__init__":
        missing.append("return")
    return missing


def unannotated(tree):
    """Say which public functions of a module lack annotations."""
    for owner, function in public_functions(tree.body):
        if missing := lacking(owner, function):
            name = f"{owner}.{function.name}" if owner else function.name
            yield f"line {function.lineno}: {name} does not annotate {', '.join(missing)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_are_absolute(path):
    """Whoever reads one line of a module knows where a name comes from."""
    assert relative_imports(parsed(path)) == []


@pytest.mark.parametrize("path", ANNOTATED, ids=name_of)
def test_public_functions_are_annotated(path):
    """Each argument and what is returned, in public classes too."""
    assert list(unannotated(parsed(path))) == []


def test_the_dialect_is_heard():
    """Each of these breaks a rule, and what stands beside them does not."""
    tree = ast.parse("""
from . import x
from ..a import y
from lessons_lib.a import z

def f(a, *b, c: int = 1, **d) -> None: ...
def g(a: int): ...
def _own(a): ...

class A:
    def __init__(self, a: int): ...
    def m(self, a) -> None: ...
    @staticmethod
    def s(a) -> None: ...
    @property
    def p(self): ...
    def __len__(self): ...

class _B:
    def m(self, a): ...
""")
    assert relative_imports(tree) == [2, 3]
    assert [said.partition(": ")[2] for said in unannotated(tree)] == [
        "f does not annotate a, b, d",
        "g does not annotate return",
        "A.m does not annotate a",
        "A.s does not annotate a",
        "A.p does not annotate return",
    ]


# --- classes ---------------------------------------------------------------------------------


def knobs():
    """Return the attributes that the table of knobs gives a trainer."""
    calls = [node for node in ast.walk(parsed(KNOBS)) if isinstance(node, ast.Call)]
    rows = [call for call in calls if ast.unparse(call.func) == "Knob"]
    given = [k.value for row in rows for k in row.keywords if k.arg == "name"]
    # What a model brings with it has a name that only the model knows.
    names = {value.value for value in given if isinstance(value, ast.Constant)}
    return names | {f"can_change_{name}" for name in names}


def attributes_set(cls):
    """Return the names a class gives itself: in its body, and through `self` in its methods."""
    found = set()
    for node in cls.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        else:
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - _loaded(node)
            for inner in ast.walk(node):  # __slots__ = ("a", "b")
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    found |= {inner.value} if "__slots__" in ast.unparse(node) else set()
    if "with_knobs" in map(ast.unparse, cls.decorator_list):
        found |= knobs()
    for node in ast.walk(cls):
        if _is_own(node) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
    return found


def _loaded(node):
    names = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))
    return {inner.id for inner in names if isinstance(inner.ctx, ast.Load)}


def _is_own(node):
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def attributes_read(cls):
    """Return the names a class reads of itself, each with the line of its first reading."""
    read = {}
    for node in ast.walk(cls):
        if _is_own(node) and isinstance(node.ctx, ast.Load):
            read.setdefault(node.attr, node.lineno)
    return read


def leaning_classes(modules):
    """Say which classes read of themselves what neither they nor their bases set or declare.

    Parameters
    ----------
    modules : dict of str to ast.Module
        By their dotted names. A class with a base from another library is left out, for nobody
        knows here what that sets.
    """
    classes = {
        (module, node.name): node
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    origins = {
        (module, alias.asname or alias.name): (node.module, alias.name)
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    def known(module, name):
        """Return all that a class has, or None where it derives from what is not here."""
        if (module, name) in origins:
            module, name = origins[module, name]
            for package in modules:  # a name that a room's __init__ hands on
                if package == module and (package, name) in origins:
                    return known(package, name)
        cls = classes.get((module, name))
        if cls is None:
            kind = getattr(builtins, name, None)
            return set(dir(kind)) if isinstance(kind, type) else set() if name in SILENT else None
        names = set(dir(object)) | attributes_set(cls)
        for base in cls.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            above = known(module, base.id) if isinstance(base, ast.Name) else None
            if above is None:
                return None
            names |= above
        return names

    for (module, name), cls in classes.items():
        has = known(module, name)
        if has is None or "__getattr__" in has:
            continue
        for attribute, line in attributes_read(cls).items():
            if attribute not in has:
                yield f"{module}, line {line}: {name} reads self.{attribute}"


SILENT = {"Protocol", "Generic", "NamedTuple", "ABC"}  # bases that set nothing


def test_no_class_leans_on_its_subclasses():
    """What a class reads of itself, it sets, declares or inherits: it can be read alone."""
    modules = {name_of(path): parsed(path) for path in MODULES}
    dotted = {
        "lessons_lib." + name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): tree
        for name, tree in modules.items()
    }
    assert list(leaning_classes(dotted)) == []


def test_a_class_that_leans_is_seen():
    """Across modules as well; what a base sets, declares or takes from Python is no leaning."""
    modules = {
        "lessons_lib.a": ast.parse("""
class Above:
    declared: int
    with_default = 1
    def __init__(self):
        self.a, self.b = 1, 2
        self.n += 1
    def method(self):
        return self.a, self.declared, self.with_default, self.__class__, self.below
class Error(Exception):
    def method(self):
        return self.args, self.status
class Elsewhere(Widget):
    def method(self):
        return self.value
"""),
        "lessons_lib.b": ast.parse("""
from lessons_lib.a import Above
class Below(Above):
    def __init__(self):
        super().__init__()
        self.below = 1
    def other(self):
        return self.a, self.b, self.n, self.method(), self.below, self.missing
"""),
    }
    assert list(leaning_classes(modules)) == [
        "lessons_lib.a, line 9: Above reads self.below",
        "lessons_lib.a, line 12: Error reads self.status",
        "lessons_lib.b, line 8: Below reads self.missing",
    ]
