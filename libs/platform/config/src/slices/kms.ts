import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { urlText } from '../schemas.ts';

/** Endpoint and credentials; the AWS region is no setting but comes from the region profile. */
export const kmsSlice = configSlice({
  title: 'KMS',
  variables: {
    ENTREPOT_KMS_ENDPOINT: variable({
      schema: urlText('http', 'https'),
      description: 'KMS endpoint; https in production',
      example: 'http://127.0.0.1:8100',
    }),
    ENTREPOT_KMS_ACCESS_KEY_ID: variable({
      schema: z.string().min(1),
      description: 'Access key id of this kind of process',
      secret: true,
    }),
    ENTREPOT_KMS_SECRET_ACCESS_KEY: variable({
      schema: z.string().min(1),
      description: 'Secret access key of this kind of process',
      secret: true,
    }),
  },
  build: (values) => ({
    endpoint: values.ENTREPOT_KMS_ENDPOINT,
    accessKeyId: values.ENTREPOT_KMS_ACCESS_KEY_ID,
    secretAccessKey: values.ENTREPOT_KMS_SECRET_ACCESS_KEY,
  }),
});
export type KmsConfig = ReturnType<typeof kmsSlice.build>;
