"""The settings of a server: read from the environment, and listed in the README."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from vaelab.paths import PROJECT
from vaelab.settings import Settings, SettingsError, read_settings, variable

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(VAELAB_\w+)` \| `([^`]*)` \| (.*) \|$", README, re.MULTILINE)

    def default(value: object) -> str:
        return str(int(value) if isinstance(value, bool) else value)

    assert rows == [
        (variable(each), default(each.default), each.metadata["about"]) for each in fields(Settings)
    ]


def test_missing_and_empty_variables_mean_the_default() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({variable(each): "" for each in fields(Settings)}) == Settings()


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda each: each.name)
def test_every_variable_sets_its_own_setting(setting) -> None:
    word = next(iter(setting.metadata["choices"][1:]), "x")
    text, value = {
        str: (word, word),
        int: ("7", 7),
        bool: (str(int(not setting.default)), not setting.default),
    }[type(setting.default)]
    assert read_settings({variable(setting): text}) == replace(Settings(), **{setting.name: value})


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "9" * 5000, "²"])
def test_a_limit_is_a_positive_whole_number(text: str) -> None:
    with pytest.raises(SettingsError, match=r"VAELAB_VISITOR_RUNS is .* from 1 to"):
        read_settings({"VAELAB_VISITOR_RUNS": text})


def test_nobody_is_ever_left_alone_where_that_is_set() -> None:
    assert read_settings({"VAELAB_ORPHAN_MINUTES": "0"}).orphan_minutes == 0
    with pytest.raises(SettingsError, match="from 0 to"):
        read_settings({"VAELAB_ORPHAN_MINUTES": "-1"})


def test_a_device_is_one_that_there_may_be() -> None:
    assert read_settings({"VAELAB_DEVICE": "cuda"}).device == "cuda"
    with pytest.raises(SettingsError, match="VAELAB_DEVICE is 'tpu'; it can be auto, cpu, cuda, mps"):
        read_settings({"VAELAB_DEVICE": "tpu"})


def test_a_misspelt_variable_is_told() -> None:
    with pytest.raises(
        SettingsError, match=r"VAELAB_VISITOR_QUEUD is no setting; there are .*VISITOR_QUEUED"
    ):
        read_settings({"VAELAB_VISITOR_QUEUD": "3", "OTHER": "x"})


def test_a_switch_is_0_or_1() -> None:
    with pytest.raises(SettingsError, match="VAELAB_SINGLE_USER is 'yes'; it can be 0 or 1"):
        read_settings({"VAELAB_SINGLE_USER": "yes"})


@pytest.mark.parametrize(
    "text",
    [
        "http://lab.school.org",
        "lab.school.org/x",
        "*",
        "a b",
        "x:0",
        "x:70000",
        "[::x]",
        "::1",
        "ü",
        "192.168.1.300",
        "lab.org.",
    ],
)
def test_a_host_is_a_name_or_an_address_with_or_without_a_port(text: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"VAELAB_HOSTS has {text!r}; it can have names and")):
        read_settings({"VAELAB_HOSTS": f"lab.school.org,{text}"})
    read_settings({"VAELAB_HOSTS": "lab.school.org:8443, 192.168.1.5,[fd00::1]:80,x_y,"})
