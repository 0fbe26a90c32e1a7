"""Hidden layers are added and taken away on the way, and each has an activation of its own."""

import numpy as np
import pytest
from states import assert_same, state

from lessons_lib import live, panels

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("float32")


def model_of(*hidden, optimizer=None):
    """Return a classifier of points, of two hidden layers where none are given."""
    hidden = hidden or (layers.Dense(5, "tanh"), layers.Dropout(0.1), layers.Dense(4, "relu"))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer or keras.optimizers.Adam(0.03), "binary_crossentropy")
    return model


def functional():
    """Return a model with one hidden layer of several parts, not a Sequential one."""
    inputs = keras.Input((2,), name="points")
    hidden = layers.Dense(5, name="hidden")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Dropout(0.2)(layers.Activation("tanh")(hidden))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy")
    return model


def trainer_of(*hidden, model=None, optimizer=None):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    model = model or model_of(*hidden, optimizer=optimizer)
    return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)


def test_a_layer_more_is_like_the_last_one_and_all_others_keep_their_weights():
    """The notice says which."""
    trainer = trainer_of()
    trainer.step(5)
    before = trainer.chain().kernels
    trainer.layers = 4
    after = trainer.chain().kernels
    assert [kernel.shape for kernel in after] == [(2, 5), (5, 4), (4, 4), (4, 4), (4, 1)]
    assert_same([after[0], after[1], after[4]], before)
    assert np.any(after[2] != after[3])
    assert trainer.notice == (
        "4 hidden layers: the weights of layers 1 and 2 and of the output are kept, layers 3 and 4 "
        "are new; the optimizer's memory starts empty."
    )
    assert trainer.step(5) == 5


def test_a_layer_fewer_is_the_last_one():
    """The output, which reads others then, begins anew; back again, so does the layer."""
    trainer = trainer_of()
    start = trainer.chain().kernels
    trainer.step(5)
    before = trainer.chain().kernels
    trainer.layers = 1
    assert [kernel.shape for kernel in trainer.chain().kernels] == [(2, 5), (5, 1)]
    assert_same(trainer.chain().kernels[:1], before[:1])
    assert trainer.notice == (
        "1 hidden layer: the weights of layer 1 are kept, the output is new; the optimizer's "
        "memory starts empty."
    )
    trainer.layers = 2
    assert trainer.notice.startswith(
        "2 hidden layers: the weights of layer 1 are kept, layer 2 and"
    )
    after = trainer.chain().kernels
    assert_same(after[:1], before[:1])
    assert_same(after[1:], start[1:])


def test_what_stands_behind_a_layer_comes_with_it():
    """In a functional model too, whose weights all stay where one more layer suits them."""
    trainer = trainer_of(model=functional())
    trainer.dropout = 0.3
    trainer.step(5)
    before = trainer.to_keras()
    trainer.layers = 2
    after = trainer.to_keras()
    kinds = [type(layer).__name__ for layer in after.layers]
    part = ["Dense", "BatchNormalization", "Activation", "Dropout"]
    assert kinds == ["InputLayer", *part, *part, "Dense"]
    assert [after.layers[place].rate for place in (4, 8)] == [0.3, 0.3]
    assert_same(after.layers[2].get_weights(), before.layers[2].get_weights())
    assert_same(after.layers[-1].get_weights(), before.layers[-1].get_weights())


@pytest.mark.parametrize("count", [1, 3])
def test_it_trains_on_as_keras_does(count):
    """From the weights that were kept, with an empty memory."""
    trainer = trainer_of(layers.Dense(4, "tanh"), layers.Dense(4, "relu"))
    trainer.step(5)
    trainer.layers = count
    theirs = trainer.to_keras()
    assert not any(np.any(slot.numpy()) for slot in theirs.optimizer.variables[2:])
    trainer.step(10)
    for k in range(5, 15):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-4)


def test_knobs_go_on_where_they_stand():
    """Those of a new layer as those of the last one."""
    trainer = trainer_of(layers.Dense(5, "tanh"), layers.Dropout(0.1), optimizer="sgd")
    trainer.learning_rate, trainer.l2, trainer.dropout, trainer.width = 0.7, 0.01, 0.4, 3
    trainer.activation, trainer.optimizer, trainer.lesions = "elu", "rmsprop", ((1, 2),)
    trainer.step(2)
    trainer.layers = 3
    plain = trainer.to_keras()
    assert [layer.units for layer in plain.layers[:5:2]] == [2, 3, 3]
    assert [layer.activation.__name__ for layer in plain.layers[:5:2]] == ["elu"] * 3
    assert [layer.rate for layer in plain.layers[1::2]] == [0.4] * 3
    assert (trainer.learning_rate, trainer.l2, trainer.optimizer) == (0.7, 0.01, "RMSprop")
    assert trainer.lesions == ((1, 2),)
    trainer.lesions = ()
    assert trainer.chain().kernels[0][:, 1].all()


def with_turns(trainer):
    """Go through a run that has its layers changed and what depends on them; return moments."""
    moments = {0: trainer.snapshot()}
    for step, name, value in (
        (3, "layers", 3),
        (5, "activation_3", "elu"),
        (6, "lesions", ((3, 1), (1, 2))),
        (8, "width", 3),
        (10, "layers", 1),
        (12, "layers", 4),
        (14, "optimizer", "sgd"),
    ):
        trainer.step(step - trainer.updates)
        moments[step] = trainer.snapshot()
        trainer.turn(name, value)
    trainer.step(6)
    return moments


@pytest.mark.parametrize("at", [0, 8, 12])
def test_a_run_is_gone_through_again_bit_for_bit(at):
    """From moments with other numbers of layers than at the end."""
    trainer = trainer_of()
    moments = with_turns(trainer)
    turns, end, predictions = trainer.turns, state(trainer), trainer.predict(X)
    trainer.restore(moments[at])
    trainer.replay(turns, 20)
    assert_same(state(trainer), end)
    np.testing.assert_array_equal(trainer.predict(X), predictions)


def test_a_snapshot_brings_its_layers_back():
    """With their weights, widths and activations."""
    trainer = trainer_of()
    moments = with_turns(trainer)
    trainer.restore(moments[8])
    assert (trainer.layers, trainer.width, trainer.activation_3) == (3, 5, "elu")
    assert trainer.lesions == ((1, 2), (3, 1))
    assert "activation_4" not in trainer.more_knobs
    assert_same(state(trainer), [np.asarray(value) for value in moments[8].state])


@pytest.mark.parametrize("seed", [None, 4])
def test_a_run_begun_anew_is_that_of_a_new_trainer_with_the_same_turns(seed):
    """Initial weights depend on model, seed and number of layers, and not on the way there."""
    model = model_of()
    trainer = trainer_of(model=model)
    with_turns(trainer)
    trainer.reset(seed=seed)
    assert trainer.starts_as_model
    trainer.step(4)
    other = trainer_of(model=model)
    if seed is not None:
        other.reset(seed=seed)
    other.replay(trainer.turns, 4)
    np.testing.assert_array_equal(other.predict(X), trainer.predict(X))


def test_layers_turned_before_the_first_step_leave_the_start_as_it_is():
    """There and back again, and a trained model keeps its optimizer's memory at its beginning."""
    model = model_of()
    model.fit(X, y, epochs=2, verbose=0)
    trainer = trainer_of(model=model)
    before = state(trainer)
    trainer.layers = 3
    trainer.layers = 2
    assert_same(state(trainer), before)


def test_the_code_of_a_network_with_more_layers_runs():
    """It builds the network that trains by now."""
    trainer = trainer_of()
    trainer.layers = 3
    code, names = trainer.code(), {"X": X, "y": y}
    assert "name=" not in code
    exec(code, names)
    assert sum(isinstance(layer, layers.Dense) for layer in names["model"].layers) == 4


def test_features_stay_before_more_layers():
    """Their switches as they stand."""
    trainer = trainer_of(live.InputFeatures(), layers.Dense(4, "tanh"))
    trainer.x1_x2 = True
    trainer.step(3)
    kernel = trainer.chain().kernels[0]
    trainer.layers = 2
    assert trainer.to_keras().layers[0].on == ("x1", "x2", "x1_x2")
    np.testing.assert_array_equal(trainer.chain().kernels[0], kernel)


@pytest.mark.parametrize("value", [0, 7, 2.5, "many", None])
def test_a_wrong_number_of_layers_is_refused_in_one_sentence(value):
    """It keeps those that it has."""
    trainer = trainer_of()
    with pytest.raises((TypeError, ValueError), match="from 1 to 6; received") as error:
        trainer.layers = value
    assert "\n" not in str(error.value)
    assert (trainer.layers, trainer.marks) == (2, [])


@pytest.mark.parametrize(
    "hidden",
    [(layers.Reshape((2, 1)), layers.Conv1D(2, 1), layers.Flatten()), (layers.Rescaling(2),)],
)
def test_other_models_have_no_such_knob(hidden):
    """Convolutions, and a network without a hidden layer."""
    assert "layers" not in trainer_of(*hidden).more_knobs


# --- an activation for each layer --------------------------------------------------------------


def test_each_layer_has_an_activation_of_its_own():
    """The knob of all says that they are mixed, and sets all; weights go on."""
    trainer = trainer_of()
    trainer.step(3)
    before = trainer.to_keras().get_weights()
    trainer.activation_1 = "sigmoid"
    assert (trainer.activation_1, trainer.activation_2) == ("sigmoid", "relu")
    assert trainer.activation == "mixed"
    assert trainer.marks[0].words == "layer 1 sigmoid"
    assert trainer.notice.startswith("Hidden layer 1 uses sigmoid from now on")
    assert_same(trainer.to_keras().get_weights(), before)
    trainer.activation = "elu"
    assert (trainer.activation_1, trainer.activation_2, trainer.activation) == ("elu",) * 3


def test_the_activation_of_each_hidden_layer_is_a_quiet_knob():
    """A panel has controls for them where they are asked for."""
    trainer = trainer_of()
    assert {"activation_1", "activation_2", "layers"} <= {*trainer.more_knobs}
    assert not {"activation_1", "layers"} & {*trainer.knobs}
    trainer.layers = 1
    assert "activation_2" not in trainer.more_knobs
    trainer.layers = 3
    assert "activation_3" in trainer.more_knobs


def test_the_control_of_a_layer_that_is_gone_goes_with_it():
    """And what code turns it to meanwhile is refused in a sentence."""
    panel = panels.live(model_of(), X, y, views="curves", knobs=["layers", "activation_2"])
    control = panel.controls["activation_2"]
    panel.controls["layers"].value = 1
    assert control.layout.display == "none"
    control.value = "elu"
    assert "no knob 'activation_2'" in panel.sentence
    panel.controls["layers"].value = 2
    assert control.layout.display is None
    assert control.value == "relu"


def test_activations_come_back_with_a_snapshot():
    """Those that the model was built with, too."""
    trainer = trainer_of()
    start = trainer.snapshot()
    trainer.activation_2 = "sigmoid"
    mixed = trainer.snapshot()
    trainer.activation = "elu"
    trainer.restore(mixed)
    assert (trainer.activation_1, trainer.activation_2) == ("tanh", "sigmoid")
    trainer.restore(start)
    assert (trainer.activation_1, trainer.activation_2) == ("tanh", "relu")


def test_a_wrong_activation_of_a_layer_is_refused_in_one_sentence():
    """It names the knob."""
    trainer = trainer_of()
    with pytest.raises(ValueError, match="activation_2 takes the name of a function"):
        trainer.activation_2 = "softmax"
