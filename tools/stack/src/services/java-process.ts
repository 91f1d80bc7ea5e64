import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { KafkaProgram } from './kafka-download.ts';

const heap = ['-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export interface JavaRun {
  readonly mainClass: string;
  readonly heapMaxMegabytes: number;
  /** Classes kept from an earlier run halve the work of starting: `broker` or `mirror`. */
  readonly archive?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const archiveFile = (program: KafkaProgram, name: string) =>
  join(program.folder, `${name}-${program.fingerprint}.jsa`);

export const hasArchive = (program: KafkaProgram, name: string): boolean =>
  existsSync(archiveFile(program, name));

/** Command and environment of a Java program; the class path goes into the environment. */
export function javaCommand(program: KafkaProgram, java: JavaRun, isRecording = false) {
  const file = java.archive === undefined ? undefined : archiveFile(program, java.archive);
  const sharing =
    file === undefined
      ? []
      : isRecording
        ? [`-XX:ArchiveClassesAtExit=${file}.new`]
        : existsSync(file)
          ? [`-XX:SharedArchiveFile=${file}`]
          : [];
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
    archiveFile: file,
  };
}
