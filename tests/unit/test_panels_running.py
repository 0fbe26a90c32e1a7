"""What panels with a clock have in common, tried on the race: rest off stage, and go on."""

import asyncio

from lessons_lib import panels


def run(scenario):
    """Run a scenario with a racing panel on an event loop, as in a notebook."""

    async def whole():
        panel = panels.race("bowl", ["SGD"])
        try:
            return await scenario(panel)
        finally:
            panel.retire()

    return asyncio.run(whole())


async def soon(condition):
    """Wait until the condition holds; False if it does not within ten seconds."""
    for _ in range(1000):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


class TestLeavingTheStage:
    """While its slide is not shown a panel rests."""

    def test_a_playing_panel_pauses_and_says_why(self):
        """Nobody sees the pictures, so none is made."""

        async def scenario(panel):
            panel.play()
            panel.page.on_stage = False
            assert await soon(lambda: not panel.playing)
            steps = panel.race.steps
            await asyncio.sleep(0.1)
            return panel.race.steps == steps, panel.sentence

        rested, sentence = run(scenario)
        assert rested
        assert "its slide is not shown" in sentence

    def test_it_goes_on_when_the_slide_is_shown_again(self):
        """The speaker turns back and finds the panel as it was left."""

        async def scenario(panel):
            panel.play()
            panel.page.on_stage = False
            assert await soon(lambda: not panel.playing)
            panel.page.on_stage = True
            return await soon(lambda: panel.playing), await soon(
                lambda: "not shown" not in panel.sentence
            )

        assert run(scenario) == (True, True)

    def test_it_goes_on_when_somebody_leafs_on_and_back_at_once(self):
        """The way back arrives while the panel still draws its last picture of the way out."""

        async def scenario(panel):
            panel.play()
            draw = panel.refresh

            def slow_draw():
                draw()
                panel.page.on_stage = True

            panel.refresh = slow_draw
            panel.page.on_stage = False
            await asyncio.sleep(0.1)
            panel.refresh = draw
            return await soon(lambda: panel.playing)

        assert run(scenario)

    def test_a_paused_panel_stays_paused(self):
        """Coming back starts nothing that did not run before."""

        async def scenario(panel):
            panel.page.on_stage = False
            panel.page.on_stage = True
            await asyncio.sleep(0.1)
            return panel.playing

        assert not run(scenario)

    def test_a_pause_off_stage_is_a_pause(self):
        """What code has paused meanwhile is not started by the slide's return."""

        async def scenario(panel):
            panel.play()
            panel.page.on_stage = False
            assert await soon(lambda: not panel.playing)
            panel.pause()
            panel.page.on_stage = True
            await asyncio.sleep(0.1)
            return panel.playing

        assert not run(scenario)


def test_one_of_two_views_closed_stops_nothing():
    """Shown in two places, a panel goes on until both are closed."""

    async def scenario(panel):
        panel.page.views = 2
        panel.play()
        panel.page.views = 1
        await asyncio.sleep(0.1)
        still = panel.playing
        panel.page.views = 0
        return still, await soon(lambda: not panel.playing), panel.sentence

    still, stopped, sentence = run(scenario)
    assert (still, stopped) == (True, True)
    assert "the panel was closed" in sentence


def test_every_panel_has_a_part_in_the_browser():
    """Stateless panels too: their sliders need names as well."""
    panel = panels.explore(lambda ax, w: ax.plot([w]), w=(0.0, 1.0))
    assert panel.page in panel.children
    assert panel.page.on_stage
