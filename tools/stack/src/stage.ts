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
  for (const [stageIndex, stage] of stages.entries()) {
    const outcomes = await Promise.allSettled(
      stage.steps.map((step, stepIndex) =>
        runStep(step, (event) => listen(stageIndex, stepIndex, event)),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  }
}
