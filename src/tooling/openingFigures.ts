// What is measured of the opening in a browser: words in sight, and how far things move while it loads. Each runs in the page, so none has a named function within.

/** Words in sight without scrolling; a word holds a letter. */
export function wordsInSight(): number {
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let words = 0;
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const isShown =
      node.parentElement?.checkVisibility() &&
      [...range.getClientRects()].some(
        ({ left, top, right, bottom, width }) =>
          width > 0 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight,
      );
    if (isShown) words += (node.textContent ?? '').split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;
  }
  return words;
}

/** Before the page loads: layout shifts are added up from now on. */
export function watchShifts(): void {
  const shifts: number[] = [];
  Object.assign(window, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const value: unknown = Reflect.get(entry, 'value');
      if (typeof value === 'number') shifts.push(value);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Those since `watchShifts`. */
export function layoutShifts(): number[] {
  const shifts: unknown = Reflect.get(window, 'shifts');
  return Array.isArray(shifts) ? shifts : [];
}
