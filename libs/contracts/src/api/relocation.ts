import { z } from 'zod';
import { postalAddress } from './address.ts';
import { accountView, createAccountBody } from './identity.ts';
import { offeredCopyView } from './privacy.ts';

/** Of a packet, in characters of ASCII: the largest account makes some 50,000. */
export const packetCharactersMax = 65_536;
const receiptCharactersMax = 2_048;
const addressesMax = 20;

const password = z.string().min(1).max(200);
const relocationId = z.string().regex(/^rel_[a-z]{2}-[0-9]{1,3}_[0-9a-z]{26}$/, 'a relocation id');

/** POST /v1/me/relocations: where the shopper is going to live. Which cell that is, is for the cell to say. */
export const beginRelocationBody = z.strictObject({
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166-1'),
  /** Needed where the sign-in is not of the last minutes. */
  password: password.optional(),
});

export const relocationParams = z.strictObject({ relocationId });

/** POST /v1/me/relocations/{relocationId}/completion */
export const completeRelocationBody = z.strictObject({
  receipt: z.string().min(1).max(receiptCharactersMax),
  password: password.optional(),
});

/** POST /v1/relocations, at the new home. The country of residence is in the header Entrepot-Residence. */
export const takeInRelocationBody = z.strictObject({
  packet: z
    .string()
    .min(1)
    .max(packetCharactersMax, `at most ${packetCharactersMax.toLocaleString('en')} characters`),
  /** Of the new account: none comes along. */
  password: createAccountBody.shape.password,
  ageDeclaration: createAccountBody.shape.ageDeclaration,
});

/** POST /v1/relocations/withdrawals, at the new home: a packet that is to make no account any more. */
export const withdrawPacketBody = takeInRelocationBody.pick({ packet: true });

const instant = z.iso.datetime();

export const relocationView = z.strictObject({
  id: relocationId,
  state: z.enum(['issued', 'completed', 'voided', 'withdrawn', 'expired']),
  /** The new home: a client goes there only if it has pinned that origin. */
  home: z.strictObject({ cell: z.string(), origin: z.string() }),
  issuedAt: instant,
  /** Until when the new home takes the packet. */
  expiresAt: instant,
  completedAt: instant.nullable(),
  /** By which the old account is being forgotten; see GET /v1/me/erasure-requests. */
  erasureRequestId: z.string().nullable(),
});
export type RelocationView = z.infer<typeof relocationView>;

/** The answer to whoever has arrived, with the copy of what stays behind that they are offered before it is forgotten. */
export const completedRelocationView = relocationView.extend({
  /** Null in a repeated answer. */
  copy: offeredCopyView.nullable(),
});
export type CompletedRelocationView = z.infer<typeof completedRelocationView>;

/** The packet is told once and kept by nobody. */
export const issuedRelocationView = relocationView.extend({ packet: z.string() });
export type IssuedRelocationView = z.infer<typeof issuedRelocationView>;

export const takenInRelocationView = z.strictObject({
  account: accountView,
  /** To be brought to the old home, which forgets the account there. */
  receipt: z.string(),
});
export type TakenInRelocationView = z.infer<typeof takenInRelocationView>;

/** The packet is spent: whoever brings it now is refused. */
export const withdrawnPacketView = z.strictObject({ id: relocationId });
export type WithdrawnPacketView = z.infer<typeof withdrawnPacketView>;

/**
 * What is sealed in a packet: the whole list. A packet with anything else in it is refused by the new home,
 * which holds it to the rules of a sign-up and of an address book.
 */
export const relocationContent = z.strictObject({
  account: createAccountBody.pick({ email: true, fullName: true, language: true }),
  residence: beginRelocationBody.shape.country,
  addresses: z.array(postalAddress).max(addressesMax),
});
