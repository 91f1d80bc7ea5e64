import { z } from 'zod';

const textCharactersMax = 2_000;
const instant = z.iso.datetime();
/** Lines of text: no control character but the end of a line. */
const text = z
  .string()
  .trim()
  .min(1)
  .max(textCharactersMax)
  .regex(/^[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$/, 'no control characters');
const line = (charactersMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .regex(/^[^\u0000-\u001F\u007F-\u009F]*$/, 'one line');

/** POST /v1/me/grievances */
export const grievanceBody = z.strictObject({ text });
/** POST /admin/v1/grievances/{requestId}/answer */
export const grievanceAnswerBody = z.strictObject({ text });
export const grievanceParams = z.strictObject({ requestId: z.string().max(64) });

export const grievanceView = z.strictObject({
  id: z.string(),
  text: z.string(),
  filedAt: instant,
  /** The end of the last day on which the person has to be answered. */
  dueAt: instant,
  answer: z.string().nullable(),
  answeredAt: instant.nullable(),
  /** Where to go on with it, and the article that says so. */
  furtherRoute: z.string(),
  law: z.string(),
});
export type GrievanceView = z.infer<typeof grievanceView>;
export const grievanceListView = z.strictObject({ grievances: z.array(grievanceView) });
export type GrievanceListView = z.infer<typeof grievanceListView>;

/** GET and POST of /admin/v1/grievances/{requestId}: what staff see of it. */
export const grievanceCaseView = grievanceView.omit({ furtherRoute: true, law: true });
export type GrievanceCaseView = z.infer<typeof grievanceCaseView>;

/** POST /v1/me/nominees: who it is, and where they can be reached. */
export const nomineeBody = z.strictObject({ fullName: line(120), contact: line(254) });
export const nomineeParams = z.strictObject({ nomineeId: z.string().max(64) });
export const accountNomineeParams = z.strictObject({
  accountId: z.string().max(64),
  nomineeId: z.string().max(64),
});

export const nomineeView = z.strictObject({
  id: z.string(),
  fullName: z.string(),
  contact: z.string(),
  namedAt: instant,
  /** When staff heard them as the one who acts for the person; null as long as they did not. */
  heardAt: instant.nullable(),
});
export type NomineeView = z.infer<typeof nomineeView>;
export const nomineeListView = z.strictObject({ nominees: z.array(nomineeView) });
export type NomineeListView = z.infer<typeof nomineeListView>;

/** POST /admin/v1/accounts/{accountId}/nominees/{nomineeId}/hearing: where the proof lies, never the proof. */
export const nomineeHearingBody = z.strictObject({
  evidenceReference: z.string().regex(/^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$/, 'such as NOM-2027-12'),
});
