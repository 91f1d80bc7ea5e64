import type { Said } from './said.ts';

/** The commands and letters of one connection (RFC 5321, RFC 5322). */
export function saidInSmtp(sent: Buffer): Said[] {
  const said: Said[] = [];
  const lines = sent.toString('latin1').split('\r\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const name = /^(?:MAIL FROM|RCPT TO|[A-Z]+)/i.exec(line)?.[0].toUpperCase() ?? '';
    said.push({ place: `command ${name}`, value: line.slice(name.length) });
    if (name !== 'DATA') continue;
    const end = lines.indexOf('.');
    if (end < 0) throw new RangeError('a letter that ends early');
    said.push(...saidInLetter(lines.splice(0, end + 1).slice(0, -1)));
  }
  return said;
}

function saidInLetter(lines: readonly string[]): Said[] {
  const headEnd = lines.indexOf('');
  const head = lines
    .slice(0, headEnd)
    .join('\r\n')
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => {
      const colon = line.indexOf(':');
      return { name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 1).trim() };
    });
  const encoding = head.find(({ name }) => name === 'content-transfer-encoding')?.value;
  const text = lines.slice(headEnd + 1).join('\r\n');
  return [
    ...head.map(({ name, value }) => ({ place: `letter ${name}`, value })),
    {
      place: 'letter text',
      value: encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text,
    },
  ];
}
