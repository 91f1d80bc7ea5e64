export interface EvidenceSignature {
  readonly keyArn: string;
  /** r and s, 64 bytes, as JWS ES256 has them. */
  readonly signature: Buffer;
}

/** Signs what has to be believed outside of the cell: certificates, the ledger of erasures, scan reports. ECDSA P-256 over SHA-256. */
export abstract class EvidenceSigner {
  abstract sign(message: Buffer): Promise<EvidenceSignature>;
}
