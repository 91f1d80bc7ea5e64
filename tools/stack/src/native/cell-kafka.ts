import { recordKafkaClasses } from '../services/kafka-classes.ts';
import type { RecordingPorts } from '../services/kafka-classes.ts';
import { startKafkaBroker } from '../services/kafka.ts';
import type { BrokerPeer } from '../services/kafka.ts';
import { findKafka } from '../services/kafka-download.ts';
import type { KafkaProgram } from '../services/kafka-download.ts';
import { StackError, sentenceFor } from '../stack-error.ts';
import type { Step } from '../stage.ts';
import { peersOf } from '../topology.ts';
import { withStackLock } from '../with-stack-lock.ts';
import { kafkaClusterIdOf } from './cells-file.ts';
import { openCrossings, ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

/** Kafka is fetched in one stage and used in later ones. */
export interface KafkaHolder {
  program: KafkaProgram | undefined;
}

export const kafkaPasswordOf = (context: StackContext, cell: string, principal: string): string =>
  context.secrets.password(`${cell}/kafka/${principal}`);

export const kafkaBrokersOf = (context: StackContext, cell: string): string =>
  `127.0.0.1:${context.ports.of(cell, 'kafka')}`;

const portsOf = (context: StackContext, cell: string) => ({
  local: context.ports.of(cell, 'kafka'),
  controller: context.ports.of(cell, 'kafka-controller'),
});

/** Each mirror has a listener, behind a link of its own, which is all that it is told of. */
const brokerPeersOf = (context: StackContext, cell: string): readonly BrokerPeer[] =>
  peersOf(context.topology, cell).map((peer) => ({
    cell: peer,
    port: context.ports.borderListener(cell, peer),
    advertisedPort: context.ports.crossing({ kind: 'kafka-border', into: cell, from: peer }),
  }));

function recordingPortsOf(context: StackContext): RecordingPorts {
  const [first, second] = context.topology;
  if (first === undefined || second === undefined) {
    throw new StackError('A stack has two cells at least.');
  }
  return {
    ...portsOf(context, first.id),
    border: context.ports.borderListener(first.id, second.id),
  };
}

/** Fetches Kafka and, once, keeps the classes that a broker and a mirror load; the first cell lends its ports. */
export function fetchKafkaStep(context: StackContext, holder: KafkaHolder): Step {
  return {
    title: 'Kafka',
    run: async (say) => {
      say('looking for Java and Kafka');
      holder.program = await withStackLock(context.paths.kafkaLock, async () => {
        const program = await findKafka(context.paths.kafkaPrograms);
        say('keeping the classes of a first run');
        // They only make later starts quicker, so a run that yields none is no reason to stop here.
        await recordKafkaClasses(program, recordingPortsOf(context)).catch((error: unknown) =>
          say(`starts will be slower: ${sentenceFor(error)}`),
        );
        return program;
      });
    },
  };
}

export function kafkaStep(context: StackContext, holder: KafkaHolder, cell: string): Step {
  return {
    title: `${cell} Kafka`,
    run: async () => {
      const { program } = holder;
      if (program === undefined) throw new TypeError('Kafka must be fetched before it is started');
      await openCrossings(context, { kind: 'kafka-border', into: cell }, (peer) =>
        context.ports.borderListener(cell, peer),
      );
      await context.supervisor.start({
        name: `${cell} kafka`,
        rank: ranks.store,
        start: () =>
          startKafkaBroker({
            name: `${cell} kafka`,
            program,
            clusterId: kafkaClusterIdOf(context, cell),
            ports: portsOf(context, cell),
            dataFolder: context.paths.dataOf(cell, 'kafka'),
            logFile: context.paths.logOf(cell, 'kafka'),
            peers: brokerPeersOf(context, cell),
            passwordOf: (principal) => kafkaPasswordOf(context, cell, principal),
          }),
      });
    },
  };
}
