"""Turns an exception in a learner's code into their line and a suggestion."""

import linecache
import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from lessons_lib.checks._advice import advice
from lessons_lib.checks._source import nodes_at

_OWN_FOLDER = str(Path(__file__).parents[1])  # the whole library, which learners call too
_LIBRARY_FOLDERS = tuple({sysconfig.get_path(key) for key in ("stdlib", "purelib", "platlib")})
MESSAGE_LENGTH = 300


@dataclass(frozen=True)
class Mishap:
    """An exception, as a learner can use it."""

    kind: str
    message: str
    line_number: int | None
    line: str
    advice: str

    @property
    def sentence(self) -> str:
        """What happened and where."""
        message = f": {self.message}" if self.message else ""
        where = f", at line {self.line_number} of your code" if self.line_number else ""
        return f"Your code stopped with `{self.kind}{message}`{where}."


def mishap(error: BaseException) -> Mishap:
    """Describe an exception by its type, message, the learner's line and a suggestion.

    Parameters
    ----------
    error : BaseException
        With its traceback. Nothing of it is kept.
    """
    kind = type(error).__name__
    message = _message_of(error)
    trace = _learners_part(error.__traceback__)
    if trace is None:
        return Mishap(kind, message, None, "", advice(error, message))
    code, number = trace.tb_frame.f_code, trace.tb_lineno
    lines = linecache.getlines(code.co_filename, trace.tb_frame.f_globals)
    line = lines[number - 1].strip() if number <= len(lines) else ""
    position = list(code.co_positions())[trace.tb_lasti // 2]
    nodes = nodes_at("".join(lines), position)
    return Mishap(kind, message, number, line, advice(error, message, nodes, trace.tb_frame))


def _message_of(error):
    try:
        # Backticks would end the code style in which the message is shown; Keras sends colours.
        text = re.sub(r"\x1b\[[\d;]*m", "", str(error).replace("`", "'"))
        text = " ".join(text.split())
    except BaseException:  # a class of the learner's own may do anything in __str__
        return ""
    return text if len(text) <= MESSAGE_LENGTH else text[:MESSAGE_LENGTH] + " …"


def _learners_part(trace):
    """Return the deepest part of a traceback that is neither ours nor a library's, or None."""
    found = None
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not filename.startswith((_OWN_FOLDER, *_LIBRARY_FOLDERS, "<__array", "<frozen")):
            found = trace
        trace = trace.tb_next
    return found
