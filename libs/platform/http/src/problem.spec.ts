import { describe, expect, it } from '@jest/globals';
import { errorCatalog } from '@entrepot/contracts/api/errors';
import type { ErrorCode } from '@entrepot/contracts/api/errors';
import { problem } from '@entrepot/contracts/api/problem';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { toProblem } from './problem.ts';

const traceId = '0'.repeat(32);

describe('toProblem', () => {
  it.each(Object.keys(errorCatalog) as ErrorCode[])('answers %s as the catalog says', (code) => {
    const { status, title } = errorCatalog[code];
    const answer = toProblem(new DomainError(code, 'internal words'), traceId);
    expect(answer).toMatchObject({ status, isDefect: false });
    expect(problem.parse(answer.body)).toMatchObject({ code, status, title, traceId });
    expect(JSON.stringify(answer.body)).not.toContain('internal words');
  });

  it('has codes without prefix and statuses that are errors', () => {
    for (const [code, { status }] of Object.entries(errorCatalog)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('adds the details, which cannot overwrite the problem itself', () => {
    const details = { home: { cell: 'eu-1' }, status: 200, traceId: 'forged', code: 'FORGED' };
    const { body } = toProblem(new DomainError('NOT_FOUND', 'x', { details }), traceId);
    expect(body).toMatchObject({ home: { cell: 'eu-1' }, status: 404, traceId, code: 'NOT_FOUND' });
  });

  it.each([
    ['is being erased', 'PR001', 410, 'SUBJECT_ERASED'],
    ['nobody admitted', 'PR002', 401, 'SUBJECT_UNKNOWN'],
  ])(
    'answers a write for a person who %s, which the database refuses',
    (_name, state, status, code) => {
      const refused = Object.assign(new Error('x'), { code: state });
      expect(toProblem(refused, traceId)).toMatchObject({
        status,
        isDefect: false,
        body: { code },
      });
    },
  );

  it('says when to come back', () => {
    const details = { retryAfterSeconds: 9 };
    const limited = toProblem(new DomainError('RATE_LIMITED', 'x', { details }), traceId);
    expect(limited.headers).toEqual({ 'retry-after': '9' });
    const unknown = toProblem(new OutcomeUnknownError('x'), traceId);
    expect(unknown).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  it.each([
    ['an error of ours without catalog entry', new DomainError('NO_SUCH_CODE', 'x')],
    ['any other error', new TypeError('asha@example.in')],
    ['no error at all', 'asha@example.in'],
    ['an unknown Fastify error', Object.assign(new Error('x'), { code: 'FST_ERR_NEW' })],
  ])('takes %s for a defect and says nothing of it', (_name, error) => {
    const answer = toProblem(error, traceId);
    expect(answer).toMatchObject({ status: 500, isDefect: true, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(answer.body)).not.toContain('asha');
  });
});
