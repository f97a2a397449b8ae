"""The browser assets: pinned by hash, without addresses, and there."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "web" / "static" / "vendor"


def test_every_package_is_pinned_exactly_and_by_hash_without_an_address() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), wanted
    lock = (ROOT / "package-lock.json").read_text()
    assert "://" not in lock
    packages = {name: package for name, package in json.loads(lock)["packages"].items() if name}
    assert {f"node_modules/{name}" for name in wanted} <= set(packages)
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name


def test_what_the_pages_load_is_there_and_asks_for_nothing_else() -> None:
    assert {"kit.css", "inter.woff2", "htmx.js", "icons.svg"} <= {file.name for file in VENDOR.iterdir()}
    for file in (*VENDOR.glob("*.js"), *VENDOR.glob("*.css")):
        text = file.read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text, file.name
        assert not re.search(r"@import|url\(\s*[\"']?https?:", text), file.name


def test_the_vendor_folder_never_enters_the_repository() -> None:
    assert "web/static/vendor/" in (ROOT / ".gitignore").read_text().split()
