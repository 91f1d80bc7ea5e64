import type { CountryCode } from '@entrepot/kernel';
import type { DataCategory } from '@entrepot/privacy';

/** What crosses, by category and field: the person gave it and can use it at the new home. Everything else stays. */
export const carriedFields = {
  account: ['email', 'fullName', 'language'],
  address: ['recipient', 'line1', 'line2', 'city', 'subdivision', 'postalCode', 'country'],
} as const satisfies Partial<Record<DataCategory, readonly string[]>>;

/** Why a category stays; one that nobody decided about does not compile. */
export const whyItStays: Readonly<
  Record<Exclude<DataCategory, keyof typeof carriedFields>, string>
> = {
  session: 'a sign-in is good at the cell that saw the password',
  cart: 'goods, prices and stock are those of the old home',
  order: 'the contract was made under the law of the old home and is carried out there',
  payment: 'money moves where it was taken',
  invoice: 'the books of the old home keep it for as long as its law says',
  login: 'a keyed hash under a key of the old home; the new one makes its own',
  request_key: 'a repeated request goes to where the first one went',
  staff_login: 'nobody becomes staff by moving',
  erasure_record: 'proof of what the old home did',
  rights_request: 'proof of what the old home answered',
  consent: 'given under the words and the law of the old home; asked anew at the new one',
  access_record: 'who of the old home looked',
};

type Fields<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;
type AddressFields = Fields<(typeof carriedFields)['address']>;

export type CarriedAccount = Fields<(typeof carriedFields)['account']>;
export type CarriedAddress = Omit<AddressFields, 'line2' | 'subdivision'> & {
  readonly line2?: string | undefined;
  readonly subdivision?: string | undefined;
};

/** What is sealed in a packet. */
export interface RelocationContent {
  readonly account: CarriedAccount;
  /** Where the person is going to live. */
  readonly residence: string;
  readonly addresses: readonly CarriedAddress[];
}

/** An account and its address book at the old home, and the new home's countries. */
export interface Departing {
  readonly account: CarriedAccount;
  readonly addresses: readonly CarriedAddress[];
  readonly residence: CountryCode;
  /** Those of the new home: it keeps addresses of no other. */
  readonly countries: readonly CountryCode[];
}

/** The fields on the list and nothing else, whatever the objects carry beside them. */
export function contentOf({
  account,
  addresses,
  residence,
  countries,
}: Departing): RelocationContent {
  const served: readonly string[] = countries;
  return {
    account: pick(account, carriedFields.account),
    residence,
    addresses: addresses
      .filter(({ country }) => served.includes(country))
      .map((address) => pick(address, carriedFields.address)),
  };
}

function pick<Source extends object, Name extends keyof Source>(
  source: Source,
  names: readonly Name[],
): Pick<Source, Name> {
  const present = names.filter((name) => source[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, source[name]])) as Pick<Source, Name>;
}

/** Whether two entries of an address book name the same place and person. */
export const isSameAddress = (one: CarriedAddress, other: CarriedAddress): boolean =>
  carriedFields.address.every((name) => one[name] === other[name]);
