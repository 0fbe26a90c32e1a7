"""What stands around a panel's picture: buttons, knobs, the code; ``_page.css`` arranges it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import ipywidgets as widgets
import traitlets
from ipywidgets.widgets.widget import _instances  # all open widgets; there is no public list

# What code a panel shows: heading, and what stands on the button that copies it.
CODES = {
    "again": ("This run again, in a cell of this notebook", "Copy the run"),
    "keras": ("The settings in plain Keras", "Copy the Keras code"),
}
_SMALL = "lessons-small"


class Button(NamedTuple):
    """A button: how it looks, and what it does.

    Attributes
    ----------
    words, icon, tooltip : str
        What stands on it and beside it.
    press : callable
        Takes the panel.
    stays : bool
        Whether it stays down until it is pressed again.
    now : callable, optional
        Takes the runner, and returns the words on the button at present; while they are empty
        there is no such button.
    """

    words: str
    icon: str
    tooltip: str
    press: Callable
    stays: bool = False
    now: Callable[[Any], str] | None = None

    def widget(self) -> widgets.Widget:
        """Return the button, which does nothing yet."""
        kind = widgets.ToggleButton if self.stays else widgets.Button
        return kind(description=self.words, icon=self.icon, tooltip=self.tooltip)

    def follow(self, button: widgets.Widget, runner: Any) -> None:
        """Let the button that `widget` has returned be there while it can be pressed."""
        if self.now is not None:
            words = self.now(runner)
            button.layout.display = None if words else "none"
            button.description = words or self.words

    def when_pressed(self, button: widgets.Widget, act: Callable[[], None]) -> None:
        """Let the button that `widget` has returned do something."""
        if self.stays:
            button.observe(lambda _: act(), names="value")
        else:
            button.on_click(lambda _: act())


def button_row(buttons: Iterable[widgets.Widget], speed: widgets.Widget) -> widgets.Widget:
    """Return the row above the picture: what to do, and how fast."""
    return widgets.HBox([*buttons, speed]).add_class("lessons-buttons")


def knob_grid(controls: Iterable[widgets.Widget]) -> widgets.Widget:
    """Return the controls, as many in a row as there is room for; several switches have a row."""
    controls = list(controls)
    switches = [one for one in controls if _is_small(one)]
    if len(switches) > 1:
        row = widgets.HBox(switches).add_class("lessons-switches")
        controls = [*(one for one in controls if one not in switches), row]
    return widgets.HBox(controls).add_class("lessons-knobs")


def small(control: widgets.Widget) -> widgets.Widget:
    """Let a control stand among the switches, its name beside it."""
    return control.add_class(_SMALL)


def _is_small(control: widgets.Widget) -> bool:
    return isinstance(control, widgets.Checkbox) or _SMALL in control._dom_classes


class CodeText(anywidget.AnyWidget):
    """A piece of code in the page, as text.

    Attributes
    ----------
    value : str
        The code.
    heading : str
        What it is, for whoever hears the page.
    """

    _esm = Path(__file__).with_name("_text.js").read_text("utf-8")
    value = traitlets.Unicode().tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)


def code_box() -> widgets.VBox:
    """Return a hidden place for code."""
    box = widgets.VBox()
    box.layout.display = "none"
    return box.add_class("lessons-code")


def show_code(box: widgets.VBox, codes: Mapping[str, str]) -> None:
    """Show code as text that can be selected and copied; hide the box where there is none.

    What stands there already changes only where it is different: see ``_text.js``.

    Parameters
    ----------
    box : ipywidgets.VBox
        That of `code_box`.
    codes : dict of str to str
        By what it is, a name of `CODES`.
    """
    if codes and len(box.children) != len(codes):
        box.children = [_code_part(what) for what in codes]
    for part, code in zip(box.children, codes.values(), strict=bool(codes)):
        part.children[-1].value = code
    box.layout.display = "" if codes else "none"


def _code_part(what: str) -> widgets.VBox:
    """Return a heading, a button that copies (_code.js does), and the place for the code."""
    heading, words = CODES[what]
    copy = widgets.Button(
        description=words,
        icon="copy",
        tooltip="copy the code, to paste it into a cell of your own",
    )
    parts = [widgets.HTML(heading), copy.add_class("lessons-copy"), CodeText(heading=heading)]
    return widgets.VBox(parts).add_class("lessons-code-part")


def close_all(root: widgets.Widget) -> None:
    """Close a widget with everything inside it: the kernel keeps every open widget alive.

    An open widget that holds a closed one has no state, and with one of those a page that is
    loaded anew finds none of the kernel's widgets. So whoever holds `root` lets it go.
    """
    for holder in list(_instances.values()):
        if any(child is root for child in getattr(holder, "children", ())):
            holder.children = [child for child in holder.children if child is not root]
    _close(root)


def _close(root: widgets.Widget) -> None:
    for child in getattr(root, "children", ()):
        _close(child)
    for part in (getattr(root, "style", None), getattr(root, "layout", None)):
        if isinstance(part, widgets.Widget):
            widgets.Widget.close(part)
    widgets.Widget.close(root)
