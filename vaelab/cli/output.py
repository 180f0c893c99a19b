"""The command line's output when nobody reads it any more, as after `| head`."""

from __future__ import annotations

import os
import sys

NOBODY_READS = 128 + 13
"""Exit status of a program whose output was closed: that of one that the signal SIGPIPE has ended."""


def silence_closed_output() -> None:
    """Send what nobody reads to nowhere, so that writing it raises BrokenPipeError no more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
