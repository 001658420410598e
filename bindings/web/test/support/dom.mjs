// A document for React in Node. Import this file before React.

import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><html lang="en"><body></body></html>');
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** An element of its own on the page. */
export function place() {
  return document.body.appendChild(document.createElement('div'));
}
