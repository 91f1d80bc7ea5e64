import type { JobDefinition } from './define-job.ts';

/** Does one kind of job. Running it twice, or for work that is done, must change nothing. */
export abstract class JobHandler<Payload = Readonly<Record<string, unknown>>> {
  abstract readonly job: JobDefinition<Payload>;
  abstract handle(payload: Payload): Promise<void>;
  /** The work that is open according to the database, at most as much as one round should take on. */
  abstract rederive(): Promise<readonly Payload[]>;
}

/** Hands hints to whoever handles them; losing one only delays the work to the next sweep. */
export abstract class JobQueue {
  abstract enqueue<Payload>(
    job: JobDefinition<Payload>,
    payload: Payload,
    options?: { readonly delayMs?: number },
  ): Promise<void>;
}

/** Refuses to start with a declared job that nobody handles, or that two handlers claim. */
export function assertHandlers(
  declared: readonly { readonly name: string }[],
  handlers: readonly { readonly job: { readonly name: string } }[],
): void {
  const refuse = (name: string, reason: string): never => {
    throw new TypeError(`Job ${name}: ${reason}`);
  };
  const names = new Set<string>();
  for (const { name } of declared) {
    if (names.has(name)) refuse(name, 'it is declared twice');
    names.add(name);
  }
  const handled = new Set<string>();
  for (const { job } of handlers) {
    if (!names.has(job.name)) refuse(job.name, 'it is handled but not declared');
    if (handled.has(job.name)) refuse(job.name, 'it has two handlers');
    handled.add(job.name);
  }
  for (const name of names) if (!handled.has(name)) refuse(name, 'it has no handler');
}
