"""Training throughput of Flax on JAX on Inkling's reference network: one fixed batch, one jitted step."""

import jax
import optax
from flax import nnx
from jax import numpy as jnp

from throughput import CHANNELS, CLASSES, batch, measure


class Network(nnx.Module):
    def __init__(self, rngs):
        self.convolutions = nnx.List()
        self.norms = nnx.List()
        inputs = 1
        for outputs in CHANNELS:
            for _ in range(2):
                self.convolutions.append(nnx.Conv(inputs, outputs, (3, 3), rngs=rngs))
                self.norms.append(nnx.BatchNorm(outputs, epsilon=1e-3, rngs=rngs))
                inputs = outputs
        self.dense = nnx.Linear(inputs, 256, rngs=rngs)
        self.dropout = nnx.Dropout(0.25, rngs=rngs)
        self.logits = nnx.Linear(256, CLASSES, rngs=rngs)

    def __call__(self, x):
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            x = nnx.relu(norm(convolution(x)))
            if i in (1, 3):
                x = nnx.max_pool(x, (2, 2), strides=(2, 2))
        return self.logits(self.dropout(nnx.relu(self.dense(x.mean((1, 2))))))


pixels, labels = (jnp.asarray(part) for part in batch())
model = Network(nnx.Rngs(0))
optimizer = nnx.Optimizer(model, optax.adamw(1e-3), wrt=nnx.Param)


@nnx.jit
def update(model, optimizer, x, y):
    def loss(model):
        return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()

    value, gradients = nnx.value_and_grad(loss)(model)
    optimizer.update(model, gradients)
    return value


measure(lambda: float(update(model, optimizer, pixels, labels)))
