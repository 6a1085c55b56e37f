"""What Threads accepts of a media file."""

import pytest

from threadsync.media.facts import Facts
from threadsync.media.rules import media_findings
from threadsync.post import MediaKind


def a_picture(width=1000, height=1000, size_bytes=1000):
    return Facts(MediaKind.IMAGE, "JPEG", size_bytes, width, height)


def codes(facts):
    return [finding.kind.code for finding in media_findings("a", facts)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (a_picture(), []),
        (a_picture(size_bytes=8_000_000), []),
        (a_picture(size_bytes=8_000_001), ["media-too-large"]),
        (a_picture(1000, 100), []),
        (a_picture(1001, 100), ["media-aspect"]),
        (a_picture(400, 4001), ["media-aspect"]),
        (a_picture(320), []),
        (a_picture(319), ["media-width"]),
        (a_picture(1440), []),
        (a_picture(1441), ["media-width"]),
        (a_picture(9000, 1, 9_000_000), ["media-too-large", "media-aspect", "media-width"]),
        (Facts(MediaKind.VIDEO, "MP4", 1_000_000_000), []),
        (Facts(MediaKind.VIDEO, "MOV", 1_000_000_001), ["media-too-large"]),
        (Facts(MediaKind.VIDEO, "WebM", 1), ["media-format"]),
        (Facts(MediaKind.IMAGE, "GIF", 9_000_000), ["media-format"]),
    ],
)
def test_limits(facts, code):
    assert codes(facts) == code


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts(None, "", 0), "a is empty; Threads takes JPEG and PNG"),
        (Facts(None, "", 5), "a is in a format that is not known"),
        (Facts(MediaKind.IMAGE, "WebP", 5), "a is a WebP file"),
        (Facts(None, "Git LFS pointer", 5), "(git lfs pull)"),
    ],
)
def test_a_format_is_named(facts, message):
    assert message in media_findings("a", facts)[0].message
