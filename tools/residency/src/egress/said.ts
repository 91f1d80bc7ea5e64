import type { RecordedChunk } from '@entrepot/stack';
import { messagesIn } from '../two-worlds/read-http.ts';
import type { Message } from '../two-worlds/read-http.ts';
import { saidInSmtp } from './said-in-smtp.ts';

/** Something that a cell said on its way out: where in the protocol, as a region's list writes it, and what. */
export interface Said {
  readonly place: string;
  readonly value: string;
}

/** All that was said over recorded connections, of whichever protocol: the server of SMTP speaks first. */
export function saidIn(chunks: readonly RecordedChunk[]): Said[] {
  const connections = Map.groupBy(chunks, ({ link, connection }) => `${link} ${connection}`);
  return [...connections.values()].flatMap((recorded) => {
    const sent = bytesOf(recorded.filter(({ flow }) => flow === 'sent'));
    const received = bytesOf(recorded.filter(({ flow }) => flow === 'received'));
    const isSmtp = received.subarray(0, 4).equals(Buffer.from('220 '));
    return isSmtp ? saidInSmtp(sent) : messagesIn(sent).flatMap(saidInCall);
  });
}

const bytesOf = (chunks: readonly RecordedChunk[]): Buffer =>
  Buffer.concat(chunks.map(({ hex }) => Buffer.from(hex, 'hex')));

function saidInCall({ start, head, body }: Message): Said[] {
  const [method = '', target = ''] = start.split(' ');
  const { pathname, searchParams } = new URL(target, 'http://processor');
  return [
    { place: `${method} ${routeOf(pathname)}`, value: pathname },
    ...[...searchParams].map(([name, value]) => ({ place: `query ${name}`, value })),
    ...Object.entries(head).map(([name, value]) => ({ place: `header ${name}`, value })),
    ...saidInBody(head['content-type'] ?? '', body),
  ];
}

/** What is no word of an API is somebody's or something's: `/v1/payments/{}`. */
const routeOf = (path: string): string =>
  path
    .split('/')
    .map((part) => (/^(?:v\d+|[a-z_]*)$/.test(part) ? part : '{}'))
    .join('/');

function saidInBody(type: string, body: string): Said[] {
  if (body === '') return [];
  if (type.includes('json')) return saidInJson(JSON.parse(body), '');
  if (!type.includes('x-www-form-urlencoded')) return [{ place: 'body', value: body }];
  return [...new URLSearchParams(body)].map(([name, value]) => ({
    place: `member ${name}`,
    value,
  }));
}

function saidInJson(value: unknown, path: string): Said[] {
  if (Array.isArray(value)) return value.flatMap((item) => saidInJson(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) {
    return [{ place: `member ${path}`, value: JSON.stringify(value) }];
  }
  return Object.entries(value).flatMap(([name, member]) =>
    saidInJson(member, path === '' ? name : `${path}.${name}`),
  );
}
