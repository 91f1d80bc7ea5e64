import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { regionOf } from '@entrepot/kernel';
import type { OrderId } from '@entrepot/kernel';
import { CohortCipher, CohortKeys, Tombstone, WrappingKey } from '@entrepot/platform-crypto';
import type { CohortName } from '@entrepot/platform-crypto';
import { statement } from '@entrepot/platform-database';
import type { ErasureFixture } from './erasure-fixture.ts';

/** A wrapped key of the vault, and what KMS wants to hear to open it. */
interface StolenKey {
  /** The person's or the cohort's. */
  readonly owner: string;
  readonly keyArn: string;
  readonly wrapped: Buffer;
  readonly context: Readonly<Record<string, string>>;
}

interface StolenInvoice {
  readonly invoiceId: string;
  readonly legalEntity: string;
  readonly cohort: CohortName;
  readonly content: string;
}

const keys = statement(
  'spec.steal_all_keys',
  `SELECT subject_id AS "owner", kms_key_arn AS "keyArn", wrapped_key AS "wrapped",
     json_build_object('purpose', 'subject-key', 'subject', subject_id) AS "context"
   FROM vault.subject_key WHERE wrapped_key IS NOT NULL AND kms_key_arn IS NOT NULL
   UNION ALL
   SELECT cohort, kms_key_arn, wrapped_key,
     json_build_object('purpose', 'cohort-key', 'cohort', cohort)
   FROM vault.cohort_key WHERE wrapped_key IS NOT NULL`,
);
const invoice = statement(
  'spec.steal_invoice',
  `SELECT invoice_id AS "invoiceId", legal_entity AS "legalEntity", cohort, content
   FROM invoices.invoice WHERE order_id = $1`,
);

/** A key that answers for any cohort. */
class AnyCohort extends CohortKeys {
  constructor(private readonly key: Buffer) {
    super();
  }

  override use<T>(_: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    return Promise.resolve().then(() => work(new WrappingKey(Buffer.from(this.key))));
  }

  override useOnce<T>(cohort: CohortName, work: (key: WrappingKey) => T): Promise<T | Tombstone> {
    return this.use(cohort, work);
  }
}

/**
 * A thief of both databases with the login of the API at KMS: tries every wrapped key that the vault has on
 * the invoice of an order. Answers what opened it, by whose key it was.
 */
export async function attackInvoice(
  { stores: { shop, vault, kms }, cells }: ErasureFixture,
  orderId: OrderId,
): Promise<ReadonlyMap<string, string>> {
  const credentials = kms.credentialsFor('api');
  const client = new KMSClient({ endpoint: kms.endpoint, region: kms.awsRegion, credentials });
  const [stolen] = await shop.open('superuser').query<StolenInvoice>(invoice, [orderId]);
  if (stolen === undefined) throw new Error('there was no invoice to steal');
  const opened = new Map<string, string>();
  let tried = 0;
  for (const key of await vault.open('superuser').query<StolenKey>(keys)) {
    const plaintext = await unwrap(client, key);
    if (plaintext === undefined) continue;
    tried += 1;
    const text = await open(new CohortCipher(regionOf(cells.home), new AnyCohort(plaintext)), {
      ...{ stolen, orderId },
    });
    if (text !== undefined) opened.set(key.owner, text);
  }
  client.destroy();
  if (tried < 2) throw new Error('the thief had too few keys to show anything');
  return opened;
}

async function unwrap(client: KMSClient, key: StolenKey): Promise<Buffer | undefined> {
  const { keyArn, wrapped, context } = key;
  try {
    const { Plaintext } = await client.send(
      new DecryptCommand({
        ...{ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: { ...context } },
      }),
    );
    return Plaintext && Buffer.from(Plaintext);
  } catch {
    return undefined;
  }
}

async function open(
  cipher: CohortCipher,
  { stolen, orderId }: { readonly stolen: StolenInvoice; readonly orderId: OrderId },
): Promise<string | undefined> {
  const { cohort, invoiceId: recordId, legalEntity, content } = stolen;
  const place = { cohort, column: 'invoices.invoice.content', recordId };
  try {
    const text = await cipher.open({ ...place, boundTo: [orderId, legalEntity] }, content);
    return text instanceof Tombstone ? undefined : text;
  } catch {
    return undefined;
  }
}
