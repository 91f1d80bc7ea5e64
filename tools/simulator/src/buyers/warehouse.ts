import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import type { Mint, Outcome, DocumentId } from '@entrepot/inventory/testing';
import type { World } from '../run/world.ts';
import { askUntilAnswered } from './client.ts';
import { deliver } from './storefront.ts';

/** Brings goods in at the home of the warehouse; now and then a paper goes to the wrong cell first. */
export class Delivery {
  isDone = false;
  private hasStarted = false;

  constructor(
    private readonly world: World,
    private readonly document: DocumentId,
    private readonly pool: PoolId,
    private readonly quantity: number,
  ) {}

  /** What the home of the warehouse was told before it may have forgotten; it is written down once all the same. */
  tellAgain(home: CellId): void {
    if (!this.hasStarted || this.world.homeOf(this.pool) !== home) return;
    this.isDone = false;
    this.start();
  }

  start(): void {
    this.hasStarted = true;
    const { world, document, pool, quantity } = this;
    const home = world.homeOf(pool);
    const command: Mint = { kind: 'mint', pool, home, document, quantity, into: 'FREE' };
    world.auditor.onMintAsked(document, pool, quantity);
    if (world.isFaulty && world.random.chance(0.1)) {
      const astray = world.random.pick(world.peersOf(home));
      world.fault('delivery sent astray', astray.id);
      deliver(astray, command, () => undefined);
    }
    askUntilAnswered<Outcome>(
      world,
      (reply) => {
        deliver(world.cell(home), command, (outcome) => {
          if (outcome === 'MINTED') world.auditor.onMinted(document);
          reply(outcome);
        });
      },
      (outcome) => {
        if (outcome === undefined) this.start();
        else this.isDone = true;
      },
    );
  }
}
