"""Errors of runs; the text of each is a sentence for people."""

import errno

from vaelab.data import DatasetUnavailable


class RunDamaged(ValueError):
    """A run's folder cannot be read; the text says why."""


class RunNotFound(LookupError):
    """No run, or more than one, has the id that was asked for."""


class RunBusy(RuntimeError):
    """Another process trains the run."""


class Withdrawn(Exception):
    """The run is to end before its training has begun."""


def explained(error: Exception) -> str | None:
    """A line for people about a foreseeable failure: what went wrong, what to do. None for any other."""
    text = " ".join(str(error).split())
    if isinstance(error, (DatasetUnavailable, RunDamaged)):
        return text
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "The disk is full. What was saved before stays; make room and resume." if full else text
    if isinstance(error, MemoryError) or "allocate memory" in text or "out of memory" in text:
        return "There is not enough memory for this recipe. A smaller batch or network helps."
    return None
