// The quick start does what the README says, as it stands.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('the quick start prints what stands under it', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, code, output] = /```js\n([^]*?)```\n```text\n([^]*?)```/.exec(readme);
  assert.ok(code.trimEnd().split('\n').length <= 20, 'at most 20 lines');
  // Inside the package, so that its name is found.
  const file = fileURLToPath(new URL('./.quick-start.mjs', import.meta.url));
  await writeFile(file, code);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    assert.equal(stdout, output);
  } finally {
    await rm(file);
  }
});
