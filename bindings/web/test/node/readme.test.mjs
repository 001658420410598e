// The code of the README does what stands under it, and compiles, as it stands.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const [quickStart, ...others] = readme.matchAll(/```js\n([^]*?)```\n```text\n([^]*?)```/g);

/** Runs `body` with a file of this text inside the package, so that its name is found. */
async function withFile(name, text, body) {
  const file = fileURLToPath(new URL(`./.readme-${name}`, import.meta.url));
  await writeFile(file, text);
  try {
    return await body(file);
  } finally {
    await rm(file);
  }
}

async function prints([, code, output]) {
  const { stdout } = await withFile('run.mjs', code, (file) => promisify(execFile)(process.execPath, [file]));
  assert.equal(stdout, output);
}

test('the quick start prints what stands under it', async () => {
  assert.ok(quickStart[1].trimEnd().split('\n').length <= 20, 'at most 20 lines');
  await prints(quickStart);
});

test('every other block with its output prints that', async () => {
  assert.equal(others.length, readme.match(/```js\n/g).length - 1);
  for (const block of others) await prints(block);
});

test('every block of TypeScript compiles in an app’s strict settings', async () => {
  const blocks = [...readme.matchAll(/```(tsx?)\n([^]*?)```/g)];
  assert.ok(blocks.length > 1);
  const options = {
    strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'], types: [],
  };
  for (const [, kind, code] of blocks) {
    const found = await withFile(`block.${kind}`, code, (file) => {
      const program = ts.createProgram([file], options);
      // The package's own declarations are checked, too; those of others are theirs.
      const ours = ts.getPreEmitDiagnostics(program).filter(({ file: at }) => !at?.fileName.includes('/node_modules/'));
      return ours.map(({ file: at, start, messageText }) =>
        `${at?.fileName}:${at && start !== undefined ? at.getLineAndCharacterOfPosition(start).line + 1 : ''} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    });
    assert.deepEqual(found, []);
  }
});
