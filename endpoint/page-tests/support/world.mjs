// An endpoint as an owner runs it: the binary, a folder of its own, webhooks of the provider and events of devices.

import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const APP = 1400000001;
const TOKEN = 'a token of the provider';
const BINARY = process.env.PLANGUARD_ENDPOINT_BINARY;

/** What an owner adds to the configuration. Nobody listens on port 9: what is sent there waits. */
const more = (today) => `
[app.webhooks]
tokens = ["${TOKEN}"]
complete_from = "${today.slice(0, 8)}01"

[[app.notices.receiver]]
name = "ops"
url = "http://127.0.0.1:9/ops"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]

[app.forward]
url = "http://127.0.0.1:9/api/v1/events"
`;

/** The day in the billing zone. */
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

/** Makes an endpoint and runs it until `stop`. */
export async function world() {
  const parent = mkdtempSync(join(tmpdir(), 'planguard-page-'));
  const dir = join(parent, 'endpoint');
  const told = execFileSync(BINARY, ['--dir', dir, 'init', '--app', String(APP)], { encoding: 'utf8' });
  const [admin, device] = told.match(/pge_[A-Za-z0-9_-]+/g);
  const config = join(dir, 'endpoint.toml');
  // A test is one caller that asks more than a person does.
  const own = readFileSync(config, 'utf8').replace('#listen = "127.0.0.1:8787"', 'listen = "127.0.0.1:0"');
  writeFileSync(config, own);
  appendFileSync(config, more(today()));
  const child = spawn(BINARY, ['--dir', dir, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => Promise.reject(new Error(`the endpoint ended with ${code}: ${log.join('\n')}`))),
  ]);
  return {
    url, admin, device, log,
    async stop() {
      child.kill();
      await ended;
      rmSync(parent, { recursive: true });
    },
  };
}

async function taken(answer) {
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer;
}

/** A signed webhook of the provider. */
export async function webhook({ url }, command, body) {
  const time = Math.floor(Date.now() / 1000);
  const sign = createHash('sha256').update(`${TOKEN}${time}`).digest('hex');
  const query = new URLSearchParams({
    SdkAppid: APP, CallbackCommand: command, contenttype: 'json', ClientIP: '192.0.2.1', OptPlatform: 'Web', Sign: sign, RequestTime: time,
  });
  const text = JSON.stringify({ CallbackCommand: command, EventTime: Date.now(), ...body });
  await taken(await fetch(`${url}/tencent/callback?${query}`, { method: 'POST', body: text, headers: { 'content-type': 'application/json' } }));
}

/** Usage events of a device. */
export async function events({ url, device }, list) {
  const batch = list.map(([type, data]) => ({
    specversion: '1.0', id: randomUUID(), source: '/planguard/3b0f6f0c9d1e4a52', type, time: new Date().toISOString(),
    datacontenttype: 'application/json', data,
  }));
  await taken(await fetch(`${url}/v1/apps/${APP}/usage-events`, {
    method: 'POST', body: JSON.stringify(batch),
    headers: { authorization: `Bearer ${device}`, 'content-type': 'application/cloudevents-batch+json' },
  }));
}

/** A month in which something has happened. */
export async function lived(endpoint) {
  for (const name of ['ada', 'bob', 'cleo', 'dan', 'eve']) {
    await webhook(endpoint, 'State.StateChange', { Info: { Action: 'Login', To_Account: name, Reason: 'Register' } });
  }
  await webhook(endpoint, 'Group.CallbackAfterCreateGroup', { GroupId: 'g1', Type: 'Public', Name: 'g', Owner_Account: 'ada', MemberList: [] });
  const user = '9f2c5a1e7b3d4c609f2c5a1e7b3d4c60';
  await events(endpoint, [
    ['planguard.login.executed', { user, intent: 'open_chat', new_mau: 1 }],
    ['planguard.login.deferred', { user, intent: 'push_wake', reason: 'not_counted' }],
    ['planguard.limit.denied', { limit: 'groups_per_user', used: 500, max: 500, requested: 1 }],
  ]);
}
