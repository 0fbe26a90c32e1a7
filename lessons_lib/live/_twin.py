"""A live twin of the learner's model: with weights for knobs, and all that the model knows."""

import tempfile
from collections.abc import Callable, Mapping

import numpy as np

from lessons_lib.live._copying import (
    copy_graph,
    described,
    is_wired,
    leaves,
    remade,
    same,
)
from lessons_lib.live._layers import Dense, Dropout
from lessons_lib.live._structure import SPATIAL_DROPOUT, Structure
from lessons_lib.live._tensorflow import keras

Weights = dict[str, list[np.ndarray]]


def live_copy(
    model: keras.Model, structure: Structure, activations: Mapping[str, str], seed: int
) -> keras.Model:
    """Return `model` with live layers where `structure` allows, uncompiled, weights not set.

    Layers named in `activations` get another one.
    """
    hidden = {h.path for h in structure.hidden}
    masked = hidden | {reader for h in structure.hidden for reader in h.readers}

    def make(path, layer):
        def config() -> dict:
            config = described(layer)
            return config | {"activation": activations[path]} if path in activations else config

        if path in masked:
            return remade(Dense, config, path)
        if path in structure.dropouts:
            return Dropout(
                rate=layer.rate,
                noise_shape=_noise_shape(layer),
                seed=noise_seed(seed, structure.dropouts.index(path)),
                name=layer.name,
                dtype=layer.dtype_policy,
            )
        return remade(type(layer), config, path)

    live = copy_graph(model, by_path(model, make))
    live_leaves = leaves(live)
    for path in masked - hidden:
        live_leaves[path].use_all_units()
    for producer in structure.hidden:
        if producer.masked_at_reader:
            for reader in producer.readers:
                live_leaves[reader].read_through(live_leaves[producer.path])
    return live


def noise_seed(seed: int, place: int) -> int:
    """Return the seed of the Dropout layer at a place among them, in a trainer with this seed."""
    # An odd multiplier keeps the layers' seeds apart whatever the trainer's seed is.
    return (seed * 0x9E3779B1 + place) & 0xFFFFFFFF


def by_path(model: keras.Model, make: Callable, copy_model: Callable = copy_graph) -> Callable:
    """Return what `copy_graph` needs from what is to be made of the layer at each path."""
    paths = {id(layer): path for path, layer in leaves(model).items()}

    def make_any(layer):
        if is_wired(layer):
            return copy_model(layer, make_any)
        if id(layer) not in paths:  # a keras.ops function in the graph: nothing to change
            return same(layer)
        return make(paths[id(layer)], layer)

    return make_any


def _noise_shape(layer):
    """Return a Dropout layer's noise shape; spatial dropout drops whole channels."""
    if not isinstance(layer, SPATIAL_DROPOUT):
        return layer.noise_shape
    between = (1,) * (layer.input_spec.ndim - 2)
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        return (None, None, *between)
    return (None, *between, None)


def current_weights(model: keras.Model) -> Weights:
    """Return copies of the weights of each layer of `model`, by path."""
    return {path: layer.get_weights() for path, layer in leaves(model).items()}


def counterparts(model: keras.Model, copy: keras.Model) -> list[keras.Variable]:
    """Return the trainable variables of `copy` in the order of those of `model`."""
    originals, copies, twins = leaves(model), leaves(copy), {}
    for path, layer in originals.items():
        pairs = zip(layer.trainable_variables, copies[path].trainable_variables, strict=True)
        twins.update({id(theirs): ours for theirs, ours in pairs})
    return [twins[id(v)] for v in model.trainable_variables]


def carry_state(model: keras.Model, copy: keras.Model) -> None:
    """Give the layers of `copy` what those of `model` know beside their weights.

    Live layers have no such state.
    """
    copies = leaves(copy)
    for path, layer in leaves(model).items():
        if type(layer) is type(copies[path]):
            carry_layer_state(layer, copies[path])


def carry_layer_state(layer: keras.Layer, copy: keras.Layer) -> None:
    """Give a layer what another of its kind knows beside its weights.

    What `adapt` has found goes the way of a saved file, since there a layer says what it needs.
    """
    pairs = zip(layer._flatten_layers(), copy._flatten_layers(), strict=True)
    for theirs, ours in pairs:
        _carry_file(theirs, ours)
    for theirs, ours in zip(layer.variables, copy.variables, strict=True):
        if not any(theirs is weight for weight in layer.weights):
            ours.assign(theirs)  # where a generator of random numbers stands


def _carry_file(theirs: keras.Layer, ours: keras.Layer) -> None:
    if type(theirs).load_own_variables is not keras.Layer.load_own_variables:
        store = {}
        theirs.save_own_variables(store)
        if store:
            ours.load_own_variables(store)
    if hasattr(theirs, "save_assets"):
        with tempfile.TemporaryDirectory() as folder:
            theirs.save_assets(folder)
            ours.load_assets(folder)


def fresh_weights(model: keras.Model, seed: int) -> Weights:
    """Return new initial weights, drawn by each layer's own initializers from `seed`.

    What was adapted to data or is frozen has not come from this training and stays.
    """
    sequence = np.random.SeedSequence(seed)

    def make(path, layer):
        return remade(type(layer), lambda: _reseeded(described(layer), sequence), path)

    weights = current_weights(copy_graph(model, by_path(model, make)))
    for path, layer in leaves(model).items():
        if hasattr(layer, "adapt") or not layer.trainable:
            weights[path] = layer.get_weights()
    return weights


def _reseeded(config, sequence: np.random.SeedSequence):
    """Return a layer's configuration with a new seed in every initializer inside it."""
    if isinstance(config, dict):
        new = {key: _reseeded(value, sequence) for key, value in config.items()}
        if "initializers" in str(new.get("module")) and "seed" in new.get("config", {}):
            new["config"]["seed"] = int(sequence.spawn(1)[0].generate_state(1)[0])
        return new
    if isinstance(config, list | tuple):
        return type(config)(_reseeded(value, sequence) for value in config)
    return config
