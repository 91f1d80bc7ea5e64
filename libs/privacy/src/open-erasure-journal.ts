import { SystemClock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { AwsEvidenceKeys } from './adapters/aws-evidence-keys.ts';
import { AwsEvidenceSigner } from './adapters/aws-evidence-signer.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { FolderErasureJournal } from './adapters/folder-erasure-journal.ts';
import type { JournalPlaces } from './adapters/folder-erasure-journal.ts';
import type { ErasureJournal } from './application/erasure-journal.ts';

export interface ErasureJournalParts {
  readonly cell: CellId;
  readonly places: JournalPlaces;
  /** With the credentials of the eraser. */
  readonly kms: AwsKeyServiceOptions;
  /** The ECC key that signs the entries: by setting, since a vault that was restored must not choose it. */
  readonly signingKeyArn: string;
}

export interface OpenedErasureJournal {
  readonly journal: ErasureJournal;
  close(): void;
}

/**
 * Opens the journal of a cell's erasures, signed through KMS.
 *
 * @throws BrokenJournalError where it is not what was witnessed; then no key may be ended.
 */
export async function openErasureJournal(
  parts: ErasureJournalParts,
): Promise<OpenedErasureJournal> {
  const signer = new AwsEvidenceSigner(parts.kms, () => Promise.resolve(parts.signingKeyArn));
  const keys = new AwsEvidenceKeys(parts.kms);
  const close = () => {
    signer.close();
    keys.close();
  };
  try {
    const journal = await FolderErasureJournal.open({
      places: parts.places,
      cell: parts.cell,
      ...{ signer, keys },
      clock: new SystemClock(),
    });
    return { journal, close };
  } catch (error) {
    close();
    throw error;
  }
}
