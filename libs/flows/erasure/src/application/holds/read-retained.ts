import type { ErasureRequestId, StaffId } from '@entrepot/kernel';
import { RetainedFields } from '@entrepot/privacy';
import type { ReadField, ReadingPurpose } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

/** Reads what a law or a case has kept of somebody who was erased; each field that is read is noted. */
@Injectable()
export class ReadRetained {
  private readonly fields: RetainedFields;

  constructor(fields: RetainedFields) {
    this.fields = fields;
  }

  /** Throws FORBIDDEN where the reader is no privacy officer now. */
  execute(id: ErasureRequestId, reader: StaffId, purpose: ReadingPurpose): Promise<ReadField[]> {
    return this.fields.read(id, { reader, purpose });
  }
}
