import { describe, expect, it } from '@jest/globals';
import type { OperationName } from '../operations/operation-names.ts';
import { RequestRates } from './request-rates.ts';

/** How many calls in a row pass while the clock stands still. */
function passed(rates: RequestRates, operations: readonly OperationName[], calls: number): number {
  let count = 0;
  for (let call = 0; call < calls; call++) {
    const operation = operations[call % operations.length] ?? 'ListKeys';
    try {
      rates.count(operation);
      count++;
    } catch (error) {
      expect(error).toMatchObject({ type: 'ThrottlingException' });
    }
  }
  return count;
}
const stoppedClock = () => 0;

describe('RequestRates', () => {
  it.each([
    ['ap-south-1', 10_000],
    ['eu-west-1', 100_000],
    ['eu-central-1', 20_000],
  ])('gives the symmetric operations and HMAC in %s one quota of %i', (awsRegion, perSecond) => {
    const rates = RequestRates.aws(awsRegion, stoppedClock);
    const shared = [
      'Decrypt',
      'Encrypt',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'GenerateMac',
      'GenerateRandom',
      'ReEncrypt',
      'VerifyMac',
    ] as const;
    expect(passed(rates, shared, perSecond + 100)).toBe(perSecond);
    expect(passed(rates, ['Sign', 'Verify'], 1100)).toBe(1000);
  });

  it.each<[OperationName, number]>([
    ['CancelKeyDeletion', 5],
    ['CreateAlias', 5],
    ['CreateGrant', 50],
    ['CreateKey', 5],
    ['DeleteAlias', 15],
    ['DeleteImportedKeyMaterial', 15],
    ['DescribeKey', 2000],
    ['DisableKey', 5],
    ['EnableKey', 5],
    ['GetParametersForImport', 1],
    ['GetPublicKey', 2000],
    ['ImportKeyMaterial', 15],
    ['ListAliases', 500],
    ['ListGrants', 100],
    ['ListKeys', 500],
    ['ListResourceTags', 2000],
    ['ListRetirableGrants', 100],
    ['RetireGrant', 50],
    ['RevokeGrant', 50],
    ['ScheduleKeyDeletion', 15],
    ['TagResource', 10],
    ['UntagResource', 5],
    ['UpdateAlias', 5],
  ])('gives %s a quota of its own of %i', (operation, perSecond) => {
    const rates = RequestRates.aws('ap-south-1', stoppedClock);
    expect(passed(rates, [operation], perSecond + 20)).toBe(perSecond);
    expect(passed(rates, ['Decrypt'], 10)).toBe(10);
  });

  it('refuses nothing when there are none', () => {
    expect(passed(RequestRates.unlimited(), ['CreateKey'], 1000)).toBe(1000);
  });
});
