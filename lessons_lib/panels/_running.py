"""What panels with a clock have in common: they run by themselves until someone stops them."""

import time
from collections.abc import Callable

import ipywidgets as widgets

from lessons_lib.panels._cells import replace_former
from lessons_lib.panels._clock import Clock, running_loop
from lessons_lib.panels._furniture import button_row, close_all, knob_grid
from lessons_lib.panels._panel import Panel
from lessons_lib.panels._surface import Surface

_GATHER = 0.004  # seconds in which turns that arrive together become one picture
_SENTENCE_EVERY = 0.35  # seconds: faster than that nobody can read
_MESSAGE_FOR = 6.0  # seconds for which a message stands before the pictures' sentence


class RunningPanel(Panel):
    """A panel that goes on frame by frame while its knobs are turned.

    A subclass says what a frame does (`_work`), what is drawn (`_pictures`), how turned knobs
    take effect (`_note`, `_set_turned`), and calls `_begin` when it is complete.

    Parameters
    ----------
    controls : dict of str to ipywidgets.Widget
        Knobs by name; ``"speed"`` stands beside the buttons.
    buttons : dict of str to ipywidgets.Widget
        With ``"play"`` among them.
    surface : Surface
        What is drawn on.
    """

    def __init__(self, controls: dict, buttons: dict, surface: Surface):
        self.buttons, self._surface = buttons, surface
        self._loop = running_loop()
        self._asked = False  # for a picture while paused
        self._retired = False
        self._resumes = False  # as soon as its slide is shown again
        self._message, self._message_until, self._why = "", 0.0, ""
        self._said_at = 0.0
        super().__init__(controls, width=f"{100 * surface.figure.get_figwidth():.0f}px")
        self._clock = Clock(self._frame, self._failed, self.page.behind)

    def _arranged(self, extra, width: str) -> list[widgets.Widget]:
        """Stack buttons, picture, sentence and knobs."""
        self._words.layout.min_height = "3em"  # two lines, so that the knobs stay where they are
        speed = self.controls["speed"]
        knobs = knob_grid([control for control in self.controls.values() if control is not speed])
        row = button_row(self.buttons.values(), speed)
        return [self._stack([row, self._image, self._words, knobs, *extra], width)]

    def _begin(self, actions: dict[str, Callable[[], None]]) -> None:
        """Listen to knobs and buttons, take the place of a former panel, draw.

        Parameters
        ----------
        actions : dict of str to callable
            What the buttons do, apart from ``"play"``.
        """
        for name, control in self.controls.items():
            control.observe(self._noting(name), names="value")
        for name, action in {"play": self._toggle, **actions}.items():
            self.buttons[name].on_click(lambda _, action=action: self._later(action))
        self.page.observe(self._views_changed, names="views")
        self.page.observe(self._stage_changed, names="on_stage")
        replace_former(self)
        self._draw(describe=False)  # finds the places of all parts, which the next picture needs
        self.refresh()

    # --- for notebooks and tests --------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the panel is running by itself."""
        return self._clock.running

    def play(self) -> None:
        """Start the clock; needs a notebook's event loop."""
        if running_loop() is None:
            raise RuntimeError(
                "Play needs the event loop of a notebook, and none is running here. Use "
                "panel.step(500), which makes the steps and draws at once."
            )
        self.page.touched()
        self._clock.start()
        self._resumes = False
        if self._why and self._message == self._why:
            self._message_until = self._said_at = 0.0  # it rests no more
        self._label_play()

    def pause(self, why: str = "") -> None:
        """Stop the clock; ``why`` is shown before the pictures' sentence."""
        self._halt()
        self._why = why
        if why:
            self._tell(why)
        self.refresh()

    def refresh(self) -> None:
        """Set what was turned; draw and describe what is there now."""
        self._asked = False
        self._set_turned()
        self._draw(describe=True)

    def retire(self) -> None:
        """Stop, and let the kernel forget the panel's widgets once nobody sees them.

        The kernel keeps every open widget alive, and with it all that the panel holds. A panel
        that is still shown in another cell can be played there until its output is cleared.
        """
        self._retired = True
        if self.playing:
            self.pause("Paused: the cell that made this panel was run again.")
        if not self.page.views:
            close_all(self)

    def close(self) -> None:
        """Stop the clock; then close as every widget does."""
        if hasattr(self, "_clock"):  # not where making the panel has failed half-way
            self._clock.stop()
        super().close()

    # --- what a subclass says -----------------------------------------------------------------

    def _work(self) -> bool:
        """Do what one frame does, `_show_frame` included; return whether to go on."""
        raise NotImplementedError

    def _pictures(self) -> list:
        """Draw on the surface's Axes; return the `plots.Picture` of each."""
        raise NotImplementedError

    def _note(self, name: str, value) -> None:
        """Keep a turned knob's value; may run on another thread, in the middle of a frame."""
        raise NotImplementedError

    def _set_turned(self) -> bool:
        """Let what was noted take effect; tell whether a knob was turned."""
        raise NotImplementedError

    def _worded(self, message: str, sentences: list[str]) -> list[str]:
        """Return what the panel says, part by part."""
        return [message, *sentences]

    # --- one frame ----------------------------------------------------------------------------

    def _frame(self) -> bool:
        """Work unless nobody looks; return whether to go on."""
        if why := self.page.gone():
            self.pause(why)
            return False
        return self._work()

    def _show_frame(self) -> None:
        """Draw, and describe now and then."""
        self._draw(describe=time.monotonic() - self._said_at > _SENTENCE_EVERY)
        self.page.frame_sent()

    def _draw(self, describe: bool) -> None:
        """Draw all pictures; ``describe`` them too, which need not be done in every frame."""
        sentences = [picture.sentence for picture in self._pictures()]
        self._image.value = self._surface.png()
        if describe:
            self._said_at = time.monotonic()
            message = self._message if self._said_at < self._message_until else ""
            parts = self._worded(message, sentences)
            self.say(" ".join(filter(None, parts)), aloud=not self.playing)

    def _tell(self, message: str) -> None:
        """Show a message before the pictures' sentence for some seconds."""
        self._message, self._message_until = message, time.monotonic() + _MESSAGE_FOR

    def _halt(self) -> None:
        """Stop the clock and draw nothing."""
        self._clock.stop()
        self._resumes = False
        self._label_play()

    def _failed(self, error: Exception) -> None:
        """Stop, and show what went wrong where nobody would see an exception."""
        self._halt()
        self.say(f"The panel stopped because of an error. {type(error).__name__}: {error}")

    # --- controls -----------------------------------------------------------------------------

    def _noting(self, name: str) -> Callable:
        """Return an observer; it may run on another thread, so it only notes a value."""

        def note(change):
            self._note(name, change["new"])
            if name != "speed":  # which the next frame reads for itself
                self._later(self._after_turn)

        return note

    def _later(self, action: Callable[[], None]) -> None:
        """Run ``action`` on the kernel's loop, or at once where none runs."""
        self.page.touched()
        if self._has_loop():
            self._loop.call_soon_threadsafe(self._guarded, action)
        else:
            self._guarded(action)

    def _has_loop(self) -> bool:
        return self._loop is not None and self._loop.is_running()

    def _guarded(self, action: Callable[[], None]) -> None:
        """Run ``action``; a callback's exception is easily lost, so it is shown."""
        try:
            action()
        except Exception as error:
            self._failed(error)

    def _after_turn(self) -> None:
        """While paused, ask for one picture soon; while playing, the next frame sees to it."""
        if self.playing or self._asked:
            return
        if self._has_loop():
            self._asked = True
            self._loop.call_later(_GATHER, self._guarded, self._refresh_if_paused)
        else:
            self.refresh()

    def _refresh_if_paused(self) -> None:
        self._asked = False
        if not self.playing:
            self.refresh()

    def _toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def _label_play(self) -> None:
        """Let the first button say what it will do."""
        button = self.buttons["play"]
        button.description, button.icon = ("Pause", "pause") if self.playing else ("Play", "play")

    # --- who looks ----------------------------------------------------------------------------

    def _appeared(self) -> None:
        """Do nothing: a subclass may use the time until someone presses Play."""

    def _views_changed(self, change) -> None:
        if change["new"] and not change["old"]:
            self._appeared()
        elif change["old"] and not change["new"]:
            self._disappeared()

    def _disappeared(self) -> None:
        """Stop when the last place where the panel was shown is closed."""
        if self.playing:
            self._later(lambda: self.pause("Paused: the panel was closed."))
        if self._retired:
            self._later(self.retire)

    def _stage_changed(self, change) -> None:
        self._later(self._follow_stage)

    def _follow_stage(self) -> None:
        """Rest while the slide with the panel is not shown, and go on when it is again.

        What counts is what is so now: who leafs on and back may be faster than a frame.
        """
        if not self.page.on_stage and self.playing:
            self.pause("Paused while its slide is not shown.")
            self._resumes = True
        elif self.page.on_stage and self._resumes:
            self.play()
