"""What a model knows beside its weights is taken over: optimizer memory, adapted layers, seeds."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers, optimizers = keras.layers, keras.optimizers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")


def compiled(optimizer, *hidden):
    """Return a classifier of points with the hidden layers given."""
    hidden = hidden or (layers.Dense(6, "tanh"), layers.Dense(6, "tanh"))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer, "binary_crossentropy")
    return model


def trainer_of(model, data=X):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    return live.LiveTrainer(model, data, y, batch_size=10, jit_compile=False)


def train_on_batches(model, trainer, start, stop):
    """Let Keras train `model` on the batches that `trainer` uses."""
    for k in range(start, stop):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], y[batch])


def same_weights(a, b):
    """Assert that two models have the same weights, to 1e-5."""
    for mine, theirs in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def stairs(values):
    """Return a learning rate that falls at the 15th and at the 25th update."""
    return optimizers.schedules.PiecewiseConstantDecay([15, 25], values)


TRAINED = {
    "adam": lambda: optimizers.Adam(0.02),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "schedule": lambda: optimizers.SGD(stairs([0.1, 0.01, 0.001])),
    "adam with a schedule": lambda: optimizers.Adam(stairs([0.1, 0.02, 0.001])),
    "loss scale": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.02)),
    "averaged": lambda: optimizers.Adam(0.02, use_ema=True, ema_overwrite_frequency=7),
    "collecting": lambda: optimizers.Adam(0.02, gradient_accumulation_steps=4),
}


@pytest.fixture(params=TRAINED)
def trained(request):
    """Return a model that Keras has trained for 18 updates."""
    model = compiled(TRAINED[request.param]())
    for k in range(18):
        model.train_on_batch(X[k : k + 10], y[k : k + 10])
    return model


def test_a_trained_model_goes_on_as_in_keras(trained):
    """With its optimizer's memory and at its place in the schedule, there and back again."""
    trainer = trainer_of(trained)
    trainer.step(12)
    train_on_batches(trained, trainer, 0, 12)
    back = trainer.to_keras()
    same_weights(back, trained)
    train_on_batches(trained, trainer, 12, 24)
    train_on_batches(back, trainer, 12, 24)
    same_weights(back, trained)


def test_a_loaded_model_goes_on_as_in_keras(tmp_path):
    """Memory and iterations are in the file."""
    model = compiled(optimizers.Adam(stairs([0.1, 0.02, 0.001])))
    model.fit(X, y, batch_size=10, epochs=4, verbose=0)
    model.save(tmp_path / "model.keras")
    trainer = trainer_of(keras.models.load_model(tmp_path / "model.keras"))
    assert trainer.learning_rate == 0.02
    trainer.step(12)
    train_on_batches(model, trainer, 0, 12)
    same_weights(trainer.to_keras(), model)


def test_reset_returns_to_the_memory_that_the_trainer_began_with(trained):
    """Weights, moments and the place in the schedule; also after a restore."""
    trainer = trainer_of(trained)
    trainer.step(12)
    moment, first = trainer.snapshot(), trainer.to_keras()
    trainer.reset()
    trainer.step(12)
    same_weights(trainer.to_keras(), first)
    trainer.reset(seed=1)
    trainer.restore(moment)
    trainer.reset()
    trainer.step(12)
    same_weights(trainer.to_keras(), first)


def test_a_new_start_has_an_empty_memory():
    """Other weights begin as a fresh model would: at the beginning of the schedule."""
    model = compiled(optimizers.SGD(stairs([0.1, 0.01, 0.001]), momentum=0.9))
    model.fit(X, y, batch_size=10, epochs=5, verbose=0)
    trainer = trainer_of(model)
    assert trainer.learning_rate == pytest.approx(0.01)
    trainer.reset(seed=1)
    assert trainer.learning_rate == pytest.approx(0.1)
    fresh = trainer.to_keras()
    assert int(fresh.optimizer.iterations) == 0
    trainer.reset()
    assert trainer.learning_rate == pytest.approx(0.1)


def test_a_trained_model_keeps_its_memory_at_another_activation_and_width():
    """The activation's rebuild takes it along; units that leave and join take theirs only."""
    model = compiled(optimizers.SGD(stairs([0.1, 0.01, 0.001])))
    model.fit(X, y, batch_size=10, epochs=5, verbose=0)
    trainer = trainer_of(model)
    trainer.activation, trainer.width = "relu", 3
    assert trainer.learning_rate == pytest.approx(0.01)
    trainer.step(10)
    assert trainer.learning_rate == pytest.approx(0.001)
    trainer.reset()
    assert trainer.learning_rate == pytest.approx(0.01)
    assert int(trainer.to_keras().optimizer.iterations) == 20


def without_decay(model, how):
    """Return an optimizer that spares the biases, or the first kernel, from weight decay."""
    optimizer = optimizers.AdamW(0.02, weight_decay=0.5)
    if how == "names":
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    else:
        optimizer.exclude_from_weight_decay(var_list=[model.layers[0].kernel])
    return optimizer


@pytest.mark.parametrize("how", ["names", "variables"])
@pytest.mark.parametrize(
    "turned", [(), ("activation", "relu"), ("batch_size", 20), ("snapshot", 0)]
)
def test_what_is_spared_from_weight_decay_stays_spared(how, turned):
    """By name or by variable: in the copy, after rebuilds, and in the model given back."""
    model = compiled("sgd")
    model.compile(without_decay(model, how), "binary_crossentropy")
    trainer = trainer_of(model)
    if turned[:1] == ("snapshot",):
        moment = trainer.snapshot()
        trainer.activation, trainer.optimizer = "relu", "sgd"
        trainer.restore(moment)
    elif turned:
        setattr(trainer, *turned)
    start = trainer.to_keras()
    theirs = keras.models.clone_model(start)
    theirs.set_weights(start.get_weights())
    theirs.compile(without_decay(theirs, how), "binary_crossentropy")
    trainer.step(10)
    train_on_batches(start, trainer, 0, 10)
    train_on_batches(theirs, trainer, 0, 10)
    same_weights(trainer.to_keras(), theirs)
    same_weights(start, theirs)


def test_an_optimizer_assigned_later_spares_what_it_names():
    """Its variables are those of the learner's model."""
    model = compiled("sgd")
    trainer = trainer_of(model)
    trainer.optimizer = without_decay(model, "variables")
    trainer.step(10)
    model.compile(without_decay(model, "variables"), "binary_crossentropy")
    train_on_batches(model, trainer, 0, 10)
    same_weights(trainer.to_keras(), model)


class Halving(optimizers.SGD):
    """Plain descent with an attribute that its configuration does not have."""

    factor = 1.0

    def update_step(self, gradient, variable, learning_rate):
        """Take a step as long as `factor` says."""
        super().update_step(gradient, variable, learning_rate * self.factor)


def test_settings_beyond_the_configuration_are_taken_over():
    """An attribute set after the optimizer was made counts."""
    optimizer = Halving(0.2)
    optimizer.factor = 0.5
    model = compiled(optimizer)
    trainer = trainer_of(model)
    trainer.step(10)
    train_on_batches(model, trainer, 0, 10)
    same_weights(trainer.to_keras(), model)
    assert trainer.to_keras().optimizer.factor == 0.5


far = (500 + 20 * rng.normal(size=(40, 3))).astype("float32")
numbers = rng.integers(2, 8, (40, 3))


def adapted(layer, data):
    """Return a layer that has looked at data."""
    layer.adapt(data)
    return layer


ADAPTED = {
    "normalization": (far, lambda: [adapted(layers.Normalization(), far)]),
    "normalization of all": (far, lambda: [adapted(layers.Normalization(axis=None), far)]),
    "discretization": (
        far,
        lambda: [adapted(layers.Discretization(num_bins=5), far), layers.Embedding(6, 2)],
    ),
    "lookup": (
        numbers,
        lambda: [adapted(layers.IntegerLookup(), numbers), layers.Embedding(9, 2)],
    ),
    "lookup of frequencies": (
        numbers,
        lambda: [adapted(layers.IntegerLookup(output_mode="tf_idf"), numbers)],
    ),
    "categories": (numbers, lambda: [layers.CategoryEncoding(8, output_mode="multi_hot")]),
    "hashing": (numbers, lambda: [layers.Hashing(8), layers.Embedding(8, 2)]),
    "noise from a seed": (
        far,
        lambda: [layers.Rescaling(0.002), layers.GaussianNoise(0.5, seed=3)],
    ),
    "a nested model": (
        far,
        lambda: [keras.Sequential([keras.Input((3,)), adapted(layers.Normalization(), far)])],
    ),
}


@pytest.fixture(params=ADAPTED)
def adapting(request):
    """Return data, a model that begins with a layer adapted to them, and a trainer of it."""
    data, first = ADAPTED[request.param]
    dtype = "int64" if data.dtype.kind == "i" else "float32"
    model = keras.Sequential(
        [keras.Input((3,), dtype=dtype), *first(), layers.Flatten(), layers.Dense(1, "sigmoid")]
    )
    model.compile(optimizers.Adam(0.02), "binary_crossentropy")
    return data, model, trainer_of(model, data)


def test_an_adapted_layer_trains_as_in_keras(adapting):
    """The copy predicts the same before the first update and after twenty, and comes back so."""
    data, model, trainer = adapting
    for updates in (0, 20):
        trainer.step(updates)
        for k in range(updates):
            batch = trainer.batch_indices(k)
            model.train_on_batch(data[batch], y[batch])
        for one in (model, trainer.to_keras()):
            np.testing.assert_allclose(one(data, training=False), trainer.predict(data), atol=1e-5)


def test_an_adapted_layer_keeps_what_it_knows_at_a_new_start(adapting):
    """Weights are drawn anew; statistics, vocabularies and seeds have not come from training."""
    data, model, trainer = adapting
    trainer.reset(seed=1)
    given = trainer.to_keras()
    theirs = model.get_weights()
    theirs[-2:] = given.get_weights()[-2:]
    if any(isinstance(layer, layers.Embedding) for layer in model.layers):
        theirs[-3] = given.get_weights()[-3]
    model.set_weights(theirs)
    np.testing.assert_allclose(model(data, training=False), trainer.predict(data), atol=1e-5)


def test_the_code_of_an_adapted_layer_stands_alone(adapting):
    """In a fresh namespace it builds a model with the same outputs for the same weights."""
    data, _, trainer = adapting
    names = {}
    exec(trainer.code().split("history =")[0], names)
    for layer, theirs in zip(names["model"].layers, trainer.to_keras().layers, strict=True):
        if len(layer.weights) == len(theirs.weights):  # statistics are arguments in the code
            layer.set_weights(theirs.get_weights())
    predictions = names["model"](data, training=False)
    np.testing.assert_allclose(predictions, trainer.predict(data), atol=1e-5)


def test_the_code_spares_from_weight_decay_what_the_model_spares():
    """Training what the code compiles goes as training what to_keras() gives."""
    model = compiled("sgd")
    model.compile(without_decay(model, "names"), "binary_crossentropy")
    trainer, names = trainer_of(model), {}
    exec(trainer.code().split("history =")[0], names)
    written, kept = names["model"], trainer.to_keras()
    written.set_weights(kept.get_weights())
    for one in (written, kept):
        train_on_batches(one, trainer, 0, 10)
    same_weights(written, kept)


def test_frozen_layers_keep_their_weights_at_a_new_start():
    """They were learned elsewhere."""
    frozen = layers.Dense(6, "tanh", trainable=False)
    trainer = trainer_of(compiled("sgd", frozen, layers.Dense(6, "tanh")))
    before = list(trainer.kernels().values())
    trainer.reset(seed=1)
    after = list(trainer.kernels().values())
    np.testing.assert_array_equal(before[0], after[0])
    assert np.abs(before[1] - after[1]).max() > 0.1


def test_reset_repeats_noise_that_is_not_dropout():
    """Generators of random numbers go back as well."""
    trainer = trainer_of(compiled("sgd", layers.GaussianNoise(1.0), layers.Dense(6, "tanh")))
    trainer.step(5)
    first = trainer.to_keras()
    trainer.reset()
    trainer.step(5)
    same_weights(trainer.to_keras(), first)


class Shifted(layers.Layer):
    """Add a number that stands in no configuration and in no weight."""

    shift = 0.0

    def call(self, inputs):
        """Add it."""
        return inputs + self.shift


@pytest.mark.parametrize("last", ["glorot_uniform", "zeros"])
def test_a_copy_that_would_be_another_model_is_refused(last):
    """Also where the last layer hides the difference for now: the sentence names the layer."""
    shifted = Shifted(name="shifted")
    shifted.shift = 3.0
    model = keras.Sequential([keras.Input((2,)), shifted, layers.Dense(1, kernel_initializer=last)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"'shifted' gives other values.*add_weight"):
        trainer_of(model)


def test_a_model_with_noise_in_its_predictions_is_trained():
    """Dropout that is always on cannot be compared, and is no other model."""
    inputs = keras.Input((2,))
    hidden = layers.Dropout(0.5)(layers.Dense(8, "relu")(inputs), training=True)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(hidden))
    model.compile("sgd", "binary_crossentropy")
    assert trainer_of(model).step(2) == 2


def a_rate():
    """Return a learning rate that Keras asks a function for."""
    return 0.5


@pytest.mark.parametrize("rate", [a_rate, lambda: 0.5], ids=["def", "lambda"])
@pytest.mark.filterwarnings("error")
def test_a_learning_rate_given_by_a_function_is_what_it_gives(rate):
    """Keras calls the function when it traces the update, and so trains with this rate."""
    model = compiled(optimizers.SGD(rate))
    trainer = trainer_of(model)
    trainer.step(5)
    assert trainer.learning_rate == 0.5
    trainer.learning_rate = 0.1
    trainer.step(1)
    trainer.reset()
    trainer.learning_rate = 0.5
    trainer.step(5)
    train_on_batches(model, trainer, 0, 5)
    same_weights(model, trainer.to_keras())
