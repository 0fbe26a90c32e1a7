"""The knobs of many models: what is the same for all of them, and turned for all at once."""

from dataclasses import replace
from typing import Any

from lessons_lib._ground.values import whole_number
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import KNOBS
from lessons_lib.live._variants import SETTINGS

_EVERY = (0, 50, 100, 200, 500, 1000, 2000, 5000)


def _of_all(name: str, knob: Knob) -> Knob:
    """Return a trainer's knob as one of all models."""
    setting = SETTINGS[name]
    return replace(
        knob,
        read=lambda population: population.common(name),
        check=setting.check,
        apply=lambda population, value: population.set_common(name, value),
        has=lambda population: setting.has(population) and name not in population.varied,
        lacking=setting.lacking,
        keep=None,
    )


def _checked_halving(population: Any, value: Any) -> int:
    wanted = (
        "halving is the number of updates after which the worse half of the models is stopped, "
        "0 for never"
    )
    return whole_number("halving", value, wanted=wanted, floats=True)


_MOMENTUM = Knob(
    name="momentum",
    meaning="How much of the step before is made again.",
    tooltip="how much of the step before is made again",
    read=lambda population: population.common("momentum"),
    check=SETTINGS["momentum"].check,
    apply=lambda population, value: population.set_common("momentum", value),
    values=lambda population: (0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
    control="steps",
)
_HALVING = Knob(
    name="halving",
    meaning="Updates between two halvings; 0 for none.",
    tooltip="after so many updates the worse half is stopped",
    read=lambda population: population.halving,
    check=_checked_halving,
    apply=lambda population, value: population.set_halving(value),
    values=lambda population: _EVERY,
    control="steps",
    has=lambda population: population.validation_data is not None,
    lacking="halving stops the models with the larger validation loss, and there are no validation "
    "data: give validation_data=(X_val, y_val).",
    option=lambda population, value: "never" if value == 0 else f"every {value:,}",
)
COMMON_KNOBS: dict[str, Knob] = {
    "learning_rate": _of_all("learning_rate", KNOBS["learning_rate"]),
    "momentum": _of_all("momentum", _MOMENTUM),
    "dropout": _of_all("dropout", KNOBS["dropout"]),
    "l1": replace(_of_all("l1", KNOBS["l1"]), tooltip=KNOBS["l1"].tooltip),
    "l2": _of_all("l2", KNOBS["l2"]),
    "halving": _HALVING,
}
