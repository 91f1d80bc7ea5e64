import { z } from 'zod';

/** How the sandbox may fail on its SMTP side; each strikes as often as it was ordered. */
export const smtpFault = z.strictObject({
  kind: z.enum([
    /** 451: come again. */
    'defers',
    /** 550: never. */
    'refuses',
    /** Takes the letter and answers late. */
    'late',
    /** Takes the letter and never answers. */
    'silent',
  ]),
  times: z.int().min(1).max(1_000_000).default(1),
  delayMs: z.int().min(0).max(60_000).default(1_000),
});
export type SmtpFault = z.infer<typeof smtpFault>;

export class SmtpFaults {
  readonly #orders: { readonly fault: SmtpFault; left: number }[] = [];

  add(fault: SmtpFault): void {
    this.#orders.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#orders.length = 0;
  }

  /** The fault that strikes this letter, used up by one. */
  take(): SmtpFault | undefined {
    const order = this.#orders.find(({ left }) => left > 0);
    if (order === undefined) return undefined;
    order.left -= 1;
    return order.fault;
  }
}
