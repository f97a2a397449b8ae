"""`qa webhooks`: who is told of evaluations as they happen, and how it went."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from models.errors import QAError
from qa_platform.access.people import portfolio_ids
from qa_platform.commands.terminal import open_house, out, refusals_told, say, settings
from qa_platform.database import reading, transaction
from qa_platform.pipeline import House
from qa_platform.webhooks import courier
from qa_platform.webhooks import deliveries as sent
from qa_platform.webhooks import endpoints as kept
from qa_platform.webhooks.endpoints import Console

CONSOLE = Console()
STATES = {
    "active": "Active",
    "paused": "Paused",
    "stopped": "Stopped by the receiver",
    "delivered": "Delivered",
    "waiting": "Waiting",
    "given_up": "Given up",
}
Number = Annotated[int, typer.Argument(help="The address's number, as `qa webhooks list` shows it.")]


class NotDelivered(QAError):
    says = "It did not arrive: {what}"
    remedy = "Mend the receiver and try again."


app = typer.Typer(no_args_is_help=True, help="Addresses that evaluation events go to.")


@app.callback()
def _group() -> None:
    """Addresses that evaluation events go to."""


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The receiver's https address.")],
    event: Annotated[list[str] | None, typer.Option(help="A kind of event; repeat it. None: every kind.")] = None,
    portfolio: Annotated[str, typer.Option(help="Only this portfolio, by its code.")] = "",
) -> None:
    """Add an address. Its signing secret is shown once."""
    with refusals_told():
        house = open_house()
        with transaction(house.engine) as session:
            chosen = portfolio_ids(session, [portfolio])[0] if portfolio else None
            number, secret = kept.add_endpoint(
                session,
                CONSOLE,
                url,
                now=datetime.now(UTC),
                kinds=event or (),
                portfolio_id=chosen,
                allow_private=house.settings.webhooks_private,
            )
        out.print(say("Added as number {number}.", number=number))
        out.print(say("Signing secret, shown only now: {secret}", secret=secret), markup=False, soft_wrap=True)


@app.command("list")
def show() -> None:
    """Every address, its state and what waits for it."""
    with refusals_told():
        with reading(open_house().engine) as session:
            found = kept.endpoints(session, CONSOLE)
        table = Table(*(say(title) for title in ("Number", "Address", "Events", "Portfolio", "State", "Waiting")))
        for one in found:
            events, portfolio = ", ".join(one.kinds) or say("All"), one.portfolio or say("All")
            table.add_row(str(one.id), one.url, events, portfolio, say(STATES[one.state]), str(one.waiting))
        out.print(table)


@app.command()
def deliveries(number: Number) -> None:
    """The newest deliveries to one address and what came back."""
    with refusals_told():
        with reading(open_house().engine) as session:
            found = sent.deliveries(session, CONSOLE, number)
        table = Table(*(say(title) for title in ("Number", "Event", "Happened", "State", "Attempts", "What came back")))
        for one in found:
            back = sent.in_words(one.trouble, settings().language) or str(one.status or "–")
            happened = one.created_at.isoformat(sep=" ", timespec="minutes")
            table.add_row(str(one.id), one.kind, happened, say(STATES[one.state]), str(one.attempts), back)
        out.print(table)


@app.command()
def test(number: Number) -> None:
    """Send a test message now and say what the receiver answered."""
    with refusals_told():
        house = open_house()
        with transaction(house.engine) as session:
            written = sent.write_test(session, CONSOLE, number, now=datetime.now(UTC))
        _deliver(house, written)


@app.command()
def retry(delivery: Annotated[int, typer.Argument(help="The delivery's number.")]) -> None:
    """Send one event again now, under its old id."""
    with refusals_told():
        house = open_house()
        with transaction(house.engine) as session:
            sent.open_again(session, CONSOLE, delivery, now=datetime.now(UTC))
        _deliver(house, delivery)


@app.command()
def pause(number: Number) -> None:
    """Send nothing for now; what happens meanwhile waits."""
    with refusals_told(), transaction(open_house().engine) as session:
        kept.pause_endpoint(session, CONSOLE, number, now=datetime.now(UTC))


@app.command()
def resume(number: Number) -> None:
    """Send again, beginning with what waited."""
    with refusals_told(), transaction(open_house().engine) as session:
        kept.resume_endpoint(session, CONSOLE, number, now=datetime.now(UTC))


@app.command()
def delete(number: Number) -> None:
    """Delete an address with its secret, its deliveries and what still waits."""
    with refusals_told(), transaction(open_house().engine) as session:
        kept.delete_endpoint(session, CONSOLE, number, now=datetime.now(UTC))


def _deliver(house: House, delivery_id: int) -> None:
    courier.deliver_now(house.engine, delivery_id, allow_private=house.settings.webhooks_private)
    with reading(house.engine) as session:
        found = sent.delivery(session, CONSOLE, delivery_id)
    if not found.delivered:
        raise NotDelivered(what=sent.in_words(found.trouble, house.settings.language))
    out.print(say("It arrived: the receiver answered {status}.", status=found.status))
