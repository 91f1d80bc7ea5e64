import {
  accountView,
  changeAccountBody,
  createAccountBody,
} from '@entrepot/contracts/api/identity';
import type { AccountView } from '@entrepot/contracts/api/identity';
import type { CountryCode } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  RequiresResidence,
  Residence,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { ChangeAccountUseCase } from '../application/change-account.ts';
import { ReadAccountUseCase } from '../application/read-account.ts';
import { SignUpShopper } from '../application/sign-up-shopper.ts';
import { accountViewOf } from './account.view.ts';

class CreateAccountDto extends createZodDto(createAccountBody) {}
class ChangeAccountDto extends createZodDto(changeAccountBody) {}
class AccountDto extends createZodDto(accountView) {}

const registrationLimit = {
  name: 'identity.accounts',
  per: 'address',
  limit: 20,
  windowSeconds: 3_600,
} as const;

/** Shoppers' accounts: made and read at home only. */
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly signUp: SignUpShopper,
    private readonly readAccount: ReadAccountUseCase,
    private readonly changeAccount: ChangeAccountUseCase,
  ) {}

  @Post('accounts')
  @Access('public')
  @RequiresResidence()
  @RateLimit(registrationLimit)
  @ZodResponse({ status: 201, type: AccountDto })
  async register(
    @Residence() residence: string,
    @Body() { email, password, fullName, language, ageDeclaration }: CreateAccountDto,
  ): Promise<AccountView> {
    // The home guard has checked that the header is a country of this cell.
    const home = { residence: residence as CountryCode };
    const registration = { email, password, fullName, language, ageDeclaration, ...home };
    return accountViewOf(await this.signUp.execute(registration));
  }

  @Get('me')
  @Access('shopper')
  @ZodResponse({ status: 200, type: AccountDto })
  async read(@CurrentPrincipal() { subjectId }: ShopperPrincipal): Promise<AccountView> {
    return accountViewOf(await this.readAccount.execute(subjectId));
  }

  @Patch('me')
  @Access('shopper')
  @ZodResponse({ status: 200, type: AccountDto })
  async change(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() body: ChangeAccountDto,
  ): Promise<AccountView> {
    return accountViewOf(await this.changeAccount.execute(subjectId, body));
  }
}
