"""robots.txt as RFC 9309 reads it."""

import pytest

from threadsync.media.delivery.robots import is_allowed, read_rules

PATH = "/threadsync/3f2c.jpg?x=1"
EVERYBODY = "User-agent: *\n"
CRAWLER = "User-agent: facebookexternalhit\n"


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("", True),
        ("<html>Not found: Disallow: /</html>", True),
        (EVERYBODY + "Disallow:\n", True),
        (EVERYBODY + "Disallow: /\n", False),
        (EVERYBODY + "Disallow: / # all of it\n", False),
        ("user-AGENT : * \r\n dISALLOW:/thread\r\n", False),
        (EVERYBODY + "Disallow: /\nAllow: /threadsync/\n", True),
        (EVERYBODY + "Allow: /\nDisallow: /threadsync/\n", False),
        (EVERYBODY + "Disallow: /threadsync\nAllow: /threadsync\n", True),
        (EVERYBODY + "Disallow: /*.jpg\n", False),
        (EVERYBODY + "Disallow: /*.jpg$\n", True),
        (EVERYBODY + "Disallow: /*x=1$\n", False),
        (EVERYBODY + "Disallow: /private\n", True),
        (EVERYBODY + "Disallow: /%74hreadsync/\n", False),
        (EVERYBODY + "Disallow: /\n" + CRAWLER + "Allow: /\n", True),
        (CRAWLER + "Disallow: /\n" + EVERYBODY + "Allow: /\n", False),
        ("User-agent: FacebookExternalHit/1.1\nDisallow: /\n", False),
        ("User-agent: a\nUser-agent: facebookexternalhit\nDisallow: /\n", False),
        (CRAWLER + "Disallow: /x\n\nUser-agent: a\nDisallow: /\n", True),
        (CRAWLER + "Allow: /\n" + CRAWLER + "Disallow: /threadsync\n", False),
        ("User-agent: facebook\nDisallow: /\n", True),
        ("Disallow: /\n", True),
    ],
)
def test_who_may_fetch(text, is_fine):
    assert is_allowed(read_rules(text), "facebookexternalhit", PATH) is is_fine


def test_many_wildcards_are_judged_soon():
    rules = read_rules(EVERYBODY + f"Disallow: /{'*a' * 20}b\n")
    assert is_allowed(rules, "x", "/" + "a" * 60)
