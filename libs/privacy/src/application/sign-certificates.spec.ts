import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { certificateDigest, certificateStatement } from '../domain/certificate-statement.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import { evidenceDigest, evidenceMessage } from '../domain/evidence-statement.ts';
import type { KnownEvidence } from './certified-verification.ts';
import type { GivenEvidence, OperatorPart } from './erasure-evidence.ts';
import { EvidenceSigner } from './evidence-signer.ts';
import type { EvidenceSignature } from './evidence-signer.ts';
import { CertificateDesk, SignCertificates } from './sign-certificates.ts';
import type { KeyEnd, UnsignedCertificate } from './sign-certificates.ts';

const id = 'ers_1' as ErasureRequestId;
const officer = (name: string) => ({
  staffId: `stf_${name}` as StaffId,
  person: `sub_${name}` as SubjectId,
});
const request = {
  ...{ id, subject: 'sub_s' as SubjectId, status: 'key_destroyed', requestedBy: officer('a') },
  plan: { text: '{}', digest: 'd', keepsSomething: false, needsExtract: false },
  confirmation: { planDigest: 'd', at: new Date(0) },
  approval: { ...officer('b'), planDigest: 'd', at: new Date(0) },
} as ErasureRequest;
const end: KeyEnd = {
  unusableAt: new Date('2026-11-28T10:00:00Z'),
  destroyedAt: new Date('2026-12-05T10:00:00Z'),
};
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingKey = { keyArn: 'arn', publicKey: publicKey.export({ format: 'der', type: 'spki' }) };

const trialOf = (login: 'api' | 'eraser' | 'worker'): GivenEvidence => ({
  ...{ requestId: id, part: 'key-trial', login, outcome: 'key-gone', tried: 5, found: 0 },
  givenAt: new Date(0),
});
const partGiven = (
  part: OperatorPart,
  { found = 0, key = privateKey, at = 1, details = {} } = {},
) => {
  const facts = { requestId: id, part, tried: 12, found };
  const statement = JSON.stringify({ ...facts, at, ...details });
  const under = { key, dsaEncoding: 'ieee-p1363' } as const;
  const seal = { keyArn: 'arn', signature: sign('sha256', evidenceMessage(statement), under) };
  return { ...facts, login: 'operator', statement, seal, givenAt: new Date(at) } as const;
};
const trials = (['api', 'eraser', 'worker'] as const).map(trialOf);
const [scan, drill] = [partGiven('store-scan'), partGiven('restore-drill')];
const claimOf = (of: GivenEvidence) => ({
  ...{ part: of.part, login: of.login === 'operator' ? null : of.login, result: 'run' },
  ...{ tried: of.tried, found: 0 },
  evidenceDigest: 'statement' in of ? evidenceDigest(of.statement).toString('hex') : null,
});
const notRun = (part: OperatorPart) => ({
  ...{ part, login: null, result: 'not_run', tried: 0, found: 0, evidenceDigest: null },
});
const claims = (...parts: readonly GivenEvidence[]) => parts.map(claimOf);
const bodyOf = (
  since = end.unusableAt,
  at = end.destroyedAt,
  requestId: string = id,
  verification: unknown = claims(...trials, scan, drill),
) =>
  JSON.stringify({
    requestId,
    claims: { unusable: { since: since.toISOString() }, destroyed: { at: at.toISOString() } },
    verification,
  });
const bodyWith = (verification: unknown) => bodyOf(undefined, undefined, undefined, verification);

class OneDesk extends CertificateDesk {
  certificate: UnsignedCertificate = { request, body: bodyOf() };
  end: KeyEnd | undefined = end;
  given: readonly GivenEvidence[] = [...trials, scan, drill];
  readonly kept: (EvidenceSignature & { readonly bodyDigest: Buffer })[] = [];

  override unsigned(): Promise<UnsignedCertificate[]> {
    return Promise.resolve([this.certificate]);
  }

  override endOf(): Promise<KeyEnd | undefined> {
    return Promise.resolve(this.end);
  }

  override evidenceOf(): Promise<Omit<KnownEvidence, 'mayLackParts'>> {
    return Promise.resolve({ given: this.given, signingKey });
  }

  override isSigned(): Promise<boolean> {
    return Promise.resolve(this.kept.length > 0);
  }

  override keep(
    _: ErasureRequestId,
    signature: EvidenceSignature & { readonly bodyDigest: Buffer },
  ): Promise<void> {
    this.kept.push(signature);
    return Promise.resolve();
  }
}

class Signer extends EvidenceSigner {
  readonly signed: Buffer[] = [];

  override sign(message: Buffer): Promise<EvidenceSignature> {
    this.signed.push(message);
    return Promise.resolve({ keyArn: 'arn', signature: Buffer.alloc(64) });
  }
}

let desk: OneDesk;
const claim = (verification: unknown) =>
  (desk.certificate = { request, body: bodyWith(verification) });
let signer: Signer;
const run = (requiresEvidence = false) => {
  const log = new Log({ level: 'error', bound: { cell: 'in-1' } });
  return new SignCertificates({ desk, signer, log, requiresEvidence }).execute();
};
beforeEach(() => {
  desk = new OneDesk();
  signer = new Signer();
});

describe('the eraser', () => {
  it('signs what two persons approved and the ledger confirms, once', async () => {
    expect(await run()).toBe(1);
    expect(await run()).toBe(0);
    expect(signer.signed).toEqual([certificateStatement(bodyOf())]);
    expect(desk.kept).toEqual([
      { keyArn: 'arn', signature: Buffer.alloc(64), bodyDigest: certificateDigest(bodyOf()) },
    ]);
  });

  it('signs that a part did not run, and what was looked at before a later clean look', async () => {
    desk.given = [...trials, scan, partGiven('store-scan', { at: 2 })];
    claim([...claims(...trials, scan), notRun('restore-drill')]);
    expect(await run()).toBe(1);
  });

  it('signs that the person is in no backup where the statement says so, and only then', async () => {
    const none = partGiven('restore-drill', { details: { inNoBackup: {} } });
    desk.given = [...trials, scan, none];
    claim(claims(...trials, scan, none));
    expect(await run(true)).toBe(0);
    claim([...claims(...trials, scan), { ...claimOf(none), result: 'in_no_backup' }]);
    expect(await run(true)).toBe(1);
  });

  it('signs only with both where they are required, whatever the worker was told', async () => {
    claim([...claims(...trials, scan), notRun('restore-drill')]);
    expect(await run(true)).toBe(0);
    claim(claims(...trials, scan, drill));
    expect(await run(true)).toBe(1);
  });

  it.each<[string, () => void]>([
    ['the key is not destroyed', () => (desk.end = undefined)],
    [
      'one person approved alone',
      () => {
        const approval = { ...officer('a'), planDigest: 'd', at: new Date(0) };
        desk.certificate = { ...desk.certificate, request: { ...request, approval } };
      },
    ],
    [
      'another plan was approved',
      () => {
        const approval = { ...officer('b'), planDigest: 'e', at: new Date(0) };
        desk.certificate = { ...desk.certificate, request: { ...request, approval } };
      },
    ],
    [
      'it says the key was unusable earlier than it was',
      () => (desk.certificate = { request, body: bodyOf(new Date(0)) }),
    ],
    [
      'it says the key was destroyed earlier than it was',
      () => (desk.certificate = { request, body: bodyOf(undefined, end.unusableAt) }),
    ],
    [
      'it is about another request',
      () => (desk.certificate = { request, body: bodyOf(undefined, undefined, 'ers_2') }),
    ],
    ['it claims nothing', () => (desk.certificate = { request, body: '{}' })],
    ['it says nothing of the verification', () => claim(null)],
    ['a login of it is missing', () => claim(claims(...trials.slice(1), scan, drill))],
    ['a login is told twice', () => claim(claims(trialOf('api'), ...trials, scan, drill))],
    ['a login has given no evidence', () => (desk.given = [...trials.slice(1), scan, drill])],
    [
      'a login tried more often than it says',
      () =>
        claim([
          { ...claimOf(trialOf('api')), tried: 6 },
          ...claims(...trials.slice(1), scan, drill),
        ]),
    ],
    ['nobody has scanned', () => (desk.given = [...trials, drill])],
    ['nobody has looked into a backup', () => (desk.given = [...trials, scan])],
    ['a part is missing', () => claim(claims(...trials, scan))],
    [
      'it names another statement',
      () => claim(claims(...trials, partGiven('store-scan', { at: 2 }), drill)),
    ],
    [
      'more forms were looked for than the statement says',
      () => claim([...claims(...trials, drill), { ...claimOf(scan), tried: 13 }]),
    ],
    [
      'another key signed the statement that it names',
      () => {
        const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const foreign = partGiven('store-scan', { key });
        desk.given = [...trials, foreign, drill];
        claim(claims(...trials, foreign, drill));
      },
    ],
    [
      'a later look found something',
      () => (desk.given = [...trials, scan, partGiven('store-scan', { found: 1, at: 2 }), drill]),
    ],
    [
      'it says that what found something did not run',
      () => {
        desk.given = [...trials, partGiven('store-scan', { found: 1 }), drill];
        claim([...claims(...trials, drill), notRun('store-scan')]);
      },
    ],
  ])('signs nothing where %s', async (_why, arrange) => {
    arrange();
    expect(await run()).toBe(0);
    expect(signer.signed).toEqual([]);
    expect(desk.kept).toEqual([]);
  });
});
