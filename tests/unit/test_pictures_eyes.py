"""Pictures of one digit as several networks see it."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import plots
from lessons_lib.lessons.beyond import eyes, eyes_pictures

IMAGES = np.zeros((70, 8, 8, 1))
IMAGES[:, 2:6, 3] = 1
LABELS = np.full(70, 3)
ORDER = np.arange(64)[::-1].copy()
DATA = {"images": IMAGES, "labels": LABELS, "order": ORDER}


def reader(answer):
    """Return a network that is rather sure of one class."""
    return SimpleNamespace(
        predict=lambda seen: np.tile(np.eye(10)[answer] * 0.8 + 0.02, (len(seen), 1))
    )


RUNNERS = {"dense": reader(3), "shuffled": reader(7)}


def test_an_eye_says_what_it_answers_and_whether_that_is_right(scene):
    """The first says also which digit it is and where."""
    picture = eyes_pictures.eye(scene, RUNNERS, 0, 2, name="dense", **DATA)
    assert picture.sentence == "A 3 moved 2 pixels to the right. dense: 3 (82%), right."
    wrong = eyes_pictures.eye(scene, RUNNERS, 0, -1, name="shuffled", **DATA)
    assert wrong.sentence == "shuffled: 7 (82%), wrong."
    assert "✗" in wrong.scene.frame["title"]


@pytest.mark.parametrize("shift", eyes.SHIFTS)
def test_the_image_is_what_the_network_sees(scene, shift):
    """Moved first, then shuffled."""
    plain = eyes_pictures.eye(scene, RUNNERS, 4, shift, name="dense", **DATA)
    seen = plain.scene.items["seen"].data["values"]
    assert np.array_equal(seen, eyes.moved(IMAGES[:1], shift)[0, ..., 0])
    mixed = eyes_pictures.eye(plots.Scene(), RUNNERS, 4, shift, True, name="dense", **DATA)
    assert np.array_equal(mixed.scene.items["seen"].data["values"], seen[::-1, ::-1])
    always = eyes_pictures.eye(
        plots.Scene(), RUNNERS, 4, shift, name="shuffled", shuffles=["shuffled"], **DATA
    )
    assert np.array_equal(always.scene.items["seen"].data["values"], seen[::-1, ::-1])


def test_the_handle_stands_where_the_digit_is_and_moves_it(scene):
    """A line through it too, where there is something to drag."""
    items = eyes_pictures.eye(scene, RUNNERS, 0, -2, name="dense", **DATA).scene.items
    assert items["handle"].data["x"] == [-2]
    assert items["handle"].look["sets"] == items["line"].look["sets"] == ("shift", "")
    mixed = eyes_pictures.eye(scene, RUNNERS, 0, -2, True, name="dense", **DATA).scene.items
    assert "handle" in mixed
    assert "line" not in mixed


def test_the_bars_are_the_probabilities(scene):
    """The true one's is green."""
    items = eyes_pictures.eye(scene, RUNNERS, 0, 0, name="shuffled", **DATA).scene.items
    heights = np.array(items["others"].data["heights"])[::2]
    heights[3] = items["truth"].data["heights"][0]
    assert np.allclose(heights / 8, RUNNERS["shuffled"].predict(IMAGES[:1])[0])
    assert items["truth"].look["color"] == plots.GREEN
    assert np.allclose(items["truth"].data["edges"], items["others"].data["edges"][6:8])


def test_the_running_shifts_ask_each_network_of_what_it_sees(scene):
    """Of sixty images; the line stands at the present shift."""
    asked = []

    def predict(seen):
        asked.append(seen)
        return np.tile(np.eye(10)[3], (len(seen), 1))

    picture = eyes_pictures.running_shifts(
        scene, {"one": SimpleNamespace(predict=predict)}, 1, True, **DATA
    )
    assert asked[0].shape == (7 * 60, 8, 8, 1)
    assert np.array_equal(asked[0][3 * 60, ..., 0], IMAGES[0, ::-1, ::-1, 0])
    assert picture.scene.items["here"].data["x"].tolist() == [1, 1]
    assert picture.scene.items["by shift one"].data["y"].tolist() == [1.0] * 7


def test_curves_of_several_seeds_have_their_spread_and_are_said(scene):
    """Means over seeds, and over both sides."""
    scores = np.array([[0, 0.1, 0.5, 1, 0.7, 0.3, 0], [0, 0.1, 0.5, 0.8, 0.7, 0.3, 0]])
    picture = eyes_pictures.shift_curves(scene, {"dense": scores})
    assert picture.sentence == "dense: 0.90, moved by one pixel 0.60, by two 0.20."
    ends = picture.scene.items["spread dense"].data["xy"].reshape(7, 2, 2)[3, :, 1]
    assert ends.tolist() == [0.8, 1.0]


def test_the_panel_has_two_rows_of_four():
    """Eyes above their weights, and curves on the right."""
    pictures = eyes_pictures.three_eyes(["a", "b", "c"], IMAGES, LABELS, ORDER)
    assert len(pictures) == 8
    assert [draw.keywords["name"] for draw in pictures[:3]] == ["a", "b", "c"]
    assert [draw.keywords["name"] for draw in pictures[4:7]] == ["a", "b", "c"]
