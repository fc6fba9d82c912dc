"""Which addresses may be spoken to: names are resolved here, every resolved address is judged, and the connection goes to just that address.

So a name that answers with a public address when it is checked and with a private one when it is used gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import anyio
import httpcore
import httpx

Resolver = Callable[[str, int], Awaitable[list[str]]]
# NAT64 and 6to4 carry an IPv4 address inside; the inner one is judged.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(httpx.RequestError):
    """A private, loopback or otherwise special address that the source may not reach."""


async def resolve(host: str, port: int) -> list[str]:
    """Addresses of ``host`` in the order of the system's resolver. Raises ``OSError`` if there is none."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """May the public net be at this address? False for private, loopback, link-local, multicast, reserved and embedded ones of these."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections only to addresses that ``is_public`` allows, unless private ones are allowed for the host."""

    def __init__(self, resolver: Resolver = resolve, connector: httpcore.AsyncNetworkBackend | None = None) -> None:
        self.resolver = resolver
        self.connector = connector or httpcore.AnyIOBackend()
        self.private_hosts: set[str] = set()

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                          socket_options: Iterable[Any] | None = None) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self.resolver(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} has no address ({error})") from error
        if host not in self.private_hosts:
            bad = [a for a in addresses if not is_public(a)]
            if bad:
                raise ForbiddenAddress(f"{host} is at {bad[0]}, a private or special address: set allow_private = true if it is your own server")
        last: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            try:
                return await self.connector.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                last = failed
        raise last

    async def connect_unix_socket(self, path: str, timeout: float | None = None,
                                  socket_options: Iterable[Any] | None = None) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("sources are never read through a socket file")

    async def sleep(self, seconds: float) -> None:
        await self.connector.sleep(seconds)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport on the guarded backend. httpx takes no backend itself, so its pool is given one."""

    def __init__(self, backend: GuardedBackend, **options: Any) -> None:
        super().__init__(**options)
        self._pool._network_backend = backend
