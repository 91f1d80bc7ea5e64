import type { Random } from '../clock/random.ts';
import { crashPoints, workKinds, type CrashPoint, type WorkKind } from './coverage.ts';

export const disturbances = [
  'cut',
  'cutOneWay',
  'swizzle',
  'crash',
  'failOver',
  'pause',
  'setClock',
  'raiseEpoch',
  'overstate',
  'restore',
] as const;
export type Disturbance = (typeof disturbances)[number];

/** What may go wrong in one run, and how often. Some kinds are off in some runs: a fault hides others. */
export interface Swarm {
  /** Probabilities per message. */
  readonly loss: number;
  readonly doubling: number;
  readonly lateness: number;
  /** Probability per answer to a shopper. */
  readonly answerLoss: number;
  /** Probability that a copy of a request arrives late. */
  readonly requestDoubling: number;
  /** Probability at every crash point. */
  readonly crash: number;
  /** The point at which this run likes a process to die. */
  readonly target: { readonly kind: WorkKind; readonly point: CrashPoint };
  /** Milliseconds between disturbances, on average. */
  readonly everyMs: number;
  readonly disturbances: readonly Disturbance[];
  /** How far the clocks of the cells are apart at the start, in milliseconds. */
  readonly skewMs: number;
}

const upTo = (random: Random, most: number): number =>
  random.chance(0.4) ? 0 : random.next() * most;

export function drawSwarm(random: Random): Swarm {
  return {
    loss: upTo(random, 0.3),
    doubling: upTo(random, 0.5),
    lateness: upTo(random, 0.4),
    answerLoss: upTo(random, 0.1),
    requestDoubling: upTo(random, 0.3),
    crash: upTo(random, 0.01),
    target: { kind: random.pick(workKinds), point: random.pick(crashPoints) },
    everyMs: random.between(150, 2_000),
    disturbances: disturbances.filter(() => random.chance(0.5)),
    skewMs: random.chance(0.5) ? 0 : random.between(1, 3_600_000),
  };
}
