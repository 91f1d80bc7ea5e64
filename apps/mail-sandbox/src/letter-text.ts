/** What a reader of a letter sees, of a message with one part. */
export interface ReadableLetter {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** RFC 5322: folded headers, an empty line, the body; of the encodings (RFC 2045) base64 and none. */
export function readableLetterOf(raw: string): ReadableLetter {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers: Record<string, string> = {};
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = rest.join('\r\n\r\n');
  const isBase64 = headers['content-transfer-encoding']?.toLowerCase() === 'base64';
  const text = isBase64 ? Buffer.from(body, 'base64').toString('utf8') : body;
  return { headers, text: text.replaceAll('\r\n', '\n') };
}
