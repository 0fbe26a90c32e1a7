"""The source of a question's own functions, as the learner sees it."""

import inspect
import re
import textwrap


def function_code(function, name):
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


def value_code(function, name):
    """Return the body of a function as code that assigns its result to a name.

    Parameters
    ----------
    function : function
        Takes nothing; its ``def`` stands on one line; its last statement is its one ``return``.
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
