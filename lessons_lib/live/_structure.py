"""Find out how a Keras model is wired: which layers are hidden, and which knobs they allow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from lessons_lib.live._copying import Call, copy_graph, is_wired, leaves, same
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._features import InputFeatures
from lessons_lib.live._tensorflow import keras, on_cpu, tf

KERNEL_LAYERS = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    DenseStack,
)
SPATIAL_DROPOUT = (
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
)
DROPOUT = (keras.layers.Dropout, *SPATIAL_DROPOUT)
_NOISE = (keras.layers.GaussianDropout, keras.layers.GaussianNoise, keras.layers.AlphaDropout)
_ACTIVATIONS = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
)
_IMAGE_KERNELS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)
_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)  # each number by itself
_BEFORE = (*_SCALING, InputFeatures)  # what may stand before the first layer of a chain
# What may stand after the output layer; softmax mixes units, so it is none of the above.
_OUTPUT_ACTIVATIONS = (keras.layers.Activation, keras.layers.Softmax)


@dataclass(frozen=True)
class HiddenDense:
    """A hidden Dense layer whose width can be turned, and who stands around it."""

    path: str
    units: int
    between: tuple[str, ...]  # layers that work on each unit by itself: BatchNormalization, ...
    readers: tuple[str, ...]  # the Dense layers that read the units
    masked_at_reader: bool  # whether what stands between would undo a mask on the layer itself


@dataclass(frozen=True)
class ReadsImages:
    """The first layer with weights of a model that reads images."""

    path: str
    shape: tuple[int, int, int] | None  # height, width, channels a Dense layer reads as a row


@dataclass(frozen=True)
class Structure:
    """What can be turned in a model; layers are named by their path."""

    hidden: tuple[HiddenDense, ...]
    fixed_width: tuple[str, ...]  # hidden Dense layers whose width cannot be turned
    dropouts: tuple[str, ...]
    kernels: tuple[str, ...]
    activations: Mapping[str, int]  # layers that hold a hidden layer's activation: of which one
    seen: tuple[tuple[str, str], ...]  # (hidden layer, the layer whose output shows its units)
    first: "ReadsImages | None"  # the first layer with weights, if it reads images
    features: tuple[tuple[str, tuple[str, ...]], ...]  # each, and the Dense layers that read it
    chain: tuple[str, ...]  # the Dense layers of a model that is a chain of them, the output's last

    @property
    def notice(self) -> str:
        """What cannot be turned, or ""."""
        if not self.fixed_width:
            return ""
        return (
            f"The width of {', '.join(map(repr, self.fixed_width))} stays as built: it can be "
            "turned only where a plain Dense layer's units go, each by itself, to other plain "
            "Dense layers."
        )


def find_structure(model: keras.Model) -> Structure:
    """Look at the wiring of a built Sequential or functional `model`.

    Raises
    ------
    ValueError
        Two models inside `model` share a layer, or a layer cannot be copied.
    """
    paths: dict[int, str] = {}
    for path, layer in leaves(model).items():
        if (other := paths.setdefault(id(layer), path)) != path:
            raise ValueError(
                f"The same layer stands in the model twice, as {other!r} and as {path!r}, which a "
                "copy cannot repeat: use one inner model in both places, or two layers."
            )
    graph = _Graph(model)
    hidden, fixed, activations, seen = [], [], {}, []
    for call in graph.calls:
        if not isinstance(call.layer, KERNEL_LAYERS) or graph.gives_output(call):
            continue
        walk = graph.walk(call)
        seen.append((call.layer.name, walk.shown))
        if (holder := _activation_holder(call.layer, walk.between)) is not None:
            activations.setdefault(holder, len(dict(seen)))
        if graph.can_be_masked(call, walk):
            hidden.append(_hidden_dense(call.layer, walk))
        elif isinstance(call.layer, keras.layers.Dense) and not walk.feeds_stack:
            fixed.append(call.layer.name)
    all_leaves = leaves(graph.model)
    return Structure(
        hidden=tuple(hidden),
        fixed_width=tuple(dict.fromkeys(fixed)),
        dropouts=tuple(p for p, layer in all_leaves.items() if type(layer) in DROPOUT),
        kernels=tuple(p for p, layer in all_leaves.items() if isinstance(layer, KERNEL_LAYERS)),
        activations=activations,
        seen=tuple(dict(seen).items()),
        first=graph.first(),
        features=graph.features(),
        chain=graph.chain([h.path for h in hidden]),
    )


@dataclass(frozen=True)
class _Walk:
    """What lies between a layer and those that mix its units."""

    between: tuple[keras.layers.Layer, ...]
    readers: tuple[Call, ...]
    shown: str

    @property
    def feeds_stack(self) -> bool:
        """Whether the units go to a stack, whose width nobody expects to turn."""
        return any(isinstance(reader.layer, DenseStack) for reader in self.readers)


class _Graph:
    """The calls of a copy of a model, to be walked along."""

    def __init__(self, model: keras.Model):
        self.calls: list[Call] = []
        self.model = copy_graph(model, same, self.calls)
        self._outputs = {id(tensor) for tensor in self.model.outputs}

    def walk(self, call: Call) -> _Walk:
        steps = list(self._downstream(call))
        between = [step for step in steps if _keeps_units_apart(step.layer)]
        readers = [step for step in steps if not _keeps_units_apart(step.layer)]
        plain = [s.layer.name for s in between if not isinstance(s.layer, (*DROPOUT, *_NOISE))]
        shown = plain[-1] if plain else call.layer.name
        return _Walk(tuple(s.layer for s in between), tuple(readers), shown)

    def gives_output(self, call: Call) -> bool:
        """Whether the layer's units, each by itself, are the model's outputs."""
        if call.output in self._outputs:
            return True
        following = [other for other in self.calls if call.output in other.inputs]
        return any(
            self.gives_output(other)
            for other in following
            if _keeps_units_apart(other.layer) or isinstance(other.layer, _OUTPUT_ACTIVATIONS)
        )

    def first(self) -> ReadsImages | None:
        """Return the first layer with weights, those that treat numbers by themselves apart."""
        for call in self.calls:
            layer = call.layer
            # An operation of keras.ops, as a Masking layer brings one along, knows no weights.
            if (
                not getattr(layer, "weights", ())
                or _keeps_units_apart(layer)
                or isinstance(layer, _SCALING)
            ):
                continue
            if is_wired(layer):
                inner = _Graph(layer).first()
                return inner and replace(inner, path=f"{layer.name}/{inner.path}")
            if isinstance(layer, _IMAGE_KERNELS):
                return ReadsImages(layer.name, None)
            shape = self._image(call) if isinstance(layer, keras.layers.Dense) else None
            return ReadsImages(layer.name, shape) if shape else None
        return None

    def _image(self, call: Call) -> tuple[int, int, int] | None:
        """Return height, width and channels of the images that a Dense layer reads as rows."""
        before = next((other for other in self.calls if other.output in call.inputs), None)
        if before is None or len(before.value.shape) != 2:
            return None
        if _keeps_units_apart(before.layer) or isinstance(before.layer, _SCALING):
            return self._image(before)
        if not isinstance(before.layer, keras.layers.Flatten | keras.layers.Reshape):
            return None
        sizes = before.args[0].shape[1:]
        if getattr(before.layer, "data_format", "") == "channels_first":
            sizes = (*sizes[1:], sizes[0])
        height, width, *channels = sizes if len(sizes) in (2, 3) else (None, None)
        shape = (height, width, *(channels or [1]))
        return None if None in shape else shape

    def features(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the layers of input features that Dense layers read as they are, and those."""
        found = []
        for call in (c for c in self.calls if isinstance(c.layer, InputFeatures)):
            walk = self.walk(call)
            plain = all(type(reader.layer) is keras.layers.Dense for reader in walk.readers)
            if plain and all(isinstance(layer, keras.layers.Dropout) for layer in walk.between):
                found.append((call.layer.name, tuple(r.layer.name for r in walk.readers)))
        return tuple(found)

    def chain(self, hidden: list[str]) -> tuple[str, ...]:
        """Return the Dense layers of a model that reads rows of numbers and is a chain of them.

        All but the last are `hidden`. Of any other model none are returned.
        """
        found, before = [], id(self.model.inputs[0])
        for call in self.calls:
            if call.inputs != (before,):
                return ()
            if type(call.layer) is keras.layers.Dense:
                found.append(call.layer.name)
            elif not (
                _keeps_units_apart(call.layer)
                or isinstance(call.layer, _OUTPUT_ACTIVATIONS if found else _BEFORE)
            ):
                return ()
            before = call.output
        rows = len(self.model.inputs) == 1 and len(self.model.inputs[0].shape) == 2
        alone = len(self._outputs) == 1 and before in self._outputs
        return tuple(found) if rows and alone and found[:-1] == hidden else ()

    def can_be_masked(self, call: Call, walk: _Walk) -> bool:
        """Whether units work apart up to plain Dense layers, and each layer is called once."""
        if type(call.layer) is not keras.layers.Dense or mixes_units(call.layer.activation):
            return False
        used = [call.layer, *walk.between, *(reader.layer for reader in walk.readers)]
        once = all(sum(c.layer is layer for c in self.calls) == 1 for layer in used)
        dense = all(type(reader.layer) is keras.layers.Dense for reader in walk.readers)
        return once and dense and bool(walk.readers)

    def _downstream(self, call: Call) -> Iterator[Call]:
        for other in self.calls:
            if call.output in other.inputs:
                yield other
                if _keeps_units_apart(other.layer):
                    yield from self._downstream(other)


def _keeps_units_apart(layer) -> bool:
    """Whether `layer` treats each unit by itself, with at most weights of one value per unit."""
    if isinstance(layer, keras.layers.BatchNormalization):
        return layer.axis in (-1, len(layer.input.shape) - 1)
    return _elementwise(layer)


def _elementwise(layer) -> bool:
    if type(layer) is keras.layers.Activation:
        return not mixes_units(layer.activation)
    return type(layer) in (*_ACTIVATIONS, *DROPOUT, *_NOISE)


def mixes_units(activation: Callable) -> bool:
    """Whether an activation looks at several units at once, as softmax does."""
    if isinstance(activation, keras.Layer):
        return not _elementwise(activation)
    Z = tf.constant([[0.5, -1.0, 2.0, 1.0]])
    try:
        with on_cpu():
            together, alone = np.asarray(activation(Z)), np.asarray(activation(Z[:, :2]))
    except Exception:  # made for a certain number of units, or for symbolic tensors only
        return True
    return together.shape != Z.shape or not np.allclose(together[:, :2], alone)


def _activation_holder(layer, between) -> str | None:
    """Return the layer that holds the activation of a hidden `layer`, if it can be exchanged."""
    following = [b for b in between if isinstance(b, _ACTIVATIONS)]
    if following:
        holder = following[0]
        return holder.name if type(holder) is keras.layers.Activation else None
    return layer.name


def _hidden_dense(layer, walk: _Walk) -> HiddenDense:
    return HiddenDense(
        path=layer.name,
        units=layer.units,
        between=tuple(b.name for b in walk.between),
        readers=tuple(reader.layer.name for reader in walk.readers),
        masked_at_reader=any(not isinstance(b, keras.layers.Dropout) for b in walk.between),
    )
