"""What every panel has: pictures, controls, a sentence, and a stored fallback."""

import base64
import html
from collections.abc import Sequence

import ipywidgets as widgets

from lessons_lib.panels._page import Page


class Panel(widgets.HBox):
    """Pictures with controls and a sentence below that says what they show.

    In a notebook whose kernel runs it is alive. Where none runs (a reopened notebook, a
    web page, slides) the picture as it was last stored is shown, and the sentence is its text.

    Parameters
    ----------
    controls : dict of str to ipywidgets.Widget
        What can be turned, by parameter name.
    width : str
        Of the picture, where there is room.
    above, below, beside : sequence of ipywidgets.Widget
        What stands around picture and sentence.

    Attributes
    ----------
    sentence : str
        What the picture shows at this moment.
    controls : dict of str to ipywidgets.Widget
        The controls by parameter name.
    page : Page
        The part that lives in the browser.
    """

    def __init__(
        self,
        controls: dict[str, widgets.Widget],
        width: str,
        above: Sequence[widgets.Widget] = (),
        below: Sequence[widgets.Widget] = (),
        beside: Sequence[widgets.Widget] = (),
    ):
        self.controls = controls
        self.sentence = ""
        self.page = Page()
        self._image = widgets.Image(format="png", layout=widgets.Layout(width="100%"))
        self._words = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._image.add_class("lessons-picture")  # names by which slides arrange the parts anew
        self._words.add_class("lessons-words")
        grows = {"flex": "1 1 420px"} if beside else {}
        stack = widgets.VBox(
            [*above, self._image, self._words, *below],
            layout=widgets.Layout(width=width, max_width="100%", **grows),
        )
        super().__init__(
            [stack.add_class("lessons-stack"), *beside, self.page],
            layout=widgets.Layout(flex_flow="row wrap", align_items="center", width="100%"),
        )
        self.add_class("lessons-panel")

    def say(self, sentence: str, aloud: bool = True) -> None:
        """Put a new sentence before the reader; ``aloud`` lets a screen reader speak it."""
        if sentence == self.sentence:
            return
        self.sentence = sentence
        spoken = "" if aloud else ' aria-live="off"'
        self._words.value = (
            f'<div role="status"{spoken} '
            'style="line-height:1.4;font-size:var(--jp-content-font-size1)">'
            f"{html.escape(sentence)}</div>"
        )

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = self.sentence
        bundle["image/png"] = base64.b64encode(self._image.value).decode("ascii")
        return bundle
