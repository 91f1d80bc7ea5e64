import { configSlice, variable } from '@entrepot/platform-config';
import { z } from 'zod';

const secretCharactersMin = 32;
const portText = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number);

/** Settings of the sandbox. It starts in no production profile. */
export const mailSandboxSlice = configSlice({
  title: 'Mail sandbox',
  variables: {
    ENTREPOT_PROFILE: variable({
      schema: z.enum(['development', 'test'], {
        error: 'must be development or test: the sandbox delivers no mail',
      }),
      description: 'development or test',
      example: 'development',
    }),
    ENTREPOT_MAIL_SANDBOX_HOST: variable({
      schema: z.string().min(1).default('127.0.0.1'),
      description: 'Address to listen on; anything but loopback only inside a private network',
      example: '127.0.0.1',
    }),
    ENTREPOT_MAIL_SANDBOX_SMTP_PORT: variable({
      schema: portText,
      description: 'Port that takes mail; 0 lets the operating system choose',
      example: '8125',
    }),
    ENTREPOT_MAIL_SANDBOX_HTTP_PORT: variable({
      schema: portText,
      description: 'Port of erasure requests, tests and drills; 0 lets the operating system choose',
      example: '8126',
    }),
    ENTREPOT_MAIL_SANDBOX_FOLDER: variable({
      schema: z.string().min(1),
      description: 'Folder of the letters, created with mode 0700',
      example: '.entrepot/data/in-1/mail',
    }),
    ENTREPOT_MAIL_SANDBOX_USER: variable({
      schema: z.string().min(1),
      description: 'The sender: its login and its name in answers, a cell id in our stacks',
      example: 'in-1',
    }),
    ENTREPOT_MAIL_SANDBOX_PASSWORD: variable({
      schema: z.string().min(secretCharactersMin),
      description: 'Password of the sender; also signs its erasure requests',
      secret: true,
    }),
    ENTREPOT_MAIL_SANDBOX_ADMIN_SECRET: variable({
      schema: z.string().min(secretCharactersMin),
      description: 'Bearer secret of /sandbox/v1',
      secret: true,
    }),
    ENTREPOT_MAIL_SANDBOX_KEY_FILE: variable({
      schema: z.string().min(1),
      description: 'Private key (PEM) that signs answers to erasure requests, mode 0600',
      example: '.entrepot/secrets/in-1/mail/answer-key.pem',
    }),
    ENTREPOT_MAIL_SANDBOX_CERTIFICATE_FILE: variable({
      schema: z.string().min(1),
      description: 'Its certificate (PEM)',
      example: '.entrepot/secrets/in-1/mail/answer-certificate.pem',
    }),
  },
  build: (values) => ({
    host: values.ENTREPOT_MAIL_SANDBOX_HOST,
    smtpPort: values.ENTREPOT_MAIL_SANDBOX_SMTP_PORT,
    httpPort: values.ENTREPOT_MAIL_SANDBOX_HTTP_PORT,
    folder: values.ENTREPOT_MAIL_SANDBOX_FOLDER,
    user: values.ENTREPOT_MAIL_SANDBOX_USER,
    password: values.ENTREPOT_MAIL_SANDBOX_PASSWORD,
    adminSecret: values.ENTREPOT_MAIL_SANDBOX_ADMIN_SECRET,
    keyFile: values.ENTREPOT_MAIL_SANDBOX_KEY_FILE,
    certificateFile: values.ENTREPOT_MAIL_SANDBOX_CERTIFICATE_FILE,
  }),
});
export type MailSandboxConfig = ReturnType<typeof mailSandboxSlice.build>;
