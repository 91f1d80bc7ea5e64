import type { SessionId } from '@entrepot/kernel';

/** When the holder of a session last gave a password; a refreshed session keeps the instant. */
export abstract class SignIns {
  /** Undefined for a session that ended. */
  abstract signedInAt(session: SessionId): Promise<Date | undefined>;
}
