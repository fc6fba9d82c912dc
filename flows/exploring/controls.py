"""The filters as widgets beside the page; a new session takes them from the address, and the address follows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from flows.exploring.data import Choices
from flows.exploring.filters import LISTS, SIDES, WORDS_LIMIT, Filters, from_address, to_address
from warehouse.tables import EVENT_TYPES, SECTORS, STATUSES

FIELDS = (*(name for name, _ in LISTS.values()), "is_one_way", "since", "until", "words")
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
STATUS_NAMES = {"actual": "actual", "planned": "planned", "hypothetical": "possible", "negated": "denied"}


def adopt_address() -> None:
    """The first run of a session: the widgets, the page number and the sentence chosen become those of the address."""
    if "statuses" in st.session_state:  # widgets that an error kept from being drawn are forgotten: then the address is read again
        return
    filters, aside = from_address({key: st.query_params.get_all(key) for key in st.query_params})
    _put(filters)
    st.session_state.update(aside=aside, page=filters.page, mention_id=filters.mention_id, asked=filters.question())


def _put(filters: Filters) -> None:
    for name in FIELDS:
        value = getattr(filters, name)
        st.session_state[name] = list(value) if isinstance(value, tuple) else value


def _clear() -> None:
    _put(Filters())


def show_filters(choices: Choices) -> Filters:
    """The widgets, and the filters that they stand for. Another question begins on its first page with no sentence chosen."""
    state = st.session_state
    # A country or source of the address that the file does not have must still be seen, for it is why nothing is shown.
    countries = choices.countries | {c: c for c in (*state.countries, *state.partners) if c not in choices.countries}
    sources = choices.sources | {s: s for s in state.sources if s not in choices.sources}
    labels = {c: f"{name} ({c})" if name != c else c for c, name in countries.items()}
    st.multiselect("Country", list(countries), format_func=labels.__getitem__, key="countries", placeholder="any")
    st.multiselect("With", list(countries), format_func=labels.__getitem__, key="partners", placeholder="any")
    st.toggle("Only what the first does to the second", key="is_one_way", help="What both do to each other stays.")
    left, right = st.columns(2)
    left.date_input("From", key="since", min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD")
    right.date_input("Until", key="until", min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD")
    st.pills("Status", STATUSES, selection_mode="multi", format_func=STATUS_NAMES.__getitem__, key="statuses",
             help="Plans, possibilities and denials are no facts: they are never in the counts of cooperation and conflict.")
    st.pills("Side", SIDES, selection_mode="multi", key="sides", help="None chosen: all.")
    st.multiselect("Event type", EVENT_TYPES, key="event_types", placeholder="any")
    st.multiselect("Sector", SECTORS, key="sectors", placeholder="any")
    st.multiselect("Source", list(sources), format_func=sources.__getitem__, key="sources", placeholder="any")
    st.text_input("Words in the sentence", key="words", max_chars=WORDS_LIMIT)
    st.button("Clear the filters", on_click=_clear, width="stretch")
    given: dict[str, Any] = {name: tuple(state[name]) if isinstance(state[name], list | tuple) else state[name] for name in FIELDS}
    filters = Filters(**given)
    if filters != state.asked:
        state.update(asked=filters, page=1, mention_id=None, aside=[])
    return replace(filters, page=state.get("page", 1), mention_id=state.mention_id)


def follow(filters: Filters) -> None:
    """Write the filters into the address, so that the address shows the same view again."""
    address: dict[str, Any] = to_address(filters)
    if {key: st.query_params.get_all(key) for key in st.query_params} != address:
        st.query_params.from_dict(address)
