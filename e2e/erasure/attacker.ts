import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { regionOf } from '@entrepot/kernel';
import type { Ciphertext, RowPlace } from '@entrepot/platform-crypto';
import {
  CiphertextRejectedError,
  FieldCipher,
  isTombstone,
  SubjectKey,
  SubjectKeys,
} from '@entrepot/platform-crypto';
import type { DescribedCell } from '@entrepot/stack';
import { runtimeOf, SecretStore } from '@entrepot/stack';
import type { Evidence } from './evidence.ts';

/** The logins of the cell's processes at the KMS; `administrator` is a person's, and no process has it. */
export const servicePrincipals = ['api', 'worker', 'eraser', 'auditor'] as const;
export type KmsPrincipal = (typeof servicePrincipals)[number] | 'administrator';

/** Everything about one person in a pair of restored backups. */
export interface Loot {
  readonly subject: SubjectId;
  readonly keyArn: string;
  readonly wrappedKey: Buffer;
  /** Where each kind of value belongs: without it no ciphertext opens. */
  readonly places: readonly { readonly row: RowPlace; readonly column: string }[];
  readonly ciphertexts: readonly string[];
}

export interface AttackResult {
  /** What became readable. */
  readonly opened: readonly string[];
  /** What KMS said, by login, where it gave no key. */
  readonly refusals: Readonly<Partial<Record<KmsPrincipal, string>>>;
}

interface PersonalRow {
  readonly subject: SubjectId;
  readonly table: string;
  readonly rowId: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The person's rows, ciphertext as they are. */
const personalRows = `
  WITH person AS (SELECT subject_id FROM identity.account WHERE account_id = $1)
  SELECT subject_id AS "subject", 'identity.account' AS "table", account_id AS "rowId",
    jsonb_build_object('email', email, 'full_name', full_name, 'password_hash', password_hash) AS "values"
  FROM identity.account NATURAL JOIN person
  UNION ALL
  SELECT subject_id, 'identity.address', address_id, jsonb_build_object('content', content)
  FROM identity.address NATURAL JOIN person
  UNION ALL
  SELECT subject_id, 'orders.order', order_id, jsonb_build_object('address', address)
  FROM orders."order" NATURAL JOIN person`;

/** What restored backups tell about the holder of an account; undefined where there is no such account. */
export async function steal(evidence: Evidence, accountId: string): Promise<Loot | undefined> {
  const rows = await evidence.restored('shop', async (client) => {
    return (await client.query<PersonalRow>(personalRows, [accountId])).rows;
  });
  const subject = rows[0]?.subject;
  if (subject === undefined) return undefined;
  const [key] = await evidence.restored('vault', async (client) => {
    const { rows: keys } = await client.query<Pick<Loot, 'keyArn' | 'wrappedKey'>>(
      `SELECT kms_key_arn AS "keyArn", wrapped_key AS "wrappedKey" FROM vault.subject_key
       WHERE subject_id = $1`,
      [subject],
    );
    return keys;
  });
  if (key === undefined) return undefined;
  const places = rows.flatMap(({ table, rowId, values }) =>
    Object.keys(values).map((column) => ({ row: { table, rowId, subject }, column })),
  );
  return {
    subject,
    ...key,
    places,
    ciphertexts: rows.flatMap(({ values }) => Object.values(values)),
  };
}

/** A login at the KMS that a process of the cell uses. */
export function kmsClientOf(cell: DescribedCell, principal: KmsPrincipal): KMSClient {
  const secrets = new SecretStore(cell.secrets);
  return new KMSClient({
    endpoint: cell.kmsEndpoint,
    region: runtimeOf(cell.region).awsRegion,
    credentials: {
      accessKeyId: secrets.read(`kms/${principal}.access-key-id`),
      secretAccessKey: secrets.read(`kms/${principal}.secret-access-key`),
    },
  });
}

/** The one key that was stolen, whoever's it is. */
class StolenKey extends SubjectKeys {
  constructor(private readonly key: SubjectKey) {
    super();
  }

  create(): Promise<void> {
    return Promise.resolve();
  }

  use<T>(_: SubjectId, work: (key: SubjectKey) => T): Promise<T> {
    return Promise.resolve(work(this.key));
  }
}

/** Asks KMS for the stolen key under each login and tries what it gets on every ciphertext. */
export class Attacker {
  constructor(
    private readonly cell: DescribedCell,
    private readonly loot: Loot,
  ) {}

  async attack(
    ciphertexts: Iterable<string>,
    principals: readonly KmsPrincipal[] = servicePrincipals,
  ): Promise<AttackResult> {
    const refusals: Partial<Record<KmsPrincipal, string>> = {};
    const opened = new Set<string>();
    const texts = [...ciphertexts];
    for (const principal of principals) {
      try {
        const key = await this.unwrap(principal);
        for (const text of await this.openAll(key, texts)) opened.add(text);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        refusals[principal] = error.name;
      }
    }
    return { opened: [...opened], refusals };
  }

  private async unwrap(principal: KmsPrincipal): Promise<SubjectKey> {
    const { keyArn, wrappedKey, subject } = this.loot;
    const client = kmsClientOf(this.cell, principal);
    try {
      const { Plaintext } = await client.send(
        new DecryptCommand({
          KeyId: keyArn,
          CiphertextBlob: wrappedKey,
          EncryptionContext: { purpose: 'subject-key', subject },
        }),
      );
      return new SubjectKey(Buffer.from(Plaintext ?? []), 1);
    } finally {
      client.destroy();
    }
  }

  private async openAll(key: SubjectKey, ciphertexts: readonly string[]): Promise<string[]> {
    const region = regionOf(this.cell.id as CellId);
    const cipher = new FieldCipher(region, new StolenKey(key));
    const opened: string[] = [];
    for (const ciphertext of ciphertexts) {
      for (const { row, column } of this.loot.places) {
        const value = await tryToOpen(cipher, row, { [column]: ciphertext as Ciphertext });
        if (value !== undefined) opened.push(value);
      }
    }
    return opened;
  }
}

async function tryToOpen(
  cipher: FieldCipher,
  row: RowPlace,
  field: Readonly<Record<string, Ciphertext>>,
): Promise<string | undefined> {
  try {
    const opened = await cipher.decrypt(row, field);
    return isTombstone(opened) ? undefined : Object.values(opened)[0];
  } catch (error) {
    if (error instanceof CiphertextRejectedError) return undefined;
    throw error;
  }
}
