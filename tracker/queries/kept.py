"""What is the same for every reader until the data change, kept between requests.

Documents, States, groups, and what the public reads in a cycle are the same for everybody until
``installation.data_version`` moves. They are read once a version in each process and kept in
memory. The version is read from the database in the transaction of each reader, so that several
processes never disagree with the database; see ``docs/adr/0027-kept-between-requests.md``.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from tracker.models import Installation

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
MOST = 64  # entries of one database; the largest is the grid of a cycle, about a megabyte
_CHANGES, _VERSION = "changes data", "version of data"


class _Store:
    """The entries of one database, all of one version; those used longest ago go first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version: int | None = None
        self._entries: OrderedDict[tuple[str, Hashable], Any] = OrderedDict()

    def found(
        self, version: int, names: Sequence[tuple[str, Hashable]]
    ) -> dict[tuple[str, Hashable], Any]:
        """What is kept of these; everything of another version is let go."""
        with self._lock:
            if version != self._version:
                self._entries.clear()
                self._version = version
            there = [name for name in names if name in self._entries]
            for name in there:
                self._entries.move_to_end(name)
            return {name: self._entries[name] for name in there}

    def keep(self, version: int, kind: str, read: Mapping[Any, Any], most: int) -> None:
        """Keep what was read under this version, unless the store has moved on meanwhile."""
        with self._lock:
            if version == self._version:
                self._entries.update({(kind, key): made for key, made in read.items()})
                for name in [name for name in self._entries if name[0] == kind][:-most]:
                    del self._entries[name]
                while len(self._entries) > MOST:
                    self._entries.popitem(last=False)


_stores: WeakKeyDictionary[Engine | Connection, _Store] = WeakKeyDictionary()
_stores_lock = Lock()


def kept(session: Session, name: Hashable, read: Callable[[], T]) -> T:
    """What ``read`` gives, read once a version of the data; nobody may change it."""
    return kept_each(session, "", (name,), lambda _: {name: read()})[name]


def kept_each(
    session: Session, kind: str, keys: Sequence[K], read: Callable[[list[K]], Mapping[K, T]]
) -> dict[K, T]:
    """By key, those of ``keys`` that there are; ``read`` is called once for all that are not kept.

    Only for what every reader may read and what moves ``data_version`` when it changes. The
    version is read first: were the data newer, they would be kept under a version that nobody
    who begins later sees, never old data under a new one.
    """
    return keeper(session).each(kind, keys, read)


class Keeper:
    """Keeps for one version of the data; for none where they are being changed."""

    def __init__(self, store: _Store, version: int | None) -> None:
        self._store, self._version = store, version

    def each(
        self,
        kind: str,
        keys: Sequence[K],
        read: Callable[[list[K]], Mapping[K, T]],
        *,
        most: int = MOST,
    ) -> dict[K, T]:
        """As ``kept_each``; of this kind the ``most`` that were used last."""
        if self._version is None:
            return dict(read(list(keys)))
        there = self._store.found(self._version, [(kind, key) for key in keys])
        found = {key: cast(T, there[kind, key]) for key in keys if (kind, key) in there}
        missing = [key for key in keys if key not in found]
        if missing:
            made = read(missing)
            self._store.keep(self._version, kind, made, most)
            found.update(made)
        return found


def keeper(session: Session) -> Keeper:
    """For the version that this transaction sees; it may be used after the transaction."""
    version = _version(session)
    with _stores_lock:
        return Keeper(_stores.setdefault(session.get_bind(), _Store()), version)


def keeps_nothing(session: Session) -> None:
    """From here on the session reads the tables: it changed what is kept, and may roll back."""
    session.info[_CHANGES] = True


def version_is(session: Session, version: int | None) -> None:
    """For a query that has read the version with something else in this transaction.

    The first one stands: a later one may be newer than what was read in between.
    """
    transaction = session.get_transaction()
    if session.info.get(_VERSION, (None, None))[0] is not transaction:
        session.info[_VERSION] = transaction, version


def _version(session: Session) -> int | None:
    """The version that this transaction sees, asked once; ``None`` for who changes the data."""
    if session.info.get(_CHANGES):
        return None
    transaction, version = session.info.get(_VERSION, (None, None))
    if transaction is None or transaction is not session.get_transaction():
        version = session.scalar(select(Installation.data_version).where(Installation.id == 1))
        version_is(session, version)
    return cast(int | None, version)
