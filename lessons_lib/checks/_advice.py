"""What a learner can do about an error of Python, NumPy or Keras, said for each kind of it."""

import ast
import builtins
import difflib
import re
import types
from collections.abc import Sequence

# An entry: the error's classes, a pattern of its message, and below it the advice, in which `{0}`
# is what the pattern's first group caught. The first entry that fits is told. Messages differ
# between versions, so a pattern holds no more than it must.
_RULES = r"""
Exception: 'ellipsis'|type ellipsis
    There are still dots `...` in a place where a value is needed.
UnboundLocalError: variable '(\w+)'
    `{0}` is read before it has a value. A name that is assigned anywhere in a function is the
    function's own: begin with `{0} = ...` above.
IndexError: too many indices.* is (\d+)-dim\w*, but (\d+)
    The brackets hold {1} indices, but on this input the array's number of axes is {0}. Print its
    `.shape`; `np.ravel(...)` makes an array flat, whatever shape it had.
IndexError: invalid index to scalar
    What stands before the brackets `[...]` is a single number, so it has no elements.
IndexError: only integers, slices
    An index in brackets `[...]` is a whole number, a slice or an array of these. `//` divides
    to a whole number, `int(...)` makes one.
IndexError: arrays used as indices
    An array used as an index holds whole numbers, or True and False: `.astype(int)` makes whole
    numbers of it.
IndexError: boolean index
    The mask of True and False has another length than the array that it chooses from. Is it
    made of another array, or does it stand for another axis?
IndexError: could not be broadcast
    The arrays used as indices have different lengths: there is one row index for each column
    index.
AxisError: axis (-?\d+) .* dimension (\d+)
    Axes are counted from 0, and on this input the array's number of axes is {1}: none is {0}.
IndexError: pop from empty
    `pop` takes something out of a list that is empty here.
IndexError: index (-?\d+) is out of bounds.* size (\d+)
    Along that axis there are {1} elements, counted from 0, so {0} is outside.
IndexError: range
    An index points past the end. The first element has index 0, the last n - 1.
ValueError: [Cc]ould not interpret|Unknown (activation|loss|optimizer|initializer)
    Keras does not know a name that is given as text. Is it spelt as in its documentation, in
    small letters?
ValueError: incompatible with the layer
    The layer gets another number of inputs than it was made for. Compare the shape in
    `keras.Input(...)` with that of X.
ValueError: Cannot convert .* to a shape
    A shape is a tuple, in brackets with a comma: `keras.Input((2,))`.
ValueError: Only instances of .* can be added|'trainable' to be a boolean
    `keras.Sequential` takes one list, with what comes in and the layers: `[..., ...]`.
ValueError: Only input tensors may|values must be KerasTensors
    A layer is called with the output of a layer before it, and `keras.Model` is made of what
    comes in and what comes out: both begin with `keras.Input(...)`.
ValueError: nvalid value
    An argument has a value that it cannot take; the message says which it takes.
ValueError: must call 'compile
    The model does not know its loss yet: `model.compile(optimizer=..., loss=...)` comes first.
ValueError: cardinality
    X and y have different numbers of rows: there is one target for each sample.
ValueError: Unrecognized data type
    Keras takes arrays: `np.array(...)` makes one of a list.
ValueError: KerasTensor
    NumPy cannot compute with a symbolic tensor: use a layer, or a function of `keras.ops`.
ValueError: matmul.*(\d+) is different from (\d+)|not aligned
    In a matrix product the inner lengths must be equal. Write the shape of each part under that
    line: (n, m) @ (m, k) gives (n, k), and (n, m) @ (m,) gives (n,). Must the parts change
    places, or one of them be turned with `.T`?
ValueError: matmul.*enough dimensions
    One side of `@` is a single number here; a number is multiplied with `*`.
ValueError: reshape array of size (\d+)
    `reshape` keeps all elements: here {0}, so the new lengths multiplied must give {0}. One of
    them may be -1, which means 'the rest'.
ValueError: inhomogeneous|setting an array element
    An array has rows of equal length, and each of its elements is one number. Print the
    `.shape` of each part.
ValueError: input arrays? must have|dimensions.*concatenation
    Arrays that are put together must have the same shape, but for the axis along which they are
    joined.
ValueError: zero-size|empty sequence|argument is empty
    There is nothing to take the largest or smallest of: the array or list is empty here.
ValueError: broadcast|shape|dimension|could not be converted
    Shapes that do not fit. Write the shape of each part under that line: when arrays are added
    or multiplied with `*`, each length is equal, or 1, counted from the right.
ValueError: too many values to unpack \(expected (\d+)
    There are {0} names on the left, and more values than that on the right.
ValueError: not enough values to unpack \(expected (\d+), got (\d+)
    There are {0} names on the left, but {1} on the right.
TypeError: cannot unpack non-iterable NoneType
    Several names stand on the left, and on the right is None: a function that returns nothing,
    perhaps.
TypeError: cannot unpack non-iterable
    Several names stand on the left, and on the right is one single thing.
ValueError: ^math domain|^expected a (positive|nonnegative) (input|number)
    There is no such logarithm or root: a number that goes in is 0 or negative.
ValueError: read-only
    This array can be read only: make a `.copy()` and change that.
ValueError: negative integer powers
    Whole numbers have no negative powers in NumPy: `.astype(float)`, or `1 / x`.
ValueError: both or neither
    `np.where` takes three: `np.where(condition, a, b)`.
LinAlgError: Singular
    This matrix has no inverse: its rows depend on each other.
ValueError: could not convert string|invalid literal
    Text stands where a number is needed.
ValueError|OverflowError: cannot convert float (NaN|infinity)
    A number is nan or infinite here, and no whole number. What is divided by 0, or grows too
    large?
ValueError: not in (list|tuple)
    What is looked for is not there.
TypeError|AttributeError: 'NoneType'
    Something is None here. A function without `return` gives None, and so do `list.append`,
    `list.sort` and `print`.
TypeError: missing \d+ required .*argument
    Another function is called with too few arguments; those that the message names are missing.
TypeError: takes .* positional .* given|multiple values for
    A function is called with more arguments than it takes. `help(...)` shows which it takes.
TypeError|ValueError: [Uu]nexpected keyword|[Uu]nrecognized keyword|invalid keyword
    No argument has the name that the message shows. `help(...)` lists them: is it spelt as
    there?
TypeError: (function|method|builtin_function_or_method|ufunc)' object is not sub
    A function is followed by `[...]`: it is called with `(...)`.
TypeError: '(\w+(?:\.\w+)?)' object (?:is not|does not support) (?:subscri|index)
    What stands before the brackets `[...]` is one single thing (`{0}`), without elements.
TypeError: 'tuple' object does not support item
    A tuple cannot be changed: make a list, or a new tuple.
TypeError: indices must be integers or slices, not tuple
    A list of lists is indexed `x[i][j]`; `x[i, j]` and `x[:, j]` need an array: `np.array(x)`.
TypeError: indices must be integers or slices, not str
    A list is indexed by whole numbers; names are keys of a dict. `.count(x)` tells how often x
    stands in a list.
TypeError: indices must be integers
    An index of a list is a whole number: `//` divides to one, `enumerate` counts them.
TypeError: '[\w.]*float\d*' object cannot be interpreted as an integer
    A whole number is needed here, by `range` for example. `//` divides to one, `int(...)` makes
    one.
TypeError: only (length-1|size-1|0-dimensional|integer scalar) arrays?
    One single number is needed here, and an array came. `math.exp` and its like take one
    number, `np.exp` takes a whole array; `float(...)` needs an array with one element.
TypeError: unhashable type: '(list|[\w.]*ndarray)'
    What can change cannot be in a set or be a key: make a tuple of it, `tuple(row)`.
TypeError: unhashable
    What can change cannot be in a set or be a key.
TypeError: for \^|bitwise_xor
    In Python `^` is no power: `x ** 2` is the square.
TypeError: bitwise_(and|or)|for [&|]
    `&` and `|` join comparisons, and they come before `==` and `<`: put brackets around each
    comparison, `(a == 1) & (b == 1)`.
TypeError: operand.*'(list|tuple)'|can't multiply sequence|concatenate (list|tuple)
    Python's lists and tuples are no arrays: `np.array(...)` makes one, with which can be
    calculated.
TypeError: operand.*'str'|concatenate str|'str' and|<U
    Text stands where a number is needed: numbers have no quotes.
TypeError: operand.*'(function|method|builtin_function_or_method|[\w.]*ufunc|type)'
    A function itself stands where its result is needed: call it, with brackets.
TypeError: object of type '(\w+)' has no len
    `len` counts elements, and this is one single thing (`{0}`).
TypeError: '(\w+(?:\.\w+)?)' object is not iterable|iteration over a 0-d
    A `for`, `sum` or `zip` goes through elements, and one single thing came. `range(n)` counts
    to n.
TypeError: not callable
    Something that is no function is followed by brackets. Is a `*` missing, or has a name such
    as `sum` been given to a value?
TypeError: Cannot cast ufunc .* output
    An array of whole numbers keeps whole numbers: write `x = x + ...`, which makes a new array,
    instead of `x += ...`.
TypeError: as a data type
    A shape is one argument, a tuple: `np.zeros((3, 4))`.
TypeError: __round__
    `np.round` rounds arrays.
TypeError: ufunc|dtype
    NumPy cannot calculate with this: print the array's `.dtype`. `object` or `<U` means that it
    holds other things than numbers.
TypeError: not supported between
    These two cannot be compared. Print `type(...)` of each.
AttributeError: '(list|tuple|int|float|str)' object .* '(shape|T|sum|mean|max|min|dot)'
    A {0} has no `.{1}`; an array has: `np.array(...)` makes one.
AttributeError: ndarray' object has no attribute '(count|index)'
    An array has no `.{0}`: `np.sum(a == x)` counts how often x is in it, `np.where(a == x)` finds
    where.
AttributeError: ndarray' object has no attribute '(append|extend|insert)'
    An array does not grow. Collect in a list, `[]` and `.append(...)`, and make `np.array(...)`
    of it at the end.
AttributeError: has no attribute '(at|unsqueeze|detach|clamp|numpy|permute|expand)'
    `.{0}` belongs to another library (JAX, PyTorch, TensorFlow); this is a NumPy array. Assign
    with `x[i] = ...`, clip with `np.clip`, add an axis with `x[:, None]`.
AttributeError: object has no attribute '(\w+)'
    What stands before `.{0}` is of another kind than that line expects. Print `type(...)` of
    it.
ZeroDivisionError: negative power
    0 to a negative power is a division by zero. Which quantity can be 0 here?
ZeroDivisionError:
    Something divides by zero. Which quantity can be 0 here?
OverflowError:
    A number became too large. Which value is exponentiated or multiplied?
FloatingPointError:
    NumPy was told to raise here. Which value is too large, or 0?
KeyError: (.+)
    There is no key `{0}`. Print the dictionary's `.keys()`: is it spelt as there, and is it
    made before it is read?
RecursionError:
    The function calls itself without end: is there a case in which it does not, and does each
    call come nearer to it?
MemoryError:
    This asks for more memory than there is. Print the shapes: did two arrays broadcast to a
    much larger one?
ImportError:
    Use what the notebook has imported already.
AssertionError:
    An `assert` of yours does not hold here. Print both of its sides.
SystemExit:
    A function should return its answer; `exit()` would end everything.
KeyboardInterrupt:
    The run was interrupted. Run the cell again to have it checked.
StopIteration:
    `next(...)` was called on something that has no more values.
TypeError:
    Two things of kinds that do not go together. Print `type(...)` of each part.
ValueError:
    A value of the right kind that does not fit. Print the values in that line.
ArithmeticError:
    A calculation has no answer here. Print the numbers that go in.
LookupError:
    What was looked up is not there.
"""
_RULES = re.findall(r"^(\S+):(?: (.+))?\n((?: {4}.+\n)+)", _RULES, flags=re.M)
_IMPORTS = {
    "np": "import numpy as np",
    "math": "import math",
    "plt": "import matplotlib.pyplot as plt",
    "tf": "import tensorflow as tf",
    "keras": "import keras",
    "pd": "import pandas as pd",
}
_FOR_ARRAYS = {
    "max": "`np.maximum(a, b)`; the largest number of one array is `np.max(a)`",
    "min": "`np.minimum(a, b)`; the smallest number of one array is `np.min(a)`",
    "sorted": "`np.sort(a)`",
    "any": "`np.any(a)`",
    "all": "`np.all(a)`",
    "bool": "`a != 0`",
}

_WITH_AXIS = ("max", "min", "sum", "mean", "std", "var")


def advice(
    error: BaseException,
    message: str,
    nodes: Sequence[ast.AST] = (),
    frame: types.FrameType | None = None,
) -> str:
    """Return what to try.

    Parameters
    ----------
    error : BaseException
    message : str
        Its text.
    nodes : list of ast.AST
        The syntax around the place in the learner's code, the outermost first.
    frame : frame, optional
        The learner's.
    """
    names = [base.__name__ for base in type(error).__mro__]
    if "ValueError" in names and "truth value" in message:
        return _no_one_truth(nodes)
    if "TypeError" in names and (text := _axis_is_asked(nodes)):
        return text
    if names[0] == "NameError":
        return _unknown_name(message, frame)
    if names[0] == "AttributeError" and message.startswith("module "):
        return _unknown_part(error)
    for classes, pattern, text in _RULES:
        found = re.search(pattern, message) if set(classes.split("|")) & set(names) else None
        if found:
            caught = [group for group in found.groups() if group is not None]
            text = " ".join(text.split())
            return text.format(*caught) if caught else text
    return "Call your function yourself on a small input and print what it holds on the way."


def _axis_is_asked(nodes):
    """Say what the second argument of `np.max(0, Z)` is, where that is what has failed."""
    match nodes[-1] if nodes else None:
        case ast.Call(ast.Attribute(_, name), [_, _, *_]) as call if name in _WITH_AXIS:
            called = f"The second argument of `{ast.unparse(call.func)}` is an axis, no array"
            if name in ("max", "min"):
                return f"{called}. Number by number it is {_FOR_ARRAYS[name]}."
            return f"{called}: make one array of the two first, their difference perhaps."
    return ""


def _no_one_truth(nodes):
    """Say which construct has asked an array for one True or False."""
    inner = None
    for node in reversed(nodes):
        name = node.func.id if isinstance(node, ast.Call) and hasattr(node.func, "id") else ""
        if name in _FOR_ARRAYS:
            return (
                f"Python's `{name}` asks for one True or False, and a comparison of arrays gives "
                f"many. Number by number it is {_FOR_ARRAYS[name]}."
                if name in ("max", "min")
                else f"Python's `{name}` asks for one True or False, and a row or an array has "
                f"many. For arrays there is {_FOR_ARRAYS[name]}."
            )
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            return _no_chain(node)
        if _looks_for_one(node):
            return (
                "To find one thing among others, each is compared with it, and that asks for one "
                "True or False; arrays give many. "
                "Tuples can be looked for: `tuple(row) in rows`, with tuples in `rows`."
            )
        if isinstance(node, ast.BoolOp):
            word, sign = ("and", "&") if isinstance(node.op, ast.And) else ("or", "|")
            return (
                f"`{word}` needs one True or False on each side, an array holds many. For arrays "
                f"it is `{sign}`, with brackets around both sides: `(a > 0) {sign} (b > 0)`."
            )
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return "`not` needs one True or False, an array holds many: for arrays it is `~`."
        tests = (getattr(node, "test", None), *getattr(node, "ifs", ()))
        if any(tests) and (inner is None or inner in tests):
            word = type(node).__name__.lower().removesuffix("exp")
            word = "if" if word == "comprehension" else word
            return (
                f"`{word}` needs one True or False, and an array holds many: `np.where(condition, "
                "a, b)` chooses for each number, `.all()` and `.any()` make one of many."
            )
        inner = node
    return (
        "One True or False is needed here, and an array holds many: `np.where` chooses for each "
        "number, `.all()` and `.any()` make one of many."
    )


def _looks_for_one(node):
    """Whether this is `x in many`, or `many.index(x)` and its like."""
    if isinstance(node, ast.Compare):
        return isinstance(node.ops[0], (ast.In, ast.NotIn))
    method = node.func if isinstance(node, ast.Call) else None
    return isinstance(method, ast.Attribute) and method.attr in ("index", "remove", "count")


def _no_chain(node):
    if any(isinstance(part, ast.BinOp) for part in node.comparators[:-1]):
        return (
            "`&` and `|` come before `==` and `<`: put brackets around each comparison, "
            "`(a == 1) & (b == 1)`."
        )
    return (
        "`a < x < b` means `a < x and x < b`, which takes one True or False. For arrays it is "
        "`(a < x) & (x < b)`."
    )


def _unknown_name(message, frame):
    name = next(iter(re.findall(r"name '(\w+)'", message)), "")
    if name in _IMPORTS:
        return f"`{name}` needs `{_IMPORTS[name]}` at the top of the notebook."
    known = set(vars(builtins))
    if frame is not None:
        known |= frame.f_locals.keys() | frame.f_globals.keys()
    return (
        _did_you_mean(name, known)
        or "Is the name spelt as where it was made, and has that cell been run?"
    )


def _unknown_part(error):
    module = getattr(error, "obj", None)
    known = vars(module) if type(module) is types.ModuleType else ()
    return _did_you_mean(getattr(error, "name", "") or "", known) or (
        "The module has no part of that name. Is it spelt as in its documentation, or does it "
        "belong to another library?"
    )


def _did_you_mean(name, known):
    names = [text for text in known if isinstance(text, str) and not text.startswith("_")]
    close = difflib.get_close_matches(name, sorted(names), 1, 0.8)
    close = close or [text for text in names if text.lower() == name.lower()]
    return f"Is `{close[0]}` meant?" if close else ""
