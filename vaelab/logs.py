"""The log of the server and of its workers: one JSON object a line on standard error.

    {"time": "2026-03-01T12:00:00.000Z", "level": "info", "from": "worker", "pid": 7, "logger":
     "vaelab.workers.train", "run": "0c5f…", "message": "The run was taken up."}

A line about one run has `run`, and a line about an unexpected error has `traceback`. The log must not have
anything that a visitor typed or drew, or that identifies a visitor: no names of runs, no cookies. `log_as`
sets up the loggers of vaelab alone; those of Streamlit and the server keep their format. The command line
prints, and has no log.
"""

import json
import logging
import os
import time
from typing import Any

LOGGER = "vaelab"
"""Name of the logger above those of all modules of vaelab."""


def log_as(source: str) -> None:
    """Let this process write its log; a second call changes only the source.

    Parameters
    ----------
    source: the value of `from` in every line, such as `server`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(source))
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False  # otherwise a root logger, once set up, would print each line again


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; `extra={"run": id}` names the run that it is about."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a line break."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        values: dict[str, Any] = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "from": self._source,
            "pid": os.getpid(),
            "logger": record.name,
        }
        if hasattr(record, "run"):
            values["run"] = record.run
        values["message"] = record.getMessage()
        if record.exc_info:
            values["traceback"] = self.formatException(record.exc_info)
        return json.dumps(values)


class OnceAMinute(logging.Filter):
    """Lets one record a minute through, and says how many it has left out: for what strangers can cause.

    Parameters
    ----------
    messages: the messages, without their arguments, that it is about; left out, all of a logger.
    """

    def __init__(self, *messages: str) -> None:
        super().__init__()
        self._messages = messages
        self._next = 0.0
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is kept; one that is kept after others were left out says so."""
        if self._messages and record.msg not in self._messages:
            return True
        now = time.monotonic()
        if now < self._next:
            self._left_out += 1
            return False
        if self._left_out:
            record.msg = f"{record.getMessage()} ({self._left_out} more before this one)"
            record.args = ()
        self._next, self._left_out = now + 60, 0
        return True
