// Making elements without markup in strings: nothing that planguard says is ever read as HTML.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children; an attribute that is `undefined` or `false` is left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: ReadonlyArray<Node | string>
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Terms and what is said of each, as the rows of a `<dl>`. */
export function facts(rows: ReadonlyArray<readonly [term: string, text: string, more?: string]>): HTMLElement[] {
  return rows.map(([term, text, more]) =>
    el('div', {}, el('dt', {}, term), el('dd', {}, text, ...(more === undefined ? [] : [el('small', {}, more)]))));
}
