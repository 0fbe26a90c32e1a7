"""Panels that show a network while it trains, and let its knobs be turned meanwhile."""

import numbers

import ipywidgets as widgets

from lessons_lib.panels._controls import Switch
from lessons_lib.panels._furniture import button, code_box, show_code
from lessons_lib.panels._knobs import KNOBS, knob_controls, speed_control
from lessons_lib.panels._pace import Pace
from lessons_lib.panels._running import RunningPanel
from lessons_lib.panels._surface import Surface
from lessons_lib.panels._turns import Turns
from lessons_lib.panels._views import VIEWS, Subject, arrangement, choose_views, look_at

_DPI = 100
_COMPILE_AFTER = 0.2  # seconds between a panel's appearance and the compilation of its loop
_COMPILING = "Compiling the training loop; this takes a second or two …"


class LivePanel(RunningPanel):
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

    def __init__(
        self,
        subject: Subject,
        views: tuple[str, ...],
        updates_per_frame: int,
        left_out: str = "",
    ):
        self.trainer, self.views, self._subject = subject.trainer, views, subject
        self._left_out = left_out
        self._pace = Pace(self.trainer)
        self._starts = 0  # new starts so far
        knobs = knob_controls(subject)
        self._turns = Turns(self.trainer, knobs)
        extra = {"log": Switch().widget("loss on a log scale")} if "curves" in views else {}
        speed = {"speed": speed_control(updates_per_frame)}
        self._code = code_box()
        size, columns, shares = arrangement(views)
        surface = Surface(len(views), size, _DPI, shares, columns)
        super().__init__(knobs | extra | speed, _buttons(), surface)
        self.buttons["code"].observe(lambda _: self._later(self._write_code), names="value")
        self._begin({"step": self._step_once, "reset": self.reset, "new": self.new_start})

    def _arranged(self, extra, width: str) -> list[widgets.Widget]:
        """Put the code below everything else."""
        return super()._arranged([*extra, self._code], width)

    # --- for notebooks and tests --------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make ``n`` updates now, show the result, and return the number of updates made.

        Unlike `play` this returns when it is done: a cell can print what came of it.
        """
        self._set_turned()
        made = self.trainer.step(n)
        self.refresh()
        return made

    def reset(self) -> None:
        """Begin again from the same initial weights; the run so far becomes the ghost."""
        self._begin_again()

    def new_start(self) -> None:
        """Begin again from other initial weights; the run so far becomes the ghost."""
        self._starts += 1
        self._begin_again(seed=self._starts)

    def refresh(self) -> None:
        """Set what was turned; draw and describe the network as it is now."""
        self._set_turned()
        self._turns.follow()
        super().refresh()
        self._write_code()

    # --- one frame ----------------------------------------------------------------------------

    def _work(self) -> bool:
        """Train a little and draw; return whether to go on."""
        if self._set_turned():
            self._write_code()
        if not self._pace.compiled and self.sentence != _COMPILING:
            self.say(_COMPILING)  # and let the next frame do it, when this has been sent
            return True
        self._pace.step(self.controls["speed"].value)
        if self.trainer.diverged:
            self.pause()
            return False
        self._show_frame()
        return True

    def _pictures(self) -> list:
        """Draw all views."""
        pairs = zip(self._surface.axes, self.views, strict=True)
        return [VIEWS[name].draw(ax, self._subject) for ax, name in pairs]

    def _worded(self, message: str, sentences: list[str]) -> list[str]:
        """Say only that the network has diverged, if it has; a loss that cannot teach, always."""
        if self.trainer.diverged:
            return [self.trainer.diverged]
        return [self.trainer.caution, message, *sentences, self._left_out]

    # --- controls -----------------------------------------------------------------------------

    def _note(self, name: str, value) -> None:
        """Keep a knob's value until the next frame; the others are read where they are used."""
        if name not in ("speed", "log"):
            self._turns.note(name, value)

    def _set_turned(self) -> bool:
        """Give trainer and views what was turned; tell whether a knob was."""
        if "log" in self.controls:
            self._subject = self._subject._replace(log=self.controls["log"].value)
        turned = self._turns.set()
        if turned and self._turns.message:
            self._tell(self._turns.message)
        return turned

    def _step_once(self) -> None:
        self._halt()
        self.step(1)

    def _begin_again(self, **seed) -> None:
        self._set_turned()
        self.trainer.reset(**seed)
        self._message_until = 0.0
        self.refresh()

    def _write_code(self) -> None:
        """Show the present settings as Keras code, if that is asked for."""
        shown = self.buttons["code"].value
        self.buttons["code"].description = "Hide the code" if shown else "Show the code"
        show_code(self._code, self.trainer.code() if shown else "")

    def _appeared(self) -> None:
        """Compile as soon as the panel is before a reader, so that Play answers at once."""
        if self._has_loop():
            self._loop.call_later(_COMPILE_AFTER, self._guarded, self._pace.compile)


def _buttons() -> dict[str, widgets.Widget]:
    """Return the buttons by name, in their order; ``"code"`` is a toggle."""
    code = ("Show the code", "code", "the settings as Keras code", 132, widgets.ToggleButton)
    return {
        "play": button("Play", "play", "train on and on, or stop", 92),
        "step": button("Step", "step-forward", "make one update", 80),
        "reset": button("Reset", "undo", "begin again from the same weights", 86),
        "new": button("New start", "random", "begin again from other weights", 104),
        "code": button(*code),
    }


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
        the first three that suit the data. One that cannot be drawn for this model is left out,
        and the panel says why.
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
    # TensorFlow loads only where it is used.
    from lessons_lib.live import LiveTrainer, refuse_arguments

    refuse_arguments(
        [name for name in settings if name not in KNOBS],
        f"A panel can start with {', '.join(KNOBS)}, and takes validation_data, views, seed, "
        "updates_per_frame.",
    )
    counts = isinstance(updates_per_frame, numbers.Integral) and updates_per_frame is not True
    if not counts or updates_per_frame < 1:
        raise ValueError(
            "updates_per_frame counts the updates between two pictures: a whole number from 1, "
            f"received {updates_per_frame!r}."
        )
    trainer = LiveTrainer(model, X, y, validation_data, batch_size=batch_size, seed=seed)
    subject = look_at(trainer)
    chosen, left_out = choose_views(subject, views)
    for name, value in settings.items():
        setattr(trainer, name, value)
    return LivePanel(subject, chosen, updates_per_frame, left_out)
