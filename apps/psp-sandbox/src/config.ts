import { configSlice, variable } from '@entrepot/platform-config';
import { z } from 'zod';

const adminSecretCharactersMin = 32;

/** Settings of the sandbox. It starts in no production profile. */
export const sandboxSlice = configSlice({
  title: 'Payment provider sandbox',
  variables: {
    ENTREPOT_PROFILE: variable({
      schema: z.enum(['development', 'test'], {
        error: 'must be development or test: the sandbox moves no money',
      }),
      description: 'development or test',
      example: 'development',
    }),
    ENTREPOT_PSP_SANDBOX_HOST: variable({
      schema: z.string().min(1).default('127.0.0.1'),
      description: 'Address to listen on; anything but loopback only inside a private network',
      example: '127.0.0.1',
    }),
    ENTREPOT_PSP_SANDBOX_PORT: variable({
      schema: z
        .string()
        .regex(/^\d{1,5}$/, 'must be a port number')
        .transform(Number),
      description: 'Port to listen on; 0 lets the operating system choose',
      example: '8110',
    }),
    ENTREPOT_PSP_SANDBOX_BOOKS_FILE: variable({
      schema: z.string().min(1),
      description: 'File that holds the provider books, created with mode 0600',
      example: '.entrepot/psp/books.jsonl',
    }),
    ENTREPOT_PSP_SANDBOX_ACCOUNTS_FILE: variable({
      schema: z.string().min(1),
      description: 'JSON file with the merchant accounts, their secrets and webhooks, mode 0600',
      example: '.entrepot/psp/accounts.json',
    }),
    ENTREPOT_PSP_SANDBOX_ADMIN_SECRET: variable({
      schema: z.string().min(adminSecretCharactersMin),
      description: 'Bearer secret of /sandbox/v1',
      secret: true,
    }),
    ENTREPOT_PSP_SANDBOX_KEY_FILE: variable({
      schema: z.string().min(1).optional(),
      description:
        'Private key (PEM) that signs answers to erasure requests; without it none are taken',
      example: '.entrepot/secrets/psp/answer-key.pem',
    }),
    ENTREPOT_PSP_SANDBOX_CERTIFICATE_FILE: variable({
      schema: z.string().min(1).optional(),
      description: 'Its certificate (PEM)',
      example: '.entrepot/secrets/psp/answer-certificate.pem',
    }),
    ENTREPOT_PSP_SANDBOX_ACTION: variable({
      schema: z.enum(['half', 'never', 'always']).default('half'),
      description:
        'Which payments the shopper must approve; half is chosen by hash of the reference',
      example: 'half',
    }),
  },
  build: (values) => ({
    host: values.ENTREPOT_PSP_SANDBOX_HOST,
    port: values.ENTREPOT_PSP_SANDBOX_PORT,
    booksFile: values.ENTREPOT_PSP_SANDBOX_BOOKS_FILE,
    accountsFile: values.ENTREPOT_PSP_SANDBOX_ACCOUNTS_FILE,
    adminSecret: values.ENTREPOT_PSP_SANDBOX_ADMIN_SECRET,
    action: values.ENTREPOT_PSP_SANDBOX_ACTION,
    keyFile: values.ENTREPOT_PSP_SANDBOX_KEY_FILE,
    certificateFile: values.ENTREPOT_PSP_SANDBOX_CERTIFICATE_FILE,
  }),
});
export type SandboxConfig = ReturnType<typeof sandboxSlice.build>;
