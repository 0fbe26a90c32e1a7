"""The canvas hand: its pure parts by cases, with matplotlib as the oracle, and what it draws."""

import functools
import http.server
import os
import threading
from pathlib import Path

import numpy as np
import pytest
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
        ((0, 3e6), "short", ["0", "1e+06", "2e+06", "3e+06"]),
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
    "tick_marks": True, "label_gap": None, "equal": "", "bare": False,
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
