import { z } from 'zod';
import { KmsError } from '../errors.ts';
import { metadataOf } from '../keys/key-record.ts';
import type { KeyOrigin } from '../keys/key-record.ts';
import { keySpecs } from '../keys/key-spec.ts';
import type { KeySpec } from '../keys/key-spec.ts';
import {
  byGrantOf,
  findByIdOnly,
  findByReference,
  keyReference,
  onKey,
  withoutKey,
} from './operation.ts';
import { pageInput, pageOf } from './paging.ts';
import { tagList, tagsIn } from './tags.ts';

const secondsPerDay = 86_400;
const byKeyId = z.object({ KeyId: keyReference });

export const createKey = withoutKey({
  name: 'CreateKey',
  input: z.object({
    Description: z.string().max(8192).default(''),
    KeySpec: z.string().default('SYMMETRIC_DEFAULT'),
    KeyUsage: z.string().optional(),
    MultiRegion: z.boolean().default(false),
    Origin: z.string().default('AWS_KMS'),
    Tags: tagList.default([]),
  }),
  act: async ({ ring, resources, input }) => {
    // A key with a copy in another region could be neither kept in its jurisdiction nor erased.
    if (input.MultiRegion) throw unsupported('Multi-Region keys are refused here');
    const { KeySpec: spec, Origin: origin } = input;
    if (!isKeySpec(spec)) throw unsupported(`KeySpec ${spec} is not emulated`);
    if (!isOrigin(origin)) throw unsupported(`Origin ${origin} is not emulated`);
    if (origin === 'EXTERNAL' && keySpecs[spec].importedBytes === undefined) {
      throw unsupported(`Importing a key of KeySpec ${spec} is not emulated`);
    }
    const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
    if (usage !== keySpecs[spec].usage) {
      throw new KmsError(
        'ValidationException',
        `KeyUsage ${usage} is not compatible with KeySpec ${spec}`,
      );
    }
    const tags = tagsIn(input.Tags);
    const key = await ring.create({ spec, origin, description: input.Description, tags });
    resources.add(key.arn);
    return { KeyMetadata: metadataOf(key) };
  },
});

export const describeKey = onKey({
  name: 'DescribeKey',
  input: byKeyId,
  find: findByReference,
  byGrant: byGrantOf('DescribeKey'),
  act: ({ key }) => ({ KeyMetadata: metadataOf(key) }),
});

export const listKeys = withoutKey({
  name: 'ListKeys',
  input: z.object(pageInput(1000, 100)),
  act: ({ ring, input }) => {
    const { page, more } = pageOf(ring.keys(), input);
    return { Keys: page.map((key) => ({ KeyId: key.id, KeyArn: key.arn })), ...more };
  },
});

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

/** As at AWS, a rescued key comes back disabled; one without bytes comes back waiting for them. */
export const cancelKeyDeletion = onKey({
  name: 'CancelKeyDeletion',
  input: byKeyId,
  find: findByIdOnly,
  act: async ({ ring, key }) => {
    const state = key.material === undefined ? 'PendingImport' : 'Disabled';
    await ring.change(key.id, { state, deletionAt: undefined });
    return { KeyId: key.arn };
  },
});

const isKeySpec = (text: string): text is KeySpec => Object.hasOwn(keySpecs, text);
const isOrigin = (text: string): text is KeyOrigin => text === 'AWS_KMS' || text === 'EXTERNAL';
const unsupported = (message: string) => new KmsError('UnsupportedOperationException', message);
