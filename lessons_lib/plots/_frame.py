"""What is around the marks of a picture: title, axes, scales, limits, numbers, legend."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

Ticks = int | Sequence[float] | Mapping[float, str]
# What each Axes has been told.
_TOLD: WeakKeyDictionary[Axes, dict] = WeakKeyDictionary()


class Frame:
    """Everything around the marks on one Axes; what is there already is left alone.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Which one.
    new : bool
        Whether nothing has been drawn on it, or all has been cleared.

    Attributes
    ----------
    before : dict
        The settings that the drawing before has left; empty at the first one.
    xlim, ylim : tuple of float or None
        The limits, as far as they have been given in this drawing.
    """

    def __init__(self, ax: Axes, new: bool):
        self._ax = ax
        self._new = new
        self._told = _TOLD.setdefault(ax, {})
        if new:
            self._told.clear()
        self.before = dict(self._told)
        self.xlim = self.ylim = None

    def set(
        self,
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        *,
        title: str = "",
        xlog: bool | int | None = None,
        ylog: bool | int | None = None,
        xticks: Ticks | None = None,
        yticks: Ticks | None = None,
        xformat: Callable[[float], str] | None = None,
        yformat: Callable[[float], str] | None = None,
        whole_x: bool = False,
        tick_marks: bool = True,
        label_gap: float | None = None,
        equal: bool | str = False,
        bare: bool = False,
    ) -> None:
        """Set what is given; the rest stays as it is, at first as matplotlib has it.

        Parameters
        ----------
        title, xlabel, ylabel : str, optional
            Texts around the picture.
        xlim, ylim : tuple of float, optional
            First and last number of each axis.
        xlog, ylog : bool or int, optional
            Whether equal distances on that axis mean equal ratios; a number is the base, 10
            otherwise.
        xticks, yticks : int, sequence of float or dict of float to str, optional
            At most how many intervals lie between numbers on that axis (of a logarithmic one:
            how many powers), or where its numbers stand, or what is written where.
        xformat, yformat : callable, optional
            Takes a number of that axis and returns how it is written.
        whole_x : bool
            Whether there are whole numbers only along x.
        tick_marks : bool
            False for no short strokes beside the names along y.
        label_gap : float, optional
            Between the label of y and its numbers, in points.
        equal : bool or str
            Whether both axes have the same scale; ``"top"`` if the picture then keeps to the top
            of its place.
        bare : bool
            Whether there is nothing around the marks: no axes, no numbers.
        """
        ax = self._ax
        if title and ax.get_title() != title:
            ax.set_title(title)
        if whole_x and xticks is None:
            xticks = 6
        self.xlim = self._along(ax.xaxis, xlabel, xlim, xlog, xticks, xformat) or self.xlim
        self.ylim = self._along(ax.yaxis, ylabel, ylim, ylog, yticks, yformat) or self.ylim
        if self._new and ax.get_xscale() == "linear" and "xticks" not in self._told:
            # In a picture of a panel's size, more numbers would touch each other.
            ax.locator_params(axis="x", nbins=6)
        if whole_x and self._news("whole_x", True):
            ax.xaxis.get_major_locator().set_params(integer=True)
        if not tick_marks and self._news("tick_marks", False):
            ax.tick_params(axis="y", length=0)
        if label_gap is not None and self._news("label_gap", label_gap):
            ax.yaxis.labelpad = label_gap
        if equal and self._news("equal", equal):
            ax.set_aspect("equal")
            if equal == "top":
                ax.set_anchor("N")
        if bare and self._news("bare", True):
            ax.set_axis_off()

    def _along(self, axis: Axis, label: str, limits, log, ticks, form):
        """Set what belongs to one axis; return its limits."""
        ax, name = self._ax, axis.axis_name
        # An equal frame must stay equal, or everything is drawn anew.
        if label and axis.get_label_text() != label:
            axis.set_label_text(label)
        scale = "log" if log else "linear"
        if log is not None and axis.get_scale() != scale:
            base = {} if isinstance(log, bool) else {"base": log}
            getattr(ax, f"set_{name}scale")(scale, **base)
            self._told.pop(f"{name}ticks", None)  # matplotlib has forgotten them
            self._told.pop(f"{name}format", None)
        if limits is not None:
            limits = self._told[f"{name}lim"] = float(limits[0]), float(limits[1])
            free = getattr(ax, f"get_autoscale{name}_on")()
            # Limits that happen to be there already still have to be fixed.
            if free or getattr(ax, f"get_{name}lim")() != limits:
                ax.set(**{f"{name}lim": limits})
        if form is not None and self._news(f"{name}format", form):
            axis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
        if ticks is not None and self._news(f"{name}ticks", ticks):
            _set_ticks(axis, ticks)
        return limits

    def _news(self, setting: str, value: Any) -> bool:
        """Note a setting; tell whether it is another than before."""
        if setting in self._told and same(self._told[setting], value):
            return False
        self._told[setting] = value
        return True

    def named(self) -> list[str]:
        """Return the names in the legend."""
        legend = self._ax.get_legend()
        return [] if legend is None else [text.get_text() for text in legend.get_texts()]

    def legend(self, handles: list[Artist], place: str, look: dict, behind: bool) -> None:
        """Name marks in a legend, in place of the one that may be there."""
        if place != "above":
            frame = {"frameon": True, "framealpha": 0.9}
            legend = self._ax.legend(handles=handles, loc=place, **(frame | look))
        else:
            corner = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "borderaxespad": 0.2}
            gaps = {"columnspacing": 0.9, "handletextpad": 0.5, "borderpad": 0.1}
            look = {"ncols": 5, "frameon": False, "fontsize": 9, "handlelength": 1.6} | look
            legend = self._ax.legend(handles=handles, **corner, **gaps, **look)
            legend.set_zorder(-1)
            # A long one may reach over its neighbour's margin.
            legend.set_in_layout(False)
            if not self._ax.get_title():
                self._ax.set_title(" ")  # an empty title keeps its height free
        if behind:
            legend.set_zorder(0.5)

    def measures(self) -> tuple[tuple[float, float], float]:
        """Return width and height of the place there is in pixels, and pixels in a point.

        It is the place before equal scales shrink the picture.
        """
        figure, place = self._ax.figure, self._ax.get_position(original=True)
        width, height = figure.get_size_inches() * figure.dpi
        return (place.width * width, place.height * height), figure.dpi / 72


def _set_ticks(axis: Axis, ticks: Ticks) -> None:
    """Say where the numbers of an axis stand: how many, where, or what is written where."""
    log = axis.get_scale() == "log"
    if isinstance(ticks, int):
        axis.set_major_locator(LogLocator(numticks=ticks) if log else MaxNLocator(ticks))
        if log:
            axis.set_minor_formatter(NullFormatter())
        return
    words = list(ticks.values()) if isinstance(ticks, Mapping) else None
    axis.set_ticks(list(ticks), words)
    if log:
        axis.minorticks_off()


def same(old: Any, new: Any) -> bool:
    """Tell whether two statements say the same, arrays and missing numbers included."""
    if old is new:
        return True
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        old, new = np.asarray(old), np.asarray(new)
        return np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(same, old, new))
    return old == new
