// Serves the dashboard on this machine, with the reference endpoint behind it as a process of its own.
//
//   node examples/web/serve.mjs [--port 8400]

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = new URL('./', import.meta.url);
const root = new URL('../../', here);
const dist = new URL('bindings/web/dist/', root);
const { values } = parseArgs({ options: { port: { type: 'string', default: '8400' } } });

/** No inline script or style, no other origin, no markup from strings. */
const POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The page's script: its sources and the package as `cargo xtask web` made it. */
async function bundle() {
  if (!existsSync(new URL('index.js', dist))) throw new Error('the package is not built: run `cargo xtask web` first');
  const { build } = await import(new URL('bindings/web/node_modules/esbuild/lib/main.js', root));
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(here), entryPoints: ['src/main.ts'], bundle: true, format: 'esm', target: 'es2022',
    alias: { '@planguard/web': fileURLToPath(new URL('index.js', dist)) }, write: false, logLevel: 'warning',
  });
  return outputFiles[0].contents;
}

/** The endpoint: the program that `PLANGUARD_ENDPOINT` names, or cargo's. It ends with this process. */
async function endpoint() {
  const named = process.env.PLANGUARD_ENDPOINT;
  const [program, args] = named ? [named, []] : ['cargo', ['run', '--quiet', '--locked', '--example', 'billing_endpoint', '--']];
  const child = spawn(program, [...args, '--json', '--until-stdin-closes'], { cwd: fileURLToPath(root), stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the billing endpoint ended with ${code}`)));
  });
  const line = new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const { url } = JSON.parse(await Promise.race([line, ended]));
  ended.catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
  return url;
}

/** Passes a request on to the endpoint, so that the page asks its own origin only. */
async function forward(to, request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { host, connection, 'accept-encoding': _, ...headers } = request.headers;
  const answer = await fetch(to + request.url, {
    method: request.method, headers, body: request.method === 'GET' ? undefined : Buffer.concat(parts),
  });
  const body = Buffer.from(await answer.arrayBuffer());
  const left = ['content-encoding', 'transfer-encoding', 'content-length', 'connection'];
  response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => !left.includes(name)))).end(body);
}

const [script, to] = await Promise.all([bundle(), endpoint()]);
/** What the page starts over with. */
const first = await (await fetch(`${to}/v1/apps/1400000001/entitlements`)).text();
const files = {
  '/': ['text/html; charset=utf-8', () => readFile(new URL('index.html', here))],
  '/style.css': ['text/css; charset=utf-8', () => readFile(new URL('style.css', here))],
  '/icon.svg': ['image/svg+xml', () => readFile(new URL('icon.svg', here))],
  '/app.js': ['text/javascript; charset=utf-8', async () => script],
  '/first.json': ['application/json', async () => first],
  '/planguard.wasm': ['application/wasm', () => readFile(new URL('planguard.wasm', dist))],
};

const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  try {
    if (path.startsWith('/v1/') || path.startsWith('/_')) return await forward(to, request, response);
    const file = files[path];
    if (!file) return response.writeHead(404, HEADERS).end();
    response.writeHead(200, { ...HEADERS, 'content-type': file[0] }).end(await file[1]());
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`The dashboard: http://localhost:${server.address().port} (Ctrl-C ends it)`);
});
