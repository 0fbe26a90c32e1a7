"""Pointing at pictures by mouse, finger and keyboard, in Chromium, with scenes written by hand."""

import json
from pathlib import Path

import nbformat
import pytest

import lessons_lib.plots

CANVAS = Path(lessons_lib.plots.__file__).with_name("canvas")
HOME = "http://canvas.test/"
FRAME = {
    "title": "", "xlabel": "", "ylabel": "", "xlim": [0, 10], "ylim": [0, 10], "xlog": 0, "ylog": 0,
    "xticks": None, "yticks": None, "xformat": None, "yformat": None, "whole_x": False,
    "tick_marks": True, "xreads": None, "yreads": None, "label_gap": None, "equal": "",
    "bare": False,
}  # fmt: skip
GREY = ["paper", "ink"]
# Numbers travel as typed arrays; values are bytes.
PAGE = """<!DOCTYPE html><meta charset="utf-8">
<style>body { margin: 0; height: 3000px; } #root { width: 600px; margin: 40px; }</style>
<div id="root"></div>
<script type="module">
  import { Figure } from "./figure.js";
  import * as hits from "./hits.js";
  import * as tips from "./tips.js";
  const typed = (values, shape) => {
    const kind = shape.bytes ? Uint8Array : Float32Array;
    return Object.assign(kind.from(values), { shape: shape.shape });
  };
  const ARRAYS = ["x", "y", "xy", "heights", "edges", "boxes", "values"];
  window.item = (name, kind, data, look = {}) => {
    for (const key of ARRAYS.filter((key) => Array.isArray(data[key]))) {
      const flat = data[key].flat();
      const shape = [data[key].length, ...(data[key][0]?.length ? [data[key][0].length] : [])];
      data[key] = typed(flat.map((value) => value ?? NaN), { shape, bytes: key === "values" });
    }
    return { name, kind, data, look };
  };
  window.scene = (frame, items) => {
    return { frame, legend: null, items: new Map(items.map((one) => [one[0], item(...one)])) };
  };
  Object.assign(window, { hits, tips, picks: [] });
  window.show = (...scenes) => new Promise((done) => {
    window.figure ??= new Figure(document.getElementById("root"), { ratio: 0.6 });
    figure.onPick = (pick) => picks.push(pick);
    figure.onDrawn = () => done();
    figure.show(scenes, scenes.keys());
  });
  window.pixel = (x, y, view = 0) => {
    const { left, top } = figure.views[view].element.getBoundingClientRect();
    const [px, py] = figure.views[view].toPixel(x, y);
    return [left + px, top + py];
  };
  const next = () => new Promise((done) => requestAnimationFrame(done));
  window.frames = () => next().then(next);
  window.ready = true;
</script>"""


def curve(name, x, y, **look):
    """Return a curve as it travels."""
    return [name, "curve", {"x": x, "y": y}, {"zorder": 2} | look]


def dot(name, x, y, **look):
    """Return a dot as it travels."""
    return curve(name, [x], [y], dash="", marker="o", **look)


def points(name, xy, **look):
    """Return points as they travel."""
    return [name, "points", {"xy": xy, **look.pop("more", {})}, {"colors": GREY} | look]


def image(name, values, extent, top_down=False, **look):
    """Return an image as it travels."""
    data = {"values": values, "extent": extent, "top_down": top_down}
    return [name, "image", data, {"colors": GREY} | look]


def bars(heights, edges):
    """Return bars as they travel."""
    return ["bars", "bars", {"heights": heights, "edges": edges, "base": 0}, {}]


X = [0, 2, 4, 6, 8, 10]
CURVES = (
    {"title": "Losses", "xlabel": "epoch", "ylabel": "loss"},
    [
        curve("train", X, [9, 6, 4, 3, 2.5, 2.25], label="training"),
        curve("val", [0, 2, 4, None, 8, 10], [9.5, 7, 6, None, 6, 6.5], label="validation"),
        curve("aid", [0, 10], [1, 1]),
    ],
)
YOU = {"size": 10, "label": "you", "sets": ["w", "b"]}
MAP = {"title": "The loss", "xlabel": "weight w", "ylabel": "bias b"}
DOT = (
    MAP | {"xlim": [-3, 3], "ylim": [-3, 3]},
    [
        image("loss", [[0, 127], [254, 60]], [-3, 3, -3, 3]),
        dot("best", 1.5, 1.5, size=15, label="lowest"),
        dot("here", 0, 0, **YOU),
    ],
)
PAINTING = (
    {"title": "Paint", "xlim": [0, 8], "ylim": [0, 8], "bare": True},
    [image("drawing", [[0] * 8] * 8, [0, 8, 0, 8], True, sets="drawing")],
)
RATES, DECAYS = ["0.01", "0.1", "1", "10"], ["0", "1e-4"]
MODELS = (
    {"title": "Loss", "xlabel": "learning rate", "ylabel": "l2", "xlim": [-0.5, 3.5],
     "ylim": [-0.5, 1.5], "xreads": RATES, "yreads": DECAYS},
    [
        ["models", "image",
         {"values": [[0, 127, 254, 255]] * 2, "extent": [-0.5, 3.5, -0.5, 1.5], "top_down": False,
          "said": ["", "stopped", "diverged"], "states": [0, 1, 0, 2] * 2, "label": "loss",
          "at": [1, 2]},
         {"colors": GREY, "limits": [-2, 0], "smooth": False, "picks": True}],
    ],
)  # fmt: skip
UNITS = {
    "boxes": [[k % 3 + 0.05, k % 3 + 0.95, 1.05 - k // 3, 1.95 - k // 3] for k in range(6)],
    "words": [f"layer 1, unit {k + 1}" for k in range(6)],
}
TILES = (
    {"title": "Hidden units", "xlim": [0, 3], "ylim": [0, 2], "bare": True},
    [
        image("units", [[0, 127, 254], [254, 60, 127]], [0, 3, 0, 2], limits=[-1, 1]),
        ["lens", "lens", UNITS, {}],
    ],
)
SPOTS = [[2, 3], [4, 6], [8, 5]]
LAND = image("land", [[127] * 5] * 5, [0, 10, 0, 10], limits=[0, 1])
PRESSED = ({"title": "Points"}, [LAND, points("spots", SPOTS, size=6, picks=True)])
MOVED = ({"title": "Points", "ylabel": "y"}, [LAND, points("spots", SPOTS, size=6, moves="xy")])
SPRAYED = (
    {"title": "Points"},
    [image("land", [[127] * 5] * 5, [0, 10, 0, 10], limits=[0, 1], picks="each"),
     points("spots", SPOTS, size=6)],
)  # fmt: skip
EDGES = {
    "counts": [2, 2, 2],
    "xy": [[2, 8], [5, 8], [2, 8], [5, 2], [5, 2], [8, 5]],
    "words": ["1 → 1: 0.5", "1 → 2: −0.7", "2 → out: 0.1"],
}
BOXES = {"boxes": [[1, 2, 7.5, 8.5], [5, 6, 7.5, 8.5], [5, 6, 1.5, 2.5]],
         "words": ["x₁", "unit 1", "unit 2"]}  # fmt: skip
NETWORK = (
    {"title": "Network", "bare": True},
    [
        ["edges", "segments", EDGES,
         {"zorder": -1, "color": ["#111111", "#222222", "#333333"], "width": [1, 2, 4],
          "moves": "y"}],
        ["units", "lens", BOXES, {"picks": True}],
    ],
)  # fmt: skip
WORDS = (
    {"title": "A diagram", "bare": True},
    [["words", "text", {"x": 5, "y": 5, "words": "in"}, {}]],
)


class Figure:
    """A page with one figure."""

    def __init__(self, page):
        self.page = page

    def show(self, *scenes):
        """Show scenes and wait until they are drawn."""
        pairs = [[FRAME | frame, items] for frame, items in scenes]
        self.page.evaluate("(pairs) => show(...pairs.map((pair) => scene(...pair)))", pairs)
        self.settle()

    def settle(self):
        """Wait until the browser has drawn twice."""
        self.page.evaluate("frames()")

    def pixel(self, x, y, view=0):
        """Return the pixel of a point of a picture."""
        return self.page.evaluate("(at) => pixel(...at)", [x, y, view])

    def point(self, x, y, view=0, off=(0, 0)):
        """Move the mouse to a point of a picture and return what the tip says."""
        px, py = self.pixel(x, y, view)
        self.page.mouse.move(px + off[0], py + off[1])
        return self.tip()

    def tip(self):
        """Return what the tip says, "" if there is none."""
        self.settle()
        tip = self.page.locator(".canvas-tip")
        return tip.inner_text() if tip.is_visible() else ""

    def press(self, *keys):
        """Press keys and return what the tip says."""
        for key in keys:
            self.page.keyboard.press(key)
        return self.tip()

    def picks(self):
        """Return what was picked since the last time."""
        self.settle()
        return self.page.evaluate("picks.splice(0)")

    def place(self, name="here"):
        """Return where a dot is shown, in numbers of the picture."""
        data = self.page.evaluate_handle(
            "(name) => figure.views[0].scene.items.get(name).data", name
        )
        return data.evaluate("({ x, y }) => [x[0], y[0]]")


@pytest.fixture(scope="module")
def page(browser):
    """A page that has the canvas's modules."""

    def answer(route):
        name = route.request.url.removeprefix(HOME)
        body = (CANVAS / name).read_text(encoding="utf-8") if name else PAGE
        route.fulfill(body=body, content_type="text/javascript" if name else "text/html")

    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.route(f"{HOME}**", answer)
    yield page
    context.close()


@pytest.fixture
def figure(page):
    """A figure in a page of 800 by 600 pixels, in which nothing has happened yet."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": 800, "height": 600})
    page.mouse.move(0, 0)
    page.goto(HOME)
    page.wait_for_function("window.ready")
    yield Figure(page)
    assert not errors


def test_a_curve_tells_its_label_and_the_nearest_of_its_points(figure):
    """Axes give the names, the curve its label; the nearest of two curves wins."""
    figure.show(CURVES)
    assert figure.point(4, 4, off=(3, 4)) == "training\nepoch: 4\nloss: 4"
    assert figure.point(4, 6, off=(-3, 3)) == "validation\nepoch: 4\nloss: 6"
    assert figure.point(7, 9) == ""


TIPS = {  # what is shown, x and y of the pointer and how far it is beside, what the tip says
    "between two points of a line": (*CURVES, (1, 7.5), (0, 0), "training\nepoch: 1\nloss: 7.5"),
    "in a gap": (*CURVES, (6, 6.5), (0, 0), ""),
    "on an aid without a label": (*CURVES, (7, 1), (0, 0), ""),
    "a point of a class": (
        {"xlabel": "x₁", "ylabel": "x₂"},
        [points("class 1", [[2, 3], [4, 1]], label="class 1", size=5)],
        (4, 1), (6, -6), "class 1\nx₁: 4\nx₂: 1",
    ),
    "a point with a value": (
        {}, [points("targets", [[2, 3], [5, 5]], more={"values": [0, 127]}, limits=[0, 10])],
        (5, 5), (0, 0), "x: 5\ny: 5\nvalue ≈ 5",
    ),
    "a bar": (
        {"xlabel": "hours", "ylabel": "rows"}, [bars([2, 7], [0, 2.5, 5])],
        (3, 5), (0, 0), "hours: 2.5 to 5\nrows: 7",
    ),
    "above a bar": ({}, [bars([2, 7], [0, 2.5, 5])], (1, 5), (0, 0), ""),
    "a bar of a whole number": (
        {"xlabel": "class", "title": "The answer"}, [bars([0.5, 7], [0.5, 1.5, 2.5])],
        (2, 5), (0, 0), "class: 2\nThe answer: 7",
    ),
    "a value of an image": (
        {}, [image("image", [[0, 254], [127, 254]], [0, 10, 0, 10], limits=[-1, 1])],
        (2, 7), (0, 0), "x: 2.5\ny: 7.5\nvalue ≈ 0",
    ),
    "an image without limits": (*DOT, (-2, -2), (0, 0), ""),
    "a row with a name": (
        {"xlabel": "error", "yticks": [[2, "forest"], [6, "network"]]},
        [curve("scores", [3, 4], [2, 6], dash="", marker="o")],
        (4, 6), (0, 0), "error: 4\nnetwork",
    ),
    "a logarithmic axis": (
        {"ylog": 10, "ylim": [1e-9, 1], "ylabel": "loss"},
        [curve("loss", [0, 5, 10], [1e-1, 1e-7, 1e-8])],
        (5, 1e-7), (0, 0), "x: 5\nloss: 1e−7",
    ),
    "a formula": (
        {"xlabel": "$x^2$"}, [dot("one", 5, 5, label="$\\sigma(z)$")],
        (5, 5), (0, 0), "σ(z)\nx2: 5\ny: 5",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TIPS)
def test_what_a_tip_says(figure, case):
    """Curves, points, bars and images tell their numbers in the axes' words."""
    frame, items, place, off, words = TIPS[case]
    figure.show((frame, items))
    assert figure.point(*place, off=off) == words


def test_a_tip_follows_what_is_drawn_and_goes(figure):
    """While the mouse rests the numbers change below it; a tip goes with the mouse."""
    figure.show(CURVES)
    figure.point(4, 4)
    frame, items = CURVES
    figure.show(
        (frame, [curve("train", X, [9, 6, 3.9, 3, 2.5, 2.25], label="training"), *items[1:]])
    )
    assert figure.tip() == "training\nepoch: 4\nloss: 3.9"
    figure.page.mouse.move(5, 5)
    assert figure.tip() == ""


@pytest.mark.parametrize("x", [0.1, 9.9])
@pytest.mark.parametrize("y", [0.1, 9.9])
def test_a_tip_is_whole_and_not_under_the_pointer(figure, x, y):
    """At each corner of a small window the tip stays inside and leaves the pointer free."""
    figure.page.set_viewport_size({"width": 700, "height": 440})
    label = {"label": "a curve with a rather long name", "dash": "", "marker": "o"}
    figure.show(({}, [["dot", "curve", {"x": [x], "y": [y]}, label]]))
    assert figure.point(x, y)
    px, py = figure.pixel(x, y)
    box = figure.page.locator(".canvas-tip").bounding_box()
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    assert 0 <= box["x"] < right <= 700
    assert 0 <= box["y"] < bottom <= 440
    assert not (box["x"] <= px <= right and box["y"] <= py <= bottom)


def test_a_lens_shows_a_place_in_large(figure):
    """Over a hidden unit the tip says which it is and draws it anew, 180 pixels large."""
    figure.show(TILES)
    assert figure.point(2.5, 0.5) == "layer 1, unit 6"
    size, colors = figure.page.evaluate(
        """() => {
            const large = document.querySelector(".canvas-tip canvas");
            const { data } = large.getContext("2d").getImageData(20, 20, 1, 1);
            return [Math.max(large.clientWidth, large.clientHeight), Array.from(data)];
        }"""
    )
    assert size == 180
    assert figure.page.locator(".canvas-tip canvas").is_visible()
    assert colors[:3] != [255, 255, 255]
    figure.show(CURVES)
    figure.point(4, 4)
    assert figure.page.locator(".canvas-tip canvas").is_hidden()


def test_a_dot_is_dragged(figure):
    """Start, moves and end come in the picture's numbers; the dot is at the hand at once."""
    figure.show(DOT)
    mouse = figure.page.mouse
    element = figure.page.locator(".canvas-view")
    assert figure.point(0, 0, off=(6, 3)) == "you\nweight w: 0\nbias b: 0"
    assert element.evaluate("(view) => view.style.cursor") == "grab"
    px, py = figure.pixel(0, 0)
    mouse.down()
    figure.settle()
    assert element.evaluate("(view) => view.style.cursor") == "grabbing"
    there = figure.pixel(1.2, -0.8)
    mouse.move(there[0] + 6, there[1] + 3, steps=5)
    assert figure.tip().startswith("you\nweight w: 1.")
    assert figure.place() == pytest.approx([1.2, -0.8], abs=0.02)
    mouse.move(px + 2000, py + 3)
    mouse.up()
    picks = figure.picks()
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    assert {pick["phase"] for pick in picks[1:-1]} == {"move"}
    assert {(p["view"], p["item"], p["kind"], p["index"]) for p in picks} == {
        (0, "here", "curve", 0)
    }
    assert (picks[0]["x"], picks[0]["y"]) == pytest.approx((0, 0), abs=1e-6)
    assert (picks[-1]["x"], picks[-1]["y"]) == pytest.approx((3, 0), abs=0.02)


def test_moves_are_gathered_for_each_picture_of_the_screen(figure):
    """A hundred movements between two pictures of the screen are one."""
    figure.show(DOT)
    figure.point(0, 0)
    figure.page.mouse.down()
    figure.picks()
    figure.page.evaluate(
        """() => {
            const [x, y] = pixel(0, 0);
            for (let step = 1; step <= 100; step += 1) {
                const who = { pointerId: 1, pointerType: "mouse", bubbles: true };
                const where = { clientX: x + step, clientY: y };
                const event = new PointerEvent("pointermove", { ...who, ...where });
                figure.views[0].element.dispatchEvent(event);
            }
        }"""
    )
    assert len(figure.picks()) == 1


def test_what_arrives_late_does_not_move_the_dot(figure):
    """While a dot is held, old places of it are not shown; the place it has come to is."""
    frame, items = DOT

    def arrives(x, y):
        figure.show((frame, [*items[:2], dot("here", x, y, **YOU)]))

    figure.show(DOT)
    figure.point(0, 0)
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.pixel(2, 1))
    arrives(0.5, 0.2)
    assert figure.place() == pytest.approx([2, 1], abs=0.02)
    figure.page.mouse.up()
    arrives(1.1, 0.7)
    assert figure.place() == pytest.approx([2, 1], abs=0.02)
    arrives(2.0, 1.0)
    arrives(-1.0, 1.0)  # by another way, when the hand is off
    assert figure.place() == [-1, 1]


def test_where_nobody_follows_the_hand_the_dot_goes_back(figure):
    """A dot that nobody has set is after a while where it really is."""
    figure.show(DOT)
    figure.point(0, 0)
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.pixel(2, 1))
    figure.page.mouse.up()
    figure.settle()
    assert figure.place() != [0, 0]
    figure.page.wait_for_function("figure.views[0].scene.items.get('here').data.x[0] === 0")


def test_a_picture_may_change_below_the_hand(figure):
    """What is held may go, and with it the picture; nothing breaks, and later things are told."""
    figure.show(DOT)
    figure.point(0, 0)
    figure.page.mouse.down()
    figure.show(CURVES)
    figure.page.mouse.move(*figure.pixel(8, 8))
    figure.settle()
    figure.show(CURVES, PAINTING)
    figure.page.mouse.up()
    assert [pick["phase"] for pick in figure.picks()] == ["start"]
    assert figure.point(4, 4).startswith("training")


def test_a_dot_that_sets_one_number_moves_along_one_axis(figure):
    """What a picture does not set stays, however the hand moves."""
    figure.show((DOT[0], [dot("here", 0, 0, sets=["w", ""])]))
    figure.point(0, 0)
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.pixel(2, 1))
    figure.page.mouse.up()
    last = figure.picks()[-1]
    assert (last["x"], last["y"]) == pytest.approx((2, 0), abs=0.02)


def test_rows_may_be_counted_downwards(figure):
    """The first row of an image is on top, and whoever drags a dot down comes to a later row."""
    down = {"xlabel": "column", "ylabel": "row", "xlim": [0.5, 2.5], "ylim": [2.5, 0.5]}
    values = image("map", [[0, 127], [254, 254]], [0.5, 2.5, 2.5, 0.5], True, limits=[0, 254])
    figure.show((down, [values, dot("place", 1, 1, sets=["", "row"])]))
    assert figure.point(2, 1).endswith("value ≈ 127")
    assert figure.point(2, 2).endswith("value ≈ 254")
    figure.point(1, 1)
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.pixel(1, 2))
    figure.page.mouse.up()
    assert figure.picks()[-1]["y"] == pytest.approx(2, abs=0.02)
    assert figure.pixel(1, 2)[1] > figure.pixel(1, 1)[1]


def test_a_line_is_dragged_as_a_whole(figure):
    """An upright line stays upright; its other numbers come as they arrive."""
    figure.show(({"xlabel": "threshold"}, [curve("here", [2, 2], [0, 10], sets=["t", ""])]))
    assert figure.point(2, 7, off=(3, 0)) == "threshold: 2"
    figure.page.mouse.down()
    figure.page.mouse.move(*figure.pixel(6, 3))
    figure.settle()
    figure.show(({"xlabel": "threshold"}, [curve("here", [3, 3], [0, 8], sets=["t", ""])]))
    assert figure.tip().startswith("threshold: 5.9")
    figure.page.mouse.up()
    data = figure.page.evaluate("figure.views[0].scene.items.get('here').data")
    assert data["x"][0] == data["x"][1] == pytest.approx(6, abs=0.1)
    assert data["y"][1] == 8
    assert figure.picks()[-1]["x"] == pytest.approx(6, abs=0.1)


def test_a_stroke_paints_every_cell_on_its_way_once(figure):
    """Also a quick stroke has no gaps; one that begins on ink wipes."""
    figure.show(PAINTING)
    mouse = figure.page.mouse
    assert figure.point(0.5, 7.5) == ""
    mouse.down()
    mouse.move(*figure.pixel(7.5, 0.5))
    mouse.up()
    picks = figure.picks()
    assert [pick["index"] for pick in picks] == [*([k, k] for k in range(8)), [7, 7]]
    assert {pick["value"] for pick in picks} == {1}
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    shown = figure.page.evaluate(
        "Array.from(figure.views[0].scene.items.get('drawing').data.values).filter(Boolean).length"
    )
    assert shown == 8
    mouse.move(*figure.pixel(2.5, 5.5))
    mouse.down()
    mouse.move(*figure.pixel(2.5, 0.5))
    mouse.up()
    picks = figure.picks()
    assert [pick["index"] for pick in picks] == [[2, 2], [7, 2]]  # the others are blank already
    assert {pick["value"] for pick in picks} == {0}


def test_a_stroke_ends_beside_the_picture(figure):
    """A pointer that is lifted elsewhere has let go."""
    figure.show(PAINTING)
    figure.page.mouse.move(*figure.pixel(3.5, 3.5))
    figure.page.mouse.down()
    figure.page.mouse.move(20, 20)
    figure.page.mouse.up()
    assert figure.picks()[-1]["phase"] == "end"
    figure.page.mouse.move(*figure.pixel(6.5, 6.5))
    assert figure.picks() == []


def test_arrows_lead_along_a_curve_and_page_down_to_the_next(figure):
    """Each point's numbers are shown and spoken; Escape leaves."""
    figure.show(CURVES)
    assert figure.press("Tab") == "validation\nepoch: 0\nloss: 9.5"
    assert figure.press("ArrowRight", "ArrowRight") == "validation\nepoch: 4\nloss: 6"
    assert figure.press("ArrowRight") == "validation\nepoch: 8\nloss: 6"  # over the gap
    assert figure.page.locator("[aria-live=polite]").inner_text() == "validation, epoch: 8, loss: 6"
    assert figure.press("End", "ArrowRight") == "validation\nepoch: 10\nloss: 6.5"
    assert figure.press("PageDown") == "training\nepoch: 0\nloss: 9"
    assert figure.press("Home", "ArrowLeft") == "training\nepoch: 0\nloss: 9"
    assert figure.press("PageUp") == "validation\nepoch: 0\nloss: 9.5"
    assert figure.press("Escape") == ""
    assert figure.press("ArrowRight") == "validation\nepoch: 0\nloss: 9.5"
    assert figure.press("Tab") == ""


def test_a_dot_is_moved_by_arrows(figure):
    """An arrow key moves it by a fiftieth of the picture, with Shift by a tenth."""
    figure.show(DOT)
    assert figure.press("Tab") == "you\nweight w: 0\nbias b: 0"
    assert figure.press("ArrowRight") == "you\nweight w: 0.12\nbias b: 0"
    assert figure.press("Shift+ArrowDown") == "you\nweight w: 0.12\nbias b: −0.6"
    picks = figure.picks()
    assert [pick["phase"] for pick in picks] == ["start", "end"] * 2
    assert [pick.get("way") for pick in picks] == [None, [1, 0], None, [0, -1]]
    assert (picks[-1]["x"], picks[-1]["y"]) == pytest.approx((0.12, -0.6), abs=1e-3)
    assert figure.press("PageDown") == "lowest\nweight w: 1.5\nbias b: 1.5"
    figure.press("ArrowRight", "Space")
    assert figure.picks() == []


def test_cells_are_painted_by_keyboard(figure):
    """Arrows lead from cell to cell, Space paints and wipes, and both are spoken."""
    figure.show(PAINTING)
    assert figure.press("Tab") == "row 1, column 1: blank"
    assert figure.press("ArrowRight", "ArrowDown") == "row 2, column 2: blank"
    assert figure.press("Space") == "row 2, column 2: painted"
    assert figure.press("Enter") == "row 2, column 2: blank"
    picks = figure.picks()
    assert {tuple(pick["index"]) for pick in picks} == {(1, 1)}
    assert [pick["value"] for pick in picks] == [1, 1, 0, 0]
    assert figure.press("End", "ArrowDown") == "row 3, column 8: blank"


def cells(figure):
    """Return which cells were picked since the last time, each with the one it leads to."""
    return [(pick["index"], pick.get("to")) for pick in figure.picks()]


def test_a_pixel_tells_its_settings_and_is_chosen(figure):
    """In the words of its axes; its loss is a power of ten."""
    figure.show(MODELS)
    assert figure.point(1, 0) == "learning rate: 0.1\nl2: 0\nloss ≈ 0.1\nstopped"
    assert figure.point(3.2, 0.8) == "learning rate: 10\nl2: 1e-4\ndiverged"
    figure.page.mouse.down()
    assert cells(figure) == []  # it may become a rectangle
    figure.page.mouse.up()
    assert cells(figure) == [([1, 3], None)]


def test_a_rectangle_is_dragged(figure):
    """It is shown as it grows, and ends at the picture's edge."""
    figure.show(MODELS)
    mouse, shown = figure.page.mouse, figure.page.locator(".canvas-span")
    mouse.move(*figure.pixel(1.2, 0.2))
    mouse.down()
    mouse.move(*figure.pixel(2, 1))
    figure.settle()
    left, top = figure.pixel(0.5, 1.5)
    right, bottom = figure.pixel(2.5, -0.5)
    box = shown.bounding_box()
    assert (box["x"], box["y"]) == pytest.approx((left, top), abs=1)
    assert (box["width"], box["height"]) == pytest.approx((right - left, bottom - top), abs=1)
    mouse.move(790, 590)
    mouse.up()
    assert cells(figure) == [([0, 1], [0, 3])]
    figure.show(MODELS)  # whoever drew it now shows it
    assert shown.count() == 0


def test_pixels_are_chosen_by_keyboard(figure):
    """From the one that is chosen; Shift spans a rectangle, which Escape lets go."""
    figure.show(MODELS)
    span = figure.page.locator(".canvas-span")
    assert figure.press("Tab") == "learning rate: 1\nl2: 1e-4\nloss ≈ 1"
    assert figure.press("ArrowLeft") == "learning rate: 0.1\nl2: 1e-4\nloss ≈ 0.1\nstopped"
    figure.press("Enter")
    assert cells(figure) == [([1, 1], None)]
    assert figure.press("Shift+ArrowDown", "Shift+ArrowLeft").startswith("learning rate: 0.01")
    assert span.count() == 1
    figure.press("Escape")
    assert span.count() == 0
    figure.press("Shift+ArrowRight", "Enter")
    assert cells(figure) == [([0, 0], [0, 1])]
    figure.press("ArrowRight", "Space")
    assert cells(figure) == [([0, 2], None)]
    assert figure.press("Escape") == ""


def test_arrows_lead_from_unit_to_unit(figure):
    """Up and down lead to the unit above and below."""
    figure.show(TILES)
    assert figure.press("Tab") == "layer 1, unit 1"
    assert figure.press("ArrowRight") == "layer 1, unit 2"
    assert figure.press("ArrowDown") == "layer 1, unit 5"
    assert figure.press("ArrowDown", "ArrowUp") == "layer 1, unit 2"


@pytest.mark.parametrize(
    ("scene", "hint"),
    [
        (CURVES, "value"),
        (DOT, "move"),
        (PAINTING, "paints"),
        (MODELS, "span"),
        (WORDS, ""),
        (PRESSED, "presses"),
        (MOVED, "takes"),
        (SPRAYED, "mouse"),
    ],
)
def test_a_view_says_what_can_be_done(figure, scene, hint):
    """Role, name and hint fit; where there is nothing to do, Tab goes past."""
    figure.show(scene)
    view = figure.page.locator(".canvas-view")
    assert view.get_attribute("role") == ("application" if hint else "img")
    assert view.get_attribute("aria-label") == f"Picture: {scene[0]['title']}"
    assert view.get_attribute("tabindex") == ("0" if hint else None)
    if hint:
        described = view.get_attribute("aria-describedby")
        assert hint in figure.page.locator(f"#{described}").text_content()


def test_keys_that_nobody_needs_go_on(figure):
    """Letters, and Page Down before anything was visited, belong to whoever is around."""
    figure.show(CURVES)
    figure.page.evaluate("() => { window.keys = []; onkeydown = (event) => keys.push(event.key); }")
    figure.page.mouse.click(*figure.pixel(4, 4))
    figure.press("PageDown", "b")
    figure.page.keyboard.press("Control+ArrowRight")
    assert figure.page.evaluate("keys") == ["PageDown", "b", "Control", "ArrowRight"]
    figure.press("ArrowRight", "PageDown")
    assert figure.page.evaluate("keys.length") == 4


def test_who_walks_in_a_picture_keeps_letters_from_what_is_around(figure):
    """It is told that keys are taken where the keyboard has come, and not after a click."""
    figure.show(CURVES)
    figure.page.evaluate("() => { window.told = []; figure.onKeys = (_, is) => told.push(is); }")
    figure.page.mouse.click(*figure.pixel(4, 4))
    assert True not in figure.page.evaluate("told")
    figure.press("Tab", "Shift+Tab")
    assert figure.page.evaluate("told.at(-1)") is True


def touch(figure, *steps):
    """Touch, move and lift a finger; steps are pixels, or None to lift it."""
    session = figure.page.context.new_cdp_session(figure.page)
    for number, step in enumerate(steps):
        kind = "touchEnd" if step is None else "touchMove" if number else "touchStart"
        points = [] if step is None else [{"x": step[0], "y": step[1]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        figure.settle()


def test_a_finger_drags_the_dot_and_not_the_page(figure):
    """A dot is easier to hit with a finger, and the page stays where it is."""
    figure.show(DOT)
    x, y = figure.pixel(0, 0)
    touch(figure, (x + 20, y), (x + 20, y - 30), (x + 20, y - 60), (x + 20, y - 90), None)
    picks = figure.picks()
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    assert picks[-1]["x"] == pytest.approx(0, abs=0.02)
    assert picks[-1]["y"] > 0.5
    assert figure.page.evaluate("scrollY") == 0


def test_a_finger_elsewhere_scrolls_the_page(figure):
    """Beside the dot a finger scrolls as on any page; a tap shows a tip above the finger."""
    figure.show(DOT)
    x, y = figure.pixel(1.5, 1.5)
    touch(figure, (x, y), None)
    assert figure.tip().startswith("lowest")
    box = figure.page.locator(".canvas-tip").bounding_box()
    assert box["y"] + box["height"] < y - 30
    x, y = figure.pixel(-2, -2)
    touch(figure, (x, y), (x, y - 40), (x, y - 80), (x, y - 120), None)
    assert figure.picks() == []
    figure.page.wait_for_function("scrollY > 50")


def test_a_finger_chooses_a_pixel_and_spans_a_rectangle_from_there(figure):
    """A tap chooses; only from the chosen pixel a finger spans, elsewhere it scrolls."""
    figure.show(MODELS)
    x, y = figure.pixel(1, 1)
    touch(figure, (x, y), None)
    assert cells(figure) == [([1, 1], None)]
    right, low = figure.pixel(3, 0)
    touch(figure, (x + 5, y), ((x + right) / 2, (y + low) / 2), (right, low), None)
    assert cells(figure) == [([1, 1], [0, 3])]
    assert figure.page.evaluate("scrollY") == 0
    x, y = figure.pixel(0, 1)
    touch(figure, (x, y), (x, y - 40), (x, y - 80), (x, y - 120), None)
    assert cells(figure) == []
    figure.page.wait_for_function("scrollY > 50")


def deeds(figure):
    """Return what was picked since the last time: item, phase, index."""
    return [(pick["item"], pick["phase"], pick["index"]) for pick in figure.picks()]


def drag(figure, *places):
    """Press the mouse at the first of some points of the picture, and lift it at the last."""
    for number, place in enumerate(places):
        figure.page.mouse.move(*figure.pixel(*place))
        if number == 0:
            figure.page.mouse.down()
        figure.settle()
    figure.page.mouse.up()


def test_a_point_is_pressed_by_mouse_finger_and_key(figure):
    """It tells once, when it is let go; who slips off has pressed nothing, and scrolls."""
    figure.show(PRESSED)
    drag(figure, (4.1, 6))
    assert deeds(figure) == [("spots", "end", 1)]
    drag(figure, (4, 6), (6, 6))
    assert deeds(figure) == []
    x, y = figure.pixel(8, 5)
    touch(figure, (x + 12, y), None)
    assert deeds(figure) == [("spots", "end", 2)]
    figure.press("ArrowLeft", "Enter", "ArrowRight", "Space")  # the finger has led there
    assert deeds(figure) == [("spots", "end", 1), ("spots", "end", 2)]
    touch(figure, (x, y), (x, y - 40), (x, y - 80), (x, y - 120), None)
    assert deeds(figure) == []
    figure.page.wait_for_function("scrollY > 50")


def test_a_point_is_moved_and_follows_the_hand(figure):
    """It tells where it is and how far it went; the others stay, and what arrives late, too."""
    figure.show(MOVED)
    drag(figure, (4, 6), (6, 7), (7, 8))
    picks = figure.picks()
    assert [pick["phase"] for pick in picks] == ["start", "move", "move", "end"]
    assert {(pick["item"], pick["index"]) for pick in picks} == {("spots", 1)}
    assert [picks[-1]["x"], picks[-1]["y"]] == pytest.approx([7, 8], abs=0.05)
    assert picks[0]["by"] == [0, 0]
    gone = [sum(pick["by"][axis] for pick in picks) for axis in (0, 1)]
    assert gone == pytest.approx([0.3, 0.2], abs=0.005)
    figure.show(MOVED)
    data = figure.page.evaluate("[...figure.views[0].scene.items.get('spots').data.xy]")
    assert data == pytest.approx([2, 3, 7, 8, 8, 5], abs=0.05)


def test_a_finger_moves_a_point_and_not_the_page(figure):
    """It is easier to hit with a finger."""
    figure.show(MOVED)
    x, y = figure.pixel(4, 6)
    touch(figure, (x + 12, y), (x + 12, y - 30), (x + 12, y - 60), None)
    picks = figure.picks()
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    assert picks[-1]["y"] > 7
    assert figure.page.evaluate("scrollY") == 0


def test_a_point_is_taken_moved_and_let_go_by_keyboard(figure):
    """Arrows lead from point to point; of the one that Enter took they change the place."""
    figure.show(MOVED)
    assert figure.press("Tab") == "x: 2\ny: 3"
    assert figure.press("ArrowRight") == "x: 4\ny: 6"
    assert figure.picks() == []
    assert figure.press("Enter").startswith("x: 4\ny: 6\ntaken")
    assert figure.press("ArrowUp", "Shift+ArrowRight").startswith("x: 5\ny: 6.2\ntaken")
    picks = figure.picks()
    assert {pick["index"] for pick in picks} == {1}
    assert [pick.get("way") for pick in picks] == [None, [0, 1], None, [1, 0]]
    assert picks[-1]["by"] == pytest.approx([0.1, 0], abs=0.001)
    for let_go in ("Enter", "Escape"):
        assert "taken" not in figure.press(let_go)
        assert figure.press("ArrowRight") == "x: 8\ny: 5"
        assert figure.picks() == []
        assert "taken" in figure.press("ArrowLeft", "Enter")


def test_a_hand_sprays_over_every_pixel_on_its_way(figure):
    """Each is told of with the very place of the hand; points on the image do not stop it."""
    figure.show(SPRAYED)
    drag(figure, (1.2, 3), (1.4, 3.2), (8.8, 3))
    picks = figure.picks()
    assert [pick["phase"] for pick in picks] == ["start", *["move"] * 4, "end"]
    assert [pick["index"] for pick in picks] == [*([1, k] for k in range(5)), [1, 4]]
    assert [picks[0]["x"], picks[0]["y"]] == pytest.approx([1.2, 3], abs=0.05)
    assert [picks[-1]["x"], picks[-1]["y"]] == pytest.approx([8.8, 3], abs=0.05)
    across = [pick["x"] for pick in picks]
    assert across == sorted(across)
    assert figure.page.locator(".canvas-span").count() == 0


def test_a_finger_sprays_and_does_not_scroll(figure):
    """From wherever it begins in the image."""
    figure.show(SPRAYED)
    x, y = figure.pixel(5, 5)
    touch(figure, (x, y), (x, y - 60), (x, y - 120), None)
    picks = figure.picks()
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    assert len({tuple(pick["index"]) for pick in picks}) > 1
    assert figure.page.evaluate("scrollY") == 0


def test_the_keyboard_sprays_at_the_middle_of_a_pixel(figure):
    """Arrows lead there."""
    figure.show(SPRAYED)
    figure.press("Tab", "ArrowRight", "ArrowUp", "Enter")
    picks = figure.picks()
    assert [(pick["phase"], pick["index"]) for pick in picks] == [
        ("start", [1, 1]),
        ("end", [1, 1]),
    ]
    assert [picks[0]["x"], picks[0]["y"]] == pytest.approx([3, 3])


def test_a_line_tells_its_words_and_is_dragged_upwards_only(figure):
    """The nearest one; it stays where it is drawn until whoever hears of it draws it anew."""
    figure.show(NETWORK)
    assert figure.point(3.5, 7.9) == "1 → 1: 0.5"
    assert figure.point(4, 4.1) == "1 → 2: −0.7"
    assert figure.point(3.5, 0.5) == ""
    figure.point(3.5, 5)
    drag(figure, (3.5, 5), (6, 6), (6, 7))
    picks = figure.picks()
    assert {(pick["item"], pick["kind"], pick["index"]) for pick in picks} == {
        ("edges", "segments", 1)
    }
    assert [pick["phase"] for pick in picks] == ["start", "move", "move", "end"]
    assert sum(pick["by"][1] for pick in picks) == pytest.approx(0.2, abs=0.005)
    assert {pick["by"][0] for pick in picks} == {0}
    data = figure.page.evaluate("[...figure.views[0].scene.items.get('edges').data.xy].flat()")
    assert data == [2, 8, 5, 8, 2, 8, 5, 2, 5, 2, 8, 5]


def test_a_box_is_pressed_where_a_line_ends_in_it(figure):
    """It goes before the line."""
    figure.show(NETWORK)
    drag(figure, (5.1, 8))
    assert deeds(figure) == [("units", "end", 1)]


def test_a_finger_drags_a_line_that_it_has_tapped_before(figure):
    """Lines are thin and many: a tap says which it is; elsewhere the page scrolls."""
    figure.show(NETWORK)
    x, y = figure.pixel(3.5, 5)
    touch(figure, (x, y), None)
    assert figure.tip() == "1 → 2: −0.7"
    assert deeds(figure) == []
    touch(figure, (x, y), (x, y - 30), (x, y - 60), None)
    picks = figure.picks()
    assert {pick["index"] for pick in picks} == {1}
    assert [picks[0]["phase"], picks[-1]["phase"]] == ["start", "end"]
    assert sum(pick["by"][1] for pick in picks) > 0.1
    assert figure.page.evaluate("scrollY") == 0
    x, y = figure.pixel(3, 8)
    touch(figure, (x, y), (x, y - 40), (x, y - 80), (x, y - 120), None)
    assert deeds(figure) == []
    figure.page.wait_for_function("scrollY > 50")


def test_the_keyboard_presses_boxes_and_takes_lines(figure):
    """Boxes come first; up and down lead along lines beside each other, across to the next."""
    figure.show(NETWORK)
    assert figure.press("Tab", "ArrowRight", "Enter") == "unit 1"
    assert deeds(figure) == [("units", "end", 1)]
    assert figure.press("PageDown") == "1 → 1: 0.5"
    assert figure.press("ArrowDown") == "1 → 2: −0.7"
    assert figure.press("ArrowRight") == "2 → out: 0.1"
    assert figure.press("ArrowLeft") == "1 → 1: 0.5"
    assert figure.press("Enter", "ArrowUp").startswith("1 → 1: 0.5\ntaken")
    picks = figure.picks()
    assert [(pick["phase"], pick["index"]) for pick in picks] == [("start", 0), ("end", 0)]
    assert picks[1]["way"] == [0, 1]
    assert picks[1]["by"] == pytest.approx([0, 0.02], abs=0.001)
    described = figure.page.locator(".canvas-view").get_attribute("aria-describedby")
    hints = [figure.page.locator(f"#{one}").text_content() for one in described.split()]
    assert ["presses" in hints[0], "takes" in hints[1]] == [True, True]


NOTEBOOK = """\
from functools import partial
from lessons_lib import datasets, panels, plots
from lessons_lib.lessons.neuron import pictures

x, y = datasets.make_line(n_samples=30, noise=0.3, seed=1)
draws = [partial(draw, x=x, y=y) for draw in (pictures.linear_unit, plots.loss_map)]
panel = panels.explore(*draws, w=panels.Slider(-3.0, 3.0, 0.0), b=panels.Slider(-3.0, 3.0, 0.0))
panel
"""


@pytest.fixture
def dragging(lab, server):
    """The panel of lesson 01 in JupyterLab: the lab, and where its dot is on the screen."""
    cell = nbformat.v4.new_code_cell(NOTEBOOK)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, server[0] / "pointing.ipynb")
    lab.open("pointing.ipynb")
    lab.run_all()
    panel = lab.page.locator(".lessons-panel")
    lab.wait_until_drawn(panel)
    panel.locator(".canvas-view").nth(0).focus()
    lab.page.keyboard.press("Tab")
    panel.locator(".canvas-tip", has_text="weight w: 0").wait_for()
    assert panel.locator(".canvas-view:focus[data-takes-keys]").count() == 1  # slides look for it
    box = panel.locator(".canvas-ring").bounding_box()
    yield lab, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert lab.red_outputs() == []
    assert lab.messages == []


def test_the_dot_of_lesson_01_is_dragged(dragging):
    """Both sliders follow, the line is where they say, and the sentence speaks of them."""
    lab, (x, y) = dragging
    panel = lab.page.locator(".lessons-panel")
    sentence = panel.locator("[role=status]").inner_text()
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 50, y - 30, steps=10)
    lab.page.wait_for_function(
        "before => document.querySelector('[role=status]').textContent !== before", arg=sentence
    )  # while the hand still holds it
    box = panel.locator(".canvas-ring").bounding_box()
    held = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.keep_picture("dragged")
    lab.page.mouse.up()
    lab.wait_until_idle()
    lab.catch_up()
    assert held == pytest.approx((x + 50, y - 30), abs=2)
    values = json.loads(lab.ask("import json; print(json.dumps(panel.values))"))
    assert values["w"] > 0.2
    assert values["b"] > 0.2
    readouts = panel.locator(".widget-readout").all_inner_texts()
    assert [float(words) for words in readouts] == pytest.approx(list(values.values()), abs=0.006)
    assert f"w = {values['w']:.2f} and b = {values['b']:.2f}" in panel.inner_text()


def test_the_dot_of_lesson_01_is_moved_by_keys(dragging):
    """An arrow key turns a slider, and letters are no commands of the notebook."""
    lab, _ = dragging
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.page.locator(".lessons-panel [role=status]", has_text="w = 0.60").wait_for()
    cells = lab.page.locator(".jp-Cell").count()
    lab.page.keyboard.press("b")
    assert lab.page.locator(".jp-Cell").count() == cells
