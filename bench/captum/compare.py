"""Inkling's explainers against Captum's, on the same weights and images, in turns: compare.py ROUNDS [METHOD]... -- COMMAND...

COMMAND FOLDER PRECISION is the program that answers for Inkling (ExplainerServer). Both programs live through the whole run, and only
one works at a time; the order changes from round to round. Batches hold 50 images unless the table says otherwise.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
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

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.read()

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


split = sys.argv.index("--")
rounds = int(sys.argv[1])
asked = sys.argv[2:split]
command = sys.argv[split + 1 :]
rows = [row for row in ROWS if not asked or row[0] in asked or row[0] == "forward"]

with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other_folder:
    ours = Program([*command, folder, "float32"])
    bfloat16 = Program([*command, other_folder, "bfloat16"])
    captum = Program([sys.executable, HERE / "explain.py", folder])

    print("| method | images | ours/s | Captum/s | ours ÷ Captum | asked for | Captum's setting |"
          " correlation of maps | outside TensorFlow | evaluations ÷ forward passes | bfloat16 ÷ float32, correlation |")
    print("|" + "---|" * 11, flush=True)
    plain = None
    for method, count, options, bound, comparable in rows:
        rates = {ours: [], captum: [], bfloat16: []}
        settings, outside, forward = "", [], 0
        for number in range(rounds):
            order = [ours, captum, bfloat16]
            if number % 2:
                order.reverse()
            for program in order:
                answer = program.ask("rate", SECONDS, count, method, *(options if program is not captum else []))
                if answer.startswith("absent"):
                    break
                words = answer.split(" ", 1) if program is captum else answer.split()
                rates[program].append(float(words[0]))
                if program is captum:
                    settings = words[1]
                elif program is ours:
                    forward = int(words[1])
                    outside.append(float(words[3]))
            if answer.startswith("absent"):
                break
        if answer.startswith("absent"):
            print(f"| {method} | {count} | {answer} |", flush=True)
            continue
        ratios = [a / b for a, b in zip(rates[ours], rates[captum])]
        gains = [a / b for a, b in zip(rates[bfloat16], rates[ours])]
        exact = ours.ask("map", count, method, *options)
        agreement = f"{correlation(exact, captum.ask('map', count, method)):.4f}" if comparable else ""
        coarse = correlation(exact, bfloat16.ask("map", count, method, *options))
        evaluations = ""
        if method == "forward":
            plain = statistics.median(rates[ours])
        elif method in PERTURBATION:
            evaluations = f"{statistics.median(rates[ours]) * forward / plain:.2f}"
        print(
            f"| {method} | {count} | {statistics.median(rates[ours]):.1f} | {statistics.median(rates[captum]):.1f}"
            f" | {spread(ratios)} | {'' if bound is None else f'≥ {bound:.2f}'} | {settings} | {agreement}"
            f" | {100 * statistics.median(outside):.1f} % | {evaluations}"
            f" | {spread(gains)}, {coarse:.4f} |",
            flush=True,
        )
