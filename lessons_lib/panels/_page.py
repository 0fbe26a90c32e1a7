"""A panel's one channel to the browser: who looks, whether they keep up, and is it on stage.

What the kernel cannot know is told by a part of the panel that lives in the page (``_page.js``):

- *Views.* It counts the places where the panel is shown. When the last one is closed (output
  cleared, notebook closed), there is nobody. A page that is loaded again forgets to take its old
  view away; then the next two signs decide.
- *Answers.* Every few frames the kernel sends a number and the page sends it back. Answers that
  are late mean a browser that is behind; answers that stay away for a minute mean a browser that
  is gone without a word (tab closed, network lost).
- *Touches.* A panel that nobody has touched for half an hour is left in a forgotten tab.
- *The stage.* While slides are presented, the panel may be on none that is shown.

Time counts only while frames are made, so a long-running cell in between costs nothing.
"""

import time
from pathlib import Path

import anywidget
import traitlets

_EVERY = 3  # frames between two numbers sent
_AHEAD = 2  # numbers that may be on their way before the browser counts as behind
_SILENCE = 60.0  # seconds
_UNTOUCHED = 30 * 60.0  # seconds


class Page(anywidget.AnyWidget):
    """An invisible part of a panel, at work in each place where the panel is shown.

    It also gives sliders and picture the names that screen readers read and that ipywidgets
    leaves out.

    Attributes
    ----------
    views : int
        Places where the panel is shown.
    on_stage : bool
        False while slides are presented and the panel is on none that is shown.
    sent, answered : int
        The last number sent to the browser, and the last that came back.
    """

    _esm = Path(__file__).with_name("_page.js")
    views = traitlets.Int(0).tag(sync=True)
    on_stage = traitlets.Bool(True).tag(sync=True)
    sent = traitlets.Int(0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self):
        super().__init__()
        self._frames = 0
        self._heard = False  # whether this browser has ever answered
        self._silent = self._untouched = 0.0
        self._last_frame = time.monotonic()

    def touched(self) -> None:
        """Note that the learner has used a control."""
        self._silent = self._untouched = 0.0

    def frame_sent(self) -> None:
        """Note that a picture is on its way."""
        now = time.monotonic()
        # A gap means that the kernel was busy elsewhere, not that the browser was silent.
        passed, self._last_frame = min(now - self._last_frame, 1.0), now
        self._silent += passed
        self._untouched += passed
        self._frames += 1
        if self._frames % _EVERY == 0:
            self.sent = self._frames // _EVERY

    def behind(self) -> bool:
        """Tell whether the browser has answered before and now does not keep up."""
        return self._heard and self.sent - self.answered >= _AHEAD

    def gone(self) -> str | None:
        """Return why nobody seems to look, or None."""
        if self._silent > _SILENCE:
            return "Paused: no browser has answered for a minute. Press Play to go on."
        if self._untouched > _UNTOUCHED:
            return "Paused: nobody has touched this panel for half an hour. Press Play to go on."
        return None

    @traitlets.observe("answered")
    def _answer(self, change) -> None:
        self._heard, self._silent = True, 0.0
