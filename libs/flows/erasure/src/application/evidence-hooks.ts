import type { ErasureRequestId } from '@entrepot/kernel';

/** Looks for the planted tokens of a request in every store. Undefined where no scan was run. */
export abstract class CanaryScan {
  abstract isCleanOf(request: ErasureRequestId): Promise<boolean | undefined>;
}

/** Restores the last backup beside the cell and tries to read there. Undefined where none was. */
export abstract class RestoreDrill {
  abstract isUnreadableIn(request: ErasureRequestId): Promise<boolean | undefined>;
}

/** Nobody plants tokens for a request yet. */
export class NoCanaryScan extends CanaryScan {
  override isCleanOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** No worker restores backups yet. */
export class NoRestoreDrill extends RestoreDrill {
  override isUnreadableIn(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
