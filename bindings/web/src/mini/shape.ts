// JSON of the core in the shapes of TypeScript: camel case, `type` for `kind`, `Date` for milliseconds, no nulls.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Keys of these are the core's own words, not names of fields. */
const MAPS = ['limits', 'features'];

/** The same in the shapes of this package. */
export function shaped(value: unknown): unknown {
  const json = value as Json;
  if (Array.isArray(json)) return json.map(shaped);
  if (json === null) return undefined;
  if (typeof json !== 'object') return json;
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(json)) {
    if (field === null) continue;
    if (MAPS.includes(name) && !Array.isArray(field)) out[name] = field;
    else if (name === 'age_ms') out['age'] = field;
    else if (name.endsWith('_ms')) out[camel(name.slice(0, -3))] = new Date(field as number);
    else out[name === 'kind' ? 'type' : camel(name)] = shaped(field);
  }
  return out;
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
