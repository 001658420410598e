// The reference endpoint as a process of its own. It ends with its standard input.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts it; `PLANGUARD_ENDPOINT` is the program, which `cargo xtask test --only web` builds. */
export async function startEndpoint(...args) {
  const program = process.env.PLANGUARD_ENDPOINT;
  if (!program) throw new Error('PLANGUARD_ENDPOINT names no program: run `cargo xtask test --only web`');
  const child = spawn(program, ['--json', '--until-stdin-closes', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise((resolve) => lines.once('line', resolve));
  const { url } = JSON.parse(line);
  return {
    url,
    /** A call of the control routes. */
    async control(method, path, body) {
      const response = await fetch(url + path, {
        method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return text ? JSON.parse(text) : undefined;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
