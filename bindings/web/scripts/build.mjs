// Bundles the package's entries into `dist`, beside the module that `cargo xtask` put there.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where an entry finds the module. As text it lies in a script of its own, which two entries share. */
const where = (kind) => ({
  name: 'where',
  setup({ onResolve }) {
    onResolve({ filter: /where\/browser\.js$/ }, () => ({ path: `${root}src/where/${kind}.ts` }));
    onResolve({ filter: /^planguard:module$/ }, () => ({ path: './module.js', external: true }));
  },
});

const module = await readFile(`${root}dist/planguard.wasm`, 'base64');
await writeFile(`${root}dist/module.js`, `export const MODULE = '${module}';\n`);

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  logLevel: 'warning',
  sourcemap: false,
};

for (const [kind, outfile, platform] of [
  ['browser', 'dist/index.js', 'browser'],
  ['node', 'dist/node.js', 'node'],
  ['inline', 'dist/inline.js', 'browser'],
]) {
  await build({ ...common, entryPoints: ['src/index.ts'], outfile, platform, plugins: [where(kind)] });
}
await build({ ...common, entryPoints: ['src/testing.ts'], outfile: 'dist/testing.js', platform: 'neutral' });
// Mini programs run what was new in 2018 at most.
await build({ ...common, entryPoints: ['src/mini.ts'], outfile: 'dist/mini.js', platform: 'neutral', target: 'es2018' });
// Entries beside the core: the package itself stays outside, so that there is one guard and one class of errors.
for (const entry of ['tencent', 'openfeature', 'react']) {
  await build({
    ...common,
    entryPoints: [`src/${entry}.ts`],
    outfile: `dist/${entry}.js`,
    platform: 'neutral',
    external: ['@planguard/web', '@openfeature/*', 'react'],
    // Hooks are for components of the client, also where a server renders them first.
    ...(entry === 'react' && { banner: { js: "'use client';" } }),
  });
}
