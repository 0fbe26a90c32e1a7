"""Whose error it is: the digits that are read, how sure a counted error is, the gaps' names."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import datasets
from lessons_lib.lessons.tuning import pictures, whose_error

TRUTH = np.array([3, 1, 4, 1, 5])
IMAGES = np.ones((5, 4, 4))
NAMES = ("human", "training", "training-dev", "dev", "test")


def read(*answers, stopped=False):
    """What was read of five digits, as `panels.Labels` says it."""
    over = stopped or len(answers) == 5
    return SimpleNamespace(count=5, answers=tuple(map(str, answers)), over=over)


def percents(*rates):
    """Return errors counted on a hundred digits each; None stays None."""
    counted = [rate if rate is None else pictures.Counted(rate, 100) for rate in rates]
    return dict(zip(NAMES, counted, strict=True))


@pytest.mark.parametrize(("wrong", "count"), [(0, 20), (2, 20), (20, 20), (10, 300), (1, 1)])
def test_the_interval_ends_where_what_was_seen_is_just_likely(wrong, count):
    """An end that is no end of the scale lies 1.96 of its own standard deviations away."""
    low, high = whose_error.interval(wrong, count)
    assert 0 <= low <= wrong / count <= high <= 1
    for end in (low, high):
        if 0 < end < 1 - 1e-9:
            deviation = np.sqrt(end * (1 - end) / count)
            assert abs(wrong / count - end) == pytest.approx(1.96 * deviation)


def test_four_times_as_many_digits_halve_the_interval():
    """About: the rates are the same."""
    narrow, wide = (np.ptp(whose_error.interval(n // 10, n)) for n in (4000, 1000))
    assert wide / narrow == pytest.approx(2, rel=0.02)


def test_a_photograph_keeps_its_ink_and_spreads_it():
    """Blur moves ink and makes none; without blur and turn the image is what it was."""
    images = datasets.load_digits(enlarged=True).X_train[:3]
    np.testing.assert_array_equal(whose_error.photographed(images, 0), images)
    blurred = whose_error.photographed(images, 2)
    assert blurred.shape == images.shape
    np.testing.assert_allclose(blurred.sum(axis=1), images.sum(axis=1), rtol=0.01)
    assert (blurred.max(axis=1) < images.max(axis=1)).all()


def test_a_quarter_turn_is_counter_clockwise():
    """What was on the right is on top."""
    image = np.zeros((1, 28, 28))
    image[0, 14, 20:26] = 1
    turned = whose_error.photographed(image.reshape(1, 784), 0, 90).reshape(28, 28)
    assert turned[2:8].sum() == pytest.approx(6)
    assert turned[:2].sum() + turned[8:].sum() == pytest.approx(0)


def test_the_human_error_comes_when_all_is_read():
    """Before that nobody learns whether an answer was right; whoever stops is judged by what is."""
    assert pictures.human_error(read(3, 1), TRUTH) is None
    assert pictures.human_error(read(3, 7, stopped=True), TRUTH) == (1, 2)
    assert pictures.human_error(read(3, 7, 4, 7, 5), TRUTH) == (2, 5)


def test_the_next_digit_is_shown_and_asked_for(scene):
    """After two answers the third one stands there alone."""
    picture = pictures.digit_to_read(scene, IMAGES, TRUTH, TRUTH, read=read(3, 1))
    assert picture.sentence.startswith("Digit 3 of 5: which is it?")
    assert [item.kind for item in scene.items.values()] == ["image"]


def test_what_was_read_is_shown_with_the_truth(scene):
    """Wrong answers say what the digit is; the network is judged on those that were read."""
    network = np.array([3, 1, 9, 9, 9])
    picture = pictures.digit_to_read(
        scene, IMAGES, TRUTH, network, read=read(3, 7, 4, stopped=True)
    )
    words = [item.data["words"] for item in scene.items.values() if item.kind == "text"]
    assert words == ["3", "7, is 1", "4"]
    assert picture.sentence == "Of the same 3 digits the network misreads 1."
    assert scene.items["images"].data["words"][1] == "is 1, you read 7, the network 1"


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((2, 12, 13, 14, 15), "The largest gap, 10.0 points, is avoidable bias."),
        ((2, 3, 13, 14, 15), "The largest gap, 10.0 points, is variance."),
        ((2, 3, 4, 50, 51), "The largest gap, 46.0 points, is data mismatch."),
        ((2, 3, 4, 5, 20), "The largest gap, 15.0 points, is overfitting to dev."),
        ((None, 30, 35, 35, 35), "The largest gap, 5.0 points, is variance."),
    ],
)
def test_the_largest_step_up_has_its_name(scene, rates, said):
    """Also where there is no human error, and then no word is said of bias."""
    picture = pictures.whose_error(scene, percents(*rates))
    assert picture.sentence.endswith(said)
    assert ("Without a human error" in picture.sentence) == (rates[0] is None)
    assert ("training words" in scene.items) == (rates[0] is not None)


def test_bars_begin_at_nothing_and_a_step_begins_where_the_error_before_ended(scene):
    """A grey part, a coloured one above the error before, and the interval around the end."""
    pictures.whose_error(scene, percents(10, 4, 30, 30, 25))
    ends = {name: item.data["xy"][:, 0] for name, item in scene.items.items() if "xy" in item.data}
    np.testing.assert_allclose(ends["training-dev base"], [0, 0.04])
    np.testing.assert_allclose(ends["training-dev gap"], [0.04, 0.3])
    np.testing.assert_allclose(ends["training-dev ends"], whose_error.interval(30, 100))
    assert "training gap" not in ends  # it is lower than the human one
    assert scene.items["training words"].data["words"] == "no avoidable bias"


def test_without_a_step_up_nothing_is_the_largest_gap(scene):
    """Five errors of which each is lower than the one before."""
    picture = pictures.whose_error(scene, percents(50, 40, 30, 20, 10))
    assert "gap" not in picture.sentence


def test_all_intervals_are_within_the_picture(scene):
    """The axis grows with what has to be seen."""
    for rates in ((2, 3, 4, 5, 6), (None, 3, 40, 45, 45), (10, 10, 10, 90, 100)):
        pictures.whose_error(scene, percents(*rates))
        right = scene.frame["xlim"][1]
        assert max(item.data["xy"][:, 0].max() for item in scene.items.values()
                   if item.kind == "segments") <= right  # fmt: skip


def test_the_errors_at_a_blur_are_told_and_the_reader_has_a_mark(scene):
    """The nearest blur that was computed counts; without a human error there is no mark."""
    rates = {"sharp": np.array([0.1, 0.5, 0.9]), "blurred": np.array([0.4, 0.2, 0.1])}
    given = (scene, np.array([0.0, 1.0, 2.0]), rates)
    picture = pictures.blur_errors(*given, None, 2.5, blur=1.2)
    assert picture.sentence == "Errors at a blur of 1.0 pixels: sharp 50%, blurred 20%."
    assert "human" not in scene.items
    pictures.blur_errors(*given, pictures.Counted(1, 4), 1.5, blur=1.2)
    assert scene.items["human"].data == {"x": [1.5], "y": [0.25]}
