"""A network with more or fewer hidden layers, which goes on with the weights that it can keep."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib._ground.values import listed
from lessons_lib.live._compiled import compile_setting, output_structure
from lessons_lib.live._copying import Call, copy_graph, described, leaves, remade, same
from lessons_lib.live._network import Network
from lessons_lib.live._optimizer import own_optimizer
from lessons_lib.live._structure import HiddenDense, Structure, find_structure
from lessons_lib.live._tensorflow import keras
from lessons_lib.live._twin import Weights, carry_layer_state, current_weights, fresh_weights

_MOST = 6


class Depth:
    """How many hidden layers a network can have, and how it gets more or fewer.

    One more is like the last hidden layer that the model was built with, and with what follows it;
    one fewer, and the last one goes.

    Parameters
    ----------
    model : keras.Model
        The learner's, built and compiled.
    structure : Structure
    seed : int
        Decides, with that of a new start, the initial weights of what is new.

    Attributes
    ----------
    most : int
        The most hidden layers; 0 where their number cannot be changed.
    """

    def __init__(self, model: keras.Model, structure: Structure, seed: int):
        self._model, self._structure, self._seed = model, structure, seed
        self._built = len(structure.hidden)
        alone = not isinstance(output_structure(model), dict | list | tuple)
        can_change = bool(structure.chain and self._built and alone)
        self.most = max(_MOST, self._built) if can_change else 0
        self._models = {self._built: model}

    def weights(self, hidden: int, seed: int | None) -> Weights:
        """Return the initial weights of a network with so many hidden layers, by path.

        They are the model's own, or, with a seed, drawn with it; where a layer is new, or others
        stand before it, they are drawn apart, always the same.
        """
        start = current_weights(self._model) if seed is None else fresh_weights(self._model, seed)
        if hidden == self._built:
            return start
        own = np.random.SeedSequence([self._seed, 0 if seed is None else seed + 1])
        drawn = fresh_weights(self._with(hidden), int(own.generate_state(1)[0]))
        return {
            path: start[path] if _shapes(start.get(path)) == _shapes(arrays) else arrays
            for path, arrays in drawn.items()
        }

    def network(
        self, old: Network, hidden: int, seed: int | None, begun: bool
    ) -> tuple[Network, str]:
        """Return a network with so many hidden layers that goes on as `old` stands.

        Parameters
        ----------
        old : Network
        hidden : int
        seed : int or None
            Of the latest new start.
        begun : bool
            Whether an update has been made.

        Returns
        -------
        network : Network
        notice : str
            What was kept.
        """
        model = self._with(hidden)
        new = Network(model, find_structure(model), self._seed, old.cautioned)
        _, rescale, memory = (*old.beginning[:2], new.beginning[2])
        new.beginning = self.weights(hidden, seed), rescale, memory
        like = _likenesses(old.structure.hidden, new.structure.hidden)
        _carry_knobs(old, new, like)
        _carry_optimizer(old, new, like)
        new.start()
        if begun:
            new.empty_memory()
        kept = _carry_weights(old, new)
        new.lesions.set({p: off for p, off in old.lesions.units.items() if p in new.units.widths})
        return new, _told(new.structure.chain, kept)

    def _with(self, hidden: int) -> keras.Model:
        """Return the learner's model with so many hidden layers, always the same one."""
        if hidden not in self._models:
            self._models[hidden] = self._made(hidden)
        return self._models[hidden]

    def _made(self, hidden: int) -> keras.Model:
        model, calls = self._model, []
        copy_graph(model, same, calls)
        before, *groups, output = _groups(calls, self._structure.chain)
        names = {layer.name for layer in model.layers}
        placed = [
            (same(call.layer), call) for group in (before, *groups[:hidden]) for call in group
        ]
        for _ in range(hidden - len(groups)):
            placed += [(_another(call.layer, names), call) for call in groups[-1]]
        placed += [(same(call.layer), call) for call in output]
        made = _wired(model, placed)
        originals = leaves(model)
        for path, layer in leaves(made).items():
            twin = originals.get(path)
            if twin is not None and _shapes(twin.weights) == _shapes(layer.weights):
                layer.set_weights(twin.get_weights())
                carry_layer_state(twin, layer)
        settings = ("loss", "loss_weights", "metrics", "weighted_metrics")
        made.compile(
            optimizer=own_optimizer(model.optimizer),
            auto_scale_loss=False,
            **{name: compile_setting(model, name) for name in settings},
        )
        made.optimizer.build(made.trainable_variables)
        return made


# --- the model --------------------------------------------------------------------------------


def _groups(calls: Sequence[Call], chain: Sequence[str]) -> list[list[Call]]:
    """Return what stands before the first Dense layer, then each of them with what follows it."""
    groups: list[list[Call]] = [[]]
    for call in calls:
        if call.layer.name in chain:
            groups.append([])
        groups[-1].append(call)
    return groups


def _another(layer: keras.Layer, names: set[str]) -> keras.Layer:
    """Return a layer like this one under a name that is none of `names`, and add it to them."""
    base = layer.name.rstrip("0123456789").rstrip("_")
    name = next(f"{base}_{n}" for n in range(1, len(names) + 2) if f"{base}_{n}" not in names)
    names.add(name)
    return remade(type(layer), lambda: {**described(layer), "name": name}, name)


def _wired(model: keras.Model, placed: Sequence[tuple[keras.Layer, Call]]) -> keras.Model:
    """Return a model of layers in their order, of the kind of `model`, each called as there."""
    first = model.inputs[0]
    inputs = keras.Input(batch_shape=first.shape, dtype=first.dtype, name=first.name)
    if isinstance(model, keras.Sequential):
        return keras.Sequential([inputs, *(layer for layer, _ in placed)], name=model.name)
    tensor = inputs
    for layer, call in placed:
        tensor = layer(tensor, **call.kwargs)
    return keras.Model(inputs, tensor, name=model.name)


def _shapes(arrays: Sequence | None) -> list[tuple] | None:
    return None if arrays is None else [tuple(array.shape) for array in arrays]


# --- what goes on -----------------------------------------------------------------------------


def _likenesses(old: Sequence[HiddenDense], new: Sequence[HiddenDense]) -> dict[str, str]:
    """Return which layers of the last hidden one before each new one is like, by path."""
    last, like = old[-1], {}
    for hidden in new[len(old) :]:
        like[hidden.path] = last.path
        like.update(zip(hidden.between, last.between, strict=False))
    return like


def _carry_knobs(old: Network, new: Network, like: Mapping[str, str]) -> None:
    """Turn the knobs of a network as those of another; a new layer's as of what it is like."""
    new.set_l1(old.l1)
    new.set_l2(old.l2)
    for name, dials in old.dials.items():
        new.set_dials(name, [dial.number for dial in dials])
    given = {
        path: old.given_activations.get(like.get(path, path)) for path in new.structure.activations
    }
    if given := {path: name for path, name in given.items() if name is not None}:
        new.use_activations(given)
    rates = {path: old.rates.get(like.get(path, path)) for path in new.structure.dropouts}
    new.set_rates({path: rate for path, rate in rates.items() if rate is not None})
    new.units.set_width(min(old.units.width, new.units.width))


def _carry_optimizer(old: Network, new: Network, like: Mapping[str, str]) -> None:
    """Have a network trained as another is, from an empty memory."""
    theirs = {}
    for path, layer in leaves(new.original).items():
        twin = old.layers.get(like.get(path, path))
        if twin is not None:
            pairs = zip(layer.trainable_variables, twin.trainable_variables, strict=False)
            theirs.update((id(ours), their) for ours, their in pairs)
    ours, other = new.original.trainable_variables, old.model.trainable_variables[0]
    optimizer = own_optimizer(old.optimizer, [theirs.get(id(v), other) for v in ours], ours)
    if not new.trains_like(optimizer):
        new.use_optimizer(optimizer)
    elif not new.has_schedule:
        new.set_learning_rate(old.learning_rate)


def _carry_weights(old: Network, new: Network) -> list[str]:
    """Give a network all weights of another that fit; return the paths of those layers."""
    kept = []
    with old.lesions.whole():
        for path, layer in new.layers.items():
            before = old.layers.get(path)
            if before is None or _shapes(before.variables) != _shapes(layer.variables):
                continue
            for ours, theirs in zip(layer.variables, before.variables, strict=True):
                ours.assign(theirs)
            kept.append(path)
    return kept


def _told(chain: Sequence[str], kept: Sequence[str]) -> str:
    """Return which layers have kept their weights, in a sentence."""
    *hidden, output = chain
    old = [str(number) for number, path in enumerate(hidden, 1) if path in kept]
    new = [str(number) for number, path in enumerate(hidden, 1) if path not in kept]
    count = "1 hidden layer" if len(hidden) == 1 else f"{len(hidden)} hidden layers"
    layers = [f"layer{'s' * (len(old) > 1)} {listed(old)}"] if old else []
    layers += ["of the output" if old else "the output"] if output in kept else []
    begins = [f"layer{'s' * (len(new) > 1)} {listed(new)}"] if new else []
    begins += [] if output in kept else ["the output"]
    verb = "is" if len(new) + (output not in kept) == 1 else "are"
    fresh = f", {listed(begins)} {verb} new" if begins else ""
    return (
        f"{count}: the weights of {listed(layers)} are kept{fresh}; the optimizer's memory starts "
        "empty."
    )
