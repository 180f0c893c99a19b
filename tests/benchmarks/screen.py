"""What a browser has to do while a run trains: frames and long tasks; and what moves on each page."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page, ViewportSize

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server, chromium, newest_run, wait_until_over
from tests.support.servers import Server
from vaelab.ui.session.pages import APP_PAGES

RECIPE = "epochs=10"
LAPTOP = ViewportSize(width=1366, height=650)
WINDOWS = (LAPTOP, ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844))
FRAME, TASK, SHIFT = 8, 50, 0.02
"""Milliseconds wanted of a frame of the plane (95 of 100) and of a task, and the wanted sum of shifts."""
QUIET = 2_000
"""Milliseconds without a change after which a page is taken for complete."""

WATCH_FRAMES = """
window.frames_of_planes = []
window.long_tasks = []
window.shifts = []
let drawn = false
const clear = CanvasRenderingContext2D.prototype.clearRect
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  drawn ||= Boolean(this.canvas.closest(".vaelab-canvas-plane"))
  return clear.apply(this, box)
}
const ask = window.requestAnimationFrame.bind(window)
window.requestAnimationFrame = (callback) => ask((time) => {
  drawn = false
  const begun = performance.now()
  callback(time)
  if (drawn) window.frames_of_planes.push(performance.now() - begun)
})
const watch = (type, list) => new PerformanceObserver((seen) => list.push(...seen.getEntries()))
  .observe({ type, buffered: true })
watch("longtask", window.long_tasks)
watch("layout-shift", window.shifts)
"""
"""Notes the time of every frame in which a plane is drawn, long tasks, and all shifts, also after input."""

SETTLED = """(quiet) => new Promise((settle) => {
  let timer = setTimeout(settle, quiet)
  new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(settle, quiet) })
    .observe(document.body, { childList: true, subtree: true })
})"""


def measure() -> Iterator[Table]:
    """Tables of a run that is watched in Chromium, and of what moves while each page appears."""
    with app_server() as server, chromium() as browser:
        if browser is None:
            return
        yield _while_it_trains(server, browser)
        yield _shifts(server, browser)


def _open(browser: Browser, window: ViewportSize) -> Page:
    page = browser.new_context(viewport=window, bypass_csp=True).new_page()
    page.add_init_script(WATCH_FRAMES)
    return page


def _while_it_trains(server: Server, browser: Browser) -> Table:
    page = _open(browser, LAPTOP)
    page.goto(f"{server.url}/?{RECIPE}")
    page.wait_for_selector(".st-key-losses [data-state=finished]")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".st-key-losses [data-state=running]", timeout=60_000)
    page.evaluate("window.frames_of_planes.length = window.long_tasks.length = 0")
    wait_until_over(newest_run(server))
    page.wait_for_selector(".st-key-losses [data-state=finished]")
    frames = sorted(page.evaluate("window.frames_of_planes"))
    tasks = page.evaluate("window.long_tasks.map(({ duration }) => duration)")
    shift = page.evaluate("window.shifts.reduce((sum, { value }) => sum + value, 0)")
    page.context.close()
    rows = [
        ("frames of the plane", str(len(frames)), ""),
        ("a frame, median (ms)", f"{median(frames):.1f}", ""),
        ("a frame, 95 of 100 (ms)", f"{frames[int(0.95 * (len(frames) - 1))]:.1f}", f"at most {FRAME}"),
        (f"tasks above {TASK} ms", str(len(tasks)), "0"),
        ("the longest task (ms)", f"{max(tasks, default=0):.0f}", f"at most {TASK}"),
        ("shifts from the first paint to the end", f"{shift:.4f}", f"at most {SHIFT}"),
    ]
    title = "Train in Chromium at 1366 by 650 while the default recipe trains for 10 epochs on the same cores"
    return Table(title, ("what", "measured", "wanted"), rows)


def _shifts(server: Server, browser: Browser) -> Table:
    rows = []
    for page in APP_PAGES:
        sums = [_shift(server, browser, page.path, window) for window in WINDOWS]
        rows.append((page.title, *(f"{each:.4f}" for each in sums), f"at most {SHIFT}"))
    header = ("page", *(f"{each['width']} by {each['height']}" for each in WINDOWS), "wanted")
    return Table("What moves while a page appears: all layout shifts, added up", header, rows)


def _shift(server: Server, browser: Browser, path: str, window: ViewportSize) -> float:
    page = _open(browser, window)
    page.goto(f"{server.url}/{path}")
    page.wait_for_selector("h1", state="attached")
    page.evaluate(SETTLED, QUIET)
    total: float = page.evaluate("window.shifts.reduce((sum, { value }) => sum + value, 0)")
    page.context.close()
    return total
