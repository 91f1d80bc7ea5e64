import {
  availabilityQuery,
  availabilityView,
  type AvailabilityView,
} from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import { Controller, Get, Query } from '@nestjs/common';
import { ReadAvailability } from '../application/read-availability.ts';

class AvailabilityQueryDto extends createZodDto(availabilityQuery) {}
class AvailabilityDto extends createZodDto(availabilityView) {}

/** Whether goods can be had, as a band and never as a number that two cells could promise. */
@Controller('v1/availability')
export class AvailabilityController {
  constructor(private readonly readAvailability: ReadAvailability) {}

  @Get()
  @Access('public')
  @ZodResponse({ status: 200, type: AvailabilityDto })
  async read(@Query() { sku }: AvailabilityQueryDto): Promise<AvailabilityView> {
    const answers = await this.readAvailability.execute(sku as Sku[]);
    return {
      items: [...answers].map(([of, { answer }]) => ({ sku: of, availability: answer })),
    };
  }
}
