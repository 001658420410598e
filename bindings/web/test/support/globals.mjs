// Globals that a test puts others in the place of.

/** Runs `body` with these globals. */
export async function withGlobals(these, body) {
  const before = Object.keys(these).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(these)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  }
  try {
    return await body();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

/** Runs `body`, and gives the messages of what was thrown to the global error handler meanwhile. */
export async function thrownMeanwhile(body) {
  const thrown = [];
  const { queueMicrotask } = globalThis;
  const recording = (task) => queueMicrotask(() => {
    try {
      task();
    } catch (error) {
      thrown.push(error.message);
    }
  });
  await withGlobals({ queueMicrotask: recording }, body);
  return thrown;
}
