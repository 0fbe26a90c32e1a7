"""Convolution by hand, as lesson 08 explains it."""

import numpy as np
import pytest
from scipy import signal

from lessons_lib.lessons.beyond import convolution

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 7, 9))
K = RNG.normal(size=(3, 2))


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_conv2d_is_scipys_correlation(padding, stride):
    """Padded with zeros, and every second or third place of it."""
    found = convolution.conv2d(X, K, padding=padding, stride=stride)
    for image, one in zip(X, found, strict=True):
        whole = signal.correlate2d(np.pad(image, padding), K, mode="valid")
        np.testing.assert_allclose(one, whole[::stride, ::stride])


def test_the_gradient_is_that_of_finite_differences():
    """Of any loss of the feature map, here half the sum of squares."""
    dK = convolution.kernel_gradient(X, convolution.conv2d(X, K))
    for a, b in np.ndindex(*K.shape):
        moved = [K.copy(), K.copy()]
        moved[0][a, b] += 1e-4
        moved[1][a, b] -= 1e-4
        up, down = (0.5 * np.sum(convolution.conv2d(X, one) ** 2) for one in moved)
        assert dK[a, b] == pytest.approx((up - down) / 2e-4, rel=1e-6)


def test_as_matrix_is_a_dense_kernel():
    """Pixels in a row, times the matrix, are the feature map in a row."""
    product = X.reshape(4, -1) @ convolution.as_matrix(K, (7, 9))
    np.testing.assert_allclose(product.reshape(4, 5, 8), convolution.conv2d(X, K))


def test_pooled_leaves_out_what_is_left_over():
    """Largest and mean of 2×2, of a map with an odd side."""
    Z = np.arange(20.0).reshape(4, 5)
    np.testing.assert_array_equal(convolution.pooled(Z), [[6, 8], [16, 18]])
    np.testing.assert_array_equal(convolution.pooled(Z, largest=False), [[3, 5], [13, 15]])


@pytest.mark.parametrize(
    ("layers", "field"),
    [([], 1), ([(3, 1)], 3), ([(3, 1)] * 3, 7), ([(3, 1), (2, 2), (3, 1)], 8), ([(3, 2)] * 2, 7)],
)
def test_receptive_field_is_what_a_number_depends_on(layers, field):
    """Counted along a line: light one pixel after the other and look who notices."""
    assert convolution.receptive_field(layers) == field
    pixels = np.eye(60)
    for side, stride in layers:
        seen = np.lib.stride_tricks.sliding_window_view(pixels, side, axis=1)
        pixels = seen[:, ::stride].sum(axis=2)
    assert np.count_nonzero(pixels[:, pixels.shape[1] // 2]) == field


@pytest.mark.parametrize("shape", [(4, 8, 8, 1), (2, 8), (8,)])
def test_a_kernel_without_a_place_is_told_in_one_sentence(shape):
    """As when the channel of grey images has been left in."""
    with pytest.raises(ValueError, match=r"received the shapes \(3, 2\) and .*X\[\.\.\., 0\]"):
        convolution.conv2d(np.ones(shape), K)
