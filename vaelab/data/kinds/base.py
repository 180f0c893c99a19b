"""What is said of a kind of data before any network or picture: its numbers, its limits and its words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of data. An example is an array of `dtype`; N examples stand in one array (N, ...)."""

    name: str
    """The name that the kind has in every layer."""
    one: str
    """What an example is called: `image`."""
    many: str
    element: str
    """What a number of an example is called: `pixel`."""
    axes: str
    """What the axes of an example are."""
    dtype: type[np.generic]
    scale: float
    """Largest number of an example. Models see examples divided by it: numbers from 0 to 1."""
    choices: dict[str, tuple[str, ...]]
    """Choices that make sense for this kind, by the field of a recipe; a field that is left out has all."""

    @property
    def nats(self) -> str:
        """The unit of a loss."""
        return f"nats per {self.one}"

    def numbers(self, examples: np.ndarray) -> np.ndarray:
        """Examples as a model sees them: float32 from 0 to 1, in the same shape."""
        numbers = examples.astype(np.float32)
        numbers /= self.scale
        return numbers

    def examples(self, numbers: np.ndarray) -> np.ndarray:
        """Examples of such numbers, in the same shape: clamped to the range; rounded if they are whole."""
        scaled = self.scale * np.clip(numbers, 0, 1)
        return (np.rint(scaled) if np.issubdtype(self.dtype, np.integer) else scaled).astype(self.dtype)

    def squared_errors(self, examples: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
        """Mean squared error a number of each of N reconstructions, numbers from 0 to 1: (N,) float64."""
        errors = np.empty(len(examples))
        # Few at a time, which bounds the memory that floating-point copies take.
        for start in range(0, len(examples), 1000):
            part = slice(start, start + 1000)
            difference = self.numbers(examples[part]) - self.numbers(reconstructions[part])
            errors[part] = np.square(difference.reshape(len(difference), -1)).mean(1, dtype=np.float64)
        return errors

    def mean(self, examples: np.ndarray, rows: np.ndarray | None = None, most: int = 60_000) -> np.ndarray:
        """Mean of examples as a model sees them, float32; of evenly spaced ones beyond `most`.

        `rows` chooses among the examples, of which only those that count are read.
        """
        among = np.arange(len(examples)) if rows is None else rows
        chosen = among[:: -(-len(among) // most)]
        total = np.zeros(examples.shape[1:], np.float64)
        # A sum of 1,000 bytes fits 32 bits; 64-bit accumulation would be half as fast.
        exact = np.uint32 if self.dtype == np.uint8 else np.float64
        for start in range(0, len(chosen), 1000):
            total += examples.take(chosen[start : start + 1000], 0).sum(0, dtype=exact)
        return (total / (self.scale * len(chosen))).astype(np.float32)
