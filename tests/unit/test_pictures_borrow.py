"""Pictures of lesson 08 are judged by their marks' data: borrowing, and sums."""

from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib.lessons.beyond import borrow, borrow_pictures, sums

IMAGES, LABELS = np.ones((20, 8, 8)), np.arange(20) % 5


@pytest.mark.parametrize("count", borrow.COUNTS)
def test_every_image_of_the_target_is_drawn(scene, count):
    """In a grid of framed sheets; of rows that are repeated, the first ones."""
    X = np.full((100, 100), 0.5)
    X[0] = 1
    picture = borrow_pictures.what_is_learnt(
        scene, {"": SimpleNamespace(X=X)}, (IMAGES, LABELS), images=count, source="digits 0–4"
    )
    drawn = picture.scene.items["target images"].data["values"]
    assert np.sum(drawn == 0.5) == 100 * (count - 1)
    assert np.all(drawn[1:11, 1:11] == 1)
    assert f"{count} images" in picture.sentence


@pytest.mark.parametrize(
    ("source", "answers"),
    [("digits 0–4", "01234"), ("where it stands", [f"place {place}" for place in (0, 2, 4, 6, 8)])],
)
def test_answers_are_the_sources(scene, source, answers):
    """One image of each digit, each in another place."""
    runners = {"": SimpleNamespace(X=np.zeros((100, 100)))}
    items = borrow_pictures.what_is_learnt(
        scene, runners, (IMAGES, LABELS), images=5, source=source
    ).scene.items
    assert [items[f"answer {n}"].data["words"] for n in range(5)] == list(answers)
    drawn = items["source images"].data["values"].reshape(12, 5, 12).swapaxes(0, 1)
    corners = [tuple(np.argwhere(sheet == 1)[0] - 1) for sheet in drawn]
    assert corners == [borrow.PLACES[place] for place in (0, 2, 4, 6, 8)]


def test_means_and_spreads_are_numpys(scene):
    """Bars reach one standard deviation to each side of the mean."""
    values = np.arange(12.0).reshape(3, 4) / 20
    reached = {"one": {way: values for way in borrow.WAYS}}
    picture = borrow_pictures.by_number_of_images(scene, reached, source="one")
    items = picture.scene.items
    np.testing.assert_allclose(items["frozen body"].data["y"], values.mean(axis=1))
    ends = items["frozen body bars"].data["xy"].reshape(3, 2, 2)[..., 1]
    means, spreads = values.mean(axis=1), values.std(axis=1)
    np.testing.assert_allclose(ends, np.stack([means - spreads, means + spreads], axis=1))
    assert "100 images: from scratch 0.48" in picture.sentence


def test_the_dots_stand_at_the_chosen_number_of_pairs(scene):
    """One on each curve; the sentence counts the labels of each way."""
    rows = np.linspace(0.1, 0.9, 5)[:, None] * np.ones((5, 2))
    reached = {way: rows / (1 + n) for n, way in enumerate(sums.WAYS)}
    picture = borrow_pictures.by_number_of_pairs(scene, reached, pairs=1000)
    dots = picture.scene.items["now"].data
    assert set(dots["x"]) == {1000}
    np.testing.assert_allclose(dots["y"], [0.5, 0.25, 0.5 / 3])
    assert "told 2,000 digits, the two others 1,000 sums" in picture.sentence
