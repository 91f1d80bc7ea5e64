import {
  CreateKeyCommand,
  DecryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  KMSInvalidStateException,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { DomainError } from '@entrepot/kernel';
import type { EgressAgents } from '@entrepot/platform-egress';
import { KeyGoneError, KeyRefusedError, KeyService } from '../application/key-service.ts';
import type { KeyContext, NewDataKey, NewSigningKey } from '../application/key-service.ts';

export interface AwsKeyServiceOptions {
  readonly endpoint: string;
  readonly awsRegion: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The way out of the process; its own connections without it. */
  readonly agents?: EgressAgents;
}

const connectTimeoutMs = 1_000;
const answerTimeoutMs = 2_000;
const attemptsMax = 3;
const socketsMax = 50;

/** AWS KMS, or an emulator of it. Descriptions and contexts hold opaque ids only: KMS logs them. */
export class AwsKeyService extends KeyService {
  readonly #client: KMSClient;

  constructor(options: AwsKeyServiceOptions) {
    super();
    const { accessKeyId, secretAccessKey } = options;
    this.#client = new KMSClient({
      endpoint: options.endpoint,
      region: options.awsRegion,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: attemptsMax,
      requestHandler: {
        connectionTimeout: connectTimeoutMs,
        requestTimeout: answerTimeoutMs,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: socketsMax },
        httpsAgent: { maxSockets: socketsMax },
        ...options.agents,
      },
    });
  }

  override createSubjectKey(): Promise<string> {
    return this.#createSymmetricKey('one person');
  }

  override createRootKey(): Promise<string> {
    return this.#createSymmetricKey('root of an epoch');
  }

  override createCohortKey(): Promise<string> {
    return this.#createSymmetricKey('cohort of statutory records');
  }

  override async createIndexKey(): Promise<string> {
    const command = new CreateKeyCommand({
      Description: 'login index',
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    });
    const { KeyMetadata } = await answered(this.#client.send(command));
    return required(KeyMetadata?.Arn);
  }

  override async createSigningKey(): Promise<NewSigningKey> {
    const command = new CreateKeyCommand({
      Description: 'evidence',
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
    });
    const { KeyMetadata } = await answered(this.#client.send(command));
    const keyArn = required(KeyMetadata?.Arn);
    const question = new GetPublicKeyCommand({ KeyId: keyArn });
    const { PublicKey } = await answered(this.#client.send(question));
    return { keyArn, publicKey: Buffer.from(required(PublicKey)) };
  }

  override async newDataKey(keyArn: string, context: KeyContext): Promise<NewDataKey> {
    const command = new GenerateDataKeyCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: { ...context },
    });
    const { Plaintext, CiphertextBlob } = await answered(this.#client.send(command));
    return {
      plaintext: movedBuffer(required(Plaintext)),
      wrapped: Buffer.from(required(CiphertextBlob)),
    };
  }

  override async newWrappedKey(keyArn: string, context: KeyContext): Promise<Buffer> {
    const command = new GenerateDataKeyWithoutPlaintextCommand({
      KeyId: keyArn,
      KeySpec: 'AES_256',
      EncryptionContext: { ...context },
    });
    const { CiphertextBlob } = await answered(this.#client.send(command));
    return Buffer.from(required(CiphertextBlob));
  }

  override async unwrap(keyArn: string, wrapped: Buffer, context: KeyContext): Promise<Buffer> {
    const command = new DecryptCommand({
      KeyId: keyArn,
      CiphertextBlob: wrapped,
      EncryptionContext: { ...context },
    });
    const { Plaintext } = await answered(this.#client.send(command));
    return movedBuffer(required(Plaintext));
  }

  override async mac(keyArn: string, message: string): Promise<Buffer> {
    const command = new GenerateMacCommand({
      KeyId: keyArn,
      Message: Buffer.from(message, 'utf8'),
      MacAlgorithm: 'HMAC_SHA_256',
    });
    const { Mac } = await answered(this.#client.send(command));
    return movedBuffer(required(Mac));
  }

  close(): void {
    this.#client.destroy();
  }

  async #createSymmetricKey(description: string): Promise<string> {
    const command = new CreateKeyCommand({ Description: description });
    const { KeyMetadata } = await answered(this.#client.send(command));
    return required(KeyMetadata?.Arn);
  }
}

/** Copies key bytes and overwrites the SDK's own, so that one copy is left to look after. */
function movedBuffer(bytes: Uint8Array): Buffer {
  const moved = Buffer.from(bytes);
  bytes.fill(0);
  return moved;
}

/** A key that is gone is an answer; anything else means that KMS could not be asked. */
async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof NotFoundException || cause instanceof KMSInvalidStateException) {
      throw new KeyGoneError('the KMS key is gone or waits for its end', { cause });
    }
    if (cause instanceof Error && cause.name === 'AccessDeniedException') {
      throw new KeyRefusedError(cause);
    }
    throw new DomainError('UNAVAILABLE', 'KMS did not answer as it should', { cause });
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new DomainError('UNAVAILABLE', 'KMS left a member out');
  return value;
}
