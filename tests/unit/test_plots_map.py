"""The map of many models: what is drawn where, what is said of it, and its rulers."""

import numpy as np
import pytest

from lessons_lib import plots

RATES = np.geomspace(1e-3, 3, 16)
DECAYS = np.array([0, 1e-4, 1e-3, 1e-2])


def world(seeds: int = 1) -> np.ndarray:
    """Return losses of shape (4, 16, seeds), lowest at row 1, column 10, seed 0."""
    loss = 0.1 + (np.arange(16) - 10.0) ** 2 + np.array([2.0, 0, 1, 3])[:, None]
    return loss[..., None] + 0.01 * np.arange(seeds)


def drawn(loss, x=RATES, y=DECAYS, **others) -> plots.Picture:
    """Return the map of losses over learning rate and l2."""
    where = plots.Scene((400, 300))
    return plots.population_map(where, loss, x, y, xlabel="rate", ylabel="l2", **others)


def shown(picture: plots.Picture, name: str) -> np.ndarray:
    """Return the numbers of an image of a picture."""
    return picture.scene.items[name].data["values"]


def said(picture: plots.Picture) -> list[str]:
    """Return what is said of each pixel of a picture."""
    data = picture.scene.items["models"].data
    return [data["said"][state] for state in data["states"]]


def test_a_pixel_has_the_logarithm_of_its_loss():
    """Row 0 is the first y; equal steps of colour mean equal ratios."""
    loss = world()
    np.testing.assert_allclose(shown(drawn(loss), "models"), np.log10(loss[..., 0]))


def test_models_that_differ_by_their_seed_share_a_cell():
    """Each pixel of the image is the model that `Cells` says."""
    loss = np.random.default_rng(0).uniform(1, 2, (4, 16, 6))
    image = shown(drawn(loss), "models")
    cells = plots.Cells(4, 16, 6)
    assert image.shape == (4 * 2, 16 * 3)
    for row, column in np.ndindex(image.shape):
        model = cells.model(row, column)
        assert cells.pixel(*model) == (row, column)
        assert 10 ** image[row, column] == pytest.approx(loss[model])
        left, right, low, high = cells.box(*model)
        assert round((left + right) / 2) == model[1]
        assert round((low + high) / 2) == model[0]


def test_what_has_diverged_is_black_and_has_no_other_colour():
    """Infinite losses are in the picture of those that have diverged, and only there."""
    loss = world()
    loss[:, 13:] = np.inf
    picture = drawn(loss)
    black = shown(picture, "diverged")
    np.testing.assert_array_equal(np.isnan(black), np.isfinite(loss[..., 0]))
    np.testing.assert_array_equal(np.isnan(shown(picture, "models")), np.isinf(loss[..., 0]))
    assert set(picture.scene.items["diverged"].look["colors"]) == {"#000000"}


def test_what_is_hidden_is_not_told():
    """Neither colour nor words nor sentence give away a pixel that nobody has opened."""
    loss, hidden = world(), np.ones((4, 16, 1), bool)
    hidden[0, 3] = False
    picture = drawn(loss, hidden=hidden)
    assert np.isfinite(shown(picture, "models")).sum() == 1
    assert said(picture).count("not opened") == 63
    assert picture.sentence.startswith("1 of 64 pixel is open. Its validation loss is 51.1")
    none = drawn(loss, hidden=np.ones((4, 16), bool))
    assert none.sentence == "None of 64 pixels is open yet."


def test_stopped_models_are_pale_and_struck_out():
    """Those that train no longer are told by colour, by a stroke and by words."""
    loss = world()
    picture = drawn(loss, stopped=loss > 20)
    count = int((loss > 20).sum())
    assert np.isfinite(shown(picture, "stopped")).sum() == count
    assert len(picture.scene.items["strokes"].data["counts"]) == count
    assert said(picture).count("stopped") == count
    assert f"{count} were stopped, {64 - count} still train." in picture.sentence


def test_the_best_of_a_halved_map_still_trains():
    """Where none does, it is the best of all."""
    loss = world()
    stopped = loss < 4
    sentence = drawn(loss, stopped=stopped).sentence
    lowest = loss[~stopped].min()
    assert sentence.startswith(
        f"The lowest validation loss of those that still train is {lowest:g}"
    )
    sentence = drawn(loss, stopped=np.ones_like(stopped)).sentence
    assert sentence.startswith("The lowest validation loss is 0.1,")
    assert "64 were stopped, none still trains." in sentence


def test_the_sentence_names_the_best_and_the_share_that_diverged():
    """In the settings' own numbers, with the seed where there are several."""
    assert drawn(world()).sentence == (
        "The lowest validation loss is 0.1, at rate 0.208 and l2 0.0001. None has diverged."
    )
    loss = world(4)
    loss[:, :8] = np.inf
    assert "(seed 0). 50% have diverged" in drawn(loss).sentence
    assert drawn(np.full((4, 16), np.inf)).sentence == "All have diverged."


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ((slice(None), slice(12, None)), ", from rate 0.605 on, whatever the l2."),
        ((slice(3, None), slice(None)), ", from l2 0.01 on, whatever the rate."),
        ((slice(None), slice(0, 2)), ", from rate 0.00171 down, whatever the l2."),
    ],
)
def test_the_sentence_says_where_the_edge_runs(where, words):
    """Along either axis, in either direction."""
    loss = world()
    loss[where] = np.inf
    assert drawn(loss).sentence.endswith(f"have diverged{words}")


def test_the_sentence_tells_both_ends_of_an_edge_that_leans():
    """In the first row that has one, and in the last."""
    loss = world()
    for row in range(4):
        loss[row, 14 - 2 * row :] = np.inf
    end = ": from rate 1.76 on at l2 0, from 0.0715 on at l2 0.01."
    assert drawn(loss).sentence.endswith(f"have diverged{end}")


def test_an_edge_that_cannot_be_told_is_not_told():
    """Models that diverge here and there have none."""
    loss = world()
    loss[np.random.default_rng(0).random(loss.shape) < 0.4] = np.inf
    assert drawn(loss).sentence.endswith("% have diverged.")


def test_one_row_needs_no_second_setting():
    """Losses of shape (n,) are a row, with nothing written beside it."""
    picture = drawn(world()[0, :, 0], y=None)
    assert picture.scene.frame["yticks"] == []
    assert picture.sentence.startswith("The lowest validation loss is 2.1, at rate 0.208.")


def test_colours_change_in_leaps():
    """While losses change a little, the colours mean the same losses."""
    looks = [drawn(world() * part).scene.items["models"].look for part in (1, 1.001, 1.002)]
    assert looks[0] == looks[1] == looks[2]


def test_a_huge_loss_takes_no_colour_from_the_others():
    """What is on its way to infinity has the last colour, and the legend says so."""
    loss = world()
    loss[0, 15] = 1e30
    picture = drawn(loss)
    assert picture.scene.items["models"].look["limits"][1] < 5
    assert any("or more" in entry["label"] for entry in picture.scene.legend["entries"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"loss": np.ones((3, 16))}, r"shape \(4, 16\).*received \(3, 16\)"),
        ({"loss": np.ones((4, 16)), "x": RATES[::-1]}, "larger than the one before"),
        ({"loss": np.ones((4, 16)), "hidden": np.ones((4, 16, 2), bool)}, "hidden needs the shape"),
    ],
)
def test_what_does_not_fit_is_told(arguments, words):
    """Shapes, and values that do not grow."""
    with pytest.raises(ValueError, match=words):
        drawn(**arguments)


# --- rulers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [RATES, DECAYS, [0, 0.1, 0.2], [0.5], [1, 2, 8], [0, 3], np.geomspace(0.3, 0.301, 9)]
)
def test_a_ruler_leads_there_and_back(values):
    """Values are at whole places; what lies between comes back from its place."""
    ruler = plots.Ruler(values)
    np.testing.assert_allclose(ruler.place(values), np.arange(len(values)), atol=1e-6)
    places = np.linspace(0, len(values) - 1, 7)
    np.testing.assert_allclose(ruler.place(ruler.value(places)), places, atol=1e-6)


def test_a_ruler_is_logarithmic_where_values_are_far_apart():
    """The middle of two of them is their geometric mean, and 0 is below the smallest."""
    ruler = plots.Ruler(DECAYS)
    assert ruler.place(np.sqrt(1e-3 * 1e-2)) == pytest.approx(2.5)
    assert ruler.place(5e-5) == pytest.approx(0.5)
    assert plots.Ruler([0, 1, 2, 3]).place(1.5) == pytest.approx(1.5)


@pytest.mark.parametrize("ends", [(0.0709, 0.56), (0.1, 0.9), (0.3, 0.31)])
def test_numbers_beside_the_axis_stand_where_they_belong(ends):
    """Half a pixel beyond the first and the last value, too."""
    low, high = np.log(ends)
    ruler = plots.Ruler(np.geomspace(*ends, 16))
    for place, words in ruler.ticks(6).items():
        assert place == pytest.approx(15 * (np.log(float(words)) - low) / (high - low), abs=0.05)


def test_words_tell_neighbours_apart_in_a_deep_zoom():
    """Axis and tips have as many digits as that takes."""
    ruler = plots.Ruler(np.linspace(0.81234, 0.81235, 32))
    assert len(set(ruler.words)) == 32
    assert len(set(ruler.ticks(6).values())) >= 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (RATES, ["0.001", "0.01", "0.1", "1"]),
        (np.geomspace(1e-9, 1, 28), ["1e-8", "1e-6", "0.0001", "0.01", "1"]),
        (DECAYS, ["0", "0.0001", "0.001", "0.01"]),
        (np.linspace(0, 1, 21), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (np.geomspace(0.2, 1.1, 16), ["0.2", "0.5", "1"]),
    ],
)
def test_round_numbers_stand_beside_the_axis(values, words):
    """Powers of ten, parts of them, even distances; or each value, where they are few."""
    assert list(plots.Ruler(values).ticks(6).values()) == words
