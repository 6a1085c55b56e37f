"""A state in a bucket, over HTTP: conditions, lost answers, busy stores, stores that lie, words."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import servers
from servers import SECRET_KEY, LossyProxy, StandIn, serving

from threadsync.config import Settings, StateSettings
from threadsync.errors import SettingsError, StateError
from threadsync.project import Project
from threadsync.state.local.store import LocalStore
from threadsync.state.remote.store import RemoteStore
from threadsync.state.remote.vault import LostRaceError
from threadsync.state.s3 import objects as s3_objects
from threadsync.state.s3.client import make_client
from threadsync.state.s3.vault import S3Vault

STATE, JOURNAL = "state.json", "journal.json"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", servers.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    servers.share_clients(monkeypatch)


@pytest.fixture(scope="module")
def moto():
    with servers.moto() as endpoint:
        servers.make_bucket(endpoint, "my-state")
        yield endpoint


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory):
    with servers.seaweed(tmp_path_factory.mktemp("seaweed")) as endpoint:
        servers.make_bucket(endpoint, "my-state")
        yield endpoint


@pytest.fixture
def rclone(tmp_path):
    folder = tmp_path / "rclone"
    (folder / "my-state").mkdir(parents=True)
    with servers.rclone(folder) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def one_stand_in():
    with serving(StandIn()) as server:
        yield server


@pytest.fixture
def stand_in(one_stand_in):
    one_stand_in.reset()
    return one_stand_in


@pytest.fixture
def key(tmp_path):
    """A key of the test's own."""
    return f"{tmp_path.name}/state.json"


class Waits(list):
    """Takes the place of sleep: how long was waited, in seconds."""

    def __call__(self, seconds):
        self.append(seconds)


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture
def make_vault(key, tmp_path, waits):
    """Makes a vault of one machine; fields of the settings by keyword."""

    def make(endpoint, **fields):
        values = {"bucket": "my-state", "key": key, "endpoint_url": endpoint, **fields}
        settings = StateSettings(backend="s3", **values)
        probed = tmp_path / "probed.json"
        return S3Vault(settings, probed_path=probed, sleep=waits, jitter=lambda: 0.0)

    return make


@pytest.fixture
def vault(moto, make_vault):
    return make_vault(moto)


@pytest.fixture
def on_stand_in(stand_in, make_vault):
    """A vault on the stand-in that is probed already."""
    vault = make_vault(stand_in.endpoint)
    vault.write("first.json", b"", None)
    stand_in.puts.clear()
    return vault


# --- documents ------------------------------------------------------------------------------------


def test_what_was_never_written_is_none(vault):
    assert vault.read(STATE) is None


def test_a_document_is_read_back_with_its_tag(vault):
    tag = vault.write(STATE, b"{}", None)
    assert vault.read(STATE) == (b"{}", tag)


def test_the_second_creation_is_lost(vault):
    vault.write(STATE, b"1", None)
    with pytest.raises(LostRaceError, match=r"s3://my-state/.*state\.json: another run has"):
        vault.write(STATE, b"2", None)
    assert vault.read(STATE).data == b"1"


def test_a_write_over_a_newer_version_is_lost(vault):
    old = vault.write(STATE, b"1", None)
    vault.write(STATE, b"2", old)
    with pytest.raises(LostRaceError):
        vault.write(STATE, b"3", old)
    assert vault.read(STATE).data == b"2"


def test_a_write_over_what_is_gone_is_lost(vault):
    with pytest.raises(LostRaceError):
        vault.write(JOURNAL, b"1", '"0123456789abcdef0123456789abcdef"')


def test_the_documents_lie_beside_the_state(vault, moto, key):
    for name in (STATE, JOURNAL, "lock.json", "backups/7-20261122T101200Z.json"):
        vault.write(name, b"{}", None)
    stem = key.removesuffix(".json")
    assert [thing for thing in servers.keys_in(moto, "my-state") if thing.startswith(stem)] == [
        f"{stem}.backups/7-20261122T101200Z.json",
        f"{stem}.journal.json",
        key,
        f"{stem}.lock.json",
    ]


def test_backups_are_listed_and_removed(vault):
    for n in range(3):
        vault.write(f"backups/{n}.json", b"{}", None)
    vault.remove("backups/1.json")
    vault.remove("backups/9.json")
    assert sorted(vault.names("backups/")) == ["backups/0.json", "backups/2.json"]


def test_a_large_document_goes_in_one_request(vault):
    data = os.urandom(12_000_000)
    vault.write(STATE, data, None)
    assert vault.read(STATE).data == data


# --- the store itself -----------------------------------------------------------------------------


def test_the_probe_leaves_nothing(make_vault, moto, key):
    make_vault(moto).probe()
    assert [thing for thing in servers.keys_in(moto, "my-state") if key[:-5] in thing] == []


def test_a_store_that_ignores_conditions_is_refused(make_vault, rclone):
    with pytest.raises(
        StateError, match=r"whatever their condition .*use one that keeps it"
    ) as caught:
        make_vault(rclone).write("lock.json", b"{}", None)
    assert caught.value.exit_code == 5
    assert servers.keys_in(rclone, "my-state") == []


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match"])
def test_a_store_that_ignores_one_condition_is_refused(make_vault, stand_in, condition):
    stand_in.ignored = condition
    for _ in range(2):
        with pytest.raises(StateError, match=rf"whatever their condition \({condition}\)"):
            make_vault(stand_in.endpoint).write(STATE, b"1", None)
    assert stand_in.objects == {}


def test_a_store_is_probed_once_on_a_machine(make_vault, stand_in):
    make_vault(stand_in.endpoint).write(STATE, b"1", None)
    probed = len(stand_in.puts)
    make_vault(stand_in.endpoint).write(JOURNAL, b"1", None)
    assert len(stand_in.puts) == probed + 1


def test_another_bucket_is_probed_again(make_vault, stand_in):
    make_vault(stand_in.endpoint).write(STATE, b"1", None)
    probed = len(stand_in.puts)
    make_vault(stand_in.endpoint, bucket="other").write(STATE, b"1", None)
    assert len(stand_in.puts) == 2 * probed


def test_reading_does_not_probe(make_vault, stand_in):
    make_vault(stand_in.endpoint).read(STATE)
    assert stand_in.puts == []


def test_only_the_condition_is_added_to_a_write(on_stand_in, stand_in):
    tag = on_stand_in.write(STATE, b"1", None)
    on_stand_in.write(STATE, b"2", tag)
    names = {name.lower() for headers in stand_in.puts for name in headers}
    assert not [
        n for n in names if "acl" in n or "checksum" in n or "trailer" in n or n == "expect"
    ]
    conditions = [(h.get("If-None-Match"), h.get("If-Match")) for h in stand_in.puts]
    assert conditions == [("*", None), (None, tag)]


@pytest.mark.parametrize(
    ("endpoint", "region", "expected"),
    [
        (None, "auto", "when_supported"),
        ("https://s3.eu-central-1.amazonaws.com", "eu-central-1", "when_supported"),
        ("https://abc.r2.cloudflarestorage.com", None, "when_required"),
        ("https://amazonaws.com.example", None, "when_required"),
    ],
)
def test_checksums_are_for_aws_only(endpoint, region, expected, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = make_client(StateSettings(bucket="my-state", region=region, endpoint_url=endpoint))
    assert client.meta.config.request_checksum_calculation == expected
    assert client.meta.config.retries["total_max_attempts"] == 1
    client.close()


# --- answers that are lost, late or busy ----------------------------------------------------------


@pytest.mark.parametrize("old", [None, b"1"])
def test_a_write_whose_answer_was_lost_was_done(make_vault, moto, waits, old):
    with serving(LossyProxy(moto)) as proxy:
        vault = make_vault(proxy.endpoint)
        vault.write(JOURNAL, b"{}", None)
        tag = None if old is None else vault.write(STATE, old, None)
        proxy.lose_answers = 1
        new = vault.write(STATE, b"2", tag)
        assert vault.read(STATE) == (b"2", new)
    assert waits == []


def test_a_write_whose_answer_and_look_were_lost_was_done(make_vault, moto, waits):
    with serving(LossyProxy(moto)) as proxy:
        vault = make_vault(proxy.endpoint)
        vault.write(JOURNAL, b"{}", None)
        proxy.lose_answers = 2
        vault.write(STATE, b"1", None)
        assert vault.read(STATE).data == b"1"
    assert waits == [0.25]


def test_a_read_whose_answer_was_lost_is_done_again(make_vault, moto, waits):
    with serving(LossyProxy(moto)) as proxy:
        vault = make_vault(proxy.endpoint)
        vault.write(STATE, b"1", None)
        proxy.lose_answers = 2
        assert vault.read(STATE).data == b"1"
    assert waits == [0.25, 0.5]


FAULTS = {
    "applied, then 500": [(500, "InternalError", "applied")],
    "applied, then our own 412": [(412, "PreconditionFailed", "applied")],
    "500": [(500, "InternalError")],
    "dropped": ["dropped"],
    "408": [(408, "RequestTimeout")],
    "503": [(503, "SlowDown"), (503, "ServiceUnavailable")],
    "409": [(409, "ConditionalRequestConflict")] * 2,
    "429": [(429, "TooManyRequests")] * 3,
    "409, applied, then 500": [(409, "OperationAborted"), (500, "InternalError", "applied")],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("old", [None, b"1"])
def test_a_write_is_carried_through(on_stand_in, stand_in, faults, old):
    tag = None if old is None else on_stand_in.write(STATE, old, None)
    stand_in.faults = list(faults)
    new = on_stand_in.write(STATE, b"2", tag)
    assert on_stand_in.read(STATE) == (b"2", new)
    assert stand_in.faults == []


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_lost_race_stays_lost_whatever_happens(on_stand_in, stand_in, key, faults):
    tag = on_stand_in.write(STATE, b"1", None)
    stand_in.objects[f"/my-state/{key}"] = b"theirs"
    stand_in.faults = [fault if isinstance(fault, str) else fault[:2] for fault in faults]
    with pytest.raises(LostRaceError):
        on_stand_in.write(STATE, b"2", tag)
    assert on_stand_in.read(STATE).data == b"theirs"


def test_a_busy_store_is_given_time(on_stand_in, stand_in, waits):
    stand_in.faults = [(429, "TooManyRequests")] * 4
    on_stand_in.write(STATE, b"1", None)
    assert waits == [1, 2, 4, 5]


def test_waiting_is_spread(stand_in, key, waits):
    settings = StateSettings(bucket="my-state", key=key, endpoint_url=stand_in.endpoint)
    vault = S3Vault(settings, sleep=waits, jitter=lambda: 0.5)
    stand_in.faults = [(429, "TooManyRequests")]
    vault.write(STATE, b"1", None)
    assert waits == [1.5]


@pytest.mark.parametrize("fault", [(429, "TooManyRequests"), (503, "SlowDown"), "dropped"])
def test_patience_ends(on_stand_in, stand_in, fault):
    stand_in.faults = [fault] * 20
    with pytest.raises(StateError, match=r"s3://my-state/.*state\.json: .*;"):
        on_stand_in.write(STATE, b"1", None)
    assert len(stand_in.puts) == s3_objects.ATTEMPTS


def test_a_refusal_is_not_tried_again(on_stand_in, stand_in):
    stand_in.faults = [(403, "AccessDenied")]
    with pytest.raises(StateError, match=r"AccessDenied to PutObject; .*docs/state\.md"):
        on_stand_in.write(STATE, b"1", None)
    assert len(stand_in.puts) == 1


def test_a_store_without_conditions_is_named(make_vault, stand_in):
    stand_in.faults = [(501, "NotImplemented")]
    with pytest.raises(StateError, match="NotImplemented to PutObject; this store knows no cond"):
        make_vault(stand_in.endpoint).write(STATE, b"1", None)


# --- races ----------------------------------------------------------------------------------------


def test_of_racing_creators_one_wins(make_vault, seaweed):
    vaults = [make_vault(seaweed) for _ in range(5)]
    vaults[0].write(JOURNAL, b"{}", None)
    outcomes = race(
        [lambda v=v, n=n: v.write(STATE, b"%d" % n, None) for n, v in enumerate(vaults)]
    )
    winners = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, str)]
    assert len(winners) == 1
    assert vaults[0].read(STATE) == (b"%d" % winners[0], outcomes[winners[0]])


def test_no_acknowledged_write_is_lost_among_racing_writers(make_vault, seaweed):
    """Each adds its number to what is there, until it has won three times."""
    counter = make_vault(seaweed)
    counter.write(STATE, b"", None)

    def add(vault, number):
        for _ in range(3):
            while True:
                data, tag = vault.read(STATE)
                try:
                    vault.write(STATE, data + number, tag)
                except LostRaceError:
                    continue
                break

    numbers = [b"%d" % n for n in range(4)]
    outcomes = race([lambda n=n: add(make_vault(seaweed), n) for n in numbers])
    assert outcomes == [None] * 4
    assert sorted(counter.read(STATE).data) == sorted(b"".join(numbers) * 3)


def race(works):
    """What each of `works` came to, done at once in threads."""
    start, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(n):
        start.wait()
        try:
            outcomes[n] = works[n]()
        except StateError as error:
            outcomes[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# --- words ----------------------------------------------------------------------------------------


def test_wrong_keys_are_said_and_not_shown(make_vault, seaweed, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "WRONG-KEY-THAT-NO-TEXT-MAY-HOLD")
    with pytest.raises(
        StateError, match="SignatureDoesNotMatch to GetObject; check AWS_SECRET"
    ) as e:
        make_vault(seaweed).read(STATE)
    assert "NO-TEXT" not in str(e.value)


def test_an_unknown_key_is_said(make_vault, seaweed, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NOBODY")
    with pytest.raises(StateError, match=r"InvalidAccessKeyId to GetObject; .*AWS_ACCESS_KEY_ID"):
        make_vault(seaweed).read(STATE)


def test_a_missing_bucket_is_said(make_vault, moto):
    vault = make_vault(moto, bucket="nobody-made-it")
    for attempt in (lambda: vault.read(STATE), lambda: vault.write(STATE, b"1", None)):
        with pytest.raises(
            StateError, match=r"s3://nobody-made-it/.* NoSuchBucket .*state\.bucket"
        ):
            attempt()


def test_missing_credentials_are_said(make_vault, moto, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StateError, match=r"no credentials .*; set AWS_ACCESS_KEY_ID and"):
        make_vault(moto).read(STATE)


def test_a_store_that_is_not_there_is_said(make_vault, waits):
    vault = make_vault("http://user:PASSWORD@127.0.0.1:1")
    with pytest.raises(
        StateError, match=r": 127\.0\.0\.1:1 cannot be reached \(Endp.*network"
    ) as e:
        vault.read(STATE)
    assert "PASSWORD" not in str(e.value)
    assert len(waits) == 2


def test_a_name_that_is_no_bucket_is_said(make_vault, moto):
    with pytest.raises(StateError, match=r"no valid name; correct state\.bucket"):
        make_vault(moto, bucket="My Bucket!").read(STATE)


def test_an_endpoint_that_is_no_address_is_said(make_vault):
    with pytest.raises(StateError, match="cannot be used"):
        make_vault("not an address").read(STATE)


def test_a_missing_bucket_setting_is_said():
    with pytest.raises(SettingsError, match=r"state\.bucket is missing"):
        S3Vault(StateSettings(backend="s3"))


def test_backups_that_may_not_be_listed_are_none(make_vault, stand_in):
    stand_in.gets_fail = (403, "AccessDenied")
    assert make_vault(stand_in.endpoint).names("backups/") is None


# --- as a project uses it -------------------------------------------------------------------------


def a_project(root, endpoint, key, **fields):
    state = StateSettings(backend="s3", bucket="my-state", key=key, endpoint_url=endpoint)
    return Project(Settings(root=root, state=state, **fields), environ={})


@pytest.mark.anyio
async def test_a_project_keeps_its_state_in_the_bucket(moto, tmp_path, key):
    for name in ("laptop", "runner"):
        store = a_project(tmp_path / name, moto, key).store()
        async with store.session("apply") as session:
            await session.set_field(name, datetime.now(UTC).isoformat())
    state = a_project(tmp_path / "reader", moto, key).store().read()
    assert (set(state.extra), state.serial) == ({"laptop", "runner"}, 2)
    memory = tmp_path / "laptop/.threadsync/state/default"
    assert {path.name for path in memory.iterdir()} == {"seen.json", "probed.json"}


def test_the_sandbox_keeps_its_state_on_disk(tmp_path):
    project = a_project(tmp_path, "http://127.0.0.1:1", "state.json", is_sandbox=True)
    assert isinstance(project.store(), LocalStore)
    assert isinstance(a_project(tmp_path, None, "state.json").store(), RemoteStore)


def test_the_rights_that_messages_point_to_are_documented():
    text = (Path(__file__).parent.parent / "docs/state.md").read_text()
    assert all(right in text for right in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"))
