// Serves the package and the tests to a browser on this machine.

import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vectors = fileURLToPath(new URL('../../../../tests/vectors/', import.meta.url));

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
/** Bare names, which neither a worker nor a service worker resolves. */
const NAMES = { "'@planguard/web/testing'": "'/dist/testing.js'", "'@planguard/web'": "'/dist/index.js'" };

const PAGE = '<!doctype html><html lang="en"><title>planguard</title><body></body></html>';

async function file(path) {
  if (path === '/') return ['text/html', PAGE];
  if (path === '/vectors.json') {
    const files = {};
    for (const name of (await readdir(vectors)).filter((name) => name.endsWith('.json'))) {
      files[name.replace('.json', '')] = JSON.parse(await readFile(vectors + name, 'utf8'));
    }
    return ['application/json', JSON.stringify(files)];
  }
  if (!/^\/(dist|test|node_modules\/@tencentcloud\/chat)\/[\w./-]+$/.test(path) || path.includes('..')) return undefined;
  const content = await readFile(root + path.slice(1));
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  if (extname(path) !== '.mjs') return [type, content];
  let text = content.toString('utf8');
  for (const [name, to] of Object.entries(NAMES)) text = text.replaceAll(name, to);
  return [type, text];
}

/** Starts the server; `endpoint` is where requests to `/v1/` go, and `headers` are added to every page. */
export async function serve({ endpoint, headers = {} } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    requests.push(`${request.method} ${path}`);
    try {
      if (endpoint && path.startsWith('/v1/')) return await forward(endpoint, request, response);
      const found = await file(path);
      if (!found) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': found[0], 'service-worker-allowed': '/', ...headers }).end(found[1]);
    } catch (error) {
      response.writeHead(error.code === 'ENOENT' ? 404 : 500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes a request on: a page may ask its own server only. */
async function forward(endpoint, request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { host, connection, 'accept-encoding': _, ...headers } = request.headers;
  const answer = await fetch(endpoint + request.url, {
    method: request.method, headers, body: request.method === 'GET' ? undefined : Buffer.concat(parts),
  });
  const body = Buffer.from(await answer.arrayBuffer());
  const kept = [...answer.headers].filter(([name]) => !['content-encoding', 'transfer-encoding', 'content-length', 'connection'].includes(name));
  response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
}
