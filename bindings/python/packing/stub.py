"""Types of the generated module, as `planguard._shape` changes it: what type checkers and editors read."""

import ast

_PRELUDE = """\
import datetime
import enum
import typing
from decimal import Decimal

"""
# As in `planguard._shape`.
_INPUTS = {"Action", "Observation", "LoginIntent", "Done"}


def of(source: str) -> str:
    """The stub of a generated module."""
    tree = ast.parse(source)
    public = _public(tree)
    classes: "dict[str, list[ast.ClassDef]]" = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            classes.setdefault(node.name, []).append(node)
    aliases = [node for node in tree.body if _is_alias(node)]
    parts = [_PRELUDE, *(_alias(node) for node in aliases), "\n"]
    for name in public:
        if name in classes and not name.endswith("Protocol"):
            # An error is written twice: once to be extended, once with its variants.
            parts.append(_class(classes[name][-1]))
    parts += [_function(node) for node in tree.body if _is_function(node) and node.name in public]
    parts.append("def __getattr__(name: str) -> typing.Any: ...\n")
    return "\n".join(parts)


def _public(tree: ast.Module) -> "list[str]":
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return [item.value for item in node.value.elts]
    raise RuntimeError("the generated module has no __all__")


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _is_alias(node: ast.AST) -> bool:
    """`UserId = str`, of types that cross as another one."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    name = node.targets[0].id
    return name[0].isupper() and not name.isupper() and isinstance(node.value, (ast.Name, ast.Attribute))


def _alias(node: ast.Assign) -> str:
    value = ast.unparse(node.value)
    return "" if value.endswith(".Decimal") or value.startswith("_") else f"{node.targets[0].id} = {value}"


def _arguments(function: ast.AST, name: str, optional_locale: bool) -> str:
    of = function.args
    shown = [arg.arg for arg in of.posonlyargs + of.args if arg.annotation is None][:1]
    plain = [arg for arg in of.args if arg.annotation is not None]
    required = len(plain) - len(of.defaults)
    for number, arg in enumerate(plain):
        default = " = ..." if number >= required else ""
        if optional_locale and arg.arg == "locale":
            default = " = ..."
        shown.append(f"{arg.arg}: {_type(arg.annotation)}{default}")
    if of.vararg is not None:
        shown.append("*values: typing.Any")
    if of.kwonlyargs:
        shown.append("*")
    for arg, value in zip(of.kwonlyargs, of.kw_defaults, strict=True):
        shown.append(f"{arg.arg}: {_type(arg.annotation)}{'' if value is None else ' = ...'}")
    return ", ".join(shown)


def _type(annotation: ast.AST) -> str:
    return ast.unparse(annotation)


def _function(function: ast.AST, indent: str = "") -> str:
    word = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    decorators = "".join(
        f"{indent}@{name.id}\n"
        for name in function.decorator_list
        if getattr(name, "id", "") in ("classmethod", "staticmethod")
    )
    returns = _type(function.returns) if function.returns is not None else "None"
    arguments = _arguments(function, function.name, function.name == "explain")
    return f"{decorators}{indent}{word} {function.name}({arguments}) -> {returns}: ..."


def _constructor(cls: ast.ClassDef) -> "ast.FunctionDef | None":
    for node in cls.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return node
    return None


def _fields(cls: ast.ClassDef, indent: str) -> "list[str]":
    init = _constructor(cls)
    arguments = [] if init is None else [*init.args.args[1:], *init.args.kwonlyargs]
    return [f"{indent}{arg.arg}: {_type(arg.annotation)}" for arg in arguments if arg.annotation is not None]


def _methods(cls: ast.ClassDef, indent: str) -> "list[str]":
    # A method of the library may have the name of a test for a variant; the later one holds.
    public = {node.name: node for node in cls.body if _is_function(node) and not node.name.startswith("_")}
    return [_function(node, indent) for node in public.values()]


def _class(cls: ast.ClassDef) -> str:
    if any(getattr(base, "attr", "") == "Enum" for base in cls.bases):
        members = [node.targets[0].id for node in cls.body if isinstance(node, ast.Assign)]
        lines = [f"    {member} = ..." for member in members]
        return "\n".join([f"class {cls.name}(enum.Enum):", *lines, *_methods(cls, "    "), ""])
    variants = [node for node in cls.body if isinstance(node, ast.ClassDef)]
    if cls.name == "InternalError":
        return f"class {cls.name}(Exception): ...\n"
    if cls.name.endswith("Error"):
        return _error(cls.name, variants)
    if variants:
        return _variants(cls, variants)
    lines = _fields(cls, "    ")
    init = _constructor(cls)
    if init is not None and init.args.kwarg is None:
        lines.append(_function(init, "    "))
    if any(line.startswith("    _from:") for line in lines):
        kind = next(line for line in lines if line.startswith("    _from:")).split(": ", 1)[1]
        lines.append(f"    @property\n    def from_(self) -> {kind}: ...")
    return "\n".join([f"class {cls.name}:", *(lines + _methods(cls, "    ") or ["    ..."]), ""])


def _variants(cls: ast.ClassDef, variants: "list[ast.ClassDef]") -> str:
    lines = [f"class {cls.name}:"]
    for variant in variants:
        fields = _fields(variant, "")
        lines.append(f"    class {variant.name}({cls.name}):")
        lines += [f"        {field}{_hiding(cls, field, variants)}" for field in fields]
        init = _constructor(variant)
        if init is None or init.args.vararg is not None:
            lines.append("        def __init__(self, *values: typing.Any) -> None: ...")
            lines.append("        def __getitem__(self, index: int) -> typing.Any: ...")
        else:
            lines.append(_function(init, "        "))
            names = ", ".join(repr(field.split(":")[0]) for field in fields)
            lines.append(f"        __match_args__ = ({names}{',' if fields else ''})")
    lines += _methods(cls, "    ")
    for variant in variants if cls.name in _INPUTS else []:
        lines += _factory(cls.name, variant)
    return "\n".join([*lines, ""])


def _hiding(cls: ast.ClassDef, field: str, variants: "list[ast.ClassDef]") -> str:
    """A field may have the name of a variant's function, which an instance has no need of."""
    functions = {variant.name.lower() for variant in variants} if cls.name in _INPUTS else set()
    return "  # type: ignore[assignment]" if field.split(":")[0] in functions else ""


def _factory(owner: str, variant: ast.ClassDef) -> "list[str]":
    init = _constructor(variant)
    arguments = "*values: typing.Any"
    if init is not None and init.args.vararg is None:
        typed = (f"{arg.arg}: {_type(arg.annotation)}" for arg in init.args.args[1:])
        arguments = ", ".join(one.replace(": GroupType", ": GroupType | str") for one in typed)
    made = f"{owner}.{variant.name}"
    return ["    @staticmethod", f'    def {variant.name.lower()}({arguments}) -> "{made}": ...']


_ERROR_FIELDS = {
    "details": "ErrorDetails",
    "retry_at": "typing.Optional[datetime.datetime]",
    "failure": "LoginFailure",
    "code": "int",
    "detail": "str",
    "limit": "int",
}


def _error(name: str, variants: "list[ast.ClassDef]") -> str:
    lines = [f"class {name}(Exception):"]
    if name == "PlanguardError":
        lines += [
            "    @property\n    def reason(self) -> str: ...",
            "    @property\n    def field_name(self) -> typing.Optional[str]: ...",
            "    def explain(self, locale: Locale = ...) -> str: ...",
        ]
    for variant in variants:
        init = _constructor(variant)
        names = [] if init is None else [arg.arg for arg in init.args.args[1:]]
        lines.append(f"    class {variant.name}({name}):")
        lines += [f"        {field}: {_ERROR_FIELDS[field]}" for field in names]
        typed = "".join(f", {field}: {_ERROR_FIELDS[field]}" for field in names)
        lines.append(f"        def __init__(self{typed}) -> None: ...")
    return "\n".join([*lines, ""])
