import { configSlice, variable } from '../config-slice.ts';
import { filePathText, keyBytesText } from '../schemas.ts';

/** Signs the access tokens of this cell. */
export const tokenKeySlice = configSlice({
  title: 'Access tokens',
  variables: {
    ENTREPOT_TOKEN_SIGNING_KEY_FILE: variable({
      schema: filePathText,
      description: 'File with the ES256 private JWK that signs access tokens, mode 0600',
      example: '.entrepot/in-1/token-key.json',
    }),
  },
  build: (values) => ({ file: values.ENTREPOT_TOKEN_SIGNING_KEY_FILE }),
});
export type TokenKeyConfig = ReturnType<typeof tokenKeySlice.build>;

/** Opens the packets of people who move to this cell. */
export const relocationSlice = configSlice({
  title: 'Relocation',
  variables: {
    ENTREPOT_SEALING_KEY_FILE: variable({
      schema: filePathText.optional(),
      description:
        'File with the sealing key, its private half encrypted by the KMS, mode 0600; without it nobody can move to this cell',
    }),
  },
  build: (values) => ({ sealingKeyFile: values.ENTREPOT_SEALING_KEY_FILE }),
});
export type RelocationConfig = ReturnType<typeof relocationSlice.build>;

/** Keys the fingerprints of requests, so that a stored fingerprint tells nothing about its request. */
export const fingerprintSlice = configSlice({
  title: 'Idempotency',
  variables: {
    ENTREPOT_FINGERPRINT_KEY: variable({
      schema: keyBytesText,
      description:
        'Key of request fingerprints: 32 random bytes in base64, the same in the whole cell',
      secret: true,
    }),
  },
  build: (values) => ({ key: () => values.ENTREPOT_FINGERPRINT_KEY }),
});
export type FingerprintConfig = ReturnType<typeof fingerprintSlice.build>;
