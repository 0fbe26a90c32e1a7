"""What every panel has: a picture, controls beside it, a sentence, and a stored fallback."""

import base64
import html

import ipywidgets as widgets

from lessons_lib.panels._page import Page

_PICTURE_WIDTH = "720px"


class Panel(widgets.HBox):
    """A picture with controls beside it and a sentence below that says what it shows.

    In a notebook whose kernel runs it is alive. Where none runs (a reopened notebook, a
    web page, slides) the picture as it was last stored is shown, and the sentence is its text.

    Attributes
    ----------
    sentence : str
        What the picture shows at this moment.
    controls : dict of str to ipywidgets.Widget
        The controls by parameter name.
    page : Page
        The part that lives in the browser.
    """

    def __init__(self, controls: dict[str, widgets.Widget], extra=(), width: str = _PICTURE_WIDTH):
        self.controls = controls
        self.sentence = ""
        self.page = Page()
        self._image = widgets.Image(format="png", layout=widgets.Layout(width="100%"))
        self._words = widgets.HTML(layout=widgets.Layout(width="100%"))
        self._image.add_class("lessons-picture")  # names by which slides arrange the parts anew
        self._words.add_class("lessons-words")
        super().__init__(
            [*self._arranged(list(extra), width), self.page],
            layout=widgets.Layout(flex_flow="row wrap", align_items="center", width="100%"),
        )
        self.add_class("lessons-panel")

    def _arranged(self, extra: list[widgets.Widget], width: str) -> list[widgets.Widget]:
        """Return what stands beside each other: the picture, the controls."""
        picture = self._stack([self._image, self._words], width, flex="1 1 420px")
        knobs = widgets.VBox(
            [*self.controls.values(), *extra], layout=widgets.Layout(flex="0 1 350px")
        )
        return [picture, knobs.add_class("lessons-knobs")]

    @staticmethod
    def _stack(parts: list[widgets.Widget], width: str, **layout) -> widgets.Widget:
        """Return parts below each other, as wide as given or as there is room."""
        stack = widgets.VBox(parts, layout=widgets.Layout(width=width, max_width="100%", **layout))
        return stack.add_class("lessons-stack")

    def show(self, png: bytes, sentence: str) -> None:
        """Put a new picture and its sentence before the reader."""
        self._image.value = png
        self.say(sentence)

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
