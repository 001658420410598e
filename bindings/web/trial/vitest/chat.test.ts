// An app's own tests, with the package's test kit: no network, no waiting, any day.

import { Planguard } from '@planguard/web';
import { FailingStore, ManualClock, ScriptedEndpoint } from '@planguard/web/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openChat } from './chat.js';

const document = (edition: string, more: object = {}) => ({
  body: { schema: 1, revision: 1, sdk_app_id: 1400000001, catalog: 'intl-2024', edition, issued_at: '2024-08-10T04:00:00Z', ...more },
  headers: { date: 'Sat, 10 Aug 2024 04:00:00 GMT', 'cache-control': 'max-age=600' },
});

const guards: Planguard[] = [];
async function open(endpoint: ScriptedEndpoint, clock = new ManualClock(), store = new FailingStore()): Promise<Planguard> {
  const guard = await Planguard.open({ sdkAppId: 1400000001, endpoint: 'https://billing.example', transport: endpoint, clock, store });
  guards.push(guard);
  await guard.sync();
  return guard;
}

afterEach(() => guards.splice(0).forEach((guard) => guard.shutdown()));

describe('opening chat', () => {
  it('logs in once, however often the button is pressed', async () => {
    const guard = await open(new ScriptedEndpoint(document('premium')));
    const chat = { login: vi.fn(async () => 'logged in') };
    const said = await Promise.all(Array.from({ length: 20 }, () => openChat(guard, chat, 'ada')));
    expect(new Set(said)).toEqual(new Set(['Welcome']));
    expect(chat.login).toHaveBeenCalledTimes(1);
  });

  it('says why not while the app is suspended', async () => {
    const suspended = document('premium', { arrears_since: '2024-08-01T00:00:00Z' });
    const guard = await open(new ScriptedEndpoint(suspended));
    const chat = { login: vi.fn(async () => 'logged in') };
    expect(await openChat(guard, chat, 'ada')).toContain('suspended');
    expect(chat.login).not.toHaveBeenCalled();
  });

  it('asks the plan, which is stale a day later', async () => {
    const clock = new ManualClock();
    const guard = await open(new ScriptedEndpoint(document('premium')), clock);
    expect(guard.feature('community')).toMatchObject({ granted: true, stale: false });
    await clock.advance(24 * 3_600_000);
    expect(guard.feature('community')).toMatchObject({ granted: true, stale: true });
  });

  it('goes on while the store fails', async () => {
    const store = new FailingStore();
    const guard = await open(new ScriptedEndpoint(document('premium')), new ManualClock(), store);
    store.failure = new Error('no disk');
    expect(await openChat(guard, { login: async () => 'logged in' }, 'ada')).toBe('Welcome');
  });
});
