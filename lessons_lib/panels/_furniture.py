"""What stands around a panel's picture: buttons, knobs, the code; ``_page.css`` arranges it."""

import html
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import ipywidgets as widgets
from ipywidgets.widgets.widget import _instances  # all open widgets; there is no public list


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
    """Return the controls, as many in a row as there is room for."""
    return widgets.HBox(list(controls)).add_class("lessons-knobs")


def code_box() -> widgets.VBox:
    """Return a hidden place for code, with a button that copies it (_code.js does)."""
    copy = widgets.Button(
        description="Copy",
        icon="copy",
        tooltip="copy the code, to paste it into a cell of your own",
    )
    box = widgets.VBox([copy.add_class("lessons-copy"), widgets.HTML()])
    box.layout.display = "none"
    return box.add_class("lessons-code")


def show_code(box: widgets.VBox, code: str) -> None:
    """Show ``code`` as text that can be selected and copied; hide the box where it is empty."""
    if code:
        text = html.escape(code)
        box.children[-1].value = f'<pre tabindex="0" aria-label="Keras code">{text}</pre>'
    box.layout.display = "" if code else "none"


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
