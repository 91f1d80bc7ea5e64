import {
  confirmRoleBody,
  passkeyAssertionOptions,
  proposeRoleBody,
  roleGrantParams,
  roleGrantView,
  staffParams,
} from '@entrepot/contracts/api/staff';
import type { PasskeyAssertionOptions, RoleGrantView } from '@entrepot/contracts/api/staff';
import { DomainError, isIdOf } from '@entrepot/kernel';
import type { RoleGrantId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { GrantRole } from '../application/grant-role.ts';
import type { RoleGrant } from '../application/role-grant-store.ts';
import { assertionIn, assertionOptionsViewOf } from './passkey.view.ts';

class ProposeRoleDto extends createZodDto(proposeRoleBody) {}
class ConfirmRoleDto extends createZodDto(confirmRoleBody) {}
class StaffParamsDto extends createZodDto(staffParams) {}
class RoleGrantParamsDto extends createZodDto(roleGrantParams) {}
class RoleGrantDto extends createZodDto(roleGrantView) {}
class RoleAssertionOptionsDto extends createZodDto(passkeyAssertionOptions) {}

/** Roles are given by two operators, the second of whom signs. */
@Controller('admin/v1')
export class RoleGrantsController {
  private readonly grantRole: GrantRole;

  constructor(grantRole: GrantRole) {
    this.grantRole = grantRole;
  }

  @Post('staff/:staffId/role-grants')
  @Access('staff', ['operator'])
  @ZodResponse({ status: 201, type: RoleGrantDto })
  async propose(
    @CurrentPrincipal() by: StaffPrincipal,
    @Param() { staffId }: StaffParamsDto,
    @Body() { grants }: ProposeRoleDto,
  ): Promise<RoleGrantView> {
    return roleGrantViewOf(await this.grantRole.propose(by.staffId, staffId, grants));
  }

  @Post('role-grants/:grantId/confirmation/options')
  @HttpCode(200)
  @Access('staff', ['operator'])
  @ZodResponse({ status: 200, type: RoleAssertionOptionsDto })
  async options(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() params: RoleGrantParamsDto,
  ): Promise<PasskeyAssertionOptions> {
    return assertionOptionsViewOf(await this.grantRole.options(grantIdOf(params), staffId));
  }

  @Post('role-grants/:grantId/confirmation')
  @HttpCode(200)
  @Access('staff', ['operator'])
  @ZodResponse({ status: 200, type: RoleGrantDto })
  async confirm(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() params: RoleGrantParamsDto,
    @Body() { assertion }: ConfirmRoleDto,
  ): Promise<RoleGrantView> {
    const id = grantIdOf(params);
    return roleGrantViewOf(await this.grantRole.confirm(id, staffId, assertionIn(assertion)));
  }
}

const roleGrantViewOf = ({ id, to, role, proposedBy, isConfirmed }: RoleGrant): RoleGrantView => ({
  ...{ id, staffId: to.staffId, grants: role, proposedBy: proposedBy.staffId, isConfirmed },
});

/** A malformed id names no grant: the same 404 as an unknown one. */
function grantIdOf({ grantId }: { readonly grantId: string }): RoleGrantId {
  if (isIdOf('roleGrant', grantId)) return grantId;
  throw new DomainError('NOT_FOUND', 'no role is proposed under this id');
}
