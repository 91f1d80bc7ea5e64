import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { filePathText, portText } from '../schemas.ts';

/** What only the border process may hold: the cell's signing key, its TLS identity, its port. */
export const borderSlice = configSlice({
  title: 'Border process only',
  variables: {
    ENTREPOT_BORDER_HTTP_HOST: variable({
      schema: z.string().min(1).default('127.0.0.1'),
      description: 'Address of /cell/v1 to listen on',
      example: '127.0.0.1',
    }),
    ENTREPOT_BORDER_HTTP_PORT: variable({
      schema: portText,
      description: 'Port of /cell/v1 for other cells, mutual TLS',
      example: '8443',
    }),
    ENTREPOT_ENVELOPE_KEY_FILE: variable({
      schema: filePathText,
      description: 'File with the Ed25519 private key that signs global events, mode 0600',
      example: '.entrepot/in-1/envelope-key.pem',
    }),
    ENTREPOT_CELL_TLS_KEY_FILE: variable({
      schema: filePathText,
      description: 'File with the private key of the cell certificate, mode 0600',
      example: '.entrepot/in-1/cell-tls-key.pem',
    }),
    ENTREPOT_CELL_TLS_CERTIFICATE_FILE: variable({
      schema: filePathText,
      description: 'File with the cell certificate that the cells file pins',
      example: '.entrepot/in-1/cell-tls-certificate.pem',
    }),
  },
  build: (values) => ({
    host: values.ENTREPOT_BORDER_HTTP_HOST,
    port: values.ENTREPOT_BORDER_HTTP_PORT,
    envelopeKeyFile: values.ENTREPOT_ENVELOPE_KEY_FILE,
    tlsKeyFile: values.ENTREPOT_CELL_TLS_KEY_FILE,
    tlsCertificateFile: values.ENTREPOT_CELL_TLS_CERTIFICATE_FILE,
  }),
});
export type BorderConfig = ReturnType<typeof borderSlice.build>;
