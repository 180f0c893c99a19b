"""requirements.txt names what is imported and no more; the Makefile does what it says; pip installs all."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from tests.support.requirements import listed
from vaelab import paths
from vaelab.paths import PROJECT

MAKEFILE = (PROJECT / "Makefile").read_text()

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine")


def imported(*paths: str) -> set[str]:
    """Distributions whose modules the Python files at these paths import, wherever in the file."""
    files = [
        file for path in paths for file in [PROJECT / path, *(PROJECT / path).rglob("*.py")] if file.is_file()
    ]
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(node.module.split(".")[0])
    own = {path.stem for path in PROJECT.iterdir()}
    distributions = packages_distributions()
    return {
        distributions.get(module, [module])[0].lower() for module in modules - own - sys.stdlib_module_names
    }


def compared_with() -> set[str]:
    """Packages that only the benchmark uses, where they are installed."""
    files = (PROJECT / "tests" / "benchmarks").glob("requirements-*.txt")
    return {name for file in files for name in re.findall(r"^[\w-]+", file.read_text(), flags=re.MULTILINE)}


def run_by_make() -> set[str]:
    """Distributions of what the Makefile runs: modules, commands, and options of pytest."""
    modules = set(re.findall(r"\$\(python\) -m (\w+)", MAKEFILE)) - {"pip", "streamlit", "tests"}
    commands = set(re.findall(r"\.venv/bin/([\w-]+)", MAKEFILE)) - {"python"}
    owners = {entry.dist.name for entry in entry_points(group="console_scripts") if entry.name in commands}
    plugins = {"pytest-xdist"} if re.search(r"-m pytest .*-n \d", MAKEFILE) else set()
    return modules | owners | plugins


def make(*arguments: str, folder: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make as from a fresh shell, not as a part of the make that may be running this test."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--silent", *arguments]
    return subprocess.run(command, cwd=folder, env=inherited | environment, capture_output=True, text=True)


def test_the_app_lists_what_it_imports_and_no_more():
    assert listed("The app") == imported("app.py", "pages", "vaelab")


def test_the_tests_list_what_they_import_or_make_runs_and_no_more():
    others = imported("tests") | run_by_make()
    assert listed("Tests and checks") == others - listed("The app") - compared_with()


def test_what_the_benchmark_compares_with_is_listed_apart():
    assert imported("tests/benchmarks/programs") - listed("The app") == compared_with() - {
        "jax"
    }  # Keras runs on it


def test_every_requirement_has_a_tested_range_and_a_reason():
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    requirements = [line for line in lines if line and not line.startswith("#")]
    assert requirements
    for line in requirements:
        assert re.fullmatch(r"[\w.-]+(>=[\d.]+,<[\d.]+|==[\d.]+\*) +# \S.+", line), line


@needs_make
def test_help_names_every_target():
    targets = re.findall(r"^([a-z][a-z-]*):(?! *\w+ *[:?]?=)", MAKEFILE, flags=re.MULTILINE)
    described = re.findall(r"^make (\S+) +\S.+$", make("help").stdout, flags=re.MULTILINE)
    assert described == targets
    assert set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE).group(1).split()) == set(targets)
    assert make().stdout == make("help").stdout


@needs_make
@pytest.mark.parametrize(
    ("arguments", "single_user"),
    [
        (["run"], True),
        (["run", "HOST=127.0.0.2"], True),
        (["run", "HOST=0.0.0.0"], False),
        (["run", "HOST=192.168.1.5"], False),
        (["serve"], False),
        (["serve", "HOST=127.0.0.1"], False),
    ],
)
def test_only_run_on_loopback_is_for_a_single_user(arguments, single_user):
    start = make("--dry-run", *arguments).stdout.splitlines()[-1]
    assert "streamlit run app.py" in start
    assert ("VAELAB_SINGLE_USER=1" in start) == single_user


@needs_make
def test_install_happens_once_for_the_same_requirements(tmp_path):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    requirements = tmp_path / "requirements.txt"

    def install() -> subprocess.CompletedProcess[str]:
        return make("install", folder=tmp_path, PYTHON=sys.executable)

    requirements.write_text("./no-such-package\n")
    assert install().returncode != 0
    assert install().returncode != 0, "a failed install is not taken for a finished one"

    requirements.write_text("# nothing\n")
    assert "Filling .venv" in install().stdout
    requirements.touch()
    again = install()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    requirements.write_text("# nothing, in other words\n")
    assert "Filling .venv" in install().stdout


@needs_make
def test_an_unfit_python_gets_one_sentence(tmp_path):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "requirements.txt").touch()
    result = make("install", folder=tmp_path, PYTHON="python1.5")
    assert result.returncode != 0
    assert "Python 3.11 or newer" in result.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what the wheel holds, as pip would install it; large files are linked."""
    folder = tmp_path_factory.mktemp("installed")
    for file in WheelBuilder(str(PROJECT)).recurse_included_files():
        target = folder / file.distribution_path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".py":
            shutil.copyfile(file.path, target)
        else:
            target.symlink_to(file.path)
    return folder


def elsewhere(installed, folder, *command):
    """Run Python in a folder that has nothing of the project, with the installed package."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "VAELAB_RUNS": str(folder / "runs")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_an_installed_package_has_all_that_a_checkout_has(installed, tmp_path):
    code = (
        "from vaelab import paths; "
        "[print(name, value) for name, value in vars(paths).items() if name.isupper() and name[0] != '_']"
    )
    lines = elsewhere(installed, tmp_path, "-c", code).stdout.splitlines()
    found = {name: Path(path) for name, path in (line.split(" ", 1) for line in lines)}
    assert found["PROJECT"] == installed / "vaelab" / "project"
    own = {name: value for name, value in vars(paths).items() if name.isupper() and name[0] != "_"}
    assert found.keys() == own.keys()
    for name, path in found.items():
        assert path.is_relative_to(installed)
        if name != "PROJECT":
            assert files_below(path) == files_below(own[name])


def files_below(path):
    """Names of the files below a folder that the app needs; of a file, its own."""
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    needless = {"__pycache__", "screenshots"}
    return {str(file.relative_to(path.parent)) for file in files if not needless & set(file.parts)}


def test_an_installed_command_line_works_in_another_folder(installed, tmp_path):
    assert elsewhere(installed, tmp_path, "-m", "vaelab", "runs").stdout.startswith("No runs in ")
    refused = elsewhere(installed, tmp_path, "-m", "vaelab", "app", "--port", "many")
    assert (refused.returncode, refused.stderr) == (
        2, "--port: must be a whole number from 1 to 65535, not 'many'.\n"
    )  # fmt: skip


def test_an_installed_app_answers_in_another_folder(installed, tmp_path):
    """It listens on this machine only, and has its settings and the files of the browser's components."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(installed), "VAELAB_WARM": "0"}
    command = [sys.executable, "-m", "vaelab", "app", "--port", str(port)]
    server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        printed = next(line for line in server.stdout if "http" in line)
        assert printed.split() == ["URL:", f"http://127.0.0.1:{port}"]
        for path in ("", "latent-space?run=vae-2d", "lab/health", "lab/components/lib/mount.js"):
            assert answer(f"http://127.0.0.1:{port}/{path}") == 200
    finally:
        server.terminate()
        server.wait(10)


def answer(url, patience=20):
    """The status of an answer, which a server that has just been started may keep one waiting for."""
    for _ in range(patience * 10):
        try:
            with urlopen(url, timeout=5) as response:
                return response.status
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(url)


def test_pip_installs_what_the_app_needs():
    metadata = ProjectMetadata(str(PROJECT), PluginManager())
    names = {re.match(r"[\w.-]+", line).group() for line in metadata.core.dependencies}
    assert names == {name.replace("_", "-") for name in listed("The app")}
