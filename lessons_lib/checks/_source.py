"""The source of a question's own functions, as the learner sees it."""

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Callable


def function_code(function: Callable, name: str) -> str:
    """Return the source of a function, with another name.

    Parameters
    ----------
    function : function
        Written with ``def``, in a file.
    name : str

    Returns
    -------
    str
        Without decorators and without the indentation of the place where it stands.
    """
    lines = textwrap.dedent(inspect.getsource(function)).rstrip().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    lines[start] = re.sub(r"^def \w+", f"def {name}", lines[start])
    return "\n".join(lines[start:])


def source_of(function: object) -> str:
    """Return a learner's function as it is written, an empty text where nobody knows."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # made by `exec`, built in, or no function
        return ""


def value_code(function: Callable, name: str) -> str:
    """Return the body of a function as code that assigns its result to a name.

    Parameters
    ----------
    function : function
        Its ``def`` stands on one line; its last statement is its one ``return``.
    name : str

    Returns
    -------
    str
        The body, where ``return value`` has become ``name = value``.
    """
    lines = function_code(function, name).splitlines()[1:]
    lines = textwrap.dedent("\n".join(lines)).splitlines()
    returns = [i for i, line in enumerate(lines) if re.match(r"return\b", line)]
    if len(returns) != 1:
        raise ValueError(
            f"{function.__qualname__} must have exactly one `return`, its last statement, "
            f"so that it can be shown as `{name} = ...`; it has {len(returns)}."
        )
    lines[returns[0]] = re.sub(r"^return\b", f"{name} =", lines[returns[0]])
    return "\n".join(lines)


@functools.lru_cache(maxsize=8)  # an answer is asked for its source at each input that it fails
def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a whole file or cell, None where it is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def nodes_at(source: str, position: tuple) -> list[ast.AST]:
    """Return the syntax tree's nodes around a place, the outermost first.

    Parameters
    ----------
    source : str
        A whole file or cell.
    position : tuple
        (line, end line, column, end column), as `code.co_positions` gives it.

    Returns
    -------
    list of ast.AST
        Empty where there is no such source, or it is not known where in the line it was.
    """
    if None in position:
        return []
    node = parsed(source)
    first, last, start, end = position
    nodes = []
    while node is not None:
        nodes.append(node)
        around = (
            child
            for child in ast.iter_child_nodes(node)
            if any(
                (part.lineno, part.col_offset) <= (first, start)
                and (last, end) <= (part.end_lineno, part.end_col_offset)
                for part in _placed(child)
            )
        )
        node = next(around, None)
    return nodes


def _placed(node):
    """Return the node, or where it has no place (a comprehension's `for`) its parts."""
    return [node] if hasattr(node, "lineno") else ast.iter_child_nodes(node)
