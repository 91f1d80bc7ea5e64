import type { CheckedCertificate } from './check-certificate.ts';

export const testNotice = 'TEST, NOT A CERTIFICATE';

const notDoneTexts: Readonly<Record<string, string>> = {
  PERSON_NOT_ASKED_ANEW: 'the person was named by staff and not asked anew',
  COPY_NOT_OFFERED:
    'the person was offered no copy of their data: there was no address to send a link to',
  NO_RECIPIENT_CONNECTED: 'no recipient outside of the cell was told: none is connected',
  NO_SCAN: 'no scan for what the person typed was run',
  NO_RESTORE_DRILL: 'no backup was restored to look whether it can be read',
  NO_SCAN_NO_RESTORE_DRILL: 'no scan for what the person typed and no restore of a backup was run',
};

/** Why something was left at a step; most of it is gone by the end, as `read-back` shows. */
const leftTexts: Readonly<Record<string, string>> = {
  PURGED_LATER: 'a later step purges it',
  TOLD_LATER: 'a later step tells the processor',
  LOOKED_FOR_LATER: 'a later step looks for it',
  DESTROYED_WITH_KEY: 'the eraser deletes it when the key ends',
  TOMBSTONE: 'says that a person was erased',
  BOOKS_WITHOUT_PERSON: 'amounts and goods, about nobody',
  CASE_WITHOUT_PERSON: 'a case, about nobody',
  KEPT_AS_KEYED_DIGEST: 'a keyed hash that names nobody',
  KEPT_UNDER_COHORT: 'a law keeps it, see what stays',
  EXPIRES_BY_AGE: 'is gone after its days',
};

/** Everything the certificate says, in the order in which a reader asks for it. */
export interface CertificateText {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly retained: readonly string[];
  readonly recipients: readonly string[];
  /** How it was tried to read the person afterwards. */
  readonly verification: readonly string[];
  readonly notDone: readonly string[];
  readonly stores: readonly (readonly string[])[];
}

export const storeHeadings = ['step', 'store', 'matched', 'deleted', 'left', 'why'] as const;

export function describeCertificate(checked: CheckedCertificate): CertificateText {
  const { certificate, signature } = checked.view;
  const { unusable, destroyed } = certificate.claims;
  return {
    title: checked.isTest ? testNotice : 'Certificate of an erasure',
    facts: [
      ['Request', certificate.requestId],
      ['Cell and country', `${certificate.cell}, ${certificate.country}`],
      ['Nobody could use the key since', unusable.since],
      ['The key exists no more since', destroyed.at],
      ['Approved by two persons at', certificate.approval.at],
      ['Plan (SHA-256)', certificate.approval.planDigest],
      [
        'Record (SHA-256)',
        `${certificate.evidence.chainHead}, ${certificate.evidence.events} events`,
      ],
      [
        'Signed with',
        `${signature.keyArn}${checked.isTest ? ', a key of the KMS emulator: a test' : ''}`,
      ],
      ['Checked with', checked.isKeyPinned ? 'the key that was given' : 'the key in the file'],
    ],
    retained: [
      ...certificate.retained.map(({ category, leaves, law, until }) => {
        const time = until === null ? '' : `, until ${until}`;
        return `${category}: ${leaves === 'facts' ? 'facts that name nobody' : 'personal fields'} (${law}${time})`;
      }),
      ...(certificate.suppressions ?? []).map(
        ({ list, entries }) =>
          `objection to ${list.replace('_', ' ')}: ${entries}, as a keyed hash of the address that names nobody`,
      ),
    ],
    recipients: certificate.recipients.map(
      ({ processor, acknowledgedAt, answerDigest, signerDigest }) =>
        `${processor} at ${acknowledgedAt}: answer ${answerDigest}, signed with ${signerDigest} (SHA-256)`,
    ),
    verification: (certificate.verification ?? []).map(verifiedText),
    notDone: certificate.notDone.map((code) => notDoneTexts[code] ?? code),
    stores: certificate.stores.map(({ step, store, matched, deleted, left, leftReason }) => [
      ...[step, store, String(matched), String(deleted), String(left), leftText(leftReason)],
    ]),
  };
}

const leftText = (code: string | null): string => {
  if (code === null) return '';
  const text = leftTexts[code];
  return text === undefined ? code : `${code}: ${text}`;
};

type VerifiedPart = NonNullable<CheckedCertificate['view']['certificate']['verification']>[number];

const partTexts: Readonly<Record<VerifiedPart['part'], string>> = {
  'key-trial': 'the key as it was before',
  owners: 'every owner of data was asked',
  'store-scan': 'scan of every store for what the person typed',
  'restore-drill': 'a backup from before, restored and attacked with every login',
};

function verifiedText({ part, login, result, tried, found, evidenceDigest }: VerifiedPart): string {
  const what = `${partTexts[part]}${login === null ? '' : `, with the login of the ${login}`}`;
  if (result === 'not_run') return `${what}: NOT RUN`;
  const signed = evidenceDigest === null ? '' : `; signed statement ${evidenceDigest} (SHA-256)`;
  if (result === 'in_no_backup') {
    return `${what}: none was made while the person was there${signed}`;
  }
  return `${what}: ${tried} tried, ${found} found${signed}`;
}

export function textOf(text: CertificateText): string {
  const { title, facts, retained, recipients, verification, notDone, stores } = text;
  const list = (heading: string, items: readonly string[]) =>
    items.length === 0 ? [] : [heading, ...items.map((item) => `  ${item}`)];
  return [
    title,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    ...list('What stays:', retained),
    ...list('Processors that signed that they erased:', recipients),
    ...list('How it was tried to read the person afterwards:', verification),
    ...list('What was not done:', notDone),
    ...list(
      'Stores:',
      [storeHeadings, ...stores].map((row) => row.join('  ').trimEnd()),
    ),
  ].join('\n');
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The same as a page that needs nothing else, for whoever reads no JSON. */
export function pageOf(text: CertificateText): string {
  const { title, facts, retained, recipients, verification, notDone, stores } = text;
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const list = (heading: string, items: readonly string[]) =>
    items.length === 0
      ? ''
      : `<h2>${escaped(heading)}</h2><ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    '<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}',
    'table{border-collapse:collapse;width:100%}td,th{border:1px solid;padding:.3rem;text-align:left}',
    'td{overflow-wrap:anywhere}</style></head><body>',
    `<h1>${escaped(title)}</h1>`,
    `<table>${facts.map((fact) => row(fact, 'td')).join('')}</table>`,
    list('What stays', retained),
    list('Processors that signed that they erased', recipients),
    list('How it was tried to read the person afterwards', verification),
    list('What was not done', notDone),
    `<h2>Stores</h2><table>${row(storeHeadings, 'th')}${stores.map((store) => row(store, 'td')).join('')}</table>`,
    '</body></html>\n',
  ].join('\n');
}
