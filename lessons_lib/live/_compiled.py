"""How a model was compiled, read back: its loss, its targets, what `compile` was given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lessons_lib._ground.values import listed, shortened
from lessons_lib.live._tensorflow import keras


@dataclass(frozen=True)
class Head:
    """One output of a model, and what it is trained for."""

    name: str  # Keras's
    tensor: keras.KerasTensor
    loss: Any  # as it was given for this output
    weight: Any  # of the loss in the sum, likewise; a number where there are several outputs

    @property
    def function(self) -> Callable:
        """The loss as an object or function."""
        loss = self.loss
        while isinstance(loss, list | tuple):  # one output: loss=["mse"] is allowed
            loss = unnamed(loss[0])
        return keras.losses.get(loss)

    @property
    def units(self) -> int:
        """How many values the output has at its last axis."""
        shape = self.tensor.shape
        return shape[-1] if len(shape) > 1 else 1


def heads_of(model: keras.Model) -> tuple[Head, ...]:
    """Return the outputs of a compiled, built model, in the order of ``model.outputs``.

    Raises
    ------
    ValueError
        Where there are several, and loss, weights or names do not say which is which.
    """
    names, tensors = output_names(model), model.outputs
    loss, weights = unnamed(model.loss), unnamed(compile_setting(model, "loss_weights"))
    if len(tensors) == 1:
        return (Head(names[0], tensors[0], loss, weights),)
    if len({*names}) < len(names):
        raise ValueError(
            f"Outputs have the names of the layers that make them, and two here are called "
            f"{max(names, key=names.count)!r}: use a layer for each output."
        )
    losses = per_output(model.loss, names, "loss")
    for name, loss in zip(names, losses, strict=True):
        if loss is None or keras.tree.is_nested(loss):
            given = "no loss" if loss is None else f"several losses, {shortened(loss)}"
            raise ValueError(
                f"The output {name!r} has {given}: give it one in model.compile(loss=...), or "
                "leave the output out of the model."
            )
    weights = per_output(compile_setting(model, "loss_weights"), names, "loss_weights")
    weights = [_weight(name, w) for name, w in zip(names, weights, strict=True)]
    return tuple(map(Head, names, tensors, losses, weights))


def _weight(name: str, weight: Any) -> float:
    if weight is None:
        return 1.0
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e30:
        raise ValueError(
            f"loss_weights holds a number of at least 0 for each output; received "
            f"{shortened(weight)} for {name!r}."
        )
    return float(weight)


def per_output(given: Any, names: Sequence[str], what: str) -> list:
    """Return what is given for each of several outputs, or say what does not fit.

    By name, in the order of the outputs, or one thing for all.
    """
    outputs = f"the model has {len(names)} outputs, {listed(map(repr, names))}"
    if isinstance(given, dict):
        if {*given} != {*names}:
            raise ValueError(
                f"{what} is for {listed(map(repr, given)) if given else 'nothing'}, but {outputs}: "
                "give one entry for each."
            )
        return [given[name] for name in names]
    if isinstance(given, list | tuple):
        if len(given) != len(names):
            raise ValueError(
                f"{what} has length {len(given)}, but {outputs}: give one for each, in this order."
            )
        return [*given]
    return [given] * len(names)


def output_names(model: keras.Model) -> list[str]:
    """Return what Keras calls the outputs: the keys of a dict, or the layers that make them."""
    structure = output_structure(model)
    if isinstance(structure, dict):
        return sorted(structure)  # as Keras flattens it
    return [*getattr(model, "output_names", [model.layers[-1].name])]


def output_structure(model: keras.Model) -> Any:
    """Return a model's outputs as they were given: a tensor, a list or a dict."""
    # It has no public name; a Sequential model has one output.
    return getattr(model, "_outputs_struct", model.outputs[0])


def packed(model: keras.Model, values: Sequence) -> Any:
    """Return a value for each output as the model gives its outputs; of one, the value."""
    if len(model.outputs) == 1:
        return values[0]
    return keras.tree.pack_sequence_as(output_structure(model), [*values])


def compile_setting(model: keras.Model, name: str) -> Any:
    """Return an argument that `model` was compiled with, as it was given."""
    # The public get_compile_config() has names in the place of functions and objects.
    return model._compile_config.config.get(name)


def unnamed(setting: Any) -> Any:
    """Return what is set for the only output, without the output's name."""
    while isinstance(setting, dict) and len(setting) == 1:
        setting = next(iter(setting.values()))
    return setting


def loss_name(loss: Callable) -> str:
    """Return the name of a loss, the same for its class and its function."""
    return getattr(loss, "__name__", type(loss).__name__).replace("_", "").lower()
