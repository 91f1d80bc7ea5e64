import { describe, expect, it } from '@jest/globals';

import { planPorts } from './port-plan.ts';

const allFree = () => Promise.resolve(true);
const takenBySomeone =
  (...taken: readonly number[]) =>
  (port: number) =>
    Promise.resolve(!taken.includes(port));

describe('the plan of ports', () => {
  it('gives every name a port of its own, one after the other', async () => {
    const plan = await planPorts({
      names: ['in-1 origin', 'in-1 shop'],
      remembered: {},
      firstPort: 12_000,
      isFree: allFree,
    });
    expect(plan).toEqual({ 'in-1 origin': 12_000, 'in-1 shop': 12_001 });
  });

  it('passes over ports that others use or that are remembered for another name', async () => {
    const plan = await planPorts({
      names: ['in-1 origin', 'in-1 shop'],
      remembered: { 'eu-1 shop': 12_001 },
      firstPort: 12_000,
      isFree: takenBySomeone(12_000),
    });
    expect(plan).toEqual({ 'eu-1 shop': 12_001, 'in-1 origin': 12_002, 'in-1 shop': 12_003 });
  });

  it('keeps remembered ports', async () => {
    const remembered = { 'in-1 origin': 15_000 };
    const plan = await planPorts({
      names: ['in-1 origin'],
      remembered,
      firstPort: 12_000,
      isFree: allFree,
    });
    expect(plan).toEqual(remembered);
  });

  it('refuses, by port and name, a remembered port that someone took', async () => {
    const planning = planPorts({
      names: ['in-1 origin', 'eu-1 kafka'],
      remembered: { 'in-1 origin': 15_000, 'eu-1 kafka': 15_001 },
      firstPort: 12_000,
      isFree: takenBySomeone(15_001),
    });
    await expect(planning).rejects.toThrow(/^Port 15001 of eu-1 kafka is taken by another program/);
  });
});
