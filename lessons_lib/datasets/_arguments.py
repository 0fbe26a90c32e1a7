"""Checks of the arguments that many functions share: each error says how to mend the call."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib._ground.cells import READ_FILE, as_number, cell_of, kind_of, place_of, text_of
from lessons_lib._ground.values import shortened

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    Rows = np.ndarray | pd.DataFrame | pd.Series  # of samples


def finite_number(name: str, value: object) -> float:
    """Return `value` as a float, or explain why it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(
            f"{name} must be a number; received {shortened(value)} of type {type(value).__name__}."
        )
    try:
        number = float(value)
    except OverflowError:  # of a whole number
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number; received {shortened(value)}.")
    return number


def rows_of(name: str, values: ArrayLike) -> Rows:
    """Return `values` as a pandas object or an array with rows, or explain what they are.

    Numbers are not asked for: images, texts and labels have rows too.
    """
    if hasattr(values, "iloc") and not isinstance(values, type):
        return values
    values = _with_its_mask(values)
    if hasattr(values, "toarray"):
        raise TypeError(
            f"{name} must be an array or a DataFrame; received a sparse matrix of shape "
            f"{tuple(values.shape)} ({type(values).__name__}). Give {name}.toarray()."
        )
    try:
        array = values if np.ma.is_masked(values) else np.asarray(values)
    except ValueError:  # NumPy's word for it is "inhomogeneous"
        raise ValueError(
            f"{name} must have as many values in every row; received {shortened(values)}. "
            "Fill or drop the rows that are shorter or longer."
        ) from None
    if array.ndim == 0:
        cure = f" Give pd.DataFrame({name})." if isinstance(values, Mapping) else ""
        raise TypeError(
            f"{name} must be an array or a DataFrame with one row a sample; received "
            f"{shortened(values)} of type {type(values).__name__}.{cure}"
        )
    return array


def _with_its_mask(values: ArrayLike) -> ArrayLike:
    """Return a list of masked arrays as one; NumPy would show what the masks hide."""
    listed = isinstance(values, list | tuple)
    if listed and any(isinstance(value, np.ma.MaskedArray) for value in values):
        return np.ma.array(values)
    return values


def finite_array(name: str, values: ArrayLike) -> np.ndarray:
    """Return `values` as floats (float32 stays, all else is float64), or say which is none.

    Raises
    ------
    TypeError
        For what is no number: text, dates, complex numbers, a sparse matrix.
    ValueError
        For rows of different lengths, numbers that are missing or infinite, and those that no
        float can hold.
    """
    values = rows_of(name, values)
    wanted = f"{name} must hold finite numbers only; received"
    if np.ma.is_masked(values):
        hidden = np.ma.getmaskarray(values)
        refuse_cells(
            values,
            hidden,
            lambda _, where: (
                f"{wanted} {np.sum(hidden)} masked, which count as missing, the first in {where}. "
                f"Drop such rows, or fill them as in {name}.filled(0)."
            ),
        )
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        array = _converted(name, values, array)
    elif array.dtype != np.float32:
        with np.errstate(over="ignore"):  # of a longer float; it is then named as infinite
            array = array.astype(np.float64)
    unfit = ~np.isfinite(array)
    refuse_cells(
        values,
        unfit,
        lambda cell, where: (
            f"{wanted} {np.sum(unfit)} missing (NaN) or infinite, the first in {where}: "
            f"{shortened(cell_of(values, cell))}. Drop or fill such rows first."
        ),
    )
    return array


def refuse_cells(
    values: ArrayLike, unfit: np.ndarray, sentence: Callable[[tuple, str], str]
) -> None:
    """Raise ValueError for the first cell that is unfit, if there is one.

    Parameters
    ----------
    values : array or DataFrame
        As their owner knows them.
    unfit : ndarray of bool
        Of their shape.
    sentence : callable
        Makes the message of the first unfit cell's index and of its place in words.
    """
    if unfit.any():
        cell = np.unravel_index(np.argmax(unfit), unfit.shape)
        raise ValueError(sentence(cell, place_of(values, cell)))


def _converted(name: str, values: ArrayLike, array: np.ndarray) -> np.ndarray:
    """Turn objects and texts that are numbers into floats, and name the first that is none."""
    # As objects, or a list with one text in it would be all text.
    array = np.asarray(values, dtype=object) if array.dtype.kind in "OSU" else array
    floats = np.empty(array.shape, dtype=np.float64)
    for cell in np.ndindex(array.shape):
        try:
            floats[cell] = as_number(array[cell])
        except (TypeError, ValueError, OverflowError) as error:
            fault, cure = _no_number(array[cell], isinstance(error, OverflowError))
            raise TypeError(
                f"{name} must hold numbers; received {fault} in {place_of(values, cell)}: "
                f"{shortened(array[cell])}. {cure}."
            ) from None
    return floats


# What stands where a number belongs, and what to do with it.
_FAULTS = {
    "missing": ("a mark for what is missing", READ_FILE["missing"]),
    "comma": ("a number with a comma", READ_FILE["comma"]),
    "decimal comma": ("a decimal comma", READ_FILE["decimal comma"]),
    "points and comma": ("a decimal comma", READ_FILE["points and comma"]),
    "separators": ("a number with separators", READ_FILE["separators"]),
    "minus": ("a number whose minus is another sign", READ_FILE["minus"]),
    "surrounded": ("a number with something around it", READ_FILE["surrounded"]),
    "date": (
        "a date",
        "turn it into a number first, such as days since the first date (pd.to_datetime reads "
        "dates; dayfirst=True, if the day comes first)",
    ),
    "time": ("a time", "turn it into a number first, such as hour + minute / 60"),
    "moment": ("a date or time", "turn it into a number first, such as days since the first date"),
    "duration": (
        "a duration",
        "count it in a unit first, as in durations / np.timedelta64(1, 'D')",
    ),
    "complex": ("a complex number", "give its real and imaginary part as two columns"),
    "number": ("a number that no float can hold", "give it in a larger unit"),
}
_TEXT = ("text", "leave such a column out, or encode it as numbers (pd.get_dummies)")


def _no_number(value: object, too_large: bool) -> tuple[str, str]:
    """Say what kind of thing stands where a number belongs, and what to do with it."""
    other = (f"something of type {type(value).__name__}", "leave it out, or encode it as numbers")
    is_text = isinstance(value, str | bytes)
    fault, cure = _FAULTS.get(
        "number" if too_large else kind_of(value), _TEXT if is_text else other
    )
    cure = cure.format(text_of(value)) if is_text else cure
    return fault, cure[0].upper() + cure[1:]
