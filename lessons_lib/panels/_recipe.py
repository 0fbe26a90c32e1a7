"""A panel's run as code that makes it again, in a new cell of the notebook in which it stands."""

from __future__ import annotations

import itertools
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons_lib.optimizers import surfaces
from lessons_lib.panels._names import Given, called, name_of, notebook_names, with_notes
from lessons_lib.panels._runner import every_knob

if TYPE_CHECKING:
    from lessons_lib._ground.turns import Turn
    from lessons_lib.live import LiveTrainer
    from lessons_lib.panels._live import LivePanel
    from lessons_lib.panels._race import RacePanel

_WIDEST = 88  # characters of a line
# What `panels.live` takes beside the knobs.
_NO_KNOBS = {"model", "X", "y", "data", "validation_data", "views", "seed", "knobs"}
_NO_KNOBS |= {"updates_per_frame"}
_OTHERWISE = (
    "# {} was trained or compiled anew since this panel was made: make it first as it was then,\n"
    "# or this will be another run.\n"
)


def live_recipe(panel: LivePanel, given: Given, asked: Mapping[str, Any]) -> str:
    """Return the code of `RunningPanel.recipe` for a network in training.

    Parameters
    ----------
    panel : LivePanel
        The panel.
    given : Given
        Model and data that it was made of.
    asked : dict of str to object
        What else it was asked for: ``seed``, and by the same names as for `panels.live` what
        decides how it looks.
    """
    model, data, validation_data, names = called(panel, given, now=False)
    trainer, memory = panel.trainer, panel.memory
    # A knob with one value only is none of a panel's, and has turned nothing.
    turns = [t for t in memory.turns if t.name in every_knob(trainer) or t.value != t.old]
    settings, later = _split(turns, every_knob(trainer))
    sizes = [turn.old for turn in turns if turn.name == "batch_size"]
    first = {"batch_size": [*sizes, trainer.batch_size][0], "seed": asked["seed"], **settings}
    above: list[str] = []
    parts = [model, data]
    if given.validation_data is not None:
        parts.append(f"validation_data={validation_data}")
    value = _writer(trainer, names, above)
    parts += [f"{name}={value(setting)}" for name, setting in first.items()]
    parts += [
        f"{name}={_written(asked[name])}"
        for name, usual in {"views": None, "updates_per_frame": 10, "knobs": None}.items()
        if asked[name] != usual
    ]
    more = [] if trainer.start_seed is None else [f"reset(seed={trainer.start_seed})"]
    steps = memory.present.step if memory.rewound else trainer.updates
    # At which step it ends depends a little on how many are made at once.
    ends = "  # after the next ones its loss is no number" if trainer.ended else ""
    if "datasets." in data and "datasets" not in names:
        above.append("from lessons_lib import datasets")
    if not trainer.starts_as_model:
        above.append(_OTHERWISE.format(model).rstrip())
    later = [_turn(turn, value) for turn in later]
    code = _code("live", parts, later, [*more, *_steps(steps, ends)], names, above)
    return with_notes(code)


def race_recipe(panel: RacePanel, knobs: Sequence[str] | None) -> str:
    """Return the code of `RunningPanel.recipe` for a race that was asked to show these knobs."""
    race, memory, names = panel.race, panel.memory, notebook_names()
    # Before the first step the way to a setting makes no difference.
    later = [turn for turn in memory.turns if turn.step]
    above: list[str] = []
    place = _written(race.knobs["surface"].read(race))
    if race.surface not in surfaces.values():
        place = name_of(race.surface, names)
        if place is None:
            place = "your_surface"
            above.append("# your_surface: the surface of this race; give it a name of its own.")
    parts = [place, _written(list(race.runners))]
    if race.start != race.surface.start:
        parts.append(f"start={_written(tuple(race.start))}")
    usual = {"learning_rate": race.surface.learning_rate, "momentum": 0.9, "beta": 0.99}
    for name in (name for name in usual if name in race.knobs):
        olds = [turn.old for turn in later if turn.name == name]
        if (value := [*olds, race.knobs[name].read(race)][0]) != usual[name]:
            parts.append(f"{name}={_written(value)}")
    if knobs is not None:
        parts.append(f"knobs={_written(knobs)}")
    steps = memory.present.step if memory.rewound else race.steps
    later = [_turn(turn, _written) for turn in later]
    return _code("race", parts, later, _steps(steps), names, above)


def _split(
    turns: Sequence[Turn], knobs: Mapping[str, Any]
) -> tuple[dict[str, Any], Sequence[Turn]]:
    """Return what a panel can start with, each knob once, and all turns that come after that.

    What a new start takes back, such as a weight that was set, is none of it.
    """
    settings: dict[str, Any] = {}
    for turn in turns:
        lasts = getattr(knobs.get(turn.name), "lasts", True)
        if turn.step or turn.name in settings or turn.name in _NO_KNOBS or not lasts:
            break
        settings[turn.name] = turn.value
    return settings, turns[len(settings) :]


def _writer(
    trainer: LiveTrainer, names: Mapping[str, Any], above: list[str]
) -> Callable[[Any], str]:
    """Return what writes a knob's value, and adds to the lines above what an optimizer needs."""

    def write(value: Any) -> str:
        if not hasattr(value, "get_config"):
            return _written(value)
        code, lines = trainer.optimizer_code(value)
        known = [line for line in lines if line.startswith("import ") and line.split()[-1] in names]
        above.extend(line for line in lines if line not in (*known, *above))
        return code

    return write


def _written(value: Any) -> str:
    """Return a name, a number, or several of them, as code."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        inner = ", ".join(map(_written, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _steps(steps: int, remark: str = "") -> list[str]:
    return [f"step({steps}){remark}"] if steps else []


def _turn(turn: Turn, value: Callable[[Any], str]) -> str:
    return f"({turn.step}, {_written(turn.name)}, {value(turn.value)})"


def _code(
    function: str,
    parts: Sequence[str],
    turns: Sequence[str],
    more: Sequence[str],
    names: Mapping[str, Any],
    above: Sequence[str],
) -> str:
    """Return a cell that makes a panel, has it do more, and shows it.

    Parameters
    ----------
    function : {"live", "race"}
        Of `panels`.
    parts, turns : sequence of str
        Its arguments, and what is in the argument ``turns``.
    more : sequence of str
        Calls of its methods.
    names : dict of str to object
        What means something in the notebook already.
    above : sequence of str
        Imports and comments.
    """
    module = sys.modules["lessons_lib.panels"]
    panels = next((name for name, held in names.items() if held is module), None)
    again, lines = _free("again", names), []
    if panels is None:
        panels = _free("panels", names)
        lines.append("from lessons_lib import panels" + f" as {panels}" * (panels != "panels"))
    lines += [line for line in above if line not in lines]
    lines += [""] if lines else []
    lines += _call(f"{again} = {panels}.{function}", parts, turns)
    lines += [f"{again}.{call}" for call in more]
    return "\n".join([*lines, again]) + "\n"


def _free(base: str, names: Mapping[str, Any]) -> str:
    """Return a name that means nothing yet."""
    others = (f"{base}_{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([base], others) if name not in names)


def _call(function: str, parts: Iterable[str], turns: Sequence[str]) -> list[str]:
    """Return a call: in one line where there is room, otherwise as many arguments in each."""
    parts = [*parts, f"turns=[{', '.join(turns)}]"] if turns else [*parts]
    one = f"{function}({', '.join(parts)})"
    if len(one) <= _WIDEST:
        return [one]
    lines = [f"{function}("]
    for place, part in enumerate(parts):
        longer = f"{lines[-1]} {part},"
        if turns and place == len(parts) - 1:
            if len(part) + 5 > _WIDEST:
                part = "\n".join(["turns=[", *(f"        {turn}," for turn in turns), "    ]"])
            lines.append(f"    {part},")
        elif place and len(longer) <= _WIDEST:
            lines[-1] = longer
        else:
            names = part.startswith(("knobs=", "views="))  # in which no space has a meaning
            broken = textwrap.wrap(part, _WIDEST - 9) if names else [part]
            lines += [f"    {'    ' * bool(at)}{line}" for at, line in enumerate(broken)]
            lines[-1] += ","
    return [*lines, ")"]
