"""Optimizers for copies: with all settings of the learner's, and a memory of their own."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from lessons_lib.live._copying import described, remade
from lessons_lib.live._tensorflow import keras


def own_optimizer(
    optimizer: keras.optimizers.Optimizer,
    theirs: Sequence[keras.Variable] = (),
    ours: Sequence[keras.Variable] = (),
    **changes: Any,
) -> keras.optimizers.Optimizer:
    """Return a new optimizer with the settings of `optimizer`, but `changes`, and empty memory.

    It trained `theirs`, the new one will train `ours`, in the same order: of those the new one
    spares the counterparts of what is excluded from weight decay.
    """
    inner, kind = _innermost(optimizer), type(optimizer)
    if inner is not optimizer:
        changes = {"inner_optimizer": own_optimizer(inner, theirs, ours, **changes)}
    elif isinstance(optimizer.learning_rate, numbers.Real):
        # A plain function gives it, which Keras calls once, when it traces the update.
        changes = {"learning_rate": float(optimizer.learning_rate), **changes}
    new = remade(kind, lambda: {**described(optimizer), **changes}, optimizer.name)
    if inner is not optimizer:
        return new
    for name, value in _own_settings(optimizer).items():
        if name not in changes:
            setattr(new, name, value)
    if places := spared(optimizer, theirs):
        new.exclude_from_weight_decay(var_list=[ours[place] for place in places])
    return new


def spared(optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]) -> list[int]:
    """Return the places of the variables that are excluded from weight decay."""
    # It has no public name. Optimizers say it in ids of variables and in patterns of their names.
    decays = _innermost(optimizer)._use_weight_decay
    return [place for place, variable in enumerate(variables) if not decays(variable)]


def has_schedule(optimizer: keras.optimizers.Optimizer) -> bool:
    """Whether the learning rate follows a schedule, and so is no variable."""
    return isinstance(_innermost(optimizer).get_config().get("learning_rate"), dict)


def settings_of(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
) -> tuple:
    """Return what is set in an optimizer of `variables` apart from a fixed learning rate."""
    inner = _innermost(optimizer)
    config = inner.get_config()
    if not has_schedule(optimizer):
        config["learning_rate"] = None
    decays = [inner._use_weight_decay(v) for v in variables]
    return type(optimizer), type(inner), config, _own_settings(inner), decays


def memory_of(optimizer: keras.optimizers.Optimizer, like: list[np.ndarray]) -> list[np.ndarray]:
    """Return what `optimizer` remembers if it has the shapes of `like`; otherwise `like`."""
    memory = [v.numpy() for v in optimizer.variables]
    same = [m.shape for m in memory] == [m.shape for m in like]
    return memory if same else like


def _innermost(optimizer):
    """Return the optimizer that a LossScaleOptimizer wraps, or the optimizer itself."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def _own_settings(optimizer) -> dict:
    """Return plain settings that an optimizer has as attributes but not in its configuration."""
    known = {*described(optimizer), "built"}
    return {
        name: value
        for name, value in vars(optimizer).items()
        if not name.startswith("_")
        and name not in known
        and isinstance(value, bool | int | float | str | None)
    }
