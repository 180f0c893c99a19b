"""Under which hosts browsers may reach this server: names and addresses, each with its port.

A browser sends the host of the address that it was given. A foreign name there means that somebody has let
the name of a page of theirs resolve to this machine (DNS rebinding), so that the browser takes this server
for a part of that page. It cannot happen with an address such as 192.168.1.5, which is not looked up, nor
with a name that only this machine or its network can give.
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from streamlit import config
from streamlit.net_util import get_internal_ip
from streamlit.web.server.server_util import get_url

from vaelab.settings import Host, read_host, read_hosts, read_settings

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The port that an address of a scheme means when it names none."""

LOOPBACK = [ip_network(text) for text in ("127.0.0.0/8", "::1")]
"""The addresses of this machine for itself."""

PRIVATE = [
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
        "169.254.0.0/16", "fe80::/10",  # what a machine gives itself
        "100.64.0.0/10",  # what providers and networks over other networks give
    )
]  # fmt: skip
"""The addresses of machines in a local network."""

_ORIGIN = re.compile(r"(https?)://([^/]+)")


@dataclass(frozen=True)
class Hosts:
    """The hosts of a server."""

    port: int
    """The server's own."""
    named: frozenset[tuple[str, int]]
    """Names and addresses, with the port of each."""
    in_network: bool = False
    """Whether any private address with the server's port is one, too. Which ones a server has changes with
    its networks, and a container does not know that of its machine."""

    def answer_to(self, text: str) -> bool:
        """Tell whether the content of a request's `Host` is allowed."""
        host = read_host(text)
        if host is None:
            return False
        # Without a port it is 80 or 443: where a proxy ends the encryption, the server cannot know which.
        ports = DEFAULT_PORTS.values() if host.port is None else (host.port,)
        return any((host.name, port) in self.named or self._is_near(host.name, port) for port in ports)

    def trust(self, origin: str, text: str) -> bool:
        """Tell whether a page of this `Origin` may send a request to this `Host`, which is allowed.

        A page of another machine in the local network may not, although its address is allowed as a host.
        """
        matched = _ORIGIN.fullmatch(origin)
        page, host = read_host(matched[2]) if matched else None, read_host(text)
        if matched is None or page is None or host is None:
            return False
        default = DEFAULT_PORTS[matched[1]]
        at = (page.name, default if page.port is None else page.port)
        same = at == (host.name, default if host.port is None else host.port)
        return at in self.named or (same and self._is_near(*at))

    def _is_near(self, name: str, port: int) -> bool:
        """Whether it is an address of this machine for itself, or of its network, with the server's port."""
        return port == self.port and _is_within(name, [*LOOPBACK, *(PRIVATE if self.in_network else [])])


def allowed_hosts() -> Hosts:
    """The hosts of this server, once its port is known.

    Always: those of the machine for itself, the address that the server prints, and `VAELAB_HOSTS`. If it
    listens on the network: private addresses, and the machine's name, alone and with `.local`. These two
    nobody outside of the network can have resolve to anything; a name with a domain would have to be given.
    """
    port = int(config.get_option("server.port"))
    named = {(name, port) for name in ("localhost", "127.0.0.1", "[::1]")}
    for option in ("server.address", "browser.serverAddress"):
        host = read_host(_bracketed(config.get_option(option) or ""))
        if host is not None and host.name not in ("0.0.0.0", "[::]"):
            named |= {(host.name, port), (host.name, int(config.get_option("browser.serverPort") or port))}
    in_network = _is_for_all() or not _is_loopback(config.get_option("server.address"))
    if in_network:
        own = socket.gethostname().lower().partition(".")[0]
        named |= {(own, port), (f"{own}.local", port), (get_internal_ip() or "127.0.0.1", port)}
    return Hosts(port, frozenset(named | set(_given(read_hosts(read_settings().hosts), port))), in_network)


def server_url() -> str:
    """The address under which people open the app.

    Streamlit would print it as well, but asks a web service for it if the server listens everywhere.
    """
    address = config.get_option("server.address")
    if config.is_manually_set("browser.serverAddress"):
        address = config.get_option("browser.serverAddress")
    elif _is_for_all():
        # Of all networks, the one through which other machines are reached. No packet is sent to find it.
        address = get_internal_ip() or "127.0.0.1"
    return get_url(_bracketed(address))


def _given(hosts: Iterable[Host], port: int) -> Iterable[tuple[str, int]]:
    for host in hosts:
        # Without a port: behind a proxy, or with a name that people type with the port of the server.
        for each in (*DEFAULT_PORTS.values(), port) if host.port is None else (host.port,):
            yield host.name, each


def _is_for_all() -> bool:
    """Whether the server listens on every address of the machine."""
    return config.get_option("server.address") in (None, "", "0.0.0.0", "::")


def _is_loopback(address: str) -> bool:
    return address == "localhost" or _is_within(_bracketed(address), LOOPBACK)


def _is_within(name: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return any(address in network for network in networks)


def _bracketed(address: str) -> str:
    """An address as it stands in a URL."""
    return f"[{address}]" if address.count(":") > 1 and not address.startswith("[") else address
