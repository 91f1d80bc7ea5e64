import type { Crossing } from './crossing.ts';

/** What went through one TLS connection of a caller, as it was before it was encrypted or after it was opened. */
export interface TappedChunk {
  /** The cell that calls. */
  readonly cell: string;
  readonly connection: number;
  readonly flow: 'sent' | 'received';
  readonly hex: string;
}

const separator = Buffer.from('\r\n\r\n');

/**
 * Takes the streams of connections apart into calls and answers (HTTP/1.1, bodies of a stated length). On one connection
 * answers come in the order of the calls; at most the last call is without one.
 */
export function crossingsOf(chunks: readonly TappedChunk[]): Crossing[] {
  const connections = Map.groupBy(chunks, ({ cell, connection }) => `${cell} ${connection}`);
  return [...connections.values()].flatMap((tapped) => {
    const cell = tapped[0]?.cell ?? '';
    const calls = messagesIn(streamOf(tapped, 'sent'));
    const answers = messagesIn(streamOf(tapped, 'received'));
    if (answers.length > calls.length || answers.length < calls.length - 1) {
      throw new RangeError(`${calls.length} calls and ${answers.length} answers on a connection`);
    }
    return calls.flatMap(({ start, ...call }, at) => {
      const place = `${cell} ${start.replace(' HTTP/1.1', '')}`;
      const answer = answers[at];
      const called = crossingOf(place, call);
      if (answer === undefined) return [called];
      const status = answer.start.replace('HTTP/1.1 ', '');
      return [called, crossingOf(`${place} answered ${status}`, answer)];
    });
  });
}

const streamOf = (chunks: readonly TappedChunk[], flow: TappedChunk['flow']): Buffer =>
  Buffer.concat(chunks.filter((of) => of.flow === flow).map(({ hex }) => Buffer.from(hex, 'hex')));

const crossingOf = (place: string, { head, body }: Pick<Message, 'head' | 'body'>): Crossing => ({
  ...{ channel: 'http', place, key: '' },
  head,
  body,
});

export interface Message {
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
