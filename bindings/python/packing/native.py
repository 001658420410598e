"""The native library and the generated module, from cargo or from what was built before.

| Variable | Meaning |
| --- | --- |
| `PLANGUARD_LIBRARY` | a library that is built already, taken as it is; else cargo builds one, which is stripped |
| `PLANGUARD_UNSTRIPPED` | one of the same version with its symbols, which the generator reads; default the library itself |
| `PLANGUARD_BINDGEN` | the generator as a program; else cargo runs it |
| `PLANGUARD_PROFILE` | the profile that cargo builds with; default `release` |
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Built:
    """A library for this platform: the one for the wheel, and the one that the generator reads."""

    library: Path
    unstripped: Path
    name: str


def file_name() -> str:
    """What the generated module calls the library on this platform."""
    if sys.platform == "win32":
        return "planguard.dll"
    return "libplanguard.dylib" if sys.platform == "darwin" else "libplanguard.so"


def build(here: Path, scratch: Path) -> Built:
    """Finds or builds the library.

    The crate names no such crate type, so that a Rust app does not link one: cargo is told here.
    """
    given = os.environ.get("PLANGUARD_LIBRARY")
    if given:
        library = Path(given).resolve()
        unstripped = Path(os.environ.get("PLANGUARD_UNSTRIPPED") or library).resolve()
    else:
        profile = os.environ.get("PLANGUARD_PROFILE", "release")
        run = ["cargo", "rustc", "--locked", "--package", "planguard", "--lib", "--features", "ffi"]
        in_workspace(
            here, [*run, "--crate-type", "cdylib", "--profile", profile, "--config", f"profile.{profile}.strip=false"]
        )
        folder = "debug" if profile == "dev" else profile
        unstripped = target(here) / folder / file_name()
        library = stripped(unstripped, scratch / file_name())
    for path in (library, unstripped):
        if not path.is_file():
            raise FileNotFoundError(f"there is no library at {path}")
    return Built(library, unstripped, file_name())


def stripped(library: Path, to: Path) -> Path:
    """A copy without symbols, where the platform has a program that removes them; else the library as it is."""
    program = shutil.which("strip")
    if program is None or sys.platform == "win32":
        return library
    shutil.copy(library, to)
    subprocess.run([program, "-x" if sys.platform == "darwin" else "--strip-unneeded", str(to)], check=True)
    return to


def generate(here: Path, library: Path, to: Path) -> None:
    """Writes the generated module."""
    program = os.environ.get("PLANGUARD_BINDGEN")
    run = [program] if program else ["cargo", "run", "--locked", "--package", "planguard-bindgen", "--"]
    config = ["--config", str(here / "uniffi.toml"), "--language", "python", "--no-format"]
    in_workspace(here, [*run, "generate", str(library), *config, "--out-dir", str(to.parent)])
    written = to.with_name("planguard.py")
    # The generator succeeds on a library without metadata and writes nothing.
    if not written.is_file():
        raise RuntimeError(f"the generator found nothing in {library}: it has no symbols, or was built without `ffi`")
    to.write_text(named(written.read_text(encoding="utf-8")), encoding="utf-8")
    written.unlink()


def named(source: str) -> str:
    """The generated module, with errors that name the field of a number out of range, or both versions of a contract."""
    check = r"(?m)^( +)(_UniffiFfiConverter\w*(?:UInt\d+|TypeSdkAppId)\.check_lower)\(value\.([a-z]\w*)\)$"
    source, count = re.subn(check, r'\1_named("\3", \2, value.\3)', source)
    if not count:
        raise RuntimeError("the generated module checks numbers in another way")
    if source.count(_MISMATCH) != 1:
        raise RuntimeError("the generated module checks the version of its contract in another way")
    return source.replace(_MISMATCH, _BOTH) + _NAMED


_MISMATCH = '"UniFFI contract version mismatch: try cleaning and rebuilding your project"'
_BOTH = (
    'f"it speaks version {scaffolding_contract_version} of the contract between the two, '
    'and this package version {bindings_contract_version}"'
)
_NAMED = '''

def _named(field, check, value):
    try:
        check(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{field}: {error}") from None
'''


def target(here: Path) -> Path:
    """Cargo's target folder."""
    run = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    output = subprocess.run(run, cwd=here.parents[1], check=True, capture_output=True).stdout
    return Path(json.loads(output)["target_directory"])


def in_workspace(here: Path, command: "list[str]") -> None:
    """Runs a command in the workspace, its output on standard error, where build front ends show it."""
    subprocess.run(command, cwd=here.parents[1], check=True, stdout=sys.stderr)
