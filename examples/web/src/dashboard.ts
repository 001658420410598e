// One guard with everything around it, and how the page follows what it does.

import { type Event, type LoginIntentLike, type LoginResult, Planguard, PlanguardError, type Locale } from '@planguard/web';
import { byId } from './dom.js';
import { renderFeatures } from './view/features.js';
import { addToLog, renderLog } from './view/log.js';
import { renderMonth } from './view/month.js';
import { renderPlan } from './view/plan.js';
import { renderQuotas } from './view/quotas.js';
import { type Entry, type State, type Tone, firstLocale } from './view/state.js';
import type { Words } from './words.js';
import { APP, ChatSdk, Network, Owner, TurnedClock } from './world.js';

const OUTCOMES: Readonly<Record<LoginResult<unknown>['type'], Tone>> = {
  executed: 'good', joined: 'good', already_logged_in: 'good', deferred: 'warn', shed: 'plain', denied: 'bad',
};
/** Events that say what the log has already, from the answer to the call itself. */
const SAID: ReadonlySet<Event['type']> = new Set([
  'login_executed', 'login_deferred', 'login_failed', 'active_user_counted', 'limit_denied', 'sync_failed', 'sync_wanted',
]);

export class Dashboard {
  readonly chat = new ChatSdk();
  readonly owner = new Owner();
  readonly state: State = { locale: firstLocale(), log: [] };
  #drawing = false;
  #again = false;

  private constructor(
    readonly guard: Planguard,
    readonly clock: TurnedClock,
    readonly network: Network,
  ) {}

  /** Opens the guard, at the time that the endpoint has. */
  static async open(): Promise<Dashboard> {
    const clock = new TurnedClock();
    clock.ahead = await new Owner().ahead();
    const network = new Network();
    const guard = await Planguard.open({
      sdkAppId: APP, endpoint: location.origin, fallback: ['intl-2024', 'standard'], clock, transport: network.transport,
    });
    return new Dashboard(guard, clock, network);
  }

  /** Syncs, tells the guard what the chat SDK's lists show, and follows it from now on. */
  async start(): Promise<void> {
    const { guard } = this;
    guard.onPlan(() => this.draw());
    void this.#follow();
    await this.sync();
    const { evidence } = guard.assess({ type: 'add_friend', user: 'ada', peer: 'somebody' }).checks[0] ?? {};
    if (evidence?.usageOrigin === 'unknown') {
      await guard.observe({ type: 'friends', user: 'ada', count: 2_380 });
      await guard.observe({ type: 'groups', user: 'ada', count: 480 });
      await guard.observe({ type: 'group', group: 'book-club', members: 187 });
    }
    guard.keepFresh();
    this.draw();
  }

  /** Asks the endpoint now. What goes wrong is in the log, and the last plan stays. */
  async sync(): Promise<void> {
    try {
      await this.guard.sync('fetch');
    } catch (error) {
      if (!(error instanceof PlanguardError)) throw error;
      this.add({ tone: 'bad', outcome: 'failed', who: (words) => words.syncing, text: (locale) => error.explain(locale) });
    }
  }

  /** One login, with its entry in the log. */
  async login(user: string, intent: LoginIntentLike, who: Entry['who']): Promise<LoginResult<string> | undefined> {
    try {
      const outcome = await this.guard.login(user, intent, () => this.chat.login(user));
      this.add({ tone: OUTCOMES[outcome.type], outcome: outcome.type, who, text: (locale) => outcome.explain(locale) });
      return outcome;
    } catch (error) {
      if (!(error instanceof PlanguardError)) throw error;
      this.add({ tone: 'bad', outcome: 'failed', who, text: (locale) => error.explain(locale) });
      return undefined;
    }
  }

  add(entry: Omit<Entry, 'at'>): void {
    addToLog({ at: this.guard.now, ...entry }, this.state);
    this.draw();
  }

  speak(locale: Locale): void {
    this.state.locale = locale;
    renderLog(this.state);
    this.draw();
  }

  /** Draws everything anew, soon and once. */
  draw(): void {
    if (this.#drawing) {
      this.#again = true;
      return;
    }
    this.#drawing = true;
    requestAnimationFrame(() => {
      void this.#render().finally(() => {
        this.#drawing = false;
        if (this.#again) {
          this.#again = false;
          this.draw();
        }
      });
    });
  }

  async #render(): Promise<void> {
    const { chat, guard, state } = this;
    if (guard.isShutDown) return;
    renderPlan(guard, chat, state);
    renderQuotas(guard, state);
    renderFeatures(guard, state);
    await renderMonth(guard, state);
    document.body.dataset['drawn'] = String(Number(document.body.dataset['drawn'] ?? 0) + 1);
  }

  async #follow(): Promise<void> {
    for await (const event of this.guard.events()) {
      if (SAID.has(event.type)) this.draw();
      else this.add(entryOf(event));
    }
  }
}

function entryOf(event: Event): Omit<Entry, 'at'> {
  const warned = event.type === 'limit_warning';
  return {
    tone: warned ? 'warn' : 'plain',
    outcome: warned ? 'warned' : 'told',
    who: (words: Words) => words.event,
    text: (locale) => event.explain(locale),
  };
}

/** What went wrong where nothing else can be shown. */
export function showFailure(error: unknown, locale: Locale): void {
  const place = byId('failure');
  place.hidden = false;
  place.textContent = error instanceof PlanguardError ? error.explain(locale) : String(error);
}
