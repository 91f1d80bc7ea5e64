// The process that everything of a stack hangs on. It is started by `entrepot start`, in a session of
// its own so that Ctrl-C at the terminal reaches the command alone, which then asks for an orderly end.
import { NativeStack, requireDescription, sentenceFor, StackPaths } from '@entrepot/stack';

import { loadStartSteps, stagesOf } from './start-steps.ts';
import type { SupervisorMessage, SupervisorOrder } from './supervisor-messages.ts';

const paths = new StackPaths();
const order = JSON.parse(process.argv[2] ?? '') as SupervisorOrder;
let stack: NativeStack | undefined;
let ending: Promise<never> | undefined;

function tell(message: SupervisorMessage): void {
  // Nobody listens once the command has let go.
  if (process.connected) process.send?.(message);
}

async function endProcess(code: number): Promise<never> {
  await stack?.stop();
  process.exit(code);
}

function endOnce(code: number): Promise<never> {
  ending ??= endProcess(code);
  return ending;
}

async function main(): Promise<void> {
  stack = await NativeStack.prepare(paths, order, (text) => tell({ kind: 'line', text }));
  const later = stagesOf(await loadStartSteps(), () => requireDescription(paths.description));
  const stages = [...stack.stages, ...later];
  tell({
    kind: 'plan',
    plan: stages.map(({ title, steps }) => ({ title, steps: steps.map((step) => step.title) })),
  });
  const description = await stack.start(stages, (stage, step, event) =>
    tell({ kind: 'step', stage, step, event }),
  );
  tell({ kind: 'ready', description });
  if (order.isDetached) process.off('disconnect', onDisconnect);
}

/** The command that started us is gone: before it let go, or without having been meant to. */
function onDisconnect(): void {
  void endOnce(0);
}

process.once('disconnect', onDisconnect);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void endOnce(0));
}
try {
  await main();
} catch (error) {
  if (ending === undefined) {
    tell({ kind: 'failed', sentence: sentenceFor(error) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  }
}
