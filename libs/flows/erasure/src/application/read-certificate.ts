import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureCertificates } from '@entrepot/privacy';
import type { ErasureCertificate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

export type SignedCertificate = ErasureCertificate & {
  readonly signature: NonNullable<ErasureCertificate['signature']>;
};

@Injectable()
export class ReadCertificate {
  private readonly certificates: ErasureCertificates;

  constructor(certificates: ErasureCertificates) {
    this.certificates = certificates;
  }

  /** Throws ERASURE_NOT_CERTIFIED, also for a request that does not exist. */
  async execute(id: ErasureRequestId): Promise<SignedCertificate> {
    const found = await this.certificates.find(id);
    const signature = found?.signature;
    if (found !== undefined && signature !== undefined) return { ...found, signature };
    throw new DomainError('ERASURE_NOT_CERTIFIED', 'there is no signed certificate');
  }
}
