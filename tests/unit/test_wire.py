"""What travels of a scene: everything at first, then only what has changed."""

import json

import numpy as np
import pytest

from lessons_lib.plots import Pen, Scene
from lessons_lib.plots._wire import Wire

TYPES = {"f4": "<f4", "u1": "u1", "i4": "<i4"}


class Far:
    """The other end of the wire, as the canvas hand is: it merges what it receives."""

    def __init__(self):
        self.scenes = []

    def receive(self, sent):
        """Merge a message; return the names of the items that came."""
        message, buffers = sent
        message = json.loads(json.dumps(message))
        if message["whole"]:
            self.scenes = [{"items": {}, "frame": {}, "legend": None} for _ in message["scenes"]]
        came = []
        for scene, news in zip(self.scenes, message["scenes"], strict=True):
            scene.update({key: news[key] for key in ("frame", "legend") if key in news})
            for item in news.get("items", []):
                came.append(item["name"])
                data = item.get("data", {})
                for key, value in data.items():
                    if isinstance(value, dict):
                        array = np.frombuffer(buffers[value["buffer"]], TYPES[value["type"]])
                        data[key] = array.reshape(value["shape"])
                before = scene["items"].get(item["name"], {"kind": None})
                before = before if before["kind"] == item["kind"] else {"data": {}}
                scene["items"][item["name"]] = before | item | {"data": before["data"] | data}
            if "order" in news:
                scene["items"] = {name: scene["items"][name] for name in news["order"]}
        return came


def picture(scene, y=(1.0, 2.0), *, title="", dot=0.0, extra=False, limits=(0, 1), color="#112233"):
    """Draw a curve, an image, a dot, and perhaps a word."""
    pen = Pen(scene, title, xlim=(0, 1), ylim=(0, 1))
    pen.curve("line", np.arange(len(y)), np.array(y), color=color, label="line")
    pen.image("map", np.array([[0.0, 0.5], [1.0, np.nan]]), (0, 1, 0, 1), limits=limits)
    pen.dot("dot", dot, 0.0)
    if extra:
        pen.text("word", 0, 0, "word")
    pen.legend()
    pen.done("")


@pytest.fixture
def wire():
    """A wire on which nothing has been sent."""
    return Wire()


def test_the_first_message_is_whole_and_the_next_says_nothing(wire, scene):
    """An equal picture, drawn anew, does not travel."""
    picture(scene)
    message, _ = wire.message([scene])
    assert message["whole"]
    assert message["scenes"][0].keys() == {"frame", "legend", "order", "items"}
    picture(scene)
    assert wire.message([scene]) is None


@pytest.mark.parametrize(
    ("changed", "keys", "items"),
    [
        ({"y": (1.0, 3.0)}, {"items"}, [("line", {"data"})]),
        ({"dot": 1.0}, {"items"}, [("dot", {"data"})]),
        ({"title": "new"}, {"frame"}, []),
        ({"color": "#332211"}, {"items", "legend"}, [("line", {"look"})]),
        ({"limits": (0, 2)}, {"items"}, [("map", {"look", "data"})]),
        ({"extra": True}, {"items", "order"}, [("word", {"look", "data"})]),
    ],
)
def test_only_what_changed_travels(wire, scene, changed, keys, items):
    """An item's look and its data travel apart, and so do frame, legend and order."""
    picture(scene)
    wire.message([scene])
    picture(scene, **changed)
    message, _ = wire.message([scene])
    assert not message["whole"]
    (news,) = message["scenes"]
    assert news.keys() == keys
    sent = [(item["name"], item.keys() - {"name", "kind"}) for item in news.get("items", [])]
    assert sent == items


def test_a_change_in_place_is_noticed(wire, scene):
    """An array that somebody has written into is another array."""
    y = np.array([1.0, 2.0])
    for value in (5.0, 6.0):
        y[0] = value
        pen = Pen(scene, xlim=(0, 1), ylim=(0, 9))
        pen.curve("line", [0, 1], y)
        pen.done("")
        assert wire.message([scene]) is not None


def test_an_array_nobody_can_write_into_is_looked_at_once(wire, scene):
    """A map that stays is not made into bytes again, except for other limits."""
    values = np.eye(2)
    values.setflags(write=False)
    for number, limits in enumerate([(0, 1), (0, 1), (0, 2)]):
        pen = Pen(scene)
        pen.image("map", values, (0, 1, 0, 1), limits=limits)
        pen.done("")
        far = wire.message([scene])
        assert (far is None) == (number == 1)
    assert max(far[1][0]) == 127


def test_the_other_end_knows_the_scene(wire, scene):
    """What is merged over there is what was stated here, after any number of changes."""
    far, steps = Far(), [{}, {"y": (2.0, 9.0, 4.0)}, {"extra": True}, {}, {"extra": True}]
    for step in steps:
        picture(scene, **step)
        far.receive(wire.message([scene]))
        (known,) = far.scenes
        assert list(known["items"]) == list(scene.items)
        line = known["items"]["line"]["data"]
        np.testing.assert_array_equal(line["y"], scene.items["line"].data["y"])
        assert known["frame"] == scene.frame
        assert known["legend"]["entries"][0]["label"] == "line"


def test_an_item_that_comes_back_travels_again(wire, scene):
    """The other end has forgotten what had gone."""
    far = Far()
    came = []
    for extra in (True, False, True):
        picture(scene, extra=extra)
        came.append(far.receive(wire.message([scene])))
    assert came[1:] == [[], ["word"]]


def test_of_an_items_data_only_what_changed_travels(wire, scene):
    """The x of a curve stays over there; what an item no longer has, goes."""
    for y, values in [([1, 2], [0, 1]), ([1, 3], [0, 1]), ([1, 3], None)]:
        pen = Pen(scene, xlim=(0, 1), ylim=(0, 1))
        pen.curve("line", [0, 1], y)
        pen.points("points", np.eye(2), None if values is None else np.array(values))
        pen.done("")
        message, _ = wire.message([scene])
        data = {item["name"]: item["data"] for item in message["scenes"][0]["items"]}
        if y == [1, 2]:
            assert data["line"].keys() == {"x", "y"}
        elif values:
            assert {name: entries.keys() for name, entries in data.items()} == {"line": {"y"}}
        else:
            assert data == {"points": {"values": None}}


def test_an_item_of_another_kind_is_another_item(wire, scene):
    """Look and data travel, though both may be the same."""
    pen = Pen(scene)
    pen.curve("m", [1], [2])
    pen.done("")
    wire.message([scene])
    pen = Pen(scene)
    pen.points("m", [[1, 2]])
    pen.done("")
    ((item,),) = [news["items"] for news in wire.message([scene])[0]["scenes"]]
    assert (item["kind"], {"look", "data"} <= item.keys()) == ("points", True)


def test_who_comes_late_gets_everything(wire, scene):
    """After `forget`, and when the number of scenes is another."""
    picture(scene)
    wire.message([scene])
    wire.forget()
    far = Far()
    assert far.receive(wire.message([scene])) == ["line", "map", "dot"]
    assert wire.message([scene]) is None
    message, _ = wire.message([scene, Scene()])
    assert message["whole"]
    assert message["scenes"][1]["frame"] == {}


def test_numbers_become_bytes_between_the_limits(wire, scene):
    """0 is the lowest, 254 the highest, 255 none; beyond the limits lies the end."""
    values = np.array([-1, 0, 1, 2, 3, np.nan])
    for limits, expected in [((0, 2), [0, 0, 127, 254, 254, 255]), ((1, 1), [0, 0, 0, 0, 0, 255])]:
        pen = Pen(scene)
        pen.points("points", np.zeros((6, 2)), values, limits=limits)
        pen.done("")
        wire.forget()
        far = Far()
        far.receive(wire.message([scene]))
        assert far.scenes[0]["items"]["points"]["data"]["values"].tolist() == expected


def test_without_limits_the_lowest_and_the_highest_are_the_ends(wire, scene):
    """And the look does not speak of limits that nobody has given."""
    pen = Pen(scene)
    pen.image("map", np.array([[5.0, 6.0, np.nan]]), (0, 3, 0, 1), colors="cividis")
    pen.done("")
    far = Far()
    far.receive(wire.message([scene]))
    item = far.scenes[0]["items"]["map"]
    assert item["data"]["values"].tolist() == [[0, 254, 255]]
    assert "limits" not in item["look"]
    assert len(item["look"]["colors"]) == 33
    assert all(color.startswith("#") for color in item["look"]["colors"])


def test_colours_travel_as_they_are(wire, scene):
    """Bytes stay, parts from 0 to 1 become bytes."""
    pen = Pen(scene)
    pen.image("bytes", np.full((1, 1, 4), 7, np.uint8), (0, 1, 0, 1))
    pen.image("parts", np.ones((1, 1, 3)), (0, 1, 0, 1))
    pen.done("")
    far = Far()
    far.receive(wire.message([scene]))
    data = [item["data"]["values"] for item in far.scenes[0]["items"].values()]
    assert [part.tolist() for part in data] == [[[[7, 7, 7, 7]]], [[[255, 255, 255]]]]


def test_empty_and_missing_numbers_travel(wire, scene):
    """A curve without points, lines that are none, a gap, and a place that is no number."""
    pen = Pen(scene, xlim=(0, 1), ylim=(0, 1))
    pen.curve("empty", [], [])
    pen.segments("none", [])
    pen.curve("gap", [0, 1, 2], [0, np.nan, 2])
    pen.text("lost", np.nan, 0, "lost", size=np.float64(9))
    pen.done("")
    far = Far()
    far.receive(wire.message([scene]))
    data = {name: item["data"] for name, item in far.scenes[0]["items"].items()}
    assert data["empty"]["x"].shape == (0,)
    assert (data["none"]["counts"].shape, data["none"]["xy"].shape) == ((0,), (0, 2))
    assert np.isnan(data["gap"]["y"][1])
    assert data["lost"]["x"] is None
