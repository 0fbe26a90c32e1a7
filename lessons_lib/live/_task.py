"""What a model is for, what makes its outputs, and whether its loss can learn from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._compiled import Head, heads_of, loss_name
from lessons_lib.live._copying import Call, copy_graph, from_keras, same
from lessons_lib.live._structure import DROPOUT, KERNEL_LAYERS
from lessons_lib.live._tensorflow import keras, tf

_layers = keras.layers
_HOLDERS = (*KERNEL_LAYERS, _layers.EinsumDense, _layers.Conv1DTranspose, _layers.Conv2DTranspose,
            _layers.SeparableConv1D, _layers.SeparableConv2D, _layers.SimpleRNN, _layers.LSTM,
            _layers.GRU, _layers.Activation)  # fmt: skip
_NAMED = {
    _layers.Softmax: "softmax",
    _layers.ReLU: "relu",
    _layers.LeakyReLU: "leaky_relu",
    _layers.PReLU: "leaky_relu",
    _layers.ELU: "elu",
    _layers.BatchNormalization: "linear",
    _layers.LayerNormalization: "linear",
}
# What moves values or leaves some out, but makes none of another range.
_PASSING = (*DROPOUT, _layers.Reshape, _layers.Flatten, _layers.Permute, _layers.RepeatVector,
            _layers.Identity, _layers.ActivityRegularization, _layers.Cropping1D,
            _layers.Cropping2D, _layers.UpSampling1D, _layers.UpSampling2D,
            _layers.GlobalAveragePooling1D, _layers.GlobalAveragePooling2D,
            _layers.GlobalMaxPooling1D, _layers.GlobalMaxPooling2D, _layers.AveragePooling1D,
            _layers.AveragePooling2D, _layers.MaxPooling1D, _layers.MaxPooling2D)  # fmt: skip
SQUASHED = {"sigmoid": (0, 1), "hard_sigmoid": (0, 1), "softmax": (0, 1), "sparsemax": (0, 1),
            "tanh": (-1, 1), "hard_tanh": (-1, 1), "softsign": (-1, 1)}  # fmt: skip
_PROBABILITIES = [name for name, ends in SQUASHED.items() if ends == (0, 1)]
_NEVER_BELOW_0 = [*_PROBABILITIES, "relu", "relu6", "softplus", "exponential"]
_DISTANCES = ("meansquarederror", "meanabsoluteerror", "huber", "logcosh")


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

    def hits(
        self, y: tf.Tensor, predictions: tf.Tensor, weights: tf.Tensor | None = None
    ) -> tf.Tensor:
        """Return the fraction of right answers among those that count, a float32 tensor.

        With `weights`, shape ``(n_samples,)``, a sample counts as much as it weighs.
        Neither steps that a mask leaves out count, as in Keras, nor those of an ignored class. For
        a regression it is 0.
        """
        if self.kind == "regression":
            return tf.constant(0.0)
        counted = tf.ones_like(predictions, tf.bool)
        if (mask := getattr(predictions, "_keras_mask", None)) is not None:
            counted &= _spread(mask, counted)
        if self.kind == "multiclass":
            counted = counted[..., 0]
            if self.ignored is not None:
                counted &= self._classes(y, predictions) != self.ignored
        same = self.right(y, predictions)
        both = [tf.cast(which, tf.float32) for which in (same & counted, counted)]
        if weights is not None:
            both = [which * _spread(weights, which) for which in both]
        right, all_counted = map(tf.reduce_sum, both)
        return tf.math.divide_no_nan(right, all_counted)

    def right(self, y: tf.Tensor, predictions: tf.Tensor) -> tf.Tensor:
        """Return which answers of a classifier are right, one for each output or choice of one."""
        if self.kind == "binary":
            return (predictions > self.threshold) == (
                tf.reshape(y, tf.shape(predictions)) > self.target_threshold
            )
        classes = self._classes(y, predictions)
        return tf.argmax(predictions, axis=-1) == tf.cast(classes, tf.int64)

    @staticmethod
    def _classes(y, predictions):
        return y if y.shape.rank < predictions.shape.rank else tf.argmax(y, axis=-1)


def _spread(mask, like):
    """Return a mask or weights, ``(n_samples, ...)``, for the last axes of `like` as well."""
    more = like.shape.rank - mask.shape.rank
    return tf.reshape(mask, tf.concat([tf.shape(mask), [1] * more], axis=0))


def judged_outputs(
    model: keras.Model, targets: Sequence[np.ndarray]
) -> tuple[tuple[Task, ...], str]:
    """Return what each output of a model is for, and why the loss cannot teach one, if so."""
    tasks, doubts, heads = [], [], heads_of(model)
    for place, (head, y) in enumerate(zip(heads, targets, strict=True)):
        activation = last_activation(model, place)
        tasks.append(find_task(head, y, activation))
        if words := doubt(head, activation, y):
            doubts.append(words if len(heads) == 1 else f"Output {head.name!r}: {words}")
    return tuple(tasks), " ".join(doubts)


def find_task(head: Head, y: np.ndarray, activation: str | None) -> Task:
    """Return what an output that `activation` makes is for.

    Cross-entropy and hinge losses make a classifier. So does any other loss when the last
    activation is a sigmoid, tanh or softmax and the targets are two values or one-hot rows:
    training a classifier with the mean squared error is a known mistake worth watching.
    """
    loss = head.function
    name, ignored = loss_name(loss), getattr(loss, "ignore_class", None)
    units, values = head.units, np.unique(y)
    classifier = any(word in name for word in ("crossentropy", "hinge"))
    if not classifier and activation not in ("sigmoid", "tanh", "softmax"):
        return Task("regression")
    if y.ndim < len(head.tensor.shape) and units > 1:
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


def last_activation(model: keras.Model, place: int = 0) -> str | None:
    """Return the name of the function that gives an output of `model`, by its place.

    "linear" where layers of weights give them as they are, None where something takes part that
    cannot be judged: a layer or function of the learner's own, or several tensors.
    """
    calls: list[Call] = []
    copy = copy_graph(model, same, calls)
    made_by = {call.output: call for call in calls}
    output = id(copy.outputs[place])
    while (call := made_by.get(output)) is not None and len(call.inputs) == 1:
        if not _passes(call.layer):
            return _activation_of(call.layer)
        output = call.inputs[0]
    return None


def _passes(layer) -> bool:
    plain = type(layer) is _layers.Activation and layer.activation is keras.activations.linear
    return plain or type(layer) in _PASSING


def _activation_of(thing) -> str | None:
    if isinstance(thing, keras.Model):
        return last_activation(thing)
    if isinstance(thing, _layers.TimeDistributed):
        return _activation_of(thing.layer)
    if type(thing) in _NAMED:
        return _NAMED[type(thing)]
    if type(thing) in _HOLDERS:
        return _activation_of(thing.activation)
    if isinstance(thing, keras.Layer):
        return None
    if isinstance(thing, keras.Operation):  # keras.ops.sigmoid(...) in the graph
        name = type(thing).__name__.lower()
        return name if name in (*SQUASHED, "relu") else None
    known = from_keras(thing) or str(getattr(thing, "__module__", "")).startswith("tensorflow.")
    return thing.__name__.removesuffix("_v2") if known else None  # tf.nn.softmax is softmax_v2


def doubt(head: Head, activation: str | None, y: np.ndarray) -> str:
    """Return a sentence on why the loss cannot teach such an output; "" if it can or who knows.

    Keras trains such a model without a word, and so does the trainer. `activation` is its
    :func:`last_activation`.
    """
    loss = head.function
    name, cross_entropy = loss_name(loss), "crossentropy" in loss_name(loss)
    if activation is None:
        return ""
    if activation == "softmax" and head.units == 1:
        return (
            "A softmax over one unit gives 1 whatever the weights are, so the predictions never "
            'change: use activation="sigmoid" for two classes.'
        )
    if not (from_keras(loss) or from_keras(type(loss))):
        return ""
    ends, own = _ends(activation), "sigmoid" if name.startswith("binary") else "softmax"
    if cross_entropy and getattr(loss, "from_logits", False):
        if activation in SQUASHED or (own == "sigmoid" and activation in _NEVER_BELOW_0):
            return (
                f"The outputs {ends}, but the loss is told that they are raw scores "
                f"(from_logits=True), to which it applies a {own} itself: leave out one of the two."
            )
    elif cross_entropy or name == "kldivergence":
        # The categorical loss divides by the sum: what is positive becomes probabilities there.
        positive = name.startswith(("categorical", "kl")) and activation in (
            "softplus",
            "exponential",
        )
        if activation not in _PROBABILITIES and not positive:
            scores = ", or tell the loss that these are scores: from_logits=True"
            return (
                f"The loss takes probabilities, but the outputs {ends} and may lie outside of 0 "
                f'and 1, where it cannot teach: use activation="{own}" in the last layer'
                f"{scores if cross_entropy else ''}."
            )
    elif name in ("hinge", "squaredhinge") and activation in _NEVER_BELOW_0:
        return (
            f"A hinge loss wants outputs of at most -1 for one of the classes, but these {ends} "
            'and never fall below 0: use activation="tanh", or none, in the last layer.'
        )
    elif name == "poisson" and activation not in _NEVER_BELOW_0:
        return (
            f"The Poisson loss takes the mean of a count, which is above 0, but the outputs {ends} "
            'and may fall below: use activation="exponential" in the last layer.'
        )
    elif name in _DISTANCES:
        low, high = SQUASHED.get(activation, (-np.inf, np.inf))
        if activation in ("relu", "softplus", "exponential"):
            low = 0
        if y.min() < low or y.max() > high:
            return (
                f"The outputs {ends} and lie between {low:g} and {high:g}, but y goes from "
                f"{y.min():g} to {y.max():g}: leave out the activation of the last layer, or "
                "scale y."
            )
    return ""


def _ends(activation: str) -> str:
    return "have no activation" if activation == "linear" else f"end in {activation}"
