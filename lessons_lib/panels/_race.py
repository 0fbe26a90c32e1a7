"""The race: optimizers that walk down a surface together while their knobs are turned."""

import ipywidgets as widgets
import numpy as np

from lessons_lib.optimizers import Race, surfaces
from lessons_lib.panels._controls import Choice, Slider
from lessons_lib.panels._furniture import button
from lessons_lib.panels._running import RunningPanel
from lessons_lib.panels._surface import Surface
from lessons_lib.plots import race_heights, race_map

_DPI = 110
_SIZE = (8.8, 3.5)  # inches; with buttons and knobs it fits on a slide
_PLACES = ("across", "up")  # where the start is, from −1 to 1 in both directions of the map
_KNOBS = ("learning_rate", "momentum", "beta")
_END = "The race has reached its end. Press Restart to run it again."


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

    def __init__(self, race: Race, name: str):
        self.race = race
        self._turned: dict[str, object] = {}  # what the learner has turned and nobody has set yet
        self._settling = False  # while the panel itself moves controls
        super().__init__(_controls(race, name), _buttons(), Surface(2, _SIZE, _DPI))
        self._begin({"step": self._one_step, "restart": self.restart})

    # --- for notebooks and tests --------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps now, show the result, and return the number of steps made."""
        self._set_turned()
        made = self.race.advance(n)
        self.refresh()
        return made

    def restart(self) -> None:
        """Take all runners back to the start; the knobs stay as they are."""
        self._set_turned()
        self.race.restart(start=self.race.start)
        self.refresh()

    # --- one frame ----------------------------------------------------------------------------

    def _work(self) -> bool:
        """Walk a little and draw; return whether to go on."""
        self._set_turned()
        if not self.race.advance(self.controls["speed"].value):
            self.pause(_END)
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
        moved = any(name in turned for name in _PLACES)
        if "surface" in turned:
            self.race.restart(surface=turned["surface"])
            self._settle()
        # A browser's slider sends -0.9000000000000001 back for -0.9: that is no new start.
        elif moved and not np.allclose(self._start(), self.race.start, atol=1e-6):
            self.race.restart(start=self._start())
        self.race.turn(**{name: _rounded(name, turned[name]) for name in _KNOBS if name in turned})
        return bool(turned)

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
    made.advance(steps)
    return RacePanel(made, surface)
