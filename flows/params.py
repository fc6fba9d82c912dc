"""Parameters of the flows. The descriptions are the help texts of the form in the Prefect UI.

They live apart from the flows because a flow loaded by path would meet a second copy of each class.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, ParamSpec, TypeVar, get_type_hints

from pydantic import Field

# Longest times of a run, seconds: one that hangs must not hold the queue of its deployment for ever. What was landed stays.
AN_HOUR = 3600
LONGEST_RUN = 12 * AN_HOUR
A_DAY = 24 * AN_HOUR
P = ParamSpec("P")
R = TypeVar("R")


def documented(function: Callable[P, R]) -> Callable[P, R]:
    """Put the parameters' descriptions into the docstring: Prefect takes the help texts of its form from there and drops those of the fields."""
    hints = get_type_hints(function, include_extras=True)
    lines = [
        f"    {name}: {field.description}" for name, hint in hints.items()
        for field in getattr(hint, "__metadata__", ()) if getattr(field, "description", None)
    ]
    function.__doc__ = f"{function.__doc__}\n\nArgs:\n" + "\n".join(lines) + "\n"
    return function


Paths = Annotated[
    list[Path],
    Field(
        description="Files or folders to read: .txt .html .jsonl .csv .parquet .xml .warc .zip, also .gz and .zst",
        examples=[["tests/samples/articles"]],
    ),
]
SourceIds = Annotated[list[str], Field(description="Sources to read, by their names in sources.toml", examples=[["elysee", "mfa-morocco"]])]
Group = Annotated[str | None, Field(description="Read all sources of this schedule group, for example hourly; empty takes only those named")]
HomeFolder = Annotated[Path | None, Field(description="Folder of the warehouse; empty takes BILATERAL_HOME, else warehouse/data")]
BatchArticles = Annotated[int | None, Field(ge=1, le=20_000, description="Articles in one batch; empty takes the setting (400)")]
DoPublish = Annotated[bool, Field(description="Publish for the analysts when all is loaded and checked")]
RunnerName = Annotated[
    Literal["local", "dask"] | None,
    Field(description="Where articles are coded: local (this process) or dask (workers of a cluster); empty takes the setting (local)"),
]
DaskAddress = Annotated[
    str | None,
    Field(description="Scheduler of an existing Dask cluster; empty makes one on this machine for the run", examples=["tcp://10.0.0.5:8786"]),
]
