"""Turns an exception in a learner's code into their line and a suggestion."""

import linecache
import sysconfig
from dataclasses import dataclass
from pathlib import Path

_OWN_FOLDER = str(Path(__file__).parents[1])  # the whole library, which learners call too
_LIBRARY_FOLDERS = tuple({sysconfig.get_path(key) for key in ("stdlib", "purelib", "platlib")})
MESSAGE_LENGTH = 300

# Looked up by the names of the error's classes, the nearest first.
_ADVICE = {
    "NameError": "Is the name spelt as where it was made, and has that cell been run? "
    "`np` needs `import numpy as np` at the top of the notebook.",
    "UnboundLocalError": "A name that is assigned anywhere in a function is the function's own. "
    "Give it a value before it is read.",
    "ZeroDivisionError": "Something divides by zero. Which quantity can be 0 here?",
    "IndexError": "An index points past the end. The first element has index 0, the last n - 1.",
    "KeyError": "There is no such key. Print the dictionary's `.keys()`.",
    "AttributeError": "Print `type(...)` of the object before the dot: is it what you think it is?",
    "RecursionError": "The function calls itself without end.",
    "MemoryError": "This asks for more memory than there is. Print the shapes: did two arrays "
    "broadcast to a much larger one?",
    "ImportError": "Use what the notebook has imported already.",
    "AssertionError": "An `assert` of yours does not hold here. Print both of its sides.",
    "SystemExit": "A function should return its answer; `exit()` would end everything.",
    "KeyboardInterrupt": "The run was interrupted. Run the cell again to have it checked.",
    "SyntaxError": "Look at the place the message names, and at the line before it.",
    "FloatingPointError": "NumPy was told to raise here. Which value is too large, or 0?",
    "OverflowError": "A number became too large. Which value is exponentiated or multiplied?",
    "StopIteration": "`next(...)` was called on something that has no more values.",
    "TypeError": "Two things of kinds that do not go together. Print `type(...)` of each part.",
    "ValueError": "A value of the right kind that does not fit. Print the values in that line.",
    "ArithmeticError": "A calculation has no answer here. Print the numbers that go in.",
    "LookupError": "What was looked up is not there.",
}
_SHAPE_ADVICE = (
    "Shapes that do not fit. Write the shape of each part under that line: "
    "(n, m) @ (m,) gives (n,), and added shapes must be equal or 1 from the right."
)


@dataclass(frozen=True)
class Mishap:
    """An exception, as a learner can use it."""

    kind: str
    message: str
    line_number: int | None
    line: str
    advice: str

    @property
    def sentence(self):
        """What happened and where."""
        message = f": {self.message}" if self.message else ""
        where = f", at line {self.line_number} of your code" if self.line_number else ""
        return f"Your code stopped with `{self.kind}{message}`{where}."


def mishap(error):
    """Describe an exception by its type, message, the learner's line and a suggestion.

    Parameters
    ----------
    error : BaseException
        With its traceback. Nothing of it is kept.

    Returns
    -------
    Mishap
    """
    kind = type(error).__name__
    message = _message_of(error)
    line_number, line = _learners_line(error.__traceback__)
    return Mishap(kind, message, line_number, line, _advice(type(error), message))


def _message_of(error):
    try:
        # Backticks would end the code style in which the message is shown.
        text = " ".join(str(error).replace("`", "'").split())
    except BaseException:  # a class of the learner's own may do anything in __str__
        return ""
    return text if len(text) <= MESSAGE_LENGTH else text[:MESSAGE_LENGTH] + " …"


def _learners_line(trace):
    """Return (number, source) of the deepest line that is neither ours nor a library's."""
    number, line = None, ""
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not filename.startswith((_OWN_FOLDER, *_LIBRARY_FOLDERS, "<__array", "<frozen")):
            number = trace.tb_lineno
            line = linecache.getline(filename, number, trace.tb_frame.f_globals).strip()
        trace = trace.tb_next
    return number, line


def _advice(kind, message):
    lowered = message.lower()
    if issubclass(kind, ValueError) and any(
        word in lowered for word in ("shape", "broadcast", "matmul", "dimension", "aligned")
    ):
        return _SHAPE_ADVICE
    if issubclass(kind, ValueError) and "ambiguous" in lowered:
        return "`if` needs one True or False, an array holds many: `np.where` chooses for each."
    if issubclass(kind, TypeError) and "not callable" in lowered:
        return (
            "Something that is no function is followed by brackets. Is a `*` missing, or has a "
            "name such as `sum` been given to a value?"
        )
    if "ellipsis" in lowered:
        return "There are still dots `...` in a place where a value is needed."
    for base in kind.__mro__:
        if base.__name__ in _ADVICE:
            return _ADVICE[base.__name__]
    return "Call your function yourself on a small input and print what it holds on the way."
