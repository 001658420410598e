// The page: words, buttons, and one dashboard.

import type { Locale } from '@planguard/web';
import { type Action, GROUPS, type Sentence } from './actions.js';
import { Dashboard, showFailure } from './dashboard.js';
import { byId, el } from './dom.js';
import { type Message, Tabs } from './tabs.js';
import { firstLocale, keepLocale } from './view/state.js';
import { WORDS, type Word } from './words.js';

let status: Sentence = (words) => words.working;
let locale: Locale = firstLocale();

/** Puts the page's own words into it. */
function speak(dashboard?: Dashboard): void {
  const words = WORDS[locale];
  document.documentElement.lang = locale;
  document.title = words.title;
  for (const place of document.querySelectorAll<HTMLElement>('[data-word]')) place.textContent = words[place.dataset['word'] as Word];
  for (const place of document.querySelectorAll<HTMLElement>('[data-label]')) place.ariaLabel = words[place.dataset['label'] as Word];
  for (const choice of document.querySelectorAll<HTMLElement>('[data-locale]')) choice.ariaPressed = String(choice.dataset['locale'] === locale);
  if (dashboard) for (const [, actions] of GROUPS) for (const action of actions) label(action, dashboard);
  say(status);
}

/** Says in the live region how the last action ended. */
function say(sentence: Sentence): void {
  status = sentence;
  byId('status').textContent = sentence(WORDS[locale], locale);
}

/** What a button says, which changes with a switch. */
function label(action: Action, dashboard: Dashboard): void {
  if (!dashboard.guard.isShutDown) byId(`action-${action.id}`).textContent = WORDS[locale][action.word(dashboard)];
}

function buttons(dashboard: Dashboard, tabs: Tabs): HTMLElement[] {
  let working = false;
  const run = async (action: Action): Promise<void> => {
    // Not disabled meanwhile: that would take the focus away.
    if (working) return;
    working = true;
    byId('actions').ariaBusy = 'true';
    say((words) => words.working);
    try {
      say(await action.run(dashboard, tabs));
    } catch (error) {
      say((words) => words.failed(error instanceof Error ? error.message : String(error)));
      throw error;
    } finally {
      working = false;
      byId('actions').ariaBusy = 'false';
      for (const [, actions] of GROUPS) for (const one of actions) label(one, dashboard);
      dashboard.draw();
      tabs.say({ type: 'acted' });
    }
  };
  return GROUPS.map(([title, actions]) =>
    el('div', { class: 'group', role: 'group', 'aria-labelledby': `group-${title}` },
      el('h3', { id: `group-${title}`, 'data-word': title }),
      ...actions.map((action) => {
        const button = el('button', { type: 'button', id: `action-${action.id}` });
        button.addEventListener('click', () => void run(action));
        return button;
      })));
}

/** What another tab says. */
async function heard(message: Message, dashboard: Dashboard, tabs: Tabs): Promise<void> {
  switch (message.type) {
    case 'turned':
      dashboard.clock.ahead = message.ahead;
      return dashboard.draw();
    case 'acted':
      // The guard takes over by itself what another tab wrote; here it is waited for, so that what is drawn has it.
      await dashboard.guard.refresh();
      return dashboard.draw();
    case 'changed':
      return dashboard.sync();
    case 'prepare':
      await dashboard.guard.session('ada').loggedOut();
      return tabs.say({ type: 'prepared' });
    case 'login':
      return void (await dashboard.login('ada', 'open_chat', (words) => words.person('Ada')));
    case 'close':
      return dashboard.guard.shutdown();
    case 'reload':
      return location.reload();
    case 'prepared':
  }
}

async function start(): Promise<void> {
  speak();
  const dashboard = await Dashboard.open();
  const tabs: Tabs = new Tabs((message) => void heard(message, dashboard, tabs));
  byId('actions').replaceChildren(...buttons(dashboard, tabs));
  for (const choice of document.querySelectorAll<HTMLElement>('[data-locale]')) {
    choice.addEventListener('click', () => {
      locale = choice.dataset['locale'] as Locale;
      keepLocale(locale);
      dashboard.speak(locale);
      speak(dashboard);
    });
  }
  speak(dashboard);
  await dashboard.start();
  speak(dashboard);
  say((words) => words.ready);
}

start().catch((error: unknown) => {
  showFailure(error, locale);
  throw error;
});
