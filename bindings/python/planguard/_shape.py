"""Gives the generated classes what Python programmers expect of them.

- `repr` shows the fields, without credentials, ids of users, and texts of the provider.
- Records compare with anything; variants match by position.
- `explain()` is in English where no locale is named.
- Variants that callers write have a function in lower case: `Action.add_friend("ada", "bob")` is
  `Action.ADD_FRIEND(user=…, peer=…)`.
- Errors show their reason.
- Objects of the library are not copied or pickled: two Python objects would free one of the library.
"""

# mypy: ignore-errors
# It changes classes at run time; what comes of it is typed by the stub.

import enum
import functools
import inspect

from ._loading import _generated as g

# Types of fields that name a person or a group, and fields that hold secrets or the provider's own texts.
_HIDDEN_TYPES = ("UserId", "GroupId")
_HIDDEN_FIELDS = {
    "OpenOptions": {"credential", "device_marker", "seed"},
    "Header": {"value"},
    "Request": {"headers", "body"},
    "Response": {"headers", "body"},
    "HostImage": {"content"},
    "LoginFailure": {"detail"},
    "Rejection": {"detail"},
}
# What callers write down: their variants have functions.
_INPUTS = {"Action", "Observation", "LoginIntent", "Done"}
# Variants without names for their fields, whose content is an id.
_HIDDEN_VARIANTS = {"Done.CREATED"}


def _fields(cls: type) -> "dict[str, str]":
    """Its fields and their types, as its constructor names them."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    named = (p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
    return {p.name: str(p.annotation) for p in named}


def _describe(cls: type, title: str, owner: str) -> None:
    fields = _fields(cls)
    secret = {name for name, kind in fields.items() if kind.rsplit(".", 1)[-1].rstrip("]").endswith(_HIDDEN_TYPES)}
    secret |= _HIDDEN_FIELDS.get(owner, set())

    def __repr__(self):
        if hasattr(self, "_values"):
            shown = ["…"] if title in _HIDDEN_VARIANTS else [repr(value) for value in self._values]
        else:
            shown = [f"{name}={'…' if name in secret else repr(getattr(self, name))}" for name in fields]
        return f"{title}({', '.join(shown)})"

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return vars(self) == vars(other)

    cls.__repr__ = cls.__str__ = __repr__
    cls.__eq__ = __eq__
    cls.__match_args__ = tuple(fields)


def _enum_repr(self):
    return f"{type(self).__name__}.{self.name}"


def _no_copy(self, _protocol):
    raise TypeError(f"a {type(self).__name__} cannot be copied or pickled: it is one object of the native library")


def _factory(variant: type):
    kinds = [name for name, kind in _fields(variant).items() if kind == "GroupType"]
    signature = inspect.signature(variant.__init__)

    @functools.wraps(variant.__init__)
    def make(*args, **kwargs):
        if not kinds:
            return variant(*args, **kwargs)
        bound = signature.bind(None, *args, **kwargs)
        for name in kinds:
            if isinstance(bound.arguments.get(name), str):
                bound.arguments[name] = g.parse_group_type(bound.arguments[name])
        return variant(*bound.args[1:], **bound.kwargs)

    make.__name__ = variant.__name__.rsplit(".", 1)[-1].lower()
    make.__doc__ = variant.__doc__
    return staticmethod(make)


def _locale(given):
    """A locale. A tag is refused with a word on how it is read, and not as a bare value."""
    if not isinstance(given, g.Locale):
        raise TypeError(f"locale: expected planguard.Locale, got {given!r}; planguard.parse_locale reads a tag")
    return given


def _english_by_default(cls: type) -> None:
    own = cls.__dict__.get("explain")
    if own is None:
        return
    if len(inspect.signature(own).parameters) > 2:

        def explain(self, feature, locale=g.Locale.EN):
            return own(self, feature, _locale(locale))

    else:

        def explain(self, locale=g.Locale.EN):
            return own(self, _locale(locale))

    functools.update_wrapper(explain, own)
    del explain.__wrapped__
    cls.explain = explain


def _shape_error(error: type, name: str, variant: type) -> None:
    _english_by_default(variant)
    fields = [field for field in _fields(variant)]

    def reason(self):
        """For logs, in English: what is wrong, and the remedy. Holds no text of the provider or the host."""
        about = getattr(self, "details", None) or getattr(self, "failure", None)
        return about.reason if about is not None else name

    def field_name(self):
        """The setting or argument it is about, where it is about one."""
        return getattr(getattr(self, "details", None), "field_name", None)

    variant.__str__ = reason
    variant.__repr__ = lambda self: f"{error.__name__}.{name}({reason(self)!r})"
    variant.__match_args__ = tuple(fields)
    if error is g.PlanguardError:
        variant.reason = property(reason)
        variant.field_name = property(field_name)


def _shape(name: str, cls: type) -> None:
    if hasattr(cls, "_uniffi_clone_handle"):
        cls.__reduce_ex__ = _no_copy
        if "__repr__" not in vars(cls):
            cls.__repr__ = lambda self: f"<planguard.{name}>"
        return
    if issubclass(cls, enum.Enum):
        cls.__repr__ = _enum_repr
        _english_by_default(cls)
        return
    variants = {key: value for key, value in vars(cls).items() if isinstance(value, type) and not key.startswith("_")}
    if issubclass(cls, Exception):
        for key, variant in variants.items():
            _shape_error(cls, key, variant)
        return
    _english_by_default(cls)
    if variants:
        for key, variant in variants.items():
            _describe(variant, f"{name}.{key}", name)
            if name in _INPUTS:
                setattr(cls, key.lower(), _factory(variant))
    elif "__eq__" in vars(cls):
        _describe(cls, name, name)
        if "_from" in _fields(cls):
            cls.from_ = property(lambda self: self._from)


for _name in g.__all__:
    _thing = getattr(g, _name)
    if isinstance(_thing, type) and not _name.endswith("Protocol"):
        _shape(_name, _thing)

# As the keys of the documents spell them; `str()` of a feature in a log line is that word.
for _cls in (g.Feature, g.LimitId, g.GroupType):
    _cls.__str__ = _cls.as_str
