// What happens to a page: seen or hidden, online again.

/** Calls `phase` when the page is shown or hidden, and `awake` when it is shown or online again. Returns how to stop. */
export function watchPage(phase: (visible: boolean) => void, awake: () => void): () => void {
  const stops: Array<() => void> = [];
  const on = (target: EventTarget | undefined, name: string, listener: () => void): void => {
    target?.addEventListener(name, listener);
    stops.push(() => target?.removeEventListener(name, listener));
  };
  // A worker has no document, Node has neither.
  const page = typeof document === 'undefined' ? undefined : document;
  const shown = (): boolean => page?.visibilityState !== 'hidden';
  if (page) phase(shown());
  on(page, 'visibilitychange', () => {
    phase(shown());
    if (shown()) awake();
  });
  on(typeof addEventListener === 'function' ? (globalThis as unknown as EventTarget) : undefined, 'online', awake);
  return () => stops.forEach((stop) => stop());
}
