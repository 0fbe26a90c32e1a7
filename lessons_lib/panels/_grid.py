"""A small grid whose cells are painted on a picture, as a control of a panel."""

import numbers
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Grid:
    """Cells that are painted or blank.

    They are painted on the picture whose image ``sets`` this control, by mouse, by finger and by
    keyboard: ``pen.image("ink", drawing, extent, top_down=True, sets="drawing")``.

    Attributes
    ----------
    height, width : int
        Rows and columns, 2 to 16 of each.
    start : array-like of shape (height, width), optional
        What is painted at first: 0 or 1; nothing if not given.
    label : str, optional
        Words beside the button; made from the parameter's name if not given.
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
        """Return a button that wipes all, with a ``label``; its ``value`` is what is painted."""
        blank = np.zeros((self.height, self.width))
        return GridControl(blank if self.start is None else self.start, label)


class GridControl(widgets.HBox):
    """The widget that a `Grid` stands for.

    Attributes
    ----------
    value : ndarray of shape (height, width), float64
        1 where a cell is painted, 0 elsewhere. Set it to paint.
    clear : ipywidgets.Button
        Makes all cells blank.
    """

    value = traitlets.Any()

    def __init__(self, start: ArrayLike, label: str):
        start = np.array(start, dtype=float)
        self._shape = start.shape
        self.clear = widgets.Button(description="clear", tooltip=f"make the {label} blank")
        self.clear.on_click(lambda _: setattr(self, "value", np.zeros(self._shape)))
        super().__init__([widgets.Label(label), self.clear], value=start)

    def paint(self, row: int, column: int, ink: int) -> None:
        """Paint a cell, or wipe it where ``ink`` is 0."""
        painted = self.value.copy()
        painted[row, column] = ink
        if not np.array_equal(painted, self.value):
            self.value = painted

    @traitlets.validate("value")
    def _check_value(self, proposal):
        return _checked(proposal["value"], self._shape)


def _checked(value, shape: tuple[int, int]) -> np.ndarray:
    """Return a copy of shape (height, width) that holds 0 and 1 only."""
    array = np.array(value, dtype=float)
    if array.shape != tuple(shape) or not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(
            f"What is painted must be an array of shape {tuple(shape)} of zeros and ones, "
            f"received shape {array.shape} with values up to {np.max(array, initial=0):g}."
        )
    return array
