"""Signed documents: the guide's program signs as it stands, and what it signs is accepted, and nothing else."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import planguard as pg
from support import APP, ROOT, Case, opening

GUIDE = (ROOT / "docs/guide/signing.md").read_text(encoding="utf-8")
DOCUMENT = {
    "schema": 1,
    "revision": 7,
    "sdk_app_id": APP,
    "catalog": "intl-2024",
    "edition": "premium",
    "issued_at": "2026-11-20T10:00:00Z",
}


def signed():
    """What the guide's program makes of the document, and the public key that goes with it."""
    (program,) = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    key = Ed25519PrivateKey.generate()
    pem, raw = serialization.Encoding.PEM, serialization.NoEncryption()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "signing-key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, raw))
        (here / "entitlements.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
        (here / "program.py").write_text(program, encoding="utf-8")
        subprocess.run([sys.executable, "program.py"], cwd=here, check=True, timeout=300)
        jws = (here / "entitlements.jws").read_text(encoding="utf-8")
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return jws, public.decode()


class Signing(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jws, cls.public = signed()

    async def refused(self, **options):
        """The error of a guard that cannot be opened."""
        with self.assertRaises(pg.PlanguardError.InvalidInput) as caught:
            await opening(fallback=None, **options)
        self.assertTrue(caught.exception.explain(pg.Locale.ZH_HANS))
        return caught.exception

    async def test_what_the_guide_signs_is_accepted(self):
        for seed in (self.jws, self.jws.encode() + b"\n"):
            async with opening(fallback=None, seed=seed, trusted_keys={"2026-11": self.public}) as guard:
                self.assertTrue(guard.feature(pg.Feature.COMMUNITY).granted)

    async def test_another_key_a_changed_document_and_none_at_all_are_refused(self):
        keys = {"2026-11": self.public}
        header, payload, signature = self.jws.split(".")
        changed = f"{header}.{payload[:-4]}AAAA.{signature}"
        self.assertIn("signature", (await self.refused(seed=changed, trusted_keys=keys)).reason)
        self.assertIn("not signed", (await self.refused(seed=json.dumps(DOCUMENT), trusted_keys=keys)).reason)
        unknown = await self.refused(seed=self.jws, trusted_keys={"2026-12": self.public})
        self.assertIn("update the app", unknown.reason)

    async def test_settings_of_signing_name_their_field(self):
        keys = {"2026-11": self.public}
        self.assertEqual((await self.refused(trusted_keys={"2026-11": "no key"})).field_name, "trusted_keys")
        self.assertEqual((await self.refused(audience="production")).field_name, "audience")
        age = await self.refused(trusted_keys=keys, max_document_age=0)
        self.assertEqual(age.field_name, "max_document_age")
        audience = await self.refused(seed=self.jws, trusted_keys=keys, audience="production")
        self.assertIn("production", audience.reason)


if __name__ == "__main__":
    unittest.main()
