"""The page itself, run by Streamlit for each change: filters, chart, sentences. ``flows.explore`` starts it.

The text of articles is hostile: it goes through ``st.text``, ``st.code`` and the cells of a table only, which show text as
text. Markdown would fetch the pictures and make the links that a text asks for.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import streamlit as st

from flows.exploring.charts import draw_periods
from flows.exploring.controls import adopt_address, follow, show_filters
from flows.exploring.data import (
    SENTENCES_AT_ONCE,
    Choices,
    View,
    export,
    read_choices,
    read_edition,
    read_mention,
    read_view,
    reading,
    safe_link,
    stamp_of,
)
from flows.exploring.filters import Filters
from flows.querying import QueryError

LOOK_AGAIN_SECONDS = 10
# What a cell of the table has room for; the sentence in full stands below it.
SHORT = 165


@st.cache_data(max_entries=4, show_spinner=False)
def choices_of(edition: tuple[str, str], _connection: duckdb.DuckDBPyConnection) -> Choices:
    """What can be chosen, read once for each published file."""
    return read_choices(_connection)


@st.cache_data(max_entries=64, show_spinner=False)
def view_of(edition: tuple[str, str], filters: Filters, _connection: duckdb.DuckDBPyConnection) -> View:
    """A view, read once for each published file and filters; the edition is part of the key, so no old view outlives its file."""
    return read_view(_connection, filters)


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def look_again(published: Path, stamp: tuple[int, int]) -> None:
    """Show the page anew when another file was published meanwhile."""
    if stamp_of(published) != stamp:
        st.rerun()


def show_totals(view: View, filters: Filters) -> None:
    """Stories by side; plans, possibilities and denials on their own."""
    totals = view.totals
    shown = {"Stories": "stories", "Cooperation": "cooperation", "Conflict": "conflict", "Standing": "standing"}
    if set(filters.statuses) & {"planned", "hypothetical"}:
        shown["Planned or possible"] = "not_yet"
    if "negated" in filters.statuses:
        shown["Denied"] = "denied"
    with st.container(horizontal=True, gap="medium"):
        for label, name in shown.items():
            st.metric(label, f"{totals[name]:,}", width="content")
    st.caption("Stories, not copies. A story may count on both sides. Cooperation, conflict and standing relations: what is said to be actual.")


def show_chart(view: View) -> None:
    """One small chart for each side and status, then the dyads."""
    charts = draw_periods(view.periods, view.unit)
    for title, chart in charts:
        st.markdown(f"**{title}**, stories by {view.unit}")
        st.altair_chart(chart, width="stretch", alt=f"{title}: stories by {view.unit}")
    if charts:
        first, last = view.span
        st.caption(f"{first} to {last}. Without a filter on time, the first and last hundredth of the dated sentences are not drawn.")
    labels = {name: st.column_config.Column(label, width=width) for name, label, width in (
        ("dyad", "Dyad", 78), ("stories", "Stories", 58), ("cooperation", "Cooperation", 86), ("conflict", "Conflict", 64), ("standing", "Standing", 68),
        ("not_yet", "Not yet", 60), ("denied", "Denied", 60))}
    st.markdown("**Dyads**, stories")
    empty = [n for n in ("not_yet", "denied") if not view.totals[n]]
    st.dataframe(view.dyads.drop(empty), hide_index=True, column_config=labels, height=min(300, 38 + 35 * max(1, view.dyads.height)), key="dyads")


def show_sentences(view: View, filters: Filters, edition: tuple[str, str]) -> str | None:
    """The table of the sentences; gives the id of the one that is chosen, or of the first."""
    count, ids = view.totals["sentences"], view.sentences["mention_id"].to_list()
    pages = max(1, -(-count // SENTENCES_AT_ONCE))
    first = (filters.page - 1) * SENTENCES_AT_ONCE + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**Sentences** {first:,} to {first + len(ids) - 1:,} of {count:,}" if ids else f"**Sentences** none here, {count:,} in all")
        if pages > 1 or filters.page > pages:
            st.number_input(f"Page of {pages:,}", min_value=1, max_value=max(pages, filters.page), key="page", width=150)
    columns = {
        "sentence": st.column_config.TextColumn("Sentence", width=305), "act": st.column_config.TextColumn("Act", width=92),
        "day": st.column_config.DateColumn("Day", width=88, format="YYYY-MM-DD"), "status": st.column_config.TextColumn("Status", width=80),
        "side": st.column_config.TextColumn("Side", width=100),
        "source_id": st.column_config.TextColumn("Source"), "mention_id": st.column_config.TextColumn("Mention"),
        "copy_count": st.column_config.NumberColumn("Copies", help="Articles of the story with this sentence"),
    }
    order = ["sentence", "act", "day", "status", "side", "copy_count", "source_id", "mention_id"]
    chosen = [ids.index(filters.mention_id)] if filters.mention_id in ids else []
    # Another question or file makes another table: a row number must not point at another sentence.
    short = pl.when(pl.col("sentence").str.len_chars() > SHORT).then(pl.col("sentence").str.slice(0, SHORT) + "…").otherwise(pl.col("sentence"))
    table = st.dataframe(
        view.sentences.with_columns(short.alias("sentence")), hide_index=True, column_config=columns, column_order=order, row_height=96, height=470,
        on_select="rerun", selection_mode="single-row",
        selection_default={"selection": {"rows": chosen}}, key=f"sentences {hash((edition, filters.question(), filters.page))}",
    )
    rows = [r for r in table["selection"]["rows"] if r < len(ids)]
    if rows:
        st.session_state.mention_id = ids[rows[0]]
    elif filters.mention_id in ids:
        st.session_state.mention_id = None
    return st.session_state.mention_id or (ids[0] if ids else None)


def show_mention(row: dict[str, Any], home: str) -> None:
    """One sentence in full, its article, its actors, and how to go on from its id."""
    arrow = "↔" if row["is_reciprocal"] else "→"
    with st.container(border=True):
        st.text(row["sentence"])
        st.text(f"{row['source_country']} {arrow} {row['target_country']} · {row['event_type']} · {row['status']} · {row['event_date'] or 'no date'}"
                f" ({row['event_date_precision']}) · confidence {row['confidence']:.2f}")
        said = f"said by {row['speaker'] or ''} ({row['speaker_country']})" if row["speaker_country"] else "in the reporter's voice"
        actors = [f"{role}: {name}{f', {title}' if title else ''} ({country})" for role, name, title, country in row["actors"]]
        st.text("\n".join([f"{said} · sectors: {row['sectors'] or 'none'}", *actors]))
        day = row["published_at"].date() if row["published_at"] else "no date"
        st.text(f"{row['title'] or '(no title)'} · {row['source_name'] or row['source_id']} · {day}")
        link = safe_link(row["url"])
        if link:
            st.link_button("Open the article", link)
        with st.expander("The sentence in its article"):
            st.text(f"… {row['before'].lstrip()}\n\n{row['sentence']}\n\n{row['after'].rstrip()} …")
        where = f"--home {shlex.quote(home)}"
        st.code(f"bilateral explain {row['mention_id']} {where}\n"
                f"bilateral query \"SELECT * FROM mentions WHERE mention_id = '{row['mention_id']}'\" {where}", language=None, wrap_lines=True)


def show_exports(published: Path, filters: Filters, count: int) -> None:
    """CSV and Parquet of all that is chosen; they are made when asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for form, mime in (("csv", "text/csv"), ("parquet", "application/octet-stream")):
            st.download_button(form.upper() if form == "csv" else "Parquet", partial(export, published, filters, form), f"bilateral.{form}", mime,
                               on_click="ignore", disabled=not count, key=f"export {form}", icon=":material/download:")
        st.caption(f"All {count:,} sentences chosen, with sectors, article and ids.")


def show_page(published: Path) -> None:
    """The whole page for one run of the script. Raises ``QueryError`` where the file cannot be read."""
    with reading(published) as connection:
        edition = read_edition(connection)
        with st.sidebar:
            st.markdown("#### Bilateral")
            filters = show_filters(choices_of(edition, connection))
        view = view_of(edition, replace(filters, mention_id=None), connection)
        show_totals(view, filters)
        left, right = st.columns([2, 3], gap="medium")
        with left:
            show_chart(view)
        with right:
            mention_id = show_sentences(view, filters, edition)
            row = read_mention(connection, mention_id) if mention_id else None
            if row:
                show_mention(row, str(published.parent))
            show_exports(published, filters, view.totals["sentences"])
    follow(replace(filters, mention_id=st.session_state.mention_id))
    st.caption(f"Published {edition[1][:19]} UTC by run {edition[0]}.")


def main() -> None:
    """The page on the published file of ``BILATERAL_HOME``."""
    st.set_page_config(page_title="Bilateral: explore", layout="wide", initial_sidebar_state=350)
    published = Path(os.environ["BILATERAL_HOME"]) / "published.duckdb"
    stamp = stamp_of(published)
    adopt_address()
    if st.session_state.aside:
        st.warning("The address asks for what is not known here; it was left aside:")
        st.text("\n".join(st.session_state.aside))
    try:
        show_page(published)
    except QueryError as error:
        st.error("The published file cannot be read.")
        st.text(str(error))
    look_again(published, stamp)


main()
