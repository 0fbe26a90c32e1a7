"""Pictures of two tasks on one body state what is known of the images, and who reads better."""

from types import SimpleNamespace

import numpy as np

from lessons_lib import plots
from lessons_lib.lessons.beyond import share, share_pictures

DIGITS = np.arange(40) % 10
IMAGES = np.zeros((40, 8, 8))


def words_of(scene, name):
    """Return what a text says, and its colour."""
    item = scene.items[name]
    return item.data["words"], item.look["color"]


def test_labels_stand_below_the_images():
    """A digit that was not read is a question mark, a box where it does not belong is orange."""
    read, box = share.labels_of(DIGITS, 4, 1.0)
    box = box.copy()
    first = int(np.flatnonzero(read == share.NOT_READ)[0])
    box[first] = (DIGITS[first] // 2 + 1) % 5
    scene = plots.Scene()
    picture = share_pictures.two_labels(scene, IMAGES, DIGITS, read, box)
    known = np.flatnonzero(read != share.NOT_READ)[0]
    assert words_of(scene, "digit 0") == (str(DIGITS[known]), plots.INK)
    assert words_of(scene, "digit 4")[0] == "?"
    assert words_of(scene, "box 4") == (share.BOXES[box[first]], plots.VERMILLION)
    assert "Of 40 images 4 have their digit" in picture.sentence
    assert "1 of them lie" in picture.sentence


def test_all_digits_may_be_read():
    """There is no question mark to show then."""
    picture = share_pictures.two_labels(
        plots.Scene(), IMAGES, DIGITS, *share.labels_of(DIGITS, 40, 1)
    )
    assert "40 images 40 have" in picture.sentence


def test_one_head_and_two_are_compared_by_their_digits():
    """Whatever Keras calls the column where there is one output, or several."""
    alone = {"step": [1], "val_accuracy": [0.25]}
    both = {"step": [1], "val_accuracy": [0.0], "val_digit_accuracy": [0.75]}
    runners = {n: SimpleNamespace(history=h) for n, h in (("alone", alone), ("both", both))}
    sentence = share_pictures.reading(plots.Scene(), runners).sentence
    assert "0.25" in sentence
    assert "0.75" in sentence


def test_each_draw_is_a_point():
    """In percent of the test set, and the sentence counts those that helped."""
    scene = plots.Scene()
    gains = {"right": np.array([[0.6, 0.7], [0.6, 0.58]]), "random": np.array([[0.6, 0.5]])}
    picture = share_pictures.gain_by_draw(scene, gains)
    points = scene.items["draws right"].data
    np.testing.assert_allclose(np.sort(points["xy"][:, 0]), [-2, 10], atol=1e-9)
    assert picture.sentence == (
        "right: +4.0 on average, better in 1 of 2 draws; "
        "random: −10.0 on average, better in 0 of 1 draws."
    )
