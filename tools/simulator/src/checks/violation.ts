/** A promise was broken; the run ends here. */
export class ViolationError extends Error {
  override readonly name = 'ViolationError';

  constructor(
    readonly check: string,
    detail: string,
  ) {
    super(`${check}: ${detail}`);
  }
}
