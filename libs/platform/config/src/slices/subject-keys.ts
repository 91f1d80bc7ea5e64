import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';

const epochDaysMax = 30;

/** How the keys of people are kept; the same in every process of a cell. */
export const subjectKeysSlice = configSlice({
  title: 'Subject keys',
  variables: {
    ENTREPOT_SUBJECT_KEYS: variable({
      schema: z
        .enum(['kms-per-user', 'kms-epoch'], { error: 'must be kms-per-user or kms-epoch' })
        .default('kms-per-user'),
      description:
        'kms-per-user (a KMS key for each person) or kms-epoch; a cell does not change it (ADR 0008)',
      example: 'kms-per-user',
    }),
    ENTREPOT_KEY_EPOCH_DAYS: variable({
      schema: z
        .string()
        .regex(/^[1-9][0-9]?$/, 'must be a whole number of days')
        .transform(Number)
        .refine((days) => days <= epochDaysMax, `must be at most ${epochDaysMax} days`)
        .default(7),
      description:
        'Age in days at which the worker opens the next epoch of wrapping and index keys',
      example: '7',
    }),
  },
  build: (values) => ({
    driver: values.ENTREPOT_SUBJECT_KEYS,
    epochDays: values.ENTREPOT_KEY_EPOCH_DAYS,
  }),
});

export type SubjectKeysConfig = ReturnType<typeof subjectKeysSlice.build>;
