const swc = {
  swcrc: false,
  module: { type: 'es6' },
  jsc: {
    target: 'es2024',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools', '<rootDir>/e2e'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/.entrepot', '/dist/'],
};

/** Real services start when a suite first asks for one and end with the run. */
const withServices = {
  ...shared,
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/libs/testing/jest/time-limits.mjs'],
};

/** A spec's suffix says what it needs: nothing, real services, both cells of a running stack, or
 * a stack of its own to be drilled for longer than a test run may take. */
export default {
  // suites wait for disks and services more than they compute: with one fewer than cores a core is idle
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(integration|e2e|drill)\\.spec\\.ts$'],
    },
    { ...withServices, displayName: 'integration', testMatch: ['**/*.integration.spec.ts'] },
    { ...withServices, displayName: 'e2e', testMatch: ['**/*.e2e.spec.ts'] },
    { ...shared, displayName: 'drill', testMatch: ['**/*.drill.spec.ts'] },
  ],
};
