"""The map of a population: hundreds of networks that train at once, and one of them in large."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib import plots
from lessons_lib._ground.values import listed, whole_number
from lessons_lib.panels._furniture import Button
from lessons_lib.panels._layout import Layout, words_of
from lessons_lib.panels._live import speed_control
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._names import name_of, notebook_names
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._past import Record
from lessons_lib.panels._pick import Pick
from lessons_lib.panels._running import RunningPanel
from lessons_lib.panels._views import NetworkViews

if TYPE_CHECKING:
    import pandas as pd

    from lessons_lib.live import Population

_NEXT = ("boundary", "fit", "targets")  # of these what suits the data stands beside the map
_SIZES = {2: (9.4, 3.9), 3: (9.4, 4.2)}  # inches by number of pictures
_MAP = 1.7  # times as wide as the others
_ZOOM = 2  # times as large is what is around a model, if nobody says what to zoom into


class Member:
    """One model of a population, as the pictures of a network ask for it.

    Parameters
    ----------
    population : Population
        All of them.

    Attributes
    ----------
    number : int
        Which one.
    """

    marks: Sequence = ()
    outputs = ("output",)  # a population's models have one
    can_bend = can_slice = False  # of a trainer alone

    def __init__(self, population: Population):
        self.population, self.number = population, 0

    def __getattr__(self, name: str) -> Any:
        """Return what all models have in common: the data, and what they are for."""
        return getattr(self.population, name)

    @property
    def history(self) -> dict[str, list[float]]:
        """What was measured so far."""
        return self.population.history(self.number)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs for inputs, shape (n_samples, n_outputs)."""
        return self.population.predict(X, [self.number])[0]

    def hidden(self, X: np.ndarray) -> list[np.ndarray]:
        """Return nothing: what is inside a model of a population is not shown."""
        return []

    def kernels(self) -> dict[str, np.ndarray]:
        """Return nothing, as `hidden`."""
        return {}

    def chain(self) -> None:
        """Return nothing, as `hidden`."""

    def first_kernels(self) -> None:
        """Return nothing, as `hidden`."""


class _MemberMemory:
    """What a panel remembers of one model: the whole present run, and no others.

    Parameters
    ----------
    memory : Memory
        Of all models.
    member : Member
        The one.
    """

    others: Sequence = ()
    present = None

    def __init__(self, memory: Memory, member: Member):
        self._memory, self._member = memory, member

    @property
    def now(self) -> int | None:
        """The step that is shown, where it is not the last one."""
        return self._memory.now

    def records(self, run: None) -> dict[str, Record]:
        """Return the model's losses up to the end of the present run."""
        member, end = self._member, self._memory.present.tip
        rewound = self._memory.rewound
        history = end.snapshot.history(member.number) if rewound else member.history
        return {"": Record(history, ())}


class MapViews:
    """The map, and beside it what one of its models does.

    Parameters
    ----------
    population : Population
        The models.
    x, y : str, optional
        Settings along the axes, as `Layout` takes them.
    covered : bool
        Whether pixels have no colour before they are opened.

    Attributes
    ----------
    layout : Layout
        Which model stands where.
    chosen : int or None
        The model that is shown in large.
    opened : list of int
        The models that were opened, in that order.
    box : tuple of int or None
        First and last row, first and last column of the rectangle to zoom into.
    moment : object
        Of the whole map, as it was left for a part of it.
    """

    def __init__(self, population: Population, x: str | None, y: str | None, covered: bool):
        self.population, self.covered = population, covered
        self.layout = Layout(population.settings, x, y)
        self.whole = self.layout
        self.opened: list[int] = []
        self.box: tuple[int, int, int, int] | None = None
        self.moment: Any = None
        self.member = Member(population)
        names = [name for name in _NEXT if self._suits(name)][:1]
        self.network = NetworkViews(self.member, [*names, "curves"])
        self.controls = self.network.controls
        self._memory: Memory | None = None
        self.chosen = None if covered else self._first()

    def _suits(self, name: str) -> bool:
        try:
            NetworkViews(self.member, [name])
        except ValueError:
            return False
        return True

    def _first(self) -> int:
        """Return the model that is shown before anybody has chosen one: the best so far."""
        if self.population.updates and np.isfinite(self.losses).any():
            return int(np.argmin(self.losses))
        rows, columns, _ = self.layout.cells.shape
        return int(self.layout.best(self.losses)[rows // 2, columns // 2, 0])

    # --- for a panel --------------------------------------------------------------------------

    @property
    def memory(self) -> Memory | None:
        """What the panel remembers; the curves beside the map are of the whole present run."""
        return self._memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._memory = memory
        self.network.memory = _MemberMemory(memory, self.member)

    @property
    def arrangement(self) -> Arrangement:
        """The map, wide, and the others beside it."""
        count = 1 + len(self.network.names)
        return Arrangement(count, _SIZES[count], widths=[_MAP] + [1.0] * (count - 1))

    def draw(self, scenes: Sequence[plots.Scene]) -> list[plots.Picture]:
        """Draw all."""
        return [self._map(scenes[0]), *self._beside(scenes[1:])]

    def words(self, message: str, sentences: list[str]) -> list[str | None]:
        """Return what the map shows, what was spent, and what is beside it."""
        said = [self.population.ended, message, sentences[0], self._spent()]
        if self.layout.rest:
            rest = listed([words_of(name) for name in self.layout.rest])
            said.append(f"Each pixel is the best over {rest}.")
        if self.chosen is not None:
            said.append(f"In the frame: {self.described(self.chosen)}.")
        # Of numbers the losses say all; there is room for three lines.
        plane = [] if self.population.task == "regression" else sentences[1:-1]
        return [*said, sentences[-1], *plane, self._zoomed()]

    # --- the map ------------------------------------------------------------------------------

    @property
    def quantity(self) -> str:
        """What the colours mean."""
        return "training loss" if self.population.validation_data is None else "validation loss"

    @property
    def losses(self) -> np.ndarray:
        """That of each model at this moment, shape (n_models,); infinite where it has diverged."""
        on_training = self.population.validation_data is None
        return self.population.loss if on_training else self.population.val_loss

    def _map(self, scene: plots.Scene) -> plots.Picture:
        layout, losses = self.layout, self.losses
        models = layout.best(losses)
        there = models >= 0
        hidden = None
        if self.covered:
            hidden = there & ~np.isin(models, self.opened)
        return plots.population_map(
            scene,
            np.where(there, losses[models], np.nan),
            layout.across,
            layout.up if layout.y else None,
            xlabel=words_of(layout.x),
            ylabel=words_of(layout.y),
            stopped=there & self.population.stopped[models],
            hidden=hidden,
            chosen=None if self.chosen is None else layout.place(self.chosen),
            box=self.box,
            seeds=layout.seeds,
            quantity=self.quantity,
            title=self.quantity.capitalize(),
            picks=True,
        )

    def _spent(self) -> str:
        if not self.opened or not self.covered:
            return ""
        updates = self.population.updates
        return f"Spent: {len(self.opened)} × {updates:,} = {len(self.opened) * updates:,} updates."

    def _zoomed(self) -> str:
        if self.moment is None:
            return ""
        parts = [
            f"{words_of(name)} {ruler.words[0]} to {ruler.words[-1]}"
            for name, ruler in (
                (self.layout.x, self.layout.across),
                (self.layout.y, self.layout.up),
            )
            if name
        ]
        return f"Zoomed: {' and '.join(parts)}."

    def described(self, model: int) -> str:
        """Return the settings of a model in words."""
        words = self.layout.words(model)
        settings = self.population.settings.iloc[model]
        more = [name for name in settings.index if name not in (self.layout.x, self.layout.y)]
        return ", ".join([words, *(f"{words_of(name)} {settings[name]:g}" for name in more)])

    @property
    def marked(self) -> pd.Series | None:
        """The settings of the chosen model."""
        return None if self.chosen is None else self.population.settings.iloc[self.chosen]

    def show_layout(self, layout: Layout, marked: pd.Series | None) -> None:
        """Show another part of the settings, and choose the model nearest to some of them."""
        self.layout, self.box, self.opened = layout, None, []
        if marked is not None:
            self.chosen = self._nearest(marked)

    def _nearest(self, settings: pd.Series) -> int:
        layout, at = self.layout, []
        for name, ruler in ((layout.y, layout.up), (layout.x, layout.across)):
            place = ruler.place(settings[name]) if name else 0.0
            at.append(round(float(np.clip(place, 0, len(ruler.values) - 1))))
        row, column = at
        return int(layout.best(self.losses)[row, column].max())

    # --- beside it ----------------------------------------------------------------------------

    def _beside(self, scenes: Sequence[plots.Scene]) -> list[plots.Picture]:
        if self.chosen is None:
            return [_note(scene, "Open a pixel of the map.") for scene in scenes]
        self.member.number = self.chosen
        if not self.population.diverged[self.chosen]:
            return self.network.draw(scenes)
        first = [_note(scene, "This model has diverged.") for scene in scenes[:-1]]
        return [*first, *self.network.draw(scenes[-1:], ["curves"])]


def _note(scene: plots.Scene, words: str) -> plots.Picture:
    """Write words where a picture would be."""
    pen = plots.Pen(scene, xlim=(0, 1), ylim=(0, 1), bare=True)
    pen.text("note", 0.5, 0.5, words, anchor="center", size=11)
    return pen.done("")


class MapPanel(RunningPanel):
    """A population in training as a map, with its knobs; made by `map`.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        Knobs of all models at once; ``"speed"``, ``"log"`` beside them, and ``"timeline"`` unless
        the map is covered.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"``, ``"restart"``, ``"zoom"``, ``"whole"``,
        ``"code"``.
    """

    @property
    def population(self) -> Population:
        """The models, a `lessons_lib.live.Population`."""
        return self.runner

    @property
    def chosen(self) -> int | None:
        """The model that is shown in large: a row of ``population.settings``."""
        return self._views.chosen

    @property
    def opened(self) -> list[int]:
        """The models that were opened, in that order, each once."""
        return list(self._views.opened)

    def choose(self, model: int) -> None:
        """Show a model in large; on a covered map its pixel is open from then on.

        Parameters
        ----------
        model : int
            A row of ``population.settings``.
        """
        self._views.chosen = whole_number("model", model, 0, self.population.n_models - 1)
        if model not in self._views.opened:
            self._views.opened.append(int(model))
        if not self.playing:
            self.refresh()
        self.write_code()

    def zoom_in(self) -> None:
        """Train as many models again within the rectangle, or around the chosen one.

        They make as many updates as those before had made. What a float32, in which networks
        reckon, cannot tell apart has no finer map.
        """
        views = self._views
        if why := self._why_no_zoom():
            self._tell(why)
            self.refresh()
            return
        finer = views.layout.finer(views.box or self._around())
        if not finer:
            self._tell(views.layout.why_none_is_finer)
            self.refresh()
            return
        whole = [words_of(n) for n in (views.layout.x, views.layout.y) if n and n not in finer]
        self._show_settings(finer)
        if whole:
            self._tell(f"The {whole[0]} stays as it is: there are no finer values to compute with.")
            self.refresh()

    def whole_map(self) -> None:
        """Show the first settings again, as far as they had come."""
        views = self._views
        if views.moment is None:
            self._tell("This is the whole map.")
            self.refresh()
            return
        playing = self.playing
        self._halt()
        marked = views.marked
        self.population.restore(views.moment)
        self.memory.forget()
        views.show_layout(views.whole, marked)
        views.moment = None
        self._message_until = 0.0
        self.refresh()
        if playing:
            self.play()

    def _why_no_zoom(self) -> str:
        if self.population.grid is None:
            return (
                "This population was made of samples, and has no combinations to zoom into. Give "
                "live.Population several values of each setting instead."
            )
        if self._views.covered:
            return "A covered map does not zoom: each of its pixels is opened by itself."
        if self._views.box is None and self.chosen is None:
            return "Choose a pixel first, or drag a rectangle."
        return ""

    def _around(self) -> tuple[int, int, int, int]:
        """Return a box of the map with the chosen model in its middle, as far as that goes."""
        layout = self._views.layout
        row, column, _ = layout.place(self.chosen)
        ends = []
        for at, count in ((row, len(layout.up.values)), (column, len(layout.across.values))):
            size = max(1, count // _ZOOM)
            first = min(max(at - size // 2, 0), count - size)
            ends += [first, first + size - 1]
        return tuple(ends)

    def _show_settings(self, axes: dict[str, np.ndarray]) -> None:
        """Let the population have other values along the axes, and train as far as before."""
        views, population = self._views, self.population
        moment, marked = population.snapshot(), views.marked
        left = self._left if self.playing else 0
        updates = None if left == math.inf else population.updates + left
        grid = {name: values for name, values in population.grid.items() if name != "seed"}
        seeds = population.settings.get("seed")
        try:
            population.vary(
                seeds=None if seeds is None else list(dict.fromkeys(seeds.tolist())),
                **(grid | axes),
            )
        except ValueError as error:
            self._tell(str(error))
            self.refresh()
            return
        self.memory.forget()
        views.moment = views.moment or moment
        views.show_layout(
            Layout(population.settings, views.layout.x, views.layout.y or None), marked
        )
        self._message_until = 0.0
        self.refresh()
        if self.page.listening and updates != 0:
            self.play(updates)
        elif updates:
            self.step(updates)

    def _picked(self, pick: Pick) -> None:
        """Open the pixel that was pressed, or take the rectangle that was dragged."""
        views = self._views
        if pick.item != "models" or pick.phase != "end":
            return
        ends = [views.layout.cells.model(*at) for at in (pick.index, pick.to or pick.index)]
        if pick.to is None:
            model = int(views.layout.best(views.losses)[ends[0]])
            views.box = None
            if model >= 0:
                self.choose(model)
            return
        (row, column, _), (last_row, last_column, _) = ends
        views.box = (*sorted((row, last_row)), *sorted((column, last_column)))
        if not self.playing:
            self.refresh()


_BUTTONS = {
    "play": Button("Play", "play", "train all on and on, or stop", RunningPanel.toggle),
    "step": Button("Step", "step-forward", "make one update of each", RunningPanel.step_once),
    "restart": Button("Restart", "undo", "begin again from the same weights", RunningPanel.reset),
    "zoom": Button(
        *("Zoom in", "search-plus"),
        "train as many models again, in the rectangle or around the frame",
        MapPanel.zoom_in,
    ),
    "whole": Button("Whole map", "arrows-alt", "back to the first settings", MapPanel.whole_map),
    "code": Button(
        *("Show the code", "code", "the model in the frame as Keras code"),
        RunningPanel.write_code,
        stays=True,
    ),
}


def map(
    population: Population,
    x: str | None = None,
    y: str | None = None,
    *,
    covered: bool = False,
    updates_per_frame: int = 10,
    knobs: Sequence[str] | None = None,
) -> MapPanel:
    """Return a panel in which hundreds of networks train as a map of two of their settings.

    A pixel is a model, in the colour of its validation loss; black has diverged. A click, or
    arrow keys and Enter, shows a model beside the map. "Zoom in" trains as many models again
    around it, or in a rectangle that was dragged, or spanned by Shift and arrow keys.

    Parameters
    ----------
    population : lessons_lib.live.Population
        The networks. The panel trains it, and zooming gives it other settings.
    x, y : str, optional
        Settings along the axes: by default the two that vary. Where more vary, a pixel stands for
        the best of them; those that differ by their seed alone share a cell.
    covered : bool
        Whether a pixel has no colour before it is opened, so that the learner searches; how many
        were opened is counted.
    updates_per_frame : int
        Updates of each model between two pictures at first.
    knobs : sequence of str, optional
        Which knobs have a control; by default all that can be turned for all models at once.

    Returns
    -------
    MapPanel
        Make it the last line of a cell.

    Raises
    ------
    TypeError
        If there is no population.
    ValueError
        If a setting does not vary, is named twice, or it is not clear which two are the axes.

    Examples
    --------
    >>> panels.map(population, x="learning_rate", y="l2")  # doctest: +SKIP
    """
    if not (hasattr(population, "vary") and hasattr(population, "settings")):
        raise TypeError(
            "panels.map shows a population, as live.Population(model, X, y, learning_rate=[...]) "
            f"makes it; received {type(population).__name__}."
        )
    updates = whole_number("updates_per_frame", updates_per_frame, 1)
    views = MapViews(population, x, y, covered)
    buttons = {
        name: button
        for name, button in _BUTTONS.items()
        if not (covered and name in ("zoom", "whole"))
    }
    panel = MapPanel(
        *(population, views, buttons, speed_control(updates)),
        code=lambda: {"keras": _code(panel)},
        knobs=knobs,
        timeline=not covered,
    )
    panel.add_class("lessons-map")
    panel.on_pick(panel._picked)
    return panel


def _code(panel: MapPanel) -> str:
    """Return the chosen model as Keras code for a cell of the notebook."""
    population, names = panel.population, notebook_names()
    if panel.chosen is None:
        return "# Open a pixel of the map: its code stands here."
    place = name_of(population, names) if names else "population"
    place = place or f"{name_of(panel, names) or 'this_panel'}.population"
    remark = "# this_panel: give the panel this name, as in this_panel = panels.map(...).\n"
    return (remark if place.startswith("this_panel") else "") + population.code(
        panel.chosen,
        data=f"{place}.X, {place}.y",
        validation_data=f"{place}.validation_data",
        taken=names,
    )
