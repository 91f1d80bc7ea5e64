import { Listr, PRESET_TIMER } from 'listr2';
import type { ListrTask } from 'listr2';
import type { StepEvent } from '@entrepot/stack';

import type { StartPlan } from './supervisor-messages.ts';

interface Line {
  readonly ended: Promise<undefined>;
  end(): void;
  fail(reason: string): void;
  note: (text: string) => void;
}

function newLine(): Line {
  const ended = Promise.withResolvers<undefined>();
  // A failure that nobody waits for yet is shown by the list later; it is not unhandled.
  ended.promise.catch(() => undefined);
  return {
    ended: ended.promise,
    end: () => ended.resolve(undefined),
    fail: (reason) => ended.reject(new Error(reason)),
    note: () => undefined,
  };
}

const lineTask = (title: string, line: Line): ListrTask => ({
  title,
  task: async (_context, task) => {
    line.note = (text) => (task.output = text);
    await line.ended;
  },
});

/** A live list on a terminal, plain lines elsewhere; it follows what another process reports. */
export class TaskList {
  private readonly lines: readonly (readonly Line[])[];

  constructor(private readonly plan: StartPlan) {
    this.lines = plan.map(({ steps }) => steps.map(newLine));
  }

  /** Resolves when every line has ended; failures are shown, not thrown. */
  async show(): Promise<void> {
    const list = new Listr(
      this.plan.map((stage, index) => this.stageTask(stage, this.lines[index] ?? [])),
      {
        registerSignalListeners: false,
        rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
        fallbackRendererOptions: { timer: PRESET_TIMER },
      },
    );
    try {
      await list.run();
    } catch {
      // The failed line is on the terminal; the sentence that explains it is printed by the caller.
      return;
    }
  }

  /** A stage that is nothing but its one step is one line, not a title above the same title. */
  private stageTask({ title, steps }: StartPlan[number], lines: readonly Line[]): ListrTask {
    const [only] = lines;
    if (only !== undefined && steps.length === 1 && steps[0] === title)
      return lineTask(title, only);
    const tasks = lines.map((line, index) => lineTask(steps[index] ?? '', line));
    return { title, task: (_context, task) => task.newListr(tasks, { concurrent: true }) };
  }

  tell(stage: number, step: number, event: StepEvent): void {
    const line = this.lines[stage]?.[step];
    if (event.kind === 'done') line?.end();
    else if (event.kind === 'note') line?.note(event.text);
    else if (event.kind === 'failed') line?.fail(event.text);
  }

  /** Ends every open line: the start is over. */
  abandon(): void {
    for (const line of this.lines.flat()) line.fail('not started');
  }
}
