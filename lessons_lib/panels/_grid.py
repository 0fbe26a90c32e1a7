"""A small grid to paint on, as a control of a panel: cell by cell, by mouse and by keyboard."""

import numbers
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Grid:
    """Cells that are painted or blank.

    Attributes
    ----------
    height, width : int
        Rows and columns, 2 to 16 of each.
    start : array-like of shape (height, width), optional
        What is painted at first: 0 or 1; nothing if not given.
    label : str, optional
        Words above the grid; made from the parameter's name if not given.
    """

    height: int
    width: int
    start: Any = None
    label: str = ""

    def __post_init__(self):
        for name in ("height", "width"):
            size = getattr(self, name)
            if not isinstance(size, numbers.Integral) or not 2 <= size <= 16:
                raise ValueError(
                    f"A grid needs a whole number from 2 to 16 as its {name}, received {size!r}."
                )
        if self.start is not None:
            _checked(self.start, (self.height, self.width))

    def widget(self, label: str) -> widgets.Widget:
        """Return the grid with ``label`` above it; its ``value`` is what is painted."""
        blank = np.zeros((self.height, self.width))
        return GridControl(blank if self.start is None else self.start, label)


class Cells(anywidget.AnyWidget):
    """The cells themselves, in the browser.

    Attributes
    ----------
    width : int
        Cells in a row.
    painted : list of int
        Row by row, 1 where a cell is painted, 0 elsewhere.
    """

    _esm = Path(__file__).with_name("_grid.js")
    _css = Path(__file__).with_name("_grid.css")
    width = traitlets.Int().tag(sync=True)
    painted = traitlets.List(traitlets.Int()).tag(sync=True)


class GridControl(widgets.VBox):
    """The widget that a `Grid` stands for.

    Attributes
    ----------
    value : ndarray of shape (height, width), float64
        1 where a cell is painted, 0 elsewhere. Set it to paint.
    cells : Cells
        What is painted on.
    clear : ipywidgets.Button
        Makes all cells blank.
    """

    value = traitlets.Any()

    def __init__(self, start: ArrayLike, label: str):
        start = np.array(start, dtype=float)
        self._shape = start.shape
        self.cells = Cells(width=self._shape[1])
        self.clear = widgets.Button(description="clear", tooltip=f"make the {label} blank")
        self.clear.on_click(lambda _: setattr(self, "value", np.zeros(self._shape)))
        super().__init__([widgets.Label(label), self.cells, self.clear], value=start)
        self.add_class("lessons-tall")
        self.cells.observe(self._painted, names="painted")

    @traitlets.validate("value")
    def _check_value(self, proposal):
        return _checked(proposal["value"], self._shape)

    @traitlets.observe("value")
    def _show_value(self, change) -> None:
        self.cells.painted = np.ravel(self.value).astype(int).tolist()

    def _painted(self, change) -> None:
        painted = np.reshape(self.cells.painted, self._shape)
        if not np.array_equal(painted, self.value):
            self.value = painted


def _checked(value, shape: tuple[int, int]) -> np.ndarray:
    """Return a copy of shape (height, width) that holds 0 and 1 only."""
    array = np.array(value, dtype=float)
    if array.shape != tuple(shape) or not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(
            f"What is painted must be an array of shape {tuple(shape)} of zeros and ones, "
            f"received shape {array.shape} with values up to {np.max(array, initial=0):g}."
        )
    return array
