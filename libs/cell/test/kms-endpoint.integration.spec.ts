import { Egress, EgressList } from '@entrepot/platform-egress';
import { testKms } from '@entrepot/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KmsEndpoint } from '../src/kms-endpoint.ts';
import type { ProcessContext } from '../src/process-context.ts';

const TrueDate = globalThis.Date;

/** From now on this process takes it for so much later than it is. */
function shiftClock(byMs: number): void {
  globalThis.Date = class extends TrueDate {
    constructor(given: number | string | Date = TrueDate.now() + byMs) {
      super(given);
    }

    static override now(): number {
      return TrueDate.now() + byMs;
    }
  } as DateConstructor;
}

describe('the KMS endpoint of a process', () => {
  afterEach(() => {
    globalThis.Date = TrueDate;
  });

  async function endpointFor(awsRegion?: string): Promise<KmsEndpoint> {
    const kms = await testKms();
    const { endpoint } = kms;
    const egress = new Egress(new EgressList({ hosts: [], isLoopbackAllowed: true }));
    const region = { awsRegion: awsRegion ?? kms.awsRegion };
    return new KmsEndpoint({ endpoint, ...kms.credentialsFor('api') }, {
      egress,
      region,
    } as unknown as ProcessContext);
  }

  it.each([0, 3_600_000, -3_600_000])(
    'is the right one also where the clock is %i ms off',
    async (byMs) => {
      const kms = await endpointFor();
      shiftClock(byMs);
      expect(await kms.judge()).toBe('right');
      kms.close();
    },
  );

  it('is the wrong one where it is of another region', async () => {
    const kms = await endpointFor('us-east-1');
    expect(await kms.judge()).toBe('wrong');
    kms.close();
  });
});
