"""What a model is for, read from its loss, its last activation and its targets."""

from dataclasses import dataclass

import numpy as np

from lessons_lib.live._structure import leaves
from lessons_lib.live._tensorflow import keras, tf
from lessons_lib.live._validation import Data, output_units, resolve_loss

_CROSS_ENTROPIES = ("crossentropy", "cross_entropy")


@dataclass(frozen=True)
class Task:
    """How predictions are read.

    Attributes
    ----------
    kind : {"regression", "binary", "multiclass"}
    threshold : float
        Binary: predictions above it count as the second class.
    target_threshold : float
        Binary: targets above it are the second class.
    """

    kind: str
    threshold: float = 0.5
    target_threshold: float = 0.5

    def hits(self, y, predictions):
        """Return the fraction of right answers, a float32 tensor of shape ()."""
        if self.kind == "binary":
            same = (predictions > self.threshold) == (
                tf.reshape(y, tf.shape(predictions)) > self.target_threshold
            )
        else:
            classes = y if y.shape.rank == 1 else tf.argmax(y, axis=-1)
            same = tf.argmax(predictions, axis=-1) == tf.cast(classes, tf.int64)
        return tf.reduce_mean(tf.cast(same, tf.float32))


def find_task(model: keras.Model, data: Data) -> Task:
    """Return what `model` is for.

    Cross-entropy and hinge losses make a classifier. So does any other loss when the last
    activation is a sigmoid, tanh or softmax and the targets are two values or one-hot rows:
    training a classifier with the mean squared error is a known mistake worth watching.
    """
    loss = resolve_loss(model)
    name = getattr(loss, "__name__", type(loss).__name__).lower()
    units, values = output_units(model), np.unique(data.y)
    classifier = any(word in name for word in (*_CROSS_ENTROPIES, "hinge"))
    activation = _last_activation(model)
    if not classifier and activation not in ("sigmoid", "tanh", "softmax"):
        return Task("regression")
    if data.y.ndim == 1 and units > 1:
        return Task("multiclass")
    one_hot = np.isin(values, (0, 1)).all() and (data.y.sum(axis=-1) == 1).all()
    if units > 1 and one_hot:
        return Task("multiclass")
    if not classifier and (units > 1 or len(values) != 2):
        return Task("regression")
    middle = float(values[0] + values[-1]) / 2 if len(values) > 1 else 0.5
    if "hinge" in name or getattr(loss, "from_logits", False):
        return Task("binary", 0.0, middle)
    return Task("binary", 0.5 if classifier else middle, middle)


def _last_activation(model: keras.Model) -> str:
    for layer in reversed(list(leaves(model).values())):
        if isinstance(layer, keras.layers.Softmax):
            return "softmax"
        function = getattr(layer, "activation", None)
        if function is not None and function is not keras.activations.linear:
            return getattr(function, "__name__", "")
        if layer.weights:
            break
    return "linear"
