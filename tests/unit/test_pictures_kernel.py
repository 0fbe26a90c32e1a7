"""The pictures of the section on neighbours, and the panel with a kernel set by hand."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import convolution, kernel_panel, kernel_pictures
from lessons_lib.lessons.beyond.kernel_pictures import handle_at, weight_at
from lessons_lib.plots import Scene

IMAGE = np.random.default_rng(0).integers(0, 17, (8, 8)) / 16
KERNEL = np.array([[1.0, 0.0, -1.0], [2.0, 0.5, -2.0], [0.0, 0.3, 1.0]])


def data(scene, name):
    """Return the numbers of a mark."""
    return scene.items[name].data


@pytest.mark.parametrize(("row", "column"), [(2, 2), (2, 7), (5, 3), (7, 7)])
def test_all_pictures_tell_of_the_same_place(scene, row, column):
    """The sum in words, the one in the title, and the number of the map are one."""
    at = {"row": row, "column": column}
    found = convolution.conv2d(IMAGE, KERNEL)[row - 2, column - 2]
    said = f"{round(found, 2) + 0:.2f}".replace("-", "−")
    assert kernel_pictures.digit_under_kernel(scene, IMAGE, KERNEL, **at).sentence.endswith(
        f"= {said}."
    )
    frame = data(scene, "frame")["xy"]
    np.testing.assert_allclose(frame.min(axis=0), [column - 1.5, row - 1.5])
    np.testing.assert_allclose(frame.max(axis=0), [column + 1.5, row + 1.5])
    kernel_pictures.kernel_products(scene, IMAGE, KERNEL, **at)
    assert scene.frame["title"].endswith(said)
    kernel_pictures.feature_map(scene, IMAGE, KERNEL, **at)
    image = data(scene, "map")
    left, _, _, top = image["extent"]
    assert image["values"][int(row - top), int(column - left)] == pytest.approx(found)


def test_the_written_products_add_up(scene):
    """Nine of them, with a bracket around what is below 0."""
    sentence = kernel_pictures.digit_under_kernel(scene, IMAGE, KERNEL, row=4, column=4).sentence
    assert sentence.count("·") == 9
    assert sentence.count("(−") == (KERNEL < 0).sum()


def test_a_kernel_of_zeros_finds_nothing(scene):
    """The colours keep 0 in their middle, and the sentence says so."""
    picture = kernel_pictures.feature_map(scene, IMAGE, np.zeros((3, 3)), row=2, column=2)
    assert "finds nothing" in picture.sentence
    assert scene.items["map"].look["limits"] == (-1.0, 1.0)


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("pooling", ["none", "largest", "mean"])
def test_the_framed_pixels_are_those_that_the_framed_number_depends_on(padding, stride, pooling):
    """Change each pixel: the number in the middle of the last map moves with those inside."""
    settings = {"padding": padding, "stride": stride, "pooling": pooling}

    def last(image):
        scene = Scene()
        kernel = np.ones((3, 3))  # the sum of positive pixels: nothing is lost in the ReLU
        kernel_pictures.layer_by_layer(scene, image, kernel, shown=2, **settings)
        values, frame = data(scene, "map")["values"], data(scene, "frame")["xy"]
        row, column = np.rint(frame.mean(axis=0) + 0.1)[::-1].astype(int) - 1
        return values[row, column]

    scene = Scene()
    picture = kernel_pictures.layer_by_layer(scene, IMAGE, KERNEL, shown=0, **settings)
    frame = data(scene, "frame")["xy"] - padding
    (left, top), (right, low) = frame.min(axis=0), frame.max(axis=0)
    before = last(IMAGE)
    for row, column in np.ndindex(8, 8):
        changed = IMAGE.copy()
        changed[row, column] += 100
        inside = left < column + 1 < right and top < row + 1 < low
        assert (last(changed) != before) == inside, (row, column)
    side = round(right - left)
    assert f"{side} × {side} pixels" in picture.sentence


def test_the_sizes_are_said(scene):
    """Of the image, of the map, and of the map after pooling."""
    picture = kernel_pictures.layer_by_layer(
        scene, IMAGE, KERNEL, shown=2, padding=0, stride=1, pooling="mean"
    )
    assert picture.sentence == "8 × 8 pixels become 6 × 6 numbers, and 3 × 3 after pooling."
    picture = kernel_pictures.layer_by_layer(scene, IMAGE, KERNEL, shown=2)
    assert picture.sentence == "8 × 8 pixels become 6 × 6 numbers."
    assert scene.frame["title"] == "Without pooling: 6 × 6"


def test_the_matrix_is_that_of_the_layer(scene):
    """What is drawn, times the pixels, is the feature map."""
    picture = kernel_pictures.kernel_matrix(scene, KERNEL, (8, 8))
    product = data(scene, "map")["values"] @ IMAGE.ravel()
    np.testing.assert_allclose(product.reshape(6, 6), convolution.conv2d(IMAGE, KERNEL))
    assert "2,304 weights" in picture.sentence
    assert "all but 324 are 0" in picture.sentence


class TestByHand:
    """`kernel_panel.by_hand`."""

    @pytest.fixture
    def panel(self):
        """A panel that nobody has touched."""
        return kernel_panel.by_hand(IMAGE)

    @staticmethod
    def drag(panel, view, item, x, y):
        """Move a mark, as the browser does."""
        told = {"view": view, "item": item, "kind": "curve", "index": 0, "x": x, "y": y}
        panel.page._hear(panel.page, {"pick": told | {"phase": "move"}}, [])

    @pytest.mark.parametrize("name", convolution.PRESETS)
    def test_a_chosen_kernel_turns_the_nine_weights(self, panel, name):
        """And keeps its name."""
        panel.controls["preset"].value = name
        np.testing.assert_allclose(kernel_panel.kernel_of(panel.values), convolution.PRESETS[name])
        assert panel.controls["preset"].value == name

    def test_a_turned_weight_makes_a_kernel_of_ones_own(self, panel):
        """Back at its old value it is the old kernel again."""
        panel.controls["middle"].value = 0.7
        assert panel.controls["preset"].value == "your own"
        assert kernel_panel.kernel_of(panel.values)[1, 1] == 0.7
        panel.controls["middle"].value = 0.0
        assert panel.controls["preset"].value == "edge, upright"

    @pytest.mark.parametrize("weight", [-2.0, -0.3, 0.0, 1.1, 2.0])
    @pytest.mark.parametrize("number", [0, 4, 8])
    def test_a_handle_turns_its_weight_and_stands_there(self, panel, number, weight):
        """Wherever it is dragged, also beyond its end."""
        row, column = divmod(number, 3)
        end = handle_at(row, weight) + (0.3 if weight == -2.0 else 0)
        self.drag(panel, 0, f"handle {number}", 0.0, end)
        assert kernel_panel.kernel_of(panel.values)[row, column] == pytest.approx(weight)
        y = panel.scenes[0].items[f"handle {number}"].data["y"]
        assert weight_at(row, float(y[0])) == pytest.approx(weight)
        label = panel.scenes[0].items[f"handle {number}"].look["label"]
        assert label.split(": ")[1].replace("−", "-") == f"{weight:.2f}"

    @pytest.mark.parametrize("view", [1, 2])
    def test_the_place_is_dragged_in_both_images(self, panel, view):
        """It stays where the kernel lies whole on the digit."""
        self.drag(panel, view, "place", 3.2, 5.9)
        assert "Row 6, column 3," in panel.sentence
        self.drag(panel, view, "place", 20.0, -4.0)
        assert "Row 2, column 7," in panel.sentence

    @pytest.mark.parametrize("shape", [(4, 4), (28, 28), (5, 9)])
    def test_images_of_other_sizes_are_taken(self, shape):
        """The frame can be moved to each end of them."""
        panel = kernel_panel.by_hand(np.ones(shape))
        for name, end in zip(("row", "column"), shape, strict=True):
            panel.controls[name].value = end - 1
        assert f"Row {shape[0] - 1}, column {shape[1] - 1}," in panel.sentence

    @pytest.mark.parametrize(
        ("image", "start", "words"),
        [
            (np.ones((8, 8, 1)), "copy", r"received the shape \(8, 8, 1\)\. One image of many is"),
            (np.ones((3, 8)), "copy", "4 or more of "),
            (IMAGE, "edges", "no kernel 'edges'. There are edge, upright, .*, blur"),
        ],
    )
    def test_other_arguments_get_one_sentence(self, image, start, words):
        """A channel too many, an image without room, an unknown kernel."""
        with pytest.raises(ValueError, match=words):
            kernel_panel.by_hand(image, start)
