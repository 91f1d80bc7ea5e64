import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One TCP connection of a process that goes out from it. */
export interface OpenConnection {
  readonly address: string;
  readonly port: number;
}

/** States of /proc/net/tcp (include/net/tcp_states.h): connections on their way or established, and listeners. */
const outgoing: ReadonlySet<string> = new Set(['01', '02']);
const listening = '0A';

interface Row {
  readonly inode: string;
  readonly state: string;
  readonly localPort: number;
  readonly remote: OpenConnection;
}

/** Where a process is connected to at this instant: name and port as the kernel has them, whichever library asked. */
export function openConnections(pid: number): OpenConnection[] {
  const own = socketsOf(pid);
  const rows = [...rowsOf(pid, 'tcp'), ...rowsOf(pid, 'tcp6')].filter(({ inode }) =>
    own.has(inode),
  );
  const served = new Set(
    rows.filter(({ state }) => state === listening).map(({ localPort }) => localPort),
  );
  return rows
    .filter(({ state, localPort }) => outgoing.has(state) && !served.has(localPort))
    .map(({ remote }) => remote);
}

function socketsOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** Empty for a descriptor that was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function rowsOf(pid: number, table: 'tcp' | 'tcp6'): Row[] {
  const lines = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    return { inode, state, localPort: endOf(local).port, remote: endOf(remote) };
  });
}

/** `0100007F:1F90`: words of four bytes, each in the order of the machine, which is little-endian. */
export function endOf(written: string): OpenConnection {
  const [hex = '', port = '0'] = written.split(':');
  const bytes = Buffer.from(hex, 'hex');
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return { address: addressOf(bytes), port: parseInt(port, 16) };
}

function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const isMapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  if (isMapped) return [...bytes.subarray(12)].join('.');
  return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(':');
}
