"""A learner works through lesson 04 in JupyterLab: every control of every panel, by keyboard."""

# What is turned here acts on steps to come, and leaves the present picture as it is.
LATER = ("learning rate", "momentum", "β", "ρ", "steps")


def words(panel):
    """Return the sentence below the picture."""
    return panel.locator("[role=status]").inner_text()


def label_of(control):
    """Return the words beside a slider or a list."""
    row = control.locator("xpath=ancestor::*[contains(@class, 'widget-inline-hbox')][1]")
    return row.locator("label").first.text_content()


def go_to(lab, panel, control, key, act):
    """Press a key on a control, let it act, and return picture and sentence that come of it."""
    image = panel.locator("img").first
    before = image.get_attribute("src")
    control.focus()
    lab.page.keyboard.press(key)
    act()
    # A control that is there already changes nothing; both ends together are compared below.
    for _ in range(20):
        lab.page.wait_for_timeout(50)
        if image.get_attribute("src") != before:
            break
    return image.get_attribute("src"), words(panel)


def test_every_control_of_every_panel_answers_at_both_ends(lab):
    """End and Home on each slider and list bring another picture, and no panel fails."""
    lab.open("04_optimizers.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    panels = lab.page.locator(".lessons-panel")
    assert panels.count() >= 10
    dead = []
    for number in range(panels.count()):
        panel = panels.nth(number)
        panel.scroll_into_view_if_needed()
        controls = panel.locator(".noUi-handle, select")
        step = panel.get_by_role("button", name="Step")
        runs = step.count() > 0
        for place in range(controls.count()):
            control = controls.nth(place)
            label = label_of(control)
            later = runs and any(word in label for word in LATER)
            seen = {
                go_to(lab, panel, control, key, step.click if later else lambda: None)
                for key in ("End", "Home")
            }
            if len(seen) < 2:
                dead.append((number, label))
            assert "could not be drawn" not in words(panel)
            assert " error" not in words(panel).replace("validation error", "")
    assert dead == []


def test_the_race_runs_listens_and_stops(lab):
    """Play walks by itself; a learning rate turned meanwhile acts; Pause stops the walk."""
    lab.open("04_optimizers.ipynb")
    lab.run_code("from lessons_lib import panels\npanels.race('ravine')")
    race = lab.page.locator(".lessons-panel").last
    race.locator("[role=status]", has_text="8 optimizers wait").wait_for()
    race.get_by_role("button", name="Play").click()
    race.locator("[role=status]", has_text="After").wait_for()
    # All the way up, plain descent leaves the map; the race goes on without it.
    race.locator(".widget-hslider", has_text="learning rate").locator(".noUi-handle").focus()
    lab.page.keyboard.press("End")
    race.locator("[role=status]", has_text="Thrown off: SGD").wait_for()
    race.get_by_role("button", name="Pause").click()
    race.get_by_role("button", name="Play").wait_for()
    lab.page.wait_for_timeout(300)
    stopped = race.locator("img").get_attribute("src"), words(race)
    lab.page.wait_for_timeout(500)
    assert (race.locator("img").get_attribute("src"), words(race)) == stopped
