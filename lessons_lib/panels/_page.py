"""A panel's one channel to the browser: its pictures, who looks, and whether they keep up.

A part of the panel lives in the page (``_page.js``). It draws the pictures on canvases, with the
modules of ``plots/canvas``, and tells what the kernel cannot know:

- *Readiness.* A page says that it can draw as soon as it has loaded its part, and asks for
  everything when it shows the panel for the first time or is loaded anew. Before anybody has
  asked nothing is sent; from then on only what has changed.
- *Answers.* Every message has a number, and the page says which it has drawn. A few may be on
  their way; beyond that the browser is behind, and pictures are left out, never queued.
- *Pages.* Each says in how many places it shows the panel, and whether one of them can be seen:
  not where the browser or JupyterLab has another tab in front, and not on a slide that is not
  shown. A page that is closed says so. One that goes without a word (browser killed, network
  lost) leaves pictures without an answer; after some seconds it counts as one that sees nothing,
  until it is heard again.
- *Touches.* A panel that nobody has touched for half an hour is left in a forgotten tab.
- *Sizes.* How many pixels each picture has for its marks.

Time counts only while frames are made, so a long-running cell in between costs nothing.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets

from lessons_lib.plots import Scene, Wire, canvas_source

# There and back takes 70 ms through server and websocket, and 200 where all processors are busy; in
# that time as many pictures must be under way as are made, or a turned knob waits for its turn. A
# page that is late takes them all in at once and draws the last, so a few more do no harm.
_ON_THEIR_WAY = 12  # messages that the browser has not drawn yet, before it counts as behind
_LOST = 5.0  # seconds in which a page has answered no picture
_SILENCE = 60.0  # seconds in which nothing was heard of a front end without such pages
_UNTOUCHED = 30 * 60.0  # seconds
_IMPORT_OR_EXPORT = re.compile(r"^import .*\n|^export (?!default)", re.MULTILINE)
_OWN = ("_code.js", "_controls.js", "_life.js", "_page.js")  # each after those that it needs
_NOTICEABLE = 0.04  # of a picture's size: below that a change is not worth a new picture


class Arrangement(NamedTuple):
    """How the pictures of a panel stand, and how large they are where they are stored.

    Attributes
    ----------
    count : int
        How many pictures.
    size : tuple of float
        Width and height of all together in inches.
    dpi : int
        Pixels in an inch.
    widths : sequence of float, optional
        Relative widths of the pictures of one row.
    columns : int, optional
        Pictures in a row, from left to right and then downwards; all in one row if not given.
    """

    count: int
    size: tuple[float, float]
    dpi: int = 100
    widths: Sequence[float] | None = None
    columns: int | None = None

    def scenes(self) -> list[Scene]:
        """Return empty scenes, about as large as the places they will have."""
        columns = self.columns or self.count
        widths = list(self.widths or [1.0] * columns)
        rows = -(-self.count // columns)
        height = self.size[1] / rows - 0.7  # inches; title, numbers and labels take the rest
        places = [self.size[0] * width / sum(widths) - 0.7 for width in widths]
        return [
            Scene((self.dpi * places[n % columns], self.dpi * height), self.dpi / 72)
            for n in range(self.count)
        ]


def module_of(own: Sequence[str], *needed: str) -> str:
    """Return one module: some of the canvas's or all, then our own, in which all names are known.

    Parameters
    ----------
    own : sequence of str
        Files of this folder, each after those that it needs.
    *needed : str
        As for `lessons_lib.plots.canvas_source`.
    """
    texts = [Path(__file__).with_name(name).read_text("utf-8") for name in own]
    plain = [_IMPORT_OR_EXPORT.sub("", text) for text in texts]
    return "\n".join([canvas_source(*needed), *plain])


@dataclass
class _Shown:
    """What one page says of its places."""

    places: int = 0
    seen: bool = False
    silent: float = 0.0  # seconds in which pictures waited for its answer

    @property
    def sees(self) -> bool:
        """Whether somebody sees the panel in this page, as far as is known."""
        return self.seen and self.silent <= _LOST


class Page(anywidget.AnyWidget):
    """The pictures of a panel, in each place where the panel is shown.

    Parameters
    ----------
    arrangement : Arrangement
        How the pictures stand.
    later : callable
        Takes a function, and calls it when the kernel has time: the browser is heard in the
        middle of other work, and on another thread.
    redraw : callable
        Draws the pictures anew when they have another size, if that is not done anyway.
    picked : callable
        Takes what a page says of a press on a picture, as `Pick` has it.
    typed : callable
        Takes the number of a slider, and the text that was typed beside it.

    Attributes
    ----------
    scenes : list of Scene
        What is seen in each picture. Change them, then `show`.
    views : int
        Places where the panel is shown, in all pages.
    seen : bool or None
        Whether the panel can be seen in one of them; scrolled out of the window it still can.
        None before any page has said something.
    sizes : dict
        ``"areas"``, width and height of each picture's marks in pixels, and ``"point"``, the
        pixels in a point; empty before a page has drawn.
    met : bool
        Whether it has ever been in the visible part of a page.
    broken : str
        Why a page cannot draw; "" if it can.
    able : bool
        Whether a page has said that it can draw.
    listening : bool
        Whether a page wants to know what changes.
    sent, drawn : int
        Number of the last message, and of the last that a page has drawn.
    """

    _esm = module_of(_OWN)
    # As text: anywidget watches a file for changes, by which its class keeps every panel for ever.
    _css = Path(__file__).with_name("_page.css").read_text(encoding="utf-8")
    arrangement = traitlets.Dict().tag(sync=True)
    views = traitlets.Int(0)
    seen = traitlets.Bool(None, allow_none=True)
    met = traitlets.Bool(False)
    sizes = traitlets.Dict().tag(sync=True)
    broken = traitlets.Unicode("").tag(sync=True)
    able = traitlets.Bool(False)

    def __init__(
        self,
        arrangement: Arrangement,
        later: Callable[[Callable[[], None]], None],
        redraw: Callable[[], None],
        picked: Callable[[dict], None],
        typed: Callable[[int, str], None],
    ):
        self.scenes = arrangement.scenes()
        self.sent = self.drawn = 0
        self.listening = False
        self._wire, self._whole = Wire(), False
        self._later, self._redraw, self._picked = later, redraw, picked
        self._typed = typed
        self._pages: dict[str, _Shown] = {}
        self._silent = self._untouched = 0.0
        self._last_frame = time.monotonic()
        width, height = arrangement.size
        columns = arrangement.columns or arrangement.count
        super().__init__(
            arrangement={
                "count": arrangement.count,
                "widths": list(arrangement.widths or [1] * columns),
                "columns": columns,
                "ratio": height / width,
            }
        )
        self.add_class("lessons-picture")
        self.on_msg(self._hear)

    # --- to the browser -----------------------------------------------------------------------

    def show(self) -> None:
        """Send what has changed in the scenes, if a page wants to know."""
        if not self.listening:
            return
        if self._whole:
            self._whole = False
            self._wire.forget()
        if (message := self._wire.message(self.scenes)) is not None:
            frame, buffers = message
            self.sent += 1
            self.send({"frame": frame, "number": self.sent}, buffers)

    def behind(self) -> bool:
        """Tell whether a page does not keep up with what is sent to it."""
        return self.listening and self.sent - self.drawn >= _ON_THEIR_WAY

    # --- from the browser ---------------------------------------------------------------------

    def _hear(self, _, message: dict, buffers) -> None:
        """Note what a page says; what follows from it is done later."""
        self._silent = 0.0
        self._heard_of(message)
        if "drawn" in message:
            # Of two windows the quicker one counts, of two answers the later.
            self.drawn = max(self.drawn, message["drawn"])
        if "met" in message:
            self.met = True
        if "pick" in message:
            self._later(partial(self._picked, message["pick"]))
        if "typed" in message:
            self._later(partial(self._typed, **message["typed"]))
        if "ping" in message:
            self._later(lambda: self.send({"pong": message["ping"]}))
        if "able" in message:
            self.able, self.broken = True, ""
        if "ready" in message:
            self.drawn, self.listening, self._whole = self.sent, True, True
            self._later(self.show)

    def _heard_of(self, message: dict) -> None:
        """Note which page is there, and what it shows."""
        page = message.get("page")
        if places := message.get("places"):
            self._pages[page] = _Shown(places, message["seen"])
        elif places == 0:
            self._pages.pop(page, None)
        elif page in self._pages:
            self._pages[page].silent = 0.0
        if places is not None or page in self._pages:
            self._count()

    def _count(self) -> None:
        """Sum up what all pages show."""
        pages = list(self._pages.values())
        self.views = sum(page.places for page in pages)
        self.seen = any(page.sees for page in pages)

    def _waited(self, seconds: float) -> None:
        """Note for how long pictures wait for each page's answer; 0 is a fresh start."""
        for page in list(self._pages.values()):
            page.silent = page.silent + seconds if seconds else 0.0
        if self._pages:
            self._count()

    @traitlets.observe("sizes")
    def _sized(self, change) -> None:
        self._later(self._fit)

    def _fit(self) -> None:
        """Let the pictures fit their places, if those are noticeably larger or smaller now."""
        point = self.sizes["point"]
        fitted = False
        for scene, area in zip(self.scenes, self.sizes["areas"], strict=False):
            pairs = zip((*area, point), (*scene.pixels, scene.point), strict=True)
            if any(abs(new - old) > _NOTICEABLE * old for new, old in pairs):
                scene.pixels, scene.point = tuple(area), point
                fitted = True
        if fitted:
            self._redraw()

    @traitlets.observe("views", "broken")
    def _lost(self, change) -> None:
        self.able &= not self.broken
        self.listening &= self.able and self.views > 0

    # --- who looks ----------------------------------------------------------------------------

    def touched(self) -> None:
        """Note that the learner has used a control."""
        self._silent = self._untouched = 0.0
        self._waited(0.0)

    def gone(self) -> str | None:
        """Return why nobody seems to look, or None; asked once a frame."""
        now = time.monotonic()
        # A gap means that the kernel was busy elsewhere, not that the browser was silent.
        passed, self._last_frame = min(now - self._last_frame, 1.0), now
        self._untouched += passed
        if self.drawn < self.sent or not self.listening:  # or there is nothing to answer
            self._silent += passed
            self._waited(passed if self.listening else 0.0)
        if self._silent > _SILENCE:
            return "Paused: no browser has answered for a minute. Press Play to go on."
        if self._untouched > _UNTOUCHED:
            return "Paused: nobody has touched this panel for half an hour. Press Play to go on."
        return None
