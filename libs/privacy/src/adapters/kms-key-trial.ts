import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { KeyGoneError, KeyRefusedError } from '../application/key-service.ts';
import { KeyTrial } from '../application/key-trial.ts';
import type { KeyTrialOutcome } from '../application/key-trial.ts';
import { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import { VaultStore } from '../application/vault-store.ts';

/** Past the fences and the cache, as the driver opens a key. What it opens it overwrites. */
@Injectable()
export class KmsKeyTrial extends KeyTrial {
  constructor(
    private readonly store: VaultStore,
    private readonly driver: SubjectKeyDriver,
  ) {
    super();
  }

  override async attempt(subject: SubjectId): Promise<KeyTrialOutcome> {
    const stored = await this.store.findKey(subject);
    // a key that was never used wraps nothing; one whose key encryption key is still there could wrap again
    if (stored?.wrapped === undefined) {
      return stored?.kek === undefined ? 'nothing-wrapped' : 'opened';
    }
    try {
      const key = await this.driver.open(subject, stored);
      key?.close();
      return key === undefined ? 'nothing-wrapped' : 'opened';
    } catch (error) {
      if (error instanceof KeyGoneError) return 'key-gone';
      if (error instanceof KeyRefusedError) return 'login-refused';
      throw error;
    }
  }
}
