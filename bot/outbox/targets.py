"""Where deliveries may go: an allow-list of names and networks, checked again each time a name is looked up."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import BadRequest, SettingsError

_LENGTH_MOST = 2_000
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TargetNotAllowed(BadRequest):
    """Events may not be sent there. Have the operator add the address to FRONTLINE_HOOK_TARGETS."""

    code = "target_not_allowed"


@dataclass(frozen=True)
class Targets:
    """Names (`crm.example`, `*.example`) and networks (`10.1.0.0/16`, `127.0.0.1`) that may be called.

    A listed name may be called where it leads to public addresses; an address in a listed network always, and only
    there without TLS. Nothing listed: nothing is called.
    """

    names: frozenset[str]
    networks: tuple[_Network, ...]

    @classmethod
    def parse(cls, listed: str) -> "Targets":
        """Read a comma separated list.

        Raises:
            SettingsError: an entry is neither a name nor a network.
        """
        names: set[str] = set()
        networks: list[_Network] = []
        for entry in (part.strip().lower() for part in listed.split(",")):
            if not entry:
                continue
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError as exc:
                if "/" in entry or ":" in entry or entry.strip("*.") == "":
                    raise SettingsError(
                        f"FRONTLINE_HOOK_TARGETS has {entry!r}. Write names, *.names or networks such as 10.1.0.0/16."
                    ) from exc
                names.add(entry)
        return cls(frozenset(names), tuple(networks))

    def check_url(self, url: str) -> str:
        """Return the host of a callback that may be subscribed.

        Raises:
            BadRequest: it is no plain http or https address.
            TargetNotAllowed: its host is not listed, or it goes without TLS to one that is listed by name.
        """
        try:
            parts = urlsplit(url)
            host, _ = (parts.hostname or "").rstrip(".").lower(), parts.port
        except ValueError as exc:
            raise BadRequest("callback is not an address that can be called.") from exc
        plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
        if parts.scheme not in ("http", "https") or not host or not plain or len(url) > _LENGTH_MOST:
            raise BadRequest("callback is an http or https address of at most 2,000 characters.")
        if parts.username or parts.password or parts.fragment:
            raise BadRequest("callback has neither a user name nor a fragment.")
        address = _literal(host)
        if address is not None:
            self.allowed(host, [str(address)], tls=parts.scheme == "https")
        elif not self.named(host) and not self.networks:
            raise TargetNotAllowed()
        if parts.scheme == "http" and not (address or self.networks):
            raise TargetNotAllowed("Events go to this callback only over https.")
        return host

    def allowed(self, host: str, addresses: Sequence[str], *, tls: bool) -> list[str]:
        """Those of a host's addresses that may be called.

        Raises:
            TargetNotAllowed: none may; it names no address, so that nobody learns what is inside.
        """
        named = self.named(host)
        fitting = []
        for text in addresses:
            address = _plain(ipaddress.ip_address(text.split("%")[0]))
            listed = any(address in network for network in self.networks if network.version == address.version)
            if listed or (named and tls and _public(address)):
                fitting.append(text)
        if not fitting:
            raise TargetNotAllowed()
        return fitting

    def named(self, host: str) -> bool:
        """Whether a host is listed by its name."""
        host = host.rstrip(".").lower()
        return host in self.names or any(
            name.startswith("*.") and host.endswith(name[1:]) and host != name[2:] for name in self.names
        )


class CheckedResolver(AbstractResolver):
    """Looks names up and gives only addresses that may be called, so that a name cannot lead elsewhere later."""

    def __init__(self, targets: Targets, *, tls: bool) -> None:
        self._targets = targets
        self._tls = tls

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await look_up(host, port)
        try:
            addresses = self._targets.allowed(host, found, tls=self._tls)
        except TargetNotAllowed as exc:
            raise OSError("target not allowed") from exc
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        return None


async def look_up(host: str, port: int = 0) -> list[str]:
    """The addresses of a name; raises `OSError` when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def _literal(host: str) -> _Address | None:
    """The address that a host is, in any spelling that the system's resolver takes for one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if not any(char.isalpha() and char not in "abcdefx" for char in host):
        try:  # 127.1, 0x7f000001, 2130706433
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return None


def _plain(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address


def _public(address: _Address) -> bool:
    inside = not address.is_global or address.is_multicast or address.is_reserved
    if isinstance(address, ipaddress.IPv6Address):
        inside = inside or address.sixtofour is not None or address.teredo is not None
    return not inside
