# Random models as of tests/schedule, with channels that are dead or that nobody reads.
"""planted.py N FOLDER: writes 0.mir, 1.mir ..."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "schedule"))
import random_mir  # noqa: E402


class Planted(random_mir.Model):
    def weights(self, shape):
        """Some outputs without weights, some inputs that have none."""
        rows, columns = shape[0], shape[3]
        dead = [rows > 1 and self.dice.roll(3) == 0 for _ in range(rows)]
        unread = [self.dice.roll(3) == 0 for _ in range(columns)]
        count = shape[1] * shape[2] * columns
        data = [0 if dead[i // count] or unread[i % columns] else self.dice.roll(9) - 4
                for i in range(rows * count)]
        return self.tensor(shape, data, "0.0625")

    def node(self, op, inputs, shape, text="", **how):
        """Layers have biases; with large ones a channel never leaves an end of its range."""
        if op in ("conv2d", "depthwise"):
            bias = [self.dice.pick((-100, 0, 50, 400, 100000, -100000)) for _ in range(shape[3])]
            inputs = list(inputs) + [self.tensor((shape[3],), bias, kind="s32")]
        return super().node(op, inputs, shape, text, **how)


def main():
    count, folder = int(sys.argv[1]), sys.argv[2]
    random_mir.Model = Planted
    makers = Planted.MAKERS
    # Fewer of what reads all channels.
    Planted.MAKERS = [m for m in makers if m.__name__ not in ("transpose", "pad")] + \
        [random_mir.Model.pointwise] * 3
    for seed in range(count):
        with open(os.path.join(folder, f"{seed}.mir"), "w") as file:
            file.write(random_mir.random_model(seed + 70000))


if __name__ == "__main__":
    main()
