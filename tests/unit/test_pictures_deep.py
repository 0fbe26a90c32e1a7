"""The picture of very deep networks: what is left of a slope."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import deep, deep_pictures
from lessons_lib.plots import Scene


def test_the_curve_shows_the_slopes_before_each_block():
    """From the first block to the loss behind the last one."""
    picture = deep_pictures.slope_by_block(Scene(), skip=0.9, branch=1.0)
    curve = picture.scene.items["slopes"].data
    norms, _ = deep.slopes_through(0.9, 1.0)
    np.testing.assert_allclose(curve["y"], norms)
    assert [curve["x"][0], curve["x"][-1]] == [1, deep.BLOCKS + 1]


@pytest.mark.parametrize(("skip", "branch", "says"), [(1.0, 0.0, " 1"), (0.0, 0.0, "nothing")])
def test_the_sentence_says_what_comes_back(skip, branch, says):
    """All of it through a way around alone, nothing where there is no way."""
    sentence = deep_pictures.slope_by_block(Scene(), skip=skip, branch=branch).sentence
    assert f"{says} comes back to block 1" in sentence
