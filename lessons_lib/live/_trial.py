"""Try a copy before it trains: it must be the same model, and embed no unknown number."""

import contextlib
from collections.abc import Callable, Iterator

import numpy as np

from lessons_lib.live._copying import copy_graph, from_keras, how_to_describe, leaves, same
from lessons_lib.live._tensorflow import keras, on_cpu, without_cautions
from lessons_lib.live._twin import by_path

_FEW, _MANY = 8, 1024  # samples at a time: through the whole model, and up to the last Embedding


def check_own_layers(model: keras.Model) -> None:
    """Raise where layers of the learner's own are copied with weights of other shapes."""
    own = [layer for layer in leaves(model).values() if not from_keras(type(layer))]
    if own:
        copy = copy_graph(model, by_path(model, lambda path, layer: same(layer)))
        if [w.shape for w in copy.weights] != [w.shape for w in model.weights]:
            raise _another_model(model, own)


def check_copy(model: keras.Model, copy: keras.Model, X: np.ndarray) -> None:
    """Raise where `copy` is another model: where a layer gives something else than in `model`.

    Compared on a few samples of `X`; what the models know and count is the same afterwards.
    """
    few = np.resize(X, (model.inputs[0].shape[0] or _FEW, *X.shape[1:]))
    names = [layer.name for layer in model.layers if _has_one_output(layer)]
    ends = [f" {place}" for place in range(len(model.outputs))]  # no layer is called so
    inside = [
        keras.Model(
            m.inputs[0],
            {n: m.get_layer(n).output for n in names} | dict(zip(ends, m.outputs, strict=True)),
        )
        for m in (model, copy)
    ]
    with unchanged(model), unchanged(copy), without_cautions():
        outputs = [m(few, training=False) for m in (*inside, inside[0])]
    for name in (*names, *ends):
        a, b, c = (np.asarray(output[name]) for output in outputs)
        if not _close(a, c):  # noise in predictions too: nothing can be compared from here on
            return
        if not _close(a, b):
            inner = name in names
            suspects = [model.get_layer(name)] if inner else list(leaves(model).values())
            own = [layer for layer in suspects if not from_keras(type(layer))]
            raise _another_model(model, own, name if inner else "")


@contextlib.contextmanager
def unchanged(model: keras.Model) -> Iterator[None]:
    """Give `model` back its counters, generators and statistics after a look at its outputs."""
    before = [(v, v.numpy()) for v in model.non_trainable_variables]
    yield
    for variable, value in before:
        variable.assign(value)


def _has_one_output(layer: keras.Layer) -> bool:
    if isinstance(layer, keras.layers.InputLayer | keras.Model):  # a model's is inside it
        return False
    try:
        return isinstance(layer.output, keras.KerasTensor) and not layer.output.sparse
    except (AttributeError, ValueError):  # called in several places
        return False


def _another_model(model: keras.Model, own: list[keras.Layer], first: str = "") -> ValueError:
    names = f"layer {first!r}" if first else "inside of a layer"
    cure = "give it as an argument, or keep it in a weight of add_weight()"
    why = f"gives other values there: something was set in it after it was made; {cure}"
    if own and "__init__" in vars(type(own[0])):
        names = f"layer {' or '.join(repr(layer.name) for layer in own)}"
        why = f"does not say what it was made with: {how_to_describe(type(own[0]))}"
    return ValueError(
        f"A copy of the model {model.name!r} is not the same model, because the {names} {why}."
    )


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    a, b = a.astype("float64"), b.astype("float64")
    scale = np.abs(a[np.isfinite(a)]).max(initial=0)
    return np.allclose(a, b, rtol=0, atol=1e-3 * scale, equal_nan=True)


class _Enough(Exception):
    """Every Embedding has been asked."""


def check_ids(model: keras.Model, X: np.ndarray, what: str = "") -> bool:
    """Raise if an Embedding, wherever it stands in `model`, is asked for a row it does not have.

    What leads to the embeddings is computed, on all samples; what follows them on a few only.
    Return whether there is an Embedding.
    """
    ranges: dict[int, tuple] = {}
    asked, calls = 0, None

    def look(layer, inputs) -> None:
        nonlocal asked
        ids = np.asarray(inputs).astype("int64")
        _, low, high = ranges.get(id(layer), (layer, np.inf, -np.inf))
        low, high = min(low, ids.min(initial=0)), max(high, ids.max(initial=0))
        ranges[id(layer)] = layer, low, high
        asked += 1
        if asked == calls:
            raise _Enough

    with on_cpu(), unchanged(model), without_cautions(), _watched(look):
        for samples in _pieces(model, X):
            asked = 0
            with contextlib.suppress(_Enough):
                model(samples, training=False)
            calls = asked
            if not calls:
                return False
    for layer, low, high in ranges.values():
        if low < 0 or high >= layer.input_dim:
            raise ValueError(
                f"The layer {layer.name!r} embeds the numbers 0 to {layer.input_dim - 1}, but "
                f"{what}X brings it values from {low} to {high}: give Embedding an input_dim of "
                "the largest number plus 1, and count from 0."
            )
    return True


@contextlib.contextmanager
def _watched(look: Callable) -> Iterator[None]:
    """Let `look` see what every Embedding reads, those inside other layers too."""
    kind = keras.layers.Embedding
    call = kind.call

    def watched(layer, inputs, *args, **kwargs):
        look(layer, inputs)
        known = keras.ops.clip(keras.ops.cast(inputs, "int32"), 0, layer.input_dim - 1)
        return call(layer, known, *args, **kwargs)

    kind.call = watched
    try:
        yield
    finally:
        kind.call = call


def _pieces(model: keras.Model, X: np.ndarray) -> Iterator[np.ndarray]:
    fixed = model.inputs[0].shape[0]
    start, size = 0, fixed or _FEW
    while start < len(X):
        piece = X[start : start + size]
        yield np.resize(piece, (fixed, *X.shape[1:])) if fixed else piece
        start, size = start + size, fixed or _MANY
