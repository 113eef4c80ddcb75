"""Inkling's training throughput against its peers', as separate programs in turns: compare.py ROUNDS INKLING_COMMAND...

The last arguments are the command that prints Inkling's images per second. Every program has the machine to itself while it
runs; the order changes from round to round, so that a drift within a round favours nobody. A peer that fails is told of and left out.

PyTorch runs also with memory kept (memory.py).
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))
import memory

KEPT = ", memory kept"
PEERS = {
    "PyTorch, NCHW": ["train_pytorch.py", "nchw"],
    "PyTorch, channels_last": ["train_pytorch.py", "channels_last"],
    "PyTorch, torch.compile": ["train_pytorch.py", "compile"],
    "PyTorch, NCHW" + KEPT: ["train_pytorch.py", "nchw"],
    "PyTorch, channels_last" + KEPT: ["train_pytorch.py", "channels_last"],
    "Keras (TensorFlow)": ["train_keras.py"],
    "Flax (JAX)": ["train_flax.py"],
}

rounds = int(sys.argv[1])
commands = {"Inkling": sys.argv[2:]}
commands.update({name: [sys.executable, str(HERE / line[0]), *line[1:]] for name, line in PEERS.items()})
found = {name: [] for name in commands}
for number in range(rounds):
    order = list(commands)
    if number % 2:
        order.reverse()
    for name in order:
        environment = os.environ | (memory.KEPT if name.endswith(KEPT) else {})
        done = subprocess.run(commands[name], capture_output=True, text=True, env=environment)
        if done.returncode:
            print(f"{name} failed:\n{done.stderr[-3000:]}", flush=True)
            if name == "Inkling":
                sys.exit(1)
            del commands[name], found[name]
            continue
        found[name].append(float(done.stdout.split()[-1]))
        print(f"round {number + 1}: {name}: {found[name][-1]:.0f} images/s", flush=True)

print(f"\nimages/s of {rounds} rounds; ratio: Inkling ÷ peer in the same round")
for name, rates in found.items():
    ratios = sorted(ours / theirs for ours, theirs in zip(found["Inkling"], rates))
    print(
        f"{name:36} median {statistics.median(rates):6.0f} images/s"
        f"   ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
