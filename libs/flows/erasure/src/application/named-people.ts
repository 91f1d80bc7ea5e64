import type { CreateErasureRequestBody } from '@entrepot/contracts/api/privacy';
import { PeopleRegister } from '@entrepot/identity';
import type { OrderId, StaffId, SubjectId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';

/** Who an officer means: an account or a member of staff, or who gets the gift of an order. */
@Injectable()
export class NamedPeople {
  constructor(
    private readonly people: PeopleRegister,
    private readonly orders: OrderStore,
  ) {}

  /** Undefined where nobody is meant, or somebody who was erased before. */
  subjectOf({ accountId, orderId }: CreateErasureRequestBody): Promise<SubjectId | undefined> {
    return accountId === undefined
      ? this.orders.recipientOf(orderId as OrderId)
      : this.people.subjectOf(accountId);
  }

  /** Throws FORBIDDEN for someone who is no longer on the staff. */
  personBehind(staff: StaffId): Promise<SubjectId> {
    return this.people.personBehind(staff);
  }
}
