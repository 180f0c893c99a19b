"""Lessons: six short lessons, each with experiments on trained models."""

from vaelab.ui.learn.page import followed_lesson, index, show_lesson
from vaelab.ui.session import engine, restore_form

engine()  # the first visit starts it, so that a worker is warm when a recipe is trained

restore_form()
number = followed_lesson()
if number is None:
    index()
else:
    show_lesson(number)
