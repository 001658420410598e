"""The parts that build the wheel, for tests of them."""

import sys

from support import PACKAGE

sys.path.insert(0, str(PACKAGE))

from packing import native, stub, tag  # noqa: E402

sys.path.remove(str(PACKAGE))

__all__ = ["native", "stub", "tag"]
