"""The shape of the house: imports run one way, no cycle hides, folders are registries, settings are documented."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_platform.settings import Settings

HOUSE = Path(__file__).parents[1]
PACKAGES = ("web", "qa_platform", "analyzers", "scorecards", "models")
BELOW = {
    "web": {"web", "qa_platform", "analyzers", "scorecards", "models"},
    "qa_platform": {"qa_platform", "analyzers", "scorecards", "models"},
    "analyzers": {"analyzers", "models"},
    "scorecards": {"scorecards", "models"},
    "models": {"models"},
}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 60, 300
FASTER_WHISPER_IN = {
    "qa_platform/ears/transcribe.py",
    "qa_platform/ears/second_hearing.py",
    "qa_platform/yardstick/hearing.py",  # measured against plain use of the same library
}


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in sorted((HOUSE / package).rglob("*.py")) if "versions" not in path.parts)


MODULES = list(_modules())
NAMES = {".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}


def _imports(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever the import stands: inside functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in NAMES else node.module


GRAPH = {name: {target for target in _imports(path) if target in NAMES} - {name} for name, path in NAMES.items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    wrong = [
        (name, target)
        for name, targets in GRAPH.items()
        if name.split(".")[0] == package
        for target in targets
        if target.split(".")[0] not in BELOW[package]
    ]
    assert wrong == []


def test_no_import_cycle_stands_even_hidden_in_a_function() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in sorted(GRAPH[name]):
                visit(target, (*path, name))
            done.add(name)

    for name in GRAPH:
        visit(name, ())


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("fastapi", lambda path: path.startswith("web/")),
        ("starlette", lambda path: path.startswith("web/")),
        ("sqlalchemy", lambda path: not path.startswith(("web/", "analyzers/", "scorecards/"))),
        ("spacy", lambda path: path == "analyzers/language.py"),
        ("faster_whisper", lambda path: path in FASTER_WHISPER_IN or path.startswith("qa_platform/demo/train")),
        ("dbos", lambda path: path == "qa_platform/jobs.py"),
        ("pydantic_settings", lambda path: path == "qa_platform/settings.py"),
    ],
)
def test_a_library_is_known_in_its_own_place_only(library: str, allowed: object) -> None:
    users = {
        str(path.relative_to(HOUSE))
        for path in MODULES
        if any(target.split(".")[0] == library for target in _imports(path))
    }
    assert callable(allowed)
    assert [user for user in sorted(users) if not allowed(user)] == []


@pytest.mark.parametrize("package", ["analyzers", "scorecards"])
def test_judgement_is_pure_it_knows_neither_environment_nor_clock_nor_network(package: str) -> None:
    forbidden = {"os", "socket", "random", "time", "subprocess", "urllib", "requests", "tempfile"}
    wrong = [
        (str(path.relative_to(HOUSE)), target)
        for path in MODULES
        if path.is_relative_to(HOUSE / package)
        for target in _imports(path)
        if target.split(".")[0] in forbidden
    ]
    assert wrong == []


def test_every_init_is_a_docstring_and_nothing_else() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            tree = ast.parse(path.read_text("utf-8"))
            assert (len(tree.body), bool(ast.get_docstring(tree))) == (1, True), path


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(HOUSE)) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def _long_places() -> Iterator[tuple[str, int]]:
    for path in MODULES:
        text = path.read_text("utf-8")
        yield from ((str(path), lines) for lines in [text.count("\n")] if lines > LONGEST_FILE)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{path}:{node.name}", lines
    for path in (HOUSE / "web").rglob("*.html"):
        lines = path.read_text("utf-8").count("\n")
        if lines > LONGEST_TEMPLATE:
            yield str(path), lines


def test_files_and_functions_stay_readable() -> None:
    assert list(_long_places()) == []


def test_the_five_names_belong_to_this_distribution() -> None:
    owners = importlib.metadata.packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, ["qa-platform"])) == {"qa-platform"}, package
        module = importlib.import_module(package)
        assert Path(module.__file__ or "").is_relative_to(HOUSE), package


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (HOUSE / "README.md").read_text("utf-8")
    missing = [name for name in Settings.model_fields if f"`QA_{name.upper()}`" not in readme]
    assert missing == []


def test_nothing_says_where_it_was_built() -> None:
    places = re.compile(r"(?<![\w.])/(?:work|root)/|https?://(?:pypi\.org|registry\.npmjs\.org|files\.pythonhosted)")
    texts = [
        path
        for path in HOUSE.rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".md", ".html", ".js", ".css", ".yaml", ".toml", ".json", ".lock", ".po", ""}
        and not {".git", ".venv", ".build", ".hypothesis", "node_modules", "vendor", "data"}
        & set(path.relative_to(HOUSE).parts)
        and not any(part.endswith("_cache") for part in path.parts)
    ]
    assert [
        str(p.relative_to(HOUSE))
        for p in texts
        if places.search(p.read_text("utf-8", "replace")) and p != Path(__file__)
    ] == []
