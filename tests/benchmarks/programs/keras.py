"""Keras 3 on JAX: a functional model with a sampling layer, `compile` and `fit`."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator

os.environ["KERAS_BACKEND"] = "jax"  # read by keras when it is imported

import keras
import numpy as np
from keras import layers, ops

from vaelab.data import load


class Sampling(layers.Layer):
    """A draw of the code; adds the KL to the loss."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: tuple) -> object:
        """Mean and log-variance in, a code out."""
        mean, logvar = inputs
        self.add_loss(0.5 * ops.mean(ops.sum(ops.square(mean) + ops.exp(logvar) - 1 - logvar, axis=1)))
        epsilon = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * logvar) * epsilon


class Losses(keras.callbacks.Callback):
    """Passes on what an epoch's test pass gave."""

    def __init__(self) -> None:
        super().__init__()
        self.said: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Take the test loss of the epoch."""
        self.said.put((logs or {})["val_loss"])


def epochs(count: int, seed: int) -> Iterator[float]:
    """Train and yield the test negative ELBO, nats an image, after each epoch."""
    keras.utils.set_random_seed(seed)
    data = load("mnist")
    train, test = (x.reshape(-1, 784).astype(np.float32) / 255 for x in (data.x_train, data.x_test))
    model = _model(seed)
    model.compile(keras.optimizers.Adam(1e-3), loss=_cross_entropy)
    losses = Losses()

    def fit() -> None:
        try:
            model.fit(train, train, batch_size=128, epochs=count, validation_data=(test, test),
                      validation_batch_size=128, verbose=0, callbacks=[losses])  # fmt: skip
        finally:
            losses.said.put(None)

    # `fit` is one call that returns at the end: it runs in a thread, and tells us meanwhile.
    threading.Thread(target=fit, daemon=True).start()
    while (loss := losses.said.get()) is not None:
        yield float(loss)


def _model(seed: int) -> keras.Model:
    x = keras.Input((784,))
    hidden = layers.Dense(400, activation="relu")(x)
    z = Sampling(seed)((layers.Dense(20)(hidden), layers.Dense(20)(hidden)))
    return keras.Model(x, layers.Dense(784)(layers.Dense(400, activation="relu")(z)))


def _cross_entropy(target: object, logits: object) -> object:
    return ops.sum(ops.binary_crossentropy(target, logits, from_logits=True), axis=1)
