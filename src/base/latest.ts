// Of overlapping questions only the newest counts: answers to older ones are dropped.

export class Newest {
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #line: Promise<void> = Promise.resolve();

  /** Makes every question before this one an old one; the function tells whether this one still is the newest. */
  begin(): () => boolean {
    clearTimeout(this.#timer);
    this.#count += 1;
    return this.now();
  }

  /** Tells whether no question has begun since. */
  now(): () => boolean {
    const mine = this.#count;
    return () => mine === this.#count;
  }

  /** Begins a slow question once nothing newer has come for `restMs`, and not before the one that is being answered is done. */
  soon(restMs: number, ask: (isNewest: () => boolean) => Promise<void>): void {
    const isNewest = this.begin();
    this.#timer = setTimeout(() => {
      this.#line = this.#line.then(() => (isNewest() ? ask(isNewest) : undefined));
    }, restMs);
  }
}
