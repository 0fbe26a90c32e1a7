"""The pen's marks and settings: what each becomes, how it moves, and when it stays as it is."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lessons_lib.plots import GREEN, VERMILLION, Pen

LINE = np.array([0.0, 1.0, 2.0])
# Every mark, drawn with a number that tells one drawing from the next.
MARKS = {
    "curve": lambda pen, k: pen.curve("m", LINE, k * LINE, color=GREEN, label="curve"),
    "training": lambda pen, k: pen.training(LINE, k * LINE),
    "validation": lambda pen, k: pen.validation(LINE, k * LINE),
    "dot": lambda pen, k: pen.dot("m", k, 1, marker="*", fill="white", edge=GREEN),
    "here": lambda pen, k: pen.here(k, 1),
    "star": lambda pen, k: pen.star("m", k, 1),
    "mark_x": lambda pen, k: pen.mark_x("m", k),
    "mark_y": lambda pen, k: pen.mark_y("m", k, reach=(0, 1)),
    "points": lambda pen, k: pen.points("m", k * np.ones((4, 2)), size=6, edge="white"),
    "valued points": lambda pen, k: pen.points(
        "m", np.eye(2), np.array([0, k]), colors="cividis", limits=(0, 2)
    ),
    "segments": lambda pen, k: pen.segments("m", [[(0, 0), (k, 1)]], color=GREEN, dash=":"),
    "level": lambda pen, k: pen.level("m", LINE, LINE, np.add.outer(LINE, LINE), k),
    "image": lambda pen, k: pen.image("m", k * np.eye(3), (0, 1, 0, 1), colors="cividis"),
    "grey image": lambda pen, k: pen.grey_image("m", np.eye(3), left=k),
    "bars": lambda pen, k: pen.bars("m", [k, 2 * k], LINE, color=GREEN),
    "text": lambda pen, k: pen.text("m", k, 1, "word", anchor="top left", parts="y", italic=True),
    "arrow": lambda pen, k: pen.arrow("m", (0, 0), (k, 1), color=GREEN),
    "box": lambda pen, k: pen.box("m", (k, 1), (1, 1), "word", color=GREEN),
}


@pytest.fixture
def ax():
    """An Axes that belongs to no window and can be drawn to pixels."""
    return FigureCanvasAgg(Figure()).figure.subplots()


def draw(ax, mark, k):
    """Draw one mark as a whole picture, and the figure with it."""
    pen = Pen(ax, "title", "x", "y", (0, 3), (0, 3))
    MARKS[mark](pen, k)
    picture = pen.done("")
    ax.figure.canvas.draw()
    return picture.artists


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_made_once_and_then_moved(ax, mark):
    """The second drawing has the same artists, and is seen to differ from the first."""
    first = draw(ax, mark, 1.0)
    before = np.array(ax.figure.canvas.buffer_rgba())
    second = draw(ax, mark, 2.0)
    assert [id(a) for a in first] == [id(a) for a in second]
    assert not np.array_equal(before, ax.figure.canvas.buffer_rgba())


@pytest.mark.parametrize("mark", MARKS)
def test_an_equal_drawing_touches_nothing(ax, mark):
    """Nothing has to be drawn anew, which is what keeps a live picture fast."""
    draw(ax, mark, 1.0)
    pen = Pen(ax, "title", "x", "y", (0, 3), (0, 3))
    MARKS[mark](pen, 1.0)
    pen.done("")
    assert not ax.figure.stale


def test_a_look_that_changes_is_seen(ax):
    """Colours, words and labels follow, not only places."""
    for color in (GREEN, VERMILLION):
        pen = Pen(ax)
        line = pen.curve("line", LINE, LINE, color=color, label=color)
        dots = pen.points("dots", np.eye(2), color=color)
        word = pen.text("word", 0, 0, color, color=color)
        pen.legend()
        pen.done("")
    assert line.get_color() == word.get_color() == VERMILLION
    assert tuple(dots.get_facecolor()[0]) == to_rgba(VERMILLION)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [VERMILLION]


def test_what_changes_with_its_array_is_noticed(ax):
    """An array that was changed in place is another array."""
    y = LINE.copy()
    Pen(ax).curve("line", LINE, y)
    y += 1
    line = Pen(ax).curve("line", LINE, y)
    np.testing.assert_array_equal(line.get_ydata(), LINE + 1)


def test_what_is_no_longer_drawn_is_hidden_and_can_come_back(ax):
    """A picture shows what its last drawing stated."""
    for drawn in (True, False, True):
        pen = Pen(ax)
        if drawn:
            line = pen.curve("extra", LINE, LINE)
        pen.done("")
        assert line.get_visible() == drawn


def test_what_others_have_drawn_is_left_alone(ax):
    """A learner's own line stays in sight, whatever it is called."""
    (own,) = ax.plot(LINE, LINE, gid="line")
    for _ in range(2):
        pen = Pen(ax)
        pen.points("line", np.eye(2))
        pen.done("")
    assert own.get_visible()


def test_a_cleared_axes_is_drawn_anew(ax):
    """After ``ax.clear()`` frame and marks come back."""
    for _ in range(2):
        pen = Pen(ax, ylog=True, bare=True)
        pen.curve("line", LINE, LINE)
        pen.done("")
        assert ax.get_yscale() == "log"
        assert not ax.axison
        assert len(ax.lines) == 1
        ax.clear()


def test_training_and_validation_differ_in_colour_and_dash(ax):
    """Either tells the two curves apart, and the legend names them."""
    pen = Pen(ax)
    lines = [pen.training(LINE, LINE), pen.validation(LINE, 2 * LINE)]
    assert len({line.get_color() for line in lines}) == 2
    assert len({line.get_linestyle() for line in lines}) == 2
    pen.legend()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["training", "validation"]


def test_a_mark_at_x_reaches_over_the_whole_height(ax):
    """From limit to limit, or as far as it is told; without limits it says what is missing."""
    pen = Pen(ax, ylim=(-1, 4))
    np.testing.assert_array_equal(pen.mark_x("m", 2).get_xydata(), [[2, -1], [2, 4]])
    np.testing.assert_array_equal(pen.mark_x("n", 2, reach=(0, 1)).get_ydata(), [0, 1])
    with pytest.raises(ValueError, match="give Pen xlim"):
        pen.mark_y("m", 2)


def test_a_grey_image_has_square_pixels_row_0_on_top(ax):
    """Its first row is drawn highest, dark where it is 1, over as many units as it has pixels."""
    pen = Pen(ax, xlim=(0, 3), ylim=(0, 2), equal=True, bare=True)
    image = pen.grey_image("image", np.array([[1.0, 1, 1], [0, 0, 0]]))
    assert list(image.get_extent()) == [0, 3, 0, 2]
    ax.figure.canvas.draw()
    x, y = np.rint(ax.transData.transform([(1.5, 1.5), (1.5, 0.5)])).astype(int).T
    pixels = np.asarray(ax.figure.canvas.buffer_rgba())
    shades = pixels[len(pixels) - y, x, 0]
    assert shades[0] < 10 < 245 < shades[1]


def test_values_that_are_missing_are_not_drawn(ax):
    """Where an image has no number the ground is seen, and it equals itself."""
    values = np.array([[0.0, np.nan]])
    for _ in range(2):
        image = Pen(ax).image("image", values, (0, 2, 0, 1), limits=(0, 1))
        assert list(np.ma.getmaskarray(image.get_array())[0]) == [False, True]


def test_settings_of_the_frame(ax):
    """Scales, ticks, formats, equal scales and bare axes are settings."""
    Pen(ax, xlog=2, ylog=True, xticks={1: "one", 4: "four"}, yticks=5)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["one", "four"]
    assert not ax.xaxis.get_minorticklocs().size
    other = Figure().subplots()
    Pen(other, xlim=(0, 3), whole_x=True, yticks=(), equal="top", bare=True)
    assert all(tick == round(tick) for tick in other.get_xticks())
    assert not other.get_yticks().size
    assert (other.get_aspect(), other.get_anchor(), other.axison) == (1.0, "N", False)
    third = Figure().subplots()
    Pen(third, xlim=(0, 2), xticks=2, xformat=lambda value: f"{value:.0f} m")
    third.figure.canvas.draw()
    assert [label.get_text() for label in third.get_xticklabels()] == ["0 m", "1 m", "2 m"]


def test_ticks_come_back_after_the_scale_has_changed(ax):
    """Matplotlib forgets them with the scale; the pen does not."""
    for log, places in [(False, [1, 2]), (True, [1, 2]), (False, [1, 2])]:
        Pen(ax, ylog=log, ylim=(1, 2), yticks=[1, 2])
        assert list(ax.get_yticks()) == places


def test_a_pen_knows_what_the_drawing_before_has_left(ax):
    """So that limits can wait for what moves."""
    pen = Pen(ax, xlim=(0, 1))
    assert not pen.before
    pen.curve("line", LINE, LINE)
    assert Pen(ax, xlim=(0, 2)).before["xlim"] == (0, 1)


def test_keys_stand_in_the_legend_in_place_of_marks(ax):
    """A legend can name looks that no single mark has, and follows when they change."""
    for names in (["a"], ["a", "b"]):
        pen = Pen(ax)
        pen.curve("line", LINE, LINE, label="line")
        for name in names:
            pen.key(name, color=GREEN, marker="s")
        pen.legend("above")
        pen.done("")
        assert [text.get_text() for text in ax.get_legend().get_texts()] == names


def test_a_legend_behind_lies_under_the_curves(ax):
    """And one above the picture keeps the height of a title free."""
    pen = Pen(ax)
    line = pen.curve("line", LINE, LINE, label="line")
    pen.legend(behind=True)
    assert ax.get_legend().get_zorder() < line.get_zorder()
    other = Figure().subplots()
    pen = Pen(other)
    pen.curve("line", LINE, LINE, label="line")
    pen.legend("above")
    assert other.get_title() == " "


def test_a_picture_can_be_part_of_another(ax):
    """What one function has drawn stays in sight when another draws over it."""

    def ground():
        pen = Pen(ax)
        pen.curve("ground", LINE, LINE)
        return pen.done("ground")

    for _ in range(2):
        pen = Pen(ax)
        pen.include(ground())
        pen.curve("way", LINE, LINE)
        picture = pen.done("both")
        assert all(artist.get_visible() for artist in picture.artists)
        assert [artist.get_gid() for artist in picture.artists] == ["ground", "way"]


def test_the_place_is_measured_in_pixels(ax):
    """Also where equal scales have shrunk the picture."""
    before = Pen(ax).pixels
    Pen(ax, xlim=(0, 1), ylim=(0, 9), equal=True)
    ax.figure.canvas.draw()
    assert Pen(ax).pixels == before
    assert before[0] == pytest.approx(ax.figure.bbox.width * 0.775)
    assert Pen(ax).point == ax.figure.dpi / 72


def test_an_unknown_property_is_named():
    """The error says what the mark has; matplotlib's words are none of them."""
    with pytest.raises(TypeError, match=r"no lw\. It has: .*width"):
        Pen(Figure().subplots()).curve("line", LINE, LINE, lw=2)
