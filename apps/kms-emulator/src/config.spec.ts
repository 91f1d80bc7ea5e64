import { loadConfig } from '@entrepot/platform-config';
import { describe, expect, it } from '@jest/globals';
import { emulatorSlice } from './config.ts';

const load = (changes: Record<string, string> = {}) =>
  loadConfig({
    environment: {
      ENTREPOT_PROFILE: 'test',
      ENTREPOT_KMS_EMULATOR_PORT: '0',
      ENTREPOT_KMS_EMULATOR_AWS_REGION: 'ap-south-1',
      ENTREPOT_KMS_EMULATOR_STORE_FILE: 'keys.jsonl',
      ENTREPOT_KMS_EMULATOR_PRINCIPALS_FILE: 'principals.json',
      ENTREPOT_KMS_EMULATOR_ADMIN_SECRET: 's'.repeat(32),
      ...changes,
    },
    slices: { emulator: emulatorSlice },
  }).emulator;

describe('the settings of the emulator', () => {
  it('limit no rate and name no audit unless they say so', () => {
    expect(load()).toMatchObject({ rates: 'off', auditFile: undefined, auditDays: 90 });
    const asked = load({
      ENTREPOT_KMS_EMULATOR_RATES: 'aws',
      ENTREPOT_KMS_EMULATOR_AUDIT_FILE: 'audit.jsonl',
      ENTREPOT_KMS_EMULATOR_AUDIT_DAYS: '7',
    });
    expect(asked).toMatchObject({ rates: 'aws', auditFile: 'audit.jsonl', auditDays: 7 });
  });

  it.each([
    ['an audit that keeps nothing', { ENTREPOT_KMS_EMULATOR_AUDIT_DAYS: '0' }],
    ['rates of another kind', { ENTREPOT_KMS_EMULATOR_RATES: 'some' }],
    ['the production profile', { ENTREPOT_PROFILE: 'production' }],
  ])('refuse %s', (_, changes) => {
    expect(() => load(changes)).toThrow('The environment is not usable');
  });
});
