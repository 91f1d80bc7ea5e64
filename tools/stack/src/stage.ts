import { sentenceFor } from './stack-error.ts';

/** One line of the task list. */
export interface Step {
  readonly title: string;
  /** `say` replaces the small print of the line. */
  readonly run: (say: (note: string) => void) => Promise<void>;
}

/** Steps that run together; the next stage begins when all of them are done. */
export interface Stage {
  readonly title: string;
  readonly steps: readonly Step[];
  /** How many steps may run at once; all of them where it is absent. */
  readonly stepsAtOnceMax?: number;
}

export type StepEvent =
  | { readonly kind: 'started' | 'done' }
  | { readonly kind: 'note' | 'failed'; readonly text: string };

export type StepListener = (stage: number, step: number, event: StepEvent) => void;

async function runStep(step: Step, tell: (event: StepEvent) => void): Promise<void> {
  tell({ kind: 'started' });
  try {
    await step.run((text) => tell({ kind: 'note', text }));
    tell({ kind: 'done' });
  } catch (error) {
    tell({ kind: 'failed', text: sentenceFor(error).split('\n')[0] ?? '' });
    throw error;
  }
}

/**
 * Runs the stages in order. When a step fails its neighbours are waited for, so that everything that
 * came up is known and can be taken down; then the first failure is thrown.
 */
export async function runStages(stages: readonly Stage[], listen: StepListener): Promise<void> {
  for (const [stageIndex, { steps, stepsAtOnceMax = steps.length }] of stages.entries()) {
    const failures = new Map<number, unknown>();
    const waiting = steps.entries();
    const runWaiting = async (): Promise<void> => {
      for (const [stepIndex, step] of waiting) {
        if (failures.size > 0) return;
        try {
          await runStep(step, (event) => listen(stageIndex, stepIndex, event));
        } catch (error) {
          failures.set(stepIndex, error);
        }
      }
    };
    await Promise.all(Array.from({ length: stepsAtOnceMax }, runWaiting));
    const [first] = [...failures].toSorted(([a], [b]) => a - b);
    if (first !== undefined) throw first[1];
  }
}
