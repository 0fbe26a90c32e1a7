"""Looking through a pile one by one and tagging each, as a control of a panel."""

import numbers
from dataclasses import dataclass
from typing import NamedTuple

import ipywidgets as widgets
import traitlets

_UNTAGGED = "not tagged"


class Tagged(NamedTuple):
    """Where the reader is, and what was tagged.

    Attributes
    ----------
    shown : int
        Number of the item before the reader, from 0.
    kinds : tuple of str or None
        The kind of each item; None where it has not been tagged.
    """

    shown: int
    kinds: tuple


@dataclass(frozen=True)
class Tags:
    """A slider through ``count`` items, and a kind to choose for each of them.

    Attributes
    ----------
    count : int
        Number of items, 1 or more.
    kinds : tuple of str
        What an item can be tagged as.
    label : str, optional
        Words beside the slider; made from the parameter's name if not given.
    """

    count: int
    kinds: tuple
    label: str = ""

    def __post_init__(self):
        if not isinstance(self.count, numbers.Integral) or self.count < 1:
            raise ValueError(f"Tags need one item at least, received count={self.count!r}.")
        if isinstance(self.kinds, str) or len(set(self.kinds)) < 2 or _UNTAGGED in self.kinds:
            raise ValueError(
                f"Tags need two kinds or more, none of them {_UNTAGGED!r}; received {self.kinds!r}."
            )

    def widget(self, label: str) -> widgets.Widget:
        """Return the slider and the kinds below it; its ``value`` is a `Tagged`."""
        return TagsControl(self.count, tuple(self.kinds), label)


class TagsControl(widgets.VBox):
    """The widget that `Tags` stand for.

    Attributes
    ----------
    value : Tagged
        Which item is shown, and all tags.
    item : ipywidgets.IntSlider
        Which item, counted from 1.
    kind : ipywidgets.ToggleButtons
        What the item shown is tagged as; ``"not tagged"`` takes a tag back.
    """

    value = traitlets.Any()

    def __init__(self, count: int, kinds: tuple, label: str):
        self.item = widgets.IntSlider(value=1, min=1, max=count, description=label)
        # Buttons and not a list of radio buttons: JupyterLab takes the arrow keys from those.
        self.kind = widgets.ToggleButtons(
            options=(_UNTAGGED, *kinds), value=_UNTAGGED, description="kind"
        )
        super().__init__([self.item, self.kind], value=Tagged(0, (None,) * count))
        self.add_class("lessons-tall")
        self.item.observe(self._turned, names="value")
        self.kind.observe(self._tagged, names="value")

    def _turned(self, change) -> None:
        """Show another item together with the tag that it has."""
        shown = self.item.value - 1
        self.value = self.value._replace(shown=shown)
        self.kind.value = self.value.kinds[shown] or _UNTAGGED

    def _tagged(self, change) -> None:
        shown, kinds = self.value
        kind = None if self.kind.value == _UNTAGGED else self.kind.value
        kinds = (*kinds[:shown], kind, *kinds[shown + 1 :])
        self.value = Tagged(shown, kinds)
