import { randomBytes } from 'node:crypto';

/** `backup-20261128T105000Z-1a2b3c4d`: sorts by time; `cell.quarantine` holds both kinds to this form. */
export function newRunId(kind: 'backup' | 'restore', at: Date): string {
  const instant = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${kind}-${instant}-${randomBytes(4).toString('hex')}`;
}

export const backupIdForm = /^backup-\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** The instant in a name of that form, to the second. */
export function startOf(id: string): Date {
  const [, y = '', mo = '', d = '', h = '', mi = '', s = ''] =
    /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(id) ?? [];
  return new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
