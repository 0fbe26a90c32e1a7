"""The canvas hand: its pure parts by cases, with matplotlib as the oracle, and what it draws."""

import functools
import http.server
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rcParamsDefault
from matplotlib.ticker import AutoLocator, LogLocator, MaxNLocator, ScalarFormatter

import lessons_lib.plots
from lessons_lib.plots._look import rgb

CANVAS = Path(lessons_lib.plots.__file__).parent / "canvas"
PAGE = '<!doctype html><meta charset="utf-8"><body style="margin: 8px; background: white"></body>'


class _Folder(http.server.SimpleHTTPRequestHandler):
    """Serves the modules, and one page without anything in it."""

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture(scope="module")
def address():
    """Where the modules are served."""
    handler = functools.partial(_Folder, directory=CANVAS)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def page(browser, address):
    """A page that can import the modules."""
    context = browser.new_context(viewport={"width": 960, "height": 700})
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def call(page, module, name, *arguments):
    """Call a pure function of a module."""
    code = """async ([module, name, given]) => (await import(`/${module}.js`))[name](...given)"""
    return page.evaluate(code, [module, name, list(arguments)])


# --- ticks ----------------------------------------------------------------------------------------

LINEAR = [
    (0, 1), (0, 100), (-3, 3), (-1.05, 1.05), (0.3, 0.37), (-0.2, 1.3), (0, 1234), (1, 40),
    (-4, 4), (0.5, 30.5), (1e-4, 3e-4), (-2.2, 2.2), (0, 3e5), (100.17, 100.31), (0, 0.55),
    (3.27, 118.4), (-1e-3, 5e-3), (0.997, 1.003), (1e5, 1e5 + 3),
]  # fmt: skip


def _axis(limits, ticks=None, log=0, whole=False, most=6, form=None):
    return {"limits": limits, "log": log, "ticks": ticks, "format": form, "whole": whole,
            "most": most}  # fmt: skip


def _inside(places, limits):
    low, high = limits
    slack = 1e-9 * (high - low)
    return [place for place in places if low - slack <= place <= high + slack]


@pytest.mark.parametrize("limits", LINEAR)
def test_numbers_stand_where_matplotlib_puts_them(page, limits):
    """Its locators are the oracle, for several amounts of room."""
    for most in (2, 3, 4, 5, 6, 9):
        locators = {
            None: MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]),
            most: MaxNLocator(most),
        }
        for ticks, locator in locators.items():
            found = call(page, "ticks", "ticksOf", _axis(limits, ticks, most=most))
            expected = _inside(locator.tick_values(*limits), limits)
            np.testing.assert_allclose(
                [tick["at"] for tick in found["major"]], expected, atol=1e-12
            )


def test_automatic_steps_are_matplotlibs():
    """The oracle above states AutoLocator's steps; they may change with matplotlib."""
    np.testing.assert_allclose(AutoLocator()._steps, [1, 2, 2.5, 5, 10])


@pytest.mark.parametrize("limits", [(0, 7), (1, 3), (0.5, 12.5), (0, 40), (1, 2)])
def test_whole_numbers_only(page, limits):
    """No fractions stand between whole numbers, however few there are."""
    found = call(page, "ticks", "ticksOf", _axis(limits, 6, whole=True))
    expected = _inside(MaxNLocator(6, integer=True).tick_values(*limits), limits)
    assert [tick["at"] for tick in found["major"]] == pytest.approx(expected)


@pytest.mark.parametrize("limits", LINEAR)
def test_numbers_are_written_as_matplotlib_writes_them(page, limits):
    """All numbers of an axis have as many decimals as they need together."""
    places = _inside(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(*limits), limits)
    found = call(page, "ticks", "ticksOf", _axis(limits, most=5))
    formatter = ScalarFormatter(useOffset=False)
    formatter.create_dummy_axis()
    formatter.axis.set_view_interval(*limits)
    formatter.set_scientific(False)
    expected = formatter.format_ticks(places)
    assert [tick["words"] for tick in found["major"]] == expected


@pytest.mark.parametrize(
    ("limits", "most"),
    [((1e-4, 1), 9), ((1e-16, 1e8), 7), ((1e-7, 10), 5), ((1e-11, 1e9), 7), ((0.02, 300), 6),
     ((1e-3, 1e5), 4), ((1, 1e12), 6), ((1e-9, 1e9), 3)],
)  # fmt: skip
def test_powers_stand_where_matplotlib_puts_them(page, limits, most):
    """Where not all powers have room, the same ones are left out."""
    found = call(page, "ticks", "ticksOf", _axis(limits, most, log=10))
    places = LogLocator(numticks=most).tick_values(*limits)
    expected = [place for place in places if limits[0] * 0.99 <= place <= limits[1] * 1.01]
    np.testing.assert_allclose([tick["at"] for tick in found["major"]], expected)


@pytest.mark.parametrize(
    ("limits", "form", "words"),
    [
        ((0, 1), None, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((-2, 2), None, ["−2", "−1", "0", "1", "2"]),
        ((0, 4e6), None, ["0", "1×$10^{6}$", "2×$10^{6}$", "3×$10^{6}$", "4×$10^{6}$"]),
        ((0, 1500), "steps", ["0", "500", "1,000", "1,500"]),
        ((0, 40000), "steps", ["0", "10k", "20k", "30k", "40k"]),
        ((0, 4e6), "steps", ["0", "1M", "2M", "3M", "4M"]),
        ((0, 0.5), "short", ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        ((0, 3e6), "short", ["0", "1e6", "2e6", "3e6"]),
        ((0, 1), "percent", ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ],
)
def test_numbers_are_written_in_the_form_that_is_asked_for(page, limits, form, words):
    """Plain, short, as steps and in percent."""
    found = call(page, "ticks", "ticksOf", _axis(limits, most=5, form=form))
    assert [tick["words"] for tick in found["major"]] == words


def test_given_numbers_and_words_stand_where_they_are_given(page):
    """What lies outside the limits is left out."""
    ticks = [[0.3, "two"], [1.3, "one"], [7, "outside"], [0.5, None]]
    found = call(page, "ticks", "ticksOf", _axis((0, 2), ticks))
    assert [(t["at"], t["words"]) for t in found["major"]] == [
        (0.3, "two"), (1.3, "one"), (0.5, "0.5"),
    ]  # fmt: skip


def test_words_are_found_where_less_than_two_powers_are_in_view(page):
    """An axis without numbers would say nothing."""
    found = call(page, "ticks", "ticksOf", _axis((0.15, 0.9), log=10, most=6))
    assert [tick["words"] for tick in found["major"]] == ["0.2", "0.5"]


# --- scales ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "log", "number", "pixel"),
    [
        ([0, 10], 0, 2.5, 150),
        ([10, 0], 0, 2.5, 250),
        ([1e-2, 1e2], 10, 1, 200),
        ([1, 16], 2, 2, 150),
    ],
)
def test_numbers_become_pixels_and_pixels_numbers(page, limits, log, number, pixel):
    """Both ways, on both kinds of scale, and downwards."""
    scale = call(page, "scales", "scaleOf", limits, log, 100, 300)
    assert call(page, "scales", "toPixel", scale, number) == pytest.approx(pixel)
    assert call(page, "scales", "toNumber", scale, pixel) == pytest.approx(number)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("two\nlines", [["two"], ["lines"]]),
        (r"$\max(0, z)$", [["max\u2009(0, ", "/z", ")"]]),
        ("$e^{-z}$ and", [["/e", "^−", "^/z", " and"]]),
        (r"$z\,\Phi(z)$", [["/z", "\u2009Φ(", "/z", ")"]]),
        (r"$a^{[2]} = \hat{y}$", [["/a", "^[2]", "\u2005=\u2005", "/ŷ"]]),
        (r"$\alpha x_i$", [["/αx", "_/i"]]),
        ("a price in $", [["a price in $"]]),
    ],
)
def test_a_bit_of_tex_becomes_runs_of_letters(page, words, runs):
    """What is slanted has a stroke before it here, what is raised or lowered a hat or a line."""
    found = call(page, "words", "linesOf", words)
    height = {0: "", 1: "^", -1: "_"}
    written = [
        [height[np.sign(r["raise"])] + "/" * r["italic"] + r["text"] for r in line]
        for line in found
    ]
    assert written == runs


# --- layout and legends ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "proportion", "equal", "expected"),
    [
        ((10, 20, 300, 200), 0.5, "", (10, 20, 300, 200)),
        ((10, 20, 300, 200), 0.5, "on", (10, 45, 300, 150)),
        ((10, 20, 300, 200), 0.5, "top", (10, 20, 300, 150)),
        ((10, 20, 300, 200), 2, "on", (110, 20, 100, 200)),
        ((10, 20, 300, 200), 2, "top", (110, 20, 100, 200)),
    ],
)
def test_equal_scales_take_as_much_of_a_place_as_they_can(page, place, proportion, equal, expected):
    """In its middle or at its top, and never beyond it."""
    area = call(
        page, "layout", "equalArea", dict(zip("xywh", place, strict=True)), proportion, equal
    )
    assert area == dict(zip("xywh", expected, strict=True))


def _words(*widths):
    """Return ticks at equal distances with words that wide."""
    parts = np.linspace(0, 1, len(widths)) if widths else []
    return {"major": [{"part": p, "width": w} for p, w in zip(parts, widths, strict=True)]}


PARTS = {
    "point": 1, "bare": False, "tickMarks": True, "labelGap": 4, "title": 0, "xlabel": 0,
    "ylabel": 0, "letters": 10, "x": _words(), "y": _words(),
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "legend", "room"),
    [
        # Four points around everything; half a number stands out below.
        ({}, 0, (4, 4, 4, 9)),
        ({"bare": True, "title": 12}, 0, (4, 4, 22, 4)),
        ({"title": 12}, 15, (4, 4, 37, 9)),
        # Stroke and gap of seven points, then the words.
        ({"y": _words(20, 30)}, 0, (41, 4, 9, 9)),
        ({"y": _words(20, 30), "ylabel": 10, "tickMarks": False}, 0, (51.5, 4, 9, 9)),
        ({"x": _words(16, 16, 40)}, 0, (12, 24, 4, 21)),
        ({"x": _words(16, 16), "xlabel": 10}, 0, (12, 12, 4, 35)),
    ],
)
def test_a_plot_area_leaves_room_for_all_that_is_around_it(page, more, legend, room):
    """Left, right, top and bottom, in pixels."""
    area = {"x": 0, "y": 0, "w": 200, "h": 100}
    found = call(page, "layout", "roomOf", PARTS | more, legend, area)
    assert tuple(found[side] for side in ("left", "right", "top", "bottom")) == room


# A way through three corners of a picture, in the order in which the places are tried.
CORNERS = {
    "upper right": [[0.05, 0.95], [0.05, 0.05], [0.95, 0.05]],
    "upper left": [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95]],
    "lower left": [[0.05, 0.95], [0.95, 0.95], [0.95, 0.05]],
    "lower right": [[0.05, 0.05], [0.05, 0.95], [0.95, 0.95]],
}


@pytest.mark.parametrize("free", CORNERS)
@pytest.mark.parametrize("kind", ["curve", "points"])
def test_a_legend_stands_where_it_hides_nothing(show, free, kind):
    """In the one corner that is left, whatever the way through the others is drawn with."""
    x, y = np.transpose(CORNERS[free]).tolist()
    flat = np.ravel(CORNERS[free]).tolist()
    data = {"curve": {"x": x, "y": y}, "points": {"xy": flat}}[kind]
    legend = {"place": "best", "entries": [{"label": "way", "kind": "curve", "look": {}}]}
    (seen,) = show(scene((kind, data, {}), legend=legend))
    assert seen["place"] == free


def test_a_legend_above_has_as_many_columns_as_there_is_room_for(page):
    """With less room there are more rows; the first columns are the longer ones."""
    found = page.evaluate("""async () => {
        const { measureLegend } = await import("/legend.js");
        const letters = { theme: { point: 1 }, measure: () => ({ width: 40 }) };
        const entries = ["a", "b", "c", "d", "e"].map((label) => ({ label }));
        return [1000, 200, 10].map((room) => {
            const { spots } = measureLegend({ entries, place: "above" }, letters, room);
            return [new Set(spots.map(({ x }) => x)).size, new Set(spots.map(({ y }) => y)).size];
        });
    }""")
    assert found == [[5, 1], [3, 2], [1, 5]]


def test_a_legend_inside_gets_narrower_letters_where_there_is_no_room(page):
    """Until it fits, or nobody could read it."""
    found = page.evaluate("""async () => {
        const { measureLegend } = await import("/legend.js");
        const letters = { theme: { point: 1 }, measure: (_, size) => ({ width: 8 * size }) };
        const legend = { entries: [{ label: "a" }, { label: "b" }], place: "best", columns: 2 };
        return [1000, 200, 10].map((room) => {
            const { size, width } = measureLegend(legend, letters, room);
            return [size, width <= room];
        });
    }""")
    assert found[0] == [10, True]
    assert found[1][0] < 10
    assert found[1][1]
    assert found[2] == [6, False]


# --- messages -------------------------------------------------------------------------------------


def test_a_message_changes_only_what_it_names(page):
    """Numbers may begin anywhere in a message; what is not in the order goes."""
    found = page.evaluate("""async () => {
        const { merge } = await import("/scene.js");
        const scenes = [];
        const first = new DataView(new Float32Array([9, 1, 2, 3]).buffer, 4);
        const x = { buffer: 0, type: "f4", shape: [3] };
        const item = { name: "a", kind: "curve", look: { width: 2 }, data: { x, y: [1, 2, 3] } };
        const other = { name: "b", kind: "text", look: {}, data: { x: 0, y: 0, words: "here" } };
        const frame1 = { title: "one" }, order = ["a", "b"];
        const whole = { frame: frame1, legend: null, order, items: [item, other] };
        const changed = [merge(scenes, { whole: true, scenes: [whole, whole] }, [first])];
        const { data } = scenes[1].items.get("a");
        const wider = { name: "a", kind: "curve", look: { width: 3 } };
        const news = { order: ["b", "a"], items: [wider] };
        changed.push(merge(scenes, { whole: false, scenes: [{}, news] }, []));
        const { items, frame } = scenes[1];
        changed.push(merge(scenes, { whole: false, scenes: [{}, { order: ["b"] }] }, []));
        return { changed, x: [...data.x], shape: data.x.shape, same: items.get("a").data === data,
                 width: items.get("a").look.width, order: [...items.keys()], title: frame.title,
                 left: [...scenes[1].items.keys()] };
    }""")
    assert found == {
        "changed": [[0, 1], [1], [1]], "x": [1, 2, 3], "shape": [3], "same": True, "width": 3,
        "order": ["b", "a"], "title": "one", "left": ["b"],
    }  # fmt: skip


# --- whole pictures -------------------------------------------------------------------------------

FRAME = {
    "title": "", "xlabel": "", "ylabel": "", "xlim": [0, 1], "ylim": [0, 1], "xlog": 0, "ylog": 0,
    "xticks": None, "yticks": None, "xformat": None, "yformat": None, "whole_x": False,
    "tick_marks": True, "xreads": None, "yreads": None, "label_gap": None, "equal": "",
    "bare": False,
}  # fmt: skip


def scene(*items, legend=None, **frame):
    """Return a whole scene as it travels, of (kind, data, look)."""
    named = [
        {"name": f"{kind} {i}", "kind": kind, "data": data, "look": look}
        for i, (kind, data, look) in enumerate(items)
    ]
    if legend is not None:
        legend = {"columns": None, "size": None, "sample": None, "behind": False} | legend
    order = [item["name"] for item in named]
    return {"frame": FRAME | frame, "legend": legend, "items": named, "order": order}


@pytest.fixture
def show(page, request):
    """A function that shows scenes in a figure, which is then ``window.figure``."""

    def show(*scenes, width=600, **arrangement):
        page.evaluate(
            """async ([scenes, arrangement, width]) => {
                const { Figure } = await import("/figure.js");
                const { merge } = await import("/scene.js");
                window.figure?.destroy();
                document.body.innerHTML = `<div style="width: ${width}px"></div>`;
                const figure = window.figure = new Figure(document.body.firstChild, arrangement);
                const merged = [];
                const drawn = new Promise((resolve) => { figure.onDrawn = resolve; });
                figure.show(merged, merge(merged, { whole: true, scenes }));
                await drawn;
            }""",
            [scenes, arrangement, width],
        )
        return page.evaluate("figure.describe()")

    yield show
    if folder := os.environ.get("LESSONS_SCREENSHOTS"):
        page.screenshot(path=Path(folder, f"{request.node.name}.png"))


LINE = ("curve", {"x": [0, 1, 2], "y": [0, 2, 1]}, {"color": "#0072B2", "label": "way"})


def test_a_figure_says_what_it_shows(show):
    """Tests of what uses a figure look at this."""
    legend = {"place": "best", "entries": [{"label": "way", "kind": "curve", "look": LINE[2]}]}
    (seen,) = show(scene(LINE, legend=legend, title="Two", xlabel="x", xlim=[0, 2], ylim=[0, 2]))
    assert seen == {
        "title": "Two", "xlabel": "x", "ylabel": "", "xlim": [0, 2], "ylim": [0, 2],
        "xticks": ["0.0", "0.5", "1.0", "1.5", "2.0"], "yticks": seen["yticks"], "legend": ["way"],
        "place": "upper right",
        "items": [{"name": "curve 0", "kind": "curve", "count": 3,
                   "ranges": {"x": [0, 2], "y": [0, 2]}}],
    }  # fmt: skip


def test_pixels_and_numbers_of_a_view_belong_together(show, page):
    """Pointing at a mark rests on it."""
    show(scene(LINE, xlim=[1, 100], xlog=10, ylim=[-1, 3]))
    found = page.evaluate("""() => {
        const [view] = figure.views, { x, y, w, h } = view.area;
        const middle = view.toData(x + w / 2, y + h / 2);
        return { corner: view.toPixel(1, -1), place: [x, y + h], middle };
    }""")
    assert found["corner"] == pytest.approx(found["place"])
    assert found["middle"] == pytest.approx([10, 1])


def test_words_of_a_diagram_shrink_until_none_leaves_it_or_touches_another(page):
    """What fits stays as it is; less than half of the size nobody would read."""

    def part(*boxes, room=200):
        keys = ("x", "y", "width", "height", "anchor")
        given = [dict(zip(keys, box, strict=True)) for box in boxes]
        return call(page, "layout", "partThatFits", given, room, 0.5)

    assert part((100, 50, 190, 20, "center"), (10, 90, 80, 20, "left")) == 1
    assert part((150, 50, 100, 20, "left")) == pytest.approx(0.5)
    assert part((60, 50, 100, 20, "center"), (140, 50, 100, 20, "center")) == pytest.approx(0.75)
    assert part((100, 50, 9000, 20, "bottom")) == 0.5


def test_words_of_a_diagram_are_large_again_where_another_has_room(show, page):
    """As small as they have to be for these limits, and no smaller for others."""
    look = {"anchor": "center"}
    words = [("text", {"x": x, "y": 0.5, "words": "a long word"}, look) for x in (0.45, 0.55)]
    show(scene(*words, xlim=[0, 1], ylim=[0, 1], bare=True), width=500)
    assert page.evaluate("figure.views[0]._fitted.part") < 1
    near = """() => new Promise((done) => {
        figure.onDrawn = () => done(figure.views[0]._fitted.part);
        figure.scenes[0].frame = { ...figure.scenes[0].frame, xlim: [0.4, 0.6] };
        figure.show(figure.scenes, [0]);
    })"""
    assert page.evaluate(near) == 1


def test_plot_areas_beside_each_other_have_the_same_top_and_bottom(show, page):
    """A picture without axes uses the room that axes would take below."""
    tall = scene(LINE, title="A title", xlabel="label", xlim=[0, 2], ylim=[0, 2])
    show(tall, scene(LINE, xlim=[0, 2], ylim=[0, 2]), scene(LINE, bare=True), ratio=0.4)
    areas = page.evaluate("figure.views.map((view) => view.area)")
    assert len({area["y"] for area in areas}) == 1
    assert areas[0]["h"] == areas[1]["h"] < areas[2]["h"]


def test_pictures_stand_where_the_pages_css_puts_them(show, page):
    """A page may give the figure a height, and a picture two rows; each fills its place."""
    show(*[scene(LINE, xlim=[0, 2], ylim=[0, 2])] * 3)
    css = """
        body > div { height: 400px }
        .canvas-figure { grid-template-columns: 1fr 2fr !important; aspect-ratio: auto !important }
        .canvas-view:first-child { grid-row: span 2 }"""
    style = page.add_style_tag(content=css)
    sizes = "() => figure.views.map(({ canvas }) => [canvas.offsetWidth, canvas.offsetHeight])"
    page.wait_for_function(f"() => String(({sizes})()) === '200,400,400,200,400,200'")
    style.evaluate("style => style.remove()")


# --- colours --------------------------------------------------------------------------------------


def _colors(page, paper, colors):
    """Return red, green and blue of colours on a ground, and of the ends of a map of them."""
    return page.evaluate(
        """async ([paper, colors]) => {
            const { colorOf, rgbOf, themeOf } = await import("/theme.js");
            const { tableOf } = await import("/images.js");
            document.body.style.setProperty("--canvas-paper", paper);
            const theme = themeOf(document.body);
            document.body.style.removeProperty("--canvas-paper");
            const seen = colors.map((color) => rgbOf(colorOf(theme, color)));
            return [rgbOf(theme.paper), seen, [...tableOf(theme, colors)]];
        }""",
        [paper, list(colors)],
    )


def _brightness(rgb):
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.divide(rgb, 255)
    ]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("paper", ["#111111", "#1e1e1e", "#2b2b2b"])
def test_marks_are_seen_on_a_dark_ground(page, paper):
    """Each colour of the palette has the contrast that letters need."""
    palette = [color for color in lessons_lib.plots.PALETTE if color.startswith("#")]
    ground, seen, _ = _colors(page, paper, palette)
    contrasts = [(_brightness(rgb) + 0.05) / (_brightness(ground) + 0.05) for rgb in seen]
    assert min(contrasts) >= 4.5


def test_on_white_colours_are_as_in_print(page):
    """There the palette is already seen, and tints are matplotlib's."""
    _, seen, _ = _colors(page, "#ffffff", lessons_lib.plots.DIVERGING)
    expected = [np.multiply(rgb(c), 255) for c in lessons_lib.plots.DIVERGING]
    np.testing.assert_allclose(seen, expected)


def test_a_map_of_numbers_is_the_same_on_every_ground(page):
    """A dark blue that says "low" must not get lighter; nor letters that stand on such a map."""
    colors = ["#00204d", "#7c7b78", "#ffea46", "#222222"]
    light, dark = (_colors(page, paper, colors) for paper in ("#ffffff", "#111111"))
    assert light[2] == dark[2]
    assert light[1][-1] == dark[1][-1]


def test_numbers_with_a_sign_run_through_the_ground(page):
    """Between the colours of both signs and the ground of zero nothing is brighter than those."""
    _, seen, _ = _colors(page, "#111111", lessons_lib.plots.DIVERGING)
    low, cool, middle, warm, high = map(_brightness, seen)
    assert low > cool > middle < warm < high


# --- marks ----------------------------------------------------------------------------------------

PIXELS = """([x, y, w, h]) => {
    const { canvas } = figure.views[0];
    const reader = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    reader.drawImage(canvas, 0, 0);
    return [...reader.getImageData(x, y, w, h).data];
}"""
SQUARE = {"bare": True, "ratio": 1}


def _pixels(page, x, y, w=1, h=1):
    """Return colours of the first picture, shape (h, w, 3)."""
    return np.reshape(page.evaluate(PIXELS, [x, y, w, h]), (h, w, 4))[..., :3]


def _at(page, x, y):
    """Return the colour at a point of the first picture."""
    px, py = page.evaluate("([x, y]) => figure.views[0].toPixel(x, y)", [x, y])
    return _pixels(page, int(px), int(py))[0, 0].tolist()


DASHES = {
    "--": rcParamsDefault["lines.dashed_pattern"],
    "-.": rcParamsDefault["lines.dashdot_pattern"],
    ":": rcParamsDefault["lines.dotted_pattern"],
    (0, (5, 1, 1, 1, 1, 1)): [5, 1, 1, 1, 1, 1],
    (0, (8, 2)): [8, 2],
}


@pytest.mark.parametrize("dash", DASHES, ids=str)
def test_dashes_are_as_long_as_matplotlibs(show, page, dash):
    """In multiples of the line's width; counted along a line, but for what its ends cut off."""
    width, point = 10, 1.3
    data = {"x": [0, 1], "y": [0.5, 0.5]}
    show(scene(("curve", data, {"color": "#000000", "dash": dash, "width": width})), width=900)
    x, y, w = page.evaluate("(({ x, y, w, h }) => [x, y + h / 2, w])(figure.views[0].area)")
    dark = _pixels(page, round(x) + 1, round(y), round(w) - 2)[0, :, 0] < 128
    ends = np.flatnonzero(np.diff(dark))
    expected = np.resize(np.multiply(DASHES[dash], width * point), len(ends))[1:]
    np.testing.assert_allclose(np.diff(ends), expected, atol=1.01)


def test_lines_have_a_width_and_a_colour_each(show, page):
    """In points, the first of them thin."""
    data = {"counts": [2, 2], "xy": [0, 0.2, 1, 0.2, 0, 0.7, 1, 0.7]}
    look = {"color": ["#ff0000", "#0000ff"], "width": [4, 12]}
    show(scene(("segments", data, look), bare=True), width=300)
    point = page.evaluate("figure._letters.theme.point")
    x, y, w, h = page.evaluate("(({ x, y, w, h }) => [x, y, w, h])(figure.views[0].area)")
    column = _pixels(page, round(x + w / 2), round(y), 1, round(h))[:, 0]
    for color, width in (([255, 0, 0], 4), ([0, 0, 255], 12)):
        seen = np.sum(np.all(column == color, axis=1))
        assert seen == pytest.approx(width * point, abs=2)  # the rims are pale


IMAGE = {"top_down": False, "extent": [0, 2, 0, 2]}


def _show_image(page, show, values, **look):
    """Show an image of bytes; without a frame its corners are those of the plot area."""
    values = np.asarray(values, dtype=np.uint8)
    show(scene(xlim=[0, 2], ylim=[0, 2], bare=True), width=300, ratio=1)
    page.evaluate(
        """([bytes, shape, more, look]) => {
            const values = Object.assign(Uint8Array.from(bytes), { shape });
            const item = { name: "image", kind: "image", look, data: { ...more, values } };
            figure.scenes[0].items.set("image", item);
            figure.draw(figure.views[0]);
            return new Promise((resolve) => { figure.onDrawn = resolve; });
        }""",
        [values.ravel().tolist(), values.shape, IMAGE | look.pop("data", {}), look],
    )


RAMP = {"colors": ["#000000", "#ffffff"]}


@pytest.mark.parametrize(("top_down", "lower"), [(False, 0), (True, 254)])
@pytest.mark.parametrize("smooth", [False, True])
def test_the_first_row_of_an_image_is_where_it_belongs(show, page, top_down, lower, smooth):
    """At the bottom, or on top."""
    data = {"top_down": top_down}
    _show_image(page, show, [[0, 0], [254, 254]], smooth=smooth, data=data, **RAMP)
    assert _at(page, 1, 0.2) == pytest.approx([lower * 255 / 254] * 3, abs=2)
    assert _at(page, 1, 1.8) == pytest.approx([255 - lower * 255 / 254] * 3, abs=2)


@pytest.mark.parametrize("smooth", [False, True])
def test_where_an_image_has_no_number_there_is_nothing(show, page, smooth):
    """The ground is seen there, and a neighbour's colour is not mixed with anything."""
    _show_image(page, show, [[0, 255], [0, 255]], smooth=smooth, **RAMP)
    assert _at(page, 0.2, 1) == [0, 0, 0]
    assert _at(page, 1.8, 1) == [255, 255, 255]


def test_between_two_numbers_an_image_has_the_colours_between_them(show, page):
    """From red to blue by way of green, which is not what the browser would mix."""
    colors = ["#ff0000", "#00ff00", "#0000ff"]
    _show_image(page, show, [[0, 254], [0, 254]], smooth=True, colors=colors)
    red, green, blue = _at(page, 1, 1)
    assert green > 200 > max(red, blue)


def test_an_image_of_colours_is_drawn_with_them(show, page):
    """Three bytes for a pixel, or four with its opacity."""
    _show_image(page, show, [[[10, 20, 30], [40, 50, 60]]], smooth=False)
    assert [_at(page, x, 1) for x in (0.5, 1.5)] == [[10, 20, 30], [40, 50, 60]]
    _show_image(page, show, [[[10, 20, 30, 255], [40, 50, 60, 0]]], smooth=False)
    assert [_at(page, x, 1) for x in (0.5, 1.5)] == [[10, 20, 30], [255, 255, 255]]


@pytest.mark.parametrize(("clip", "seen"), [(True, False), (False, True)])
def test_marks_end_at_the_edge_unless_they_may_not(show, page, clip, seen):
    """A point on the edge is whole, or a half of it."""
    data = {"x": [0], "y": [0.5]}
    look = {"marker": "s", "size": 20, "dash": "", "color": "#ff0000", "clip": clip}
    show(scene(("curve", data, look), tick_marks=False, yticks=[]), width=400)
    x, y = page.evaluate("figure.views[0].toPixel(0, 0.5)")
    assert (_pixels(page, round(x) - 4, round(y))[0, 0].tolist() == [255, 0, 0]) is seen


def test_a_part_of_a_picture_is_drawn_in_large(show, page):
    """The lens shows what lies in a box: here a line's lower half, from corner to corner."""
    line = ("curve", {"x": [0, 1], "y": [0, 1]}, {"color": "#ff0000", "width": 4})
    show(scene(line))
    red = page.evaluate("""() => {
        const ctx = new OffscreenCanvas(100, 100).getContext("2d");
        figure.views[0].drawRegion(ctx, [0, 0.5, 0, 0.5], { x: 20, y: 20, w: 60, h: 60 });
        const at = (x, y) => [...ctx.getImageData(x, y, 1, 1).data];
        return [at(22, 78), at(50, 50), at(78, 22), at(15, 85), at(85, 15)];
    }""")
    assert red == [[255, 0, 0, 255]] * 3 + [[0, 0, 0, 0]] * 2


# --- the figure -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1, 1.25, 2])
def test_lines_of_the_frame_are_sharp_on_every_screen(browser, address, ratio):
    """A line is ink in whole pixels of the screen, and the ground beside it is clean."""
    context = browser.new_context(device_scale_factor=ratio)
    page = context.new_page()
    page.goto(address)
    shown = page.evaluate(
        """async (scene) => {
            const { Figure } = await import("/figure.js");
            const { merge } = await import("/scene.js");
            const root = Object.assign(document.createElement("div"), { style: "width: 401px" });
            document.body.append(root);
            window.figure = new Figure(root, {});
            const scenes = [];
            const drawn = new Promise((resolve) => { figure.onDrawn = resolve; });
            figure.show(scenes, merge(scenes, { whole: true, scenes: [scene] }));
            await drawn;
            const { area, canvas } = figure.views[0];
            return [area, canvas.width / canvas.getBoundingClientRect().width];
        }""",
        scene(),
    )
    area, density = shown
    assert density == pytest.approx(ratio, rel=1e-3)
    middle = round((area["y"] + area["h"] / 2) * ratio)
    left = round(area["x"] * ratio) - 3
    across = _pixels(page, left, middle, 6, 1)[0, :, 0]
    assert set(across.tolist()) == {0x22, 255}
    context.close()


def test_only_pictures_that_have_changed_are_drawn(show, page):
    """The others keep their pixels."""
    show(scene(LINE), scene(LINE))
    drawn = page.evaluate("""async () => {
        const drawn = [];
        figure.beforeDraw = (view) => drawn.push(figure.views.indexOf(view));
        const done = new Promise((resolve) => { figure.onDrawn = resolve; });
        figure.show(figure.scenes, [1]);
        await done;
        return drawn;
    }""")
    assert drawn == [1]


def test_a_figure_says_how_large_its_plot_areas_are(show, page):
    """At first, and whenever its page gives it another size."""
    show(scene(LINE))
    found = page.evaluate("""async () => {
        const { x, y, w, h } = figure.views[0].area;
        const told = new Promise((resolve) => {
            figure.onSizes = (sizes, point) => resolve([sizes, point]);
        });
        figure.root.style.width = "400px";
        const [sizes, point] = await told;
        const { area } = figure.views[0];
        return { before: w, sizes, point, area: [area.w, area.h] };
    }""")
    assert found["sizes"] == [found["area"]]
    assert found["sizes"][0][0] == pytest.approx(found["before"] - 200, abs=20)
    assert found["point"] == pytest.approx(1.3)


def test_a_plot_area_does_not_jump_with_each_number(show, page):
    """Words that get a little shorter leave it where it is, much shorter ones do not."""
    ticks = [[[0.5, words]] for words in ("12345", "1234", "1")]
    show(scene(yticks=ticks[0]))
    lefts = page.evaluate(
        """async (ticks) => {
            const lefts = [];
            for (const yticks of ticks) {
                const [scene] = figure.scenes;
                scene.frame = { ...scene.frame, yticks };
                const done = new Promise((resolve) => { figure.onDrawn = resolve; });
                figure.show(figure.scenes, [0]);
                await done;
                lefts.push(figure.views[0].area.x);
            }
            return lefts;
        }""",
        ticks,
    )
    assert lefts[0] == lefts[1] > lefts[2]


def test_on_paper_a_picture_is_dark_on_white_and_sharp(show, page):
    """Whatever the page looks like; afterwards it is as before."""
    page.evaluate("document.body.style.setProperty('--canvas-paper', '#101010')")
    show(scene(LINE), width=300)
    look = "() => figure.views[0].canvas.width"
    assert (page.evaluate(look), _pixels(page, 0, 0)[0, 0, 0]) == (300, 0x10)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (page.evaluate(look), _pixels(page, 0, 0)[0, 0, 0]) == (900, 255)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert (page.evaluate(look), _pixels(page, 0, 0)[0, 0, 0]) == (300, 0x10)
    page.evaluate("document.body.style.removeProperty('--canvas-paper')")


def test_what_fails_while_drawing_is_told(show, page):
    """The page lets the kernel draw then."""
    show(scene(LINE))
    told = page.evaluate("""() => {
        const told = new Promise((resolve) => { figure.onError = resolve; });
        figure.scenes[0].items.set("broken", { name: "broken", kind: "curve", look: {}, data: {} });
        figure.show(figure.scenes, [0]);
        return told.then((error) => error instanceof Error);
    }""")
    assert told
