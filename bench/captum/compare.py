"""Inkling's explainers against Captum's, on the same weights and images, in turns: compare.py ROUNDS [METHOD]... -- COMMAND...

COMMAND FOLDER PRECISION is the program that answers for Inkling (ExplainerServer). Only one program works at a time, and the order changes
from round to round. Batches hold 50 images unless the table says otherwise.

Every row has a fresh Captum twice: as it is installed, and with memory kept (memory.py).
"""

import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))
import memory

SECONDS = 2
BATCH = 50

# Method, images, options of ours that make it the same work as Captum's, bound of the ratio of rates, whether maps must agree.
ROWS = [
    ("forward", BATCH, [], None, True),
    ("saliency", BATCH, [], 1.2, True),
    ("guided-backprop", BATCH, [], 1.2, True),
    ("smooth-grad", BATCH, ["samples=50"], 1.2, False),
    ("integrated-gradients", BATCH, ["steps=50"], 1.2, True),
    ("grad-cam", BATCH, [], 1.2, True),
    ("kernel-shap", BATCH, ["budget=200", "segments=grid:7"], 1.2, False),
    ("lime", BATCH, ["budget=200", "segments=grid:7"], 1.2, False),
    ("rise", BATCH, ["budget=200"], 1.2, False),
    ("occlusion", BATCH, ["window=4", "stride=2"], 1.1, True),
    ("deeplift", BATCH, [], 2, True),
    ("lrp-epsilon", BATCH, ["epsilon=1e-9"], 2, True),
    ("grad-cam", 1, [], 1 / 0.85, True),
    ("saliency", 1, [], 1 / 0.85, True),
]
PERTURBATION = {"kernel-shap", "lime", "rise", "occlusion"}


class Program:
    """A program that answers each line with one."""

    def __init__(self, command, **environment):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | environment,
        )
        self.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(map(str, self.process.args))} ended with {self.process.wait()}")
        return line.strip()

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def correlation(one, other):
    a = np.fromfile(one, dtype="<f4")
    b = np.fromfile(other, dtype="<f4")
    return float(np.corrcoef(a, b)[0, 1])


def measure(row, ours, bfloat16, captum, kept, plain):
    """The row's line of the table, and our rate."""
    method, count, options, bound, comparable = row
    rates = {ours: [], captum: [], kept: [], bfloat16: []}
    setting, outside, forward = "", [], 0
    for number in range(rounds):
        for program in list(rates)[:: -1 if number % 2 else 1]:
            theirs = program in (captum, kept)
            answer = program.ask("rate", SECONDS, count, method, *([] if theirs else options))
            if answer.startswith("absent"):
                return f"| {method} | {count} | {answer} |", None
            words = answer.split(" ", 1) if theirs else answer.split()
            rates[program].append(float(words[0]))
            if program is captum:
                setting = words[1]
            elif program is ours:
                forward = int(words[1])
                outside.append(float(words[3]))
    rate = statistics.median(rates[ours])
    ratios = [[a / b for a, b in zip(rates[ours], rates[other])] for other in (captum, kept)]
    gains = [a / b for a, b in zip(rates[bfloat16], rates[ours])]
    exact = ours.ask("map", count, method, *options)
    agreement = f"{correlation(exact, captum.ask('map', count, method)):.4f}" if comparable else ""
    coarse = correlation(exact, bfloat16.ask("map", count, method, *options))
    evaluations = f"{rate * forward / plain:.2f}" if method in PERTURBATION else ""
    return (
        f"| {method} | {count} | {rate:.1f} | {statistics.median(rates[captum]):.1f}"
        f" | {spread(ratios[0])} | {spread(ratios[1])} | {'' if bound is None else f'≥ {bound:.2f}'} | {setting} | {agreement}"
        f" | {100 * statistics.median(outside):.1f} % | {evaluations} | {spread(gains)}, {coarse:.4f} |",
        rate,
    )


split = sys.argv.index("--")
rounds = int(sys.argv[1])
asked = sys.argv[2:split]
command = sys.argv[split + 1 :]
rows = [row for row in ROWS if not asked or row[0] in asked or row[0] == "forward"]

with ExitStack() as stack:
    folder, other_folder = (stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2))
    ours = stack.enter_context(Program([*command, folder, "float32"]))
    bfloat16 = stack.enter_context(Program([*command, other_folder, "bfloat16"]))

    print("| method | images | ours/s | Captum/s | ours ÷ Captum | with memory kept | asked for | Captum's setting |"
          " correlation of maps | outside TensorFlow | evaluations ÷ forward passes | bfloat16 ÷ float32, correlation |")
    print("|" + "---|" * 12, flush=True)
    plain = None
    for row in rows:
        explain = [sys.executable, HERE / "explain.py", folder]
        with Program(explain) as captum, Program(explain, **memory.KEPT) as kept:
            line, rate = measure(row, ours, bfloat16, captum, kept, plain)
        print(line, flush=True)
        if row[0] == "forward":
            plain = rate
