import { describe, expect, it } from '@jest/globals';
import type { CellId, CountryCode, CurrencyCode, RegionCode } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { EgressList } from '@entrepot/platform-egress';
import { storedCategories } from '@entrepot/privacy';
import type { RegionProfile } from './region-profile.ts';
import { wiringProblems } from './wiring.ts';
import type { Surroundings } from './wiring.ts';

const cell = (id: string, country: string) => ({
  id,
  region: id.slice(0, 2),
  currency: id === 'in-1' ? 'INR' : 'EUR',
  countries: [country],
  warehouses: [],
  catalogLeader: id === 'in-1',
  origin: `http://${id}.localhost:8080`,
  apiOrigins: [`http://${id}.localhost:8080`],
  cellOrigin: `https://${id}.localhost:8443`,
  kafkaClusterId: `kafka-${id}`,
  envelopeKeys: [{ kid: 'e', publicKeyPem: '-----BEGIN PUBLIC KEY-----' }],
  tokenKeys: [{ kid: 't', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  cellCertificatePem: `-----BEGIN CERTIFICATE-----${id}`,
});

const rule = {
  ...{ legalEntity: 'entity', country: 'IN' as CountryCode, law: 'Article 1', version: 1 },
  ...{ action: 'shred-now', leaves: 'nothing', inForceSince: '2020-01-01', spec: 'a spec' },
  signOff: { role: 'counsel', on: '2020-01-01' },
} as const;

const region = {
  region: 'in' as RegionCode,
  awsRegion: 'ap-south-1',
  currency: 'INR',
  standardTaxRates: new Map([['IN' as CountryCode, 1800]]),
  retentionLaw: storedCategories.map((category) => ({ ...rule, category })),
  peopleLaw: [
    { ...rule, duty: 'grievance', answerWithin: { months: 1 }, furtherRoute: 'a board' },
    { ...rule, duty: 'notice_languages', wanted: ['en'], written: ['en'] },
    { ...rule, duty: 'rights', given: ['correction'] },
  ],
  invoiceLaw: [{ country: 'IN', tiers: [{ upToMinor: undefined }], signOff: { role: 'counsel' } }],
} as unknown as RegionProfile;

const right: Surroundings = {
  cell: 'in-1' as CellId,
  profile: 'production',
  region,
  directory: CellDirectory.parse({ cells: [cell('in-1', 'IN'), cell('eu-1', 'DE')] }),
  databases: [{ database: 'shop', cell: 'in-1', region: 'in' }],
  kafkaClusterId: 'kafka-in-1',
  kms: { endpoint: 'https://kms.ap-south-1.amazonaws.com', verdict: 'right' },
  egress: new EgressList({
    hosts: [{ purpose: 'kms', host: 'kms.ap-south-1.amazonaws.com', says: 'keys' }],
    isLoopbackAllowed: false,
  }),
  endpoints: { ENTREPOT_KMS_ENDPOINT: 'https://kms.ap-south-1.amazonaws.com' },
};

describe('wiringProblems', () => {
  it('finds none where all belongs together', () => {
    expect(wiringProblems(right)).toEqual([]);
  });

  it.each<[string, Partial<Surroundings>, string]>([
    ['another region’s cell', { cell: 'eu-1' as CellId }, 'This is the app of region in'],
    ['an unknown cell', { cell: 'in-9' as CellId }, 'The cells file has no cell in-9.'],
    [
      'another cell’s database',
      { databases: [{ database: 'vault', cell: 'in-2', region: 'in' }] },
      'The vault database belongs to cell in-2',
    ],
    [
      'a database without its row',
      { databases: [{ database: 'shop', cell: undefined, region: undefined }] },
      'does not say which cell it belongs to',
    ],
    [
      'another currency',
      { region: { ...region, currency: 'EUR' as CurrencyCode } },
      'Region in counts in EUR, but the cells file has INR',
    ],
    ['another Kafka cluster', { kafkaClusterId: 'kafka-eu-1' }, 'The Kafka cluster is kafka-eu-1'],
    [
      'another region’s KMS',
      { kms: { endpoint: 'https://kms.ap-south-1.amazonaws.com', verdict: 'wrong' } },
      'refuses what is signed for ap-south-1',
    ],
    [
      'KMS without TLS in production',
      { kms: { endpoint: 'http://kms.ap-south-1.amazonaws.com', verdict: 'right' } },
      'does not use TLS',
    ],
    [
      'KMS elsewhere in production',
      { kms: { endpoint: 'https://kms.eu-central-1.amazonaws.com', verdict: 'unknown' } },
      'is not one of ap-south-1',
    ],
    [
      'a provider that the region does not list',
      { endpoints: { ENTREPOT_PSP_BASE_URL: 'https://api.elsewhere.example/v1' } },
      "ENTREPOT_PSP_BASE_URL names a host that the region's list of egress does not have.",
    ],
    [
      'a mail server that the region does not list',
      { endpoints: { ENTREPOT_MAIL_SMTP_URL: 'smtps://smtp.elsewhere.example:465' } },
      "ENTREPOT_MAIL_SMTP_URL names a host that the region's list of egress does not have.",
    ],
    [
      'another cell’s KMS behind an address',
      { endpoints: { ENTREPOT_KMS_ENDPOINT: 'https://10.0.0.1' } },
      'ENTREPOT_KMS_ENDPOINT names a host',
    ],
    [
      'a country without tax rate',
      { region: { ...region, standardTaxRates: new Map() } },
      'for which region in has no tax rate',
    ],
    [
      'a country without rules of erasure',
      { region: { ...region, retentionLaw: [] } },
      'No erasure rule of IN is in force for account',
    ],
    [
      'a country without rules about complaints',
      { region: { ...region, peopleLaw: [] } },
      'No rule of IN about grievance is in force',
    ],
  ])('names %s in one sentence', (_name, changes, sentence) => {
    const problems = wiringProblems({ ...right, ...changes });
    expect(problems.some((problem) => problem.includes(sentence))).toBe(true);
    for (const problem of problems) expect(problem).toMatch(/^[A-Z].*\.$/);
  });

  it('lets development use an emulator', () => {
    const kms = { endpoint: 'http://127.0.0.1:8100', verdict: 'right' } as const;
    expect(wiringProblems({ ...right, profile: 'development', kms })).toEqual([]);
  });
});
