"""The picture of a slice through the loss: heights, lines, the path, and what it cannot show."""

import numpy as np
import pytest

from lessons_lib import plots

AXIS = np.linspace(-1, 1, 21)
BOWL = AXIS**2 + AXIS[:, None] ** 2 + 0.01


def drawn(losses=BOWL, path=((-0.5, 0.2), (0, 0)), **settings):
    """Return the picture of a slice."""
    return plots.loss_slice(plots.Scene(), losses, np.array(path), **settings)


def test_colours_follow_the_logarithm():
    """Ten times the loss is one more, and up is up."""
    losses = BOWL.copy()
    losses[0, 0] = 10 * losses[20, 0]
    values = drawn(losses).scene.items["loss"].data["values"]
    assert values[0, 0] - values[20, 0] == pytest.approx(1)


def test_lines_have_the_heights_that_they_say():
    """Each goes where the loss is the same, as far as the grid can tell."""
    lines = drawn().scene.items["heights"].data
    ends = np.split(lines["xy"], np.cumsum(lines["counts"])[:-1])
    assert 5 <= len(ends) <= 40
    for line in ends:
        heights = np.log10((line**2).sum(axis=1) + 0.01)
        assert np.ptp(heights) < 0.25


def test_a_map_that_hardly_changes_keeps_its_lines():
    """They stand at round heights, and not at parts of what the map has."""
    first, second = (
        drawn(scale * BOWL).scene.items["heights"].data["xy"] for scale in (1.0, 1.0001)
    )
    assert len(first) == pytest.approx(len(second), rel=0.05)


def test_the_sentence_has_heights_share_and_what_is_not_seen():
    """In numbers, and in words that warn."""
    said = drawn(share=0.934, over="the next batch").sentence
    assert said.startswith("The loss of the next batch goes from 0.01, dark, to 2.01, bright.")
    assert "93% of the path's movement" in said
    assert "a wall here may have a way round" in said


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_where_the_loss_is_no_number_nothing_is_drawn(hole):
    """The rest is, and where nothing is left the sentence says so."""
    losses = BOWL.copy()
    losses[:5] = hole
    assert np.isnan(drawn(losses).scene.items["loss"].data["values"][:5]).all()
    assert "no number anywhere" in drawn(np.full((9, 9), hole)).sentence


@pytest.mark.parametrize("losses", [np.zeros((5, 5)), np.full((5, 5), 0.7), BOWL - 3])
def test_flat_and_negative_losses_are_drawn(losses):
    """A plane without any slope has no lines; what lies below 0 has no logarithm."""
    picture = drawn(losses)
    assert np.isfinite(picture.scene.items["loss"].data["values"]).all()
    low, high = picture.scene.items["loss"].look["limits"]
    assert low < high
