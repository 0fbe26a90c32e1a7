"""The network comes back as an ordinary Keras model, and as code that builds one."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] > 0).astype("float32")


def sequential():
    """Return a stack with normalization, dropout and a penalty."""
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(8, use_bias=False, kernel_initializer="he_normal"),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.Dropout(0.2),
            layers.Dense(6, "tanh", kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def functional():
    """Return a model with two branches."""
    inputs = keras.Input((2,), name="features")
    left = layers.Dense(4, "tanh")(inputs)
    right = layers.Dense(4, keras.activations.relu, bias_initializer="ones")(inputs)
    joined = layers.Concatenate()([left, right])
    hidden = layers.Dense(8, "elu")(joined)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))


def shared():
    """Return a model that uses one layer twice."""
    inputs = keras.Input((2,))
    twice = layers.Dense(2, "tanh", name="twice")
    hidden = layers.Dense(8, "relu")(twice(twice(inputs)))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))


MODELS = pytest.mark.parametrize("make", [sequential, functional, shared])


def trainer_of(make, optimizer=None, **kwargs):
    """Return a trainer a few steps on, with fewer units and other knobs than it was built with."""
    model = make()
    optimizer = optimizer or keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    trainer = live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False, **kwargs)
    trainer.step(10)
    trainer.width = 3
    trainer.learning_rate, trainer.l2 = 0.03, 0.05
    trainer.step(5)
    return trainer


@MODELS
def test_predictions_are_the_same(make):
    """A smaller ordinary model predicts what the trainer predicts, to 1e-5."""
    trainer = trainer_of(make)
    plain = trainer.to_keras()
    np.testing.assert_allclose(plain.predict(X, verbose=0), trainer.predict(X), atol=1e-5)
    widths = [layer.units for layer in plain.layers if isinstance(layer, layers.Dense)]
    assert max(widths) <= 4
    assert {type(layer).__module__.split(".")[0] for layer in plain.layers} == {"keras"}


@MODELS
def test_the_model_survives_save_and_load(make, tmp_path):
    """A file written with save predicts the same after loading."""
    trainer = trainer_of(make)
    trainer.to_keras().save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(X, verbose=0), trainer.predict(X), atol=1e-5)


def test_the_model_is_compiled_with_the_present_knobs():
    """Fit goes on with the learning rate, penalty and rate as they were turned."""
    trainer = trainer_of(sequential)
    trainer.dropout = 0.4
    plain = trainer.to_keras()
    assert isinstance(plain, keras.Sequential)
    assert float(plain.optimizer.learning_rate.numpy()) == np.float32(0.03)
    assert plain.optimizer.momentum == 0.9
    assert plain.layers[3].rate == 0.4
    assert plain.layers[0].kernel_regularizer.l2 == pytest.approx(0.05)
    assert plain.layers[4].kernel_regularizer.l1 == pytest.approx(0.01)
    assert plain.layers[4].kernel_regularizer.l2 == pytest.approx(0.07)
    assert set(plain.fit(X, y, verbose=0).history) == {"loss", "accuracy"}


def test_the_code_uses_validation_data():
    """With validation data, fit reports on it."""
    trainer = trainer_of(sequential, validation_data=(X, y))
    names = {"X": X, "y": y, "X_val": X, "y_val": y}
    exec(trainer.code(), names)
    assert "val_accuracy" in names["history"].history


def test_the_code_of_a_small_network_reads_as_a_learner_would_write_it():
    """Only what differs from Keras's defaults is written."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    trainer = live.LiveTrainer(model, X, y, batch_size=10)
    trainer.width = 4
    trainer.step(3 * len(X) // 10)
    assert trainer.code() == (
        "import keras\n"
        "\n"
        "model = keras.Sequential([\n"
        "    keras.Input(shape=(2,)),\n"
        '    keras.layers.Dense(4, activation="tanh"),\n'
        "    keras.layers.Dense(1),\n"
        "])\n"
        "model.compile(\n"
        "    optimizer=keras.optimizers.SGD(learning_rate=0.1),\n"
        '    loss="mse",\n'
        ")\n"
        "history = model.fit(X, y, batch_size=10, epochs=3, verbose=0)\n"
    )


def test_the_epochs_of_the_code_belong_to_its_settings():
    """Counted since the last turn; where none is over, one, and it says so."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, y, batch_size=len(X), jit_compile=False)
    unused = "# No step has been made with these settings yet: choose the epochs."
    assert "epochs=1," in trainer.code()
    assert unused in trainer.code()
    trainer.step(7)
    assert "epochs=7," in trainer.code()
    assert "#" not in trainer.code()
    trainer.learning_rate = 0.5
    assert "epochs=1," in trainer.code()
    assert unused in trainer.code()
    trainer.step(4)
    assert "epochs=4," in trainer.code()
    assert "# Knobs were turned on the way, the last one at step 7:" in trainer.code()
    assert unused not in trainer.code()


def test_the_code_gives_no_new_meaning_to_a_name_that_is_taken():
    """Every variable gets another name; data and model are called what they are called."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", lambda t, p: keras.ops.mean((t - p) ** 2))
    trainer = live.LiveTrainer(model, X, y, validation_data=(X, y), jit_compile=False)
    code = trainer.code("*points", "unseen", "mine", taken=("model", "history", "loss", "model_2"))
    names = {"points": (X, y), "unseen": (X, y), "mine": model}
    exec(code, names)
    assert {*names} == {"points", "unseen", "mine", "keras", "model_3", "history_2", "loss_2",
                        "__builtins__"}  # fmt: skip
    assert names["loss_2"] is model.loss
    assert "val_loss" in names["history_2"].history


def test_the_weight_of_the_loss_is_kept():
    """loss_weights scales the loss of the model given back, and stands in the code."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", loss_weights=[2.0])
    trainer = live.LiveTrainer(model, X, y, jit_compile=False)
    same_loss = pytest.approx(model.evaluate(X, y, verbose=0))
    assert trainer.to_keras().evaluate(X, y, verbose=0) == same_loss
    assert "    loss_weights=[2.0],\n" in trainer.code()
