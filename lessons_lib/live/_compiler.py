"""Which compiler suits a model: XLA, or none (a plain graph of TensorFlow's own kernels)."""

import math

from lessons_lib.live._copying import leaves
from lessons_lib.live._tensorflow import keras

_CONVOLUTIONS = tuple(
    getattr(keras.layers, name)
    for name in dir(keras.layers)
    if name.startswith(("Conv", "DepthwiseConv", "SeparableConv"))
)
# Keras says of other layers that XLA cannot compile them, but not of these; nor does every
# version have them all.
_PLAIN = ("CategoryEncoding", "MixUp", "CutMix", "AugMix", "RandAugment", "RandomElasticTransform")
# Multiply-adds of all convolutions in one update, forward. For small ones XLA wins because it
# starts no kernels: at 80,000 four times as fast, at 300,000 to 400,000 as fast for one layer of
# large batches and twice to three times for small batches or several layers. But it writes a
# convolution's backward pass as plain loops: as fast at about 650,000, half as fast at 1.3 million,
# a tenth at 4 million and on.
_MOST_CONVOLVED = 600_000


def suits_xla(model: keras.Model, batch_shape: tuple[int, ...]) -> bool:
    """Whether `model` trains faster with XLA; decided by its layers and shapes alone.

    A race would be decided now this way, now that way, and the two differ in the last bit.
    `batch_shape` is that of the inputs of one update.
    """
    layers = leaves(model).values()
    if not all(map(_compiles, layers)):
        return False
    return batch_shape[0] * sum(_convolved(layer, batch_shape) for layer in layers) <= (
        _MOST_CONVOLVED
    )


def _compiles(layer) -> bool:
    """Whether XLA can compile a layer; where it fails, TensorFlow prints pages to descriptor 2."""
    inner = getattr(layer, "layer", layer)  # TimeDistributed's
    listed = type(inner).__name__ in _PLAIN
    finely = getattr(inner, "interpolation", "nearest") not in ("nearest", "bilinear")
    return getattr(inner, "supports_jit", True) and not listed and not finely


def _convolved(layer, batch_shape: tuple[int, ...]) -> int:
    """Return the multiply-adds of a convolution for one sample; 0 for any other layer."""
    inner = getattr(layer, "layer", layer)  # TimeDistributed's
    if not isinstance(inner, _CONVOLUTIONS):
        return 0
    places = 0
    for tensor in (layer.input, layer.output):  # transposed ones multiply where they read
        shape = tensor.shape[1:]
        channels_first = getattr(layer, "data_format", "") == "channels_first"
        spatial = shape[1:] if channels_first else shape[:-1]
        # Where the model takes any size, the data's is the largest there is.
        known = all(size is not None for size in spatial)
        here = math.prod(spatial if known else batch_shape[1:-1])
        places = min(places, here) if places else here
    kernels = [weight.shape for weight in layer.weights if len(weight.shape) > 2]
    groups = getattr(inner, "groups", 1)
    if hasattr(inner, "depthwise_kernel") or "Depthwise" in type(inner).__name__:
        groups = kernels[0][-2]  # one for each channel
    # With XLA a filter of a few channels takes as long as one that reads all.
    return places * groups * sum(math.prod(shape) for shape in kernels)
