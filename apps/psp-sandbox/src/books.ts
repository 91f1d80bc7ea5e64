import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { SandboxOrder, SandboxPayment } from './payment.ts';

/** An answer kept for its idempotency key. */
export interface StoredAnswer {
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
}

export type BookEntry =
  | { readonly kind: 'payment'; readonly payment: SandboxPayment }
  | { readonly kind: 'order'; readonly order: SandboxOrder }
  | { readonly kind: 'answer'; readonly answer: StoredAnswer };

/**
 * The provider's books: an append-only file of JSON lines, the newest line of a payment counts. What is
 * recorded together reaches the disk with one fsync; nothing is answered before that.
 */
export class Books {
  private readonly payments = new Map<string, SandboxPayment>();
  private readonly orders = new Map<string, SandboxOrder>();
  private readonly answers = new Map<string, StoredAnswer>();
  private readonly byReference = new Map<string, Set<string>>();
  private pending: { lines: string; done: () => void; failed: (error: unknown) => void }[] = [];
  private flushing: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<Books> {
    const file = await open(path, 'a+', 0o600);
    const books = new Books(file);
    const text = await file.readFile('utf8');
    // a crash may have torn the last line; it was never answered, so it never happened
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
    for (const line of whole.split('\n')) {
      if (line !== '') books.apply(JSON.parse(line) as BookEntry);
    }
    return books;
  }

  /** Counts at once for whoever reads next; resolves when it is on disk. */
  record(...entries: BookEntry[]): Promise<void> {
    for (const entry of entries) this.apply(entry);
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    const recorded = new Promise<void>((done, failed) => {
      this.pending.push({ lines, done, failed });
    });
    this.flushing ??= this.flush();
    return recorded;
  }

  payment(id: string): SandboxPayment | undefined {
    return this.payments.get(id);
  }

  order(id: string): SandboxOrder | undefined {
    return this.orders.get(id);
  }

  answer(key: string): StoredAnswer | undefined {
    return this.answers.get(key);
  }

  paymentsOf(account: string, reference: string): SandboxPayment[] {
    const ids = this.byReference.get(`${account} ${reference}`) ?? [];
    return [...ids].flatMap((id) => this.payments.get(id) ?? []);
  }

  paymentsOfOrder(orderId: string): SandboxPayment[] {
    return [...this.payments.values()].filter((payment) => payment.orderId === orderId);
  }

  ordersOf(account: string, receipt: string): SandboxOrder[] {
    const ids = this.byReference.get(`${account} receipt ${receipt}`) ?? [];
    return [...ids].flatMap((id) => this.orders.get(id) ?? []);
  }

  /** Forgets whose payments these are; the amounts stay. Answers how many there were. */
  async forget(account: string, ids: readonly string[]): Promise<number> {
    const own = ids.flatMap((id) => this.payments.get(id) ?? []);
    const forgotten = own
      .filter((payment) => payment.account === account)
      .map((payment) => ({
        ...{ ...payment, card: undefined, returnUrl: undefined, isForgotten: true as const },
      }));
    await this.record(...forgotten.map((payment) => ({ kind: 'payment' as const, payment })));
    return forgotten.length;
  }

  allPayments(): SandboxPayment[] {
    return [...this.payments.values()];
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.file.close();
  }

  private apply(entry: BookEntry): void {
    switch (entry.kind) {
      case 'payment': {
        const { id, account, reference } = entry.payment;
        this.payments.set(id, entry.payment);
        this.index(`${account} ${reference}`, id);
        return;
      }
      case 'order': {
        const { id, account, receipt } = entry.order;
        this.orders.set(id, entry.order);
        this.index(`${account} receipt ${receipt}`, id);
        return;
      }
      case 'answer':
        this.answers.set(entry.answer.key, entry.answer);
    }
  }

  private index(key: string, id: string): void {
    const ids = this.byReference.get(key) ?? new Set();
    this.byReference.set(key, ids.add(id));
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending;
      this.pending = [];
      try {
        await this.file.appendFile(batch.map(({ lines }) => lines).join(''));
        await this.file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.flushing = undefined;
  }
}
