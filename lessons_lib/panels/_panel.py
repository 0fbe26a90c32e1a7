"""What every panel has: pictures, controls, a sentence, and a stored copy of the pictures."""

import base64
import html
import time
from collections.abc import Callable, Sequence

import ipywidgets as widgets

from lessons_lib.panels._cells import somebody_is_there
from lessons_lib.panels._controls import same
from lessons_lib.panels._fallback import Fallback
from lessons_lib.panels._loop import Turns
from lessons_lib.panels._page import Arrangement, Page
from lessons_lib.panels._pick import Pick, choose, keep_settable, set_controls
from lessons_lib.panels._typed import set_typed, typed_into
from lessons_lib.plots import Scene, png_of

_MESSAGE_FOR = 6.0  # seconds for which a message stands before the pictures' sentence


class Panel(widgets.HBox):
    """Pictures with controls and a sentence below that says what they show.

    In a notebook whose kernel runs it is alive: the page draws the pictures. Where none runs (a
    reopened notebook, a web page, slides) they are shown as they were when its cell was run, and
    the sentence is their text.

    Parameters
    ----------
    arrangement : Arrangement
        How the pictures stand.
    controls : dict of str to ipywidgets.Widget
        What can be turned, by parameter name.
    answer : callable
        Called after a turn, once for a burst of turns; draws what has come of them.
    redraw : callable
        Draws the pictures anew when they have another size, if that is not done anyway.
    failed : callable
        Takes an exception that nobody else would see, to show it.
    above, below : sequence of ipywidgets.Widget
        What stands around pictures and sentence, in the same window if there is room.
    after : sequence of ipywidgets.Widget
        What comes after all that.

    Attributes
    ----------
    sentence : str
        What the pictures show at this moment.
    controls : dict of str to ipywidgets.Widget
        The controls by parameter name.
    page : Page
        The part that lives in the browser.
    placed : callable
        Takes a pick and returns it with its place in the controls' numbers, where those are not
        the picture's.
    """

    def __init__(
        self,
        arrangement: Arrangement,
        controls: dict[str, widgets.Widget],
        answer: Callable[[], None],
        redraw: Callable[[], None],
        failed: Callable[[Exception], None],
        above: Sequence[widgets.Widget] = (),
        below: Sequence[widgets.Widget] = (),
        after: Sequence[widgets.Widget] = (),
    ):
        self.controls = controls
        self.placed: Callable[[Pick], Pick] = lambda pick: pick
        self._listeners: list[Callable[[Pick], None]] = []
        self.sentence = ""
        self._message, self._message_until = "", 0.0
        self._typed, self._typed_until, self._spoken = "", 0.0, True
        self._typed_beside: widgets.Widget | None = None
        self._typed_into = typed_into(controls.values())
        for slider in self._typed_into:
            slider.observe(self._forget_typed, names="value")
        self._answer_turn = answer
        self._arrangement = arrangement
        self._turns = Turns(controls, answer, failed)
        self.page = Page(arrangement, self._turns.later, redraw, self._pick, self._type)
        self._fallback = Fallback(
            lambda: (self._png(), self.sentence),
            lambda: not self.page.able,
            self._turns.later,
        )
        self._words = widgets.HTML()
        # The names by which _page.css, and slides, arrange the parts.
        self._words.add_class("lessons-words")
        self._fallback.place.add_class("lessons-fallback")
        stack = widgets.VBox([*above, self.page, self._fallback.place, self._words, *below])
        super().__init__([stack.add_class("lessons-stack"), *after])
        self.add_class("lessons-panel")
        self.page.observe(self._let_draw, names=["able", "broken"])

    @property
    def scenes(self) -> list[Scene]:
        """What is seen in each picture, from left to right."""
        return self.page.scenes

    def show(self) -> None:
        """Let what has changed in the scenes be seen."""
        keep_settable(self.scenes, self.controls)
        self.page.show()
        self._fallback.follow()

    def on_pick(self, callback: Callable[[Pick], None]) -> None:
        """Call a function with a `Pick` whenever something in a picture is pressed or moved.

        Those are the marks with the property ``sets`` or ``picks``; what they set is set before.
        """
        self._listeners.append(callback)

    def _pick(self, message: dict) -> None:
        pick = Pick(**message)
        item = self.scenes[pick.view].items.get(pick.item)
        if item is None:  # the picture is another one by now
            return
        if (picks := item.look.get("picks")) in self.controls:
            choose(self.controls[picks], pick.index)
        if item.look.get("sets"):
            set_controls(self.controls, item.look, self.placed(pick))
        for listener in self._listeners:
            listener(pick)

    def _type(self, slider: int, text: str) -> None:
        """Set what was typed beside a slider, and tell where it is another value."""
        self._typed_beside = self._typed_into[slider]
        self._typed = set_typed(self._typed_beside, text)
        self._typed_until, self._spoken = time.monotonic() + _MESSAGE_FOR, not self._typed
        self._answer_turn()

    def _forget_typed(self, change) -> None:
        """Tell no longer what became of a typed value: its slider has another one by now."""
        beside = change["owner"] is self._typed_beside
        if beside and not same(change["old"], change["new"]):
            self._typed = ""

    def _tell(self, message: str) -> None:
        """Show a message before the pictures' sentence for some seconds."""
        self._message, self._message_until = message, time.monotonic() + _MESSAGE_FOR

    def _told(self) -> str:
        """Return what still stands before the pictures' sentence; "" if nothing does."""
        messages = ((self._typed, self._typed_until), (self._message, self._message_until))
        return " ".join(said for said, until in messages if said and time.monotonic() < until)

    def say(self, sentence: str, aloud: bool = True) -> None:
        """Put a new sentence before the reader; ``aloud`` lets a screen reader speak it."""
        if sentence == self.sentence:
            return
        self.sentence = sentence
        # Who has typed wants the answer also while numbers go by that nobody wants to hear.
        spoken = "" if aloud or not self._spoken else ' aria-live="off"'
        self._spoken = True
        self._words.value = f'<div role="status"{spoken}>{html.escape(sentence)}</div>'

    def _png(self) -> bytes:
        _, size, dpi, widths, columns = self._arrangement
        return png_of(self.scenes, size, dpi, widths, columns)

    def _let_draw(self, change) -> None:
        """Let the kernel draw where a page cannot, and no longer where one can."""
        self._turns.later(lambda: self._fallback.check(not self.page.able))

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = self.sentence
        bundle["image/png"] = base64.b64encode(self._png()).decode("ascii")
        if somebody_is_there():
            self._fallback.wait()
        return bundle
