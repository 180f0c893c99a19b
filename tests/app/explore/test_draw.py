"""The Draw part of the Reconstructions page: links with a drawing, and what a browser may send."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import is_well, sentences, setting, shown, visit
from vaelab.data import load
from vaelab.data.drawing import image_of, quantize, text_of
from vaelab.ui.widgets.draw_pad import draw_pad as real_pad

App = Callable[[], AppTest]

SHAPE = (1, 28, 28)


def example(index: int = 0, name: str = "mnist") -> np.ndarray:
    return quantize(np.asarray(load(name).x_test[index]))


def drawing(page: AppTest) -> np.ndarray:
    """The image that the pad was given."""
    content = base64.b64decode(shown(page, "draw_pad")["drawn"])
    return np.frombuffer(content, np.uint8).reshape(SHAPE)


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption))


def elements(page: AppTest) -> list[str]:
    return [element.proto.component_name for element in page.get("bidi_component")]


def test_an_unused_pad_costs_nothing_and_asks_for_nothing(app: App) -> None:
    page = visit(app(), "reconstructions", run="vae-2d")
    assert is_well(page)
    assert "vaelab_draw_pad" not in elements(page)
    opened = visit(app(), "reconstructions", run="vae-2d", show="draw")
    assert is_well(opened)
    assert "vaelab_draw_pad" in elements(opened)
    assert "Stranger" not in texts(opened)
    assert shown(opened, "draw_pad")["drawn"] == ""
    assert not opened.header
    assert not opened.subheader


def test_a_drawing_is_said_not_to_be_used_where_nothing_could_encode_it(app: App) -> None:
    given = {"run": "vae-2d", "walk": "interpolate", "drawn": text_of(example(3)), "drawn_as": "a"}
    page = visit(app(), "walks", **given)
    assert "A is your drawing" in texts(page)
    earlier = visit(app(), "walks", **given, step="64")
    assert not earlier.exception
    assert "Your drawing is not used here" in texts(earlier)
    (sentence,) = (warning.value for warning in earlier.warning)
    assert "has no effect, because only the newest weights have an encoder" in sentence


@pytest.mark.parametrize("run", ["vae-2d", "ae-2d", "vae-2d-fashion"])
def test_a_link_shows_everybody_the_same_drawing(app: App, run: str) -> None:
    drawn = example(3, "fashion-mnist" if "fashion" in run else "mnist")
    page = visit(app(), "reconstructions", run=run, drawn=text_of(drawn))
    assert is_well(page)
    np.testing.assert_array_equal(drawing(page), drawn)
    assert page.query_params["show"] == "draw"
    again = visit(app(), "reconstructions", **page.query_params)
    assert shown(again, "draw_pad") == shown(page, "draw_pad")
    assert shown(again, "neighbours") == shown(page, "neighbours")
    assert "of the 10,000 test images" in texts(page)
    assert "all 60,000 training images" in texts(page)


def test_a_training_image_is_its_own_nearest(app: App) -> None:
    data = load("mnist")
    page = visit(app(), "reconstructions", run="vae-2d", drawn=text_of(np.asarray(data.x_train[5])))
    first = shown(page, "neighbours")["sheets"][0]["column_labels"][1]
    assert first == f"{data.y_train[5]} · 0.000"


def test_noise_is_stranger_than_all_test_images(app: App) -> None:
    noise = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    page = visit(app(), "reconstructions", run="vae-2d", drawn=text_of(noise))
    assert "Stranger than all 10,000 test images" in texts(page)


@pytest.mark.parametrize("wrong", ["nonsense", "", "eJxjYKAfAAADEAAB", "A" * 5000])
def test_a_wrong_drawing_gets_a_sentence_and_the_pad_works(app: App, wrong: str) -> None:
    page = visit(app(), "reconstructions", run="vae-2d", drawn=wrong)
    assert not page.exception
    (sentence,) = sentences(page)
    assert "“Your drawing” (drawn) must be a drawing of 28 × 28 pixels" in sentence
    assert len(sentence) < 200
    assert shown(page, "draw_pad")["drawn"] == ""
    assert page.query_params["drawn"] == "none"
    assert is_well(page.run())


def sending(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest, object], AppTest]:
    """What a browser sends, since AppTest has no browser: the pad's callback, called before the script."""
    called: dict[str, Any] = {}

    def pad(*given: Any, **named: Any) -> None:
        called.update(named)
        real_pad(*given, **named)

    monkeypatch.setattr("vaelab.ui.explore.kinds.image.draw_pad", pad)

    def send(page: AppTest, value: object) -> AppTest:
        # The callback writes to the session of the script that runs; that of the test is handed in.
        with monkeypatch.context() as patched:
            patched.setattr("vaelab.ui.explore.kinds.image.st.session_state", page.session_state)
            called["on_drawn"](value)
        return page.run()

    return send


def test_what_is_drawn_comes_into_the_link(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    page, drawn = app(), example()
    send = sending(monkeypatch)
    visit(page, "reconstructions", run="vae-2d", show="draw")
    send(page, base64.b64encode(drawn.tobytes()).decode())
    assert is_well(page)
    np.testing.assert_array_equal(image_of(page.query_params["drawn"], SHAPE), drawn)
    np.testing.assert_array_equal(drawing(page), drawn)
    assert "Nearest" in str(shown(page, "neighbours"))


@pytest.mark.parametrize("value", [7, "A" * 20, {"pixels": [1, 2]}, ["A" * 1048]])
def test_what_no_pad_sends_gets_a_sentence(app: App, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    page, drawn = app(), example()
    send = sending(monkeypatch)
    visit(page, "reconstructions", run="vae-2d", drawn=text_of(drawn))
    send(page, value)
    (sentence,) = sentences(page)
    assert sentence.startswith("What the draw pad sent is no image")
    np.testing.assert_array_equal(drawing(page), drawn)  # what was there stays
    assert is_well(page.run())


def test_a_drawing_moves_along_from_run_to_run(app: App) -> None:
    text = text_of(example())
    page = visit(app(), "reconstructions", run="vae-2d", drawn=text)
    page.selectbox(key="picked_run").select("ae-2d").run()
    assert is_well(page)
    assert page.query_params["run"] == "ae-2d"
    assert setting(page, "drawn") == text
    visit(page, "latent_space", run="ae-2d")
    visit(page, "reconstructions", run="ae-2d")
    assert setting(page, "show") == "draw"
    assert setting(page, "drawn") == text
