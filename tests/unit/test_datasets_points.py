"""The generated point sets: one contract, the promised geometry, clear errors."""

import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons_lib import datasets

CLASSIFICATION = [
    datasets.make_gaussians,
    datasets.make_circles,
    datasets.make_xor,
    datasets.make_moons,
    datasets.make_spirals,
]
REGRESSION = [datasets.make_line, datasets.make_polynomial]
MANY_CLASSES = [datasets.make_gaussians, datasets.make_spirals]
EVERY = CLASSIFICATION + REGRESSION


def _sorted_rows(X):
    return X[np.lexsort(np.round(X, 5).T)]


@given(
    make=st.sampled_from(EVERY),
    n_samples=st.integers(1, 60),
    noise=st.floats(0, 3),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_contract_holds_for_every_size_noise_and_seed(make, n_samples, noise, seed):
    """Shapes, float32 and finite values, whatever the size, odd and 1 included."""
    X, y = make(n_samples, noise, seed)
    assert X.shape == (n_samples, 2 if make in CLASSIFICATION else 1)
    assert y.shape == (n_samples,)
    assert X.dtype == y.dtype == np.float32
    assert np.isfinite(X).all()
    assert np.isfinite(y).all()


@pytest.mark.parametrize("make", CLASSIFICATION)
@pytest.mark.parametrize("n_samples", [2, 7, 250, 251])
def test_two_classes_are_balanced(make, n_samples):
    """Labels are 0 and 1, and their counts differ by one at most."""
    _, y = make(n_samples=n_samples)
    assert set(y) == {0, 1}
    assert abs(np.sum(y == 0) - np.sum(y == 1)) <= 1


@pytest.mark.parametrize("make", MANY_CLASSES)
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_as_many_classes_as_asked_for(make, classes):
    """The labels are 0 ... classes - 1, their counts differing by one at most."""
    labels, counts = np.unique(make(61, classes=classes)[1], return_counts=True)
    assert labels.tolist() == list(range(classes))
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("make", EVERY)
def test_same_seed_same_points(make):
    """Two calls with one seed agree in every number."""
    for first, second in zip(make(40, 0.3, 5), make(40, 0.3, 5), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("make", EVERY)
def test_another_seed_gives_other_points(make):
    """The seed reaches the generator."""
    first, second = make(40, 0.3, seed=0), make(40, 0.3, seed=1)
    assert not np.array_equal(np.column_stack(first), np.column_stack(second))


@pytest.mark.parametrize("make", EVERY)
def test_turning_up_the_noise_moves_the_same_points_farther(make):
    """A noise slider must not draw new points: displacement is proportional to noise."""
    still, some, twice = (np.column_stack(make(40, noise, 3)) for noise in (0, 0.25, 0.5))
    assert np.abs(some - still).max() > 0.1
    np.testing.assert_allclose(twice - still, 2 * (some - still), atol=1e-6)


@pytest.mark.parametrize("make", EVERY)
def test_rows_are_shuffled(make):
    """The first half of the rows stands for all: neither one class nor one end of the line."""
    X, y = make(200, 0)
    value = y if make in CLASSIFICATION else X[:, 0]
    assert abs(value[:100].mean() - value[100:].mean()) < 0.3


def test_noise_is_the_standard_deviation_of_each_cloud():
    """Measured on 4,000 points of one Gaussian cloud, in both directions."""
    X, y = datasets.make_gaussians(8000, noise=0.4)
    np.testing.assert_allclose(X[y == 1].std(axis=0), 0.4, rtol=0.05)


def test_gaussian_centres_lie_evenly_on_the_unit_circle():
    """Without noise all points of a class are its centre, at equal distances from the others."""
    X, y = datasets.make_gaussians(30, noise=0, classes=3)
    centres = np.array([X[y == k].mean(axis=0) for k in range(3)])
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, rtol=1e-6)
    sides = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, np.sqrt(3), rtol=1e-6)


def test_circles_equal_scikit_learns():
    """Oracle: make_circles with the same radii."""
    X, y = datasets.make_circles(100, noise=0)
    X_oracle, y_oracle = sklearn.datasets.make_circles(100, factor=0.5, shuffle=False)
    for label in (0, 1):
        np.testing.assert_allclose(
            _sorted_rows(X[y == label]), _sorted_rows(X_oracle[y_oracle == label]), atol=1e-6
        )


def test_moons_equal_scikit_learns():
    """Oracle: make_moons."""
    X, y = datasets.make_moons(100, noise=0)
    X_oracle, y_oracle = sklearn.datasets.make_moons(100, shuffle=False)
    for label in (0, 1):
        np.testing.assert_allclose(
            _sorted_rows(X[y == label]), _sorted_rows(X_oracle[y_oracle == label]), atol=1e-6
        )


def test_xor_is_one_where_the_signs_differ():
    """The definition of the class, and the empty cross between the quadrants."""
    X, y = datasets.make_xor(301, noise=0)
    np.testing.assert_array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).min() >= 0.1 - 1e-7
    assert np.abs(X).max() <= 1


def test_xor_fills_four_quadrants_alike():
    """No quadrant has more than one point more than another."""
    X, _ = datasets.make_xor(203, noise=0)
    counts = np.unique((X > 0) @ [1, 2], return_counts=True)[1]
    assert len(counts) == 4
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("classes", [2, 3])
def test_spiral_arms_do_not_touch(classes):
    """The nearest other-class point stays farther away than the default noise."""
    X, y = datasets.make_spirals(600, noise=0, classes=classes)
    distance = np.linalg.norm(X[:, None] - X[None], axis=2)
    assert distance[y[:, None] != y[None]].min() > 0.09


def test_spiral_arms_are_the_first_one_turned():
    """Arm 1 of 2 is arm 0 turned by half a circle: each point's mirror image through 0."""
    X, y = datasets.make_spirals(100, noise=0)
    np.testing.assert_allclose(_sorted_rows(X[y == 1]), _sorted_rows(-X[y == 0]), atol=1e-6)


def test_a_spiral_arm_turns_as_its_docstring_says():
    """From radius 0.1 to 1 the angle grows in step with the radius, by 1.575 turns."""
    X, y = datasets.make_spirals(400, noise=0)
    arm = X[y == 0].astype(float)
    radius = np.sort(np.hypot(*arm.T))
    in_order = arm[np.hypot(*arm.T).argsort()]
    turns = np.unwrap(np.arctan2(in_order[:, 0], in_order[:, 1])) / (2 * np.pi)
    assert (radius[0], radius[-1]) == pytest.approx((0.1, 1))
    np.testing.assert_allclose(turns - turns[0], 1.75 * (radius - 0.1), atol=1e-5)
    assert turns[-1] - turns[0] == pytest.approx(1.575, abs=1e-5)


@pytest.mark.parametrize(("slope", "intercept"), [(1.5, 0.5), (-2, 0), (0, 3)])
def test_line_without_noise_is_the_line(slope, intercept):
    """The points lie on slope · x + intercept, with x within [-1, 1]."""
    X, y = datasets.make_line(31, noise=0, slope=slope, intercept=intercept)
    np.testing.assert_allclose(y, slope * X[:, 0] + intercept, atol=1e-6)
    assert np.abs(X).max() <= 1


def test_line_noise_has_the_standard_deviation_asked_for():
    """Measured on the residuals of 4,000 points."""
    X, y = datasets.make_line(4000, noise=0.2)
    assert np.std(y - 1.5 * X[:, 0] - 0.5) == pytest.approx(0.2, rel=0.05)


def test_polynomial_takes_the_constant_first():
    """[1, -2, 3] means 1 - 2 x + 3 x²."""
    X, y = datasets.make_polynomial(40, noise=0, coefficients=[1, -2, 3])
    x = X[:, 0].astype(float)
    np.testing.assert_allclose(y, 1 - 2 * x + 3 * x**2, atol=1e-6)


@pytest.mark.parametrize("degree", [0, 1, 3, 8])
def test_polynomial_of_a_degree_is_chebyshevs(degree):
    """T(x) = cos(degree · arccos x), the same curve for every seed."""
    X, y = datasets.make_polynomial(40, noise=0, seed=degree + 4, degree=degree)
    np.testing.assert_allclose(y, np.cos(degree * np.arccos(X[:, 0])), atol=2e-5)


def test_polynomial_is_cubic_when_nothing_is_said():
    """Neither coefficients nor degree: degree 3."""
    for default, cubic in zip(
        datasets.make_polynomial(), datasets.make_polynomial(degree=3), strict=True
    ):
        np.testing.assert_array_equal(default, cubic)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_samples": 0}, ValueError, "n_samples must be 1 or more; received 0"),
        ({"n_samples": -3}, ValueError, "received -3"),
        ({"n_samples": 2.5}, TypeError, r"n_samples must be a whole number.*received 2\.5"),
        ({"n_samples": True}, TypeError, "received True of type bool"),
        ({"n_samples": "9"}, TypeError, "received '9' of type str"),
        ({"noise": -0.1}, ValueError, r"noise is a standard deviation.*received -0\.1"),
        ({"noise": float("nan")}, ValueError, "noise must be a finite number; received nan"),
        ({"noise": float("inf")}, ValueError, "noise must be a finite number; received inf"),
        ({"noise": None}, TypeError, "noise must be a number; received None"),
        ({"seed": -1}, ValueError, "seed must be 0 or more; received -1"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number"),
        ({"n_samples": 10**30}, ValueError, "n_samples must be 10,000,000 or less"),
        ({"noise": 10**400}, ValueError, "noise must be a finite number"),
        ({"noise": 1e39}, ValueError, "below 3.4e38, the largest float32"),
    ],
)
def test_bad_arguments_are_explained(arguments, error, words):
    """What is wrong, what was expected, what was received: alike by every generator."""
    for make in EVERY:
        with pytest.raises(error, match=words):
            make(**arguments)


def test_numpys_whole_numbers_are_accepted():
    """A size taken from an array is a whole number too."""
    assert len(datasets.make_xor(np.int64(5), np.float32(0.1), np.int32(2))[1]) == 5


@pytest.mark.parametrize("make", MANY_CLASSES)
def test_a_single_class_is_refused(make):
    """There is nothing to classify."""
    with pytest.raises(ValueError, match="classes must be 2 or more; received 1"):
        make(classes=1)
    with pytest.raises(ValueError, match="classes must be 10,000,000 or less"):
        make(classes=10**30)


@pytest.mark.parametrize(
    "coefficients", [[], [[1, 2]], [1, float("nan")], 3, ["a"], "abc", [[1], [2, 3]], [1, None]]
)
def test_bad_coefficients_are_explained(coefficients):
    """Empty, nested, not finite, no numbers, and not a sequence at all."""
    with pytest.raises(ValueError, match="coefficients must be a sequence of finite numbers"):
        datasets.make_polynomial(coefficients=coefficients)


def test_coefficients_and_degree_exclude_each_other():
    """Both at once would leave one of them without effect."""
    with pytest.raises(ValueError, match="coefficients or degree, not both"):
        datasets.make_polynomial(coefficients=[1], degree=2)


def test_a_curve_that_leaves_float32_is_explained():
    """Infinite points would make a picture without points."""
    for coefficients in ([0, 1e300], [1e308] * 5):
        with pytest.raises(ValueError, match="the largest float32"):
            datasets.make_polynomial(coefficients=coefficients)


def test_a_degree_beyond_all_memory_is_refused():
    """A slip of the keyboard must not stop the machine."""
    with pytest.raises(ValueError, match="degree must be 1,000 or less"):
        datasets.make_polynomial(degree=10**9)


@pytest.mark.parametrize("name", ["slope", "intercept"])
def test_a_line_needs_finite_numbers(name):
    """An infinite slope would give a table of NaN."""
    with pytest.raises(ValueError, match=f"{name} must be a finite number; received inf"):
        datasets.make_line(**{name: float("inf")})
