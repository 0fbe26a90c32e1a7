"""Panels that show a network while it trains, and let its knobs be turned meanwhile."""

import time
from collections.abc import Callable

import numpy as np

from lessons_lib.panels._audience import Audience
from lessons_lib.panels._cells import replace_former
from lessons_lib.panels._clock import Clock, running_loop
from lessons_lib.panels._controls import Switch
from lessons_lib.panels._furniture import (
    button_row,
    close_all,
    code_box,
    knob_grid,
    make_buttons,
    show_code,
)
from lessons_lib.panels._knobs import KNOBS, knob_controls, speed_control
from lessons_lib.panels._pace import Pace
from lessons_lib.panels._panel import Panel
from lessons_lib.panels._surface import Surface
from lessons_lib.panels._turns import Turns
from lessons_lib.panels._views import VIEWS, Subject, arrangement, choose_views

_DPI = 100
_GATHER = 0.004  # seconds in which turns that arrive together become one picture
_COMPILE_AFTER = 0.2  # seconds between a panel's appearance and the compilation of its loop
_SENTENCE_EVERY = 0.35  # seconds: faster than that nobody can read
_MESSAGE_FOR = 6.0  # seconds for which a message stands before the pictures' sentence
_COMPILING = "Compiling the training loop; this takes a second or two …"


class LivePanel(Panel):
    """A network in training, with its knobs; made by `live`.

    Attributes
    ----------
    trainer : lessons_lib.live.LiveTrainer
        The network. What code turns there shows in the panel at the next `refresh`.
    views : tuple of str
        Names of the pictures, from left to right.
    controls : dict of str to ipywidgets.Widget
        Knobs by the trainer's attribute; ``"speed"`` and, with curves, ``"log"`` beside them.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"``, ``"reset"``, ``"new"``, ``"code"``.
    """

    def __init__(self, subject: Subject, views: tuple[str, ...], updates_per_frame: int):
        self.trainer, self.views, self._subject = subject.trainer, views, subject
        size, columns, shares = arrangement(views)
        self._surface = Surface(len(views), size, _DPI, shares, columns)
        knobs = knob_controls(subject)
        self._turns = Turns(self.trainer, knobs)
        extra = {"log": Switch().widget("loss on a log scale")} if "curves" in views else {}
        self.buttons, self._code = make_buttons(), code_box()
        self._pace = Pace(self.trainer)
        self._loop = running_loop()
        self._asked = False  # for a picture while paused
        self._starts = 0  # new starts so far
        self._retired = False
        self._message, self._message_until = "", 0.0
        self._said_at = 0.0
        speed = {"speed": speed_control(updates_per_frame)}
        super().__init__(knobs | extra | speed, width=f"{100 * size[0]:.0f}px")
        self._audience = Audience(self, opened=self._appeared, closed=self._disappeared)
        self._clock = Clock(self._frame, self._failed, self._audience.behind)
        self._listen()
        replace_former(self)
        self._draw(describe=False)  # finds the places of all parts, which the next picture needs
        self.refresh()

    def _arranged(self, extra, width: str):
        """Stack buttons, picture, sentence, knobs and code."""
        speed = self.controls["speed"]
        knobs = [control for control in self.controls.values() if control is not speed]
        self._words.layout.min_height = "3em"  # two lines, so that the knobs stay where they are
        row, grid = button_row(self.buttons.values(), speed), knob_grid(knobs)
        return [self._stack([row, self._image, self._words, grid, self._code], width)]

    # --- for notebooks and tests --------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the network is training by itself."""
        return self._clock.running

    def step(self, n: int = 1) -> int:
        """Make ``n`` updates now, show the result, and return the number of updates made.

        Unlike `play` this returns when it is done: a cell can print what came of it.
        """
        self._set_turned()
        made = self.trainer.step(n)
        self.refresh()
        return made

    def play(self) -> None:
        """Start the clock; needs a notebook's event loop."""
        if running_loop() is None:
            raise RuntimeError(
                "Play needs the event loop of a notebook, and none is running here. Use "
                "panel.step(500), which trains and draws at once."
            )
        self._audience.touched()
        self._clock.start()
        self._label_play()

    def pause(self, why: str = "") -> None:
        """Stop the clock; ``why`` is shown before the pictures' sentence."""
        self._clock.stop()
        self._label_play()
        if why:
            self._tell(why)
        self.refresh()

    def reset(self) -> None:
        """Begin again from the same initial weights; the run so far becomes the ghost."""
        self._begin_again()

    def new_start(self) -> None:
        """Begin again from other initial weights; the run so far becomes the ghost."""
        self._starts += 1
        self._begin_again(seed=self._starts)

    def refresh(self) -> None:
        """Set what was turned; draw and describe the network as it is now."""
        self._asked = False
        self._set_turned()
        self._turns.follow()
        self._draw(describe=True)
        self._write_code()

    def retire(self) -> None:
        """Stop, and let the kernel forget the panel's widgets once nobody sees them.

        The kernel keeps every open widget alive, and with it the network. A panel that is still
        shown in another cell can be played there until its output is cleared.
        """
        self._retired = True
        if self.playing:
            self.pause("Paused: the cell that made this panel was run again.")
        if not self._view_count:
            close_all(self, *self._audience.widgets)

    def close(self) -> None:
        """Stop the clock; then close as every widget does."""
        if hasattr(self, "_clock"):  # not where making the panel has failed half-way
            self._clock.stop()
        super().close()

    # --- one frame ----------------------------------------------------------------------------

    def _frame(self) -> bool:
        """Train a little and draw; return whether to go on."""
        if why := self._audience.gone():
            self.pause(why)
            return False
        if self._set_turned():
            self._write_code()
        if not self._pace.compiled and self.sentence != _COMPILING:
            self.say(_COMPILING)  # and let the next frame do it, when this has been sent
            return True
        self._pace.step(self.controls["speed"].value)
        if self.trainer.diverged:
            self.pause()
            return False
        self._draw(describe=time.monotonic() - self._said_at > _SENTENCE_EVERY)
        self._audience.frame_sent()
        return True

    def _draw(self, describe: bool) -> None:
        """Draw all views; ``describe`` them too, which need not be done in every frame."""
        pairs = zip(self._surface.axes, self.views, strict=True)
        sentences = [VIEWS[name].draw(ax, self._subject).sentence for ax, name in pairs]
        self._image.value = self._surface.png()
        if describe:
            self._said_at = time.monotonic()
            message = self._message if self._said_at < self._message_until else ""
            words = [self.trainer.diverged] if self.trainer.diverged else [message, *sentences]
            self.say(" ".join(filter(None, words)), aloud=not self.playing)

    def _tell(self, message: str) -> None:
        """Show a message before the pictures' sentence for some seconds."""
        self._message, self._message_until = message, time.monotonic() + _MESSAGE_FOR

    def _failed(self, error: Exception) -> None:
        """Stop, and show what went wrong where nobody would see an exception."""
        self._clock.stop()
        self._label_play()
        self.say(f"The panel stopped because of an error. {type(error).__name__}: {error}")

    # --- controls -----------------------------------------------------------------------------

    def _listen(self) -> None:
        for name, control in self.controls.items():
            control.observe(self._noting(name), names="value")
        actions = {
            "play": self._toggle,
            "step": self._step_once,
            "reset": self.reset,
            "new": self.new_start,
        }
        for name, action in actions.items():
            self.buttons[name].on_click(lambda _, action=action: self._later(action))
        self.buttons["code"].observe(lambda _: self._later(self._write_code), names="value")

    def _noting(self, name: str) -> Callable:
        """Return an observer; it may run on another thread, so it only notes a value."""

        def note(change):
            self._audience.touched()
            if name not in ("speed", "log"):
                self._turns.note(name, change["new"])
            if name != "speed":
                self._later(self._after_turn)

        return note

    def _later(self, action: Callable[[], None]) -> None:
        """Run ``action`` on the kernel's loop, or at once where none runs."""
        self._audience.touched()
        if self._loop is None or not self._loop.is_running():
            self._guarded(action)
        else:
            self._loop.call_soon_threadsafe(self._guarded, action)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._failed(error)

    def _after_turn(self) -> None:
        """While paused, ask for one picture soon; while playing, the next frame sees to it."""
        if self.playing or self._asked:
            return
        if self._loop is None or not self._loop.is_running():
            self.refresh()
        else:
            self._asked = True
            self._loop.call_later(_GATHER, self._guarded, self._refresh_if_paused)

    def _refresh_if_paused(self) -> None:
        self._asked = False
        if not self.playing:
            self.refresh()

    def _set_turned(self) -> bool:
        """Give trainer and views what was turned; tell whether a knob was."""
        if "log" in self.controls:
            self._subject = self._subject._replace(log=self.controls["log"].value)
        turned = self._turns.set()
        if turned and self._turns.message:
            self._tell(self._turns.message)
        return turned

    def _toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def _step_once(self) -> None:
        self._clock.stop()
        self._label_play()
        self.step(1)

    def _begin_again(self, **seed) -> None:
        self._set_turned()
        self.trainer.reset(**seed)
        self._message_until = 0.0
        self.refresh()

    def _label_play(self) -> None:
        """Let the first button say what it will do."""
        button = self.buttons["play"]
        button.description, button.icon = ("Pause", "pause") if self.playing else ("Play", "play")

    def _write_code(self) -> None:
        """Show the present settings as Keras code, if that is asked for."""
        shown = self.buttons["code"].value
        self.buttons["code"].description = "Hide the code" if shown else "Show the code"
        show_code(self._code, self.trainer.code() if shown else "")

    # --- who looks ----------------------------------------------------------------------------

    def _appeared(self) -> None:
        """Compile as soon as the panel is before a reader, so that Play answers at once."""
        if self._loop is not None and self._loop.is_running():
            self._loop.call_later(_COMPILE_AFTER, self._guarded, self._pace.compile)

    def _disappeared(self) -> None:
        """Stop when the last place where the panel was shown is closed."""
        if self.playing:
            self._later(lambda: self.pause("Paused: the panel was closed."))
        if self._retired:
            self._later(self.retire)


def live(
    model,
    X,
    y,
    *,
    validation_data=None,
    views=None,
    batch_size: int = 32,
    seed: int = 0,
    updates_per_frame: int = 10,
    **settings,
) -> LivePanel:
    """Return a panel in which ``model`` trains while its knobs are turned.

    Parameters
    ----------
    model : keras.Model
        An ordinary compiled Keras model. The panel trains a copy; `LivePanel.trainer` has it.
    X : ndarray of shape (n_samples, ...)
        Training inputs.
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Training targets.
    validation_data : tuple (X_val, y_val), optional
        For the validation curve.
    views : sequence of str, optional
        Which pictures, from left to right: ``"boundary"`` (two inputs), ``"fit"`` (one input),
        ``"curves"``, ``"units"`` (one or two inputs), ``"weights"``, ``"gradients"``. By default
        the first three that suit the data.
    batch_size : int
        Samples per update at first.
    seed : int
        Order of the batches and noise of the dropout.
    updates_per_frame : int
        Updates between two pictures at first.
    **settings : float, int or str
        Where knobs start: ``learning_rate``, ``dropout``, ``width``, ``l2``, ``activation``,
        ``optimizer``.

    Returns
    -------
    LivePanel
        Make it the last line of a cell.

    Raises
    ------
    TypeError
        If a setting is no knob.
    ValueError
        If a view is unknown or does not suit the data, or a setting is out of range; and
        whatever `LiveTrainer` says about model and data.

    Examples
    --------
    >>> panel = panels.live(model, X, y, width=4)  # doctest: +SKIP
    """
    from lessons_lib.live import LiveTrainer  # TensorFlow loads only where it is used

    unknown = [name for name in settings if name not in KNOBS]
    if unknown:
        raise TypeError(
            f"panels.live has no setting {unknown[0]!r}. It can start with "
            f"{', '.join(KNOBS)}, and takes validation_data, views, seed, updates_per_frame."
        )
    if not isinstance(updates_per_frame, int) or updates_per_frame < 1:
        raise ValueError(
            "updates_per_frame counts the updates between two pictures: a whole number from 1, "
            f"received {updates_per_frame!r}."
        )
    trainer = LiveTrainer(model, X, y, validation_data, batch_size=batch_size, seed=seed)
    X, y = np.asarray(X), np.asarray(y)
    units = [layer.shape[-1] for layer in trainer.hidden(X[:1])]
    subject = Subject(trainer, X, y, units)
    chosen = choose_views(subject, views)
    for name, value in settings.items():
        setattr(trainer, name, value)
    return LivePanel(subject, chosen, updates_per_frame)
