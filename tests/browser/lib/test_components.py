"""Charts and pictures in a real browser: they change in place, and a reader's view of them stays."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.servers import Server

ROUNDING = 0.5  # pixels
CHART = "document.querySelector('.st-key-losses .js-plotly-plot')"


@pytest.fixture
def url(components: Server) -> str:
    return components.url


@pytest.fixture
def view(page: Page, url: str) -> Page:
    page.goto(url)
    at_step(page, 0)
    return page


def at_step(page: Page, step: int) -> None:
    """Wait until every view shows this step."""
    for container in ("losses", "latent", "strip"):
        expect(page.locator(f".st-key-{container} [data-step='{step}']")).to_be_attached()


def go_on(page: Page, step: int) -> None:
    """Let the script draw the next step, by the keyboard, so that the mouse stays where it is."""
    page.get_by_role("button", name="Next").press("Enter")
    at_step(page, step)


def chart(page: Page, container: str = "losses") -> Locator:
    return page.locator(f".st-key-{container} .js-plotly-plot")


def ranges(page: Page) -> list[float]:
    return chart(page).evaluate("node => [...node._fullLayout.xaxis.range, ...node._fullLayout.yaxis.range]")


def zoom(page: Page) -> None:
    """Drag over a part of the loss chart, as a reader does."""
    box = chart(page).locator(".nsewdrag").bounding_box()
    assert box is not None
    before = ranges(page)
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_function(f"before => {CHART}._fullLayout.xaxis.range[0] !== before", arg=before[0])


def place_of_point(page: Page, curve: int, index: int) -> tuple[float, float]:
    """Where a point of the scatter is on the screen."""
    box = chart(page, "latent").bounding_box()
    assert box is not None
    x, y = chart(page, "latent").evaluate(
        """(node, [curve, index]) => {
            const { x, y } = node._fullData[curve]
            const { xaxis, yaxis } = node._fullLayout
            return [xaxis._offset + xaxis.d2p(x[index]), yaxis._offset + yaxis.d2p(y[index])]
        }""",
        [curve, index],
    )
    return box["x"] + x, box["y"] + y


def outermost_point(page: Page) -> tuple[int, int]:
    """Curve and index of the point of the scatter that lies furthest up, which no other point covers."""
    return chart(page, "latent").evaluate(
        """node => node._fullData
            .flatMap(({ y }, curve) => Array.from(y, (value, index) => [value, curve, index]))
            .reduce((best, point) => (point[0] > best[0] ? point : best)).slice(1)"""
    )


def test_an_update_changes_charts_and_pictures_in_place(view: Page) -> None:
    chart(view).evaluate("node => { node.marked = true; node.querySelector('.main-svg').marked = true }")
    count = chart(view).evaluate("node => node._fullData[0].x.length")
    for step in (1, 2, 3):
        go_on(view, step)
    assert chart(view).evaluate("node => [node.marked, node.querySelector('.main-svg').marked]") == [
        True,
        True,
    ]
    assert chart(view).evaluate("node => node._fullData[0].x.length") == count + 3
    images = view.locator(".st-key-strip img")
    before = images.evaluate_all("images => images.map((image) => { image.marked = true; return image.src })")
    go_on(view, 4)
    after = images.evaluate_all(
        "images => images.map(({ src, marked, complete }) => [src, marked, complete])"
    )
    assert len(before) == len(after) == 3
    for old, (new, marked, complete) in zip(before, after, strict=True):
        assert new != old
        assert marked
        assert complete


def test_a_zoom_survives_an_update_until_it_is_reset(view: Page) -> None:
    whole = ranges(view)
    zoom(view)
    zoomed = ranges(view)
    go_on(view, 1)
    assert ranges(view) == zoomed
    view.locator(".st-key-losses").get_by_role("button", name="Reset the zoom").click()
    view.wait_for_function(f"() => {CHART}._fullLayout.xaxis.range[0] === 0")
    assert ranges(view)[1] == whole[1]


def test_a_double_click_shows_all_of_what_is_drawn_now(view: Page) -> None:
    before = ranges(view)
    for step in (1, 2, 3):
        go_on(view, step)
    whole = ranges(view)
    assert whole[1] > before[1]
    zoom(view)
    chart(view).locator(".nsewdrag").dblclick()
    view.wait_for_function(f"() => {CHART}._fullLayout.xaxis.range[0] === 0")
    assert ranges(view)[1] == whole[1]


def test_no_chart_takes_the_wheel_from_the_page(view: Page) -> None:
    assert (
        view.locator(".vaelab-plot").evaluate_all(
            """charts => charts.flatMap((chart) => {
            const around = [], main = chart.closest(".stMain")
            for (let part = chart; part !== main; part = part.parentElement) around.push(part)
            return around.filter((part) => part.clientHeight > 0 && part.scrollHeight > part.clientHeight)
        }).map(({ className }) => className)"""
        )
        == []
    )


def test_a_curve_hidden_in_the_legend_stays_hidden(view: Page) -> None:
    view.locator(".st-key-losses .legendtoggle").first.click()
    view.wait_for_function(f"() => {CHART}._fullData[0].visible === 'legendonly'")
    go_on(view, 1)
    view.set_viewport_size({"width": 1100, "height": 768})
    view.wait_for_function(f"() => {CHART}._fullLayout.width < 1100")
    go_on(view, 2)
    assert chart(view).evaluate("node => node._fullData.map(({ visible }) => visible)") == [
        "legendonly",
        True,
    ]


def test_what_the_mouse_points_at_survives_an_update(view: Page) -> None:
    box = chart(view).locator(".nsewdrag").bounding_box()
    assert box is not None
    view.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.9 * box["height"], steps=3)
    expect(chart(view).locator(".hovertext").first).to_be_visible()
    go_on(view, 1)
    expect(chart(view).locator(".hovertext").first).to_be_visible()


def test_a_point_is_chosen_by_a_click_or_by_keys_where_there_is_a_choice(view: Page) -> None:
    expect(view.get_by_role("img", name="Losses by step")).to_be_visible()
    chart(view).locator(".nsewdrag").click()
    go_on(view, 1)
    expect(view.get_by_text("Chosen: None")).to_be_visible()
    curve, index = outermost_point(view)
    view.mouse.move(*place_of_point(view, curve, index), steps=3)
    view.mouse.click(*place_of_point(view, curve, index))
    clicked = view.get_by_text(f"Chosen: {10 * index + curve}", exact=True)
    expect(clicked).to_be_visible()
    codes = view.get_by_role("application", name="Codes")
    codes.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        codes.press(key)
    expect(view.locator(".st-key-latent [aria-live]")).to_contain_text("x ")
    codes.press("Enter")
    expect(clicked).to_have_count(0)
    expect(view.get_by_text(re.compile(r"^Chosen: \d+$"))).to_be_visible()


@pytest.mark.parametrize("width", [1366, 390])
def test_everything_fits_the_page(view: Page, width: int) -> None:
    view.set_viewport_size({"width": width, "height": 844})
    view.wait_for_function(f"width => {CHART}._fullLayout.width < width", arg=width)
    assert view.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    for element in view.locator(".vaelab-plot, .vaelab-sheet, .gtitle").all():
        box = element.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width + ROUNDING
    check_labels(view)
    if width == 390:  # the legend is below the chart
        drawing = chart(view).locator(".nsewdrag").bounding_box()
        legend = chart(view).locator(".legend").bounding_box()
        assert drawing is not None
        assert legend is not None
        assert legend["y"] > drawing["y"] + drawing["height"]


def check_labels(view: Page) -> None:
    """They stand over their columns."""
    band = view.locator(".st-key-strip .vaelab-sheet-band").first
    labels = view.locator(".st-key-strip .vaelab-sheet-columns span")
    expect(labels).to_have_count(10)
    expect(labels.last).to_have_text("Ankle boot")
    middles, fits = band.evaluate(
        """async band => {
            await new Promise(requestAnimationFrame)
            const { left, width } = band.getBoundingClientRect()
            const cell = (index) => left + (width * (index * 29 + 14)) / 289
            const boxes = [...document.querySelectorAll('.vaelab-sheet-columns span')]
                .map((label) => label.getBoundingClientRect())
            return [
                boxes.map((box, index) => Math.abs((box.left + box.right) / 2 - cell(index))),
                boxes.every((box) => box.width <= (width * 29) / 289),
            ]
        }"""
    )
    assert max(middles) < 2
    assert fits


def test_charts_follow_the_theme(view: Page) -> None:
    fill = "() => getComputedStyle(document.querySelector('.js-plotly-plot .gtitle')).fill"
    text = "() => getComputedStyle(document.querySelector('h1')).color"
    chart(view).evaluate("node => { node.marked = true }")
    light = view.evaluate(fill)
    assert light == view.evaluate(text)
    view.emulate_media(color_scheme="dark")
    view.wait_for_function(f"light => ({fill})() !== light && ({fill})() === ({text})()", arg=light)
    assert chart(view).evaluate("node => node.marked")


def test_charts_and_pictures_can_be_downloaded(view: Page) -> None:
    with view.expect_download() as download:
        view.locator(".st-key-losses").get_by_role("button", name="Download as PNG").click()
    assert download.value.suggested_filename == "loss-chart.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    # All sheets are saved in one picture, here by keyboard.
    button = view.get_by_role("button", name="Download rings.png")
    button.focus()
    with view.expect_download() as waiting:
        view.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "rings.png"
    widths, heights = zip(*view.locator(".st-key-strip .vaelab-sheet").evaluate_all(
        "sheets => sheets.map(sheet => sheet.querySelector('img'))"
        ".map(image => [image.naturalWidth, image.naturalHeight])"
    ), strict=True)  # fmt: skip
    saved = Image.open(waiting.value.path())
    assert saved.size == (max(widths), sum(heights) + len(heights) - 1)


def test_without_plotly_there_is_a_sentence(page: Page, url: str) -> None:
    page.route("**/plotly.min.js*", lambda route: route.abort())
    page.goto(url)
    expect(page.locator(".st-key-losses")).to_contain_text("The chart could not be drawn; reload the page")
    expect(page.locator(".st-key-strip img").first).to_be_visible()


def test_without_its_script_a_view_says_so(page: Page, url: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=500)

    page.route("**/lab/components/**/main.js*", refuse)
    page.goto(url)
    for container in ("losses", "strip"):
        expect(page.locator(f".st-key-{container}")).to_contain_text("could not be loaded; reload the page")


def test_room_is_reserved_before_plotly_is_there_which_comes_once(page: Page, url: str) -> None:
    waiting: list[Route] = []
    page.route("**/plotly.min.js*", lambda route: waiting.append(route))
    page.add_init_script(FIRST_LOOK)
    page.goto(url)
    # The styles are there before the component.
    assert page.wait_for_function("window.firstLook").json_value() == ["flex", "Loading the pictures …"]
    notice = page.locator(".st-key-losses").get_by_text("Loading the chart")
    expect(notice).to_be_visible()
    expect(page.locator(".st-key-strip img").first).to_be_visible()
    before = page.locator(".st-key-strip").bounding_box()
    (only,) = waiting
    only.continue_()
    at_step(page, 0)
    expect(notice).to_be_hidden()
    assert page.locator(".st-key-strip").bounding_box() == before
    assert waiting == [only]


FIRST_LOOK = """new MutationObserver((_, observer) => {
  const strip = document.querySelector(".st-key-strip .vaelab-pictures")
  if (!strip) return
  observer.disconnect()
  window.firstLook = [getComputedStyle(strip).display, strip.textContent.trim()]
}).observe(document, { childList: true, subtree: true })"""


def test_without_its_styles_a_view_is_still_drawn(page: Page, url: str) -> None:
    page.route("**/lab/components/**/*.css*", lambda route: route.abort())
    page.goto(url)
    at_step(page, 0)
