import { CellDirectory } from '@entrepot/platform-config';
import type { CellEntry, ProcessConfig } from '@entrepot/platform-config';
import { Egress } from '@entrepot/platform-egress';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { egressListOf, egressProblems } from './egress.ts';
import { isKmsEmulator, productionProblems, readDemoSecrets } from './production.ts';
import { memoryProblems, readMemoryFacts } from './process-memory.ts';
import type { RegionProfile } from './region-profile.ts';
import { wiringProblems, WrongWiringError } from './wiring.ts';
import type { Surroundings } from './wiring.ts';

export type ProcessKind = 'api' | 'worker' | 'border' | 'eraser';

/** What every process of a cell has, whatever its kind. */
export interface ProcessContext {
  readonly kind: ProcessKind;
  readonly config: ProcessConfig;
  readonly region: RegionProfile;
  readonly directory: CellDirectory;
  readonly cell: CellEntry;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The one way out of the process, for everything that is no store of the cell. */
  readonly egress: Egress;
}

/** Reads the cells file and makes the log and metrics of this process. */
export function openContext(
  kind: ProcessKind,
  region: RegionProfile,
  config: ProcessConfig,
): ProcessContext {
  const directory = CellDirectory.fromFile(config.cellsFile);
  const found = { cell: config.cell, profile: config.profile, region, directory, databases: [] };
  refuseWrongWiring(found);
  const bound = { cell: config.cell, process: kind };
  const log = new Log({ level: config.logLevel, bound });
  const metrics = new Metrics(bound);
  metrics.collectProcessMetrics();
  const egress = new Egress(
    egressListOf({ cell: config.cell, region, directory, profile: config.profile }),
  );
  const cell = directory.get(config.cell);
  return { kind, config, region, directory, cell, log, metrics, egress };
}

/** Throws one sentence for everything that does not belong together. */
export function refuseWrongWiring(found: Surroundings): void {
  const problems = wiringProblems(found);
  if (problems.length > 0) throw new WrongWiringError(problems);
}

/** What a process was given that production must not be: files and secrets by name. */
export interface Given {
  readonly files: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly kmsEndpoint?: string;
  readonly erasureEvidence?: 'required' | 'noted';
}

/** In profile production, throws for everything that was made for a demo, and for memory that others could read. */
export async function refuseDemo({ config, egress }: ProcessContext, given: Given): Promise<void> {
  if (config.profile !== 'production') return;
  const { kmsEndpoint: endpoint, erasureEvidence } = given;
  const asked = endpoint === undefined ? {} : { ENTREPOT_KMS_ENDPOINT: endpoint };
  const unlisted = egressProblems(egress.list, asked);
  const isProbed = endpoint !== undefined && unlisted.length === 0;
  const problems = [
    ...unlisted,
    ...memoryProblems(readMemoryFacts()),
    ...productionProblems({
      files: [config.cellsFile, ...given.files],
      secrets: given.secrets,
      demoSecrets: readDemoSecrets(process.cwd()),
      isKmsEmulated: isProbed && (await isKmsEmulator(endpoint)),
      ...(erasureEvidence !== undefined && { erasureEvidence }),
    }),
  ];
  if (problems.length > 0) throw new WrongWiringError(problems);
}

/** How a process names itself to its databases and brokers: `in-1 api`. */
export const clientName = ({ config, kind }: ProcessContext): string => `${config.cell} ${kind}`;

/** Runs a process's start; what goes wrong is said in one block on standard error, then it exits. */
export async function runProcess(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const text =
      error instanceof Error && isForOperators(error) ? error.message : bootFailure(error);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}

/** Ours, and Nest's about providers: both speak of names only. */
const isForOperators = ({ name, message }: Error): boolean =>
  expectedAtBoot.has(name) || message.startsWith("Nest can't resolve dependencies");

/** Errors of ours whose text is written for the operator and holds no value of the environment. */
const expectedAtBoot = new Set([
  'ConfigError',
  'CellDirectoryError',
  'KeyDriverMismatchError',
  'WrongWiringError',
  'QuarantineError',
  'BrokenJournalError',
]);

function bootFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'The process could not start.';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`The process could not start: ${error.name}${code}`, ...frames.slice(0, 8)].join('\n');
}
