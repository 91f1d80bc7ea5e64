import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { allowedFields, eventNamePattern } from './log-fields.ts';
import type { LogFields } from './log-fields.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  readonly level: LogLevel;
  /** On every line: which cell and which process wrote it. */
  readonly bound: LogFields;
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream;
}

/**
 * Structured log lines made of an event name (`http.request`) and listed fields only. There is no
 * free text: a message is where personal data would slip in.
 */
export class Log {
  private readonly lines: Logger;

  constructor(options: LogOptions) {
    const settings = {
      level: options.level,
      base: allowedFields(options.bound).kept,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level: string) => ({ level }) },
    };
    this.lines =
      options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  }

  debug(event: string, fields: LogFields = {}): void {
    this.write('debug', event, fields);
  }

  info(event: string, fields: LogFields = {}): void {
    this.write('info', event, fields);
  }

  warn(event: string, fields: LogFields = {}): void {
    this.write('warn', event, fields);
  }

  error(event: string, fields: LogFields = {}): void {
    this.write('error', event, fields);
  }

  /** Logs an error by its class, code and source positions; its message may hold values and stays out. */
  failure(event: string, error: unknown, fields: LogFields = {}): void {
    this.write('error', event, { ...describeError(error), ...fields });
  }

  private write(level: LogLevel, event: string, fields: LogFields): void {
    const { kept, refused } = allowedFields(fields);
    this.lines[level](kept, eventNamePattern.test(event) ? event : 'log.event_refused');
    for (const component of refused) {
      this.lines.warn({ component }, 'log.field_refused');
    }
  }
}

const errorFramesMax = 5;

/** Class, code and source positions of an error and nothing else of it. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: 'NotAnError' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const positions = frames.slice(0, errorFramesMax).map((line) =>
    line
      .trim()
      .replace(/^at /, '')
      .replace(/file:\/\/\S*?\/(libs|apps|tools|node_modules)\//, '$1/'),
  );
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    errorName: error.name,
    errorFrames: positions.join(' < ').slice(0, 600),
    ...(code !== undefined && /^[A-Z0-9_]{1,60}$/.test(code) && { code }),
  };
}
