interface Edit {
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A mistake that somebody could make, and the spec that has to turn red for it. */
export interface PlantedDefect {
  readonly number: number;
  readonly what: string;
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly spec: string;
  readonly project: 'unit' | 'integration';
}

const fieldCipher = 'libs/platform/crypto/src/field-cipher.ts';
const fieldCipherSpec = 'libs/platform/crypto/src/field-cipher.spec.ts';
const subjectKeysSpec = 'libs/privacy/test/subject-keys.integration.spec.ts';
const migration = 'prisma/shop/migrations/20261121000000_initial/migration.sql';

/** One for each number whose spec needs no stack. */
export const plantedDefects: readonly PlantedDefect[] = [
  {
    number: 1,
    what: 'text is sealed in Latin-1',
    file: fieldCipher,
    edits: [{ from: `cipher.update(text, 'utf8')`, to: `cipher.update(text, 'latin1')` }],
    ...{ spec: fieldCipherSpec, project: 'unit' },
  },
  {
    number: 2,
    what: 'a value is not bound to its row',
    file: fieldCipher,
    edits: [
      {
        from: '[this.#region, table, column, rowId, subject, String(keyVersion)]',
        to: '[this.#region, table, column, subject, String(keyVersion)]',
      },
    ],
    ...{ spec: fieldCipherSpec, project: 'unit' },
  },
  {
    number: 3,
    what: 'a wrapped key is not bound to its place',
    file: 'libs/platform/crypto/src/wrapping-key.ts',
    edits: [
      { from: `    cipher.setAAD(Buffer.from(place, 'utf8'));`, to: '    void place;' },
      { from: `    decipher.setAAD(Buffer.from(place, 'utf8'));`, to: '    void place;' },
    ],
    ...{ spec: 'libs/platform/crypto/src/wrapping-key.spec.ts', project: 'unit' },
  },
  {
    number: 4,
    what: 'initialisation vectors have two random bytes',
    file: fieldCipher,
    edits: [
      {
        from: 'const iv = randomBytes(12);',
        to: 'const iv = Buffer.concat([randomBytes(2), Buffer.alloc(10)]);',
      },
    ],
    ...{ spec: 'libs/platform/crypto/test/vectors.spec.ts', project: 'unit' },
  },
  {
    number: 5,
    what: 'what a former key sealed is opened with the current one',
    file: fieldCipher,
    edits: [
      {
        from: 'key.fieldKey(at.place.table, at.column, parts.keyVersion)',
        to: 'key.fieldKey(at.place.table, at.column)',
      },
    ],
    ...{ spec: fieldCipherSpec, project: 'unit' },
  },
  {
    number: 6,
    what: 'a personal column without CHECK passes',
    file: 'tools/guards/src/classification/classify.ts',
    edits: [
      {
        from: ": [`${place}: a personal column needs CHECK (${column.name} LIKE 'v1|%')`]",
        to: ': []',
      },
    ],
    ...{ spec: 'tools/guards/src/classification/classify.spec.ts', project: 'unit' },
  },
  {
    number: 7,
    what: 'a key that leaves the cache is not overwritten',
    file: 'libs/platform/crypto/src/subject-key-cache.ts',
    edits: [{ from: 'dispose: ({ key }) => key.close()', to: 'dispose: () => undefined' }],
    ...{ spec: 'libs/platform/crypto/src/subject-key-cache.spec.ts', project: 'unit' },
  },
  {
    number: 8,
    what: 'keys in memory serve for ever while the KMS is away',
    file: 'libs/platform/crypto/src/subject-key-cache.ts',
    edits: [{ from: '    this.#keys.clear();', to: '    void this.#keys;' }],
    ...{ spec: subjectKeysSpec, project: 'integration' },
  },
  {
    number: 9,
    what: 'a key that waits for its end still decrypts',
    file: 'apps/kms-emulator/src/keys/key-states.ts',
    edits: [
      {
        from: `  Disabled: 'DisabledException',\n  PendingImport: invalid,\n  PendingDeletion: invalid,`,
        to: `  Disabled: 'DisabledException',\n  PendingImport: invalid,\n  PendingDeletion: 'ok',`,
      },
    ],
    ...{ spec: 'apps/kms-emulator/test/key-states.integration.spec.ts', project: 'integration' },
  },
  {
    number: 10,
    what: 'six days are enough to wait',
    file: 'apps/kms-emulator/src/operations/life-cycle.ts',
    edits: [
      { from: 'PendingWindowInDays: z.int().min(7)', to: 'PendingWindowInDays: z.int().min(6)' },
    ],
    ...{ spec: 'apps/kms-emulator/test/destruction.integration.spec.ts', project: 'integration' },
  },
  {
    number: 11,
    what: 'a destroyed key stays in the file',
    file: 'apps/kms-emulator/src/keys/key-ring.ts',
    edits: [
      { from: '    key.material?.fill(0);\n    this.#keys.delete(key.id);', to: '    void key;' },
    ],
    ...{ spec: 'apps/kms-emulator/test/destruction.integration.spec.ts', project: 'integration' },
  },
  {
    number: 12,
    what: 'deleted bytes of an imported key are kept',
    file: 'apps/kms-emulator/src/keys/key-ring.ts',
    edits: [
      {
        from: '    key.material?.fill(0);\n    this.#put({\n      ...key,\n      material: undefined,',
        to: '    this.#put({\n      ...key,',
      },
    ],
    ...{
      spec: 'apps/kms-emulator/test/imported-material.integration.spec.ts',
      project: 'integration',
    },
  },
  {
    number: 13,
    what: 'a KMS that shows a changed state late fails the request',
    file: 'libs/flows/erasure/src/application/steps/verify-unreadable.ts',
    edits: [
      {
        from: '      if (at.getTime() - since.getTime() <= patienceMs) return undefined;',
        to: '      void since;',
      },
    ],
    ...{ spec: 'libs/flows/erasure/test/verify-unreadable.spec.ts', project: 'unit' },
  },
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
    number: 22,
    what: 'a privacy officer reads invoices',
    file: 'libs/invoices/src/api/invoices.controller.ts',
    edits: [{ from: `['tax-officer']`, to: `['tax-officer', 'privacy-officer']` }],
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
    number: 25,
    what: 'the index key of an ended epoch lives on',
    file: 'libs/privacy/src/adapters/aws-key-destroyer.ts',
    edits: [{ from: '      await this.#client.send(command);', to: '      void command;' }],
    ...{ spec: 'libs/privacy/test/login-index.integration.spec.ts', project: 'integration' },
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
    what: 'a processor that gave up is waited for',
    file: 'libs/flows/erasure/src/application/recipients/tell-recipient.ts',
    edits: [{ from: `if (told.status === 'cancelled') return givenUp(notice);`, to: '' }],
    ...{ spec: 'libs/flows/erasure/test/recipients.spec.ts', project: 'unit' },
  },
  {
    number: 34,
    what: 'no word that crosses is looked at',
    file: 'libs/platform/egress/src/inspect-crossing.ts',
    edits: [{ from: 'if (seen.has(text)) return;', to: 'return;' }],
    ...{ spec: 'libs/platform/messaging/src/border-fuzz.spec.ts', project: 'unit' },
  },
  {
    number: 35,
    what: 'a listed name may have any address',
    file: 'libs/platform/egress/src/egress-list.ts',
    edits: [{ from: `if (kind === 'public') return;`, to: 'return;' }],
    ...{ spec: 'libs/platform/egress/src/egress-list.spec.ts', project: 'unit' },
  },
  {
    number: 40,
    what: 'a column has no class',
    file: 'prisma/shop/schema/identity.prisma',
    edits: [{ from: ' /// @personal(contact, login_and_messages, account_life)', to: '' }],
    ...{ spec: 'tools/guards/src/classification/generated-files.spec.ts', project: 'unit' },
  },
  {
    number: 41,
    what: 'the copy has no orders',
    file: 'libs/orders/src/adapters/orders-personal-data.ts',
    edits: [{ from: `{ section: 'orders', records: await this.ordersOf(subject) },`, to: '' }],
    ...{ spec: 'libs/flows/rights/test/export.integration.spec.ts', project: 'integration' },
  },
  {
    number: 42,
    what: 'no handler asks whether somebody is restricted',
    file: 'libs/platform/http/src/access.ts',
    edits: [{ from: 'if (!principal.isRestricted) return;', to: 'return;' }],
    ...{ spec: 'libs/platform/http/src/access.spec.ts', project: 'unit' },
  },
  {
    number: 43,
    what: 'an objection is written down and not asked for',
    file: 'libs/consents/src/adapters/pg-marketing-permission.ts',
    edits: [
      {
        from: 'AND NOT EXISTS (SELECT FROM consents.suppression WHERE digest = $3)',
        to: 'AND $3::bytea IS NOT NULL',
      },
    ],
    ...{ spec: 'libs/flows/rights/test/marketing.integration.spec.ts', project: 'integration' },
  },
  {
    number: 44,
    what: 'the time can be extended again and again',
    file: 'libs/privacy/src/domain/clocks.ts',
    edits: [
      {
        from: 'if (extendedTo !== undefined || at > dueAt) return undefined;',
        to: 'if (at > dueAt) return undefined;',
      },
    ],
    ...{ spec: 'libs/privacy/src/domain/clocks.spec.ts', project: 'unit' },
  },
  {
    number: 45,
    what: 'the first decision about a consent counts for ever',
    file: 'libs/consents/src/adapters/pg-marketing-permission.ts',
    edits: [{ from: 'ORDER BY seq DESC LIMIT 1', to: 'ORDER BY seq LIMIT 1' }],
    ...{ spec: 'libs/flows/rights/test/marketing.integration.spec.ts', project: 'integration' },
  },
];
