// The public surface is the committed one, and every call of the core is reached.

import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { surface } from '../support/surface.mjs';

const at = (path) => new URL(`../../${path}`, import.meta.url);

test('the public surface is the one in surface.txt', async () => {
  const found = `${surface().join('\n')}\n`;
  // A change of the surface is a decision: written where it was asked for, and seen in the commit.
  if (process.env.PLANGUARD_WRITE_SURFACE) await writeFile(at('surface.txt'), found);
  assert.equal(found, await readFile(at('surface.txt'), 'utf8'));
});

/** Calls of the core that the layer does not make, and why. */
const NOT_CALLED = {
  catalog_from_toml: 'the module reads no TOML',
  eventstream_ready: 'no call of a loop is cancelled without its stream',
  eventstream_try_next: 'a loop waits',
  planguard_begin_login: 'beginLogin passes a request',
  planguard_login: 'login passes a request',
  planguard_open: 'open always has a clock and a transport of the host',
};

test('the layer makes every call of the core', async () => {
  const [, declared] = /interface Calls \{([^]*?)\n\}/.exec(await readFile(at('generated/types.ts'), 'utf8'));
  const calls = [...declared.matchAll(/^ {2}(\w+)\(own: (\w+)|^ {2}(\w+)\(/gm)].map(([, method, own, name]) => [method ?? name, own]);
  assert.ok(calls.length > 100);
  let source = '';
  for (const file of await readdir(at('src/'), { recursive: true })) {
    if (file.endsWith('.ts')) source += await readFile(at(`src/${file}`), 'utf8');
  }
  const objects = ['Builder', 'Catalog', 'EventStream', 'LoginTicket', 'Permit', 'Planguard', 'UserSession'];
  const missing = calls
    // Values have their methods by themselves; words by `explain`.
    .filter(([, own]) => own === undefined || objects.includes(own))
    .map(([name]) => name)
    .filter((name) => !new RegExp(`\\.${name}\\(`).test(source));
  assert.deepEqual(missing.sort(), Object.keys(NOT_CALLED).sort());
});

test('the words that explain themselves are all in explain', async () => {
  const types = await readFile(at('generated/types.ts'), 'utf8');
  const words = new Set([...types.matchAll(/^export type (\w+) = '/gm)].map(([, name]) => name));
  const explained = [...types.matchAll(/^ {2}\w+_explain\(own: (\w+), locale/gm)].map(([, name]) => name).filter((name) => words.has(name));
  const [, listed] = /interface ExplainedWords \{([^]*?)\n\}/.exec(await readFile(at('src/api.ts'), 'utf8'));
  assert.deepEqual([...listed.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort(), explained.sort());
});
