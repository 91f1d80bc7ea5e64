import { z } from 'zod';
import { postalAddress } from './address.ts';

export const passwordCharactersMin = 10;
const passwordCharactersMax = 200;

/** Lengths in characters as RFC 5321 §4.5.3.1 has them: 64 before the @, 254 in all. */
const email = z
  .email({ error: 'an e-mail address', abort: true })
  .max(254)
  .regex(/^[^@]{1,64}@/, 'at most 64 characters before the @');
/** Long enough to be worth hashing, short enough not to be a way to keep the server busy. */
const newPassword = z.string().min(passwordCharactersMin).max(passwordCharactersMax);
const givenPassword = z.string().min(1).max(passwordCharactersMax);
const fullName = z.string().trim().min(1).max(120);
const language = z.string().regex(/^[a-z]{2}$/, 'two letters, ISO 639-1');

/** Whoever registers says whether they are of age; asked for where the law of the residence wants it. */
const ageDeclaration = z.enum(['adult', 'minor']).optional();

/** POST /v1/accounts. The country of residence is in the header Entrepot-Residence. */
export const createAccountBody = z.strictObject({
  email,
  password: newPassword,
  fullName,
  language: language.default('en'),
  ageDeclaration,
});
export type CreateAccountBody = z.infer<typeof createAccountBody>;

export const accountView = z.strictObject({
  id: z.string(),
  email: z.string(),
  fullName: z.string(),
  /** ISO 3166-1 alpha-2. */
  residence: z.string(),
  language: z.string(),
  createdAt: z.iso.datetime(),
});
export type AccountView = z.infer<typeof accountView>;

/** PATCH /v1/me: what is left out stays. */
export const changeAccountBody = z
  .strictObject({ fullName: fullName.optional(), language: language.optional() })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'at least one field',
  });
export type ChangeAccountBody = z.infer<typeof changeAccountBody>;

/**
 * Where the refresh token goes: into the answer, or into a cookie that scripts cannot read. A browser
 * asks for the cookie, from the cell's own origin.
 */
const refreshTokenIn = z.enum(['body', 'cookie']).default('body');

/** POST /v1/sessions and POST /admin/v1/sessions. */
export const createSessionBody = z.strictObject({
  email,
  password: givenPassword,
  refreshTokenIn,
});
export type CreateSessionBody = z.infer<typeof createSessionBody>;

/** POST …/sessions/refresh: without a token in the body the cookie counts. */
export const refreshSessionBody = z.strictObject({
  refreshToken: z.string().min(1).max(300).optional(),
});
export type RefreshSessionBody = z.infer<typeof refreshSessionBody>;

export const sessionView = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresInSeconds: z.int(),
  /** Absent when it went into the cookie. Good once: every refresh brings the next one. */
  refreshToken: z.string().optional(),
});
export type SessionView = z.infer<typeof sessionView>;

export const addressParams = z.strictObject({ addressId: z.string().max(64) });

/** POST and PUT of /v1/me/addresses. */
export const addressBody = postalAddress;
export type AddressBody = z.infer<typeof addressBody>;

export const addressView = postalAddress.extend({ id: z.string() });
export type AddressView = z.infer<typeof addressView>;

export const addressListView = z.strictObject({ addresses: z.array(addressView) });
export type AddressListView = z.infer<typeof addressListView>;
