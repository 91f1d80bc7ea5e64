const keptEvents = 30;

interface Line {
  readonly step: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly detail: unknown;
}

/** The last events of a run; they become text only when something went wrong. */
export class Trace {
  /** How many events there were. */
  step = 0;
  private readonly lines: Line[] = [];

  note(at: number, who: string, what: string, detail?: unknown): void {
    this.lines[this.step % keptEvents] = { step: this.step, at, who, what, detail };
    this.step += 1;
  }

  last(): string[] {
    return this.lines
      .toSorted((left, right) => left.step - right.step)
      .map(({ step, at, who, what, detail }) => {
        const rest = detail === undefined ? '' : ` ${JSON.stringify(detail)}`;
        return `${step} at ${at} ms ${who}: ${what}${rest}`;
      });
  }
}
