"""Width in use: the output does not jump when units join, and joining units learn."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(80, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")

# hidden layers between the input and a sigmoid output, each with 8 units at most
STACKS = {
    "dense": lambda: [layers.Dense(8, "tanh"), layers.Dense(8, "tanh")],
    "sigmoid": lambda: [layers.Dense(8, "sigmoid"), layers.Dense(8, "sigmoid")],
    "separate activation": lambda: [layers.Dense(8), layers.Activation("sigmoid")],
    "normalized": lambda: [
        layers.Dense(8, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("sigmoid"),
        layers.Dropout(0.2),
        layers.Dense(8),
        layers.PReLU(),
    ],
}
EACH_STACK = pytest.mark.parametrize("stack", STACKS)


def trainer_of(stack, optimizer="adam", **kwargs):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((2,)), *STACKS[stack](), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer=optimizer, loss="binary_crossentropy")
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False, **kwargs)


@EACH_STACK
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad"])
def test_growing_leaves_the_output_unchanged(stack, optimizer):
    """At the instant units join, predictions are the same to 1e-6."""
    trainer = trainer_of(stack, optimizer)
    trainer.width = 3
    trainer.step(40)
    before = trainer.predict(X)
    trainer.width = 8
    np.testing.assert_allclose(trainer.predict(X), before, atol=1e-6)


def test_growing_before_the_first_update_leaves_the_output_unchanged():
    """The promise holds for an untrained network as well."""
    trainer = trainer_of("dense")
    trainer.width = 3
    before = trainer.predict(X)
    trainer.width = 6
    np.testing.assert_allclose(trainer.predict(X), before, atol=1e-6)


@EACH_STACK
def test_units_that_join_learn(stack):
    """After growing, the new units' outgoing and incoming weights both move."""
    trainer = trainer_of(stack)
    trainer.width = 3
    trainer.step(20)
    trainer.width = 8
    before = list(trainer.kernels().values())
    trainer.step(20)
    after = list(trainer.kernels().values())
    assert (np.abs(after[-1][3:]).max(axis=1) > 1e-4).all(), "outgoing weights stay at zero"
    assert (np.abs(after[0] - before[0])[:, 3:].max(axis=0) > 1e-6).all(), "incoming rest"


@EACH_STACK
def test_units_out_of_use_have_no_influence(stack):
    """A network at width 3 trains exactly as one that was built with 3 units."""
    trainer = trainer_of(stack)
    if trainer.can_change_dropout:
        trainer.dropout = 0
    trainer.width = 3
    small = trainer.to_keras()
    trainer.step(30)
    for k in range(30):
        batch = trainer.batch_indices(k)
        small.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), small.predict(X, verbose=0), atol=1e-4)


def test_units_out_of_use_keep_zero_weights():
    """They count in no norm and no penalty, with momentum and weight decay too."""
    trainer = trainer_of("dense", keras.optimizers.AdamW(0.01))
    trainer.step(20)
    trainer.width = 3
    trainer.l2 = 0.01
    trainer.step(20)
    full = [layer.kernel.numpy() for layer in trainer._network.layers.values()]
    assert (full[0][:, 3:] == 0).all()
    assert (full[1][3:] == 0).all()
    assert (full[1][:, 3:] == 0).all()
    assert (full[2][3:] == 0).all()


def test_shrinking_and_growing_back_works():
    """Three turns of the knob, and the loss still falls."""
    trainer = trainer_of("dense", keras.optimizers.Adam(0.02), validation_data=(X, y))
    trainer.step(100)
    trainer.width = 2
    trainer.step(100)
    trainer.width = 8
    shrunk = trainer.history["val_loss"][-1]
    trainer.step(300)
    assert trainer.history["val_loss"][-1] < 0.7 * shrunk


def test_shrinking_does_not_disturb_the_units_that_stay():
    """Weights and normalization statistics of the units in use are the same before and after."""
    trainer = trainer_of("normalized")
    trainer.step(30)
    before = [layer.get_weights() for layer in trainer.to_keras().layers]
    trainer.width = 5
    for old, new in zip(before, trainer.to_keras().layers, strict=True):
        for a, b in zip(old, new.get_weights(), strict=True):
            np.testing.assert_array_equal(a[tuple(map(slice, b.shape))], b)


def test_growing_does_not_disturb_the_statistics_of_batch_normalization():
    """Moving means and variances of the former units are the same before and after."""
    trainer = trainer_of("normalized")
    trainer.width = 4
    trainer.step(30)
    before = trainer.to_keras().layers[1].get_weights()
    trainer.width = 8
    for a, b in zip(before, trainer.to_keras().layers[1].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b[:4])


@pytest.mark.parametrize(
    ("initializer", "fan"), [("he_normal", lambda i, o: i), ("glorot_uniform", lambda i, o: i + o)]
)
def test_initial_scale_suits_the_width_in_use(initializer, fan):
    """Reset at 16 of 256 units draws weights as large as 16 units ask for."""
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(256, "relu", kernel_initializer=initializer),
            layers.Dense(256, "relu", kernel_initializer=initializer),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    full = list(trainer.kernels().values())[1]
    trainer.width = 16
    used = list(trainer.kernels().values())[1]
    expected = np.sqrt(fan(256, 256) / fan(16, 16))
    np.testing.assert_allclose(used, full[:16, :16] * expected, rtol=1e-5)


def test_each_layer_uses_at_most_what_it_was_built_with():
    """Width is one number for all hidden layers; a narrower layer stays as it is."""
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, "tanh"), layers.Dense(4, "tanh"), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    assert trainer.max_width == trainer.width == 8
    trainer.width = 6
    assert [k.shape for k in trainer.kernels().values()] == [(2, 6), (6, 4), (4, 1)]
    assert [h.shape[1] for h in trainer.hidden(X)] == [6, 4]


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: [layers.Dense(8, "softmax")],
        lambda: [layers.Dense(8), layers.Activation("sparsemax")],
        lambda: [layers.Dense(8, lambda Z: Z / keras.ops.sum(keras.ops.abs(Z), axis=-1)[:, None])],
    ],
    ids=["softmax", "separate activation", "own function"],
)
def test_units_that_an_activation_mixes_stay_as_built(hidden):
    """Without some of its units a softmax gives the others other values."""
    model = keras.Sequential([keras.Input((2,)), *hidden(), layers.Dense(1)])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    assert not trainer.can_change_width
    assert "stays as built" in trainer.notice
