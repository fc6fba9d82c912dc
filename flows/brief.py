"""A brief as a flow: the same page that ``bilateral brief`` writes, from a form or on a schedule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows import steps
from flows.briefing import write_brief
from flows.params import AN_HOUR, HomeFolder, documented
from flows.progress import tell
from flows.settings import load_settings

DYADS = 10
Countries = Annotated[
    list[str],
    Field(max_length=2, description="Two countries, or one for all its partners; ISO codes or English names. Empty takes the top dyads",
          examples=[["FRA", "MAR"]]),
]
Since = Annotated[date | None, Field(description="First day; empty takes the twelve months that end on the last day")]
Until = Annotated[date | None, Field(description="Last day, included; empty takes the last day with data")]
OutFile = Annotated[Path | None, Field(description="HTML file to write; empty writes into the folder briefs of the warehouse")]
Top = Annotated[
    int | None,
    Field(ge=1, le=100, description="With no country: how many dyads, those with most stories on the last day or in the last week; empty takes 10"),
]


@flow(name="brief", flow_run_name=lambda: f"brief {steps.now():%Y-%m-%dT%H:%M}", validate_parameters=True, timeout_seconds=AN_HOUR)
@documented
def brief(
    countries: Countries = [], since: Since = None, until: Until = None, home: HomeFolder = None, out: OutFile = None,  # noqa: B006 - Prefect shows it
    top: Top = None,
) -> dict[str, Any]:
    """Write one self-contained HTML page on two countries, on one country and its partners, or on the dyads with most stories."""
    place = Path(load_settings(home=home).home).absolute()
    page = write_brief(place, countries, since, until, out, top if countries else top or DYADS).absolute()
    tell(f"brief written to {page}")
    create_markdown_artifact(f"[{page.name}]({page.as_uri()}): open it in a browser on this machine, or print it.", key="brief", description="The page")
    return {"page": str(page), "bytes": page.stat().st_size}
