"""What dialers write into names, and patterns that nobody may hang the house with."""

from __future__ import annotations

import pytest

from qa_platform.doors.file_names import NotAPattern, SlowPattern, UnknownGroup, checked, read_name

VICIDIAL = r"^(?P<date>\d{8})-(?P<time>\d{6})_(?P<phone>\d+)_(?P<campaign>[^_]+)_(?P<agent>[^_]+)-all\.\w+$"
ISSABEL = (
    r"^(?:force|out|in|q|external)-(?P<phone>\d+)-(?P<agent>\d+)-(?P<date>\d{8})-(?P<time>\d{6})"
    r"-(?P<epoch>\d+)\.(?P<skip>\d+)\.wav$"
)
PCA = r"_GUID_(?P<external_id>\d+)_AGENT_(?P<agent>[^_]+)_DT_(?P<date>\d{4}-\d\d-\d\d)T(?P<time>\d\d-\d\d-\d\d)"


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        (
            VICIDIAL,
            "20260311-100500_5550001122_BANCO_A12-all.wav",
            {"agent": "A12", "campaign": "BANCO", "date": "20260311"},
        ),
        (ISSABEL, "out-5550001122-204-20260311-100500-1741709100.12.wav", {"agent": "204", "epoch": "1741709100"}),
        (PCA, "Auto0_GUID_000_AGENT_ChrisL_DT_2025-02-19T06-01-22_Mono.wav", {"agent": "ChrisL", "time": "06-01-22"}),
        (r"(?P<account>\d+)(?:_(?P<agent>[a-z]+))?\.", "0012.wav", {"account": "0012"}),
        (VICIDIAL, "otra cosa.wav", {}),
        (r"(?P<agent>.+)_", "x_" * 200, {}),  # longer than any file system allows
    ],
)
def test_groups_are_read_from_real_shapes_of_names(pattern: str, name: str, found: dict[str, str]) -> None:
    read = read_name(pattern, name)
    assert {group: read[group] for group in found} == found
    assert bool(read) == bool(found)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(?P<agent>(?:\w+)*)x",
        r"(?:a|b){2,}",
        r".+.+.+.+x",
        r".*_.*_.*_.*_",
        r"\d+(?:-x)?\d+(?:-y)?\d+(?:-z)?\d+z",
        r"[^_]+-[^_]+-[^_]+-[^_]+-x",
        r"a*a*a*a*b",
    ],
)
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(SlowPattern):
        checked(pattern)


@pytest.mark.parametrize(
    "pattern", ["[", "(?P<agent>", "(?=a)b", r"(a)\1", "*a", "(?i)a", "a" * 501, "a)", "(?P<agent>a)(?P<agent>b)"]
)
def test_what_is_no_pattern_of_ours_is_refused(pattern: str) -> None:
    with pytest.raises(NotAPattern):
        checked(pattern)


def test_a_group_that_means_nothing_is_named() -> None:
    with pytest.raises(UnknownGroup, match="“agnet”"):
        checked(r"(?P<agnet>\w+)_")


@pytest.mark.parametrize("character", list("_-a0. "))
@pytest.mark.parametrize("pattern", [VICIDIAL, ISSABEL, PCA, r"(?P<agent>.+)_(?P<account>.+)_z"])
def test_the_longest_names_of_one_character_come_back(pattern: str, character: str) -> None:
    assert read_name(pattern, character * 255) == {}
