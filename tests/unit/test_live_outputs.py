"""Several outputs: trained, measured, turned and given back as Keras does it."""

import numpy as np
import pytest

from lessons_lib import live, panels

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4)).astype("float32")
CLASSES, NUMBERS = X[:, :3].argmax(axis=1), (X[:, 0] * X[:, 1]).astype("float32")
BOTH = ["sparse_categorical_crossentropy", "mse"]
NAMED = {"kind": CLASSES, "size": NUMBERS}
NAMED_LOSSES = dict(zip(NAMED, BOTH, strict=True))


def two_headed(form=list, loss=BOTH, loss_weights=None, optimizer=None, metrics=None):
    """Return a compiled model with a shared body, a class and a number as its outputs."""
    inputs = keras.Input((4,))
    body = layers.Dense(6, "tanh", name="body")(inputs)
    size = layers.Dense(1, name="size")(layers.Dense(3, "relu")(body))
    heads = {"kind": layers.Dense(3, "softmax", name="kind")(body), "size": size}
    model = keras.Model(inputs, heads if form is dict else form(heads.values()))
    model.compile(optimizer or keras.optimizers.Adam(0.01), loss, loss_weights, metrics=metrics)
    return model


def trainer_of(model, y=NAMED, **settings):
    """Return a trainer that runs as a plain graph: one test is about XLA."""
    return live.LiveTrainer(model, X, y, batch_size=10, **{"jit_compile": False, **settings})


def in_form(form, batch):
    """Return the targets of a batch as Keras wants them for outputs of this form."""
    targets = {name: y[batch] for name, y in NAMED.items()}
    return targets if form is dict else form(targets.values())


def largest_difference(a, b):
    """Return how far the weights of two models of one shape are apart."""
    pairs = zip(a.get_weights(), b.get_weights(), strict=True)
    return max(np.abs(x - y).max() for x, y in pairs)


@pytest.mark.parametrize("form", [list, tuple, dict])
def test_the_weights_and_losses_are_those_of_train_on_batch(form):
    """Update by update, for outputs as a list, a tuple and a dict, one loss weighing less."""
    model = two_headed(form, loss_weights=[1.0, 0.3])
    trainer = trainer_of(model, y=[CLASSES, NUMBERS])
    trainer.step(20)
    for k in range(20):
        model.reset_metrics()
        batch = trainer.batch_indices(k)
        theirs = model.train_on_batch(X[batch], in_form(form, batch), return_dict=True)
        for name, value in theirs.items():
            assert trainer.history[name][k] == pytest.approx(value, abs=1e-5), name
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_xla_gives_the_same():
    """The program that is compiled by default."""
    model = two_headed(loss_weights={"kind": 1, "size": 0.5}, loss=NAMED_LOSSES)
    trainer = trainer_of(model, jit_compile=None)
    trainer.step(20)
    assert trainer.jit_compile
    for k in range(20):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], in_form(list, batch))
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_one_loss_given_once_is_that_of_all_outputs():
    """As in Keras."""
    model = two_headed(loss="mse")
    onehot = np.eye(3, dtype="float32")[CLASSES]
    trainer = trainer_of(model, y=[onehot, NUMBERS])
    trainer.step(5)
    for k in range(5):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], [onehot[batch], NUMBERS[batch]])
    assert largest_difference(model, trainer.to_keras()) < 1e-5


def test_validation_is_measured_as_keras_evaluates():
    """The sum, and loss and accuracy of each output whatever its weight."""
    model = two_headed(loss_weights=[0.5, 2.0], metrics=[["accuracy"], []])
    trainer = trainer_of(model, validation_data=(X[:40], {n: y[:40] for n, y in NAMED.items()}))
    trainer.step(30)
    plain = trainer.to_keras()
    y = in_form(list, np.s_[:40])
    theirs = plain.evaluate(X[:40], y, batch_size=40, return_dict=True, verbose=0)
    ours = {name: column[-1] for name, column in trainer.history.items()}
    assert sorted(theirs) == ["kind_accuracy", "kind_loss", "loss", "size_loss"]
    for name, value in theirs.items():
        assert ours[f"val_{name}"] == pytest.approx(value, abs=1e-5), name
    assert "size_accuracy" not in ours


def test_the_weight_of_an_output_turns_while_it_trains():
    """From that update on as Keras with other loss_weights, and no loop is traced again."""
    trainer = trainer_of(two_headed())
    trainer.step(5)
    assert trainer.knobs["weight_size"].offers(trainer)[0] == 0
    trainer.weight_size = 0.1
    model = trainer.to_keras()
    assert model.get_compile_config()["loss_weights"] == [1.0, 0.1]
    trainer.step(5)
    assert trainer.trace_count == 1
    for k in range(5, 10):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], in_form(list, batch))
    assert largest_difference(model, trainer.to_keras()) < 1e-5
    (mark,) = trainer.marks
    assert (mark, mark.words) == ((5, "weight_size", 1.0, 0.1), "size × 0.1")
    assert mark.change == "weight of size 1 → 0.1"


def test_an_output_of_weight_0_teaches_nothing():
    """What only its head has stays as it was."""
    trainer = trainer_of(two_headed(optimizer=keras.optimizers.SGD(0.1), loss_weights=[1, 0]))
    before = trainer.to_keras().get_layer("size").get_weights()
    trainer.step(10)
    after = trainer.to_keras().get_layer("size").get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_snapshot_brings_the_weights_of_the_outputs_back():
    """And the run goes on from there as it did."""
    trainer = trainer_of(two_headed(dict), seed=3)
    trainer.turn("weight_kind", 0.2)
    trainer.step(5)
    moment = trainer.snapshot()
    trainer.step(5)
    there = trainer.to_keras().get_weights()
    trainer.weight_kind = 5
    trainer.step(7)
    trainer.restore(moment)
    assert trainer.weight_kind == 0.2
    trainer.step(5)
    assert all(map(np.array_equal, there, trainer.to_keras().get_weights()))


@pytest.mark.parametrize("form", [list, tuple, dict])
def test_predictions_targets_and_tasks_have_the_form_of_the_outputs(form):
    """Each as the model gives its outputs; the learner's own model predicts the same."""
    model = two_headed(form)
    trainer = trainer_of(model, validation_data=(X, NAMED))
    ours, theirs = trainer.predict(X[:5]), model.predict(X[:5], verbose=0)
    assert type(ours) is type(trainer.y) is type(trainer.validation_data[1]) is form
    keys = [*NAMED] if form is dict else [0, 1]
    for key, kind in zip(keys, ("multiclass", "regression"), strict=True):
        np.testing.assert_allclose(ours[key], theirs[key], atol=1e-6)
        assert trainer.task[key] == kind
    assert trainer.outputs == ("kind", "size")


@pytest.mark.parametrize("form", [list, dict])
def test_the_code_builds_the_same_outputs_with_the_present_weights(form):
    """It runs, and its model has outputs, losses and weights as the trainer's."""
    trainer = trainer_of(two_headed(form, loss=NAMED_LOSSES))
    trainer.weight_size = 0.2
    y = in_form(form, np.s_[:])
    names = {"X": X, "y": y}
    exec(trainer.code(data="X, y"), names)
    model = names["model"]
    assert model.get_compile_config()["loss_weights"] == {"kind": 1.0, "size": 0.2}
    assert type(model(X[:1])) is form
    assert names["history"].history.keys() >= {"loss", "kind_loss", "size_loss"}


def test_the_body_can_be_narrowed_and_the_heads_go_on():
    """A hidden layer that two heads read has a width like any other; a head has none."""
    trainer = trainer_of(two_headed())
    trainer.step(3)
    trainer.width = 2
    assert {name: kernel.shape for name, kernel in trainer.kernels().items()}.items() >= {
        ("body", (4, 2)), ("kind", (2, 3)),
    }  # fmt: skip
    trainer.step(3)
    assert len(trainer.gradient_norms()) == 4


def test_divergence_is_said_and_taken_back():
    """As for one output: the sentence, and a way that was tried."""
    trainer = trainer_of(two_headed(optimizer=keras.optimizers.SGD(0.05), loss="mse"),
                         y=[np.eye(3)[CLASSES], NUMBERS])  # fmt: skip
    trainer.step(200)
    trainer.learning_rate = 1e6
    trainer.step(50)
    assert "learning rate 1e+06" in trainer.ended
    trainer.go_back()
    assert trainer.ended is None


def _losses(loss, **settings):
    return lambda: trainer_of(two_headed(loss=loss, **settings))


BAD = {
    "one array": (lambda: trainer_of(two_headed(), CLASSES), r"2 outputs, so y is .*kind, size"),
    "too few": (lambda: trainer_of(two_headed(), [CLASSES]), "y has length 1, .*in this order"),
    "another name": (
        lambda: trainer_of(two_headed(), {"kind": CLASSES, "seize": NUMBERS}),
        "y is for 'kind' and 'seize', but .*'kind' and 'size'",
    ),
    "swapped": (
        lambda: trainer_of(two_headed(), [NUMBERS, CLASSES]),
        "y of 'kind' holds fractions",
    ),
    "other lengths": (
        lambda: trainer_of(two_headed(), [CLASSES, NUMBERS[:9]]),
        "X and y of 'size' must have one row per sample; received 60 and 9",
    ),
    "validation": (
        lambda: trainer_of(two_headed(), validation_data=(X, [CLASSES + 3, NUMBERS])),
        "validation y of 'kind' must hold class numbers 0 to 2",
    ),
    "too few losses": (_losses(["mse"]), "loss has length 1"),
    "a loss for nobody": (
        _losses({"kind": "mse", "seize": "mse"}),
        "loss is for 'kind' and 'seize'",
    ),
    "no loss": (_losses(["mse", None]), "output 'size' has no loss"),
    "two losses": (_losses([["mse", "mae"], "mse"]), "output 'kind' has several losses"),
    "too few weights": (_losses(BOTH, loss_weights=[1.0]), "loss_weights has length 1"),
    "a weight below 0": (_losses(BOTH, loss_weights=[1.0, -1.0]), "at least 0 .*received -1.0 for"),
    "a knob below 0": (
        lambda: trainer_of(two_headed()).turn("weight_size", -1),
        "weight_size is a finite number of at least 0",
    ),
    "a knob for nobody": (
        lambda: trainer_of(two_headed()).turn("weight_seize", 1),
        "no knob 'weight_seize': did you mean weight_size",
    ),
    "a population": (
        lambda: live.Population(two_headed(), X, NAMED),
        "population takes a model with one output.*has 2, kind and size",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_gets_one_sentence(bad):
    """What is wrong, and which output it is about."""
    given, words = BAD[bad]
    with pytest.raises(ValueError, match=words) as raised:
        given()
    assert "\n" not in str(raised.value)


def test_outputs_of_one_name_are_refused():
    """A shared layer makes two outputs that no name tells apart."""
    a, inputs = layers.Dense(1, name="twice"), keras.Input((4,))
    model = keras.Model(inputs, [a(layers.Dense(2)(inputs)), a(layers.Dense(2)(inputs))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="two here are called 'twice'"):
        trainer_of(model, [NUMBERS, NUMBERS])


def test_a_panel_shows_the_sum_or_the_curves_of_one_output():
    """A list beside the curves says which, and the weights of the outputs are sliders."""
    panel = panels.live(two_headed(), X, [CLASSES, NUMBERS], batch_size=10, weight_size=0.2)
    panel.step(3)
    assert panel.trainer.weight_size == 0.2
    assert panel.controls["weight_size"].description == "weight of size"
    choice = panel.controls["quantity"]
    assert [value for _, value in choice.options] == [
        "loss", "kind_accuracy", "kind_loss", "size_loss",
    ]  # fmt: skip
    assert "training loss" in panel.sentence
    choice.value = "size_loss"
    panel.refresh()
    assert "training size loss" in panel.sentence


def test_a_picture_of_one_output_is_left_out_with_a_sentence():
    """Asked for by name or by default, where the data would suit it."""
    inputs = keras.Input((2,))
    body = layers.Dense(4, "tanh")(inputs)
    model = keras.Model(inputs, [layers.Dense(1, name=name)(body) for name in ("a", "b")])
    model.compile("sgd", "mse")
    panel = panels.live(model, X[:, :2], [NUMBERS, NUMBERS], views=["boundary", "curves"])
    assert panel.views == ("curves",)
    assert "'boundary' is left out: it shows one output" in panel.sentence
