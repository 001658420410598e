// The chat SDK's session events, by what they say about a session.

import type { ChatSDK } from '@tencentcloud/chat';

/** What the chat SDK says about the session that it has. */
export interface ChatEvents {
  /** The login is complete. */
  ready(): void;
  /** There is no session any more. */
  notReady(): void;
  connected(): void;
  /** The connection is lost or being made anew: the chat SDK does that by itself. */
  disconnected(): void;
  kickedOff(): void;
  userSigExpired(): void;
}

interface Data {
  readonly data?: { readonly type?: string; readonly state?: string };
}

/** Calls `events` for what `chat` says. Returns how to stop. */
export function listen(chat: ChatSDK, events: ChatEvents): () => void {
  const handlers: ReadonlyArray<readonly [name: string, handler: (event: Data) => void]> = [
    ['sdkStateReady', () => events.ready()],
    ['sdkStateNotReady', () => events.notReady()],
    // An expiry comes as a kick of that type. Every other type, also one that is not known yet, took the place.
    ['kickedOut', ({ data }) => (data?.type === 'userSigExpired' ? events.userSigExpired() : events.kickedOff())],
    ['netStateChange', ({ data }) => (data?.state === 'connected' ? events.connected() : events.disconnected())],
  ];
  for (const [name, handler] of handlers) chat.on(name, handler);
  return () => {
    for (const [name, handler] of handlers) chat.off(name, handler);
  };
}
