"""The public names of `vaelab`, and the example that its docstring begins with."""

from __future__ import annotations

import textwrap

import pytest

import vaelab


@pytest.mark.parametrize("name", vaelab.__all__)
def test_a_public_name_is_there(name):
    assert getattr(vaelab, name) is not None
    assert name in dir(vaelab)


def test_an_unknown_name_is_answered_with_those_that_are_there():
    with pytest.raises(AttributeError, match=r"has no attribute 'trian'; it has .*train"):
        vaelab.trian  # noqa: B018  # what is asked for is the error


def test_the_example_runs(tiny, monkeypatch, capsys):
    """The example, word for word, but on fewer images."""
    monkeypatch.setattr("vaelab.training.loop.load", lambda name: tiny)
    example = [part for part in vaelab.__doc__.split("\n\n") if part.startswith("    ")]
    scope: dict = {}
    exec(textwrap.dedent("\n\n".join(example)), scope)
    assert scope["images"].shape == (1, 1, 28, 28)
    assert "Evaluated(" in capsys.readouterr().out
