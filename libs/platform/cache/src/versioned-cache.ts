import { DomainError } from '@entrepot/kernel';
import { LRUCache } from 'lru-cache';
import { setTimeout as delay } from 'node:timers/promises';

import { areCachesBypassed } from './cache-bypass.ts';
import type { CacheEntry, Versioned } from './cache-entry.ts';
import type { CachePolicy } from './cache-policy.ts';
import { lifetimeOf } from './cache-policy.ts';
import { FillGate } from './fill-gate.ts';
import { FloorLedger } from './floor-ledger.ts';
import type { SharedCache } from './shared-cache.ts';
import { SharedCacheUnavailableError } from './shared-cache.ts';

const originReadsMax = 8;
const originWaitersMax = 512;
/** Fewer than the gate lets through: reading stale entries anew never keeps out a read that waits. */
const refreshesMax = 4;
const readsBelowFloorMax = 3;
const otherFillWaitMs = 150;
const otherFillPollMs = 25;

/**
 * Reads the present state of subjects; one that is absent from the answer does not exist. It must not
 * read through the cache itself: the gate lets so many origins run at once, and they would wait for it.
 */
export type Origin = (subjects: readonly string[]) => Promise<ReadonlyMap<string, Versioned>>;

export interface CacheQuestion {
  /** The rendering asked for, with a version of its form: `card.v1.de`. */
  readonly facet: string;
  readonly policy: CachePolicy;
  readonly origin: Origin;
}

export interface VersionedCacheOptions {
  readonly shared: SharedCache;
  readonly localBytesMax: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How reads were answered since the process began. */
export interface CacheStatistics {
  local: number;
  shared: number;
  stale: number;
  origin: number;
  refusedFills: number;
  withoutShared: number;
}

/**
 * Two levels, in process and shared, over versioned things. The promise: a read that begins after
 * `raise` of a floor has returned never yields a lower version, from whatever level, in whatever
 * process. (The fill that loses a race against a write is refused as in "Scaling Memcache at
 * Facebook", NSDI 2013, with versions in place of leases.)
 */
export class VersionedCache {
  readonly statistics: CacheStatistics = {
    local: 0,
    shared: 0,
    stale: 0,
    origin: 0,
    refusedFills: 0,
    withoutShared: 0,
  };
  private readonly local: LRUCache<string, Map<string, CacheEntry>>;
  private readonly floors: FloorLedger;
  private readonly flights = new Map<string, Promise<Versioned>>();
  private readonly gate = new FillGate(originReadsMax, originWaitersMax);
  private refreshes = 0;

  constructor(private readonly options: VersionedCacheOptions) {
    this.local = new LRUCache<string, Map<string, CacheEntry>>({
      maxSize: options.localBytesMax,
      sizeCalculation: bytesOf,
    });
    this.floors = new FloorLedger(options.shared, {
      one: (subject) => void this.local.delete(subject),
      all: () => this.local.clear(),
    });
  }

  async readOne(subject: string, question: CacheQuestion): Promise<Versioned> {
    const answers = await this.read([subject], question);
    return answers.get(subject) ?? { version: 0, body: null };
  }

  /** One answer per subject, in the order asked. */
  async read(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<Map<string, Versioned>> {
    if (areCachesBypassed()) return this.readPast(subjects, question);
    try {
      await this.floors.catchUp();
    } catch (error) {
      if (!(error instanceof SharedCacheUnavailableError)) throw error;
      return this.readWithoutShared(subjects, question);
    }
    const answers = new Map<string, Versioned>();
    const local = (subject: string) => this.local.get(subject)?.get(question.facet);
    const missing = this.takeUsable(subjects, local, { question, answers });
    this.statistics.local += answers.size;
    if (missing.length > 0) await this.readMissing(missing, question, answers);
    return answers;
  }

  private async readMissing(
    missing: readonly string[],
    question: CacheQuestion,
    answers: Map<string, Versioned>,
  ): Promise<void> {
    const unshared = await this.readShared(missing, question, answers);
    if (unshared.length === 0) return;
    const elsewhere = await this.claimedElsewhere(unshared, question);
    const mine = unshared.filter((subject) => !elsewhere.has(subject));
    const filled = this.fill(mine, question);
    const late = await this.awaitOtherFills([...elsewhere], question, answers);
    for (const [subject, answer] of await filled) answers.set(subject, answer);
    if (late.length === 0) return;
    for (const [subject, answer] of await this.fill(late, question)) answers.set(subject, answer);
  }

  /** Puts what the shared level has into `answers`; returns what it has not. */
  private async readShared(
    subjects: readonly string[],
    question: CacheQuestion,
    answers: Map<string, Versioned>,
  ): Promise<string[]> {
    const generation = this.floors.generation;
    const found = await this.orWithout(
      () => this.options.shared.find(question.facet, subjects),
      new Map<string, CacheEntry>(),
    );
    const absent = this.takeUsable(subjects, (subject) => found.get(subject), {
      question,
      answers,
    });
    const isAbsent = new Set(absent);
    for (const [subject, entry] of found) {
      if (isAbsent.has(subject)) continue;
      this.keepLocally(subject, question.facet, entry, generation);
      this.statistics.shared += 1;
    }
    return absent;
  }

  /** Subjects that another process is reading; those of this process are joined as flights. */
  private async claimedElsewhere(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<ReadonlySet<string>> {
    const free = subjects.filter((subject) => !this.flights.has(flightKey(question, subject)));
    if (free.length === 0) return new Set();
    const claimed = await this.orWithout(
      () => this.options.shared.claim(question.facet, free),
      new Set(free),
    );
    return new Set(
      free.filter(
        (subject) => !claimed.has(subject) && !this.flights.has(flightKey(question, subject)),
      ),
    );
  }

  private async awaitOtherFills(
    subjects: readonly string[],
    question: CacheQuestion,
    answers: Map<string, Versioned>,
  ): Promise<string[]> {
    let absent = [...subjects];
    for (let waited = 0; absent.length > 0 && waited < otherFillWaitMs; waited += otherFillPollMs) {
      await delay(otherFillPollMs);
      absent = await this.readShared(absent, question, answers);
    }
    return absent;
  }

  /**
   * Puts the entries that may be served into `answers`; returns the other subjects. Stale ones are served
   * and, all those of one question together, read anew behind the answer.
   */
  private takeUsable(
    subjects: readonly string[],
    entryOf: (subject: string) => CacheEntry | undefined,
    {
      question,
      answers,
    }: { readonly question: CacheQuestion; readonly answers: Map<string, Versioned> },
  ): string[] {
    const now = this.options.now();
    const others: string[] = [];
    const stale: string[] = [];
    for (const subject of subjects) {
      const entry = entryOf(subject);
      const isUsable =
        entry !== undefined && entry.hardAt > now && entry.version >= this.floors.floorOf(subject);
      if (!isUsable) {
        others.push(subject);
        continue;
      }
      if (entry.softAt <= now) stale.push(subject);
      answers.set(subject, entry);
    }
    this.statistics.stale += stale.length;
    this.refresh(stale, question);
    return others;
  }

  /** What is not read anew now stays stale, and the next reader asks for it again. */
  private refresh(stale: readonly string[], question: CacheQuestion): void {
    const due = stale.filter((subject) => !this.flights.has(flightKey(question, subject)));
    if (due.length === 0 || this.refreshes >= refreshesMax) return;
    this.refreshes += 1;
    void this.fill(due, question)
      // a refresh that fails leaves the stale entry until its hard end; a reader then sees the error
      .catch(() => undefined)
      .finally(() => (this.refreshes -= 1));
  }

  /** Reads at the origin until nothing is below its floor; flights of this process are shared. */
  private async fill(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<Map<string, Versioned>> {
    const answers = new Map<string, Versioned>();
    let open = subjects;
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const flights = this.fly(open, question);
      const below: string[] = [];
      for (const [subject, flight] of flights) {
        const answer = await flight;
        if (answer.version < this.floors.floorOf(subject)) below.push(subject);
        else answers.set(subject, answer);
      }
      if (below.length > 0 && attempt === readsBelowFloorMax) {
        throw new DomainError('UNAVAILABLE', 'the database is behind what was already shown');
      }
      open = below;
    }
    return answers;
  }

  private fly(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Map<string, Promise<Versioned>> {
    const flights = new Map<string, Promise<Versioned>>();
    const grounded: string[] = [];
    for (const subject of subjects) {
      const flight = this.flights.get(flightKey(question, subject));
      if (flight === undefined) grounded.push(subject);
      else flights.set(subject, flight);
    }
    if (grounded.length === 0) return flights;
    const batch = this.readOrigin(grounded, question);
    for (const subject of grounded) {
      const key = flightKey(question, subject);
      const flight = batch
        .then((read) => read.get(subject) ?? { version: 0, body: null })
        .finally(() => this.flights.delete(key));
      // whoever awaits the flight sees the error; one that nobody awaits any more is no crash
      flight.catch(() => undefined);
      this.flights.set(key, flight);
      flights.set(subject, flight);
    }
    return flights;
  }

  private async readOrigin(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<ReadonlyMap<string, Versioned>> {
    const generation = this.floors.generation;
    const { memory } = this.options.shared;
    const read = await this.gate.pass(() => question.origin(subjects));
    this.statistics.origin += subjects.length;
    this.neverGoBelow(read);
    const entries = subjects.map((subject) => {
      const found = read.get(subject) ?? { version: 0, body: null };
      const lifetime = lifetimeOf(question.policy, {
        isNegative: found.body === null,
        now: this.options.now(),
        chance: this.options.random(),
      });
      return { subject, facet: question.facet, entry: { ...found, ...lifetime } };
    });
    const refused = await this.orWithout(
      () => this.options.shared.fill(entries, memory),
      undefined,
    );
    if (refused === undefined) return read;
    for (const floor of refused) this.floors.learn(floor.subject, floor.version);
    this.statistics.refusedFills += refused.length;
    for (const { subject, facet, entry } of entries) {
      this.keepLocally(subject, facet, entry, generation);
    }
    return read;
  }

  /**
   * What the origin has said is a floor for this process, whatever older entries the shared level still
   * has: a reader that comes twice sees nothing older the second time.
   */
  private neverGoBelow(read: ReadonlyMap<string, Versioned>): void {
    for (const [subject, { version }] of read) {
      if (version > this.floors.floorOf(subject)) this.floors.learn(subject, version);
    }
  }

  private keepLocally(subject: string, facet: string, entry: CacheEntry, generation: number): void {
    if (generation !== this.floors.generation) return;
    if (entry.version < this.floors.floorOf(subject)) return;
    const facets = new Map(this.local.get(subject));
    const kept = facets.get(facet);
    if (kept !== undefined && kept.version > entry.version) return;
    facets.set(facet, entry);
    this.local.set(subject, facets);
  }

  /** Without the shared level nobody can vouch for what this process remembers: ask the origin. */
  private async readWithoutShared(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<Map<string, Versioned>> {
    this.statistics.withoutShared += subjects.length;
    const answers = await this.fill(subjects, question);
    return new Map(
      subjects.map((subject) => [subject, answers.get(subject) ?? { version: 0, body: null }]),
    );
  }

  /** A read of its own, joined to no other; the gate still holds. */
  private async readPast(
    subjects: readonly string[],
    question: CacheQuestion,
  ): Promise<Map<string, Versioned>> {
    const read = await this.gate.pass(() => question.origin(subjects));
    this.statistics.origin += subjects.length;
    return new Map(
      subjects.map((subject) => [subject, read.get(subject) ?? { version: 0, body: null }]),
    );
  }

  private async orWithout<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof SharedCacheUnavailableError) return otherwise;
      throw error;
    }
  }
}

const flightKey = (question: CacheQuestion, subject: string) => `${question.facet} ${subject}`;

function bytesOf(facets: ReadonlyMap<string, CacheEntry>): number {
  let bytes = 64;
  for (const entry of facets.values()) bytes += 128 + (entry.body?.length ?? 0) * 2;
  return bytes;
}
