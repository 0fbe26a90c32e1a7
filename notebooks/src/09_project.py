# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 9 · A project of your own
#
# A question of yours, a table of yours, and one number at the end that can be believed.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide alone. **Ask:** which table would you bring, and who would do what with the answer? Collect
# three questions on the board; you come back to them at the end. **Usual mistake:** naming a table and no question ("our
# sales"): ask who would decide what. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# In lessons 1 to 8 the tables were ours. This one is a scaffold for yours: the same steps in the same order, and a check at each
# that computes its answer from *your* table. It runs as it stands on a table that ships, so that you have seen all of it once.
# Then change one cell, and run it again.
#
# **After this lesson you will be able to**
#
# - ask a question of a table, and say who would do what with the answer;
# - find what is wrong with the table before a network does: gaps, rows that stand there twice, columns from the future;
# - say what knowing nothing is worth, and what the first loss must be;
# - train a network that beats it, and say where it is wrong;
# - look at the test set once, and hand in a run card that others can judge.
#
# Plan 60 to 90 minutes for the table that ships, and an afternoon for your own. All cells together run in about 35 seconds.

# %% slideshow={"slide_type": "skip"}
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lessons_lib import datasets, panels
from lessons_lib.lessons.project import Project, check, hint, progress, reveal, solution
from lessons_lib.lessons.project import columns_to_leave_out, go_on, leak_experiment
from lessons_lib.lessons.project import pictures, practice_file, write_card

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Three things that this lesson needs, from memory: how a row is scaled that was not there at training, how many rows a sure score takes,
# and how many updates an epoch makes.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide, and let everyone write three answers on paper. **Ask:** a training column 2, 4, 6, 8: what becomes of a
# 10? (2.24.) How many rows for half the error bar of 90? (360.) How many updates do 20 epochs of 265 rows in batches of
# 32 make? (180.) **Usual mistake:** scaling with the validation row in it. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:scaled_row"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:scaled_row"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:half_the_error_bar"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:half_the_error_bar"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:updates_so_far"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:updates_so_far"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The one cell that you change
#
# Four things make a project: a file, the column to predict, a question, and a column by which you will look at the mistakes.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the cell, and read its question aloud. **Ask:** who acts on the answer, when, and what would they do without
# it? **Usual mistake:** a question that the target does not answer: what is in the table is not what one wanted to
# know. **Time:** 4 minutes.
#
# </details>

# %%
# Yours: file = "my.csv", beside this notebook. Then run all cells again.
file = practice_file()
target = "progression"
question = "Which patients will need a place in the clinic next year?"
look_by = "bmi"

# %% [markdown] slideshow={"slide_type": "skip"}
# The table that ships holds 442 real patients with diabetes: ten measurements, and how far the disease had progressed a year later,
# on a scale of the clinic's (Efron, Hastie, Johnstone and Tibshirani, 2004). We have added what tables of one's own have: a column of
# words that says nothing, gaps, a few rows that stand there twice, and one more thing, which you will find. `pressure` is the mean
# blood pressure, `ldl` and `hdl` are two kinds of cholesterol and `ratio` is all cholesterol divided by `hdl`, `fats` is about the logarithm of
# the fats in the blood. The publisher's letters for `sex` are numbers, and it is not said which is which.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Read, and look
#
# A reader says what it has found. Believe it only after you have looked: how many rows, which columns, what kind, what is missing?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** what the reader says, and in the notebook below it the first rows and the columns with their gaps. **Ask:** what is one row, a patient or a
# visit? When was each column written down? **Usual mistake:** looking at the numbers, and not at their meaning.
# **Time:** 4 minutes.
#
# </details>

# %%
table = datasets.read_table(file)
project = Project(table, target, question, look_by)

# %% slideshow={"slide_type": "skip"}
table.head()

# %% slideshow={"slide_type": "skip"}
overview = pd.DataFrame({"first row": table.iloc[0], "missing": table.isna().sum()})
overview["different"] = table.nunique()
overview

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:usable_rows"]
# ### Your turn: `usable_rows`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the count of all rows, and write it on the board. **Ask:** which of them can teach nothing? **Usual mistake:**
# throwing away every row with a gap anywhere: a gap in an input can be filled, one in the target cannot. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:usable_rows"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Split, and seal
#
# `datasets.prepare` makes three sets and seals the third. Words become columns of 0 and 1, gaps are filled and flagged, numbers are
# standardised; all of it by what the training set knows. It says what it did. Read it: it may have found something.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the printed sentences one by one. **Ask** at each: was that right for this table? **Usual mistake:** filling gaps with
# the mean of *all* rows, and so telling the training set about the test. **Time:** 4 minutes.
#
# </details>

# %%
project.prepared = datasets.prepare(table, target)
project.prepared

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### First guess, then run
#
# One column of the table that ships is from the future.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four answers, and take a vote. **Ask** somebody of each group why. **Usual mistake:** "that is what the test set is
# for": it was sealed against choosing, and not against a column that stands in all three sets. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:guess_leak"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The experiment
#
# A linear model learns with that column and without, in a split of its own. "In use" is the test set again, with the column not
# known yet: its mean stands in its place.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines. **Ask:** which of these numbers would have stood in the report? **Usual mistake:** believing that so
# good a score is good news. It is the first thing to doubt. **Time:** 3 minutes.
#
# </details>

# %% tags=["answers:guess_leak"]
measured = leak_experiment()
kept, left_out = measured["kept"], measured["left out"]
for where in ("validation", "test", "in use"):
    print(f"{where}: error ≈ {kept[where]:.0f} with the column, ≈ {left_out[where]:.0f} without")
print("in use the leak makes it worse than without:", kept["in use"] > left_out["in use"])

# %% slideshow={"slide_type": "skip"} tags=["answers:guess_leak"]
reveal.guess_leak()

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:leaves_out"]
# ### Your turn: `leaves_out`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list of columns, and let the class say of each when it was written down. **Ask:** which columns of the three tables
# on the board would be suspects? **Usual mistake:** leaving out only what the computer has named: it names what tells *nearly
# everything*, and a leak may tell a little. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
project.suspects

# %% slideshow={"slide_type": "skip"} tags=["exercise:leaves_out"]

# %% [markdown] slideshow={"slide_type": "skip"}
# The table is prepared once more, without what is left out. From here on this is the split: the same seed gives the same rows.

# %% slideshow={"slide_type": "skip"} tags=["answers:leaves_out"]
prepared = project.prepared = datasets.prepare(table, target, drop=columns_to_leave_out(project))
print(f"{len(prepared.y_train)} rows to train on, {len(prepared.y_val)} to validate")
print(f"{prepared.n_test} rows are sealed")

# %% [markdown] slideshow={"slide_type": "slide"} tags=["question:baseline"]
# ## What is knowing nothing worth?
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** an empty line on the board: "the number to beat". **Ask:** what would somebody say who knows the training targets and not
# one input? **Usual mistake:** taking the answer from the validation set, or judging it on the training set. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:baseline"]

# %% [markdown] slideshow={"slide_type": "slide"} tags=["question:first_loss"]
# ## Before you train
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the question, and let everyone write one number. **Ask:** what would a first loss of 28,600 tell you? (That the target is not
# scaled: so large is the mean of its squares.) **Usual mistake:** "it is random, so nobody can know". The answers are nearly all alike, so everybody can. **Time:** 4
# minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:first_loss"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A first network
#
# Small, plain, and with an output that begins near 0. Compare its first loss with your number before it makes a step.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the cell, and what it prints beside the number that the class has written down. **Ask:** how many parameters, and how many
# rows? **Usual mistake:** beginning with a large network because the question is hard. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras

# %%
keras.utils.set_random_seed(0)
small = keras.initializers.RandomNormal(stddev=0.01, seed=0)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if prepared.is_classes else "mse"
model = keras.Sequential([
    keras.Input((prepared.X_train.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dropout(0.0),
    keras.layers.Dense(len(prepared.class_names) or 1, kernel_initializer=small),
])
model.compile(keras.optimizers.SGD(0.05), loss)
print(f"{model.count_params()} parameters, {len(prepared.y_train)} rows; "
      f"first loss {model.evaluate(prepared.X_train, prepared.y_train, verbose=0):.1f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train, and watch
#
# Grey: 400 updates in which nobody turns anything. When is validation lowest?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the grey curves first. **Ask:** where would you stop, and what would you turn? Then let somebody play. **Usual mistake:** looking at
# the training curve. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Play, turn, stop. Then drag the timeline back to the best step.
X_train, y_train = prepared.X_train, prepared.y_train
X_val, y_val = prepared.X_val, prepared.y_val
project.panel = panels.live(model, X_train, y_train, validation_data=(X_val, y_val), views=["curves"])
project.panel.start_over(after=400)
project.panel

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:beat_baseline"]
# ### Your turn: `beat_baseline`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel again, with the number to beat beside it. **Ask** at each turn: why this knob? **Usual mistake:** turning several at
# once. Another: being ashamed of a result that does not beat the baseline; it is a result. **Time:** 7 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:beat_baseline"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where is it wrong?
#
# One number hides where. Sort the validation rows by a column, and measure each group: a **group error** (分組誤差).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the bars, and the number of rows over each. **Ask:** which group would you work on, and is its bar sure? **Usual mistake:**
# working on the highest bar whatever its rows: a small group gains little. **Time:** 4 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
go_on(project)
groups = project.by_group()
for name, (rows, error) in groups.iterrows():
    print(f"{look_by} {name}: rows {rows:.0f}, error ≈ {error:.3g}")
print(f"all validation rows: error ≈ {project.error(X_val, y_val):.3g}")
print(f"knowing nothing: error ≈ {project.know_nothing():.3g}")

# %% tags=["nbval-ignore-output"]
figure, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
picture = pictures.group_errors(ax, project)
print(picture.sentence)

# %% [markdown] slideshow={"slide_type": "skip"}
# Then look at single rows. The five that are furthest off: what do they have in common, and would you have known better?

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
furthest = project.errors().sort_values("off", key=abs, ascending=False).head()
furthest.round({"answer": 1, "off": 1})

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:ceiling"]
# ### Your turn: `ceiling`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the worst group's bar and its rows. **Ask:** if we made it perfect, by how much would the whole fall? Let the class guess
# before anybody computes. **Usual mistake:** leaving the rows out in place of counting them as right. **Time:** 5 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:ceiling"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One look
#
# The test set answers one question once: what is this network worth on rows that nobody has looked at? When you are sure that you
# will turn nothing more, open it.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing, and let the class write down a guess first. **Ask:** what will you do if it is worse than validation? (Write it down.)
# **Usual mistake:** opening it in order to see whether one may stop. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# What was trained by hand is gone when the kernel ends. To have the same network tomorrow, press *Show the code* in the panel: "this run
# again" is the run with its turns, as code for the panel's cell.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:test_error"]
# ### Your turn: `test_error`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the one number, and write it beside the guesses. **Ask:** is the difference to validation more than luck on so few rows?
# **Usual mistake:** reporting the validation error, since it is nicer. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:test_error"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The run card
#
# What you hand in is one page: question, data, split, what was left out and why, baseline, settings and turns, curves, where it is
# wrong, and the one number. It opens in every browser. What is not done yet stands on it as not done.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the card in the browser. **Ask:** from which line would you know that a result is too good? (A baseline is missing; the test set
# was opened three times.) **Usual mistake:** a card without its failures. **Time:** 5 minutes.
#
# </details>

# %%
project.found = ""  # in your words: where is it wrong, why do you think so, what would you try next?
card = write_card(project)
print(f"kept as {card.name}, in the folder of your notebooks: open it in your browser, and hand it in")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Now yours
#
# 1. Put your CSV beside this notebook, and change the one cell: file, target, question, look_by.
# 2. Run all cells. Each check judges *your* table now.
# 3. Read what reader and `prepare` say. They ask where something cannot be decided.
# 4. Small is honest: below a few hundred rows, expect a forest or a line to be as good (lesson 8).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three questions from the beginning. **Ask:** which of them can be answered by a table that exists? Who could get it? **Usual mistake:**
# data about people without asking whether one may use them, and for what. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# - A column of dates splits the table in order: the latest rows are the test set, as they will be in use.
# - A target of words becomes classes. One of few whole numbers stays a measurement, unless you write
#   `datasets.prepare(table, target, classes=True)` in both cells.
# - A table of people is theirs. Leave out what you do not need, and ask whether you may.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - First the question: who would do what with the answer?
# - Ask of each column when it is known. No test set finds a column from the future.
# - Write down the baseline and the first loss before the first update.
# - Choose by validation. Look where it is wrong, and count what mending it would gain.
# - Open the test set once, and hand in what it says.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list only after the class has named the steps in their order. **Ask:** which step would you have left out a year ago?
# **Usual mistake:** keeping the network and not the habit. **Time:** 3 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes, in the place of the dots.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_test_is_worse"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | group error | 分組誤差 | the error on the rows of one group alone |
# | baseline | 基準 | what you reach without a model |
# | leak | 資料洩漏 | a column or a row tells what would not be known |
# | error analysis | 錯誤分析 | look at mistakes and count their kinds |
# | ceiling | 上限 | the error if a kind of mistake were gone |
# | run card | 執行紀錄卡 | all that it takes to get a result again, and to judge it |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** your own table, or a friend's. For trying things out there is the [playground](00_playground.ipynb).
