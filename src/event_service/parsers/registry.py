"""Which parser reads a body: the one that the webhook names, or the one that recognises it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType

from event_service import parsers
from event_service.parsers.seam import Body, Options, ParseFailure, Parser, Reading, Source

ENTRY_POINT_GROUP = "event_service.parsers"
AUTO = "auto"
"""The plugin id of webhooks whose bodies' source is recognised, as it is without any."""


class ParserRegistry(Mapping[str, Parser]):
    """Parsers by plugin id; fixed once built, so that threads share it."""

    def __init__(self, sources: Iterable[Source]) -> None:
        """Raises ValueError when two sources go by one name."""
        ordered = sorted(sources, key=lambda source: (source.general, source.name))
        found: dict[str, Parser] = {AUTO: self._auto}
        named: dict[str, Source] = {}
        for source in ordered:
            for name in (source.name, *source.plugin_ids):
                if name in found:
                    raise ValueError(f"two sources of alerts are called {name}")
                found[name] = source.parse
                named[name] = source
        self._sources = tuple(ordered)
        self._unmarked = frozenset(
            place for place, source in enumerate(ordered) if not source.marks
        )
        self._marked = _places_of_marks(ordered)
        self._named = MappingProxyType(named)
        self._parsers = MappingProxyType(found)

    def __getitem__(self, plugin_id: str) -> Parser:
        return self._parsers[plugin_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsers)

    def __len__(self) -> int:
        return len(self._parsers)

    @property
    def source_names(self) -> Sequence[str]:
        """What the sources are called, each by its first name."""
        return [source.name for source in self._sources]

    def recognise(self, body: Body) -> Parser:
        """The parser for the body of a webhook without a plugin.

        An empty body has no results. Raises ParseFailure when no source takes it for its own.
        """
        return self.source_of(body).parse if body else _nothing

    def source_of(self, body: Body) -> Source:
        """The source that takes a body for its own. Raises ParseFailure when none does."""
        for source in self._askable(body):
            if source.recognises(body):
                return source
        wanted = "; ".join(f"{source.name} ({source.looks_like})" for source in self._sources)
        raise ParseFailure(f"The body is of no known source. Looked for: {wanted}")

    def parse(self, plugin_id: str | None, body: Body, options: Options) -> Sequence[object]:
        """The raw results of a body, by the plugin's parser or, without one, a recognised one.

        Raises ParseFailure for a plugin that is not here and a body that can't be understood.
        """
        return self.read(plugin_id, body, options).results

    def read(self, plugin_id: str | None, body: Body, options: Options) -> Reading:
        """What ``parse`` gives, and the source that it is of: AUTO for an empty body of any."""
        if (plugin_id or AUTO) == AUTO:
            if not body:
                return Reading(AUTO, ())
            source = self.source_of(body)
        elif (named := self._named.get(plugin_id or AUTO)) is not None:
            source = named
        else:
            raise ParseFailure(f"The webhook's plugin is not installed here: {plugin_id}")
        return Reading(source.name, source.parse(body, options))

    def _askable(self, body: Body) -> Iterator[Source]:
        """The sources whose bodies may look like this one, in the order in which they are asked."""
        marks = self._marked.keys() & body.keys()
        places = self._unmarked.union(*[self._marked[mark] for mark in marks])
        return (self._sources[place] for place in sorted(places))

    def _auto(self, body: Body, options: Options) -> Sequence[object]:
        return self.recognise(body)(body, options)


def installed_sources() -> list[Source]:
    """Every source of this package, then those that other distributions declare.

    Raises TypeError when what an entry point names is no Source.
    """
    sources = []
    for module in iter_modules(parsers.__path__, f"{parsers.__name__}."):
        source = getattr(import_module(module.name), "SOURCE", None)
        if source is not None:
            sources.append(_checked(module.name, source))
    declared = entry_points(group=ENTRY_POINT_GROUP)
    return sources + [_checked(point.value, point.load()) for point in declared]


def _places_of_marks(sources: Sequence[Source]) -> Mapping[str, Sequence[int]]:
    marks = {mark for source in sources for mark in source.marks}
    return {
        mark: [place for place, source in enumerate(sources) if mark in source.marks]
        for mark in marks
    }


def _checked(place: str, source: object) -> Source:
    if not isinstance(source, Source):
        raise TypeError(f"{place} is no event_service.parsers.seam.Source")
    return source


def _nothing(_body: Body, _options: Options) -> Sequence[object]:
    return ()
