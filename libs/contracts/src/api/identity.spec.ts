import { describe, expect, it } from '@jest/globals';
import { createAccountBody } from './identity.ts';

const saidOf = (email: string): string[] => {
  const body = { email, password: 'correct horse 1', fullName: 'Asha' };
  const read = createAccountBody.safeParse(body);
  return read.success ? [] : read.error.issues.map(({ message }) => message);
};

describe('The e-mail address of an account', () => {
  it('has at most 64 characters before the @', () => {
    expect(saidOf(`${'a'.repeat(64)}@example.in`)).toEqual([]);
    expect(saidOf(`${'a'.repeat(65)}@example.in`)).toEqual(['at most 64 characters before the @']);
  });

  it('is told one thing about it where it is none', () => {
    expect(saidOf('asha.example')).toEqual(['an e-mail address']);
    expect(saidOf('@example.in')).toEqual(['an e-mail address']);
    expect(saidOf('')).toEqual(['an e-mail address']);
  });
});
