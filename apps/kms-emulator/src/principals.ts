import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { emulatorAccountId } from './keys/key-record.ts';
import type { OperationName } from './operations/operation-names.ts';
import { operationNames } from './operations/operation-names.ts';

const use: OperationName[] = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'VerifyMac',
];

/**
 * What each kind of principal may do. Only the eraser can take a key out of use, and nobody can bring
 * one back: there is no operation left that undoes an erasure.
 */
export const policies = {
  api: [...use, 'CreateKey'],
  worker: [...use, 'CreateKey', 'GetPublicKey', 'ListKeys', 'ReEncrypt', 'Sign', 'TagResource'],
  border: [],
  eraser: ['DescribeKey', 'GetPublicKey', 'ScheduleKeyDeletion', 'Sign'],
  auditor: ['DescribeKey', 'GetPublicKey', 'ListAliases', 'ListKeys', 'ListResourceTags', 'Verify'],
  // makes backups that it cannot read
  backup: ['DescribeKey', 'Encrypt', 'GetPublicKey', 'Sign'],
  administrator: operationNames,
} as const satisfies Record<string, readonly OperationName[]>;
export type PolicyName = keyof typeof policies;

const principalsFileSchema = z.strictObject({
  principals: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
        accessKeyId: z.string().regex(/^[A-Z0-9]{16,128}$/),
        secretAccessKey: z.string().min(32),
        policy: z.enum(Object.keys(policies) as [PolicyName, ...PolicyName[]]),
      }),
    )
    .min(1),
});

/** One line of the principals file. */
export type Principal = z.infer<typeof principalsFileSchema>['principals'][number];

/** The principals of one cell, by access key. */
export type Principals = ReadonlyMap<string, Principal>;

/** Reads a principals file; refuses one that other users of the machine can read. */
export function readPrincipals(path: string): Principals {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Error(`${path} holds secrets: its mode must be 0600`);
  }
  const { principals } = principalsFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const byAccessKey = new Map(principals.map((principal) => [principal.accessKeyId, principal]));
  if (byAccessKey.size !== principals.length) throw new Error(`${path} repeats an access key`);
  return byAccessKey;
}

/** How grants and the audit name a principal. */
export const arnOf = (principal: Principal): string =>
  `arn:aws:iam::${emulatorAccountId}:user/${principal.name}`;

export function isAllowed(principal: Principal, operation: OperationName): boolean {
  return (policies[principal.policy] as readonly OperationName[]).includes(operation);
}
