/** A process that a launcher started and can end; `exited` settles when it is gone, for whatever reason. */
export interface RunningService {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
  }>;
  stop(): Promise<void>;
}
