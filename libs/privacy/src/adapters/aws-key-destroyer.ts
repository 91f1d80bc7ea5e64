import {
  DescribeKeyCommand,
  KMSClient,
  KMSInvalidStateException,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { KeyDestroyer } from '../application/destroy-keys.ts';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';

/** The shortest waiting period that AWS KMS admits. */
const waitingDays = 7;
const answerTimeoutMs = 2_000;

/** AWS KMS with the eraser's credentials, the only ones whose policy lets a key be scheduled. */
export class AwsKeyDestroyer extends KeyDestroyer {
  readonly #client: KMSClient;

  constructor(options: AwsKeyServiceOptions) {
    super();
    const { endpoint, awsRegion, accessKeyId, secretAccessKey, agents } = options;
    this.#client = new KMSClient({
      endpoint,
      region: awsRegion,
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: { requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true, ...agents },
    });
  }

  override async schedule(keyArn: string): Promise<void> {
    const command = new ScheduleKeyDeletionCommand({
      KeyId: keyArn,
      PendingWindowInDays: waitingDays,
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (error instanceof NotFoundException) return;
      // An invalid state may also be one in which the key still serves; only its end counts.
      if (error instanceof KMSInvalidStateException && (await this.#isEnding(keyArn))) return;
      throw error;
    }
  }

  override async isGone(keyArn: string): Promise<boolean> {
    return (await this.#stateOf(keyArn)) === undefined;
  }

  close(): void {
    this.#client.destroy();
  }

  async #isEnding(keyArn: string): Promise<boolean> {
    const state = await this.#stateOf(keyArn);
    return state === undefined || state === 'PendingDeletion';
  }

  async #stateOf(keyArn: string): Promise<string | undefined> {
    try {
      const { KeyMetadata } = await this.#client.send(new DescribeKeyCommand({ KeyId: keyArn }));
      return KeyMetadata?.KeyState ?? 'Unknown';
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  }
}
