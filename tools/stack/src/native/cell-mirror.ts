import { kafkaPrincipals } from '../services/kafka-access.ts';
import { mirrorReaderOf, startMirrorMaker } from '../services/mirror-maker.ts';
import type { BrokerLogin, MirrorSource } from '../services/mirror-maker.ts';
import type { Step } from '../stage.ts';
import { peersOf } from '../topology.ts';
import { kafkaBrokersOf, kafkaPasswordOf } from './cell-kafka.ts';
import type { KafkaHolder } from './cell-kafka.ts';
import { ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

function localLogin(context: StackContext, cell: string, username: string): BrokerLogin {
  return {
    brokers: [kafkaBrokersOf(context, cell)],
    username,
    password: kafkaPasswordOf(context, cell, username),
  };
}

/** The peer's broker as this cell's mirror sees it: its border listener, behind the link. */
function sourceOf(context: StackContext, peer: string, target: string): MirrorSource {
  const username = mirrorReaderOf(target);
  return {
    cell: peer,
    reader: {
      brokers: [
        `127.0.0.1:${context.ports.crossing({ kind: 'kafka-border', into: peer, from: target })}`,
      ],
      username,
      password: kafkaPasswordOf(context, peer, username),
    },
    canaryWriter: localLogin(context, peer, kafkaPrincipals.admin),
  };
}

/** The one process that carries the peers' crossing topics into a cell. */
export function mirrorStep(context: StackContext, holder: KafkaHolder, cell: string): Step {
  const name = `${cell} mirror-maker`;
  const peers = peersOf(context.topology, cell);
  return {
    title: `${cell} MirrorMaker`,
    run: async () => {
      const { program } = holder;
      if (program === undefined) throw new TypeError('Kafka must be fetched before it is mirrored');
      await context.supervisor.start({
        name,
        rank: ranks.mirror,
        start: () =>
          startMirrorMaker({
            name,
            program,
            target: {
              cell,
              writer: localLogin(context, cell, kafkaPrincipals.mirrorWriter),
              canaryReader: localLogin(context, cell, kafkaPrincipals.admin),
            },
            sources: peers.map((peer) => sourceOf(context, peer, cell)),
            dataFolder: context.paths.dataOf(cell, 'mirror-maker'),
            logFile: context.paths.logOf(cell, 'mirror-maker'),
          }),
      });
    },
  };
}
