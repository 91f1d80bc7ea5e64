import { z } from 'zod';
import { KmsError } from '../errors.ts';
import { findByIdOnly, keyReference, onKey } from './operation.ts';

const tagsPerKeyMax = 50;
const tagKey = z.string().min(1).max(128);

export const tagList = z
  .array(z.object({ TagKey: tagKey, TagValue: z.string().max(256) }))
  .max(tagsPerKeyMax);

/** By key; throws what AWS answers to keys that are its own, or given twice. */
export function tagsIn(list: z.output<typeof tagList>): Record<string, string> {
  const tags = Object.fromEntries(list.map((tag) => [tag.TagKey, tag.TagValue]));
  const names = Object.keys(tags);
  if (names.some((name) => name.startsWith('aws:'))) {
    throw new KmsError('TagException', "Tag keys cannot start with 'aws:'");
  }
  if (names.length < list.length) throw new KmsError('TagException', 'A tag key is given twice');
  return tags;
}

export const tagResource = onKey({
  name: 'TagResource',
  input: z.object({ KeyId: keyReference, Tags: tagList }),
  find: findByIdOnly,
  act: async ({ ring, key, input }) => {
    const tags = { ...key.tags, ...tagsIn(input.Tags) };
    if (Object.keys(tags).length > tagsPerKeyMax) {
      throw new KmsError('LimitExceededException', `A key has at most ${tagsPerKeyMax} tags`);
    }
    await ring.change(key.id, { tags });
    return {};
  },
});

export const untagResource = onKey({
  name: 'UntagResource',
  input: z.object({ KeyId: keyReference, TagKeys: z.array(tagKey) }),
  find: findByIdOnly,
  act: async ({ ring, key, input }) => {
    const kept = Object.entries(key.tags).filter(([name]) => !input.TagKeys.includes(name));
    await ring.change(key.id, { tags: Object.fromEntries(kept) });
    return {};
  },
});

export const listResourceTags = onKey({
  name: 'ListResourceTags',
  input: z.object({ KeyId: keyReference }),
  find: findByIdOnly,
  act: ({ key }) => ({
    Tags: Object.entries(key.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    Truncated: false,
  }),
});
