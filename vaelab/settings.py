"""The settings of a server, read from environment variables; the README has the same table."""

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from ipaddress import ip_address
from typing import Any

DEVICES = ("auto", "cpu", "cuda", "mps")


class SettingsError(ValueError):
    """A variable has a value that is not allowed; the text says which values are."""


def _setting(default: str | int | bool, about: str, least: int = 1, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": about, "least": least, "choices": choices})


_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:(?P<port>[0-9]{1,5}))?")
_NUMBERS = re.compile(r"[0-9.]+")


@dataclass(frozen=True)
class Host:
    """A host as it stands in an address."""

    name: str
    """A name in small letters or an IP address in its usual form, one of version 6 in brackets."""
    port: int | None
    """None if the address names none."""


def read_host(text: str) -> Host | None:
    """The host that a text such as `lab.school.org:8443` means; None if it is not one."""
    # The limit is that of names, and keeps what strangers send short.
    matched = _HOST.fullmatch(text.lower()) if len(text) <= 260 else None
    if matched is None:
        return None
    name, port = matched["name"], int(matched["port"]) if matched["port"] else None
    if port is not None and not 1 <= port <= 65535:
        return None
    try:
        if name.startswith("["):
            name = f"[{ip_address(name[1:-1]).compressed}]"
        elif _NUMBERS.fullmatch(name):
            ip_address(name)
    except ValueError:
        return None
    return Host(name, port)


def read_hosts(text: str) -> tuple[Host, ...]:
    """The hosts of `VAELAB_HOSTS`.

    Raises
    ------
    SettingsError
        If what stands between two commas is not a host.
    """
    texts = [each.strip() for each in text.split(",") if each.strip()]
    hosts = [read_host(each) for each in texts]
    if None in hosts:
        wrong = texts[hosts.index(None)]
        raise SettingsError(
            f"VAELAB_HOSTS has {wrong[:40]!r}; it can have names and addresses, with a port where one is "
            "needed and commas in between, such as lab.school.org,192.168.1.5:8600."
        )
    return tuple(filter(None, hosts))


@dataclass(frozen=True)
class Settings:
    """The settings of a server; the variable of each is `VAELAB_` and its name in capitals."""

    runs: str = _setting("runs", "folder of the runs")
    cache: str = _setting("~/.cache/vaelab", "folder of the data sets that are fetched")
    device: str = _setting("auto", "what trains: auto, cpu, cuda or mps", choices=DEVICES)
    single_user: bool = _setting(False, "1: all runs are one's own, and no limit per visitor applies")
    warm: bool = _setting(True, "0: workers and PyTorch are not loaded before a page needs them")
    hosts: str = _setting(
        "",
        "names and addresses, with commas in between, under which browsers reach it besides its own: "
        "`lab.school.org` (port 80, 443 or its own) or `lab.school.org:8443`",
    )
    visitor_running: int = _setting(
        2, "runs of a visitor that train at once (twins count as one); 0: as many as there is room for", 0
    )
    visitor_queued: int = _setting(60, "runs of a visitor that wait or train")
    visitor_runs: int = _setting(200, "runs of a visitor that are kept")
    visitor_gigabytes: int = _setting(10, "gigabytes (10⁹ bytes) that the runs of a visitor take on the disk")
    visitor_upload_megabytes: int = _setting(
        200, "megabytes (2²⁰ bytes) of files that a visitor sends and no page has used yet"
    )
    server_running: int = _setting(
        0,
        "runs that train at once (of twins and sweeps more, which share their threads); "
        "0: one for every four processors",
        0,
    )
    server_queued: int = _setting(600, "runs of all visitors that wait or train")
    server_runs: int = _setting(5000, "runs of all visitors that are kept")
    server_gigabytes: int = _setting(50, "gigabytes (10⁹ bytes) that all runs take on the disk")
    server_upload_megabytes: int = _setting(
        1000, "megabytes (2²⁰ bytes) of files that all visitors send and no page has used yet"
    )
    orphan_minutes: int = _setting(
        30, "minutes without its visitor, or anybody who watches, after which a run is paused; 0: never", 0
    )
    hung_minutes: int = _setting(10, "minutes without a sign of life after which a worker is ended")
    run_minutes: int = _setting(240, "expected minutes of training of a visitor's run on a usual laptop")
    run_epochs: int = _setting(500, "epochs of a visitor's run")
    run_images: int = _setting(1_000_000, "training images of a visitor's run")
    run_megaweights: int = _setting(100, "millions of weights in the network of a visitor's run")


def variable(setting: Field[Any]) -> str:
    """The name of the environment variable of a setting."""
    return f"VAELAB_{setting.name.upper()}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment; a missing or empty variable means the default.

    Raises
    ------
    SettingsError
        If a value is not allowed, or a variable that starts with `VAELAB_` is no setting.
    """
    variables = os.environ if environment is None else environment
    settings = {variable(setting): setting for setting in fields(Settings)}
    if unknown := sorted(name for name in variables if name.startswith("VAELAB_") and name not in settings):
        raise SettingsError(f"{unknown[0]} is no setting; there are {', '.join(sorted(settings))}.")
    texts = {setting: variables.get(name) for name, setting in settings.items()}
    values: dict[str, Any] = {setting.name: _read(setting, text) for setting, text in texts.items() if text}
    read_hosts(values.get("hosts", ""))  # so that a wrong one is told at the start
    return Settings(**values)


def _read(setting: Field[Any], text: str) -> str | int | bool:
    name = variable(setting)
    if isinstance(setting.default, str):
        choices = setting.metadata["choices"]
        if choices and text not in choices:
            raise SettingsError(f"{name} is {text[:40]!r}; it can be {', '.join(choices)}.")
        return text
    if isinstance(setting.default, bool):
        if text not in ("0", "1"):
            raise SettingsError(f"{name} is {text!r}; it can be 0 or 1.")
        return text == "1"
    # No setting needs more than nine digits, and the limit keeps Python from reading endless numbers.
    least = setting.metadata["least"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise SettingsError(f"{name} is {text[:40]!r}; it can be a whole number from {least} to 999999999.")
    return int(text)
