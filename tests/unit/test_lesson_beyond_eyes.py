"""What becomes of images that are moved or shuffled, and of who reads them."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import eyes

IMAGES = np.arange(1.0, 33.0).reshape(2, 4, 4, 1)


@pytest.mark.parametrize("right", [-5, -4, -3, -1, 0, 1, 2, 4, 9])
def test_a_moved_image_is_blank_where_nothing_came(right):
    """What has left the image is lost; beyond its width nothing is left."""
    seen = eyes.moved(IMAGES, right)
    for column in range(4):
        inside = 0 <= column - right < 4
        expected = IMAGES[:, :, column - right] if inside else 0
        assert np.array_equal(seen[:, :, column], np.broadcast_to(expected, (2, 4, 1)))
    assert IMAGES.min() == 1


def test_shuffled_pixels_are_all_there_in_one_order_for_all_images():
    """The inverse order brings them back."""
    order = np.random.default_rng(0).permutation(16)
    seen = eyes.shuffled(IMAGES, order)
    assert not np.array_equal(seen, IMAGES)
    assert np.array_equal(seen[1] - seen[0], IMAGES[1] - IMAGES[0])
    assert np.array_equal(eyes.shuffled(seen, np.argsort(order)), IMAGES)


@pytest.mark.parametrize("order", [np.zeros(16, int), np.arange(15), np.arange(1, 17), "abc"])
def test_what_is_no_order_is_said(order):
    """One sentence."""
    with pytest.raises(ValueError, match="order names each of the 16 pixels once"):
        eyes.shuffled(IMAGES, order)


def test_images_move_at_random_within_bounds():
    """Each by a number of its own, the same for the same seed."""
    many = np.tile(IMAGES[:1], (40, 1, 1, 1))
    seen = eyes.moved_at_random(many, 1, seed=3)
    by = {
        next(s for s in (-1, 0, 1) if np.array_equal(one, eyes.moved(IMAGES, s)[0])) for one in seen
    }
    assert by == {-1, 0, 1}
    assert np.array_equal(seen, eyes.moved_at_random(many, 1, seed=3))


def test_accuracy_is_asked_of_what_is_seen_of_moved_images():
    """A reader of the column in which the stroke is knows its class only where it was."""
    images = np.zeros((8, 8, 8, 1))
    images[np.arange(8), :, np.arange(8)] = 1
    labels = np.arange(8)

    def columns(seen):
        return seen[:, 0, :, 0]

    scores = eyes.accuracy_by_shift(columns, images, labels)
    assert scores[3] == 1
    assert scores[[0, 1, 5, 6]].max() <= 2 / 8  # blank images count as class 0
    back = eyes.accuracy_by_shift(columns, images, labels, lambda seen: seen[:, :, ::-1])
    assert back[3] == 0


def test_each_seed_begins_anew():
    """And has its own row."""
    calls = []

    class Runner:
        def reset(self, seed):
            calls.append(seed)

        def step(self, steps):
            calls.append(steps)

        def predict(self, images):
            return np.eye(10)[np.zeros(len(images), int)]

    images, labels = np.ones((4, 8, 8, 1)), np.array([0, 0, 1, 1])
    scores = eyes.over_seeds(Runner(), 7, (3, 5), images, labels)
    assert calls == [3, 7, 5, 7]
    assert scores.tolist() == [[0.5] * 7] * 2
