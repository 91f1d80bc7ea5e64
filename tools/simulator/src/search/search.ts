import type { SearchedProtocol } from './protocols.ts';
import type { SearchScope } from './scope.ts';
import { StateSet } from './state-set.ts';
import { Worlds } from './worlds.ts';

export interface Finding {
  readonly what: readonly string[];
  /** The steps that lead there; no shorter way exists within the scope. */
  readonly steps: readonly string[];
}

export interface SearchProgress {
  readonly states: number;
  readonly frontier: number;
  readonly depth: number;
  readonly seconds: number;
}

export interface SearchOutcome extends SearchProgress {
  /** All that can happen within the scope was seen; else a unit was sold twice, or the limit was met. */
  readonly end: 'exhausted' | 'oversold' | 'limit';
  readonly transitions: number;
  readonly cellStates: number;
  /** The first state in which any invariant fails. */
  readonly breach: Finding | undefined;
  /** The first state in which more units are sold than ever arrived. */
  readonly oversold: Finding | undefined;
}

export interface SearchOptions {
  readonly statesMax: number;
  readonly onProgress?: (progress: SearchProgress) => void;
}

/** A finding before the way to it is worked out. */
interface Sighting {
  readonly what: readonly string[];
  /** The world it was seen from, and the step taken there. */
  readonly from: number;
  readonly step: string;
}

const progressEveryMs = 2_000;
const progressEveryStates = 4_096;

/**
 * Visits every world that a protocol can reach within a scope, nearest first, and checks each. It goes on
 * behind the first breach until a unit is sold twice, which is what a breach is feared for.
 */
export class EscrowSearch {
  private readonly worlds: Worlds;
  private readonly seen: StateSet;
  private readonly startedAt = performance.now();
  private breach: Sighting | undefined;
  private oversold: Sighting | undefined;
  private transitions = 0;

  constructor(
    scope: SearchScope,
    searched: SearchedProtocol,
    private readonly options: SearchOptions,
  ) {
    this.worlds = new Worlds(scope, searched);
    this.seen = new StateSet(this.worlds.width);
  }

  run(): SearchOutcome {
    const world = this.worlds.first();
    this.seen.add(world, -1);
    let [at, depth, levelEnd] = [0, 0, 1];
    let toldAt = this.startedAt;
    while (at < this.seen.size && this.oversold === undefined) {
      if (this.seen.size >= this.options.statesMax) break;
      if (at === levelEnd) [depth, levelEnd] = [depth + 1, this.seen.size];
      this.seen.copyInto(world, at);
      this.expand(world, at);
      at += 1;
      if (at % progressEveryStates === 0 && performance.now() - toldAt > progressEveryMs) {
        toldAt = performance.now();
        this.options.onProgress?.(this.progress(at, depth));
      }
    }
    const isDone = at === this.seen.size;
    return {
      ...this.progress(at, depth),
      end: this.oversold !== undefined ? 'oversold' : isDone ? 'exhausted' : 'limit',
      transitions: this.transitions,
      cellStates: this.worlds.cellStates,
      breach: this.found(this.breach),
      oversold: this.found(this.oversold),
    };
  }

  private expand(world: Int32Array, at: number): void {
    this.worlds.visitNext(world, (next, { breaches, text: step }) => {
      this.transitions += 1;
      if (breaches.length > 0) this.breach ??= { what: breaches, from: at, step };
      const name = this.seen.add(next, at);
      if (name === undefined || this.oversold !== undefined) return;
      const found = this.worlds.breachesOf(next);
      if (found === undefined) return;
      if (found.books.length > 0) this.breach ??= { what: found.books, from: at, step };
      if (found.oversold === 0) return;
      this.oversold = { what: [`${found.oversold} more sold than ever arrived`], from: at, step };
      this.breach ??= this.oversold;
    });
  }

  private found(sighting: Sighting | undefined): Finding | undefined {
    if (sighting === undefined) return undefined;
    const { what, from, step } = sighting;
    return { what, steps: [...this.stepsTo(from), step] };
  }

  private progress(at: number, depth: number): SearchProgress {
    const states = this.seen.size;
    const seconds = (performance.now() - this.startedAt) / 1000;
    return { states, frontier: states - at, depth, seconds };
  }

  /** The way to a world, by asking each world on it again what led on. */
  private stepsTo(name: number): string[] {
    const steps: string[] = [];
    for (let at = name; this.seen.parentOf(at) >= 0; at = this.seen.parentOf(at)) {
      steps.unshift(this.stepInto(at));
    }
    return steps;
  }

  private stepInto(name: number): string {
    const [world, target] = [new Int32Array(this.worlds.width), new Int32Array(this.worlds.width)];
    this.seen.copyInto(world, this.seen.parentOf(name));
    this.seen.copyInto(target, name);
    let found: string | undefined;
    this.worlds.visitNext(world, (next, { text }) => {
      if (found === undefined && next.every((number, at) => number === target[at])) found = text;
    });
    if (found === undefined) throw new RangeError('no step leads to a world that was visited');
    return found;
  }
}
