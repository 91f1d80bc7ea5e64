import { describe, expect, it } from '@jest/globals';

import type { Catalogue, CatalogueColumn } from '@entrepot/stack';

import { classify } from './classify.ts';
import { readAnnotations } from './prisma-annotations.ts';

const text: CatalogueColumn = { type: 'text', notNull: true };

function catalogueOf(
  columns: Catalogue['columns'],
  constraints: Catalogue['constraints'] = {},
): Catalogue {
  return {
    columns,
    constraints,
    views: {},
    indexes: {},
    triggers: {},
    functions: {},
    publications: {},
    extensions: [],
    grants: [],
    foreignOwners: [],
    roles: {},
  };
}

const schema = `
/// A shopper's address.
/// @subject(subjectId)
model Address {
  /// @link
  subjectId String @map("subject_id")
  street    String /// @personal(contact, delivery, account life)
  /// Says which country's rules apply.
  /// @kept(country of residence)
  country   String

  account Account @relation(fields: [subjectId], references: [id])

  @@map("address")
  @@schema("identity")
}

/// @public
model Kind {
  code String @id
  xid  Unsupported("xid8")

  @@map("kind")
  @@schema("identity")
}
`;

const address = { subject_id: text, street: text, country: text };
const encrypted = { 'identity.address.street_check': `CHECK ((street ~~ 'v1|%'::text))` };
const kind = { code: text, xid: { type: 'xid8', notNull: true } };
const known = { 'identity.kind.code_check': `CHECK ((code = ANY (ARRAY['a'::text, 'b'::text])))` };

const classified = (columns: Catalogue['columns'], constraints = { ...encrypted, ...known }) =>
  classify('shop', catalogueOf(columns, constraints), readAnnotations(schema));

describe('the classification of a database', () => {
  it('gives every annotated column its class, wherever the comment stands', () => {
    const { tables, problems } = classified({ 'identity.address': address, 'identity.kind': kind });
    expect(problems).toEqual([]);
    expect(tables[0]?.subject).toBe('subject_id');
    expect(tables[0]?.columns.map((column) => column.class)).toEqual([
      { kind: 'link' },
      {
        kind: 'personal',
        category: 'contact',
        purpose: 'delivery',
        retention: 'account life',
      },
      { kind: 'kept', reason: 'country of residence' },
    ]);
    expect(tables[1]?.columns[0]?.values).toEqual(['a', 'b']);
  });

  it.each([
    ['x1', text],
    ['meta', { type: 'jsonb', notNull: false }],
    ['n', { type: 'integer', notNull: true }],
  ] as const)('finds the undeclared column %s of a subject table', (name, column) => {
    const { problems } = classified({ 'identity.address': { ...address, [name]: column } });
    expect(problems).toEqual([
      `identity.address.${name} has no class: write @personal(…), @kept(reason) or @link`,
    ]);
  });

  it.each([
    ['x1', text],
    ['meta', { type: 'jsonb', notNull: false }],
    ['picture', { type: 'bytea', notNull: false }],
  ] as const)('finds unbounded words in the public column %s of shop', (name, column) => {
    const { problems } = classified({ 'identity.kind': { ...kind, [name]: column } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`identity.kind.${name} is ${column.type} without a bound`);
  });

  it('does not take a limit of length for a bound', () => {
    const constraints = {
      ...encrypted,
      'identity.kind.length': 'CHECK ((length(code) < 100))',
    };
    const { problems } = classified({ 'identity.kind': kind }, constraints as never);
    expect(problems).toHaveLength(1);
  });

  it('finds a table that no schema file declares', () => {
    const { problems } = classified({ 'identity.planted': { id: text } });
    expect(problems).toEqual(['identity.planted is not declared in prisma/shop/schema']);
  });

  it('T6 finds a personal column that the database does not hold to ciphertext', () => {
    const { problems } = classified({ 'identity.address': address }, known as never);
    expect(problems).toEqual([
      `identity.address.street: a personal column needs CHECK (street LIKE 'v1|%')`,
    ]);
  });

  it('finds a table with no class of its own and a subject that is no column', () => {
    const none = classify(
      'shop',
      catalogueOf({ 'a.b': { id: { type: 'integer', notNull: true } } }),
      readAnnotations('model B {\n  id Int @id\n\n  @@map("b")\n  @@schema("a")\n}\n'),
    );
    expect(none.problems).toEqual(['a.b must be either @public or @subject(<column>)']);
    const wrong = classified({ 'identity.address': { street: text, country: text } });
    expect(wrong.problems).toContain(
      'identity.address: @subject names subject_id, which is no column of it',
    );
  });
});
