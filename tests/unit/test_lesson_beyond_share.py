"""Two tasks on one body: the labels, the networks that are compared, and what a head adds."""

import numpy as np
import pytest

from lessons_lib import datasets
from lessons_lib.lessons.beyond import share

DIGITS = np.arange(500) % 10
SHIPPED = datasets.load_digits()
IMAGES = SHIPPED.X_train.reshape(-1, 8, 8, 1)


def test_so_many_digits_are_read():
    """The others have the mark that the loss leaves out."""
    digit, box = share.labels_of(DIGITS, 30, 1.0)
    known = digit != share.NOT_READ
    assert known.sum() == 30
    assert np.array_equal(digit[known], DIGITS[known])
    assert np.array_equal(box, DIGITS // 2)


@pytest.mark.parametrize("related", [0.0, 0.5])
def test_a_box_is_right_as_often_as_asked_or_by_chance(related):
    """One of five random boxes is right as well."""
    box = share.labels_of(DIGITS, 30, related).box
    assert np.mean(box == DIGITS // 2) == pytest.approx(related + (1 - related) / 5, abs=0.08)


def test_boxes_that_are_right_stay_right_as_more_are():
    """So a slider moves one label after the other, and the digits that are read stay the same."""
    some, more = (share.labels_of(DIGITS, 30, related, seed=3) for related in (0.25, 0.75))
    right = some.box == DIGITS // 2
    assert np.array_equal(some.digit, more.digit)
    assert (more.box == DIGITS // 2)[right].all()


def test_body_and_first_head_begin_alike():
    """With the second head and without: what is compared is the head alone."""
    alone, both = (share.network(weight, seed=2) for weight in (None, 1.0))
    for name in ("body", "digit"):
        pairs = zip(alone.get_layer(name).weights, both.get_layer(name).weights, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
    assert not np.array_equal(
        both.get_layer("body").kernel, share.network(1.0, seed=3).get_layer("body").kernel
    )


def test_a_head_of_weight_0_is_no_head():
    """The digits are read as by a network that has one head only."""
    images = IMAGES[:200]
    labels = share.labels_of(np.arange(200) % 10, 40, 0.0)
    alone, both = (share.trainer(weight, images, labels) for weight in (None, 0.0))
    alone.step(20)
    both.step(20)
    np.testing.assert_allclose(alone.predict(images), both.predict(images)[0], atol=1e-4)


def test_the_second_head_helps_where_it_is_related_and_harms_where_it_is_not():
    """On average over a few draws, as the lesson says."""
    train, test = (IMAGES[:997], SHIPPED.y_train[:997]), (IMAGES[997:], SHIPPED.y_train[997:])
    right, random = (share.gains(train, test, related, 5.0, draws=4) for related in (1.0, 0.0))
    assert np.array_equal(right[:, 0], random[:, 0])
    assert np.diff(right).mean() > 0.01
    assert np.diff(random).mean() < -0.01
