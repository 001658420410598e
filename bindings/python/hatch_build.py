"""The wheel: the package, the native library for this platform, and the module that is generated from the library."""

import sys
import sysconfig
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from packing import lower, native, tag  # noqa: E402


class Library(BuildHookInterface):
    """Adds what is built to the wheel, and says for which platform it is."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Builds before the files are collected."""
        self.folder = tempfile.TemporaryDirectory()
        built = native.build(HERE, Path(self.folder.name))
        generated, stubs, own = lower.write(HERE, built.unstripped, self.metadata.version, Path(self.folder.name))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag.of(built.library, sysconfig.get_platform())}"
        build_data["force_include"] = {
            str(built.library): f"planguard/{built.name}",
            str(generated): "planguard/_generated.py",
            str(stubs): "planguard/_generated.pyi",
            str(own): "planguard/_version.py",
            str(HERE.parents[1] / "LICENSE-APACHE"): "planguard/LICENSE-APACHE",
            str(HERE.parents[1] / "LICENSE-MIT"): "planguard/LICENSE-MIT",
        }

    def finalize(self, version: str, build_data: dict, artifact_path: str) -> None:
        """The wheel is written."""
        self.folder.cleanup()
