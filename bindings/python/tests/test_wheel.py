"""What is installed is the wheel, whole, and typed."""

import os
import subprocess
import sys
import sysconfig
import tempfile
import unittest
from importlib.metadata import distribution
from pathlib import Path

import planguard
from packing_path import native, tag
from support import PACKAGE

WRONG = """
import planguard

def gate(guard: planguard.Planguard) -> None:
    guard.feature(7)
    guard.check(planguard.Action.add_friend("ada"))
    planguard.Action.add_friend("ada", "bob").nothing
    decision: int = guard.feature("community")
"""


def mypy(path):
    """Runs the type checker on a file, strictly, against the installed package."""
    run = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "--cache-dir",
        tempfile.gettempdir(),
        str(path),
    ]
    return subprocess.run(run, capture_output=True, text=True, cwd=tempfile.gettempdir())


class Wheel(unittest.TestCase):
    def test_what_is_tested_is_installed(self):
        here = Path(planguard.__file__).resolve()
        self.assertIn(Path(sys.prefix).resolve(), here.parents)
        self.assertNotIn(PACKAGE.resolve(), here.parents)

    def test_the_wheel_is_for_any_python_3_on_this_platform(self):
        wheel = distribution("planguard").read_text("WHEEL")
        library = Path(planguard.__file__).with_name(native.file_name())
        self.assertIn(f"Tag: py3-none-{tag.of(library, sysconfig.get_platform())}\n", wheel)
        self.assertIn("Root-Is-Purelib: false", wheel)

    def test_it_holds_its_types_and_licences(self):
        names = {file.name for file in distribution("planguard").files}
        self.assertLessEqual({"py.typed", "_generated.pyi", "LICENSE-MIT", "LICENSE-APACHE"}, names)
        self.assertFalse([name for name in names if name.startswith("test_")])

    def test_it_needs_nothing_else(self):
        required = [one for one in distribution("planguard").requires or [] if "extra ==" not in one]
        self.assertEqual(required, [])


class Sources(unittest.TestCase):
    def test_the_sources_get_what_the_wheel_gets(self):
        installed = Path(planguard.__file__).parent
        library = installed / native.file_name()
        environment = {**os.environ, "PLANGUARD_LIBRARY": str(library), "PYTHONPATH": str(PACKAGE)}
        with tempfile.TemporaryDirectory() as folder:
            run = [sys.executable, "-B", "-m", "packing", folder, planguard.__version__]
            done = subprocess.run(run, capture_output=True, text=True, cwd=folder, env=environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            names = sorted(file.name for file in Path(folder).iterdir())
            self.assertEqual(names, ["_generated.py", "_generated.pyi", "_version.py", library.name])
            for name in names:
                self.assertEqual((Path(folder) / name).read_bytes(), (installed / name).read_bytes(), name)


class Tags(unittest.TestCase):
    def of(self, *symbols):
        """The tag of a library that uses these."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "libplanguard.so"
            path.write_bytes(b"\0".join([b"ELF", *(symbol.encode() for symbol in symbols)]))
            return tag.of(path, "linux-x86_64")

    def test_a_wheel_runs_where_the_newest_function_is(self):
        self.assertRegex(self.of("GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.17"), "^manylinux_2_34_")

    def test_packed_relocations_need_the_glibc_that_loads_them(self):
        self.assertRegex(self.of("GLIBC_2.17", "GLIBC_ABI_DT_RELR"), "^manylinux_2_36_")

    def test_no_wheel_is_older_than_wheels(self):
        self.assertRegex(self.of("GLIBC_2.2.5"), "^manylinux_2_5_")

    def test_without_glibc_python_names_the_platform(self):
        self.assertRegex(self.of("__libc_start_main"), "^linux_")


class Types(unittest.TestCase):
    def test_the_package_is_right_under_strict_checking(self):
        run = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "-p", "planguard"]
        done = subprocess.run(run, capture_output=True, text=True, cwd=tempfile.gettempdir())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_mistakes_are_found_before_they_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wrong.py"
            path.write_text(WRONG, encoding="utf-8")
            found = mypy(path).stdout
        for mistake in ("[arg-type]", "[call-arg]", "[attr-defined]", "[assignment]"):
            self.assertIn(mistake, found)
