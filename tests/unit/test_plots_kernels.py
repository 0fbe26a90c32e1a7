"""The picture of a first layer's weights."""

import numpy as np
import pytest

from lessons_lib import plots


def weights(*shape):
    """Return weights as before any training."""
    return np.random.default_rng(0).normal(size=shape)


def tiles(scene):
    """Return what is drawn inside each frame, from the left and from above."""
    image, frames = scene.items["kernels"].data, scene.items["frames"].data["xy"]
    boxes = frames.reshape(-1, 5, 2)
    height = len(image["values"])
    assert image["top_down"]
    for box in boxes:
        (left, low), (right, high) = box.min(axis=0), box.max(axis=0)
        yield image["values"][
            round(height - high) : round(height - low), round(left) : round(right)
        ]


@pytest.mark.parametrize("shape", [(3, 3, 1, 8), (8, 8, 1, 30), (5, 4, 3, 6), (28, 28, 1, 20)])
def test_each_kernel_stands_in_its_frame_as_an_image_that_is_upright(scene, shape):
    """Every channel of every kernel, each weight as often as the others."""
    kernels = weights(*shape)
    plots.kernel_images(scene, kernels)
    drawn = list(tiles(scene))
    wanted = kernels.transpose(3, 2, 0, 1).reshape(-1, *shape[:2])
    assert len(drawn) == len(wanted)
    for tile, kernel in zip(drawn, wanted, strict=True):
        fine = tile.shape[0] // shape[0]
        np.testing.assert_allclose(tile, np.kron(kernel, np.ones((fine, fine))), rtol=1e-6)


def test_the_weights_of_a_ruined_kernel_stay_short(scene):
    """A number of twenty digits would shrink all letters of the picture."""
    plots.kernel_images(scene, np.full((1, 1, 1, 1), -2.5e17))
    (words,) = (item.data["words"] for item in scene.items.values() if item.kind == "text")
    assert words == "−2.5e17"


def test_a_few_weights_are_written_as_numbers(scene):
    """Each in the middle of its place; many are colours alone."""
    kernels = np.array([[-0.5, 0.25], [-0.001, 3.0]])[..., None, None]
    plots.kernel_images(scene, kernels)
    frame = scene.items["frames"].data["xy"]
    (left, low), (right, high) = frame.min(axis=0), frame.max(axis=0)
    words = {}
    for item in scene.items.values():
        if item.kind == "text":
            column = (item.data["x"] - left) / (right - left) * 2
            row = (high - item.data["y"]) / (high - low) * 2
            assert column % 1 == row % 1 == 0.5
            words[int(row), int(column)] = item.data["words"]
    assert words == {(0, 0): "−0.50", (0, 1): "0.25", (1, 0): "0.00", (1, 1): "3.00"}
    plots.kernel_images(scene, weights(3, 3, 1, 8))
    assert "text" not in [item.kind for item in scene.items.values()]


def test_zero_is_in_the_middle_of_the_colours(scene):
    """Also where all weights are above it, or 0."""
    for kernels in (weights(3, 3, 1, 2) + 9, np.zeros((3, 3, 1, 2))):
        plots.kernel_images(scene, kernels)
        low, high = scene.items["kernels"].look["limits"]
        assert low == -high < 0


@pytest.mark.parametrize("pixels", [(330, 200), (200, 330), (900, 120)])
@pytest.mark.parametrize("shape", [(3, 3, 1, 500), (28, 28, 1, 300), (3, 3, 200, 7), (9, 2, 4, 99)])
def test_as_many_as_fit_are_drawn_and_can_be_seen(shape, pixels):
    """No kernel is smaller than a few points; the sentence says how many are not there."""
    scene = plots.Scene(pixels)
    picture = plots.kernel_images(scene, weights(*shape))
    (left, right), (low, high) = scene.frame["xlim"], scene.frame["ylim"]
    scale = min(pixels[0] / (right - left), pixels[1] / (high - low))
    frames = scene.items["frames"].data["xy"].reshape(-1, 5, 2)
    sides = np.ptp(frames, axis=1).max(axis=1) * scale
    assert sides.min() >= 11 * scene.point
    count = len(scene.items["kernel"].data["words"])
    channels = len(frames) // count
    assert (f"the first {count} kernels" in picture.sentence) == (count < shape[3])
    assert (f"{channels} of their channels" in picture.sentence) == (channels < shape[2])
    assert frames.min() >= 0
    assert (frames.max(axis=(0, 1)) <= (right, high)).all()


def test_the_sentence_says_what_is_seen(scene):
    """How many, the strongest weight with its sign, who is weak beside it."""
    kernels = np.full((3, 3, 2, 3), 0.5)
    kernels[1, 1, 1, 1], kernels[..., 2] = -2.0, 0.01
    assert plots.kernel_images(scene, kernels).sentence == (
        "3 kernels of 3 × 3 weights for each of 2 channels. The strongest weight is −2, in kernel "
        "2; 1 kernel has none above a tenth of it."
    )


def test_noise_and_strokes_are_told_apart(scene):
    """By what neighbouring weights have in common."""
    noisy = plots.kernel_images(scene, weights(8, 8, 1, 30)).sentence
    smooth = plots.kernel_images(scene, np.sin(np.mgrid[:8, :8] / 3)[0][..., None, None]).sentence
    said = [
        float(sentence.split("alike by ")[1].split()[0].replace("−", "-"))
        for sentence in (noisy, smooth)
    ]
    assert abs(said[0]) < 0.1
    assert said[1] > 0.8


@pytest.mark.parametrize("used", [0, 1, 3])
def test_places_of_units_not_in_use_are_crossed_out(scene, used):
    """The others stay where they are, and can be looked at in large."""
    kernels = weights(4, 4, 1, 3)
    plots.kernel_images(scene, kernels)
    frames = scene.items["frames"].data["xy"]
    kernels[..., used:] = np.nan
    picture = plots.kernel_images(scene, kernels)
    np.testing.assert_array_equal(scene.items["frames"].data["xy"], frames)
    assert len(scene.items["unused"].data["counts"]) == 2 * (3 - used)
    assert scene.items["kernel"].data["words"] == [f"kernel {n}" for n in range(1, used + 1)]
    assert (f"{3 - used} more not in use" in picture.sentence) == (used < 3)
    assert "nan" not in picture.sentence


@pytest.mark.parametrize(
    ("kernels", "words"),
    [
        (np.ones((64, 16)), r"kernel\.reshape.*Received the shape \(64, 16\)"),
        (np.ones((3, 3, 1, 0)), r"Received the shape \(3, 3, 1, 0\)"),
        (None, "Received None"),
        ("conv", "Received 'conv'"),
        (np.full((3, 3, 1, 2), np.inf), "infinite.*diverged"),
    ],
)
def test_other_arguments_get_one_sentence(scene, kernels, words):
    """What is wrong, what is wanted, and how to get it."""
    with pytest.raises(ValueError, match=words):
        plots.kernel_images(scene, kernels)
