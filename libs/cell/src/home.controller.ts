import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { homeQuery, homeView } from '@entrepot/contracts/api/home';
import type { HomeView } from '@entrepot/contracts/api/home';
import { DomainError, isCountryCode } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';

class HomeQueryDto extends createZodDto(homeQuery) {}
class HomeDto extends createZodDto(homeView) {}

/** Where a resident of a country registers; asked before anything personal is typed. */
export function findHome(directory: CellDirectory, country: string): HomeView {
  const home = isCountryCode(country) ? directory.cellFor(country) : undefined;
  if (home === undefined) throw new DomainError('COUNTRY_NOT_SERVED', 'no cell serves it');
  return { country, cell: home.id, region: home.region, origin: home.origin };
}

@ApiTags('home')
@Controller('v1/home')
export class HomeController {
  private readonly directory: CellDirectory;

  constructor(directory: CellDirectory) {
    this.directory = directory;
  }

  @Get()
  @Access('public')
  @ZodResponse({ status: 200, description: 'Where a resident registers', type: HomeDto })
  read(@Query() query: HomeQueryDto): HomeView {
    return findHome(this.directory, query.country);
  }
}
