"""The end of the server on a signal: within seconds, even if browsers hold connections open."""

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
"""Seconds from the signal until the process is ended by force: service managers usually wait 10 (`docker
stop`), and the engine's workers have eight of them to save before they are killed."""


@asynccontextmanager
async def ended_by_signals(close: Callable[[], None]) -> AsyncIterator[None]:
    """Call `close` at once on SIGTERM and Ctrl-C, before the server's own handlers, or else at the end.

    The server first waits for its connections, which a browser on a slow network can hold for ever: training
    has to be saved meanwhile.
    """
    asked, signalled = threading.Event(), threading.Event()

    def close_when_asked() -> None:
        asked.wait()
        if signalled.is_set():
            logger.info("The server was asked to end.")
            # The timer runs outside of Python, because a thread that imports PyTorch can hold up all others.
            faulthandler.dump_traceback_later(END_WITHIN, exit=True)
        close()

    # The thread starts beforehand: a signal may interrupt code that holds the locks a new thread takes.
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
    """Call `on_signal` before the server's own handlers; do nothing outside of the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        on_signal()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):  # without a handler of the server, the signal itself ends the process
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
