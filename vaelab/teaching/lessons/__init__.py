"""Six short lessons on autoencoders, as data: their texts, questions and links.

LESSONS[3].question.ask      # lessons count from 1
"""

from vaelab.teaching.lessons.beta import BETA
from vaelab.teaching.lessons.bottleneck import BOTTLENECK
from vaelab.teaching.lessons.elbo import ELBO
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement
from vaelab.teaching.lessons.loss import LOSS
from vaelab.teaching.lessons.posterior import POSTERIOR
from vaelab.teaching.lessons.twins import TWINS

__all__ = ["LESSONS", "Formula", "Lesson", "Link", "Question", "Recipe", "Statement"]

LESSONS: dict[int, Lesson] = dict(enumerate((BOTTLENECK, LOSS, POSTERIOR, ELBO, TWINS, BETA), 1))
"""All lessons by their number; each builds on those before it."""
