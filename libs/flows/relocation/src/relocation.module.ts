import {
  AddAddressUseCase,
  ListAddressesUseCase,
  ProvePresence,
  ReadAccountUseCase,
  readSigningKey,
  SignUpShopper,
} from '@entrepot/identity';
import { Clock } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { AwsKeyService, ErasureStore } from '@entrepot/privacy';
import type { AwsKeyServiceOptions } from '@entrepot/privacy';
import { Module } from '@nestjs/common';
import type {
  DynamicModule,
  ModuleMetadata,
  OnApplicationShutdown,
  Provider,
} from '@nestjs/common';
import { CellSignatures } from './adapters/cell-signatures.ts';
import { JosePackets } from './adapters/jose-packets.ts';
import { JoseReceipts } from './adapters/jose-receipts.ts';
import { KmsOpeningKey } from './adapters/kms-opening-key.ts';
import { PgArrivals } from './adapters/pg-arrivals.ts';
import { PgDepartures } from './adapters/pg-departures.ts';
import { RelocationPersonalData } from './adapters/relocation-personal-data.ts';
import { OwnRelocationsController } from './api/own-relocations.controller.ts';
import { RelocationsController } from './api/relocations.controller.ts';
import { RelocationViews } from './api/relocation.view.ts';
import { Arrivals } from './application/arrivals.ts';
import { BeginRelocation } from './application/begin-relocation.ts';
import { CompleteRelocation } from './application/complete-relocation.ts';
import { Departures } from './application/departures.ts';
import { Packets } from './application/packets.ts';
import { ReadRelocation } from './application/read-relocation.ts';
import { Receipts } from './application/receipts.ts';
import { TakeInRelocation } from './application/take-in-relocation.ts';
import { WithdrawPacket } from './application/withdraw-packet.ts';
import { WithdrawRelocation } from './application/withdraw-relocation.ts';

export interface RelocationApiOptions {
  readonly cell: CellId;
  /** ES256 private JWK, mode 0600: what signs the tokens of the cell signs its packets and receipts. */
  readonly tokenKeyFile: string;
  /** The sealing key, its private half wrapped by the KMS, mode 0600. Without it the cell takes nobody in. */
  readonly sealingKeyFile: string | undefined;
  readonly kms: AwsKeyServiceOptions;
  /** What answers for OldAccount. */
  readonly oldAccount: Provider;
  /** Where that finds what it needs. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
}

/** The KMS as this flow asks it: for one key, once per packet. */
class SealingKms extends AwsKeyService implements OnApplicationShutdown {
  onApplicationShutdown(): void {
    this.close();
  }
}

/**
 * Moving from one cell to another. Needs ShopDatabase, Clock and CellDirectory of the cell, identity and privacy;
 * all of them globally.
 */
@Module({})
export class RelocationModule {
  /** For API processes: both ends of a move. */
  static forApi(options: RelocationApiOptions): DynamicModule {
    return {
      module: RelocationModule,
      imports: options.imports,
      controllers: [OwnRelocationsController, RelocationsController],
      providers: [
        ...documentProviders(options),
        { provide: Departures, useClass: PgDepartures },
        { provide: Arrivals, useClass: PgArrivals },
        options.oldAccount,
        beginProvider(options),
        takeInProvider(options),
        ...[CompleteRelocation, ReadRelocation, RelocationViews],
        ...[WithdrawPacket, WithdrawRelocation],
      ],
    };
  }

  /** For workers: copies and erasures. */
  static forWorker(): DynamicModule {
    return { module: RelocationModule, providers: [RelocationPersonalData] };
  }
}

const documentProviders = ({
  cell,
  tokenKeyFile,
  sealingKeyFile,
  kms,
}: RelocationApiOptions): Provider[] => [
  { provide: SealingKms, useFactory: () => new SealingKms(kms) },
  {
    provide: CellSignatures,
    useFactory: async (clock: Clock, directory: CellDirectory) => {
      const key = await readSigningKey(tokenKeyFile, cell, directory);
      return new CellSignatures({ cell, clock, directory, key });
    },
    inject: [Clock, CellDirectory],
  },
  {
    provide: Packets,
    useFactory: (signatures: CellSignatures, directory: CellDirectory, service: SealingKms) => {
      const openingKey =
        sealingKeyFile === undefined
          ? undefined
          : KmsOpeningKey.read(sealingKeyFile, { cell, directory, kms: service });
      return new JosePackets({ signatures, directory, openingKey });
    },
    inject: [CellSignatures, CellDirectory, SealingKms],
  },
  {
    provide: Receipts,
    useFactory: (signatures: CellSignatures) => new JoseReceipts(signatures),
    inject: [CellSignatures],
  },
];

const beginProvider = ({ cell }: RelocationApiOptions): Provider => ({
  provide: BeginRelocation,
  useFactory: (
    presence: ProvePresence,
    accounts: ReadAccountUseCase,
    addresses: ListAddressesUseCase,
    ...[directory, packets, departures, clock]: [CellDirectory, Packets, Departures, Clock]
  ) =>
    new BeginRelocation({
      ...{ cell, presence, accounts, addresses },
      ...{ directory, packets, departures, clock },
    }),
  inject: [
    ...[ProvePresence, ReadAccountUseCase, ListAddressesUseCase],
    ...[CellDirectory, Packets, Departures, Clock],
  ],
});

const takeInProvider = ({ cell }: RelocationApiOptions): Provider => ({
  provide: TakeInRelocation,
  useFactory: (
    signUp: SignUpShopper,
    list: ListAddressesUseCase,
    add: AddAddressUseCase,
    ...[packets, arrivals, receipts, erasures, directory, clock]: ArrivalParts
  ) =>
    new TakeInRelocation({
      ...{ cell, signUp, addressBook: { list, add } },
      ...{ packets, arrivals, receipts, erasures, directory, clock },
    }),
  inject: [
    ...[SignUpShopper, ListAddressesUseCase, AddAddressUseCase],
    ...[Packets, Arrivals, Receipts, ErasureStore, CellDirectory, Clock],
  ],
});

type ArrivalParts = [Packets, Arrivals, Receipts, ErasureStore, CellDirectory, Clock];
