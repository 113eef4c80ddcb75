"""Training throughput of Keras on TensorFlow on Inkling's reference network, by model.fit on batches in memory."""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers

from throughput import BATCH, CHANNELS, CLASSES, STEPS, WARM_UP, batch, report

pixels, labels = batch()
stack = [keras.Input((28, 28, 1))]
for block, outputs in enumerate(CHANNELS):
    for _ in range(2):
        stack += [layers.Conv2D(outputs, 3, padding="same"), layers.BatchNormalization(epsilon=1e-3), layers.ReLU()]
    if block < len(CHANNELS) - 1:
        stack.append(layers.MaxPooling2D())
stack += [
    layers.GlobalAveragePooling2D(),
    layers.Dense(256, activation="relu"),
    layers.Dropout(0.25),
    layers.Dense(CLASSES),
]
model = keras.Sequential(stack)
model.compile(
    optimizer=keras.optimizers.AdamW(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)


def fit(steps):
    x = np.concatenate([pixels] * steps)
    y = np.concatenate([labels] * steps)
    began = time.perf_counter()
    model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)
    return time.perf_counter() - began


fit(WARM_UP)
report(STEPS / fit(STEPS))
