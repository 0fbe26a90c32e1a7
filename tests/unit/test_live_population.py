"""Each model of a population trains as a trainer alone would; none troubles another."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2)).astype("float32")
y = (X[:, :1] * X[:, 1:] > 0).astype("float32")
DATA = {"validation_data": (X[:40], y[:40]), "batch_size": 10}
CLOSE = {"rtol": 0, "atol": 1e-4}


def network(optimizer, *hidden, loss="binary_crossentropy", last="sigmoid"):
    """Return a compiled model of the plane with these hidden layers, always the same weights."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation=last)])
    model.compile(optimizer=optimizer, loss=loss)
    return model


def small(optimizer="sgd"):
    """Return a model with a hidden layer and dropout."""
    return network(optimizer, layers.Dense(6, activation="tanh"), layers.Dropout(0.2))


def alone(model, settings, seed=0, **data):
    """Return a trainer with the settings of one model of a population, before its first update."""
    scale = settings.pop("init_scale", 1.0)
    optimizer = {
        name: settings.pop(name) for name in ("momentum", "beta_1", "beta_2") if name in settings
    }
    own_seed = settings.pop("seed", None)
    trainer = live.LiveTrainer(model, X, y, **{**DATA, **data}, seed=seed)
    if own_seed is not None:
        trainer.reset(int(own_seed))
    if scale != 1.0:
        scaled = trainer.to_keras()
        for layer in scaled.layers:
            if hasattr(layer, "kernel"):
                layer.kernel.assign(scale * layer.kernel)
        trainer = live.LiveTrainer(scaled, X, y, **{**DATA, **data}, seed=seed)
    if optimizer:
        kind = type(model.optimizer)
        trainer.optimizer = kind(float(model.optimizer.learning_rate), **optimizer)
    for name, value in settings.items():
        trainer.turn(name, int(value) if name == "width" else float(value))
    return trainer


def assert_equal_to_trainers(population, model, seeds=None, updates=100, **data):
    """Compare each model's weights and losses with those of a trainer."""
    population.step(updates)
    for number, settings in enumerate(population.settings.to_dict("records")):
        trainer = alone(model, settings, 0 if seeds is None else seeds[number], **data)
        trainer.step(updates)
        for ours, theirs in zip(
            population.to_keras(number).get_weights(), trainer.to_keras().get_weights(), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, **CLOSE)
        np.testing.assert_allclose(
            population.val_loss[number], trainer.history["val_loss"][-1], **CLOSE
        )


SGD = keras.optimizers.SGD
ADAM = keras.optimizers.Adam
CASES = {
    "rates and seeds": (SGD(0.1), {"learning_rate": [0.03, 0.3], "seeds": 2}),
    "momentum": (SGD(0.1), {"momentum": [0.0, 0.5, 0.9]}),
    "nesterov": (SGD(0.1, momentum=0.8, nesterov=True), {"learning_rate": [0.05, 0.1]}),
    "adam": (ADAM(0.01), {"beta_1": [0.5, 0.9], "beta_2": [0.9, 0.999]}),
    "penalty": (SGD(0.1), {"l2": [0.0, 0.003, 0.03]}),
    "dropout": (ADAM(0.01), {"dropout": [0.0, 0.2, 0.5]}),
    "width": (SGD(0.1), {"width": [1, 4, 6], "seeds": [7]}),
    "scale": (SGD(0.1), {"init_scale": [0.1, 1.0, 3.0], "seeds": [5, 3]}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_model_ends_where_a_trainer_would(case):
    """The same batches for all of them, a hundred updates."""
    optimizer, settings = CASES[case]
    model = small(optimizer)
    assert_equal_to_trainers(live.Population(model, X, y, **DATA, **settings), model)


def test_own_batches_are_those_of_trainers_with_seeds_in_a_row():
    """With their own dropout noise as well."""
    model = small(SGD(0.1))
    population = live.Population(
        model, X, y, **DATA, same_batches=False, seed=3, learning_rate=[0.1, 0.1, 0.2]
    )
    assert_equal_to_trainers(population, model, seeds=[3, 4, 5])


def test_a_model_that_diverges_keeps_numbers_and_troubles_no_other():
    """Its loss is inf; the others end as they would without it."""
    model = network(SGD(0.1), layers.Dense(6, activation="relu"), loss="mse", last=None)
    population = live.Population(model, X, 100 * y, **DATA, learning_rate=[1e-4, 1e4, 1e-3])
    assert population.step(200) == 200
    assert population.diverged.tolist() == [False, True, False]
    assert population.loss[1] == population.val_loss[1] == np.inf
    assert all(np.isfinite(w).all() for w in population.to_keras(1).get_weights())
    assert np.isfinite(population.loss[[0, 2]]).all()
    others = live.Population(model, X, 100 * y, **DATA, learning_rate=[1e-4, 1e-3])
    others.step(200)
    np.testing.assert_allclose(population.loss[[0, 2]], others.loss, rtol=1e-4)


@pytest.mark.parametrize("width", [6, 64])  # laid out with the models last, and first
@pytest.mark.parametrize("same_batches", [True, False])
@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy"])
def test_targets_without_an_axis_for_outputs_are_the_same_targets(width, same_batches, loss):
    """Targets of shape (n,) and (n, 1) give the same losses."""
    model = network("sgd", layers.Dense(width, activation="tanh"), loss=loss)

    def losses(y):
        data = {"validation_data": (X[:40], y[:40]), "batch_size": 10, "same_batches": same_batches}
        population = live.Population(model, X, y, learning_rate=[0.1, 0.3], **data)
        population.step(20)
        return population.loss, population.val_loss, population.evaluate(X, y)

    for flat, column in zip(losses(y[:, 0]), losses(y), strict=True):
        np.testing.assert_allclose(flat, column, **CLOSE)


@pytest.mark.parametrize("same_batches", [True, False], ids=["same batches", "own batches"])
def test_layers_of_any_kind_train_as_well(same_batches, caplog):
    """With moving averages and dropout; TensorFlow warns of nothing."""
    hidden = layers.Dense(6), layers.BatchNormalization(), layers.Activation("relu")
    model = network(SGD(0.1, momentum=0.9), *hidden, layers.Dropout(0.2))
    population = live.Population(
        model, X, y, **DATA, same_batches=same_batches, learning_rate=[0.01, 0.1]
    )
    assert_equal_to_trainers(population, model, None if same_batches else [0, 1])
    assert not caplog.records
