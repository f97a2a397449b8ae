"""`qa serve` and `qa work`: the screen, and the work behind it."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack
from importlib import import_module
from typing import Annotated

import typer
import uvicorn

from qa_platform import jobs
from qa_platform.commands.terminal import open_house, out, refusals_told, say, settings
from qa_platform.pipeline import House
from qa_platform.search import index

SCREEN = "web.app"  # named, not imported: the work never depends on the screen


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also take work in this process.")] = True,
) -> None:
    """Serve the screen, with a worker beside it."""
    with refusals_told():
        settings().signing_key()
        run_web(open_house(), host=host, port=port, worker=worker)


def work() -> None:
    """Take work until stopped. As many of these as wanted may run, on as many hosts, over one PostgreSQL."""
    with refusals_told():
        house = open_house()
        stop = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stop.set())
        _index_older(house)
        with jobs.at_work(house):
            out.print(say("At work. Press Ctrl+C to stop."))
            stop.wait()


def run_web(house: House, *, host: str, port: int, worker: bool) -> None:
    with ExitStack() as beside:
        if worker:
            _index_older(house)
            beside.enter_context(jobs.at_work(house))
        out.print(say("Escucha QA is at {address}. Press Ctrl+C to stop.", address=f"http://{host}:{port}"))
        screen = import_module(SCREEN).create_app(house.settings)
        uvicorn.run(screen, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5)


def _index_older(house: House) -> None:
    """Words stored before there was an index are indexed beside the work; stopped, it goes on at the next start."""
    threading.Thread(target=index.rebuild, args=(house.engine,), name="qa-index", daemon=True).start()
