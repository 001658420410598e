"""`python -m packing FOLDER` puts what the wheel gets built into a folder of the sources, which can then be imported."""

import shutil
import sys
import tempfile
from pathlib import Path

from packing import lower, native

HERE = Path(__file__).resolve().parents[1]


def main(folder: Path) -> None:
    """Copies only once all of it is made."""
    with tempfile.TemporaryDirectory() as scratch:
        built = native.build(HERE, Path(scratch))
        generated, stubs = lower.write(HERE, built.unstripped, Path(scratch))
        for made, name in ((generated, generated.name), (stubs, stubs.name), (built.library, built.name)):
            shutil.copyfile(made, folder / name)


main(Path(sys.argv[1]).resolve())
