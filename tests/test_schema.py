"""Documents against the schemas: what is valid, and what is said of what is not."""

import json

import jsonschema
import pytest

from threadsync.reading import rules, schema
from threadsync.reading import text as text_module
from threadsync.reading.documents import read_values
from threadsync.reading.nodes import place_of
from threadsync.reading.places import outlines


def said(text, name=schema.POST):
    """`line:column message [code]` of each finding about a YAML text, by place."""
    (document,) = read_values(text, "x.yaml").documents
    if schema.is_valid(name, document):
        return []
    (outline,) = outlines(text, "x.yaml")
    found = [
        finding.at("x.yaml", *outline.place(finding.pointer))
        for finding in schema.findings(name, document, outline.written)
    ]
    return [f"{p.line}:{p.column} {p.message} [{p.code}]" for p in sorted(found)]


@pytest.mark.parametrize("name", [schema.POST, schema.CONFIG])
def test_the_schemas_are_schemas_and_their_examples_valid(name):
    loaded = schema.load_schema(name)
    jsonschema.Draft202012Validator.check_schema(loaded)
    assert all(schema.is_valid(name, example) for example in loaded["examples"])


@pytest.mark.parametrize("name", [schema.POST, schema.CONFIG])
def test_every_key_has_a_description_for_editors(name):
    assert [key for key, node in described_keys(schema.load_schema(name)) if not node] == []


def described_keys(node, path=""):
    if isinstance(node, dict):
        for key, inner in node.get("properties", {}).items():
            yield f"{path}/{key}", "description" in inner or "$ref" in inner
        for key, inner in node.items():
            yield from described_keys(inner, f"{path}/{key}")


def test_the_limits_of_the_schema_are_those_of_the_rules():
    defs = schema.load_schema(schema.POST)["$defs"]
    part, medium = defs["part"]["properties"], defs["medium"]["properties"]
    assert part["media"]["maxItems"] == rules.MAX_MEDIA
    assert medium["alt_text"]["maxLength"] == text_module.MAX_ALT_TEXT


def test_a_full_post_is_valid():
    assert said("""
key: a/b-c_d.e
text: "12:30"
publish_at: "2026-11-20"
draft: yes
topic_tag: Python
reply_control: parent_post_author_only
link_attachment: https://example.com
location_id: "123"
allowlisted_country_codes: [DE, "NO"]
enable_reply_approvals: true
is_spoiler_media: false
is_ghost_post: false
media: [a.jpg, {path: b.jpg, alt_text: b}, {url: "https://x.example/c", type: video}]
poll: {options: [a, b]}
text_attachment: {text: long, link_attachment_url: https://example.com}
gif: {id: abc, provider: GIPHY}
share_to_instagram: dark
reply_to: a#2
quote: id:123
chain: [{text: b, reply_to: x}]
split: auto
numbering: "({n} of {total})"
on_change: fail
notes: {anything: [1, 2026-11-20]}
""") == []  # fmt: skip


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("txt: a", "1:6 txt is no key of an entry; did you mean text? [unknown-key]"),
        ("text: no", '1:7 text is the yes/no value false, text is needed; put it in quotes: "no" [wrong-type]'),
        ("text: 12:30", '1:7 text is the number 750, text is needed; put it in quotes: "12:30" [wrong-type]'),
        ("text: 0x10", '1:7 text is the number 16, text is needed; put it in quotes: "0x10" [wrong-type]'),
        ("text: 2026-11-20", '1:7 text is the date 2026-11-20, text is needed; put it in quotes: "2026-11-20" [wrong-type]'),
        ("text: .nan", '1:7 text is the number nan, text is needed; put it in quotes: ".nan" [wrong-type]'),
        ("text: 1_0", '1:7 text is the number 10, text is needed; put it in quotes: "1_0" [wrong-type]'),
        ("text:", "1:6 text is empty, text is needed [wrong-type]"),
        ("text: [a]", "1:7 text is a list, text is needed [wrong-type]"),
        ("draft: 'yes'", "1:8 draft is text, true or false is needed; write it without quotes [wrong-type]"),
        ("media: a.jpg", "1:8 media is text, a list is needed; write it as a list: each item on a line of its own after '- ' [wrong-type]"),
        ("media:\n- 3", '2:3 media, item 1 is the number 3, text or a block of keys and values is needed; put it in quotes: "3" [wrong-type]'),
        ("media:\n- {path: a, url: https://b}", "2:18 path and url do not go together: remove one [not-together]"),
        ("media:\n- {alt_text: a}", "2:3 media, item 1 has neither path nor url; one of them is needed [wrong-value]"),
        ("media:\n- {path: a, alt: b}", "2:18 alt is no key of a picture or video; did you mean alt_text? [unknown-key]"),
        ("media: [{url: ftp://a}]", "1:15 media, item 1: url is 'ftp://a'; an address is needed that begins with https:// and holds no blanks [wrong-value]"),
        ("poll: {options: [yes, 'no']}", '1:18 poll.options, item 1 is the yes/no value true, text is needed; put it in quotes: "yes" [wrong-type]'),
        ("poll: {options: [a]}", "1:17 poll.options has 1 item, 2 is the least; add 1 [wrong-value]"),
        ("poll: {options: [a, aaaaaaaaaaaaaaaaaaaaaaaaaa]}", "1:21 poll.options, item 2 has 26 characters, 25 is the most; remove 1 [wrong-value]"),
        ("poll: {}", "1:7 options is missing [missing-key]"),
        ("poll: [a, b]", "1:7 poll is a list, a block of keys and values is needed [wrong-type]"),
        ("reply_control: everyon", "1:16 reply_control is 'everyon', everyone, accounts_you_follow, mentioned_only, parent_post_author_only or followers_only is needed; did you mean everyone? [wrong-value]"),
        ("gif: {id: a, provider: TENOR}", "1:24 gif.provider is 'TENOR', GIPHY is needed [wrong-value]"),
        ("topic_tag: a.b", "1:12 topic_tag is 'a.b'; a tag is needed without '.', '&', tab or line break in it, and without # before it [wrong-value]"),
        ('topic_tag: "ab\\n"', "1:12 topic_tag is 'ab\\n'; a tag is needed without '.', '&', tab or line break in it, and without # before it [wrong-value]"),
        ("topic_tag: ''", "1:12 topic_tag has 0 characters, 1 is the least; add 1 [wrong-value]"),
        ("allowlisted_country_codes: [DE, DE]", "1:28 allowlisted_country_codes lists the same value twice; remove one [wrong-value]"),
        ("key: My Key", "1:6 'My Key' is no valid key: a-z, 0-9, '.', '_', '-' and '/' are, 128 at most; write for example my-key [invalid-key]"),
        ('key: "a\\n"', "1:6 'a\\n' is no valid key: a-z, 0-9, '.', '_', '-' and '/' are, 128 at most; write for example a [invalid-key]"),
        ("chain: []", "1:8 chain has 0 items, 1 is the least; add 1 [wrong-value]"),
        ("chain: [{key: a}]", "1:15 key is no key of a part of a chain [unknown-key]"),
        ("text_attachment: {}", "1:18 text_attachment has neither text nor path; one of them is needed [wrong-value]"),
        ("reply_to: a b", "1:11 reply_to is 'a b'; the key of an entry, KEY#N for its part N, or id: and the digits of a published post is needed [wrong-value]"),
        ("location_id: 123", '1:14 location_id is the number 123, text is needed; put it in quotes: "123" [wrong-type]'),
        ("split: yes", "1:8 split is the yes/no value true, none or auto is needed [wrong-type]"),
        ("fix: auto\npublish_at: 20261120", "2:13 publish_at '20261120' is no time; write for example 2026-11-20 09:30 or 2026-11-20T09:30:00+01:00 [bad-time]"),
        ("publish_at: [2026]", "1:13 publish_at is a list, text is needed [wrong-type]"),
        ("draft: yess", "1:8 draft is 'yess', true or false is needed [wrong-type]"),
        ('topic_tag: "#Python"', "1:12 topic_tag is '#Python'; a tag is needed without '.', '&', tab or line break in it, and without # before it [wrong-value]"),
        ("split: words", "1:8 split is 'words', none or auto is needed [wrong-value]"),
        ("numbering: part", "1:12 numbering is 'part'; a line with {n} in it is needed, and {total} where the number of posts belongs; no other braces [wrong-value]"),
        ("numbering: '{n} {m}'", "1:12 numbering is '{n} {m}'; a line with {n} in it is needed, and {total} where the number of posts belongs; no other braces [wrong-value]"),
        ("on_change: []", "1:12 on_change is a list, replace, ignore or fail is needed [wrong-type]"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_problem_that_says_what_to_do(text, finding):
    assert said(text) == [finding]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"media: [{{path: a, alt_text: {'x' * 1001}}}]", "alt-text-too-long"),
        (f"media: [{', '.join('a' * 21)}]", "too-many-media"),
    ],
)
def test_limits_that_rules_check_too_have_one_code(text, code):
    (finding,) = said(text)
    assert finding.endswith(f"; shorten it by 1 [{code}]" if "text" in code else f"[{code}]")


def test_all_faults_of_a_document_are_told():
    assert len(said("a: 1\ntext: 2\nmedia: [{}, 3]\npoll: {options: [1, 2, 3, 4, 5]}")) == 10


def test_a_long_value_is_cut():
    assert len(said(f"topic_tag: {'a.' * 5000}")[0]) < 200


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("polcy: {}", "polcy is no key of the settings; did you mean policy?"),
        ("policy: {adopt_window: 30}", "policy.adopt_window is 30; a number and its unit are needed, such as 90s, 5m, 24h or 30d, or 0"),
        ("policy: {settle: 5 m}", "policy.settle is '5 m'; a number and its unit are needed"),
        ("policy: {max_publish: -1}", "policy.max_publish is -1, 0 is the least"),
        ("policy: {alt_text: warm}", "policy.alt_text is 'warm', off, warn or require is needed; did you mean warn?"),
        ("media: {presign_expires: 700000}", "media.presign_expires is 700,000, 604,800 is the most"),
        ("version: 2", "version is 2, 1 is needed"),
        ("version: '1'", "version is text, 1 is needed; write it without quotes"),
        ("policy: {alt_text: off}", 'the yes/no value false, off, warn or require is needed; put it in quotes: "off"'),
        ("posts: 3", "posts is the number 3, text or a list is needed"),
        ("defaults: {text: a}", "text is no key of the defaults"),
        ("accounts: {a b: {}}", "the name 'a b' cannot be used; 1 to 64 letters, digits"),
        ("accounts: {a: {post: x}}", "post is no key of an account; did you mean posts?"),
    ],
)  # fmt: skip
def test_settings_are_checked_alike(text, finding):
    (found,) = said(text, schema.CONFIG)
    assert finding in found


def test_a_token_written_where_its_variable_belongs_is_not_repeated():
    (found,) = said("accounts: {a: {token_env: THQWJ-secret}}", schema.CONFIG)
    assert "secret" not in found
    assert "never the token itself" in found


@pytest.mark.parametrize("value", [10**400, float("inf"), object(), {1: 2}, "\ud800", b""])
def test_values_that_json_has_no_word_for_are_looked_at_all_the_same(value):
    document = {"text": "a", "notes": value}
    assert schema.is_valid(schema.POST, document) or (
        schema.findings(schema.POST, document, lambda _: None) == []
    )


def test_the_schema_is_printed_as_it_is_shipped():
    assert json.loads(schema.schema_text(schema.POST)) == schema.load_schema(schema.POST)


def test_place_of_counts_from_one():
    assert [place_of("a\nbc", i) for i in (0, 2, 3)] == [(1, 1), (2, 1), (2, 2)]
