"""The public surface of the package as text: `python tests/surface.py > surface.txt` writes it anew."""

import enum
import inspect

import planguard
import planguard.testing


def lines():
    """Every public name, with the signatures of what can be called."""
    found = []
    for module in (planguard, planguard.testing):
        names = getattr(module, "__all__", None)
        if names is None:
            names = [
                name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
            ]
        if module is planguard:
            names = [*names, "open"]
        for name in sorted(name for name in names if not name.startswith("_")):
            found += _of(f"{module.__name__}.{name}", getattr(module, name))
    return found


def _of(path, thing):
    if not isinstance(thing, type):
        return [f"{path}{_signature(thing)}"] if callable(thing) else [path]
    if issubclass(thing, enum.Enum):
        return [path, *(f"{path}.{member.name}" for member in thing), *_members(path, thing)]
    return [f"{path}{_signature(thing.__init__)}", *_members(path, thing)]


def _members(path, thing):
    found = []
    for base in thing.__mro__[:-1]:
        if base is not thing and not base.__module__.startswith("planguard"):
            continue
        if base is not thing and base.__name__.endswith("Protocol"):
            continue
        for name, value in vars(base).items():
            raw = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
            if name.startswith("_") or isinstance(thing, enum.EnumMeta) and isinstance(value, thing):
                continue
            if isinstance(raw, type):
                if base is thing:
                    found.append(f"{path}.{name}{_signature(raw.__init__)}")
            elif isinstance(raw, property):
                found.append(f"{path}.{name}")
            elif callable(raw) and not name.startswith("is_"):
                found.append(f"{path}.{name}{_signature(raw)}")
    return sorted(set(found))


def _signature(function):
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return "()"
    if parameters and parameters[0].name in ("self", "cls"):
        parameters = parameters[1:]
    shown = []
    for parameter in parameters:
        name = f"*{parameter.name}" if parameter.kind is parameter.VAR_POSITIONAL else parameter.name
        if parameter.kind is parameter.VAR_KEYWORD:
            name = f"**{parameter.name}"
        shown.append(name if parameter.default is parameter.empty else f"{name}=…")
    return f"({', '.join(shown)})"


if __name__ == "__main__":
    print("\n".join(lines()))
