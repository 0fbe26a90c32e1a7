"""How a model was compiled, read back: its loss, its targets, what `compile` was given."""

from collections.abc import Callable
from typing import Any

from lessons_lib.live._tensorflow import keras


def compile_setting(model: keras.Model, name: str) -> Any:
    """Return an argument that `model` was compiled with, as it was given."""
    # The public get_compile_config() has names in the place of functions and objects.
    return model._compile_config.config.get(name)


def resolve_loss(model: keras.Model) -> Callable:
    """Return the loss `model` was compiled with as an object or function."""
    loss = unnamed(model.loss)
    while isinstance(loss, list | tuple):  # one output: loss=["mse"] is allowed
        loss = unnamed(loss[0])
    return keras.losses.get(loss)


def unnamed(setting: Any) -> Any:
    """Return what is set for the only output, without the output's name."""
    while isinstance(setting, dict) and len(setting) == 1:
        setting = next(iter(setting.values()))
    return setting


def loss_name(loss: Callable) -> str:
    """Return the name of a loss, the same for its class and its function."""
    return getattr(loss, "__name__", type(loss).__name__).replace("_", "").lower()


def output_units(model: keras.Model) -> int:
    """Return how many values `model` gives at the last axis of its output."""
    shape = model.outputs[0].shape
    return shape[-1] if len(shape) > 1 else 1
