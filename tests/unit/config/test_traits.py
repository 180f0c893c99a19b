"""All code asks `vaelab.config.traits` what models and reconstruction terms have."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.support.third_model import LABEL, NAME, third_model
from vaelab.config import RunConfig, field_spec, in_words, kinds_with, read_config, why_not_in_force
from vaelab.config.comparable import twin_of
from vaelab.config.quantities import undefined_in_words
from vaelab.config.traits import MODELS, TERMS
from vaelab.export import script
from vaelab.export.script import posteriors, terms
from vaelab.models.posteriors import POSTERIORS
from vaelab.models.reconstructions import OUTPUTS, RECONSTRUCTIONS
from vaelab.paths import PROJECT
from vaelab.ui.slow_motion import words

ASKED = ("model", "reconstruction")
"""Fields whose values only registries may name."""

SOURCES = [
    path
    for folder in ("vaelab", "pages")
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if PROJECT / "vaelab" / "config" not in path.parents
]


def _texts(node: ast.AST) -> set[str]:
    """Texts on one side of a comparison: itself, or its items."""
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def _names_field(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ASKED


def _is_spelling(node: ast.Attribute) -> bool:
    return node.attr == "is_vae" or (
        node.attr in ("upper", "capitalize", "title") and _names_field(node.value)
    )


def _offences(tree: ast.AST) -> list[int]:
    """Lines that compare a value with the name of a kind, match it, or make a label of it."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            texts = set().union(*map(_texts, sides))
            if texts & set(MODELS) or (texts and any(map(_names_field, sides))):
                lines.append(node.lineno)
        elif (isinstance(node, ast.MatchValue) and _texts(node) & {*MODELS, *TERMS}) or (
            isinstance(node, ast.Attribute)
            and (
                node.attr == "is_vae"
                or (node.attr in ("upper", "capitalize", "title") and _names_field(node.value))
            )
        ):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_compares_the_name_of_a_model_or_a_reconstruction_term(path: Path) -> None:
    assert _offences(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        'config.model == "vae"',
        '"ae" != config.model',
        'config.model in ("vae", "iwae")',
        'config.reconstruction == "bce"',
        'reconstruction not in {"mse"}',
        "config.model.upper()",
        "run.is_vae",
        'match config.model:\n    case "vae":\n        pass',
    ],
)
def test_the_law_sees_every_spelling(code: str) -> None:
    assert _offences(ast.parse(code))


def test_rows_of_all_layers_have_the_same_names() -> None:
    assert set(MODELS) == set(POSTERIORS) == set(posteriors.POSTERIORS)
    assert set(TERMS) == set(RECONSTRUCTIONS) == set(terms.TERMS)
    assert {term.output for term in TERMS.values()} == set(OUTPUTS) == set(words.OUTPUTS)
    assert {name for name, kind in MODELS.items() if kind.has_kl} == set(words.KL_TERMS)
    assert all(kind.twin in MODELS for kind in MODELS.values())


def test_labels_and_choices_come_from_the_rows() -> None:
    assert field_spec("model").choices == ("ae", "vae")
    assert in_words("model", "vae") == "VAE"
    assert in_words("reconstruction", "mse") == "Squared error (mse)"
    assert field_spec("reconstruction").allowed == "one of bce, mse"


def test_what_an_ae_does_not_have_is_said_in_a_sentence() -> None:
    assert kinds_with("has_prior") == "a VAE"
    assert kinds_with("has_prior", has=False) == "an AE"
    assert MODELS["ae"].subject == "An AE"
    assert undefined_in_words(MODELS["vae"]) == ""
    assert undefined_in_words(MODELS["ae"]) == (
        "KL, ELBO, NLL and active units are not defined for an AE: "
        "it has no prior and no distribution of codes."
    )


def test_a_field_says_which_kinds_it_is_for() -> None:
    ae, vae = RunConfig(model="ae"), RunConfig()
    assert why_not_in_force(ae, "beta") == "only a VAE has a KL term"
    assert why_not_in_force(vae, "code_activation") == "a VAE's mean may be any number"
    assert why_not_in_force(vae, "sigma") == "only mse has a Gaussian behind it"


@pytest.mark.parametrize("is_stochastic", [True, False])
def test_a_new_kind_is_a_row(is_stochastic: bool) -> None:
    with pytest.raises(ValidationError):
        RunConfig(model=NAME)
    with third_model(is_stochastic=is_stochastic):
        config = RunConfig(model=NAME)
        assert field_spec("model").choices == ("ae", "vae", NAME)
        assert in_words("model", NAME) == LABEL
        assert read_config(config.model_dump()) == (config, {})
        assert why_not_in_force(config, "beta") is None
        assert (why_not_in_force(config, "code_activation") is None) == (not is_stochastic)
        assert why_not_in_force(RunConfig(model="ae"), "beta") == "only a VAE or a Pulled has a KL term"
        assert twin_of(config).model == "ae"
        listing = script.script(config)
        compile(listing, "listing", "exec")
        assert "class Pulled(" in listing
        assert ("pull(mean)" in listing, "pull(z)" in listing) == (is_stochastic, not is_stochastic)
    assert field_spec("model").choices == ("ae", "vae")
