import { DecryptCommand, GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import type { KmsAccess } from './bundle.ts';

/** How often a login was answered, and with what error where it was refused. */
export interface LoginAnswers {
  readonly name: string;
  readonly given: number;
  readonly refused: Readonly<Record<string, number>>;
}

export type Context = Readonly<Record<string, string>>;

interface Held {
  readonly name: string;
  readonly client: KMSClient;
  given: number;
  readonly refused: Record<string, number>;
}

/** Blobs that no login opens are tried once more with every key by name; so many calls are spent on that. */
const callsByNameMax = 3_000;
const keysAtOnce = 16;
const attemptsMax = 5;

/** Every stolen login at once: what one of them gets, all have got. */
export class KmsLockpick {
  readonly #held: readonly Held[];
  readonly #keys: readonly string[];
  readonly #opened = new Map<string, Promise<Buffer | undefined>>();
  #callsByName = 0;
  #triedWithEveryKey = 0;

  constructor({ endpoint, awsRegion, logins, keys }: KmsAccess) {
    this.#keys = keys;
    this.#held = logins.map(({ name, ...credentials }) => ({
      name,
      client: new KMSClient({ endpoint, region: awsRegion, credentials, maxAttempts: attemptsMax }),
      given: 0,
      refused: {},
    }));
  }

  get answers(): readonly LoginAnswers[] {
    return this.#held.map(({ name, given, refused }) => ({ name, given, refused }));
  }

  /** Blobs that were tried with every living key by its name as well. */
  get triedWithEveryKey(): number {
    return this.#triedWithEveryKey;
  }

  /**
   * What the blob holds. A blob names its key, so that a request without a key asks all keys that exist;
   * where that fails, every key of the list is named in turn, in case KMS could be led astray.
   */
  open(blob: Buffer, context: Context): Promise<Buffer | undefined> {
    const name = `${blob.toString('base64')} ${JSON.stringify(context)}`;
    const known = this.#opened.get(name) ?? this.#tryToOpen(blob, context);
    this.#opened.set(name, known);
    return known;
  }

  /** The code of a message under an HMAC key; the first login that gets it is enough. */
  async mac(keyArn: string, message: string): Promise<Buffer | undefined> {
    for (const held of this.#held) {
      const found = await ask(held, async (client) => {
        const { Mac } = await client.send(
          new GenerateMacCommand({
            KeyId: keyArn,
            MacAlgorithm: 'HMAC_SHA_256',
            Message: Buffer.from(message, 'utf8'),
          }),
        );
        return Mac;
      });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  close(): void {
    for (const { client } of this.#held) client.destroy();
  }

  async #tryToOpen(blob: Buffer, context: Context): Promise<Buffer | undefined> {
    return (await this.#decrypt(blob, context)) ?? (await this.#tryEveryKey(blob, context));
  }

  async #tryEveryKey(blob: Buffer, context: Context): Promise<Buffer | undefined> {
    // a login that is never given anything would be refused for this key as well
    const logins = this.#held.filter(({ given }) => given > 0);
    const calls = this.#keys.length * logins.length;
    if (calls === 0 || this.#callsByName + calls > callsByNameMax) return undefined;
    this.#callsByName += calls;
    this.#triedWithEveryKey += 1;
    for (let at = 0; at < this.#keys.length; at += keysAtOnce) {
      const some = this.#keys.slice(at, at + keysAtOnce);
      const found = await Promise.all(
        some.map((keyArn) => this.#decrypt(blob, context, { keyArn, logins })),
      );
      const plaintext = found.find((bytes) => bytes !== undefined);
      if (plaintext !== undefined) return plaintext;
    }
    return undefined;
  }

  /** Every login is asked, also where the first was served: who is refused is part of the finding. */
  async #decrypt(
    blob: Buffer,
    context: Context,
    { keyArn, logins = this.#held }: { keyArn?: string; logins?: readonly Held[] } = {},
  ): Promise<Buffer | undefined> {
    const command = () =>
      new DecryptCommand({
        CiphertextBlob: blob,
        EncryptionContext: { ...context },
        ...(keyArn !== undefined && { KeyId: keyArn }),
      });
    const found = await Promise.all(
      logins.map((held) => ask(held, async (client) => (await client.send(command())).Plaintext)),
    );
    return found.find((plaintext) => plaintext !== undefined);
  }
}

async function ask(
  held: Held,
  call: (client: KMSClient) => Promise<Uint8Array | undefined>,
): Promise<Buffer | undefined> {
  try {
    const bytes = await call(held.client);
    held.given += 1;
    return bytes === undefined ? undefined : Buffer.from(bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ECONNREFUSED') throw error;
    held.refused[error.name] = (held.refused[error.name] ?? 0) + 1;
    return undefined;
  }
}
