"""What watching costs: the training's speed with and without, and a look at a run as it grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

import psutil
from playwright.sync_api import Browser

from tests.benchmarks.replay import GrowingRun
from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server, chromium, images_per_second, newest_run, wait_until_over
from tests.support.servers import Server
from tests.support.visitor import Visitor
from vaelab.paths import EXAMPLES
from vaelab.runs import Run
from vaelab.ui.web.visitor import COOKIE

ROUNDS = 3
RECIPE = "epochs=10"
"""The default recipe, with this many epochs whatever its own number is."""
SILENT, DRAWING = "a visitor who does not draw", "Chromium on the same cores"
WANTED = {"nobody": "", SILENT: "at least 95%", DRAWING: "at least 78%"}

EXAMPLES = Run(EXAMPLES / "vae-2d", shipped=True)
LENGTHS = (1_000, 100_000)
"""Steps after which a look is measured."""
LOOKS = 15
LINES_A_LOOK = 15
"""About what the default recipe says of itself in a third of a second."""


def measure() -> Iterator[Table]:
    """Tables of the training's speed under watching, and of a look as a run grows."""
    with app_server() as server:
        with chromium() as browser:
            yield _watching(server, browser)
        yield _growing(server)


def _watching(server: Server, browser: Browser | None) -> Table:
    contenders: dict[str, Callable[[], None]] = {
        "nobody": lambda: _visit(server, stays=False),
        SILENT: lambda: _visit(server, stays=True),
    }
    if browser:
        contenders[DRAWING] = lambda: _show(server, browser)
    _visit(server, stays=True)  # afterwards the worker has read the images, and another one is warm
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, train in contenders.items():
            train()
            wait_until_over(newest_run(server))
            speeds[name].append(images_per_second(newest_run(server)))
    alone = median(speeds["nobody"])
    rows = [
        (name, f"{median(found):,.0f}", f"{median(found) / alone:.0%}", WANTED[name])
        for name, found in speeds.items()
    ]
    title = f"Training the default recipe for 10 epochs while it is watched, median of {ROUNDS} rounds"
    return Table(title, ("who watches", "images/s", "of nobody's", "wanted"), rows)


def _visit(server: Server, *, stays: bool) -> None:
    with Visitor(server.url) as visitor:
        visitor.open("", RECIPE)
        visitor.press("train")
        if stays:
            visitor.watch()


def _show(server: Server, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{server.url}/?{RECIPE}")
    page.wait_for_selector(".st-key-losses [data-state=finished]")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".st-key-losses [data-state=running]")
    wait_until_over(newest_run(server))
    page.context.close()


def _growing(server: Server) -> Table:
    with Visitor(server.url) as visitor:
        owner = visitor.cookie.split(f"{COOKIE}=")[1].split(";")[0]
        short, long = (_looks(server, visitor, owner, steps) for steps in LENGTHS)
    names = ("from wish to end (ms)", "the server's processor time (ms)", "sent (kB)")
    rows = [
        (name, f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}", "at most 2")
        for name, before, after in zip(names, short, long, strict=True)
    ]
    header = ("what a look costs", *(f"after {steps:,} steps" for steps in LENGTHS), "ratio", "wanted")
    return Table(f"The live view of a run in training, {LOOKS} looks", header, rows)


def _looks(server: Server, visitor: Visitor, owner: str, steps: int) -> tuple[float, float, float]:
    """Median milliseconds, mean milliseconds of the server's processor time, median kilobytes."""
    growing = GrowingRun(server.runs, EXAMPLES, owner, steps)
    spent, answers = 0.0, []
    try:
        visitor.open("", f"run={growing.run.id}")
        [fragment] = visitor.fragments
        visitor.tick(fragment)
        for _ in range(LOOKS):
            growing.grow(LINES_A_LOOK)
            before = _processor_time(server)
            answers.append(visitor.tick(fragment))
            spent += _processor_time(server) - before
    finally:
        growing.close()
    seconds = median(answer.seconds for answer in answers)
    return 1000 * seconds, 1000 * spent / LOOKS, median(answer.received for answer in answers) / 1000


def _processor_time(server: Server) -> float:
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system
