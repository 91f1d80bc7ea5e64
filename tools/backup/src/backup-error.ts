import { StackError } from '@entrepot/stack';

/**
 * `unsigned` nobody we trust has signed the manifest, `damaged` a file is not what the manifest says, `foreign`
 * another cell's or region's, `other-postgres` of a major version that this server does not read,
 * `incomplete` something that is asked for is not in it, `unfinished` its writer was killed.
 */
export type BackupFault =
  'unsigned' | 'damaged' | 'foreign' | 'other-postgres' | 'incomplete' | 'unfinished';

/** The backup is not one to restore from; nothing was touched. */
export class RefusedBackupError extends StackError {
  readonly fault: BackupFault;

  constructor(fault: BackupFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
