"""Lesson 08 on borrowing and on sums: what its numbers are computed with."""

import itertools

import numpy as np
import pytest

from lessons_lib import nn
from lessons_lib.lessons.beyond import borrow, sums, transfer
from lessons_lib.lessons.beyond.many import ManyNets, cross_entropy_slope

RNG = np.random.default_rng(0)
DIGITS = RNG.random((60, 8, 8, 1)).astype(np.float32), np.arange(60) % 10


def keras_copy(nets, number, shape, frozen):
    """Return one of the networks as a Keras model."""
    keras = pytest.importorskip("keras")
    hidden = [keras.layers.Dense(units, activation="relu") for units in shape[1:-1]]
    model = keras.Sequential([keras.Input(shape[:1]), *hidden, keras.layers.Dense(shape[-1])])
    model.set_weights(nets.weights_of(number))
    for layer in hidden[:frozen]:
        layer.trainable = False
    return model


@pytest.mark.parametrize("frozen", [0, 1])
def test_many_networks_train_as_keras_trains_each(frozen):
    """Adam, the falling learning rate, and layers that keep their weights."""
    keras = pytest.importorskip("keras")
    shape, updates = (6, 5, 4, 3), 5
    nets = ManyNets(2, shape, seed=1)
    X, y = RNG.normal(size=(2, 30, 6)).astype(np.float32), RNG.integers(0, 3, (2, 30))
    models = [keras_copy(nets, number, shape, frozen) for number in range(2)]
    nets.train(X, y, updates, 0.02, frozen=frozen, batch_size=8, seed=3)
    batches = [
        rng.integers(30, size=8) for rng in [np.random.default_rng(3)] for _ in range(updates)
    ]
    for number, model in enumerate(models):
        falls = keras.optimizers.schedules.PolynomialDecay(0.02, updates, end_learning_rate=0.0)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(falls), loss, run_eagerly=True)
        for rows in batches:
            model.train_on_batch(X[number, rows], y[number, rows])
        for theirs, ours in zip(model.get_weights(), nets.weights_of(number), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_body_is_borrowed_and_stays():
    """All layers but the last come over, each network's in turn, and frozen ones do not move."""
    source, nets = ManyNets(2, (4, 3, 3, 7), seed=0), ManyNets(3, (4, 3, 3, 2), seed=1)
    nets.borrow(source)
    before = [nets.weights_of(number) for number in range(3)]
    nets.train(RNG.normal(size=(3, 9, 4)), RNG.integers(0, 2, (3, 9)), 4, 0.1, frozen=2)
    for number in range(3):
        after, lent = nets.weights_of(number), source.weights_of(number)
        assert all(map(np.array_equal, after[:4], lent[:4]))
        assert not np.array_equal(after[4], before[number][4])


def test_a_digit_stands_where_it_is_put():
    """The sheet is empty elsewhere."""
    (sheet,) = borrow.on_sheet(DIGITS[0][:1], [(2, 1)]).reshape(-1, 10, 10)
    np.testing.assert_array_equal(sheet[2:, 1:9], DIGITS[0][0, :, :, 0])
    assert sheet.sum() == pytest.approx(DIGITS[0][0].sum(), rel=1e-5)


def test_few_images_are_as_many_of_each_digit():
    """None is drawn twice, and another seed draws others."""
    X, y = borrow.few(*DIGITS, 20, seed=0)
    assert np.bincount(y).tolist() == [4] * 5
    assert len(np.unique(X, axis=0)) == 20
    assert not np.array_equal(X, borrow.few(*DIGITS, 20, seed=1)[0])


@pytest.mark.parametrize("count", [0, 7, 100])
def test_few_says_how_many_there_can_be(count):
    """A multiple of five, and no more than there are of each digit."""
    with pytest.raises(ValueError, match=f"from 5 to 30; received {count}"):
        borrow.few(*DIGITS, count, seed=0)


def test_an_unknown_source_is_told():
    """With those that there are."""
    with pytest.raises(ValueError, match="where it stands; received 'letters'"):
        borrow.source_task("letters", *DIGITS, seed=0)


def test_sources_are_of_the_digits_0_to_4_alone():
    """What is asked of an image depends on the source, and the images never do."""
    tasks = {source: borrow.source_task(source, *DIGITS, seed=0) for source in borrow.SOURCES}
    sheets = [X for X, _ in tasks.values()]
    assert all(np.array_equal(*pair) for pair in itertools.pairwise(sheets))
    assert len(sheets[0]) == 9 * np.sum(DIGITS[1] < 5)
    digit, shuffled, place = (y.reshape(9, -1) for _, y in tasks.values())
    assert np.all(digit == DIGITS[1][DIGITS[1] < 5])
    assert np.all(shuffled == shuffled[0])
    assert np.bincount(shuffled[0]).tolist() == np.bincount(digit[0]).tolist()
    assert np.all(place == np.arange(9)[:, None])


@pytest.fixture(scope="module")
def ways():
    """The three trainers on five images, with the body that they have borrowed."""
    pytest.importorskip("keras")
    bodies = {"digits 0–4": ManyNets(2, (100, *borrow.UNITS, 5), seed=4)}
    made = borrow.three_ways(
        5, "digits 0–4", seed=1, bodies=bodies, training=DIGITS, validation=DIGITS
    )
    return made, bodies["digits 0–4"].weights_of(1)


def test_three_ways_begin_where_they_say(ways):
    """With random weights, with the body, and with the body and a head that has learnt."""
    made, body = ways
    scratch, frozen, tuned = (trainer.to_keras().get_weights() for trainer in made.values())
    assert all(map(np.array_equal, frozen[:4], body[:4]))
    assert all(map(np.array_equal, tuned[:4], body[:4]))
    assert not np.array_equal(scratch[0], body[0])
    assert not np.array_equal(tuned[4], frozen[4])
    rates = [trainer.learning_rate for trainer in made.values()]
    assert rates[2] < rates[0] == rates[1]


def test_only_the_frozen_body_stays(ways):
    """After some updates."""
    made, _ = ways
    stayed = []
    for trainer in made.values():
        before = trainer.to_keras().get_weights()
        trainer.step(3)
        after = trainer.to_keras().get_weights()
        stayed.append([np.array_equal(*pair) for pair in zip(before, after, strict=True)])
    assert stayed == [[False] * 6, [True] * 4 + [False] * 2, [False] * 6]


@pytest.mark.parametrize("again", [True, False])
def test_fit_few_trains_what_keras_trains(again):
    """Also where a body is set free and the model not compiled again: then it stays frozen."""
    keras = pytest.importorskip("keras")
    moved, samples = [], (np.ones((5, 100), np.float32), np.arange(5))
    for train in (transfer.fit_few, lambda model: model.fit(*samples, verbose=0)):
        body = transfer.source_body()
        model = keras.Sequential([keras.Input((100,)), body, keras.layers.Dense(5, "softmax")])
        body.trainable = False
        for free in (False, True):
            body.trainable = free
            if again or not free:
                model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
            before = body.get_weights()
            train(model)
            moved.append(not np.array_equal(before[0], body.get_weights()[0]))
    assert moved[:2] == moved[2:] == [False, again]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda keras: 3, "received int"),
        (lambda keras: keras.Sequential([keras.Input((100,)), keras.layers.Dense(5)]), "compile"),
    ],
)
def test_fit_few_says_what_is_wrong(make, words):
    """One sentence, and no message of TensorFlow's."""
    keras = pytest.importorskip("keras")
    with pytest.raises((TypeError, ValueError), match=words):
        transfer.fit_few(make(keras))


@pytest.mark.parametrize(
    ("units", "loss", "words"), [(3, "mse", "gives 5"), (5, "mse", "sparse_categorical")]
)
def test_fit_few_says_which_outputs_and_loss_it_needs(units, loss, words):
    """A model of another shape, and one whose loss takes no class numbers."""
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(units)])
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match=words):
        transfer.fit_few(model)


# Sums.


def test_the_slope_of_a_sum_is_that_of_finite_differences():
    """By each logit, of −ln of the probability of the right sum: a convolution of two digits'."""
    logits, wanted = RNG.normal(size=(2, 6, 10)), RNG.integers(0, 19, (2, 3))

    def loss(logits):
        pairs = nn.softmax(logits).reshape(6, 2, 10)
        right = [np.convolve(*two)[s] for two, s in zip(pairs, wanted.ravel(), strict=True)]
        return -np.log(right).sum() / 3

    slope = sums.sum_slope(logits, wanted)
    for place in [(0, 0, 0), (0, 1, 3), (1, 4, 9), (1, 5, 5)]:
        nudge = np.zeros_like(logits)
        nudge[place] = 1e-5
        measured = (loss(logits + nudge) - loss(logits - nudge)) / 2e-5
        assert slope[place] == pytest.approx(measured, abs=1e-6)


def test_the_slope_of_a_digit_is_that_of_finite_differences():
    """By each logit, of the mean cross-entropy."""
    logits, y = RNG.normal(size=(1, 4, 3)), RNG.integers(0, 3, (1, 4))
    slope = cross_entropy_slope(logits, y)
    nudge = np.zeros_like(logits)
    nudge[0, 2, 1] = 1e-5
    right = np.arange(4), y[0]
    up, down = (
        -np.log(nn.softmax(moved)[0][right]).mean() for moved in (logits + nudge, logits - nudge)
    )
    assert slope[0, 2, 1] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_pairs_hold_what_they_say():
    """The pixels of both images, with the digits on them."""
    images, labels = np.arange(7.0)[:, None, None] * np.ones((7, 8, 8)), np.arange(7)
    X, digits = sums.draw_pairs(images, labels, 5, seed=0)
    np.testing.assert_array_equal(X[..., 0], digits)
    assert X.shape == (5, 2, 64)
