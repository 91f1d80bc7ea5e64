import { KmsError } from '../errors.ts';
import type { OperationName } from '../operations/operation-names.ts';
import { TokenBucket } from './token-bucket.ts';

const symmetricPerSecond = 10_000;
const symmetricPerSecondOf: ReadonlyMap<string, number> = new Map([
  ['ap-northeast-1', 20_000],
  ['ap-southeast-1', 20_000],
  ['ap-southeast-2', 20_000],
  ['eu-central-1', 20_000],
  ['eu-west-1', 100_000],
  ['eu-west-2', 20_000],
  ['us-east-1', 100_000],
  ['us-east-2', 20_000],
  ['us-west-2', 100_000],
]);
const symmetricOperations = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'ReEncrypt',
  'VerifyMac',
] as const satisfies readonly OperationName[];

/** Of keys on elliptic curves, the only ones here that sign. */
const signaturesPerSecond = 1000;
const signatureOperations = ['Sign', 'Verify'] as const satisfies readonly OperationName[];

type SharedOperation = (typeof symmetricOperations | typeof signatureOperations)[number];
const ownPerSecond: Readonly<Record<Exclude<OperationName, SharedOperation>, number>> = {
  CancelKeyDeletion: 5,
  CreateAlias: 5,
  CreateGrant: 50,
  CreateKey: 5,
  DeleteAlias: 15,
  DeleteImportedKeyMaterial: 15,
  DescribeKey: 2000,
  DisableKey: 5,
  EnableKey: 5,
  GetParametersForImport: 1,
  GetPublicKey: 2000,
  ImportKeyMaterial: 15,
  ListAliases: 500,
  ListGrants: 100,
  ListKeys: 500,
  ListResourceTags: 2000,
  ListRetirableGrants: 100,
  RetireGrant: 50,
  RevokeGrant: 50,
  ScheduleKeyDeletion: 15,
  TagResource: 10,
  UntagResource: 5,
  UpdateAlias: 5,
};

interface RateGroup {
  readonly operations: readonly OperationName[];
  readonly perSecond: number;
}

/**
 * AWS's default quotas of an account in a region.
 * https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
 */
const awsGroups = (awsRegion: string): readonly RateGroup[] => [
  {
    operations: symmetricOperations,
    perSecond: symmetricPerSecondOf.get(awsRegion) ?? symmetricPerSecond,
  },
  { operations: signatureOperations, perSecond: signaturesPerSecond },
  ...Object.entries(ownPerSecond).map(([operation, perSecond]) => ({
    operations: [operation as keyof typeof ownPerSecond],
    perSecond,
  })),
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
