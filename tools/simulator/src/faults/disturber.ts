import type { World } from '../run/world.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import { tellOverstatedAck, tellLostTimeline } from './liars.ts';
import type { Disturbance } from './swarm.ts';

const [shortestMs, longestMs, clockLeapMs] = [100, 2_500, 5_000];

/** Does harm from time to time, of the kinds that the run's swarm allows, as long as faults last. */
export class Disturber {
  private readonly harm: Readonly<Record<Disturbance, (cell: SimulatedCell) => void>> = {
    cut: (cell) => this.cut(cell, true),
    cutOneWay: (cell) => this.cut(cell, false),
    swizzle: (cell) => this.swizzle(cell),
    crash: (cell) => cell.crash('out of the blue'),
    failOver: (cell) => cell.failOver(),
    pause: (cell) => this.pause(cell),
    setClock: (cell) => this.setClock(cell),
    raiseEpoch: (cell) => this.raiseEpoch(cell),
    overstate: (cell) => tellOverstatedAck(this.world, cell),
    restore: (cell) => cell.restore(),
  };

  constructor(private readonly world: World) {}

  start(): void {
    const { random, queue, swarm } = this.world;
    if (swarm.disturbances.length === 0) return;
    queue.schedule(random.next() * 2 * swarm.everyMs, () => {
      if (!this.world.isFaulty) return;
      this.disturb(random.pick(swarm.disturbances));
      this.start();
    });
  }

  private disturb(kind: Disturbance): void {
    this.harm[kind](this.world.random.pick(this.world.cells));
  }

  private pause(cell: SimulatedCell): void {
    this.world.fault('pause', cell.id);
    cell.pause(this.world.random.between(shortestMs, longestMs));
  }

  private setClock(cell: SimulatedCell): void {
    this.world.fault('clock set', cell.id);
    cell.clockOffset += this.world.random.between(-clockLeapMs, clockLeapMs);
  }

  private cut(cell: SimulatedCell, isBothWays: boolean): void {
    const { random, queue, network } = this.world;
    const peer = random.pick(this.world.peersOf(cell.id));
    this.world.fault(isBothWays ? 'link cut' : 'link cut one way', cell.id, peer.id);
    network.cut(cell.id, peer.id);
    if (isBothWays) network.cut(peer.id, cell.id);
    queue.schedule(random.between(shortestMs, longestMs), () => {
      network.mend(cell.id, peer.id);
      network.mend(peer.id, cell.id);
    });
  }

  /** FoundationDB's swizzle-clogging: links stop one by one and are restored in another order. */
  private swizzle(cell: SimulatedCell): void {
    const { random, queue, network } = this.world;
    const links = this.world
      .peersOf(cell.id)
      .flatMap((peer) => [[cell.id, peer.id] as const, [peer.id, cell.id] as const])
      .filter(() => random.chance(0.7));
    if (links.length === 0) return;
    this.world.fault('links stopped one by one', cell.id);
    let at = 0;
    for (const [from, to] of random.shuffled(links)) {
      at += random.between(10, 200);
      queue.schedule(at, () => {
        if (this.world.isFaulty) network.stop(from, to);
      });
    }
    for (const [from, to] of random.shuffled(links)) {
      at += random.between(50, 400);
      queue.schedule(at, () => network.resume(from, to));
    }
  }

  /** A recovery is begun by hand, of books that have forgotten nothing. */
  private raiseEpoch(cell: SimulatedCell): void {
    if (!cell.isUp) return;
    this.world.fault('epoch raised', cell.id);
    cell.recovery.begin(0);
    tellLostTimeline(this.world);
  }
}
