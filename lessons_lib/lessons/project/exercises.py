"""Questions of lesson 09, whose answers are those of the learner's own table."""

import difflib

import numpy as np

from lessons_lib import datasets, panels
from lessons_lib.checks import (
    Choice,
    Lesson,
    Number,
    Outcome,
    OwnWork,
    Prediction,
    right,
    wrong,
)
from lessons_lib.lessons.project import practice
from lessons_lib.lessons.project.record import BETTER, Project

lesson = Lesson("09", "project")

UPDATES = 150  # with which the lesson goes on where the learner's network is not trained


# --- what a cell below an exercise goes on with ----------------------------------------------


def columns_to_leave_out(project):
    """Return the columns that the learner leaves out, or all suspects until that is answered."""
    if leaves_out.judge(project).outcome is Outcome.RIGHT:
        names, whose = _column_names(project), "yours"
    else:
        names, whose = list(project.suspects), "the lesson's own, until yours passes its check"
    print(f"left out: {', '.join(names) or 'no column'} ({whose})")
    return names


def go_on(project):
    """Go on with the learner's network where it has been trained, otherwise train one like it."""
    from lessons_lib.live import LiveTrainer

    project.ours = None
    if project.panel.trainer.updates:
        print("the network: yours")
        return
    panel, data = project.panel, project.prepared
    project.ours = LiveTrainer(
        panel.trainer.to_keras(), data.X_train, data.y_train, (data.X_val, data.y_val)
    )
    project.ours.step(UPDATES)
    print("the network: the lesson's own, until you have trained yours")


def _column_names(project):
    """Return the names that are to be left out as a list; a single one may stand alone."""
    given = project.leaves_out
    names = [given] if type(given) is str else list(given)
    if not all(isinstance(name, str) for name in names):
        raise TypeError("names of columns are texts")
    return names


# --- projects as a notebook hands them out, for the tests and the checks ---------------------


def _read():
    """Return a project of which the table is read."""
    return Project(practice.practice_table(), practice.TARGET, "How far?", look_by="bmi")


def _split():
    """Return a project that is split as well; the leak is still in it."""
    project = _read()
    project.prepared = datasets.prepare(project.table, project.target)
    return project


def _clean():
    """Return a project without its leak."""
    project = _split()
    project.prepared = datasets.prepare(project.table, project.target, drop=project.suspects)
    return project


def _network(data, seed=0):
    """Return the lesson's network for a prepared table."""
    import keras

    keras.utils.set_random_seed(seed)
    small = keras.initializers.RandomNormal(stddev=0.01, seed=0)
    outputs = len(data.class_names) or 1
    model = keras.Sequential(
        [
            keras.Input((data.X_train.shape[1],)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dropout(0.0),
            keras.layers.Dense(outputs, kernel_initializer=small),
        ]
    )
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), cross_entropy if data.is_classes else "mse")
    return model


def _panel(data, X, y):
    validation = data.X_val, data.y_val
    return panels.live(_network(data), X, y, validation_data=validation, views=["curves"])


def _at_the_panel():
    """Return a project with a network that has made no step."""
    project = _clean()
    project.panel = _panel(project.prepared, project.prepared.X_train, project.prepared.y_train)
    return project


def _trained():
    """Return a project with a network that has beaten the baseline."""
    project = _at_the_panel()
    project.panel.step(UPDATES)
    return project


# --- what is missing -------------------------------------------------------------------------


def _needs_sets(project):
    if project.prepared is None:
        return "The table is not split yet: run the cell that sets `project.prepared` first."
    return ""


def _needs_panel(project):
    if missing := _needs_sets(project):
        return missing
    if project.panel is None:
        return "There is no network yet: run the cell that sets `project.panel` first."
    return ""


def _needs_network(project):
    if missing := _needs_panel(project):
        return missing
    if not project.trainer.updates:
        return "The network has made no step yet. Train it in the panel first."
    return ""


def _either(classes, measurement):
    """Return what is said of classes, or of a measurement."""
    return lambda project: classes if project.prepared.is_classes else measurement


# --- three things to remember ----------------------------------------------------------------


@lesson.question
class scaled_row(Number):
    """**From lesson 5.** A column of the training set holds 2, 4, 6 and 8, and a validation row
    holds 10. Scaled to mean 0 and standard deviation 1, what does the network get for that 10?
    (`np.std` as it is, which divides by n.)
    """

    concepts = ("V2",)
    rtol = 5e-3
    hints = (
        "Mean and standard deviation come from the training set alone.",
        "The training mean is 5. How far is each of the four from it, squared, on average?",
        "Subtract the mean, divide by the standard deviation.",
    )
    takeaway = (
        "It lies outside of what the network has seen, and that is honest. `datasets.prepare` "
        "scales in this way, and fills gaps in this way too: by what the training set knows."
    )

    def solution():
        train = np.array([2, 4, 6, 8])
        return (10 - train.mean()) / train.std()

    with_the_validation_row = wrong(
        lambda: (10 - 6) / np.std([2, 4, 6, 8, 10]),
        "You took mean and standard deviation over all five rows. The validation row has then "
        "helped to scale itself: a leak.",
    )
    divided_by_variance = wrong(
        lambda: (10 - 5) / 5,
        "You divided by the variance, the mean of the squares. Its root is the standard deviation.",
    )
    sample_deviation = wrong(
        lambda: (10 - 5) / np.std([2, 4, 6, 8], ddof=1),
        "You divided by n − 1. Here `np.std` is meant as it is.",
    )
    min_max = wrong(
        lambda: (10 - 2) / 6,
        "This is min-max scaling, which takes the training minimum to 0 and the maximum to 1.",
    )
    not_centred = wrong(
        lambda: 10 / np.sqrt(5), "The mean was not subtracted, so the column is not around 0."
    )


@lesson.question
class half_the_error_bar(Number):
    """**From lesson 7.** On a test set of 90 rows the standard error of an accuracy is 0.04. How
    many rows would the test set need for a standard error of 0.02, with the same accuracy?
    """

    concepts = ("T1",)
    rtol = 5e-3
    hints = (
        "The standard error is √(p(1 − p)/n). Only n changes here.",
        "n stands under a root: what must it do for the root to double?",
    )
    takeaway = (
        "Four times as many for half the error bar. So a small test set says little, and looking "
        "at it again and again does not make it larger."
    )

    def solution():
        return 90 * (0.04 / 0.02) ** 2

    twice_as_many = wrong(
        180, "Twice as many rows shrink it by √2 only, to 0.028: n stands under a root."
    )
    by_the_root = wrong(
        lambda: 90 * np.sqrt(2),
        "The root was taken on the wrong side: for a root that doubles, n grows fourfold.",
    )
    half_as_many = wrong(45, "Fewer rows make it less sure, not more.")
    extra_rows = wrong(
        270, "So many are to be added. The question is how many rows the test set then has."
    )


@lesson.question
class updates_so_far(Number):
    """**From lessons 1 and 4.** 265 training rows in batches of 32: how many updates do 20 epochs
    make? (The last batch of an epoch may be smaller.)
    """

    concepts = ("N8", "O3")
    hints = (
        "One batch, one update. How many batches does it take until every row was there?",
        "Eight batches hold 256 rows. What becomes of the others?",
    )
    takeaway = "9 an epoch. A small table gives few updates an epoch, so count updates."

    def solution():
        return int(np.ceil(265 / 32)) * 20

    without_the_rest = wrong(
        160,
        "The rows that do not fill a batch were dropped. They are a smaller batch, and an update.",
    )
    row_by_row = wrong(5300, "That would be one update a row. A batch of 32 rows makes one.")
    one_epoch = wrong(9, "These are the updates of one epoch.")
    fractions = wrong(
        lambda: 265 / 32 * 20, "An update is made or not made: round up in each epoch first."
    )


# --- read and look ---------------------------------------------------------------------------


@lesson.question
class usable_rows(OwnWork):
    """Write into `project.usable_rows` how many *different* rows with a known target your table
    holds. A row that stands there twice teaches nothing the second time, and one without its target
    nothing at all; gaps in other columns can be filled.
    """

    concepts = ("J1",)
    about = Project
    start = _read
    hints = (
        "`table.dropna(subset=[...])` leaves out the rows with a gap in these columns.",
        "`drop_duplicates` keeps one of several equal rows, `len` counts.",
    )
    takeaway = (
        "By this number decide how large a network, and how large a test set, your table can bear."
    )

    def solution(project):
        known = project.table.dropna(subset=[project.target])
        return len(known.drop_duplicates())

    all_rows = wrong(
        lambda project: len(project.table),
        "These are all rows. Those that repeat another, or have no target, teach nothing.",
    )
    counted_twins = wrong(
        lambda project: len(project.table.dropna(subset=[project.target])),
        "Rows that stand there twice are counted twice.",
    )
    without_target = wrong(
        lambda project: len(project.table.drop_duplicates()),
        "Rows without a target are counted. What should a network learn from them?",
    )
    dropped_every_gap = wrong(
        lambda project: len(project.table.dropna().drop_duplicates()),
        "Every row with a gap anywhere was thrown away. Only the target cannot be filled.",
    )
    only_the_repeats = wrong(
        lambda project: int(project.table.duplicated().sum()),
        "These are the rows that repeat another one. How many are left?",
    )


# --- the split and the leak ------------------------------------------------------------------


@lesson.question
class guess_leak(Prediction):
    """In the table of patients the number of visits in the year *after* the measurements stays by
    mistake. In use, when a new patient comes, nobody knows it yet. What will the errors on the
    validation set and on the test set do, compared with a table without that column?
    """

    concepts = ("J2", "T1")
    hints = (
        "Where do the rows of the test set come from? Which columns do they have?",
        "A test set is sealed against choosing. Is it sealed against a column?",
    )
    options = (
        wrong(
            "Validation falls and the test rises: the test set finds the leak out.",
            "The test rows come from the same table, with the same column in it. They are fooled "
            "in the same way.",
        ),
        wrong(
            "Both stay about as they are: a network ignores what it does not need.",
            "It is the most useful column of all, so every model takes it.",
        ),
        right(
            "Both fall, far: neither of them finds the leak out.",
            "Both sets have the column. Only somebody who asks when each number is known can find "
            "it, and otherwise the first week in use.",
        ),
        wrong(
            "Both rise: a column that does not belong there is noise.",
            "Noise would hardly harm. This column tells the target, so both errors fall.",
        ),
    )
    takeaway = "So ask of each column: would I know it at the moment of the question?"

    def experiment():
        found = practice.leak_experiment()
        kept, clean = found["kept"], found["left out"]
        fallen = [kept[part] < 0.5 * clean[part] for part in ("validation", "test")]
        return "c" if all(fallen) else "a" if fallen[0] else "b"


@lesson.question
class leaves_out(OwnWork):
    """Write into `project.leaves_out` the names of the columns that nobody would know at the moment
    of the question, as a list; an empty one if there are none. `project.suspects` are those that
    nearly tell the target by themselves. A suspect may stay if you have a reason:
    `project.keeps["its name"] = "why it is known in time"`.
    """

    concepts = ("J2", "T1")
    about = Project
    start = _split
    needs = _needs_sets
    hints = (
        "Look at `project.suspects`, and ask of each: when is this number written down?",
        "What the table says of the time after the question is left out, however useful it is.",
    )
    takeaway = (
        "A suspicion is found by a computer, and judged by somebody who knows the table. A leak "
        "that tells less than nearly everything is found by that question alone."
    )

    def solution(project):
        return list(project.suspects)

    def accept(project):
        try:
            names = _column_names(project)
        except TypeError:
            return 'A list of names is expected, such as `["a", "b"]`, or `[]` for none.'
        kept = [name for name in project.suspects if name not in names]
        silent = [name for name in kept if len(str(project.keeps.get(name, "")).split()) < 3]
        if not silent:
            return ""
        return (
            f"`{silent[0]}` alone nearly tells the target, and stays in. Leave it out, or write "
            f'into `project.keeps["{silent[0]}"]` why it is known in time (three words or more).'
        )

    no_such_column = wrong(
        lambda project: ["vists"],
        lambda project: _not_there(project),
        when=lambda project: bool(set(_column_names(project)) - {*map(str, project.table.columns)}),
    )
    target_left_out = wrong(
        lambda project: [*project.suspects, project.target],
        "The target itself is among them. It is what you ask for; `prepare` takes it out by "
        "itself.",
        when=lambda project: project.target in _column_names(project),
    )
    everything_left_out = wrong(
        lambda project: [name for name in project.table.columns if name != project.target],
        "No column is left to predict from. Leave out what is not known in time, and no more.",
        when=lambda project: len({*_column_names(project)}) >= project.table.shape[1] - 1,
    )
    nothing_left_out = wrong(
        lambda project: [],
        lambda project: (
            f"Nothing is left out, and `{project.suspects[0]}` alone nearly tells "
            f"`{project.target}`. When is it written down, before or after the moment of the "
            "question?"
        ),
        when=lambda project: not _column_names(project) and leaves_out.accept(project),
    )
    another_column = wrong(
        lambda project: ["ward"],
        lambda project: (
            f"You leave out {', '.join(_column_names(project))}, and "
            f"`{_open_suspects(project)[0]}` stays in, which alone nearly tells "
            f"`{project.target}`."
        ),
        when=lambda project: _column_names(project) and leaves_out.accept(project),
    )


def _open_suspects(project):
    return [name for name in project.suspects if name not in _column_names(project)]


def _not_there(project):
    columns = list(map(str, project.table.columns))
    name = next(name for name in _column_names(project) if name not in columns)
    near = difflib.get_close_matches(name, columns, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"The table has no column {name!r}.{meant}"


# --- the baseline ----------------------------------------------------------------------------


@lesson.question
class baseline(OwnWork):
    """Write into `project.baseline` the error of knowing nothing, measured on the validation set.
    Whoever knows nothing gives every row the one answer that is best on the training set: of
    classes the most frequent one, of a measurement the mean. The error is the fraction of wrong
    answers, or the root mean squared error in the target's own unit.
    """

    concepts = ("J3", "N9")
    about = Project
    start = _clean
    needs = _needs_sets
    hints = (
        "The answer comes from `y_train`, and is judged on `y_val`; both are in "
        "`project.prepared`.",
        "Classes: `np.bincount` counts them. A measurement: `y_train` is standardised, so its mean "
        "is 0.",
        "A standardised error times `project.prepared.unit` is an error in the target's unit.",
    )
    takeaway = "This is the number to beat. Write it on the board before the first training."

    def solution(project):
        data = project.prepared
        if data.is_classes:
            answer = np.bincount(data.y_train).argmax()
            error = np.mean(data.y_val != answer)
        else:
            error = np.sqrt(np.mean(data.y_val**2)) * data.unit
        return error

    on_training_rows = wrong(
        lambda project: _constant_error(project, project.prepared.y_train),
        "This is its error on the training set, from which the answer came. Judge it on the "
        "validation set.",
    )
    peeked = wrong(
        lambda project: _constant_error(project, of=project.prepared.y_val),
        "The answer was chosen on the validation set: the baseline has looked at what it is judged "
        "on.",
    )
    another_constant = wrong(
        lambda project: _constant_error(project, another=True),
        _either(
            "You answered with the mean of the class numbers. Classes have no middle: name the "
            "most frequent one.",
            "You answered with the median. For the squared error the mean is best.",
        ),
    )
    another_measure = wrong(
        lambda project: (
            1 - project.know_nothing()
            if project.prepared.is_classes
            else project.know_nothing() / project.prepared.unit
        ),
        _either(
            "This is the fraction of right answers. The error is the fraction of wrong ones.",
            "This is the error in standard deviations. Times `unit` it is in the target's own "
            "unit.",
        ),
    )
    not_the_best_guess = wrong(
        lambda project: (
            1 - 1 / len(project.prepared.class_names)
            if project.prepared.is_classes
            else np.mean(np.abs(project.prepared.y_val)) * project.prepared.unit
        ),
        _either(
            "This is the error of guessing at random. Always naming the most frequent class is "
            "better, and needs no network either.",
            "This is the mean absolute error. Square, take the mean, then the root.",
        ),
    )


def _constant_error(project, y=None, of=None, another=False):
    """Return the error of a constant answer: on which rows it is judged, from which it is taken."""
    data = project.prepared
    y = data.y_val if y is None else y
    of = data.y_train if of is None else of
    if data.is_classes:
        answer = np.rint(of.mean()) if another else np.bincount(of).argmax()
    else:
        answer = np.median(of) if another else of.mean()
    off = (y != answer) if data.is_classes else (y - answer) * data.unit
    return project.error_of(off)


# --- the first loss --------------------------------------------------------------------------


@lesson.question
class first_loss(OwnWork):
    """Write into `project.first_loss` what the training loss must be before the first update. All
    classes get nearly the same probability then, and the loss is the cross-entropy; or the answer
    is nearly 0 for every row, the target is standardised, and the loss is the mean squared error.
    """

    concepts = ("J3", "N11")
    about = Project
    start = _clean
    needs = _needs_sets
    rtol = 0.01
    hints = (
        "How many classes does `project.prepared.class_names` name? None: a measurement.",
        "The cross-entropy of a row is minus the logarithm of what its class got.",
        "What is the mean of the squares of numbers with mean 0 and standard deviation 1?",
    )
    takeaway = (
        "If the first loss is another one, something is wrong before anything is learned: labels "
        "that were shifted, a target that was not scaled, a softmax too many."
    )

    def solution(project):
        classes = len(project.prepared.class_names)
        return np.log(classes) if classes else 1.0

    already_right = wrong(
        0.0,
        "A loss of 0 would mean that every answer is right already, before anything is learned.",
    )
    not_the_loss = wrong(
        lambda project: (
            1 - 1 / len(project.prepared.class_names)
            if project.prepared.is_classes
            else project.prepared.unit
        ),
        _either(
            "This is the fraction of wrong answers. The loss is the cross-entropy, minus a "
            "logarithm.",
            "This is an error in the target's own unit. The network sees a standardised target.",
        ),
    )
    another_scale = wrong(
        lambda project: (
            np.log2(len(project.prepared.class_names))
            if project.prepared.is_classes
            else project.prepared.unit**2
        ),
        _either(
            "This is a logarithm to the base 2. The cross-entropy takes the natural one, `np.log`.",
            "This is the variance in the target's own unit: the loss if the mean were subtracted "
            "from the target, and nothing divided.",
        ),
    )
    another_task = wrong(
        lambda project: 1.0 if project.prepared.is_classes else np.log(2),
        _either(
            "This would be the loss of a standardised measurement. Your target has classes.",
            "ln 2 is the first loss with two classes. Your target is a measurement.",
        ),
    )


# --- the network -----------------------------------------------------------------------------


@lesson.question
class beat_baseline(OwnWork):
    """Train in the panel until the network's error on the validation set is at least 5 % below
    the baseline's, and stop there: going on may spoil it again. Turn what you like. The sentence
    below the panel says how the losses stand.
    """

    concepts = ("J3", "V7")
    about = Project
    start = _at_the_panel
    needs = _needs_panel
    hints = (
        "The dashed curve is validation. Stop where it is lowest; the timeline goes back as well.",
        "Does the training loss fall? If not, the learning rate comes first.",
        "Training falls and validation rises: fewer units, dropout, l2, or an earlier stop.",
    )
    takeaway = "By how much is for you to judge: what is a mistake of this size worth, and to whom?"

    def solution(project):
        project.panel.step(150)

    def accept(project):
        if not project.panel.trainer.updates and not project.panel.trainer.ruins:
            return ...
        return ""

    trained_on_validation = wrong(
        lambda project: _made_with(project, "val"),
        "This network learns from the validation set, so nothing is left to judge it by.",
        when=lambda project: _learns_from(project, project.prepared.X_val),
    )
    other_rows = wrong(
        lambda project: _made_with(project, "all but five"),
        "This panel learns from other rows than `project.prepared` has. After each `prepare` run "
        "the cell that sets `prepared`, then those that make the network and the panel.",
        when=lambda project: not _learns_from(project, project.prepared.X_train),
    )
    ruined = wrong(
        lambda project: _steered(project, 200, 1e4),
        "The loss is no number any more. Go back with the button, and take smaller steps.",
        when=lambda project: bool(project.panel.trainer.ended),
    )
    went_past = wrong(
        lambda project: _spoilt(project),
        lambda project: (
            f"At step {_lowest(project):,} validation was better than the baseline, and the run "
            "went on: it knows its training rows by heart by now. Drag the timeline back."
        ),
        when=lambda project: (
            _has_run(project)
            and not project.beats_baseline
            and project.panel.trainer.updates > _lowest(project)
            and min(project.panel.trainer.history["val_loss"]) < BETTER**2 * _baseline_loss(project)
        ),
    )
    not_beaten = wrong(
        lambda project: _steered(project, 3, 1e-4),
        lambda project: (
            f"The baseline's error is {project.know_nothing():.3g}, so the network's must be below "
            f"{BETTER * project.know_nothing():.3g}. Train on. If no setting gets there, the "
            "table may hold no answer to your question; that is a result, and belongs on the card."
        ),
        when=lambda project: _has_run(project) and not project.beats_baseline,
    )


def _has_run(project):
    return project.panel.trainer.updates > 0


def _learns_from(project, X):
    return np.array_equal(project.panel.trainer.X, X)


def _made_with(project, rows):
    """Make the panel anew, with rows that are not the training set, and train."""
    data = project.prepared
    X, y = (data.X_val, data.y_val) if rows == "val" else (data.X_train[5:], data.y_train[5:])
    project.panel = _panel(data, X, y)
    project.panel.step(20)


def _steered(project, updates, learning_rate):
    project.panel.trainer.learning_rate = learning_rate
    project.panel.step(updates)


def _spoilt(project):
    """Beat the baseline, then go on until the training rows are known by heart."""
    project.panel.step(150)
    project.panel.trainer.optimizer = "adam"
    _steered(project, 3000, 0.03)


def _lowest(project):
    """Return the step at which the validation loss was lowest."""
    history = project.panel.trainer.history
    return history["step"][int(np.argmin(history["val_loss"]))]


def _baseline_loss(project):
    """Return the validation loss of knowing nothing, of the kind that the panel shows."""
    data = project.prepared
    if not data.is_classes:
        return float(np.mean(np.square(data.y_val, dtype=float)))
    frequencies = np.bincount(data.y_train, minlength=len(data.class_names)) / len(data.y_train)
    return float(-np.log(frequencies[data.y_val]).mean())


# --- error analysis --------------------------------------------------------------------------


@lesson.question
class ceiling(OwnWork):
    """Suppose somebody makes the network perfect in its worst group of rows,
    `project.worst_group`, and changes nothing in the others. What would the error on the validation
    set be then? Write it into `project.ceiling`. `project.errors()` lists each row with its `group`
    and how far its answer is `off`; `project.error_of(off)` makes one error of them.
    """

    concepts = ("J4", "C8")
    about = Project
    start = _trained
    needs = _needs_network
    rtol = 5e-3
    hints = (
        "In the worst group every `off` becomes 0. The rows stay, and are counted.",
        '`rows["off"].where(condition, 0)` keeps what fulfils the condition, and puts 0 elsewhere.',
    )
    takeaway = (
        "This is the most that work on this group can gain. If it is little, work elsewhere, "
        "however bad the group looks."
    )

    def solution(project):
        rows = project.errors()
        spared = rows["off"].where(rows["group"] != project.worst_group, 0)
        return project.error_of(spared)

    others_only = wrong(
        lambda project: project.error_of(_off_in(project, worst=False)),
        "The rows of the group are gone from the mean. They stay: right answers count too.",
    )
    group_alone = wrong(
        lambda project: project.error_of(_off_in(project, worst=True)),
        "This is the error in the worst group. What would the error on all rows be without it?",
    )
    gain = wrong(
        lambda project: project.error_of(project.errors()["off"]) - ceiling.solution(project),
        "This is how much would be gained. The question is where the error would be then.",
    )
    nothing_mended = wrong(
        lambda project: project.error_of(project.errors()["off"]),
        "This is the error as it is now. In the worst group every answer becomes right.",
    )


def _off_in(project, worst):
    rows = project.errors()
    return rows["off"][(rows["group"] == project.worst_group) == worst]


# --- the one look ----------------------------------------------------------------------------


@lesson.question
class test_error(OwnWork):
    """When you are sure that you will turn nothing more: open the test set by
    `X_test, y_test = project.open_test()`, once, measure your network on it by `project.error`, and
    write what comes out into `project.test_error`.
    """

    concepts = ("J5", "T8")
    about = Project
    start = _trained
    hints = (
        "`project.error(X, y)` measures the network on rows and their targets.",
        "What is measured here are rows that nobody has looked at, not the validation set.",
    )
    takeaway = (
        "This number goes on the card, whatever it is. It is the only one that nobody has tuned "
        "for."
    )

    def solution(project):
        X_test, y_test = project.open_test()
        return project.error(X_test, y_test)

    def expected(project):
        return project.openings[0].test_error

    def needs(project):
        if missing := _needs_network(project):
            return missing
        if not project.openings and not project.prepared.times_opened:
            return "The test set is still sealed: `project.open_test()` opens it."
        return ""

    opened_elsewhere = wrong(
        lambda project: _opened_past_the_project(project),
        "The test set was opened by `prepared.open_test()`, so nobody has noted which network was "
        "judged. Prepare the table again with another `seed` for a set that is sealed.",
        when=lambda project: project.prepared.times_opened > len(project.openings),
    )
    opened_twice = wrong(
        lambda project: _opened_again(project),
        lambda project: (
            f"The test set was opened {len(project.openings)} times. Whoever looks, turns and "
            "looks again has a second validation set, and no test set. The card says so."
        ),
        when=lambda project: len(project.openings) > 1,
    )
    before_the_baseline = wrong(
        lambda project: _opened_too_early(project),
        "It was opened for a network that had not beaten the baseline on the validation set. There "
        "was nothing yet that was worth a test.",
        when=lambda project: not project.openings[0].beaten,
    )
    trained_after = wrong(
        lambda project: _trained_after(project),
        "The network has been trained on since the test set was opened: the score is another "
        "network's. Drag the timeline back to where it was judged.",
        when=lambda project: project.trainer.updates != project.openings[0].updates,
    )
    validation_for_test = wrong(
        lambda project: _said_validation(project),
        "This is the error on the validation set, by which you have chosen. It flatters.",
        when=lambda project: (
            _near(project.test_error, project.openings[0].val_error)
            and not _near(project.test_error, project.openings[0].test_error)
        ),
    )


def _said_validation(project):
    project.open_test()
    return project.openings[0].val_error


def _near(a, b):
    return abs(float(a) - b) <= 1e-3 * abs(b)


def _opened_past_the_project(project):
    X_test, y_test = project.prepared.open_test()
    return project.error(X_test, y_test)


def _opened_again(project):
    project.open_test()
    project.panel.step(20)
    X_test, y_test = project.open_test()
    return project.error(X_test, y_test)


def _opened_too_early(project):
    project.panel.reset()
    _steered(project, 2, 1e-4)
    X_test, y_test = project.open_test()
    return project.error(X_test, y_test)


def _trained_after(project):
    X_test, y_test = project.open_test()
    project.panel.step(20)
    return project.error(X_test, y_test)


@lesson.question
class quiz_test_is_worse(Choice):
    """The baseline's error is 75, your network's is 55 on the validation set, and the one look at
    the test set says 61, on 88 rows. What goes on the card?
    """

    concepts = ("J5", "T8")
    hints = (
        "By which of the two sets have you chosen when to stop?",
        "How sure is a number that was measured on 88 rows?",
    )
    options = (
        right(
            "61 on 88 rows, and 55 as the validation error.",
            "By 55 you have chosen, so it flatters; 61 is the honest one, and lies within what 88 "
            "rows leave open. Both beat the baseline.",
        ),
        wrong(
            "55, since it was the network's best.",
            "The best of what you have looked at is partly luck: the winner's curse of lesson 7.",
        ),
        wrong(
            "Nothing yet: I turn on until the test says 55 too.",
            "Then the test set has become a second validation set, and nothing is left that "
            "judges.",
        ),
        wrong(
            "58, the mean of the two.",
            "One of them is chosen by, the other not. Their mean is neither the one nor the other.",
        ),
    )
