"""Reading threadsync.yaml and `_defaults.yaml`: keys and values, checked, problems with their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync import problems
from threadsync.errors import SettingsError
from threadsync.reading import schema, times
from threadsync.reading.documents import decode, read_values
from threadsync.reading.places import Outline, outlines
from threadsync.reading.sources import read_source

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
    raw, faults = _only_document(text, source)
    if faults:
        return {}, faults
    _read_off_as_text(raw)
    return raw, _checked(schema.CONFIG, raw, text, source)


def read_defaults(root: str, source: str) -> Read:
    """The defaults in the file `source` of the project at `root`, and what is wrong with them."""
    text = read_source(root, source)
    if not isinstance(text, str):
        return {}, (text,)
    raw, faults = _only_document(text, source)
    return raw, faults or _checked(schema.DEFAULTS, raw, text, source)


def _only_document(text: str, source: str) -> Read:
    documents, faults = read_values(text, source)
    if not faults and len(documents) > 1:
        why = "it has more than one document; delete the lines of --- and what is below the first"
        faults = (problems.YAML_SYNTAX.at(source, why=why),)
    return documents[0] if documents and not faults else {}, faults


def _read_off_as_text(raw: dict[str, Any]) -> None:
    # `off` is how the settings are written; YAML 1.1 makes a boolean of it.
    for block, key in (("policy", "alt_text"), ("media", "fix")):
        values = raw.get(block)
        if isinstance(values, dict) and values.get(key) is False:
            values[key] = "off"


def _checked(name: str, raw: dict[str, Any], text: str, source: str) -> tuple[Problem, ...]:
    if schema.is_valid(name, raw) and not _beyond_schema(raw):
        return ()
    outline = next(iter(outlines(text, source)), Outline())
    found = schema.findings(name, raw, outline.written) or _beyond_schema(raw)
    return tuple(sorted(_placed(finding, outline, source) for finding in found))


def _placed(finding: Finding, outline: Outline, source: str) -> Problem:
    is_key = finding.kind is problems.UNKNOWN_KEY
    return finding.at(source, *outline.place(finding.pointer, is_key=is_key))


def _beyond_schema(raw: dict[str, Any]) -> list[Finding]:
    """What is wrong although the schema accepts it."""
    return [*_bad_timezones(raw), *_missing_bucket(raw), *_no_hours(raw)]


def _missing_bucket(raw: dict[str, Any]) -> list[Finding]:
    media = raw.get("media", {})
    if media.get("store") != "s3" or media.get("bucket"):
        return []
    return [problems.MISSING_KEY.found("media", key="media.bucket, which store: s3 needs,")]


def _no_hours(raw: dict[str, Any]) -> list[Finding]:
    begin, _, end = raw.get("policy", {}).get("quiet_hours", "").partition("-")
    if not begin or begin != end:
        return []
    message = (
        f"policy.quiet_hours is {begin}-{end}, which begins when it ends; leave it out for none"
    )
    return [problems.WRONG_VALUE.found("policy", "quiet_hours", message=message)]


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
