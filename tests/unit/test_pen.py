"""The pen's marks and settings: what each states, and what both hands are told of it."""

import ast
import io
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lessons_lib import plots
from lessons_lib.plots import GREEN, INK, PAPER, Pen, Scene
from lessons_lib.plots._look import FORMATS, PROPERTIES, ZORDERS
from lessons_lib.plots._matplotlib import _MAKE, _WORDS
from lessons_lib.plots._wire import Wire

LINE = np.array([0.0, 1.0, 2.0])
# Every mark, drawn with a number that tells one drawing from the next.
MARKS = {
    "curve": lambda pen, k: pen.curve("m", LINE, k * LINE, color=GREEN, label="curve"),
    "training": lambda pen, k: pen.training(LINE, k * LINE),
    "validation": lambda pen, k: pen.validation(LINE, k * LINE),
    "dot": lambda pen, k: pen.dot("m", k, 1, marker="*", fill=PAPER, edge=GREEN),
    "here": lambda pen, k: pen.here(k, 1, sets=("w", "")),
    "star": lambda pen, k: pen.star("m", k, 1),
    "mark_x": lambda pen, k: pen.mark_x("m", k),
    "mark_y": lambda pen, k: pen.mark_y("m", k, reach=(0, 1)),
    "points": lambda pen, k: pen.points("m", k * np.ones((4, 2)), size=6, edge=PAPER),
    "valued points": lambda pen, k: pen.points(
        "m", np.eye(2), np.array([0, k]), colors="cividis", limits=(0, 2)
    ),
    "segments": lambda pen, k: pen.segments("m", [[(0, 0), (k, 1)]], color=GREEN, dash=":"),
    "edges": lambda pen, k: pen.segments(
        "m", k * np.ones((2, 2, 2)), ["one", "two"], width=[1, 2], color=[GREEN, INK], moves="y"
    ),
    "level": lambda pen, k: pen.level("m", LINE, LINE, np.add.outer(LINE, LINE), k),
    "image": lambda pen, k: pen.image("m", k * np.eye(3), (0, 1, 0, 1), colors="cividis"),
    "cells": lambda pen, k: pen.cells(
        "m",
        np.full((2, 2), k),
        (0, 1, 0, 1),
        label="loss",
        said=["", "diverged"],
        states=np.array([0, 1, 0, 0]),
        picks=True,
    ),
    "grey image": lambda pen, k: pen.grey_image("m", np.eye(3), left=k, sets="drawing"),
    "bars": lambda pen, k: pen.bars("m", [k, 2 * k], LINE, color=GREEN),
    "text": lambda pen, k: pen.text("m", k, 1, "word", anchor="top left", parts="y", italic=True),
    "arrow": lambda pen, k: pen.arrow("m", (0, 0), (k, 1), color=GREEN),
    "box": lambda pen, k: pen.box("m", (k, 1), (1, 1), "word", color=GREEN),
    "lens": lambda pen, k: pen.lens("m", [[0, k, 0, 1]], ["word"], picks=True),
}
# What both hands know of each kind, beside its look.
DATA = {
    "curve": {"x", "y"},
    "points": {"xy"},
    "segments": {"counts", "xy"},
    "image": {"values", "extent", "top_down"},
    "bars": {"heights", "edges", "base"},
    "text": {"x", "y", "words"},
    "arrow": {"start", "end", "head", "gap"},
    "box": {"corner", "size"},
    "lens": {"boxes", "words"},
}
CELLS = {"said", "states", "label", "at"}  # and of an image whose pixels are told of
FRAME = {
    "title", "xlabel", "ylabel", "xlim", "ylim", "xlog", "ylog", "xticks", "yticks", "xformat",
    "yformat", "whole_x", "tick_marks", "xreads", "yreads", "label_gap", "equal", "bare",
}  # fmt: skip


def draw(where, mark, k):
    """Draw one mark as a whole picture."""
    pen = Pen(where, "title", "x", "y", (0, 3), (0, 3))
    MARKS[mark](pen, k)
    return pen.done("words").scene


def told(scene):
    """Return kind, data as plain values, and look of the first mark."""
    item = next(iter(scene.items.values()))
    return item.kind, {k: np.asarray(v).tolist() for k, v in item.data.items()}, item.look


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_stated_as_an_item(scene, mark):
    """With what its kind promises; another number is another item."""
    kind, data, look = told(draw(scene, mark, 1.0))
    again, other, _ = told(draw(scene, mark, 2.0))
    assert kind == again
    assert DATA[kind] <= data.keys() - CELLS <= DATA[kind] | {"values", "words"}
    assert (data.keys() >= CELLS) == (mark == "cells")
    assert look.keys() <= {*PROPERTIES[kind], "zorder"}
    assert data != other


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_looks_the_same_to_both_hands(scene, ax, mark):
    """The matplotlib hand draws what the wire sends: as high above the others as the item says."""
    Wire().message([draw(scene, mark, 1.0)])
    drawn = draw(ax, mark, 1.0)
    ax.figure.draw_without_rendering()
    artists = {child.get_gid(): child for child in ax.get_children() if child.get_gid()}
    seen = {name: item for name, item in drawn.items.items() if item.kind != "lens"}
    assert artists.keys() == seen.keys()
    for name, item in seen.items():
        assert artists[name].get_zorder() == item.look["zorder"]


def test_the_matplotlib_hand_knows_every_kind_and_property():
    """What a mark can have is declared once, and obeyed."""
    assert set(PROPERTIES) == set(ZORDERS) == set(DATA) == {*_MAKE, "lens"}
    # What a mark is made with, and what is no matter of print.
    others = {
        "points": {"marker", "sets", "picks", "moves"},
        "text": {"parts"},
        "curve": {"sets", "zero", "one"},
        "image": {"sets", "picks"},
        "segments": {"moves"},
    }
    for kind, words in _WORDS.items():
        assert set(PROPERTIES[kind]) - set(words) == others.get(kind, set())


def test_the_canvas_hand_speaks_of_every_kind_property_setting_and_format():
    """No word of a scene is unknown to it."""
    known = set(re.findall(r"\w+", plots.canvas_source()))
    words = {*PROPERTIES, *itertools.chain(*PROPERTIES.values()), *FORMATS, "values"}
    words |= set(itertools.chain(CELLS, *DATA.values()))
    words |= {key if key in known else key.lstrip("xy") for key in FRAME}
    assert words - known == set()


@pytest.mark.parametrize("kind", _MAKE)
def test_a_zorder_that_nobody_chose_is_matplotlibs(ax, kind):
    """So that a picture looks the same whoever draws it."""
    mark = next(m for m in MARKS if told(draw(Scene(), m, 1.0))[0] == kind)
    draw(Scene(), mark, 1.0)
    scene = draw(Scene(), mark, 1.0)
    item = next(iter(scene.items.values()))
    assert _MAKE[kind](ax, item).get_zorder() == ZORDERS[kind]


def test_what_states_a_picture_knows_no_artist():
    """Pen, looks and scenes import nothing of matplotlib but the name of an Axes."""
    folder = Path(plots.__file__).parent
    for name in ("_pen", "_look", "_frame", "_scene", "_limits"):
        nodes = ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")))
        imports = [ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        known = [line for line in imports if "matplotlib" in line.split(" import ")[0]]
        assert set(known) <= {"from matplotlib.axes import Axes"}, name


def test_a_picture_states_everything_anew(scene):
    """What its last drawing stated is seen, and nothing of the one before."""
    Pen(scene, "first", ylog=True).done("")
    pen = Pen(scene, "second")
    pen.curve("line", LINE, LINE)
    pen.done("")
    assert list(scene.items) == ["line"]
    assert (scene.frame["title"], scene.frame["ylog"]) == ("second", 0)


def test_a_picture_that_is_not_done_is_not_seen(scene):
    """An error on the way leaves what was there."""
    draw(scene, "curve", 1.0)
    Pen(scene, "other").curve("other", LINE, LINE)
    assert list(scene.items) == ["m"]
    assert scene.frame["title"] == "title"


def test_an_axes_is_drawn_on_anew(ax):
    """A second picture takes the place of the first; a learner's own line below it stays."""
    (own,) = ax.plot(LINE, LINE)
    draw(ax, "curve", 1.0)
    assert own in ax.lines
    for _ in range(2):
        pen = Pen(ax, ylog=True, bare=True, equal=True)
        pen.curve("line", LINE, LINE)
        pen.done("")
        assert (ax.get_yscale(), ax.axison, len(ax.lines)) == ("log", False, 1)
    draw(ax, "curve", 1.0)
    assert (ax.get_yscale(), ax.axison, ax.get_aspect()) == ("linear", True, "auto")


def test_training_and_validation_differ_in_colour_and_dash(scene):
    """Either tells the two curves apart, and the legend names them."""
    pen = Pen(scene)
    pen.training(LINE, LINE)
    pen.validation(LINE, 2 * LINE)
    pen.legend()
    pen.done("")
    looks = [item.look for item in scene.items.values()]
    assert len({look["color"] for look in looks}) == 2
    assert len({look.get("dash") for look in looks}) == 2
    assert [entry["label"] for entry in scene.legend["entries"]] == ["training", "validation"]


def test_a_mark_at_x_reaches_over_the_whole_height(scene):
    """From limit to limit, or as far as it is told; without limits it says what is missing."""
    pen = Pen(scene, ylim=(-1, 4))
    pen.mark_x("m", 2)
    pen.mark_x("n", 2, reach=(0, 1))
    with pytest.raises(ValueError, match="give Pen xlim"):
        pen.mark_y("m", 2)
    items = pen.done("").scene.items
    assert (list(items["m"].data["x"]), list(items["m"].data["y"])) == ([2, 2], [-1, 4])
    assert list(items["n"].data["y"]) == [0, 1]


@pytest.mark.parametrize(("way", "axis"), [((0.5, 0.1), 0), ((0.1, -0.5), 1)])
def test_a_handle_is_read_along_the_axis_on_which_it_goes_farther(scene, way, axis):
    """One further along its way means 1 more, wherever it stands."""
    pen = Pen(scene)
    pen.handle("grip", (1.0, 2.0), "turn", 3.0, way)
    pen.done("")
    look = scene.items["grip"].look
    assert look["sets"] == (("turn", ""), ("", "turn"))[axis]
    place = (1.0 + way[0], 2.0 + way[1])[axis]
    zero, one = look["zero"][axis], look["one"][axis]
    assert (place - zero) / (one - zero) == pytest.approx(4.0)


def test_a_grey_image_has_square_pixels_row_0_on_top(ax):
    """Its first row is drawn highest, dark where it is 1, over as many units as it has pixels."""
    pen = Pen(ax, xlim=(0, 3), ylim=(0, 2), equal=True, bare=True)
    pen.grey_image("image", np.array([[1.0, 1, 1], [0, 0, 0]]))
    assert pen.done("").scene.items["image"].data["extent"] == [0, 3, 0, 2]
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    x, y = np.rint(ax.transData.transform([(1.5, 1.5), (1.5, 0.5)])).astype(int).T
    pixels = np.asarray(canvas.buffer_rgba())
    shades = pixels[len(pixels) - y, x, 0]
    assert shades[0] < 50 < 245 < shades[1]


def test_settings_of_the_frame(ax):
    """Scales, ticks, formats, equal scales and bare axes are settings, which an Axes obeys."""
    Pen(ax, xlog=2, ylog=True, xticks={1: "one", 4: "four"}, yticks=5).done("")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["one", "four"]
    assert not ax.xaxis.get_minorticklocs().size
    other = Figure().subplots()
    Pen(other, xlim=(0, 3), whole_x=True, yticks=(), equal="top", bare=True).done("")
    assert all(tick == round(tick) for tick in other.get_xticks())
    assert not other.get_yticks().size
    assert (other.get_aspect(), other.get_anchor(), other.axison) == (1.0, "N", False)


@pytest.mark.parametrize(
    ("form", "limits", "words"),
    [
        ("short", (0, 2e7), ["0", "1e7", "2e7"]),
        ("steps", (0, 20_000), ["0", "10k", "20k"]),
        ("percent", (0, 1), ["0%", "50%", "100%"]),
    ],
)
def test_numbers_are_written_as_their_format_says(ax, form, limits, words):
    """A format has a name, by which every hand knows it."""
    Pen(ax, xlim=limits, xticks=2, xformat=form).done("")
    ax.figure.draw_without_rendering()
    assert [label.get_text() for label in ax.get_xticklabels()] == words


def test_a_frame_is_whole_and_plain(scene):
    """All settings are there, as JSON knows them, also those that nobody gave."""
    Pen(scene).done("")
    assert scene.frame.keys() == FRAME
    assert (scene.frame["xlim"], scene.frame["ylim"]) == ([0, 1], [0, 1])
    ticks = {np.int64(1): "one", 2.5: "two"}
    Pen(scene, xlim=np.array([0, 3]), xticks=ticks, yticks=[1, 2], ylog=True, equal=True).done("")
    assert scene.frame["xticks"] == [[1, "one"], [2.5, "two"]]
    assert scene.frame["yticks"] == [[1, None], [2, None]]
    assert (scene.frame["ylog"], scene.frame["equal"]) == (10, "on")
    assert json.loads(json.dumps(scene.frame)) == scene.frame


LIMITS = {
    "curve": lambda pen: pen.curve("m", [1, np.nan, 3], [10.0, 20.0, 40.0]),
    "points": lambda pen: pen.points("m", [[1, 3], [7, np.nan], [5, 4]]),
    "bars": lambda pen: pen.bars("m", [3, 4], [0, 1, 2]),
    "bars on a base": lambda pen: pen.bars("m", [3, 4], [0, 1, 2], base=2),
    "image": lambda pen: pen.image("m", np.eye(2), (1, 3, 1, 5)),
    "image and more": lambda pen: (
        pen.image("m", np.eye(2), (1, 3, 1, 5)), pen.curve("n", [2, 4], [2, 6])
    ),
    "one number": lambda pen: pen.curve("m", [2], [0]),
    "lines that do not count": lambda pen: (
        pen.segments("m", [[(0.2, 3), (40, 5)]]), pen.curve("n", [2, 4], [2, 6])
    ),
    "several": lambda pen: (pen.curve("m", [1, 2], [3, 4]), pen.points("n", [[9, 9]])),
}  # fmt: skip


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("marks", LIMITS)
def test_limits_that_nobody_gave_are_matplotlibs(marks, log):
    """Margins around what is drawn, none below bars and around images; nothing is cut off."""
    scene, ax = Scene(), Figure().subplots()
    pen = Pen(scene, xlog=log)
    LIMITS[marks](pen)
    pen.done("")
    if log:
        ax.set_xscale("log")
    for item in scene.items.values():
        _MAKE[item.kind](ax, item)
    np.testing.assert_allclose(
        [scene.frame["xlim"], scene.frame["ylim"]], [ax.get_xlim(), ax.get_ylim()], rtol=1e-6
    )


def test_a_pen_knows_the_picture_before(scene):
    """So that limits can wait for what moves."""
    pen = Pen(scene, xlim=(0, 1))
    assert not pen.before
    pen.done("")
    assert Pen(scene, xlim=(0, 2)).before["xlim"] == [0, 1]


def test_keys_stand_in_the_legend_in_place_of_marks(scene):
    """A legend can name looks that no single mark has."""
    pen = Pen(scene)
    pen.curve("line", LINE, LINE, label="line")
    pen.key("a", color=GREEN, marker="s")
    pen.legend("above", columns=2)
    pen.done("")
    look = {"color": GREEN, "marker": "s"}
    assert scene.legend["entries"] == [{"label": "a", "kind": "curve", "look": look}]
    assert (scene.legend["place"], scene.legend["columns"]) == ("above", 2)


def test_a_key_keeps_its_name_beside_a_mark_that_looks_alike(ax):
    """In print the mark has a name of matplotlib's own, which nobody should read."""
    pen = Pen(ax)
    look = {"color": GREEN, "zorder": 2}
    pen.curve("line", LINE, LINE, **look)
    pen.key("a", **look)
    pen.legend()
    pen.done("")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a"]


def test_a_legend_without_names_is_none(scene):
    """Nothing to name, no box."""
    pen = Pen(scene)
    pen.curve("line", LINE, LINE)
    pen.legend()
    assert pen.done("").scene.legend is None


def test_a_legend_behind_lies_under_the_curves(ax):
    """And one above the picture keeps the height of a title free."""
    pen = Pen(ax)
    pen.curve("line", LINE, LINE, label="line")
    pen.key("key", color=GREEN)
    pen.legend(behind=True)
    pen.done("")
    assert ax.get_legend().get_zorder() < ax.lines[0].get_zorder()
    pen = Pen(ax)
    pen.bars("bars", LINE, [0, 1, 2, 3], label="bars")
    pen.legend("above")
    pen.done("")
    assert ax.get_title() == " "
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["bars"]


def test_a_picture_can_be_part_of_another(scene):
    """Its marks, frame and legend are taken over; what this pen says itself, stays."""

    def ground(place):
        pen = Pen(place, "ground", "x", "y", (0, 1), (0, 1), equal=True)
        pen.curve("ground", LINE, LINE, label="ground")
        pen.legend("upper left")
        return pen.done("ground")

    pen = Pen(scene, "both")
    pen.include(ground(pen.blank()))
    assert pen.xlim == (0, 1)
    pen.curve("way", LINE, LINE)
    picture = pen.done("both")
    assert list(picture.scene.items) == ["ground", "way"]
    assert [scene.frame[key] for key in ("title", "xlabel", "equal")] == ["both", "x", "on"]
    assert scene.legend["place"] == "upper left"


def test_a_minus_in_a_sentence_is_a_minus(scene):
    """Names with a hyphen, and powers, keep theirs."""
    said = "At -3.5 °C (-1, 2), 1e-12, 2-8-1, well-known."
    sentence = Pen(scene).done(said).sentence
    assert sentence == "At −3.5 °C (−1, 2), 1e-12, 2-8-1, well-known."


def test_the_place_is_measured_in_pixels(ax):
    """Also where equal scales have shrunk the picture; a scene is told, and so are its parts."""
    before = Pen(ax).pixels
    Pen(ax, xlim=(0, 1), ylim=(0, 9), equal=True).done("")
    ax.figure.draw_without_rendering()
    assert Pen(ax).pixels == before
    assert before[0] == pytest.approx(ax.figure.bbox.width * 0.775)
    assert Pen(ax).point == ax.figure.dpi / 72
    blank = Pen(Scene((300, 200), 2.0)).blank()
    assert (blank.pixels, blank.point) == ((300, 200), 2.0)


def test_theme_colours_are_colours_in_print(ax):
    """Ink on paper is dark grey on white."""
    pen = Pen(ax)
    pen.curve("line", LINE, LINE, color=INK, fill=PAPER)
    pen.segments("two", [[(0, 0), (1, 1)], [(0, 1), (1, 0)]], color=[INK, GREEN])
    pen.done("")
    line = ax.lines[0]
    assert (line.get_color(), line.get_markerfacecolor()) == ("#222222", "#FFFFFF")


def test_an_unknown_property_or_format_is_named(scene):
    """The error says what there is; matplotlib's words are none of them."""
    with pytest.raises(TypeError, match=r"no lw\. It has: .*width"):
        Pen(scene).curve("line", LINE, LINE, lw=2)
    with pytest.raises(ValueError, match=r"no format 'euro'.*percent"):
        Pen(scene, xformat="euro")


def test_scenes_become_one_png():
    """Beside each other or in rows, also one on which nothing was drawn."""
    scenes = [draw(Scene(), "image", 1.0), Scene(), draw(Scene(), "lens", 1.0)]
    png = plots.png_of(scenes, (6, 3), 50, widths=[1, 2, 1])
    assert png.startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(png)).size == (300, 150)
    rows = plots.png_of(scenes, (6, 3), 50, columns=2)
    assert Image.open(io.BytesIO(rows)).size == (300, 150)
