import type { CellId } from '@entrepot/kernel';
import type { EventQueue } from '../clock/event-queue.ts';
import type { Random } from '../clock/random.ts';
import type { FaultKind } from '../faults/coverage.ts';
import type { Swarm } from '../faults/swarm.ts';

interface Link {
  isCut: boolean;
  isStopped: boolean;
  /** What waits while the link is stopped. */
  readonly held: (() => void)[];
}

const [fastestMs, slowestMs, lateMostMs] = [20, 60, 3_000];

/** Links between cells: they lose, double, delay, reorder, are cut in one direction or both, and stop. */
export class Network {
  private readonly links = new Map<string, Link>();
  private isFaulty = true;

  constructor(
    private readonly queue: EventQueue,
    private readonly random: Random,
    private readonly swarm: Swarm,
    private readonly note: (fault: FaultKind) => void,
  ) {}

  send(from: CellId, to: CellId, deliver: () => void): void {
    const link = this.linkOf(from, to);
    if (link.isCut || (this.isFaulty && this.random.chance(this.swarm.loss))) {
      this.note('message lost');
      return;
    }
    this.carry(link, deliver);
    if (!this.isFaulty || !this.random.chance(this.swarm.doubling)) return;
    this.note('message doubled');
    this.carry(link, deliver);
  }

  cut(from: CellId, to: CellId): void {
    this.linkOf(from, to).isCut = true;
  }

  mend(from: CellId, to: CellId): void {
    this.linkOf(from, to).isCut = false;
  }

  stop(from: CellId, to: CellId): void {
    this.linkOf(from, to).isStopped = true;
  }

  /** What was held arrives now, in the order in which it came. */
  resume(from: CellId, to: CellId): void {
    const link = this.linkOf(from, to);
    link.isStopped = false;
    for (const deliver of link.held.splice(0)) this.queue.schedule(1, deliver);
  }

  /** From now on everything arrives. */
  heal(): void {
    this.isFaulty = false;
    for (const link of this.links.values()) {
      link.isCut = false;
      link.isStopped = false;
      for (const deliver of link.held.splice(0)) this.queue.schedule(1, deliver);
    }
  }

  private carry(link: Link, deliver: () => void): void {
    if (link.isStopped) {
      link.held.push(deliver);
      return;
    }
    let delay = this.random.between(fastestMs, slowestMs);
    if (this.isFaulty && this.random.chance(this.swarm.lateness)) {
      this.note('message late');
      delay = this.random.between(slowestMs, lateMostMs);
    }
    this.queue.schedule(delay, deliver);
  }

  private linkOf(from: CellId, to: CellId): Link {
    const name = `${from} ${to}`;
    const known = this.links.get(name);
    if (known !== undefined) return known;
    const link: Link = { isCut: false, isStopped: false, held: [] };
    this.links.set(name, link);
    return link;
  }
}
