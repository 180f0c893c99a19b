"""The description of a kind of data without networks or pictures: its numbers, limits and words."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of data. An example is an array of `dtype`; N examples stand in one array (N, ...)."""

    name: str
    """The name that the kind has in every layer."""
    one: str
    """The word for an example: `image`."""
    many: str
    element: str
    """The word for a number of an example: `pixel`."""
    axes: str
    """Names of the axes of an example."""
    dtype: type[np.generic]
    scale: float
    """Largest number of an example. Models get examples divided by it: numbers from 0 to 1."""
    choices: dict[str, tuple[str, ...]]
    """Sensible choices for this kind by field of a recipe; other fields allow all their choices."""

    @property
    def nats(self) -> str:
        """The unit of a loss."""
        return f"nats per {self.one}"

    def numbers(self, examples: np.ndarray) -> np.ndarray:
        """Examples as a model gets them: float32 from 0 to 1, in the same shape."""
        return np.divide(examples, np.float32(self.scale), dtype=np.float32)

    def examples(self, numbers: np.ndarray) -> np.ndarray:
        """Examples from numbers, in the same shape: clamped to 0 to 1, scaled, and rounded if integer."""
        scaled = self.scale * np.clip(numbers, 0, 1)
        return (np.rint(scaled) if np.issubdtype(self.dtype, np.integer) else scaled).astype(self.dtype)

    def squared_errors(self, examples: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
        """Mean squared error per number of each of N reconstructions, numbers from 0 to 1: (N,) float64."""
        errors = np.empty(len(examples))
        # Chunks bound the memory that floating-point copies take.
        for start in range(0, len(examples), 1000):
            part = slice(start, start + 1000)
            difference = self.numbers(examples[part]) - self.numbers(reconstructions[part])
            errors[part] = np.square(difference.reshape(len(difference), -1)).mean(1, dtype=np.float64)
        return errors

    def mean(self, examples: np.ndarray, rows: np.ndarray | None = None, most: int = 60_000) -> np.ndarray:
        """Mean of examples as a model gets them, float32; of at most `most` evenly spaced ones.

        `rows` are the indices of the examples to average; None for all.
        """
        rows = np.arange(len(examples)) if rows is None else rows
        chosen = rows[:: -(-len(rows) // most)]
        total = np.zeros(examples.shape[1:], np.float64)
        # A sum of 1,000 bytes fits 32 bits; 64-bit accumulation would be half as fast.
        exact = np.uint32 if self.dtype == np.uint8 else np.float64
        for start in range(0, len(chosen), 1000):
            total += examples.take(chosen[start : start + 1000], 0).sum(0, dtype=exact)
        return (total / (self.scale * len(chosen))).astype(np.float32)
