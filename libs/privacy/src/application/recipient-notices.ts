export const noticeStates = [
  'prepared',
  'pending',
  'in_progress',
  'completed',
  'cancelled',
  'void',
] as const;
export type NoticeState = (typeof noticeStates)[number];

/** What a processor signed when it was done: kept to the byte, so that it can be verified again. */
export interface NoticeProof {
  readonly answer: Buffer;
  /** r and s of ECDSA P-256, 64 bytes. */
  readonly signature: Buffer;
  /** SHA-256 of the certificate that it is signed with, in hexadecimal. */
  readonly signerDigest: string;
}

/** What one processor is told about one request. */
export interface RecipientNotice {
  readonly requestId: string;
  readonly processor: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** The notice's name at the processor: a UUID. */
  readonly reference: string;
  readonly state: NoticeState;
  /** How many identities it names. */
  readonly identities: number;
  /** By what the processor knows the person, under the key of the request; gone once it has completed or is void. */
  readonly sealed: Buffer | undefined;
  readonly preparedAt: Date;
  readonly dueAt: Date;
  readonly tries: number;
  readonly nextTryAt: Date;
  readonly completedAt: Date | undefined;
  readonly proof: NoticeProof | undefined;
}

/** How far one processor is with one request, as staff may see it. */
export interface NoticeProgress extends Pick<
  RecipientNotice,
  | 'processor'
  | 'attempt'
  | 'state'
  | 'identities'
  | 'tries'
  | 'preparedAt'
  | 'dueAt'
  | 'completedAt'
> {
  /** SHA-256 of the signed answer and of the certificate that signed it, in hexadecimal. */
  readonly proof: { readonly answerDigest: string; readonly signerDigest: string } | undefined;
}

/** Notices to processors, in the shop database. */
export abstract class RecipientNotices {
  /** Keeps the first notice to a processor about a request. */
  abstract insert(notice: RecipientNotice): Promise<void>;
  /** By the names of processors. */
  abstract of(requestId: string): Promise<RecipientNotice[]>;
  /** Writes a notice over the one that was read; false where somebody changed it since. */
  abstract replace(from: RecipientNotice, to: RecipientNotice): Promise<boolean>;
  /** By the names of processors. */
  abstract progressOf(requestId: string): Promise<NoticeProgress[]>;
  /** Gives up what is open of a correction: its person is erased, and processors are told that instead. */
  abstract void(requestId: string): Promise<void>;
  /** How long the notice that waits longest past its day has done so, in seconds; 0 where none does. */
  abstract oldestOverdueSeconds(): Promise<number>;
}

/** The sealed address of a request's last letter. */
export abstract class RequestContacts {
  /** Keeps the first one. */
  abstract insert(requestId: string, sealed: Buffer): Promise<void>;
  abstract find(requestId: string): Promise<Buffer | undefined>;
  abstract delete(requestId: string): Promise<void>;
}
