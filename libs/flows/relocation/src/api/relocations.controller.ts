import {
  takeInRelocationBody,
  takenInRelocationView,
  withdrawnPacketView,
  withdrawPacketBody,
} from '@entrepot/contracts/api/relocation';
import type {
  TakenInRelocationView,
  WithdrawnPacketView,
} from '@entrepot/contracts/api/relocation';
import { accountViewOf } from '@entrepot/identity';
import type { CountryCode } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  RateLimit,
  RequiresResidence,
  Residence,
  ZodResponse,
} from '@entrepot/platform-http';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { TakeInRelocation } from '../application/take-in-relocation.ts';
import { WithdrawPacket } from '../application/withdraw-packet.ts';

class TakeInRelocationDto extends createZodDto(takeInRelocationBody) {}
class TakenInRelocationDto extends createZodDto(takenInRelocationView) {}
class WithdrawPacketDto extends createZodDto(withdrawPacketBody) {}
class WithdrawnPacketDto extends createZodDto(withdrawnPacketView) {}

/** The same name as that of sign-ups, so that the two are counted together. */
const registrationLimit = {
  name: 'identity.accounts',
  per: 'address',
  limit: 20,
  windowSeconds: 3_600,
} as const;

/** The new home of somebody who comes from another cell, with a packet in their hands. */
@Controller('v1/relocations')
export class RelocationsController {
  constructor(
    private readonly takeInRelocation: TakeInRelocation,
    private readonly withdrawPacket: WithdrawPacket,
  ) {}

  @Post()
  @Access('public')
  @RequiresResidence()
  @RateLimit(registrationLimit)
  @ZodResponse({ status: 201, type: TakenInRelocationDto })
  async takeIn(
    @Residence() residence: string,
    @Body() { packet, password, ageDeclaration }: TakeInRelocationDto,
  ): Promise<TakenInRelocationView> {
    // The home guard has checked that the header is a country of this cell.
    const home = { residence: residence as CountryCode };
    const arriving = { packet, password, ageDeclaration, ...home };
    const { account, receipt } = await this.takeInRelocation.execute(arriving);
    return { account: accountViewOf(account), receipt };
  }

  /** Whoever stays where they are spends the packet, so that nobody else can use it. */
  @Post('withdrawals')
  @HttpCode(200)
  @Access('public')
  @RequiresResidence()
  @RateLimit(registrationLimit)
  @ZodResponse({ status: 200, type: WithdrawnPacketDto })
  async withdraw(@Body() { packet }: WithdrawPacketDto): Promise<WithdrawnPacketView> {
    return { id: await this.withdrawPacket.execute(packet) };
  }
}
