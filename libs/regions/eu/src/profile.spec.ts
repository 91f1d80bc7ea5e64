import { EgressList, ofTheProtocol } from '@entrepot/platform-egress';
import { describe, expect, it } from '@jest/globals';
import { eu } from './profile.ts';

describe('the European Union', () => {
  it('has the standard rate of each of the 27 member states, within what EU law allows', () => {
    expect(eu.standardTaxRates.size).toBe(27);
    for (const [country, rate] of eu.standardTaxRates) {
      expect({ country, isLegal: rate >= 1_500 && rate <= 2_700 }).toEqual({
        country,
        isLegal: true,
      });
    }
  });

  it('keeps its keys in the Union and counts days in a zone of the Union', () => {
    expect(eu.awsRegion).toMatch(/^eu-/);
    expect(Intl.DateTimeFormat('en', { timeZone: eu.timeZone }).resolvedOptions().timeZone).toBe(
      eu.timeZone,
    );
  });

  it('T35 sends nothing to hosts of another region', () => {
    const list = new EgressList({ hosts: eu.egressHosts, isLoopbackAllowed: false });
    list.assertHost('kms.eu-central-1.amazonaws.com');
    for (const host of ['kms.ap-south-1.amazonaws.com', 'api.razorpay.com']) {
      expect(() => list.assertHost(host)).toThrow('HOST_UNLISTED');
    }
    expect(eu.egressHosts.filter(({ purpose }) => purpose === 'kms')).toHaveLength(1);
    expect(eu.egressHosts.find(({ purpose }) => purpose === 'kms')?.host).toContain(eu.awsRegion);
  });

  it('T35 says to the hosts of a processor what the list of processors says, and all of it', () => {
    for (const { processor, sends = {} } of eu.egressHosts) {
      const listed = eu.processors.find(({ name }) => name === processor);
      const said = Object.keys(sends).filter((name) => name !== ofTheProtocol);
      expect(said.toSorted()).toEqual([...(listed?.fieldsSent ?? [])].toSorted());
    }
    const withHost = eu.egressHosts.flatMap(({ processor }) => processor ?? []);
    expect(withHost.toSorted()).toEqual(eu.processors.map(({ name }) => name).toSorted());
  });
});
