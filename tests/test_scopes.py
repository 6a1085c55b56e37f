"""Which permissions the posts and settings of a project need, and why."""

import pytest
from builders import a_part, an_entry

from threadsync.config import Policy
from threadsync.planning.scopes import USUAL, Need, login_scopes, needed_scopes
from threadsync.post import OnChange, Reference

GENTLE = Policy(on_change="ignore")


def an_ignored_entry(key="hello", *parts):
    return an_entry(key, *parts, on_change=OnChange.IGNORE)


def test_without_posts_it_is_publishing_alone():
    assert list(needed_scopes([], GENTLE)) == ["threads_basic", "threads_content_publish"]


@pytest.mark.parametrize(
    ("parts", "scopes", "reason"),
    [
        ([a_part()], [], ""),
        (
            [a_part(), a_part()],
            ["threads_manage_replies", "threads_read_replies"],
            "for the chain hello",
        ),
        (
            [a_part(reply_to=Reference(id="1"))],
            ["threads_manage_replies", "threads_read_replies"],
            "for the reply hello",
        ),
        (
            [a_part(location_id="1")],
            ["threads_location_tagging"],
            "for the location_id of hello",
        ),
        (
            [a_part(share_to_instagram="dark")],
            ["threads_share_to_instagram"],
            "for share_to_instagram of hello",
        ),
        ([a_part(quote=Reference(id="1"))], [], ""),
    ],
)
def test_what_a_post_needs(parts, scopes, reason):
    needs = needed_scopes([an_ignored_entry("hello", *parts)], GENTLE)
    assert {scope: need for scope, need in needs.items() if scope not in USUAL[:2]} == {
        scope: Need(reason) for scope in scopes
    }


def test_the_first_entry_is_the_reason():
    entries = [an_ignored_entry(key, a_part(location_id="1")) for key in ("a", "b")]
    assert needed_scopes(entries, GENTLE)["threads_location_tagging"].reason.endswith(" of a")


@pytest.mark.parametrize(
    ("entries", "policy", "reason"),
    [
        ([], Policy(on_change="replace"), "as policy.on_change is replace"),
        ([], Policy(on_change="ignore", on_remove="delete"), "as policy.on_remove is delete"),
        ([an_entry("a")], GENTLE, "to replace a when it is edited"),
    ],
)
def test_deleting_is_needed_in_some_cases(entries, policy, reason):
    assert needed_scopes(entries, policy)["threads_delete"] == Need(reason, is_certain=False)


def test_a_login_asks_for_the_usual_and_the_special():
    needs = needed_scopes([an_entry("a", a_part(location_id="1"))], Policy())
    assert login_scopes(needs) == [*USUAL, "threads_location_tagging"]
