// Numbers, amounts and times for people.

import type { Locale, Money } from '@planguard/web';

/** With a comma after every three digits, in both languages. */
export const count = (value: number): string => value.toLocaleString('en');

/** An exact amount with its currency: `1,299.50 USD`. */
export function amount({ amount, currency }: Money): string {
  const [whole = '', cents] = amount.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${cents === undefined ? '' : `.${cents}`} ${currency}`;
}

/** A day and a time where the bill is made, which is UTC+8. */
export function moment(at: Date, locale: Locale): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' } as const;
  return `${new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'zh-CN', options).format(at)} (UTC+8)`;
}

/** A time of day with seconds, in the viewer's own zone. */
export const clockTime = (at: Date): string => at.toLocaleTimeString('en-GB');

/** A month such as `2026-11`: `November 2026`, `2026 年 11 月`. */
export function monthName(month: string, locale: Locale): string {
  const [year = '', number = ''] = month.split('-');
  if (locale === 'zh-Hans') return `${year} 年 ${Number(number)} 月`;
  const first = new Date(Date.UTC(Number(year), Number(number) - 1, 1));
  return first.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}
