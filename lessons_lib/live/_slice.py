"""The loss on a plane through the present weights, all of it in one compiled call."""

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._data import Data
from lessons_lib.live._loop import Room
from lessons_lib.live._network import Network, flat
from lessons_lib.live._programs import Program
from lessons_lib.live._tensorflow import on_cpu, tf
from lessons_lib.live._views import graph_of

MOST_WEIGHTS = 50_000
MOST_SIDE = 31
_MOST_SAMPLES = 1000
_PRODUCTS = 2_000_000  # of weights and samples: of a large network fewer samples are measured
_FEWEST = 64


class Slice:
    """Measures a network's loss, penalties included, as it would be with other weights.

    Dropout is off. The network keeps the weights that it has. Samples and places on the plane
    fill room that is always the same, so that a program serves any number of them.

    Attributes
    ----------
    possible : bool
        Whether the network has neither too many trained weights for it nor too few.
    samples : int
        The most samples on which a loss is measured.
    """

    def __init__(self, network: Network, data: Data, room: Room | None, jit: bool):
        self._network, self._jit = network, jit
        trained = network.model.trainable_variables
        self._sizes = [int(np.prod(v.shape)) for v in trained]
        self.possible = 2 <= sum(self._sizes) <= MOST_WEIGHTS
        few = max(_FEWEST, _PRODUCTS // max(sum(self._sizes), 1))
        self.samples = min(len(data) if room is None else room.trained, few, _MOST_SAMPLES)
        kinds = [
            tf.TensorSpec((self.samples, *values.shape[1:]), values.dtype)
            for values in (data.X, *data.targets)
        ]
        weights = tf.TensorSpec((self.samples,), tf.float32)
        plane = [
            tf.TensorSpec((2, sum(self._sizes)), tf.float32),
            tf.TensorSpec((MOST_SIDE**2, 2), tf.float32),
            tf.TensorSpec((), tf.int32),
        ]
        self._losses = Program(
            self._losses_on_plane,
            [*plane, weights, *kinds],
            lambda: network.captured,
            lambda: network.identity and f"slice {self.samples} {network.identity}",
            jit,
            network.cautioned,
        )
        self._gradient = graph_of(network, self._flat_gradient, [weights, *kinds])

    @property
    def weights(self) -> np.ndarray:
        """The trained weights as one vector, shape ``(n_weights,)``."""
        trained = self._network.model.trainable_variables
        return np.concatenate([v.numpy().ravel() for v in trained]).astype("float32")

    def on_plane(
        self, directions: ArrayLike, reach: float, side: int, data: Data, samples: ArrayLike
    ) -> np.ndarray:
        """Return the loss at places of a plane; see `LiveTrainer.slice`."""
        self._check_possible()
        side = whole_number("side", side, 2, MOST_SIDE, wanted="side counts places, 2 to 31")
        axis = np.linspace(-reach, reach, side)
        places = np.zeros((MOST_SIDE**2, 2), np.float32)
        places[: side**2] = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        plane = (self._checked(directions), places, np.array(side**2, np.int32))
        losses = self._asked(self._losses, *plane, *self._filled(data, samples))
        return losses[: side**2].reshape(side, side)

    def gradient(self, data: Data, samples: ArrayLike) -> np.ndarray:
        """Return the gradient of the loss by the trained weights, shape ``(n_weights,)``."""
        self._check_possible()
        return self._asked(self._gradient, *self._filled(data, samples))

    def _check_possible(self) -> None:
        if not self.possible:
            raise ValueError(
                f"A slice of the loss needs a model of 2 to {MOST_WEIGHTS:,} trained weights; this "
                f"one has {sum(self._sizes):,}."
            )

    def _checked(self, directions: ArrayLike) -> np.ndarray:
        directions = np.asarray(directions, dtype=np.float32)
        if directions.shape != (2, sum(self._sizes)):
            raise ValueError(
                f"directions has two rows of {sum(self._sizes):,} numbers, one for each trained "
                f"weight; received the shape {directions.shape}."
            )
        return directions

    @staticmethod
    def _asked(program: Program, *arrays: np.ndarray) -> np.ndarray:
        with on_cpu():
            return program(*map(tf.constant, arrays)).numpy()

    def _filled(self, data: Data, samples: ArrayLike) -> list[np.ndarray]:
        """Return how much each sample counts, inputs and targets, all as long as the room is."""
        samples = np.ravel(samples)[: self.samples]
        known = len(samples) and samples.dtype.kind in "iu"
        if not known or not 0 <= samples.min() <= samples.max() < len(data):
            raise ValueError(
                f"samples has numbers of training samples, from 0 to {len(data) - 1}; received "
                f"{shortened(samples)}."
            )
        counts = np.zeros(self.samples, np.float32)
        counts[: len(samples)] = self.samples / len(samples)
        rows = np.resize(samples, self.samples)  # what only fills the room counts nothing
        return [counts, *(values[rows] for values in (data.X, *data.targets))]

    def _losses_on_plane(self, *arguments):
        return tf.function(self._measure, jit_compile=self._jit, autograph=False)(*arguments)

    def _measure(self, directions, places, count, weights, X, *targets):
        """Go from place to place, and back; what is returned beyond `count` is 0."""
        trained = [v.value for v in self._network.model.trainable_variables]
        present = [v.read_value() for v in trained]
        parts = tf.split(directions, self._sizes, axis=1)

        def measured(number, losses):
            for variable, start, part in zip(trained, present, parts, strict=True):
                moved = tf.reshape(tf.linalg.matvec(part, places[number], True), start.shape)
                variable.assign(start + tf.cast(moved, start.dtype))
            return number + 1, losses.write(number, self._loss(weights, X, targets))

        losses = tf.TensorArray(tf.float32, places.shape[0], element_shape=())
        _, losses = tf.while_loop(
            lambda number, _: number < count,
            measured,
            (0, losses.unstack(tf.zeros(places.shape[0]))),
            parallel_iterations=1,
        )
        for variable, start in zip(trained, present, strict=True):
            variable.assign(start)
        return losses.stack()

    def _loss(self, weights, X, targets):
        """Return what training makes smaller, without dropout."""
        network = self._network
        predictions = network.model(X, training=False)
        loss = network.sum_of(network.losses(targets, predictions, weights))
        return tf.cast(loss, tf.float32) + network.own_penalty() + network.penalty()

    def _flat_gradient(self, weights, X, *targets):
        trained = [v.value for v in self._network.model.trainable_variables]
        with tf.GradientTape() as tape:
            loss = self._loss(weights, X, targets)
        return flat(tape.gradient(loss, trained, unconnected_gradients="zero"))
