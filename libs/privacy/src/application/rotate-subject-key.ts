import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { KeyGoneError } from './key-service.ts';
import { SubjectKeyDriver } from './subject-key-driver.ts';
import { VaultStore } from './vault-store.ts';

/**
 * Gives a person a new data key. What the former one sealed stays readable; new values are sealed with
 * the new one, by this process at once, by others when their cached key ends.
 */
@Injectable()
export class RotateSubjectKey {
  private readonly store: VaultStore;
  private readonly driver: SubjectKeyDriver;

  constructor(store: VaultStore, driver: SubjectKeyDriver) {
    this.store = store;
    this.driver = driver;
  }

  /**
   * Answers the version that seals from now on. Two at once make one new version. Throws
   * `DomainError('SUBJECT_ERASED')` for a subject without a usable key: there is nothing to rotate.
   */
  async execute(subject: SubjectId): Promise<number> {
    const stored = await this.store.findKey(subject);
    if (stored?.state !== 'active') throw erased(subject);
    const next = stored.version + 1;
    try {
      const wrapped = await this.driver.newWrappedKey(subject, stored);
      if (await this.store.supersede(subject, stored.version, wrapped)) return next;
    } catch (error) {
      if (error instanceof KeyGoneError) throw erased(subject);
      throw error;
    }
    const current = await this.store.findKey(subject);
    if (current?.state === 'active' && current.version >= next) return current.version;
    throw erased(subject);
  }
}

const erased = (subject: SubjectId) =>
  new DomainError('SUBJECT_ERASED', `the key of ${subject} cannot be rotated`);
