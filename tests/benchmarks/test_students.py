"""The simulated students of the load script do what a page does, and see what is lost."""

import asyncio
import copy
import re
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # where the script has them

import front_end
import students

from lessons_lib import panels

pytestmark = pytest.mark.usefixtures("no_loop_of_a_browser")
PAGE = Path(panels.__file__).with_name("_page.js").read_text("utf-8")


class FakeKernel:
    """Has one panel, and notes what the page says."""

    def __init__(self):
        self.listeners, self.told = {}, []

    def parts(self, widget):
        """Return the parts that a player looks for."""
        named = {word: {"description": word} for word in ("Play", "width")}
        return {"page": {"arrangement": {}}, **named}.items()

    def tell(self, widget, **data):
        """Note a message."""
        self.told.append((widget, data))

    def show(self, number, *items):
        """Send a picture."""
        scene = {"items": [{"name": name} for name in items]}
        self.listeners["page"]({"number": number, "frame": {"scenes": [scene]}})

    @property
    def drawn(self):
        """The numbers that were answered."""
        said = [data.get("content", {}) for _, data in self.told]
        return [content["drawn"] for content in said if "drawn" in content]


def test_a_player_answers_as_often_as_a_page():
    """Every third picture at once; the rest after a while."""
    every = int(re.search(r"ANSWER_EVERY = (\d+)", PAGE)[1])
    within = int(re.search(r"ANSWER_WITHIN = (\d+)", PAGE)[1])
    assert every == front_end.ANSWER_EVERY
    assert within == 1000 * front_end.ANSWER_WITHIN  # milliseconds

    async def play():
        kernel = FakeKernel()
        front_end.Player(kernel, "panel")
        for number in range(1, 3 * every + 2):
            kernel.show(number)
        assert kernel.drawn == [every, 2 * every, 3 * every]
        await asyncio.sleep(1.2 * front_end.ANSWER_WITHIN)
        assert kernel.drawn[-1] == 3 * every + 1

    asyncio.run(play())


def test_a_turn_is_seen_in_the_picture_that_marks_it():
    """Pictures that were on their way before do not count."""

    async def turn():
        kernel = FakeKernel()
        player = front_end.Player(kernel, "panel")
        turned = asyncio.create_task(player.turn())
        await asyncio.sleep(0)
        kernel.show(1, "train")
        assert player.delays == []
        kernel.show(2, "train", "marks")
        await turned
        assert len(player.delays) == 1

    asyncio.run(turn())


def test_pictures_are_counted_between_two_moments():
    """How many a second, and the longest time without one, which may reach over both moments."""
    player = front_end.Player(FakeKernel(), "panel")
    player.frames = [1.0, 2.0, 4.0]
    assert player.rate(0.0, 4.0) == 0.5
    assert player.gap(0.0, 5.0) == 2.0
    assert player.gap(2.5, 3.5) == 1.0


@pytest.mark.parametrize("change", ["source", "outputs", "missing"])
def test_a_notebook_that_has_changed_is_seen(change):
    """A cell's text, its outputs, or a whole cell; not whether the server trusts it."""
    cell = nbformat.v4.new_code_cell("1 + 1", outputs=[nbformat.v4.new_output("stream", text="2")])
    saved = nbformat.v4.new_notebook(cells=[cell])
    stored = copy.deepcopy(saved)
    stored.cells[0].metadata.trusted = True
    assert students._written(stored) == students._written(saved)
    if change == "source":
        stored.cells[0].source = "1 + 2"
    elif change == "outputs":
        stored.cells[0].outputs = []
    else:
        stored.cells = []
    assert students._written(stored) != students._written(saved)
