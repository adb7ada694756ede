# Trains shapes.tflite on drawings that it makes itself, and picks images.h.
# See ../common.py for the versions of the packages.
import os
import sys

import keras
import numpy as np
from keras import layers

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(FOLDER))
import common

SEED = 7
TRAIN, TEST = 24000, 4000
SIDE = 32    # pixels
FINE = 3     # samples across a pixel, for smooth edges
LEVELS = 16  # grey levels, as of a cheap camera


def polygon(corners, notch):
    """A regular polygon, its edges bent inwards to meet at radius `notch`."""
    half = np.pi / corners

    def inside(u, v):
        angle = np.abs((np.arctan2(v, u) % (2 * half)) - half)
        x = np.hypot(u, v) * np.cos(half - angle)
        y = np.hypot(u, v) * np.sin(half - angle)
        depth, height = 1 - notch * np.cos(half), notch * np.sin(half)
        return x * height + y * depth < height
    return inside


SHAPES = {  # is (u, v) inside? each fills a circle of radius 1
    "disc": lambda u, v: u * u + v * v < 1,
    "ring": lambda u, v: np.abs(np.hypot(u, v) - 0.78) < 0.22,
    "crescent": lambda u, v: (u * u + v * v < 1) & ((u - 0.5) ** 2 + v * v > 0.64),
    "triangle": polygon(3, 0.5),
    "square": polygon(4, np.sqrt(0.5)),
    "star": polygon(5, 0.42),
    "cross": lambda u, v: (np.minimum(abs(u), abs(v)) < 0.25) & (np.hypot(u, v) < 1),
    "heart": lambda u, v: (1.4 * u * u + 1.4 * v * v - 1) ** 3 < 2.7 * u * u * v ** 3,
}


def draw(inside):
    """A grey image: the shape turned, moved and scaled, in uneven light, with noise."""
    at = (np.arange(SIDE * FINE) + 0.5) / FINE - SIDE / 2
    size, turn = random.uniform(6, 13), random.uniform(0, 2 * np.pi)
    x = (at[None, :] - random.uniform(-1, 1) * (15 - size)) / size
    y = (at[:, None] - random.uniform(-1, 1) * (15 - size)) / size
    mask = inside(np.cos(turn) * x + np.sin(turn) * y,
                  np.cos(turn) * y - np.sin(turn) * x)
    cover = mask.reshape(SIDE, FINE, SIDE, FINE).mean((1, 3))
    paper, ink = random.permutation([random.uniform(0, 0.4), random.uniform(0.6, 1)])
    ramp = np.linspace(-0.15, 0.15, SIDE)
    light = random.uniform(-1, 1) * ramp[None, :] + random.uniform(-1, 1) * ramp[:, None]
    image = paper + (ink - paper) * cover + light + random.normal(0, 0.06, (SIDE, SIDE))
    return np.clip(np.round(image * (LEVELS - 1)), 0, LEVELS - 1).astype(int)


def drawings(count):
    labels = np.arange(count) % len(SHAPES)
    return np.array([draw(list(SHAPES.values())[label]) for label in labels]), labels


def network():
    def convolution(x, channels, size=1, stride=1, relu=True):
        x = layers.Conv2D(channels, size, stride, "same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        return layers.ReLU(6)(x) if relu else x

    def separable(x, channels, stride=1, relu=True):
        x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x)
        x = layers.ReLU(6)(layers.BatchNormalization()(x))
        return convolution(x, channels, relu=relu)

    image = keras.Input((SIDE, SIDE, 1))
    x = convolution(image, 12, 3, 2)                         # 16 x 16
    x = separable(x, 24, 2)                                  #  8 x  8
    x = layers.Add()([x, separable(x, 24, relu=False)])
    x = separable(x, 48, 2)                                  #  4 x  4
    x = layers.Add()([x, separable(x, 48, relu=False)])
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(len(SHAPES), activation="softmax")(x)
    return keras.Model(image, x, name="shapes")


def scale(pixels):
    return (pixels / (LEVELS - 1)).astype(np.float32)[..., None]


if __name__ == "__main__":
    common.fix_seeds(SEED)
    random = np.random.default_rng(SEED)
    train, labels = drawings(TRAIN)
    pixels, answers = drawings(TEST)
    model = network()
    common.fit(model, scale(train), labels, epochs=20)
    scores = common.finish("shapes", model, scale(train), scale(pixels), answers, FOLDER)
    common.write_images(os.path.join(FOLDER, "images.h"),
                        "Drawn shapes, the first of each in the test set.",
                        pixels, answers, scores, SHAPES)
