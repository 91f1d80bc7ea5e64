import { KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { it } from '@jest/globals';
import { EmulatorFixture } from './emulator-fixture.ts';

/** What not every KMS can do. The emulator can do all of it. */
const capabilities = ['clock', 'grants', 'import'] as const;
export type Capability = (typeof capabilities)[number];

/** A KMS under test. Specs of plain AWS behaviour know no more of it than this. */
export interface KmsEndpoint {
  readonly capabilities: ReadonlySet<Capability>;
  /** The emulator's own controls: its clock, its files. */
  readonly emulator: EmulatorFixture | undefined;
  /** ARN of the principal that has no right to any key but by grants. */
  readonly strangerArn: string;
  start(): Promise<void>;
  administrator(): KMSClient;
  stranger(): KMSClient;
  remove(): Promise<void>;
}

/**
 * The emulator, or the KMS that the environment names:
 * - `KMS_TEST_ENDPOINT`: `aws` or a URL
 * - `KMS_TEST_REGION`
 * - `KMS_TEST_ADMINISTRATOR`, `KMS_TEST_STRANGER`: `accessKeyId:secretAccessKey`
 * - `KMS_TEST_STRANGER_ARN`
 * - `KMS_TEST_CAPABILITIES`: those it has, with commas between
 */
export function openEndpoint(): KmsEndpoint {
  return process.env['KMS_TEST_ENDPOINT'] === undefined
    ? new EmulatedEndpoint()
    : new ForeignEndpoint(process.env['KMS_TEST_ENDPOINT']);
}

/** The test, or a skipped one where the endpoint cannot do what it needs. */
export const itWith = (endpoint: KmsEndpoint, ...needed: readonly Capability[]) =>
  needed.every((capability) => endpoint.capabilities.has(capability)) ? it : it.skip;

/** The emulator's controls, for tests that only run with them. */
export function emulatorOf(endpoint: KmsEndpoint): EmulatorFixture {
  if (endpoint.emulator === undefined) throw new Error('this endpoint is not the emulator');
  return endpoint.emulator;
}

class EmulatedEndpoint implements KmsEndpoint {
  readonly capabilities = new Set(capabilities);
  readonly emulator = new EmulatorFixture();
  readonly strangerArn = 'arn:aws:iam::000000000000:user/border';

  start(): Promise<void> {
    return this.emulator.start();
  }

  administrator(): KMSClient {
    return this.emulator.client('administrator');
  }

  stranger(): KMSClient {
    return this.emulator.client('border');
  }

  remove(): Promise<void> {
    return this.emulator.remove();
  }
}

/** Keys cost money elsewhere: those that were made are scheduled to be deleted at the end. */
class ForeignEndpoint implements KmsEndpoint {
  readonly emulator = undefined;
  readonly strangerArn = setting('KMS_TEST_STRANGER_ARN');
  readonly capabilities: ReadonlySet<Capability>;
  readonly #endpoint: string;
  readonly #clients: KMSClient[] = [];
  readonly #madeKeys = new Set<string>();

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    const named = (process.env['KMS_TEST_CAPABILITIES'] ?? '').split(',');
    this.capabilities = new Set(capabilities.filter((capability) => named.includes(capability)));
  }

  async start(): Promise<void> {
    // It runs already.
  }

  administrator(): KMSClient {
    const client = this.#client('KMS_TEST_ADMINISTRATOR');
    client.middlewareStack.add(
      (next) => async (call) => {
        const result = await next(call);
        const { KeyMetadata } = result.output as { KeyMetadata?: { KeyId?: string } };
        if (KeyMetadata?.KeyId !== undefined) this.#madeKeys.add(KeyMetadata.KeyId);
        return result;
      },
      { step: 'initialize', name: 'noteMadeKeys' },
    );
    return client;
  }

  stranger(): KMSClient {
    return this.#client('KMS_TEST_STRANGER');
  }

  async remove(): Promise<void> {
    const administrator = this.#client('KMS_TEST_ADMINISTRATOR');
    for (const KeyId of this.#madeKeys) {
      // A test may have scheduled it already.
      await Promise.allSettled([
        administrator.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
      ]);
    }
    for (const client of this.#clients) client.destroy();
  }

  #client(credentialsName: string): KMSClient {
    const [accessKeyId = '', secretAccessKey = ''] = setting(credentialsName).split(':');
    const client = new KMSClient({
      region: setting('KMS_TEST_REGION'),
      credentials: { accessKeyId, secretAccessKey },
      ...(this.#endpoint === 'aws' ? {} : { endpoint: this.#endpoint }),
    });
    this.#clients.push(client);
    return client;
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}
