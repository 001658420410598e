// Vite: the developer's server, the build, and its preview.

import { test } from 'node:test';
import { freePort, run, serve } from '../support/programs.mjs';
import { tellsStory, withPage } from '../support/seen.mjs';
import { files } from '../support/files.mjs';

const VITE = 'vite/bin/vite.js';
const CONFIG = ['--config', 'vite/vite.config.ts'];

async function shows(server) {
  try {
    await withPage(server.url, tellsStory);
  } finally {
    await server.stop();
  }
}

test('types resolve', () => run('typescript/bin/tsc', ['-p', 'vite']));

test('the build works in the preview, and under a strict content security policy', async () => {
  await run(VITE, ['build', ...CONFIG, 'vite']);
  await shows(await serve(VITE, ['preview', ...CONFIG, '--host', '127.0.0.1', '--port', await freePort(), '--strictPort', 'vite']));
  await shows(await files('vite/dist'));
});

test('the developer’s server works', async () => {
  await shows(await serve(VITE, [...CONFIG, '--host', '127.0.0.1', '--port', await freePort(), '--strictPort', 'vite']));
});
