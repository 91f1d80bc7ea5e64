export interface ServerEvent {
  /** `message` where the event does not say. */
  readonly event: string;
  readonly data: string;
}

/**
 * Takes server-sent events out of a text that comes in pieces, cut anywhere (HTML Living Standard §9.2.6).
 * Comments and ids say nothing here.
 */
export class EventStreamReader {
  /** How long to wait before connecting again, in milliseconds, as the server last said. */
  retryMs: number | undefined;
  private rest = '';
  private event = '';
  private data: string[] = [];

  /** The events that are complete with this piece. */
  take(piece: string): ServerEvent[] {
    this.rest += piece;
    const events: ServerEvent[] = [];
    for (;;) {
      // a CR at the end may be half of a line break
      const found = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (found === null) return events;
      const line = this.rest.slice(0, found.index);
      this.rest = this.rest.slice(found.index + found[0].length);
      if (line === '') events.push(...this.finish());
      else this.takeLine(line);
    }
  }

  private takeLine(line: string): void {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'event') this.event = value;
    if (name === 'data') this.data.push(value);
    if (name === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
  }

  private finish(): ServerEvent[] {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    if (data.length === 0) return [];
    return [{ event: event === '' ? 'message' : event, data: data.join('\n') }];
  }
}
