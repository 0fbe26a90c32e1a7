"""Find numbers that an Embedding has no row for: XLA would silently read another row."""

import contextlib
from collections.abc import Callable, Iterator

import numpy as np

from lessons_lib.live._copying import unchanged
from lessons_lib.live._tensorflow import keras, on_cpu, without_cautions

_FEW, _MANY = 8, 1024  # samples at a time: through the whole model, and up to the last Embedding


class _Enough(Exception):
    """Every Embedding has been asked."""


def check_ids(model: keras.Model, X: np.ndarray, what: str = "") -> bool:
    """Raise if an Embedding, wherever it stands in `model`, is asked for a row it does not have.

    What leads to the embeddings is computed, on all samples; what follows them on a few only.

    Returns
    -------
    bool
        Whether there is an Embedding.
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
