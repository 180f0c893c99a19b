"""Whatever is written behind a flag of a recipe is a value of its field, or refused in a sentence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vaelab.cli.flags import Refused, recipe
from vaelab.cli.main import _parsed
from vaelab.config import FIELD_NAMES, RunConfig

texts = st.text(max_size=12) | st.integers().map(str) | st.floats().map(str)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELD_NAMES, "preset"]), texts, max_size=4))
def test_any_values_are_a_recipe_or_a_sentence(given_values: dict[str, str]) -> None:
    flags = [f"--{name.replace('_', '-')}={text}" for name, text in given_values.items()]
    config, sentence = None, ""
    try:
        config = recipe(_parsed(["train", *flags]))
    except Refused as refusal:
        sentence = str(refusal).lower().replace("-", "_")
    if config is None:
        assert any(name in sentence for name in given_values)
    else:
        assert RunConfig.model_validate(config.model_dump()) == config
