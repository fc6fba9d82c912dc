"""The terminal of ``bilateral review``: a row on the screen, a question and its answer. Article text is shown as text, never as markup."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console, Group
from rich.panel import Panel
from rich.prompt import Prompt
from rich.text import Text

from flows.querying import QueryError
from flows.review_items import Item
from flows.reviewing import KEYS, Session, login_name, review
from warehouse.store import Home

STYLES: Final = {"source": "bold cyan", "target": "bold magenta", "trigger": "bold black on yellow"}
# Brackets beside the colours: a screen without colours, or eyes that do not see them, have the marks too.
BRACKETS: Final = {"source": ("[1 ", "]"), "target": ("[2 ", "]"), "trigger": ("*", "*")}


def draw(item: Item, number: int, total: int) -> Panel:
    """The row as a panel: sentence before, the sentence with its marks, the coding in words."""
    sentence, at = Text(), 0
    for mark in item.marks:
        opening, closing = BRACKETS[mark.kind]
        sentence.append(item.sentence[at : mark.start]).append(opening + item.sentence[mark.start : mark.end] + closing, STYLES[mark.kind])
        at = mark.end
    sentence.append(item.sentence[at:])
    seen = {mark.kind for mark in item.marks}
    carried = [str(item.row[f"{kind}_name"]) for kind in ("source", "target") if kind not in seen]
    parts = [Text(item.before, "dim"), Text(), sentence, Text()] if item.before else [sentence, Text()]
    if carried:
        parts.append(Text(f"not named in the sentence itself: {', '.join(carried)}", "italic"))
    head = Text().append(f"[1] {item.row['source_name']}", STYLES["source"]).append("   ").append(f"[2] {item.row['target_name']}", STYLES["target"])
    parts += [head, *(Text(line, "bold" if place == 0 else "") for place, line in enumerate(item.words) if line)]
    return Panel(Group(*parts), title=Text(f"{number} of {total}"), subtitle=Text(item.mention_id), width=110, padding=(1, 2))


def ask_on(console: Console, question: str, choices: tuple[str, ...]) -> str:
    """One answer from the terminal: one of the choices, or any text where there are none."""
    if choices == tuple(KEYS):
        keys = "  ".join(f"({key}) {word}" for key, word in KEYS.items())
        console.print(Text(keys))
        return Prompt.ask(Text("your key"), console=console, choices=list(choices), show_choices=False)
    if choices:
        console.print(Text("fields: " + ", ".join(c for c in choices if c)))
        return Prompt.ask(Text(question), console=console, choices=list(choices), show_choices=False, default="", show_default=False)
    return Prompt.ask(Text(question), console=console, default="", show_default=False)


def review_here(
    home_path: Path, author: str | None, dyad: str | None = None, near: float | None = None, most: int | None = None, console: Console | None = None,
) -> Session:
    """A sitting at the terminal; returns what it came to. Raises ``QueryError``."""
    from warehouse.export import ExportError, parse_dyad

    try:
        pair = parse_dyad(dyad) if dyad else None
    except ExportError as error:
        raise QueryError(str(error)) from None
    screen = console or Console()

    def show(item: Item, number: int, total: int) -> None:
        screen.print(draw(item, number, total))

    return review(Home(home_path), author or login_name(), show, lambda question, choices: ask_on(screen, question, choices), pair, near, most)


def publish_corrections(home_path: Path) -> str:
    """Publish anew so that the corrections show, without a run; returns what was done, in words."""
    import duckdb

    from warehouse.publish import publish
    from warehouse.store import WarehouseError

    home = Home(home_path)
    if not home.warehouse.exists():
        raise QueryError(f"there is no warehouse in {home.path}: corrections show with the next publish of the home that they lie in")
    with duckdb.connect(str(home.published), read_only=True) as connection:
        row = connection.execute("SELECT run_id FROM snapshot_meta").fetchone()
    try:
        done = publish(home, str(row[0]) if row else "review")
    except WarehouseError as error:
        raise QueryError(str(error)) from error
    return "\n".join([f"published anew: {done.corrections}", *done.notes])
