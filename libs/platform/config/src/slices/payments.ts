import { configSlice, variable } from '../config-slice.ts';
import { secretText, urlText } from '../schemas.ts';

/** The payment provider of the region; which one it is, the region profile says. */
export const paymentsSlice = configSlice({
  title: 'Payment provider',
  variables: {
    ENTREPOT_PSP_BASE_URL: variable({
      schema: urlText('http', 'https'),
      description: 'Base URL of the payment provider',
      example: 'http://127.0.0.1:8110',
    }),
    ENTREPOT_PSP_SECRET_KEY: variable({
      schema: secretText,
      description: 'Secret key at the payment provider',
      secret: true,
    }),
    ENTREPOT_PSP_WEBHOOK_SECRET: variable({
      schema: secretText,
      description: 'Secret that signs the webhooks of the payment provider',
      secret: true,
    }),
  },
  build: (values) => ({
    baseUrl: values.ENTREPOT_PSP_BASE_URL,
    secretKey: values.ENTREPOT_PSP_SECRET_KEY,
    webhookSecret: values.ENTREPOT_PSP_WEBHOOK_SECRET,
  }),
});
export type PaymentsConfig = ReturnType<typeof paymentsSlice.build>;
