"""How the sandbox counts a text and finds links and tags in it."""

import pytest

from threadsync.sandbox.world.text import count_characters, first_tag, links


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc\n", 4),
        ("don’t", 5),
        ("家庭", 2),
        ("© ™ 1", 5),
        ("😀", 4),
        ("a😀b", 6),
        ("❤️", 6),
        ("1️⃣", 7),
        ("🇩🇪", 8),
        ("👍🏽", 8),
        ("👩‍👩‍👧", 18),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 28),
        ("e\u0301", 2),
    ],
)
def test_code_points_count_one_and_emoji_their_bytes(text, count):
    assert count_characters(text) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no link, example.com", ()),
        ("https://a.example https://a.example", ("https://a.example",)),
        ("(see http://a.example/x).", ("http://a.example/x",)),
        ("HTTPS://A.example/?q=1&r=2!", ("HTTPS://A.example/?q=1&r=2",)),
    ],
)
def test_different_links_are_found(text, found):
    assert links(text) == found


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("no tag", None),
        ("#python rocks", "python"),
        ("we love #py, #more", "py"),
        ("issue #12 of #release", "release"),
        ("C# and a#b", None),
    ],
)
def test_the_first_tag_counts(text, tag):
    assert first_tag(text) == tag
