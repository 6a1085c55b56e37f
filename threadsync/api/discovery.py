"""Finding what others have: search, public profiles, places, embeds."""

from __future__ import annotations

from threadsync.api import fields as f
from threadsync.api.pages import Listing, Page, page_of
from threadsync.api.sender import Sender, When, path
from threadsync.api.types import Location, OEmbed, PublicProfile, PublishedPost
from threadsync.api.wire import Call, answer_of, params_of
from threadsync.errors import InvalidParameterError

_PROFILES = ("threads_profile_discovery",)
_PLACES = ("threads_location_tagging",)


class Discovery(Sender):
    """The calls that look beyond the own account."""

    def keyword_search(
        self,
        q: str,
        *,
        search_type: str | None = None,
        search_mode: str | None = None,
        media_type: str | None = None,
        author_username: str | None = None,
        since: When | None = None,
        until: When | None = None,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        fields: f.Fields = f.FOUND_POST,
    ) -> Listing[PublishedPost]:
        """Public posts with a word or a tag; 2,200 searches with a result in 24 hours.

        `search_type` is TOP or RECENT, `search_mode` KEYWORD or TAG, `media_type` TEXT, IMAGE or
        VIDEO, `author_username` exact and without `@`.
        """
        params = params_of(
            q=q,
            search_type=search_type,
            search_mode=search_mode,
            media_type=media_type,
            author_username=author_username,
            since=since,
            until=until,
            limit=limit,
            before=before,
            after=after,
            fields=f.joined(fields),
        )
        reads = page_of(PublishedPost)
        scopes = ("threads_keyword_search",)
        return self._listing(Call("search", "GET", "keyword_search", reads, params, scopes=scopes))

    async def profile_lookup(
        self, username: str, fields: f.Fields = f.PUBLIC_PROFILE
    ) -> PublicProfile:
        """A public profile with at least 100 followers, by its exact name without `@`."""
        params = params_of(username=username, fields=f.joined(fields))
        reads = answer_of(PublicProfile)
        return await self.send(
            Call("look up profile", "GET", "profile_lookup", reads, params, scopes=_PROFILES)
        )

    def profile_posts(
        self,
        username: str,
        *,
        since: When | None = None,
        until: When | None = None,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        fields: f.Fields = f.FOUND_POST,
    ) -> Listing[PublishedPost]:
        """The posts of a public profile, newest first."""
        params = params_of(
            username=username,
            since=since,
            until=until,
            limit=limit,
            before=before,
            after=after,
            fields=f.joined(fields),
        )
        reads = page_of(PublishedPost)
        return self._listing(
            Call("list profile posts", "GET", "profile_posts", reads, params, scopes=_PROFILES)
        )

    def location_search(
        self,
        q: str | None = None,
        *,
        latitude: float | None = None,
        longitude: float | None = None,
        fields: f.Fields = f.LOCATION,
    ) -> Listing[Location]:
        """Places by a name, by coordinates in degrees, or both; one page, 500 searches a day."""
        if not q and (latitude is None or longitude is None):
            raise InvalidParameterError("a search for places needs q, or latitude and longitude")
        params = params_of(
            q=q or None, latitude=latitude, longitude=longitude, fields=f.joined(fields)
        )
        reads = page_of(Location)
        call: Call[Page[Location]] = Call(
            "search places", "GET", "location_search", reads, params, scopes=_PLACES
        )
        return self._listing(call)

    async def location(self, location_id: str, fields: f.Fields = f.LOCATION) -> Location:
        params = params_of(fields=f.joined(fields))
        reads = answer_of(Location)
        return await self.send(
            Call("read place", "GET", path(location_id), reads, params, scopes=_PLACES)
        )

    async def oembed(self, url: str, maxwidth: int | None = None) -> OEmbed:
        """The HTML that shows a public post on another page; `maxwidth` is 320 to 658 pixels.

        Sent without the token, which it does not need since 2026-03-03.
        """
        params = params_of(url=url, maxwidth=maxwidth)
        reads = answer_of(OEmbed)
        return await self.send(Call("embed", "GET", "oembed", reads, params, has_token=False))
