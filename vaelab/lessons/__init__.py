"""Six short lessons on autoencoders, as data: what they say, ask and link to.

LESSONS[3].question.ask      # lessons count from 1
"""

from __future__ import annotations

from vaelab.lessons.beta import BETA
from vaelab.lessons.bottleneck import BOTTLENECK
from vaelab.lessons.elbo import ELBO
from vaelab.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement
from vaelab.lessons.loss import LOSS
from vaelab.lessons.posterior import POSTERIOR
from vaelab.lessons.twins import TWINS

__all__ = ["LESSONS", "Formula", "Lesson", "Link", "Question", "Recipe", "Statement"]

LESSONS: dict[int, Lesson] = dict(enumerate((BOTTLENECK, LOSS, POSTERIOR, ELBO, TWINS, BETA), 1))
"""All lessons by their number, each built on those before."""
