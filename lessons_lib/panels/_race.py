"""The race: optimizers that walk down a surface together while their knobs are turned."""

import math

import ipywidgets as widgets

from lessons_lib.optimizers import Race
from lessons_lib.panels._controls import Choice, Slider
from lessons_lib.panels._furniture import button
from lessons_lib.panels._running import RunningPanel
from lessons_lib.panels._surface import Surface
from lessons_lib.plots import race_heights, race_map

_DPI = 110
_SIZE = (8.8, 3.5)  # inches; with buttons and knobs it fits on a slide


class RacePanel(RunningPanel):
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

    def __init__(self, race: Race):
        self.race = race
        self._turned: dict[str, object] = {}  # what the learner has turned and nobody has set yet
        self._settling = False  # while the panel itself moves controls
        super().__init__(_controls(race), _buttons(), Surface(2, _SIZE, _DPI))
        self._begin({"step": self._one_step, "restart": self.restart})

    # --- for notebooks and tests --------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps now, show the result, and return the number of steps made."""
        self._set_turned()
        made = self.race.step(n)
        self.refresh()
        return made

    def restart(self) -> None:
        """Take all runners back to the start; the knobs stay as they are."""
        self._set_turned()
        self.race.reset()
        self.refresh()

    # --- one frame ----------------------------------------------------------------------------

    def _work(self) -> bool:
        """Walk a little and draw; return whether to go on."""
        self._set_turned()
        if not self.race.step(self.controls["speed"].value):
            self.pause(self.race.ended)
            return False
        self._show_frame()
        return True

    def _pictures(self) -> list:
        """Draw the map with the paths, and the heights over the steps."""
        on_map, over_steps = self._surface.axes
        return [race_map(on_map, self.race), race_heights(over_steps, self.race)]

    # --- knobs --------------------------------------------------------------------------------

    def _note(self, name: str, value) -> None:
        """Keep what the learner has turned, not what the panel itself has moved."""
        if not self._settling:
            self._turned[name] = value

    def _one_step(self) -> None:
        self._halt()
        self.step(1)

    def _set_turned(self) -> bool:
        """Give the race what was turned since the last frame; tell whether a knob was."""
        turned, self._turned = self._turned, {}
        for name, value in turned.items():
            if name in self.race.knobs and not self._is(name, value):
                self.race.turn(name, _rounded(name, value))
        self._settle()
        return bool(turned)

    def _is(self, name: str, value) -> bool:
        """Tell whether a knob is there already, but for how it is rounded."""
        now = self.race.knobs[name].read(self.race)
        # A browser's slider sends -0.9000000000000001 back for -0.9: that is no new start.
        return value == now if isinstance(now, str) else math.isclose(value, now, abs_tol=1e-6)

    def _settle(self) -> None:
        """Let the controls show what else a turn has moved, such as a new surface's start."""
        self._settling = True
        try:
            for name, knob in self.race.knobs.items():
                now = knob.read(self.race)
                if _rounded(name, self.controls[name].value) != now:
                    self.controls[name].value = now
        finally:
            self._settling = False


def _controls(race: Race) -> dict[str, widgets.Widget]:
    """Return the controls; those knobs only that one of the runners has."""
    made = {"speed": Choice((1, 2, 5, 10, 20, 50), start=2).widget("steps / frame")}
    for key, knob in race.knobs.items():
        now, offered = knob.read(race), knob.offers(race)
        if knob.control == "list":
            control = Choice(offered, start=now)
        elif knob.control == "log":
            control = Slider(offered[0], offered[-1], now, log=True)
        else:
            step = round(offered[1] - offered[0], 6)
            control = Slider(offered[0], offered[-1], now, step=step)
        made[key] = control.widget(knob.words)
    return made


def _rounded(name: str, value: float) -> float:
    """Return what the readout says: a logarithmic slider gives 0.0446683…, shown as 0.045."""
    return float(f"{value:.2g}") if name == "learning_rate" else value


def _buttons() -> dict[str, widgets.Widget]:
    return {
        "play": button("Play", "play", "walk on and on, or stop", 92),
        "step": button("Step", "step-forward", "make one step", 80),
        "restart": button("Restart", "undo", "back to the start, with no memory", 96),
    }


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
    made.step(steps)
    return RacePanel(made)
