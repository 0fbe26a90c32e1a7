"""Two models in turn train as a plain loop of Keras does, and every mistake is a sentence."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.panels._runner import Runner

import keras  # isort: skip - after live, which imports TensorFlow quietly
import tensorflow as tf  # isort: skip

layers, ADAM, SGD = keras.layers, keras.optimizers.Adam, keras.optimizers.SGD
X = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")


def chain(n_in, *parts, optimizer="adam", loss=None):
    """Return a compiled chain of layers."""
    model = keras.Sequential([keras.Input((n_in,)), *parts])
    model.compile(optimizer=optimizer, loss=loss)
    return model


def pair(rate=0.01, hidden=6, generator=None):
    """Return a small generator of points from three numbers, and a small judge of points."""
    parts = [layers.Dense(hidden, activation="tanh"), layers.Dense(2)]
    made = generator or chain(3, *parts, optimizer=SGD(rate))
    parts = [layers.Dense(hidden, activation="tanh"), layers.Dense(1, activation="sigmoid")]
    return made, chain(2, *parts, optimizer=SGD(rate), loss="binary_crossentropy")


def small(**settings):
    """Return adversaries that need no XLA."""
    return live.Adversaries(*pair(), X, batch_size=8, jit_compile=False, **settings)


@pytest.fixture(scope="module")
def shared():
    """Return adversaries that each test begins again."""
    return small()


@pytest.fixture
def both(shared):
    """Return adversaries before their first update."""
    for name, value in {"judge_updates": 1, "generator_rate": 0.01, "judge_rate": 0.01}.items():
        shared.turn(name, value)
    shared.reset()
    return shared


def weights(both):
    """Return all numbers of the two models."""
    return np.concatenate([w.ravel() for model in both.to_keras() for w in model.get_weights()])


def plain_loop(both, generator, judge, updates, judge_updates, minimax):
    """Train the two with ``tf.GradientTape``, on the same noise and batches."""
    loss_of, draw, batch = judge.loss, 0, 0
    for _ in range(updates):
        for _ in range(judge_updates):
            made = generator(both.noise(draw), training=True)
            with tf.GradientTape() as tape:
                real = judge(X[both.batch_indices(batch)], training=True)
                false = judge(made, training=True)
                loss = loss_of(tf.ones_like(real), real) + loss_of(tf.zeros_like(false), false)
                loss = loss / 2 + sum(judge.losses)
            slopes = tape.gradient(loss, judge.trainable_variables)
            judge.optimizer.apply(slopes, judge.trainable_variables)
            draw, batch = draw + 1, batch + 1
        with tf.GradientTape() as tape:
            said = judge(generator(both.noise(draw), training=True), training=True)
            fooled, caught = loss_of(tf.ones_like(said), said), loss_of(tf.zeros_like(said), said)
            loss = -caught if minimax else fooled
        slopes = tape.gradient(loss, generator.trainable_variables)
        generator.optimizer.apply(slopes, generator.trainable_variables)
        draw += 1


def adam_and_sigmoid():
    """Return a plain pair, as in the lesson."""
    generator = chain(3, layers.Dense(6, activation="tanh"), layers.Dense(2), optimizer=ADAM(0.01))
    parts = [layers.Dense(6, activation="tanh"), layers.Dense(1, activation="sigmoid")]
    return generator, chain(2, *parts, optimizer=ADAM(0.02), loss=keras.losses.BinaryCrossentropy())


def batch_norm_and_logits():
    """Return a pair whose layers look at whole batches, with scores, momentum and a penalty."""
    parts = [layers.Dense(5), layers.BatchNormalization(), layers.ReLU(), layers.Dense(2)]
    generator = chain(1, *parts, optimizer=SGD(0.05, momentum=0.5))
    price = keras.regularizers.L2(0.01)
    parts = [layers.Dense(5, kernel_regularizer=price), layers.BatchNormalization()]
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return generator, chain(2, *parts, layers.Dense(1), optimizer=SGD(0.1), loss=loss)


@pytest.mark.parametrize(
    ("make", "judge_updates", "noise", "loss", "jit"),
    [
        (adam_and_sigmoid, 1, "normal", "non-saturating", True),
        (batch_norm_and_logits, 3, "uniform", "minimax", False),
    ],
)
def test_trains_as_a_plain_loop_does(make, judge_updates, noise, loss, jit):
    """The same noise and batches give the same weights."""
    keras.utils.set_random_seed(1)
    generator, judge = make()
    both = live.Adversaries(generator, judge, X, batch_size=8, noise=noise, seed=5, jit_compile=jit)
    both.turn("judge_updates", judge_updates)
    both.turn("generator_loss", loss)
    both.step(40)
    plain_loop(both, generator, judge, 40, judge_updates, loss == "minimax")
    expected = [w.ravel() for model in (generator, judge) for w in model.get_weights()]
    np.testing.assert_allclose(weights(both), np.concatenate(expected), rtol=0, atol=1e-4)


def test_leaves_the_models_that_were_given_as_they_are():
    """Copies train."""
    generator, judge = pair()
    before = [w.copy() for model in (generator, judge) for w in model.get_weights()]
    live.Adversaries(generator, judge, X, jit_compile=False).step(5)
    after = [w for model in (generator, judge) for w in model.get_weights()]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_what_comes_of_a_run_does_not_depend_on_the_calls(both):
    """Forty updates at once are forty in pieces, also where the judge's batches run out."""
    both.turn("judge_updates", 7)
    assert both.step(400) == 400
    whole, history = weights(both), both.history
    both.reset()
    for n in (1, 2, 150, 247):
        both.step(n)
    np.testing.assert_allclose(weights(both), whole, rtol=0, atol=1e-5)
    assert both.history["step"] == history["step"]
    np.testing.assert_allclose(both.history["judge_loss"], history["judge_loss"], atol=1e-5)


def test_a_snapshot_brings_back_weights_knobs_and_what_comes_next(both):
    """The way from a moment on is always the same."""
    both.step(20)
    moment = both.snapshot()
    both.step(30)
    after, history = weights(both), both.history
    both.turn("judge_rate", 0.5)
    both.step(9)
    both.restore(moment)
    assert (both.updates, both.knobs["judge_rate"].read(both), both.marks) == (20, 0.01, [])
    both.step(30)
    np.testing.assert_allclose(weights(both), after, rtol=0, atol=1e-6)
    assert both.history["step"] == history["step"]


def test_a_new_start_is_another_one_and_comes_again(both):
    """A seed draws other weights, and the same every time."""
    first = weights(both)
    both.reset(seed=3)
    other = weights(both)
    assert np.abs(first - other).max() > 0.1
    both.step(5)
    both.reset()
    np.testing.assert_array_equal(weights(both), other)


def test_a_seed_draws_different_weights_for_the_two_models():
    """Also where their layers have the same shape."""
    generator = chain(2, layers.Dense(6), layers.Dense(2))
    both = live.Adversaries(*pair(generator=generator), X, jit_compile=False)
    both.reset(seed=3)
    made, judged = (model.get_weights()[0] for model in both.to_keras())
    assert np.abs(made - judged).max() > 0.1


def test_the_history_holds_losses_and_scores_of_both():
    """A judge that cannot tell data from made samples has the loss log 2, and says one half."""
    still = chain(2, layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    still.set_weights([w * 0 for w in still.get_weights()])
    blind = live.Adversaries(pair()[0], still, X, batch_size=8, jit_compile=False)
    blind.turn("judge_rate", 0.0)
    blind.step(3)
    last = {name: column[-1] for name, column in blind.history.items()}
    assert last == pytest.approx(
        {"step": 3, "generator_loss": np.log(2), "judge_loss": np.log(2), "score_real": 0.5,
         "score_made": 0.5}, abs=1e-6,
    )  # fmt: skip


def test_a_rate_of_zero_lets_one_of_the_two_stand_still(both):
    """The judge that does not learn keeps its weights, and the generator goes on."""
    generator, judge = (model.get_weights() for model in both.to_keras())
    both.turn("judge_rate", 0)
    both.step(10)
    now = [model.get_weights() for model in both.to_keras()]
    assert all(np.array_equal(a, b) for a, b in zip(judge, now[1], strict=True))
    assert not np.array_equal(generator[0], now[0][0])


def test_is_a_runner_whose_knobs_offer_what_they_take(both):
    """A panel with a clock can show them: every value on offer can be turned to."""
    assert isinstance(both, Runner)
    for name, knob in both.knobs.items():
        for value in knob.offers(both):
            both.turn(name, value)
            assert knob.read(both) == value
            assert knob.option(both, value)
    both.turn("generator_loss", "non-saturating")
    assert [mark.name for mark in both.marks] == ["generator_rate", "judge_rate", "judge_updates"]
    assert both.marks[-1].change == "judge's updates 1 → 16"
    assert both.marks[-1].words == "judge 16"


def test_samples_come_from_the_same_noise_until_another_is_asked_for(both):
    """Two moments can be compared, and looking changes nothing."""
    before = weights(both)
    made = both.generate(50)
    assert made.shape == (50, 2)
    np.testing.assert_array_equal(made, both.generate(50))
    assert not np.allclose(made, both.generate(50, seed=1))
    np.testing.assert_allclose(both.made_of(np.zeros((1, 3))), both.to_keras()[0](np.zeros((1, 3))))
    np.testing.assert_allclose(both.judge_of(X), both.to_keras()[1](X), atol=1e-6)
    np.testing.assert_array_equal(before, weights(both))


@pytest.mark.parametrize(("kind", "deviation"), [("normal", 1.0), ("uniform", 3**-0.5)])
def test_noise_is_what_it_is_called(kind, deviation):
    """Mean 0, and its own standard deviation, with nothing of one draw in the next."""
    both = small(noise=kind)
    draws = np.array([both.noise(draw) for draw in range(500)]).reshape(500, -1)
    assert abs(draws.mean()) < 0.03
    assert abs(draws.std() - deviation) < 0.03
    assert abs(np.corrcoef(draws[:-1].ravel(), draws[1:].ravel())[0, 1]) < 0.03
    assert np.abs(np.corrcoef(draws.T) - np.eye(draws.shape[1])).max() < 0.25
    if kind == "uniform":
        assert np.abs(draws).max() < 1


def test_a_loss_that_is_no_number_ends_the_run_before_it():
    """The weights before it are kept, the sentence says what to do, and a new start helps."""
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    made = chain(3, layers.Dense(2), optimizer=SGD(0.01))
    judge = chain(2, layers.Dense(1), optimizer=SGD(0.01), loss=loss)
    both = live.Adversaries(made, judge, X, batch_size=8, jit_compile=False)
    both.turn("generator_rate", 1e20)
    both.turn("judge_rate", 1e20)
    assert both.step(50) < 50
    assert "learning rates 1e+20 (generator) and 1e+20 (judge): turn both down" in both.ended
    assert np.isfinite(weights(both)).all()
    assert both.step(5) == 0
    both.turn("generator_rate", 0.01)
    both.turn("judge_rate", 0.01)
    both.reset()
    assert both.step(5) == 5
    assert both.ended is None


def test_a_fixed_rate_takes_the_place_of_a_schedule():
    """The loop is made anew and the run goes on."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    made = chain(3, layers.Dense(2), optimizer=SGD(schedule))
    both = live.Adversaries(*pair(generator=made), X, batch_size=8, jit_compile=False)
    both.step(10)
    assert both.knobs["generator_rate"].read(both) == pytest.approx(0.05)
    both.turn("generator_rate", 0.02)
    assert "schedule" in both.notice
    both.step(5)
    assert both.updates == 15
    assert both.knobs["generator_rate"].read(both) == 0.02


@keras.saving.register_keras_serializable()
class Spelt(layers.Layer):
    """Passes numbers on, and writes one down on the way, which XLA cannot."""

    def call(self, inputs):
        """Return the inputs."""
        letters = tf.strings.length(tf.strings.as_string(tf.reduce_sum(inputs)))
        return inputs + 0 * tf.cast(letters, inputs.dtype)


def test_what_xla_cannot_compile_runs_as_a_plain_graph():
    """With a notice, and with all updates that were asked for."""
    judge = chain(2, Spelt(), layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    both = live.Adversaries(pair()[0], judge, X, jit_compile=True)
    assert both.step(3) == 3
    assert "plain graph" in both.notice


def test_a_judge_whose_loss_cannot_teach_is_told_of():
    """Scores where the loss takes probabilities: it trains as in Keras, and the notice says so."""
    judge = chain(2, layers.Dense(1), loss="binary_crossentropy")
    assert "The loss takes probabilities" in live.Adversaries(pair()[0], judge, X).notice


def test_a_trained_pair_goes_on_in_keras(both):
    """The models that are given back are compiled as those that were given."""
    both.step(10)
    generator, judge = both.to_keras()
    assert float(generator.optimizer.learning_rate) == pytest.approx(0.01)
    judge.train_on_batch(X[:8], np.ones((8, 1)))


generator, judge = pair()
not_compiled = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
no_input = keras.Sequential([layers.Dense(2)])
no_input.compile("adam")
hinge = chain(2, layers.Dense(1), loss="hinge")
classes = chain(2, layers.Dense(2, activation="softmax"), loss="sparse_categorical_crossentropy")
no_loss = chain(2, layers.Dense(1))
wide = chain(3, layers.Dense(5))
words = chain(3, layers.Embedding(5, 2), layers.Flatten(), layers.Dense(2))


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        ((3, judge, X), {}, "first the generator and then the judge; the generator received is a"),
        ((generator, "judge", X), {}, "the judge received is a str"),
        ((judge, judge, X), {}, "are the same model"),
        ((not_compiled, judge, X), {}, "generator is not compiled, so it has no optimizer"),
        ((generator, not_compiled, X), {}, "not compiled"),
        ((no_input, judge, X), {}, "does not say how much noise it reads"),
        ((generator, no_loss, X), {}, "compiled without a loss"),
        ((generator, hinge, X), {}, "takes the labels 1 for data and 0 for what is made"),
        ((generator, classes, X), {}, "takes the labels 1 for data and 0 for what is made"),
        ((wide, judge, X), {}, "makes samples of shape (5,), but the judge reads samples of shape"),
        ((generator, judge, X[:, :1]), {}, "expects X of shape (n_samples, 2)"),
        ((generator, judge, X * np.nan), {}, "missing or infinite"),
        ((generator, judge, []), {}, "X is empty"),
        ((generator, judge, 5), {}, "X"),
        ((generator, judge, X), {"noise": "gauss"}, 'noise is "normal" or "uniform"'),
        ((generator, judge, X), {"noise": X}, 'noise is "normal" or "uniform"'),
        ((generator, judge, X), {"batch_size": 0}, "batch_size counts samples"),
        ((generator, judge, X), {"seed": -1}, "seed is a whole number of at least 0"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_sentence(arguments, settings, said):
    """Each names what is wrong and what to do."""
    with pytest.raises((TypeError, ValueError)) as caught:
        live.Adversaries(*arguments, **settings)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda both: both.turn("rate", 1), "have no knob 'rate': they have generator_rate"),
        (lambda both: both.turn("judge_updates", 0), "a whole number from 1 to 16; received 0"),
        (lambda both: both.turn("judge_updates", 17), "a whole number from 1 to 16; received 17"),
        (lambda both: both.turn("judge_rate", -1), "at least 0"),
        (lambda both: both.turn("judge_rate", "fast"), "is a number; received 'fast'"),
        (lambda both: both.turn("generator_loss", "mse"), '"non-saturating" or "minimax"'),
        (lambda both: both.step(-1), "n counts the updates"),
        (lambda both: both.step("many"), "n counts the updates"),
        (lambda both: both.generate(0), "n counts samples"),
        (lambda both: both.judge_of(np.zeros((3, 5))), "expects X of shape (n_samples, 2)"),
        (lambda both: both.made_of(np.zeros((3, 5))), "(n_samples, 3)"),
        (lambda both: both.restore("start"), "what adversaries.snapshot() returned"),
        (lambda both: both.reset(seed=-2), "seed is a whole number"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_one_sentence(both, call, said):
    """And the run stays as it is."""
    with pytest.raises((TypeError, ValueError)) as caught:
        call(both)
    assert said in str(caught.value)
    assert both.updates == 0
