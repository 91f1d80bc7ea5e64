import { KmsError } from '../errors.ts';
import type { OperationName } from '../operations/operation-names.ts';
import { TokenBucket } from './token-bucket.ts';

interface RateGroup {
  readonly operations: readonly OperationName[];
  readonly perSecond: number;
}

const symmetricPerSecond = 10_000;
const symmetricPerSecondOf: ReadonlyMap<string, number> = new Map([['eu-central-1', 20_000]]);
const symmetricOperations: readonly OperationName[] = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'ReEncrypt',
  'VerifyMac',
];

/**
 * AWS's default quotas of an account in a region; operations that are not listed are not limited here.
 * https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
 */
const awsGroups = (awsRegion: string): readonly RateGroup[] => [
  {
    operations: symmetricOperations,
    perSecond: symmetricPerSecondOf.get(awsRegion) ?? symmetricPerSecond,
  },
  { operations: ['Sign', 'Verify'], perSecond: 1000 },
  { operations: ['CancelKeyDeletion'], perSecond: 5 },
  { operations: ['CreateAlias'], perSecond: 5 },
  { operations: ['CreateGrant'], perSecond: 50 },
  { operations: ['CreateKey'], perSecond: 5 },
  { operations: ['DeleteImportedKeyMaterial'], perSecond: 15 },
  { operations: ['DescribeKey'], perSecond: 2000 },
  { operations: ['DisableKey'], perSecond: 5 },
  { operations: ['EnableKey'], perSecond: 5 },
  { operations: ['GetParametersForImport'], perSecond: 1 },
  { operations: ['ImportKeyMaterial'], perSecond: 15 },
  { operations: ['ScheduleKeyDeletion'], perSecond: 15 },
  { operations: ['TagResource'], perSecond: 10 },
];

/** Refuses what goes beyond a rate. All principals share it, as the callers of one account do. */
export class RequestRates {
  readonly #bucketOf: ReadonlyMap<OperationName, TokenBucket>;

  private constructor(bucketOf: ReadonlyMap<OperationName, TokenBucket>) {
    this.#bucketOf = bucketOf;
  }

  static unlimited(): RequestRates {
    return new RequestRates(new Map());
  }

  /** The time is the machine's own and monotonic: keys age by another clock, requests do not. */
  static aws(awsRegion: string, now = () => performance.now()): RequestRates {
    const buckets = awsGroups(awsRegion).flatMap(({ operations, perSecond }) => {
      const bucket = new TokenBucket(perSecond, now);
      return operations.map((operation) => [operation, bucket] as const);
    });
    return new RequestRates(new Map(buckets));
  }

  /** Counts one call; throws when the rate of its group is used up. */
  count(operation: OperationName): void {
    if (this.#bucketOf.get(operation)?.take() === false) throw rateExceeded();
  }
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/throttling.html */
export const rateExceeded = (): KmsError =>
  new KmsError(
    'ThrottlingException',
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  );
