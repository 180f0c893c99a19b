"""Numbers in eight bits, the form in which snapshots keep weights and codes: half the size of float16.

Every entry of an array's first axis, which is a row of a dense layer, a kernel or the code of an image,
becomes whole numbers from -127 to 127 and one scale: its largest absolute value divided by 127. No number is
changed by more than half a scale, and by a rounding to float16 when it is restored. Vectors, and rows so
short that their scale would take more than they save, stay as they are.
"""

from collections.abc import Mapping

import numpy as np

from vaelab.events import Arrays

LARGEST = 127
"""Largest whole number, so that both signs reach as far."""

_SCALE_BYTES = 4

_NUMBERS, _SCALES = "int8.", "scale."
"""What precedes an array's name where its whole numbers and its scales are. Nothing then has the name itself:
who reads 16 bits a number finds that it is missing, and takes no whole number for a weight."""


def to_eight_bits(arrays: Arrays, largest: int = LARGEST) -> Arrays:
    """Float16 arrays by name in eight bits a number, where this is smaller.

    Parameters
    ----------
    largest
        Largest whole number, at most `LARGEST`.
    """
    stored: Arrays = {}
    for name, array in arrays.items():
        if array.ndim > 1 and array[:1].size > _SCALE_BYTES:
            stored[_NUMBERS + name], stored[_SCALES + name] = _rounded(array.astype(np.float32), largest)
        else:
            stored[name] = array
    return stored


def _rounded(array: np.ndarray, largest: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers of an array's shape, and the scale of each entry of its first axis."""
    scales = np.abs(array).max(axis=tuple(range(1, array.ndim)), keepdims=True) / np.float32(largest)
    # A row without a finite largest value gets zeros, which its scale makes NaN again.
    usable = np.isfinite(scales) & (scales > 0)
    numbers = np.divide(array, scales, out=np.zeros_like(array), where=usable)
    return np.rint(numbers, out=numbers).astype(np.int8), scales


def from_eight_bits(stored: Mapping[str, np.ndarray]) -> Arrays:
    """Arrays of which `to_eight_bits` made whole numbers, as float16; all others as they are.

    Raises
    ------
    KeyError, ValueError
        If scales are missing, or do not fit their array.
    """
    arrays: Arrays = {}
    for key, array in stored.items():
        if key.startswith(_NUMBERS):
            name = key.removeprefix(_NUMBERS)
            with np.errstate(over="ignore", invalid="ignore"):  # a damaged scale may be anything
                arrays[name] = (array * stored[_SCALES + name]).astype(np.float16)
        elif not key.startswith(_SCALES):
            arrays[key] = array
    return arrays
