"""Knobs that layers bring with them as dials, the switches of input features among them."""

from typing import Any

from lessons_lib.live._dials import Dial
from lessons_lib.live._knob import Knob


def knobs_of_dials(trainer: Any) -> list[Knob]:
    """Return a row for each dial of the model's layers."""
    return [_dial(trainer, name, dials[0]) for name, dials in trainer._network.dials.items()]


def _dial(trainer, name: str, dial: Dial) -> Knob:
    if hasattr(type(trainer), name) or name.startswith("_"):
        raise ValueError(
            f"A layer of this model has a dial called {name!r}, which a trainer cannot have as a "
            f"knob of that name: give it another, as in self.my_{name.strip('_')} = live.Dial(...)."
        )
    return Knob(
        name=name,
        words=dial.words or name.replace("_", " "),
        meaning=dial.tooltip or f"Where the dial {name!r} stands.",
        tooltip=dial.tooltip,
        read=lambda trainer: trainer._network.dials[name][0].number,
        check=lambda trainer, value: dial.checked(name, value),
        apply=lambda trainer, value: _turn_dial(trainer, name, value),
        values=lambda trainer: dial.values,
        control=dial.control,
        keep=lambda trainer: [dial.number for dial in trainer._network.dials[name]],
        bring_back=lambda trainer, values: trainer._network.set_dials(name, values),
    )


def _turn_dial(trainer, name: str, value: float) -> None:
    network = trainer._network
    network.set_dial(name, value)
    if name in network.switches and not trainer.updates:
        network.start()  # with the weights that were drawn for it
