"""The picture as the kernel draws it, for a front end that cannot draw the live one."""

import base64
import html
from collections.abc import Callable

import ipywidgets as widgets

_PULSE = 0.5  # seconds
_PATIENCE = 12  # pulses, in which a page may load and answer
_EVERY = 0.35  # seconds between two pictures
_WHY = (
    "This front end cannot draw the live picture. What you see is drawn by the kernel and "
    "follows slowly."
)


class Fallback:
    """Shows a stored picture where no page draws the live one; it goes when a page does.

    Parameters
    ----------
    draw : callable
        Returns the picture as PNG, and the sentence that says what it shows.
    needed : callable
        Tells whether no page draws.
    later : callable
        Takes a function and seconds, and calls it after that time.

    Attributes
    ----------
    place : ipywidgets.HTML
        Where it is shown; hidden as long as it is not needed.
    """

    def __init__(
        self,
        draw: Callable[[], tuple[bytes, str]],
        needed: Callable[[], bool],
        later: Callable[[Callable[[], None], float], None],
    ):
        self._draw, self._needed, self._later = draw, needed, later
        self._due = False  # whether the next picture is on its way
        self.place = widgets.HTML(layout=widgets.Layout(display="none"))

    @property
    def shown(self) -> bool:
        """Whether the picture is to be seen."""
        return self.place.layout.display != "none"

    def wait(self, pulses: int = _PATIENCE) -> None:
        """Show the picture if no page draws after a while; a busy kernel's time does not count."""
        if not self._needed():
            return
        if pulses:
            self._later(lambda: self.wait(pulses - 1), _PULSE)
        else:
            self.check(True)

    def check(self, needed: bool) -> None:
        """Show or hide the picture."""
        if needed != self.shown:
            self.place.layout.display = "block" if needed else "none"
            self.place.value = ""
            self.follow()

    def follow(self) -> None:
        """Draw the picture anew, soon, if it is shown."""
        if self.shown and not self._due:
            self._due = True
            self._later(self._show, _EVERY)

    def _show(self) -> None:
        self._due = False
        if self.shown:
            png, sentence = self._draw()
            self.place.value = (
                f'<img alt="{html.escape(sentence, quote=True)}" style="max-width:100%" '
                f'src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'
                f"<p>{_WHY}</p>"
            )
