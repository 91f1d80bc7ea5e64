import { recordKafkaClasses } from '../services/kafka-classes.ts';
import { startKafkaBroker } from '../services/kafka.ts';
import type { KafkaBrokerOptions } from '../services/kafka.ts';
import { findKafka } from '../services/kafka-download.ts';
import type { KafkaProgram } from '../services/kafka-download.ts';
import { sentenceFor } from '../stack-error.ts';
import type { Step } from '../stage.ts';
import { withStackLock } from '../with-stack-lock.ts';
import { kafkaClusterIdOf } from './cells-file.ts';
import { openLink, ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

/** Kafka is fetched in one stage and used in later ones. */
export interface KafkaHolder {
  program: KafkaProgram | undefined;
}

export const kafkaPasswordOf = (context: StackContext, cell: string, principal: string): string =>
  context.secrets.password(`${cell}/kafka/${principal}`);

export const kafkaBrokersOf = (context: StackContext, cell: string): string =>
  `127.0.0.1:${context.ports.of(cell, 'kafka')}`;

function portsOf(context: StackContext, cell: string): KafkaBrokerOptions['ports'] {
  return {
    local: context.ports.of(cell, 'kafka'),
    border: context.ports.of(cell, 'kafka-border-listener'),
    controller: context.ports.of(cell, 'kafka-controller'),
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
        const [first] = context.topology;
        say('keeping the classes of a first run');
        // They only make later starts quicker, so a run that yields none is no reason to stop here.
        if (first !== undefined) {
          await recordKafkaClasses(program, portsOf(context, first.id)).catch((error: unknown) =>
            say(`starts will be slower: ${sentenceFor(error)}`),
          );
        }
        return program;
      });
    },
  };
}

export function kafkaStep(context: StackContext, holder: KafkaHolder, cell: string): Step {
  const border = context.ports.of(cell, 'kafka-border');
  const ports = portsOf(context, cell);
  return {
    title: `${cell} Kafka`,
    run: async () => {
      const { program } = holder;
      if (program === undefined) throw new TypeError('Kafka must be fetched before it is started');
      await openLink(context, {
        name: `${cell}.kafka-border`,
        port: border,
        targets: [ports.border],
      });
      await context.supervisor.start({
        name: `${cell} kafka`,
        rank: ranks.store,
        start: () =>
          startKafkaBroker({
            name: `${cell} kafka`,
            program,
            clusterId: kafkaClusterIdOf(context, cell),
            ports,
            borderAdvertisedPort: border,
            dataFolder: context.paths.dataOf(cell, 'kafka'),
            logFile: context.paths.logOf(cell, 'kafka'),
            peers: context.topology.map(({ id }) => id).filter((id) => id !== cell),
            passwordOf: (principal) => kafkaPasswordOf(context, cell, principal),
          }),
      });
    },
  };
}
