// One way to write a test for Node, a page and a worker: each file registers its tests here, and each place runs them.

/** The tests that were registered. */
export const tests = [];

/** Registers a test. Its name is a promise. */
export function test(name, body) {
  if (tests.some((one) => one.name === name)) throw new Error(`there are two tests named "${name}"`);
  tests.push({ name, body });
}

const show = (value) => JSON.stringify(value, (_, one) => (one === undefined ? '(undefined)' : one instanceof Error ? String(one) : one));

function fail(what) {
  throw new Error(what);
}

function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (one instanceof Date || other instanceof Date) return one instanceof Date && other instanceof Date && +one === +other;
  const [a, b] = [Object.keys(one), Object.keys(other)];
  return Array.isArray(one) === Array.isArray(other) && a.length === b.length && a.every((key) => key in other && same(one[key], other[key]));
}

/** What tests say of values. */
export const assert = {
  ok: (value, what = 'it is not so') => value || fail(what),
  equal: (found, expected, what = 'values') => same(found, expected) || fail(`${what}: ${show(found)} is not ${show(expected)}`),
  throws(body, check) {
    let thrown;
    try {
      body();
    } catch (error) {
      thrown = error;
    }
    if (thrown === undefined) fail('it threw nothing');
    check?.(thrown);
    return thrown;
  },
  async rejects(promise, check) {
    let thrown;
    let settled = false;
    try {
      await promise;
      settled = true;
    } catch (error) {
      thrown = error;
    }
    if (settled) fail('it did not reject');
    check?.(thrown);
    return thrown;
  },
};

/** Fails where nothing happens, so that no test hangs: the only real time in the tests. */
export async function within(milliseconds, promise) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs every test that was registered, one after the other. */
export async function run() {
  const results = [];
  for (const { name, body } of tests) {
    let error;
    const started = performance.now();
    try {
      await within(60_000, body());
    } catch (thrown) {
      error = thrown instanceof Error ? `${thrown.message}\n${thrown.stack}` : String(thrown);
    }
    results.push({ name, error, took: performance.now() - started });
  }
  return results;
}
