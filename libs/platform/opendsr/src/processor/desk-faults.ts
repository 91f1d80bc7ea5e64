import { z } from 'zod';

/** How a processor of a drill may fail. Each strikes as often as it was ordered. */
export const deskFault = z.strictObject({
  kind: z.enum([
    /** Takes the call and never answers. */
    'silent',
    /** Answers 500. */
    'broken',
    /** Does what was asked, and the answer is lost. */
    'answer_lost',
    /** Signs with a key that is not its own. */
    'wrong_signature',
    'unsigned',
    /** Gives the request up. */
    'cancels',
    /** Says that it is at work. */
    'slow',
    /** Sends the caller elsewhere. */
    'redirects',
  ]),
  times: z.int().min(1).max(1_000_000).default(1),
});
export type DeskFault = z.infer<typeof deskFault>;
export type DeskFaultKind = DeskFault['kind'];

export class DeskFaults {
  readonly #left = new Map<DeskFaultKind, number>();

  add({ kind, times }: DeskFault): void {
    this.#left.set(kind, (this.#left.get(kind) ?? 0) + times);
  }

  clear(): void {
    this.#left.clear();
  }

  /** Whether this fault strikes now; it is used up by one. */
  take(kind: DeskFaultKind): boolean {
    const left = this.#left.get(kind) ?? 0;
    if (left > 0) this.#left.set(kind, left - 1);
    return left > 0;
  }
}
