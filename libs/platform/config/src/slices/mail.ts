import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { filePathText, secretText, urlText } from '../schemas.ts';

/** The region's mail provider, as one sends through it. */
export const mailSlice = configSlice({
  title: 'Mail provider',
  variables: {
    ENTREPOT_MAIL_SMTP_URL: variable({
      schema: urlText('smtp', 'smtps'),
      description:
        'SMTP server of the mail provider; plain smtp becomes TLS before anything is said, except at a sandbox on this machine',
      example: 'smtp://127.0.0.1:8125',
    }),
    ENTREPOT_MAIL_USER: variable({
      schema: z.string().min(1),
      description: 'Login at the mail provider',
      example: 'in-1',
    }),
    ENTREPOT_MAIL_PASSWORD: variable({
      schema: secretText,
      description: 'Password at the mail provider; also signs what it is asked to erase',
      secret: true,
    }),
    ENTREPOT_MAIL_FROM: variable({
      schema: z.email(),
      description: 'Address that mail comes from',
      example: 'shop@in-1.localhost',
    }),
  },
  build: (values) => ({
    url: values.ENTREPOT_MAIL_SMTP_URL,
    user: values.ENTREPOT_MAIL_USER,
    password: values.ENTREPOT_MAIL_PASSWORD,
    from: values.ENTREPOT_MAIL_FROM,
  }),
});
export type MailConfig = ReturnType<typeof mailSlice.build>;

/** How processors are asked to erase, and what their answers are judged by. */
export const recipientsSlice = configSlice({
  title: 'Processors that are told of an erasure',
  variables: {
    ENTREPOT_MAIL_ERASURE_URL: variable({
      schema: urlText('http', 'https'),
      description: 'Base URL at which the mail provider takes erasure requests (OpenDSR)',
      example: 'http://127.0.0.1:8126',
    }),
    ENTREPOT_MAIL_CERTIFICATE_FILE: variable({
      schema: filePathText,
      description: 'Certificate (PEM) with which the mail provider signs its answers',
      example: '.entrepot/secrets/in-1/mail/answer-certificate.pem',
    }),
    ENTREPOT_PSP_ERASURE_URL: variable({
      schema: urlText('http', 'https'),
      description: 'Base URL at which the payment provider takes erasure requests (OpenDSR)',
      example: 'http://127.0.0.1:8110',
    }),
    ENTREPOT_PSP_CERTIFICATE_FILE: variable({
      schema: filePathText,
      description: 'Certificate (PEM) with which the payment provider signs its answers',
      example: '.entrepot/secrets/psp/answer-certificate.pem',
    }),
  },
  build: (values) => ({
    mail: {
      url: values.ENTREPOT_MAIL_ERASURE_URL,
      certificateFile: values.ENTREPOT_MAIL_CERTIFICATE_FILE,
    },
    payments: {
      url: values.ENTREPOT_PSP_ERASURE_URL,
      certificateFile: values.ENTREPOT_PSP_CERTIFICATE_FILE,
    },
  }),
});
export type RecipientsConfig = ReturnType<typeof recipientsSlice.build>;
