import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Where a clone keeps what it made for its own demo. */
const demoFolder = '.entrepot';
const probeTimeoutMs = 1_500;
/** The emulator asks for its secret here; the real service knows no such addresses. */
const emulatorAddresses = [
  { method: 'POST', path: '/emulator/clock' },
  { method: 'POST', path: '/emulator/faults' },
  { method: 'GET', path: '/emulator/audit' },
] as const;
type EmulatorAddress = (typeof emulatorAddresses)[number];

export interface ProductionFacts {
  /** Files this process was told to read: the cells file and its keys. */
  readonly files: readonly string[];
  /** Names and values of the secrets in its environment. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Everything under the secrets of a demo on this machine. */
  readonly demoSecrets: ReadonlySet<string>;
  readonly isKmsEmulated: boolean;
  /** Of a worker: whether erasures wait for the evidence of an operator. */
  readonly erasureEvidence?: 'required' | 'noted';
}

/** One sentence for everything that was made for a demo, or is too little for people's data; a secret is named, never shown. */
export function productionProblems(facts: ProductionFacts): readonly string[] {
  const problems: string[] = [];
  if (facts.files.some((file) => file.split(sep).includes(demoFolder))) {
    problems.push(`Profile production reads no keys or cells from ${demoFolder}.`);
  }
  for (const [name, value] of Object.entries(facts.secrets)) {
    const isDemo = [...facts.demoSecrets].some((secret) => value.includes(secret));
    if (isDemo) problems.push(`${name} is a secret of the demo under ${demoFolder}.`);
  }
  if (facts.isKmsEmulated) problems.push('The KMS endpoint is the emulator.');
  if (facts.erasureEvidence === 'noted') {
    problems.push(
      'ENTREPOT_ERASURE_EVIDENCE is noted: set it to required, and run `entrepot verify-erasures` at least daily.',
    );
  }
  return problems;
}

const secretCharactersMin = 16;

/** The secrets of a demo in this folder, if there is one. */
export function readDemoSecrets(folder: string): ReadonlySet<string> {
  const secrets = join(folder, demoFolder, 'secrets');
  if (!existsSync(secrets)) return new Set();
  const files = readdirSync(secrets, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8').trim());
  return new Set(texts.filter((text) => text.length >= secretCharactersMin));
}

/** Whether the endpoint has any of the emulator's own addresses beside those of KMS. */
export async function isKmsEmulator(endpoint: string): Promise<boolean> {
  const found = await Promise.all(
    emulatorAddresses.map((address) => answersAsEmulator(endpoint, address)),
  );
  return found.includes(true);
}

async function answersAsEmulator(
  endpoint: string,
  { method, path }: EmulatorAddress,
): Promise<boolean> {
  try {
    const answer = await fetch(new URL(path, endpoint), {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    return answer.status === 401 || answer.ok;
  } catch {
    // no answer is no emulator; that KMS does not answer is the business of readiness
    return false;
  }
}
