const integerTag = 0x02;
const sequenceTag = 0x30;
const scalarBytes = 32;

/**
 * A P-256 signature as JWS ES256 has it, r and s of 32 bytes each, from the DER form in which a KMS answers
 * (SEQUENCE of two INTEGERs, RFC 3279 section 2.2.3). Throws RangeError for anything else.
 */
export function rawSignatureOf(der: Uint8Array): Buffer {
  const bytes = Buffer.from(der);
  if (bytes[0] !== sequenceTag || bytes[1] !== bytes.length - 2) {
    throw new RangeError('this is no ECDSA signature in DER');
  }
  const r = scalarAt(bytes, 2);
  const s = scalarAt(bytes, r.end);
  if (s.end !== bytes.length) throw new RangeError('an ECDSA signature has two numbers');
  return Buffer.concat([r.scalar, s.scalar]);
}

function scalarAt(bytes: Buffer, start: number): { readonly scalar: Buffer; readonly end: number } {
  const length = bytes[start + 1] ?? 0;
  const end = start + 2 + length;
  if (bytes[start] !== integerTag || length === 0 || end > bytes.length) {
    throw new RangeError('an ECDSA signature is made of INTEGERs');
  }
  // a leading zero keeps an INTEGER positive
  const digits = bytes.subarray(bytes[start + 2] === 0 ? start + 3 : start + 2, end);
  if (digits.length > scalarBytes) throw new RangeError('this signature is not of P-256');
  return { scalar: Buffer.concat([Buffer.alloc(scalarBytes - digits.length), digits]), end };
}
