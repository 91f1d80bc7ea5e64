import { Clock, DomainError } from '@entrepot/kernel';
import type { NomineeId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { NomineeStore } from './nominee-store.ts';
import type { Nominee } from './nominee-store.ts';
import { ReadPerson } from './read-person.ts';
import type { StaffRead } from './read-person.ts';

/**
 * An officer hears a nominee: who was named is read, and where the proof of death or incapacity lies is noted.
 * What the nominee asks for is then done by the ways that officers have: a copy, a correction, an erasure.
 */
@Injectable()
export class HearNominee {
  constructor(
    private readonly store: NomineeStore,
    private readonly people: ReadPerson,
    private readonly clock: Clock,
  ) {}

  /** Throws NOT_FOUND and SUBJECT_ERASED. */
  async list(accountId: string, read: StaffRead): Promise<readonly Nominee[]> {
    return this.store.ofSubject(await this.people.open(accountId, read));
  }

  /** Throws NOT_FOUND, NOMINEE_HEARD and SUBJECT_ERASED. */
  async execute(
    { accountId, id, evidence }: { accountId: string; id: NomineeId; evidence: string },
    read: StaffRead,
  ): Promise<Nominee> {
    const subject = await this.people.open(accountId, read);
    const isHeard = await this.store.hear(subject, id, {
      ...{ staff: read.staff, evidence, at: this.clock.now() },
    });
    const nominee = (await this.store.ofSubject(subject)).find((of) => of.id === id);
    if (nominee === undefined) throw new DomainError('NOT_FOUND', 'nobody of this id was named');
    if (!isHeard) throw new DomainError('NOMINEE_HEARD', 'the nominee was heard before');
    return nominee;
  }
}
