// The hooks, with the React of today.

import '../support/hooks.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { version } from 'react';

test('this is React 19', () => assert.match(version, /^19\./));
