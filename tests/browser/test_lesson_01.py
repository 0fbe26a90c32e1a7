"""A learner works through lesson 01 in JupyterLab."""


def test_lesson_01_runs_and_its_panel_follows_the_keyboard(lab):
    """Run all cells; arrow keys on the first slider change its picture and its sentence."""
    lab.open("01_neuron.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    panel = lab.page.locator(".lessons-panel").first
    panel.scroll_into_view_if_needed()
    picture, sentence = panel.locator("img"), panel.locator("[role=status]")
    before = picture.get_attribute("src"), sentence.inner_text()
    handle = panel.locator(".noUi-handle").first
    handle.focus()
    for _ in range(5):
        lab.page.keyboard.press("ArrowRight")
    lab.page.wait_for_function(
        "([image, old]) => image.src !== old", arg=[picture.element_handle(), before[0]]
    )
    lab.page.wait_for_timeout(300)
    assert "w = 0.25" in sentence.inner_text()
    assert sentence.inner_text() != before[1]


def test_ends_of_the_first_slider_are_reached_by_keyboard(lab):
    """Home and End take the weight to −3 and 3, and the sentence says so."""
    lab.open("01_neuron.ipynb")
    lab.run_all()
    panel = lab.page.locator(".lessons-panel").first
    panel.scroll_into_view_if_needed()
    panel.locator(".noUi-handle").first.focus()
    for key, value in [("End", "w = 3.00"), ("Home", "w = -3.00")]:
        lab.page.keyboard.press(key)
        panel.locator("[role=status]", has_text=value).wait_for()
