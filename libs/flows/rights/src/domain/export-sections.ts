import type { DataCategory } from '@entrepot/privacy';

/** What a person is told about one section of the copy. */
export interface SectionFacts {
  readonly title: string;
  readonly category: DataCategory;
  readonly purpose: string;
  /** Who gave us this: the person, or what the person did here. */
  readonly source: 'you' | 'your use of the shop';
  /** Given by the person on consent or for a contract: to be taken elsewhere (GDPR Article 20). */
  readonly isPortable: boolean;
}

const given = { source: 'you', isPortable: true } as const;
const observed = { source: 'your use of the shop', isPortable: false } as const;

/** The sections that the owners of personal data hand out, by their names. */
export const sectionFacts: Readonly<Record<string, SectionFacts>> = {
  account: { title: 'Account', category: 'account', purpose: 'sign-in and messages', ...given },
  addresses: { title: 'Addresses', category: 'address', purpose: 'delivery', ...given },
  staff: { title: 'Staff login', category: 'staff_login', purpose: 'employment', ...given },
  passkeys: {
    ...{ title: 'Passkeys', category: 'staff_login', purpose: 'signing what needs two persons' },
    ...observed,
  },
  roleGrants: { title: 'Roles', category: 'staff_login', purpose: 'employment', ...observed },
  sessions: { title: 'Signed-in devices', category: 'session', purpose: 'security', ...observed },
  carts: { title: 'Carts', category: 'cart', purpose: 'shopping', ...given },
  orders: { title: 'Orders', category: 'order', purpose: 'the contract of sale', ...given },
  giftsReceived: {
    ...{ title: 'Gifts to you', category: 'order', purpose: 'delivery of what somebody gave you' },
    ...observed,
  },
  payments: {
    title: 'Payments',
    category: 'payment',
    purpose: 'the contract of sale',
    ...observed,
  },
  invoices: {
    ...{ title: 'Invoices', category: 'invoice' },
    ...{ purpose: 'what tax law wants written down of a sale', ...observed },
  },
  consents: { title: 'Consents', category: 'consent', purpose: 'proof of consent', ...given },
  subject: {
    ...{ title: 'Standing', category: 'erasure_record', purpose: 'carrying out erasures' },
    ...observed,
  },
  erasureRequests: {
    ...{ title: 'Requests to erase', category: 'erasure_record', purpose: 'proof of answers' },
    ...observed,
  },
  legalHolds: {
    ...{ title: 'Cases that keep something', category: 'erasure_record' },
    ...{ purpose: 'legal claims', ...observed },
  },
  approvals: {
    ...{ title: 'Erasures of others that you signed', category: 'erasure_record' },
    ...{ purpose: 'proof of who decided', ...observed },
  },
  accesses: {
    ...{ title: 'Who of our staff looked, and why', category: 'access_record' },
    ...{ purpose: 'holding staff to account', ...observed },
  },
  privacyRequests: {
    ...{ title: 'Requests under the privacy law', category: 'rights_request' },
    ...{ purpose: 'proof of answers', ...observed },
  },
  grievances: {
    title: 'Complaints',
    category: 'rights_request',
    purpose: 'answering them',
    ...given,
  },
  nominees: {
    ...{ title: 'Who may act for you', category: 'rights_request' },
    ...{ purpose: 'your wish for the case of death or incapacity', ...given },
  },
  relocations: {
    ...{ title: 'Moves to another cell', category: 'rights_request' },
    ...{ purpose: 'proof of answers', ...observed },
  },
};

/** What is kept about a person and says nothing that anybody could read, by table or group of tables. */
export const unreadableStores: readonly {
  readonly tables: readonly string[];
  readonly what: string;
}[] = [
  {
    tables: ['idempotency.request'],
    what: 'digests of requests, so that a repeated one acts once; gone after 30 days',
  },
  {
    tables: ['vault.subject_key', 'vault.subject_kek', 'vault.former_data_key'],
    what: 'the keys under which your data is written; they open nothing without the key service',
  },
  {
    tables: ['identity.staff_act'],
    what: 'if you work here: that a colleague made or raised your login, so that the two of you do not decide alone',
  },
  {
    tables: ['vault.login_index'],
    what: 'a keyed hash of your e-mail address, to find you at sign-in',
  },
  {
    tables: ['vault.fence', 'vault.erasure_ledger', 'privacy.restored_erasure'],
    what: 'that somebody was erased, without a word of the person; empty about you while you are here',
  },
  {
    tables: ['consents.suppression'],
    what: 'if you objected to marketing: a keyed hash of your e-mail address, kept so that it stays so',
  },
];

/** The tables whose rows each section shows; with the unreadable ones these are all that are about people. */
export const sectionTables: Readonly<Record<string, readonly string[]>> = {
  account: ['identity.account'],
  addresses: ['identity.address'],
  staff: ['identity.staff'],
  passkeys: ['identity.passkey'],
  roleGrants: ['identity.role_grant'],
  sessions: ['identity.session'],
  carts: ['carts.cart'],
  orders: ['orders.order'],
  giftsReceived: ['orders.order_recipient'],
  payments: ['payments.payment'],
  invoices: ['invoices.invoice'],
  consents: ['consents.entry'],
  subject: ['privacy.subject'],
  erasureRequests: ['privacy.erasure_request'],
  legalHolds: ['privacy.legal_hold'],
  approvals: ['privacy.erasure_approval'],
  accesses: ['privacy.access_log'],
  privacyRequests: ['rights.request', 'rights.export'],
  grievances: ['rights.grievance'],
  nominees: ['rights.nominee'],
  relocations: ['relocation.departure'],
};
