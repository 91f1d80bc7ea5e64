import {
  createPasskeyBody,
  passkeyAssertionOptions,
  passkeyCreationOptions,
  passkeyView,
  vouchingOptionsBody,
} from '@entrepot/contracts/api/staff';
import type {
  PasskeyAssertionOptions,
  PasskeyCreationOptions,
  PasskeyView,
} from '@entrepot/contracts/api/staff';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RegisterPasskey } from '../application/register-passkey.ts';
import { assertionIn, assertionOptionsViewOf, credentialIn } from './passkey.view.ts';

class CreatePasskeyDto extends createZodDto(createPasskeyBody) {}
class VouchingOptionsDto extends createZodDto(vouchingOptionsBody) {}
class PasskeyDto extends createZodDto(passkeyView) {}
class PasskeyCreationOptionsDto extends createZodDto(passkeyCreationOptions) {}
class PasskeyAssertionOptionsDto extends createZodDto(passkeyAssertionOptions) {}

/** The passkeys with which staff sign what cannot be undone. */
@Controller('admin/v1/passkeys')
export class PasskeysController {
  private readonly registerPasskey: RegisterPasskey;

  constructor(registerPasskey: RegisterPasskey) {
    this.registerPasskey = registerPasskey;
  }

  @Post('options')
  @HttpCode(200)
  @Access('staff')
  @ZodResponse({ status: 200, type: PasskeyCreationOptionsDto })
  async options(@CurrentPrincipal() at: StaffPrincipal): Promise<PasskeyCreationOptions> {
    return passkeyCreationOptions.parse(await this.registerPasskey.options(at));
  }

  @Post('vouching/options')
  @HttpCode(200)
  @Access('staff')
  @ZodResponse({ status: 200, type: PasskeyAssertionOptionsDto })
  async vouchingOptions(
    @CurrentPrincipal() at: StaffPrincipal,
    @Body() { credential }: VouchingOptionsDto,
  ): Promise<PasskeyAssertionOptions> {
    return assertionOptionsViewOf(
      await this.registerPasskey.vouchingOptions(at, credentialIn(credential)),
    );
  }

  @Post()
  @Access('staff')
  @ZodResponse({ status: 201, type: PasskeyDto })
  async create(
    @CurrentPrincipal() at: StaffPrincipal,
    @Body() { credential, vouching }: CreatePasskeyDto,
  ): Promise<PasskeyView> {
    const { credentialId } = await this.registerPasskey.execute(at, {
      credential: credentialIn(credential),
      vouching: vouching && assertionIn(vouching),
    });
    return { credentialId };
  }
}
