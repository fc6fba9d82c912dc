"""Addresses of articles: one canonical form, and links found in pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that name the way to the article, not the article.
TRACKING = re.compile(r"(?i)^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref_?src|cmpid?|ocid|at_\w+|wt[._]\w+|_ga|spm|ns_\w+|xtor|feature|taid)$")
DEFAULT_PORTS = {"http": 80, "https": 443}
SCHEMES = ("http", "https")


def canonical(address: str) -> str:
    """The address without fragment, tracking parameters, default port and upper case in scheme and host.

    Raises ``ValueError`` for what is no http or https address.
    """
    parts = urlsplit(address.strip())
    if parts.scheme.lower() not in SCHEMES or not parts.hostname:
        raise ValueError(f"{address[:200]!r} is no http or https address")
    scheme, host = parts.scheme.lower(), parts.hostname.lower()
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    place = host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.match(k)]
    return urlunsplit((scheme, place, parts.path or "/", urlencode(kept), ""))


def links(page: bytes, base: str, pattern: str) -> Iterator[str]:
    """Canonical addresses of the page's links that match ``pattern`` (searched in the whole address), in order, each once."""
    from lxml import etree, html

    wanted = re.compile(pattern)
    try:
        tree = html.fromstring(page)
    except (ValueError, TypeError, etree.LxmlError) as error:
        raise ValueError(f"no HTML ({error})") from None
    seen = set()
    for href in tree.xpath("//a/@href"):
        try:
            address = canonical(urljoin(base, str(href)))
        except ValueError:
            continue  # mailto:, javascript:
        if address not in seen and wanted.search(address):
            seen.add(address)
            yield address
