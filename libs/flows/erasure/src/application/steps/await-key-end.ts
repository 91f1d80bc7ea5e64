import { Fences } from '@entrepot/privacy';
import type { ErasureRequest, KeyFate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';

/** Waits for the eraser, which alone can end a key, to have written down that it did. */
@Injectable()
abstract class AwaitEraser extends ErasureStepWork {
  abstract override readonly action: 'end-key' | 'confirm-destroyed';
  protected abstract hasHappened(fate: KeyFate): boolean;

  constructor(private readonly fences: Fences) {
    super();
  }

  override async perform({ subject }: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const fate = await this.fences.fateOf(subject);
    return this.hasHappened(fate) ? { event: { action: this.action, at } } : undefined;
  }
}

/** From here on the KMS serves the key to nobody. */
@Injectable()
export class AwaitKeyUnusable extends AwaitEraser {
  override readonly action = 'end-key';

  protected override hasHappened({ unusableAt }: KeyFate): boolean {
    return unusableAt !== undefined;
  }
}

/** From here on the key's bytes exist no more. */
@Injectable()
export class AwaitKeyDestroyed extends AwaitEraser {
  override readonly action = 'confirm-destroyed';

  protected override hasHappened({ destroyedAt }: KeyFate): boolean {
    return destroyedAt !== undefined;
  }
}
