// A service worker: runs the tests when asked, and does what a push would have it do.

import { Planguard } from '@planguard/web';
import { suite } from './suite.mjs';

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

const tasks = {
  suite,
  /** A push message wakes the app: a login for its user, if that makes no active user. */
  async push({ options, user }) {
    const guard = await Planguard.open({ ...options, processRole: 'extension' });
    let calls = 0;
    const outcome = await guard.login(user, 'push_wake', async () => void (calls += 1));
    const { used } = guard.check({ type: 'add_friend', user, peer: 'x' }).tightest ?? {};
    guard.shutdown();
    return { type: outcome.type, calls, used };
  },
};

self.addEventListener('message', (event) => {
  const [port] = event.ports;
  const { task, ...given } = event.data;
  const done = tasks[task](given).then((value) => port.postMessage({ value }), (error) => port.postMessage({ error: String(error.stack ?? error) }));
  event.waitUntil(done);
});
