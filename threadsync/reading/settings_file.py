"""Reading threadsync.yaml: its keys and values, checked, with the place of every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync import problems
from threadsync.errors import SettingsError
from threadsync.reading import schema, times
from threadsync.reading.documents import decode, read_values
from threadsync.reading.places import Outline, outlines

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.problems import Finding, Pointer, Problem

Read = tuple[dict[str, Any], tuple["Problem", ...]]


def read_settings(path: Path, source: str) -> Read:
    """The settings in the file at `path`, shown as `source`, and what is wrong with them."""
    try:
        data = path.read_bytes()
    except OSError as exc:
        return {}, (problems.FILE_UNREADABLE.at(source, why=exc.strerror or str(exc)),)
    text = decode(data, source)
    if not isinstance(text, str):
        return {}, (text,)
    documents, faults = read_values(text, source)
    if faults:
        return {}, faults
    if len(documents) > 1:
        why = "it has more than one document; delete the lines of --- and what is below the first"
        return {}, (problems.YAML_SYNTAX.at(source, why=why),)
    raw = documents[0] if documents else {}
    _read_off_as_text(raw)
    return raw, _checked(raw, text, source)


def _read_off_as_text(raw: dict[str, Any]) -> None:
    # `alt_text: off` is how the setting is written; YAML 1.1 makes a boolean of it.
    policy = raw.get("policy")
    if isinstance(policy, dict) and policy.get("alt_text") is False:
        policy["alt_text"] = "off"


def _checked(raw: dict[str, Any], text: str, source: str) -> tuple[Problem, ...]:
    if schema.is_valid(schema.CONFIG, raw) and not _beyond_schema(raw):
        return ()
    outline = next(iter(outlines(text, source)), Outline())
    found = schema.findings(schema.CONFIG, raw, outline.written) or _beyond_schema(raw)
    return tuple(sorted(_placed(finding, outline, source) for finding in found))


def _placed(finding: Finding, outline: Outline, source: str) -> Problem:
    is_key = finding.kind is problems.UNKNOWN_KEY
    return finding.at(source, *outline.place(finding.pointer, is_key=is_key))


def _beyond_schema(raw: dict[str, Any]) -> list[Finding]:
    """What is wrong although the schema accepts it."""
    return [*_bad_timezones(raw), *_missing_bucket(raw)]


def _missing_bucket(raw: dict[str, Any]) -> list[Finding]:
    media = raw.get("media", {})
    if media.get("store") != "s3" or media.get("bucket"):
        return []
    return [problems.MISSING_KEY.found("media", key="media.bucket, which store: s3 needs,")]


def _bad_timezones(raw: dict[str, Any]) -> list[Finding]:
    named: dict[Pointer, Any] = {("timezone",): raw.get("timezone")}
    for name, account in raw.get("accounts", {}).items():
        named["accounts", name, "timezone"] = account.get("timezone")
    return [
        problems.WRONG_VALUE.found(*pointer, message=message)
        for pointer, zone in named.items()
        if zone is not None and (message := _zone_fault(zone))
    ]


def _zone_fault(zone: str) -> str | None:
    try:
        times.zone(zone)
    except SettingsError as exc:
        return str(exc)
    return None
