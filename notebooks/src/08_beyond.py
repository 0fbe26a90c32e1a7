# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 8 · Beyond
#
# Architecture is what you already know about the data, written into the network.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a photo on a screen, then the same photo with all its pixels shuffled, or describe the two. **Ask:** what do
# you know about the first that you cannot use on the second? (Neighbours belong together.) How would you tell that to
# a network of lesson 6? (You cannot: it sees a list of numbers.) **Usual mistake:** "a larger network will find it
# out". It may, from far more images than you have. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# So far every unit was joined to every value of the layer before it. One hidden layer of this kind, if it is wide enough,
# can come as close as you like to any continuous function (Cybenko, 1989; Hornik, 1991). Then why is there any other network?
#
# Because *can* is not *learns from what you have*. Who assumes nothing about the data has to learn everything from it, and
# no way of learning is the best one for all data (Wolpert, 1996). The **architecture** (架構) of a network, what is joined to
# what and which weights are the same, is an assumption. Where it is true of your data, it need not be learnt any more, and you pay with fewer
# samples. Where it is false, it costs you. Such an assumption is an **inductive bias** (歸納偏置; Mitchell, 1980).
#
# **After this lesson you will be able to**
#
# - say what a convolution assumes, build one by hand, and count its parameters;
# - train a network of 40 layers, and say what lets the gradient through;
# - reuse what another task has learnt, and notice when that harms;
# - decide whether two tasks should share a body, and one task should be cut into stages;
# - say why a network needs gates to remember, and compute one step of an LSTM;
# - train two networks against each other, and recognise what they have lost;
# - say where a network should not be trusted, and which tool to take instead;
# - choose a structure for a new problem, and defend the choice.
#
# Plan 100 to 130 minutes for reading, dragging and the exercises. All cells together run in about 75 seconds.

# %% slideshow={"slide_type": "skip"}
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from lessons_lib import datasets, panels, plots
from lessons_lib.lessons.beyond import check, hint, progress, reveal, solution

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What do you know?
#
# | what you know about the data | what you write into the network |
# |---|---|
# | neighbours belong together, the same thing may be anywhere | convolution |
# | a further layer should change little | a skip around each layer |
# | another task has more data and needs the same first layers | borrowed layers |
# | two tasks need the same features | one body, two heads |
# | the steps in between | a pipeline |
# | what came before matters | a memory with gates |
# | what real ones look like | a judge |
#
# Each section begins with such a sentence, and ends with what it has bought.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the left column first, and cover the right one with a sheet of paper. **Ask:** which of these do you know about
# your own data? Collect two or three examples from the room and keep them on the board; the last section comes back to
# them. **Usual mistake:** beginning in the right column ("we want to use an LSTM"), and looking for data that fit.
# **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three things to remember
#
# Fetch three things from memory before you go on: how parameters are counted, what forty factors make of a gradient, and
# what a wrong answer costs. Each of them comes back in this lesson.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** this slide, and let everyone write three answers on paper. **Ask:** how many parameters do 64 inputs, 32 and
# 10 units make (2,410)? What is left of a 1 after 40 factors of 0.9 (≈ 0.015)? What is the loss of a digit that got the
# probability 0.1 (ln 10, ≈ 2.3)? **Usual mistake:** forgetting the biases; adding where layers multiply. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:dense_parameters"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:dense_parameters"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:forty_factors"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:forty_factors"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:digit_loss"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:digit_loss"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Three eyes on one digit
#
# **What do you know about this data?** That a 3 is a 3 wherever it stands, and that a stroke is made of pixels that lie beside
# each other. A dense network knows neither. We let three networks learn the same digits side by side, and then we move a digit.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one digit of the class's choice on the board, drawn into a grid, and number its pixels from 0 to 63. **Ask:** a
# dense network reads this list of 64 numbers. If we move the digit by one pixel, how many of the numbers change? (Nearly
# all around the strokes.) **Usual mistake:** "it will see that it is the same digit": nothing in a list of numbers says which of them are
# neighbours. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib import live  # loads TensorFlow, the engine under Keras, without its start-up messages
import keras
from keras import layers
from lessons_lib.lessons.beyond import eyes, eyes_pictures

# %%
shipped = datasets.load_digits()
images = np.concatenate([shipped.X_train, shipped.X_test]).reshape(-1, 8, 8, 1)  # 8×8 pixels, one grey value each
labels = np.concatenate([shipped.y_train, shipped.y_test])
same_mix = {"seed": 0, "stratify": True}  # each digit in the same fraction of each set
X_rest, X_test, y_rest, y_test = datasets.train_val_split(images, labels, 500 / len(images), **same_mix)
X_train, X_val, y_train, y_val = datasets.train_val_split(X_rest, y_rest, 300 / len(X_rest), **same_mix)
for name, part in {"training": X_train, "validation": X_val, "test": X_test}.items():
    print(f"{name} set: {len(part)} images of shape {part.shape[1:]}, values from {part.min():.0f} to {part.max():.0f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three networks with about 900 parameters
#
# - **dense**: each of 12 units looks at all 64 pixels, with a weight for each.
# - **convolution** (卷積): each of 24 **kernels** (卷積核), 5×5 weights, is laid on every place of the digit, and of all the places only the
#   strongest answer counts (**global max pooling**, 全域最大池化). The same weights look everywhere.
# - **shuffled**: the same network as the second, but it sees the 64 pixels in another order, the same one for all images.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the code of the two functions: one line differs. **Ask:** count with me. Dense: 64·12 + 12, then 12·10 + 10.
# Convolution: 5·5·24 + 24, then 24·10 + 10. **Usual mistake:** multiplying the kernel's weights by the number of places: they are the same
# weights everywhere. **Time:** 2 minutes.
#
# </details>

# %%
def eye_dense():
    hidden = [layers.Flatten(), layers.Dense(12, activation="relu")]
    return keras.Sequential([keras.Input((8, 8, 1)), *hidden, layers.Dense(10, activation="softmax")])


def eye_convolution():
    hidden = [layers.Conv2D(24, 5, padding="same", activation="relu"), layers.GlobalMaxPooling2D()]
    return keras.Sequential([keras.Input((8, 8, 1)), *hidden, layers.Dense(10, activation="softmax")])


eye_networks = {"dense": eye_dense, "convolution": eye_convolution, "shuffled": eye_convolution}
for eye_name, eye_build in eye_networks.items():
    print(f"{eye_name}: {eye_build().count_params()} parameters")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same pixels in another order
#
# Every image is shuffled in the same way: what was the first pixel is always found at the same new place. Nothing is lost, and
# whoever knows the order can turn it back.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the pairs. **Ask:** could you learn to read the shuffled ones, from a thousand examples? Could a network? Then let everyone write down a
# letter for the question. Do not comment on the answers yet. **Usual mistake:** taking "I cannot read it" for "it cannot be read".
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
eye_order = np.random.default_rng(8).permutation(64)  # one order, for all images
eye_shuffle = partial(eyes.shuffled, order=eye_order)
eye_sees = {"dense": np.asarray, "convolution": np.asarray, "shuffled": eye_shuffle}

# %%
figure, axes = plt.subplots(figsize=(8.6, 2.6))
eye_digits = X_val[:3]
eye_pairs = zip(y_val[:3], eye_digits[..., 0], eye_shuffle(eye_digits)[..., 0])
eye_images = {f"{what} {y}": image for y, *two in eye_pairs for what, image in zip(("a", "shuffled"), two)}
_ = plots.image_row(axes, eye_images)

# %% slideshow={"slide_type": "subslide"} tags=["exercise:who_suffers"]

# %% slideshow={"slide_type": "skip"}
def eye_runners(shuffle_all=False, seed=0):
    runners = {}
    for name, build in eye_networks.items():
        keras.utils.set_random_seed(seed)
        model = build()
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        sees = eye_shuffle if shuffle_all else eye_sees[name]
        data = sees(X_train), y_train, (sees(X_val), y_val)
        runners[name] = live.LiveTrainer(model, *data, batch_size=8, seed=seed)
    return runners


eye_views = eyes_pictures.three_eyes(list(eye_networks), X_val, y_val, eye_order, shuffles=["shuffled"])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Train them, then drag the digit

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** Play for about 400 steps, then pause. Drag the dot below one of the digits, one pixel at a time. Then tick "shuffle the pixels for
# all", and play again. **Ask** before each: who will still know it? Which of the three minds the shuffling? **Usual mistake:** looking at the one digit only.
# The picture at the bottom right says the same of sixty. **Time:** 5 minutes.
#
# </details>

# %% tags=["nbval-ignore-output", "answers:who_suffers"]
# Press Play. Then drag the dot below a digit, take another image, and at last shuffle the pixels for all.
eye_choice = panels.Slider(0, 99, 5, label="image")
eye_drag = panels.Slider(-3, 3, 0, label="pixels to the right")
eye_switch = panels.Switch(label="shuffle the pixels for all")
eye_controls = {"image": eye_choice, "shift": eye_drag, "shuffle_all": eye_switch}
panels.together(eye_runners, *eye_views, knobs=["learning_rate"], columns=4, size=(9.4, 5.2), **eye_controls)

# %% [markdown] slideshow={"slide_type": "skip"}
# Above: what each of them sees, and how probable it finds each of the ten digits (the true one is green). On the right: accuracy on the
# validation set. Below: the weights of the first layer, a small image each. They begin as noise. Nobody tells them which strokes a digit is
# made of: the **features** are learnt. Try these:
#
# 1. Play until all three read most digits, and pause. Drag the digit to the side. Who still knows it? Is it so for other images?
# 2. Look at the curves at the bottom right while they train: 60 digits, moved by −3 to 3 pixels.
# 3. Tick "shuffle the pixels for all": they begin again. Compare each curve with what it was.
# 4. Compare the kernels of the second and the third network. Which of them show edges and strokes?

# %% slideshow={"slide_type": "skip"} tags=["answers:who_suffers"]
reveal.who_suffers()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Five hundred digits, several seeds
#
# Each network from three seeds, judged on the **test set**, moved by −3 to 3 pixels. Two more take part: the dense network, trained on
# images that were moved at random by up to 2 pixels (**data augmentation**, 資料增強), and a convolution whose pooling keeps *where* each answer was.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the curves, first only their middle: where nothing is moved all are about alike. **Ask:** what has the convolution seen of moved digits
# in training? (Nothing.) Why does it fall at 3 pixels all the same? (A part of the digit has left the image.) **Usual mistake:** "a
# convolution does not care where the digit is". The one with small pools does care. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["answers:who_suffers"]
def eye_score(runner, sees=np.asarray, steps=400):
    return eyes.over_seeds(runner, steps, (0, 1, 2), X_test, y_test, sees)


def eye_trainer(model, images):
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return live.LiveTrainer(model, images, y_train, (X_val, y_val), batch_size=8)


eye_scores = {name: eye_score(runner, eye_sees[name]) for name, runner in eye_runners().items()}
eye_moved = eye_trainer(eye_dense(), eyes.moved_at_random(X_train, 2))
eye_scores["dense, moved images"] = eye_score(eye_moved, steps=600)
eye_body = [layers.Conv2D(24, 5, padding="same", activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]
eye_pools = keras.Sequential([keras.Input((8, 8, 1)), *eye_body, layers.Dense(10, activation="softmax")])
eye_scores["convolution, pools of 2×2"] = eye_score(eye_trainer(eye_pools, X_train), steps=120)

# %% tags=["answers:who_suffers"]
figure, axes = plt.subplots(figsize=(8.6, 3.7))
_ = eyes_pictures.shift_curves(axes, eye_scores)

# %% slideshow={"slide_type": "skip"} tags=["answers:who_suffers"]
for eye_name, scores in eye_scores.items():
    still, one, two = (scores[:, [3 - n, 3 + n]].mean() for n in range(3))
    print(f"{eye_name}: still ≈ {still:.2f}, moved by one pixel ≈ {one:.2f}, by two ≈ {two:.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# **What it bought.** With no more parameters than the dense network, and without a single moved image, the convolution reads digits
# moved by a pixel or two nearly as well as digits in the middle. The dense network can be *shown* that a digit may stand elsewhere, with
# moved images. With more steps it comes near, and pays for it in the middle: its 12 units have to know each digit in five
# places. So there are two ways to tell a network what you know: by its structure, or by samples.
#
# Where nothing is moved, the dense network is as good: these digits all stand in the middle, so what the convolution knows is not asked
# for. And a convolution is only partly **invariant** (不變). By itself it moves its answers along with the digit (it is *equivariant*),
# and what follows decides what becomes of them. Small pools keep the places, and the last layer has weights for each of them: they read digits in
# the middle best, and forgive little. One pool over the whole image forgives as long as the strokes stay inside the image (Goodfellow,
# Bengio and Courville, 2016, chapter 9).
# Convolutional networks for digits go back to Fukushima (1980) and LeCun and others (1989).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Neighbours
#
# What do you know about an image? **Neighbours belong together**: a stroke is made of pixels that touch. And **the same thing
# may be anywhere**: an edge is an edge, at the top as at the bottom.
#
# Both can be written into a layer. Take a small table of weights, a **kernel** (卷積核), and lay it on every place of the image.
# Everywhere, its weights are multiplied with the pixels under them and added up. The sums make a new image, a **feature map** (特徵圖).
# This is a **convolution** (卷積). Fukushima (1980) built such a network after what was known of the eye; LeCun and others
# (1989, 1998) let it learn its kernels by gradient descent.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a sheet of paper with a small hole, and move it over a large printed digit: this is all that one number of the
# map sees. **Ask:** through the hole you see black on the left and white on the right. What do you know? (An upright edge; not
# which digit.) **Usual mistake:** thinking that a kernel looks for digits. It looks for strokes; the layers after it put them
# together. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import convolution, kernel_panel, kernel_pictures

kernel_digit = X_train[np.flatnonzero(y_train == 4)[0], :, :, 0]  # another number here is another digit

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Set a kernel by hand
#
# Choose a kernel, or move the nine green handles: up is more, down is less. Drag the frame over the digit. Orange numbers of
# the map are above 0, blue ones below.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *edge, upright*, and drag the frame from left to right over a stroke: orange, nothing, blue. **Ask:** what will *edge,
# level* find on the same digit? And which kernel leaves the digit as it is? (*copy*: a single 1 in the middle.) Let
# someone build *blur* out of *nothing*. **Usual mistake:** reading orange as "a stroke". It says: more ink on the right than on
# the left, which is what this kernel asks for; blue says the reverse. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Choose a kernel, move its handles, and drag the frame over the digit.
kernel_hand = kernel_panel.by_hand(kernel_digit)
kernel_hand

# %% [markdown] slideshow={"slide_type": "skip"}
# Whatever the kernel is: it is the same nine weights at each place. So if the digit moves by one pixel, its feature map moves
# along and does not change. Nobody had to learn that.

# %% slideshow={"slide_type": "skip"}
kernel_target = kernel_panel.kernel_of(kernel_hand.values)  # the kernel that you have set
kernel_map = convolution.conv2d(kernel_digit, kernel_target)
kernel_moved = convolution.conv2d(np.roll(kernel_digit, 1, axis=1), kernel_target)
print(f"{kernel_digit.shape[0]}×{kernel_digit.shape[1]} pixels, {kernel_map.shape[0]}×{kernel_map.shape[1]} numbers")
print("the map has moved along with the digit:", np.allclose(kernel_moved[:, 1:], kernel_map[:, :-1]))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:conv2d"]
# ### Your turn: `conv2d`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the panel once more: where does the frame begin, and where must it stop? **Ask:** how many places are there in a row
# of 8 for a kernel of 3? (6.) And of 224 for 5? (220.) Leave the code for later, or for at home. **Usual mistake:**
# one place too few, from `range(n - k)`. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:conv2d"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Keras computes the same. In mathematics, and in `scipy.signal.convolve2d`, a *convolution* first turns the kernel around by
# 180 degrees; what is done here is called **cross-correlation** (互相關) there. `padding="same"` puts zeros around the image, so
# that the map is as large as the image; `"valid"` puts none.

# %% slideshow={"slide_type": "skip"}
kernel_few = X_train[:5]
kernel_weights = kernel_target[:, :, None, None].astype("float32")  # height, width, channels, filters
for padding, zeros in {"valid": 0, "same": 1}.items():
    kernel_keras = keras.ops.convert_to_numpy(keras.ops.conv(kernel_few, kernel_weights, padding=padding))[..., 0]
    kernel_ours = convolution.conv2d(kernel_few[..., 0], kernel_target, padding=zeros)
    print(f"{padding:5}: maps of {kernel_ours.shape[1:]}, as in Keras:", np.allclose(kernel_keras, kernel_ours, atol=1e-5))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Which way is downhill for a kernel?
#
# $$Z_{ij} = \sum_{a,b} X_{i+a,\,j+b}\,K_{ab} \qquad\Rightarrow\qquad
# \frac{\partial L}{\partial K_{ab}} = \sum_{i,j} \frac{\partial L}{\partial Z_{ij}}\,X_{i+a,\,j+b}$$
#
# The weight $K_{ab}$ takes part at every place, so its slope is a sum over all places. Read the right side again: a table
# of errors is laid on the image, multiplied and added up. The gradient of a convolution is a convolution, of the image with the errors.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the left formula with a finger on one weight, and count in how many sums it stands (36 on these digits). **Ask:** why is
# there a sum on the right and none in a Dense layer? (There each weight is used once for an image; here it is shared.)
# **Usual mistake:** looking for a new rule. It is the chain rule of lesson 3, and sharing means adding. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
kernel_images = X_train[:200, :, :, 0].astype(float)
kernel_aims = convolution.conv2d(kernel_images, kernel_target)  # what the network shall put out


def kernel_loss(K):
    return np.mean((convolution.conv2d(kernel_images, K) - kernel_aims) ** 2)


def kernel_slope(K):
    errors = convolution.conv2d(kernel_images, K) - kernel_aims
    return convolution.kernel_gradient(kernel_images, 2 * errors / errors.size)


# %% slideshow={"slide_type": "skip"}
kernel_nudges = 1e-4 * np.eye(9).reshape(9, 3, 3)  # one weight after the other
kernel_start = np.full((3, 3), 0.1)
kernel_measured = [(kernel_loss(kernel_start + n) - kernel_loss(kernel_start - n)) / 2e-4 for n in kernel_nudges]
print("formula and finite differences agree:", np.allclose(kernel_slope(kernel_start).ravel(), kernel_measured))
kernel_learnt = np.zeros((3, 3))
for step in range(200):
    kernel_learnt -= 0.5 * kernel_slope(kernel_learnt)
print("after 200 steps each weight is yours, within 0.01:", bool(np.abs(kernel_learnt - kernel_target).max() < 0.01))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Let it learn the same
#
# Now a network sees digits, and the feature maps that *your* kernel makes of them. Your kernel itself it never sees. Nine
# weights that begin as noise: can they become yours?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** your own kernel on the left, then the next slide. **Ask** before you press Play: will it find the same nine numbers, or others
# that do the same? (The same. This is linear regression with nine inputs, the nine pixels of a place: lesson 1.) Then press New start: other
# noise, same kernel. **Usual mistake:** expecting this of a network with more layers. There, many
# sets of kernels do equally well. **Time:** 2 minutes.
#
# </details>

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3))
_ = plots.kernel_images(axes[0], kernel_target[:, :, None, None], title="Your kernel")
_ = kernel_pictures.feature_map(axes[1], kernel_digit, kernel_target, row=4, column=4)

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play: noise becomes a kernel. Is it yours? Then press New start.
keras.utils.set_random_seed(0)
kernel_model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, 3, use_bias=False)])
kernel_model.compile(keras.optimizers.SGD(0.05), "mse")
kernel_all_aims = convolution.conv2d(X_train[..., 0], kernel_target)[..., None]
panels.live(kernel_model, X_train, kernel_all_aims, views=("kernels", "curves"), updates_per_frame=1)

# %% [markdown] slideshow={"slide_type": "skip"}
# If you change your kernel above, run the cells from there on again: the network has a new aim then.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A Dense layer in disguise
#
# A convolution is a Dense layer about which two things have been decided. Most weights are 0: what is far away does not matter. And the
# others are the same few numbers in each line: what matters here, matters there. Each line of the picture makes one number of the map.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one line, and where its three groups of three lie: three pixels of one row of the image, then of the next. **Ask:** what
# would a Dense layer look like in this picture? (No white anywhere, and no two numbers alike.) Could it learn this
# matrix? (It could, from many images.) **Usual mistake:** believing that a convolution can do
# what a Dense layer cannot. It can do less, and so it needs to learn less. **Time:** 1 minute.
#
# </details>

# %%
fig, ax = plt.subplots(figsize=(8, 3.8))
_ = kernel_pictures.kernel_matrix(ax, kernel_target, (8, 8))
kernel_matrix = convolution.as_matrix(kernel_target, (8, 8))
kernel_by_dense = kernel_digit.ravel() @ kernel_matrix
print("pixels times matrix is the feature map:", np.allclose(kernel_by_dense, kernel_map.ravel(), atol=1e-5))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:conv_parameters"]
# ### Your turn: `conv_parameters`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** one filter for a photo: three sheets of 3×3 weights, red, green and blue, and one bias. **Ask:** how many parameters have
# 8 such filters? (8 · (27 + 1) = 224.) And if the photo is ten times as wide? (224.) **Usual mistake:** forgetting
# that a filter looks into *all* channels. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:conv_parameters"]

# %% [markdown] slideshow={"slide_type": "skip"}
# An image with several **channels** (通道), such as red, green and blue, has a kernel for each of them, and the sums are added. So one
# **filter** (濾波器) makes one feature map, whatever comes in. With 8 filters there are 8 maps, which are the 8 channels of the
# next layer. Now let both kinds of layer make 8 maps as large as the image:

# %% slideshow={"slide_type": "skip"} tags=["answers:conv_parameters"]
for side, channels in ((8, 1), (28, 1), (224, 3)):
    kernel_layer = layers.Conv2D(8, 3, padding="same")
    kernel_layer.build((None, side, side, channels))
    values_in, values_out = side * side * channels, side * side * 8
    dense_count = (values_in + 1) * values_out
    print(f"{side}×{side}×{channels}: Dense {dense_count:,} parameters, convolution {kernel_layer.count_params()}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Step wider, keep the largest
#
# - **Padding** (填補): zeros around the image. With one ring of them, a kernel of 3×3 keeps the size.
# - **Stride** (步幅): how far the kernel moves. With 2 the map has half as many rows and columns.
# - **Pooling** (池化): of each 2×2 numbers keep the largest, or the mean. Where exactly a stroke lies is forgotten.
# - **Receptive field** (感受野): the pixels on which one number of a later map depends. It grows from layer to layer.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the next slide with pooling *none*, then *largest*: the frame on the digit grows from 3×3 to 4×4. **Ask:** what happens to
# the frame with stride 2 and pooling? (5×5.) **Usual mistake:** taking pooling for a layer that learns. It has no weights.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Turn padding, stride and pooling: how large do the maps get, and what does the framed number see?
def kernel_stage(shown):
    def draw(ax, kernel, padding, stride, pooling):
        weights = np.array(convolution.PRESETS[kernel], dtype=float)
        settings = {"padding": padding, "stride": stride, "pooling": pooling}
        return kernel_pictures.layer_by_layer(ax, kernel_digit, weights, shown=shown, **settings)

    return draw


kernel_choices = {"kernel": list(convolution.PRESETS)[:5], "pooling": ["none", "largest", "mean"]}
kernel_stages = [kernel_stage(shown) for shown in range(3)]
kernel_moves = {"padding": panels.Slider(0, 2, 0), "stride": panels.Slider(1, 3, 1)}
panels.explore(*kernel_stages, size=(9.4, 3.5), **kernel_moves, **kernel_choices)

# %% slideshow={"slide_type": "skip"}
kernel_conv, kernel_pool = (3, 1), (2, 2)  # side and stride
kernel_stacks = {
    "one layer of 3×3": [kernel_conv], "three layers of 3×3": [kernel_conv] * 3,
    "twice 3×3 and pooling": [kernel_conv, kernel_pool] * 2, "five times 3×3 and pooling": [kernel_conv, kernel_pool] * 5,
}
for words, stack in kernel_stacks.items():
    field = convolution.receptive_field(stack)
    print(f"{words}: one number of the last map sees {field} × {field} pixels")

# %% [markdown] slideshow={"slide_type": "skip"}
# **What has it bought?** You knew that neighbours belong together and that a stroke may be anywhere. On an image of 8×8 pixels
# a Dense layer that makes one feature map has to learn:

# %% slideshow={"slide_type": "skip"}
kernel_free, kernel_shared = kernel_matrix.size, kernel_target.size
print(f"{kernel_free:,} weights without that knowledge, {kernel_shared} with it: {kernel_free // kernel_shared} times fewer")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Very deep
#
# What do you know about this data, if a network gets deeper? Nothing more about digits. But you know something about layers: **forty can
# do whatever two can**, if the other 38 pass on what they get. A plain layer has to *learn* to pass something on. You can write it
# into the network: lead what comes in *around* each block, and add it behind the block.
#
# $$h \;\leftarrow\; s\,h + \alpha\,f(h)$$
#
# This is a **residual connection** (殘差連接; He and others, 2015). The **skip weight** $s$ (跳接權重) says how much goes
# around, and the **branch weight** $\alpha$ (分支權重) how much of what the block computes is added.
#
# | $s$ | $\alpha$ | the block is |
# |---|---|---|
# | 0 | 1 | a plain layer, $f(h)$ |
# | 1 | 1 | a residual block, $h + f(h)$ |
# | 1 | 0 | the identity, $h$: depth changes nothing |

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a message that goes through forty people. In a plain network each of them retells it. In a residual one the letter itself is
# handed on, and each adds a line. **Ask:** which two numbers make the block change nothing ($s = 1$, $\alpha = 0$)? And which
# make a plain layer? **Usual mistake:** one letter for both weights. Say it slowly: $s$ weighs what goes around, $\alpha$ weighs
# the branch. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import deep, deep_pictures

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What comes back to the first block?
#
# On its way back a slope is multiplied by the derivative of each block:
#
# $$\frac{\partial L}{\partial h_0} = \frac{\partial L}{\partial h_{40}}\; J_{40}\, J_{39} \cdots J_1, \qquad
# J_k = \frac{\partial h_k}{\partial h_{k-1}} = s\,I + \alpha\,f'_k$$
#
# For one unit that is the number $s + \alpha f'$. A plain layer has $s = 0$, and the slope of a sigmoid is at most ¼. Forty factors
# of ¼ or less leave next to nothing. With $s = 1$ each factor is *1 plus something*.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the retrieval question with 40 factors once more: 0.9 left ≈ 0.015. Then the panel: $s$ from 0 to 1 with $\alpha$ at 1, and
# $\alpha$ to 0 with $s$ at 1, forty blocks that do nothing. **Ask:** is half of it ($s = 0.5$) half as good? (No: it is a power of 40.)
# **Usual mistake:** blaming the many weights. It is a product, and it would be so with one unit a layer. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Move both weights: what is left of the slope in block 1? The plain network is s = 0, α = 1.
panels.explore(
    deep_pictures.slope_by_block,
    skip=panels.Slider(0.0, 1.0, start=0.5, step=0.05, label="skip weight s"),
    branch=panels.Slider(0.0, 1.0, start=1.0, step=0.05, label="branch weight α"),
)

# %% slideshow={"slide_type": "skip"}
for deep_skip in (0.85, 0.95, 1.0):
    deep_norms, (deep_product, deep_difference) = deep.slopes_through(deep_skip, 1.0)
    deep_agree = np.isclose(deep_product, deep_difference, rtol=1e-4)
    print(f"s = {deep_skip:4}: {deep_norms[0]:.3f} of 1 comes back; finite differences agree: {deep_agree}")
print(f"s = 0   : about 10 to the power of {np.log10(deep.slopes_through(0.0, 1.0)[0][0]):.0f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Drag the skip weight
#
# A network with 40 blocks of 16 sigmoid units reads digits, $\alpha$ is 1. Press Play with $s = 0$ and wait for 100 steps. Then drag the
# **skip weight** to 1 while it trains, and look at both pictures. Then begin again, with $s = 0$ and **batch norm** on, or with a
# **depth** of 2.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the loss at ln 10 ≈ 2.3, a network that guesses, and the gradients, one bar a layer, at the left end of the axis. Drag $s$ slowly: at 0.8 still
# nothing, near 1 the bars jump and the loss falls. **Ask:** before you drag: what will answer first, the bars or the loss? Then Reset,
# $s$ at 0, batch norm on: it learns too, more slowly. **Usual mistake:** "it needs more steps". The first layers stand still. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play, and drag the skip weight while it trains.
deep_panel = panels.live(
    *(deep.deep_network(), X_train, y_train),
    validation_data=(X_val, y_val),
    views=("curves", "gradients"),
)
deep_panel

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What helps, measured
#
# The same network, 250 updates, and the fraction of training samples that it got right in the last 50 of them.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table line by line, and let the room guess each line first. **Ask:** 10 blocks fail as 40 do, and 2 do not. Is it the number of
# weights? (No: with a way around 40 are as good as 2.) **Usual mistake:** "batch norm cures it all". It cures the vanishing, and
# 40 plain blocks with it are still worse than 10. That is what He and others saw. **Time:** 2 minutes.
#
# </details>

# %%
deep_start = 1  # another number is another start
deep_trainer = live.LiveTrainer(deep.deep_network(2), X_train, y_train)
for depth, skip, norm in [(2, 0, 0), (10, 0, 0), (40, 0, 0), (10, 0, 1), (40, 0, 1), (40, 1, 0), (40, 1, 1)]:
    deep_trainer.depth, deep_trainer.skip, deep_trainer.batch_norm = depth, skip, norm
    deep_trainer.reset(deep_start)
    deep_trainer.step(250)
    deep_right = np.mean(deep_trainer.history["accuracy"][-50:])
    print(f"{depth:2} blocks, s = {skip}, batch norm {'on ' if norm else 'off'}: right ≈ {deep_right:.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# These are *training* samples, so overfitting has no part in it. Other starts give much the same. Read four things:
#
# - Two plain blocks learn. Ten and forty do not: they give each digit the same answer.
# - **Batch normalisation** (Ioffe and Szegedy, 2015; lesson 5) sets each unit's sums to mean 0 and spread 1, where a sigmoid is steep. With it forty
#   plain blocks learn, but less than ten do. The deeper network is worse on its own *training* set: this **degradation** (退化) is what
#   He and others (2015) saw in networks of ReLU units with batch norm, where nothing vanished.
# - With a way around, forty blocks learn about as fast as two, and no weight has been added.
# - Both together are what deep networks have used since. Here they learn fastest.
#
# What has it bought? Not samples this time, but depth: 38 more blocks cost no accuracy. On digits of 8×8 pixels they win none, either. On
# a million photographs they did: He and others (2015) won a contest with 152 layers.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:residual_block"]
# ### Your turn: `residual_block`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table at the beginning of the section: which line is $\alpha = 0$? **Ask:** a −1 comes in and $\alpha$ is 0: what must come out, and what
# comes out if a ReLU stands behind the sum? (0.) Leave the code for later, or for at home. **Usual mistake:** a ReLU on the
# way around. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:residual_block"]

# %% [markdown] slideshow={"slide_type": "skip"}
# Now steer. The network below stands as the plain one: 40 blocks, $s = 0$, no batch norm. You have 800 updates to bring its validation loss
# below 0.7. There is more than one way.

# %% slideshow={"slide_type": "skip"} tags=["nbval-ignore-output"]
# Turn something, press Play, and pause when the sentence below says that it is there.
rescue_panel = deep.rescue_panel()
rescue_panel

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:steer_deep"]
# ### Your turn: `steer_deep`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:steer_deep"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two small steps in place of a large one
#
# A convolution from $C$ to $M$ channels, with kernels of $k \times k$, does two things at once: it looks at neighbours, and it mixes channels. A
# **depthwise separable convolution** (深度可分離卷積) does one after the other: first one kernel for each channel, then at each place a
# weighted sum of the channels. What you know: *where* and *what* can be looked at apart.
#
# $$\underbrace{k^2\,C\,M}_{\text{at once}} \qquad\text{or}\qquad \underbrace{k^2\,C + C\,M}_{\text{one after the other}}
# \qquad\text{ratio } \frac{1}{M} + \frac{1}{k^2}$$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two terms with a kernel of 3×3 and 128 filters: about a ninth is left. **Ask:** what has been given up? (A filter can no longer use
# another edge in each channel.) Howard and others (2017) report on ImageNet an accuracy of 70.6% against 71.7%, with about a
# ninth of the multiplications. **Usual mistake:** "deep" in *depthwise* is not the number of layers: it is along the channels. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
separable_sizes = {"whole": layers.Conv2D(32, 3, padding="same"), "separable": layers.SeparableConv2D(32, 3, padding="same")}
for name, layer in separable_sizes.items():
    layer.build((None, 8, 8, 16))
    separable_weights = sum(weight.shape.num_elements() for weight in layer.weights if len(weight.shape) > 1)
    print(f"{name:9}: {separable_weights:5,} weights, {8 * 8 * separable_weights:7,} multiplications for a map of 8×8 places")
print(f"ratio {separable_weights / (9 * 16 * 32):.3f} = 1/32 + 1/9 = {1 / 32 + 1 / 9:.3f}")

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:separable_multiplications"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:separable_multiplications"]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Borrow
#
# What do you know about this data? **Another task has more of it, and needs the same first steps.** Of the digits 5 to 9 you have
# five images, or twenty. Of 0 to 4 there are hundreds. They are other digits, but made of the same strokes, and a digit stays
# what it is wherever it stands.
#
# So train a network where there is much, take its first layers, its **body** (主體), and put a new last layer, a **head** (輸出頭), on it. This is
# **transfer learning** (遷移學習; Pan and Yang, 2010).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** five images of one letter of an alphabet that nobody in the room reads. **Ask:** could you learn to recognise it from
# these five? Could a newborn child? What have you brought along? (Strokes, corners, that the place does not matter.)
# **Usual mistake:** thinking that the labels of the source must be of use. They are thrown away, with the old head. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import borrow, borrow_pictures

borrow_training, borrow_validation, borrow_test = (X_train, y_train), (X_val, y_val), (X_test, y_test)
borrow_bodies = {source: borrow.train_sources(source, *borrow_training) for source in borrow.SOURCES}
borrow_rows, borrow_asked = borrow.source_task("digits 0–4", *borrow_training, seed=0)
print(f"sheets of {borrow.SHEET}×{borrow.SHEET} pixels, so that a digit can stand at {len(borrow.PLACES)} places")
print(f"source: {np.sum(y_train < 5)} images of 0 to 4, each at every place: {len(borrow_rows):,} sheets")
print(f"target: {', '.join(map(str, borrow.COUNTS))} images of 5 to 9, each at one place")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Three ways to begin
#
# | | body | head | learning rate |
# |---|---|---|---|
# | **from scratch** | random, learns | random, learns | large |
# | **frozen body** | borrowed, **frozen** (凍結): its weights stay | random, learns | large |
# | **fine-tuned** (微調) | borrowed, learns too | has learnt on the frozen body first | small |

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the table row by row. **Ask:** why does the third one train its head first? (A random head sends random gradients
# into a good body.) And why in small steps afterwards? Then take a vote for the next slide: who wins with 5 images, who with 100?
# **Usual mistake:** "frozen" as "switched off". It computes as before; it only does not change. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Few images, three curves
#
# All three learn from the same images of 5 to 9. Who is ahead with 20 images, with 5, with 100?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 20 images and Play for about 300 steps, then 5, then 100; then the source *where it stands*. **Ask** before each: which
# curve will be on top? "New start" draws other images: with 5 of them luck is larger than most differences, which is why the next
# slide asks many seeds. **Usual mistake:** forgetting that the fine-tuned one begins at a height: its head has trained
# before. **Time:** 2 minutes.
#
# </details>

# %% tags=["nbval-ignore-output"]
# Play. Then another number of images, and another source.
borrow_make = partial(borrow.three_ways, bodies=borrow_bodies, training=borrow_training, validation=borrow_validation)
borrow_task = partial(borrow_pictures.what_is_learnt, training=borrow_training)
borrow_images, borrow_source = panels.Choice(borrow.COUNTS, start=20), panels.Choice(borrow.SOURCES)
panels.together(borrow_make, borrow_task, "val_accuracy", knobs=(), updates_per_frame=2,
                images=borrow_images, source=borrow_source)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# On the left you see what the source asks of its digits, and the target's images. On the right is the accuracy on the validation set, each
# digit of it at two places. "New start" draws other images, other weights and another borrowed body. The first row of pictures says it all for the source *where it
# stands*: its answer does not depend on the digit.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How many images is a body worth?
#
# Twelve seeds, and for each of them other images, other places, other weights. Choose the source.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the first source, left to right: frozen ahead, then fine-tuned ahead, then the frozen one is last. **Ask:** why does
# freezing become a burden with 100 images? (They know something by now that the frozen body cannot take up.) Then the other
# sources. **Usual mistake:** reading one seed: the bars show how far seeds differ. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
borrow_reached = borrow.compare(borrow_bodies, borrow_training, borrow_test)
borrow_still = {"digits 0–4": borrow.train_sources("digits 0–4", *borrow_training, borrow.MIDDLE)}
borrow_still = borrow.compare(borrow_still, borrow_training, borrow_test, places=borrow.MIDDLE)
borrow_reached["0–4, all in the middle"] = borrow_still["digits 0–4"]

# %% slideshow={"slide_type": "subslide"}
# Choose the source, and look at 5, at 20 and at 100 images.
borrow_over_seeds = partial(borrow_pictures.by_number_of_images, reached=borrow_reached)
panels.explore(borrow_over_seeds, source=panels.Choice(list(borrow_reached)), size=(8.6, 4.2))

# %% slideshow={"slide_type": "skip"}
borrow_means = {way: reached.mean(axis=1) for way, reached in borrow_reached["digits 0–4"].items()}
borrow_scratch = borrow_means["from scratch"]
for way, means in borrow_means.items():
    print(f"{way:12}", ", ".join(f"{count} images ≈ {mean:.2f}" for count, mean in zip(borrow.COUNTS, means)))
print("5 images: the frozen body is ahead of from scratch:    ", bool(borrow_means["frozen body"][0] > borrow_scratch[0]))
print("20 images: the fine-tuned one is ahead of from scratch:", bool(borrow_means["fine-tuned"][1] > borrow_scratch[1]))
print("100 images: the frozen body is behind:                 ", bool(borrow_means["frozen body"][2] < borrow_scratch[2]))
for way, place in (("frozen body", 0), ("fine-tuned", 1)):
    as_many = np.exp(np.interp(borrow_means[way][place], borrow_scratch, np.log(borrow.COUNTS)))
    print(f"{way}: {borrow.COUNTS[place]} images do as much as ≈ {as_many:.0f} from scratch")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A source that harms
#
# - **It asked another question.** *Where it stands* teaches a body to forget the digit and to keep the place, just what
#   the target does not need. This is **negative transfer** (負遷移; Rosenstein and others, 2005).
# - **It knows nothing that you do not see.** If all digits stand in the middle, even 0 to 4 harm: a few images show as much, and
#   the borrowed body has thrown away what only 5 to 9 need.
#
# Fine-tuning repairs a part of it. How well layers fit another task falls from layer to layer: the first are the most general ones (Yosinski and
# others, 2014).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** *where it stands* in the picture once more, then *all in the middle*. **Ask:** how would you notice this at
# home? (Train from scratch as well, always: it is the baseline.) **Usual mistake:** "a pretrained network cannot hurt".
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
for source in ("where it stands", "0–4, all in the middle"):
    ways = {way: reached.mean(axis=1) for way, reached in borrow_reached[source].items()}
    print(f"{source}, 20 images:", ", ".join(f"{way} ≈ {means[1]:.2f}" for way, means in ways.items()))
    print("  from scratch is ahead of both:", bool(ways["from scratch"][1] > max(ways["frozen body"][1], ways["fine-tuned"][1])))
borrow_shuffled, borrow_place = (borrow_reached[source]["frozen body"].mean(axis=1) for source in borrow.SOURCES[1:])
print(f"labels shuffled, 20 images: frozen body ≈ {borrow_shuffled[1]:.2f}")
print("  it harms less than the wrong question:", bool(borrow_shuffled[1] > borrow_place[1]))

# %% [markdown] slideshow={"slide_type": "skip"}
# Labels drawn at random teach nothing about digits, and yet harm less than the wrong question. Probably because there is only one way to get
# them right, by heart, and that takes a body which keeps much of each image. Who is asked for the place may drop the digit.

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:fine_tune"]
# ### Your turn: `fine_tune`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four steps, and leave the code for later. **Ask:** what happens if one sets `trainable = False` and forgets to
# compile again, or compiles and then forgets to unfreeze? (Keras says nothing in either case. So look at the weights.)
# **Usual mistake:** `clone_model` alone: it copies the form, not the weights. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import transfer

borrow_body = transfer.source_body()
print("in:", borrow_body.input_shape[1:], "  out:", borrow_body.output_shape[1:])
print("kernels and biases:", [weights.shape for weights in borrow_body.get_weights()])

# %% slideshow={"slide_type": "skip"} tags=["exercise:fine_tune"]

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:find_the_leak"]
# ### Your turn: `find_the_leak`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the function, line by line. **Ask:** which images have a say in this line? **Usual mistake:** repairing the choice, as in
# lesson 7, and believing the body, because "it was trained elsewhere". **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:find_the_leak"]

# %% [markdown] slideshow={"slide_type": "skip"}
# **What it has bought:** images. A body that knows what your few images cannot show is worth some more of them: about as many as
# printed above. With many images of your own it is worth less, and a source that asked the wrong question costs you.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Share
#
# What do you know about these data? That **two questions are asked of the same images**. A post office wants to read digits. Few
# images have the digit as a label: somebody had to type it. But all of them were found in one of five boxes, for 0–1, 2–3, ... up to
# 8–9, and that label costs nothing.
#
# Write it into the network: **one body and two heads**. The sum of two losses is made smaller, each with its weight:
#
# $$L = w_{\text{digit}}\,L_{\text{digit}} + w_{\text{box}}\,L_{\text{box}}$$
#
# This is **multi-task learning** (多任務學習; Caruana, 1997). Where a digit is not known, its loss is left out.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two labels with a finger on an image of the next slide: one is often a question mark, the other never. **Ask:** which
# other tasks could share a body? (A car's camera: is there a pedestrian, a sign, a light? Speech: words and speaker.)
# **Usual mistake:** taking this for one softmax over 15 classes. There one answer is right; here there is one for each question.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import share, share_pictures


def heads_make(read=30, related=1.0, seed=0):
    labels = share.labels_of(y_train, read, related, seed)
    given = {"images": X_train, "labels": labels, "validation": (X_val, y_val), "seed": seed}
    return {"digit alone": share.trainer(None, **given), "digit and box": share.trainer(1.0, **given)}


def heads_labels(ax, runners):
    read, box = runners["digit and box"].y
    return share_pictures.two_labels(ax, X_train[..., 0], y_train, read, box)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Does a second head help?
#
# Two networks begin with the same weights, and see the same digits. One of them has to find the box, too. *How many boxes are right*
# goes from a real second label, 1, to a random one, 0. The weight of the box can be turned while they train.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** both curves to step 500 with all boxes right, then with none. **Ask** before you let all digits be read: what will the
# second head be worth then? (Nothing.) And turn the weight of the box to 5 with random boxes: the body now learns noise by heart.
# **Usual mistake:** believing that more tasks always help. They help where they need the same things of the image, and where the
# second label says what the first one does not. **Time:** 3 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Press Play. Then let no box be right, and turn the weight of the box up.
heads_right = panels.Slider(0.0, 1.0, 1.0, step=0.25, label="how many boxes are right")
heads_read = panels.Choice([(str(n), n) for n in (20, 30, 50, 100, len(y_train))], 30, label="digits that are read")
panels.together(
    heads_make, share_pictures.reading, heads_labels,
    knobs=["weight_box"], related=heads_right, read=heads_read, updates_per_frame=2,
)

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:two_heads"]
# ### Your turn: `two_heads`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** it as a drawing: one arrow in, a box, two arrows out. **Ask:** which name stands twice in the code? (That of what the
# body gives.) Leave the code for later, or for at home. **Usual mistake:** a body for each head. The networks then
# share nothing, and each could be trained alone. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:two_heads"]

# %% [markdown] slideshow={"slide_type": "skip"}
# One run says little. So the pair is trained several times: each time other digits are read, and the weights begin elsewhere. With
# the head and without, a draw begins with the same weights and sees the same batches. The weight of the box is 5.

# %% slideshow={"slide_type": "skip"}
heads_kinds = {
    "30 read, all boxes right": (30, 1.0),
    "30 read, boxes at random": (30, 0.0),
    "all read, all boxes right": (len(y_train), 1.0),
}
heads_gains = {
    name: share.gains((X_train, y_train), (X_test, y_test), related, 5.0, draws=4, read=read)
    for name, (read, related) in heads_kinds.items()
}
for name, gain in heads_gains.items():
    added = 100 * (gain[:, 1] - gain[:, 0])
    print(f"{name:33} ≈ {added.mean():+.1f} % of the test set, from ≈ {added.min():+.1f} to ≈ {added.max():+.1f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### When it helps, and when it harms
#
# - It **helps** where both tasks need the same of the image, and the second label says what the first one does not: few digits are read.
# - It **buys nothing** once all digits are read: whoever knows the digit knows the box. The second loss only pulls at the body then.
# - It **harms** where the second label has nothing to do with the image: the body spends its units on learning noise by heart.
#
# So try it on a validation set, with the weight of the second loss as a hyperparameter.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three rows: each point is one draw. **Ask:** and if half of the boxes are right? (Try it in the panel: what they teach
# and what their noise costs are about equal.) **Usual mistake:** reading only the mean. The points of a row lie far apart: with 30
# labels much depends on which 30. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
fig, ax = plt.subplots(figsize=(7, 3.2))
_ = share_pictures.gain_by_draw(ax, heads_gains)

# %% slideshow={"slide_type": "skip"}
heads_bought = heads_gains["30 read, all boxes right"].mean(axis=0)
print(f"What the boxes bought: of the test digits ≈ {heads_bought[0]:.0%} without, ≈ {heads_bought[1]:.0%} with them.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One net or a pipeline?
#
# What do you know about this data? **The steps in between.** Two images of digits come in, and their sum is wanted. You know that a
# sum is made of two digits, and you can add.
#
# - A **pipeline** (流程) writes the steps down: a network reads each digit, and `+` adds. Each step is learnt, or written, by itself.
# - **End-to-end** (端到端) learning has one network from the pixels to the sum, 0 to 18. Nobody tells it that there are digits.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two digits, and cover the answer. **Ask:** which labels would you have to collect for each way? (Two digits for an
# example, or one sum.) How many different pictures show the sum 9? **Usual mistake:** "end to end is more modern, so it is
# better". It knows less, so it needs more. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import sums

sum_X, sum_digits = sums.draw_pairs(X_train, y_train, n_pairs=1, seed=5)
sum_one, sum_two = sum_digits[0]

# %%
print(f"told to the pipeline: {sum_one} and {sum_two}; to the one network: {sum_one + sum_two}")
fig, ax = plt.subplots(figsize=(5, 2.2))
_ = plots.image_row(ax, dict(zip(("first image", "second image"), sum_X[0].reshape(2, 8, 8))))

# %% [markdown] slideshow={"slide_type": "skip"}
# A third way is one network with the structure built in: *the same* reader for both images, whose two lists of
# probabilities are combined to those of the sum. It is told sums only, as the one network is, and still has to find out by
# itself what a digit is (after Manhaeve and others, 2018). Here all three train on more and more pairs, with three seeds each.

# %% slideshow={"slide_type": "skip"}
sum_reached = sums.compare((X_train, y_train), (X_test, y_test))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How many pairs?
#
# Each dot is the mean of several seeds, with one standard deviation to each side.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 50 pairs, then drag to the right. **Ask:** where will the dashed curve meet the others? (Not here.) And what
# can the pipeline never repair? (A misread digit: its sum is wrong, and nobody tells the reader.) **Usual mistake:** comparing numbers of
# pairs alone: the pipeline was told two digits a pair. Sometimes nobody has these labels. **Time:** 2 minutes.
#
# </details>

# %%
# Drag the dots, or the slider: how many pairs does each way need?
sum_picture = partial(borrow_pictures.by_number_of_pairs, reached=sum_reached)
sum_pairs = panels.Choice([(f"{pairs:,}", pairs) for pairs in sums.PAIRS], start=200, slider=True)
panels.explore(sum_picture, pairs=sum_pairs, size=(8.6, 4.4))

# %% slideshow={"slide_type": "skip"}
for way, reached in sum_reached.items():
    means = reached.mean(axis=1)
    print(f"{way:20}", ", ".join(f"{pairs:,} ≈ {mean:.2f}" for pairs, mean in zip(sums.PAIRS, means)))
sum_staged, sum_direct = (sum_reached[way].mean(axis=1) for way in sums.WAYS[:2])
print("50 pairs in stages do as much as 1,000 end to end:", bool(sum_staged[0] > sum_direct[2]))
print("the one network is still learning from more pairs:", bool(np.all(np.diff(sum_direct) > 0)))
print("it has met the pipeline at 20,000 pairs:          ", bool(sum_direct[-1] >= sum_staged[-1]))

# %% [markdown] slideshow={"slide_type": "skip"}
# Be fair to the one network. It is told one number for a pair, not two; from 1,000 pairs on its images come back again and again, as there
# are only about a thousand; and it makes at most 2,000 updates. With more of all these it comes closer. Its time comes where there is very much data, where nobody
# knows the steps in between, or where a stage throws away what the next one needs (Glasmachers, 2017, on when it fails).
#
# The third way shows what matters: not *one network or two*, but whether what you know is in it. It gets stuck now and then
# with few pairs, when it takes one digit for another and many sums still fit.
#
# **What it has bought:** the step in between, written down, has saved most of the pairs: with 50 the pipeline is further than the one network
# with 1,000.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Memory
#
# What do you know about a sentence, a song, the weather of a year? **The order carries the meaning**: what came before matters
# for what comes now. And **the same rule holds at every step**.
#
# Both can be written into a layer. A **recurrent network** (循環神經網路; Elman, 1990) reads one step after the other, and
# carries a **state** (狀態) along. At each step the same weights make the new state of the input and of the state before:
#
# $$h_t = \tanh(W x_t + U h_{t-1} + b)$$

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the formula, and read a word letter by letter, with one hand carrying "what I know so far" to the right. **Ask:** what
# must be known after the letters "n-o-t" of a long sentence, and until when? **Usual mistake:** thinking that the network has
# a copy for each step. It has one W and one U; only the state changes. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# The task of this section: a coin is tossed again and again. At the end the network is asked **what the first toss was**. All the tosses in
# between are noise that looks exactly like the answer. How many of them there are, is the **gap**. The sequences are made from a
# seed. How many weights does it take?

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import memory, memory_pictures

for steps in (11, 41, 161):
    memory_dense = (steps + 1) * memory.UNITS
    print(f"{steps:3} steps: a Dense layer of {memory.UNITS} units has {memory_dense:,} weights and biases")
for kind, columns in {"a plain recurrent layer": 1, "an LSTM (see below)": 4}.items():
    memory_weights = columns * memory.UNITS * (1 + memory.UNITS + 1)
    print(f"any number of steps: {kind} of {memory.UNITS} units has {memory_weights}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What reaches the first toss?
#
# To learn, the error at the end must find its way back to the first step. Each step back multiplies it once more, by the same matrix:
#
# $$\frac{\partial L}{\partial h_{t-1}} = U^\top\,\mathrm{diag}(1 - h_t^2)\;\frac{\partial L}{\partial h_t}$$
#
# Forty such factors below 1 leave next to nothing, forty above 1 explode: the **vanishing gradient** (梯度消失) of lesson 2, now in
# time (Bengio, Simard and Frasconi, 1994; Pascanu, Mikolov and Bengio, 2013).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** 0.9 to the power of 40 on a pocket calculator (0.015), then 1.1 (45). **Ask:** which number would you like to have
# there instead? (1.) And who could hold it there? (A gate, on the next slide but one.) **Usual mistake:** "the network has forgotten".
# It has not even been told: what does not arrive cannot teach. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag the gap. Then the plain network's scale, and last the LSTM's forget bias: which value keeps the line level?
memory_sliders = {"gap": panels.Slider(1, 40, 20), "scale": panels.Slider(0.2, 3, 1, step=0.1)}
memory_sliders["forget_bias"] = panels.Slider(-2, 6, 1, step=0.5, label="forget bias")
panels.explore(memory_pictures.gradient_through_time, **memory_sliders, size=(8.6, 3.8))

# %% [markdown] slideshow={"slide_type": "skip"}
# Both networks are drawn before any training, as medians over eight seeds. *Scale* multiplies the recurrent weights $U$ of the plain one, which
# begin orthogonal: turned, but not shortened. That is a good start, and tanh still shortens a little at each step. At 3 it
# explodes, at first. The *forget bias* belongs to the LSTM, which comes next.
#
# Is the picture right? Nudge what the network carries a little, after each step, and look what the loss does:

# %% slideshow={"slide_type": "skip"}
for name, kind in {"plain RNN": "orthogonal", "LSTM": "LSTM"}.items():
    memory_error = memory.nudge_error(kind, gap=12)
    print(f"{name}: the gradient agrees with nudges after each of 13 steps:", memory_error < 1e-5)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A cell that can keep
#
# The **LSTM** (長短期記憶, long short-term memory; Hochreiter and Schmidhuber, 1997) carries a second thing along, the **cell state** (單元狀態) $c$,
# and **gates** (閘), numbers from 0 to 1:
#
# $$i, f, o = \sigma(W x_t + U h_{t-1} + b) \qquad g = \tanh(W x_t + U h_{t-1} + b)$$
# $$c_t = f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)$$
#
# Each of $i, f, g, o$ has a $W$, $U$ and $b$ of its own. Between $c_{t-1}$ and $c_t$ there is no matrix, only $f$, the **forget
# gate** (遺忘閘; Gers, Schmidhuber and Cummins, 2000). Where it is near 1, memory and gradient pass.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a notebook on the desk: the input gate decides what is written, the forget gate what is erased, the output gate what is
# read aloud. **Ask:** σ(1) is 0.73; what is left of a memory after 40 steps? (0.73 to the power of 40, nearly nothing.) After a
# bias of 3? (0.95 to the power of 40, 0.14.) **Usual mistake:** taking gates for switches that somebody sets. They are computed at each
# step, from the input and the state, and learnt like everything else. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Side by side
#
# A plain recurrent network and an LSTM see the same tosses. Press Play at a gap of 10, then at 20 and 40. The picture on the right
# asks at other gaps than the one they are taught.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a gap of 10: both learn within seconds, and the right picture tells them apart. **Ask** before 40: who will be first? Then
# press "New start" a few times and count. **Usual mistake:** taking one start for the answer; with another seed the order changes.
# **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. Then another gap, and "New start": who learns it, and who recalls beyond it?
def memory_beyond(ax, runners, gap):
    networks = {name: memory.Recurrent.of(runner.to_keras()) for name, runner in runners.items()}
    return memory_pictures.recall_now(ax, networks, gap=gap)


memory_gaps = panels.Choice((5, 10, 20, 40), start=10, label="gap", slider=True)
panels.together(memory.runners, "val_accuracy", memory_beyond, knobs=["learning_rate"], gap=memory_gaps)

# %% [markdown] slideshow={"slide_type": "skip"}
# One start is luck. So here are eight of each kind, trained in NumPy (the weights, the formulas and their gradients are those of Keras; the tests
# compare them). The plain network stands there twice: with recurrent weights drawn at random, as in the 1990s, and orthogonal, as Keras begins
# today. All are taught at a gap of 10, and then asked at gaps that none of them has met.

# %% slideshow={"slide_type": "skip"}
memory_asked = (5, 10, 21, 40, 81, 161)
memory_taught = {name: memory.train(kind, 10, range(8), 400) for name, kind in memory.KINDS.items()}
memory_recall = {name: memory.reach(nets, memory_asked) for name, (nets, _) in memory_taught.items()}
memory_able = {name: np.mean(right >= 0.98, axis=0) for name, right in memory_recall.items()}
for name, (_, learned_at) in memory_taught.items():
    opposite = np.sum(memory_recall[name].min(axis=1) < 0.1)
    print(f"{name}: learned after ≈ {np.nanmean(learned_at):.0f} updates on average; at a gap of 161 there still")
    print(f"   recall ≈ {8 * memory_able[name][-1]:.0f} of 8; at some gap there say the opposite ≈ {opposite} of 8")
print("of the LSTMs more still recall at 161:", memory_able["LSTM"][-1] > max(
    able[-1] for name, able in memory_able.items() if name != "LSTM"))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How far does each remember?
#
# All were taught at a gap of 10, and all learned it. Asked later, the two kinds part.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the three lines at 10, where they meet, and then at 161. **Ask:** how can a network be right at a gap of 10 and wrong at 11? (Some plain
# ones swing to and fro, and the answer is where the swing stands after exactly ten steps.) **Usual mistake:** "plain networks
# cannot learn this". They do, and even sooner; what they have learned is another thing. **Time:** 1 minute.
#
# </details>

# %% tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
memory_pictures.recall_by_gap(ax, memory_recall, memory_asked, trained=10).sentence

# %% [markdown] slideshow={"slide_type": "skip"}
# To be fair: the plain network learns this gap *sooner*, and with a quarter of the weights. But some of the plain ones keep the toss in a swing, and
# when they are asked at another time they say the opposite. The LSTM keeps it as it is.
#
# And the LSTM is no miracle either. Teach a gap of 40 from the beginning: with the usual forget bias of 1 hardly any gets there within 100 updates. But you *know*
# that the gap is long. Write that into the start, with a forget bias of 3 (Jozefowicz, Zaremba and Sutskever, 2015):

# %% slideshow={"slide_type": "skip"}
memory_late = {"plain, random start": memory.train("random", 40, range(8), 100)[1]}
memory_late["plain, orthogonal start"] = memory.train("orthogonal", 40, range(8), 100)[1]
for bias in (1, 3):
    memory_late[f"LSTM, forget bias {bias}"] = memory.train("LSTM", 40, range(8), 100, forget_bias=bias)[1]
for name, learned_at in memory_late.items():
    print(f"{name}: a gap of 40 is learned by ≈ {np.sum(learned_at > 0)} of 8 within 100 updates")
memory_ones, memory_threes = (np.sum(memory_late[f"LSTM, forget bias {bias}"] > 0) for bias in (1, 3))
print("what is known of the gap helps:", memory_threes > memory_ones)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Look at the gates
#
# One of the LSTMs that were taught at a gap of 10. Choose what the coin shows first, how many tosses follow, and which part of
# the network you see.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the cell state first, and switch between heads and tails: the picture changes its colours. Then other coins: it hardly
# moves. **Ask:** which colours follow the first toss alone, and which flicker with every toss? (The cell state; the gates.) Then a gap of
# 0: it may be wrong, since it was never asked so early. **Usual mistake:** looking for one unit that *is* the memory. Several share
# it. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Switch the first toss. Then look at each gate, and drag the gap beyond 10.
memory_lstm = memory_taught["LSTM"][0].alone(0)
memory_gates = partial(memory_pictures.gate_map, lstm=memory_lstm)
memory_said = partial(memory_pictures.said_so_far, lstm=memory_lstm)
memory_controls = {"first": panels.Choice(("heads", "tails"), label="first toss")}
memory_parts = [("cell state", "cell"), *((f"{gate} gate", gate) for gate in ("forget", "input", "output"))]
memory_controls["shown"] = panels.Choice(memory_parts, label="you see")
memory_controls |= {"gap": panels.Slider(0, 40, 20), "coins": panels.Slider(0, 20, 0, label="other tosses")}
panels.explore(memory_gates, memory_said, **memory_controls, widths=(1.6, 1), size=(9.6, 3.8))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:lstm_step"]
# ### Your turn: `lstm_step`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four formulas again, and let the class say in which order they must be computed. **Ask:** what has to be computed last?
# (The state h, from the new cell state.) Leave the code for at home. **Usual mistake:** using the old cell state for h.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:lstm_step"]

# %% [markdown] slideshow={"slide_type": "skip"}
# **Two warnings.** Where order carries the meaning, the order of the *samples* does, too: a series in time is cut by time, and not
# shuffled before it is split (lesson 7, *A series must not be shuffled*). Shuffling the batches of sequences that are already cut is fine; shuffling the
# steps within one is not.
#
# And recurrent networks are no longer the usual choice for language. They read one step after the other, which cannot be
# done in parallel, and everything must pass through one state. **Attention** (注意力機制) lets each step look at all others directly, so there is no long way back; networks that
# are made of it, **Transformers** (Vaswani and others, 2017), learn from all steps at once. They pay with a cost that grows with the square of the
# length, and need much data, since less about order is written into them. For short series, small data and streams on small
# devices an LSTM is still a sound choice.
#
# **What it bought:** the number of weights does not depend on the length, and what was learned at a gap of 10 holds at 161.

# %% slideshow={"slide_type": "skip"}
memory_weights = 4 * memory.UNITS * (1 + memory.UNITS + 1)
memory_dense = (162 + 1) * memory.UNITS
print(f"162 steps: {memory_dense:,} weights and biases in a Dense layer, {memory_weights:,} in the LSTM")
print("it was taught by sequences of 11 steps, and never saw one of 162")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Make
#
# What do you know about this data? Only what real ones look like: here are a thousand numbers, and you want more of their
# kind. There is no question, so there are no labels. And who can write down a loss that says "this one looks real"?
#
# So **let the loss be learnt, too**. One network, the **generator** (生成器), makes numbers of random noise. A second one,
# the **judge** (its usual name is discriminator, 鑑別器), learns to tell made numbers from real ones. What it says is the
# generator's loss. Such a pair is a **generative adversarial network**, a GAN (生成對抗網路; Goodfellow and others, 2014).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** two real banknotes, or say that you would. **Ask:** you shall draw a banknote, and I may only say "real" or "false".
# What must I know, and what must you? (I: real notes. You: only what I said. You never see one.) **Usual mistake:** thinking that
# the generator sees the data. It sees the judge, and nothing else. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import make, make_pictures

maker_X = make.numbers(1000, seed=0)
print(f"{len(maker_X):,} numbers from {maker_X.min():.1f} to {maker_X.max():.1f}; in the left bump and the right one:", make.shares(maker_X).round(2))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Two losses
#
# Let $x_i$ be $n$ real numbers, $z_i$ noise, $G(z_i)$ the made numbers, and $J$ the probability of "real" that the judge gives.
#
# $$L_J = -\frac{1}{2n}\sum_i \Bigl(\log J(x_i) + \log\bigl(1 - J(G(z_i))\bigr)\Bigr) \qquad
# L_G = -\frac{1}{n}\sum_i \log J(G(z_i))$$
#
# The judge's loss is the cross-entropy you know, with the labels 1 and 0. The generator could simply want the reverse (*minimax*), and make
# the mean of $\log(1 - J(G(z_i)))$ smaller. But let $J = \sigma(s)$ with a score $s$, and look at the slopes:
#
# $$\frac{d}{ds}\log(1 - \sigma(s)) = -\sigma(s) \qquad \frac{d}{ds}\bigl(-\log \sigma(s)\bigr) = -(1 - \sigma(s))$$
#
# A poor forgery has a score far below 0. There the first slope is almost 0, so whoever has most to learn learns nothing. The
# second is almost −1. That is why the second loss is used; it is called **non-saturating**.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the two slopes on the board at s = −6: −0.002 and −0.998. **Ask:** where have you met a slope that dies just when you are
# most wrong? (The squared error behind a sigmoid, lessons 2 and 6.) **Usual mistake:** looking for one number that both make smaller. There is none:
# what one wins, the other loses, so neither curve has to fall. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
judge_score = np.array([-6.0, -1.0, 0.0, 2.0])


def judge_sigmoid(s):
    return 1 / (1 + np.exp(-s))


maker_losses = {"minimax": lambda s: np.log(1 - judge_sigmoid(s)), "non-saturating": lambda s: -np.log(judge_sigmoid(s))}
maker_slopes = {"minimax": -judge_sigmoid(judge_score), "non-saturating": -(1 - judge_sigmoid(judge_score))}
for name, loss in maker_losses.items():
    measured = (loss(judge_score + 1e-5) - loss(judge_score - 1e-5)) / 2e-5
    print(f"{name:14} slopes at {judge_score.tolist()}: {maker_slopes[name].round(3)}, as measured:", np.allclose(measured, maker_slopes[name], atol=1e-6))

# %% [markdown] slideshow={"slide_type": "subslide"} tags=["question:best_judge"]
# ### Your turn: `best_judge`
#
# {question}

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** a heap of 30 real coins and 10 false ones. **Ask:** one is taken out without looking. With what probability is it real?
# (3/4. This is the whole answer.) **Usual mistake:** a judge that says only yes or no. **Time:** 1 minute, the code is for later.
#
# </details>

# %% slideshow={"slide_type": "skip"} tags=["exercise:best_judge"]

# %% slideshow={"slide_type": "skip"}
def maker_pair(maker_rate, judge_rate):
    keras.utils.set_random_seed(0)
    maker_net = keras.Sequential([keras.Input((1,)), layers.Dense(16, activation="tanh"), layers.Dense(1)])
    judge_net = keras.Sequential([keras.Input((1,)), layers.Dense(16, activation="tanh"), layers.Dense(1, activation="sigmoid")])
    maker_net.compile(keras.optimizers.Adam(maker_rate, beta_1=0.5))
    judge_net.compile(keras.optimizers.Adam(judge_rate, beta_1=0.5), "binary_crossentropy")
    return live.Adversaries(maker_net, judge_net, maker_X, batch_size=64)


maker_views = make_pictures.made_and_judged, make_pictures.noise_to_number, make_pictures.both_losses

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The two at work
#
# Both networks have one hidden layer of 16 units. The generator turns one number of noise into one made number, so it is a curve, and you can see
# all of it. The judge is a curve, too: what it says at each place.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the left picture first: the curve is the data, the blue bars are made, and the judge's dashed line is high where it believes a number. Then
# the map above right: the generator is a curve, and it must leap from one bump to the other, since the noise has no gap. **Ask:** where does the
# judge's line go when the made numbers are right? (To 0.5, everywhere; its loss to ln 2.) **Usual mistake:** waiting for a loss that falls.
# **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play. When do the made numbers know both bumps? And what does the judge say then?
panels.together({"": maker_pair(0.005, 0.005)}, *maker_views, best=panels.Switch(label="the best judge"))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### How it loses a mode
#
# The next pair is the same, but the generator's learning rate is ten times as large, and the judge's ten times as small. For the
# generator it pays to put *everything* where the judge is most easily deceived at this moment. By the time the judge has
# noticed, the other bump looks better. This is **mode collapse** (模式崩潰): each number is good, and half of the kinds is missing.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the next slide, and let it run until all bars stand in one bump. **Ask:** which picture tells you? (The bars and the map. The losses
# do not: both are near ln 2, as if all were well.) Then turn the judge's updates up to 5: often it stays lost. Press Restart: now it holds both. **Usual mistake:** curing
# a collapsed pair with a knob. Both have wandered to where they learn badly; begin again with a better judge. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
# Press Play until one bump is lost. Then turn the judge's updates to 5, wait, and press Restart.
panels.together({"": maker_pair(0.05, 0.0005)}, *maker_views, best=panels.Switch(label="the best judge"))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Is that chance?
#
# Each setting trains from three starts. A bump is lost where it gets less than 5 % of the made numbers, at most moments of the second half.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the curve of the first setting: it does not stay with one bump, it leaps. **Ask:** why does it not stay? (The judge learns that this bump is made, and
# the other one pays better.) What would help? (Whatever lets the judge keep up.) **Usual mistake:** reading one run as a law: from the printed
# lines, count the starts. **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
maker_settings = {
    "fast generator, slow judge": (0.05, 0.0005, 1),
    "faster judge": (0.05, 0.005, 1),
    "5 updates of the judge": (0.05, 0.0005, 5),
}
maker_tried, maker_first = maker_pair(0.05, 0.0005), {}
for name, values in maker_settings.items():
    for knob, value in zip(("generator_rate", "judge_rate", "judge_updates"), values, strict=True):
        maker_tried.turn(knob, value)
    maker_runs = [make.over_time(maker_tried, start) for start in (1, 2, 3)]
    maker_first[name] = maker_runs[0]
    print(f"{name:27} lost in ≈ {sum(map(make.lost, maker_runs))} of {len(maker_runs)} starts")

# %%
fig, ax = plt.subplots(figsize=(7, 3.2))
_ = make_pictures.shares_over_time(ax, maker_first)

# %% [markdown] slideshow={"slide_type": "skip"}
# What helped here: a judge that keeps up, by a larger learning rate or by more updates. Neither four numbers
# of noise in the place of one nor batches of 256 in the place of 64 cured it when we measured them. Try both in `maker_pair`.
#
# **What it bought.** Nobody has told the pair that there are bumps, how many, or what shape they have.

# %% slideshow={"slide_type": "skip"}
maker_fresh, maker_made = make.numbers(1000, seed=1), maker_tried.generate(1000)
maker_apart = np.abs(np.sort(maker_made, axis=0) - np.sort(maker_fresh, axis=0)).mean()
maker_chance = np.abs(np.sort(maker_X, axis=0) - np.sort(maker_fresh, axis=0)).mean()
maker_count = sum(model.count_params() for model in maker_tried.to_keras())
print(f"{maker_count} parameters and no formula; made and new real numbers are ≈ {maker_apart:.2f} apart,")
print(f"two sets of real ones ≈ {maker_chance:.2f}. Who knows that they are two bell curves needs 5 parameters.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Five ways to make
#
# - **Autoregressive models** (自迴歸模型) make one piece after another, each predicted from those before it (Bengio and others, 2003). A **language model** (語言模型)
#   does this with pieces of words; nearly all today do it with attention (Vaswani and others, 2017). A long text takes as many passes as it has pieces.
# - A **variational autoencoder** (變分自編碼器; Kingma and Welling, 2014) squeezes data through a few noisy numbers, and makes new ones from such numbers. Its images tend to be blurred.
# - A **GAN** (Goodfellow and others, 2014) makes sharp images in one pass; you have seen what it may lose.
# - **Diffusion** (擴散模型; Sohl-Dickstein and others, 2015; Ho, Jain and Abbeel, 2020) learns to take away a little noise, and begins with nothing else. It needs many passes, and no judge.
# - A **normalizing flow** (正規化流; Rezende and Mohamed, 2015) bends noise by steps that can be undone, so it also tells how probable a sample is. Each layer must have an inverse.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list, and let people name a tool they know for each line. **Ask:** which of the five could tell you that a sample is *improbable*?
# (Autoregressive models and flows compute it; a GAN cannot.) **Usual mistake:** taking a made sample for a fact: all five make what looks
# like the data, and "looks like" is all they were taught. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Limits
#
# What do you know about the days that are *not* in your data? A network learns from the past that it was shown. Between the samples it
# can be excellent. Outside them nothing has ever told it that it is wrong. There, only what is written into the structure speaks, and
# what *you* know.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** nothing yet. **Ask:** a kiosk has counted its ice cream on days from 8 to 28 degrees. What does it sell at 40? Collect three
# answers, and who would bet on them. **Usual mistake:** "with more data of the same days it will know". It will know *these* days better.
# **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# A kiosk has counted the cups of ice cream that it sold on 60 days (invented by us, so that the truth is known). Three kinds of models learn
# from them: networks with tanh, networks with ReLU, eight seeds of each, and a random forest. The networks are those of scikit-learn here, which are
# trained in a moment; what is shown does not depend on who trains them.

# %% slideshow={"slide_type": "skip"}
from lessons_lib.lessons.beyond import limits, limits_pictures

query_answers = limits.answers()
query_inside = query_answers.inside
query_truth = limits.truth(query_answers.asked)
query_models = {f"networks, {name}": said.mean(axis=0) for name, said in query_answers.networks.items()}
query_models["random forest"] = query_answers.forest
for name, said in query_models.items():
    off = np.abs(said - query_truth)
    print(f"{name}: off by ≈ {off[query_inside].mean():.0f} cups within the measured days,", end=" ")
    print(f"≈ {off[~query_inside].mean():.0f} outside; more than 5 times as much:", bool(
        off[~query_inside].mean() > 5 * off[query_inside].mean()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Drag the query out of the window
#
# Three models that agree within the window. What does each say beyond it?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the query in the middle, then drag it slowly beyond 28 degrees. **Ask:** which model is right at 40 degrees? (None: in great heat
# people stay at home, and no row of the table says so.) Then −5 degrees with ReLU: how many cups can be sold? (Not fewer than 0; the network does not
# know that.) **Usual mistake:** trusting what looks smooth. **Time:** 2 minutes.
#
# </details>

# %% slideshow={"slide_type": "subslide"}
# Drag the orange dot beyond 28 degrees, then below 8. Then the other activation.
query_lines = partial(limits_pictures.answers_outside, answers=query_answers)
query_alarm = partial(limits_pictures.disagreement, answers=query_answers)
query_control = panels.Slider(limits.FROM, limits.TO, 20, label="temperature")
panels.explore(query_lines, query_alarm, query=query_control, activation=panels.Choice(limits.ACTIVATIONS))

# %% [markdown] slideshow={"slide_type": "skip"}
# - The **forest** answers with the mean of days that it has seen: outside it stays constant.
# - **ReLU** is made of straight pieces, so the last piece goes on for ever, below zero cups as well. **tanh** flattens.
# - The truth turns around. No model could know; somebody who has sold ice cream in July does.
#
# **A cheap alarm:** train several networks that differ in their seed alone (lesson 7, *Twenty vote*; Lakshminarayanan, Pritzel and Blundell, 2017). Where there are data they must agree. Where
# there are none, nothing makes them. On the right: their spread, and the largest one within the window. Drag until the alarm comes. It is cheap, and it is not
# sure:

# %% slideshow={"slide_type": "skip"}
for name in limits.ACTIVATIONS:
    query_spread = query_answers.spread(name)
    query_hot = query_spread[query_answers.asked > limits.HOTTEST]
    missed = np.mean(query_spread[~query_inside] <= query_answers.limit(name))
    print(f"{name}: at 40 °C ≈ {np.interp(40, query_answers.asked, query_spread) / query_spread[query_inside].mean():.0f} "
          f"times the usual spread; ≈ {missed:.0%} of what lies outside raises no alarm")
    print("   the farther to the right, the larger:", bool(query_hot[-1] > query_hot[len(query_hot) // 2] > query_hot[0]))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The final league
#
# One table, the red wines, from the first lesson to the last. Every wine stands there once, a fifth of them is the sealed test set. On the
# others each model is judged by 5 folds: every wine once, by a model that has not seen it. The average of three answers with the mean of
# forest, boosting and network.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the names, and let the class bet before the numbers come. **Ask:** what is known about this table that a structure could use? (No
# neighbours, no order, eleven different units: nothing that convolution or memory could be built on.) **Usual mistake:** "deep learning is
# newer, so it is better". **Time:** 1 minute.
#
# </details>

# %% slideshow={"slide_type": "skip"}
wine_league = limits.wine_league()
for name in wine_league.names:
    loss, error = wine_league.loss(name)
    print(f"{name}: mean squared error ≈ {loss:.3f}, standard error ≈ {error:.3f}")
print("lowest error here:", wine_league.best)
print("the average is at least as good as each of its three:", all(
    wine_league.lead(limits.TOGETHER, name)[0] >= 0 for name in limits.THREE))

# %% slideshow={"slide_type": "subslide"} tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(8.6, 3.8), layout="constrained")
limits_pictures.league_table(ax, wine_league).sentence

# %% [markdown] slideshow={"slide_type": "skip"}
# The bars overlap, since each of them holds the luck of the wines. All were judged on the *same* wines, so their differences are surer than that:

# %% slideshow={"slide_type": "skip"}
for name in ("linear model", "random forest", limits.TOGETHER):
    lead, error = wine_league.lead("network, 64 units", name)
    print(f"the network is ahead of: {name}, by ≈ {lead:.3f}, standard error ≈ {error:.3f} (below 0: behind)")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One look
#
# It is opened once, for the model that the folds have chosen.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the test error beside the error on the folds. **Ask:** by how much may the two differ, by chance alone? (Two standard errors; the
# test set has a fourth as many wines.) **Usual mistake:** opening it for all seven, "only to see". Then it has chosen. **Time:** 1 minute.
#
# </details>

# %%
wine_league.open(wine_league.best)

# %% [markdown] slideshow={"slide_type": "skip"}
# On small tables of good measurements trees and averages of different models are hard to beat, and a network is one good player among others
# (Grinsztajn, Oyallon and Varoquaux, 2022). Nothing is known of the eleven columns that a convolution or a memory could be built on. A structure
# buys samples only where there *is* something to know.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What to do about limits
#
# - **Watch what comes in** (**monitoring**, 監測): does the query lie where the training samples lie? How many do not, this week?
# - **Use what people know**: sales are never below 0; ask somebody who has been there; collect samples where you will be asked.
# - **Let the model say "I do not know"**, and hand over to a person.
# - **Judge on the future**: the world changes, so split by time, measure again, train again.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the four lines one by one, each with the kiosk. **Ask:** what would a model of traffic have said in spring 2020?
# **Usual mistake:** measuring once, before the model is used, and never again. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# **What it bought:** let the tanh networks be silent where they disagree. What becomes of the error of the answers that are left?

# %% slideshow={"slide_type": "skip"}
query_spread, query_limit = query_answers.spread("tanh"), query_answers.limit("tanh")
query_off = np.abs(query_models["networks, tanh"] - query_truth)
query_answered = query_spread <= query_limit
print(f"all temperatures from {limits.FROM:.0f} to {limits.TO:.0f} °C are answered: off by ≈ {query_off.mean():.0f} cups")
print(f"silent at an alarm, ≈ {1 - query_answered.mean():.0%} of them: off by ≈ {query_off[query_answered].mean():.0f} cups")
print("less than half as far off:", bool(query_off[query_answered].mean() < 0.5 * query_off.mean()))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where next
#
# What do you know about the data? By now this is the first question for every new problem, before any training. Here are
# six problems, each on a card. For which of them is a network of its own, from scratch, the first thing to try?

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the examples that the class gave at the beginning, still on the board. **Ask:** which structure would you try
# first for each of these, now? **Usual mistake:** the structure of which one has heard last. **Time:** 1 minute.
#
# </details>

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Six cards
#
# | card | you have | you want to know |
# |---|---|---|
# | A | 800 flats, 15 columns each: floor, year, size and so on | the rent |
# | B | 40,000 photos of solar panels, each labelled "cracked" or "whole" | is there a crack, anywhere? |
# | C | 90 photos of three rare orchids; a network that names 300 other flowers | which of the three is it? |
# | D | 20,000 recordings of a pump, 500 moments each | does a second click follow the first, however late? |
# | E | 5,000 photos of leaves, each with its plant and its pest; a phone with little memory | plant and pest, at the same time |
# | F | 150 photos of handwritten bills with their totals; 60,000 single digits with labels | the total |

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the cards, one for each table of the room if there are six, and give two minutes. **Ask** each table for two
# words: a structure, and what decides for it. Let the others attack the second word: would it not hold for another card as
# well? **Usual mistake:** "it is an image, so a convolution". Four of the six are images. **Time:** 4 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:six_cards"]
# ### Your turn: `six_cards`
#
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:six_cards"]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What this course has left out
#
# - You know that *any* two parts may matter to each other, however far apart: **attention** (注意力機制), of which a transformer
#   is built (Vaswani and others, 2017). Large language models are transformers.
# - You know who is joined to whom: networks on **graphs** (圖), of molecules or friends (Bronstein and others, 2021).
# - You have millions of examples and hardly a label: **self-supervised learning** (自監督學習; Devlin and others, 2019, for text).
# - You want new images: **diffusion** (擴散模型; Ho, Jain and Abbeel, 2020), which has no judge.
# - You can act and see what comes of it: **reinforcement learning** (強化學習; Sutton and Barto, 2018).

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list, and read only the beginnings of the sentences, up to the colon. **Ask:** what does attention assume
# less than a convolution does, and what does that cost? (It assumes no neighbourhood, and needs more data.)
# **Usual mistake:** believing that the newest structure makes the others needless. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Where to go after this course
#
# One thing at a time; each of these is enough for some months.
#
# - **To read, from the beginning:** Nielsen (2015), *Neural Networks and Deep Learning*; Prince (2023), *Understanding Deep
#   Learning*. Both are free to read on their authors' pages.
# - **To look things up:** Goodfellow, Bengio and Courville (2016), *Deep Learning*; Bishop and Bishop (2024), *Deep Learning:
#   Foundations and Concepts*.
# - **To program:** Chollet, *Deep Learning with Python* (the second edition is of 2021), by the author of Keras; Zhang,
#   Lipton, Li and Smola (2023), *Dive into Deep Learning*, also in Chinese.
# - **For tables, where networks are often not the best tool:** Hastie, Tibshirani and Friedman (2009), *The Elements of
#   Statistical Learning*.
# - **To listen to:** Hung-yi Lee (李宏毅), *Machine Learning*, National Taiwan University, in Chinese; Stanford's *CS231n*, on
#   images; Andrew Ng's *Deep Learning Specialization*.
# - **Papers that can be read after this lesson:** LeCun and others (1998), on convolution; Hochreiter and Schmidhuber (1997),
#   on LSTM; Goodfellow and others (2014), on generator and judge; He and others (2015), on skips; Vaswani and others (2017), on attention.
#
# Read a paper in the order figures, experiment, method. Then ask what its authors knew about their data, and where it stands in the network.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - An architecture is a claim about the data. Where it is true, fewer samples are enough; where it is false, it costs you.
# - **Convolution:** neighbours belong together, and the same thing may be anywhere. A few weights, used at every place.
# - **Skips:** a further layer changes little. The gradient finds a path on which nothing is multiplied away.
# - **Borrow** the first layers of a task with more data; freeze, then fine-tune gently. A source that sees otherwise harms.
# - **Two heads** help each other where their tasks need the same features, and only there.
# - **Stages** that you know need little data; one net from end to end needs much.
# - **Gates** keep what came long before: the cell is multiplied by a number close to 1.
# - **A judge** teaches a generator what real ones look like, and may not notice that some kinds are missing.
# - Outside of its data no network knows anything. On a small table, try a forest first.

# %% [markdown] slideshow={"slide_type": "notes"}
# <details><summary>Speaker notes</summary>
#
# **Show** the list only after the class has answered. **Ask:** which sentence of the left column do you know about your own
# data, and what would you write into the network for it? **Usual mistake:** leaving with a list of structures, and
# without the question that chooses among them. **Time:** 2 minutes.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Quiz
#
# Answer with a letter in quotes or with a number, in the place of the dots.

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_skips"]

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_outside"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_head"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_head"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_memory_left"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_memory_left"]

# %% [markdown] slideshow={"slide_type": "skip"} tags=["question:quiz_judge"]
# {question}

# %% slideshow={"slide_type": "skip"} tags=["exercise:quiz_judge"]

# %% [markdown] slideshow={"slide_type": "skip"}
# ## Words of this lesson
#
# | English | 中文 | in one line |
# |---|---|---|
# | architecture | 架構 | what is joined to what, and which weights are the same |
# | inductive bias | 歸納偏置 | what a way of learning assumes before it has seen any data |
# | global max pooling | 全域最大池化 | of all places only the strongest answer counts |
# | data augmentation | 資料增強 | more training samples, made by changing those there are |
# | invariant | 不變 | the answer stays the same when the input is moved |
# | kernel | 卷積核 | the small table of weights that is laid on every place |
# | convolution | 卷積 | the same weights times pixels, added up, at every place |
# | feature map | 特徵圖 | the image of these sums |
# | cross-correlation | 互相關 | what Keras calls convolution: the kernel is not turned around |
# | channel | 通道 | one of several images in one place, such as red, green and blue |
# | filter | 濾波器 | the kernels for all channels that make one feature map, with its bias |
# | padding | 填補 | zeros around the image |
# | stride | 步幅 | how far the kernel moves |
# | pooling | 池化 | of each 2×2 numbers the largest, or the mean |
# | receptive field | 感受野 | the pixels on which one number of a map depends |
# | residual connection | 殘差連接 | what comes in is led around a block, and added behind it |
# | skip weight | 跳接權重 | how much goes around, s |
# | branch weight | 分支權重 | how much of what the block computes is added, α |
# | degradation | 退化 | a deeper plain network is worse on its own training set |
# | depthwise separable convolution | 深度可分離卷積 | first a kernel for each channel, then a mixture of the channels |
# | transfer learning | 遷移學習 | train where there is much, reuse where there is little |
# | body | 主體 | the layers that are reused, or shared |
# | head | 輸出頭 | the last layer, new for each task |
# | frozen | 凍結 | computes as before, and its weights stay |
# | fine-tuned | 微調 | borrowed weights learn on, in small steps |
# | negative transfer | 負遷移 | a source that harms |
# | pipeline | 流程 | steps in a row, each learnt or written by itself |
# | end-to-end | 端到端 | one network from the input to the answer |
# | multi-task learning | 多任務學習 | several tasks trained on one body, their losses added |
# | recurrent network | 循環神經網路 | reads step by step, with the same weights |
# | state | 狀態 | what it carries from step to step |
# | vanishing gradient | 梯度消失 | what reaches the first steps or layers is nearly nothing |
# | LSTM | 長短期記憶 | a recurrent layer with a cell that gates guard |
# | cell state | 單元狀態 | what an LSTM keeps |
# | gate | 閘 | numbers from 0 to 1 that let through |
# | forget gate | 遺忘閘 | how much of the cell state stays |
# | attention | 注意力機制 | each step looks at all others directly |
# | generator | 生成器 | makes samples of random noise |
# | judge, discriminator | 鑑別器 | says how probably a sample is a real one |
# | generative adversarial network, GAN | 生成對抗網路 | a generator and a judge that train against each other |
# | mode collapse | 模式崩潰 | each made sample is good, and some kinds are missing |
# | autoregressive model | 自迴歸模型 | makes one piece after another, each from those before it |
# | language model | 語言模型 | does this with pieces of words |
# | variational autoencoder | 變分自編碼器 | squeezes data through a few noisy numbers, and back |
# | normalizing flow | 正規化流 | bends noise by steps that can be undone |
# | monitoring | 監測 | watching what comes in, and how good the answers are |
# | graph | 圖 | things, and which of them are joined |
# | self-supervised learning | 自監督學習 | the data are their own labels |
# | diffusion | 擴散模型 | images made by taking noise away, step by step |
# | reinforcement learning | 強化學習 | learning from what came of one's own acts |

# %% slideshow={"slide_type": "skip"}
progress()

# %% [markdown] slideshow={"slide_type": "skip"}
# **Next:** a question of your own. In [lesson 9](09_project.ipynb) you take data that nobody has prepared for you. Write down
# three things before you train: what you know about them, where that stands in your network, and the score of knowing nothing.
