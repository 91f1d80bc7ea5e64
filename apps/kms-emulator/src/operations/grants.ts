import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { accessDenied } from '../authorization.ts';
import { KmsError } from '../errors.ts';
import { grantOperations } from '../grants/grant-record.ts';
import type { GrantRecord } from '../grants/grant-record.ts';
import { grantableOperations, identityOf, isNoWider } from '../grants/grant-rules.ts';
import { newGrantToken, readGrantToken } from '../grants/grant-token.ts';
import { emulatorAccountId } from '../keys/key-record.ts';
import type { KeyRecord } from '../keys/key-record.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { keySpecs } from '../keys/key-spec.ts';
import { arnOf, isAllowed } from '../principals.ts';
import type { Principal } from '../principals.ts';
import type { Answer } from './operation.ts';
import { byGrantOf, findByIdOnly, keyReference, onKey, withoutKey } from './operation.ts';
import { pageInput, pageOf } from './paging.ts';
import type { PageInput } from './paging.ts';

const grantsPerKeyMax = 50_000;
const constraintPairsMax = 8;
const constraintCharactersMax = 384;
const principalArn = z.string().min(1).max(256);
const grantId = z.string().min(1).max(128);
const constraintContext = z
  .record(z.string().min(1), z.string())
  .refine((pairs) => Object.keys(pairs).length <= constraintPairsMax, {
    message: `must have at most ${constraintPairsMax} pairs`,
  })
  .refine((pairs) => Object.entries(pairs).flat().join('').length <= constraintCharactersMax, {
    message: `must have at most ${constraintCharactersMax} characters`,
  });

const grantInput = z.object({
  KeyId: keyReference,
  GranteePrincipal: principalArn,
  RetiringPrincipal: principalArn.optional(),
  Operations: z.array(z.enum(grantOperations)).min(1),
  Constraints: z
    .strictObject({
      EncryptionContextEquals: constraintContext.optional(),
      EncryptionContextSubset: constraintContext.optional(),
    })
    .default({}),
  Name: z
    .string()
    .regex(/^[a-zA-Z0-9:/_-]{1,256}$/)
    .optional(),
});

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
export const createGrant = onKey({
  name: 'CreateGrant',
  input: grantInput,
  find: findByIdOnly,
  byGrant: byGrantOf('CreateGrant'),
  act: async ({ ring, principal, key, input }) => {
    const asked = grantAsked(key, input);
    assertMayPass(ring, principal, asked);
    const given = ring.grantsOf(key.id);
    const same =
      asked.name === undefined
        ? undefined
        : given.find((grant) => identityOf(grant) === identityOf(asked));
    if (same !== undefined) return answerOf(same);
    if (given.length >= grantsPerKeyMax) {
      throw new KmsError('LimitExceededException', `A key has at most ${grantsPerKeyMax} grants`);
    }
    const id = randomBytes(32).toString('hex');
    const grant = { ...asked, id, createdAt: ring.clock.now() };
    await ring.putGrant(grant);
    return answerOf(grant);
  },
});

export const listGrants = onKey({
  name: 'ListGrants',
  input: z.object({
    KeyId: keyReference,
    GrantId: grantId.optional(),
    GranteePrincipal: principalArn.optional(),
    ...pageInput(100, 50),
  }),
  find: findByIdOnly,
  act: ({ ring, key, input }) => {
    const { GrantId: id, GranteePrincipal: grantee } = input;
    const grants = ring
      .grantsOf(key.id)
      .filter((grant) => id === undefined || grant.id === id)
      .filter((grant) => grantee === undefined || grant.grantee === grantee);
    return listOf(ring, grants, input);
  },
});

export const listRetirableGrants = withoutKey({
  name: 'ListRetirableGrants',
  input: z.object({ RetiringPrincipal: principalArn, ...pageInput(100, 50) }),
  act: ({ ring, input }) => {
    const grants = ring.grants().filter((grant) => grant.retiring === input.RetiringPrincipal);
    return listOf(ring, grants, input);
  },
});

const retireInput = z.union([
  z.object({ GrantToken: z.string().min(1).max(8192) }),
  z.object({ KeyId: keyReference, GrantId: grantId }),
]);

/**
 * The grant names who may retire it: its retiring principal, and its grantee if it says so. Whose
 * policy has RetireGrant stands for the account.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
 */
export const retireGrant = onKey({
  name: 'RetireGrant',
  input: retireInput,
  find: (ring, input) => ring.find(grantNamed(ring, input).keyId),
  byGrant: ({ ring, principal, input }) => {
    const grant = grantNamed(ring, input);
    const arn = arnOf(principal);
    const mayGrantee = grant.grantee === arn && grant.operations.includes('RetireGrant');
    return mayGrantee || grant.retiring === arn;
  },
  act: async ({ ring, input }) => {
    await ring.deleteGrant(grantNamed(ring, input));
    return {};
  },
});

export const revokeGrant = onKey({
  name: 'RevokeGrant',
  input: z.object({ KeyId: keyReference, GrantId: grantId }),
  find: findByIdOnly,
  act: async ({ ring, key, input }) => {
    await ring.deleteGrant(existing(ring, key.id, input.GrantId));
    return {};
  },
});

type AskedGrant = Omit<GrantRecord, 'id' | 'createdAt'>;

function grantAsked(key: KeyRecord, input: z.output<typeof grantInput>): AskedGrant {
  const { usage } = keySpecs[key.spec];
  for (const arn of [input.GranteePrincipal, input.RetiringPrincipal]) {
    if (arn !== undefined) assertPrincipalArn(arn);
  }
  if (!input.Operations.every((name) => grantableOperations[usage].includes(name))) {
    throw new KmsError('ValidationException', `A ${usage} key cannot grant all these operations`);
  }
  const isConstrained = Object.values(input.Constraints).some((context) => context !== undefined);
  if (isConstrained && usage !== 'ENCRYPT_DECRYPT') {
    throw new KmsError('ValidationException', `A ${usage} key has no encryption context`);
  }
  return {
    keyId: key.id,
    name: input.Name,
    grantee: input.GranteePrincipal,
    retiring: input.RetiringPrincipal,
    operations: [...new Set(input.Operations)],
    constraints: input.Constraints,
  };
}

function assertPrincipalArn(arn: string): void {
  if (/^arn:aws:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/[\w+=,.@/-]+)$/.test(arn)) return;
  throw new KmsError('InvalidArnException', 'The ARN is not one of a principal');
}

/** Who may create grants only by a grant passes on no more than that one gives. */
function assertMayPass(ring: KeyRing, principal: Principal, asked: AskedGrant): void {
  if (isAllowed(principal, 'CreateGrant')) return;
  const mayPass = ring
    .grantsOf(asked.keyId)
    .filter((grant) => grant.grantee === arnOf(principal))
    .some((grant) => grant.operations.includes('CreateGrant') && isNoWider(asked, grant));
  if (!mayPass) throw accessDenied(principal, 'CreateGrant');
}

const answerOf = ({ keyId, id }: GrantRecord): Answer => ({
  GrantId: id,
  GrantToken: newGrantToken(keyId, id),
});

function listOf(ring: KeyRing, grants: readonly GrantRecord[], input: PageInput): Answer {
  const { page, more } = pageOf(grants, input);
  const entries = page.map((grant) => ({
    KeyId: ring.find(grant.keyId).arn,
    GrantId: grant.id,
    Name: grant.name,
    CreationDate: grant.createdAt / 1000,
    GranteePrincipal: grant.grantee,
    RetiringPrincipal: grant.retiring,
    IssuingAccount: `arn:aws:iam::${emulatorAccountId}:root`,
    Operations: grant.operations,
    ...(Object.keys(grant.constraints).length > 0 ? { Constraints: grant.constraints } : {}),
  }));
  return { Grants: entries, ...more };
}

function grantNamed(ring: KeyRing, input: z.output<typeof retireInput>): GrantRecord {
  if ('GrantToken' in input) {
    const named = readGrantToken(input.GrantToken);
    return existing(ring, named.keyId, named.grantId);
  }
  return existing(ring, findByIdOnly(ring, input).id, input.GrantId);
}

function existing(ring: KeyRing, keyId: string, id: string): GrantRecord {
  const grant = ring.grant(keyId, id);
  if (grant === undefined) throw new KmsError('NotFoundException', `Grant ${id} is not found.`);
  return grant;
}
