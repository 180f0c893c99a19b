"""One visitor of a class: trains, watches, explores, reloads, and comes again when the connection breaks."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

from websockets.exceptions import WebSocketException

from tests.soak.tally import LOOK, Student, Tally
from tests.support.visitor import ASKS, Answer, PageFailed, Visitor
from vaelab.runs import Run, RunDamaged
from vaelab.ui.web.visitor import COOKIE

THINKS = (3.0, 12.0)
"""Seconds between two things that a student does."""
ARRIVE = 15.0
"""Seconds within which all students open the page, as when a teacher says so."""
WATCHES = 40.0
"""Seconds for which a student watches a run at most."""
COMES_AGAIN = 1.0
"""Seconds until a page whose connection broke tries again, as Streamlit's own does."""
EXPLORED = ("reconstructions", "latent-space", "latent-grid", "walks", "runs")
BROKEN = (OSError, WebSocketException, TimeoutError)


class Lesson(threading.Thread):
    """A student's time at the server, until `over` is set.

    Parameters
    ----------
    number: of the student, which makes the recipe a different one.
    url: of the server.
    runs: its folder, to see how the student's runs stand.
    """

    def __init__(self, number: int, url: str, runs: Path, tally: Tally, over: threading.Event) -> None:
        super().__init__(name=f"student-{number}", daemon=True)
        self._url, self._runs, self._tally, self._over = url, runs, tally, over
        self._random = random.Random(number)
        with Visitor(url) as first:
            self._cookie = first.cookie
        token = self._cookie.partition(f"{COOKIE}=")[2].partition(";")[0]
        self.student = Student(token)
        tally.students.append(self.student)

    def run(self) -> None:
        """Do one thing after the other; not all students come in the same second."""
        if self._over.wait(self._random.uniform(0, ARRIVE)):
            return
        doings = (self._train, self._explore, self._resume)
        while not self._over.is_set():
            for doing in doings:
                self._safely(doing)
                if self._thinks():
                    return

    def resume(self) -> None:
        """Have the runs go on that a fault has ended."""
        self._safely(self._resume)

    def _safely(self, doing: Callable[[], None]) -> None:
        try:
            doing()
        except PageFailed as failure:
            self._tally.failed(str(failure))
        except BROKEN:
            self._tally.reconnected()
            time.sleep(COMES_AGAIN)

    def _thinks(self) -> bool:
        """Whether the lesson is over after a while of thinking."""
        return self._over.wait(self._random.uniform(*THINKS))

    def _visit(self) -> Visitor:
        return Visitor(self._url, self._cookie, self.student.hear)

    def _timed(self, what: str, answer: Answer) -> None:
        self._tally.note(what, answer.seconds)

    def _train(self) -> None:
        latent, images = self._random.choice((2, 2, 10, 20)), self._random.choice((5_000, 10_000, 20_000))
        recipe = f"epochs=2&hidden=256&latent_dim={latent}&train_size={images}"
        with self._visit() as visitor:
            self._timed("train", visitor.open("", recipe))
            if self._thinks():
                return
            before = set(self.student.runs)
            try:
                self._timed("press Train", visitor.press("train"))
            finally:  # where the connection breaks after the press, the run is there all the same
                made = set(parse_qs(visitor.query).get("run", [])) - before
                self.student.runs += made
            self._watch(visitor)

    def _watch(self, visitor: Visitor) -> None:
        until = time.monotonic() + WATCHES
        while (visitor.fragments or visitor.waits) and time.monotonic() < until:
            if self._over.wait(min(visitor.fragments.values(), default=ASKS)):
                return
            for look in visitor.look():
                self._tally.note(LOOK, look.seconds)

    def _explore(self) -> None:
        """A page after the other, each a reload: of the newest run that has learned something."""
        learned = [run for run in self.student.runs if Run(self._runs / run).has_model()]
        for page in self._random.sample(EXPLORED, 3):
            with self._visit() as visitor:
                self._timed(page, visitor.open(page, f"run={learned[-1]}" if learned else ""))
            if self._thinks():
                return

    def _resume(self) -> None:
        for run_id in self.student.runs:
            if state_of(Run(self._runs / run_id)) not in ("interrupted", "paused"):
                continue
            with self._visit() as visitor:
                self._timed("train", visitor.open("", f"run={run_id}"))
                if "resume" in visitor.widgets:
                    self._timed("press Resume", visitor.press("resume"))


def state_of(run: Run) -> str:
    try:
        return run.status().state
    except RunDamaged:
        return "damaged" if run.path.exists() else "missing"
