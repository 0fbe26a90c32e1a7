"""A small grid to paint on, as a control of a panel: cell by cell, by mouse and by keyboard."""

import numbers
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets

_CELL = "28px"

# Buttons answer to clicks, Tab and Space by themselves. What they cannot do is added in the
# browser: to paint while the pointer is dragged, to go from cell to cell by the arrow keys
# (WAI-ARIA Authoring Practices 1.2, "Grid"), and to tell a screen reader which are pressed.
# Where a page allows no scripts, clicks, Tab and Space remain.
_SCRIPT = """
const root = this.closest('.lessons-grid');
if (root && !root.lessonsGrid) {
  root.lessonsGrid = true;
  const cells = () => [...root.querySelectorAll('button.lessons-cell')];
  const tell = () => cells().forEach((cell, i) => {
    cell.setAttribute('aria-pressed', cell.classList.contains('mod-active'));
    cell.setAttribute('aria-label', cell.title);
  });
  const focus = (cell) => {
    cells().forEach(other => { other.tabIndex = other === cell ? 0 : -1; });
    cell.focus();
  };
  let ink = null;
  const paint = (cell) => {
    if (cell && cell.classList.contains('mod-active') !== ink) cell.click();
  };
  root.addEventListener('pointerdown', event => {
    const cell = event.target.closest('button.lessons-cell');
    if (!cell || event.button !== 0) return;
    event.preventDefault();
    ink = !cell.classList.contains('mod-active');
    paint(cell);
    focus(cell);
  });
  // The click that the browser makes of this press would turn the cell back again.
  root.addEventListener('click', event => {
    if (event.isTrusted && event.detail && event.target.closest('button.lessons-cell')) {
      event.stopPropagation();
      event.preventDefault();
    }
  }, true);
  root.addEventListener('pointermove', event => {
    if (ink === null || !(event.buttons & 1)) { ink = null; return; }
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under && under.closest('button.lessons-cell');
    if (cell && root.contains(cell)) paint(cell);
  });
  root.addEventListener('pointerup', () => { ink = null; });
  root.addEventListener('keydown', event => {
    const all = cells(), here = all.indexOf(event.target), width = WIDTH;
    const moves = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width};
    let next = here + moves[event.key];
    if (event.key === 'Home') next = here - here % width;
    else if (event.key === 'End') next = here - here % width + width - 1;
    else if (!(event.key in moves)) return;
    else if (Math.abs(moves[event.key]) === 1
             && Math.floor(next / width) !== Math.floor(here / width)) next = -1;
    if (here < 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (all[next]) focus(all[next]);
  });
  new MutationObserver(tell).observe(
    root, {subtree: true, attributes: true, attributeFilter: ['class']});
  const ready = () => {
    const all = cells();
    if (!all.length) return setTimeout(ready, 50);
    all.forEach((cell, i) => { cell.tabIndex = i === 0 ? 0 : -1; });
    tell();
  };
  ready();
}
"""
_LOOK = """
.lessons-grid .lessons-cells { touch-action: none; user-select: none; }
.lessons-grid button.lessons-cell { margin: 0; padding: 0; border-radius: 0; box-shadow: none;
  min-width: 0; background: #ffffff; border: 1px solid #8a8a8a; }
.lessons-grid button.lessons-cell.mod-active { background: #222222; }
.lessons-grid button.lessons-cell:focus { outline: 3px solid #D55E00; outline-offset: -3px; }
"""
_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


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


class GridControl(widgets.VBox):
    """The widget that a `Grid` stands for.

    Attributes
    ----------
    value : ndarray of shape (height, width), float64
        1 where a cell is painted, 0 elsewhere. Set it to paint.
    clear : ipywidgets.Button
        Makes all cells blank.
    """

    value = traitlets.Any()

    def __init__(self, start, label: str):
        start = np.array(start, dtype=float)
        self._shape = start.shape
        self._busy = False  # while many cells change at once
        layout = widgets.Layout(width=_CELL, height=_CELL)
        style = widgets.ToggleButton().style
        self._cells = [
            widgets.ToggleButton(
                tooltip=f"row {row + 1}, column {column + 1}", layout=layout, style=style
            )
            for row, column in np.ndindex(*self._shape)
        ]
        for cell in self._cells:
            cell.add_class("lessons-cell")
            cell.observe(self._painted, names="value")
        columns = f"repeat({self._shape[1]}, {_CELL})"
        rows = f"repeat({self._shape[0]}, {_CELL})"
        area = widgets.GridBox(
            self._cells,
            layout=widgets.Layout(
                grid_template_columns=columns, grid_template_rows=rows, overflow="visible"
            ),
        )
        area.add_class("lessons-cells")
        self.clear = widgets.Button(description="clear", tooltip=f"make the {label} blank")
        self.clear.on_click(lambda _: setattr(self, "value", np.zeros(self._shape)))
        script = _SCRIPT.replace("WIDTH", str(self._shape[1])).replace('"', "&quot;")
        # An image that is loaded is the one sign by which a widget's HTML can act.
        browser = f'<style>{_LOOK}</style><img src="{_PIXEL}" alt="" onload="{script}">'
        hidden = widgets.HTML(browser, layout=widgets.Layout(height="0px", margin="0px"))
        super().__init__([widgets.Label(label), area, self.clear, hidden], value=start)
        self.add_class("lessons-grid")

    @traitlets.validate("value")
    def _check_value(self, proposal):
        return _checked(proposal["value"], self._shape)

    @traitlets.observe("value")
    def _show_value(self, change) -> None:
        self._busy = True
        try:
            for cell, painted in zip(self._cells, np.ravel(self.value), strict=True):
                cell.value = bool(painted)
        finally:
            self._busy = False

    def _painted(self, change) -> None:
        if not self._busy:
            self.value = np.reshape([float(cell.value) for cell in self._cells], self._shape)


def _checked(value, shape: tuple[int, int]) -> np.ndarray:
    """Return a copy of shape (height, width) that holds 0 and 1 only."""
    array = np.array(value, dtype=float)
    if array.shape != tuple(shape) or not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(
            f"What is painted must be an array of shape {tuple(shape)} of zeros and ones, "
            f"received shape {array.shape} with values up to {np.max(array, initial=0):g}."
        )
    return array
