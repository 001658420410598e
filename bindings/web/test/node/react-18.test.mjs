// The hooks, with the oldest React that they are for: every import of React is found below `test/react-18`.

import assert from 'node:assert/strict';
import { register } from 'node:module';
import { test } from 'node:test';

const parentURL = new URL('../react-18/package.json', import.meta.url).href;
const found = `export const resolve = (name, context, next) =>
  next(name, /^react(-dom)?(\\/|$)/.test(name) ? { ...context, parentURL: ${JSON.stringify(parentURL)} } : context);`;
register(`data:text/javascript,${encodeURIComponent(found)}`);

await import('../support/hooks.mjs');
const [react, dom] = await Promise.all([import('react'), import('react-dom')]);

test('this is React 18', () => {
  assert.match(react.version, /^18\./);
  assert.equal(dom.version, react.version);
});
