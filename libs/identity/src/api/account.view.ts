import type { AccountView, AddressView } from '@entrepot/contracts/api/identity';
import { staffRole } from '@entrepot/contracts/api/staff';
import type { StaffView } from '@entrepot/contracts/api/staff';
import type { Account, SavedAddress, StaffMember } from '../domain/account.ts';

export const accountViewOf = (account: Account): AccountView => ({
  id: account.id,
  email: account.email,
  fullName: account.fullName,
  residence: account.residence,
  language: account.language,
  createdAt: account.createdAt.toISOString(),
});

export const addressViewOf = (address: SavedAddress): AddressView => ({
  id: address.id,
  recipient: address.recipient,
  line1: address.line1,
  ...(address.line2 !== undefined && { line2: address.line2 }),
  city: address.city,
  ...(address.subdivision !== undefined && { subdivision: address.subdivision }),
  postalCode: address.postalCode,
  country: address.country,
});

export const staffViewOf = ({ id, email, fullName, roles }: StaffMember): StaffView => ({
  id,
  email,
  fullName,
  roles: roles.map((role) => staffRole.parse(role)),
});
