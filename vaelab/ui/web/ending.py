"""The end of the server when it is asked to: within seconds, whatever browsers do meanwhile."""

from __future__ import annotations

import faulthandler
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from starlette.concurrency import run_in_threadpool

logger = logging.getLogger(__name__)

END_WITHIN = 9.0
"""Seconds from the signal after which the server is cut short: who stops a service waits 10 as a rule
(`docker stop`), and the engine's workers have eight of them to checkpoint before they are killed."""


@asynccontextmanager
async def ended_by_signals(close: Callable[[], None]) -> AsyncIterator[None]:
    """Have SIGTERM and Ctrl-C call `close` at once, beside what the server does then; always at the end.

    The server first waits for its connections, and a browser on a slow network can hold one for ever:
    training has to be checkpointed meanwhile.
    """
    asked, signalled = threading.Event(), threading.Event()

    def close_when_asked() -> None:
        asked.wait()
        if signalled.is_set():
            logger.info("The server was asked to end.")
            # By a timer outside of Python, because a thread that imports PyTorch can hold up all others.
            faulthandler.dump_traceback_later(END_WITHIN, exit=True)
        close()

    # Made beforehand: a handler of signals may interrupt whatever holds the locks that a thread takes.
    closing = threading.Thread(target=close_when_asked, name="vaelab-ending", daemon=True)
    closing.start()

    def on_signal() -> None:
        signalled.set()
        asked.set()

    with _told_of_signals(on_signal):
        try:
            yield
        finally:
            asked.set()
            await run_in_threadpool(closing.join)


@contextmanager
def _told_of_signals(on_signal: Callable[[], None]) -> Iterator[None]:
    """Call `on_signal` before what the server does by itself; nothing where signals cannot be had."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        on_signal()
        theirs = before[signal.Signals(number)]
        if callable(theirs):
            theirs(number, frame)

    for number, theirs in before.items():
        if callable(theirs):  # the server's own; where there is none, the signal ends the process by itself
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, theirs in before.items():
            signal.signal(number, theirs)
