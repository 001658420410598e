"""A native library that is missing, damaged or of another version: a clear ImportError, no crash."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import planguard
from packing_path import native


class Library(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.package = self.root / "planguard"
        shutil.copytree(Path(planguard.__file__).parent, self.package, symlinks=True)
        self.library = self.package / native.file_name()

    def import_fails(self):
        """Imports the copy in a process of its own, and gives the last line of what it says."""
        environment = {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        run = [sys.executable, "-c", "import planguard; print(planguard.__file__)"]
        done = subprocess.run(run, env=environment, cwd=self.root, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        last = done.stderr.strip().splitlines()[-1]
        self.assertRegex(last, "^ImportError: planguard: the native library .* wheel of planguard")
        return last

    def edit(self, pattern, change, name="_generated.py"):
        """Changes a module as that of another version would differ."""
        module = self.package / name
        text = module.read_text(encoding="utf-8")
        edited, count = re.subn(pattern, change, text, count=1)
        self.assertEqual(count, 1)
        module.write_text(edited, encoding="utf-8")

    def test_a_call_whose_meaning_changed(self):
        self.edit(r"(planguard_feature\(\) != )\d+", r"\g<1>1")
        said = self.import_fails()
        self.assertIn(f"says that it is planguard {planguard.__version__}", said)
        self.assertIn("differs from it in its calls", said)

    def test_another_version_of_planguard(self):
        self.edit(r"(PACKAGE_VERSION = )\"[^\"]+\"", r'\1"9.9.9"', "_version.py")
        said = self.import_fails()
        self.assertIn(f"is of planguard {planguard.__version__}, and the package is planguard 9.9.9", said)

    def test_another_version_of_the_generator(self):
        self.edit(r"(bindings_contract_version = )\d+", r"\g<1>1")
        said = self.import_fails()
        self.assertRegex(said, r"it speaks version \d+ of the contract between the two, and this package version 1\)")
        self.assertIn(f"cannot be used with planguard {planguard.__version__}", said)

    def test_a_call_that_the_library_lacks(self):
        self.edit(r"(_UniffiLib\.uniffi_planguard_fn_method_planguard_feature)(\.argtypes)", r"\1_of_tomorrow\2")
        self.assertIn("feature_of_tomorrow", self.import_fails())

    def test_no_library(self):
        self.library.unlink()
        self.import_fails()

    def test_a_library_that_is_none(self):
        self.library.unlink()
        self.library.write_bytes(b"no library")
        self.import_fails()

    def test_the_package_as_it_is_imports(self):
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        run = [sys.executable, "-c", "import planguard; print(planguard.__file__)"]
        done = subprocess.run(run, env=environment, cwd=self.root, capture_output=True, text=True, timeout=300)
        self.assertEqual(Path(done.stdout.strip()), (self.package / "__init__.py").resolve(), done.stderr)
