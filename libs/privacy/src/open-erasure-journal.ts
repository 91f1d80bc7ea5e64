import { SystemClock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import {
  AwsEvidenceKeys,
  AwsEvidenceSigner,
  evidenceClient,
} from './adapters/aws-evidence-signer.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { FolderErasureJournal } from './adapters/folder-erasure-journal.ts';
import type { JournalPlaces } from './adapters/folder-erasure-journal.ts';
import type { ErasureJournal } from './application/erasure-journal.ts';

export interface ErasureJournalParts {
  readonly cell: CellId;
  readonly places: JournalPlaces;
  /** With the credentials of the eraser. */
  readonly kms: AwsKeyServiceOptions;
  /** The ECC key that signs the entries. */
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
  const client = evidenceClient(parts.kms);
  try {
    const journal = await FolderErasureJournal.open({
      places: parts.places,
      cell: parts.cell,
      signer: new AwsEvidenceSigner(client, parts.signingKeyArn),
      keys: new AwsEvidenceKeys(client),
      clock: new SystemClock(),
    });
    return { journal, close: () => client.destroy() };
  } catch (error) {
    client.destroy();
    throw error;
  }
}
