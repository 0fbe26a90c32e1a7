"""Right answers to the questions of lesson 04, written otherwise than the solutions shown."""

import math

import numpy as np

from lessons_lib import optimizers

# --- three things to remember ----------------------------------------------------------------


class stepped_weight:
    rounded = 2.8
    as_array = np.array([2.8])
    by_hand = 1 + 0.1 * 18


class small_move:
    rounded = -0.5
    as_product = np.dot([3, -1], [-0.1, 0.2])
    fraction = -1 / 2


class batch_gradients:
    as_tuple = (2, 1.5)
    means = tuple(np.mean(part) for part in ([4, -1, 3], [4, -1]))
    column = np.array([2.0, 1.5])


# --- steps -----------------------------------------------------------------------------------


class slope:
    def in_two_steps(x):
        square = 5 * 2 * x
        return square + (-2)

    def measured(x):
        x = np.asarray(x, dtype=float)

        def f(x):
            return 5 * x**2 - 2 * x + 4

        return (f(x + 0.5) - f(x - 0.5)) / 1.0  # exact for a parabola, whatever the distance

    def factored(x):
        return np.multiply(2, np.multiply(5, x) - 1)


class descend:
    def while_loop(x, learning_rate, steps):
        while steps > 0:
            x -= learning_rate * (10 * x - 2)
            steps -= 1
        return x

    def by_formula(x, learning_rate, steps):
        return 0.2 + (x - 0.2) * (1 - 10 * learning_rate) ** steps

    def recursive(x, learning_rate, steps):
        if steps == 0:
            return x
        step = -learning_rate * 2 * (5 * x - 1)
        return descend.recursive(x + step, learning_rate, steps - 1)


class largest_rate:
    rounded = 0.0833
    as_array = np.array([1 / 12])
    from_curvatures = 2 / max(2 * 3, 2 * 12)


class weighted_average:
    def as_list(values, beta):
        averages, v, remains = [], 0.0, 1.0
        for value in values:
            v = beta * v + (1 - beta) * value
            remains *= beta
            averages.append(v / (1 - remains))
        return averages

    def by_weights(values, beta):
        averages = []
        for t in range(1, len(values) + 1):
            weights = beta ** np.arange(t)[::-1]
            averages.append(np.sum(weights * values[:t]) / np.sum(weights))
        return np.array(averages)

    def preallocated(values, beta):
        result, v = np.zeros(len(values)), 0.0
        for i in range(len(values)):
            v += (1 - beta) * (values[i] - v)
            result[i] = v / (1 - beta ** (i + 1))
        return result


class window:
    number = 0.995
    as_array = np.array(0.995)
    as_fraction = 199 / 200


class momentum_step:
    def positive_velocity_turned(w, g, v, learning_rate, momentum):
        speed = momentum * (-v) + learning_rate * g
        return w - speed, -speed

    def one_line(w, g, v, learning_rate, momentum):
        return w + momentum * v - learning_rate * g, momentum * v - learning_rate * g

    def as_list(w, g, v, learning_rate, momentum):
        new = np.add(np.multiply(v, momentum), np.multiply(g, -learning_rate))
        return [np.add(w, new), new]


class adagrad_step:
    def rate_for_each_weight(w, g, G, learning_rate, epsilon):
        G = G + np.square(g)
        rates = learning_rate / (G + epsilon) ** 0.5
        return w - rates * g, G

    def multiplied(w, g, G, learning_rate, epsilon):
        new = np.add(G, g * g)
        return w - learning_rate * (g * np.power(new + epsilon, -0.5)), new

    def as_list(w, g, G, learning_rate, epsilon):
        G = g**2 + G
        return [w + -learning_rate / np.sqrt(epsilon + G) * g, G]


class rmsprop_step:
    def towards_the_new_square(w, g, s, learning_rate, rho, epsilon):
        s = s + (1 - rho) * (g**2 - s)
        return w - learning_rate * g / np.sqrt(s + epsilon), s

    def rate_for_each_weight(w, g, s, learning_rate, rho, epsilon):
        new = np.square(g) * (1 - rho) + s * rho
        rates = learning_rate * (new + epsilon) ** -0.5
        return w - g * rates, new

    def as_list(w, g, s, learning_rate, rho, epsilon):
        s = rho * s + g * g - rho * g * g
        return [np.subtract(w, learning_rate * np.divide(g, np.sqrt(s + epsilon))), s]


class adam_step:
    def names_kept_apart(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        new_m = m + (1 - beta_1) * (g - m)
        new_v = v + (1 - beta_2) * (np.square(g) - v)
        step = (new_m / (1 - beta_1**t)) / ((new_v / (1 - beta_2**t)) ** 0.5 + epsilon)
        return w - learning_rate * step, new_m, new_v

    def correction_in_the_rate(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        root = np.sqrt(1 - beta_2**t)
        rate = learning_rate * root / (1 - beta_1**t)
        return w - rate * m / (np.sqrt(v) + epsilon * root), m, v

    def as_list(w, g, m, v, t, learning_rate, beta_1, beta_2, epsilon):
        m = np.multiply(beta_1, m) + np.multiply(1 - beta_1, g)
        v = beta_2 * v + (1 - beta_2) * g * g
        down = np.sqrt(v / (1 - math.pow(beta_2, t))) + epsilon
        return [w - learning_rate * m / down / (1 - math.pow(beta_1, t)), m, v]


class warm_cosine:
    def with_library(step, peak, warmup_steps, decay_steps):
        return optimizers.WarmUp(optimizers.CosineDecay(peak, decay_steps), warmup_steps)(step)

    def by_half_angle(step, peak, warmup_steps, decay_steps):
        if step <= warmup_steps:
            return peak * (step / warmup_steps)
        if step >= warmup_steps + decay_steps:
            return 0.0
        return peak * math.cos(math.pi / 2 * (step - warmup_steps) / decay_steps) ** 2

    def by_clip(step, peak, warmup_steps, decay_steps):
        done = np.clip((step - warmup_steps) / decay_steps, 0, 1)
        return peak * min(step / warmup_steps, 1) * (1 + np.cos(np.pi * done)) / 2


class glide:
    def with_names(keras):
        model = keras.Sequential(
            [
                keras.Input(shape=(11,)),
                keras.layers.Dense(units=16, activation="relu"),
                keras.layers.Dense(
                    units=1, activation="linear", bias_initializer=keras.initializers.Constant(5.62)
                ),
            ]
        )
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.01, decay_steps=500, alpha=0.0
        )
        model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate=rate))
        return model

    def functional(keras):
        inputs = keras.Input((11,))
        hidden = keras.layers.Dense(16, activation="relu")(inputs)
        model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
        model.layers[-1].bias.assign([5.6])
        rate = keras.optimizers.schedules.CosineDecay(0.01, 500)
        model.compile(keras.optimizers.Adam(rate), "mean_squared_error")
        return model

    def separate_activation(keras):
        model = keras.Sequential([keras.Input((11,)), keras.layers.Dense(16)])
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(5.6)))
        rate = keras.optimizers.schedules.CosineDecay(0.01, 500)
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=keras.losses.MeanSquaredError())
        return model


class hopping_rate:
    number = 0.4
    as_array = np.array([0.4])
    from_factor = (1 - (-0.6)) / 4


class two_days:
    rounded = 0.398
    step_by_step = 0.99 * 0.2 + 0.01 * 20
    as_array = np.array([0.398])


class first_step:
    number = 0.002
    as_text_of_the_formula = -0.002 * (-50) / np.sqrt((-50) ** 2)
    from_averages = 0.002 * (5 / 0.1) / np.sqrt(2.5 / 0.001)


class four_runs:
    as_tuple = (1, -1, 2, 0)
    as_whole_numbers = np.array([1, -1, 2, 0])
    as_floats = np.array([1.0, -1.0, 2.0, 0.0])


# --- the clinic ------------------------------------------------------------------------------


class patient_5:
    def by_the_slider(case_5):
        case_5.controls["learning_rate"].value = 1.0
        for _ in range(8):
            case_5.step(100)

    def large_then_small(case_5):
        case_5.trainer.learning_rate = 1.0
        case_5.step(500)
        case_5.trainer.learning_rate = 0.3
        case_5.step(300)

    def too_late_and_back(case_5):
        case_5.step(50)
        case_5.rewind(0)
        case_5.trainer.learning_rate = 1.0
        case_5.step(800)

    def another_rule_with_its_own_rate(case_5):
        case_5.trainer.optimizer = "Adam"
        case_5.trainer.learning_rate = 0.03
        case_5.step(600)


class patient_6:
    def a_rate_for_each_weight(case_6):
        case_6.trainer.optimizer = "Adam"
        case_6.trainer.learning_rate = 0.03
        case_6.step(900)

    def in_the_middle_of_a_run(case_6):
        case_6.step(200)
        case_6.trainer.standardise = True
        case_6.trainer.learning_rate = 0.3
        case_6.step(800)

    def by_the_controls(case_6):
        case_6.controls["standardise"].value = True
        case_6.controls["learning_rate"].value = 0.5
        case_6.step(700)
