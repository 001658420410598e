"""The package's README: its quick start runs as it stands, prints what it says, and is typed."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import PACKAGE

README = (PACKAGE / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def shown():
    """Each program with the output that stands under it; none prints nothing."""
    pattern = r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```$)?"
    return re.findall(pattern, README, re.MULTILINE | re.DOTALL)


class Readme(unittest.TestCase):
    def run_block(self, code):
        """Runs a program in an empty folder."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "program.py"
            path.write_text(code, encoding="utf-8")
            environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
            environment.pop("PYTHONPATH", None)
            return subprocess.run(
                [sys.executable, str(path)],
                capture_output=True,
                encoding="utf-8",
                cwd=folder,
                env=environment,
                timeout=300,
            )

    def test_the_quick_start_prints_what_it_says(self):
        code, said = shown()[0]
        done = self.run_block(code)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, said)

    def test_the_quick_start_is_short(self):
        self.assertLessEqual(len(blocks("python")[0].splitlines()), 20)

    def test_every_other_program_runs_and_prints_what_it_says(self):
        self.assertGreater(len(blocks("python")), 1)
        for code, said in shown()[1:]:
            done = self.run_block(code)
            self.assertEqual((done.returncode, done.stderr), (0, ""), code)
            self.assertEqual(done.stdout, said)

    def test_every_program_is_typed(self):
        for code in blocks("python"):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "program.py"
                path.write_text(code, encoding="utf-8")
                run = [sys.executable, "-m", "mypy", "--no-incremental", str(path)]
                done = subprocess.run(run, capture_output=True, text=True, cwd=folder)
                self.assertEqual(done.returncode, 0, done.stdout)
