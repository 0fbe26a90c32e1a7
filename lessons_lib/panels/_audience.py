"""Whether anybody looks at a panel, and whether their browser keeps up.

Three signs are read, all with widgets' own means:

- *Views.* Once ``_view_count`` is set, the browser counts the places where the panel is shown.
  When the last one is closed (output cleared, notebook closed), there is nobody. A page that
  is loaded again forgets to take its old view away; then the other two signs decide.
- *Answers.* Every few frames a number is sent along, and a link inside the browser sends it
  back. Answers that are late mean a browser that is behind; answers that stay away for a
  minute mean a browser that is gone without a word (tab closed, network lost).
- *Touches.* A panel that nobody has touched for half an hour is left in a forgotten tab.

Time counts only while frames are made, so a long-running cell in between costs nothing.
"""

import time
from collections.abc import Callable

import ipywidgets as widgets

_EVERY = 3  # frames between two numbers sent
_AHEAD = 2  # numbers that may be on their way before the browser counts as behind
_SILENCE = 60.0  # seconds
_UNTOUCHED = 30 * 60.0  # seconds


class Audience:
    """Watches over who looks at ``panel``.

    Parameters
    ----------
    panel : ipywidgets.DOMWidget
        What is looked at.
    opened : callable
        Called when the panel appears in a browser.
    closed : callable
        Called when its last view is gone.
    """

    def __init__(
        self,
        panel: widgets.DOMWidget,
        opened: Callable[[], None],
        closed: Callable[[], None],
    ):
        self._opened, self._closed = opened, closed
        self._sent = widgets.IntText(layout=panel.layout)
        self._answer = widgets.IntText(layout=panel.layout, style=self._sent.style)
        self._link = widgets.jsdlink((self._sent, "value"), (self._answer, "value"))
        self._answer.observe(self._answered, names="value")
        self._frames = 0
        self._answers = 0
        self._silent = self._untouched = 0.0
        self._last_frame = time.monotonic()
        panel._view_count = 0  # from None: only then does the browser count
        panel.observe(self._views_changed, names="_view_count")

    @property
    def widgets(self) -> list[widgets.Widget]:
        """What has to be closed with the panel."""
        return [self._link, self._sent, self._answer, self._sent.style]

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
            self._sent.value = self._frames // _EVERY

    def behind(self) -> bool:
        """Tell whether the browser has answered before and now does not keep up."""
        return self._answers > 0 and self._sent.value - self._answer.value >= _AHEAD

    def gone(self) -> str | None:
        """Return why nobody seems to look, or None."""
        if self._silent > _SILENCE:
            return "Paused: no browser has answered for a minute. Press Play to go on."
        if self._untouched > _UNTOUCHED:
            return "Paused: nobody has touched this panel for half an hour. Press Play to go on."
        return None

    def _answered(self, change) -> None:
        self._answers += 1
        self._silent = 0.0

    def _views_changed(self, change) -> None:
        if change["new"] and not change["old"]:
            self._opened()
        elif change["old"] and not change["new"]:
            self._closed()
