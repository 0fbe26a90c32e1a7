"""Many plain stacks of Dense layers as one: written by hand, because that is fast."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from lessons_lib.live import _layers
from lessons_lib.live._compiled import Head, loss_name
from lessons_lib.live._copying import Call, copy_graph, from_keras, is_own_function, same
from lessons_lib.live._layouts import layout_for
from lessons_lib.live._network import Network
from lessons_lib.live._packing import Packing
from lessons_lib.live._structure import mixes_units
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import keras, tf

_DENSE = (keras.layers.Dense, _layers.Dense)
_PENALTIES = (type(None), keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)
_OF_WHOLE_BATCHES = ("dice", "tversky", "circle")
_IN_HEAD = (keras.layers.Activation, keras.layers.Softmax)


class Stack:
    """What :class:`~lessons_lib.live._mapped.Mapped` does, for a chain of Dense layers.

    Parameters
    ----------
    network : Network
    packing : Packing
        In which order the values of its variables come.
    task : Task
    chain : list of keras.Layer
        As :func:`chain_of` returns it.
    compiled : bool
        Whether XLA compiles what is built.
    own : bool
        Whether each model has its own batches and noise.
    """

    def __init__(
        self,
        network: Network,
        packing: Packing,
        task: Task,
        chain: list[keras.Layer],
        compiled: bool,
        own: bool,
    ):
        self._own = own
        self._network, self._packing, self._task = network, packing, task
        loss = network.heads[0].function
        self._loss = loss.call if isinstance(loss, keras.losses.Loss) else loss
        last = max(place for place, layer in enumerate(chain) if isinstance(layer, _DENSE))
        self._body, self._output, self._head = chain[:last], chain[last], chain[last + 1 :]
        kernels = [layer.kernel for layer in chain if isinstance(layer, _DENSE)]
        self.layout = layout_for([tuple(kernel.shape) for kernel in kernels], compiled)
        masks = {h.path: network.layers[h.path].mask for h in network.structure.hidden}
        self._masks = {network.layers[path].name: mask for path, mask in masks.items()}
        self._input_masks = {
            network.layers[reader].name: masks[h.path]
            for h in network.structure.hidden
            if h.masked_at_reader
            for reader in h.readers
        }
        self._trained = [packing.number(v) for v in network.model.trainable_variables]

    def update(
        self,
        values: Sequence[tf.Tensor],
        X: tf.Tensor,
        y: tf.Tensor,
        noise: Sequence[tf.Tensor],
    ) -> tuple:
        """Return losses, hits, own penalties, gradients, and the values of what is not trained.

        Parameters
        ----------
        values : list of Tensor
            Of the network's variables, as they lie in the layout.
        X, y : Tensor
            One batch: the same for all models, or with an axis for them in front.
        noise : list of Tensor
            Of this update, as `noise` returns it.
        """
        X = self.layout.inside(X) if self._own else X
        values = [*values]
        trained = [values[place] for place in self._trained]
        with tf.GradientTape() as tape:
            tape.watch(trained)
            Z = self._forward(values, X, noise)
            penalties = self._own_penalties(values)
        losses, hits, dZ = self._judge(Z, y, self._own)
        gradients = tape.gradient(
            [Z, penalties], trained, output_gradients=[dZ, tf.ones_like(losses)]
        )
        return losses, hits, penalties, gradients, values

    def judge(
        self, values: Sequence[tf.Tensor], X: tf.Tensor, y: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss and the hits of each model, without dropout."""
        return self._judge(self._forward(values, X), y, own=False)[:2]

    def outputs(self, values: Sequence[tf.Tensor], X: tf.Tensor) -> tf.Tensor:
        """Return each model's predictions, ``(n_models, n_samples, n_outputs)``."""
        return self._activated(self.layout.outside(self._forward(values, X)))

    def noise(self, number: tf.Tensor, keys: tf.Tensor, batch_size: int) -> list[tf.Tensor]:
        """Return the noise of the Dropout layers in an update.

        Made one update ahead, it stands in memory; otherwise XLA would compute it anew in each
        loop that reads it, for each model.

        Parameters
        ----------
        number : Tensor of shape ()
            Which update it is, counted from 1.
        keys : Tensor of shape (n_models, n_dropouts)
            What makes each model's noise its own, where it is.
        batch_size : int
        """
        found, units = [], self._network.model.inputs[0].shape[-1]
        for layer in self._body:
            if isinstance(layer, _layers.Dropout):
                shape = batch_size, units
                if self._own:
                    key = keys[:, len(found), None, None]
                    noise = self.layout.inside(_layers.noise_24_bits(shape, number, key))
                else:
                    noise = _layers.noise_24_bits(shape, number, layer.key)
                found.append(noise)
            units = getattr(layer, "units", units)
        return found

    def _forward(self, values, X, noise: Sequence | None = None):
        """Return what the last Dense layer puts out before its activation."""
        noise = None if noise is None else iter(noise)
        for layer in self._body:
            if isinstance(layer, _DENSE):
                X = layer.activation(self._summed(layer, values, X))
                if (mask := self._masks.get(layer.name)) is not None:
                    X *= self.layout.per_unit(self._value(values, mask))
            elif isinstance(layer, _layers.Dropout):
                X = X if noise is None else self._dropped(layer, values, X, next(noise))
            else:
                X = layer.activation(X)
        return self._summed(self._output, values, X)

    def _dropped(self, layer, values, X, noise):
        layout = self.layout
        kept_from, scale = (layout.per_model(self._value(values, v), X) for v in layer.rate_weights)
        noise = noise if self._own else layout.shared(noise)
        return tf.where(noise >= kept_from, X * scale, 0.0)

    def _summed(self, layer, values, X):
        if (mask := self._input_masks.get(layer.name)) is not None:
            X *= self.layout.per_unit(self._value(values, mask))
        Z = self.layout.dot(X, self._value(values, layer.kernel))
        if layer.use_bias:
            Z += self.layout.per_unit(self._value(values, layer.bias))
        return Z

    def _value(self, values, variable):
        return values[self._packing.number(variable)]

    def _activated(self, Z):
        predictions = self._output.activation(Z)
        for layer in self._head:
            predictions = layer(predictions)
        return predictions

    def _judge(self, Z, y, own: bool):
        """Return each model's loss, hits and dL/dZ; `y` may be each model's own.

        The samples of all models are one batch to Keras's loss, which leaves one number each.
        """
        layout = self.layout
        n_models, Z = layout.n_models(Z), layout.judged(Z)
        y = layout.targets(y, own, n_models)
        with tf.GradientTape() as tape:
            tape.watch(Z)
            predictions = self._activated(Z)
            if predictions.shape[-1] == 1 and y.shape.rank < predictions.shape.rank:
                y = y[..., None]  # or Keras would take the models for samples, and these for units
            losses = tf.reduce_mean(self._loss(y, predictions), axis=layout.samples_axis)
            total = tf.reduce_sum(losses)
        hits = tf.zeros_like(losses)
        if self._task.kind != "regression":
            right = tf.cast(self._task.right(y, predictions), tf.float32)
            hits = tf.reduce_mean(right, axis=[layout.samples_axis, *range(2, right.shape.rank)])
        return losses, hits, layout.from_judged(tape.gradient(total, Z))

    def _own_penalties(self, values):
        """Return the price of the penalties that the layers were built with."""
        price = tf.zeros(self.layout.n_models(self._value(values, self._output.kernel)))
        for layer in (*self._body, self._output):
            if (own := getattr(layer, "kernel_regularizer", None)) is not None:
                W = self._value(values, layer.kernel)
                factors = own.get_config()
                price += factors.get("l2", 0.0) * self.layout.sum_of(tf.square(W))
                price += factors.get("l1", 0.0) * self.layout.sum_of(tf.abs(W))
        return price


def chain_of(network: Network) -> list[keras.Layer] | None:
    """Return the layers of a network that :class:`Stack` can train, in their order, or None."""
    calls: list[Call] = []
    copy_graph(network.model, same, calls)
    following = all(b.inputs == (a.output,) for a, b in pairwise(calls))
    names = [call.layer.name for call in calls]
    if not following or sorted(names) != sorted(network.layers):
        return None
    chain = [network.layers[name] for name in names]
    dense = [place for place, layer in enumerate(chain) if isinstance(layer, _DENSE)]
    if not dense or len(network.model.inputs[0].shape) != 2:
        return None
    head = chain[dense[-1] + 1 :]
    body = all(map(_is_known, chain[: dense[-1] + 1], [True] * dense[-1] + [False]))
    plain = body and all(type(layer) in _IN_HEAD for layer in head)
    return chain if plain and _is_mean_of_samples(network.heads[0]) else None


def _is_mean_of_samples(head: Head) -> bool:
    """Whether the loss is Keras's own, and the mean of what each sample costs by itself."""
    loss = head.function
    return (
        (from_keras(loss) or from_keras(type(loss)))
        and getattr(loss, "reduction", "mean") in ("sum_over_batch_size", "mean")
        and loss_name(loss) not in _OF_WHOLE_BATCHES
        and getattr(loss, "ignore_class", None) is None
        and head.weight is None
    )


def _is_known(layer, hidden: bool) -> bool:
    if layer.dtype_policy.name != "float32":
        return False
    if type(layer) is _layers.Dropout:
        return layer.noise_shape is None
    if type(layer) is keras.layers.Activation:
        return _is_plain(layer.activation, hidden)
    plain = ("bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint")
    return (
        type(layer) in _DENSE
        and layer.trainable
        and _is_plain(layer.activation, hidden)
        and all(getattr(layer, name) is None for name in plain)
        and type(layer.kernel_regularizer) in _PENALTIES
    )


def _is_plain(activation: Callable, hidden: bool) -> bool:
    """Whether an activation is one of Keras's, and one that may stand in a hidden layer."""
    own = is_own_function(activation) or isinstance(activation, keras.Layer)
    return not own and not (hidden and mixes_units(activation))
