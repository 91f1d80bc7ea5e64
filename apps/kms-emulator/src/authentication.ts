import { timingSafeEqual } from 'node:crypto';
import { KmsError } from './errors.ts';
import type { Principal, Principals } from './principals.ts';
import { expectedSignature, parseAmzDate, parseSignatureClaim } from './signature-v4.ts';
import type { SignatureClaim, SignedRequest } from './signature-v4.ts';

const clockSkewMinutesMax = 5;
const service = 'kms';
/** Without these under the signature, a captured one could be put on another request. */
const headersThatMustBeSigned = ['host', 'x-amz-date', 'x-amz-target'];

export interface AuthenticationScope {
  readonly awsRegion: string;
  readonly principals: Principals;
  /** The machine's own time: a client signs with its own, whatever was done to the keys' clock. */
  readonly now: Date;
}

/** Who signed the request; throws what AWS answers when nobody known did, or not for this region. */
export function authenticate(request: SignedRequest, scope: AuthenticationScope): Principal {
  const header = request.headers['authorization'];
  if (header === undefined) {
    throw new KmsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const claim = parseSignatureClaim(header);
  if (claim === undefined) {
    throw new KmsError('IncompleteSignature', 'The Authorization header is not a full signature');
  }
  assertScope(claim, scope);
  assertFresh(request, claim, scope.now);
  const missing = headersThatMustBeSigned.filter((name) => !claim.signedHeaders.includes(name));
  if (missing.length > 0) throw invalid(`These headers are not signed: ${missing.join(', ')}`);
  const principal = scope.principals.get(claim.accessKeyId);
  if (principal === undefined) {
    throw new KmsError('UnrecognizedClientException', 'The security token is invalid.');
  }
  const expected = expectedSignature(request, claim, principal.secretAccessKey);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) {
    throw invalid('The request signature we calculated does not match the signature you provided.');
  }
  return principal;
}

function assertScope(claim: SignatureClaim, scope: AuthenticationScope): void {
  if (claim.awsRegion === scope.awsRegion && claim.service === service) return;
  throw invalid(`Credential should be scoped to ${scope.awsRegion}/${service}.`);
}

function assertFresh(request: SignedRequest, claim: SignatureClaim, now: Date): void {
  const text = request.headers['x-amz-date'] ?? '';
  const signedAt = parseAmzDate(text);
  if (signedAt === undefined || !text.startsWith(claim.date)) {
    throw new KmsError('IncompleteSignature', 'X-Amz-Date is missing or not the credential date');
  }
  const skewMs = Math.abs(now.getTime() - signedAt.getTime());
  if (skewMs > clockSkewMinutesMax * 60_000) {
    throw invalid(`Signature expired or not yet current: ${text}`);
  }
}

const invalid = (message: string) => new KmsError('InvalidSignatureException', message);
