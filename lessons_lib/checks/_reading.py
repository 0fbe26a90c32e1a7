"""Reads the source of a learner's function: slips of the pen, and libraries that do the work."""

import ast
import builtins
import contextlib
import functools
import linecache
import sys
import types
from collections.abc import Callable

import numpy as np

from lessons_lib.checks._source import parsed

_LIBRARIES = {
    "numpy": "NumPy",
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "torch": "PyTorch",
    "lessons_lib": "this course",
}
# Of NumPy only whole recipes: its other functions are the tools that answers are made of.
_RECIPES = {"average", "convolve", "cov", "gradient", "interp", "logaddexp", "polyfit", "ptp"}
_OWN_ANSWERS = ("lessons_lib.lessons", "lessons_lib.checks")
_WORK = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.AugAssign, ast.Call, ast.IfExp)


def tree_of(function: object) -> ast.AST | None:
    """Return the syntax tree of a function written in a cell or a file, or None."""
    if type(function) is not types.FunctionType:
        return None
    code = function.__code__
    source = "".join(linecache.getlines(code.co_filename, function.__globals__))
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return next((node for node in nodes if _first_line(node) == code.co_firstlineno), None)


def slips(function: object) -> tuple[str, ...]:
    """Return sentences on what the source says although hardly anybody means it.

    Each states what Python makes of it, so it is true whatever else is wrong.
    """
    tree = tree_of(function)
    found = map(_slip, ast.walk(tree)) if tree else ()
    return tuple(dict.fromkeys(filter(None, found)))


def work_saved(function: object, ours: Callable) -> str:
    """Return which library function has done work that our solution does itself.

    That is the case where a function calls into a library, other than our solution does, and
    has fewer operations of its own than our solution.

    Parameters
    ----------
    function, ours : object
        The learner's function and the question's solution.

    Returns
    -------
    str
        "`mean_squared_error` (scikit-learn)", or an empty text.
    """
    function = _behind(function)
    library = _library_of(function)
    if library and library != "numpy":
        named = function if hasattr(function, "__name__") else type(function)
        return f"`{named.__name__}` ({_LIBRARIES[library]})"
    tree, our_tree = tree_of(function), tree_of(ours)
    if tree is None or our_tree is None or _amount_of_work(tree) >= _amount_of_work(our_tree):
        return ""
    known = {name for name, _ in _library_calls(our_tree, ours)}
    called = [(n, lib) for n, lib in _library_calls(tree, function) if n not in known]
    return ", ".join(dict.fromkeys(f"`{name}` ({_LIBRARIES[lib]})" for name, lib in called))


def _behind(function):
    """Return the function that a method, a partial function or an object of a class runs."""
    kind = type(function)
    if kind is functools.partial:
        return _behind(function.func)
    if kind is types.MethodType:
        return function.__func__
    if kind is np.vectorize:
        return function.pyfunc
    library = _library_of(function)
    if library == "tensorflow":
        return getattr(function, "python_function", function)  # of `@tf.function`
    own_call = not library and type(kind.__call__) is types.FunctionType
    return kind.__call__ if own_call else function


def _first_line(node):
    """Return the line on which a function begins as its code object counts, or None."""
    if isinstance(node, ast.Lambda):
        return node.lineno
    if isinstance(node, ast.FunctionDef):
        return min(part.lineno for part in (node, *node.decorator_list))
    return None


def _slip(node):
    match node:
        case ast.BinOp(
            ast.BinOp(_, ast.Pow(), ast.Constant(1))
            | ast.BinOp(_, ast.Mult() | ast.Div(), ast.BinOp(_, ast.Pow(), ast.Constant(1))),
            ast.Div(),
            ast.Constant() as part,
        ):
            return (
                f"`... ** 1/{part.value}` divides by {part.value} and takes no root, because `**` "
                f"comes before `/`: write `... ** (1/{part.value})`."
            )
        case ast.BinOp(_, ast.BitXor(), ast.Constant(int() | float())):
            return (
                "`^` is no power in Python, it compares bits: write `**`, as in "
                f"`x ** {node.right.value}`."
            )
        case ast.Compare(_, _, [ast.BinOp(_, ast.BitAnd() | ast.BitOr()), *_]):
            return (
                "`&` and `|` come before `==` and `<`: put brackets around each comparison, "
                "`(a == 1) & (b == 1)`."
            )
        case ast.arguments():
            names = [arg.arg for arg in (*node.posonlyargs, *node.args)][-len(node.defaults) :]
            pairs = [*zip(names, node.defaults, strict=False)]
            pairs += zip((arg.arg for arg in node.kwonlyargs), node.kw_defaults, strict=True)
            for name, default in pairs:
                if isinstance(default, (ast.List, ast.Dict, ast.Set)):
                    return (
                        f"`{name}={ast.unparse(default)}` is made once, when the function is "
                        "defined, and every call goes on with what the calls before have put "
                        f"into it. Make it inside the function: `{name} = {ast.unparse(default)}`."
                    )
    return ""


def _amount_of_work(tree):
    return sum(isinstance(node, _WORK) for node in ast.walk(tree))


def _library_calls(tree, function):
    """Yield (name as written, library) of what a function calls."""
    known = {**vars(builtins), **function.__globals__, **_closure(function), **_imported(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        path, called = [], node.func
        while isinstance(called, ast.Attribute):
            path.insert(0, called.attr)
            called = called.value
        thing = known.get(called.id) if isinstance(called, ast.Name) else None
        if thing is None:
            continue
        library = _library_of(thing)
        name = (path or [called.id])[-1]
        if library and (library != "numpy" or name in _RECIPES):
            yield ast.unparse(node.func), library


def _library_of(thing):
    """Return the library to which a module, a class, a function or an object belongs, or ""."""
    # The type is asked and not the object, whose __class__ may be anything.
    if type(thing) is np.ufunc:  # none tells its module
        special = sys.modules.get("scipy.special")
        return "scipy" if getattr(special, thing.__name__, None) is thing else "numpy"
    made = issubclass(type(thing), (type, types.FunctionType, types.BuiltinFunctionType))
    owner = getattr(thing if made else type(thing), "__module__", "")
    owner = str(thing.__name__ if type(thing) is types.ModuleType else owner)
    library = owner.partition(".")[0]
    return library if library in _LIBRARIES and not owner.startswith(_OWN_ANSWERS) else ""


def _closure(function):
    names = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # an empty cell, of a name without a value yet
            names[name] = cell.cell_contents
    return names


def _imported(tree):
    """Return what a function imports inside, as far as it has been imported."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or top] = sys.modules.get(top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = sys.modules.get(node.module)
            for alias in node.names:
                names[alias.asname or alias.name] = getattr(module, alias.name, None)
    return names
