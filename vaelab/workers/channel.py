"""How a worker speaks with its engine: jobs as JSON lines on standard input, messages on standard output."""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Say = Callable[[dict[str, Any]], None]
Jobs = queue.SimpleQueue[dict[str, Any] | None]


def own_output() -> Say:
    """Reserve standard output for messages, and return the function that writes one.

    What libraries print there goes to the log instead.
    """
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # the server was killed, so the input is about to end too
            channel.write(json.dumps(message) + "\n")
            channel.flush()

    return say


def read_jobs(jobs: Jobs, at_end: Callable[[], None]) -> None:
    """Start a thread that puts the jobs of standard input into a queue, and calls `at_end` when it ends.

    So the end of the input is noticed while a run is being trained or measured.
    """

    def read() -> None:
        for line in sys.stdin:
            jobs.put(json.loads(line))
        at_end()

    threading.Thread(target=read, name="jobs", daemon=True).start()
