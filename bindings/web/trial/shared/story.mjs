// What the apps of both bundlers do in a page: ask, count, be woken by a push, log in, and ask a worker. A line for each.

import { Planguard } from '@planguard/web';

export const OPTIONS = { sdkAppId: 1400000001, fallback: ['intl-2024', 'standard'] };

/** Writes what is seen into the page. */
function show(id, text) {
  const line = document.createElement('p');
  line.id = id;
  line.textContent = text;
  document.body.append(line);
}

/** One answer of a worker. */
function answer(port, message) {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.text));
    port.onerror = ({ message }) => reject(new Error(message));
    message();
  });
}

/** The push message that a service worker gets. */
async function push(registration) {
  const { active } = await registration;
  const { port1, port2 } = new MessageChannel();
  return answer(port1, () => active.postMessage('ada', [port2]));
}

/** Opens a guard, and writes each step into the page as it is done. */
export async function story({ worker, serviceWorker }) {
  try {
    const guard = await Planguard.open(OPTIONS);
    show('feature', guard.feature('community').explain('en'));
    await guard.observe({ type: 'friends', user: 'ada', count: 17 });
    navigator.serviceWorker.register(serviceWorker, { type: 'module', scope: '/' });
    show('push', await push(navigator.serviceWorker.ready));
    let calls = 0;
    const outcome = await guard.login('ada', 'open_chat', async () => void (calls += 1));
    show('login', `${outcome.explain('en')} Calls of the chat SDK: ${calls}.`);
    const asked = worker();
    show('worker', await answer(asked, () => asked.postMessage('ada')));
    show('storage', guard.storage.kind);
  } catch (error) {
    show('error', String(error?.stack ?? error));
  }
}
