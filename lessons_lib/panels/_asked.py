"""What a panel with a clock is asked to show and to turn by itself, checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.panels._runner import Knob, Runner, every_knob


def chosen_knobs(runner: Runner, names: Sequence[str] | None) -> dict[str, Knob]:
    """Return the knobs that shall have a control.

    Raises
    ------
    TypeError, ValueError
        If a name is no knob; says which there are.
    """
    if names is None:
        return dict(runner.knobs)
    names, known = knob_names(names), every_knob(runner)
    shown = {name: knob for name, knob in known.items() if knob.control}
    if unknown := [name for name in names if name not in shown]:
        there = listed(map(repr, shown)) if shown else "none"
        raise ValueError(
            f"knobs names what can be turned in this panel, of {there}; received "
            f"{shortened(unknown[0])}."
        )
    return {name: shown[name] for name in names}


def knob_names(names: Any) -> tuple[str, ...]:
    """Return what was given as ``knobs`` as names; one alone counts as a list of it.

    Raises
    ------
    TypeError
        If it is no list of names.
    """
    names = (names,) if isinstance(names, str) else names
    if not isinstance(names, Iterable):
        raise TypeError(
            f'knobs is a list of names, such as ["learning_rate"]; received {shortened(names)}.'
        )
    return tuple(names)


def checked_turns(runner: Runner, turns: Any) -> list[tuple[int, str, Any]]:
    """Return turns in the order of their steps; each was tried, and leaves no trace.

    Raises
    ------
    TypeError, ValueError
        If one is no (step, knob, value), or its knob does not take the value.
    """
    wanted = 'turns is a list of (step, knob, value), such as [(500, "learning_rate", 0.03)]'
    listing = isinstance(turns, Iterable) and not isinstance(turns, str | Mapping)
    turns = list(turns) if listing else [turns]
    if len(turns) == 3 and isinstance(turns[1], str):
        raise TypeError(f"{wanted}; received one turn without the brackets of a list.")
    checked = []
    for turn in turns:
        if isinstance(turn, str) or not isinstance(turn, Sequence) or len(turn) != 3:
            raise TypeError(f"{wanted}; received {shortened(turn)}.")
        step, name, value = turn
        step = whole_number("step", step, wanted="The step of a turn is a whole number from 0")
        checked.append((step, name, value))
    checked.sort(key=lambda turn: turn[0])
    if checked:
        before = runner.snapshot()
        try:
            for _, name, value in checked:
                known = every_knob(runner)  # those of a third layer are there once it is
                if not isinstance(name, str) or name not in known:
                    there = listed(map(repr, known))
                    raise ValueError(f"turns can turn {there}; received {shortened(name)}.")
                runner.turn(name, value)
        finally:
            runner.restore(before)
    return checked
