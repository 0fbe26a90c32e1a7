"""What a model is for, read from its loss, its last activation and its targets."""

from dataclasses import dataclass

import numpy as np

from lessons_lib.live._outputs import SQUASHED
from lessons_lib.live._tensorflow import keras, tf
from lessons_lib.live._validation import Data, loss_name, output_units, resolve_loss


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
    ignored : int or None
        Multiclass: the class that the loss leaves out.
    """

    kind: str
    threshold: float = 0.5
    target_threshold: float = 0.5
    ignored: int | None = None

    def hits(self, y, predictions):
        """Return the fraction of right answers among those that count, a float32 tensor.

        Neither steps that a mask leaves out count, as in Keras, nor those of an ignored class.
        """
        counted = tf.ones_like(predictions, tf.bool)
        if (mask := getattr(predictions, "_keras_mask", None)) is not None:
            counted &= _spread(mask, counted)
        if self.kind == "binary":
            same = (predictions > self.threshold) == (
                tf.reshape(y, tf.shape(predictions)) > self.target_threshold
            )
        else:
            counted = counted[..., 0]
            classes = y if y.shape.rank < predictions.shape.rank else tf.argmax(y, axis=-1)
            same = tf.argmax(predictions, axis=-1) == tf.cast(classes, tf.int64)
            if self.ignored is not None:
                counted &= classes != self.ignored
        right, all_counted = (
            tf.reduce_sum(tf.cast(which, tf.float32)) for which in (same & counted, counted)
        )
        return tf.math.divide_no_nan(right, all_counted)


def _spread(mask, like):
    """Return a mask of shape ``(n_samples, ...)`` for the last axes of `like` as well."""
    more = like.shape.rank - mask.shape.rank
    return tf.reshape(mask, tf.concat([tf.shape(mask), [1] * more], axis=0))


def find_task(model: keras.Model, data: Data, activation: str | None) -> Task:
    """Return what `model`, whose outputs `activation` makes, is for.

    Cross-entropy and hinge losses make a classifier. So does any other loss when the last
    activation is a sigmoid, tanh or softmax and the targets are two values or one-hot rows:
    training a classifier with the mean squared error is a known mistake worth watching.
    """
    loss, y = resolve_loss(model), data.y
    name, ignored = loss_name(loss), getattr(loss, "ignore_class", None)
    units, values = output_units(model), np.unique(y)
    classifier = any(word in name for word in ("crossentropy", "hinge"))
    if not classifier and activation not in ("sigmoid", "tanh", "softmax"):
        return Task("regression")
    if y.ndim < len(model.outputs[0].shape) and units > 1:
        return Task("multiclass", ignored=ignored)
    one_hot = np.isin(values, (0, 1)).all() and (y.sum(axis=-1) == 1).all()
    if units > 1 and one_hot:
        return Task("multiclass")
    if not classifier and (units > 1 or len(values) != 2):
        return Task("regression")
    middle = float(values[0] + values[-1]) / 2 if len(values) > 1 else 0.5
    scores = "hinge" in name or getattr(loss, "from_logits", False)
    if scores and SQUASHED.get(activation) != (0, 1):
        return Task("binary", 0.0, middle)
    return Task("binary", 0.5 if classifier else middle, middle)
