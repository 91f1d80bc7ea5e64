import { createPublicKey, verify } from 'node:crypto';
import {
  certificateStatement,
  ErasureCertificates,
  ErasureStore,
  Fences,
  RecipientNotices,
} from '@entrepot/privacy';
import type { ErasureRequest, EvidenceSignature, SigningKey } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import { certificateOf } from '../certificate-of.ts';
import { ErasureSettings } from '../erasure-settings.ts';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { StepFailure } from '../step-failure.ts';

/** Writes the certificate once and waits until the eraser, which alone signs, has put its name to it. */
@Injectable()
export class CertifyErasure extends ErasureStepWork {
  readonly action = 'certify';

  constructor(
    private readonly certificates: ErasureCertificates,
    private readonly requests: ErasureStore,
    private readonly fences: Fences,
    private readonly notices: RecipientNotices,
    private readonly settings: ErasureSettings,
  ) {
    super();
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const key = await this.certificates.signingKey();
    const body = await this.bodyOf(request, at);
    const signature = await this.certificates.signatureOf(request.id);
    if (signature === undefined) return undefined;
    if (!isSignedBy(key, body, signature)) {
      throw new StepFailure('ERASURE_CERTIFICATE_BAD', 'the signature is not of this certificate');
    }
    const { publicKey } = key;
    await this.certificates.keepSignature(request.id, { ...signature, publicKey });
    return { event: { action: this.action, at } };
  }

  private async bodyOf(request: ErasureRequest, at: Date): Promise<string> {
    const found = await this.certificates.find(request.id);
    if (found !== undefined) return found.body;
    const body = canonicalize(
      certificateOf({
        request,
        steps: await this.requests.stepsOf(request.id),
        events: await this.requests.eventsOf(request.id),
        fate: await this.fences.fateOf(request.subject),
        notices: await this.notices.of(request.id),
        cell: this.settings.cell,
      }),
    );
    if (body === undefined) throw new TypeError('a certificate has a canonical form');
    return this.certificates.insert(request.id, body, at);
  }
}

const isSignedBy = (
  { keyArn, publicKey }: SigningKey,
  body: string,
  signed: EvidenceSignature,
): boolean => {
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  const under = { key, dsaEncoding: 'ieee-p1363' } as const;
  return (
    keyArn === signed.keyArn &&
    verify('sha256', certificateStatement(body), under, signed.signature)
  );
};
