import { DomainError } from '@entrepot/kernel';
import type { StaffId } from '@entrepot/kernel';
import { isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { StaffMember } from '../domain/account.ts';
import { StaffStore } from './staff-store.ts';

@Injectable()
export class ReadStaffUseCase {
  constructor(private readonly staff: StaffStore) {}

  async execute(id: StaffId): Promise<StaffMember> {
    const subject = await this.staff.findSubject(id);
    const member = subject === undefined ? undefined : await this.staff.find(subject);
    if (member === undefined || isTombstone(member)) {
      throw new DomainError('SUBJECT_ERASED', `${id} is not readable`);
    }
    return member;
  }
}
