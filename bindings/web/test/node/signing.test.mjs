// Signed documents: the guide's program signs as it stands, and what it signs is accepted, and nothing else.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Planguard, PlanguardError } from '@planguard/web';
import { startEndpoint } from '../support/endpoint.mjs';

const APP = 1400000001;
const DOCUMENT = {
  schema: 1, revision: 7, sdk_app_id: APP, catalog: 'intl-2024', edition: 'premium', issued_at: '2026-11-20T10:00:00Z',
};
const guide = await readFile(new URL('../../../../docs/guide/signing.md', import.meta.url), 'utf8');
const pair = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const trustedKeys = { '2026-11': pair.publicKey };

let folder;
let jws;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planguard-signing-'));
  const [, program] = guide.match(/```js\n([^]*?)```/);
  await writeFile(join(folder, 'signing-key.pem'), pair.privateKey);
  await writeFile(join(folder, 'entitlements.json'), JSON.stringify(DOCUMENT));
  await writeFile(join(folder, 'program.mjs'), program);
  await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: folder });
  jws = await readFile(join(folder, 'entitlements.jws'), 'utf8');
});

after(() => rm(folder, { recursive: true }));

const bytes = (text) => new TextEncoder().encode(text);
const open = (options) => Planguard.open({ sdkAppId: APP, store: 'memory', ...options });

async function refused(options, reason) {
  await assert.rejects(open(options), (error) => {
    assert.ok(error instanceof PlanguardError);
    assert.match(error.message, reason);
    return true;
  });
}

test('what the guide signs is accepted', async () => {
  for (const key of [pair.publicKey, pair.publicKey.split('\n')[1]]) {
    const guard = await open({ seed: bytes(jws), trustedKeys: { '2026-11': key } });
    assert.equal(guard.feature('community').granted, true);
    guard.shutdown();
  }
});

test('another key, a changed document and none at all are refused', async () => {
  const [header, payload, signature] = jws.split('.');
  await refused({ seed: bytes(`${header}.${payload.slice(0, -4)}AAAA.${signature}`), trustedKeys }, /signature/);
  await refused({ seed: bytes(JSON.stringify(DOCUMENT)), trustedKeys }, /not signed/);
  await refused({ seed: bytes(jws), trustedKeys: { '2026-12': pair.publicKey } }, /update the app/);
  await refused({ seed: bytes(jws), trustedKeys, audience: 'production' }, /production/);
  await refused({ trustedKeys: { '2026-11': 'no key' } }, /trusted_keys/);
  await refused({ trustedKeys, maxDocumentAge: 0 }, /max_document_age/);
});

test('what the endpoint signs is synced', async () => {
  const endpoint = await startEndpoint('--signing-key', `2026-11=${join(folder, 'signing-key.pem')}`);
  try {
    const [own] = (await endpoint.control('GET', '/.well-known/jwks.json')).keys;
    const guard = await open({ endpoint: endpoint.url, trustedKeys: { '2026-11': JSON.stringify(own) } });
    assert.equal((await guard.sync('fetch')).type, 'updated_to');
    guard.shutdown();
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const stranger = await open({ endpoint: endpoint.url, trustedKeys: { '2026-11': JSON.stringify(other) } });
    await assert.rejects(stranger.sync('fetch'), /signature/);
    stranger.shutdown();
  } finally {
    await endpoint.stop();
  }
});
