import { LRUCache } from 'lru-cache';

import type { SharedCache } from './shared-cache.ts';

const floorsKept = 50_000;

/**
 * What this process knows of the floors. `catchUp` asks the shared level for its revision; requests
 * that arrive while a question is under way share the *next* one, never that one: an answer already
 * on its way may be older than a raise that has just returned.
 */
export class FloorLedger {
  private readonly floors = new LRUCache<string, number>({ max: floorsKept });
  private revision = 0;
  /** Raised whenever everything known is void. */
  private generationNumber = 0;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(
    private readonly shared: SharedCache,
    private readonly evict: { one(subject: string): void; all(): void },
  ) {}

  get generation(): number {
    return this.generationNumber;
  }

  floorOf(subject: string): number {
    return this.floors.get(subject) ?? 0;
  }

  learn(subject: string, version: number): void {
    if (version > this.floorOf(subject)) this.floors.set(subject, version);
    this.evict.one(subject);
  }

  /** Every floor raised before this call is known when it resolves. */
  catchUp(): Promise<void> {
    this.next ??= this.queue();
    return this.next;
  }

  private async queue(): Promise<void> {
    // callers of the same turn of the event loop join before the question is sent
    await (this.running?.catch(() => undefined) ?? Promise.resolve());
    const question = this.compare();
    this.running = question;
    this.next = undefined;
    try {
      await question;
    } finally {
      if (this.running === question) this.running = undefined;
    }
  }

  private async compare(): Promise<void> {
    const revision = await this.shared.revision();
    if (revision === this.revision) return;
    const changes = await this.shared.changesSince(this.revision);
    if (changes.isComplete) {
      for (const floor of changes.floors) this.learn(floor.subject, floor.version);
    } else {
      this.generationNumber += 1;
      this.floors.clear();
      this.evict.all();
    }
    this.revision = changes.revision;
  }
}
