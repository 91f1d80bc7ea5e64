import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { together } from './together.ts';

function refusal(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('refused', 0, 'error');
  error.code = code;
  return error;
}

const later = async (error: Error): Promise<never> => {
  await setImmediate();
  throw error;
};

describe('statements that are sent together', () => {
  it('answer in their order', async () => {
    expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
  });

  it('say why the transaction is over, though whoever only found it so is heard first', async () => {
    const [over, why] = [refusal('25P02'), refusal('23505')];
    await expect(together([Promise.reject(over), later(why)])).rejects.toBe(why);
    await expect(together([Promise.reject(over), Promise.resolve(1)])).rejects.toBe(over);
  });
});
