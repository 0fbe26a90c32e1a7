"""Which notebook cell runs now: run again it replaces its own panels; and who has run it."""

import weakref
from typing import NamedTuple

_made: dict[str, list[tuple[str, weakref.ref]]] = {}


class _Run(NamedTuple):
    """One run of one cell."""

    cell: str
    message: str


def replace_former(panel: object) -> None:
    """Retire the panels that an earlier run of this cell has made, and note this one.

    Two panels made by the same run of a cell live side by side. Outside a notebook nothing is
    known about cells, and nothing happens.

    Parameters
    ----------
    panel : object
        Has a method ``retire()``.
    """
    run = _present_run()
    if run is None:
        return
    kept = []
    for message, reference in _made.get(run.cell, ()):
        former = reference()
        if former is None:
            continue
        if message == run.message:
            kept.append((message, reference))
        else:
            former.retire()
    _made[run.cell] = [*kept, (run.message, weakref.ref(panel))]


def forget(panel: object) -> None:
    """Take a closed panel from IPython's list of results, which keeps it with all its data."""
    kernel = shell()
    results = getattr(kernel, "user_ns", {}).get("_oh", {})
    for number in [number for number, result in results.items() if result is panel]:
        del results[number]
        kernel.user_ns.pop(f"_{number}", None)
        kernel.user_ns_hidden.pop(f"_{number}", None)


def somebody_is_there() -> bool:
    """Tell whether the cell that runs now was run by a front end in which somebody could type.

    Programs that execute notebooks say that nobody can.
    """
    return bool(_request().get("content", {}).get("allow_stdin"))


def cells_run() -> int | None:
    """Return how many cells have been run so far; None outside of a notebook."""
    return getattr(shell(), "execution_count", None)


def _present_run() -> _Run | None:
    """Return the cell that runs now, by its id or, in front ends without ids, by its text."""
    request = _request()
    message = request.get("header", {}).get("msg_id")
    cell = request.get("metadata", {}).get("cellId") or request.get("content", {}).get("code")
    return _Run(str(cell), str(message)) if cell and message else None


def _request() -> dict:
    """Return the message by which a front end has the present cell run; empty outside of one."""
    return getattr(shell(), "parent_header", None) or {}


def shell() -> object | None:
    """Return IPython's shell, if there is one."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()
