import { EgressList, ofTheProtocol } from '@entrepot/platform-egress';
import { describe, expect, it } from '@jest/globals';
import { india } from './profile.ts';

describe('India', () => {
  it('T35 sends nothing to hosts of another region', () => {
    const list = new EgressList({ hosts: india.egressHosts, isLoopbackAllowed: false });
    list.assertHost('kms.ap-south-1.amazonaws.com');
    for (const host of ['kms.eu-central-1.amazonaws.com', 'api.stripe.com']) {
      expect(() => list.assertHost(host)).toThrow('HOST_UNLISTED');
    }
    const kms = india.egressHosts.filter(({ purpose }) => purpose === 'kms');
    expect(kms.map(({ host }) => host.includes(india.awsRegion))).toEqual([true]);
  });

  it('T35 says to the hosts of a processor what the list of processors says, and all of it', () => {
    for (const { processor, sends = {} } of india.egressHosts) {
      const listed = india.processors.find(({ name }) => name === processor);
      const said = Object.keys(sends).filter((name) => name !== ofTheProtocol);
      expect(said.toSorted()).toEqual([...(listed?.fieldsSent ?? [])].toSorted());
    }
    const withHost = india.egressHosts.flatMap(({ processor }) => processor ?? []);
    expect(withHost.toSorted()).toEqual(india.processors.map(({ name }) => name).toSorted());
  });
});
