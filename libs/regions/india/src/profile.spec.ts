import { EgressList } from '@entrepot/platform-egress';
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
});
