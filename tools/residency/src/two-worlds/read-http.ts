import type { Crossing } from './crossing.ts';

/** What one process wrote into one TLS connection, before it was encrypted. */
export interface TappedChunk {
  readonly cell: string;
  readonly connection: number;
  /** Who opened the connection: whoever calls. */
  readonly side: 'caller' | 'answerer';
  readonly hex: string;
}

const separator = Buffer.from('\r\n\r\n');

/** Takes the streams of connections apart into calls and answers (HTTP/1.1, bodies of a stated length). */
export function crossingsOf(chunks: readonly TappedChunk[]): Crossing[] {
  const connections = Map.groupBy(chunks, ({ cell, connection }) => `${cell} ${connection}`);
  return [...connections.values()].flatMap((written) => {
    const [first] = written;
    if (first === undefined) return [];
    const stream = Buffer.concat(written.map(({ hex }) => Buffer.from(hex, 'hex')));
    return messagesIn(stream).map(({ start, head, body }) => ({
      channel: 'http' as const,
      place: `${first.cell} ${placeOf(start)}`,
      key: '',
      head,
      body,
    }));
  });
}

/** `POST /cell/v1/… HTTP/1.1` or `HTTP/1.1 200 OK`; an answer does not say to what. */
const placeOf = (start: string): string => start.replace(/ ?HTTP\/1\.1 ?/, '').trim();

interface Message {
  readonly start: string;
  readonly head: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Throws for a stream that is not made of whole messages: a tap that lost bytes proves nothing. */
export function messagesIn(stream: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < stream.length;) {
    const headEnd = stream.indexOf(separator, at);
    if (headEnd < 0) throw new RangeError('a message without the end of its head');
    const [start = '', ...lines] = stream.subarray(at, headEnd).toString('latin1').split('\r\n');
    const head = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    ) as Record<string, string>;
    if (head['transfer-encoding'] !== undefined) throw new RangeError('a body without a length');
    const bodyStart = headEnd + separator.length;
    const bodyEnd = bodyStart + Number(head['content-length'] ?? 0);
    if (bodyEnd > stream.length) throw new RangeError('a body that ends early');
    messages.push({ start, head, body: stream.subarray(bodyStart, bodyEnd).toString() });
    at = bodyEnd;
  }
  return messages;
}
