"""Lessons are whole, their links open, and what they tell of the finished examples is so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from vaelab.analysis.demonstrations import reach
from vaelab.analysis.load import load_run
from vaelab.analysis.pca import fitted
from vaelab.config import losses
from vaelab.data import load
from vaelab.data.kinds.image import IMAGE
from vaelab.events import Evaluated
from vaelab.latent.walks import prior_draws
from vaelab.models.codes import decode, embed
from vaelab.paths import EXAMPLES, PAGES
from vaelab.runs import History, RunStore, read_measures
from vaelab.sweeps.plan import plan, read_values
from vaelab.sweeps.results import bands
from vaelab.teaching.glossary import GLOSSARY
from vaelab.teaching.lessons import LESSONS, Lesson, Link
from vaelab.training import train
from vaelab.ui.learn.bottleneck import DIMENSIONS
from vaelab.ui.session import parameters_of
from vaelab.ui.session.recipe_link import recipe_of
from vaelab.ui.sweep.link import PARAMETERS
from vaelab.ui.sweep.shown import example

lessons = pytest.mark.parametrize("lesson", LESSONS.values(), ids=[str(number) for number in LESSONS])
LINKS = [link for lesson in LESSONS.values() for link in lesson.links]
RECIPES = [recipe for lesson in LESSONS.values() for recipe in lesson.recipes]

OPERATORS = "ln pi mid left right frac sum qquad quad sim ge le approx hat operatorname mathcal mathbb"
"""LaTeX that is no symbol of its own."""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"), EXAMPLES)


def symbols(latex: str) -> set[str]:
    bare = re.sub(r"\\(text|operatorname|mathrm|begin|end)\{[^}]*\}|\\[,;|!]", " ", latex)
    return {token.lstrip("\\") for token in re.findall(r"\\[A-Za-z]+|[A-Za-z]", bare)} - set(
        OPERATORS.split()
    )


@lessons
def test_every_symbol_of_a_formula_is_named(lesson: Lesson):
    for formula in lesson.formulas:
        assert formula.latex.count("{") == formula.latex.count("}")
        told = " ".join(re.findall(r"\$([^$]+)\$", formula.words))
        assert symbols(formula.latex) <= symbols(told), formula.latex


@lessons
def test_texts_are_whole_sentences(lesson: Lesson):
    told = [lesson.text, lesson.summary, lesson.look, lesson.question.why]
    told += [formula.words for formula in lesson.formulas] + [each.why for each in lesson.statements]
    told += [statement.text for statement in lesson.statements]
    for text in told:
        assert text.endswith(".")
        assert "  " not in text
        assert text.count("$") % 2 == 0


@lessons
def test_a_question_has_right_and_wrong_options(lesson: Lesson):
    question = lesson.question
    assert set(question.right) < set(range(len(question.options)))
    assert question.right
    assert len(set(question.options)) == len(question.options)


@lessons
def test_terms_are_of_the_glossary(lesson: Lesson):
    assert set(lesson.terms) <= set(GLOSSARY)


def test_common_false_statements_are_judged_false():
    judged = {each.text: each.true for lesson in LESSONS.values() for each in lesson.statements}
    for words in ("size of the input", "KL term is to the true", "missing pixels by itself"):
        assert [true for text, true in judged.items() if words in text] == [False]
    assert set(judged.values()) == {True, False}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.label)
def test_a_recipe_is_what_its_link_opens(recipe):
    assert recipe_of(parameters_of(recipe.config)) == (recipe.config, {})


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.label)
def test_every_link_leads_to_something(link: Link, examples: RunStore):
    assert (PAGES / f"{link.page}.py").exists()
    runs = link.parameters.get("run", link.parameters.get("runs", ""))
    for run in filter(None, runs.split(",")):
        examples.get(run).check()
    assert (link.page == "sweep") == (link.config is not None)
    if link.config:
        assert link.parameters.keys() <= {*PARAMETERS, "group"}
        assert link.parameters["measure"] in losses()
        values = read_values(link.parameters["values"])
        sweep = plan(link.config, [(link.parameters["field"], values)], int(link.parameters["seeds"]))
        assert len(sweep.configs) == len(values)


def test_the_second_lesson_ends_with_a_sweep_over_optimizers():
    (link,) = LESSONS[2].links
    assert read_values(link.parameters["values"]) == ["gd", "sgd", "momentum", "adam"]


@pytest.mark.quality
def test_the_optimizers_of_that_sweep_come_down_in_the_order_that_is_told():
    (link,) = LESSONS[2].links
    assert link.config is not None
    sweep = plan(link.config, [("optimizer", read_values(link.parameters["values"]))], 1)
    losses = []
    for config in sweep.configs:
        *_, last = (event for event in train(config) if isinstance(event, Evaluated))
        losses.append(last.recon)
    baseline, sgd, momentum, adam = losses
    assert baseline > 200, "hardly below the mean image's 205.8"
    assert baseline > sgd + 20 > sgd > momentum + 2 > momentum > adam + 2


# What the answers say, of the finished examples


def test_pca_needs_about_8_numbers_for_what_the_autoencoder_does_with_2(examples: RunStore):
    data, model = load("mnist"), load_run(examples.get("ae-2d")).model
    images, components = data.x_test[:1000], fitted(data, 20_000)
    error = IMAGE.squared_errors(images, decode(model, embed(model, images).mean)).mean()
    by_pca = {
        size: IMAGE.squared_errors(images, components.reconstruct(images, size)).mean() for size in DIMENSIONS
    }
    assert min(by_pca, key=lambda size: abs(by_pca[size] - error)) == 8


def test_the_kl_begins_near_0_and_rises_while_the_reconstruction_falls_faster(examples: RunStore):
    steps = History(examples.get("vae-2d")).steps
    late = next(index for index, step in enumerate(steps["step"]) if step >= 100)
    assert steps["kl"][0] < 0.5
    rise, fall = steps["kl"][late] - steps["kl"][0], steps["recon"][0] - steps["recon"][late]
    assert 1 < rise < fall


def test_unit_normal_draws_reach_some_classes_of_the_ae_and_nearly_all_of_the_vae(examples: RunStore):
    data, reached = load("mnist"), {}
    for name in ("ae-2d", "vae-2d"):
        codes = embed(load_run(examples.get(name)).model, data.x_test).mean
        found = [reach(prior_draws(40, 2, 1.0, seed), codes, data.y_test) for seed in range(5)]
        reached[name] = np.mean([each.classes for each in found])
        wide = reach(prior_draws(400, 2, 20.0, 0), codes, data.y_test)
        assert wide.in_holes > 0.15
    assert reached["ae-2d"] < 9 < reached["vae-2d"]


def test_about_half_of_ten_dimensions_are_active_at_beta_4(examples: RunStore):
    measures = read_measures(examples.get("beta-vae"))
    assert measures is not None
    assert measures.values["active_units"] in (4, 5, 6)


def test_in_the_finished_sweep_the_elbo_is_best_at_beta_1_and_the_rate_falls_with_beta():
    found = {
        name: {band.values[0]: band.mean for band in bands(example().results, name)} for name in losses()
    }
    assert min(found["neg_elbo"], key=found["neg_elbo"].__getitem__) == 1
    rates = [found["kl"][beta] for beta in sorted(found["kl"])]
    assert rates == sorted(rates, reverse=True)
    assert found["recon"][10] > found["recon"][1] + 10
    assert found["kl"][0.1] - found["kl"][1] == pytest.approx(5, abs=0.5)
