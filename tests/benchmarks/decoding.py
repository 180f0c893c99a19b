"""How long a browser takes to decode one code by itself, as it does at every move over the latent plane."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Page

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server, chromium
from vaelab.paths import EXAMPLES
from vaelab.runs import Run

RUNS = {"vae-2d": 16, "vae-20d": 16, "ae-256": 16, "conv-vae": 33, "conv-vae-keras": 33}
"""Shipped runs, and the milliseconds that decoding may take."""

DECODES = 60
"""Of which the first ten are left out: the browser compiles while they run."""

TIME_DECODING = """async ([url, dimensions, count]) => {
    const { fetchSafetensors } = await import("/lab/components/lib/safetensors.js")
    const { makeNetwork } = await import("/lab/components/lib/network.js")
    const decode = makeNetwork(await fetchSafetensors(url))
    const times = []
    for (let turn = 0; turn < count; turn++) {
        const z = Float32Array.from({ length: dimensions }, () => 4 * Math.random() - 2)
        const begun = performance.now()
        decode(z)
        times.push(performance.now() - begun)
        await new Promise(requestAnimationFrame)
    }
    return times.slice(10)
}"""


def measure() -> Iterator[Table]:
    """One table: a row a run."""
    with chromium() as browser, app_server() as server:
        if browser is None:
            return
        page = browser.new_page()
        page.goto(f"{server.url}/lab/components/lib/network.js")
        rows = [_row(page, name, wanted) for name, wanted in RUNS.items()]
    title = "Decoding one code in Chromium, the shipped runs' decoders"
    header = ("run", "hidden", "median ms", "longest ms", "wanted")
    yield Table(title, header, rows)


def _row(page: Page, name: str, wanted: int) -> tuple[str, ...]:
    config = Run(EXAMPLES / name).config
    url = f"/lab/runs/{name}/weights-0/decoder"
    times = page.evaluate(TIME_DECODING, [url, config.latent_dim, DECODES])
    hidden = f"{config.architecture} {config.hidden}"
    return name, hidden, f"{median(times):.1f}", f"{max(times):.1f}", f"at most {wanted}"
