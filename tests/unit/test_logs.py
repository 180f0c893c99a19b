"""The log has one JSON object per line, whatever a message contains."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from vaelab.logs import LOGGER, OnceAMinute, log_as


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The logger of one of our modules; afterwards, our loggers are restored."""
    ours = logging.getLogger(LOGGER)
    before = (ours.handlers[:], ours.level, ours.propagate)
    yield logging.getLogger(f"{LOGGER}.some_module")
    ours.handlers[:], ours.propagate = before[0], before[2]
    ours.setLevel(before[1])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_when_who_what_and_about_which_run(logger, capsys) -> None:
    log_as("server")
    logger.warning("Step %d of\n%s", 3, "ä\u2028", extra={"run": "0c5f"})
    (line,) = lines(capsys)
    assert line.pop("time").endswith("Z")
    assert line.pop("pid") > 0
    assert line == {
        "level": "warning",
        "from": "server",
        "logger": f"{LOGGER}.some_module",
        "run": "0c5f",
        "message": "Step 3 of\nä\u2028",
    }


def test_a_failure_brings_its_traceback_in_the_same_line(logger, capsys) -> None:
    log_as("worker")
    try:
        raise KeyError("x")
    except KeyError:
        logger.exception("Stumbled")
    (line,) = lines(capsys)
    assert "run" not in line
    assert line["traceback"].splitlines()[-1] == "KeyError: 'x'"


def test_set_up_again_every_line_is_still_written_once(logger, capsys, caplog) -> None:
    for source in ("server", "worker"):
        log_as(source)
    logger.info("There")
    assert [line["from"] for line in lines(capsys)] == ["worker"]
    assert caplog.records == [], "and whoever set up the root logger does not write it again"


def test_other_loggers_are_left_as_they_are(logger) -> None:
    others = [logging.getLogger(), logging.getLogger("streamlit")]
    before = [(other.handlers[:], other.level, other.propagate) for other in others]
    log_as("server")
    assert [(other.handlers[:], other.level, other.propagate) for other in others] == before


def test_what_strangers_can_cause_comes_once_a_minute_and_is_counted(logger, capsys, monkeypatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("vaelab.logs.time.monotonic", lambda: now[0])
    log_as("server")
    sparing = OnceAMinute("Refused: %s")
    logger.addFilter(sparing)
    try:
        for second in range(130):
            now[0] = 1000 + second
            logger.info("Refused: %s", f"100% of {second}")
        logger.info("All else.")
        logger.info("All else.")
    finally:
        logger.removeFilter(sparing)
    assert [line["message"] for line in lines(capsys)] == [
        "Refused: 100% of 0",
        "Refused: 100% of 60 (59 more before this one)",
        "Refused: 100% of 120 (59 more before this one)",
        "All else.",
        "All else.",
    ]
