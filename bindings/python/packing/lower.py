"""The lower layer: the module that is generated from the library, its types, and the version of the package."""

from pathlib import Path

from packing import native, stub


def write(here: Path, library: Path, version: str, folder: Path) -> "tuple[Path, Path, Path]":
    """Writes them into a folder; `library` has its symbols."""
    generated = folder / "_generated.py"
    native.generate(here, library, generated)
    stubs = generated.with_suffix(".pyi")
    stubs.write_text(stub.of(generated.read_text(encoding="utf-8")), encoding="utf-8")
    # What the library must say of itself, too.
    own = folder / "_version.py"
    own.write_text(f'"""The version of this package."""\n\nPACKAGE_VERSION = "{version}"\n', encoding="utf-8")
    return generated, stubs, own
