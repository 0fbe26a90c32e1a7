"""The loop trains as Keras does, repeats itself from a seed, and is traced once."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly
import tensorflow as tf  # isort: skip

layers = keras.layers
JIT = pytest.mark.parametrize("jit_compile", [None, False], ids=["xla", "graph"])
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
}


def quadrants(n=60, seed=0):
    """Return points in the plane, labelled by their quadrant."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2)).astype("float32")
    return X, (X[:, 0] * X[:, 1] > 0).astype("float32")


def compiled(*hidden, optimizer="sgd", loss="binary_crossentropy", output=None):
    """Return a compiled model on two inputs with the hidden layers given."""
    output = output or layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), *hidden, output])
    model.compile(optimizer=OPTIMIZERS.get(optimizer, lambda: optimizer)(), loss=loss)
    return model


def largest_difference(a, b):
    """Return how far the weights of two models of one shape are apart."""
    pairs = zip(a.get_weights(), b.get_weights(), strict=True)
    return max(np.abs(x - y).max() for x, y in pairs)


def train_on_batches(model, trainer, X, y, updates):
    """Let Keras train `model` on the batches that `trainer` uses."""
    for k in range(updates):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], y[batch])


@JIT
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_updates_give_the_weights_of_train_on_batch(optimizer, jit_compile):
    """Same batches, same start: Keras and the loop end at the same weights."""
    X, y = quadrants()
    model = compiled(
        layers.Dense(8, activation="tanh"),
        layers.Dense(8, activation="relu", kernel_regularizer="l2"),
        optimizer=optimizer,
    )
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=jit_compile)
    trainer.step(50)
    train_on_batches(model, trainer, X, y, 50)
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_batch_normalization_gives_the_weights_and_statistics_of_keras():
    """Moving averages go the way they go in Keras, in the loop too."""
    X, y = quadrants()
    model = compiled(
        layers.Dense(8, use_bias=False), layers.BatchNormalization(), layers.Activation("tanh")
    )
    trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=10)
    trainer.step(50)
    train_on_batches(model, trainer, X, y, 50)
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_l2_is_keras_l2_regularization():
    """The l2 knob adds l2 * sum(W**2) over the kernels, exactly Keras's regularizers.L2."""
    X, y = quadrants()
    penalty = {"kernel_regularizer": keras.regularizers.L2(0.05)}
    model = compiled(
        layers.Dense(8, activation="tanh", **penalty),
        output=layers.Dense(1, activation="sigmoid", **penalty),
    )
    free = compiled(layers.Dense(8, activation="tanh"))
    free.set_weights(model.get_weights())
    trainer = live.LiveTrainer(free, X, y, batch_size=10, jit_compile=False)
    trainer.l2 = 0.05
    trainer.step(50)
    train_on_batches(model, trainer, X, y, 50)
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_l1_is_keras_l1_regularization():
    """The l1 knob adds l1 * sum(|W|) over the kernels, exactly Keras's regularizers.L1."""
    X, y = quadrants()

    def penalised(price):
        return compiled(
            layers.Dense(8, activation="tanh", kernel_regularizer=keras.regularizers.L1(price)),
            output=layers.Dense(
                1, activation="sigmoid", kernel_regularizer=keras.regularizers.L1(price)
            ),
        )

    model, free = penalised(0.005), penalised(0.0)
    free.set_weights(model.get_weights())
    trainer = live.LiveTrainer(free, X, y, batch_size=10, jit_compile=False)
    trainer.l1 = 0.005
    trainer.step(30)
    train_on_batches(model, trainer, X, y, 30)
    given_back = trainer.to_keras()
    assert largest_difference(model, given_back) < 1e-5
    assert float(given_back.layers[0].kernel_regularizer.l1) == pytest.approx(0.005)


def test_l1_is_turned_only_where_the_model_has_it():
    """A model without an L1 penalty has no such knob, and is told how to get it."""
    X, y = quadrants()
    trainer = live.LiveTrainer(compiled(layers.Dense(4)), X, y, jit_compile=False)
    assert not trainer.can_change_l1
    assert "l1" not in trainer.knobs
    with pytest.raises(ValueError, match="This model has no L1 penalty"):
        trainer.l1 = 0.1


def test_the_learners_model_is_left_as_it_was():
    """Training happens on a copy."""
    X, y = quadrants()
    model = compiled(layers.Dense(4, activation="tanh"))
    before = model.get_weights()
    live.LiveTrainer(model, X, y, jit_compile=False).step(5)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_each_epoch_visits_every_sample_once():
    """The stream of batches is a sequence of permutations."""
    X, y = quadrants(60)
    trainer = live.LiveTrainer(compiled(layers.Dense(2)), X, y, batch_size=7)
    stream = np.concatenate([trainer.batch_indices(k) for k in range(60)])
    for epoch in stream.reshape(7, 60):
        assert sorted(epoch) == list(range(60))
    assert not np.array_equal(stream[:60], stream[60:120])


def test_the_same_seed_gives_the_same_run_however_it_is_cut():
    """One call of 120 updates and many small calls end at the same weights and history."""
    X, y = quadrants()
    model = compiled(layers.Dense(6, activation="tanh"), layers.Dropout(0.3))
    trainers = [
        live.LiveTrainer(model, X, y, validation_data=(X, y), batch_size=7, seed=5)
        for _ in range(2)
    ]
    trainers[0].step(120)
    for n in (1, 2, 30, 50, 37):
        trainers[1].step(n)
    assert largest_difference(*(t.to_keras() for t in trainers)) < 1e-5
    for name, values in trainers[0].history.items():
        assert values == pytest.approx(trainers[1].history[name], rel=1e-6), name


def test_another_seed_gives_another_run():
    """The seed decides order and noise."""
    X, y = quadrants()
    model = compiled(layers.Dense(6, activation="tanh"))
    a, b = (live.LiveTrainer(model, X, y, seed=s, jit_compile=False) for s in (0, 1))
    a.step(5)
    b.step(5)
    assert largest_difference(a.to_keras(), b.to_keras()) > 0


@JIT
def test_turning_the_live_knobs_does_not_trace_again(jit_compile):
    """learning_rate, dropout, width and l2 take effect without a second trace."""
    X, y = quadrants()
    model = compiled(layers.Dense(6, activation="tanh"), layers.Dropout(0.1))
    trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), jit_compile=jit_compile)
    trainer.step(3)
    for knob, value in [("learning_rate", 0.5), ("dropout", 0.4), ("width", 3), ("l2", 0.1)]:
        before = trainer.snapshot()
        trainer.step(2)
        unturned = trainer.to_keras()
        trainer.restore(before)
        setattr(trainer, knob, value)
        trainer.step(2)
        turned = next(iter(trainer.kernels().values()))
        assert turned.shape[1] == trainer.width
        first = unturned.layers[0].get_weights()[0][:, : trainer.width]
        assert np.abs(turned - first).max() > 0, f"{knob} did nothing"
    assert trainer.trace_count == 1


def test_step_returns_the_updates_made():
    """More updates than one compiled call can hold are made all the same."""
    X, y = quadrants()
    trainer = live.LiveTrainer(compiled(layers.Dense(2)), X, y, jit_compile=False)
    assert trainer.step(1500) == 1500
    assert trainer.updates == 1500


def test_evaluation_uses_no_dropout():
    """val_loss and predict see all units: they equal Keras's own evaluation."""
    X, y = quadrants()
    model = compiled(layers.Dense(16, activation="tanh"), layers.Dropout(0.5))
    trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), jit_compile=False)
    trainer.step(10)
    kept = trainer.to_keras()
    np.testing.assert_allclose(trainer.predict(X), kept.predict(X, verbose=0), atol=1e-6)
    assert trainer.history["val_loss"][-1] == pytest.approx(kept.evaluate(X, y, verbose=0), 1e-5)


def test_where_xla_cannot_compile_the_loop_runs_as_a_plain_graph():
    """A layer without an XLA kernel costs speed, not the run, and the trainer says so."""

    class Python(layers.Layer):
        """Calls back into Python, which no XLA program can."""

        def call(self, inputs):
            outputs = tf.numpy_function(lambda x: x, [inputs], tf.float32)
            return inputs + 0 * tf.reshape(outputs, tf.shape(inputs))

        def compute_output_shape(self, input_shape):
            return input_shape

    X, y = quadrants()
    model = compiled(layers.Dense(4, activation="tanh"), Python())
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=True)
    assert trainer.step(5) == 5
    assert not trainer.jit_compile
    assert "plain graph" in trainer.notice


@pytest.mark.parametrize(
    ("loss", "output", "classes"),
    [
        ("binary_crossentropy", lambda start: layers.Dense(1, "sigmoid", **start), 2),
        ("sparse_categorical_crossentropy", lambda start: layers.Dense(3, "softmax", **start), 3),
    ],
    ids=["sigmoid", "softmax"],
)
def test_a_saturated_output_learns_as_it_does_in_keras(loss, output, classes):
    """Keras takes the cross-entropy from the logits; a mask on the output would hide them."""
    X, _ = quadrants()
    y = np.arange(len(X)) % classes
    start = {"kernel_initializer": keras.initializers.RandomNormal(stddev=30, seed=1)}
    model = compiled(layers.Dense(8, "tanh", **start), loss=loss, output=output(start))
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)
    assert trainer.can_change_width
    trainer.step(20)
    train_on_batches(model, trainer, X, y, 20)
    assert largest_difference(model, trainer.to_keras()) < 1e-5
