import type {
  BorderPreload,
  CellClocks,
  KeyDriver,
  StackDescription,
  StepEvent,
} from '@entrepot/stack';

/** How a start looks before it begins: titles only. */
export type StartPlan = readonly { readonly title: string; readonly steps: readonly string[] }[];

/** What the supervisor tells the command that started it. */
export type SupervisorMessage =
  | { readonly kind: 'plan'; readonly plan: StartPlan }
  | {
      readonly kind: 'step';
      readonly stage: number;
      readonly step: number;
      readonly event: StepEvent;
    }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'ready'; readonly description: StackDescription }
  | { readonly kind: 'failed'; readonly sentence: string };

/** What the supervisor is told, as JSON in its only argument. */
export interface SupervisorOrder {
  readonly cells?: readonly string[];
  readonly apiProcesses: number;
  readonly isFresh: boolean;
  readonly keyDriver?: KeyDriver;
  /** Goes on when the command that started it has ended. */
  readonly isDetached: boolean;
  readonly borderPreload?: BorderPreload;
  readonly clocks?: CellClocks;
}
