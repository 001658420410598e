// webpack: the build, under a strict content security policy.

import { test } from 'node:test';
import { files } from '../support/files.mjs';
import { run } from '../support/programs.mjs';
import { tellsStory, withPage } from '../support/seen.mjs';

test('the build works under a strict content security policy', async () => {
  await run('webpack-cli/bin/cli.js', ['--config', 'webpack/webpack.config.mjs']);
  const server = await files('webpack/dist', 'webpack');
  try {
    await withPage(server.url, tellsStory);
  } finally {
    await server.stop();
  }
});
