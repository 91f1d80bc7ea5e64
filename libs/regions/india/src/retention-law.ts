import type { CountryCode } from '@entrepot/kernel';
import type { DataCategory, RetentionLaw, RetentionRule } from '@entrepot/privacy';

const legalEntity = 'entrepot-in';
const country = 'IN' as CountryCode;
/** Drafted from the texts that each rule names; counsel has signed none of them yet. */
const signOff = { role: 'engineering', on: '2026-11-28' } as const;
/** Until the Digital Personal Data Protection Act binds: the SPDI Rules of 2011. */
const spdiSince = '2011-04-11';
/** The day from which the core duties of the Act and its Rules bind: 18 months after 13 November 2025. */
const dpdpSince = '2027-05-13';

const carriedOut = 'makes every stolen copy unreadable at once, and for ever after the window';
const notLonger = 'SPDI Rules 2011, Rule 5(4)';

function shredNow(
  category: DataCategory,
  { leaves, spec }: { leaves: 'nothing' | 'facts'; spec: string },
): RetentionRule {
  return {
    ...{ legalEntity, country, category, action: 'shred-now', leaves, law: notLonger, spec },
    ...{ version: 1, inForceSince: spdiSince, signOff },
  };
}

/**
 * Rule 8(3) of the DPDP Rules 2025: personal data, traffic data and logs of each processing are kept for
 * at least a year from it, then erased. A credential is neither; it goes at once.
 */
const keptForAYear = ([category, fields]: readonly [
  DataCategory,
  readonly string[],
]): RetentionRule => ({
  ...{ legalEntity, country, category, action: 'retain-until' },
  period: { months: 12, from: 'request' },
  law: 'DPDP Rules 2025, Rule 8(3)',
  ...{ cohort: 'dpdp-8-3', fields },
  ...{ version: 2, inForceSince: dpdpSince, signOff },
  spec: 'keeps the regulated class for a year once the Indian rules bind, and shreds today',
});

/** What is kept of the regulated class, field by field. */
const regulated = [
  ['account', ['identity.account.email', 'identity.account.full_name']],
  ['address', ['identity.address.content']],
  ['session', ['identity.session.ended_at', 'identity.session.started_at']],
  ['order', ['orders.order.address']],
] as const satisfies readonly (readonly [DataCategory, readonly string[]])[];

/** CGST Act, section 36: 72 months from the day the annual return of that year is due. */
const invoices: RetentionRule = {
  ...{ legalEntity, country, category: 'invoice', action: 'retain-until' },
  period: { months: 72, from: 'annual_return' },
  law: 'CGST Act 2017, section 36',
  ...{ cohort: legalEntity, fields: [] },
  ...{ version: 1, inForceSince: '2017-07-01', signOff },
  spec: 'keeps an Indian invoice for 72 months after the annual return is due',
};

/** What erasure does with each category in India. */
export const retentionLaw: RetentionLaw = [
  ...(
    ['account', 'address', 'session', 'cart', 'login', 'request_key', 'staff_login'] as const
  ).map((category) => shredNow(category, { leaves: 'nothing', spec: carriedOut })),
  ...(['order', 'payment'] as const).map((category) =>
    shredNow(category, { leaves: 'facts', spec: 'leaves what was sold, and not to whom' }),
  ),
  ...(['rights_request', 'consent', 'access_record'] as const).map((category) =>
    shredNow(category, {
      leaves: 'nothing',
      spec: 'leaves nothing of exports, consents and the access log behind an erasure',
    }),
  ),
  shredNow('erasure_record', { leaves: 'facts', spec: carriedOut }),
  ...regulated.map(keptForAYear),
  invoices,
];
