// Listeners of the app, none of which can stand in the way of another, or of the guard.

/** Calls each of them. What one throws goes to the global error handler, as with listeners of events of the page. */
export function tell<T>(listeners: Iterable<(value: T) => unknown>, value: T): void {
  for (const listener of [...listeners]) shielded(() => listener(value));
}

/** Runs `body`. What it throws, at once or later, goes to the global error handler. */
export function shielded(body: () => unknown): void {
  const failed = (error: unknown): void => queueMicrotask(() => { throw error; });
  try {
    // A promise of any kind, or what only looks like one.
    Promise.resolve(body()).catch(failed);
  } catch (error) {
    failed(error);
  }
}
