import repository from '../../jest.config.mjs';

const {
  globalSetup: _services,
  globalTeardown: _end,
  ...integration
} = repository.projects.find(({ displayName }) => displayName === 'integration');

/** The spec of the guards on services that its caller has started and goes on using. */
export default { ...integration, testMatch: ['**/libs/inventory/test/guards.integration.spec.ts'] };
