"""fix: auto and strip_metadata from validate to what the sandbox was sent."""

import pytest
from builders import write
from command_line import CommandLine
from movies import film, needs_ffmpeg
from pictures import a_jpeg, a_photo, a_wide_photo, an_exif

from threadsync.errors import ExitCode
from threadsync.media.digests import file_digest
from threadsync.media.probing.probe import probe

FIX = "media: {fix: auto}\n"
MATROSKA = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska" + bytes(99)


@pytest.fixture
def cli(project, capsys):
    (project / "posts/hello.md").unlink()
    write(project, "posts/cat.md", "![A cat](cat.webp)\n\nMy cat\n")
    write(project, "posts/cat.webp", a_wide_photo())
    return CommandLine(project, capsys)


@pytest.fixture
def fixing(cli):
    write(cli.root, "threadsync.yaml", FIX)
    return cli


@pytest.fixture
def without_tools(monkeypatch, tmp_path):
    """No ffmpeg anywhere, and nothing that reads HEIC."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("threadsync.media.fixing.tools.FFMPEG_PACKAGE", "no_such_package")
    monkeypatch.setattr("threadsync.media.probing.foreign._HEIC_PACKAGE", "no_such_package")


def sent(cli):
    """The facts of every file that the sandbox was sent, the oldest first."""
    files = (cli.root / ".threadsync/sandbox/media").iterdir()
    return [probe(str(path)) for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)]


def has(cli, name):
    """Whether the sandbox has an object of this name."""
    with cli.witness() as client:
        return client.head(f"/_sandbox/media/{name}").is_success


def test_validate_and_plan_see_only_what_stays_wrong(fixing):
    assert fixing("validate").out == "No problems in 1 entry.\n"
    assert "upload posts/cat.webp" in fixing("-v", "plan").out
    assert fixing("-v", "plan").out.count("as a JPEG") == 1


def test_without_fix_it_is_an_error_that_names_both_ways(cli):
    result = cli("validate")
    assert result.code == ExitCode.PROBLEMS
    assert "make a JPEG of it: threadsync media fix posts/cat.webp, or fix: auto" in result.out


def test_the_mended_copy_is_sent_under_the_name_of_its_original(fixing):
    digest = file_digest(str(fixing.root / "posts/cat.webp"))
    result = fixing.apply()
    assert result.code == 0
    assert "cat: uploaded posts/cat.webp as a JPEG (" in result.out
    (facts,) = sent(fixing)
    assert has(fixing, f"{digest[7:]}-jpeg1.jpg")
    assert not has(fixing, f"{digest[7:]}.jpg")
    assert (facts.format, facts.picture[:2]) == ("JPEG", (1440, 720))
    assert len(fixing.posts()) == 1


def test_the_plan_is_empty_afterwards_whatever_fix_says(cli):
    write(cli.root, "posts/cat.webp", a_jpeg(size=(2000, 1000)))
    assert cli.apply().code == 0
    write(cli.root, "threadsync.yaml", FIX)
    assert "No changes." in cli("plan").out
    write(cli.root, "threadsync.yaml", "media: {strip_metadata: false}\n")
    assert "No changes." in cli("plan").out


def test_an_entry_may_ask_for_it_or_refuse_it(cli):
    write(cli.root, "posts/cat.md", "---\nfix: auto\n---\n![A cat](cat.webp)\n")
    assert cli("validate").code == 0
    write(cli.root, "threadsync.yaml", FIX)
    write(cli.root, "posts/cat.md", "---\nfix: off\n---\n![A cat](cat.webp)\n")
    assert cli("validate").code == ExitCode.PROBLEMS


def test_off_may_be_written_with_and_without_quotes(cli):
    write(cli.root, "threadsync.yaml", "media: {fix: off}\n")
    assert "media-format" in cli("validate").out
    write(cli.root, "threadsync.yaml", 'media: {fix: "off"}\n')
    assert "media-format" in cli("validate").out


@pytest.mark.parametrize(
    ("settings", "post"), [("media: {fix: always}\n", ""), ("", "---\nfix: always\n---\n")]
)
def test_another_word_is_an_error_that_names_the_right_ones(cli, settings, post):
    write(cli.root, "threadsync.yaml", settings or "version: 1\n")
    write(cli.root, "posts/cat.md", f"{post}![A cat](cat.webp)\n")
    assert "fix is 'always'; off or auto is needed" in cli("validate").out.replace(",", ";")


def test_the_place_is_taken_out_unless_it_is_to_stay(cli):
    photo = a_photo(size=(400, 400), exif=an_exif(6, has_place=True))
    write(cli.root, "posts/cat.md", "![A cat](cat.jpg)\n")
    write(cli.root, "posts/cat.jpg", photo)
    assert cli("validate").out == "No problems in 1 entry.\n"
    cli.apply()
    (facts,) = sent(cli)
    assert (facts.picture.has_location, facts.picture.orientation) == (False, 6)
    assert (cli.root / "posts/cat.jpg").read_bytes() == photo
    write(cli.root, "threadsync.yaml", "media: {strip_metadata: false}\n")
    write(cli.root, "posts/more.md", "![A cat](cat.jpg)\n\nMore\n")
    assert "strip_metadata: true [media-location]" in cli("validate").out
    cli.apply()
    assert [f.picture.has_location for f in sent(cli)] == [False, True]


def test_a_file_without_metadata_is_sent_as_it_is(cli):
    write(cli.root, "posts/cat.md", "![A cat](cat.jpg)\n")
    write(cli.root, "posts/cat.jpg", a_jpeg())
    cli.apply()
    assert has(cli, f"{file_digest(str(cli.root / 'posts/cat.jpg'))[7:]}.jpg")
    assert not (cli.root / ".threadsync/fixed").exists()


def test_damage_that_shows_only_while_it_is_mended_publishes_nothing(fixing):
    write(fixing.root, "posts/cat.webp", a_photo("WebP", size=(400, 300))[:9000])
    result = fixing.apply()
    assert result.code == ExitCode.PROBLEMS
    assert "cat.webp" in result.err + result.out
    assert fixing.posts() == []


@pytest.mark.parametrize(
    ("name", "content", "tool"),
    [
        ("x.mkv", MATROSKA, "ffmpeg"),
        ("x.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "pillow-heif"),
    ],
)
def test_what_is_not_installed_is_an_error_at_the_line_of_the_file(
    fixing, without_tools, name, content, tool
):
    write(fixing.root, "posts/cat.md", f"text\n\n![A cat]({name})\n")
    write(fixing.root, f"posts/{name}", content)
    result = fixing("validate")
    assert result.code == ExitCode.PROBLEMS
    assert result.out.splitlines()[0] == (
        f"posts/cat.md:3:1: error: posts/{name} cannot be mended here: {tool} is not installed; "
        "run: pip install 'threadsync[fix]' [media-tool-missing]"
    )


@needs_ffmpeg
def test_what_is_out_needs_nothing_to_be_installed(fixing, request):
    write(fixing.root, "posts/cat.yaml", "media: [{path: x.mkv, alt_text: x}]\nkey: film\n")
    film(fixing.root / "posts", "x.mkv", size="160x120")
    assert fixing.apply().code == 0
    request.getfixturevalue("without_tools")
    assert fixing("validate").code == 0
    assert "No changes." in fixing("plan").out


@needs_ffmpeg
def test_a_runner_that_starts_afresh_finds_what_is_stored(fixing, request):
    write(fixing.root, "posts/cat.yaml", "media: [{path: x.mkv, alt_text: x}]\nkey: film\n")
    film(fixing.root / "posts", "x.mkv", size="160x120")
    fixing.apply()
    for path in (fixing.root / ".threadsync/fixed").iterdir():
        path.unlink()
    write(fixing.root, "posts/again.yaml", "media: [{path: x.mkv, alt_text: y}]\ntext: again\n")
    result = fixing.apply()
    assert (result.code, "uploaded" in result.out) == (0, False)
    assert list((fixing.root / ".threadsync/fixed").glob("*.mp4")) == []
    assert len(fixing.posts()) == 3


@needs_ffmpeg
def test_a_film_is_told_of_before_it_is_mended(fixing):
    write(fixing.root, "posts/cat.md", "![A film](x.mkv)\n")
    film(fixing.root / "posts", "x.mkv", size="160x120")
    said = fixing.apply().out.splitlines()
    assert said.index("cat: mending posts/x.mkv") < next(
        n
        for n, line in enumerate(said)
        if line.startswith("cat: uploaded posts/x.mkv coded anew (")
    )
    (facts,) = sent(fixing)
    assert (facts.format, facts.video.codec) == ("MP4", "H.264")


def test_for_programs_an_upload_says_what_was_sent(fixing):
    events = fixing.apply("--format", "json").events
    (uploaded,) = [event for event in events if event["event"] == "uploaded"]
    assert (uploaded["mended"], uploaded["path"]) == ("as a JPEG", "posts/cat.webp")
    assert not any(event["event"] == "mending" for event in events)
