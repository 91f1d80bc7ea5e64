import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErasureRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Log } from '@entrepot/platform-telemetry';
import { certificateDigest, certificateStatement } from '../domain/certificate-statement.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
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
const bodyOf = (since = end.unusableAt, at = end.destroyedAt, requestId: string = id) =>
  JSON.stringify({
    requestId,
    claims: { unusable: { since: since.toISOString() }, destroyed: { at: at.toISOString() } },
  });

class OneDesk extends CertificateDesk {
  certificate: UnsignedCertificate = { request, body: bodyOf() };
  end: KeyEnd | undefined = end;
  readonly kept: (EvidenceSignature & { readonly bodyDigest: Buffer })[] = [];

  override unsigned(): Promise<UnsignedCertificate[]> {
    return Promise.resolve([this.certificate]);
  }

  override endOf(): Promise<KeyEnd | undefined> {
    return Promise.resolve(this.end);
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
let signer: Signer;
const run = () => {
  const log = new Log({ level: 'error', bound: { cell: 'in-1' } });
  return new SignCertificates({ desk, signer, log }).execute();
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
  ])('signs nothing where %s', async (_why, arrange) => {
    arrange();
    expect(await run()).toBe(0);
    expect(signer.signed).toEqual([]);
    expect(desk.kept).toEqual([]);
  });
});
