import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { hasArchive, keepArchive } from './java-process.ts';
import { kafkaPrincipals } from './kafka-access.ts';
import type { KafkaProgram } from './kafka-download.ts';
import { startKafkaBroker } from './kafka.ts';
import { startMirrorMaker } from './mirror-maker.ts';

const peer = 'xx-1';
const password = 'recording-only';

/** Ports on loopback that are free while the recording lasts. */
export interface RecordingPorts {
  readonly local: number;
  readonly border: number;
  readonly controller: number;
}

interface Recording {
  readonly program: KafkaProgram;
  readonly ports: RecordingPorts;
  readonly folder: string;
}

async function withBroker({ program, ports, folder }: Recording, work: () => Promise<void>) {
  const isRecording = !hasArchive(program, 'broker');
  const broker = await startKafkaBroker({
    name: 'kafka.recording',
    program,
    clusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
    ports,
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'broker.log'),
    peers: [{ cell: peer, port: ports.border, advertisedPort: ports.border }],
    passwordOf: () => password,
    isRecording,
  });
  await work().finally(() => broker.stop());
  if (isRecording) keepArchive(program, 'broker');
}

/** One broker is both ends: what it mirrors of itself arrives in the topics of its peer. */
async function recordMirror({ program, ports, folder }: Recording): Promise<void> {
  if (hasArchive(program, 'mirror')) return;
  const { admin, mirrorReader, mirrorWriter } = kafkaPrincipals;
  const login = (username: string, port: number) => ({
    brokers: [`127.0.0.1:${port}`],
    username,
    password,
  });
  const mirror = await startMirrorMaker({
    name: 'mirror-maker.recording',
    program,
    target: {
      cell: 'recording',
      writer: login(mirrorWriter, ports.local),
      canaryReader: login(admin, ports.local),
    },
    sources: [
      {
        cell: peer,
        reader: login(mirrorReader(peer), ports.border),
        canaryWriter: login(admin, ports.local),
      },
    ],
    dataFolder: join(folder, 'mirror'),
    logFile: join(folder, 'mirror.log'),
    isRecording: true,
  });
  await mirror.stop();
  keepArchive(program, 'mirror');
}

/**
 * Runs a throw-away broker and a mirror once and keeps the classes they loaded, so that every later
 * start takes half the time. Ports must be free; nothing is left of the run but the archives.
 */
export async function recordKafkaClasses(
  program: KafkaProgram,
  ports: RecordingPorts,
): Promise<void> {
  if (hasArchive(program, 'broker') && hasArchive(program, 'mirror')) return;
  const folder = mkdtempSync(join(program.folder, 'recording-'));
  const recording = { program, ports, folder };
  try {
    await withBroker(recording, () => recordMirror(recording));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
