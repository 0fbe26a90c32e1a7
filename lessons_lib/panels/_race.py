"""The race: optimizers that walk down a surface together while their knobs are turned."""

from collections.abc import Sequence

from lessons_lib.optimizers import Race, Surface
from lessons_lib.panels._asked import knob_names
from lessons_lib.panels._controls import Choice
from lessons_lib.panels._furniture import Button
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._pick import Pick
from lessons_lib.panels._recipe import race_recipe
from lessons_lib.panels._running import RunningPanel
from lessons_lib.plots import OtherRun, Picture, Scene, race_heights, race_map

_BUTTONS = {
    "play": Button("Play", "play", "walk on and on, or stop", RunningPanel.toggle),
    "step": Button("Step", "step-forward", "make one step", RunningPanel.step_once),
    "restart": Button("Restart", "undo", "back to the start, with no memory", RunningPanel.reset),
    "runs": Button(
        *("Runs", "table", "this race and those before, in a table", RunningPanel.write_runs),
        stays=True,
    ),
}


class RacePanel(RunningPanel):
    """A race with its knobs; made by `race`.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        ``"speed"``, ``"timeline"``, ``"surface"``, ``"across"`` and ``"up"`` (the start), and those
        of ``"learning_rate"``, ``"momentum"`` and ``"beta"`` that a runner has.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"``, ``"restart"`` and ``"runs"``.
    """

    @property
    def race(self) -> Race:
        """The optimizers and their paths."""
        return self.runner

    def restart(self) -> None:
        """Take all runners back to the start; the knobs stay as they are."""
        self.reset()


class RaceViews:
    """The map with the paths, and the heights over the steps."""

    arrangement = Arrangement(2, (8.8, 3.5), 110)  # with buttons and knobs it fits on a slide

    def __init__(self, race: Race):
        self.race = race
        self.controls = {}
        self.memory: Memory | None = None  # until a panel has it

    def draw(self, scenes: Sequence[Scene]) -> list[Picture]:
        """Draw both."""
        on_map, over_steps = scenes
        memory = self.memory
        others = [OtherRun(run.name, run.records[""].history, run.number) for run in memory.others]
        whole = memory.records(memory.present)[""].history if memory.rewound else None
        heights = race_heights(over_steps, self.race, others=others, whole=whole)
        return [race_map(on_map, self.race), heights]

    def placed(self, pick: Pick) -> Pick:
        """Return how far across and up on the map the start is dragged to, each from −1 to 1."""
        across, up = self.race.surface.parts(pick.x, pick.y)
        return pick._replace(x=across, y=up)

    def words(self, message: str, sentences: list[str]) -> list[str | None]:
        """Say that the race is over, if it is, who is where, and what helps those who are lost."""
        ended = self.race.ended
        return [ended, message, *sentences, "" if ended else self.race.advice]


def race(
    surface: str | Surface = "ravine",
    runners: Sequence[str] | None = None,
    steps: int = 0,
    *,
    knobs: Sequence[str] | None = None,
    turns: Sequence[tuple[int, str, float | str]] = (),
    **settings: float | str,
) -> RacePanel:
    """Return a panel in which optimizers race down a surface while their knobs are turned.

    What is turned acts from the next step on; the paths so far stay. Moving the start, which can
    be dragged on the map, or choosing another surface, starts the race anew.

    Parameters
    ----------
    surface : str or lessons_lib.optimizers.Surface
        A name from ``lessons_lib.optimizers.surfaces``, or a surface of one's own.
    runners : sequence of str, optional
        Names from ``lessons_lib.optimizers.RUNNERS``; all of them by default.
    steps : int
        Steps made before the first picture.
    knobs : sequence of str, optional
        Which knobs have a control, such as ``["learning_rate"]``; all by default.
    turns : sequence of (int, str, float or str)
        What is turned by itself, and at which step: ``[(100, "learning_rate", 0.05)]``.
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
    knobs = None if knobs is None else list(knob_names(knobs))
    made = Race(surface, runners, **settings)
    speed = Choice((1, 2, 5, 10, 20, 50), start=2).widget("steps / frame")
    views = RaceViews(made)
    panel = RacePanel(
        *(made, views, _BUTTONS, speed),
        recipe=lambda: race_recipe(panel, knobs),
        knobs=knobs,
        turns=turns,
    )
    panel.placed = views.placed
    if steps:
        panel.step(steps)
    return panel
