import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import type { KafkaProgram } from './kafka-download.ts';

const heap = ['-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export type ArchiveName = 'broker' | 'mirror';

export interface JavaRun {
  readonly mainClass: string;
  readonly heapMaxMegabytes: number;
  /** Classes kept from an earlier run of the same program halve the work of starting. */
  readonly archive: ArchiveName;
  readonly properties: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const archiveFile = (program: KafkaProgram, name: ArchiveName) =>
  join(program.folder, `${name}-${program.fingerprint}.jsa`);

export const hasArchive = (program: KafkaProgram, name: ArchiveName): boolean =>
  existsSync(archiveFile(program, name));

/** Keeps what a recording run left when it ended; until then nobody sees a half of it. */
export const keepArchive = (program: KafkaProgram, name: ArchiveName): void =>
  renameSync(`${archiveFile(program, name)}.new`, archiveFile(program, name));

/** Command and environment of a Java program; the class path goes into the environment. */
export function javaCommand(program: KafkaProgram, java: JavaRun, isRecording = false) {
  const file = archiveFile(program, java.archive);
  const kept = existsSync(file) ? [`-XX:SharedArchiveFile=${file}`] : [];
  const sharing = isRecording ? [`-XX:ArchiveClassesAtExit=${file}.new`] : kept;
  return {
    command: program.java,
    args: [
      ...heap,
      `-Xmx${java.heapMaxMegabytes}m`,
      ...sharing,
      '-Djava.awt.headless=true',
      ...Object.entries(java.properties).map(([name, value]) => `-D${name}=${value}`),
      java.mainClass,
      ...java.args,
    ],
    env: { PATH: process.env.PATH ?? '', CLASSPATH: program.classPath, LANG: 'C.UTF-8' },
  };
}
