import { createPrivateKey } from 'node:crypto';
import { statement, type Queryable } from '@entrepot/platform-database';
import {
  SignVectors,
  VectorStore,
  type UnsignedVector,
} from '../../application/auditing/sign-vectors.ts';
import { signVector } from '../../application/auditing/conservation-vector.ts';

const findUnsigned = statement(
  'inventory.vectors_unsigned',
  `SELECT number, body FROM inventory.conservation_vector WHERE signature IS NULL
   ORDER BY number LIMIT $1`,
);
const signOne = statement(
  'inventory.vectors_sign',
  `UPDATE inventory.conservation_vector SET signature = $2 WHERE number = $1 AND signature IS NULL`,
);

export class PgVectorStore extends VectorStore {
  constructor(private readonly database: Queryable) {
    super();
  }

  findUnsigned(limit: number): Promise<readonly UnsignedVector[]> {
    return this.database.query<UnsignedVector>(findUnsigned, [limit]);
  }

  async sign(number: bigint, signature: string): Promise<void> {
    await this.database.execute(signOne, [number, signature]);
  }
}

/** With the envelope key of the cell (Ed25519, PKCS #8, PEM). */
export function openVectorSigner(shop: Queryable, privateKeyPem: string): SignVectors {
  const key = createPrivateKey(privateKeyPem);
  return new SignVectors(new PgVectorStore(shop), (body) => signVector(body, key));
}
