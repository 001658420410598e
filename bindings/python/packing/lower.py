"""The lower layer: the module that is generated from the library, and its types."""

from pathlib import Path

from packing import native, stub


def write(here: Path, library: Path, folder: Path) -> "tuple[Path, Path]":
    """Writes both into a folder; `library` has its symbols."""
    generated = folder / "_generated.py"
    native.generate(here, library, generated)
    stubs = generated.with_suffix(".pyi")
    stubs.write_text(stub.of(generated.read_text(encoding="utf-8")), encoding="utf-8")
    return generated, stubs
