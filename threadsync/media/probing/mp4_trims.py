"""How much of a track its edit list hides, repeats or moves. No I/O."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadsync.media.probing.mp4_edits import Edit
    from threadsync.media.probing.mp4_tracks import Track

EVENED_OUT_S = 0.1
"""Up to this much is what coders need at the start and end of a track, and no cut."""
_EMPTY = -1
_NORMAL_SPEED = 0x10000


def trimmed_s(track: Track, movie_ticks_per_s: int) -> float:
    """How many seconds the edits of a track hide, repeat or move; what is only evened out is 0."""
    shown = _shown(track, movie_ticks_per_s)
    empty = sum(edit.length for edit in track.edits if edit.start == _EMPTY)
    if not shown:
        return 0.0
    end = track.samples.ticks or shown[-1][1]
    delay = track.samples.first_delay
    # Coders put the first picture up to the delay later, or not at all when the edit list says so.
    jumps = [
        _ticks_beyond(shown[0][0], delay),
        *(abs(later[0] - earlier[1]) for earlier, later in pairwise(shown)),
        end - shown[-1][1],
    ]
    lengths_s = [empty / movie_ticks_per_s, *(jump / track.ticks_per_s for jump in jumps)]
    speeds_s = [
        (last - first) / track.ticks_per_s
        for (first, last), edit in zip(shown, _pieces(track), strict=True)
        if edit.speed != _NORMAL_SPEED
    ]
    return float(sum(length for length in (*lengths_s, *speeds_s) if length > EVENED_OUT_S))


def _shown(track: Track, movie_ticks_per_s: int) -> list[tuple[int, int]]:
    """First and last tick of each piece of the track, in the order shown."""
    return [
        (edit.start, edit.start + _length(edit, track, movie_ticks_per_s))
        for edit in _pieces(track)
    ]


def _pieces(track: Track) -> list[Edit]:
    return [edit for edit in track.edits if edit.start >= 0]


def _length(edit: Edit, track: Track, movie_ticks_per_s: int) -> int:
    """In ticks of the track; a length of 0 means up to its end."""
    if edit.length == 0:
        return max(0, track.samples.ticks - edit.start)
    return edit.length * track.ticks_per_s // movie_ticks_per_s


def _ticks_beyond(start: int, delay: int) -> int:
    return max(0, start - max(0, delay))
