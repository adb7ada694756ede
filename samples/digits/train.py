# Trains digits.tflite on scikit-learn's copy of the UCI digits, and picks images.h.
# See ../common.py for the versions of the packages.
import os
import sys

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(FOLDER))
import common

SEED = 1
TEST = 450  # the last quarter in the file's order; a shuffled split would give 99 %
INK = 16    # the darkest pixel


def shift(x):
    """Each image moved by up to a pixel to either side, for training."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    at = random.integers(0, 3, (len(x), 2))
    return np.array([image[i:i + 8, j:j + 8] for image, (i, j) in zip(padded, at)])


def network():
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.Conv2D(24, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ], name="digits")


if __name__ == "__main__":
    common.fix_seeds(SEED)
    random = np.random.default_rng(SEED)
    data = load_digits()
    pixels, labels = data.images.astype(int), data.target
    x = (pixels / INK).astype(np.float32)[..., None]
    model = network()
    common.fit(model, x[:-TEST], labels[:-TEST], epochs=80, augment=shift)
    scores = common.finish("digits", model, x[:-TEST], x[-TEST:], labels[-TEST:], FOLDER)
    common.write_images(os.path.join(FOLDER, "images.h"),
                        "Handwritten digits (UCI, by way of scikit-learn), the first of"
                        " each in the test set.",
                        pixels[-TEST:], labels[-TEST:], scores, range(10))
