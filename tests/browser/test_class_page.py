"""The page of `progress --class`: readable at every width, with bars as long as their numbers."""

import re

import pytest
from class_of_thirty import hand_in

from lessons_lib.commands.progress import progress

BARS = """() => [...document.querySelectorAll('td.count')].map(cell => {
    const [all, filled] = [...cell.querySelectorAll('rect')].map(r => r.getBoundingClientRect());
    return [cell.innerText.trim(), filled.width / all.width];
})"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page of thirty learners."""
    folder = tmp_path_factory.mktemp("class")
    with pytest.MonkeyPatch.context() as patch:
        hand_in(folder, patch)
    (folder / f"{'a-long-name-without-a-space' * 6}.csv").touch()
    progress(["--class", str(folder), "--html", str(folder / "class.html")])
    return folder / "class.html"


@pytest.fixture(params=[1280, 400])
def page(browser, written, request):
    """The page, open at this width."""
    page = browser.new_page(viewport={"width": request.param, "height": 720})
    page.goto(written.as_uri())
    yield page
    page.close()


def test_nothing_is_cut_off(page):
    """Also with every question unfolded, nothing is wider than the window."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_bars_are_as_long_as_their_numbers(page):
    """Mistakes of those who tried, votes of those who voted."""
    bars = page.evaluate(BARS)
    shares = [(text, *map(int, re.findall(r"\d+", text)), share) for text, share in bars]
    mistakes = [found for found in shares if " of " in found[0]]
    votes = [found for found in shares if " of " not in found[0]]
    assert len(mistakes) == 5
    assert [count / of for _, count, of, _ in mistakes] == pytest.approx(
        [share for *_, share in mistakes], abs=0.01
    )
    assert len(votes) == 8
    assert [count / 27 for _, count, _ in votes] == pytest.approx(
        [share for *_, share in votes], abs=0.01
    )


def test_the_summary_leads_to_its_question_by_keyboard(page):
    """Tab and Enter bring the first question to talk about into view."""
    page.get_by_role("link", name="by_hand").focus()
    page.keyboard.press("Enter")
    top = page.locator("[id='neuron.by_hand']").bounding_box()["y"]
    assert 0 <= top < page.viewport_size["height"] / 2
