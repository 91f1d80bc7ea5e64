import { DomainError } from '@entrepot/kernel';
import type { PrivacyRequestId, StaffId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { PersonExport } from '../domain/export.ts';
import { ExportStore } from './export-store.ts';

/** How far a copy is. Somebody else's is not there. */
@Injectable()
export class ReadExport {
  readonly #exports: ExportStore;

  constructor(exports: ExportStore) {
    this.#exports = exports;
  }

  /** Throws NOT_FOUND. */
  async of(subject: SubjectId, id: PrivacyRequestId): Promise<PersonExport> {
    return found(await this.#exports.find(id, subject));
  }

  /** What a member of staff ordered. Throws NOT_FOUND. */
  async orderedBy(staff: StaffId, id: PrivacyRequestId): Promise<PersonExport> {
    return found(await this.#exports.findOrdered(id, staff));
  }
}

function found(of: PersonExport | undefined): PersonExport {
  if (of === undefined) throw new DomainError('NOT_FOUND', 'there is no such export');
  return of;
}
