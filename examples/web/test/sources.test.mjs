// The dashboard's sources compile in strict settings, and the page is served under a policy that lets nothing else in.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { serve } from './support.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

test('the sources compile', () =>
  promisify(execFile)(process.execPath, [path('../../../bindings/web/node_modules/typescript/bin/tsc'), '-p', path('..')])
    .catch(({ stdout }) => assert.fail(stdout)));

test('the policy allows no inline script, no inline style and no other origin', async () => {
  const server = await serve();
  try {
    const policy = (await fetch(server.url)).headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /require-trusted-types-for 'script'/);
    assert.ok(!/unsafe-inline|'unsafe-eval'|https?:|\*/.test(policy), policy);
  } finally {
    await server.stop();
  }
});
