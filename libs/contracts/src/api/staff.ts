import { z } from 'zod';

export const staffRole = z.enum([
  'merchandiser',
  'warehouse',
  'support',
  'privacy-officer',
  'tax-officer',
  'operator',
]);
export type StaffRole = z.infer<typeof staffRole>;

/** GET /admin/v1/me */
export const staffView = z.strictObject({
  id: z.string(),
  email: z.string(),
  fullName: z.string(),
  roles: z.array(staffRole),
});
export type StaffView = z.infer<typeof staffView>;

const base64url = (bytesMax: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'base64url')
    .max(Math.ceil((bytesMax * 4) / 3));
const credentialId = base64url(1_023);
/** What a browser adds of itself: none of it is used. */
const browserExtras = {
  clientExtensionResults: z.strictObject({ credProps: z.unknown().optional() }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
};

/** What `navigator.credentials.create` answers, as `toJSON` writes it. */
export const passkeyCredential = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url(4_096),
    attestationObject: base64url(8_192),
    authenticatorData: base64url(4_096).optional(),
    transports: z.array(z.string().max(32)).max(8).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: base64url(1_024).optional(),
  }),
  ...browserExtras,
});

/** What `navigator.credentials.get` answers, as `toJSON` writes it. */
export const passkeyAssertion = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url(4_096),
    authenticatorData: base64url(4_096),
    signature: base64url(512),
    userHandle: base64url(64).nullish(),
  }),
  ...browserExtras,
});
export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;

/** POST /admin/v1/passkeys: a further passkey with the signature of one that the person has. */
export const createPasskeyBody = z.strictObject({
  credential: passkeyCredential,
  vouching: passkeyAssertion.optional(),
});
/** POST /admin/v1/passkeys/vouching/options: what was just made and is to be vouched for. */
export const vouchingOptionsBody = z.strictObject({ credential: passkeyCredential });

export const passkeyView = z.strictObject({ credentialId: z.string() });
export type PasskeyView = z.infer<typeof passkeyView>;

const credentialReference = z.strictObject({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()).optional(),
});

/** For `PublicKeyCredential.parseCreationOptionsFromJSON`. */
export const passkeyCreationOptions = z.strictObject({
  rp: z.strictObject({ id: z.string().optional(), name: z.string() }),
  user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int().optional(),
  excludeCredentials: z.array(credentialReference).optional(),
  authenticatorSelection: z.record(z.string(), z.unknown()).optional(),
  attestation: z.string().optional(),
  hints: z.array(z.string()).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});
export type PasskeyCreationOptions = z.infer<typeof passkeyCreationOptions>;

/** For `PublicKeyCredential.parseRequestOptionsFromJSON`. */
export const passkeyAssertionOptions = z.strictObject({
  challenge: z.string(),
  timeout: z.int().optional(),
  rpId: z.string().optional(),
  allowCredentials: z.array(credentialReference).optional(),
  userVerification: z.string().optional(),
  hints: z.array(z.string()).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});
export type PasskeyAssertionOptions = z.infer<typeof passkeyAssertionOptions>;

export const staffParams = z.strictObject({ staffId: z.string().max(64) });
export const roleGrantParams = z.strictObject({ grantId: z.string().max(64) });

/** POST /admin/v1/staff/{staffId}/role-grants */
export const proposeRoleBody = z.strictObject({ grants: staffRole });
/** POST /admin/v1/role-grants/{grantId}/confirmation */
export const confirmRoleBody = z.strictObject({ assertion: passkeyAssertion });

export const roleGrantView = z.strictObject({
  id: z.string(),
  staffId: z.string(),
  grants: staffRole,
  proposedBy: z.string(),
  isConfirmed: z.boolean(),
});
export type RoleGrantView = z.infer<typeof roleGrantView>;
