import { describe, expect, it } from '@jest/globals';
import { productionProblems } from './production.ts';
import type { ProductionFacts } from './production.ts';

const fit: ProductionFacts = {
  files: ['/etc/entrepot/cells.json', '/run/secrets/token.json'],
  secrets: { ENTREPOT_REDIS_URL: 'rediss://api:a-real-password@redis:6379' },
  demoSecrets: new Set(['demo-password-of-redis']),
  isKmsEmulated: false,
};

describe('profile production', () => {
  it('takes what was made for it', () => {
    expect(productionProblems(fit)).toEqual([]);
  });

  it.each<[string, Partial<ProductionFacts>, string]>([
    ['a file of a demo', { files: ['/srv/shop/.entrepot/cells.json'] }, 'from .entrepot'],
    [
      'a secret of a demo, inside a URL too',
      { secrets: { ENTREPOT_REDIS_URL: 'redis://api:demo-password-of-redis@redis:6379' } },
      'ENTREPOT_REDIS_URL is a secret of the demo',
    ],
    ['the KMS emulator', { isKmsEmulated: true }, 'is the emulator'],
    [
      'erasures that nobody verifies',
      { erasureEvidence: 'noted' },
      'set it to required, and run `entrepot verify-erasures`',
    ],
  ])('refuses %s without showing it', (_name, changes, sentence) => {
    const problems = productionProblems({ ...fit, ...changes });
    expect(problems.join()).toContain(sentence);
    expect(problems.join()).not.toContain('demo-password');
  });
});
