"""`threadsync preview`: one HTML page of what would be published."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.options import target_option
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, FilesError, ThreadsyncError, UsageError

if TYPE_CHECKING:
    from threadsync.preview.model import Preview
    from threadsync.preview.pictures import Pictures

EPILOG = """
\b
Examples:
  threadsync preview --open             all posts, in your browser
  threadsync preview --out page.html    for the artifacts of a pull request
  threadsync preview --serve            a page that follows what you write
"""

PORT = 8701


@click.command("preview", epilog=EPILOG)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the page.  [default: .threadsync/preview.html]",
)
@click.option("--serve", is_flag=True, help="Show it at an address; the page follows the files.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="For --serve; 0 takes a free one.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.option("--changed", is_flag=True, help="Leave out what is on Threads as it is.")
@target_option
@pass_shell
def command(
    shell: Shell,
    out: Path | None,
    port: int,
    targets: tuple[str, ...],
    *,
    serve: bool,
    opens: bool,
    changed: bool,
) -> int:
    """Show the posts as they will look: one HTML page.

    Drawn from the requests that apply would send. The page needs no network and no other file.
    """
    if serve and out is not None:
        raise UsageError("--serve writes no file; leave out --out or --serve")
    maker = _Maker(shell, targets, only_changed=changed)
    if serve:
        _serve(shell, maker, port, opens=opens)
        return ExitCode.DONE
    preview = maker.made()
    path = _written(shell, maker, preview, out)
    shell.out(str(path))
    if opens:
        _open(path.resolve().as_uri())
    return _told(shell, preview)


class _Maker:
    """Makes the page anew each time; pictures are only drawn once."""

    def __init__(self, shell: Shell, targets: tuple[str, ...], *, only_changed: bool) -> None:
        self._shell, self._targets, self._only_changed = shell, targets, only_changed
        self.project = shell.project()
        self._pictures: Pictures | None = None
        self._others: set[str] = set()

    def made(self) -> Preview:
        from threadsync.preview.gather import gather
        from threadsync.preview.pictures import Pictures

        self.project = self._shell.project()
        if self._pictures is None:
            self._pictures = Pictures(self.project.settings)
        preview = gather(
            self.project,
            self._pictures,
            now=datetime.now(UTC),
            targets=self._targets,
            only_changed=self._only_changed,
        )
        self._others = set(preview.pictures)
        return preview

    def mark(self) -> str:
        from threadsync.preview.watching import mark_of

        settings = self.project.settings
        named = [settings.state_path]
        if self._shell.config_file is not None:
            named.append(self._shell.path(self._shell.config_file))
        others = (os.path.relpath(path, settings.root) for path in named)
        return mark_of(settings.root, settings.posts, {*self._others, *others})

    def drawn(self) -> tuple[str, str]:
        """The page that reloads itself, and its policy; a mistake in the files is part of it."""
        from threadsync.preview.gather import broken
        from threadsync.preview.page import draw_preview, policy, reload_script

        script = reload_script()
        try:
            preview = self.made()
        except FilesError as error:
            preview = broken(self.project.settings.root.name, error.problems, now=datetime.now(UTC))
        except ThreadsyncError as error:
            preview = broken(
                self.project.settings.root.name, (), now=datetime.now(UTC), note=str(error)
            )
        return draw_preview(preview, script=script), policy(script)


def _serve(shell: Shell, maker: _Maker, port: int, *, opens: bool) -> None:
    from threadsync.preview.server import PreviewServer

    maker.made()
    server = PreviewServer(port, maker.mark, maker.drawn)
    shell.out(server.address)
    shell.say("The page follows the files; Ctrl-C ends it.")
    if opens:
        _open(server.address)
    try:
        server.serve()
    except KeyboardInterrupt:
        return


def _written(shell: Shell, maker: _Maker, preview: Preview, out: Path | None) -> Path:
    from threadsync.preview.page import draw_preview

    path = shell.path(out) if out else maker.project.settings.cache_folder / "preview.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(draw_preview(preview), "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return path


def _told(shell: Shell, preview: Preview) -> int:
    """What is wrong, to stderr; the page is there all the same."""
    from threadsync.problems import errors_in
    from threadsync.reporting.text import counted

    problems = [*preview.problems, *(one for card in preview.cards for one in card.problems)]
    for note in preview.notes:
        shell.warn(note)
    if not shell.quiet:
        shell.warn(f"{counted(len(preview.cards), 'entry', 'entries')}. {preview.summary}")
    shell.show_problems(sorted(set(problems)))
    return ExitCode.PROBLEMS if errors_in(problems) else ExitCode.DONE


def _open(address: str) -> None:
    import threading
    import webbrowser

    # Some browsers only give the terminal back when they are closed.
    thread = threading.Thread(target=webbrowser.open, args=(address,), daemon=True)
    thread.start()
    thread.join(timeout=5)
