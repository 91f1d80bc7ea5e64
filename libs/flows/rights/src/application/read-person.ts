import { ListAddressesUseCase, PeopleRegister, ReadAccountUseCase } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { StaffId, SubjectId } from '@entrepot/kernel';
import { AccessLog } from '@entrepot/privacy';
import type { AccessPurpose } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

export interface StaffRead {
  readonly staff: StaffId;
  readonly purpose: AccessPurpose;
  /** Template of the route. */
  readonly route: string;
}

/** What staff may see of a person, once it is written down who looked and why. */
@Injectable()
export class ReadPerson {
  constructor(
    private readonly people: PeopleRegister,
    private readonly log: AccessLog,
    private readonly accounts: ReadAccountUseCase,
    private readonly addresses: ListAddressesUseCase,
  ) {}

  /** Whose account it is, noted as read. Throws NOT_FOUND and SUBJECT_ERASED. */
  async open(accountId: string, read: StaffRead): Promise<SubjectId> {
    const subject = await this.people.subjectOf(accountId);
    if (subject === undefined) throw new DomainError('NOT_FOUND', 'nobody has this id');
    await this.log.note({ subject, ...read });
    return subject;
  }

  async execute(accountId: string, read: StaffRead) {
    const subject = await this.open(accountId, read);
    const [account, addresses] = await Promise.all([
      this.accounts.execute(subject),
      this.addresses.execute(subject),
    ]);
    return { account, addresses };
  }
}
