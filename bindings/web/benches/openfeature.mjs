// Evaluations through the OpenFeature client: planguard's provider beside that SDK's own in-memory provider, in turns in
// one run. `npm run bench:openfeature`; every figure is a median of the rounds.

import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk';
import { Planguard, memoryStore } from '@planguard/web';
import { PlanguardProvider } from '@planguard/web/openfeature';

const ROUNDS = 31;
/** How often a round asks for every feature. */
const PASSES = 5_000;

const guard = await Planguard.open({ sdkAppId: 1400000001, fallback: ['intl-2024', 'premium'], store: memoryStore() });
const { features } = guard.plan;
const names = features.map(({ feature }) => feature);
const granted = features.filter((one) => one.granted).length;
const flags = features.map((one) => [
  one.feature,
  { variants: { on: true, off: false }, defaultVariant: one.granted ? 'on' : 'off', disabled: false },
]);
await OpenFeature.setProviderAndWait('memory', new InMemoryProvider(Object.fromEntries(flags)));
await OpenFeature.setProviderAndWait('planguard', new PlanguardProvider(guard));
const memory = OpenFeature.getClient('memory');
const client = OpenFeature.getClient('planguard');

const ways = [
  { name: 'in-memory provider', times: [], ask: (feature) => memory.getBooleanValue(feature, false) },
  { name: 'planguard provider', times: [], ask: (feature) => client.getBooleanValue(feature, false) },
  { name: 'guard.feature(…).granted', times: [], ask: (feature) => guard.feature(feature).granted },
];

/** Nanoseconds for one call. */
function time(ask) {
  let yes = 0;
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < PASSES; pass++) for (const name of names) if (ask(name)) yes += 1;
  const taken = Number(process.hrtime.bigint() - start);
  if (yes !== granted * PASSES) throw new Error('the answers are not those of the plan');
  return taken / (PASSES * names.length);
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
for (let round = 0; round <= ROUNDS; round++) {
  for (const { ask, times } of ways) {
    const taken = time(ask);
    if (round > 0) times.push(taken); // The first round is the warm-up.
  }
}

const base = median(ways[0].times);
console.log(`Node ${process.versions.node}, ${ROUNDS} rounds of ${PASSES * names.length} calls each, in turns`);
for (const { name, times } of ways) {
  const spread = `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
  console.log(`${name.padEnd(26)} ${median(times).toFixed(0).padStart(6)} ns (${spread})  ratio ${(median(times) / base).toFixed(2)}`);
}
await OpenFeature.close();
guard.shutdown();
