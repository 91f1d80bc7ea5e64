import { configSlice, variable } from '@entrepot/platform-config';
import { z } from 'zod';

const adminSecretCharactersMin = 32;

/** Settings of the emulator. It starts in no production profile. */
export const emulatorSlice = configSlice({
  title: 'KMS emulator',
  variables: {
    ENTREPOT_PROFILE: variable({
      schema: z.enum(['development', 'test'], {
        error: 'must be development or test: the emulator protects nothing',
      }),
      description: 'development or test',
      example: 'development',
    }),
    ENTREPOT_KMS_EMULATOR_HOST: variable({
      schema: z.string().min(1).default('127.0.0.1'),
      description: 'Address to listen on; anything but loopback only inside a private network',
      example: '127.0.0.1',
    }),
    ENTREPOT_KMS_EMULATOR_PORT: variable({
      schema: z
        .string()
        .regex(/^\d{1,5}$/, 'must be a port number')
        .transform(Number),
      description: 'Port to listen on; 0 lets the operating system choose',
      example: '8100',
    }),
    ENTREPOT_KMS_EMULATOR_AWS_REGION: variable({
      schema: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'must be an AWS region such as ap-south-1'),
      description: 'AWS region that requests must be signed for and key ARNs carry',
      example: 'ap-south-1',
    }),
    ENTREPOT_KMS_EMULATOR_STORE_FILE: variable({
      schema: z.string().min(1),
      description: 'File that holds the keys, created with mode 0600',
      example: '.entrepot/in-1/kms-keys.jsonl',
    }),
    ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE: variable({
      schema: z.string().min(1),
      description: 'JSON file with the principals, their secrets and policies, mode 0600',
      example: '.entrepot/in-1/kms-principals.json',
    }),
    ENTREPOT_KMS_EMULATOR_ADMIN_SECRET: variable({
      schema: z.string().min(adminSecretCharactersMin),
      description: 'Bearer secret of the clock, the faults and the audit under /emulator',
      secret: true,
    }),
    ENTREPOT_KMS_EMULATOR_AUDIT_FILE: variable({
      schema: z.string().min(1).optional(),
      description: 'File that calls and destroyed keys are written to, mode 0600; without it none',
      example: '.entrepot/in-1/kms-audit.jsonl',
    }),
    ENTREPOT_KMS_EMULATOR_AUDIT_DAYS: variable({
      schema: z
        .string()
        .regex(/^[1-9]\d{0,3}$/, 'must be a number of days between 1 and 9999')
        .default('90')
        .transform(Number),
      description:
        "Days after which a record leaves the audit; 90 is what CloudTrail's history keeps",
      example: '90',
    }),
    ENTREPOT_KMS_EMULATOR_RATES: variable({
      schema: z.enum(['off', 'aws']).default('off'),
      description: "aws: calls beyond AWS's default request rates are throttled; off: none is",
      example: 'off',
    }),
  },
  build: (values) => ({
    host: values.ENTREPOT_KMS_EMULATOR_HOST,
    port: values.ENTREPOT_KMS_EMULATOR_PORT,
    awsRegion: values.ENTREPOT_KMS_EMULATOR_AWS_REGION,
    storeFile: values.ENTREPOT_KMS_EMULATOR_STORE_FILE,
    principalsFile: values.ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE,
    adminSecret: values.ENTREPOT_KMS_EMULATOR_ADMIN_SECRET,
    auditFile: values.ENTREPOT_KMS_EMULATOR_AUDIT_FILE,
    auditDays: values.ENTREPOT_KMS_EMULATOR_AUDIT_DAYS,
    rates: values.ENTREPOT_KMS_EMULATOR_RATES,
  }),
});
export type EmulatorConfig = ReturnType<typeof emulatorSlice.build>;
