import {
  addressBody,
  addressListView,
  addressParams,
  addressView,
} from '@entrepot/contracts/api/identity';
import type { AddressListView, AddressView } from '@entrepot/contracts/api/identity';
import { DomainError, isIdOf } from '@entrepot/kernel';
import type { AddressId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { AddAddressUseCase } from '../application/add-address.ts';
import { ChangeAddressUseCase } from '../application/change-address.ts';
import { ListAddressesUseCase } from '../application/list-addresses.ts';
import { RemoveAddressUseCase } from '../application/remove-address.ts';
import { addressViewOf } from './account.view.ts';

class AddressBodyDto extends createZodDto(addressBody) {}
class AddressParamsDto extends createZodDto(addressParams) {}
class AddressDto extends createZodDto(addressView) {}
class AddressListDto extends createZodDto(addressListView) {}

@Controller('v1/me/addresses')
export class AddressesController {
  constructor(
    private readonly listAddresses: ListAddressesUseCase,
    private readonly addAddress: AddAddressUseCase,
    private readonly changeAddress: ChangeAddressUseCase,
    private readonly removeAddress: RemoveAddressUseCase,
  ) {}

  @Get()
  @Access('shopper')
  @ZodResponse({ status: 200, type: AddressListDto })
  async list(@CurrentPrincipal() { subjectId }: ShopperPrincipal): Promise<AddressListView> {
    const addresses = await this.listAddresses.execute(subjectId);
    return { addresses: addresses.map(addressViewOf) };
  }

  @Post()
  @Access('shopper')
  @ZodResponse({ status: 201, type: AddressDto })
  async add(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() body: AddressBodyDto,
  ): Promise<AddressView> {
    return addressViewOf(await this.addAddress.execute(subjectId, body));
  }

  @Put(':addressId')
  @Access('shopper')
  @ZodResponse({ status: 200, type: AddressDto })
  async change(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() params: AddressParamsDto,
    @Body() body: AddressBodyDto,
  ): Promise<AddressView> {
    return addressViewOf(await this.changeAddress.execute(subjectId, addressIdOf(params), body));
  }

  @Delete(':addressId')
  @HttpCode(204)
  @Access('shopper')
  async remove(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() params: AddressParamsDto,
  ): Promise<void> {
    await this.removeAddress.execute(subjectId, addressIdOf(params));
  }
}

/** A malformed id names no address: the same 404 as an unknown one. */
function addressIdOf({ addressId }: { readonly addressId: string }): AddressId {
  if (isIdOf('address', addressId)) return addressId;
  throw new DomainError('NOT_FOUND', 'there is no such address');
}
