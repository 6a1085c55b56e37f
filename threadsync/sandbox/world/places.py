"""The places of the sandbox: a small fixed list, found by name or by nearness. Pure.

Places and addresses are made up or common knowledge; their numbers are the sandbox's own.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Any

NEAR_KM = 50
_EARTH_RADIUS_KM = 6_371

Place = dict[str, Any]
"""A place with the fields that Meta's reference names."""


def _place(
    number: int, name: str, address: str, country: str, position: tuple[float, float], code: str
) -> Place:
    latitude, longitude = position
    return {
        "id": str(123456789012345 + number),
        "name": name,
        "address": address,
        "city": name,
        "country": country,
        "latitude": latitude,
        "longitude": longitude,
        "postal_code": code,
    }


PLACES = (
    _place(0, "Menlo Park", "1 Example Way", "United States", (37.4529, -122.1817), "94025"),
    _place(1, "Berlin", "Beispielstraße 1", "Germany", (52.52, 13.405), "10117"),
    _place(2, "Paris", "1 rue de l’Exemple", "France", (48.8566, 2.3522), "75001"),
    _place(3, "São Paulo", "Rua do Exemplo 1", "Brazil", (-23.5505, -46.6333), "01000-000"),
    _place(4, "東京", "例町1丁目", "Japan", (35.6762, 139.6503), "100-0001"),
    _place(5, "Nairobi", "1 Example Road", "Kenya", (-1.2921, 36.8219), "00100"),
)


def find_place(location_id: str) -> Place | None:
    return next((place for place in PLACES if place["id"] == location_id), None)


def search_places(words: str, near: tuple[float, float] | None) -> list[Place]:
    """The places whose name or country has the words in it, and that are near the position.

    The nearest first, or in the order of the list without a position.
    """
    found = [place for place in PLACES if _is_named(place, words.strip().casefold())]
    if near is None:
        return found
    nearby = [place for place in found if _distance_km(place, near) <= NEAR_KM]
    return sorted(nearby, key=lambda place: _distance_km(place, near))


def _is_named(place: Place, words: str) -> bool:
    return words in f"{place['name']} {place['country']}".casefold()


def _distance_km(place: Place, near: tuple[float, float]) -> float:
    here, there = radians(near[0]), radians(place["latitude"])
    across = radians(place["longitude"] - near[1])
    half = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(half))
