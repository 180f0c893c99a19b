"""The output of the command line: JSON lines, and what to do when nobody reads it, as after `| head`."""

import json
import os
import sys
from typing import Any

NOBODY_READS = 128 + 13
"""Exit status of a program whose output was closed, the same as if the signal SIGPIPE had ended it."""


class JsonLines:
    """A display of a training that writes one JSON object per line, and no progress in between."""

    def write(self, values: dict[str, Any]) -> None:
        """Write one line."""
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()

    def prepare(self, fraction: float, sentence: str) -> None:
        """Show nothing while data is fetched."""

    def close(self) -> None:
        """Do nothing: every line is complete."""


def silence_closed_output() -> None:
    """Redirect closed outputs to the null device, where writing does not raise BrokenPipeError."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
