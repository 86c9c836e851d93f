"""List calls of TM Forum's version 4 APIs: paging, first-level filters with operators, field selection, headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.errors import BadRequest

LIMIT_MOST = 500
_LIMIT_DEFAULT = 50
_OFFSET_MOST = 1_000_000_000
_CLAUSES_MOST = 50
_VALUES_MOST = 100
_RESERVED = ("offset", "limit", "fields")
_ALWAYS = ("id", "href")

#: how a filter compares: the word after a dot, or the sign before the value
_SIGNS = {"eq": "", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_RANGES = (">", ">=", "<", "<=")
_SIGNED = re.compile(r"(?P<name>[^<>!]+)(?P<sign>>=|<=|!=|>|<|!)(?P<value>.*)", re.DOTALL)

Resource = dict[str, Any]


@dataclass(frozen=True)
class ListQuery:
    """A list call as parsed.

    Attributes:
        filters: name of our column, with `!=`, `>`, `>=`, `<` or `<=` after it when it is not equality, to the value;
            several values are parted by commas.
    """

    offset: int
    limit: int
    fields: frozenset[str] | None
    filters: Mapping[str, str]
    #: a filter wants what no such resource is
    impossible: bool = False

    def wants(self, *names: str) -> bool:
        """Whether any of these attributes is asked for."""
        return self.fields is None or bool(self.fields & set(names))


@dataclass(frozen=True)
class Attributes:
    """What a resource has, and by what it can be found.

    Attributes:
        known: first-level attributes.
        filters: attribute, or path below it, to the name that the service filters by.
        moments: filters that can be compared by before and after.
        fixed: attributes that are the same in every such resource, and what they are.
        objects: attributes that are objects or lists: what asks for one by a text means its id where it can be found by
            that, and else fits nothing.
    """

    known: Collection[str]
    filters: Mapping[str, str]
    moments: Collection[str] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    objects: Collection[str] = ()


def list_query(request: web.Request, attributes: Attributes) -> ListQuery:
    """Parse a list call.

    Raises:
        BadRequest: an unknown attribute or operator, or paging that is no number or out of bounds.
    """
    filters: dict[str, str] = {}
    impossible = False
    for given, value in request.query.items():
        if given in _RESERVED:
            continue
        name, sign, text = _clause(given, value, (*attributes.filters, *attributes.fixed, *attributes.objects))
        if name in attributes.objects and f"{name}.id" in attributes.filters:
            name = f"{name}.id"
        if name in attributes.fixed and sign in ("", "!="):
            impossible |= (attributes.fixed[name] in text.split(",")) is (sign == "!=")
            continue
        if name in attributes.objects and sign in ("", "!="):
            impossible |= sign == ""  # none of them is a text
            continue
        if name not in attributes.filters:
            choices = ", ".join(sorted(attributes.filters))
            raise BadRequest(f"Lists cannot be filtered by {given!r}. Choose from {choices}.")
        if sign in _RANGES and name not in attributes.moments:
            raise BadRequest(f"{name} cannot be compared by {sign}. Use it with = or !=.")
        if text.count(",") >= _VALUES_MOST:
            raise BadRequest(f"A filter names at most {_VALUES_MOST} values.")
        if name == "href":
            text = ",".join(part.rsplit("/", 1)[-1] for part in text.split(","))
        column = attributes.filters[name] + sign
        if column in filters:
            raise BadRequest(f"{given} is named twice. Part several values by commas.")
        filters[column] = text
    if len(filters) > _CLAUSES_MOST:
        raise BadRequest(f"A list has at most {_CLAUSES_MOST} filters.")
    return ListQuery(
        offset=_number(request, "offset", 0, _OFFSET_MOST),
        limit=_number(request, "limit", _LIMIT_DEFAULT, LIMIT_MOST),
        fields=fields_of(request, attributes.known),
        filters=filters,
        impossible=impossible,
    )


def fields_of(request: web.Request, known: Collection[str]) -> frozenset[str] | None:
    """The attributes that the caller wants; None: all.

    Raises:
        BadRequest: the resource has no such attribute.
    """
    given = request.query.get("fields", "").strip()
    if not given:
        return None
    names = frozenset(name.strip().split(".")[0] for name in given.split(",") if name.strip())
    unknown = sorted(names - set(known) - {"none"})
    if unknown:
        raise BadRequest(f"There is no attribute {unknown[0]!r} to select. Choose from {', '.join(sorted(known))}.")
    return names


def select(resource: Resource, fields: frozenset[str] | None) -> Resource:
    """Leave only the attributes asked for, and always `id` and `href`."""
    if fields is None:
        return resource
    return {name: value for name, value in resource.items() if name in fields or name in _ALWAYS}


def page(request: web.Request, resources: Sequence[Resource], total: int, query: ListQuery) -> web.Response:
    """Answer with one page; `total` counts what fits the filters."""
    return web.json_response(
        [select(resource, query.fields) for resource in resources],
        headers={
            "X-Total-Count": str(total),
            "X-Result-Count": str(len(resources)),
            "Link": _links(request, query, total),
        },
    )


def _links(request: web.Request, query: ListQuery, total: int) -> str:
    """`Link` of RFC 8288: self, and first, prev, next, last where there are any."""
    offsets = {"self": query.offset}
    if query.limit:
        offsets["first"] = 0
        if query.offset > 0:
            offsets["prev"] = max(0, query.offset - query.limit)
        if query.offset + query.limit < total:
            offsets["next"] = query.offset + query.limit
        offsets["last"] = max(0, (total - 1) // query.limit * query.limit)
    url = request.url
    return ", ".join(
        f'<{url.update_query(offset=str(offset), limit=str(query.limit))}>; rel="{rel}"'
        for rel, offset in offsets.items()
    )


def _clause(given: str, value: str, filters: Collection[str]) -> tuple[str, str, str]:
    """Attribute, sign and value of one part of the query: `a=1`, `a.gt=1`, `a>=1`, `a>1`."""
    if given in filters:
        return given, "", value
    signed = _SIGNED.fullmatch(given)
    if signed is not None:
        sign, rest = signed["sign"], signed["value"]
        if not rest:  # a>=1 reaches us as name "a>" with value "1"
            sign = {">": ">=", "<": "<=", "!": "!="}.get(sign, sign)
            return signed["name"], sign, value
        return signed["name"], "!=" if sign == "!" else sign, rest
    name, _, word = given.rpartition(".")
    if name in filters and word in _SIGNS:
        return name, _SIGNS[word], value
    if name in filters:
        raise BadRequest(f"There is no operator {word!r}. Choose from {', '.join(_SIGNS)}.")
    return given, "", value


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    given = request.query.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > len(str(most)) or int(given) > most:
        raise BadRequest(f"{name} is a whole number from 0 to {most}.")
    return int(given)
