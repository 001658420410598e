// What the page shows besides the guard: its language, and the log.

import type { Locale } from '@planguard/web';
import { WORDS, type Words } from '../words.js';

/** How an entry of the log came out; it decides the colour, which is never the only sign of it. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

/** One entry of the log. Its texts are asked for anew when the language changes. */
export interface Entry {
  readonly at: Date;
  readonly tone: Tone;
  readonly who: (words: Words) => string;
  readonly outcome: keyof Words['outcomes'];
  readonly text: (locale: Locale) => string;
}

export interface State {
  locale: Locale;
  readonly log: Entry[];
}

/** The language to begin with: the one chosen last, else the browser's. */
export function firstLocale(): Locale {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem('dashboard-locale');
  } catch {
    // Storage is blocked: the browser's language it is.
  }
  const wanted = chosen ?? navigator.language;
  return wanted.startsWith('zh') ? 'zh-Hans' : 'en';
}

/** Remembers the choice, where the browser lets it. */
export function keepLocale(locale: Locale): void {
  try {
    localStorage.setItem('dashboard-locale', locale);
  } catch {
    // It holds until the page is left.
  }
}

export const wordsOf = (state: State): Words => WORDS[state.locale];
