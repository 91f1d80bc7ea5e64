import { Args, Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { HomeView } from '@entrepot/contracts/api/home';
import { CellDirectory } from '@entrepot/platform-config';
import { Access } from '@entrepot/platform-http';
import { findHome } from './home.controller.ts';

@ObjectType('Home', { description: 'Where a resident of a country registers' })
class HomeType implements HomeView {
  @Field(() => String)
  readonly country!: string;

  @Field(() => String)
  readonly cell!: string;

  @Field(() => String)
  readonly region!: string;

  @Field(() => String)
  readonly origin!: string;
}

@Resolver()
export class HomeResolver {
  private readonly directory: CellDirectory;

  constructor(directory: CellDirectory) {
    this.directory = directory;
  }

  @Query(() => HomeType, { description: 'Where a resident of the country registers' })
  @Access('public')
  home(@Args('country', { type: () => String }) country: string): HomeView {
    return findHome(this.directory, country);
  }
}
