/**
 * A step that cannot succeed by being tried again: the request fails with this code and waits for people.
 * `store` is the name of the store that was in the way.
 */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly code: string;
  readonly store: string | undefined;

  constructor(code: string, message: string, { store }: { readonly store?: string } = {}) {
    super(message);
    this.code = code;
    this.store = store;
  }
}
