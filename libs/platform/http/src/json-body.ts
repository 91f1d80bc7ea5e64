import { DomainError } from '@entrepot/kernel';
import type { FastifyBodyParser, FastifyInstance } from 'fastify';

/**
 * Fastify's JSON parser for bodies that mean one thing only: valid UTF-8, where it would put U+FFFD in
 * place of what it cannot read, and no key twice in an object, where it would take the last.
 */
export function jsonBodyParser(server: FastifyInstance): FastifyBodyParser<Buffer> {
  const parse = server.getDefaultJsonParser('error', 'error') as FastifyBodyParser<string>;
  return (request, body, done) => {
    const text = utf8Of(body);
    if (text === undefined) {
      done(new DomainError('MALFORMED_BODY', 'the body is not UTF-8'));
      return;
    }
    void parse(request, text, (error, value: unknown) => {
      const path = error === null ? repeatedKeyIn(text) : undefined;
      done(path === undefined ? error : repeated(path), value);
    });
  };
}

function utf8Of(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

const repeated = (path: string): DomainError =>
  new DomainError('VALIDATION_FAILED', 'a key stands twice in an object', {
    fieldProblems: [{ path, code: 'REPEATED_FIELD', message: 'This field is given twice' }],
  });

/** A string, with its colon where it is a key, or a sign that opens, closes or parts. */
const tokens = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}[\],]/g;

interface OpenValue {
  /** Keys met so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  at: string | number;
}

/**
 * The path, joined by `/`, of the first key that stands twice in one object of a valid JSON text. It
 * does not recurse: how deep a value nests is the client's choice.
 */
export function repeatedKeyIn(json: string): string | undefined {
  const open: OpenValue[] = [];
  for (const [token, text, colon] of json.matchAll(tokens)) {
    const inner = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), at: '' });
    else if (token === '[') open.push({ keys: undefined, at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') nextItem(inner);
    else if (colon !== undefined && inner?.keys !== undefined) {
      inner.at = keyOf(text ?? '');
      if (inner.keys.has(inner.at)) return open.map(({ at }) => at).join('/');
      inner.keys.add(inner.at);
    }
  }
  return undefined;
}

function nextItem(inner: OpenValue | undefined): void {
  if (inner !== undefined && typeof inner.at === 'number') inner.at += 1;
}

const keyOf = (text: string): string =>
  text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
