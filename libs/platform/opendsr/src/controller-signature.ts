import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of controller and processor may be apart. */
const ageSecondsMax = 300;

/** What is asked: method, path and body, so that a signature serves for nothing else. */
export interface AskedCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** `t=<unix seconds>,v1=<HMAC-SHA-256, hexadecimal>`, as payment providers sign their webhooks. */
export function signCall(secret: string, call: AskedCall, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  return `t=${seconds},v1=${macOf(secret, call, seconds).toString('hex')}`;
}

/** Whether whoever shares the secret signed this call, not long ago. */
export function isSignedCall(
  secret: string,
  call: AskedCall,
  { header, at }: { readonly header: string | undefined; readonly at: Date },
): boolean {
  const groups = /^t=(?<seconds>\d{1,12}),v1=(?<mac>[0-9a-f]{64})$/.exec(header ?? '')?.groups;
  if (groups === undefined) return false;
  const seconds = Number(groups['seconds']);
  if (Math.abs(at.getTime() / 1_000 - seconds) > ageSecondsMax) return false;
  return timingSafeEqual(Buffer.from(groups['mac'] ?? '', 'hex'), macOf(secret, call, seconds));
}

const macOf = (secret: string, { method, path, body }: AskedCall, seconds: number): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.${method}.${path}.${body}`).digest();
