// How a page is judged that people look at: the dashboard's and the endpoint's. Nothing is imported here: the tests of
// each page bring the browser and axe.

/** What axe finds, in short. */
export async function findings(page, axe) {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
  const show = ({ id, nodes }) => nodes.map(({ failureSummary, target }) => `${id} at ${target.join(' ')}: ${failureSummary}`);
  return [...violations, ...incomplete].flatMap(show);
}

/** Elements that are wider than the page, or whose text is cut off; what lies in `apart`, a selector, may be. */
export const overflowing = (page, apart) => page.evaluate((apart) => {
  const found = [];
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide in a window of ${clientWidth}`);
  for (const element of document.body.querySelectorAll('main *, header *')) {
    const style = getComputedStyle(element);
    if (style.clipPath !== 'none' || element.closest(apart)) continue;
    const { right } = element.getBoundingClientRect();
    const name = `${element.tagName} ${element.id || element.className}`;
    if (right > clientWidth + 0.5) found.push(`${name} ends at ${right}`);
    const { clientWidth: room, scrollWidth: needed } = element;
    if (needed > room + 1 && style.display !== 'inline' && room > 0) found.push(`${name}: ${needed} in ${room}`);
  }
  return found;
}, apart);

/** What is shown of `pressed`, a selector, and is too small for a finger: 44 pixels, but for how they are rounded. */
export const small = (page, pressed) => page.$$eval(pressed, (all) =>
  all.filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));

/** How many elements move when they change. */
export const moving = (page) => page.$$eval('*', (all) =>
  all.filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length);
