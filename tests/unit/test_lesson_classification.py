"""Lesson 06 computes what its words say: its experiments, held against slower ways."""

import re
from pathlib import Path

import jupytext
import numpy as np
import pytest

from lessons_lib import datasets, nn
from lessons_lib.lessons.classification import experiments

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "06_classification.py"


def test_a_drawing_becomes_an_image_as_the_digits_are():
    """Eight by eight cells fill the 20 by 20 pixels in the middle of 28 by 28."""
    image = experiments.pen_stroke(np.ones((8, 8)))
    assert image.shape == (28, 28)
    np.testing.assert_allclose(image, image[::-1, ::-1], atol=1e-6)
    np.testing.assert_allclose(image[4:-4, 4:-4], 1)
    assert image[:4].max() == 0


def test_a_stroke_is_wider_than_its_line_and_stays_in_range():
    """Neighbours of a painted cell get some ink, more beside than above, and none gets too much."""
    dot = np.zeros((8, 8))
    dot[4, 4] = 1
    image = experiments.pen_stroke(dot)[4:-4, 4:-4]
    middle = 11  # the pixel in which the centre of the cell lies
    assert image.max() <= 1
    assert 0 < image[middle - 3, middle] < image[middle, middle - 3] < image[middle, middle]
    assert image[:5].max() == 0


def test_cost_counts_false_alarms_and_misses():
    """One false alarm and two misses at ten each cost 21."""
    (cell,) = [c for c in jupytext.read(SOURCE).cells if c.source.startswith("def cost")]
    names = {"np": np}
    exec(cell.source.split("\n\n\n")[0], names)
    cost, y, p = names["cost"], np.array([0, 0, 1, 1, 1]), np.array([0.7, 0.1, 0.2, 0.4, 0.9])
    assert cost(y, p, 0.5) == 21
    assert cost(y, p, 0.5, miss_cost=1) == 3
    assert cost(y, p, 0.4) == 11


def test_rare_points_have_the_stated_sizes():
    """3,060 points with 60 of class 1, others for another seed."""
    points, classes = experiments.rare_points(seed=1)
    assert points.shape == (3060, 2)
    assert np.bincount(classes.astype(int)).tolist() == [3000, 60]
    assert not np.array_equal(points, experiments.rare_points(seed=2)[0])


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_class_weights_turn_the_line_of_a_small_model(seed):
    """What the lesson says of the rare class in two clouds holds for other seeds as well."""
    linear = pytest.importorskip("sklearn.linear_model")
    X, y = experiments.two_rare_kinds(seed)
    assert np.bincount(y).tolist() == [3300, 60]
    lines = [linear.LogisticRegression(class_weight=w).fit(X, y) for w in (None, "balanced")]
    angles = [np.degrees(np.arctan2(*line.coef_[0][::-1])) for line in lines]
    assert abs(angles[0] - angles[1]) > 10


def test_small_pictures_are_means_of_four_pixels_without_the_frame():
    """100 numbers for an image, around 0 for the training images, on their scale for others."""
    digits = datasets.load_digits(enlarged=True)
    small = experiments.small_pictures(digits.X_train)
    assert small.shape == (len(digits.X_train), 100)
    assert small.mean() == pytest.approx(0, abs=1e-4)
    assert small.std() == pytest.approx(1, abs=1e-4)
    one = digits.X_test[:1].reshape(28, 28)
    other = experiments.small_pictures(digits.X_test[:1], like=digits.X_train)[0]
    corner = [one[r : r + 2, c : c + 2].mean() for r in range(4, 24, 2) for c in range(4, 24, 2)]
    assert np.corrcoef(corner, other)[0, 1] == pytest.approx(1)


def test_wrong_labels_are_wrong_and_their_number_grows():
    """No wrong label is the right one; at a noise of one half about a half is wrong."""
    y = np.arange(5000) % 10
    wrong, turn = experiments.wrong_at_random(y)
    assert (wrong != y).all()
    assert set(wrong) == set(range(10))
    assert np.mean(turn < 0.5) == pytest.approx(0.5, abs=0.03)


def test_the_best_of_three_starts_has_the_lowest_training_loss():
    """Not the one that does best on other images."""
    X, y = datasets.make_gaussians(60, classes=3, seed=0)
    loss = nn.CategoricalCrossentropy(from_logits=True)
    best = experiments.best_of(X, y, 2)
    losses = [loss(y, experiments.small_network(X, y, 2, 30, s).predict(X)) for s in (0, 10, 20)]
    assert loss(y, best.predict(X)) == pytest.approx(min(losses))


def test_pairs_are_counted_either_way():
    """A 4 taken for a 9 and a 9 taken for a 4 are one kind of mistake."""
    y, said = np.array([4, 9, 4, 1, 7]), np.array([9, 4, 4, 7, 7])
    assert experiments.mixed_up(y, said) == [(4, 9, 2), (1, 7, 1)]


def test_each_test_set_is_used_once():
    """What judges at the end stands in the cell that sets it aside, and in one other."""
    cells = [c.source for c in jupytext.read(SOURCE).cells if c.cell_type == "code"]
    for name in ("X_test", "X_exam"):
        using = [cell for cell in cells if re.search(rf"(?<!\.)\b{name}\b", cell)]
        assert len(using) == 2, name


@pytest.mark.parametrize("truth", [0, 1, 2])
def test_slope_of_softmax_with_cross_entropy_is_p_minus_y(truth):
    """The formula of the slide, by finite differences."""
    z = np.array([2.0, 0.5, -1.0])
    measured = nn.numerical_gradient(lambda s: float(-np.log(nn.softmax(s[None])[0, truth])), z)
    np.testing.assert_allclose(measured, nn.softmax(z[None])[0] - np.eye(3)[truth], atol=1e-7)
