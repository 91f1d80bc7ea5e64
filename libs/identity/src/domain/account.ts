import type { AccountId, AddressId, CountryCode, StaffId, SubjectId } from '@entrepot/kernel';

/** How many addresses an account may keep. */
export const addressesPerAccountMax = 20;

export const staffRoles = [
  'merchandiser',
  'warehouse',
  'support',
  'privacy-officer',
  'tax-officer',
  'operator',
] as const;
export type StaffRole = (typeof staffRoles)[number];

/** A shopper at home in this cell. */
export interface Account {
  readonly id: AccountId;
  readonly subject: SubjectId;
  readonly email: string;
  readonly fullName: string;
  readonly residence: CountryCode;
  readonly language: string;
  readonly version: number;
  readonly createdAt: Date;
}

/** A member of staff of this cell. */
export interface StaffMember {
  readonly id: StaffId;
  readonly subject: SubjectId;
  readonly email: string;
  readonly fullName: string;
  readonly roles: readonly string[];
}

export interface PostalAddress {
  readonly recipient: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly subdivision?: string | undefined;
  readonly postalCode: string;
  readonly country: string;
}

export interface SavedAddress extends PostalAddress {
  readonly id: AddressId;
}
