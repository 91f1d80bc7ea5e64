import { z } from 'zod';
import { KmsError } from '../errors.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { findByIdOnly, keyReference, onKey, withoutKey } from './operation.ts';

const aliasName = z.string().regex(/^alias\/[a-zA-Z0-9/_-]{1,250}$/);
const target = z.object({ AliasName: aliasName, TargetKeyId: keyReference });
const findTarget = (ring: KeyRing, input: z.output<typeof target>) =>
  findByIdOnly(ring, { KeyId: input.TargetKeyId });

export const createAlias = onKey({
  name: 'CreateAlias',
  input: target,
  find: findTarget,
  act: async ({ ring, key, input }) => {
    if (input.AliasName.startsWith('alias/aws/')) {
      throw new KmsError('InvalidAliasNameException', 'The prefix alias/aws/ is reserved');
    }
    if (ring.alias(input.AliasName) !== undefined) {
      throw new KmsError('AlreadyExistsException', `${input.AliasName} already exists`);
    }
    await ring.putAlias(input.AliasName, key.id);
    return {};
  },
});

export const updateAlias = onKey({
  name: 'UpdateAlias',
  input: target,
  find: findTarget,
  act: async ({ ring, key, input }) => {
    assertExists(ring, input.AliasName);
    await ring.putAlias(input.AliasName, key.id);
    return {};
  },
});

export const deleteAlias = withoutKey({
  name: 'DeleteAlias',
  input: z.object({ AliasName: aliasName }),
  act: async ({ ring, input }) => {
    assertExists(ring, input.AliasName);
    await ring.deleteAlias(input.AliasName);
    return {};
  },
});

export const listAliases = withoutKey({
  name: 'ListAliases',
  input: z.object({ KeyId: keyReference.optional() }),
  act: ({ ring, input }) => {
    const only = input.KeyId === undefined ? undefined : findByIdOnly(ring, { KeyId: input.KeyId });
    return {
      Aliases: ring
        .aliases()
        .filter((alias) => only === undefined || alias.keyId === only.id)
        .map((alias) => ({
          AliasName: alias.name,
          AliasArn: ring.aliasArn(alias.name),
          TargetKeyId: alias.keyId,
          CreationDate: alias.createdAt / 1000,
        })),
      Truncated: false,
    };
  },
});

function assertExists(ring: KeyRing, name: string): void {
  if (ring.alias(name) !== undefined) return;
  throw new KmsError('NotFoundException', `Alias ${ring.aliasArn(name)} is not found.`);
}
