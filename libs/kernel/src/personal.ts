/** Own, enumerable and no value that the structured clone algorithm knows: a copy to a thread or a file throws. */
const mayNotBeCopied = Symbol('personal');

/** Somebody tried to write a personal value down; what it was is not said. */
export class PersonalValueError extends TypeError {
  override readonly name = 'PersonalValueError';

  constructor(attempt: string) {
    super(`a personal value does not go into ${attempt}; only reveal() opens it`);
  }
}

const refuse = (attempt: string): never => {
  throw new PersonalValueError(attempt);
};

/**
 * A decrypted value of a person on its way through the process. It is assignable to nothing that is
 * public, and throws where it would be written down by accident: in JSON, in a text, in what an
 * inspector prints, in a structured clone. Whoever needs the value says so with `reveal()`.
 */
export class Personal<T> {
  readonly #value: T;
  readonly mayNotBeCopied = mayNotBeCopied;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself, for the one place that has to have it: an answer to its owner, a hash, a cipher. */
  reveal(): T {
    return this.#value;
  }

  /** Another personal value made of this one. */
  map<U>(change: (value: T) => U): Personal<U> {
    return new Personal(change(this.#value));
  }

  toJSON(): never {
    return refuse('JSON');
  }

  toString(): never {
    return refuse('a text');
  }

  valueOf(): never {
    return refuse('a comparison');
  }

  [Symbol.toPrimitive](): never {
    return refuse('a text');
  }

  /** What `util.inspect`, and so every console and most loggers, asks an object for. */
  [Symbol.for('nodejs.util.inspect.custom')](): never {
    return refuse('what an inspector prints');
  }
}

/** What may be told outside of its cell, or logged: no member of it, however deep, is personal. */
export type Public<T> =
  T extends Personal<unknown>
    ? never
    : T extends object
      ? { readonly [Member in keyof T]: Public<T[Member]> }
      : T;
