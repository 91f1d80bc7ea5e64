import { describe, expect, it } from '@jest/globals';
import type { DataProcessor } from '@entrepot/privacy';
import { processorProblems } from './processor-problems.ts';

const mail: DataProcessor = {
  ...{ name: 'mail', purpose: 'letters', place: 'a place', legalBasis: 'a law' },
  ...{ transferTool: 'none', fieldsSent: ['e-mail address'], knowsBy: 'email' },
  ...{ hostSettings: ['ENTREPOT_MAIL_URL'], answersWithinDays: 14, keepsDaysMax: 30 },
};
const settings = ['ENTREPOT_REDIS_URL', 'ENTREPOT_HTTP_PORT', 'ENTREPOT_MAIL_URL'];

describe('the list of processors', () => {
  it('accounts for every host that a process can be told of', () => {
    expect(processorProblems([mail], settings)).toEqual([]);
    expect(processorProblems([mail], [...settings, 'ENTREPOT_ANALYTICS_ENDPOINT'])).toEqual([
      'ENTREPOT_ANALYTICS_ENDPOINT names a host that no processor of the list has.',
    ]);
    expect(processorProblems([], settings)).toHaveLength(1);
  });

  it('names nobody who cannot be reached, and nobody twice', () => {
    expect(processorProblems([mail], [])).toEqual([
      'mail is reached through ENTREPOT_MAIL_URL, which no process reads.',
    ]);
    expect(processorProblems([mail, { ...mail }], settings)).toHaveLength(2);
  });
});
