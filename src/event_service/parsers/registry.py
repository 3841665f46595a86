"""Which parser reads a body: the one that the webhook names, or the one that recognises it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from event_service import parsers
from event_service.document_decoding import wholly_decoded
from event_service.parsers.seam import Body, Options, ParseFailure, Reading, Source

ENTRY_POINT_GROUP = "event_service.parsers"
AUTO = "auto"
"""The plugin id of webhooks whose bodies' source is recognised, as it is without any."""


class ParserRegistry(Collection[str]):
    """The plugin ids that are read here, each by its source; fixed, so that threads share it."""

    def __init__(self, sources: Iterable[Source]) -> None:
        """Raises ValueError when two sources go by one name."""
        ordered = sorted(sources, key=lambda source: (source.general, source.name))
        self._named: dict[str, Source] = {}
        for source in ordered:
            for name in (source.name, *source.plugin_ids):
                if name in self:
                    raise ValueError(f"two sources of alerts are called {name}")
                self._named[name] = source
        self._sources = tuple(ordered)
        self._unmarked = frozenset(
            place for place, source in enumerate(ordered) if not source.marks
        )
        self._marked = _places_of_marks(ordered)

    def __contains__(self, plugin_id: object) -> bool:
        return plugin_id == AUTO or plugin_id in self._named

    def __iter__(self) -> Iterator[str]:
        return iter((AUTO, *self._named))

    def __len__(self) -> int:
        return 1 + len(self._named)

    @property
    def source_names(self) -> Sequence[str]:
        """What the sources are called, each by its first name."""
        return [source.name for source in self._sources]

    def source_of(self, body: Body) -> Source:
        """The source that takes a body for its own. Raises ParseFailure when none does."""
        return self._recognised(body, self._askable(body))

    def read(self, plugin_id: str | None, body: Body, options: Options) -> Reading:
        """A body by the plugin's parser or, without one, by that of the source which it is of.

        An empty body of no plugin has no results, and AUTO as its source. A member that is null is
        none, but for one by whose name alone a source knows its bodies. Raises ParseFailure for a
        plugin that is not here and a body that can't be understood.
        """
        name = plugin_id or AUTO
        if name == AUTO and not body:
            return Reading(AUTO, ())
        top = dict(body.items())  # else each look into what is encoded takes ten times as long
        if name == AUTO:
            asked = self._askable(top)
            told = _as_wanted(body, top, asked)
            source = self._recognised(told, asked)
        else:
            if name not in self._named:
                raise ParseFailure(f"The webhook's plugin is not installed here: {name}")
            source = self._named[name]
            told = _as_wanted(body, top, (source,))
        return Reading(source.name, source.parse(_as_told(told, source), options))

    def _recognised(self, body: Body, asked: Sequence[Source]) -> Source:
        said = _said(body)
        for source in asked:
            if source.claims is not None and source.claims(said):
                return source
        general = [source for source in asked if source.general]
        special = [source for source in asked if not source.general]
        # A sender's own field may be null too: all names count when what is said tells nothing.
        tries = [(special, said), (special, body), (general, said)]
        for sources, told in tries if said is not body else [(asked, body)]:
            for source in sources:
                if source.recognises(told):
                    return source
        wanted = "; ".join(f"{source.name} ({source.looks_like})" for source in self._sources)
        raise ParseFailure(f"The body is of no known source. Looked for: {wanted}")

    def _askable(self, body: Body) -> Sequence[Source]:
        """The sources whose bodies may look like this one, in the order in which they are asked."""
        marks = self._marked.keys() & body.keys()
        places = self._unmarked.union(*[self._marked[mark] for mark in marks])
        return [self._sources[place] for place in sorted(places)]


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


def _said(body: Body) -> Body:
    # Templates and typed clients write null for what they have not: it is no mark of a source.
    if None not in body.values():
        return body
    return {name: value for name, value in body.items() if value is not None}


def _as_told(body: Body, source: Source) -> Body:
    said = _said(body)
    return said if said is body or source.recognises(said) else body


def _as_wanted(body: Body, top: Body, sources: Iterable[Source]) -> Body:
    """The body as all of the sources can read it, ``top`` being what stands at its top."""
    if all(source.shallow for source in sources):
        return top
    whole: Body = wholly_decoded(body)
    return whole


def _checked(place: str, source: object) -> Source:
    if not isinstance(source, Source):
        raise TypeError(f"{place} is no event_service.parsers.seam.Source")
    return source
