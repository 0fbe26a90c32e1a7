"""A learner works through lesson 03 in JupyterLab, with the keyboard."""

import pytest

PANELS = [
    ("graph", ["step", "w", "x", "b", "y"]),
    ("shapes", ["samples", "inputs", "units"]),
    ("errors", ["ε", "precision"]),
    ("kink", ["z", "ε"]),
    ("museum", ["room"]),
]


def wait_for_answer(lab, panel, old):
    """Wait until the panel shows another picture than ``old``, and return the new one."""
    image = panel.locator("img")
    lab.page.wait_for_function(
        "([image, old]) => image.src !== old", arg=[image.element_handle(), old]
    )
    lab.page.wait_for_timeout(150)
    return image.get_attribute("src")


def drive_slider(lab, panel, handle):
    """Take one slider to both ends and return the sentences read there."""
    read = []
    for key in ("End", "Home"):
        old = panel.locator("img").get_attribute("src")
        handle.focus()
        lab.page.keyboard.press(key)
        wait_for_answer(lab, panel, old)
        read.append(panel.locator("[role=status]").inner_text())
    ends = [float(handle.get_attribute(f"aria-value{end}")) for end in ("min", "now")]
    assert ends[0] == pytest.approx(ends[1])
    return read


def drive_list(lab, panel, chooser):
    """Choose the last and the first entry of a list and return the sentences read there."""
    read = []
    for key in ("End", "Home"):
        old = panel.locator("img").get_attribute("src")
        chooser.focus()
        lab.page.keyboard.press(key)
        wait_for_answer(lab, panel, old)
        read.append(panel.locator("[role=status]").inner_text())
    return read


def test_lesson_03_runs_and_every_control_answers_at_both_ends(lab):
    """Run all cells; every slider and list, taken to both ends, changes picture and sentence."""
    lab.open("03_backprop.ipynb")
    lab.run_all()
    assert lab.red_outputs() == []
    panels = lab.page.locator(".lessons-panel")
    assert panels.count() == len(PANELS)
    for index, (name, labels) in enumerate(PANELS):
        panel = panels.nth(index)
        panel.scroll_into_view_if_needed()
        panel.locator("[role=status]").wait_for()
        handles, lists = panel.locator(".noUi-handle"), panel.locator("select")
        assert handles.count() + lists.count() == len(labels), name
        for number in range(handles.count()):
            read = drive_slider(lab, panel, handles.nth(number))
            assert all(read), (name, labels[number])
            if labels[number] == "step":  # the rules of the last step and of the first
                assert "Step 11 of 11. Backward: dw = dp · x" in read[0]
                assert "Step 0 of 11. Inputs" in read[1]
        for number in range(lists.count()):
            read = drive_list(lab, panel, lists.nth(number))
            assert read[0] != read[1], (name, labels[-1])
        assert "could not be drawn" not in panel.inner_text(), name
    assert lab.red_outputs() == []
