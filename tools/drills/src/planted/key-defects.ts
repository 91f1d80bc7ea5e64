import type { PlantedDefect } from './planted-defect.ts';

const fieldCipher = 'libs/platform/crypto/src/field-cipher.ts';
const fieldCipherSpec = 'libs/platform/crypto/src/field-cipher.spec.ts';
const subjectKeysSpec = 'libs/privacy/test/subject-keys.integration.spec.ts';

/** T1 to T14: ciphertexts, keys, the KMS. */
export const keyDefects: readonly PlantedDefect[] = [
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
    number: 14,
    what: 'a call of the KMS is made once, and what may pass by itself fails the request',
    file: 'libs/flows/erasure/src/application/drive-erasure.ts',
    edits: [
      {
        from: `      this.log.failure('privacy.erasure_failed', error, { component: step.action });
      throw error;`,
        to: `      return this.fail(request, step, new StepFailure('ERASURE_FAILED', 'it failed'));`,
      },
      {
        file: 'libs/privacy/src/adapters/aws-key-service.ts',
        ...{ from: 'const attemptsMax = 3;', to: 'const attemptsMax = 1;' },
      },
    ],
    ...{ spec: 'e2e/drills/stormy-kms.drill.spec.ts', project: 'drill' },
  },
];
