import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { subjectContext } from '../application/key-places.ts';
import { KeyGoneError, KeyService } from '../application/key-service.ts';
import { KeyTrial } from '../application/key-trial.ts';
import { VaultStore } from '../application/vault-store.ts';

/** Past the fences, straight at the KMS. What it opens it overwrites. */
@Injectable()
export class KmsKeyTrial extends KeyTrial {
  constructor(
    private readonly store: VaultStore,
    private readonly service: KeyService,
  ) {
    super();
  }

  override async opens(subject: SubjectId): Promise<boolean> {
    const stored = await this.store.findKey(subject);
    // a key that was never used wraps nothing, and one that is destroyed has no wrapped form left
    if (stored?.keyArn === undefined || stored.wrapped === undefined) return false;
    try {
      const key = await this.service.unwrap(stored.keyArn, stored.wrapped, subjectContext(subject));
      key.fill(0);
      return true;
    } catch (error) {
      if (error instanceof KeyGoneError) return false;
      throw error;
    }
  }
}
