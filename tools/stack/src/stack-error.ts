/** A set-up or start that cannot go on; the message is one sentence for the person at the terminal. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** The sentence to print for whatever was thrown: a full disk is named wherever it struck. */
export function sentenceFor(error: unknown): string {
  if (error instanceof StackError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const isFull = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
  if (isFull || /ENOSPC|No space left on device/i.test(text)) {
    return 'The disk is full: free at least 2 GB and start again.';
  }
  return text;
}
