// What others look for in a package: that every entry resolves, with its types, in each way of resolving.

import { readFile } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/programs.mjs';

const tarball = process.env.PLANGUARD_PACKAGE;
assert.ok(tarball, 'PLANGUARD_PACKAGE names the packed package');

const folder = new URL('../node_modules/@planguard/web/', import.meta.url);
const entries = async () => JSON.parse(await readFile(new URL('package.json', folder), 'utf8')).exports;

test('publint finds nothing', async () => {
  const printed = await run('publint/src/cli.js', ['run', tarball, '--strict']);
  assert.match(printed, /All good!/);
});

test('types of every entry resolve to what is run', async () => {
  // The modules of WebAssembly are no scripts, and have no types.
  const modules = Object.keys(await entries()).filter((name) => name.endsWith('.wasm'));
  await run('@arethetypeswrong/cli/dist/index.js', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...modules]);
});

test('every link of the README leads somewhere', async () => {
  const readme = await readFile(new URL('README.md', folder), 'utf8');
  // What stands in code is no link.
  const text = readme.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  const anchors = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-'));
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  for (const target of targets) {
    const [file, anchor] = target.split('#');
    if (/^https:/.test(target)) continue;
    if (file) assert.ok((await readFile(new URL(file, folder))).length > 0, target);
    else assert.ok(anchors.includes(anchor), target);
  }
  assert.doesNotMatch(readme, /\]\(\.\.\//, 'what a link shows stands in the package');
  assert.match(readme, /in planguard's repository/, 'this is the README as packed');
});

test('every file that an entry names is in the package', async () => {
  const named = Object.values(await entries()).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
  assert.ok(named.length >= 19);
  for (const file of named) assert.ok((await readFile(new URL(file, folder))).length > 0, file);
});
