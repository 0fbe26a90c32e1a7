"""Give the trained network back as an ordinary Keras model."""

from collections.abc import Callable

import numpy as np

from lessons_lib.live._compiled import compile_setting, unnamed
from lessons_lib.live._copying import copy_graph, described, leaves, remade, same
from lessons_lib.live._layers import Dense
from lessons_lib.live._network import Network
from lessons_lib.live._tensorflow import keras
from lessons_lib.live._twin import by_path, carry_state, counterparts


def keras_model(model: keras.Model, network: Network) -> keras.Model:
    """Return a compiled model of Keras's own layers with the units in use only.

    Wiring, loss and metrics are those of the learner's `model`, all else is the network's.
    """
    plain = _plain_copy(model, _changes(model, network))
    parts = _parts(network)
    for path, layer in leaves(plain).items():
        if layer.weights:
            weights = _own_weights(network.layers[path])
            layer.set_weights([v.numpy()[parts.get(id(v), ...)] for v in weights])
    carry_state(network.model, plain)
    variables = counterparts(model, plain)

    def setting(name: str):
        value = compile_setting(model, name)
        # Outputs given as a dict have other names, and those of a Sequential model none.
        names = getattr(plain, "output_names", None)
        if len(network.heads) > 1 or not isinstance(value, dict) or list(value) == names:
            return value
        bare = unnamed(value)
        one = "metrics" in name and not isinstance(bare, list | tuple | dict)
        return [bare] if one else bare

    losses, weights = setting("loss"), setting("loss_weights")
    if network.weights and network.weights != {h.name: h.weight for h in network.heads}:
        weights = {**network.weights}
        if not isinstance(losses, dict):
            losses, weights = [head.loss for head in network.heads], [*weights.values()]
    plain.compile(
        optimizer=network.optimizer_for(variables),
        loss=losses,
        loss_weights=weights,
        metrics=_fresh(setting("metrics")),
        weighted_metrics=_fresh(setting("weighted_metrics")),
        auto_scale_loss=False,  # a loss is scaled if it was, whatever keras.config says by now
    )
    plain.optimizer.build(variables)
    # So that fit goes on as the trainer would: with its memory, and its place in a schedule.
    for slot, memory in zip(plain.optimizer.variables, network.optimizer.variables, strict=True):
        first = tuple(map(slice, slot.shape))  # of memory that has another shape than its weight
        slot.assign(memory.numpy()[parts.get(id(memory), first)])
    return plain


def _plain_copy(model: keras.Model, changes: dict[str, dict]) -> keras.Model:
    """Return an uncompiled copy, some layers with other arguments, by their path."""

    def make(path, layer):
        def config() -> dict:
            return {**described(layer), **changes.get(path, {})}

        return remade(type(layer), config, path)

    return _plain_graph(model, by_path(model, make, _plain_graph))


def _plain_graph(model: keras.Model, make: Callable) -> keras.Model:
    """Return a model of layers given by `make`; a Sequential model stays one."""
    if not isinstance(model, keras.Sequential):
        return copy_graph(model, make)
    start = keras.Input(batch_shape=model.inputs[0].shape, dtype=model.inputs[0].dtype)
    return keras.Sequential([start, *map(make, model.layers)], name=model.name)


def _fresh(metrics):
    """Return metrics for another model: an object keeps count, so each model needs its own."""
    if isinstance(metrics, dict):
        return {name: _fresh(metric) for name, metric in metrics.items()}
    if isinstance(metrics, list | tuple):
        return [_fresh(metric) for metric in metrics]
    return same(metrics) if isinstance(metrics, keras.Metric) else metrics


def _changes(model: keras.Model, network: Network) -> dict[str, dict]:
    structure, originals = network.structure, leaves(model)
    penalties = network.l1, network.l2
    changes: dict[str, dict] = {path: {} for path in originals}
    for path in network.units.widths:
        changes[path]["units"] = len(network.units.used(path)[1])
    for path in structure.dropouts:
        changes[path]["rate"] = network.layers[path].rate
    for path, activation in network.given_activations.items():
        changes[path]["activation"] = activation
    for path in structure.kernels if any(penalties) else ():
        name = "kernel_regularizer"
        if name not in described(originals[path]):
            name = "depthwise_regularizer"
        changes[path][name] = keras.regularizers.serialize(
            _with_penalties(getattr(originals[path], name), *penalties)
        )
    return changes


def _with_penalties(own, l1: float, l2: float) -> keras.regularizers.Regularizer:
    """Return the layer's own penalty and the knobs' as one."""
    known = keras.regularizers.L1 | keras.regularizers.L2 | keras.regularizers.L1L2
    if own is not None and not isinstance(own, known):
        return own  # a penalty of the learner's own making cannot be added to
    config = own.get_config() if own is not None else {}
    # 0.013 for 0.01 + 0.003, where floats end in …001
    l1, l2 = (
        float(f"{float(config.get(name, 0)) + factor:.9g}")
        for name, factor in (("l1", l1), ("l2", l2))
    )
    if l1 and l2:
        return keras.regularizers.L1L2(l1, l2)
    return keras.regularizers.L1(l1) if l1 else keras.regularizers.L2(l2)


def _own_weights(layer: keras.Layer) -> list[keras.Variable]:
    """Return the weights of a layer that Keras's own has too."""
    if not isinstance(layer, Dense):
        return layer.weights
    return [layer.kernel, layer.bias] if layer.use_bias else [layer.kernel]


def _parts(network: Network) -> dict[int, tuple]:
    """Return which numbers belong to units that take part, where that matters.

    By the identity of weights, and of the optimizer's memory of them.
    """
    parts = {}
    for layer in network.layers.values():
        if isinstance(layer, Dense):
            inputs, units = network.units.used(layer.name)
            parts[id(layer.kernel)] = np.ix_(inputs, units)
    for hidden in network.structure.hidden:
        _, units = network.units.used(hidden.path)
        for variable in network.units.weights_of(hidden):
            parts.setdefault(id(variable), (..., units))
    kept = {id(v): v for layer in network.layers.values() for v in layer.weights}
    for key, part in [*parts.items()]:
        parts.update((id(slot), part) for slot in network.memory_of(kept[key]))
    return parts
