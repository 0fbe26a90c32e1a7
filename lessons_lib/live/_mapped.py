"""Many models of any kind as one: TensorFlow makes each operation of one an operation of all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lessons_lib.live._layers import Dropout
from lessons_lib.live._layouts import ModelsFirst
from lessons_lib.live._network import Network
from lessons_lib.live._packing import Packing
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import keras, tf


class Mapped:
    """The update and the judgement of many models like `network`, whatever its layers are.

    Its methods take the values of all variables of `packing`, ``(n_models, *shape)``.
    """

    def __init__(self, network: Network, packing: Packing, task: Task, compiled: bool, own: bool):
        self._network, self._task, self._own = network, task, own
        of_model = {id(v) for v in network.model.variables}
        # They stand in front of what the optimizer remembers.
        self._variables = [v for v in packing.variables if id(v) in of_model]
        self._trained = [packing.number(v) for v in network.model.trainable_variables]
        self._dropouts = [layer for layer in network.layers.values() if isinstance(layer, Dropout)]
        self.layout = ModelsFirst(compiled)

    def update(
        self,
        values: Sequence[tf.Tensor],
        X: tf.Tensor,
        y: tf.Tensor,
        noise: Sequence[tf.Tensor],
    ) -> tuple:
        """Return losses, hits, own penalties, gradients, and the values of what is not trained.

        As :meth:`lessons_lib.live._stack.Stack.update`.
        """
        own = self._own

        def one(given):
            values, mine = given
            samples, keys = mine if own else ((X, y), None)
            return self._update(values, *samples, keys)

        return tf.vectorized_map(one, (values, ((X, y), noise[0]) if own else ()))

    def noise(self, number: tf.Tensor, keys: tf.Tensor, batch_size: int) -> list[tf.Tensor]:
        """Return what `update` needs to know of the noise; the layers count the updates."""
        return [keys] if self._own else []

    def _update(self, values, X, y, keys):
        """Do what ``train_on_batch`` does up to the gradients, for one model."""
        network, trained = self._network, [values[place] for place in self._trained]
        with tf.GradientTape() as tape:
            tape.watch(trained)
            with self._standing_at(values, keys) as scope:
                predictions = network.model(X, training=True)
                loss, penalty = network.plain_loss(y, predictions), network.own_penalty()
            total = loss + tf.cast(penalty, loss.dtype)
        gradients = tape.gradient(total, trained, unconnected_gradients="zero")
        after = [scope.get_current_value(v) for v in self._variables]
        after = [old if v is None else v for v, old in zip(after, values, strict=True)]
        hits = self._task.hits(y, predictions)
        return tf.cast(loss, tf.float32), hits, penalty, gradients, after

    def judge(
        self, values: Sequence[tf.Tensor], X: tf.Tensor, y: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss and the hits of each model, without dropout."""

        def one(values):
            with self._standing_at(values):
                predictions = self._network.model(X, training=False)
                loss = tf.cast(self._network.plain_loss(y, predictions), tf.float32)
            return loss, self._task.hits(y, predictions)

        return tf.vectorized_map(one, values)

    def outputs(self, values: Sequence[tf.Tensor], X: tf.Tensor) -> tf.Tensor:
        """Return each model's predictions, ``(n_models, n_samples, ...)``."""

        def one(values):
            with self._standing_at(values):
                return tf.identity(self._network.model(X, training=False))

        return tf.vectorized_map(one, values)

    @contextmanager
    def _standing_at(self, values, keys=None) -> Iterator[keras.StatelessScope]:
        """Let the network's variables have these values, and its noise these keys."""
        before = [layer.key for layer in self._dropouts]
        mapping = list(zip(self._variables, values, strict=False))
        try:
            for place, layer in enumerate(self._dropouts if keys is not None else ()):
                layer.key = keys[place]
            with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
                yield scope
        finally:
            for layer, key in zip(self._dropouts, before, strict=True):
                layer.key = key
