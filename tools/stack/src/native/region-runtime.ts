import { StackError } from '../stack-error.ts';

/** What the stack must know of a region to run one of its cells. */
export interface RegionRuntime {
  /** The folder of the app that serves the region. */
  readonly app: string;
  /** Where the region's keys live, in AWS's words. */
  readonly awsRegion: string;
  /** The form of a secret key at the region's payment provider, around what is random in it. */
  readonly providerKey: (random: string) => string;
}

const runtimes: Readonly<Record<string, RegionRuntime>> = {
  in: {
    app: 'apps/india',
    awsRegion: 'ap-south-1',
    providerKey: (random) => `rzp_test_${random.slice(0, 14)}:${random}`,
  },
  eu: {
    app: 'apps/eu',
    awsRegion: 'eu-central-1',
    providerKey: (random) => `sk_test_${random}`,
  },
};

export function runtimeOf(region: string): RegionRuntime {
  const runtime = runtimes[region];
  if (runtime === undefined) throw new StackError(`No app serves the region ${region}.`);
  return runtime;
}
