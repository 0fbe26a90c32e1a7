"""Several runners side by side: one clock, one set of knobs, pictures that compare them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from lessons_lib import plots
from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.panels._company import Company, Maker
from lessons_lib.panels._controls import Switch, control
from lessons_lib.panels._curves import Curves
from lessons_lib.panels._explore import wanted_by
from lessons_lib.panels._furniture import Button
from lessons_lib.panels._live import speed_control
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._names import name_of, notebook_names
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._runner import Runner
from lessons_lib.panels._running import RunningPanel, back_button
from lessons_lib.panels._runs import losses_in


class TogetherPanel(RunningPanel):
    """Several runners with one clock; made by `together`.

    Attributes
    ----------
    controls : dict of str to ipywidgets.Widget
        Common knobs and the controls that were described, by name; ``"speed"`` and
        ``"timeline"``.
    buttons : dict of str to ipywidgets.Widget
        ``"play"``, ``"step"``, ``"restart"``, ``"new"``, ``"back"``; ``"runs"`` where the runners
        keep histories, and ``"code"`` where they can be written as code.
    """

    @property
    def runners(self) -> dict[str, Runner]:
        """What runs now, by name."""
        return self.runner.runners

    def follow(self, values: dict[str, Any]) -> None:
        """Let controls show what the runners that run now were made with."""
        for name, value in values.items():
            with self._turns.unheard(name):
                self.controls[name].value = value


def _back_to(company: Company) -> str:
    """Return what stands on the button that goes back, or ""."""
    if (back := company.way_back) is None:
        return ""
    steps = [f"{step:,}" for step in back.values()]
    return f"{listed(back)} back to step {listed(steps)}".strip()


_BUTTONS = {
    "play": Button("Play", "play", "let all of them run, or stop", RunningPanel.toggle),
    "step": Button("Step", "step-forward", "one step of each", RunningPanel.step_once),
    "restart": Button("Restart", "undo", "begin again from the same start", RunningPanel.reset),
    "new": Button("New start", "random", "begin again from another start", RunningPanel.new_start),
    "back": back_button(_back_to),
    "runs": Button(
        "Runs", "table", "this run and those before, in a table", RunningPanel.write_runs, True
    ),
    "code": Button(
        *("Show the code", "code", "the settings as Keras code", RunningPanel.write_code),
        stays=True,
    ),
}


class TogetherViews:
    """Pictures of several runners.

    Parameters
    ----------
    company : Company
        The runners.
    pictures : sequence of callable
        Each takes a scene, the runners by name, and those controls that it names; `Curves` take
        what the panel remembers in the place of the runners.
    arrangement : Arrangement
        How they stand.
    controls : dict of str to ipywidgets.Widget
        What can be turned beside the knobs.
    """

    def __init__(
        self,
        company: Company,
        pictures: Sequence[Callable],
        arrangement: Arrangement,
        controls: dict[str, widgets.Widget],
    ):
        self.arrangement, self.controls = arrangement, controls
        self.memory: Memory | None = None  # until a panel has it
        self._company = company
        self._pictures = [(picture, wanted_by(picture, controls)) for picture in pictures]

    def draw(self, scenes: Sequence[plots.Scene]) -> list[plots.Picture]:
        """Draw all pictures of the runners as they are."""
        runners = self._company.runners
        drawn = [
            picture(
                scene,
                self.memory if isinstance(picture, Curves) else runners,
                **{name: self.controls[name].value for name in names},
            )
            for scene, (picture, names) in zip(scenes, self._pictures, strict=True)
        ]
        return [
            picture if isinstance(picture, plots.Picture) else plots.Picture(scene, "")
            for scene, picture in zip(scenes, drawn, strict=True)
        ]

    def words(self, message: str, sentences: list[str]) -> list[str]:
        """Say who has ended, and what the pictures show."""
        return [self._company.who_ended, message, *sentences]


def together(
    make: Maker | Mapping[str, Runner],
    *pictures: Callable | str,
    knobs: Sequence[str] | None = None,
    turns: Sequence[tuple[int, str, float | int | str]] = (),
    updates_per_frame: int = 10,
    size: tuple[float, float] | None = None,
    widths: Sequence[float] | None = None,
    columns: int | None = None,
    **controls: Any,
) -> TogetherPanel:
    """Return a panel in which several networks train side by side, step for step.

    One that has ended, because it has diverged, is named; the others go on.

    Parameters
    ----------
    make : callable or dict of str to Runner
        The runners by name, such as ``{"plain": live.LiveTrainer(...), "wide": ...}``; or a
        function that returns them. A control that is named like one of its parameters makes them
        anew, and they begin again. If it has a parameter ``seed`` (with a default, and no control),
        "New start" passes 1, 2, 3, ... there; otherwise the runners draw new weights themselves.
    *pictures : callable or str
        One function per picture: ``picture(ax, runners, ...)`` takes where to draw, the runners
        by name, then those controls that it names, by keyword, and returns a `plots.Picture`. Or
        the name of a quantity in the runners' histories, such as ``"val_accuracy"``: its curves,
        beside those of the runs before. By default those of the loss.
    knobs : sequence of str, optional
        Which knobs of the runners can be turned, each for all at once that have it; by default
        those that all have, with the same value.
    turns : sequence of (int, str, float or int or str)
        What is turned by itself for all at once, and at which step, as in `panels.live`.
    updates_per_frame : int
        Steps of each between two pictures at first.
    size : tuple of float, optional
        Width and height of the whole picture in inches.
    widths : sequence of float, optional
        Relative widths of the pictures in a row.
    columns : int, optional
        Pictures in a row; all beside each other if not given.
    **controls : Slider, Choice, Switch, (low, high), (low, high, step), list, dict or bool
        What else can be turned, by name of a parameter of ``make`` or of a picture.

    Returns
    -------
    TogetherPanel
        Make it the last line of a cell.

    Raises
    ------
    TypeError
        If what is made are no runners, a picture is neither function nor name, or nothing takes a
        control.
    ValueError
        If a knob or a quantity is named that none of the runners has.

    Examples
    --------
    >>> def make(n_images):
    ...     return {"dense": live.LiveTrainer(dense, X[:n_images], y[:n_images]), ...}
    >>> panels.together(make, n_images=[20, 100, 500])  # doctest: +SKIP
    """
    takes = _parameters(make)
    if wrong := [one for one in pictures if not (callable(one) or isinstance(one, str))]:
        raise TypeError(
            "A picture of panels.together is a function picture(ax, runners), which draws the "
            'runners by name, or a name such as "val_accuracy", of a quantity in their histories; '
            f"received {shortened(wrong[0])}."
        )
    if not pictures:
        pictures, controls = (Curves(),), {"log": Switch(label="loss on a log scale")} | controls
    pictures = [Curves(one) if isinstance(one, str) else one for one in pictures]
    made = {name: control(name, given) for name, given in controls.items()}
    _check_controls(controls, takes, pictures)
    makes = [name for name in controls if name in takes]

    company = Company(
        *(make, lambda: {name: made[name].value for name in makes}),
        *(lambda values: panel.follow(values), knobs),
    )
    if both := [name for name in controls if name in (*company.knobs, "speed", "timeline")]:
        raise TypeError(f"The panel has a control {both[0]!r} of its own; give yours another name.")
    for picture in pictures:
        if isinstance(picture, Curves):
            picture.check(company.runners)
    count = len(pictures)
    wide = min(count, columns or count)
    size = size or (min(4.0 * wide + 0.8 + (wide == 1), 9.4), 3.5 if count == wide else 6.2)
    views = TogetherViews(company, pictures, Arrangement(count, size, 110, widths, columns), made)
    runners = company.runners.values()
    remember, written = all(map(_remembers, runners)), all(map(_has_code, runners))
    lacking = {"runs": not remember, "code": not written}
    buttons = {name: b for name, b in _BUTTONS.items() if not lacking.get(name)}
    speed = speed_control(whole_number("updates_per_frame", updates_per_frame, 1))
    panel = TogetherPanel(
        *(company, views, buttons, speed),
        code=(lambda: {"keras": _code(panel)}) if written else None,
        turns=turns,
    )
    return panel


def _parameters(make: Any) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of what makes the runners; none of a dictionary."""
    return inspect.signature(make).parameters if callable(make) else {}


def _check_controls(
    controls: Mapping[str, Any], takes: Mapping[str, inspect.Parameter], pictures: Sequence
) -> None:
    """Say which control nobody takes, and which parameter nobody gives."""
    used = set(takes).union(*(wanted_by(picture, controls) for picture in pictures))
    if unused := sorted(set(controls) - used):
        raise TypeError(
            f"Neither what makes the runners nor a picture takes the control "
            f"{listed(unused)}. Give one of these functions a parameter of that name, or leave the "
            "control out."
        )
    fixed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for name, parameter in takes.items():
        given = name in controls or parameter.default is not parameter.empty
        if not given and parameter.kind not in fixed:
            raise TypeError(
                f"What makes the runners needs {name}, and the panel has no control of that name: "
                f"give panels.together one, such as {name}=(1, 10), or the parameter a default."
            )


def _remembers(runner: Any) -> bool:
    """Tell whether a runner keeps what the table of runs shows."""
    history = getattr(runner, "history", ())
    return hasattr(runner, "marks") and isinstance(history, Mapping) and bool(losses_in(history))


def _has_code(runner: Any) -> bool:
    """Tell whether a runner is a network that can be written as Keras code."""
    return all(hasattr(runner, part) for part in ("code", "X", "y", "validation_data"))


def _code(panel: TogetherPanel) -> str:
    """Return each network as code for a cell of the notebook in which the panel stands."""
    names = notebook_names()
    this = name_of(panel, names) or "this_panel"
    remark = "# this_panel: give the panel this name, as in this_panel = panels.together(...).\n"
    written, taken = [remark] if names and this == "this_panel" else [], {*names}
    for name, runner in panel.runners.items():
        place = f"{this}.runners[{name!r}]"
        code = runner.code(
            f"{place}.X, {place}.y", f"{place}.validation_data", f"{place}.to_keras()", taken
        )
        stored = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))
        taken |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
        written.append(f"# {name}\n{code}" if name else code)
    return "\n".join(written)
