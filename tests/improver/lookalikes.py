"""Classes that look like Python's containers: right ones, wrong ones, and those that are there to differ."""

import collections
import functools
from collections.abc import Iterator, MutableSequence, MutableSet
from typing import Any

from improver.verify import likening


class Row(MutableSequence[Any]):
    """A list, right in all that it does."""

    def __init__(self, items: Any = ()) -> None:
        self.items = [*items]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: Any) -> Any:
        return type(self)(self.items[at]) if isinstance(at, slice) else self.items[at]

    def __setitem__(self, at: Any, item: Any) -> None:
        self.items[at] = item

    def __delitem__(self, at: Any) -> None:
        del self.items[at]

    def insert(self, index: int, value: Any) -> None:
        self.items.insert(index, value)

    def cut(self, start: Any, stop: Any, **step: Any) -> None:
        del self.items[slice(start, stop, *step.values())]

    __delslice__: Any = cut

    def put(self, start: Any, stop: Any, items: Any) -> None:
        self.items[start:stop] = items

    __setslice__: Any = put

    def __add__(self, other: Any) -> "Row":
        return type(self)([*self, *other])

    def __iadd__(self, other: Any) -> "Row":
        self.items += other
        return self

    def __mul__(self, count: int) -> "Row":
        return type(self)(self.items * count)


class Crooked(Row):
    """One that is wrong in all that it does but for telling what it holds."""

    def __getitem__(self, at: Any) -> Any:
        return type(self)(self.items[at][1:]) if isinstance(at, slice) else self.items[at]

    def __setitem__(self, at: Any, item: Any) -> None:
        self.items[at] = item
        self.items.reverse()

    def __delitem__(self, at: Any) -> None:
        self.items.clear()

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)

    def cut(self, start: Any, stop: Any, **step: Any) -> None:
        if step.get("step") == 0:
            raise IndexError
        del self.items[start:stop]

    __delslice__: Any = cut

    def put(self, _start: Any, _stop: Any, items: Any) -> None:
        self.items[:] = items

    __setslice__: Any = put

    def index(self, *_given: Any) -> int:
        return 0

    def pop(self, index: int = -1) -> Any:
        return self.items[index - 1]

    def remove(self, value: Any) -> None:
        raise ValueError(value)

    def reverse(self) -> None:
        raise IndexError

    def __reversed__(self) -> Iterator[Any]:
        return iter(self.items)

    def __add__(self, other: Any) -> Row:
        return type(self)(other)

    def __iadd__(self, other: Any) -> "Crooked":
        return type(self)(self)

    def __mul__(self, count: int) -> Row:
        return type(self)(self)


class Crew(MutableSet[Any]):
    """A set, right in all that it does."""

    def __init__(self, names: Any = ()) -> None:
        self.names = dict.fromkeys(names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[Any]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def add(self, value: Any) -> None:
        self.names[value] = None

    def discard(self, value: Any) -> None:
        self.names.pop(value, None)

    def symmetric_difference(self, *others: Any) -> "Crew":
        return type(self)(functools.reduce(lambda one, other: one ^ {*other}, others, {*self}))

    def difference_update(self, *others: Any) -> None:
        self.names = {one: None for one in self if not any(one in other for other in others)}

    def intersection_update(self, *others: Any) -> None:
        self.names = {one: None for one in self if all(one in other for other in others)}

    def issubset(self, other: Any) -> bool:
        return all(one in other for one in self)


class Mutinous(Crew):
    """One that is wrong where several others, or none, are handed over."""

    def symmetric_difference(self, *others: Any) -> Crew:
        return super().symmetric_difference(*others) if len(others) == 1 else Crew()

    def difference_update(self, *others: Any) -> None:
        self.names = {} if not others else dict(self.names)

    def intersection_update(self, *others: Any) -> None:
        self.names = {one: None for one in self if any(one in other for other in others)}

    def issubset(self, _other: Any) -> bool:
        return True

    __le__ = issubset

    def __isub__(self, other: Any) -> "Mutinous":  # type: ignore[misc] # as sets do
        return self

    def remove(self, value: Any) -> None:
        pass

    def add(self, value: Any) -> None:
        self.names[value * 2] = None

    def __rsub__(self, other: Any) -> Crew:
        return Crew()


class Deaf(Crew):
    """One that does not hear of another, by whatever name."""

    def symmetric_difference(self, *_others: Any, **_named: Any) -> Crew:
        return Crew()


class Line(Crew):
    """One that can do what lists do too, and turns nothing round."""

    def __getitem__(self, at: int) -> Any:
        return [*self.names][at]

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed([*self.names])

    def index(self, name: Any) -> int:
        return [*self.names].index(name)

    def count(self, name: Any) -> int:
        return [*self.names].count(name)

    def reverse(self) -> None:
        self.add("z")
        self.discard("z")


class Chart(dict[Any, Any]):
    """A mapping by inheritance, right in all that it does."""

    def setdefault(self, key: Any, default: Any = None) -> Any:
        return super().setdefault(key, default)


class Blurred(Chart):
    """One that is wrong."""

    def setdefault(self, key: Any, default: Any = None) -> Any:
        self[key] = default
        return default

    def keys(self) -> Any:
        return [*self, "reef"]

    def update(self, *_others: Any, **_more: Any) -> None:
        self[1] = 7


class Listing(Chart):
    """One whose keys are a list."""

    def keys(self) -> Any:
        return [*self]


class Generous(Chart):
    """One that has something for any key."""

    def __missing__(self, key: Any) -> Any:
        return key


class Chord(tuple[Any, ...]):
    """A tuple by inheritance that is wrong."""

    __slots__ = ()

    def count(self, _value: Any) -> int:
        return 0


class Bounded(Row):
    """One that keeps no more than some."""

    def __init__(self, items: Any = (), most: int = 9) -> None:
        super().__init__([*items][-most:])
        self.most = most

    def insert(self, index: int, value: Any) -> None:
        super().insert(index, value)
        del self.items[: -self.most]


class Sorted(Row):
    """One that is always in order."""

    def __init__(self, items: Any = ()) -> None:
        super().__init__(sorted(items))

    def insert(self, _index: int, value: Any) -> None:
        self.items = sorted([*self.items, value])


class Frozen(Row):
    """One that nobody changes."""

    def insert(self, _index: int, _value: Any) -> None:
        raise TypeError("frozen")


class Exact(Row):
    """One that says more of what is wrong."""

    class NotHereError(KeyError):
        """It is not in the row."""

    def index(self, *_given: Any) -> int:
        raise self.NotHereError

    def remove(self, value: Any) -> None:
        raise UnicodeError(value)


class Own(Row):
    """One that ends with errors of its own."""

    class FullError(IndexError):
        """Nothing more has room."""

    def insert(self, _index: int, _value: Any) -> None:
        raise self.FullError


class Documented(Row):
    """One that says what it does."""

    def insert(self, _index: int, value: Any) -> None:
        """Put it at the end, unlike lists."""
        self.items.append(value)


class Wide(Row):
    """One that takes more than lists do."""

    def insert(self, index: int, value: Any = None, *more: Any) -> None:
        self.items += [index, value, *more]


class Unsure(Row):
    """One that holds something that it does not list."""

    def __contains__(self, value: object) -> bool:
        return True

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)


class Miscounted(Row):
    """One whose length counts something else."""

    def __len__(self) -> int:
        return 2 * len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)


class Shifted(Row):
    """One that counts from one."""

    def __getitem__(self, at: Any) -> Any:
        return self.items[at - 1]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)


class Closed(Row):
    """One that speaks of other things when it is asked what it holds."""

    def __contains__(self, value: object) -> bool:
        return False

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)


class Checked(Row):
    """One that takes small numbers only."""

    def insert(self, _index: int, value: Any) -> None:
        if value > 5:
            raise ValueError(value)


class Filled(Row):
    """One that is made of how many it holds."""

    def __init__(self, count: int = 0) -> None:
        super().__init__([0] * (count or 0))

    def clear(self) -> None:
        self.items = [0]


class Bag(Crew):
    """One that may hold a thing twice."""

    def __init__(self, names: Any = ()) -> None:
        super().__init__()
        self.all = [*names]

    def __contains__(self, name: object) -> bool:
        return name in self.all

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def discard(self, value: Any) -> None:
        self.all.remove(value)


class Folded(Crew):
    """One to which a name is the same in capitals."""

    def __contains__(self, name: object) -> bool:
        return str(name).lower() in self.names

    def remove(self, value: Any) -> None:
        del self.names[value.lower()]


class Broad(Crew):
    """One that takes more than sets do, and answers at length."""

    def __lt__(self, other: Any) -> bool:
        return True

    def issubset(self, other: Any) -> Any:
        return [one for one in self if one in other]

    def __isub__(self, other: Any) -> "Broad":  # type: ignore[misc] # as sets do
        return type(self)(one for one in self if one not in other)


class Motto(str):
    """A text that counts otherwise."""

    __slots__ = ()

    def count(self, *_given: Any) -> int:
        return 7


class Heap(list[Any]):
    """One by inheritance."""


class Everything:
    """Something that can be listed, and is nothing of Python's."""

    def __iter__(self) -> Iterator[Any]:
        return iter([1])


class Tail(collections.deque[Any]):
    """One that may keep the last only."""


class Endless(Row):
    """One of more than anybody looks at."""

    def __init__(self, items: Any = ()) -> None:
        super().__init__([*items] * likening.MOST)

    def insert(self, _index: int, value: Any) -> None:
        self.items.append(value)
