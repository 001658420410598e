// The tests that run everywhere, in Node.

import 'fake-indexeddb/auto';
import { readFile, readdir } from 'node:fs/promises';
import { test as inNode } from 'node:test';
import { tests, within } from '../support/harness.mjs';
import { vectors } from '../shared/vectors.mjs';
import '../shared/all.mjs';

const folder = new URL('../../../../tests/vectors/', import.meta.url);
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
const files = {};
for (const name of names) files[name.replace('.json', '')] = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
vectors(files);

for (const { name, body } of tests) inNode(name, () => within(60_000, body()));
