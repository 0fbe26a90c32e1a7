"""The race: optimizers that walk down a surface together while their knobs are turned."""

import time

import ipywidgets as widgets
import numpy as np

from lessons_lib.optimizers import Race, surfaces
from lessons_lib.panels._audience import Audience
from lessons_lib.panels._cells import replace_former
from lessons_lib.panels._clock import Clock, running_loop
from lessons_lib.panels._controls import Choice, Slider
from lessons_lib.panels._panel import Panel
from lessons_lib.panels._surface import Surface
from lessons_lib.plots import race_heights, race_map

_DPI = 110
_SIZE = (8.8, 3.5)  # inches; with buttons and knobs it fits on a slide
_GATHER = 0.004  # seconds in which turns that arrive together become one picture
_SENTENCE_EVERY = 0.35  # seconds: faster than that nobody can read
_PLACES = ("across", "up")  # where the start is, from −1 to 1 in both directions of the map
_KNOBS = ("learning_rate", "momentum", "beta")


class RacePanel(Panel):
    """A race with its knobs; made by `race`.

    Attributes
    ----------
    race : lessons_lib.optimizers.Race
        The optimizers and their paths.
    controls : dict of str to ipywidgets.Widget
        ``"speed"``, ``"surface"``, ``"across"`` and ``"up"`` (the start), and those of
        ``"learning_rate"``, ``"momentum"`` and ``"beta"`` that a runner has.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"`` and ``"restart"``.
    """

    def __init__(self, race: Race, name: str):
        self.race = race
        self._surface = Surface(2, _SIZE, _DPI)
        self.buttons = _buttons()
        self._turned: dict[str, object] = {}  # what the learner has turned and nobody has set yet
        self._clock = Clock(self._frame, self._failed, behind=lambda: self._audience.behind())
        self._loop = running_loop()
        self._asked = False  # for a frame while paused
        self._settling = False  # while the panel itself moves controls
        self._said_at = -np.inf
        super().__init__(_controls(race, name), width=f"{100 * _SIZE[0]:.0f}px")
        self._audience = Audience(self, opened=lambda: None, closed=self._disappeared)
        self._listen()
        replace_former(self)
        self.refresh()

    # --- for notebooks and tests --------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the race is running by itself."""
        return self._clock.running

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps now, show the result, and return the number of steps made."""
        self._set_turned()
        made = self.race.advance(n)
        self.refresh()
        return made

    def play(self) -> None:
        """Start the clock; needs a notebook's event loop."""
        if running_loop() is None and (self._loop is None or not self._loop.is_running()):
            raise RuntimeError(
                "Play needs the event loop of a notebook, and none is running here. Use "
                "panel.step(100) to walk and draw at once."
            )
        self._audience.touched()
        self._clock.start()
        self._show_state()

    def pause(self, why: str = "") -> None:
        """Stop the clock; ``why`` is shown before the pictures' sentence."""
        self._clock.stop()
        self._show_state()
        self.refresh(why)

    def restart(self) -> None:
        """Take all runners back to the start; the knobs stay as they are."""
        self._set_turned()
        self.race.restart(start=self.race.start)
        self.refresh()

    def refresh(self, why: str = "") -> None:
        """Set what was turned, then draw and describe the race as it is now."""
        self._asked = False
        self._set_turned()
        self._draw(describe=True, why=why)

    def retire(self) -> None:
        """Stop for good and take the panel's widgets off the kernel's list."""
        self._clock.stop()
        for widget in (*_inside(self), *self._audience.widgets):
            widget.close()

    def close(self) -> None:
        """Stop the clock, then close as every widget does."""
        self._clock.stop()
        super().close()

    # --- one frame ----------------------------------------------------------------------------

    def _frame(self) -> bool:
        """Walk a little and draw; return whether to go on."""
        why = self._audience.gone()
        self._set_turned()
        if why or not self.race.advance(self.controls["speed"].value):
            self._clock.stop()
            self.pause(why or "The race has reached its end. Press Restart to run it again.")
            return False
        self._draw(describe=time.monotonic() - self._said_at > _SENTENCE_EVERY)
        self._audience.frame_sent()
        return True

    def _draw(self, describe: bool, why: str = "") -> None:
        pictures = [race_map(self._surface.axes[0], self.race)]
        pictures.append(race_heights(self._surface.axes[1], self.race))
        self._image.value = self._surface.png()
        if describe:
            self._said_at = time.monotonic()
            sentence = " ".join(filter(None, [why, *(p.sentence for p in pictures)]))
            self.say(sentence, aloud=not self.playing)

    def _failed(self, error: Exception) -> None:
        """Show what ended the clock."""
        self._show_state()
        self.say(f"The race stopped with an error. {type(error).__name__}: {error}")

    # --- knobs --------------------------------------------------------------------------------

    def _listen(self) -> None:
        for name, control in self.controls.items():
            control.observe(
                lambda change, name=name: self._note(name, change["new"]), names="value"
            )
        actions = {"play": self._toggle, "step": self._one_step, "restart": self.restart}
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self._later(actions[name]))

    def _note(self, name: str, value) -> None:
        """Keep what was turned; this may run on another thread, so nothing else happens here."""
        if not self._settling:
            self._turned[name] = value
            self._later(self._after_turn)

    def _later(self, action) -> None:
        """Run ``action`` on the kernel's loop, or at once where none runs."""
        if self._loop is None or not self._loop.is_running():
            self._guarded(action)
        else:
            self._loop.call_soon_threadsafe(self._guarded, action)

    def _guarded(self, action) -> None:
        """Run ``action``; a callback's exception is easily lost, so it is shown."""
        self._audience.touched()
        try:
            action()
        except Exception as error:
            self._clock.stop()
            self._failed(error)

    def _after_turn(self) -> None:
        """While paused, ask for one picture; while playing, the next frame sets the knob."""
        if self.playing or self._asked:
            return
        if self._loop is None or not self._loop.is_running():
            self.refresh()
            return
        self._asked = True
        self._loop.call_later(_GATHER, self._guarded, self._refresh_if_paused)

    def _refresh_if_paused(self) -> None:
        self._asked = False
        if not self.playing:
            self.refresh()

    def _toggle(self) -> None:
        self.pause() if self.playing else self.play()

    def _one_step(self) -> None:
        self._clock.stop()
        self._show_state()
        self.step(1)

    def _set_turned(self) -> None:
        """Give the race what was turned since the last frame."""
        turned, self._turned = self._turned, {}
        moved = any(name in turned for name in _PLACES)
        if "surface" in turned:
            self.race.restart(surface=turned["surface"])
            self._settle()
        # A browser's slider sends -0.9000000000000001 back for -0.9: that is no new start.
        elif moved and not np.allclose(self._start(), self.race.start, atol=1e-6):
            self.race.restart(start=self._start())
        self.race.turn(**{name: _rounded(name, turned[name]) for name in _KNOBS if name in turned})

    def _settle(self) -> None:
        """Move start and learning rate to where the new surface is worth watching."""
        surface = self.race.surface
        self._settling = True
        try:
            for name, value in zip(_PLACES, _relative(surface), strict=True):
                self.controls[name].value = value
            if "learning_rate" in self.controls:
                self.controls["learning_rate"].value = surface.learning_rate
        finally:
            self._settling = False
        self.race.turn(learning_rate=surface.learning_rate)

    def _start(self) -> tuple[float, float]:
        return self.race.surface.place(*(self.controls[name].value for name in _PLACES))

    # --- what stands around the picture -------------------------------------------------------

    def _arranged(self, extra: list[widgets.Widget], width: str) -> list[widgets.Widget]:
        """Stack buttons, picture, sentence and knobs."""
        row = {"flex_flow": "row wrap", "width": "100%", "align_items": "center"}
        for control in self.controls.values():
            control.layout = widgets.Layout(width="285px", max_width="100%", flex="0 1 auto")
        first = [*self.buttons.values(), self.controls["speed"], self.controls["surface"]]
        below = [c for name, c in self.controls.items() if name not in ("speed", "surface")]
        buttons = widgets.HBox(first, layout=widgets.Layout(**row))
        knobs = widgets.HBox(below, layout=widgets.Layout(**row))
        self._words.layout.min_height = "3em"
        stack = [buttons, self._image, self._words, knobs]
        return [widgets.VBox(stack, layout=widgets.Layout(width=width, max_width="100%"))]

    def _show_state(self) -> None:
        """Let the first button say what it will do."""
        button = self.buttons["play"]
        button.description, button.icon = ("Pause", "pause") if self.playing else ("Play", "play")

    def _disappeared(self) -> None:
        """Stop when the last place where the panel was shown is closed."""
        if self.playing:
            self._later(lambda: self.pause("Paused: the panel was closed."))


def _controls(race: Race, name: str) -> dict[str, widgets.Widget]:
    """Return the controls; those knobs only that one of the runners has."""
    across, up = _relative(race.surface, race.start)
    described = {
        "speed": Choice((1, 2, 5, 10, 20, 50), start=2, label="steps / frame"),
        "surface": Choice(tuple(surfaces), start=name, label="surface"),
    }
    rates = [o.learning_rate for n, o in race.optimizers.items() if n != "AdaDelta"]
    momenta = _of(race, "momentum", ("momentum", "Nesterov")) + _of(race, "beta_1")
    betas = _of(race, "beta_2") + _of(race, "rho")
    if rates:
        described["learning_rate"] = Slider(1e-4, 10.0, rates[0], log=True, label="learning rate")
    if momenta:
        words = "momentum, β₁" if _of(race, "beta_1") else "momentum"
        described["momentum"] = Slider(0.0, 0.99, momenta[0], step=0.01, label=words)
    if betas:
        words = " and ".join(filter(None, ["β₂" * bool(_of(race, "beta_2")), "ρ"]))
        described["beta"] = Slider(0.0, 0.999, betas[0], step=0.001, label=words)
    described["across"] = Slider(-1.0, 1.0, across, step=0.01, label="start, across")
    described["up"] = Slider(-1.0, 1.0, up, step=0.01, label="start, up")
    return {key: control.widget(control.label) for key, control in described.items()}


def _of(race: Race, attribute: str, names=None) -> list[float]:
    """Return an attribute of those runners, or of those named, that have it."""
    chosen = [o for n, o in race.optimizers.items() if names is None or n in names]
    return [getattr(o, attribute) for o in chosen if hasattr(o, attribute)]


def _relative(surface, start=None) -> tuple[float, float]:
    """Return a start as fractions of the map, from −1 to 1; the inverse of `Surface.place`."""
    x, y = surface.start if start is None else start
    (left, right), (bottom, top) = surface.xlim, surface.ylim
    places = (2 * (x - left) / (right - left) - 1, 2 * (y - bottom) / (top - bottom) - 1)
    return tuple(round(min(max(place, -1.0), 1.0), 2) for place in places)


def _rounded(name: str, value: float) -> float:
    """Return what the readout says: a logarithmic slider gives 0.0446683…, shown as 0.045."""
    return float(f"{value:.2g}") if name == "learning_rate" else value


def _buttons() -> dict[str, widgets.Widget]:
    def button(words, icon, tooltip, width):
        layout = widgets.Layout(width="auto", min_width=width)
        return widgets.Button(description=words, icon=icon, tooltip=tooltip, layout=layout)

    return {
        "play": button("Play", "play", "walk on and on, or stop", "92px"),
        "step": button("Step", "step-forward", "make one step", "80px"),
        "restart": button("Restart", "undo", "back to the start, with no memory", "96px"),
    }


def _inside(root: widgets.Widget):
    """Yield a widget's children, their styles and layouts, and at last the widget."""
    for child in getattr(root, "children", ()):
        yield from _inside(child)
    for part in (getattr(root, "style", None), getattr(root, "layout", None)):
        if isinstance(part, widgets.Widget):
            yield part
    yield root


def race(surface: str = "ravine", runners=None, steps: int = 0, **settings) -> RacePanel:
    """Return a panel in which optimizers race down a surface while their knobs are turned.

    What is turned acts from the next step on; the paths so far stay. Moving the start, or
    choosing another surface, starts the race anew.

    Parameters
    ----------
    surface : str
        A name from ``lessons_lib.optimizers.surfaces``.
    runners : sequence of str, optional
        Names from ``lessons_lib.optimizers.RUNNERS``; all of them by default.
    steps : int
        Steps made before the first picture.
    **settings
        ``start``, ``learning_rate``, ``momentum`` and ``beta``, as for
        ``lessons_lib.optimizers.Race``.

    Returns
    -------
    RacePanel
        Make it the last line of a cell.

    Examples
    --------
    >>> panels.race("saddle", ["SGD", "Adam"])  # doctest: +SKIP
    """
    made = Race(surface, runners, **settings)
    made.advance(steps)
    return RacePanel(made, surface)
