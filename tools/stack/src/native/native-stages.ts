import { availableParallelism } from 'node:os';

import { findRedis } from '../services/redis-program.ts';
import type { Stage, Step } from '../stage.ts';
import { followersOf, leaderOf } from '../topology.ts';
import type { CellTopology } from '../topology.ts';
import { catalogLinksStep, databaseSteps } from './cell-databases.ts';
import { migrationSteps, subscriptionStep } from './cell-databases.ts';
import { fetchKafkaStep, kafkaStep } from './cell-kafka.ts';
import type { KafkaHolder } from './cell-kafka.ts';
import { cellKeysStep } from './cell-keys.ts';
import { kmsStep } from './cell-kms.ts';
import { mailStep } from './cell-mail.ts';
import { mirrorStep } from './cell-mirror.ts';
import { apiSteps, borderSteps, eraserStep, workerStep } from './cell-processes.ts';
import { redisStep } from './cell-redis.ts';
import { writeCellsFiles } from './cells-file.ts';
import { pspStep } from './psp-sandbox.ts';
import type { StackContext } from './stack-context.ts';

function programSteps(context: StackContext, holder: KafkaHolder): readonly Step[] {
  return [
    {
      title: 'Redis',
      run: async () => {
        await findRedis(context.paths.redisPrograms);
      },
    },
    fetchKafkaStep(context, holder),
  ];
}

/** Everything the native stack does to come up, in order. */
export function nativeStages(context: StackContext): readonly Stage[] {
  const holder: KafkaHolder = { program: undefined };
  const { topology } = context;
  const leader = leaderOf(topology);
  const inEach = (steps: (cell: CellTopology) => readonly Step[]): readonly Step[] =>
    topology.flatMap(steps);
  return [
    { title: 'Prepare', steps: programSteps(context, holder) },
    {
      title: 'Start the stores',
      steps: [
        ...inEach((cell) => [
          kafkaStep(context, holder, cell.id),
          ...databaseSteps(context, cell),
          redisStep(context, cell.id),
          kmsStep(context, cell),
          mailStep(context, cell.id),
        ]),
        catalogLinksStep(context, leader),
        pspStep(context),
      ],
    },
    {
      title: 'Bring the databases up to date',
      steps: inEach((cell) => [cellKeysStep(context, cell), ...migrationSteps(context, cell)]),
    },
    {
      // what is sealed to a cell is sealed to a key that its own KMS keeps
      title: 'Make the cells known to each other',
      steps: [{ title: 'Identities and addresses', run: () => writeCellsFiles(context) }],
    },
    {
      // A cell needs no other to start, so joining them takes no time of its own.
      title: 'Start the cells and join them',
      // each start keeps a core busy, and a process that gets none misses its own deadlines
      stepsAtOnceMax: 3 * availableParallelism(),
      steps: [
        ...inEach((cell) => [mirrorStep(context, holder, cell.id)]),
        ...followersOf(topology).map((cell) => subscriptionStep(context, leader, cell)),
        ...inEach((cell) => [
          ...borderSteps(context, cell),
          workerStep(context, cell),
          eraserStep(context, cell),
          ...apiSteps(context, cell),
        ]),
      ],
    },
  ];
}
