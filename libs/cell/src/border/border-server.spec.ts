import { DomainError } from '@entrepot/kernel';
import { inspectCellCall } from '@entrepot/platform-egress';
import { Log } from '@entrepot/platform-telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { borderServer } from './border-server.ts';

const email = 'asha.rao@example.in';
const position = { cell: 'in-1', pool: 'blr/85123A', free: 3, credits: 7, channels: [] };
const answers: Readonly<Record<string, () => unknown>> = {
  '/clean': () => ({ epoch: 1, grants: [{ pool: 'blr/85123A', grantedTotal: 4, position }] }),
  '/keys': () => ({ traceId: 'f'.repeat(32), kid: 'AbCdEfGh01234567', use: 'sig' }),
  '/field': () => ({ pool: email }),
  '/name': () => ({ [email]: 1 }),
  '/nested': () => ({ grants: [{ position: { pool: Buffer.from(email).toString('base64') } }] }),
  '/problem': () => {
    throw new DomainError('NOT_FOUND', 'nothing', { details: { pool: email } });
  },
};

describe('The server of a border', () => {
  let lines: string[];
  let server: FastifyInstance;
  beforeEach(() => {
    lines = [];
    const destination = { write: (line: string) => void lines.push(line) };
    server = borderServer<string>({
      log: new Log({ level: 'info', bound: { cell: 'in-1', process: 'border' }, destination }),
      routes: Object.entries(answers).map(([path, answer]) => ({
        method: 'GET',
        path,
        isRoutine: path === '/keys',
        answer: () => Promise.resolve().then(answer),
      })),
      identify: () => 'eu-1',
      inspect: inspectCellCall,
    });
  });
  afterEach(() => server.close());

  it.each(['/clean', '/keys'])('answers what may cross: %s', async (path) => {
    const answer = await server.inject(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(answers[path]?.());
  });

  it.each(['/field', '/name', '/nested', '/problem'])(
    'keeps back what may be personal, and logs its code alone: %s',
    async (path) => {
      const answer = await server.inject(path);
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toMatchObject({ code: 'INTERNAL' });
      expect(answer.payload + lines.join('')).not.toContain('asha');
      expect(lines.join('')).toContain('"code":"EMAIL"');
    },
  );

  it('logs each request but those of a routine', async () => {
    for (const path of ['/clean', '/keys']) await server.inject(path);
    const requests = lines.filter((line) => line.includes('border.request'));
    expect(requests).toHaveLength(1);
    expect(requests.join('')).toContain('"route":"/clean"');
  });

  it('keeps back a header that nobody listed', async () => {
    server.addHook('onRequest', (_request, reply, done) => {
      if (reply.request.url === '/clean') void reply.header('traceparent', `00-${'a'.repeat(32)}`);
      done();
    });
    const answer = await server.inject('/clean');
    expect(answer.statusCode).toBe(500);
    expect(lines.join('')).toContain('"code":"HEADER_UNLISTED"');
  });
});
