import type { CellId } from '@entrepot/kernel';
import type { SubjectKeyDriverName } from './subject-key-driver.ts';
import type { VaultStore } from './vault-store.ts';

/** How a cell keeps the keys of its people; the same in all of its processes. */
export class SubjectKeySettings {
  readonly cell: CellId;
  readonly driver: SubjectKeyDriverName;
  /** Age at which the next epoch is opened. */
  readonly epochDays: number;

  constructor(settings: {
    readonly cell: CellId;
    readonly driver: SubjectKeyDriverName;
    readonly epochDays: number;
  }) {
    this.cell = settings.cell;
    this.driver = settings.driver;
    this.epochDays = settings.epochDays;
  }
}

/** The vault's keys are kept by another driver than this process was told. */
export class KeyDriverMismatchError extends Error {
  override readonly name = 'KeyDriverMismatchError';

  constructor(told: SubjectKeyDriverName, found: SubjectKeyDriverName) {
    super(
      `ENTREPOT_SUBJECT_KEYS says ${told}, but the keys of this vault are kept by ${found}; ` +
        'a cell does not change its driver',
    );
  }
}

/** Chooses the driver for a new vault; throws `KeyDriverMismatchError` where another one is chosen. */
export async function keepToDriver(store: VaultStore, driver: SubjectKeyDriverName): Promise<void> {
  const chosen = await store.chooseDriver(driver);
  if (chosen !== driver) throw new KeyDriverMismatchError(driver, chosen);
}
