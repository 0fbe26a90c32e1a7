"""A knob is one row of the table: everything that knows a knob reads it there."""

import numpy as np
import pytest

from lessons_lib import live, panels
from lessons_lib.live._knobs import Knob, with_knobs

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(50, 2)).astype("float32")
y = (X[:, 0] > 0).astype("float32")

MOMENTUM = Knob(
    name="momentum",
    short="mom",
    meaning="How much of the last step goes into the next.",
    tooltip="how much of the last step goes into the next",
    read=lambda trainer: trainer._network.optimizer.momentum,
    check=lambda trainer, value: float(value),
    apply=lambda trainer, value: trainer._network.use_optimizer(
        trainer._network.optimizer_for(), momentum=value
    ),
    values=lambda trainer: (0.0, 0.5, 0.9),
    control="steps",
    compiles=True,
    has=lambda trainer: hasattr(trainer._network.optimizer, "momentum"),
    lacking="This optimizer has no momentum: assign keras.optimizers.SGD(0.1).",
)


def model_of(*hidden):
    """Return a compiled classifier of points."""
    hidden = hidden or (layers.Dense(6, "tanh"), layers.Dropout(0.1))
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    return model


def trainer_of(*hidden, kind=live.LiveTrainer, data=(X, y)):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    return kind(model_of(*hidden), *data, batch_size=10, jit_compile=False)


@pytest.fixture
def kind(monkeypatch):
    """Return the trainer's class as it is when the table has one more row."""
    monkeypatch.setitem(live.KNOBS, "momentum", MOMENTUM)
    return with_knobs(type("Trainer", (live.LiveTrainer,), {}))


def test_a_new_row_is_a_knob_of_the_trainer(kind):
    """It trains as Keras does with that momentum, in a loop of its own."""
    trainer = trainer_of(layers.Dense(6, "tanh"), kind=kind)
    trainer.step(5)
    trainer.momentum = 0.9
    assert trainer.can_change_momentum
    assert trainer.trace_count == 1
    theirs = trainer.to_keras()
    assert theirs.optimizer.momentum == 0.9
    trainer.step(5)
    assert trainer.trace_count == 2
    for k in range(5, 10):
        batch = trainer.batch_indices(k)
        theirs.train_on_batch(X[batch], y[batch])
    np.testing.assert_allclose(trainer.predict(X), theirs(X), atol=1e-5)
    assert trainer.notice == "Momentum 0.9 from now on."
    assert "momentum=0.9" in trainer.code()


def test_a_new_row_is_in_snapshots_and_marks(kind):
    """What was turned is written, and comes back."""
    trainer = trainer_of(kind=kind)
    moment = trainer.snapshot()
    trainer.turn("momentum", 0.5)
    (mark,) = trainer.marks
    assert mark == (0, "momentum", 0.0, 0.5)
    assert mark.words == "mom 0.5"
    trainer.restore(moment)
    assert (trainer.momentum, trainer.marks) == (0, [])


def test_a_new_row_is_offered_by_the_models_that_have_it(kind):
    """With another optimizer it is gone, and its sentence says why."""
    trainer = trainer_of(kind=kind)
    assert list(trainer.knobs)[-1] == "momentum"
    assert trainer.knobs["momentum"].offers(trainer) == (0.0, 0.5, 0.9)
    trainer.optimizer = "adam"
    assert "momentum" not in trainer.knobs
    with pytest.raises(ValueError, match="has no momentum"):
        trainer.turn("momentum", 0.5)


def test_a_new_row_has_a_control_and_a_word_on_the_curve(kind, monkeypatch):
    """The panel can start with it, turns it, and says so at the step where it was turned."""
    monkeypatch.setattr(live, "LiveTrainer", kind)
    panel = panels.live(model_of(), X, y, views=["curves"], momentum=0.5)
    control = panel.controls["momentum"]
    assert (control.description, control.value) == ("momentum", 0.5)
    assert control.tooltip == MOMENTUM.tooltip
    panel.step(60)
    control.value = 0.9
    panel.step(60)
    assert panel.trainer.momentum == 0.9
    texts = [i.data["words"] for i in panel.scenes[0].items.values() if i.kind == "text"]
    assert "mom 0.9" in texts


@pytest.mark.parametrize("name", live.KNOBS)
def test_every_row_says_all_that_is_shown(name):
    """Words for the label, for the pointer and for help, and what the control offers."""
    knob, trainer = live.KNOBS[name], trainer_of()
    assert knob.words == name.replace("_", " ")
    assert knob.tooltip
    assert getattr(live.LiveTrainer, name).__doc__ == knob.meaning
    offered = knob.offers(trainer)
    assert getattr(trainer, name) in offered
    assert len(set(offered)) == len(offered) > 1
    assert all(knob.option(trainer, value) for value in offered)
    if knob.control != "list" or not isinstance(offered[0], str):
        assert list(offered) == sorted(offered)
    if knob.control == "range":
        assert offered == tuple(range(1, trainer.max_width + 1))


def test_a_control_offers_what_the_model_came_with():
    """A rate between the steps, an optimizer outside the list, all samples in one batch."""
    model = model_of(layers.Dense(3, "selu"))
    model.compile(keras.optimizers.Nadam(0.0123), "binary_crossentropy")
    trainer = live.LiveTrainer(model, X, y, batch_size=7, jit_compile=False)
    offered = {name: knob.offers(trainer) for name, knob in trainer.knobs.items()}
    assert 0.0123 in offered["learning_rate"]
    assert offered["optimizer"][0] == "Nadam"
    assert offered["activation"][0] == "selu"
    assert offered["batch_size"] == (1, 2, 4, 7, 8, 16, 32, 50)
    assert live.KNOBS["batch_size"].option(trainer, 50) == "50 (all)"
    assert live.KNOBS["learning_rate"].option(trainer, 0.0123) == "0.0123"


def test_a_knob_with_one_value_is_not_offered():
    """One unit cannot be fewer, and one sample makes one kind of batch."""
    trainer = trainer_of(layers.Dense(1, "tanh"), data=(X[:1], y[:1]))
    assert trainer.can_change_width
    assert list(trainer.knobs) == ["learning_rate", "l2", "activation", "optimizer"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("learning_rate", 0.025, "lr 0.025"), ("batch_size", 16, "batch 16"), ("width", 4, "width 4"),
     ("l2", 0.001, "l2 0.001"), ("dropout", 0.3, "dropout 0.3"), ("activation", "relu", "relu"),
     ("optimizer", "Adam", "Adam")],
)  # fmt: skip
def test_the_curve_says_a_turn_in_few_letters(name, value, words):
    """A word and at most two digits; a name speaks for itself."""
    assert live.KNOBS[name].label(value) == words


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lr", "did you mean learning_rate"),
        ("drop_out", "did you mean dropout"),
        ("Optimizer", "did you mean optimizer"),
        ("units", "It has learning_rate, width"),
    ],
)
def test_an_attribute_that_is_no_knob_is_refused(name, says):
    """In one sentence, instead of passing without effect."""
    trainer = trainer_of()
    with pytest.raises(AttributeError, match=says):
        setattr(trainer, name, 3)
    with pytest.raises(ValueError, match=says):
        trainer.turn(name, 3)


def test_compiling_leaves_no_trace_in_the_run():
    """The next step begins at once, and goes as it would have gone."""
    model = model_of()
    trainer, other = (live.LiveTrainer(model, X, y, jit_compile=False) for _ in "ab")
    assert not trainer.compiled
    trainer.compile()
    assert trainer.compiled
    assert trainer.trace_count == 1
    assert (trainer.updates, trainer.history) == (0, other.history)
    for one in (trainer, other):
        one.step(10)
    assert trainer.history == other.history
    np.testing.assert_array_equal(trainer.predict(X), other.predict(X))
    trainer.batch_size = 25
    assert not trainer.compiled


def test_what_ended_a_run_is_said_to_every_panel():
    """As `diverged`, until a knob is turned."""
    trainer = trainer_of()
    assert trainer.ended is None
    trainer.learning_rate = 3e38
    trainer.step(50)
    assert trainer.ended == trainer.diverged
    assert trainer.ended.startswith("Diverged")
    trainer.turn("learning_rate", 0.1)
    assert trainer.ended is None
