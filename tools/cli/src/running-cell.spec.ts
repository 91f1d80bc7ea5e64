import { describe, expect, it } from '@jest/globals';
import { keyDrivers } from '@entrepot/stack';

import { assertKeyDriver } from './running-cell.ts';

describe('A stack that keeps keys by a driver', () => {
  it.each(keyDrivers)('will do for whoever asks for %s, or for none', (keyDriver) => {
    expect(() => assertKeyDriver({ keyDriver }, keyDriver)).not.toThrow();
    expect(() => assertKeyDriver({ keyDriver }, undefined)).not.toThrow();
  });

  it('is refused to whoever asks for another, with the command that starts it', () => {
    expect(() => assertKeyDriver({ keyDriver: 'kms-per-user' }, 'kms-epoch')).toThrow(
      '`npm start -- --fresh --keys kms-epoch`',
    );
  });
});
