import { rewrapRounds } from '../rewrap.ts';
import { pairedFigure } from '../paired-figure.ts';
import type { PairedFigure } from '../paired-figure.ts';

/** Moving keys to another epoch, on one core and without the vault. */
export const measureRewrapFigure = (keysPerRound: number): PairedFigure =>
  pairedFigure(
    {
      name: 'epoch re-wrap',
      unit: 'keys/s per core',
      baseline: 'AES-256-GCM alone',
      aim: { of: 'figure', bound: 'at least', value: 5_000 },
    },
    rewrapRounds(keysPerRound).map(({ ours, plain }) => ({ measured: ours, baseline: plain })),
  );
