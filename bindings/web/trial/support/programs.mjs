// The programs that the packages of an app bring, run as its developer runs them.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Nothing of an app's build leaves the machine, and no cache of another run is used. */
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' };

/** The program's process; its name is relative to `node_modules`. */
function start(program, args, { stdio = ['ignore', 'pipe', 'pipe'], folder = '.' } = {}) {
  return spawn(process.execPath, [`${root}node_modules/${program}`, ...args], { cwd: root + folder, env, stdio });
}

async function text(stream) {
  let all = '';
  stream.setEncoding('utf8');
  for await (const part of stream) all += part;
  return all;
}

/** Runs a program to its end. Fails with what it printed unless it succeeds; resolves with that. */
export async function run(program, args, options) {
  const child = start(program, args, options);
  const [out, error, code] = await Promise.all([
    text(child.stdout), text(child.stderr), new Promise((resolve) => child.once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${out}${error}`);
  return out + error;
}

/** Starts a server, and waits until it prints where it listens. */
export async function serve(program, args, options) {
  const child = start(program, args, options);
  const ended = new Promise((resolve) => child.once('close', resolve));
  let printed = '';
  const url = await new Promise((resolve, reject) => {
    const read = (part) => {
      printed += part;
      // Whatever colours the words have.
      const found = printed.replace(/\u001b\[[\d;]*m/g, '').match(/http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/);
      if (found && found[1] !== '0') resolve(`http://localhost:${found[1]}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => reject(new Error(`${program} ended with ${code}:\n${printed}`)));
  });
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** A port that is free. */
export async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
