"""Controls beyond sliders: a grid to paint on, tags and answers for a pile of items."""

import numpy as np
import pytest

from lessons_lib import panels, plots

SEVEN = np.array([[1, 1, 1], [0, 0, 1], [0, 1, 0]])


def ink(ax, *, drawing):
    """Draw what is painted and say how much of it there is."""
    pen = plots.Pen(ax, "", "", "", (0, 3), (0, 3))
    pen.image("drawing", drawing, (0, 3, 0, 3), top_down=True, limits=(0, 1), sets="drawing")
    return pen.done(f"{drawing.sum():g} cells are painted.")


def pile(ax, *, browse):
    """Say which item is shown and how it is tagged."""
    pen = plots.Pen(ax)
    return pen.done(f"Item {browse.shown} is {browse.kinds[browse.shown]}.")


def press(panel, row, column, value=1):
    """Paint or wipe a cell, as the browser does."""
    told = {"view": 0, "item": "drawing", "kind": "image", "index": [row, column], "x": 0, "y": 0}
    panel.page._hear(panel.page, {"pick": told | {"phase": "move", "value": value}}, [])


@pytest.fixture
def painted():
    """A panel with a grid on which something is painted."""
    return panels.explore(ink, drawing=panels.Grid(3, 3, start=SEVEN))


@pytest.fixture
def tagged():
    """A panel with three items to be tagged."""
    return panels.explore(pile, browse=panels.Tags(3, ("thin", "odd")))


@pytest.fixture
def reading():
    """The control of a panel in which three items get an answer each."""
    panel = panels.explore(told, read=panels.Labels(3, ("7", "8", "odd"), label="what is it"))
    panel.control = panel.controls["read"]
    return panel


def told(ax, *, read):
    """Say what was answered."""
    over = "over" if read.over else "not over"
    return plots.Pen(ax).done(f"{read.count}: {' '.join(read.answers) or 'nothing'}, {over}.")


def answer(panel, *numbers):
    """Press the buttons of some answers."""
    for number in numbers:
        panel.control.answers.children[number].click()


def test_grid_starts_as_asked(painted):
    """The picture shows what the grid starts with."""
    assert painted.sentence == "5 cells are painted."
    np.testing.assert_array_equal(painted.values["drawing"], SEVEN)


def test_pressing_a_cell_paints_it(painted):
    """A pressed cell is one cell more, at its place, and the picture follows."""
    press(painted, 1, 0)
    assert painted.values["drawing"][1, 0] == 1
    assert painted.sentence == "6 cells are painted."
    assert painted.scenes[0].items["drawing"].data["values"][1, 0] == 1


def test_a_painted_cell_is_wiped(painted):
    """A stroke that began on ink wipes what it meets; blank cells stay as they are."""
    press(painted, 0, 0, value=0)
    press(painted, 1, 0, value=0)
    assert painted.sentence == "4 cells are painted."


def test_clear_makes_all_cells_blank(painted):
    """The clear button empties the cells and the picture."""
    grid = painted.controls["drawing"]
    grid.clear.click()
    assert painted.sentence == "0 cells are painted."
    assert not grid.value.any()


def test_painting_by_code_shows_in_the_picture(painted):
    """Setting the value shows in the picture, and changes the value once."""
    grid = painted.controls["drawing"]
    told = []
    grid.observe(lambda change: told.append(change["new"]), names="value")
    grid.value = SEVEN.T
    shown = painted.scenes[0].items["drawing"].data["values"]
    np.testing.assert_array_equal(shown, SEVEN.T)
    assert len(told) == 1


def test_what_a_grid_has_given_out_does_not_change(painted):
    """A drawing that was taken before stays as it was when more is painted."""
    grid = painted.controls["drawing"]
    taken = grid.value
    press(painted, 1, 0)
    np.testing.assert_array_equal(taken, SEVEN)


@pytest.mark.parametrize("wrong", [np.zeros((2, 3)), np.full((3, 3), 0.5), np.full((3, 3), np.nan)])
def test_only_zeros_and_ones_of_the_right_shape_can_be_painted(painted, wrong):
    """Anything else is refused with the shape that is expected."""
    with pytest.raises(ValueError, match=r"shape \(3, 3\) of zeros and ones"):
        painted.controls["drawing"].value = wrong


@pytest.mark.parametrize("size", [1, 17, 2.5])
def test_grid_sizes_are_checked(size):
    """A grid too small or too large to paint on is refused."""
    with pytest.raises(ValueError, match="from 2 to 16"):
        panels.Grid(size, 8)


def test_a_tag_belongs_to_the_item_shown(tagged):
    """Tagging changes the item before the reader and no other."""
    control = tagged.controls["browse"]
    control.item.value = 2
    control.kind.value = "odd"
    assert control.value == (1, (None, "odd", None))
    assert tagged.sentence == "Item 1 is odd."


def test_browsing_on_does_not_carry_a_tag_along(tagged):
    """The next item shows its own tag, and going back shows the first one's again."""
    control = tagged.controls["browse"]
    control.kind.value = "thin"
    control.item.value = 3
    assert control.kind.value == "not tagged"
    assert control.value == (2, ("thin", None, None))
    control.item.value = 1
    assert control.kind.value == "thin"


def test_a_tag_can_be_taken_back(tagged):
    """Choosing 'not tagged' removes the tag."""
    control = tagged.controls["browse"]
    control.kind.value = "thin"
    control.kind.value = "not tagged"
    assert control.value.kinds == (None, None, None)


@pytest.mark.parametrize(
    "given", [(0, ("a", "b")), (2.5, ("a", "b")), (3, ("a",)), (3, "ab"), (3, ("a", "not tagged"))]
)
def test_tags_need_items_and_kinds(given):
    """Nothing to tag, or nothing to choose from, is refused."""
    with pytest.raises(ValueError, match="Tags need"):
        panels.Tags(*given)


def test_each_press_answers_the_next_item(reading):
    """The picture follows every answer, and how far one is stands above the buttons."""
    assert reading.sentence == "3: nothing, not over."
    answer(reading, 2, 0)
    assert reading.sentence == "3: odd 7, not over."
    assert reading.control.children[0].value == "what is it: 2 of 3"


def test_after_the_last_item_no_answer_counts(reading):
    """It is over by itself, and further presses change nothing."""
    answer(reading, 0, 1, 2, 1)
    reading.control.stop.click()
    assert reading.sentence == "3: 7 8 odd, over."


def test_undo_takes_back_what_was_done_last(reading):
    """An answer, the last one too, or the end before it; with nothing done, nothing happens."""
    answer(reading, 0, 1, 2)
    reading.control.undo.click()
    assert reading.sentence == "3: 7 8, not over."
    reading.control.stop.click()
    answer(reading, 0)
    assert reading.sentence == "3: 7 8, over."
    reading.control.undo.click()
    assert reading.sentence == "3: 7 8, not over."
    for _ in range(3):
        reading.control.undo.click()
    assert reading.sentence == "3: nothing, not over."


@pytest.mark.parametrize(
    ("answers", "columns"), [("0123456789", 5), ("abc", 3), ("abcdefg", 4), (("yes", "no"), 1)]
)
def test_answers_stand_in_rows_of_one_length(answers, columns):
    """Short ones up to five in a row, words below each other."""
    layout = panels.Labels(3, tuple(answers)).widget("which").answers.layout
    assert layout.grid_template_columns == f"repeat({columns}, minmax(0, 1fr))"


def test_nobody_has_had_enough_before_the_first_answer(reading):
    """There is nothing to be judged yet."""
    reading.control.stop.click()
    assert reading.sentence == "3: nothing, not over."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, ("a", "b")), "at least 1; received 0"),
        ((True, ("a", "b")), "at least 1; received True"),
        ((2.5, ("a", "b")), "at least 1; received 2.5"),
        ((3, "ab"), "answers='ab'"),
        ((3, ("a",)), "two answers"),
        ((3, range(10)), r"a text.*range\(0, 10\)"),
        ((3, (1, 2)), r"a text.*\(1, 2\)"),
        ((3, ("a", " ")), "a text"),
        ((3, ("a", "a")), "answers that differ"),
    ],
)
def test_labels_need_items_and_answers(given, said):
    """Nothing to answer, or nothing to choose from, is refused."""
    with pytest.raises((TypeError, ValueError), match=f"Labels need.*{said}"):
        panels.Labels(*given)


def test_a_class_in_the_place_of_a_control_is_refused():
    """The forgotten brackets of panels.Grid are told and not called."""
    with pytest.raises(TypeError, match=r"panels\.Grid"):
        panels.explore(ink, drawing=panels.Grid)
