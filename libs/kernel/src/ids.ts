import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
/** A string that only a parser or maker of its own kind may produce. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A jurisdiction: laws, taxes, currency and providers (`in`, `eu`). */
export type RegionCode = Branded<'RegionCode'>;
/** One deployment of a region (`in-1`). */
export type CellId = Branded<'CellId'>;
/** ISO 3166-1 alpha-2, upper case. */
export type CountryCode = Branded<'CountryCode'>;
export type WarehouseId = Branded<'WarehouseId'>;
export type Sku = Branded<'Sku'>;
export type SalesChannelId = Branded<'SalesChannelId'>;

/** Prefix of each kind of public id; the table is the whole list. */
export const idPrefixes = {
  subject: 'sub',
  account: 'acc',
  address: 'adr',
  session: 'ses',
  staff: 'stf',
  cart: 'crt',
  order: 'ord',
  payment: 'pay',
  product: 'prd',
  variant: 'var',
  category: 'cat',
  delivery: 'dlv',
  erasureRequest: 'ers',
  invoice: 'inv',
  legalHold: 'hld',
  retainedField: 'rtf',
  roleGrant: 'rgr',
  privacyRequest: 'rrq',
  relocation: 'rel',
  nominee: 'nmn',
  event: 'evt',
} as const;
export type IdKind = keyof typeof idPrefixes;

export type SubjectId = Branded<'subject'>;
export type AccountId = Branded<'account'>;
export type AddressId = Branded<'address'>;
export type SessionId = Branded<'session'>;
export type StaffId = Branded<'staff'>;
export type CartId = Branded<'cart'>;
export type OrderId = Branded<'order'>;
export type PaymentId = Branded<'payment'>;
export type ProductId = Branded<'product'>;
export type VariantId = Branded<'variant'>;
export type CategoryId = Branded<'category'>;
export type ErasureRequestId = Branded<'erasureRequest'>;
export type InvoiceId = Branded<'invoice'>;
export type LegalHoldId = Branded<'legalHold'>;
export type RetainedFieldId = Branded<'retainedField'>;
export type RoleGrantId = Branded<'roleGrant'>;
export type PrivacyRequestId = Branded<'privacyRequest'>;
export type RelocationId = Branded<'relocation'>;
export type NomineeId = Branded<'nominee'>;
export type EventId = Branded<'event'>;

const regionPattern = /^[a-z]{2}$/;
const cellPattern = /^[a-z]{2}-[1-9][0-9]{0,2}$/;
const countryPattern = /^[A-Z]{2}$/;
const crockford = '0123456789abcdefghjkmnpqrstvwxyz';
const localPartPattern = new RegExp(`^[${crockford}]{26}$`);

export const isRegionCode = (text: string): text is RegionCode => regionPattern.test(text);
export const isCellId = (text: string): text is CellId => cellPattern.test(text);
export const isCountryCode = (text: string): text is CountryCode => countryPattern.test(text);

/** The region a cell belongs to, read from its id: `eu-1` → `eu`. */
export const regionOf = (cell: CellId): RegionCode => cell.slice(0, 2) as RegionCode;

/**
 * 130 random bits in 26 Crockford base-32 characters. Random, not time-ordered: an id may be seen by
 * outsiders and must tell nothing about when or how much is sold.
 */
export function randomLocalPart(bytes: (size: number) => Uint8Array = randomBytes): string {
  return Array.from(bytes(26), (byte) => crockford.charAt(byte & 31)).join('');
}

/** A fresh id that names the cell it was born in: `ord_in-1_…`. The cell is birthplace, never authority. */
export function newCellId<K extends IdKind>(kind: K, cell: CellId): Branded<K> {
  return `${idPrefixes[kind]}_${cell}_${randomLocalPart()}` as Branded<K>;
}

/** A fresh id of a thing that belongs to no cell, such as a product: `prd_…`. */
export function newGlobalId<K extends IdKind>(kind: K): Branded<K> {
  return `${idPrefixes[kind]}_${randomLocalPart()}` as Branded<K>;
}

export interface ParsedId {
  readonly kind: IdKind;
  /** The cell the id was born in; undefined for things that belong to none. */
  readonly birthCell: CellId | undefined;
}

/** Reads an id made by `newCellId` or `newGlobalId`; undefined for anything else. */
export function parseId(text: string): ParsedId | undefined {
  const parts = text.split('_');
  const kind = (Object.keys(idPrefixes) as IdKind[]).find((key) => idPrefixes[key] === parts[0]);
  if (kind === undefined || parts.length < 2 || parts.length > 3) return undefined;
  if (!localPartPattern.test(parts.at(-1) ?? '')) return undefined;
  if (parts.length === 2) return { kind, birthCell: undefined };
  const cell = parts[1] ?? '';
  return isCellId(cell) ? { kind, birthCell: cell } : undefined;
}

/** Narrows a string to the id of one kind. */
export function isIdOf<K extends IdKind>(kind: K, text: string): text is Branded<K> {
  return parseId(text)?.kind === kind;
}
