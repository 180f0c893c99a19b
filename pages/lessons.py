"""Lessons: six short ones, each on a model that is really there."""

from vaelab.ui.learn.page import followed_lesson, index, show_lesson
from vaelab.ui.session.recipe import restore_form
from vaelab.ui.session.state import engine

engine()  # made on the first visit, so that a worker is warm when a recipe is trained

restore_form()
number = followed_lesson()
if number is None:
    index()
else:
    show_lesson(number)
