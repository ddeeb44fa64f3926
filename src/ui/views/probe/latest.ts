// Only the newest of overlapping questions counts.

export class Latest {
  #count = 0;

  /** Makes every question before this one an old one; the function tells whether this one still is the newest. */
  begin(): () => boolean {
    this.#count += 1;
    const mine = this.#count;
    return () => mine === this.#count;
  }
}
