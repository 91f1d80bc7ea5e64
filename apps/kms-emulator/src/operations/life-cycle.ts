import { z } from 'zod';
import { KmsError } from '../errors.ts';
import { metadataOf } from '../keys/key-record.ts';
import { keySpecs } from '../keys/key-spec.ts';
import type { KeySpec } from '../keys/key-spec.ts';
import { findByIdOnly, findByReference, keyReference, onKey, withoutKey } from './operation.ts';
import { tagList } from './tags.ts';

const secondsPerDay = 86_400;
const byKeyId = z.object({ KeyId: keyReference });

export const createKey = withoutKey(
  z.object({
    Description: z.string().max(8192).default(''),
    KeySpec: z.string().default('SYMMETRIC_DEFAULT'),
    KeyUsage: z.string().optional(),
    MultiRegion: z.boolean().default(false),
    Origin: z.string().default('AWS_KMS'),
    Tags: tagList.default([]),
  }),
  async (ring, input) => {
    // A key with a copy in another region could be neither kept in its jurisdiction nor erased.
    if (input.MultiRegion) throw unsupported('Multi-Region keys are refused here');
    if (input.Origin !== 'AWS_KMS') throw unsupported(`Origin ${input.Origin} is not emulated`);
    if (!isKeySpec(input.KeySpec)) throw unsupported(`KeySpec ${input.KeySpec} is not emulated`);
    const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
    if (usage !== keySpecs[input.KeySpec].usage) {
      throw new KmsError(
        'ValidationException',
        `KeyUsage ${usage} is not compatible with KeySpec ${input.KeySpec}`,
      );
    }
    const tags = Object.fromEntries(input.Tags.map((tag) => [tag.TagKey, tag.TagValue]));
    const key = await ring.create(input.KeySpec, input.Description, tags);
    return { KeyMetadata: metadataOf(key) };
  },
);

export const describeKey = onKey({
  name: 'DescribeKey',
  input: byKeyId,
  find: findByReference,
  act: ({ key }) => ({ KeyMetadata: metadataOf(key) }),
});

export const listKeys = withoutKey(
  z.object({
    Limit: z.int().min(1).max(1000).default(100),
    Marker: z.string().min(1).max(1024).optional(),
  }),
  (ring, input) => {
    const after = input.Marker === undefined ? '' : readMarker(input.Marker);
    const rest = ring.keys().filter((key) => key.id > after);
    const page = rest.slice(0, input.Limit);
    const last = page.at(-1);
    return {
      Keys: page.map((key) => ({ KeyId: key.id, KeyArn: key.arn })),
      Truncated: rest.length > page.length,
      ...(rest.length > page.length && last !== undefined
        ? { NextMarker: Buffer.from(last.id).toString('base64url') }
        : {}),
    };
  },
);

export const enableKey = onKey({
  name: 'EnableKey',
  input: byKeyId,
  find: findByIdOnly,
  act: async ({ ring, key }) => {
    await ring.change(key.id, { state: 'Enabled' });
    return {};
  },
});

export const disableKey = onKey({
  name: 'DisableKey',
  input: byKeyId,
  find: findByIdOnly,
  act: async ({ ring, key }) => {
    await ring.change(key.id, { state: 'Disabled' });
    return {};
  },
});

export const scheduleKeyDeletion = onKey({
  name: 'ScheduleKeyDeletion',
  input: byKeyId.extend({ PendingWindowInDays: z.int().min(7).max(30).default(30) }),
  find: findByIdOnly,
  act: async ({ ring, key, input }) => {
    const deletionAt = ring.clock.now() + input.PendingWindowInDays * secondsPerDay * 1000;
    await ring.change(key.id, { state: 'PendingDeletion', deletionAt });
    return {
      KeyId: key.arn,
      DeletionDate: deletionAt / 1000,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: input.PendingWindowInDays,
    };
  },
});

/** As at AWS, a rescued key comes back disabled. */
export const cancelKeyDeletion = onKey({
  name: 'CancelKeyDeletion',
  input: byKeyId,
  find: findByIdOnly,
  act: async ({ ring, key }) => {
    await ring.change(key.id, { state: 'Disabled', deletionAt: undefined });
    return { KeyId: key.arn };
  },
});

const isKeySpec = (text: string): text is KeySpec => Object.hasOwn(keySpecs, text);
const unsupported = (message: string) => new KmsError('UnsupportedOperationException', message);

function readMarker(marker: string): string {
  const id = Buffer.from(marker, 'base64url').toString('utf8');
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new KmsError('InvalidMarkerException', 'The marker is not one this service returned');
  }
  return id;
}
