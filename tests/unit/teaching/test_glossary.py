"""The glossary explains every term that pages use, in plain and whole sentences."""

from __future__ import annotations

import re
from dataclasses import fields
from math import exp, log, pi, sqrt

import pytest

from vaelab.config import FIELD_NAMES, QUANTITIES
from vaelab.events import Evaluated, Started, Step
from vaelab.teaching.glossary import GLOSSARY, Entry, find, help_for, search

entries = pytest.mark.parametrize("entry", GLOSSARY.values(), ids=GLOSSARY)

TERMS = """
autoencoder, variational autoencoder, encoder, decoder, latent, code, latent space, latent
dimension, bottleneck, posterior, prior, reconstruction, nat, KL divergence, ELBO, negative ELBO,
beta, beta-VAE, bce, cross-entropy, mse, sigma, reparameterisation, epoch, step, batch, learning
rate, gradient descent, SGD, momentum, Adam, denoising, corruption, PCA, principal component, active
unit, posterior collapse, bits, rate, compression, snapshot, checkpoint, mean image, floor, entropy
of grey pixels, density may exceed 1, bf16, seed, one-cycle, latent traversal, interpolation, latent
arithmetic, temperature, Gaussian mixture, twins, sweep, seed band, rate-distortion, held-out images,
measure, negative log-likelihood, nearest neighbours, linear probe, aggregate posterior, overfitting,
underfitting, divergence
"""

# LaTeX that is no symbol of its own: operators, brackets and spaces.
NOT_SYMBOLS = {
    "frac", "ln", "sum", "left", "right", "mid", "ge", "quad", "sqrt", "max", "iff", "approx", "leftarrow",
    "top", "sim", "pi", "lVert", "rVert", "hat", "sin",
}  # fmt: skip


def sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?=\s|$)", text))


def maths(text: str) -> str:
    return " ".join(re.findall(r"\$([^$]+)\$", text))


def symbols(latex: str) -> set[str]:
    """The letters of a formula, Greek ones too, without those that only name a function or a unit."""
    bare = re.sub(r"\\(text|operatorname|mathcal|mathrm|begin|end)\{[^}]*\}", " ", latex)
    return {token.lstrip("\\") for token in re.findall(r"\\[A-Za-z]+|[A-Za-z]", bare)} - NOT_SYMBOLS


@entries
def test_entries_are_short_then_long_in_whole_sentences(entry: Entry):
    assert GLOSSARY[entry.term] is entry
    for text, most in ((entry.short, 2), (entry.long, 5)):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] in "$'"
        assert 1 <= sentences(text) <= most
        assert "  " not in text


@entries
def test_cross_references_lead_to_other_entries(entry: Entry):
    assert set(entry.see) <= set(GLOSSARY) - {entry.term}
    assert len(set(entry.see)) == len(entry.see) > 0


@entries
def test_formulas_are_complete_and_name_their_symbols(entry: Entry):
    assert "$" not in entry.short
    assert "\\" not in entry.short
    assert entry.long.count("$") % 2 == 0
    formula = entry.formula or ""
    assert formula.count("{") == formula.count("}")
    assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right")
    assert symbols(formula) <= symbols(maths(entry.long))


def test_no_name_leads_to_two_entries():
    names = [name.casefold() for entry in GLOSSARY.values() for name in {entry.term, *entry.also}]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("term", [term.strip() for term in TERMS.replace("\n", " ").split(",")])
def test_every_term_of_the_pages_is_explained(term: str):
    assert help_for(term).endswith(find(term).short)


@pytest.mark.parametrize("name", [name for name in FIELD_NAMES if name != "dataset"])
def test_every_setting_leads_to_its_term(name: str):
    assert find(name).term in GLOSSARY


def test_every_loss_that_is_logged_leads_to_its_term():
    technical = {"step", "epoch", "seconds", "threads", "device", "train_images"}
    logged = {field.name for event in (Started, Step, Evaluated) for field in fields(event)} - technical
    assert {"recon", "kl", "neg_elbo", "kl_per_dim", "mse", "sigma", "beta", "objective"} <= logged
    for name in logged - {"test_images"}:
        assert find(name).term in GLOSSARY


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_measure_leads_to_its_term(name: str):
    assert find(name).term in GLOSSARY


def test_names_are_found_in_capitals_or_not():
    assert find("elbo") is find("ELBO") is find("Negative ELBO") is GLOSSARY["ELBO"]


def test_an_unknown_term_is_answered_with_those_that_there_are():
    with pytest.raises(KeyError, match=r"no 'elbow'.*autoencoder.*seed"):
        find("elbow")


@pytest.mark.parametrize("term", ["ELBO", "posterior", "prior", "rate"])
def test_what_only_a_vae_has_is_said_to_be_missing_in_an_ae(term: str):
    assert re.search(r"An AE has no(ne)?\b", find(term).long)


def test_figures_are_right():
    assert f"{1 / log(2):.2f}" in GLOSSARY["nat"].formula
    assert f"{log(2):.2f} nats" in GLOSSARY["nat"].long
    assert f"{log(2):.2f} nats" in GLOSSARY["floor"].long
    assert f"{1 / sqrt(2 * pi):.3f}" in GLOSSARY["density"].formula
    for radius in (1, 2, 3):
        assert f"{100 * (1 - exp(-(radius**2) / 2)):.0f} %" in GLOSSARY["prior"].long
    assert f"{-(-60_000 // 256)}" in GLOSSARY["step"].long


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("blurry", "decoder"), ("good loss", "floor"), ("What is a good loss?", "measure"),
        ("sum or mean", "nat"), ("KL vanishing", "posterior collapse"), ("generate new images", "prior"),
    ],
)  # fmt: skip
def test_everyday_words_find_the_term_that_answers_them_among_the_first(asked: str, expected: str) -> None:
    assert expected in [entry.term for entry in search(asked)[:3]]


@entries
def test_whatever_an_entry_says_people_ask_finds_it(entry: Entry) -> None:
    for question in entry.asked:
        assert entry in search(question)
        assert question == question.casefold()


def test_a_text_is_found_by_some_of_its_words_only_if_none_has_all() -> None:
    assert {entry.term for entry in search("momentum qqqq")} == {entry.term for entry in search("momentum")}
    assert search("qqqq") == search("zzzz wwww") == []
