import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { filePathText } from '../schemas.ts';

/** Where the eraser writes down what it did, outside of every database. */
export const erasureJournalSlice = configSlice({
  title: 'Journal of erasures',
  variables: {
    ENTREPOT_ERASURE_JOURNAL_DIR: variable({
      schema: filePathText,
      description: 'Folder of the journal of erasures: kept longer than any backup, never restored',
      example: '.entrepot/data/in-1/erasure-journal',
    }),
    ENTREPOT_ERASURE_WITNESS_DIR: variable({
      schema: filePathText,
      description:
        'Folder with its heads and the keys it is judged by; in production on another disk',
      example: '.entrepot/data/in-1/erasure-witness',
    }),
    ENTREPOT_EVIDENCE_KEY_ARN: variable({
      schema: z.string().startsWith('arn:', 'must be the ARN of a KMS key'),
      description: 'KMS key (ECC_NIST_P256) that signs its entries',
      example: 'arn:aws:kms:ap-south-1:000000000000:key/…',
    }),
  },
  build: (values) => ({
    folder: values.ENTREPOT_ERASURE_JOURNAL_DIR,
    witness: values.ENTREPOT_ERASURE_WITNESS_DIR,
    signingKeyArn: values.ENTREPOT_EVIDENCE_KEY_ARN,
  }),
  problems: (values) =>
    values.ENTREPOT_ERASURE_JOURNAL_DIR === values.ENTREPOT_ERASURE_WITNESS_DIR
      ? [
          {
            variable: 'ENTREPOT_ERASURE_WITNESS_DIR',
            reason: 'must be another folder than the journal',
          },
        ]
      : [],
});
export type ErasureJournalConfig = ReturnType<typeof erasureJournalSlice.build>;
