import type { ErasureRequestId } from '@entrepot/kernel';
import { statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ErasureEvidence } from '../application/erasure-evidence.ts';
import type {
  GivenEvidence,
  KeyTrialEvidence,
  OperatorEvidence,
  OperatorPart,
  TriedLogin,
} from '../application/erasure-evidence.ts';

const evidenceOf = statement(
  'vault.erasure_evidence_of_request',
  `SELECT request_id AS "requestId", part, login, outcome, tried, found, statement,
     kms_key_arn AS "keyArn", signature, given_at AS "givenAt"
   FROM vault.erasure_evidence WHERE request_id = $1 ORDER BY given_at, evidence_id`,
);
const withoutTrial = statement(
  'vault.erasures_without_trial',
  `SELECT asked.id FROM unnest($1::text[]) AS asked (id) WHERE NOT EXISTS (
     SELECT FROM vault.erasure_evidence e
     WHERE e.request_id = asked.id AND e.login = $2 AND e.part = 'key-trial')`,
);
const giveTrial = statement(
  'vault.give_key_trial',
  `INSERT INTO vault.erasure_evidence (request_id, part, login, outcome, tried, found)
   VALUES ($1, 'key-trial', $2, $3, $4, 0) ON CONFLICT DO NOTHING`,
);
const giveSigned = statement(
  'vault.give_signed_evidence',
  `INSERT INTO vault.erasure_evidence (request_id, part, login, outcome, tried, found, statement,
     kms_key_arn, signature)
   VALUES ($1, $2, 'operator', $3, $4, $5, $6, $7, $8)`,
);

interface EvidenceRow {
  readonly requestId: ErasureRequestId;
  readonly part: 'key-trial' | OperatorPart;
  readonly login: string;
  readonly outcome: string;
  readonly tried: number;
  readonly found: number;
  readonly statement: string | null;
  readonly keyArn: string | null;
  readonly signature: Buffer | null;
  readonly givenAt: Date;
}

/** In the vault, the one database into which every login of a cell that has a KMS login writes. */
@Injectable()
export class PgErasureEvidence extends ErasureEvidence {
  private readonly vault: VaultDatabase;

  constructor(vault: VaultDatabase) {
    super();
    this.vault = vault;
  }

  override async of(request: ErasureRequestId): Promise<GivenEvidence[]> {
    return (await this.vault.query<EvidenceRow>(evidenceOf, [request])).map(evidenceIn);
  }

  override async withoutTrial(
    requests: readonly ErasureRequestId[],
    login: TriedLogin,
  ): Promise<ErasureRequestId[]> {
    if (requests.length === 0) return [];
    const values = [[...requests], login];
    const rows = await this.vault.query<{ id: ErasureRequestId }>(withoutTrial, values);
    return rows.map(({ id }) => id);
  }

  override async giveTrial(trial: KeyTrialEvidence): Promise<void> {
    const { requestId, login, outcome, tried } = trial;
    await this.vault.execute(giveTrial, [requestId, login, outcome, tried]);
  }

  override async giveSigned(evidence: OperatorEvidence): Promise<void> {
    const { requestId, part, tried, found, statement: text, seal } = evidence;
    await this.vault.execute(giveSigned, [
      ...[requestId, part, found === 0 ? 'clean' : 'found', tried, found, text],
      ...[seal.keyArn, seal.signature],
    ]);
  }
}

function evidenceIn(row: EvidenceRow): GivenEvidence {
  const { requestId, part, tried, found, givenAt } = row;
  if (part === 'key-trial') {
    const { login, outcome } = row as EvidenceRow & Pick<KeyTrialEvidence, 'login' | 'outcome'>;
    return { requestId, part, login, outcome, tried, found: 0, givenAt };
  }
  const { statement: text, keyArn, signature } = row;
  if (text === null || keyArn === null || signature === null) {
    throw new TypeError(`the evidence of ${requestId} is not signed`);
  }
  const seal = { keyArn, signature };
  return { requestId, part, login: 'operator', tried, found, statement: text, seal, givenAt };
}
