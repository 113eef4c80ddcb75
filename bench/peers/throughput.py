"""What the peers share: the batch, the network's sizes, and the way of measuring."""

import time

import numpy as np

BATCH = 128
CHANNELS = (32, 64, 128)
CLASSES = 10
WARM_UP = 30
STEPS = 40


def batch():
    """Images (N, H, W, C) in [0, 1] and labels, always the same."""
    random = np.random.default_rng(1)
    return random.random((BATCH, 28, 28, 1), dtype=np.float32), random.integers(0, CLASSES, BATCH)


def measure(step):
    """Calls the step, which must not return before it is done, and reports images per second."""
    for _ in range(WARM_UP):
        step()
    began = time.perf_counter()
    for _ in range(STEPS):
        step()
    report(STEPS / (time.perf_counter() - began))


def report(steps_per_second):
    print(f"{steps_per_second * BATCH:.1f}", flush=True)
