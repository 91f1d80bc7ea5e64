import type { StaffId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { counterOfVerified } from '@entrepot/platform-webauthn';
import type { RelyingParty, SignedAssertion } from '@entrepot/platform-webauthn';
import { vouchingChallenge } from '../application/passkey-challenges.ts';
import { passkeysPerStaffMax } from '../domain/passkey.ts';

const findPasskey = statement(
  'identity.witness_passkey',
  `SELECT credential_id AS "credentialId", staff_id AS "staffId", subject_id AS "person",
     public_key AS "publicKey", is_demo AS "isDemo", vouched_by AS "vouchedBy",
     vouching_authenticator_data AS "authenticatorData", vouching_client_data AS "clientDataJson",
     vouching_signature AS "signature"
   FROM identity.passkey WHERE credential_id = $1`,
);

/** Whose a passkey is, by the register that nobody can rewrite. */
export interface WitnessedPasskey {
  readonly staffId: StaffId;
  readonly person: SubjectId;
  /** In COSE. */
  readonly publicKey: Buffer;
}

interface PasskeyRow extends WitnessedPasskey {
  readonly credentialId: string;
  readonly isDemo: boolean;
  readonly vouchedBy: string | null;
  readonly authenticatorData: Buffer | null;
  readonly clientDataJson: Buffer | null;
  readonly signature: Buffer | null;
}

export interface PasskeyWitnessOptions {
  readonly relyingParty: RelyingParty;
  /** False in production. */
  readonly takesDemoPasskeys: boolean;
}

/**
 * Reads passkeys for whoever trusts no API: one that was added later counts only where each before it, back to
 * the person's first, signed for the next. The database lets nobody add a second first one.
 */
export class PgPasskeyWitness {
  readonly #database: ShopDatabase;
  readonly #options: PasskeyWitnessOptions;

  /** With a login that reads passkeys and writes nothing. */
  constructor(database: ShopDatabase, options: PasskeyWitnessOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Undefined for a passkey that is unknown, for which nobody signed, or which is one of a demonstration. */
  async find(credentialId: string): Promise<WitnessedPasskey | undefined> {
    const found = await this.#read(credentialId);
    let link = found;
    for (let links = 0; link !== undefined && links < passkeysPerStaffMax; links += 1) {
      if (link.isDemo && !this.#options.takesDemoPasskeys) return undefined;
      if (link.vouchedBy === null) return found;
      link = await this.#voucherOf(link);
    }
    return undefined;
  }

  async #voucherOf(passkey: PasskeyRow): Promise<PasskeyRow | undefined> {
    const signed = vouchingOf(passkey);
    const by = signed && (await this.#read(signed.credentialId));
    if (by?.staffId !== passkey.staffId || signed === undefined) return undefined;
    const counter = await counterOfVerified(signed, {
      ...{ publicKey: by.publicKey, relyingParty: this.#options.relyingParty, counter: 0 },
      challenge: vouchingChallenge(passkey.staffId, passkey),
    });
    return counter === undefined ? undefined : by;
  }

  async #read(credentialId: string): Promise<PasskeyRow | undefined> {
    const [row] = await this.#database.query<PasskeyRow>(findPasskey, [credentialId]);
    return row;
  }
}

function vouchingOf(row: PasskeyRow): SignedAssertion | undefined {
  const { vouchedBy: credentialId, authenticatorData, clientDataJson, signature } = row;
  const isWhole = credentialId !== null && authenticatorData !== null && clientDataJson !== null;
  if (!isWhole || signature === null) return undefined;
  return { credentialId, authenticatorData, clientDataJson, signature };
}
