"""The state of a visit: the chosen run, the recipe, the address and the display; and the shared engine.

This is the only package that writes Streamlit's session state, except for the widgets' own keys.
"""

from vaelab.ui.session.address import (
    PageChoices,
    in_this_link,
    is_new,
    must_be,
    page_link,
    parameter,
    with_display,
    write_address,
)
from vaelab.ui.session.chosen import choose, chosen_run, follow_run_link, open_run
from vaelab.ui.session.following import follow, is_tick, next_look, watches
from vaelab.ui.session.linked import linked_run
from vaelab.ui.session.pages import VIEWS
from vaelab.ui.session.pca_errors import pca_error
from vaelab.ui.session.readers import interval_text, one_of, point, whole_number
from vaelab.ui.session.recipe import fill_form, recipe_now, restore_form
from vaelab.ui.session.recipe_link import (
    OPEN_SEED,
    address_of,
    link_to,
    parameters_of,
    short_parameters_of,
)
from vaelab.ui.session.standing import standing_of_all, waits, words_of
from vaelab.ui.session.state import (
    dataset,
    engine,
    find_run,
    history,
    intake,
    is_own,
    may_change,
    own_runs,
    saved_at,
    store,
    test_codes,
    trained,
)
from vaelab.ui.session.steering import (
    ask,
    ask_to_start,
    held_dials,
    let_go,
    refuse,
    stop,
    tell_refusal,
    turn_dials,
)
from vaelab.ui.session.text import plain
from vaelab.ui.session.visits import put, take_choice, take_next_seed, visit, visitor

__all__ = [
    "OPEN_SEED",
    "VIEWS",
    "PageChoices",
    "address_of",
    "ask",
    "ask_to_start",
    "choose",
    "chosen_run",
    "dataset",
    "engine",
    "fill_form",
    "find_run",
    "follow",
    "follow_run_link",
    "held_dials",
    "history",
    "in_this_link",
    "intake",
    "interval_text",
    "is_new",
    "is_own",
    "is_tick",
    "let_go",
    "link_to",
    "linked_run",
    "may_change",
    "must_be",
    "next_look",
    "one_of",
    "open_run",
    "own_runs",
    "page_link",
    "parameter",
    "parameters_of",
    "pca_error",
    "plain",
    "point",
    "put",
    "recipe_now",
    "refuse",
    "restore_form",
    "saved_at",
    "short_parameters_of",
    "standing_of_all",
    "stop",
    "store",
    "take_choice",
    "take_next_seed",
    "tell_refusal",
    "test_codes",
    "trained",
    "turn_dials",
    "visit",
    "visitor",
    "waits",
    "watches",
    "whole_number",
    "with_display",
    "words_of",
    "write_address",
]
