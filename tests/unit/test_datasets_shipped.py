"""Data that ship with scikit-learn, and what importing the module costs."""

import subprocess
import sys

import numpy as np
import pytest
import sklearn.datasets

from lessons_lib import datasets


@pytest.fixture(scope="module")
def digits():
    """The digits that ship."""
    return datasets.load_digits()


def test_digits_are_the_published_ones_divided_by_16(digits):
    """Oracle: every image of scikit-learn's stands in one of the two parts, with its label."""

    def table(X, y):
        rows = np.column_stack([X, y])
        return rows[np.lexsort(rows.T)]

    X = np.concatenate([digits.X_train, digits.X_test]) * 16
    y = np.concatenate([digits.y_train, digits.y_test])
    published = sklearn.datasets.load_digits()
    np.testing.assert_array_equal(table(X, y), table(published.data, published.target))


def test_digits_types_range_and_shape(digits):
    """float32 rows from 0 to 1, int64 labels, 8×8 pixels."""
    assert digits.X_train.dtype == digits.X_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    assert (digits.X_train.min(), digits.X_train.max()) == (0, 1)
    assert digits.X_train.shape == (1498, 64)
    assert digits.X_test.shape == (299, 64)
    assert digits.X_train[0].reshape(digits.image_shape).shape == (8, 8)


def test_enlarged_digits_are_the_same_digits_in_mnists_form():
    """20×20 pixels in the middle of 28×28; whole blocks of one value stay, ink is not added."""
    small, large = datasets.load_digits(), datasets.load_digits(enlarged=True)
    assert large.image_shape == (28, 28)
    assert large.X_train.dtype == np.float32
    np.testing.assert_array_equal(large.y_test, small.y_test)
    pictures = large.X_test.reshape(-1, 28, 28)
    assert pictures[:, 4:-4, 4:-4].max() <= 1
    assert pictures.sum() == pytest.approx(pictures[:, 4:-4, 4:-4].sum())
    # Averaged over cells of 5 by 5 pixels, which are 2 by 2 old ones, the picture is the old one.
    cells = pictures[:, 4:-4, 4:-4].reshape(-1, 4, 5, 4, 5).mean(axis=(2, 4))
    old = small.X_test.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4))
    assert np.corrcoef(cells.ravel(), old.ravel())[0, 1] > 0.98


def test_enlarging_keeps_a_flat_image_flat_and_the_middle_in_the_middle():
    """One value stays one value inside the frame; a mirrored image is enlarged mirrored."""
    flat = datasets.enlarge(np.full((8, 8), 0.3))
    np.testing.assert_allclose(flat[4:-4, 4:-4], 0.3)
    assert flat[:4].max() == flat[:, -4:].max() == 0
    slope = np.arange(64.0).reshape(8, 8)
    np.testing.assert_allclose(
        datasets.enlarge(slope[::-1, ::-1]), datasets.enlarge(slope)[::-1, ::-1]
    )


def test_only_images_of_eight_by_eight_are_enlarged():
    """The message names both shapes and the way out."""
    with pytest.raises(ValueError, match=r"\(\.\.\., 8, 8\).*\(3, 64\).*reshape"):
        datasets.enlarge(np.zeros((3, 64)))


def test_digits_test_part_has_a_sixth_of_each_digit(digits):
    """Every class stands in both parts in the same proportion."""
    share = np.bincount(digits.y_test) / (np.bincount(digits.y_test) + np.bincount(digits.y_train))
    np.testing.assert_allclose(share, 1 / 6, atol=0.005)


def test_breast_cancer_equals_scikit_learns():
    """Oracle: same rows, same coding, under the published names."""
    table = datasets.load_breast_cancer()
    published = sklearn.datasets.load_breast_cancer()
    np.testing.assert_array_equal(table.X, published.data.astype(np.float32))
    np.testing.assert_array_equal(table.y, published.target)
    assert table.feature_names == tuple(published.feature_names)
    assert table.target_name == "benign"


def test_breast_cancer_frame_holds_the_same_numbers():
    """The DataFrame and the arrays are two views of one table."""
    table = datasets.load_breast_cancer()
    np.testing.assert_array_equal(
        table.frame[list(table.feature_names)].to_numpy(dtype=np.float32), table.X
    )
    np.testing.assert_array_equal(table.frame["benign"], table.y)


def test_shipped_data_are_no_stand_ins(digits):
    """They are what they claim to be."""
    assert digits.is_original
    assert datasets.load_breast_cancer().is_original


def test_reprs_are_one_short_line(digits):
    """A learner who shows a record must not get pages of numbers."""
    for record in (digits, datasets.load_breast_cancer()):
        assert "\n" not in repr(record)
        assert len(repr(record)) < 200
        assert record.note in repr(record)


def test_importing_the_module_loads_numpy_and_nothing_heavier():
    """The first cell of a lesson pays only for what it uses."""
    code = (
        "import sys; from lessons_lib import datasets; datasets.make_moons(); "
        "heavy = {'pandas', 'sklearn', 'scipy', 'pooch', 'requests', 'tensorflow', 'matplotlib'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_loading_data_does_not_load_tensorflow():
    """Lessons 01 to 04 must not pay for TensorFlow before they use it."""
    code = (
        "import sys; from lessons_lib import datasets; datasets.load_digits(); "
        "datasets.load_breast_cancer(); print('tensorflow' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"
