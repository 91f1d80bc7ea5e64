import type { DataProcessor, NoticeProof, RecipientNotice } from '@entrepot/privacy';

/** What is to be done about one notice to a processor now. */
export type NoticeDuty = 'nothing' | 'wait' | 'send' | 'ask' | 'renew';

export function dutyOf({ state, nextTryAt }: RecipientNotice, at: Date): NoticeDuty {
  if (isClosed({ state })) return 'nothing';
  if (state === 'cancelled') return 'renew';
  if (nextTryAt > at) return 'wait';
  return state === 'prepared' ? 'send' : 'ask';
}

/** Nothing more comes of it. */
export const isClosed = ({ state }: Pick<RecipientNotice, 'state'>): boolean =>
  state === 'completed' || state === 'void';

/** Why an answer counts for nothing: it came when the notice was over, or is of a notice that is none (any more). */
export type AnswerRefusal = 'ERASURE_RECIPIENT_ANSWER_LATE' | 'ERASURE_RECIPIENT_ANSWER_FOREIGN';

/**
 * Whether what a processor said about a notice is out of place by what has become of the notice meanwhile. Undefined
 * where it is not: another worker was faster, and goes on.
 */
export function refusalOfAnswer(
  { reference }: Pick<RecipientNotice, 'reference'>,
  now: Pick<RecipientNotice, 'reference' | 'state'> | undefined,
): AnswerRefusal | undefined {
  if (now?.reference !== reference) return 'ERASURE_RECIPIENT_ANSWER_FOREIGN';
  return isClosed(now) ? 'ERASURE_RECIPIENT_ANSWER_LATE' : undefined;
}

const dayMs = 86_400_000;

/** What a notice is made of. */
export interface NoticeFacts {
  readonly requestId: string;
  readonly processor: DataProcessor;
  readonly reference: string;
  readonly identities: number;
  readonly sealed: Buffer;
}

/** A processor is to be told, and has its days to answer. */
export const prepared = (
  { requestId, processor, reference, identities, sealed }: NoticeFacts,
  at: Date,
): RecipientNotice => ({
  ...{ requestId, processor: processor.name, attempt: 1, reference, state: 'prepared' },
  ...{ identities, sealed, preparedAt: at },
  dueAt: new Date(at.getTime() + processor.answersWithinDays * dayMs),
  ...{ tries: 0, nextTryAt: at, completedAt: undefined, proof: undefined },
});

const doublingsMax = 10;
const pauseSecondsMax = 900;

/** The processor has taken the request; it can be asked at once. */
export const taken = (notice: RecipientNotice, at: Date): RecipientNotice => ({
  ...notice,
  ...{ state: 'pending', tries: notice.tries + 1, nextTryAt: at },
});

/** It is at work. */
export const atWork = (
  notice: RecipientNotice,
  state: 'pending' | 'in_progress',
  at: Date,
): RecipientNotice => ({ ...paused(notice, at), state });

/** It said nothing, or nothing that one could read. */
export const unanswered = (notice: RecipientNotice, at: Date): RecipientNotice =>
  paused(notice, at);

/** It knows of no such request, whatever it said before: it is told again under the same name. */
export const unknownThere = (notice: RecipientNotice, at: Date): RecipientNotice => ({
  ...paused(notice, at),
  state: 'prepared',
});

/** It gave the request up, which nobody asked for. */
export const givenUp = (notice: RecipientNotice): RecipientNotice => ({
  ...notice,
  ...{ state: 'cancelled', tries: notice.tries + 1 },
});

/** It has erased, and signed that. */
export const completed = (
  notice: RecipientNotice,
  proof: NoticeProof,
  at: Date,
): RecipientNotice => ({
  ...notice,
  ...{ state: 'completed', tries: notice.tries + 1, sealed: undefined, completedAt: at, proof },
});

/** A request that was given up begins anew under another name. */
export const renewed = (notice: RecipientNotice, reference: string, at: Date): RecipientNotice => ({
  ...notice,
  ...{ state: 'prepared', attempt: notice.attempt + 1, reference, nextTryAt: at },
  tries: notice.tries + 1,
});

/** Whether somebody has to look: its day has passed without a proof. */
export const isOverdue = ({ state, dueAt }: RecipientNotice, at: Date): boolean =>
  !isClosed({ state }) && at > dueAt;

function paused(notice: RecipientNotice, at: Date): RecipientNotice {
  const tries = notice.tries + 1;
  const seconds = Math.min(2 ** Math.min(tries, doublingsMax), pauseSecondsMax);
  return { ...notice, tries, nextTryAt: new Date(at.getTime() + seconds * 1_000) };
}
