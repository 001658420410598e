// A piece of an app that is to be tested: it opens chat, and says what a person reads.

import type { Planguard } from '@planguard/web';

export interface ChatSdk {
  login(user: string): Promise<unknown>;
}

/** What the screen says after the button was pressed. */
export async function openChat(guard: Planguard, chat: ChatSdk, user: string): Promise<string> {
  const outcome = await guard.login(user, 'open_chat', () => chat.login(user));
  return outcome.isLoggedIn() ? 'Welcome' : outcome.explain('en');
}
