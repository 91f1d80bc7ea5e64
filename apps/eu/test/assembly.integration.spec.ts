import { beforeAll, describe, expect, it } from '@jest/globals';
import { previewApi } from '@entrepot/cell/testing';
import type { AssembledApi } from '@entrepot/cell/testing';
import { eu } from '@entrepot/region-eu';

describe('the EU app', () => {
  let api: AssembledApi;
  beforeAll(async () => {
    api = await previewApi(eu);
  });

  it('lets nobody call anything that does not say who may', () => {
    expect(api.handlers.length).toBeGreaterThan(20);
    const undeclared = api.handlers.filter(({ access }) => access === undefined);
    expect(undeclared.map(({ name }) => name)).toEqual([]);
  });

  it('opens nothing but reading, signing up and signing in to everyone', () => {
    const open = api.handlers.filter(({ access }) => access?.kind === 'public');
    expect(open.map(({ name }) => name).toSorted()).toEqual([
      'AccountsController.register',
      'AvailabilityController.read',
      'AvailabilityStreamController.open',
      'CartsController.create',
      'CategoriesController.list',
      'CategoriesResolver.categories',
      'ExportsController.fetch',
      'ExportsController.show',
      'GuestErasureController.ask',
      'GuestErasureController.show',
      'HealthController.live',
      'HealthController.ready',
      'HomeController.read',
      'HomeResolver.home',
      'MediaController.show',
      'ProductsController.list',
      'ProductsController.show',
      'ProductsResolver.product',
      'ProductsResolver.products',
      'RelocationsController.takeIn',
      'RelocationsController.withdraw',
      'SessionsController.create',
      'SessionsController.refresh',
      'StaffSessionsController.create',
      'StaffSessionsController.refresh',
      'StockResolver.availability',
    ]);
  });

  it('T42 serves people whose data are restricted with their requests and the way out, and nothing else', () => {
    const served = api.handlers.filter((handler) => handler.servesRestricted);
    expect(served.map(({ name }) => name).toSorted()).toEqual([
      'ExportsController.read',
      'ExportsController.request',
      'OwnErasureController.ask',
      'OwnErasureController.list',
      'OwnErasureController.withdraw',
      'OwnGrievancesController.file',
      'OwnGrievancesController.list',
      'OwnRelocationsController.complete',
      'OwnRelocationsController.read',
      'OwnRelocationsController.withdraw',
      'SessionsController.end',
    ]);
  });

  it('holds its own payment provider and none of another region', () => {
    const vendors = [...api.names].filter((name) => /^(Razorpay|Stripe)/.test(name));
    expect(vendors).toEqual(['StripePaymentGateway']);
    expect([...api.names].filter((name) => name.includes('Razorpay'))).toEqual([]);
  });
});
