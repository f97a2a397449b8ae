"""`qa`: every command of the platform. What they do lives in the use cases; here they are only named."""

from __future__ import annotations

import typer

from qa_platform import one_thread  # noqa: F401 - first, before anything brings numpy
from qa_platform.commands import (
    analyze,
    bench,
    demo,
    draws,
    events,
    export,
    ingest,
    originals,
    people,
    rules,
    search,
    serve,
    tables,
    transcribe,
    watch,
    webhooks,
)

app = typer.Typer(
    name="qa",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a traceback must not show anybody's words
    help="QA and speech analytics for collections: every call and chat heard, judged and ranked.",
)
app.command()(ingest.ingest)
app.command()(watch.watch)
app.command()(analyze.analyze)
app.command()(transcribe.transcribe)
app.command()(serve.serve)
app.command()(serve.work)
app.command()(demo.demo)
app.command()(bench.bench)
app.add_typer(rules.app, name="rules")
app.add_typer(tables.app, name="db")
app.add_typer(people.app, name="user")
app.add_typer(export.app, name="export")
app.add_typer(originals.app, name="originals")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(search.app, name="search")
app.add_typer(events.app, name="events")
app.add_typer(draws.app, name="draws")
