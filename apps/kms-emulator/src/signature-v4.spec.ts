import { describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expectedSignature, parseAmzDate, parseSignatureClaim } from './signature-v4.ts';
import type { SignedRequest } from './signature-v4.ts';

// Credentials, requests and signatures of AWS's published Signature Version 4 test suite.
const published = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
};
const form = {
  ...published.headers,
  'content-type': 'application/x-www-form-urlencoded',
};
const vectors = [
  {
    name: 'get-vanilla',
    request: { method: 'GET', target: '/', headers: published.headers, body: '' },
    signedHeaders: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    request: {
      method: 'GET',
      target: '/?Param2=value2&Param1=value1',
      headers: published.headers,
      body: '',
    },
    signedHeaders: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'post-vanilla',
    request: { method: 'POST', target: '/', headers: published.headers, body: '' },
    signedHeaders: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-x-www-form-urlencoded',
    request: { method: 'POST', target: '/', headers: form, body: 'Param1=value1' },
    signedHeaders: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
];

const claimOf = (signedHeaders: string, signature: string) =>
  parseSignatureClaim(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      `SignedHeaders=${signedHeaders}, Signature=${signature}`,
  );

// The signer keeps the query in a plain object, where this one name means something else.
const queryName = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => name !== '__proto__');

describe('Signature Version 4', () => {
  it.each(vectors)('gives the published signature of $name', (vector) => {
    const claim = claimOf(vector.signedHeaders, vector.signature);
    if (claim === undefined) throw new Error('the published header was not read');
    const request: SignedRequest = { ...vector.request, body: Buffer.from(vector.request.body) };
    expect(expectedSignature(request, claim, published.secretAccessKey)).toBe(vector.signature);
  });

  it('agrees with the signer of the AWS SDK for any query, header value and body', async () => {
    const signer = new SignatureV4({
      credentials: published,
      region: 'eu-central-1',
      service: 'kms',
      sha256: NodeSha256,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(queryName, fc.string(), { maxKeys: 4 }),
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[!-~][ -~]{0,40}[!-~]$/),
        async (query, body, value) => {
          const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
          const target = pairs.length === 0 ? '/' : `/?${pairs.join('&')}`;
          const unsigned = {
            method: 'POST',
            protocol: 'https:',
            hostname: 'kms.example',
            path: '/',
            query,
            headers: { host: 'kms.example', 'x-test': value },
            body,
          };
          const signed = await signer.sign(unsigned);
          const headers = Object.fromEntries(
            Object.entries(signed.headers).map(([name, text]) => [name.toLowerCase(), text]),
          );
          const claim = parseSignatureClaim(headers['authorization'] ?? '');
          if (claim === undefined) throw new Error('the signer wrote an unreadable header');
          const request = { method: 'POST', target, headers, body: Buffer.from(body) };
          expect(expectedSignature(request, claim, published.secretAccessKey)).toBe(
            claim.signature,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is another one for a query that cannot be decoded, which nobody can have signed', () => {
    const [vector] = vectors;
    const claim = claimOf('host;x-amz-date', vector?.signature ?? '');
    if (vector === undefined || claim === undefined) throw new Error('there is no vector');
    const request = { ...vector.request, target: '/?a=%zz', body: Buffer.alloc(0) };
    const expected = expectedSignature(request, claim, published.secretAccessKey);
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
    expect(expected).not.toBe(vector.signature);
  });

  it.each([
    ['another algorithm', 'AWS4-HMAC-SHA512 Credential=a/20150830/r/s/aws4_request'],
    ['a missing part', 'AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request'],
    ['a bearer token', 'Bearer abc'],
  ])('does not read %s', (_, header) => {
    expect(parseSignatureClaim(header)).toBeUndefined();
  });

  it('reads only basic ISO 8601 instants', () => {
    expect(parseAmzDate('20150830T123600Z')?.toISOString()).toBe('2015-08-30T12:36:00.000Z');
    expect(parseAmzDate('2015-08-30T12:36:00Z')).toBeUndefined();
    expect(parseAmzDate('20151330T123600Z')).toBeUndefined();
  });
});

/** The SDK wants its hash as a class; this is Node's own. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
