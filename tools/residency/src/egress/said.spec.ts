import { ofTheProtocol } from '@entrepot/platform-egress';
import type { RecordedChunk } from '@entrepot/stack';
import { describe, expect, it } from '@jest/globals';
import { heldAgainst } from './hold-against.ts';
import { saidIn } from './said.ts';

let connections = 0;
/** One connection, cut into chunks of a few bytes each. */
function connection(sent: string, received: string): RecordedChunk[] {
  connections += 1;
  const of = { link: 'in-1.payments', connection: connections };
  const cut = (text: string, flow: RecordedChunk['flow']) =>
    (text.match(/[^]{1,7}/g) ?? []).map((part) => ({
      ...{ ...of, flow, hex: Buffer.from(part).toString('hex') },
    }));
  return [...cut(received, 'received'), ...cut(sent, 'sent')];
}

const call = (start: string, type: string, body: string): string =>
  `${start} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const letter = [
  ...['EHLO in-1', 'AUTH PLAIN AGE=', 'MAIL FROM:<shop@in-1>', 'RCPT TO:<asha@people.example>'],
  ...['DATA', 'Subject: a', ' b', 'Content-Transfer-Encoding: base64', '', 'Y29kZSA0MjE=', '.'],
  ...['QUIT', ''],
].join('\r\n');

describe('What a cell said on its way out', () => {
  it('is told by place: route, query, header and member, of every call of a connection', () => {
    const json = JSON.stringify({ amount: 5, notes: { of: ['x', 'y'] } });
    const calls =
      call('POST /v1/payments/pay_1A?limit=1', 'application/json', json) +
      call('GET /v1/orders', 'application/x-www-form-urlencoded', 'metadata[reference]=7');
    expect(saidIn(connection(calls, 'HTTP/1.1 200 OK\r\n\r\n'))).toEqual([
      { place: 'POST /v1/payments/{}', value: '/v1/payments/pay_1A' },
      { place: 'query limit', value: '1' },
      { place: 'header host', value: 'a' },
      { place: 'header content-type', value: 'application/json' },
      { place: 'header content-length', value: String(json.length) },
      { place: 'member amount', value: '5' },
      { place: 'member notes.of[]', value: '"x"' },
      { place: 'member notes.of[]', value: '"y"' },
      { place: 'GET /v1/orders', value: '/v1/orders' },
      { place: 'header host', value: 'a' },
      { place: 'header content-type', value: 'application/x-www-form-urlencoded' },
      { place: 'header content-length', value: '21' },
      { place: 'member metadata[reference]', value: '7' },
    ]);
  });

  it('is told by place of a letter: its commands, its headers and its text as one reads it', () => {
    expect(saidIn(connection(letter, '220 ready\r\n'))).toEqual([
      { place: 'command EHLO', value: ' in-1' },
      { place: 'command AUTH', value: ' PLAIN AGE=' },
      { place: 'command MAIL FROM', value: ':<shop@in-1>' },
      { place: 'command RCPT TO', value: ':<asha@people.example>' },
      { place: 'command DATA', value: '' },
      { place: 'letter subject', value: 'a b' },
      { place: 'letter content-transfer-encoding', value: 'base64' },
      { place: 'letter text', value: 'code 421' },
      { place: 'command QUIT', value: '' },
    ]);
  });

  it('is refused where bytes are missing', () => {
    const whole = call('POST /v1/orders', 'application/json', '{"a":1}');
    expect(() => saidIn(connection(whole.slice(0, -1), 'HTTP'))).toThrow('ends early');
    const cut = letter.slice(0, letter.indexOf('Y29'));
    expect(() => saidIn(connection(cut, '220 ready'))).toThrow('ends early');
  });
});

describe('The list of a host', () => {
  const sends = { 'our payment id': ['member receipt'], [ofTheProtocol]: ['header host'] };

  it('finds what it does not name, and a person where it names none', () => {
    const said = [
      { place: 'member receipt', value: 'pmt_1 of Asha' },
      { place: 'member notes.name', value: 'Asha' },
      { place: 'header host', value: 'asha.example' },
      { place: 'header host', value: 'Asha' },
    ];
    expect(heldAgainst({ sends }, said, ['Asha'])).toEqual([
      { place: 'member notes.name', fault: 'UNLISTED' },
      { place: 'header host', fault: 'PERSONAL_OF_PROTOCOL' },
    ]);
  });

  it('that names nothing admits nothing', () => {
    expect(heldAgainst({}, [{ place: 'header host', value: 'a' }], [])).toHaveLength(1);
  });
});
