"""The compiled loop of two models in turn: one makes samples, the other judges them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._layers import key_of, noise_24_bits
from lessons_lib.live._loop import Batches, SampleOrder, run_loop, undone_unless_finite
from lessons_lib.live._network import Network
from lessons_lib.live._programs import Program
from lessons_lib.live._tensorflow import keras, on_cpu, tf

MEASURED = ("generator_loss", "judge_loss", "score_real", "score_made")
_WIDTH = len(MEASURED) + 1  # and how many updates were added up
NOISES = ("normal", "uniform")


class Noise:
    """What the generator reads: draw after draw of hashed numbers, always the same for a seed.

    "normal" has mean 0 and standard deviation 1; "uniform" lies between -1 and 1.
    """

    def __init__(self, kind: str, shape: tuple[int, ...], seed: int):
        self.kind, self.shape, self.key = kind, shape, key_of(seed)

    def __str__(self) -> str:
        return f"{self.kind} {self.shape}"

    def draw(self, n: int, number: int | tf.Tensor, key: tf.Tensor | None = None) -> tf.Tensor:
        """Return draw `number`, ``(n, *shape)``; `key` is this noise's own inside a program."""
        key = self.key if key is None else key
        steps = noise_24_bits([n, *self.shape], number, key)
        # The middle of one of 2**24 steps from -1 to 1: never an end, where a normal has no value.
        uniform = (tf.cast(steps, tf.float32) + 0.5) * 2.0**-23 - 1.0
        return uniform if self.kind == "uniform" else tf.math.erfinv(uniform) * 2.0**0.5


@dataclass(frozen=True)
class Round:
    """What one call did."""

    good: bool  # everything stayed finite; if not, nothing was changed
    updates: int  # made; or, if not good, how many had finite losses
    rows: dict[str, np.ndarray]  # by column
    sums: np.ndarray  # since the last row on the history's grid, and of how many updates


class Duel:
    """Updates of two networks in turn, many in a call, in one ``tf.function``.

    An update is first some of the judge, each on a batch of the data and one that the generator
    makes, then one of the generator.
    """

    def __init__(
        self,
        generator: Network,
        judge: Network,
        X: np.ndarray,
        noise: Noise,
        batch_size: int,
        order: SampleOrder,
        jit: bool,
    ):
        self._generator, self._judge, self._noise = generator, judge, noise
        self._X, self._batch_size = tf.constant(X), batch_size
        self._batches = Batches(order, batch_size)
        self.drawn = keras.Variable(0, dtype="int32", trainable=False)  # draws of noise so far
        self.jit = jit
        signature = [
            tf.TensorSpec((5,), tf.int32),
            tf.TensorSpec((), tf.float32),
            tf.TensorSpec((), tf.uint32),
            tf.TensorSpec((_WIDTH,), tf.float32),
            tf.TensorSpec(X.shape, X.dtype),
        ]
        self._program = Program(
            self._call, signature, self._variables, self._identity, jit, judge.cautioned
        )

    @property
    def traced(self) -> bool:
        """Whether the loop is traced to the end."""
        return self._program.ready

    @property
    def compiled(self) -> bool:
        """Whether the next call begins at once."""
        return self._program.compiled

    @property
    def state(self) -> list:
        """Everything an update may change."""
        return [*self._generator.state, *self._judge.state, self.drawn]

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace; return what compiles on any thread, or None where nothing is left to do there."""
        with on_cpu():
            return self._program.compile_ahead(
                *self._given(np.zeros(5), False, np.zeros(_WIDTH)), self._X
            )

    def room(self, position: int, judge_updates: int) -> int:
        """Return how many updates one call can make from a position in the sample order."""
        return self._batches.room(position, judge_updates) // judge_updates

    def run(
        self,
        updates: int,
        position: int,
        to_row: int,
        gap: int,
        sums: np.ndarray,
        judge_updates: int,
        minimax: bool,
    ) -> Round:
        """Make `updates` updates, at most ``room(...)``, or none if one of them diverges.

        Rows of the history stand after `to_row` updates and then every `gap`; `sums` come from
        the call before.
        """
        place = self._batches.place(position, judge_updates)
        counts = np.array([place, judge_updates, updates, to_row, gap])
        given = self._given(counts, minimax, sums)
        last, finite, rows, sums = self._program(*given, self._X)
        last = int(last)
        rows = rows.numpy()[[*range(to_row, updates, gap), updates]]
        return Round(
            good=last >= 0 and bool(finite),
            updates=last if last >= 0 else ~last,
            rows=dict(zip(MEASURED, rows.T, strict=True)),
            sums=sums.numpy(),
        )

    def _given(self, counts: np.ndarray, minimax: bool, sums: np.ndarray) -> list[tf.Tensor]:
        # Arrays, not numbers: TensorFlow keeps every Python number it has ever been given.
        given = counts.astype(np.int32), np.float32(minimax), self._noise.key
        return [tf.constant(np.asarray(values)) for values in (*given, sums.astype(np.float32))]

    def _variables(self) -> list:
        """Return all variables that the program may use."""
        networks = [*self._generator.captured, *self._judge.captured]
        return [*networks, self._batches.variable, self.drawn]

    def _identity(self) -> str | None:
        """Return what else than the signature decides what the program does."""
        both = self._generator.identity, self._judge.identity
        return None if None in both else f"duel {self._batch_size} {self._noise} {both}"

    def _call(self, counts, minimax, key, sums, X):
        """Run, and undo it unless all has stayed finite."""
        run = tf.function(self._run, jit_compile=self.jit, autograph=False)
        rows = tf.zeros((self._batches.capacity + 1, _WIDTH - 1), tf.float32)
        return undone_unless_finite(self.state, lambda: run(counts, minimax, key, rows, sums, X))

    def _run(self, counts, minimax, key, rows, sums, X):
        """Make so many updates from place ``counts[0]`` of the buffer on."""
        place, judge_updates, updates, to_row, gap = tf.unstack(counts)

        def update(number):
            def judged(turn, sums):
                batch = tf.gather(X, self._batches[place + number * judge_updates + turn])
                return turn + 1, sums + self._judge_update(batch, key)

            _, judged_sums = tf.while_loop(
                lambda turn, _: turn < judge_updates,
                judged,
                (0, tf.zeros(3)),
                parallel_iterations=1,
            )
            made = self._generator_update(minimax, key)
            measured = judged_sums / tf.cast(judge_updates, tf.float32)
            row = tf.concat([[made], measured, [1.0]], axis=0)
            return row, tf.reduce_all(tf.math.is_finite(row))

        return run_loop(
            update, lambda sums: sums[:-1] / sums[-1], (0, updates, to_row, gap, rows, sums)
        )

    def _drawn(self, key) -> tf.Tensor:
        """Return a batch of noise that has not been drawn before."""
        self.drawn.value.assign_add(1)
        return self._noise.draw(self._batch_size, self.drawn.value.read_value(), key)

    def _judge_update(self, batch, key):
        """Teach the judge once; return its loss, and its mean scores of data and made samples.

        Data and made samples are two calls, so that layers which look at a whole batch see one
        kind at a time.
        """
        network = self._judge
        made = self._generator.model(self._drawn(key), training=True)
        with tf.GradientTape() as tape:
            real, false = (network.model(samples, training=True) for samples in (batch, made))
            loss = (self._said(real, tf.ones_like) + self._said(false, tf.zeros_like)) / 2
            scaled = self._scaled(network, loss)
        self._apply(network, tape, scaled)
        return tf.cast(tf.stack([loss, tf.reduce_mean(real), tf.reduce_mean(false)]), tf.float32)

    def _generator_update(self, minimax, key):
        """Teach the generator once; return its loss."""
        network = self._generator
        noise = self._drawn(key)
        with tf.GradientTape() as tape:
            scores = self._judge.model(network.model(noise, training=True), training=True)
            fooled, caught = (self._said(scores, like) for like in (tf.ones_like, tf.zeros_like))
            loss = tf.where(minimax > 0, -caught, fooled)
            scaled = self._scaled(network, loss)
        self._apply(network, tape, scaled)
        return tf.cast(loss, tf.float32)

    def _said(self, scores, like: Callable):
        """Return the judge's loss where all samples are real, or all are made."""
        return self._judge.plain_loss(like(scores), scores)

    @staticmethod
    def _scaled(network: Network, loss):
        """Add what the network's layers cost; scaled for half precision, otherwise the same."""
        return network.optimizer.scale_loss(loss + tf.cast(network.own_penalty(), loss.dtype))

    @staticmethod
    def _apply(network: Network, tape, loss) -> None:
        variables = network.model.trainable_variables
        gradients = tape.gradient(loss, [v.value for v in variables])
        network.optimizer.apply(gradients, variables)


class Looks:
    """What the pictures are drawn from: samples that are made, and what the judge says.

    Plain graphs that take any number of samples; nothing here changes a network.
    """

    def __init__(self, generator: Network, judge: Network):
        self._programs = [self._program(network) for network in (generator, judge)]

    @staticmethod
    def _program(network: Network) -> Program:
        inputs = network.model.inputs[0]
        return Program(
            lambda values: network.model(values, training=False),
            [tf.TensorSpec((None, *inputs.shape[1:]), inputs.dtype)],
            lambda: network.captured,
            lambda: network.identity and f"_outputs {network.identity}",
            cautioned=network.cautioned,
        )

    def made(self, noise: np.ndarray) -> np.ndarray:
        """Return a sample for each row of noise."""
        return self._programs[0](tf.convert_to_tensor(noise)).numpy()

    def judged(self, X: np.ndarray) -> np.ndarray:
        """Return the judge's outputs for `X`."""
        return self._programs[1](tf.convert_to_tensor(X)).numpy()
