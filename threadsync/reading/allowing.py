"""Warnings that an entry turns off: `allow` names each by its code and says why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.problems import ERROR, KINDS, PLANNED
from threadsync.reading.keys import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from threadsync.problems import Finding

_UNUSED = problems.ALLOW_UNUSED.code


def after_allowing(
    findings: Sequence[Finding], allow: Mapping[str, str], silenced: Collection[str]
) -> list[Finding]:
    """`findings` of an entry without the warnings in `allow`, and what is wrong with `allow`.

    `silenced` are the codes of warnings that were left out before.
    """
    kept = [finding for finding in findings if not _is_allowed(finding, allow)]
    kept.extend(_wrong_codes(allow))
    if not any(finding.kind.severity == ERROR for finding in kept) and _UNUSED not in allow:
        found = {finding.kind.code for finding in findings}
        unused = [code for code in allow if code not in found | PLANNED and code not in silenced]
        kept.extend(problems.ALLOW_UNUSED.found("allow", code, code=code) for code in unused)
    return kept


def _is_allowed(finding: Finding, allow: Mapping[str, str]) -> bool:
    return finding.kind.code in allow and finding.kind.severity != ERROR


def _wrong_codes(allow: Mapping[str, str]) -> Iterator[Finding]:
    for code in allow:
        if code not in KINDS:
            warnings = [kind.code for kind in KINDS.values() if kind.severity != ERROR]
            near = suggestion(code, warnings)
            yield problems.ALLOW_UNKNOWN.found("allow", code, code=code, suggestion=near)
        elif KINDS[code].severity == ERROR:
            yield problems.ALLOW_ERROR.found("allow", code, code=code)
