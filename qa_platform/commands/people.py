"""`qa user`: people who may sign in."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from models.people import Role
from qa_platform.access import people
from qa_platform.commands.terminal import open_house, out, refusals_told, say
from qa_platform.database import transaction

app = typer.Typer(no_args_is_help=True, help="People who may sign in.")


@app.callback()
def _group() -> None:
    """People who may sign in."""


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The address they sign in with.")],
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.ANALYST,
    language: Annotated[str, typer.Option(help="es or en.")] = "es",
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    portfolio: Annotated[list[str] | None, typer.Option(help="Portfolio code; repeat it. None: all of them.")] = None,
) -> None:
    """Add a person. Without --password-stdin a first password is made up and shown once."""
    with refusals_told():
        house = open_house()
        password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
        with transaction(house.engine) as session:
            people.add_person(
                session,
                email=email,
                name=name or email.partition("@")[0],
                role=role,
                password=password,
                now=datetime.now(UTC),
                language=language,
                every_portfolio=not portfolio,
                portfolios=people.portfolio_ids(session, portfolio or ()),
                first_password=not password_stdin,
            )
        out.print(say("Added {email} as {role}.", email=email, role=role.value))
        if not password_stdin:
            out.print(say("First password, shown only now: {password}", password=password))
