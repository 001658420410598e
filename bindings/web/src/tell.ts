// Listeners of the app, none of which can stand in the way of another, or of the guard.

/** Calls each of them. What one throws goes to the global error handler, as with listeners of events of the page. */
export function tell<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) shielded(() => listener(value));
}

/** Runs `body`. What it throws goes to the global error handler. */
export function shielded(body: () => void): void {
  try {
    body();
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}
