# Trains small.tflite, a tenth of ../digits in work, on the same images in the same way; and
# writes frames.h, the images that neither network was trained on. See ../common.py.
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(FOLDER), os.path.join(os.path.dirname(FOLDER), "digits")]
import common
import train as digits

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits


def network():
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ], name="small")


def write_frames(pixels, labels):
    with open(os.path.join(FOLDER, "frames.h"), "w") as file:
        file.write("/* Handwritten digits (UCI, by way of scikit-learn): the last"
                   f" {len(labels)}, on which neither network\n   was trained. Made by"
                   " train.py. The label, and 8 x 8 pixels: 0 to 9, then a to g. */\n"
                   f"enum {{ FRAMES = {len(labels)}, SIDE = 8, WHITE = {digits.INK},"
                   " CLASSES = 10 };\n\n"
                   "static const struct {\n\tint label;\n\tconst char *pixels;\n"
                   "} frames[FRAMES] = {\n")
        for label, image in zip(labels, pixels):
            text = "".join("0123456789abcdefg"[level] for level in image.flatten())
            file.write(f'\t{{{label}, "{text}"}},\n')
        file.write("};\n")


if __name__ == "__main__":
    common.fix_seeds(digits.SEED)
    digits.random = np.random.default_rng(digits.SEED)
    data = load_digits()
    pixels, labels = data.images.astype(int), data.target
    x = (pixels / digits.INK).astype(np.float32)[..., None]
    model = network()
    common.fit(model, x[:-digits.TEST], labels[:-digits.TEST], epochs=80,
               augment=digits.shift)
    common.finish("small", model, x[:-digits.TEST], x[-digits.TEST:],
                  labels[-digits.TEST:], FOLDER)
    write_frames(pixels[-digits.TEST:], labels[-digits.TEST:])
