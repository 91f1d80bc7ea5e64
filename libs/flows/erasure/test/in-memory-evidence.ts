import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureEvidence, evidenceMessage } from '@entrepot/privacy';
import type {
  GivenEvidence,
  KeyTrialEvidence,
  OperatorEvidence,
  OperatorPart,
} from '@entrepot/privacy';
import type { Power } from './in-memory-erasure.ts';

/** The vault's evidence; API and eraser give theirs as soon as anybody looks, unless they are silent. */
export class InMemoryEvidence extends ErasureEvidence {
  readonly given: GivenEvidence[] = [];
  silent: readonly string[] = [];

  constructor(private readonly power: Power) {
    super();
  }

  override of(requestId: ErasureRequestId): Promise<GivenEvidence[]> {
    const others = (['api', 'eraser'] as const).filter((login) => !this.silent.includes(login));
    const trial = { requestId, part: 'key-trial', tried: 5, found: 0 } as const;
    const trials = others.map((login): GivenEvidence => {
      const outcome = login === 'eraser' ? 'login-refused' : 'key-gone';
      return { ...trial, login, outcome, givenAt: new Date(0) };
    });
    return Promise.resolve([...trials, ...this.given]);
  }

  override withoutTrial(ids: readonly ErasureRequestId[], login: string) {
    const gave = (id: ErasureRequestId) =>
      this.given.some((of) => of.requestId === id && of.login === login);
    return Promise.resolve(ids.filter((id) => !gave(id)));
  }

  override giveTrial(trial: KeyTrialEvidence): Promise<void> {
    return this.power.through(() => {
      if (this.given.some((of) => of.login === trial.login)) return;
      this.given.push({ ...trial, found: 0, givenAt: new Date(0) });
    });
  }

  override giveSigned(evidence: OperatorEvidence): Promise<void> {
    this.given.push({ ...evidence, login: 'operator', givenAt: new Date(0) });
    return Promise.resolve();
  }
}

let statements = 0;

/** What an operator's tool signs with this key, each time another statement. */
export function signedEvidence(
  of: {
    readonly requestId: ErasureRequestId;
    readonly part: OperatorPart;
    readonly found?: number;
    readonly tried?: number;
    readonly details?: object;
  },
  key: KeyObject,
): OperatorEvidence {
  const facts = {
    requestId: of.requestId,
    part: of.part,
    tried: of.tried ?? 12,
    found: of.found ?? 0,
  };
  const statement = JSON.stringify({ ...facts, ...of.details, at: (statements += 1) });
  const under = { key, dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', evidenceMessage(statement), under);
  return { ...facts, statement, seal: { keyArn: 'arn', signature } };
}

export const foreignKey = (): KeyObject =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
