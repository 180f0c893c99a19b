"""The log of the server and of its workers: one JSON object a line on standard error.

    {"time": "2026-03-01T12:00:00.000Z", "level": "info", "from": "worker", "pid": 7, "logger":
     "vaelab.workers.train", "run": "0c5f…", "message": "The run was taken up."}

`run` is there where a line is about one run, `traceback` where something unforeseen went wrong.
Nothing that a visitor typed, drew or is known by belongs in it: no names of runs, no cookies. Only our
own loggers are set up, by `log_as`; Streamlit's and the server's keep their form. The command line
has no log: what it does it prints.
"""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any

LOGGER = "vaelab"
"""Above the loggers of all our modules."""


def log_as(source: str) -> None:
    """Have this process write its log; again, it changes nothing but the name.

    Parameters
    ----------
    source: what the lines are `from`, such as `server`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(source))
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False  # or whoever sets up the root logger would print each line again


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; `extra={"run": id}` says which run it is about."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
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
