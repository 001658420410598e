// Vitest: an app's own tests, with the package's test kit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/programs.mjs';

test('an app’s tests run, and pass', async () => {
  const printed = await run('vitest/vitest.mjs', ['run', '--reporter=json', '--config', 'vitest/vitest.config.ts']);
  const results = JSON.parse(printed.slice(printed.indexOf('{"')));
  assert.equal(results.numPassedTests, 4);
  assert.equal(results.numTotalTests, 4);
});

test('they compile in strict settings', () => run('typescript/bin/tsc', ['-p', 'vitest']));
