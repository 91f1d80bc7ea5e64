import type { LoggerService } from '@nestjs/common';
import type { Log } from '@entrepot/platform-telemetry';

/** Nest's own log lines: warnings and errors with the part that spoke, never their free text. */
export class FrameworkLog implements LoggerService {
  private readonly lines: Log;

  constructor(lines: Log) {
    this.lines = lines;
  }

  log(): void {
    // Route tables and module lists of every start: nothing an operator acts on.
  }

  warn(_message: unknown, ...rest: unknown[]): void {
    this.lines.warn('framework.warning', { component: contextOf(rest) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    const component = contextOf(rest);
    if (message instanceof Error) this.lines.failure('framework.error', message, { component });
    else this.lines.error('framework.error', { component });
  }
}

/** Nest passes the name of the speaker last. */
function contextOf(rest: readonly unknown[]): string {
  const last = rest.at(-1);
  return typeof last === 'string' && /^[A-Za-z]{1,60}$/.test(last) ? last : 'nest';
}
