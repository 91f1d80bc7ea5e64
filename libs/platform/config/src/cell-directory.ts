import { readFileSync } from 'node:fs';
import { isCellId, isCountryCode, isCurrencyCode, isRegionCode, regionOf } from '@entrepot/kernel';
import type { CellId, CountryCode, RegionCode, WarehouseId } from '@entrepot/kernel';
import { z } from 'zod';

const cellId = z.string().refine(isCellId, 'must be a cell id such as in-1');
const countryCode = z.string().refine(isCountryCode, 'must be an ISO 3166-1 alpha-2 code');
const origin = (...schemes: readonly string[]) =>
  z.string().refine((text) => isOrigin(text, schemes), 'must be an origin without a path');
const pem = (label: string) =>
  z
    .string()
    .refine((text) => text.includes(`-----BEGIN ${label}-----`), `must be a ${label} in PEM`);

const warehouse = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,15}$/)
    .transform((id) => id as WarehouseId),
  name: z.string().min(1),
  country: countryCode,
});
const publicKey = z.looseObject({
  kid: z.string().min(1),
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().min(1),
  y: z.string().min(1),
  d: z.never({ error: 'a private key must not be in the cells file' }).optional(),
});
const cell = z.strictObject({
  id: cellId,
  region: z.string().refine(isRegionCode, 'must be a region code such as in'),
  currency: z.string().refine(isCurrencyCode, 'must be an ISO 4217 code'),
  countries: z.array(countryCode).min(1),
  warehouses: z.array(warehouse),
  catalogLeader: z.boolean(),
  origin: origin('http', 'https'),
  apiOrigins: z.array(origin('http', 'https')).min(1),
  cellOrigin: origin('https'),
  kafkaClusterId: z.string().min(1),
  envelopeKeys: z
    .array(z.strictObject({ kid: z.string().min(1), publicKeyPem: pem('PUBLIC KEY') }))
    .min(1),
  tokenKeys: z.array(publicKey).min(1),
  /** To which the packets of people who move here are sealed: the first; a cell with none takes nobody in. */
  sealingKeys: z.array(publicKey).default([]),
  cellCertificatePem: pem('CERTIFICATE'),
});
const cellsFile = z.strictObject({ cells: z.array(cell).min(1) }).superRefine(refuseContradictions);

export type CellEntry = z.output<typeof cell>;
export type TokenKey = CellEntry['tokenKeys'][number];
export type SealingKey = CellEntry['sealingKeys'][number];

/** The cells file cannot be used; the message says where and why. */
export class CellDirectoryError extends Error {
  override readonly name = 'CellDirectoryError';
}

/** Every cell with what the others need to know about it: origins, countries, pinned public keys. */
export class CellDirectory {
  readonly cells: readonly CellEntry[];
  private readonly byId: ReadonlyMap<CellId, CellEntry>;
  private readonly byCountry: ReadonlyMap<CountryCode, CellEntry>;

  private constructor(cells: readonly CellEntry[]) {
    this.cells = cells;
    this.byId = new Map(cells.map((entry) => [entry.id, entry]));
    this.byCountry = new Map(
      cells.flatMap((entry) => entry.countries.map((country) => [country, entry] as const)),
    );
  }

  /** Reads the parsed JSON of a cells file; throws `CellDirectoryError` with every problem. */
  static parse(content: unknown): CellDirectory {
    const parsed = cellsFile.safeParse(content);
    if (parsed.success) return new CellDirectory(parsed.data.cells);
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('/')}: ${issue.message}`,
    );
    throw new CellDirectoryError(['The cells file is not usable:', ...problems].join('\n'));
  }

  /** Reads a cells file from disk. */
  static fromFile(path: string): CellDirectory {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(path, 'utf8'));
    } catch (cause) {
      throw new CellDirectoryError('The cells file cannot be read or is not JSON', { cause });
    }
    return CellDirectory.parse(content);
  }

  find(id: CellId): CellEntry | undefined {
    return this.byId.get(id);
  }

  get(id: CellId): CellEntry {
    const found = this.byId.get(id);
    if (found === undefined) throw new CellDirectoryError(`The cells file has no cell ${id}`);
    return found;
  }

  /** The home of everyone who resides in a country; undefined where nobody is served. */
  cellFor(country: CountryCode): CellEntry | undefined {
    return this.byCountry.get(country);
  }

  regionOf(id: CellId): RegionCode {
    return this.get(id).region;
  }

  peersOf(id: CellId): readonly CellEntry[] {
    return this.cells.filter((entry) => entry.id !== id);
  }

  cellsOfRegion(region: RegionCode): readonly CellEntry[] {
    return this.cells.filter((entry) => entry.region === region);
  }

  get catalogLeader(): CellEntry {
    const leader = this.cells.find((entry) => entry.catalogLeader);
    if (leader === undefined)
      throw new CellDirectoryError('The cells file names no catalog leader');
    return leader;
  }

  /** The public key a cell signs its global events with; a key speaks only for its own cell. */
  envelopeKey(id: CellId, kid: string): string | undefined {
    return this.find(id)?.envelopeKeys.find((key) => key.kid === kid)?.publicKeyPem;
  }

  /** The public JWK a cell signs its access tokens with. */
  tokenKey(id: CellId, kid: string): TokenKey | undefined {
    return this.find(id)?.tokenKeys.find((key) => key.kid === kid);
  }
}

function isOrigin(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol.slice(0, -1)) && url.origin === text;
}

function refuseContradictions(
  file: { readonly cells: readonly CellEntry[] },
  context: z.RefinementCtx,
): void {
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', message, path: ['cells'] });
  const { cells } = file;
  for (const entry of cells) {
    if (regionOf(entry.id) !== entry.region) refuse(`${entry.id} is not a cell of ${entry.region}`);
  }
  for (const [region, entries] of Map.groupBy(cells, (entry) => entry.region)) {
    const currencies = new Set(entries.map(({ currency }) => currency));
    if (currencies.size > 1) refuse(`the cells of ${region} have one currency`);
  }
  if (cells.filter((entry) => entry.catalogLeader).length !== 1) {
    refuse('exactly one cell leads the catalog');
  }
  const unique: readonly (readonly [string, readonly string[]])[] = [
    ['cell', cells.map((entry) => entry.id)],
    ['country', cells.flatMap((entry) => entry.countries)],
    ['warehouse', cells.flatMap((entry) => entry.warehouses.map(({ id }) => id))],
    ['origin', cells.map((entry) => entry.origin)],
    ['Kafka cluster', cells.map((entry) => entry.kafkaClusterId)],
    ['certificate', cells.map((entry) => entry.cellCertificatePem)],
  ];
  for (const [what, values] of unique) {
    for (const repeated of new Set(values.filter((value, at) => values.indexOf(value) !== at))) {
      refuse(`a ${what} belongs to exactly one cell${repeated.length < 40 ? `: ${repeated}` : ''}`);
    }
  }
}
