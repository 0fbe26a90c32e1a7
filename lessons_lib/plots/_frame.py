"""What is around the marks of a picture: title, axes, scales, limits, numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from lessons_lib.plots._look import FORMATS

Ticks = int | Sequence[float] | Mapping[float, str]
# What is around the marks of a picture that says nothing of it.
PLAIN: dict[str, Any] = {
    "title": "", "xlabel": "", "ylabel": "", "xlim": None, "ylim": None, "xlog": 0, "ylog": 0,
    "xticks": None, "yticks": None, "xformat": None, "yformat": None, "whole_x": False,
    "tick_marks": True, "xreads": None, "yreads": None, "label_gap": None, "equal": "",
    "bare": False,
}  # fmt: skip


def settings(
    *,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    xlog: bool | int | None = None,
    ylog: bool | int | None = None,
    xticks: Ticks | None = None,
    yticks: Ticks | None = None,
    xformat: str | None = None,
    yformat: str | None = None,
    whole_x: bool = False,
    tick_marks: bool = True,
    xreads: Sequence[str] | None = None,
    yreads: Sequence[str] | None = None,
    label_gap: float | None = None,
    equal: bool | str = False,
    bare: bool = False,
) -> dict[str, Any]:
    """Return those settings that are given, in the plain form in which a scene has them.

    Parameters
    ----------
    title, xlabel, ylabel : str, optional
        Texts around the picture.
    xlim, ylim : tuple of float, optional
        First and last number of each axis; where nobody gives them, all marks are inside.
    xlog, ylog : bool or int, optional
        Whether equal distances on that axis mean equal ratios; a number is the base, 10
        otherwise.
    xticks, yticks : int, sequence of float or dict of float to str, optional
        At most how many intervals lie between numbers on that axis (of a logarithmic one: how
        many powers), or where its numbers stand, or what is written where.
    xformat, yformat : str, optional
        How the numbers of that axis are written: ``"short"``, at most three digits;
        ``"steps"``, 500, 1,500, 20k; or ``"percent"``.
    whole_x : bool
        Whether there are whole numbers only along x.
    tick_marks : bool
        False for no short strokes beside the names along y.
    xreads, yreads : sequence of str, optional
        What the numbers 0, 1, 2, ... of that axis stand for, where a pointer is told of one.
    label_gap : float, optional
        Between the label of y and its numbers, in points.
    equal : bool or str
        Whether both axes have the same scale; ``"top"`` if the picture then keeps to the top of
        its place.
    bare : bool
        Whether there is nothing around the marks: no axes, no numbers.

    Raises
    ------
    ValueError
        If there is no format of that name.
    """
    for form in (xformat, yformat):
        if form is not None and form not in FORMATS:
            raise ValueError(f"There is no format {form!r}. Expected one of {FORMATS}.")
    given = {
        "title": title, "xlabel": xlabel, "ylabel": ylabel, "xlim": _ends(xlim),
        "ylim": _ends(ylim), "xlog": _base(xlog), "ylog": _base(ylog),
        "xticks": _places(6 if whole_x and xticks is None else xticks),
        "yticks": _places(yticks), "xformat": xformat, "yformat": yformat,
        "whole_x": whole_x, "tick_marks": tick_marks, "label_gap": label_gap,
        "xreads": None if xreads is None else list(xreads),
        "yreads": None if yreads is None else list(yreads),
        "equal": "on" if equal is True else equal or "", "bare": bare,
    }  # fmt: skip
    return {key: value for key, value in given.items() if value != PLAIN[key]}


def short(number: float) -> str:
    """Write a number with at most three digits: 0.125, 1e-5, 1e30."""
    digits, _, power = f"{number:.3g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def percent(part: float) -> str:
    """Write a part in whole percents: 0% and 100% only where there is none, or all."""
    return f"{min(max(part, 0.01), 0.99) if 0 < part < 1 else part:.0%}"


def _ends(limits: Sequence[float] | None) -> list[float] | None:
    """Return first and last number of an axis as plain numbers."""
    return None if limits is None else [float(limits[0]), float(limits[1])]


def _base(log: bool | int | None) -> int:
    """Return the base of a logarithmic axis, 0 of one that is none."""
    return 10 if log is True else int(log or 0)


def _places(ticks: Ticks | None) -> int | list[list] | None:
    """Return how many numbers an axis has, or where each stands and what is written there."""
    if ticks is None or isinstance(ticks, int):
        return ticks
    words = ticks if isinstance(ticks, Mapping) else {}
    return [[float(place), words.get(place)] for place in ticks]
