import type { PlantedDefect } from './planted-defect.ts';

const migration = 'prisma/shop/migrations/20261121000000_initial/migration.sql';

/** T15 to T32: erasing somebody. */
export const erasureDefects: readonly PlantedDefect[] = [
  {
    number: 15,
    what: 'the eraser says that it scheduled a deletion, and did not',
    file: 'libs/privacy/src/adapters/aws-key-destroyer.ts',
    edits: [{ from: '      await this.#client.send(command);', to: '      void command;' }],
    ...{ spec: 'libs/flows/erasure/test/erasure.integration.spec.ts', project: 'integration' },
  },
  {
    number: 16,
    what: 'what a store had is forgotten when the purge is done again',
    file: 'libs/flows/erasure/src/application/steps/purge-stores.ts',
    edits: [{ from: 'Math.max(counted.get(table) ?? 0, rows)', to: 'rows' }],
    ...{ spec: 'libs/flows/erasure/test/drive-erasure.spec.ts', project: 'unit' },
  },
  {
    number: 17,
    what: 'a second request takes over an open one',
    file: 'libs/flows/erasure/src/application/request-erasure.ts',
    edits: [
      {
        from: 'if (!isSameWish(request, requestedBy)) {',
        to: 'if (!isSameWish(request, request.requestedBy ?? requestedBy)) {',
      },
    ],
    ...{
      spec: 'libs/flows/erasure/test/erasure-workflow.integration.spec.ts',
      project: 'integration',
    },
  },
  {
    number: 18,
    what: 'the fence does not wait for writes under way',
    file: migration,
    edits: [
      {
        from: 'WHERE subject_id = written ->> TG_ARGV[0] FOR SHARE;',
        to: 'WHERE subject_id = written ->> TG_ARGV[0];',
      },
    ],
    ...{ spec: 'libs/privacy/test/subject-guard.integration.spec.ts', project: 'integration' },
  },
  {
    number: 19,
    what: 'a late notice about somebody who is erased cannot be taken in',
    file: 'libs/flows/checkout/src/application/hear-of-payment.ts',
    edits: [
      {
        from: 'if (payment !== undefined) await',
        to: `if (payment?.subjectId === undefined) throw new TypeError('of nobody');
    if (payment !== undefined) await`,
      },
    ],
    ...{ spec: 'e2e/drills/late-events.drill.spec.ts', project: 'drill' },
  },
  {
    number: 20,
    what: 'addresses go, whosever they are',
    file: 'libs/identity/src/adapters/identity-personal-data.ts',
    edits: [
      {
        from: `deletionFrom('identity.address')`,
        to: `statement('identity.erase_address', "DELETE FROM identity.address WHERE $1::text <> ''")`,
      },
    ],
    ...{ spec: 'e2e/drills/nobody-else.drill.spec.ts', project: 'drill' },
  },
  {
    number: 21,
    what: 'an order is not cut off who got it as a gift',
    file: 'libs/orders/src/adapters/orders-personal-data.ts',
    edits: [{ from: 'await this.store.forgetRecipient(subject)', to: '0' }],
    ...{ spec: 'libs/flows/erasure/test/gift-erasure.integration.spec.ts', project: 'integration' },
  },
  {
    number: 22,
    what: 'a privacy officer reads invoices, for the door and for the database',
    file: 'libs/invoices/src/api/invoices.controller.ts',
    edits: [
      { from: `['tax-officer']`, to: `['tax-officer', 'privacy-officer']` },
      {
        file: migration,
        from: "reading_staff, 'tax-officer', 'invoices.invoice'",
        to: "reading_staff, 'privacy-officer', 'invoices.invoice'",
      },
    ],
    ...{ spec: 'libs/flows/erasure/test/invoices.integration.spec.ts', project: 'integration' },
  },
  {
    number: 23,
    what: 'nothing is moved before the key ends',
    file: 'libs/flows/erasure/src/application/steps/extract-fields.ts',
    edits: [
      {
        from: 'for (const extraction of extractions) kept += await this.extract(request, extraction);',
        to: 'kept += extractions.length;',
      },
    ],
    ...{
      spec: 'libs/flows/erasure/test/retained-fields.integration.spec.ts',
      project: 'integration',
    },
  },
  {
    number: 24,
    what: 'a restored cell purges nobody again',
    file: 'libs/privacy/src/domain/replay.ts',
    edits: [
      { from: `'order-purge': shop !== 'erased' && !isPurgeOrdered,`, to: `'order-purge': false,` },
    ],
    ...{ spec: 'e2e/drills/restored-cell.drill.spec.ts', project: 'drill' },
  },
  {
    number: 25,
    what: 'the index key of an ended epoch lives on',
    file: 'libs/privacy/src/adapters/aws-key-destroyer.ts',
    edits: [{ from: '      await this.#client.send(command);', to: '      void command;' }],
    ...{ spec: 'libs/privacy/test/login-index.integration.spec.ts', project: 'integration' },
  },
  {
    number: 26,
    what: 'the login of the auditor at the KMS may decrypt',
    file: 'apps/kms-emulator/src/principals.ts',
    edits: [
      { from: `auditor: ['DescribeKey', 'GetPublicKey',`, to: `auditor: [...use, 'GetPublicKey',` },
    ],
    ...{ spec: 'e2e/erasure/erasure-evidence.e2e.spec.ts', project: 'e2e' },
  },
  {
    number: 27,
    what: 'a signature that does not hold is passed over',
    file: 'tools/cli/src/certificate/check-evidence.ts',
    edits: [
      {
        from: `if (!verify('sha256', statement, { key, dsaEncoding: 'ieee-p1363' }, value)) {`,
        to: 'if (value.length === 0) {',
      },
    ],
    ...{ spec: 'tools/cli/test/verify-certificate.spec.ts', project: 'unit' },
  },
  {
    number: 28,
    what: 'one pair of eyes is enough in code',
    file: 'libs/privacy/src/domain/erasure-request.ts',
    edits: [
      {
        from: 'return people.size === 3 && requestedBy.staffId !== approval.staffId;',
        to: 'return people.size >= 2;',
      },
    ],
    ...{
      spec: 'libs/flows/erasure/test/erasure-workflow.integration.spec.ts',
      project: 'integration',
    },
  },
  {
    number: 29,
    what: 'the answer of one processor counts for all',
    file: 'libs/flows/erasure/src/application/steps/notify-recipients.ts',
    edits: [{ from: 'notices.every(({ state }) =>', to: 'notices.some(({ state }) =>' }],
    ...{ spec: 'libs/flows/erasure/test/recipients.spec.ts', project: 'unit' },
  },
  {
    number: 30,
    what: 'nobody deletes the login of an erased person',
    file: 'libs/privacy/src/adapters/pg-erasure-ledger.ts',
    edits: [
      {
        from: 'DELETE FROM vault.login_index WHERE subject_id = $1 RETURNING epoch',
        to: 'DELETE FROM vault.login_index WHERE subject_id = $1 AND false RETURNING epoch',
      },
      {
        file: 'libs/privacy/src/adapters/vault-personal-data.ts',
        ...{
          from: `'DELETE FROM vault.login_index WHERE subject_id = $1'`,
          to: `'SELECT $1::text'`,
        },
      },
    ],
    ...{ spec: 'libs/flows/erasure/test/erasure.integration.spec.ts', project: 'integration' },
  },
  {
    number: 31,
    what: 'staff who look for somebody who is erased meet a defect',
    file: 'libs/flows/rights/src/application/read-person.ts',
    edits: [
      {
        from: `throw new DomainError('NOT_FOUND', 'nobody has this id');`,
        to: `throw new TypeError('nobody has this id');`,
      },
    ],
    ...{ spec: 'e2e/drills/every-endpoint.drill.spec.ts', project: 'drill' },
  },
  {
    number: 32,
    what: 'keys that wait for their end keep the eraser from the next ones',
    file: 'libs/privacy/src/adapters/pg-erasure-ledger.ts',
    edits: [
      { from: 'ORDER BY l.key_unusable_at NULLS FIRST', to: 'ORDER BY l.key_unusable_at' },
      {
        file: 'libs/privacy/src/application/destroy-keys.ts',
        ...{ from: 'const rowsPerRunMax = 100;', to: 'const rowsPerRunMax = 3;' },
      },
    ],
    ...{ spec: 'e2e/drills/under-load.drill.spec.ts', project: 'drill' },
    settings: { ENTREPOT_DRILL_ERASURES: '8' },
  },
];
