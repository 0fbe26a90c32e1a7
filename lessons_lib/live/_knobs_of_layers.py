"""Knobs that a model's layers bring with them: their number, activations, units, single weights."""

import numbers
from collections.abc import Sequence
from typing import Any

from lessons_lib._ground.turns import Turn
from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._knob import Knob
from lessons_lib.live._structure import mixes_units
from lessons_lib.live._tensorflow import keras

_LARGEST = 1e30  # a weight: the square of a larger one is no float32


def knobs_of_layers(trainer: Any) -> list[Knob]:
    """Return the rows that a trainer's layers give rise to."""
    structure = trainer._network.structure
    rows = [_LESIONS] if structure.hidden else []
    rows += [_EDGE] if structure.chain else []
    rows += [_activation(path, number) for path, number in structure.activations.items()]
    # The last row is the first that a snapshot brings back: the others depend on it.
    return [*rows, _LAYERS] if trainer._depth.most else rows


def layers_first(trainer: Any, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns with which a run begins in an order in which each can be made.

    Those of single layers, and the width, suit the layers that there are by now.
    """
    layers = [turn for turn in turns if turn.name == "layers"]
    if not layers:
        return tuple(turns)
    rows = trainer._rows
    others = [turn for turn in turns if turn.name in rows and turn.name != "layers"]
    suited = {"width", "lesions", *(name for name in rows if name.startswith("activation_"))}
    return (
        *layers,
        *(
            turn._replace(value=rows[turn.name].read(trainer)) if turn.name in suited else turn
            for turn in others
        ),
    )


# --- how many hidden layers -------------------------------------------------------------------


def _checked_layers(trainer, value) -> int:
    most = trainer._depth.most
    wanted = f"layers counts the hidden layers, from 1 to {most}"
    return whole_number("layers", value, 1, most, wanted=wanted, floats=True)


_LAYERS = Knob(
    name="layers",
    words="hidden layers",
    short="layers",
    meaning="Number of hidden layers.",
    tooltip="hidden layers; the weights of those that stay are kept",
    read=lambda trainer: trainer._hidden_layers,
    check=_checked_layers,
    apply=lambda trainer, count: trainer._use_layers(count),
    values=lambda trainer: range(1, trainer._depth.most + 1),
    control="range",
    compiles=True,
    quiet=True,
    passing=lambda count, new: False,  # layers that go and come back are others
)


# --- units that are switched off --------------------------------------------------------------


def _hidden(trainer) -> dict[int, Any]:
    """Return the layers whose units can be switched off, by number among all hidden layers."""
    structure = trainer._network.structure
    by_path = {hidden.path: hidden for hidden in structure.hidden}
    numbered = enumerate((path for path, _ in structure.seen), 1)
    return {number: by_path[path] for number, path in numbered if path in by_path}


def _lesions(trainer) -> tuple:
    off = trainer._network.lesions.units
    return tuple(
        (number, place + 1)
        for number, hidden in _hidden(trainer).items()
        for place in sorted(off.get(hidden.path, ()))
    )


def _checked_lesions(trainer, value) -> tuple:
    hidden = _hidden(trainer)
    try:
        pairs = sorted({(_whole(layer), _whole(unit)) for layer, unit in value})
    except (TypeError, ValueError):
        raise TypeError(
            "lesions are pairs (layer, unit), counted from 1, of the units that are switched off, "
            f"such as ((1, 4), (2, 1)), or () for none; received {shortened(value)}."
        ) from None
    for layer, unit in pairs:
        if layer not in hidden:
            layers = ", ".join(map(str, hidden))
            raise ValueError(
                f"Units can be switched off in the hidden layers {layers}, counted from 1; "
                f"received {(layer, unit)}."
            )
        if not 1 <= unit <= hidden[layer].units:
            raise ValueError(
                f"Hidden layer {layer} has the units 1 to {hidden[layer].units}; received "
                f"{(layer, unit)}."
            )
    return tuple(pairs)


def _set_lesions(trainer, value: tuple) -> None:
    hidden, units = _hidden(trainer), {}
    for layer, unit in value:
        units.setdefault(hidden[layer].path, set()).add(unit - 1)
    trainer._network.lesions.set(units)


def _say_lesions(value: tuple) -> str:
    if not value:
        return "all units on"
    if len(value) > 1:
        return f"{len(value)} units off"
    [(layer, unit)] = value
    return f"unit {unit} of layer {layer} off"


_LESIONS = Knob(
    name="lesions",
    short="",
    meaning="Hidden units that are switched off, as pairs (layer, unit) counted from 1.",
    tooltip="hidden units that are switched off",
    read=_lesions,
    check=_checked_lesions,
    apply=_set_lesions,
    values=lambda trainer: (),
    control="",
    say=_say_lesions,
)


# --- one weight -------------------------------------------------------------------------------


def _checked_edge(trainer, value) -> tuple:
    wanted = (
        "edge is (layer, source, unit, weight), such as (1, 2, 3, 0.7): the weight from input 2 to "
        "unit 3 of layer 1, all counted from 1"
    )
    try:
        layer, source, unit, weight = value
        layer, source, unit = map(_whole, (layer, source, unit))
        if not isinstance(weight, numbers.Real) or isinstance(weight, bool):
            raise TypeError
    except (TypeError, ValueError):
        raise TypeError(f"{wanted}; received {shortened(value)}.") from None
    if not abs(weight) <= _LARGEST:  # nan is not
        raise ValueError(f"{wanted}; the weight must be finite; received {shortened(weight)}.")
    chain = trainer._network.structure.chain
    if not 1 <= layer <= len(chain):
        raise ValueError(
            f"{wanted}. This network has {len(chain)} layers with weights, the output's last; "
            f"received layer {layer}."
        )
    ends = zip(("source", "unit"), (source, unit), _ends(trainer, layer), strict=True)
    for word, number, on in ends:
        if not 1 <= number <= len(on):
            raise ValueError(
                f"{wanted}. Layer {layer} takes a {word} from 1 to {len(on)}; received {number}."
            )
        if not on[number - 1]:
            raise ValueError(
                f"The {word} {number} of layer {layer} takes no part at present, so its weights "
                f"are 0: switch it on first, or choose another; received {shortened(value)}."
            )
    return (layer, source, unit, float(weight))


def _ends(trainer, layer: int) -> tuple:
    """Return which sources and which units of a layer of the chain take part."""
    chain = trainer.chain()
    on = [chain.inputs_on, *chain.on, [True] * chain.kernels[-1].shape[1]]
    return on[layer - 1], on[layer]


def _set_edge(trainer, value: tuple) -> None:
    layer, source, unit, weight = value
    path = trainer._network.structure.chain[layer - 1]
    trainer._network.set_edge(path, source - 1, unit - 1, weight)
    trainer._run.edge = value


def _say_edge(value: tuple) -> str:
    if not value:
        return "edges as trained"
    layer, source, unit, weight = value
    return f"edge {source}→{unit} of layer {layer}: {weight:.2g}".replace("-", "−")


_EDGE = Knob(
    name="edge",
    short="",
    meaning="The weight that was set last in this run: (layer, source, unit, weight), from 1.",
    tooltip="one weight",
    read=lambda trainer: trainer._run.edge,
    check=_checked_edge,
    apply=_set_edge,
    values=lambda trainer: (),
    control="",
    lasts=False,
    passing=lambda edge, new: edge[:3] == new[:3],
    say=_say_edge,
    keep=lambda trainer: None,  # the run has it
    bring_back=lambda trainer, kept: None,
)


# --- one layer's activation -------------------------------------------------------------------

ACTIVATIONS = ("tanh", "relu", "leaky_relu", "elu", "gelu", "sigmoid", "linear")


def checked_activation(name: str, value: Any) -> str:
    """Return the name of an activation, or say what is wrong with a knob's value."""
    try:
        function = keras.activations.get(value) if isinstance(value, str) else None
    except ValueError:
        function = None
    if function is None or mixes_units(function):
        raise ValueError(
            f"{name} takes the name of a function that works on each unit by itself, such "
            f"as 'relu', 'tanh' or 'sigmoid'; received {shortened(value)}."
        )
    return value


def _activation(path: str, number: int) -> Knob:
    """Return the row of one hidden layer's activation, which the layer at `path` holds."""
    name = f"activation_{number}"

    def give(trainer, value: str) -> str:
        network = trainer._network
        network.use_activations({**network.given_activations, path: value})
        return (
            f"Hidden layer {number} uses {value} from now on; weights and optimizer go on as they "
            "are."
        )

    return Knob(
        name=name,
        words=f"activation of layer {number}",
        short=f"layer {number}",
        meaning=f"Name of the activation of hidden layer {number}.",
        tooltip=f"what a unit of layer {number} does with its sum",
        read=lambda trainer: trainer._network.activation_of(path),
        check=lambda trainer, value: checked_activation(name, value),
        apply=give,
        values=lambda trainer: ACTIVATIONS,
        control="list",
        compiles=True,
        quiet=True,
        keep=lambda trainer: None,  # `activation` keeps those of all layers
        bring_back=lambda trainer, kept: None,
    )


def _whole(value: Any) -> int:
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(value)
    return int(value)
