"""Lesson 09: the practice table, the record of a project on any table, and its run card."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from lessons_lib import datasets, plots
from lessons_lib.checks import Outcome
from lessons_lib.lessons.project import Project, exercises, go_on, pictures, practice, write_card
from lessons_lib.lessons.project.record import FEWEST

QUESTIONS = exercises.lesson.questions


class Network:
    """A network that has been trained, in as far as a record asks: one that answers by a rule."""

    def __init__(self, rule, updates=9):
        self.predict, self.updates = rule, updates


class Panel:
    """A panel with such a network."""

    def __init__(self, rule, updates=9):
        self.trainer = Network(rule, updates)

    def pause(self):
        """Nothing plays."""


def kinds(n=240, seed=0):
    """A table with a target of three words, of which one is frequent."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "group"])
    table["ward"] = rng.choice(["north", "south"], n)
    table["kind"] = np.array(["red", "blue", "green"])[np.digitize(table["a"], [0.5, 1.2])]
    return pd.concat([table, table[:5]], ignore_index=True)


def prices(n=200, seed=0):
    """A table with a measurement as its target, gaps in a column of words, and dates."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {"day": pd.date_range("2024-01-01", periods=n), "size": rng.normal(size=n)}
    )
    table["town"] = rng.choice(["Köln", "台北", None], n, p=[0.5, 0.4, 0.1])
    table["price"] = 50 + 10 * table["size"] + rng.normal(size=n)
    return table


def project_on(table, target, rule=None, **more):
    """A project whose table is prepared, with a network that answers by a rule."""
    project = Project(table, target, "How many?", **more)
    project.prepared = datasets.prepare(table, target)
    if rule is not None:
        project.panel = Panel(rule)
    return project


def always(column, outputs=3):
    """A network of classes that always answers the same one."""
    return lambda X: np.tile(np.eye(outputs)[column], (len(X), 1))


# --- the practice table ----------------------------------------------------------------------


def test_the_practice_table_suffers_from_what_it_says():
    """Twins, gaps, a rare word, a column from the future; the other numbers are the publisher's."""
    from sklearn.datasets import load_diabetes

    table, published = practice.practice_table(), load_diabetes(as_frame=True, scaled=False).frame
    assert table.shape == (450, 13)
    assert table.columns[-1] == practice.TARGET
    assert (table["glucose"].isna().sum(), table[practice.TARGET].isna().sum()) == (23, 5)
    different = table.drop_duplicates()
    assert len(different) == 442
    np.testing.assert_array_equal(different["bmi"].sort_values(), published["bmi"].sort_values())
    assert 0 < (table["ward"] == "night").mean() < 0.02
    prepared = datasets.prepare(table, practice.TARGET)
    assert [leak.column for leak in prepared.leaks] == [practice.LEAK]


def test_the_practice_file_is_read_as_the_table(tmp_path, monkeypatch):
    """As a learner's own file is: separators, decimal commas and ? are found."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    path = practice.practice_file()
    assert path.parent == tmp_path
    assert ";" in path.read_text("utf-8").splitlines()[0]
    read, table = datasets.read_table(path), practice.practice_table()
    assert list(read.columns) == list(table.columns)
    for name in table.columns:
        assert read[name].isna().equals(table[name].isna()), name
        there = table[name].notna()
        np.testing.assert_array_equal(read.loc[there, name], table.loc[there, name])


def test_a_leak_makes_both_sets_look_good_and_use_bad():
    """What the lesson's experiment says."""
    found = practice.leak_experiment()
    for part in ("validation", "test"):
        assert found["kept"][part] < 0.5 * found["left out"][part]
    assert found["kept"]["in use"] > found["left out"]["in use"]
    assert found["left out"]["in use"] == found["left out"]["test"]


# --- the record ------------------------------------------------------------------------------


def test_errors_of_classes_are_fractions():
    """Of wrong answers, on any rows, as scikit-learn counts them."""
    project = project_on(kinds(), "kind", always(0))
    data = project.prepared
    assert project.error(data.X_val, data.y_val) == np.mean(data.y_val != 0)
    most = np.bincount(data.y_train).argmax()
    assert project.know_nothing() == np.mean(data.y_val != most)
    assert set(project.errors()["answer"]) == {data.class_names[0]}


def test_errors_of_a_measurement_are_in_its_unit():
    """The root of the mean square, of the differences in the table's own numbers."""
    project = project_on(prices(), "price", lambda X: np.full((len(X), 1), 0.5))
    data = project.prepared
    guess = data.train["price"].mean() + 0.5 * data.train["price"].std(ddof=0)
    expected = np.sqrt(np.mean((data.val["price"] - guess) ** 2))
    assert project.error(data.X_val, data.y_val) == pytest.approx(expected, rel=1e-4)
    rows = project.errors()
    np.testing.assert_allclose(rows["answer"] - rows["price"], rows["off"], rtol=1e-3)


@pytest.mark.parametrize(
    ("look_by", "names"),
    [
        ("size", {"low", "middle", "high"}),
        ("town", {"Köln", "台北", "missing"}),
        ("day", {"low", "middle", "high"}),
    ],
)
def test_every_row_is_in_one_group(look_by, names):
    """Numbers in thirds, words by themselves, gaps together; the groups' squares add up."""
    project = project_on(prices(), "price", lambda X: np.zeros((len(X), 1)), look_by=look_by)
    groups, data = project.by_group(), project.prepared
    assert groups["rows"].sum() == len(data.y_val)
    together = (groups["rows"] * groups["error"] ** 2).sum() / len(data.y_val)
    assert np.sqrt(together) == pytest.approx(project.error(data.X_val, data.y_val))
    assert {name.partition(",")[0] for name in groups.index} == names


def test_thirds_are_named_by_their_ends():
    """A number in four digits, a date without its time."""
    answers = {"look_by": "day", "rule": lambda X: np.zeros((len(X), 1))}
    project = project_on(prices(), "price", **answers)
    last = project.prepared.val["day"].quantile(2 / 3)
    assert project.by_group().index[2] == f"high, above {last:%Y-%m-%d}"
    project.look_by = "size"
    low, middle, high = (name.split()[-1] for name in project.by_group().index)
    assert middle == high
    assert float(low) < float(high)


def test_the_worst_group_is_none_of_three_rows():
    """Where there are larger ones; otherwise the worst there is."""
    project = project_on(kinds(), "kind", always(0), look_by="ward")
    wrong = project.errors()["off"] == 1
    few = wrong & (wrong.cumsum() <= 3)
    project.prepared.val["ward"] = np.where(few, "few", "many")
    groups = project.by_group()
    assert groups.loc["few", "rows"] == 3 < FEWEST
    assert groups.loc["few", "error"] == 1.0 > groups.loc["many", "error"]
    assert project.worst_group == "many"


def test_a_column_of_the_table_keeps_its_place_beside_ours():
    """A table may have a column called group."""
    rows = project_on(kinds(), "kind", always(0), look_by="ward").errors()
    assert rows["table's group"].dtype.kind == "f"
    assert set(rows["group"]) == {"north", "south"}
    table = prices().rename(columns={"price": "answer"})
    rows = project_on(table, "answer", lambda X: X[:, :1], look_by="town").errors()
    np.testing.assert_allclose(rows["answer"] - rows["table's answer"], rows["off"], rtol=1e-3)


def test_a_misspelt_name_is_refused():
    """What is written under another name would be lost; the sentence names the nearest."""
    project = Project(kinds(), "kind")
    with pytest.raises(AttributeError, match=r"no basline. Did you mean project.baseline\?"):
        project.basline = 0.5
    assert project.look_by == "a"
    for words, given in (("target", ("kinds",)), ("look_by", ("kind", "", "wards"))):
        with pytest.raises(ValueError, match=f"{words} must be a column.*Did you mean"):
            Project(kinds(), *given)


def test_the_steps_have_an_order():
    """Each asks for the one before it, in a sentence."""
    project = Project(kinds(), "kind")
    with pytest.raises(ValueError, match="not prepared yet"):
        project.know_nothing()
    project.prepared = datasets.prepare(project.table, "kind")
    with pytest.raises(ValueError, match="no network yet"):
        project.errors()
    project.panel = Panel(always(0), updates=0)
    with pytest.raises(ValueError, match="stays sealed"):
        project.open_test()
    assert project.prepared.times_opened == 0


def test_suspects_are_remembered():
    """Once a column has been left out, it is no suspect of the new table, and stays one here."""
    project = Project(practice.practice_table(), practice.TARGET)
    project.prepared = datasets.prepare(project.table, practice.TARGET)
    project.prepared = datasets.prepare(project.table, practice.TARGET, drop=["visits"])
    assert project.suspects == ("visits",)


def test_a_script_that_print_has_not_is_numbered(recwarn):
    """In the picture; its sentence keeps the names, and nothing is drawn as empty boxes."""
    table = prices().rename(columns={"town": "城市"})
    project = project_on(table, "price", lambda X: X[:, :1], look_by="城市")
    picture = pictures.group_errors(plots.Scene(), project)
    assert plots.png_of([picture.scene], (4, 3), 80)
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    assert project.worst_group in picture.sentence


# --- its questions, on other tables ----------------------------------------------------------


def values_of(question, project):
    """The values that this project's wrong answers have, where they are numbers."""
    found = {}
    for name, known in question.wrong.items():
        if known.when is None:
            found[name] = known.answer(project) if callable(known.answer) else known.answer
    return found


@pytest.mark.parametrize("name", ["usable_rows", "baseline", "first_loss", "ceiling"])
@pytest.mark.parametrize("table", [kinds, prices])
def test_each_number_is_judged_by_this_table(name, table):
    """The solution is right, and each wrong answer is told by a sentence, whatever the target."""
    target = {"kinds": "kind", "prices": "price"}[table.__name__]
    rule = always(0) if target == "kind" else lambda X: X[:, :1]
    project, question = project_on(table(), target, rule), QUESTIONS[name]
    right = question.solution(project)
    setattr(project, name, right)
    assert question.judge(project).outcome is Outcome.RIGHT
    told = set()
    for value in values_of(question, project).values():
        if np.isclose(value, right, rtol=question.rtol):
            continue  # in this table it makes no difference
        setattr(project, name, value)
        feedback = question.judge(project)
        assert feedback.outcome is Outcome.NOT_YET
        told.add(feedback.wrong)
    assert None not in told
    assert len(told) >= 2


def test_classes_are_told_of_classes():
    """A wrong answer on a table of classes gets the sentence about classes."""
    project = project_on(kinds(), "kind", always(0))
    project.baseline = 1 - project.know_nothing()
    assert "fraction of right answers" in QUESTIONS["baseline"].judge(project).text
    project.first_loss = 1 - 1 / 3
    assert "minus a logarithm" in QUESTIONS["first_loss"].judge(project).text


def test_a_suspect_may_stay_for_a_reason():
    """Three words at least; an empty one keeps the question open."""
    project, question = exercises._split(), QUESTIONS["leaves_out"]
    project.leaves_out = []
    for reason, outcome in (("", "not yet"), ("well", "not yet"), ("booked in advance", "right")):
        project.keeps["visits"] = reason
        assert question.judge(project).outcome.value == outcome


@pytest.mark.parametrize("value", [5, None, [3], {"visits": 1}, np.array([1.0]), "visit"])
def test_what_names_no_columns_is_told(value):
    """Whatever stands in the place of a list of names."""
    project = exercises._split()
    project.leaves_out = value
    feedback = QUESTIONS["leaves_out"].judge(project)
    assert (feedback.outcome is Outcome.RIGHT) == (type(value) is dict)  # its keys are the names
    assert "ended in a" not in feedback.text


def test_the_test_set_is_judged_as_it_was_opened():
    """The first look counts, whatever is opened later; a network that is turned is another one."""
    project = project_on(prices(), "price", lambda X: X[:, :1])
    question = QUESTIONS["test_error"]
    project.test_error = 3.0
    assert "still sealed" in question.judge(project).text
    X, y = project.open_test()
    project.test_error = project.error(X, y)
    assert question.judge(project).outcome is Outcome.RIGHT
    project.panel.trainer.updates += 1
    assert question.judge(project).wrong == "trained_after"


def test_the_lesson_goes_on_with_its_own_network_until_there_is_one(capsys):
    """Which makes no step in the learner's panel, and gives way to it."""
    project = exercises._at_the_panel()
    go_on(project)
    assert project.panel.trainer.updates == 0
    assert project.trainer.updates == exercises.UPDATES
    assert not project.beats_baseline
    ours = project.error(project.prepared.X_val, project.prepared.y_val)
    project.panel.step(exercises.UPDATES)
    go_on(project)
    assert project.trainer is project.panel.trainer
    assert project.error(project.prepared.X_val, project.prepared.y_val) == pytest.approx(ours)
    assert project.beats_baseline
    assert capsys.readouterr().out.splitlines()[-1] == "the network: yours"


# --- the run card ----------------------------------------------------------------------------


class Text(HTMLParser):
    """The text of a page, what it refers to, and whether each element is closed."""

    def __init__(self, page):
        super().__init__()
        self.words, self.refers, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note an element and what it names."""
        self.refers += [value for name, value in attrs if name in ("src", "href")]
        self.words += [value for name, value in attrs if name == "alt"]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close it."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Note its text."""
        self.words.append(data)


def card_of(project, folder):
    """Write a card, and return its text and the page."""
    page = write_card(project, str(folder / "card.html")).read_text("utf-8")
    text = Text(page)
    assert not text.open
    assert all(target.startswith("data:image/png;base64,") for target in text.refers)
    return " ".join(" ".join(text.words).split()), page


def test_the_card_of_a_finished_project_has_everything(tmp_path):
    """Question, data, split, baseline, settings and turns, curves, analysis, and the one score."""
    project = exercises._trained()
    project.question, project.found = "Who needs a place?", "Few rows, and the heaviest are worst."
    project.leaves_out = ["visits"]
    project.panel.trainer.learning_rate = 0.01
    project.panel.step(10)
    project.open_test()
    words, _ = card_of(project, tmp_path)
    for part in (
        *("Who needs a place?", "450 rows, 13 columns", "progression, a measurement", "267 rows"),
        *("visits left out", "knowing nothing", "Dense 32", "learning rate 0.05 → 0.01", "160"),
        *("validation loss", "all validation rows", project.found, "SHA-256", "keras"),
        f"{project.openings[0].test_error:.4g} root mean squared error",
    ):
        assert part in words, part


def test_the_card_says_what_is_missing_and_what_went_wrong(tmp_path):
    """Nothing is left out of it in silence."""
    project = exercises._trained()
    project.question = ""
    words, _ = card_of(project, tmp_path)
    assert "the question is not written yet" in words
    assert "visits a suspect; why it goes or stays is not written yet" in words
    assert "What it shows is not written yet" in words
    assert "The test set is sealed" in words
    project.panel.reset()
    project.panel.step(1)
    project.keeps["visits"] = "booked in advance"
    for _ in range(2):
        project.open_test()
    words, _ = card_of(project, tmp_path)
    assert "visits stays: booked in advance" in words
    assert "opened 2 times" in words
    project.prepared = datasets.prepare(project.table, project.target, drop=["visits"])
    project.prepared.open_test()
    assert "opened without project.open_test()" in card_of(project, tmp_path)[0]


def test_a_table_cannot_write_into_the_page(tmp_path):
    """Names and words of a table, and the learner's own, are text on it, in every script."""
    table = kinds().rename(columns={"a": "<script>alert(1)</script>"})
    table["kind"] = table["kind"].replace({"red": "<b>紅&", "blue": '"藍"'})
    project = exercises.Project(table, "kind", "<i>誰？</i>", look_by="ward")
    project.prepared = datasets.prepare(table, "kind", drop=["<script>alert(1)</script>"])
    project.panel = exercises._panel(
        project.prepared, project.prepared.X_train, project.prepared.y_train
    )
    project.panel.step(20)
    project.leaves_out, project.found = "<script>alert(1)</script>", "<b>why</b>"
    words, page = card_of(project, tmp_path)
    assert not re.search(r"<script|<b>|<i>", page)
    for part in ("<i>誰？</i>", "<b>紅&", '"藍"', "<b>why</b>", "3 classes"):
        assert part in words, part
