import { protocolOf } from '../mutants/mutants.ts';
import { runSeed, type Failure } from './run-seed.ts';

export interface Hunt {
  readonly mutant: string;
  /** The first violation; undefined when the bug was not found. */
  readonly failure: Failure | undefined;
  readonly runs: number;
  readonly events: number;
}

/** Runs seeds from `firstSeed` upwards until the planted bug is found, `runsMax` at most. */
export function hunt(
  mutant: string,
  { firstSeed, runsMax, cells }: { firstSeed: number; runsMax: number; cells?: number },
): Hunt {
  const protocol = protocolOf(mutant);
  let events = 0;
  for (let run = 0; run < runsMax; run += 1) {
    const seed = firstSeed + run;
    const { tally, failure } = runSeed({ seed, protocol, ...(cells !== undefined && { cells }) });
    events += tally.events;
    if (failure !== undefined) return { mutant, failure, runs: run + 1, events };
  }
  return { mutant, failure: undefined, runs: runsMax, events };
}
