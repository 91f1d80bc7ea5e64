import { DomainError, isIdOf } from '@entrepot/kernel';
import type { CartId, Dot, ReplicaId, SalesChannelId, Sku } from '@entrepot/kernel';
import {
  addLineBody,
  cartLineParams,
  cartParams,
  cartView,
  createCartBody,
  createdCartView,
  editCartBody,
  mergeCartBody,
  removeLineQuery,
  setLineBody,
} from '@entrepot/contracts/api/carts';
import type { CartView, CreatedCartView } from '@entrepot/contracts/api/carts';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  OptionalPrincipal,
  RateLimit,
  RequiresResidence,
  ZodResponse,
} from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CreateCartUseCase } from '../application/create-cart.ts';
import { EditCartUseCase } from '../application/edit-cart.ts';
import { MergeGuestCartUseCase } from '../application/merge-guest-cart.ts';
import { ReadCartUseCase } from '../application/read-cart.ts';
import { SetLineUseCase } from '../application/set-line.ts';
import type { CartCaller } from '../domain/cart.ts';
import { cartViewOf, createdCartViewOf, editsOf } from './cart.view.ts';

class CreateCartDto extends createZodDto(createCartBody) {}
class EditCartDto extends createZodDto(editCartBody) {}
class AddLineDto extends createZodDto(addLineBody) {}
class SetLineDto extends createZodDto(setLineBody) {}
class RemoveLineDto extends createZodDto(removeLineQuery) {}
class MergeCartDto extends createZodDto(mergeCartBody) {}
class CartParamsDto extends createZodDto(cartParams) {}
class CartLineParamsDto extends createZodDto(cartLineParams) {}
class CartDto extends createZodDto(cartView) {}
class CreatedCartDto extends createZodDto(createdCartView) {}

/** Bounds what a stranger can start here: a guest's order takes a key of its own and holds stock. */
const newCartLimit = {
  name: 'carts.new',
  per: 'address',
  limit: 120,
  windowSeconds: 600,
} as const;

/** Carts of this cell's shoppers and guests. */
@Controller('v1/carts')
export class CartsController {
  constructor(
    private readonly createCart: CreateCartUseCase,
    private readonly readCart: ReadCartUseCase,
    private readonly editCart: EditCartUseCase,
    private readonly setLine: SetLineUseCase,
    private readonly mergeGuestCart: MergeGuestCartUseCase,
  ) {}

  @Post()
  @Access('public')
  @RequiresResidence()
  @RateLimit(newCartLimit)
  @ZodResponse({ status: 201, type: CreatedCartDto })
  async create(
    @OptionalPrincipal() principal: Principal | undefined,
    @Body() body: CreateCartDto,
  ): Promise<CreatedCartView> {
    const created = await this.createCart.execute({
      subjectId: principal?.kind === 'shopper' ? principal.subjectId : undefined,
      salesChannelId: body.salesChannelId as SalesChannelId | undefined,
    });
    return createdCartViewOf(created);
  }

  @Get(':cartId')
  @Access('cart')
  @ZodResponse({ status: 200, type: CartDto })
  async read(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartParamsDto,
  ): Promise<CartView> {
    return cartViewOf(await this.readCart.execute(cartIdOf(params), callerOf(principal)));
  }

  @Patch(':cartId/lines')
  @Access('cart')
  @ZodResponse({ status: 200, type: CartDto })
  async edit(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartParamsDto,
    @Body() body: EditCartDto,
  ): Promise<CartView> {
    const edits = editsOf(body);
    const command = { cartId: cartIdOf(params), caller: callerOf(principal), edits };
    return cartViewOf(await this.editCart.execute(command));
  }

  @Post(':cartId/lines')
  @HttpCode(200)
  @Access('cart')
  @ZodResponse({ status: 200, type: CartDto })
  async addLine(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartParamsDto,
    @Body() { sku, quantity, ...body }: AddLineDto,
  ): Promise<CartView> {
    const op = { type: 'add', sku: sku as Sku, quantity } as const;
    const edits = [{ ...dotOf(body), op }];
    const command = { cartId: cartIdOf(params), caller: callerOf(principal), edits };
    return cartViewOf(await this.editCart.execute(command));
  }

  @Patch(':cartId/lines/:sku')
  @Access('cart')
  @ZodResponse({ status: 200, type: CartDto })
  async setQuantity(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartLineParamsDto,
    @Body() body: SetLineDto,
  ): Promise<CartView> {
    const line = { sku: params.sku as Sku, quantity: body.quantity, dot: dotOf(body) };
    const command = { cartId: cartIdOf(params), caller: callerOf(principal), ...line };
    return cartViewOf(await this.setLine.execute(command));
  }

  @Delete(':cartId/lines/:sku')
  @Access('cart')
  @ZodResponse({ status: 200, type: CartDto })
  async removeLine(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartLineParamsDto,
    @Query() query: RemoveLineDto,
  ): Promise<CartView> {
    const line = { sku: params.sku as Sku, quantity: 0, dot: dotOf(query) };
    const command = { cartId: cartIdOf(params), caller: callerOf(principal), ...line };
    return cartViewOf(await this.setLine.execute(command));
  }

  @Post(':cartId/merge')
  @HttpCode(200)
  @Access('shopper')
  @ZodResponse({ status: 200, type: CartDto })
  async merge(
    @CurrentPrincipal() principal: Principal,
    @Param() params: CartParamsDto,
    @Body() { guestCartToken }: MergeCartDto,
  ): Promise<CartView> {
    const command = { cartId: cartIdOf(params), caller: callerOf(principal), guestCartToken };
    return cartViewOf(await this.mergeGuestCart.execute(command));
  }
}

/** A malformed id names no cart: the same 404 as an unknown one. */
function cartIdOf({ cartId }: { readonly cartId: string }): CartId {
  if (isIdOf('cart', cartId)) return cartId;
  throw new DomainError('NOT_FOUND', 'there is no such cart');
}

function callerOf(principal: Principal): CartCaller {
  if (principal.kind !== 'staff') return principal;
  throw new DomainError('FORBIDDEN', 'carts are opened by their owners only');
}

const dotOf = ({ replica, seq }: { readonly replica: string; readonly seq: number }): Dot => ({
  replica: replica as ReplicaId,
  seq,
});
