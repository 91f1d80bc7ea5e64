import { describe, expect, it } from '@jest/globals';
import { endOf } from './open-connections.ts';

describe('An end of a connection', () => {
  it.each([
    ['0100007F:1F90', { address: '127.0.0.1', port: 8_080 }],
    ['08080808:01BB', { address: '8.8.8.8', port: 443 }],
    ['0000000000000000FFFF00000100007F:0050', { address: '127.0.0.1', port: 80 }],
    ['B80D0120000000000000000001000000:01BB', { address: '2001:db8:0:0:0:0:0:1', port: 443 }],
  ])('is read as the kernel writes it: %s', (written, end) => {
    expect(endOf(written)).toEqual(end);
  });
});
