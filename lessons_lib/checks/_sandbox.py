"""Runs a learner's code so that nothing it does escapes: errors, time, prints, random numbers."""

import contextlib
import copy
import io
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lessons_lib.checks._errors import Mishap, mishap
from lessons_lib.checks._limits import Limit, TimeUp, call_with_limit

MOST_PRINTED = 400  # characters
MOST_WARNINGS = 3


@dataclass(frozen=True)
class Run:
    """What happened in one call.

    Parameters
    ----------
    value : object
        What was returned.
    changed : tuple of int
        Positions of the arguments that are not as they were.
    mishap : Mishap or None
    timed_out : str
        The time that ran out, in words; empty where none did.
    printed : str
        The beginning of what was printed.
    warnings : tuple of str
        The first different ones.
    unfinished : bool
        The call raised NotImplementedError.
    """

    value: object = None
    changed: tuple = ()
    mishap: Mishap | None = None
    timed_out: str = ""
    printed: str = ""
    warnings: tuple = ()
    unfinished: bool = False


def run(
    function: Callable,
    arguments: tuple = (),
    limit: Limit | None = None,
    convert: Callable | None = None,
) -> Run:
    """Call a function on copies of its arguments and report whatever happens.

    Parameters
    ----------
    function : callable
    arguments : tuple
    limit : Limit, optional
        By default 5 seconds of computing.
    convert : callable, optional
        Applied to the returned value inside the same protection.
    """
    given = copy.deepcopy(arguments)
    limit = limit or Limit(5.0)

    def call():
        value = function(*given)
        return value if convert is None else convert(value)

    with _isolated() as heard:
        try:
            report = {"value": call_with_limit(call, limit)}
        except TimeUp:
            report = {"timed_out": limit.run_out}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: all become words
            report = {"mishap": mishap(error), "unfinished": isinstance(error, NotImplementedError)}
    return Run(
        changed=_changed(arguments, given),
        printed=heard.printed,
        warnings=tuple(heard.warnings),
        **report,
    )


class _Heard(io.TextIOBase):
    """Takes what is printed or warned, and keeps the beginning."""

    def __init__(self):
        self.printed = ""
        self.warnings = []

    def writable(self):
        return True

    def write(self, text):
        room = MOST_PRINTED - len(self.printed)
        if room > 0:
            self.printed += text[:room]
        return len(text)

    def warn(self, message, category, *place, **more):
        text = f"{category.__name__}: {message}"
        if text not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)


@contextlib.contextmanager
def _isolated():
    heard = _Heard()
    python_state = random.getstate()
    # The legacy generator is the one a learner's np.random.rand draws from.
    numpy_state = np.random.get_state()  # noqa: NPY002
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    try:
        with (
            contextlib.redirect_stdout(heard),
            contextlib.redirect_stderr(heard),
            warnings.catch_warnings(),
            # NumPy's own defaults, whatever np.seterr the learner has called.
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        ):
            warnings.simplefilter("always")
            warnings.showwarning = heard.warn
            yield heard
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002


def _changed(arguments, given):
    pairs = enumerate(zip(arguments, given, strict=True))
    return tuple(i for i, pair in pairs if not _surely_same(*pair))


def _surely_same(before, after):
    try:
        return _same(before, after)
    except Exception:  # the call left an object in its input that cannot even be compared
        return False


def _same(before, after):
    """Whether a value of ours is as it was; what holds state by nature counts as the same."""
    if isinstance(before, np.ndarray):
        if before.shape != after.shape or before.dtype != after.dtype:
            return False
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    return True
