"""The matplotlib hand draws every picture of the course as its scene says."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, StepPatch
from matplotlib.text import Text
from picture_examples import EXAMPLES

from lessons_lib.plots import Scene


def drawn(artist):
    """Return kind and data of what stands on an Axes, in the words of an `Item`."""
    if isinstance(artist, Line2D):
        return "curve", dict(zip("xy", artist.get_data(), strict=True))
    if isinstance(artist, PathCollection):
        values = artist.get_array()
        return "points", {"xy": artist.get_offsets()} | (
            {} if values is None else {"values": values}
        )
    if isinstance(artist, LineCollection):
        lines = artist.get_segments()
        counts = [len(line) for line in lines]
        return "segments", {"counts": counts, "xy": np.concatenate([*lines, np.empty((0, 2))])}
    if isinstance(artist, AxesImage):
        return "image", {"values": artist.get_array(), "extent": artist.get_extent()}
    if isinstance(artist, StepPatch):
        return "bars", dict(zip(("heights", "edges", "base"), artist.get_data(), strict=True))
    if isinstance(artist, FancyBboxPatch):
        box = artist.get_bbox()
        return "box", {"corner": box.p0, "size": box.size}
    if isinstance(artist, FancyArrowPatch):
        return "arrow", {}  # it tells its ends to nobody
    assert isinstance(artist, Text)
    return "text", dict(zip("xy", artist.get_position(), strict=True))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_axes_show_what_the_scene_says(ax, name):
    """Marks with their numbers, limits, words and names in the legend are the scene's."""
    scene = EXAMPLES[name](ax).scene
    artists = {artist.get_gid(): artist for artist in ax.get_children() if artist.get_gid()}
    assert set(artists) == {name for name, item in scene.items.items() if item.kind != "lens"}
    for mark, artist in artists.items():
        item, (kind, data) = scene.items[mark], drawn(artist)
        assert kind == item.kind
        assert artist.get_zorder() == item.look["zorder"]
        for key, values in data.items():
            np.testing.assert_allclose(np.ma.filled(values, np.nan), item.data[key], err_msg=mark)
        if kind == "text":
            assert artist.get_text() == item.data["words"]
    frame, legend = scene.frame, ax.get_legend()
    np.testing.assert_allclose([*ax.get_xlim(), *ax.get_ylim()], [*frame["xlim"], *frame["ylim"]])
    words = ax.get_title().strip(), ax.get_xlabel(), ax.get_ylabel()
    assert words == (frame["title"].strip(), frame["xlabel"], frame["ylabel"])
    entries = scene.legend["entries"] if scene.legend else []
    labels = [text.get_text() for text in legend.get_texts()] if legend else []
    assert labels == [entry["label"] for entry in entries]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_picture_is_the_same_wherever_it_is_drawn(ax, name):
    """A scene of its own and an Axes get the same marks and words, and both times a sentence."""
    scene, printed = Scene(), EXAMPLES[name](ax)
    picture = EXAMPLES[name](scene)
    assert picture.scene is scene
    assert picture.sentence == printed.sentence
    assert set(scene.items) == set(printed.scene.items)
    assert scene.frame["xlabel"] == printed.scene.frame["xlabel"]
    assert scene.frame["ylim"] == pytest.approx(printed.scene.frame["ylim"])
