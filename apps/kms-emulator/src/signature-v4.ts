import { createHash, createHmac } from 'node:crypto';

/** An HTTP request as it was received; header names in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as sent. KMS has one path, `/`, so the path is taken as it is. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The parts of an `Authorization: AWS4-HMAC-SHA256 …` header. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** `YYYYMMDD`, UTC. */
  readonly date: string;
  readonly awsRegion: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal characters. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const claimPattern = new RegExp(
  `^${algorithm} Credential=([^/, ]+)/(\\d{8})/([^/, ]+)/([^/, ]+)/aws4_request, ?` +
    'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$',
);

/** Reads the header; undefined when it is not a complete version 4 signature. */
export function parseSignatureClaim(authorization: string): SignatureClaim | undefined {
  const [, accessKeyId, date, awsRegion, service, names, signature] =
    claimPattern.exec(authorization) ?? [];
  if (!accessKeyId || !date || !awsRegion || !service || !names || !signature) return undefined;
  return { accessKeyId, date, awsRegion, service, signedHeaders: names.split(';'), signature };
}

/**
 * The signature the claim should carry if it was made with `secretAccessKey`: hexadecimal.
 * Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function expectedSignature(
  request: SignedRequest,
  claim: SignatureClaim,
  secretAccessKey: string,
): string {
  const scope = `${claim.date}/${claim.awsRegion}/${claim.service}/aws4_request`;
  const textToSign = [
    algorithm,
    request.headers['x-amz-date'] ?? '',
    scope,
    sha256(canonicalRequest(request, claim.signedHeaders)),
  ].join('\n');
  const signingKey = [claim.date, claim.awsRegion, claim.service, 'aws4_request'].reduce<
    string | Buffer
  >((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(signingKey, textToSign).toString('hex');
}

/** Reads `YYYYMMDDTHHMMSSZ`; undefined for anything else. */
export function parseAmzDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '', query = ''] = splitOnce(request.target, '?');
  const headerLines = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    path,
    canonicalQuery(query),
    headerLines.join(''),
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** Pairs in the order of their names, then of their values, both as they are encoded. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = splitOnce(pair, '=');
    return [name, value].map((part) => canonicalEncode(decoded(part)));
  });
  // A character below all that an encoded name holds, so that a name comes before its extensions.
  return pairs
    .map((pair) => pair.join('\u0000'))
    .sort()
    .map((pair) => pair.replace('\u0000', '='))
    .join('&');
}

/** What cannot be decoded stays as it is: nobody can have signed it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** RFC 3986 unreserved characters stay, every other byte becomes `%XX`. */
function canonicalEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) =>
  createHmac('sha256', key).update(data).digest();
