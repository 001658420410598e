// The tests that run everywhere, in a page, a worker or a service worker.

import { run } from '../support/harness.mjs';
import { vectors } from '../shared/vectors.mjs';
import '../shared/all.mjs';

let results;

/** Runs them once, and says how each ended. */
export function suite() {
  results ??= (async () => {
    vectors(await (await fetch('/vectors.json')).json());
    return run();
  })();
  return results;
}
