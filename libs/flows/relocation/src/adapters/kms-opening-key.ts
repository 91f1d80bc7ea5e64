import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import type { AwsKeyService } from '@entrepot/privacy';
import { z } from 'zod';
import { OpeningKey } from './jose-packets.ts';

const keyFile = z.strictObject({
  kid: z.string().min(1),
  /** Of the KMS key that encrypts it. */
  keyArn: z.string().startsWith('arn:'),
  /** PKCS #8 in DER as the KMS encrypted it for this cell and purpose, in base64. */
  wrapped: z.base64(),
});

/** To what the KMS key binds the private half. */
const contextOf = (cell: CellId) => ({ cell, purpose: 'relocation' });

/** A private half that only the cell's KMS gives out; it is in memory for as long as one packet takes. */
export class KmsOpeningKey extends OpeningKey {
  override readonly kid: string;
  readonly #file: z.infer<typeof keyFile>;
  readonly #cell: CellId;
  readonly #kms: Pick<AwsKeyService, 'unwrap'>;

  private constructor(
    file: z.infer<typeof keyFile>,
    cell: CellId,
    kms: Pick<AwsKeyService, 'unwrap'>,
  ) {
    super();
    this.kid = file.kid;
    this.#file = file;
    this.#cell = cell;
    this.#kms = kms;
  }

  /** Refuses a file that others can read, and a key to which nobody seals: it is not pinned for this cell. */
  static read(path: string, { cell, directory, kms }: KmsOpeningKeyParts): KmsOpeningKey {
    if ((statSync(path).mode & 0o077) !== 0) throw new Error('the sealing key must have mode 0600');
    const file = keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (!directory.get(cell).sealingKeys.some(({ kid }) => kid === file.kid)) {
      throw new Error(`the sealing key ${file.kid} is not pinned for cell ${cell}`);
    }
    return new KmsOpeningKey(file, cell, kms);
  }

  override async key(): Promise<KeyObject> {
    const { keyArn, wrapped } = this.#file;
    const der = await this.#kms.unwrap(
      keyArn,
      Buffer.from(wrapped, 'base64'),
      contextOf(this.#cell),
    );
    try {
      return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } finally {
      der.fill(0);
    }
  }
}

interface KmsOpeningKeyParts {
  readonly cell: CellId;
  readonly directory: CellDirectory;
  readonly kms: Pick<AwsKeyService, 'unwrap'>;
}
