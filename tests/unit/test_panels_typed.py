"""What is typed beside a slider: which number it is, which value comes of it, what is said."""

import ipywidgets as widgets
import pytest

from lessons_lib import panels, plots
from lessons_lib.panels._controls import Choice, Slider
from lessons_lib.panels._typed import set_typed, typed_into

PLAIN = Slider(-3.0, 3.0, 0.0, step=0.1).widget("w")
WHOLE = Slider(0, 2000, 10).widget("points")
LOG = Slider(1e-4, 10.0, 0.01, log=True).widget("rate")
STEPS = Choice((("0.03", 0.03), ("0.1", 0.1), ("fastest", float("inf"))), slider=True).widget("lr")
WORDS = Choice(("low", "high"), slider=True).widget("noise")


@pytest.mark.parametrize(
    ("slider", "text", "value"),
    [
        (PLAIN, "0.5", 0.5),
        (PLAIN, " +.5\n", 0.5),
        (PLAIN, "0,5", 0.5),
        (PLAIN, "5e-1", 0.5),
        (PLAIN, "50 %", 0.5),
        (PLAIN, "０．５", 0.5),
        (PLAIN, "−1.50", -1.5),
        (PLAIN, "-3", -3.0),
        (PLAIN, "1,000", 1.0),
        (WHOLE, "1,000", 1000),
        (WHOLE, "1 000", 1000),
        (WHOLE, "1.000", 1),  # as Python reads it
        (LOG, "0.1", 0.1),
        (LOG, "1E-2", 0.01),
        (STEPS, "0,1", 0.1),
        (STEPS, "Fastest", float("inf")),
        (WORDS, "high", "high"),
    ],
)
def test_what_the_slider_has_is_set_and_nothing_is_said(slider, text, value):
    """Decimal points and commas, exponents, signs, percents and words, as people write them."""
    assert set_typed(slider, text) == ""
    assert slider.value == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("slider", "text", "value", "said"),
    [
        (PLAIN, "0.12", 0.1, "0.12 is not on this slider: w is 0.1 now."),
        (PLAIN, "1e999", 3.0, "1e999 is not on this slider: w is 3 now."),
        (WHOLE, "-5", 0, "-5 is not on this slider: points is 0 now."),
        (LOG, "0", 1e-4, "0 is not on this slider: rate is 0.0001 now."),
        (STEPS, "0.09", 0.1, "0.09 is not on this slider: lr is 0.1 now."),
        (STEPS, "1e999", 0.1, "1e999 is not on this slider: lr is 0.1 now."),
    ],
)
def test_another_number_becomes_the_nearest_value_in_words(slider, text, value, said):
    """The panel says what the slider is now."""
    assert set_typed(slider, text) == said
    assert slider.value == pytest.approx(value)


@pytest.mark.parametrize("text", ["abc", "", "1,2,3", "1/2", "e5", "-", "nan", "inf", "x" * 500])
def test_what_is_no_number_leaves_the_value(text):
    """It is said in one short sentence, with the value that the slider has."""
    slider = Slider(-3.0, 3.0, 1.5, step=0.1).widget("w")
    said = set_typed(slider, text)
    assert slider.value == 1.5
    assert said.endswith(": w is still 1.5.")
    assert len(said) < 80


def test_a_word_that_the_slider_has_not_leaves_the_value():
    """Where there are words and no numbers nothing is nearest."""
    slider = Choice(("low", "high"), slider=True).widget("noise")
    assert set_typed(slider, "3") == "“3” is not on this slider: noise is still low."
    assert slider.value == "low"


def test_every_slider_has_a_number_of_its_own():
    """Also one inside of another control; what is no slider has none."""
    tags = panels.Tags(5, ("a", "b")).widget("mistake")
    sliders = typed_into([WHOLE, widgets.Checkbox(), tags, LOG])
    assert set(sliders) == {WHOLE, LOG, tags.item}
    for number, slider in enumerate(sliders):
        assert f"lessons-slider-{number}" in slider._dom_classes


@pytest.fixture
def panel():
    """A panel with one slider, whose picture says the slider's value."""

    def draw(ax, w):
        return plots.Pen(ax).done(f"The weight is {w:.1f}.")

    return panels.explore(draw, w=Slider(-3.0, 3.0, 0.0, step=0.1))


def type_text(panel, text):
    """Let the page say what was typed."""
    panel.page._hear(panel.page, {"typed": {"slider": 0, "text": text}}, [])


def test_a_panel_says_what_became_of_a_typed_value_before_its_sentence(panel):
    """And says it no longer once the slider is turned by hand."""
    type_text(panel, "0.12")
    assert panel.sentence == "0.12 is not on this slider: w is 0.1 now. The weight is 0.1."
    panel.controls["w"].value = 2.0
    assert panel.sentence == "The weight is 2.0."
    type_text(panel, "abc")
    assert panel.sentence == "“abc” is not a number: w is still 2. The weight is 2.0."
    type_text(panel, "0,5")
    assert panel.sentence == "The weight is 0.5."


def test_a_running_panel_turns_its_knob_to_what_was_typed():
    """What runs has the value at once."""
    race = panels.race("bowl")
    number = race._typed_into.index(race.controls["learning_rate"])
    race.page._hear(race.page, {"typed": {"slider": number, "text": "abc"}}, [])
    assert race.sentence.startswith("“abc” is not a number: learning rate is still ")
    race.page._hear(race.page, {"typed": {"slider": number, "text": "1e-2"}}, [])
    assert race.runner.knobs["learning_rate"].read(race.runner) == 0.01
    assert "abc" not in race.sentence


def test_what_was_said_of_it_stands_while_the_run_goes_on():
    """The timeline moves by itself; that is no answer to what was typed elsewhere."""
    race = panels.race("bowl", ["SGD"])
    number = race._typed_into.index(race.controls["learning_rate"])
    race.page._hear(race.page, {"typed": {"slider": number, "text": "abc"}}, [])
    race.step(5)
    assert race.controls["timeline"].value == 5
    race.step(5)
    assert race.sentence.startswith("“abc” is not a number")
