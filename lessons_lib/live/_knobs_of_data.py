"""The knobs of what a trainer trains on: its points, painted by a hand, and what makes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from lessons_lib._ground.turns import Turn
from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.live._knob import Knob
from lessons_lib.live._source import MOST_SAMPLES, SHARES
from lessons_lib.live._training_set import ROOM, Setting

_NOISES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
_SAMPLES = (50, 100, 150, 200, 250, 300, 400, MOST_SAMPLES)
_FEWEST = 10
_MOST_DRAWS = 20
_LARGEST = 1e6  # noise that no points of a picture outlive
_PAINTED = f"""Edits of the training points, as a tuple; () for the points as they were given.

    An entry ``(number, x1, x2, y)`` gives the point of that number this place and this target: the
    number of its class, or that of a regression. ``(number,)`` wipes it out. Numbers from 0 on are
    those of the samples as they were given, -1, -2, ... of points painted in, for {ROOM} of which
    there is room; `numbers` tells them. They count from the next update on.
    """


def knobs_of_data(trainer: Any) -> list[Knob]:
    """Return the rows for what can be changed in the data of a trainer."""
    paints = trainer._set.brush is not None and not trainer._embeds
    rows = [_painted()] if paints else []
    if trainer.source is not None:
        rows += [_noise(), _samples(), _share(), _draw()]
        if len(trainer.source.makers) > 1:
            rows.append(_data())
    if taken := [row.name for row in rows if row.name in trainer._network.dials]:
        raise ValueError(
            f"A layer of this model has a dial called {taken[0]!r}, which is a knob of the data "
            f"here: give it another name, as in self.my_{taken[0]} = live.Dial(...)."
        )
    return rows


def data_first(trainer: Any, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns with which a run begins in an order in which each can be made.

    Noise goes with the data, edits suit the data as they are by now, and the batch size suits
    their number.
    """
    later = {turn.name: turn for turn in turns}
    first = [
        later.pop(knob.name)._replace(value=knob.read(trainer))
        for knob in reversed(knobs_of_data(trainer))
        if knob.name in later
    ]
    if not first:
        return tuple(turns)
    last = [later.pop("batch_size")] if "batch_size" in later else []
    return (*first, *later.values(), *last)


def _row(**fields: Any) -> Knob:
    """Return a row of what a snapshot keeps and brings back as one."""
    return Knob(keep=lambda trainer: trainer._set.setting, bring_back=_use, **fields)


def _use(trainer: Any, setting: Setting) -> None:
    """Train on the data of this setting from the next update on."""
    if trainer._set.setting != setting:
        trainer._set.use(setting)
        trainer._use_data()


def _chosen(field: str, number: Callable[[Any, Any], Any]) -> dict[str, Callable]:
    """Return how a field of the source's choice is read, checked and changed."""

    def check(trainer: Any, value: Any) -> Any:
        value = number(trainer, value)
        trainer._set.choosing(**{field: value})
        return value

    return {
        "read": lambda trainer: getattr(trainer.source.choice, field),
        "check": check,
        "apply": lambda trainer, value: _use(trainer, trainer._set.choosing(**{field: value})),
    }


# --- rows -------------------------------------------------------------------------------------


def _painted() -> Knob:
    return _row(
        name="painted",
        words="paint",
        short="",
        meaning=_PAINTED,
        tooltip="training points painted in, moved and wiped out",
        read=lambda trainer: trainer._set.painted,
        check=lambda trainer, value: trainer._set.checked(value),
        apply=lambda trainer, value: _use(trainer, replace(trainer._set.setting, painted=value)),
        values=lambda trainer: (),
        control="",
        say=_in_words,
    )


def _in_words(painted: tuple) -> str:
    """Return how many points are painted in, moved and wiped out."""
    counts = {
        "painted": sum(number < 0 for number, *_ in painted),
        "moved": sum(number >= 0 and bool(point) for number, *point in painted),
        "wiped": sum(not point for _, *point in painted),
    }
    said = [f"{count} {what}" for what, count in counts.items() if count]
    if not said:
        return "points as given"
    first, *rest = said
    count, what = first.split()
    return ", ".join([f"{count} point{'s' * (count != '1')} {what}", *rest])


def _noise() -> Knob:
    return _row(
        name="noise",
        meaning="Noise of the data, as their maker takes it, at least 0. The same points move.",
        tooltip="how far the points are moved at random",
        values=lambda trainer: {*_NOISES, trainer.source.own_noise(trainer.source.name)},
        control="steps",
        **_chosen("noise", _checked_noise),
    )


def _samples() -> Knob:
    return _row(
        name="samples",
        meaning=f"Samples that are made, {_FEWEST} ... {MOST_SAMPLES}: those to train on and those "
        "of the validation data.",
        tooltip="points that are made, to train on and to measure",
        values=lambda trainer: _SAMPLES,
        control="steps",
        **_chosen("samples", _checked_samples),
    )


def _share() -> Knob:
    return _row(
        name="share",
        words="training fraction",
        short="training",
        meaning=f"Fraction of the samples to train on, {SHARES[0]} ... {SHARES[-1]}; the others "
        "are the validation data.",
        tooltip="fraction of the points to train on; the others are only measured",
        values=lambda trainer: SHARES,
        control="steps",
        **_chosen("share", _checked_share),
    )


def _draw() -> Knob:
    return _row(
        name="draw",
        meaning=f"Which draw of the data, 0 ... {_MOST_DRAWS}: other points of the same kind.",
        tooltip="other points of the same kind: each number is a draw of its own",
        values=lambda trainer: range(_MOST_DRAWS + 1),
        control="range",
        quiet=True,
        **_chosen("draw", _checked_draw),
    )


def _data() -> Knob:
    return _row(
        name="data",
        short="",
        meaning="Name of the data, which come with their own noise; painted points stay.",
        tooltip="which points are made",
        values=lambda trainer: trainer.source.makers,
        control="list",
        **_chosen("name", _checked_name),
    )


def _checked_noise(trainer: Any, value: Any) -> float:
    return _number(value, "noise", f"a number from 0 to {_LARGEST:,.0f}", 0, _LARGEST)


def _checked_share(trainer: Any, value: Any) -> float:
    low, high = SHARES[0], SHARES[-1]
    return _number(value, "share", f"a fraction from {low} to {high}", low, high)


def _number(value: Any, name: str, wanted: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {wanted}; received {shortened(value)}.")
    if not low <= value <= high:  # nan is neither
        raise ValueError(f"{name} is {wanted}; received {shortened(value)}.")
    return float(value)


def _checked_samples(trainer: Any, value: Any) -> int:
    wanted = f"samples counts what is made, a whole number from {_FEWEST} to {MOST_SAMPLES}"
    return whole_number("samples", value, _FEWEST, MOST_SAMPLES, wanted=wanted, floats=True)


def _checked_draw(trainer: Any, value: Any) -> int:
    wanted = f"draw says which draw of the data, a whole number from 0 to {_MOST_DRAWS}"
    return whole_number("draw", value, 0, _MOST_DRAWS, wanted=wanted, floats=True)


def _checked_name(trainer: Any, value: Any) -> str:
    if value not in [*trainer.source.makers]:
        raise ValueError(
            f"data is the name of one of {listed(map(repr, trainer.source.makers))}; received "
            f"{shortened(value)}."
        )
    return value
