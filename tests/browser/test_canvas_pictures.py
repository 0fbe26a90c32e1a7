"""The canvas hand draws every picture of the course as its scene says, in Chromium."""

import base64
import math
from pathlib import Path

import numpy as np
import pytest
from picture_examples import EXAMPLES

from lessons_lib import plots
from lessons_lib.plots import Scene, Wire

MODULES = Path(plots.__file__).parent / "canvas"
PAGE = Path(__file__).with_name("canvas.html")
WIDTH, RATIO = 460, 0.8
WIDE = {"width": 900, "ratio": 0.4}
FIGURES = {
    "backprop.computation_graph",
    "backprop.layer_shapes",
    "overfitting.diagnosis_chart",
    "tuning.depth_and_remedy",
}


class Canvas:
    """A page with one figure of the canvas hand.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The browser's page.
    """

    def __init__(self, page):
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.route("http://canvas.test/*", self._serve)
        page.goto("http://canvas.test/")

    def _serve(self, route):
        name = route.request.url.rsplit("/", 1)[-1]
        path = MODULES / name if name.endswith(".js") else PAGE
        route.fulfill(path=path) if path.is_file() else route.fulfill(status=404)

    def show(self, scene, width=WIDTH, ratio=RATIO):
        """Draw a scene in a new figure; return what is seen in it."""
        self.page.evaluate("([width, more]) => begin(width, more)", [width, {"ratio": ratio}])
        return self.tell(*Wire().message([scene]))

    def tell(self, message, buffers):
        """Send a message to the figure; return what is seen in it then."""
        texts = [base64.b64encode(buffer).decode() for buffer in buffers]
        (seen,) = self.page.evaluate("([message, texts]) => show(message, texts)", [message, texts])
        assert not self.errors
        return seen


@pytest.fixture(scope="module")
def canvas(browser):
    """A page for all pictures of this module."""
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    yield Canvas(page)
    page.close()


@pytest.fixture(params=EXAMPLES)
def shown(request, canvas):
    """A scene, and how large it is to be drawn."""
    scene = Scene()
    EXAMPLES[request.param](scene)
    return scene, WIDE if request.param.split()[0] in FIGURES else {}


def test_the_canvas_shows_what_the_scene_says(canvas, shown):
    """Marks with their numbers, limits, words and names in the legend are the scene's."""
    scene, size = shown
    compare(canvas.show(scene, **size), scene)


# Notes what is written, and the left, right, top and bottom end of its letters on the canvas.
WRITTEN = """() => {
    window.written = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    window.unwatch = () => { CanvasRenderingContext2D.prototype.fillText = fillText; };
    CanvasRenderingContext2D.prototype.fillText = function (words, x, y) {
        const { width, actualBoundingBoxAscent: up } = this.measureText(words);
        const ends = [[x, y], [x + width, y - up]].map(([px, py]) =>
            this.getTransform().transformPoint({ x: px, y: py }));
        const [xs, ys] = [ends.map(end => end.x), ends.map(end => end.y)];
        window.written.push([words, Math.min(...xs), Math.max(...xs), Math.min(...ys),
                             Math.max(...ys), this.canvas.width, this.canvas.height]);
        return fillText.call(this, words, x, y);
    };
}"""


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("begins", [1.0, 1e30])
@pytest.mark.parametrize("ends", [1e30, 3e38, math.inf, math.nan])
def test_a_diverged_curve_leaves_the_labels_of_the_axes_in_their_place(canvas, begins, ends, log):
    """All words are inside the picture, the numbers are short, and no label lies on them."""
    scene = Scene()
    losses = [begins, begins / 2, begins, ends]
    run = {"step": [100, 200, 300, 400], "loss": losses, "val_loss": losses}
    marks = [(150, "rate", "lr 10"), (390, "optimizer", "RMSprop")]
    others = [plots.OtherRun("run 1", run, 0)]
    plots.training_curves(scene, run, marks=marks, others=others, log=log)
    canvas.page.evaluate(WRITTEN)
    seen = canvas.show(scene, 330, 0.6)
    written = canvas.page.evaluate("() => { unwatch(); return written; }")
    for words, left, right, top, bottom, width, height in written:
        assert left >= 0, words
        assert right <= width, words
        assert top >= 0, words
        assert bottom <= height, words
    places = {words: place for words, *place in written}
    numbers = [places[words] for words in seen["yticks"] if words in places]
    assert all(places["loss"][1] <= left for left, *_ in numbers)
    assert all(len(words.replace("$10^{", "").rstrip("}$")) <= 6 for words in seen["yticks"])


def test_any_picture_can_follow_any_other(canvas):
    """What is new in a scene, sent alone, makes of the picture before the one that is meant."""
    scene, wire = Scene(), Wire()
    canvas.show(scene, **WIDE)
    for draw in EXAMPLES.values():
        draw(scene)
        compare(canvas.tell(*wire.message([scene])), scene)


def compare(seen, scene):
    """Compare what a figure says of itself with a scene."""
    frame, legend = scene.frame, scene.legend
    for key in ("title", "xlabel", "ylabel", "xlim", "ylim"):
        assert seen[key] == frame[key]
    assert seen["legend"] == [entry["label"] for entry in (legend["entries"] if legend else [])]
    for axis in "xy":
        ticks, words = frame[f"{axis}ticks"], seen[f"{axis}ticks"]
        if isinstance(ticks, list):
            low, high = sorted(frame[f"{axis}lim"])
            named = [word for place, word in ticks if low <= place <= high]
            assert [word or said for word, said in zip(named, words, strict=True)] == words
        else:
            assert frame["bare"] or len(words) > 1
    assert [(mark["name"], mark["kind"]) for mark in seen["items"]] == [
        (name, item.kind) for name, item in scene.items.items()
    ]
    for mark in seen["items"]:
        data = scene.items[mark["name"]].data
        for key, (low, high) in mark["ranges"].items():
            if key != "values" and np.size(data[key]):
                assert (low, high) == pytest.approx(least_and_largest(data[key]), rel=1e-6), mark


def least_and_largest(values):
    """Return the ends of the finite numbers of an array."""
    values = np.ravel(values)[np.isfinite(np.ravel(values))]
    return values.min(), values.max()


def test_every_mark_leaves_its_trace_where_it_belongs(canvas, shown):
    """Alone in its picture, a mark is seen, and nowhere but where its numbers are."""
    scene, size = shown
    scene.legend = None
    canvas.show(scene, **size)
    traces = canvas.page.evaluate("traces()")
    for name, item in scene.items.items():
        there, trace = place_of(item, scene.frame, traces["area"]), traces["marks"][name]
        if item.kind == "arrow" or (item.data.get("words") and item.kind == "text"):
            assert trace, f"{name} is not seen"
        if there is None:
            continue
        assert trace, f"{name} is not seen"
        # A line's width, a sign's size, and a pixel on both sides.
        widest = np.max(item.look.get("width", 2), initial=0)  # segments may have one each
        rim = 3 + 1.4 * (widest + item.look.get("size", 6)) / 2
        assert np.all((there - trace) * [1, -1, 1, -1] <= rim), (name, there, trace)


def place_of(item, frame, area):
    """Return left, right, top and bottom, in pixels, of what can be seen of a mark, if any."""
    data = item.data
    if item.kind in ("lens", "text", "arrow"):
        return None
    x, y = {
        "curve": lambda: (data["x"], data["y"]),
        "points": lambda: data["xy"].T,
        "segments": lambda: data["xy"].T,
        "image": lambda: (data["extent"][:2], data["extent"][2:]),
        "bars": lambda: (data["edges"], [*data["heights"], data["base"]]),
        "box": lambda: zip(data["corner"], np.add(data["corner"], data["size"]), strict=True),
    }[item.kind]()
    across = pixels(x, frame["xlim"], frame["xlog"], area["x"], area["x"] + area["w"])
    down = pixels(y, frame["ylim"], frame["ylog"], area["y"] + area["h"], area["y"])
    there = np.isfinite(across) & np.isfinite(down) if item.kind in ("curve", "points") else None
    if there is not None:
        across, down = across[there], down[there]
    if not across.size:
        return None
    place = np.array([across.min(), across.max(), down.min(), down.max()])
    edges = np.array([area["x"], area["x"] + area["w"], area["y"], area["y"] + area["h"]])
    if item.look.get("clip", True):
        # What lies on the edge is under the line that is drawn there.
        if np.any((place[[1, 3]] <= edges[[0, 2]]) | (place[[0, 2]] >= edges[[1, 3]])):
            return None
        place = np.clip(place, edges[[0, 0, 2, 2]], edges[[1, 1, 3, 3]])
    return place


def pixels(values, limits, log, start, end):
    """Return where numbers lie on an axis."""
    values = np.asarray(values, dtype=float)
    if log:
        values = np.log(np.maximum(values, 1e-300))
        limits = [math.log(limit) for limit in limits]
    return start + (end - start) * (values - limits[0]) / (limits[1] - limits[0])


@pytest.mark.parametrize("width", [WIDTH, 340])
def test_nothing_is_cut_off(canvas, shown, width):
    """Nothing reaches the edge of the canvas, on a phone either."""
    scene, size = shown
    canvas.show(scene, **({"width": width} | size if width == WIDTH else {"width": width}))
    assert not canvas.page.evaluate("cutOff()")
