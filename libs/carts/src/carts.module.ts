import { Module } from '@nestjs/common';
import { CartsController } from './api/carts.controller.ts';
import { CartsPersonalData } from './adapters/carts-personal-data.ts';
import { PgCartStore } from './adapters/pg-cart-store.ts';
import { CartStore } from './application/cart-store.ts';
import { ChangeCart } from './application/change-cart.ts';
import { CreateCartUseCase } from './application/create-cart.ts';
import { EditCartUseCase } from './application/edit-cart.ts';
import { MergeGuestCartUseCase } from './application/merge-guest-cart.ts';
import { OrderCart } from './application/order-cart.ts';
import { PinCartUseCase } from './application/pin-cart.ts';
import { ReadCartUseCase } from './application/read-cart.ts';
import { SetLineUseCase } from './application/set-line.ts';

/**
 * Needs from the cell: ShopDatabase, TokenVerifier, CatalogLookup, GuestCartTokens and CartSettings, each
 * provided globally.
 */
@Module({
  controllers: [CartsController],
  providers: [
    { provide: CartStore, useClass: PgCartStore },
    CartsPersonalData,
    ChangeCart,
    CreateCartUseCase,
    EditCartUseCase,
    MergeGuestCartUseCase,
    OrderCart,
    PinCartUseCase,
    ReadCartUseCase,
    SetLineUseCase,
  ],
  exports: [CartsPersonalData, OrderCart, PinCartUseCase],
})
export class CartsModule {}
