"""What stands around a live panel's picture: buttons, the grid of controls, the code."""

import html
from collections.abc import Callable, Iterable
from typing import NamedTuple

import ipywidgets as widgets

_ROW = {"flex_flow": "row wrap", "width": "100%", "align_items": "center"}
_CODE_STYLE = (
    "user-select:text;margin:4px 0;padding:8px;background:var(--jp-layout-color2);"
    "overflow-x:auto;line-height:1.35;font-size:var(--jp-code-font-size)"
)


class Button(NamedTuple):
    """A button: how it looks, and what it does.

    Attributes
    ----------
    words, icon, tooltip : str
        What stands on it and beside it.
    width : int
        Pixels at least: they keep a row of buttons still when "Play" becomes "Pause".
    press : callable
        Takes the panel.
    stays : bool
        Whether it stays down until it is pressed again.
    """

    words: str
    icon: str
    tooltip: str
    width: int
    press: Callable
    stays: bool = False

    def widget(self) -> widgets.Widget:
        """Return the button, which does nothing yet."""
        layout = widgets.Layout(width="auto", min_width=f"{self.width}px")
        kind = widgets.ToggleButton if self.stays else widgets.Button
        return kind(description=self.words, icon=self.icon, tooltip=self.tooltip, layout=layout)

    def when_pressed(self, button: widgets.Widget, act: Callable[[], None]) -> None:
        """Let the button that `widget` has returned do something."""
        if self.stays:
            button.observe(lambda _: act(), names="value")
        else:
            button.on_click(lambda _: act())


def button_row(buttons: Iterable[widgets.Widget], speed: widgets.Widget) -> widgets.Widget:
    """Return the row above the picture: what to do, and how fast."""
    _fit(speed, 24.5, 8.5)
    row = widgets.HBox([*buttons, speed], layout=widgets.Layout(**_ROW))
    return row.add_class("lessons-buttons")


def knob_grid(controls: Iterable[widgets.Widget]) -> widgets.Widget:
    """Return the controls in rows of three, in a notebook of usual width."""
    for control in controls:
        _fit(control, 21, 7)
    grid = widgets.HBox(list(controls), layout=widgets.Layout(**_ROW))
    return grid.add_class("lessons-knobs")


def _fit(control: widgets.Widget, width: float, label: float) -> None:
    """Give a control and its label a width in letters' heights: on slides letters are larger."""
    control.layout.width = f"calc({width} * var(--jp-widgets-font-size))"
    control.layout.max_width, control.layout.margin = "100%", "2px"
    if isinstance(control, widgets.Checkbox):
        control.layout.margin = "2px 2px 2px 16px"
    else:
        control.style.description_width = f"{label}em"


def code_box() -> widgets.HTML:
    """Return a hidden place for code."""
    box = widgets.HTML(layout=widgets.Layout(display="none", width="100%"))
    return box.add_class("lessons-code")


def show_code(box: widgets.HTML, code: str) -> None:
    """Show ``code`` as text that can be selected and copied; hide the box where it is empty."""
    if code:
        box.value = (
            f'<pre tabindex="0" aria-label="Keras code" style="{_CODE_STYLE}">'
            f"{html.escape(code)}</pre>"
        )
    box.layout.display = "block" if code else "none"


def close_all(*roots: widgets.Widget) -> None:
    """Close widgets with everything inside them: the kernel keeps every open widget alive."""
    for root in roots:
        close_all(*getattr(root, "children", ()))
        for part in (getattr(root, "style", None), getattr(root, "layout", None)):
            if isinstance(part, widgets.Widget):
                widgets.Widget.close(part)
        widgets.Widget.close(root)
