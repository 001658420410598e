"""`python -m packing FOLDER VERSION` puts what the wheel gets built into a folder of the sources, to be imported there."""

import shutil
import sys
import tempfile
from pathlib import Path

from packing import lower, native

HERE = Path(__file__).resolve().parents[1]


def main(folder: Path, version: str) -> None:
    """Copies only once all of it is made."""
    with tempfile.TemporaryDirectory() as scratch:
        built = native.build(HERE, Path(scratch))
        written = lower.write(HERE, built.unstripped, version, Path(scratch))
        for made, name in (*((file, file.name) for file in written), (built.library, built.name)):
            shutil.copyfile(made, folder / name)


main(Path(sys.argv[1]).resolve(), sys.argv[2])
