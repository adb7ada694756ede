# Draws how many times as long the others take as our fastest target.
import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot, ticker

import contenders

COLOURS = {contenders.LiteRT.name: "#1f5fa8", contenders.Builtin.name: "#d98032",
           contenders.OnnxRuntime.name: "#4c9a62"}


def draw(results, path):
    names = [r["model"] for r in results]
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.55 * len(names)))
    height = 0.8 / len(COLOURS)
    for k, (other, colour) in enumerate(COLOURS.items()):
        label = other
        for i, r in enumerate(results):
            if other not in r["times"]:
                continue
            ours = min(r["times"][t]["used_us"] for t in r["compile"] if t in r["times"])
            ratio = r["times"][other]["used_us"] / ours
            at = i + (k - 1) * height
            axes.barh(at, ratio - 1, height * 0.92, left=1, color=colour, label=label)
            label = None
            side = 1 if ratio > 1 else -1
            axes.annotate(f"{ratio:.2f}", (ratio, at), xytext=(3 * side, 0), va="center",
                          ha="left" if ratio > 1 else "right",
                          textcoords="offset points", fontsize=7)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.margins(x=0.1)
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("time of the other / time of mcompile's fastest target (medians of CPU time, one thread)")
    for side in "top", "right":
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="best")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
