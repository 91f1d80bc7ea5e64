import { randomBytes, randomUUID } from 'node:crypto';

import { EncryptCommand } from '@aws-sdk/client-kms';
import type { KMSClient } from '@aws-sdk/client-kms';
import { newCellId, regionOf } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKey, SubjectKeys } from '@entrepot/platform-crypto';

const dataKeyBytes = 32;
const version = 1;
const table = 'identity.account';

/** A person who does not exist: what was sealed of them, and the rows that an attack finds it in. */
export interface AttackControl {
  readonly subject: string;
  readonly text: string;
  /** By table; bytes are written as PostgreSQL does in JSON. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Sealed under a data key that a key of the cell's KMS wraps which nobody erases. */
export async function newAttackControl(
  cell: CellId,
  kms: KMSClient,
  keyArn: string,
): Promise<AttackControl> {
  const subject = newCellId('subject', cell);
  const text = `control ${randomUUID()}`;
  const dataKey = randomBytes(dataKeyBytes);
  const { CiphertextBlob = new Uint8Array() } = await kms.send(
    new EncryptCommand({
      KeyId: keyArn,
      Plaintext: dataKey,
      EncryptionContext: { purpose: 'subject-key', subject },
    }),
  );
  const key = new SubjectKey(dataKey, version);
  try {
    const cipher = new FieldCipher(regionOf(cell), new KeyOfControl(key));
    const rowId = 'control';
    const { email } = await cipher.encrypt({ table, rowId, subject }, { email: text });
    const wrapped = `\\x${Buffer.from(CiphertextBlob).toString('hex')}`;
    return {
      ...{ subject, text },
      rows: {
        [table]: { account_id: rowId, subject_id: subject, email },
        'vault.subject_key': { subject_id: subject, key_version: version, wrapped_key: wrapped },
      },
    };
  } finally {
    key.close();
  }
}

class KeyOfControl extends SubjectKeys {
  constructor(private readonly key: SubjectKey) {
    super();
  }

  override create(): Promise<void> {
    return Promise.reject(new TypeError('a control has its key'));
  }

  override use<T>(_: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(this.key));
  }
}
