// A command that cannot be carried out as it was given: exit code 2.

export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    /** One sentence: what to do. */
    readonly hint: string,
  ) {
    super(message);
  }

  get text(): string {
    return `${this.message} ${this.hint}`;
  }
}
