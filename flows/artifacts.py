"""What a run shows in the Prefect UI: how far it is, what each source and step gave, what the checks said, which dyads moved.

Keys are the same in every run, so that the UI keeps their history. Outside of a run on a Prefect server nothing is made; a fault in an artifact
never fails a run.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec
from uuid import UUID

from flows.progress import tell
from warehouse.store import Home

if TYPE_CHECKING:
    from flows.steps import Tally

P = ParamSpec("P")
MOVED_ROWS = 10


def _never_fails(make: Callable[P, None]) -> Callable[P, None]:
    """Artifacts are for looking at: without a run there are none, and one that cannot be made is told and left out."""

    @wraps(make)
    def guarded(*given: P.args, **named: P.kwargs) -> None:
        from prefect import runtime
        from prefect.settings import PREFECT_API_URL

        # The ephemeral server of a run from the command line is gone when the run ends: nobody could look, and a picture takes 100 MiB.
        if runtime.flow_run.id is None or not PREFECT_API_URL.value():
            return
        try:
            make(*given, **named)
        except Exception as error:  # noqa: BLE001 - see above
            tell(f"the artifact {make.__name__} could not be made ({type(error).__name__}: {error})")

    return guarded


class Progress:
    """The run's progress artifact: made when the run goes on for more than ten seconds, then moved batch by batch."""

    PATIENCE = 10.0

    def __init__(self) -> None:
        self.artifact: UUID | None = None

    def show(self, share: float, seconds: float) -> None:
        """``share`` of the work is done, 0 to 1, after ``seconds``."""
        if self.artifact is None and seconds < self.PATIENCE:
            return
        _show_progress(self, min(100.0, max(0.0, 100 * share)))


@_never_fails
def _show_progress(progress: Progress, percent: float) -> None:
    from prefect.artifacts import create_progress_artifact, update_progress_artifact

    if progress.artifact is None:
        made = create_progress_artifact(percent, key="progress", description="Share of the input that is read, coded and landed")
        progress.artifact = made if isinstance(made, UUID) else None
    else:
        update_progress_artifact(progress.artifact, percent)


@_never_fails
def show_counts(home: Home, run_id: str, tally: Tally) -> None:
    """Tables of counts: one row a source, one row a step."""
    from prefect.artifacts import create_table_artifact

    from warehouse.store import open_warehouse

    fetched = {s["source_id"]: s for s in tally.sources}
    with open_warehouse(home) as connection:
        written = {r[0]: r[1:] for r in connection.execute(
            "SELECT source_id, count(*), sum(mention_count)::BIGINT, count(*) FILTER (NOT is_lead) FROM articles WHERE run_id = ? GROUP BY ALL", [run_id]
        ).fetchall()}
    rows = []
    for source in sorted({*fetched, *written}):
        report, (articles, mentions, copies) = fetched.get(source, {}), written.get(source, (0, 0, 0))
        rows.append({
            "source": source, "listed": report.get("listed", ""), "fetched": report.get("fetched", ""), "failed": report.get("failed", ""),
            "articles": articles, "copies": copies, "mentions": mentions, "fault": report.get("error") or "",
        })
    create_table_artifact(rows or [{"source": "none", "articles": 0}], key="counts-per-source", description="Articles and mentions written in this run")
    steps = [{"step": name, "seconds": round(seconds, 2)} for name, seconds in tally.seconds.items()]
    totals = {"read": tally.read, "kept": tally.kept, "known": tally.known, "refused": tally.quarantined, "mentions": tally.mentions}
    counts = [{"step": f"{k} (count)", "seconds": v} for k, v in totals.items()]
    create_table_artifact([*steps, *counts], key="counts-per-step", description="Where the time went")


@_never_fails
def show_validation(home: Home, run_id: str, state: str, message: str) -> None:
    """What the checks said, with the way to the Data Docs."""
    from prefect.artifacts import create_markdown_artifact

    from warehouse.store import open_warehouse

    with open_warehouse(home) as connection:
        broken = connection.execute(
            "SELECT suite, expectation, coalesce(column_name, ''), severity, sum(unexpected_count)::BIGINT, any_value(note) FROM validations "
            "WHERE run_id = ? AND NOT is_met GROUP BY ALL ORDER BY 4, 1, 2", [run_id]).fetchall()
        count = connection.execute("SELECT count(*), sum(checked_count)::BIGINT FROM validations WHERE run_id = ?", [run_id]).fetchone() or (0, 0)
        refused = connection.execute("SELECT table_name, count(*) FROM quarantine WHERE run_id = ? GROUP BY ALL ORDER BY 1", [run_id]).fetchall()
    lines = [f"## {state}: {message}", "", f"{count[0]} checks over {count[1] or 0:,} rows; {len(broken)} rules not met.", ""]
    if broken:
        lines += ["| table | rule | column | severity | rows | why the rule exists |", "|---|---|---|---|---|---|"]
        lines += [f"| {s} | {e} | {c} | {v} | {n} | {(note or '').replace('|', '/')} |" for s, e, c, v, n, note in broken]
    if refused:
        lines += ["", "Refused: " + ", ".join(f"{n} of {t}" for t, n in refused) + '. `bilateral query "SELECT row_key, reason FROM quarantine"`, then '
                  "`bilateral requeue`."]
    index = home.data_docs / run_id / "index.html"
    lines += ["", f"Data Docs: [{index}]({index.as_uri()})" if index.exists() else "No Data Docs were written."]
    create_markdown_artifact("\n".join(lines), key="validation", description="What the expectations said of this run")


@_never_fails
def show_movers(home: Home) -> None:
    """The ten dyads that moved most, as a table and as a picture."""
    from prefect.artifacts import create_image_artifact, create_table_artifact

    rows = movers(home.published)
    if not rows:
        return
    create_table_artifact(rows, key="dyads-moved", description="The ten dyads that moved most: the last 30 days against the 30 before")
    picture = base64.b64encode(draw_movers(rows)).decode()
    create_image_artifact(f"data:image/png;base64,{picture}", key="dyads-moved-picture", description="The same as a picture")


def movers(published: Path) -> list[dict[str, Any]]:
    """Rows of the question ``dyads_moved`` on the published file; none where nothing is published."""
    import duckdb

    from warehouse.queries import run_query

    if not published.exists():
        return []
    with duckdb.connect(str(published), read_only=True) as connection:
        return run_query(connection, "dyads_moved").project("* EXCLUDE (before_from, now_from, until)").limit(MOVED_ROWS).pl().to_dicts()


def draw_movers(rows: list[dict[str, Any]]) -> bytes:
    """A PNG: for each dyad the change of cooperating and of quarrelling stories."""
    import altair
    import polars as pl

    bars = pl.DataFrame([
        {"dyad": f"{r['country_a']}–{r['country_b']}", "kind": kind, "change": r[f"{kind}_now"] - r[f"{kind}_before"], "place": place}
        for place, r in enumerate(rows) for kind in ("cooperation", "conflict")
    ])
    changes = [0, *bars["change"].to_list()]
    ticks = list(range(min(changes), max(changes) + 1, max(1, (max(changes) - min(changes)) // 6)))  # whole stories
    by_dyad = altair.EncodingSortField("place", order="ascending")
    chart = altair.Chart(bars, width=420, height={"step": 14}).mark_bar().encode(
        x=altair.X("change:Q", title="change in stories, 30 days against the 30 before", axis=altair.Axis(values=ticks, format="+d")),
        y=altair.Y("kind:N", title=None, axis=None),
        color=altair.Color("kind:N", title=None, scale=altair.Scale(domain=["cooperation", "conflict"], range=["#2b6ca3", "#b5482a"])),
        row=altair.Row("dyad:N", title=None, sort=by_dyad, spacing=2, header=altair.Header(labelAngle=0, labelAlign="left")),
    )
    target = io.BytesIO()
    chart.save(target, format="png", scale_factor=2)
    return target.getvalue()
