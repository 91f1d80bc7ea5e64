import { fileURLToPath } from 'node:url';

import { startNodeProcess } from '../services/node-process.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import type { Environment } from './process-environment.ts';
import {
  apiEnvironment,
  borderEnvironment,
  eraserEnvironment,
  workerEnvironment,
} from './process-environment.ts';
import { runtimeOf } from './region-runtime.ts';
import { openCrossings, openLink, ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

interface CellProcess {
  readonly service: string;
  readonly rank: number;
  readonly main: 'main.api.ts' | 'main.worker.ts' | 'main.border.ts' | 'main.eraser.ts';
  /** Asked for when the process starts: some of it is made by the steps before. */
  readonly env: () => Environment;
  readonly readyUrl: string;
  readonly preload?: readonly string[];
}

const shiftedClock = fileURLToPath(import.meta.resolve('./shifted-clock.ts'));

const entryOf = (cell: CellTopology, main: CellProcess['main']): string =>
  `${runtimeOf(cell.region).app}/src/${main}`;

function processStep(context: StackContext, cell: CellTopology, process: CellProcess): Step {
  const name = `${cell.id} ${process.service}`;
  const seconds = context.clocks?.[cell.id] ?? 0;
  const preload = [...(seconds === 0 ? [] : [shiftedClock]), ...(process.preload ?? [])];
  return {
    title: name,
    run: () =>
      context.supervisor.start({
        name,
        rank: process.rank,
        start: () =>
          startNodeProcess({
            name,
            entry: entryOf(cell, process.main),
            env: {
              ...process.env(),
              ...(seconds !== 0 && { CLOCK_AHEAD_SECONDS: String(seconds) }),
            },
            logFile: context.paths.logOf(cell.id, process.service),
            readyUrl: process.readyUrl,
            preload,
          }),
      }),
  };
}

const onMetricsPort = (context: StackContext, cell: string, process: string): string =>
  `http://127.0.0.1:${context.ports.of(cell, `${process}-metrics`)}/health/ready`;

/** The border process and the links through which the other cells reach it. */
export function borderSteps(context: StackContext, cell: CellTopology): readonly Step[] {
  const border = processStep(context, cell, {
    service: 'border',
    rank: ranks.border,
    main: 'main.border.ts',
    env: () => ({ ...borderEnvironment(context, cell.id), ...context.borderPreload?.env }),
    ...(context.borderPreload !== undefined && { preload: [context.borderPreload.module] }),
    readyUrl: onMetricsPort(context, cell.id, 'border'),
  });
  return [
    {
      ...border,
      run: async (say) => {
        await openCrossings(context, { kind: 'cell-http', into: cell.id }, () =>
          context.ports.of(cell.id, 'border'),
        );
        await border.run(say);
      },
    },
  ];
}

export const workerStep = (context: StackContext, cell: CellTopology): Step =>
  processStep(context, cell, {
    service: 'worker',
    rank: ranks.worker,
    main: 'main.worker.ts',
    env: () => workerEnvironment(context, cell),
    readyUrl: onMetricsPort(context, cell.id, 'worker'),
  });

/** The only process with credentials that end a key. */
export const eraserStep = (context: StackContext, cell: CellTopology): Step =>
  processStep(context, cell, {
    service: 'eraser',
    rank: ranks.worker,
    main: 'main.eraser.ts',
    env: () => eraserEnvironment(context, cell.id),
    readyUrl: onMetricsPort(context, cell.id, 'eraser'),
  });

/** The API processes; with more than one, the origin is a relay that takes them in turn. */
export function apiSteps(context: StackContext, cell: CellTopology): readonly Step[] {
  const ports = context.ports.apisOf(cell.id, context.apiProcesses);
  const processes = ports.map((port, index) =>
    processStep(context, cell, {
      service: `api-${index + 1}`,
      rank: ranks.api,
      main: 'main.api.ts',
      env: () => apiEnvironment(context, cell, index + 1),
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
    }),
  );
  if (ports.length === 1) return processes;
  const origin: Step = {
    title: `${cell.id} origin`,
    run: () =>
      openLink(context, {
        name: `${cell.id}.origin`,
        port: context.ports.of(cell.id, 'origin'),
        targets: ports,
      }),
  };
  return [...processes, origin];
}
