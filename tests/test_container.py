"""What must hold of Dockerfile and compose.yaml, which are read here: to build them takes an engine."""

import json
import re
import shutil
import subprocess

import pytest

from tests.support.requirements import listed
from vaelab.paths import PROJECT
from vaelab.ui.server.app import routes
from vaelab.ui.web.ending import END_WITHIN

COMPOSE = (PROJECT / "compose.yaml").read_text()
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", "", (PROJECT / "Dockerfile").read_text()).splitlines()
    if line and not line.startswith("#")
]


def all_of(keyword: str) -> list[str]:
    return [rest for word, rest in INSTRUCTIONS if word == keyword]


def variables() -> dict[str, str]:
    return dict(pair.split("=") for text in all_of("ENV") for pair in text.split())


def let_in() -> set[str]:
    """What .dockerignore lets into the image, at the top of the project."""
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    assert "*" in lines, "all that is not named stays out"
    return {line[1:] for line in lines if line.startswith("!")}


def test_what_the_app_needs_is_let_in_and_no_more():
    assert let_in() == {"app.py", "requirements.txt", ".streamlit", "pages", "vaelab", "assets"}
    assert all((PROJECT / name).exists() for name in let_in())
    assert all((PROJECT / text.split()[0]).exists() for text in all_of("COPY"))


@pytest.mark.skipif(shutil.which("sed") is None, reason="there is no sed on this machine")
def test_it_installs_what_the_app_imports_with_pytorch_for_the_processor():
    commands = " ".join(all_of("RUN"))
    first, rest = (re.search(pattern, commands)[0] for pattern in (r"sed -n '[^']+'", r"sed '[^']+'"))

    def names(command: str) -> set[str]:
        said = subprocess.check_output(f"{command} requirements.txt", shell=True, cwd=PROJECT, text=True)
        return {match[0] for line in said.splitlines() if (match := re.match(r"[\w.-]+", line))}

    assert names(first) == {"torch", "torchvision"}
    assert names(rest) == listed("The app")
    assert commands.index("whl/cpu $torch") < commands.index("-r app.txt")


def test_an_ordinary_user_runs_it_and_can_write_where_runs_are_kept():
    words = [word for word, _ in INSTRUCTIONS]
    assert all_of("USER") == ["vaelab"]
    assert words.index("USER") < words.index("CMD")
    assert "RUN" not in words[words.index("USER") :]
    (volume,) = all_of("VOLUME")
    assert f"chown vaelab {volume}" in " ".join(all_of("RUN"))
    assert f":{volume}" in COMPOSE
    assert all(variables()[name].startswith(f"{volume}/") for name in ("VAELAB_RUNS", "VAELAB_CACHE"))


def test_it_is_for_many_and_listens_where_it_says():
    (start,) = map(json.loads, all_of("CMD"))
    assert start[start.index("--server.address") + 1] == "0.0.0.0"
    assert start[start.index("--server.port") + 1] == all_of("EXPOSE")[0]
    assert f'"{all_of("EXPOSE")[0]}:{all_of("EXPOSE")[0]}"' in COMPOSE
    assert "VAELAB_SINGLE_USER" not in variables()
    assert "VAELAB_SINGLE_USER" not in COMPOSE


def test_its_health_is_asked_where_it_is_told():
    (check,) = all_of("HEALTHCHECK")
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", check)
    assert asked[1] == all_of("EXPOSE")[0]
    assert asked[2] in {route.path for route in routes()}
    compile(json.loads(check.split("CMD ")[1])[2], "the check", "exec")


def test_it_is_given_the_time_that_it_takes_to_end():
    grace = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert int(grace[1]) > END_WITHIN
