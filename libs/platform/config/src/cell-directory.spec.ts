import { describe, expect, it } from '@jest/globals';
import type { CellId, CountryCode } from '@entrepot/kernel';
import { CellDirectory, CellDirectoryError } from './cell-directory.ts';

const cell = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  region: id.slice(0, 2),
  currency: id === 'in-1' ? 'INR' : 'EUR',
  countries: id === 'in-1' ? ['IN'] : ['DE'],
  warehouses: [{ id: id === 'in-1' ? 'blr' : 'rtm', name: 'Main', country: 'IN' }],
  catalogLeader: id === 'in-1',
  origin: `http://${id}.localhost:8080`,
  apiOrigins: ['http://127.0.0.1:8081'],
  cellOrigin: 'https://127.0.0.1:8443',
  kafkaClusterId: `kafka-${id}`,
  envelopeKeys: [{ kid: 'e1', publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${id}` }],
  tokenKeys: [{ kid: 't1', kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  cellCertificatePem: `-----BEGIN CERTIFICATE-----\n${id}`,
  ...changes,
});
const parse = (changes: Record<string, unknown> = {}) =>
  CellDirectory.parse({ cells: [cell('in-1'), cell('eu-1', changes)] });

const india = 'in-1' as CellId;
const europe = 'eu-1' as CellId;

describe('CellDirectory', () => {
  it('finds homes, peers, leaders and keys', () => {
    const directory = parse();
    expect(directory.cellFor('DE' as CountryCode)?.id).toBe('eu-1');
    expect(directory.cellFor('GB' as CountryCode)).toBeUndefined();
    expect(directory.peersOf(india).map(({ id }) => id)).toEqual(['eu-1']);
    expect(directory.catalogLeader.id).toBe('in-1');
    expect(directory.envelopeKey(europe, 'e1')).toContain('eu-1');
    expect(directory.envelopeKey(europe, 'e2')).toBeUndefined();
    expect(directory.tokenKey(india, 't1')?.crv).toBe('P-256');
    expect(() => directory.get('in-9' as CellId)).toThrow(CellDirectoryError);
  });

  it.each([
    ['a country in two cells', { countries: ['DE', 'IN'] }, 'country belongs to exactly one cell'],
    ['two leaders', { catalogLeader: true }, 'exactly one cell leads'],
    ['a cell of another region', { region: 'in' }, 'not a cell of in'],
    ['a shared origin', { origin: 'http://in-1.localhost:8080' }, 'origin belongs to exactly one'],
    ['an origin with a path', { origin: 'http://eu-1.localhost/x' }, 'without a path'],
    ['a cell origin without TLS', { cellOrigin: 'http://127.0.0.1:1' }, 'cellOrigin'],
    ['a shared Kafka cluster', { kafkaClusterId: 'kafka-in-1' }, 'Kafka cluster belongs to'],
    [
      'a shared certificate',
      { cellCertificatePem: '-----BEGIN CERTIFICATE-----\nin-1' },
      'certificate belongs to exactly one cell',
    ],
    [
      'a private token key',
      { tokenKeys: [{ kid: 't', kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'secret' }] },
      'a private key must not be in the cells file',
    ],
    ['an unknown field', { password: 'x' }, 'password'],
    ['a currency that is no code', { currency: 'rupees' }, 'ISO 4217'],
    ['a country that is no code', { countries: ['Germany'] }, 'ISO 3166-1'],
  ])('refuses %s', (_name, changes, reason) => {
    expect(() => parse(changes)).toThrow(reason);
  });

  it('refuses two currencies in one region', () => {
    const second = cell('in-2', { countries: ['LK'], warehouses: [], currency: 'LKR' });
    const cells = [cell('in-1'), { ...second, catalogLeader: false }];
    expect(() => CellDirectory.parse({ cells })).toThrow('the cells of in have one currency');
  });

  it('says so when the file cannot be read', () => {
    expect(() => CellDirectory.fromFile('/nowhere/cells.json')).toThrow(CellDirectoryError);
  });
});
