import { describe, expect, it } from '@jest/globals';
import { Personal } from '@entrepot/kernel';
import { Log } from './log.ts';
import type { LogFields } from './log-fields.ts';

function logged(write: (log: Log) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(new Log({ level: 'debug', bound: { cell: 'in-1', process: 'api' }, destination }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('Log', () => {
  it('writes the event, the bound fields and the listed fields', () => {
    const [line] = logged((log) =>
      log.info('http.request', { route: '/v1/orders/:id', status: 201 }),
    );
    expect(line).toMatchObject({
      event: 'http.request',
      level: 'info',
      cell: 'in-1',
      process: 'api',
      route: '/v1/orders/:id',
      status: 201,
    });
  });

  it('cannot be given a field that is not on the list', () => {
    // @ts-expect-error an e-mail address is no log field
    const fields: LogFields = { email: 'asha@example.in' };
    const lines = logged((log) => log.info('http.request', fields));
    expect(lines[0]).not.toHaveProperty('email');
    expect(lines[1]).toMatchObject({ event: 'log.field_refused', component: 'email' });
    expect(JSON.stringify(lines)).not.toContain('asha');
  });

  it('cannot be given a personal value, and drops one that comes all the same', () => {
    const name = new Personal('asha');
    // @ts-expect-error a personal value is no value of a log field
    const fields: LogFields = { component: name };
    const lines = logged((log) => log.info('http.request', fields));
    expect(lines[0]).not.toHaveProperty('component');
    expect(lines[1]).toMatchObject({ event: 'log.field_refused', component: 'component' });
    expect(JSON.stringify(lines)).not.toContain('asha');
  });

  it.each([
    ['a path in place of a template', { route: '/v1/orders/asha@example.in' }],
    ['a query string', { route: '/v1/orders?email=asha' }],
    ['a sentence as a code', { code: 'asha was here' }],
    ['a sentence as a component', { component: 'asha was here' }],
    ['an address as a trace id', { traceId: '203.0.113.7 asha' }],
    ['text as a number', { status: 'asha' as unknown as number }],
  ])('drops %s', (_name, fields) => {
    const text = JSON.stringify(logged((log) => log.warn('http.request', fields)));
    expect(text).not.toContain('asha');
    expect(text).toContain('log.field_refused');
  });

  it('takes no sentence for an event', () => {
    const [line] = logged((log) => log.info('asha@example.in registered'));
    expect(line).toMatchObject({ event: 'log.event_refused' });
  });

  it('tells of an error its class, code and places, never its message', () => {
    const error = Object.assign(new TypeError('asha@example.in'), { code: '23505' });
    const [line] = logged((log) => log.failure('db.failed', error));
    expect(line).toMatchObject({ errorName: 'TypeError', code: '23505' });
    expect(line?.['errorFrames']).toContain('log.spec.ts');
    expect(JSON.stringify(line)).not.toContain('asha');
  });

  it('survives what is no error', () => {
    const [line] = logged((log) => log.failure('db.failed', 'asha'));
    expect(line).toMatchObject({ errorName: 'NotAnError' });
  });
});
