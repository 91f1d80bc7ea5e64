import type { PlantedDefect } from './planted-defect.ts';

/** T33 to T45: residency and people’s rights. */
export const borderDefects: readonly PlantedDefect[] = [
  {
    number: 33,
    what: 'only the first piece of each file is searched',
    file: 'tools/border-scan/src/needle-matcher.ts',
    edits: [
      {
        from: 'if (chunk.subarray(start, end).equals(bytes))',
        to: 'if (base === 0 && chunk.subarray(start, end).equals(bytes))',
      },
    ],
    ...{ spec: 'e2e/residency/wrong-door.e2e.spec.ts', project: 'e2e' },
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
    number: 36,
    what: 'a cell has a copy of a login of the other one',
    file: 'tools/stack/src/native/cell-kms.ts',
    edits: [
      {
        from: `  return {
    accessKeyId: context.secrets.orMake(`,
        to: `  if (principal === 'auditor') context.secrets.write(\`eu-1/kms/of-india\`, context.secrets.password('in-1/kms/auditor.secret-access-key'));
  return {
    accessKeyId: context.secrets.orMake(`,
      },
    ],
    ...{ spec: 'e2e/residency/credentials.e2e.spec.ts', project: 'e2e' },
  },
  {
    number: 37,
    what: 'requests are logged with their address',
    file: 'libs/platform/http/src/request-hooks.ts',
    edits: [
      {
        from: `    log.info('http.request', {`,
        to: `    process.stdout.write(\`\${request.url}\\n\`);
    log.info('http.request', {`,
      },
    ],
    ...{ spec: 'e2e/residency/wrong-cell.e2e.spec.ts', project: 'e2e' },
  },
  {
    number: 38,
    what: 'a refusal is logged with the address that it was for',
    file: 'libs/platform/http/src/problem-filter.ts',
    edits: [
      {
        from: '  const problem = toProblem(error, request.id);',
        to: `  const problem = toProblem(error, request.id);
  process.stdout.write(\`\${problem.status} \${request.url}\\n\`);`,
      },
    ],
    ...{ spec: 'e2e/residency/forced-errors.e2e.spec.ts', project: 'e2e' },
  },
  {
    number: 39,
    what: 'nobody asks of which cell a token is',
    file: 'libs/platform/http/src/home-cell.ts',
    edits: [
      {
        from: 'if (question.token !== undefined) await this.judgeToken(question.token);',
        to: '',
      },
    ],
    ...{ spec: 'e2e/residency/forced-errors.e2e.spec.ts', project: 'e2e' },
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
