import { describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { classifyDatabaseError } from './database-error.ts';
import { defaultRetryPolicy, withRetries } from './retry.ts';
import { statement } from './statement.ts';

function serverError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('from the server', 0, 'error');
  error.code = code;
  return error;
}

describe('the class of a database error', () => {
  it.each(['40001', '40P01'])('%s changed nothing and may go well next time', (code) => {
    expect(classifyDatabaseError(serverError(code))).toBe('retryable');
  });

  it.each(['08006', '57P01', '57P02', '57P03', '57014', '25006', '25P03', '25P04', '53300'])(
    '%s leaves the outcome unknown',
    (code) => {
      expect(classifyDatabaseError(serverError(code))).toBe('unknown');
    },
  );

  it.each(['23505', '23514', '42501', '42P01'])('%s is the server’s own refusal', (code) => {
    expect(classifyDatabaseError(serverError(code))).toBe('certain');
  });

  it('is unknown when the connection itself failed', () => {
    expect(classifyDatabaseError(new Error('Connection terminated unexpectedly'))).toBe('unknown');
  });
});

describe('retries', () => {
  const waits: number[] = [];
  const policy = {
    ...defaultRetryPolicy,
    random: () => 1,
    sleep: async (ms: number) => void waits.push(ms),
  };

  it('wait longer each time, up to a limit, and end', async () => {
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      throw serverError('40001');
    };
    await expect(
      withRetries({ ...policy, attemptsMax: 7 }, work, () => undefined),
    ).rejects.toThrow();
    expect(attempts).toBe(7);
    expect(waits).toEqual([10, 20, 40, 80, 160, 200]);
  });

  it('are for nothing else', async () => {
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      throw serverError('23505');
    };
    await expect(withRetries(policy, work, () => undefined)).rejects.toThrow();
    expect(attempts).toBe(1);
  });
});

describe('a statement', () => {
  it('has a name of its own', () => {
    statement('spec.once', 'SELECT 1');
    expect(statement('spec.once', 'SELECT 1').name).toBe('spec.once');
    expect(() => statement('spec.once', 'SELECT 2')).toThrow(
      'two statements are called "spec.once"',
    );
    expect(() => statement('nameless', 'SELECT 1')).toThrow(TypeError);
    expect(() => statement(`spec.${'x'.repeat(60)}`, 'SELECT 1')).toThrow(TypeError);
  });
});
