"""The sources as data: ``sources.toml``, one table a source, read and checked; a source is added by writing its lines."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Kind = Literal["feed", "sitemap", "list", "page", "gdelt", "folder", "archive"]
OutletType = Literal["wire", "press", "ministry", "broadcaster", "other"]
NETWORK_KINDS = ("feed", "sitemap", "list", "page")


class SourcesError(ValueError):
    """``sources.toml`` cannot be used; the message names file, source and mend."""


class Source(BaseModel):
    """One source. The descriptions are what ``bilateral sources list --help`` and the docs say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="Short stable name, the table's own name in the file")]
    name: Annotated[str, Field(min_length=1, description="Outlet or ministry as a reader knows it")]
    kind: Kind = Field(description="feed, sitemap, list (page of links), page, gdelt (list of addresses), folder (files), archive (WARC)")
    address: Annotated[list[str], Field(min_length=1, description="Address or addresses; for folder, archive and gdelt also a path or an fsspec address")]
    link_pattern: str | None = Field(default=None, description="Regular expression that article links match (list), or addresses to keep (sitemap, gdelt)")
    full_text: Literal["auto", "always", "never"] = Field(default="auto", description="Fetch the page behind a feed's entry: if it is a teaser, always, never")
    outlet_type: OutletType = Field(default="other", description="wire, press, ministry, broadcaster or other")
    country: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$", description="Country of the outlet, ISO 3166-1 alpha-3")] = None
    language: Annotated[str | None, Field(pattern=r"^[a-z]{2}$", description="Language expected, ISO 639-1")] = None
    group: str = Field(default="hourly", description="Schedule group: the deployment that runs it")
    articles_per_day: Annotated[float | None, Field(gt=0, description="Articles expected a day; a source is dry after three times its usual gap")] = None
    delay_seconds: Annotated[float, Field(ge=0, description="Pause between two requests to one host")] = 1.0
    parallel: Annotated[int, Field(ge=1, le=16, description="Requests at once to one host")] = 2
    most_articles: Annotated[int, Field(ge=1, description="Most articles fetched in one run")] = 500
    respect_robots: bool = Field(default=True, description="Ask robots.txt; false only with the publisher's leave")
    allow_private: bool = Field(default=False, description="May its address be private or loopback? For your own servers only")

    @field_validator("address", mode="before")
    @classmethod
    def one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("link_pattern")
    @classmethod
    def is_a_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"no regular expression ({error})") from None
        return value

    @model_validator(mode="after")
    def fits_its_kind(self) -> Source:
        if self.kind == "list" and not self.link_pattern:
            raise ValueError("kind list needs a link_pattern that tells article links from others")
        if self.kind in NETWORK_KINDS and (wrong := [a for a in self.address if not a.lower().startswith(("http://", "https://"))]):
            raise ValueError(f"address {wrong[0]!r} is no http or https address; for files take kind folder")
        return self


def read_sources(path: Path) -> list[Source]:
    """The sources of the file, in its order. Raises ``SourcesError``; a missing file is one."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourcesError(f"{path}: no such file; copy sources.example.toml, or set BILATERAL_SOURCES") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesError(f"{path}: cannot be read ({error}); mend the file") from None
    unknown = [k for k in data if k not in ("sources", "defaults")]
    if unknown or not isinstance(data.get("sources"), dict):
        raise SourcesError(f"{path}: expected tables [sources.NAME] and maybe [defaults]{f', found {unknown[0]!r}' if unknown else ''}")
    defaults = data.get("defaults", {})
    found = []
    for name, values in data["sources"].items():
        if not isinstance(values, dict):
            raise SourcesError(f"{path}, [sources.{name}]: expected a table of settings")
        try:
            found.append(Source(**({"name": name} | defaults | values | {"id": name})))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the source"
            raise SourcesError(f"{path}, [sources.{name}]: {field}: {first['msg'].removeprefix('Value error, ')}") from None
    return found


def choose(sources: list[Source], ids: list[str] | None = None, group: str | None = None) -> list[Source]:
    """The sources named, or those of a schedule group, or all. Raises ``SourcesError`` for a name that is not there."""
    if ids:
        known = {s.id: s for s in sources}
        missing = [i for i in ids if i not in known]
        if missing:
            raise SourcesError(f"no source {missing[0]!r}; there are {', '.join(known) or 'none'}")
        return [known[i] for i in ids]
    chosen = [s for s in sources if group is None or s.group == group]
    if not chosen and group is not None:
        raise SourcesError(f"no source in group {group!r}; groups are {', '.join(sorted({s.group for s in sources})) or 'none'}")
    return chosen


def add_source(path: Path, source: Source) -> None:
    """Append the source's lines to the file; what stands there stays, comments too. Raises ``SourcesError`` if the name is taken."""
    if path.exists() and source.id in {s.id for s in read_sources(path)}:
        raise SourcesError(f"{path}: source {source.id!r} is there already; edit its lines")
    lines = [f"\n[sources.{source.id}]"]
    for key, value in source.model_dump(exclude_defaults=True, exclude={"id"}).items():
        lines.append(f"{key} = {_toml(value[0] if key == 'address' and len(value) == 1 else value)}")
    before = path.read_text(encoding="utf-8") if path.exists() else "# Sources of Bilateral: one table a source; see docs/ingestion.md\n"
    scratch = path.with_suffix(".part")
    scratch.write_text(before.rstrip("\n") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    scratch.replace(path)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}'" if "\\" in text and "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
