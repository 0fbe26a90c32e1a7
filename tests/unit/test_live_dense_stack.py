"""The stack of Dense layers against the same network of Keras's own layers."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly
import tensorflow as tf  # isort: skip

layers = keras.layers
UNITS, MOST = 5, 7
rng = np.random.default_rng(0)
X = rng.normal(size=(60, UNITS)).astype("float32")
y = (X[:, 0] + X[:, 1] > 0).astype("int64")
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def stacked(depth, skip, batch_norm, **settings):
    """Return a model with a stack whose weights are all different from 0."""
    stack = live.DenseStack(
        depth, skip, batch_norm, most=MOST, activation="sigmoid", name="stack", **settings
    )
    model = keras.Sequential([keras.Input((UNITS,)), stack, layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.1), LOSS)
    for weight in (stack.bias, stack.gamma, stack.beta):
        weight.assign(weight + 0.3 * rng.normal(size=weight.shape))
    return model


def of_layers(model):
    """Return the same network made of Dense, BatchNormalization, Rescaling and Add."""
    stack, last = model.layers
    h = inputs = keras.Input((UNITS,))
    made = []
    for _ in range(stack.depth.number):
        dense = layers.Dense(UNITS)
        parts, z = [dense], dense(h)
        if stack.batch_norm.number:
            parts.append(layers.BatchNormalization(momentum=stack.momentum))
            z = parts[1](z)
        f = layers.Activation("sigmoid")(z)
        h = layers.Add()([layers.Rescaling(stack.skip.number)(h), f])
        made.append(parts)
    output = layers.Dense(2)
    plain = keras.Model(inputs, output(h))
    for level, (dense, *norm) in enumerate(made):
        dense.set_weights([stack.kernel[level], stack.bias[level]])
        for one in norm:
            averages = stack.gamma, stack.beta, stack.moving_mean, stack.moving_variance
            one.set_weights([weight[level] for weight in averages])
    output.set_weights(last.get_weights())
    plain.compile(keras.optimizers.SGD(0.1), LOSS)
    return plain


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("skip", [0.0, 0.6, 1.0])
def test_it_trains_as_the_same_layers_of_keras(skip, batch_norm):
    """Weights after updates, outputs in training and in prediction."""
    model = stacked(4, skip, batch_norm)
    plain = of_layers(model)
    trainer = live.LiveTrainer(model, X, y, batch_size=12, jit_compile=False)
    np.testing.assert_allclose(trainer.predict(X), plain(X), atol=1e-5)
    trainer.step(10)
    for k in range(10):
        batch = trainer.batch_indices(k)
        plain.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), plain(X), atol=1e-4)
    third = [layer for layer in plain.layers if isinstance(layer, layers.Dense)][2]
    np.testing.assert_allclose(trainer.kernels()["stack"][2], third.kernel, atol=1e-4)


def test_its_slopes_in_prediction_are_those_of_keras():
    """Of the input, too: the way back uses the moving averages there."""
    model = stacked(3, 0.5, True)
    slopes = []
    for one in (model, of_layers(model)):
        with tf.GradientTape() as tape:
            inputs = tf.constant(X)
            tape.watch(inputs)
            loss = tf.reduce_sum(tf.sin(one(inputs, training=False)))
        slopes.append(tape.gradient(loss, inputs))
    np.testing.assert_allclose(*slopes, atol=1e-5)


def test_xla_compiles_it_once_for_whatever_its_dials_say():
    """A turned dial takes effect at once, and the results are those of a plain graph."""
    stack = live.DenseStack(4, most=MOST, activation="sigmoid")
    model = keras.Sequential([keras.Input((UNITS,)), layers.Dense(4), stack, layers.Dense(2)])
    model.compile(keras.optimizers.SGD(0.1), LOSS)
    losses = []
    for jit in (True, False):
        trainer = live.LiveTrainer(model, X, y, (X, y), batch_size=12, jit_compile=jit)
        for name, value in (("skip", 1), ("depth", 6), ("batch_norm", True), ("depth", 2)):
            trainer.turn(name, value)
            trainer.step(4)
        assert trainer.jit_compile is jit
        assert not trainer.notice
        assert trainer.trace_count == 1
        losses.append(trainer.history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-3)


def test_levels_that_wait_stay_as_they_are():
    """No step changes them, nor their averages; with them back, the network goes on."""
    trainer = live.LiveTrainer(stacked(7, 1, True), X, y, batch_size=12, jit_compile=False)
    trainer.depth = 3
    layer = trainer._network.layers["stack"]
    before = [weight.numpy()[3:] for weight in (layer.kernel, layer.gamma, layer.moving_mean)]
    used = layer.moving_mean.numpy()[:3]
    trainer.optimizer = keras.optimizers.SGD(0.1)
    trainer.step(5)
    layer = trainer._network.layers["stack"]
    after = [weight.numpy()[3:] for weight in (layer.kernel, layer.gamma, layer.moving_mean)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (layer.moving_mean.numpy()[:3] != used).any()


def test_each_level_in_use_has_its_gradient():
    """As Keras's layers have it, by name and number."""
    model = stacked(4, 0.5, False)
    plain = of_layers(model)
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    theirs = live.LiveTrainer(plain, X, y, jit_compile=False).gradient_norms()
    ours = trainer.gradient_norms()
    assert [*ours][:4] == [f"stack {i}" for i in (1, 2, 3, 4)]
    np.testing.assert_allclose([*ours.values()], [*theirs.values()], rtol=1e-3)
    trainer.depth = 2
    assert [*trainer.gradient_norms()][:2] == ["stack 1", "stack 2"]
    assert len(trainer.gradient_norms()) == 3
    assert trainer.kernels()["stack"].shape == (2, UNITS, UNITS)


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_penalties_count_the_levels_in_use(name):
    """As Keras counts them where the layers were built with the same price."""
    regularizer = keras.regularizers.L1(0.0) if name == "l1" else None
    model = stacked(3, 1, False, kernel_regularizer=regularizer)
    trainer = live.LiveTrainer(model, X, y, batch_size=12, jit_compile=False)
    trainer.turn(name, 0.01)
    theirs = trainer.to_keras()
    trainer.step(5)
    for k in range(5):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-5)
    kernels = [np.ravel(kernel) for kernel in trainer.kernels().values()]
    size = np.abs if name == "l1" else np.square
    price = 0.01 * size(np.concatenate(kernels)).sum()
    assert trainer.history["penalty"][-1] == pytest.approx(price, rel=0.05)


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [("glorot_uniform", np.sqrt(1 / 20)), ("he_normal", np.sqrt(2 / 20)), ("orthogonal", None),
     (keras.initializers.RandomNormal(stddev=0.3, seed=1), 0.3)],
)  # fmt: skip
def test_each_level_is_drawn_as_one_layer_would_be(initializer, deviation):
    """With the scale of its own fans, and no two alike."""
    stack = live.DenseStack(2, most=30, kernel_initializer=initializer)
    stack.build((None, 20))
    kernels = stack.kernel.numpy()
    assert not np.allclose(kernels[0], kernels[1])
    if deviation is None:
        np.testing.assert_allclose(kernels[4] @ kernels[4].T, np.eye(20), atol=1e-4)
    else:
        assert kernels.std() == pytest.approx(deviation, rel=0.05)


def test_it_reads_sequences_and_is_saved(tmp_path):
    """Any shape whose last axis is the units; a file keeps where the dials stand."""
    model = keras.Sequential(
        [keras.Input((3, 4)), live.DenseStack(5, 0.5, True, activation="relu")]
    )
    model.layers[0].skip.assign(0.75)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    inputs = rng.normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)
    assert again.layers[0].skip.number == 0.75


def test_many_models_at_once_are_refused():
    """In one sentence: a loop inside a model cannot be run for many."""
    with pytest.raises(ValueError, match=r"'stack' run in a loop .* live.LiveTrainer"):
        live.Population(stacked(4, 0.0, False), X, y, seeds=3)


def test_forty_levels_are_one_layer_in_the_code():
    """With the import that it needs."""
    trainer = live.LiveTrainer(stacked(4, 0.0, False), X, y, jit_compile=False)
    trainer.depth, trainer.skip, trainer.batch_norm = 6, 0.5, True
    code = trainer.code()
    assert "from lessons_lib import live\n" in code
    assert (
        'live.DenseStack(depth=6, skip=0.5, batch_norm=True, most=7, activation="sigmoid"' in code
    )
    assert "to be defined above" not in code


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (dict(depth=1), "depth is a whole number from 2 to 40; received 1"),
        (dict(depth=9, most=8), "depth is a whole number from 2 to 8; received 9"),
        (dict(skip=1.5), "skip weight is a number from 0 to 1; received 1.5"),
        (dict(most=2), "most counts levels, a whole number of at least 3; received 2"),
        (dict(momentum=2), "momentum is the part of a moving average that stays"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(given, says):
    """Which says what is expected."""
    with pytest.raises(ValueError, match=says):
        live.DenseStack(**given)
